"""Boards: counts rolled up the tree, read by the law, scored for all units at once as for each alone."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.engine.board import UNKNOWN, board, roll_up
from chiso.engine.count import Window
from chiso.engine.ground import Ground
from chiso.engine.standing import Standing
from chiso.instants import midnight, parse_period
from chiso.law.loader import load
from tests.engine.worlds import PERIODS, Event, World, events, ground, instants

OLD = midnight(date(2024, 5, 1))
NEW = midnight(date(2026, 3, 1))
GROUND, _ = ground()


def slowly(cells: list[int], ground: Ground, at: int) -> list[int]:
    """Sums up the tree, one unit at a time."""
    parent = ground.units.tree(at).parent.tolist()
    found = [0] * len(cells)
    for unit, count in enumerate(cells):
        above = unit
        while above >= 0:
            found[above] += count
            above = parent[above]
    return found


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.integers(0, GROUND.unit_count - 1), st.integers(-5, 50)), st.sampled_from([OLD, NEW])
)
def test_counts_rolled_up_are_slow_sums(some: dict[int, int], at: int) -> None:
    cells = np.zeros(GROUND.unit_count, np.int64)
    for unit, count in some.items():
        cells[unit] = count
    want = slowly(cells.tolist(), GROUND, at)
    assert roll_up(cells, GROUND, at).tolist() == want
    both = roll_up(np.stack([cells, cells * 2]), GROUND, at)
    assert both.tolist() == [want, [2 * count for count in want]]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(events(), min_size=1, max_size=12), instants, st.sampled_from(["qd766", "qd766-document"]))
def test_all_units_at_once_score_as_each_alone(life: list[Event], at: int, law_id: str) -> None:
    world = World.new(load(law_id).at(date(2026, 1, 1)))
    standing = Standing(world.ground, PERIODS, at)
    for event in life:
        standing.apply(world.tell(event, at))
    units = world.ground.units
    touched = {units.home.index, *(unit.index for unit in units.all if unit.code.startswith("H01."))}
    for place, period in enumerate(PERIODS):
        found = board(world.ground, period, at, standing.cells[:, place], standing.distinct[:, place])
        assert found.judged_at == period.judged_at(at)
        for unit in sorted(touched)[:: 9 if place else 1]:
            scored = found.score(unit)
            assert int(found.table.totals[unit]) == int(scored.total * 100), units.all[unit].code
            groups = [int(group.points * 100) for group in scored.groups.values()]
            assert found.table.groups[unit].tolist() == groups
        whole = roll_up(
            standing.cells[world.ground.plan.in_period_cell, place], world.ground, found.judged_at
        )
        assert np.array_equal(found.dossiers, whole)


def test_what_is_the_province_s_own_is_copied_or_left_out_below() -> None:
    world = World.new()
    standing = Standing(world.ground, PERIODS, NEW)
    found = board(world.ground, PERIODS[4], NEW, standing.cells[:, 4], standing.distinct[:, 4])
    law, home = world.ground.law, world.ground.units.home.index
    commune = world.ground.units.find("H01.113", NEW)
    assert commune is not None
    for place, one in enumerate(law.indicators.values()):
        pair = (int(found.n[commune.index, place]), int(found.d[commune.index, place]))
        if one.below_province == "none":
            assert pair == (UNKNOWN, UNKNOWN)
            assert one.id not in found.figures(commune.index)
        elif one.below_province == "inherited":
            assert pair == (int(found.n[home, place]), int(found.d[home, place]))
            assert found.score(commune.index).indicators[one.id].inherited
    assert {one.below_province for one in law.indicators.values()} >= {"none", "inherited"}


def test_a_unit_that_was_merged_counts_at_its_successor_today_and_as_itself_then() -> None:
    """ "As was" and "restated": one dossier of a commune of 2024, judged then and judged today."""
    units = GROUND.units
    gone = next(
        unit for unit in units.all
        if unit.kind == "commune" and unit.in_force(OLD) and not unit.in_force(NEW) and unit.parent >= 0
        and units.today(unit.index, NEW) != unit.index
    )  # fmt: skip
    heir = units.today(gone.index, NEW)
    window = Window.of((parse_period("2024-04"), parse_period("2026-02")), NEW)
    counted = GROUND.counted_at(np.array([gone.index, gone.index]), np.array([0, 1]), window)
    assert counted.tolist() == [gone.index, heir]
    cells = np.zeros(GROUND.unit_count, np.int64)
    cells[counted[1]] = 1
    above = [unit.index for unit in units.all if roll_up(cells, GROUND, NEW)[unit.index]]
    assert gone.index not in above
    assert units.all[heir].parent in above
