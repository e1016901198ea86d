"""What acts are worth: each way of changing counts is weighed once, and as the exact totals say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.engine.board import figures
from chiso.folder import DataFolder
from chiso.insight.exact import Exact
from chiso.insight.gains import Steps, Worth
from chiso.instants import year_of

columns = st.lists(st.lists(st.integers(-1, 1), min_size=5, max_size=5), max_size=30)


@given(columns)
def test_ways_are_the_different_columns(told: list[list[int]]) -> None:
    table = np.array(told, np.int64).reshape(-1, 5).T
    steps = Steps(table[:3], table[3:])
    assert len(steps) == len(told)
    ways, way = steps.ways()
    assert len(ways) == len({tuple(one) for one in told})
    again = ways.take(way)
    assert (again.cells == steps.cells).all()
    assert (again.distinct == steps.distinct).all()


@pytest.mark.parametrize("code", ["H01", "H01.113"])
def test_worths_are_differences_of_exact_totals(work_at_hand: DataFolder, code: str) -> None:
    view = work_at_hand.view(year_of(work_at_hand.now()))
    unit = work_at_hand.registry.units.find(code)
    assert unit is not None
    worth = Worth(view, unit.index)
    plan = view.ground.plan
    counters = len(plan.cells)
    one_more = Steps(np.eye(counters, dtype=np.int64), np.zeros((len(plan.procedures), counters), np.int64))
    found = worth.of(one_more)
    own, above = worth.now(counters)
    exact = Exact(view.board.law, below=code != "H01")
    before = exact.totals(*figures(view.ground, unit.index, own, above))
    changed = own.more(one_more.cells, one_more.distinct, {})
    top = changed if code == "H01" else above.more(one_more.cells, one_more.distinct, {})
    after = exact.totals(*figures(view.ground, unit.index, changed, top))
    assert found == [b - a for a, b in zip(before, after, strict=True)]
    assert any(found)
    # nothing done is worth nothing
    assert worth.of(Steps.none(view, 3)) == [Fraction(0)] * 3
    # and a petition in time more is worth its share of 5.2
    gained = worth.of(Steps.none(view, 1), {"petitions_on_time": np.ones(1, np.int64)})
    assert gained[0] >= 0
