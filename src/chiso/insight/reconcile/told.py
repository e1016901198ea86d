"""The published side: what the portal said of a unit in a period, group by group at its own instant."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chiso.law.scoring import Scored, score

if TYPE_CHECKING:
    from collections.abc import Set

    from chiso.folder import DataFolder
    from chiso.instants import Period
    from chiso.intake.records import PublishedFigure
    from chiso.law.model import LawVersion
    from chiso.registry.units import Unit

Pair = tuple[int, int]

LOOKED_BACK: Final = 30
"""Captures that are looked at to see since when a group has not been refreshed."""


@dataclass(frozen=True)
class ToldGroup:
    """What was published of one group."""

    captured_at: int
    same_since: int
    """the first capture that said the same, without another in between: the group was not refreshed since"""
    points: Decimal | None
    pairs: dict[str, Pair]
    """indicator → numerator, denominator"""
    shown: dict[str, Decimal]
    """indicator → its published points"""


@dataclass(frozen=True)
class Told:
    """What was published of a unit."""

    groups: dict[str, ToldGroup]
    """groups of which anything was published"""
    total: Decimal | None
    total_at: int
    newest: int
    """when anything of it was captured last"""

    @property
    def newest_group(self) -> int:
        """When a group was captured last."""
        return max((group.captured_at for group in self.groups.values()), default=self.newest)

    @property
    def pairs(self) -> dict[str, Pair]:
        return {name: pair for group in self.groups.values() for name, pair in group.pairs.items()}

    def instant(self, group: str) -> int:
        """When a group was captured; for one that was not published, the newest capture."""
        found = self.groups.get(group)
        return self.newest if found is None else found.captured_at

    def points_only(self, law: LawVersion, level: str) -> dict[str, Decimal]:
        """Groups of which the points are known and not all numerators that make them."""
        return {
            name: group.points
            for name, group in self.groups.items()
            if group.points is not None and not whole(law, name, level, group.pairs.keys())
        }

    def by_own(self, law: LawVersion, level: str) -> Scored:
        """What the law makes of the published numerators and denominators; groups known by points as they
        are, groups that were not published 0."""
        given = self.points_only(law, level)
        given = {name: min(points, Decimal(int(law.groups[name].maximum))) for name, points in given.items()}
        given |= {name: Decimal(0) for name in law.groups if name not in self.groups}
        known = {
            name: points
            for group in self.groups.values()
            for name, points in group.shown.items()
            if name not in group.pairs and points <= law.indicators[name].maximum
        }
        return score(law, level, dict(self.pairs), given | known)


def whole(law: LawVersion, group: str, level: str, known: Set[str]) -> bool:
    """Whether the numerators and denominators of all indicators that make a group's points are known."""
    needed = [
        name
        for name in law.groups[group].indicators
        if not (one := law.indicators[name]).information
        and one.constant is None
        and not (one.below_province == "none" and level != "province")
    ]
    return bool(needed) and all(name in known for name in needed)


def told(folder: DataFolder, unit: Unit, period: Period, at: int, law: LawVersion) -> Told | None:
    """The newest published figures captured at ``at`` or before; ``None`` where there are none."""
    figures = folder.published.figures(unit.code, period.label, at)
    groups = {}
    for name in law.groups:
        found = _group(folder, unit.code, period.label, figures, name, law)
        if found is not None:
            groups[name] = found
    total = figures.get("total")
    points = None if total is None or total.points is None else Decimal(total.points)
    if not groups and points is None:
        return None
    instants = [group.captured_at for group in groups.values()]
    total_at = total.captured_at if total is not None else 0
    if points is not None:
        instants.append(total_at)
    return Told(groups, points, total_at, max(instants))


def _group(
    folder: DataFolder,
    unit: str,
    period: str,
    figures: dict[str, PublishedFigure],
    group: str,
    law: LawVersion,
) -> ToldGroup | None:
    """A group's points with the numerators that belong to them.

    Numerators captured before the newest points still belong to them where the points have not changed since.
    """
    names = [name for name in law.groups[group].indicators if name in figures]
    counted = max((figures[name].captured_at for name in names if _pair(figures[name])), default=None)
    stated = figures.get(group)
    if stated is not None and stated.points is None:
        stated = None
    if stated is None and not names:
        return None
    at = counted
    if stated is not None and (counted is None or stated.captured_at > counted):
        then = folder.published.figures(unit, period, counted).get(group) if counted is not None else None
        at = counted if then is not None and then.points == stated.points else stated.captured_at
    if at is None:
        at = max(figures[name].captured_at for name in names)
    own = {name: figures[name] for name in names if figures[name].captured_at == at}
    if stated is not None and stated.captured_at < at:
        stated = None
    return ToldGroup(
        at,
        _same_since(folder, unit, period, at, group, own),
        None if stated is None else Decimal(stated.points or 0),
        {name: pair for name, one in own.items() if (pair := _pair(one)) is not None},
        {name: Decimal(one.points) for name, one in own.items() if one.points is not None},
    )


def _pair(figure: PublishedFigure) -> Pair | None:
    n, d = figure.numerator, figure.denominator
    return None if n is None or d is None or n < 0 or d < 0 else (n, d)


def _same_since(
    folder: DataFolder, unit: str, period: str, at: int, group: str, own: dict[str, PublishedFigure]
) -> int:
    """The first of the captures before ``at`` that said the same of a group, one after the other."""
    since = at
    wanted = {name: (one.points, one.numerator, one.denominator) for name, one in own.items()}
    if not wanted:
        return since
    captures = [one for one in folder.published.instants(unit, period) if one < at]
    for earlier in captures[: -LOOKED_BACK - 1 : -1]:
        then = folder.published.figures(unit, period, earlier)
        held = {name: then[name] for name in wanted if name in then}
        if {name: (one.points, one.numerator, one.denominator) for name, one in held.items()} != wanted:
            break
        if all(one.captured_at == earlier for one in held.values()):
            since = earlier
    return since
