"""How far points could lie apart by chance alone, for small denominators.

A ratio of few things swings: of three petitions one more is a third.  The question is what rates, held over
many cases, would show such an n of d; what the law gives for them is the interval.

- **A rate**: Wilson's score interval at 95% (E. B. Wilson 1927; z = 1,96), which holds for small d and for
  n = 0 and n = d.  Its ends are reckoned from whole numbers and rounded outwards, to a millionth.
- **An indicator**: its points at both ends, by the law's maximum and cap.  The points shown lie between.
- **A total**: indicators over the same things (dossiers; petitions) may all swing together, so that their
  widths are added; between dossiers and petitions widths are squared and added (Newcombe's method 10, 1998).
- **Two units** are told apart where their difference is more than the square root of the squares of the lower
  width of the one and the upper width of the other (the same method).

Chance plays no part in what is counted once and for all: procedures of a catalogue, a constant, figures
copied from the province, an indicator without data, and a denominator that is never below its numerator
(1.4, where nothing was reported, is its own denominator).  Widths are in ten-thousandths of a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chiso.engine.board import Board
    from chiso.law.model import Indicator, LawVersion

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

KINDS: Final = ("dossiers", "petitions")
"""What chance acts on: things that come one by one.  Each is taken apart from the other."""
PART: Final = 10_000
"""Parts of a point that widths are told in."""
FEW: Final = Fraction(1, 4)
"""An interval wider than this share of an indicator's maximum says: too few for a trend."""
LARGEST: Final = 70_000_000
"""Denominators up to which products stay within 64 bits.  Beyond, a width is below a hundredth of a point."""

_ONE: Final = 1_000_000  # ratios in millionths
_FINE: Final = 100  # the root is taken to hundredths


@dataclass(frozen=True)
class _Weights:
    """Of a law version the indicators that chance acts on, a column each."""

    places: NDArray[np.intp]
    a: Ints
    """points in :data:`PART` of a millionth of a ratio are ``ratio · a / b``"""
    b: Ints
    maximum: Ints
    below: Bools
    """whether units below the province have figures of their own"""
    kinds: tuple[NDArray[np.intp], ...]
    """the columns of each kind"""
    times: tuple[tuple[int, int], ...]
    """(column, place of the indicator whose ratio multiplies it)"""


def chancy(one: Indicator) -> bool:
    """Whether chance acts on an indicator."""
    return (
        one.unit in KINDS
        and not one.information
        and one.constant is None
        and one.d is not None
        and not one.d.at_least_n
    )


_weighed: Final[dict[str, _Weights]] = {}


def _weights(version: LawVersion) -> _Weights:
    found = _weighed.get(version.version)
    if found is None:
        found = _weighed[version.version] = _weigh(version)
    return found


def _weigh(version: LawVersion) -> _Weights:
    ones = list(version.indicators.values())
    places = [place for place, one in enumerate(ones) if chancy(one)]
    chosen = [ones[place] for place in places]
    steps = [one.maximum * PART / (one.cap * _ONE) for one in chosen]
    return _Weights(
        np.array(places, np.intp),
        np.array([step.numerator for step in steps], np.int64),
        np.array([step.denominator for step in steps], np.int64),
        np.array([int(one.maximum * PART) for one in chosen], np.int64),
        np.array([one.below_province == "own" for one in chosen], np.bool_),
        tuple(np.flatnonzero([one.unit == kind for one in chosen]) for kind in KINDS),
        tuple(
            (column, list(version.indicators).index(one.times))
            for column, one in enumerate(chosen)
            if one.times
        ),
    )


def wilson(n: Ints, d: Ints) -> tuple[Ints, Ints]:
    """The ends of Wilson's interval in millionths, rounded outwards; ``0 <= n <= d``, ``0 < d <= LARGEST``.

    With z = 49/25 both ends are (1250 n + 2401 ∓ 49 √(2500 n (d − n) / d + 2401)) / (1250 d + 4802).
    """
    inner, rest = np.divmod(2500 * n * (d - n), d)
    square = inner * _FINE**2 + rest * _FINE**2 // d + 2401 * _FINE**2
    root = _root(square)
    above = root + ((root * root < square) | (rest > 0))
    middle, whole = (1250 * n + 2401) * _FINE, (1250 * d + 4802) * _FINE
    low = (middle - 49 * above) * _ONE // whole
    high = -(-(middle + 49 * above) * _ONE // whole)
    return np.maximum(low, 0), np.minimum(high, _ONE)


def _root(square: Ints) -> Ints:
    """The whole square root, rounded down."""
    root = np.sqrt(square.astype(np.float64)).astype(np.int64)  # a guess, at most one beside it
    root -= root * root > square
    root += (root + 1) * (root + 1) <= square
    return root


@dataclass(frozen=True, eq=False)
class Chances:
    """Intervals of many units, a row a unit."""

    law: LawVersion
    low: Ints
    """``[unit, indicator]``: the lower end in :data:`PART` of a point; -1 where chance plays no part"""
    high: Ints
    down: Ints
    """by how much the total may lie lower, in :data:`PART`"""
    up: Ints

    def indicators(self, unit: int) -> dict[str, dict[str, Any]]:
        """Of a unit: indicator to its interval, and whether it is too wide for a trend."""
        found: dict[str, dict[str, Any]] = {}
        for place, one in enumerate(self.law.indicators.values()):
            low, high = int(self.low[unit, place]), int(self.high[unit, place])
            if low >= 0:
                found[one.id] = {"interval": told(low, high)}
                if high - low > FEW * one.maximum * PART:
                    found[one.id]["few"] = True
        return found

    def total(self, unit: int, hundredths: int) -> dict[str, str]:
        """The interval of a unit's total."""
        at = hundredths * PART // 100
        return told(max(0, at - int(self.down[unit])), min(self._maximum, at + int(self.up[unit])))

    @cached_property
    def _maximum(self) -> int:
        return int(self.law.maximum * PART)


def told(low: int, high: int) -> dict[str, str]:
    """An interval as it is printed: two decimals, rounded outwards."""
    step = PART // 100
    return {"low": _written(low // step), "high": _written(-(-high // step))}


def _written(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def chances_of(version: LawVersion, is_province: Bools, n: Ints, d: Ints) -> Chances:
    """Intervals from figures, units × indicators, as :func:`chiso.law.table.points_table` takes them."""
    weights = _weights(version)
    mine_n, mine_d = n[:, weights.places], d[:, weights.places]
    some = (mine_d > 0) & (mine_n >= 0) & (mine_n <= mine_d) & (mine_d <= LARGEST)
    some &= weights.below | is_province[:, None]
    mine_n, mine_d = np.where(some, mine_n, 0), np.where(some, mine_d, 1)
    least, most = wilson(mine_n, mine_d)
    top, bottom = mine_n * weights.a * _ONE, mine_d * weights.b
    lows, highs = least * weights.a // weights.b, -(-most * weights.a // weights.b)
    floor, ceiling = top // bottom, -(-top // bottom)  # the points themselves
    for column, by in weights.times:
        part, whole = np.where(d[:, by] > 0, n[:, by], 0), np.maximum(d[:, by], 1)
        for down in (lows, floor):
            down[:, column] = down[:, column] * part // whole
        for up in (highs, ceiling):
            up[:, column] = -(-up[:, column] * part // whole)
    for one in (lows, highs, floor, ceiling):
        np.minimum(one, weights.maximum, out=one)
    low, high = np.full(n.shape, -1, np.int64), np.full(n.shape, -1, np.int64)
    low[:, weights.places], high[:, weights.places] = np.where(some, lows, -1), np.where(some, highs, -1)
    below = _together(np.where(some, ceiling - lows, 0), weights)
    above = _together(np.where(some, highs - floor, 0), weights)
    return Chances(version, low, high, below, above)


def _together(widths: Ints, weights: _Weights) -> Ints:
    """The width of the total: sums within a kind, squared and added between kinds; rounded up."""
    square = np.zeros(len(widths), np.int64)
    for columns in weights.kinds:
        square += widths[:, columns].sum(axis=1) ** 2
    root = _root(square)
    return np.asarray(root + (root * root < square))


_known: WeakKeyDictionary[Board, Chances] = WeakKeyDictionary()


def chances(board: Board) -> Chances:
    """The intervals of all units of a board."""
    found = _known.get(board)
    if found is None:
        found = _known[board] = chances_of(board.law, board.ground.is_province, board.n, board.d)
    return found


@dataclass(frozen=True)
class Standing:
    """A unit in its league, as far as chance leaves its place open."""

    best: int
    """the place that it has behind those alone that are clearly ahead"""
    worst: int
    even: tuple[str, ...]
    """``up``, ``down``: whether the next total above, or below, lies within chance"""


_AT_ONCE: Final = 512
_EVEN: Final = {
    (higher, lower): ("up",) * higher + ("down",) * lower
    for higher in (False, True)
    for lower in (False, True)
}


def standings(totals: Sequence[int], down: Sequence[int] | Ints, up: Sequence[int] | Ints) -> list[Standing]:
    """Which places of a league are told apart, in the order given.

    ``totals`` in hundredths, widths in :data:`PART`.
    """
    points = np.array(totals, np.int64) * (PART // 100)
    below, above = np.array(down, np.int64) ** 2, np.array(up, np.int64) ** 2
    found: list[Standing] = []
    for start in range(0, len(points), _AT_ONCE):
        own = slice(start, start + _AT_ONCE)
        ahead = points[None, :] - points[own, None]  # by how much each other one is ahead
        squared = ahead * ahead
        apart_up = (ahead > 0) & (squared > below[None, :] + above[own, None])
        apart_down = (ahead < 0) & (squared > above[None, :] + below[own, None])
        best, worst = 1 + apart_up.sum(axis=1), len(points) - apart_down.sum(axis=1)
        even_up = _next_even(np.where(ahead > 0, ahead, 0), ~apart_up)
        even_down = _next_even(np.where(ahead < 0, -ahead, 0), ~apart_down)
        columns = (best.tolist(), worst.tolist(), even_up.tolist(), even_down.tolist())
        for first, last, higher, lower in zip(*columns, strict=True):
            found.append(Standing(first, last, _EVEN[higher, lower]))
    return found


def _next_even(steps: Ints, within: Bools) -> Bools:
    """Whether any unit at the next different total is not told apart."""
    far = np.iinfo(np.int64).max
    nearest = np.where(steps > 0, steps, far).min(axis=1)
    chosen = (steps == nearest[:, None]) & (steps > 0)
    return np.asarray((chosen & within).any(axis=1))
