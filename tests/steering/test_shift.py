"""The permutation interval: against plain enumeration, and what must be true of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.steering import shift as module
from chiso.steering.shift import LEVEL, shift

CHANGES = st.lists(st.integers(-500, 500), min_size=3, max_size=6)


def mean(values: list[int]) -> Fraction:
    return Fraction(sum(values), len(values))


def slow_share(addressed: list[int], others: list[int], moved: int) -> Fraction:
    """Share of all ways to choose the units that part them at least as much, counted one by one."""
    shifted = [*(one - moved for one in addressed), *others]
    n = len(addressed)
    own = abs(mean(shifted[:n]) - mean(shifted[n:]))
    parted = []
    for chosen in combinations(range(len(shifted)), n):
        inside = [shifted[place] for place in chosen]
        outside = [one for place, one in enumerate(shifted) if place not in chosen]
        parted.append(abs(mean(inside) - mean(outside)) >= own)
    return Fraction(sum(parted), len(parted))


@settings(max_examples=40, deadline=None)
@given(CHANGES, CHANGES)
def test_the_fast_way_is_the_slow_way(addressed: list[int], others: list[int]) -> None:
    found = shift(addressed, others)
    assert found is not None
    assert found.difference == mean(addressed) - mean(others)
    if found.low is None or found.high is None:
        assert found.p is None
        return
    assert found.p == slow_share(addressed, others, 0)
    assert found.low <= found.difference + 1
    assert found.high >= found.difference - 1
    for end, way in ((found.low, -1), (found.high, 1)):
        assert slow_share(addressed, others, end) > LEVEL
        assert slow_share(addressed, others, end + way) <= LEVEL


@settings(max_examples=30, deadline=None)
@given(CHANGES, CHANGES, st.integers(-300, 300))
def test_what_all_addressed_gain_moves_the_interval(
    addressed: list[int], others: list[int], more: int
) -> None:
    first, second = shift(addressed, others), shift([one + more for one in addressed], others)
    assert first is not None
    assert second is not None
    if first.low is not None and first.high is not None:
        assert (second.low, second.high) == (first.low + more, first.high + more)


def test_a_clear_difference_is_seen_and_none_is_not() -> None:
    clear = shift([300 + place for place in range(8)], list(range(12)))
    assert clear is not None
    assert clear.low is not None
    assert clear.low > 0
    assert clear.p is not None
    assert clear.p < LEVEL
    none = shift(list(range(0, 16, 2)), list(range(1, 17, 2)))
    assert none is not None
    assert none.low is not None
    assert none.high is not None
    assert none.low < 0 < none.high


@pytest.mark.parametrize(("n", "m"), [(1, 100), (2, 100), (3, 2), (3, 3)])
def test_with_few_units_no_interval_is_told(n: int, m: int) -> None:
    found = shift([500] * n, list(range(m)))
    assert found is not None
    assert found.low is found.high is found.p is None


def test_without_units_to_compare_with_there_is_nothing_to_tell() -> None:
    assert shift([1, 2, 3], []) is None
    assert shift([], [1, 2, 3]) is None


def test_many_units_are_drawn_and_give_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    addressed, others = [40 * place % 77 for place in range(9)], [31 * place % 66 for place in range(9)]
    exact = shift(addressed, others)
    assert exact is not None
    assert exact.p is not None
    monkeypatch.setattr(module, "MOST_LISTED", 100)
    first, second = shift(addressed, others), shift(addressed, others)
    assert first == second
    assert first is not None
    assert first.p is not None
    assert abs(first.p - exact.p) < Fraction(3, 100)
