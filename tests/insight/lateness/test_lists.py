"""Lists behind the numbers: what they hold, how they are cut, what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.lateness import dossiers, lateness
from chiso.instants import parse_instant
from tests.support.lateness import PERIOD, STAMPER, THEN, Life, Planted

QUESTION: dict[str, Any] = {"period": PERIOD, "as_of": THEN}


def rows(folder: DataFolder, kind: str | None = None, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dossiers(folder, "H01", kind, limit=10_000, **more, **QUESTION)["rows"]
    return found


def test_pages_of_a_list_make_the_list(folder: DataFolder) -> None:
    whole = rows(folder)
    pages = [
        row
        for offset in range(0, len(whole), 37)
        for row in dossiers(folder, "H01", limit=37, offset=offset, **QUESTION)["rows"]
    ]
    assert pages == whole
    assert [row["due_at"] for row in whole] == sorted(row["due_at"] for row in whole)
    assert dossiers(folder, "H01", limit=0, **QUESTION)["total"] == len(whole)


def test_a_row_says_what_happened_when_and_when_it_was_told(
    folder: DataFolder, planted: list[Planted]
) -> None:
    by_code = {one.code: one for one in planted}
    for row in rows(folder, "late_data"):
        one = by_code[row["code"]]
        assert row["sender"] == one.sender
        assert parse_instant(row["told_at"]) == one.told[-1][0]
        assert row["why"] == {"gone": "gone", "mended": "mended"}.get(one.case)
        assert row["lag"] == parse_instant(row["told_at"]) - parse_instant(row["ended_at"])
    late = {row["code"]: row for row in rows(folder, "late_work")}
    for code, row in late.items():
        assert row["ended_at"] > row["due_at"] or by_code[code].case in ("asked twice", "no due")
        assert row["undone"] is None
    for row in rows(folder, "undecidable"):
        open_ones = ("open", "open, said to be done")
        assert row["why"] == ("open" if by_code[row["code"]].case in open_ones else "untold")
        assert (row["told_at"] is None) == (row["why"] == "open")


def test_a_wrong_row_says_what_it_would_be(folder: DataFolder, planted: list[Planted]) -> None:
    by_code = {one.code: one for one in planted}
    for row in rows(folder, "wrong_data"):
        undone, case = row["undone"], by_code[row["code"]].case
        if undone["twin"]:
            life = Life(int(row["code"][-5:]))
            assert undone["twin"] == life.code
            assert undone["due_at"] is None
        else:
            assert undone["due_at"] is not None
            assert undone["ended_at"] is not None
        if case == "swapped":
            life = Life(int(row["code"][-5:]))
            assert undone["wait"] == life.answered - life.asked


def test_lists_by_sender(folder: DataFolder) -> None:
    told = lateness(folder, "H01", **QUESTION)
    for line in told["senders"]:
        assert len(rows(folder, sender=line["sender"] or "-")) == line["overdue"]
    assert rows(folder, sender="nobody") == []
    shown = rows(folder, "shown")
    assert [row["shown_seconds"] for row in shown] == sorted(
        (r["shown_seconds"] for r in shown), reverse=True
    )
    assert {row["sender"] for row in rows(folder, "shown", sender="H01.113")} == {"H01.113"}
    assert {row["sender"] for row in rows(folder, "wrong_data", mistake="closed_at_push")} == {STAMPER}


def test_what_is_shown_says_since_when(folder: DataFolder) -> None:
    for row in rows(folder, "shown"):
        since, until = parse_instant(row["shown_since"]), parse_instant(row["shown_until"])
        assert 0 < row["shown_seconds"] <= until - since
        assert until <= THEN
        told = parse_instant(row["told_at"])
        assert until == min(told, THEN)
        assert row["lag"] == told - parse_instant(row["ended_at"])


def test_lists_of_units_are_their_own(folder: DataFolder) -> None:
    for line in lateness(folder, "H01", **QUESTION)["units"]:
        found = dossiers(folder, line["unit"], limit=10_000, **QUESTION)
        assert {row["unit"] for row in found["rows"]} == {line["unit"]}
        assert found["total"] == line["overdue"]


def test_unknown_classes_are_refused(folder: DataFolder) -> None:
    with pytest.raises(QuestionError):
        dossiers(folder, "H01", "late", **QUESTION)
    assert dossiers(folder, "H01", indicator="4.4", **QUESTION)["total"] == 0
