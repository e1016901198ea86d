"""Marks: noted, taken back, kept."""

from __future__ import annotations

from pathlib import Path

from chiso.ledger.marks import LONGEST, Mark
from chiso.ledger.store import Ledger
from tests.ledger.samples import T0


def test_an_item_is_given_to_somebody_and_ticked_off(ledger: Ledger) -> None:
    marks = ledger.marks
    assert marks.all() == {}
    assert marks.set("H01.113-1", "result", T0, assigned="  Chị  Lan ") == Mark("Chị Lan")
    assert marks.set("H01.113-1", "result", T0 + 9, done=True) == Mark("Chị Lan", T0 + 9)
    assert marks.set("H01.113-1", "digitise", T0, done=True) == Mark("", T0)
    # ticking again does not move the instant
    assert marks.set("H01.113-1", "result", T0 + 20, done=True) == Mark("Chị Lan", T0 + 9)
    assert marks.all() == {
        ("H01.113-1", "result"): Mark("Chị Lan", T0 + 9),
        ("H01.113-1", "digitise"): Mark("", T0),
    }


def test_what_is_taken_back_leaves_nothing(ledger: Ledger) -> None:
    marks = ledger.marks
    marks.set("P1", "petition", T0, assigned="A", done=True)
    marks.set("P1", "petition", T0, done=False)
    assert marks.all() == {("P1", "petition"): Mark("A")}
    marks.set("P1", "petition", T0, assigned="")
    assert marks.all() == {}
    assert len(marks.set("P1", "petition", T0, assigned="x" * 200).assigned) == LONGEST


def test_marks_are_kept(address: tuple[Path, str | None]) -> None:
    with Ledger.open(*address) as ledger:
        ledger.marks.set("P1", "petition", T0, done=True)
    with Ledger.open(*address) as ledger:
        assert ledger.marks.all() == {("P1", "petition"): Mark("", T0)}
