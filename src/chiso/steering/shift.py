"""By how much one set of units moved more than another, with an interval that promises what it holds.

Neither letters nor tasks are given at random, so nothing here proves a cause; the interval says how large a
difference mere chance in who is addressed would explain.  It is the set of differences that a permutation
test at five per cent does not reject, found exactly in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_LISTED: Final = 20_000
"""so many ways to choose the units are gone through one by one; of more, a sample is drawn"""
DRAWN: Final = 9_999
SEED: Final = 766
LEVEL: Final = Fraction(5, 100)
FEWEST: Final = 3
"""units on either side below which no interval is told"""


@dataclass(frozen=True)
class Shift:
    """How much more the addressed moved than the others, in the unit of the changes."""

    addressed: int
    others: int
    difference: Fraction
    """mean change of the addressed minus that of the others"""
    low: int | None
    high: int | None
    """the interval's ends, whole numbers; ``None`` where there are too few units to tell one"""
    p: Fraction | None
    """share of the ways to choose the units that part them at least as much"""


def shift(addressed: Sequence[int], others: Sequence[int]) -> Shift | None:
    """Compares two sets of changes; ``None`` where either is empty.

    No interval is told with fewer than three units on a side, or so few ways to choose them that no
    difference could be told from chance.
    """
    n, m = len(addressed), len(others)
    if not n or not m:
        return None
    difference = Fraction(sum(addressed), n) - Fraction(sum(others), m)
    if min(n, m) < FEWEST or Fraction(2, comb(n + m, n)) > LEVEL:
        return Shift(n, m, difference, None, None, None)
    arranged = _Arrangements(np.array([*addressed, *others], np.int64), n)
    middle = round(difference)
    low = arranged.edge(middle, -1)
    high = arranged.edge(middle, 1)
    return Shift(n, m, difference, low, high, arranged.share(0))


class _Arrangements:
    """The ways to choose ``n`` of the units, and how far each parts them."""

    def __init__(self, changes: NDArray[np.int64], n: int) -> None:
        self._n, self._all = n, len(changes)
        total = int(changes.sum())
        chosen = _chosen(len(changes), n)
        # n·m times the difference of means is a whole number: N·(sum of the chosen) − n·(sum of all)
        sums = changes[chosen].sum(axis=1)
        kept = (chosen < n).sum(axis=1)
        self._parted = self._all * sums - n * total
        self._moved = self._all * kept - n * n
        self._own = self._all * int(changes[:n].sum()) - n * total
        self._own_moved = self._all * n - n * n

    def share(self, moved: int) -> Fraction:
        """The share of arrangements that part the units at least as much, the addressed moved by so much."""
        parted = np.abs(self._parted - moved * self._moved)
        own = abs(self._own - moved * self._own_moved)
        return Fraction(int((parted >= own).sum()), len(parted))

    def edge(self, start: int, way: int) -> int:
        """The farthest whole number from a start, on one side, that is not rejected."""
        step = 1
        inside = start
        while self.share(inside + way * step) > LEVEL:
            inside += way * step
            step *= 2
        outside = inside + way * step
        while abs(outside - inside) > 1:
            middle = (inside + outside) // 2
            if self.share(middle) > LEVEL:
                inside = middle
            else:
                outside = middle
        return inside


def _chosen(count: int, n: int) -> NDArray[Any]:
    """Rows of positions: all ways to choose n of count, or a sample of them that has the first way in it."""
    if comb(count, n) <= MOST_LISTED:
        return np.array(list(combinations(range(count), n)), np.int64)
    dice = np.random.default_rng(SEED)
    drawn = dice.permuted(np.tile(np.arange(count), (DRAWN, 1)), axis=1)[:, :n]
    return np.concatenate([np.arange(n)[None, :], drawn])
