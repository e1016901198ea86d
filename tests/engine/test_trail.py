"""Samples of the past: each equals a count afresh of what was known then, judged then."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.engine.board import Board, board
from chiso.engine.standing import Standing
from chiso.engine.trail import Sample, Trail
from chiso.instants import DAY, parse_period
from tests.engine.worlds import FIRST, LAST, Event, World, events

PERIOD = parse_period("2026")
SAMPLES = range(PERIOD.start + DAY, LAST, 9 * DAY)
STEPS = st.lists(st.tuples(events(), st.integers(0, 12 * DAY)), min_size=1, max_size=12)


def afresh(world: World, rows: np.ndarray, at: int) -> Board:
    standing = Standing(world.ground, (PERIOD,), at)
    standing.fill([rows[rows["known_at"] <= at]])
    return board(world.ground, PERIOD, at, standing.cells[:, 0], standing.distinct[:, 0])


def matches(sample: Sample, world: World, rows: np.ndarray) -> None:
    want = afresh(world, rows, sample.at)
    assert np.array_equal(sample.totals, want.table.totals)
    assert np.array_equal(sample.groups, want.table.groups)
    assert np.array_equal(sample.dossiers, want.dossiers)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.data())
def test_every_sample_is_what_was_known_and_judged_then(
    life: list[tuple[Event, int]], data: st.DataObject
) -> None:
    world = World.new()
    known = FIRST
    told: list[np.ndarray] = []
    trail = Trail(PERIOD, SAMPLES, lambda at: world.ground)
    waiting: list[np.ndarray] = []
    for event, pause in life:
        known += pause
        rows = world.tell(event, known)
        told.append(rows)
        waiting.append(rows)
        if data.draw(st.booleans(), "feed"):
            trail.feed(np.concatenate(waiting), known - 1)
            waiting = []
    everything = np.concatenate(told)
    trail.feed(np.concatenate(waiting) if waiting else everything[:0], LAST)
    assert not trail.broken
    assert [sample.at for sample in trail.samples] == list(SAMPLES)
    for sample in trail.samples:
        matches(sample, world, everything)
    assert trail.complete
    assert trail.at(SAMPLES[0] - 1) is None
    assert trail.at(SAMPLES[1] + 5) is trail.samples[1]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_what_becomes_known_for_a_sample_taken_breaks_the_trail(life: list[tuple[Event, int]]) -> None:
    world = World.new()
    rows = np.concatenate([world.tell(event, FIRST + number) for number, (event, _) in enumerate(life)])
    trail = Trail(PERIOD, SAMPLES, lambda at: world.ground)
    trail.feed(rows, SAMPLES[3])
    late = world.tell(life[0][0], SAMPLES[2])
    trail.feed(late, SAMPLES[4])
    assert trail.broken
    # walked again it is whole
    both = np.concatenate([rows, late])
    again = Trail(PERIOD, SAMPLES, lambda at: world.ground)
    again.feed(both, SAMPLES[4])
    assert not again.broken
    for sample in again.samples:
        matches(sample, world, both)
