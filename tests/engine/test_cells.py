"""Counts by unit and procedure are those of each dossier alone, and sum to the board."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.engine import cells as module
from chiso.engine.board import board
from chiso.engine.cells import Cells, count_cells
from chiso.engine.columns import Columns, newest_spans
from chiso.engine.count import Tally, Window, count
from chiso.engine.ground import Ground
from chiso.engine.standing import Standing
from chiso.instants import Period, parse_period
from chiso.law.loader import load
from tests.engine.worlds import FIRST, LAST, PERIODS, Event, World, events

LAWS = {name: load(name).at(date(2026, 1, 1)) for name in ("qd766", "qd766-document")}
ERAS = parse_period("2025-06-01..2026-06-30")
"""A period over two changes of the units."""
Told = dict[tuple[int, int], list[int]]


def world_of(life: list[Event], law: str) -> tuple[World, np.ndarray]:
    world = World.new(LAWS[law])
    rows = np.concatenate([world.tell(event, FIRST + number) for number, event in enumerate(life)])
    return world, newest_spans(rows)


def alone(columns: Columns, ground: Ground, period: Period, at: int) -> Told:
    """Each row counted by itself: (unit, procedure) → all counters."""
    found: Told = defaultdict(lambda: [0] * (len(ground.plan.cells) + len(ground.plan.procedures)))
    window = Window.of((period,), at)
    for place in range(columns.size):
        row = columns.take(np.array([place]))
        told: Tally = count(row, ground, window)
        units = np.flatnonzero(told.cells[ground.plan.in_period_cell, 0]).tolist()
        for unit in units:
            numbers = found[unit, int(row["procedure"][0])]
            for counter, values in enumerate(told.cells[:, 0, unit].tolist()):
                numbers[counter] += values
            for counter, (_, times) in enumerate(told.distinct):
                numbers[len(told.cells) + counter] += int(times.sum())
    return found


def read(cells: Cells) -> Told:
    every = np.concatenate([cells.counts, cells.times])
    return {
        (unit, procedure): every[:, place].tolist()
        for place, (unit, procedure) in enumerate(
            zip(cells.unit.tolist(), cells.procedure.tolist(), strict=True)
        )
    }


@pytest.mark.parametrize("size", [2, 1 << 16])
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    life=st.lists(events(dossiers=6), min_size=1, max_size=16),
    at=st.integers(FIRST, LAST),
    law=st.sampled_from(sorted(LAWS)),
    period=st.sampled_from([*PERIODS, ERAS]),
)
def test_cells_are_sums_of_dossiers_and_make_the_board(
    monkeypatch: pytest.MonkeyPatch, size: int, life: list[Event], at: int, law: str, period: Period
) -> None:
    monkeypatch.setattr(module, "PART", size)
    world, rows = world_of(life, law)
    columns = Columns.of_rows(rows)
    world.ground.derive(columns)
    found = count_cells([columns, Columns.empty()], world.ground, period, at)
    assert read(found) == alone(columns, world.ground, period, at)

    standing = Standing(world.ground, (period,), at)
    standing.apply(rows)
    wanted = board(world.ground, period, at, standing.cells[:, 0], standing.distinct[:, 0])
    told = found.board()
    assert np.array_equal(told.n, wanted.n)
    assert np.array_equal(told.d, wanted.d)
    assert np.array_equal(told.dossiers, wanted.dossiers)
    assert told.judged_at == wanted.judged_at == found.judged_at


def test_nothing_has_no_cells() -> None:
    world = World.new()
    found = count_cells([], world.ground, PERIODS[0], LAST)
    assert len(found.pairs) == found.counts.shape[1] == 0
    assert not found.board().dossiers.any()
