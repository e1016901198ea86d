"""Exact points in ten decimals that still sum: shares of a whole, rounded so that nothing is lost.

A *tenth* here is 10^-10 of a point, the last decimal in which terms are printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

PLACES: Final = 10
WHOLE: Final = 10**PLACES
"""Tenths of one point."""
_FINE: Final = 1 << 64

Tenths = NDArray[np.int64]


def tenths(points: Fraction) -> int:
    """Points in tenths, to the nearest one."""
    return round(points * WHOLE)


def written(value: int) -> str:
    """Tenths as points with ten decimals: ``-0.0006165608``."""
    whole, rest = divmod(abs(value), WHOLE)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{PLACES}d}"


def shares(total: int, points: Fraction, weights: NDArray[np.int64]) -> Tenths:
    """Points shared out in proportion to weights, in tenths that sum to ``total``.

    Each share is the exact one rounded down or up: the largest remainders go up, earlier parts before later
    ones where they are equal.

    Args:
        total: ``points`` in tenths, rounded in any way.
        points: what is shared out, before any rounding.
        weights: whole numbers, not negative and not all nothing.
    """
    distinct, inverse = np.unique(weights, return_inverse=True)
    step = points * WHOLE / int(weights.sum())
    down, rest = [], []
    for weight in distinct.tolist():
        quotient, remainder = divmod(weight * step.numerator, step.denominator)
        down.append(quotient)
        rest.append(remainder)
    found: Tenths = np.array(down, np.int64)[inverse]
    each, left = divmod(total - int(found.sum()), len(found))
    # exact remainders outgrow 64 bits: only their order counts
    ranks = {value: rank for rank, value in enumerate(sorted(set(rest), reverse=True))}
    order = np.argsort(np.array([ranks[value] for value in rest])[inverse], kind="stable")
    found += each
    found[order[:left]] += 1
    return found


def settled(total: int, parts: Sequence[tuple[int, int]]) -> list[int]:
    """Fractions of a tenth, as numerator and denominator, rounded to whole tenths that sum to ``total``.

    ``total`` is their sum, rounded in any way: each part is rounded down or up, the largest remainders up and
    the earlier of equal ones first.
    """
    down = [top // bottom for top, bottom in parts]
    if not down:
        return down
    each, left = divmod(total - sum(down), len(down))
    rest = [(top - low * bottom) * _FINE // bottom for (top, bottom), low in zip(parts, down, strict=True)]
    up = set(sorted(range(len(rest)), key=lambda index: -rest[index])[:left])
    return [low + each + (index in up) for index, low in enumerate(down)]
