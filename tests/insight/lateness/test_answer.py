"""The answer for a unit: classes as planted, shares that sum, scores as if all had been told right."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError, Settings
from chiso.insight.lateness import dossiers, lateness
from chiso.insight.lateness.answer import Shares, asked_of
from chiso.insight.lateness.classes import CLASSES
from chiso.insight.lateness.findings import findings
from tests.support.lateness import PERIOD, SHARES, THEN, UNITS, Planted, build, province

QUESTION: dict[str, Any] = {"period": PERIOD, "as_of": THEN}


@pytest.fixture(scope="module")
def told(folder: DataFolder) -> dict[str, Any]:
    return lateness(folder, "H01", **QUESTION)


def listed(folder: DataFolder, **filters: Any) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Code → class and mistakes, of a list."""
    found = dossiers(folder, "H01", limit=10_000, **filters, **QUESTION)
    assert found["total"] == len(found["rows"])
    return {
        row["code"]: (row["class"], tuple((row["undone"] or {}).get("mistakes", ()))) for row in found["rows"]
    }


def exactly_as_planted(folder: DataFolder, planted: list[Planted]) -> None:
    truth = {one.code: (one.truth, one.mistakes) for one in planted if one.truth != "on_time"}
    assert listed(folder) == truth
    for kind in CLASSES:
        chosen = {code: told for code, told in truth.items() if told[0] == kind}
        assert listed(folder, kind=kind) == chosen
    for mistakes in {told[1] for told in truth.values() if told[1]}:
        chosen = {code: told for code, told in truth.items() if told[1] == mistakes}
        assert listed(folder, mistake="+".join(mistakes).lower()) == chosen


def test_every_planted_dossier_is_in_its_class_and_no_other(
    folder: DataFolder, planted: list[Planted]
) -> None:
    exactly_as_planted(folder, planted)


def test_sixty_one_in_a_hundred_are_late_or_wrong_data(told: dict[str, Any]) -> None:
    counts = {name: one["count"] for name, one in told["classes"].items()}
    assert sum(counts.values()) == told["overdue"]
    assert {name: count * 100 // told["overdue"] for name, count in counts.items()} == {
        name: share for name, share in SHARES.items() if name in CLASSES
    }
    assert 100 * (counts["late_data"] + counts["wrong_data"]) == 61 * told["overdue"]


@pytest.mark.slow
def test_a_thousand_overdue_dossiers_are_classed_exactly(tmp_path: Path) -> None:
    planted = province(10)
    with DataFolder.open(build(tmp_path / "data", planted), settings=Settings()) as folder:
        exactly_as_planted(folder, planted)
        told = lateness(folder, "H01", **QUESTION)
        assert [told["classes"][kind]["count"] for kind in CLASSES] == [380, 230, 290, 100]


@pytest.mark.parametrize("name", ["as_is", "in_time", "right", "in_time_and_right"])
def test_scores_are_those_of_a_province_that_was_told_so(
    name: str, folder: DataFolder, planted: list[Planted], told: dict[str, Any], tmp_path: Path
) -> None:
    late, wrong = name in ("as_is", "right"), name in ("as_is", "in_time")
    build(tmp_path / "data", planted, late=late, wrong=wrong)
    with DataFolder.open(tmp_path / "data", settings=Settings()) as other:
        score = other.score("H01", **QUESTION)
        assert told["scores"][name] == {"total": score["total"], "exact": score["exact"]}
        for row in told["units"]:
            assert row["scores"][name] == other.score(row["unit"], **QUESTION)["total"], row["unit"]
    assert {row["unit"] for row in told["units"]} == set(UNITS)


def test_shares_of_the_classes_sum_to_what_is_lost(folder: DataFolder, told: dict[str, Any]) -> None:
    for indicator, lost in told["lost"].items():
        score = folder.score("H01", **QUESTION)["indicators"][indicator]
        assert lost["missed"] == score["d"] - score["n"]
        parts = [Fraction(one["points"][indicator]) for one in told["classes"].values()]
        whole = Fraction(lost["points"]) * told["overdue"] / lost["missed"]
        assert abs(sum(parts) - whole) < Fraction(1, 10**9)
        assert abs(Fraction(score["max"]) - Fraction(score["points"]) - Fraction(lost["points"])) <= Fraction(
            1, 200
        )
    wanted, unit = asked_of(folder, "H01", QUESTION)
    shares = Shares(findings(folder, wanted).boards.as_is, unit.index)
    assert sum(shares.of(one["count"])["2.1"] for one in told["classes"].values()) == shares.lost["2.1"]


def test_senders_units_and_mistakes_split_the_same_dossiers(
    folder: DataFolder, planted: list[Planted], told: dict[str, Any]
) -> None:
    late = [one for one in planted if one.truth != "on_time"]
    for rows, key in ((told["senders"], "sender"), (told["units"], "unit")):
        for kind in CLASSES:
            assert sum(row[kind] for row in rows) == told["classes"][kind]["count"]
        assert [row["overdue"] for row in rows] == [sum(row[kind] for kind in CLASSES) for row in rows]
        assert len({row[key] for row in rows}) == len(rows)
        mixed = [row["late_data"] + row["wrong_data"] for row in rows]
        assert mixed == sorted(mixed, reverse=True)
    by_file = sum(one.case == "file" for one in late)
    senders = Counter(one.sender for one in late if one.case != "file") + Counter({"": by_file})
    assert {row["sender"]: row["overdue"] for row in told["senders"]} == senders
    units = Counter(one.code.split("-")[0] for one in late)
    assert {row["unit"]: row["overdue"] for row in told["units"]} == units
    mistakes = Counter(one.mistakes for one in late if one.mistakes)
    assert {tuple(row["mistakes"]): row["count"] for row in told["mistakes"]} == mistakes
    assert all(len(row["numbers"]) == len(row["mistakes"]) for row in told["mistakes"])


def test_a_unit_has_its_own_dossiers_alone(folder: DataFolder, told: dict[str, Any]) -> None:
    for row in told["units"]:
        own = lateness(folder, row["unit"], **QUESTION)
        assert (own["overdue"], own["units"]) == (row["overdue"], [])
        assert {kind: own["classes"][kind]["count"] for kind in CLASSES} == {
            kind: row[kind] for kind in CLASSES
        }
        assert own["scores"]["as_is"]["total"] == row["scores"]["as_is"]
        assert own["scores"]["in_time_and_right"]["total"] == row["scores"]["in_time_and_right"]


def test_what_is_special_within_a_class_is_counted(planted: list[Planted], told: dict[str, Any]) -> None:
    cases = Counter(one.case for one in planted)
    late, undecidable = told["classes"]["late_data"], told["classes"]["undecidable"]
    assert (late["gone"], late["mended"]) == (cases["gone"], cases["mended"])
    assert undecidable["untold"] == cases["file"] + cases["file later"]
    assert undecidable["open"] == cases["open"] + cases["open, said to be done"]


def test_as_known_now_nothing_is_late_any_more(
    folder: DataFolder, planted: list[Planted], told: dict[str, Any]
) -> None:
    now = lateness(folder, "H01", period=PERIOD)
    counts = {name: one["count"] for name, one in now["classes"].items()}
    before = {name: one["count"] for name, one in told["classes"].items()}
    came = sum(one.case == "file later" for one in planted)
    assert counts == before | {"late_data": 0, "undecidable": before["undecidable"] - came}
    assert now["scores"]["in_time"] == now["scores"]["as_is"]


def test_dossiers_on_time_that_were_shown_as_overdue(
    folder: DataFolder, planted: list[Planted], told: dict[str, Any]
) -> None:
    news_late = {one.code for one in planted if one.truth == "late_data"}
    told_at_night = {one.code for one in planted if one.truth == "on_time" and one.case in ("shown", "twin")}
    expected = news_late | told_at_night
    assert set(listed(folder, kind="shown")) == expected
    assert told["shown"]["count"] == len(expected)
    assert 0 < told["shown"]["median"] <= told["shown"]["longest"]


def test_what_cannot_be_asked_is_refused(folder: DataFolder) -> None:
    for unit, question in (("H01.999", {}), ("H01", {"period": "2023"}), ("H01", {"law": "qd9"})):
        with pytest.raises(QuestionError):
            lateness(folder, unit, **question)


def test_a_folder_without_dossiers_has_an_answer(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as empty:
        told = lateness(empty, "H01")
    assert (told["overdue"], told["of"], told["senders"], told["units"], told["elsewhere"]) == (
        0,
        0,
        [],
        [],
        [],
    )
    assert told["shown"] == {"count": 0, "median": 0, "longest": 0}
    assert len({one["exact"] for one in told["scores"].values()}) == 1
