"""Sharing work out over units and procedures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.folder import DataFolder
from chiso.insight.exact import Exact
from chiso.insight.plan.answer import plan_of
from chiso.insight.plan.steps import SPREADS, _shared_out
from chiso.instants import year_of


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 99)), min_size=1, max_size=40),
    st.data(),
    st.sampled_from(SPREADS),
)
def test_exactly_so_many_are_taken_of_each_those_due_first(
    told: list[tuple[int, int, int]], data: st.DataObject, spread: str
) -> None:
    units, procedures, due = (np.array(one, np.int64) for one in zip(*told, strict=True))
    members = np.arange(100, 100 + len(told))
    count = data.draw(st.integers(1, len(told)))
    chosen, left = _shared_out(members, units, procedures, due, count, spread)
    taken = np.concatenate(chosen)
    assert len(taken) == count
    assert sorted([*taken.tolist(), *left.tolist()]) == members.tolist()
    for some in chosen:
        at = some - 100
        assert len(set(units[at].tolist())) == len(set(procedures[at].tolist())) == 1
        alike = (units == units[at[0]]) & (procedures == procedures[at[0]])
        assert due[at].max() <= due[np.setdiff1d(np.flatnonzero(alike), at)].min(initial=100)
        if spread == "even":
            assert abs(len(at) - count * np.count_nonzero(alike) / len(told)) < 1


def test_few_pieces_are_the_largest() -> None:
    units = np.array([0, 0, 0, 1, 2, 2])
    none = np.zeros(6, np.int64)
    chosen, _ = _shared_out(np.arange(6), units, none, none, 4, "few")
    assert [one.tolist() for one in chosen] == [[0, 1, 2], [4]]
    chosen, _ = _shared_out(np.arange(6), units, none, none, 4, "even")
    assert [len(one) for one in chosen] == [2, 1, 1]


@pytest.mark.parametrize("unit", ["H01", "H01.113", "H01.06"])
@pytest.mark.parametrize("spread", SPREADS)
def test_worths_sum_to_what_the_exact_total_gains(work_at_hand: DataFolder, unit: str, spread: str) -> None:
    end = year_of(work_at_hand.now()).end
    *_, found = plan_of(work_at_hand, unit, "100", end, spread=spread, question={})
    problem = found.posed.problem
    start = Exact(problem.law, below=not problem.province).total(problem.n.tolist(), problem.d.tolist())
    assert sum(step.worth for step in found.steps) == found.exact - start > 0
    assert all(step.worth >= 0 and step.indicators for step in found.steps)
    order = [(-float(step.worth), step.by, step.unit, step.procedure) for step in found.steps]
    assert order == sorted(order)
