"""Which dossiers are in a period, carried over or received, each period judged at its own instant."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.engine.columns import Columns
from chiso.engine.count import Tally, Window, count, pairs_of
from chiso.instants import DAY, NEVER, midnight, parse_period
from chiso.ledger.rows import ROW
from tests.engine.worlds import LAST, PERIODS, Event, World, events

FEBRUARY = parse_period("2026-02")
START, END = FEBRUARY.start, FEBRUARY.end


def row(
    received: int = NEVER, ended: int = NEVER, judged_from: int = -NEVER, judged_to: int = NEVER
) -> np.ndarray:
    found = np.zeros(1, ROW)
    for name in ROW.names or ():
        if name.endswith("_at"):
            found[name] = NEVER
    found["version"], found["dossier"], found["known_at"] = 1, 1, 0
    found["received_at"], found["ended_at"] = received, ended
    found["judged_from"], found["judged_to"] = judged_from, judged_to
    return found


@pytest.mark.parametrize(
    ("given_row", "at", "inside"),
    [
        (row(START), END, True),
        (row(START - 1), END, True),  # open: carried over
        (row(START - 1, START), END, True),  # ended in its first instant
        (row(START - DAY, START - 1), END, False),  # ended before
        (row(START, START - DAY), END, True),  # received in it, dated as ended before
        (row(END - 1), END, True),
        (row(END), END + DAY, False),
        (row(START + DAY), START + DAY, False),  # received at J: not before it
        (row(START + DAY), START + DAY + 1, True),
        (row(), END, False),  # never received
        (row(START), START, False),  # the period has not begun
        (row(START, judged_to=END), END, False),
        (row(START, judged_from=END), END, True),
        (row(START, judged_from=START + DAY), START + DAY - 1, False),
    ],
)  # fmt: skip
def test_in_the_period(given_row: np.ndarray, at: int, inside: bool) -> None:
    rows, periods = pairs_of(Columns.of_rows(given_row), Window.of((FEBRUARY,), at))
    assert (rows.tolist(), periods.tolist()) == (([0], [0]) if inside else ([], []))


def test_each_period_is_judged_at_its_own_instant() -> None:
    at = midnight(date(2026, 2, 10))
    window = Window.of((parse_period("2026-01"), FEBRUARY, parse_period("2026-03")), at)
    assert window.judged_at.tolist() == [START, at, at]
    assert window.only(np.array([True, False, True])).judged_at.tolist() == [START, at]
    one = row(START - DAY, START + DAY)
    _, periods = pairs_of(Columns.of_rows(one), window)
    assert periods.tolist() == [0, 1]  # open in January, ended in February; March has not begun


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(events(dossiers=6), min_size=2, max_size=14), st.integers(0, 14))
def test_counts_of_two_sets_of_rows_add_up(life: list[Event], cut: int) -> None:
    world = World.new()
    for event in life:
        world.tell(event, LAST)
    rows = np.concatenate([world.tell(Event(number, message=None), LAST) for number in list(world.facts)])
    window = Window.of(PERIODS, LAST)

    def counted(part: np.ndarray) -> Tally:
        columns = Columns.of_rows(part)
        world.ground.derive(columns)
        return count(columns, world.ground, window)

    whole, first, second = counted(rows), counted(rows[:cut]), counted(rows[cut:])
    assert np.array_equal(whole.cells, first.cells + second.cells)
    for place, (keys, times) in enumerate(whole.distinct):
        added: dict[int, int] = {}
        for part in (first, second):
            for key, time in zip(*(array.tolist() for array in part.distinct[place]), strict=True):
                added[key] = added.get(key, 0) + time
        assert dict(zip(keys.tolist(), times.tolist(), strict=True)) == added
    assert not whole.minus(whole).cells.any()
