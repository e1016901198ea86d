"""Standing counts equal a recount, and a second engine, whatever happened in between."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.engine.columns import Columns
from chiso.engine.ground import Ground
from chiso.engine.second import SecondEngine
from chiso.engine.standing import Standing
from chiso.instants import DAY, midnight
from chiso.intake.records import Dossier, UnitRecord
from chiso.registry.procedures import Catalogue
from chiso.registry.units import Units
from tests.engine.worlds import FIRST, LAST, PERIODS, PROCEDURES, Event, World, events, instants

lives = st.lists(events(), min_size=1, max_size=14)
moves = st.lists(instants, max_size=6)


def merging(world: World) -> None:
    """Two communes of the world become one while the clock runs."""
    told = [
        UnitRecord("H01.113", "Phường Long Phú", "commune", "H01", "2025-07-01", "2026-01-31", "H01.900"),
        UnitRecord("H01.101", "Phường Long Xuyên", "commune", "H01", "2025-07-01", "2026-01-31", "H01.900"),
        UnitRecord("H01.900", "Phường Mới", "commune", "H01", "2026-02-01"),
    ]
    ground = world.ground
    units = Units.load(told)
    world.ground = Ground(
        ground.law, units, Catalogue(ground.catalogue.records, units), ground.calendar, ground.records,
        ground.terms,
    )  # fmt: skip


def recounted(standing: Standing) -> Standing:
    fresh = Standing(standing.ground, standing.periods, standing.at, standing.roster)
    return fresh.count_all()


def same(one: Standing, other: Standing) -> None:
    assert np.array_equal(one.cells, other.cells)
    assert np.array_equal(one.distinct, other.distinct)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives, st.booleans(), st.data())
def test_whatever_comes_and_however_the_clock_moves_standing_counts_equal_a_recount(
    life: list[Event], merges: bool, data: st.DataObject
) -> None:
    world = World.new()
    if merges:
        merging(world)
    standing = Standing(world.ground, PERIODS, FIRST)
    clock = FIRST
    waiting: list[np.ndarray] = []
    for event in life:
        waiting.append(world.tell(event, clock))
        if data.draw(st.booleans(), "commit"):
            standing.apply(np.concatenate(waiting))
            waiting = []
            same(standing, recounted(standing))
        if data.draw(st.booleans(), "move the clock"):
            clock = data.draw(st.integers(clock, max(clock, LAST)), "to")
            standing.advance(clock)
            same(standing, recounted(standing))
    if waiting:
        standing.apply(np.concatenate(waiting))
    standing.advance(LAST)
    same(standing, recounted(standing))


def test_a_dossier_long_ended_counts_at_the_unit_that_goes_on_from_the_merger_on() -> None:
    world = World.new()
    merging(world)
    standing = Standing(world.ground, PERIODS, FIRST)
    at = midnight(date(2026, 1, 5))
    done = Dossier(
        code="D1", procedure=PROCEDURES[0].code, state=9, unit="H01.113", desk="H01.113",
        received_at=at, due_at=at + 3 * DAY, finished_at=at + DAY,
    )  # fmt: skip
    standing.apply(world.tell(Event(1, message=done), FIRST))
    year = next(place for place, period in enumerate(PERIODS) if period.kind == "year")
    units = world.ground.units
    for day, code in ((date(2026, 1, 20), "H01.113"), (date(2026, 2, 2), "H01.900")):
        standing.advance(midnight(day))
        same(standing, recounted(standing))
        unit = units.find(code)
        assert unit is not None
        assert standing.cells[:, year, unit.index].any()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives, instants)
def test_a_second_engine_running_sql_of_the_same_law_agrees_on_every_count(
    life: list[Event], at: int
) -> None:
    world = World.new()
    standing = Standing(world.ground, PERIODS, at)
    for event in life:
        standing.apply(world.tell(event, at))
    for place, period in enumerate(PERIODS):
        judged = period.judged_at(at)
        second = SecondEngine(world.ground, world.raw(judged), judged)
        cells, distinct = second.count(period, at)
        assert np.array_equal(standing.cells[:, place], cells)
        assert np.array_equal(standing.distinct[:, place], distinct)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives, st.randoms(use_true_random=False))
def test_versions_in_any_order_and_twice_count_the_same(life: list[Event], chance: object) -> None:
    world = World.new()
    rows = [world.tell(event, FIRST + number) for number, event in enumerate(life)]
    calm = Standing(world.ground, PERIODS, LAST)
    for part in rows:
        calm.apply(part)
    wild = Standing(world.ground, PERIODS, LAST)
    again = [*rows, *rows]
    chance.shuffle(again)  # type: ignore[attr-defined]
    for part in again:
        wild.apply(part)
    same(calm, wild)


def rows_in(standing: Standing, world: World, rows: list[np.ndarray]) -> Columns:
    found = Columns.of_rows(np.concatenate(rows))
    world.ground.derive(found)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives, lives)
def test_rows_exchanged_count_as_if_they_had_come_and_back_again(
    life: list[Event], other: list[Event]
) -> None:
    world, dream = World.new(), World.new()
    real, dreamt = ({event.dossier: event for event in told} for told in (life, other))
    standing = Standing(world.ground, PERIODS, LAST)
    for event in real.values():
        standing.apply(world.tell(event, FIRST))
    before = recounted(standing)
    touched = np.array(sorted(real.keys() & dreamt.keys()), np.int64)
    dream.ground, dream.terms = world.ground, world.terms
    told = [dream.tell(dreamt[number], FIRST) for number in touched.tolist()]
    if not told:
        return
    gone, come = standing.roster.rows_of(touched), rows_in(standing, world, told)
    standing.exchange(gone, come)
    wished = Standing(world.ground, PERIODS, LAST, standing.roster.copy())
    wished.apply(np.concatenate([_later(rows) for rows in told]))
    same(standing, wished.count_all())
    standing.exchange(come, gone)
    same(standing, before)


def _later(rows: np.ndarray) -> np.ndarray:
    """The same told after all else."""
    found = rows.copy()
    found["known_at"] = LAST
    return found
