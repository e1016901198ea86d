"""Procedures as work: what is found, that it agrees with todo to the row, and that points are exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.procedures.answer import WHAT, WORK, procedures
from chiso.insight.todo.answer import todo
from chiso.instants import day_of, parse_instant, year_of
from chiso.law.scoring import decimals
from tests.support.messages import again, record_of, tell


def rows(folder: DataFolder, unit: str | None = None, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = procedures(folder, unit, limit=10_000, **more)["rows"]
    return found


def of(found: list[dict[str, Any]], what: str) -> dict[str, dict[str, Any]]:
    return {row["procedure"]: row for row in found if row["what"] == what}


@pytest.mark.parametrize("unit", ["H01", "H01.06", "H01.113"])
def test_what_is_in_todo_agrees_with_it_to_the_row(planted: DataFolder, unit: str) -> None:
    told = todo(planted, unit, what=list(WORK), limit=10_000)["rows"]
    here = [row for row in rows(planted, unit) if row["what"] in WORK]
    assert told
    kept = ("what", "procedure", "procedure_name", "by", "points", "indicators", "unit", "unit_name")

    def alike(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(tuple(row[name]) if name == "indicators" else row[name] for name in kept)

    assert sorted(map(alike, told)) == sorted(map(alike, here))
    assert not [row for row in here if "with_dossier" in row or "dossier" in row]


def test_every_kind_is_there_and_counted(planted: DataFolder) -> None:
    body = procedures(planted, limit=10_000)
    assert set(body["kinds"]) == set(WHAT) == {row["what"] for row in body["rows"]}
    assert list(body["kinds"]) == [what for what in WHAT if what in body["kinds"]]
    for what, count in body["kinds"].items():
        assert count == sum(row["what"] == what for row in body["rows"])
    assert body["count"] == len(body["rows"]) == sum(body["kinds"].values())
    assert sum(one["count"] for one in body["departments"]) == body["count"]
    assert body["lists"]["local"] == 8
    assert body["limits"] == {"announce_before_effect": 5, "publish_after_decision": 5}
    keys = [(row["what"], row.get("why"), row["procedure"], row.get("decision")) for row in body["rows"]]
    assert len(keys) == len(set(keys))


def test_most_points_first_then_the_fewest_days(planted: DataFolder) -> None:
    found = rows(planted)
    points = [Fraction(row["points"]) for row in found]
    assert points == sorted(points, reverse=True)
    for before, after in pairwise(found):
        if before["points"] == after["points"] and "days_left" in before and "days_left" in after:
            assert before["days_left"] <= after["days_left"]


def test_the_two_lists_held_against_each_other(planted: DataFolder) -> None:
    found = rows(planted)
    missing = of(found, "missing")
    assert missing["4.100002"]["why"] == "absent"
    assert missing["4.100003"]["why"] == "closed_here"
    assert not {"4.100001", "4.100004", "4.100007"} & set(missing)
    outdated = of(found, "outdated")
    assert outdated["4.100004"]["differs"] == {
        "name": ["Cấp bản sao", "Cấp bản sao trích lục"],
        "decision": ["2/QĐ-BTP", "1/QĐ-BTP"],
        "limit": ["7 working_day", "10 working_day"],
    }
    assert outdated["4.100008"]["why"] == "ended"
    assert outdated["4.999999"]["why"] == "not_in_catalogue"
    assert outdated["4.999999"]["procedure_name"] == "Chỉ có ở tỉnh"
    assert "4.999998" not in outdated
    assert of(found, "localise")["4.100007"]["why"] == "no_unit_here"
    assert of(found, "offline")["4.100005"]["why"] == "paper_here"
    assert of(found, "fee_here")["4.100006"]["why"] == "no_fee_here"


def test_what_dossiers_show(planted: DataFolder) -> None:
    found = rows(planted)
    assert (of(found, "unknown")["4.888888"]["count"], of(found, "unknown")["4.888888"]["points"]) == (
        1,
        "0.0000000000",
    )
    assert (
        of(found, "outdated")["4.100009"] | {"why": "still_received", "count": 1}
        == of(found, "outdated")["4.100009"]
    )
    assert of(found, "offline")["4.100010"]["why"] == "used_online"
    paper = of(found, "offline")["4.100011"]
    assert (paper["why"], paper["count"], paper["indicators"]) == ("paper_only", 2, ["3.2", "3.3"])
    unpaid = of(found, "pay_online")["4.100011"]
    assert (unpaid["count"], unpaid["indicators"]) == (2, ["3.5b", "3.6"])


def test_what_was_late(planted: DataFolder) -> None:
    found = rows(planted)
    score = planted.score("H01")["indicators"]
    late = of(found, "announced_late")
    assert late["4.100013"] | {
        "why": "late", "decision": "77/QĐ-UBND", "due": "2026-08-24", "done": "2026-09-01", "days_late": 4,
        "department": "H01.06",
    } == late["4.100013"]  # fmt: skip
    assert late["4.100001"]["why"] == "no_effective_date"
    shown = of(found, "published_late")["4.100013"]
    assert (shown["due"], shown["done"]) == ("2026-09-09", "2026-10-05")
    assert shown["days_late"] == 18
    of_one = Fraction(6 * (score["1.1"]["d"] - score["1.1"]["n"]), score["1.1"]["d"]) / (
        score["1.1"]["d"] - score["1.1"]["n"]
    )
    assert late["4.100013"]["lost"] == decimals(of_one)
    whole = sum(Fraction(row["lost"]) for row in found if row["what"] == "announced_late")
    assert abs(whole - Fraction(score["1.1"]["d"] - score["1.1"]["n"], score["1.1"]["d"]) * 6) < Fraction(
        1, 10**8
    )
    assert of(found, "unannounced")["4.100012"]["days_late"] > 0
    overdue = [row for row in found if row["what"] == "publish" and row["days_left"] < 0]
    assert overdue
    assert all(row["points"] == "0.0000000000" and Fraction(row["lost"]) > 0 for row in overdue)


def test_working_days_that_are_left(planted: DataFolder) -> None:
    calendar, today = planted.registry.calendar, day_of(planted.now())
    for row in rows(planted, what=["announce", "publish"]):
        by = day_of(parse_instant(row["by"]))
        if row["days_left"] >= 0 and by.year == today.year:
            assert calendar.add_working_days(today, row["days_left"]) == by or row["days_left"] == 0
    (soon,) = (row for row in rows(planted, what=["publish"]) if row["procedure"] == "3.990006")
    assert soon["days_left"] == 4  # decided on Thursday, five are given, Friday has passed


def test_what_procedures_have_lost(planted: DataFolder) -> None:
    body = procedures(planted)["lost"]
    score = planted.score("H01")["indicators"]
    assert set(body["indicators"]) == {"1.1", "1.2", "1.3", "3.1", "3.2", "3.5", "3.5b", "4.5a"}
    for name, one in body["indicators"].items():
        assert Decimal(one["points"]) == score[name]["max"] - Decimal(score[name]["points"])
        assert (one["n"], one["d"]) == (score[name]["n"], score[name]["d"])
    assert Decimal(body["points"]) == sum(Decimal(one["points"]) for one in body["indicators"].values())
    below = procedures(planted, "H01.113")["lost"]["indicators"]
    assert "n" not in below["3.1"]  # nobody below the province can earn it
    assert below["3.1"]["points"] == "2.00"


@pytest.mark.parametrize(("what", "change"), [("offline", {"channel": 2}), ("pay_online", {"payment": 2})])
@pytest.mark.parametrize("unit", ["H01", "H01.113"])
def test_points_are_what_the_newest_dossier_would_give(
    planted_own: DataFolder, what: str, change: dict[str, int], unit: str
) -> None:
    row = of(rows(planted_own, unit), what)["4.100011"]
    found = planted_own.registry.units.find(unit)
    assert found is not None

    def exact() -> Fraction:
        return planted_own.view(year_of(planted_own.now())).board.score(found.index).exact

    before = exact()
    tell(planted_own, "dossiers", again(record_of(planted_own, "H01.113-261005-50003"), **change))
    assert decimals(exact() - before) == row["points"]
    assert Fraction(row["points"]) > 0
    assert "4.100011" not in of(rows(planted_own, unit), what)


def test_departments_and_pages(planted: DataFolder) -> None:
    whole = procedures(planted, limit=10_000)
    for one in whole["departments"]:
        here = rows(planted, department=one["unit"])
        assert here == [row for row in whole["rows"] if row["department"] == one["unit"]]
        assert len(here) == one["count"]
    assert rows(planted, what=["missing"]) == [row for row in whole["rows"] if row["what"] == "missing"]
    assert procedures(planted, limit=3, offset=2)["rows"] == whole["rows"][2:5]
    counts = [one["count"] for one in whole["departments"]]
    assert counts == sorted(counts, reverse=True)


def test_without_a_local_list_nothing_is_missing_from_it(province: DataFolder) -> None:
    body = procedures(province)
    assert body["lists"]["local"] == 0
    assert not {"missing", "fee_here"} & set(body["kinds"])
    assert body["lost"]["indicators"]["1.1"]["points"] == "6.00"
    assert body["kinds"]["announced_late"] == 55


def test_the_past_is_known_as_it_was(planted: DataFolder) -> None:
    then = parse_instant("2026-06-10T06:00+07:00")
    body = procedures(planted, at=then, as_of=then)
    assert body["lists"]["local"] == 0
    assert "missing" not in body["kinds"]


def test_what_cannot_be_asked_is_refused(planted: DataFolder) -> None:
    with pytest.raises(QuestionError, match="no kind of work 'x'"):
        procedures(planted, what=["x"])
    with pytest.raises(QuestionError, match="no unit"):
        procedures(planted, "H99.9")
    with pytest.raises(QuestionError, match="published"):
        procedures(planted, source="published")
