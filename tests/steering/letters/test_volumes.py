"""Overdue dossiers by unit and procedure, held against the dossiers one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from chiso.folder import DataFolder
from chiso.insight.todo.answer import todo
from chiso.instants import day_of, parse_instant
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.fill import rendered
from chiso.steering.letters.gather import gathered
from chiso.steering.letters.request import Request
from chiso.steering.letters.volumes import LISTED
from tests.steering.letters.samples import lines

URGE = Request("urge", "H01", deadline="2026-10-26")


def one_by_one(folder: DataFolder, unit: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = folder.dossiers(unit, "2.1", "missed", limit=10_000)["rows"]
    return rows


@pytest.mark.slow
def test_overdue_dossiers_are_those_of_the_number(small: DataFolder) -> None:
    told = gathered(small, URGE).facts.overdue
    assert told is not None
    slow = one_by_one(small, "H01")
    assert (told.overdue, told.open) == (len(slow), sum(row["state"] == "open" for row in slow))
    counted = Counter((row["unit"], row["procedure"]) for row in slow)
    still = Counter((row["unit"], row["procedure"]) for row in slow if row["state"] == "open")
    assert {(row.unit, row.procedure): row.overdue for row in told.rows} == counted
    assert {(row.unit, row.procedure): row.open for row in told.rows if row.open} == still
    assert told.overdue > 0


@pytest.mark.slow
def test_what_falls_due_is_open_and_in_time(small: DataFolder) -> None:
    busiest = Counter(str(row["unit"]) for row in one_by_one(small, "H01")).most_common(3)
    for unit, _ in busiest:
        due = gathered(small, Request("unit", unit)).facts.due
        assert due is not None
        slow = one_by_one(small, unit)
        assert due.overdue_open == sum(row["state"] == "open" for row in slow)
        still = small.dossiers(unit, "2.1", "open", limit=10_000)["rows"]
        soon = [
            row for row in still
            if row["on_time"] and row["due_at"] and small.now() <= parse_instant(row["due_at"]) < due.until
        ]  # fmt: skip
        assert due.soon == len(soon)
        assert day_of(due.until - 1) > day_of(small.now())


@pytest.mark.slow
def test_the_work_is_that_of_the_unit_s_page(small: DataFolder) -> None:
    facts = gathered(small, Request("unit", "H01.113")).facts
    assert facts.work is not None
    told = todo(small, "H01.113", limit=LISTED)
    assert facts.work.count == told["count"]
    assert [one.points for one in facts.work.rows] == [row["points"] for row in told["rows"]]
    assert [one.what for one in facts.work.rows] == [row["what"] for row in told["rows"]]
    assert all(one.code for one in facts.work.rows)
    assert "work" in facts.appendices
    assert gathered(small, Request("unit", "H01.113", appendices=())).facts.work is None


@pytest.mark.slow
def test_letters_of_units_keep_the_rules_and_have_their_own_gap(small: DataFolder) -> None:
    seen = set()
    for unit in ("H01.113", "H01.06", "H01.101"):
        facts = gathered(small, Request("unit", unit, deadline="2026-10-26")).facts
        document = rendered(facts)
        assert check(document) == []
        text = "\n".join(lines(document))
        score = small.score(unit)
        assert facts.standing.total == score["total"]
        assert f"xếp loại {score['band']}" in text
        assert "so với mức 80 điểm" in text
        seen.add(text)
    assert len(seen) == 3


@pytest.mark.slow
def test_the_urging_letter_of_a_computed_province(small: DataFolder) -> None:
    facts = gathered(small, URGE).facts
    assert facts.standing.origin.source == "computed"
    assert facts.appendices[:2] == ("units", "under")
    assert [one.among for one in facts.leagues] == ["departments", "communes"]
    assert {row.total for one in facts.leagues for row in one.rows} <= {
        row["total"] for among in ("departments", "communes") for row in small.rank(among, "H01")["rows"]
    }
    document = rendered(facts)
    assert check(document) == []
    told = lines(document)
    assert "Phụ lục III" in told
    assert any(line.startswith("a) ") and "điểm)" in line for line in told)
    points = rendered(replace(facts, decimal_mark="."))
    assert f"tổng điểm đạt {facts.standing.total} điểm" in "\n".join(lines(points))
