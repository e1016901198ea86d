"""Shares are exact to the tenth decimal and sum to what was shared out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.insight.tenths import WHOLE, settled, shares, tenths, written

points = st.builds(Fraction, st.integers(0, 22 * 400_000), st.integers(1, 400_000)).filter(lambda p: p <= 100)
weights = st.lists(st.integers(0, 5_000), min_size=1, max_size=60).filter(any)


@given(points, weights, st.integers(-1, 1))
def test_shares_sum_and_are_each_the_exact_one_rounded(whole: Fraction, by: list[int], off: int) -> None:
    total = tenths(whole) + off
    found = shares(total, whole, np.array(by)).tolist()
    assert sum(found) == total
    for share, weight in zip(found, by, strict=True):
        # what was rounded elsewhere (off) may move each by one more
        assert abs(share - whole * WHOLE * weight / sum(by)) < 1 + abs(off)


@given(points, weights)
def test_equal_weights_differ_by_one_at_most_the_earlier_first(whole: Fraction, by: list[int]) -> None:
    found = shares(tenths(whole), whole, np.array(by)).tolist()
    for weight in set(by):
        alike = [share for share, own in zip(found, by, strict=True) if own == weight]
        assert alike == sorted(alike, reverse=True)
        assert alike[0] - alike[-1] <= 1


@given(st.lists(st.tuples(st.integers(-(10**30), 10**30), st.integers(1, 10**18)), max_size=20))
def test_fractions_of_a_tenth_settle_to_their_sum(parts: list[tuple[int, int]]) -> None:
    exact = [Fraction(top, bottom) for top, bottom in parts]
    total = round(sum(exact, Fraction(0)))
    found = settled(total, parts)
    assert sum(found) == (total if parts else 0)
    assert all(abs(told - one) < 1 for told, one in zip(found, exact, strict=True))


@given(st.integers(-(10**13), 10**13))
def test_tenths_are_written_with_ten_decimals(value: int) -> None:
    assert Decimal(written(value)) == Decimal(value).scaleb(-10)
    assert len(written(value).partition(".")[2]) == 10
    assert written(0) == "0.0000000000"
