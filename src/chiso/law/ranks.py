"""Ranks of a league, and its own line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chiso.law.model import LawError, Rounding
from chiso.law.scoring import rounded


def ranks(totals: Sequence[Decimal] | Sequence[int], ties: str = "1224") -> list[int]:
    """Ranks, the highest total first, in the order given.

    Args:
        totals: points, in any one unit.
        ties: how ties share: ``1224`` the best place and the next ones are lost, ``1334`` the worst place,
            ``1223`` none is lost.
    """
    if ties not in ("1224", "1334", "1223"):
        raise LawError("ties", "", f"is {ties!r}, must be 1224, 1334 or 1223")
    ordered: list[Any] = sorted(totals, reverse=True)
    place: dict[Decimal | int, int] = {}
    for position, value in enumerate(ordered, start=1):
        if ties == "1223":
            place.setdefault(value, len(place) + 1)
        elif ties == "1334":
            place[value] = position
        else:
            place.setdefault(value, position)
    return [place[value] for value in totals]


@dataclass(frozen=True, slots=True)
class Line:
    """A league's own line, as the portal draws the national one."""

    total: Decimal
    groups: Mapping[str, Decimal]


def line(units: Sequence[Mapping[str, Decimal]], rounding: Rounding | None = None) -> Line:
    """The sum of the rounded group means (not the mean of the totals).

    Args:
        units: group to points, one a unit of the league; all name the same groups.

    Raises:
        LawError: no unit, or a group is missing in one.
    """
    if not units:
        raise LawError("league", "", "has no units")
    groups: dict[str, Decimal] = {}
    for name in units[0]:
        if any(name not in unit for unit in units):
            raise LawError("league", name, "is not known for every unit")
        mean = sum((Fraction(unit[name]) for unit in units), Fraction(0)) / len(units)
        groups[name] = rounded(mean, rounding or Rounding())
    return Line(sum(groups.values(), Decimal("0.00")), groups)
