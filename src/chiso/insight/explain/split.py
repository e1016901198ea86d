"""A change of an indicator's points split over its parts, exactly.

Let an indicator have parts c with n(c) of d(c), together N of D, before and after; r = N/D.  A bar is the
mean of before and after.  From N = r·D follows, with no approximation,

    Δr = Σ ( Δn(c) − r̄·Δd(c) ) / D̄

so that a part that has not moved has no share in the change.  A part that is there before and after has
Δn = d̄·Δr(c) + r̄(c)·Δd, which parts its share into

- *rate*:  d̄(c)·Δr(c) / D̄            what was done within the part;
- *mix*:   (r̄(c) − r̄)·Δd(c) / D̄      that there is more or less of a part better or worse than the whole.

A part that comes (*new*) or goes (*gone*) has its share as a whole.  The split is symmetric: from B to A
every term is the same with the other sign.

Points are max·min(1, x/cap) with x = r·φ, where φ is the ratio of the indicator that multiplies this one, or
1.  Δx = φ̄·Δr + r̄·Δφ; where the cap is reached between, every term is scaled by the same Δpoints/Δx.

Where there is no data on one side, everything is new or gone: the points that each part brings in place of
those that are given without data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from chiso.insight.tenths import WHOLE, settled, tenths

if TYPE_CHECKING:
    from chiso.insight.parts import Parts
    from chiso.law.model import Indicator

Kind = Literal["rate", "mix", "new", "gone", "law", "units", "late_data", "rounding"]
KINDS: Final[tuple[Kind, ...]] = ("rate", "mix", "new", "gone", "late_data", "units", "law", "rounding")

Share = tuple[int, int]
"""Numerator and denominator of a fraction that is never reduced."""


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of a change."""

    kind: Kind
    indicator: str
    """or a group's name, or empty"""
    unit: int
    procedure: str
    tenths: int
    """points in the tenth decimal"""


@dataclass(frozen=True)
class Side:
    """An indicator of a unit before or after: its parts, its points, and the ratio that multiplies it."""

    parts: Parts
    points: Fraction
    factor: Fraction


@dataclass(frozen=True)
class Matched:
    """The parts of two sides, side by side; what is missing on a side has no n and d there."""

    n: tuple[list[int], list[int]]
    d: tuple[list[int], list[int]]
    unit: list[int]
    procedure: list[str]

    def __len__(self) -> int:
        return len(self.unit)


def matched(before: Parts, after: Parts, *, moved: bool = True) -> Matched:
    """Parts side by side; with ``moved`` only those of which n or d is another."""
    keys = np.unique(np.concatenate([before.keys, after.keys]))
    n = np.zeros((2, len(keys)), np.int64)
    d = np.zeros((2, len(keys)), np.int64)
    unit = np.zeros(len(keys), np.int64)
    procedure = np.full(len(keys), "", object)
    for side, parts in enumerate((before, after)):
        place = np.searchsorted(keys, parts.keys.astype(keys.dtype))
        n[side, place], d[side, place] = parts.n, parts.d
        unit[place], procedure[place] = parts.unit, parts.procedure
    if moved:
        some = np.flatnonzero((n[0] != n[1]) | (d[0] != d[1]))
        n, d, unit, procedure = n[:, some], d[:, some], unit[some], procedure[some]
    return Matched(
        (n[0].tolist(), n[1].tolist()), (d[0].tolist(), d[1].tolist()), unit.tolist(), procedure.tolist()
    )


def split(rule: Indicator, unit: int, before: Side, after: Side, kind: Kind | None = None) -> list[Term]:
    """The terms of one indicator's change, which sum to it in the tenth decimal.

    With a ``kind`` every part has one term of that kind; otherwise its rate and mix are told apart.
    """
    whole = after.points - before.points
    total = tenths(whole)
    if rule.constant is not None or (not len(before.parts) and not len(after.parts)):
        return [Term(kind or "rate", rule.id, unit, "", total)] if total else []
    both = matched(before.parts, after.parts)
    shares: list[Share] = []
    labels: list[tuple[Kind, int, str]] = []
    if not int(before.parts.d.sum()) or not int(after.parts.d.sum()):
        side, sign = (before, -1) if int(before.parts.d.sum()) else (after, 1)
        shares = _alone(rule, side, both, sign)
        told: Kind = kind or ("new" if sign > 0 else "gone")
        labels = [(told, at, code) for at, code in zip(both.unit, both.procedure, strict=True)]
    else:
        ends = _Ends(rule, before, after)
        for place in range(len(both)):
            for own, share in ends.of(both, place, apart=kind is None):
                shares.append(share)
                labels.append((kind or own, both.unit[place], both.procedure[place]))
        if ends.factor_moved:
            shares.append(ends.by_factor())
            labels.append((kind or "rate", unit, ""))
    return [
        Term(own, rule.id, at, code, value)
        for (own, at, code), value in zip(labels, settled(total, shares), strict=True)
        if value
    ]


def _alone(rule: Indicator, side: Side, both: Matched, sign: int) -> list[Share]:
    """What parts bring that are there on one side only: their points in place of those without data."""
    index = 0 if sign < 0 else 1
    n, d = int(side.parts.n.sum()), int(side.parts.d.sum())
    # points are in proportion to n; without any n there are none
    each = Fraction(side.points, n) if n else Fraction(0)
    idle = rule.no_data / d
    found = []
    for own_n, own_d in zip(both.n[index], both.d[index], strict=True):
        value = sign * WHOLE * (each * own_n - idle * own_d)
        found.append((value.numerator, value.denominator))
    return found


class _Ends:
    """Both ends of an indicator that has data on both sides, as whole numbers."""

    def __init__(self, rule: Indicator, before: Side, after: Side) -> None:
        sums = [(int(side.parts.n.sum()), int(side.parts.d.sum())) for side in (before, after)]
        ratios = [Fraction(n, d) for n, d in sums]
        first, last = (ratio * side.factor for ratio, side in zip(ratios, (before, after), strict=True))
        if first != last:
            slope = (after.points - before.points) / (last - first)
        else:
            slope = rule.maximum / rule.cap if first < rule.cap else Fraction(0)
        self.ratio = (ratios[0] + ratios[1]) / 2
        self.factor_moved = before.factor != after.factor and slope != 0
        self._factor = slope * self.ratio * (after.factor - before.factor) * WHOLE
        by = slope * (before.factor + after.factor) * WHOLE / (sums[0][1] + sums[1][1])
        self.top, self.bottom = by.numerator, by.denominator

    def by_factor(self) -> Share:
        return self._factor.numerator, self._factor.denominator

    def of(self, both: Matched, place: int, *, apart: bool) -> Sequence[tuple[Kind, Share]]:
        """The shares of one part."""
        if not self.top:
            return ()
        (n, then_n), (d, then_d) = ((side[0][place], side[1][place]) for side in (both.n, both.d))
        top, bottom = self.ratio.numerator, self.ratio.denominator
        if not apart or not d or not then_d:
            kind: Kind = "new" if not d and not n else "gone" if not then_d and not then_n else "rate"
            moved = (then_n - n) * bottom - (then_d - d) * top
            return ((kind, (self.top * moved, self.bottom * bottom)),)
        both_d = 2 * d * then_d
        rate = (d + then_d) * (then_n * d - n * then_d)
        mix = (then_d - d) * ((n * then_d + then_n * d) * bottom - both_d * top)
        found: list[tuple[Kind, Share]] = []
        if rate:
            found.append(("rate", (self.top * rate, self.bottom * both_d)))
        if mix:
            found.append(("mix", (self.top * mix, self.bottom * both_d * bottom)))
        return found
