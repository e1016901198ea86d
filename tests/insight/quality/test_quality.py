"""Data quality in points: against really told corrections, and against counting everything again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chiso.engine.board import board
from chiso.engine.columns import Columns, Roster
from chiso.engine.standing import Standing
from chiso.folder import DataFolder, QuestionError
from chiso.folder.answers import asked
from chiso.folder.mistakes import told as mistakes_told
from chiso.insight.quality import answer, findings
from chiso.insight.quality.answer import dossiers, quality
from chiso.insight.quality.changes import Change, Changes, split
from chiso.insight.quality.undoing import MEANINGS
from chiso.insight.scene import scene
from chiso.instants import year_of
from chiso.intake.records import Mistake
from chiso.law.scoring import decimals
from tests.insight.quality.planted import BEGIN, CASES, UNIT, Case, clocked, message, ordinary, say
from tests.support.messages import stamp


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer serves longer than it holds."""
    monkeypatch.setattr(findings, "SHARE", 0)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data") as folder:
        clocked(folder)
        say(folder, "tỉnh", "procedures", {"code": "2.000815", "name": "Chứng thực", "level": "commune",
            "online": "full", "has_fee": True, "for_person": True, "limit_days": 3})  # fmt: skip
        ordinary(folder)
        yield folder


def exact(folder: DataFolder, unit: str) -> Fraction:
    found = folder.registry.units.find(unit)
    assert found is not None
    return folder.view(year_of(folder.now())).board.score(found.index).exact


def mistake(folder: DataFolder, unit: str, name: str) -> dict[str, Any]:
    (found,) = (row for row in quality(folder, unit)["mistakes"] if row["mistake"] == name)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[0]))
def test_points_are_what_telling_it_right_changes(empty: DataFolder, case: Case) -> None:
    name, wrong, right = case
    wrong(empty)
    rows = {unit: mistake(empty, unit, name) for unit in ("H01", UNIT)}
    before = {unit: exact(empty, unit) for unit in rows}
    right(empty)
    for unit, row in rows.items():
        assert row["kind"] == "points"
        assert (row["undone"] > 0) == (name != "database_constant")  # the law names no database yet
        after = exact(empty, unit)
        assert row["points"] == decimals(before[unit] - after), unit
        assert row["without"] == decimals(after)
        (by,) = row["senders"]
        assert (by["sender"], by["points"], by["count"]) == ("sai", row["points"], row["count"])
        assert sum(map(Fraction, row["indicators"].values())) == Fraction(row["points"]) or row["indicators"]
    if name != "database_constant":
        assert any(Fraction(row["points"]) for row in rows.values())


def test_paid_without_record(empty: DataFolder) -> None:
    paid = {"LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaThamChieu": "1", "SoTien": "4000",
            "MaHoSo": message(201)["MaHoSo"], "ThoiGianGD": stamp(BEGIN - 3600)}  # fmt: skip
    say(empty, "nền tảng", "payments", paid)
    flagged = [message(number, DuocThanhToanTrucTuyen="2") for number in (201, 202, 203)]
    say(empty, "đúng", "dossiers", *flagged, known_at=BEGIN + 86_400)
    row = mistake(empty, UNIT, "paid_without_record")
    assert (row["count"], row["undone"], row["most"]) == (2, 2, True)
    before = exact(empty, UNIT)
    say(empty, "đúng", "dossiers", *(message(number) for number in (202, 203)))
    assert row["points"] == decimals(before - exact(empty, UNIT))
    assert Fraction(row["points"]) > 0


# -- against counting everything again ----------------------------------------------------------------


def again(seen: Any, roster: Roster, change: Change) -> Roster:
    """A roster of all rows but those that go, with those that come."""
    whole = Columns.joined(list(roster.parts()))
    gone = np.isin(whole["dossier"], change.gone["dossier"]) | np.isin(
        whole["dossier"], change.come["dossier"]
    )
    rows = Columns.joined([whole.take(~gone & (whole["version"] > 0)), change.come])
    rows = rows.take(np.lexsort((rows["judged_from"], rows["dossier"])))
    seen.ground.derive(rows)
    fresh = Roster(int(rows["dossier"].max()) + 1)
    fresh._grow(int(rows["dossier"].max()))
    fresh.replace(rows)
    return fresh


def test_every_change_counts_as_a_recount_does(province: DataFolder) -> None:
    wanted = asked(province)
    found = findings.find(province, wanted)
    view = province.view(wanted.period)
    root = province.registry.units.home
    seen = scene(view, root.index)
    roster = province.standing.roster.copy()
    changes = Changes(province, seen, roster, list(province.rows()), province.version)

    def recounted(change: Change) -> tuple[np.ndarray, np.ndarray]:
        fresh = again(seen, roster, change)
        counted = Standing(view.ground, (wanted.period,), view.at, fresh).count_all()
        drawn = board(view.ground, wanted.period, view.at, counted.cells[:, 0], counted.distinct[:, 0])
        return drawn.n, drawn.d

    tried = 0
    for one in (*MEANINGS, None):
        change = changes.together() if one is None else changes.of(one)
        if change is None or not len(change.numbers):
            assert (one, None) not in found.would
            continue
        parts = [(None, change), *list(split(change, changes.senders()))[:3]]
        for sender, part in parts:
            n, d = recounted(part)
            would = found.would[one, sender]
            for unit in range(len(n)):
                was_n, was_d = would.figures(unit, found.board)
                assert was_n.tolist() == n[unit].tolist(), (one, sender, unit)
                assert was_d.tolist() == d[unit].tolist(), (one, sender, unit)
            tried += 1
    assert tried > 8


def test_what_is_found_is_what_mistakes_tell(province: DataFolder) -> None:
    """The same dossiers as ``chiso mistakes``, of the year; stream kinds and kinds of messages."""
    body = quality(province, "H01")
    told: dict[str, int] = {}
    for row in mistakes_told(province)["rows"]:
        if not row.get("days"):
            told[row["mistake"].lower()] = told.get(row["mistake"].lower(), 0) + row["count"]
    for row in body["mistakes"]:
        # carried over from the year before, or changed by undoing without being flagged
        assert row["count"] >= told.get(row["mistake"], 0) * 0.9, row["mistake"]
    assert set(told) <= {row["mistake"] for row in body["mistakes"]}


def test_sums_and_kinds(province: DataFolder) -> None:
    body = quality(province, "H01")
    score = province.score("H01")
    assert (body["total"], body["exact"]) == (score["total"], score["exact"])
    assert {row["kind"] for row in body["mistakes"]} == set(answer.KINDS)
    for row in body["mistakes"]:
        assert row["count"] == sum(one["count"] for one in row["senders"])
        assert row["undone"] <= row["count"] <= row["of"]
        assert row["why_vi"]
        assert row["why_en"]
        assert len(row["sample"]) == min(5, row["count"])
        if row["kind"] == "cannot":
            assert "points" not in row
            continue
        assert Fraction(body["exact"]) - Fraction(row["without"]) == pytest.approx(Fraction(row["points"]))
        if row["kind"] == "nothing":
            assert row["points"] == "0.0000000000"
            assert row["undone"] == 0
    worths = [abs(Fraction(row["points"])) for row in body["mistakes"] if row["kind"] == "points"]
    assert worths == sorted(worths, reverse=True)
    below = quality(province, "H01.155")
    for row in below["mistakes"]:
        (above,) = (one for one in body["mistakes"] if one["mistake"] == row["mistake"])
        assert row["count"] <= above["count"]


def test_the_dossiers_behind(province: DataFolder) -> None:
    body = quality(province, "H01")
    for row in (*body["mistakes"], *body["signs"]):
        name = row.get("mistake") or row["sign"]
        found = dossiers(province, "H01", name, limit=10_000)
        assert found["total"] == row["count"] == len(found["rows"])
        assert [one["code"] for one in found["rows"]][:5] == row["sample"]
        if "mistake" in row:
            assert sum(one["undone"] for one in found["rows"]) == row["undone"]
        for by in row["senders"][:2]:
            own = dossiers(province, "H01", name, sender=by["sender"] or answer.FILES, limit=10_000)
            assert own["total"] == by["count"]
            assert {one["sender"] for one in own["rows"]} == {by["sender"]}
    name = body["mistakes"][0]["mistake"]
    whole = dossiers(province, "H01", name, limit=10_000)["rows"]
    assert dossiers(province, "H01", name, limit=2, offset=1)["rows"] == whole[1:3]


def test_what_cannot_be_asked(province: DataFolder) -> None:
    with pytest.raises(QuestionError, match="no 'apples'"):
        dossiers(province, "H01", "apples")
    with pytest.raises(QuestionError, match="no unit"):
        quality(province, "H99.9")
    assert dossiers(province, "H01.113", "closed_at_push")["total"] == 0
    with pytest.raises(QuestionError, match="published group points"):
        quality(province, "H01", law="qd766-2022", period="2024")


def test_a_closed_period_and_another_law(province: DataFolder) -> None:
    month = quality(province, "H01", period="2026-08")
    assert month["exact"] == province.score("H01", period="2026-08")["exact"]
    document = quality(province, "H01", law="qd766-document")
    assert document["law"] == "qd766-document"
    assert document["exact"] == province.score("H01", law="qd766-document")["exact"]


def test_an_answer_about_now_serves_for_a_while(own: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "SHARE", 1_000_000)
    before = quality(own, "H01")["mistakes"]
    say(own, "mới", "dossiers", message(1, NgayHenTra=""))
    assert quality(own, "H01")["mistakes"] == before
    monkeypatch.setattr(findings, "SHARE", 0)
    fresh = quality(own, "H01", period="2026-09")["mistakes"]
    assert fresh


def test_every_mistake_has_a_meaning_in_both_languages() -> None:
    assert set(MEANINGS) == set(Mistake)
    assert list(MEANINGS) == sorted(MEANINGS)
    for one in MEANINGS.values():
        assert one.words.vi.endswith(".")
        assert one.words.en.endswith(".")
        assert (one.told is not None) == (one.kind == "told")
        assert (one.shown is not None) == (one.kind == "shown")
