"""Why a score changed: exact between any two states, and each kind of change told as what it is."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError, state
from chiso.insight.explain import KINDS, answer, explained
from chiso.insight.explain.ends import end
from chiso.instants import DAY, iso, parse_instant
from tests.insight.explain import worlds
from tests.support.messages import dossier, tell

UNITS = ("H01", "H01.101", "H01.113", "H01.999", "H01.06", "H01.201")


@pytest.fixture(scope="session")
def moving(province_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    path = Path(shutil.copytree(province_path, tmp_path_factory.mktemp("moving") / "data"))
    worlds.change(path)
    with DataFolder.open(path, standing=True) as folder:
        yield folder


def by_kind(body: dict[str, Any], indicator: str | None = None) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for term in body["terms"]:
        if indicator is None or term["indicator"] == indicator:
            found[term["kind"]] = found.get(term["kind"], Decimal(0)) + Decimal(term["points"])
    return found


def total_of(folder: DataFolder, unit: str, text: str, law: str | None) -> str:
    """The total of an end, asked for as anybody asks."""
    asked = end(folder, text)
    return str(
        folder.score(unit, period=asked.period.label, at=asked.at, as_of=asked.as_of, law=law)["total"]
    )


def random_pairs(folder: DataFolder, count: int, moments: int, seed: int) -> Counter[str]:
    """Explains random pairs of so many moments; gives how often each kind of term came up."""
    chance = random.Random(seed)
    told = [worlds.moment(chance, folder) for _ in range(moments)]
    seen: Counter[str] = Counter()
    for _ in range(count):
        unit = chance.choice(UNITS)
        first, last = chance.choice(told), chance.choice(told)
        laws = [chance.choice(("qd766", "qd766-document")) for _ in range(2)]
        try:
            found = explained(folder, unit, first, last, laws[0], laws[1])
        except QuestionError:  # pragma: no cover - says which
            pytest.fail(f"{unit} {first} {last}")
        worlds.holds(found)
        assert f"{found.before.total:.2f}" == total_of(folder, unit, first, laws[0])
        assert f"{found.after.total:.2f}" == total_of(folder, unit, last, laws[1])
        seen.update({term.kind for term in found.terms})
    return seen


def test_random_pairs_of_states_are_explained_exactly(moving: DataFolder) -> None:
    assert {"rate", "law", "late_data"} <= set(random_pairs(moving, 10, 6, 1))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_a_thousand_random_pairs_are_explained_exactly(
    moving: DataFolder, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Four times 250, so that several workers share them."""
    monkeypatch.setattr(state, "PAST_KEPT", 40)
    monkeypatch.setattr(state, "BOARDS_KEPT", 300)
    seen = random_pairs(moving, 250, 40, seed)
    assert set(seen) == set(KINDS)
    assert min(seen.values()) > 10


def test_the_printed_terms_sum_to_the_printed_change(province: DataFolder) -> None:
    now = province.now()
    for first, last in (("2026-08", "2026-09"), (iso(now - 7 * DAY) or "", iso(now) or "")):
        body = answer(province, "H01", first, last)
        assert sum(Decimal(term["points"]) for term in body["terms"]) == Decimal(body["change"])
        assert Decimal(body["to"]["total"]) - Decimal(body["from"]["total"]) == Decimal(body["change"])
        sizes = [abs(Decimal(term["points"])) for term in body["terms"] if term["kind"] != "rounding"]
        assert sizes == sorted(sizes, reverse=True)
        assert (body["from"]["asked"], body["to"]["asked"]) == (first, last)
        assert body["from"]["law"] == body["to"]["law"] == "qd766"


def test_the_same_state_twice_has_not_changed(province: DataFolder) -> None:
    body = answer(province, "H01", "2026-08", "2026-08")
    assert (body["change"], body["terms"], body["notes"]) == ("0.00", [], [])


def test_an_end_told_late_is_late_data_and_a_flag_told_later_is_not(own: DataFolder) -> None:
    then = own.now() - 3 * DAY
    at = iso(then) or ""
    code = "H01.113-261001-55001"
    told = (code, then - 6 * DAY, then - 2 * DAY)
    tell(own, "dossiers", dossier(*told), known_at=then - 5 * DAY)
    # it had ended in time, which is told a day after; and only now it is said that VNeID was used
    tell(own, "dossiers", dossier(*told, then - 3 * DAY), known_at=then + DAY)
    again = dossier(*told, then - 3 * DAY, TaiKhoanDuocXacThucVoiVNeID="1")
    tell(own, "dossiers", again, known_at=then + 2 * DAY)
    found = explained(own, "H01.113", at, iso(own.now()) or "")
    worlds.holds(found)
    own_late = [term for term in found.terms if (term.indicator, term.kind) == ("2.1", "late_data")]
    assert [term.procedure for term in own_late] == ["2.000815"]
    late = {term.indicator for term in found.terms if term.kind == "late_data"}
    assert late in ({"2.1", "5.4"}, {"2.1"})
    assert any(term.indicator == "4.5b" and term.kind in ("rate", "mix") for term in found.terms)


def test_merged_units_move_points_between_units_and_none_of_the_province(moving: DataFolder) -> None:
    body = answer(moving, "H01.101", "2026-05", "2026-07")
    kinds = by_kind(body)
    assert kinds["units"]
    assert not by_kind(answer(moving, "H01", "2026-05", "2026-07")).get("units")
    gone = answer(moving, "H01.113", "2026-05", "2026-07")
    note = gone["notes"][0]
    assert note["kind"] == "missing_after"
    assert note["vi"].endswith(f"hồ sơ mang mã của nó tính tại {body['name']}.")


def test_another_law_is_told_by_indicator(province: DataFolder) -> None:
    body = answer(province, "H01", "2026", "2026", to_law="qd766-document")
    assert set(by_kind(body)) <= {"law", "rounding"}
    points = {term["indicator"]: Decimal(term["points"]) for term in body["terms"]}
    scores = [province.score("H01", law=law)["exact"] for law in ("qd766", "qd766-document")]
    told = sum(value for name, value in points.items() if name)
    assert abs(told - (Decimal(scores[1]) - Decimal(scores[0]))) < Decimal("0.000000001")
    assert "4.2" in points


QUANG_NAM = (
    ("2024-08-19", "13.2", "18.4", "7.7", "7.6", "17.6", "15.6", "80.1"),
    ("2024-10-28", "13.6", "18.5", "7.7", "9.6", "17.6", "15.8", "82.8"),
)
COLUMNS = (
    "at", "transparency", "processing", "online_services", "online_payment", "satisfaction", "digitisation",
    "total",
)  # fmt: skip


def test_published_results_are_explained_by_group(own: DataFolder) -> None:
    rows = [{"unit": "H47", "period": "2024", **dict(zip(COLUMNS, row, strict=True))} for row in QUANG_NAM]
    tell(own, "published", *rows)
    body = answer(own, "H47", "2024-08-19", "2024-10-28")
    assert (body["from"]["total"], body["to"]["total"], body["change"]) == ("80.10", "82.80", "2.70")
    assert body["source"] == "published"
    assert [(term["kind"], term["indicator"], term["points"]) for term in body["terms"]] == [
        ("rate", "online_payment", "2.0000000000"),
        ("rate", "transparency", "0.4000000000"),
        ("rate", "digitisation", "0.2000000000"),
        ("rate", "processing", "0.1000000000"),
    ]
    assert {term["unit"] for term in body["terms"]} == {"H47"}


def test_published_figures_are_explained_by_indicator(portals: DataFolder) -> None:
    body = answer(portals, "H44", "2026-08", "2026-Q3")
    assert (body["from"]["total"], body["to"]["total"], body["change"]) == ("59.91", "61.39", "1.48")
    assert sum(Decimal(term["points"]) for term in body["terms"]) == Decimal("1.48")
    assert {"2.1", "4.1", "5.2"} <= {term["indicator"] for term in body["terms"]}
    assert set(by_kind(body)) <= {"rate", "mix", "rounding"}


def test_what_is_known_of_the_total_alone_is_one_term(own: DataFolder) -> None:
    tell(
        own, "published",
        {"unit": "H49", "period": "2023", "at": "2023-03-27", "total": "65.20", "processing": "18.30"},
        {"unit": "H49", "period": "2023", "at": "2023-05-31", "total": "69.63"},
    )  # fmt: skip
    body = answer(own, "H49", "2023-03-28", "2023-06-01")
    assert sum(Decimal(term["points"]) for term in body["terms"]) == Decimal("4.43")
    assert body["change"] == "4.43"
    assert "total" in {term["indicator"] for term in body["terms"]}


def test_the_two_portals_measures_are_never_joined(own: DataFolder) -> None:
    groups = dict(zip(COLUMNS[1:], ("15", "19", "7", "9", "17", "20.86", "87.86"), strict=True))
    tell(own, "published", {"unit": "H01", "period": "2025", "at": "2025-12-31", **groups})
    for source in (None, "published"):
        with pytest.raises(QuestionError, match="different measures") as refused:
            answer(own, "H01", "2025", "2026", source=source)
        assert "hai bộ đo khác nhau" in refused.value.message_vi


def test_computed_and_published_are_not_compared(own: DataFolder) -> None:
    groups = dict(zip(COLUMNS[1:], ("8", "18", "7", "7", "10", "9", "59"), strict=True))
    tell(own, "published", {"unit": "H01.203", "period": "2026-03", "at": "2026-04-01", **groups})
    assert answer(own, "H01", "2026-03", "2026-04")["source"] == "computed"
    with pytest.raises(QuestionError):
        answer(own, "H01", "2026-03", "2026-04", source="published")


@pytest.mark.parametrize(
    ("text", "label", "as_of"),
    [
        ("2026-08", "2026-08", None),
        ("Tháng 8/2026", "2026-08", None),
        ("2026-09-01", "2026", "2026-09-01T00:00:00+07:00"),
        ("2026-09-01T06:00+07:00", "2026", "2026-09-01T06:00:00+07:00"),
        ("2026-08@2026-09-01", "2026-08", "2026-09-01T00:00:00+07:00"),
        ("2026-12-01", "2026", None),
    ],
)
def test_ends_are_periods_or_instants(province: DataFolder, text: str, label: str, as_of: str | None) -> None:
    found = end(province, text)
    assert (found.period.label, iso(found.as_of)) == (label, as_of)
    told = found.as_of or "12" in text
    assert found.at == (parse_instant(text.rpartition("@")[2]) if told else province.now())


def test_what_cannot_be_read_is_said(province: DataFolder) -> None:
    for first in ("yesterday", "2026-13", "2026-08@x", ""):
        with pytest.raises(QuestionError) as refused:
            answer(province, "H01", first, "2026")
        assert refused.value.wrong
    with pytest.raises(QuestionError):
        answer(province, "H01.9999", "2026-08", "2026-09")
    with pytest.raises(QuestionError, match="'2023'"):
        answer(province, "H01", "2023", "2026")
