"""What a row of work promises is what doing it gives, to the tenth decimal."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from chiso.folder import DataFolder
from chiso.insight.todo.answer import todo
from chiso.insight.todo.items import WHAT
from chiso.instants import parse_instant, year_of
from chiso.law.scoring import decimals
from chiso.ledger.clock import Clock
from tests.insight.work import do

LATER = ("due", "petition")
"""Kinds whose promise holds once the last instant in time has passed."""
UNITS = ("H01", "H01.113", "H01.06")
FIXED = 120


def exact(folder: DataFolder, unit: str, at: int | None) -> Fraction:
    found = folder.registry.units.find(unit)
    assert found is not None
    return folder.view(year_of(folder.now()), at).board.score(found.index).exact


def fixed(folder: DataFolder, unit: str, row: dict[str, Any]) -> str:
    """Does what a row asks for.  Gives what the unit's exact total gained, at the instant of the promise."""
    at = parse_instant(row["by"]) + 1 if row["what"] in LATER else None
    before = exact(folder, unit, at)
    do(folder, row)
    return decimals(exact(folder, unit, at) - before)


@pytest.mark.slow
def test_a_hundred_and_more_random_rows_of_every_kind_keep_their_promise(busy: DataFolder) -> None:
    chance = random.Random(766)
    done: dict[str, int] = dict.fromkeys(WHAT, 0)
    while sum(done.values()) < FIXED:
        unit = chance.choice(UNITS)
        kinds = sorted(todo(busy, unit, limit=0)["kinds"])
        rarest = min(done[kind] for kind in kinds)
        what = chance.choice([kind for kind in kinds if done[kind] <= rarest + 3])
        row = chance.choice(todo(busy, unit, what=[what], limit=1000)["rows"])
        gained = fixed(busy, unit, row)
        assert gained == row["points"], row
        done[what] += 1
    assert all(done.values()), done


@pytest.mark.parametrize("what", WHAT)
def test_every_kind_keeps_its_promise_once(busy: DataFolder, what: str) -> None:
    unit = next(one for one in ("H01.06", "H01.113", "H01") if what in todo(busy, one, limit=0)["kinds"])
    row = todo(busy, unit, what=[what], limit=1)["rows"][0]
    assert fixed(busy, unit, row) == row["points"]
    assert row not in todo(busy, unit, what=[what], limit=1000)["rows"]


def test_a_due_dossier_keeps_its_points_when_the_clock_really_moves(busy: DataFolder) -> None:
    (first, *_) = todo(busy, "H01.113", what=["due"])["rows"]
    by = parse_instant(first["by"])
    without = exact(busy, "H01.113", by + 1)
    do(busy, first)
    busy.ledger.clock.set(Clock(by + 1))
    busy.refresh()
    assert decimals(exact(busy, "H01.113", None) - without) == first["points"]
    assert Fraction(first["points"]) > 0


def test_under_another_law_the_promise_is_that_laws(busy: DataFolder) -> None:
    law = busy.law_of(year_of(busy.now()), "qd766-document")
    unit = busy.registry.units.find("H01.113")
    assert unit is not None
    for what in ("result", "digitise", "pay", "sync"):
        row = todo(busy, "H01.113", what=[what], law="qd766-document", limit=1)["rows"][0]
        before = busy.view(year_of(busy.now()), law=law).board.score(unit.index).exact
        do(busy, row)
        after = busy.view(year_of(busy.now()), law=law).board.score(unit.index).exact
        assert decimals(after - before) == row["points"], row
