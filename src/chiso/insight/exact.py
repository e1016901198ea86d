"""The exact total of one unit in many states: the law's own arithmetic before any rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from chiso.engine.board import UNKNOWN
from chiso.law.scoring import decimals, exact_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chiso.engine.count import Counts
    from chiso.law.model import LawVersion

Pair = tuple[int, int]

PLACES: Final = 10
"""Decimals with which exact totals are printed."""
PART: Final = 10**40
"""Parts of a point."""


class Exact:
    """Exact points of a unit's figures.  ``below``: the unit is below the province.

    Figures are rows of n and d in the law's order, ``UNKNOWN`` where there is none, as boards hold them.
    """

    def __init__(self, law: LawVersion, *, below: bool) -> None:
        self.law, self.below = law, below
        self.indicators = tuple(law.indicators.values())
        self._places = {one.id: place for place, one in enumerate(self.indicators)}
        self._known: dict[tuple[int, Pair, Pair], Fraction] = {}
        slopes = [one.maximum / one.cap for one in self.indicators]
        self._slopes = [(one.numerator, one.denominator) for one in slopes]
        self._maxima = [int(one.maximum * PART) for one in self.indicators]
        self._moves = [[place] for place in range(len(self.indicators))]
        """indicators whose points hang on the figures of each"""
        for place, one in enumerate(self.indicators):
            if one.times:
                self._moves[self._places[one.times]].append(place)

    def points(self, place: int, n: Sequence[int], d: Sequence[int]) -> Fraction:
        """The points of one indicator, before any rounding."""
        one = self.indicators[place]
        by = self._places[one.times] if one.times else place
        key = (place, (n[place], d[place]), (n[by], d[by]))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._reckoned(place, key[1], key[2])
        return found

    def _reckoned(self, place: int, figure: Pair, by: Pair) -> Fraction:
        one = self.indicators[place]
        if self.below and one.below_province == "none":
            return Fraction(0)
        factor = Fraction(1)
        if one.times:
            factor = Fraction(by[0], by[1]) if UNKNOWN not in by and by[1] else Fraction(0)
        n, d = (None, None) if UNKNOWN in figure else figure
        return exact_points(one, n, d, factor)

    def total(self, n: Sequence[int], d: Sequence[int]) -> Fraction:
        """The total, before any rounding."""
        return sum((self.points(place, n, d) for place in range(len(self.indicators))), Fraction(0))

    def totals(self, n: Counts, d: Counts) -> list[Fraction]:
        """The totals of many states, ``[state, indicator]``; states that follow each other differ little."""
        found: list[Fraction] = []
        before: tuple[list[int], list[int]] | None = None
        parts: list[Fraction] = []
        for row_n, row_d in zip(n.tolist(), d.tolist(), strict=True):
            if before is None:
                parts = [self.points(place, row_n, row_d) for place in range(len(row_n))]
                found.append(sum(parts, Fraction(0)))
            else:
                total = found[-1]
                for place in self._moved(before, (row_n, row_d)):
                    points = self.points(place, row_n, row_d)
                    total += points - parts[place]
                    parts[place] = points
                found.append(total)
            before = (row_n, row_d)
        return found

    def printed(self, n: Counts, d: Counts) -> list[str]:
        """The totals of many states as they are printed, with ten decimals: the same as of :meth:`totals`.

        Reckoned in whole parts of a point, each rounded down; where that leaves the tenth decimal in doubt
        the total is reckoned exactly.
        """
        found: list[str] = []
        before: tuple[list[int], list[int]] | None = None
        parts: list[int] = []
        doubt = len(self.indicators)
        for state in zip(n.tolist(), d.tolist(), strict=True):
            if before is None:
                parts = [self._parts(place, *state) for place in range(len(state[0]))]
            else:
                for place in self._moved(before, state):
                    parts[place] = self._parts(place, *state)
            before = state
            whole, rest = divmod(sum(parts), PART // 10**PLACES)
            half = PART // 10**PLACES // 2
            if half - doubt <= rest <= half:
                found.append(decimals(self.total(*state), PLACES))
            else:
                digits = f"{whole + (rest > half):0{PLACES + 1}}"
                found.append(f"{digits[:-PLACES]}.{digits[-PLACES:]}")
        return found

    def _parts(self, place: int, n: list[int], d: list[int]) -> int:
        """The points of one indicator in parts of a point, rounded down."""
        one = self.indicators[place]
        by = self._places[one.times] if one.times else place
        plain = (
            one.constant is None
            and n[place] >= 0
            and d[place] > 0
            and not (self.below and one.below_province == "none")
        )
        if not plain or (one.times and (n[by] < 0 or d[by] <= 0)):
            return int(self.points(place, n, d) * PART)
        top, bottom = self._slopes[place]
        top, bottom = top * n[place], bottom * d[place]
        if one.times:
            top, bottom = top * n[by], bottom * d[by]
        return min(self._maxima[place], top * PART // bottom)

    def differences(self, before: tuple[Counts, Counts], after: tuple[Counts, Counts]) -> list[Fraction]:
        """By how much the totals of states are more than those of others, pair by pair."""
        found: list[Fraction] = []
        for n, d, new_n, new_d in zip(*(part.tolist() for part in (*before, *after)), strict=True):
            moved = self._moved((n, d), (new_n, new_d))
            found.append(
                sum((self.points(one, new_n, new_d) - self.points(one, n, d) for one in moved), Fraction(0))
            )
        return found

    def _moved(self, before: tuple[list[int], list[int]], now: tuple[list[int], list[int]]) -> list[int]:
        moved: dict[int, None] = {}
        for place, hanging in enumerate(self._moves):
            if before[0][place] != now[0][place] or before[1][place] != now[1][place]:
                moved.update(dict.fromkeys(hanging))
        return list(moved)
