"""Sharing work out over units and procedures."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.insight.plan.steps import SPREADS, _shared_out


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
