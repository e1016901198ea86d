"""Points of many units at once, in whole numbers: the fast twin of :mod:`chiso.law.scoring`.

Everything is in hundredths of a point.  ``max · n/d / cap`` in hundredths is ``n·A / (d·B)`` with whole A and
B of each indicator, so one division of a matrix gives all points of all units, exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiso.law.model import LawError, LawVersion
from chiso.law.scoring import points as slow_points

Ints = NDArray[np.int64]


class Table(NamedTuple):
    """Hundredths of points; a row a unit."""

    indicators: Ints
    """units × indicators, in the order of ``version.indicators``"""
    groups: Ints
    """units × groups, in the order of ``version.groups``"""
    totals: Ints


class _Weights:
    """A law version as whole numbers, a column an indicator."""

    def __init__(self, version: LawVersion) -> None:
        if version.groups_only:
            raise LawError(version.law, "", "only groups are known: nothing can be computed from figures")
        self.version = version
        ones = list(version.indicators.values())
        # 2.2 and its like give no points and may sum seconds: they must not overflow what counts
        self.counts = np.array([one.maximum != 0 for one in ones])
        steps = [one.maximum * 100 / one.cap for one in ones]
        self.a = np.array([step.numerator for step in steps], np.int64)
        self.b = np.array([step.denominator for step in steps], np.int64)
        self.maximum = _hundredths([one.maximum for one in ones])
        self.no_data = _hundredths([one.no_data for one in ones])
        self.constant = np.array([i for i, one in enumerate(ones) if one.constant is not None], np.intp)
        self.constants = _hundredths([one.constant or Fraction(0) for one in ones])[self.constant]
        self.none_below = np.array([one.below_province == "none" for one in ones])
        self.times = [
            (i, list(version.indicators).index(one.times)) for i, one in enumerate(ones) if one.times
        ]
        groups = list(version.groups)
        place = np.array([groups.index(one.group) for one in ones])
        self.order = np.argsort(place, kind="stable")
        present, self.starts = np.unique(place[self.order], return_index=True)
        self.present = present
        self.width = len(groups)
        self.ratio_columns = [
            (j, np.flatnonzero(place == j))
            for j, group in enumerate(version.groups.values())
            if group.computed_from == "ratios" and group.indicators
        ]
        self.ties_up = np.array([one.rounding.ties == "up" for one in ones], np.int64)


def _divided(top: Ints, bottom: Ints, ties_up: Ints) -> Ints:
    """top / bottom to the nearest whole number; ties to even, up where ``ties_up`` is 1; bottom above 0."""
    quotient, rest = np.divmod(top, bottom)
    rest += rest
    rest += (quotient & 1) | ties_up  # lifts a tie above the middle where it goes up
    quotient += rest > bottom
    return quotient


def _hundredths(values: list[Fraction]) -> Ints:
    return np.array([int(value * 100) for value in values], np.int64)


_WEIGHTS: Final[dict[str, _Weights]] = {}


def points_table(version: LawVersion, is_province: NDArray[np.bool_], n: Ints, d: Ints) -> Table:
    """Points of many units at once.

    Args:
        version: the law of the day; the weights of its fingerprint are remembered.
        is_province: a truth a unit; all others are below the province.
        n: numerators, units × indicators in the order of ``version.indicators``.  Of inherited indicators the
            caller puts the province's own figures into every row.
        d: denominators; 0 is no data.

    Returns:
        Hundredths of points.  Exact for n and d up to 10^14, equal to :func:`chiso.law.scoring.score`.

    Raises:
        LawError: the law knows groups only.
    """
    weights = _WEIGHTS.get(version.version)
    if weights is None:
        weights = _WEIGHTS[version.version] = _Weights(version)
    n = n * weights.counts
    some = d > 0
    bottom = np.maximum(d, 1)
    found = np.minimum(_divided(n * weights.a, bottom * weights.b, weights.ties_up), weights.maximum)
    for i, by in weights.times:
        found[:, i] = _multiplied(version, (i, by), n, d)
    shown = _settled(weights, found, some, is_province)

    sums = np.zeros((len(shown), weights.width), np.int64)
    sums[:, weights.present] = np.add.reduceat(shown[:, weights.order], weights.starts, axis=1)
    for group, columns in weights.ratio_columns:
        ties = weights.ties_up[columns]
        ratios = _divided(n[:, columns] * 10_000, bottom[:, columns], ties)
        part = _divided(ratios * weights.a[columns], 10_000 * weights.b[columns], ties)
        np.minimum(part, weights.maximum[columns], out=part)
        # what has no data, or is settled otherwise, keeps its points
        plain = (
            ~some[:, columns]
            | np.isin(columns, weights.constant)
            | (weights.none_below[columns] & ~is_province[:, None])
        )
        np.copyto(part, shown[:, columns], where=plain)
        sums[:, group] = part.sum(axis=1)
    return Table(shown, sums, sums.sum(axis=1))


def _settled(weights: _Weights, found: Ints, some: NDArray[np.bool_], is_province: NDArray[np.bool_]) -> Ints:
    shown = np.where(some, found, weights.no_data)
    shown[:, weights.constant] = weights.constants
    if weights.none_below.any() and not is_province.all():
        shown[np.ix_(~is_province, weights.none_below)] = 0
    return shown


def _multiplied(version: LawVersion, columns: tuple[int, int], n: Ints, d: Ints) -> Ints:
    """Points of an indicator whose ratio is multiplied by another's: products outgrow 64 bits."""
    mine, by = columns
    one = list(version.indicators.values())[mine]
    found = np.empty(len(n), np.int64)
    for row in range(len(n)):
        factor = Fraction(int(n[row, by]), int(d[row, by])) if d[row, by] > 0 else Fraction(0)
        value = slow_points(one, int(n[row, mine]), int(d[row, mine]), factor)
        found[row] = int(value * 100)
    return found
