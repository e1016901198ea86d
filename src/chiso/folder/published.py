"""Published results: what the portal said of a unit, in a period, as captured at an instant.

Figures are kept as they were read; a missing one stays missing.  Groups may have been captured on different
days: each carries its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chiso.instants import NEVER, Period, iso
from chiso.intake.records import PublishedFigure, UnitRecord
from chiso.law.model import LawVersion
from chiso.law.scoring import Scored, score

TOTAL = "total"


@dataclass
class Published:
    """All published figures of a ledger, by unit and period."""

    _kept: dict[tuple[str, str], dict[str, list[PublishedFigure]]] = field(default_factory=dict)
    _departments: dict[str, str] = field(default_factory=dict)
    _units: dict[str, UnitRecord] = field(default_factory=dict)
    _waiting: dict[str, list[PublishedFigure]] = field(default_factory=dict)

    def learn(self, aliases: dict[str, str], figures: Iterable[PublishedFigure]) -> bool:
        """Takes figures in.  Gives whether a unit came up that had not been heard of."""
        known = len(self._units)
        self._departments.update(aliases)
        self._waiting.clear()  # all of them are told each time
        for figure in figures:
            code = figure.unit or self._departments.get(figure.department, "")
            if code:
                self._keep(code, figure)
            else:
                self._waiting.setdefault(figure.department, []).append(figure)
        return len(self._units) > known

    def _keep(self, code: str, figure: PublishedFigure) -> None:
        kept = self._kept.setdefault((code, figure.period), {}).setdefault(figure.key, [])
        place = len(kept)
        while place and kept[place - 1].captured_at > figure.captured_at:
            place -= 1
        if place and kept[place - 1].captured_at == figure.captured_at:
            kept[place - 1] = figure
        else:
            kept.insert(place, figure)
        if figure.kind and figure.kind != "province" and code not in self._units:
            parent = figure.parent or code.split(".", maxsplit=1)[0]
            self._units[code] = UnitRecord(code=code, name=figure.name, kind=figure.kind, parent=parent)

    @property
    def units(self) -> list[UnitRecord]:
        """Units that published figures name, as far as their code is known."""
        return list(self._units.values())

    def periods(self, unit: str) -> list[str]:
        return sorted(period for code, period in self._kept if code == unit)

    def codes(self, period: str) -> list[str]:
        """Units with any figure in a period."""
        return [code for code, label in self._kept if label == period]

    def instants(self, unit: str, period: str) -> list[int]:
        """When anything of a unit's period was captured, in order."""
        figures = self._kept.get((unit, period), {})
        return sorted({figure.captured_at for kept in figures.values() for figure in kept})

    def figures(self, unit: str, period: str, at: int = NEVER) -> dict[str, PublishedFigure]:
        """The newest figure of every key captured at an instant or before."""
        found = {}
        for key, kept in self._kept.get((unit, period), {}).items():
            newest = [figure for figure in kept if figure.captured_at <= at]
            if newest:
                found[key] = newest[-1]
        return found


@dataclass(frozen=True)
class PublishedScore:
    """A unit's published result, with what the law makes of its numerators and denominators."""

    scored: Scored
    groups: dict[str, Decimal]
    total: Decimal
    captured_at: int
    captured: dict[str, int]
    """group → its own instant of capture"""
    rank: int | None


def published_score(law: LawVersion, kind: str, figures: dict[str, PublishedFigure]) -> PublishedScore | None:
    """A published result as a score; ``None`` where nothing of it is known."""
    if not figures:
        return None
    pairs = {
        key: (figure.numerator, figure.denominator)
        for key, figure in figures.items()
        if key in law.indicators and figure.numerator is not None and figure.denominator is not None
    }
    told = {
        key: Decimal(figure.points)
        for key, figure in figures.items()
        if figure.points is not None and key not in pairs and key in law.indicators
    }
    stated_groups = {
        key: Decimal(figure.points)
        for key, figure in figures.items()
        if key in law.groups and figure.points is not None
    }
    known = figures.keys() | told.keys()
    partly = {key: points for key, points in stated_groups.items() if not _whole(law, key, kind, known)}
    scored = score(law, kind, pairs, {**told, **partly})
    groups = {
        name: stated_groups.get(name, scored.groups[name].points)
        for name in law.groups
        if name in scored.groups
    }
    stated = figures.get(TOTAL)
    groups = {name: scored.groups[name].points for name in law.groups if name in scored.groups}
    if stated is not None and stated.points is not None:
        total = Decimal(stated.points)
    else:
        total = sum(groups.values(), Decimal("0.00"))
    captured = {key: figures[key].captured_at for key in groups if key in figures}
    newest = max(figure.captured_at for figure in figures.values())
    return PublishedScore(scored, groups, total, newest, captured, stated.rank if stated else None)


def _whole(law: LawVersion, group: str, kind: str, known: Set[str]) -> bool:
    """Whether every indicator that gives a group its points was published too."""
    members = [law.indicators[name] for name in law.groups[group].indicators]
    needed = [
        one.id
        for one in members
        if not one.information
        and one.constant is None
        and not (one.below_province == "none" and kind != "province")
    ]
    return bool(needed) and all(name in known for name in needed)


def published_json(found: PublishedScore, law: LawVersion, period: Period) -> dict[str, Any]:
    """The score form of the contract, from published figures."""
    body = found.scored.as_json()
    body["total"] = f"{found.total:.2f}"
    body["band"] = law.band(found.total).names.vi
    for name, points in found.groups.items():
        body["groups"][name] = {**body["groups"].get(name, {}), "points": f"{points:.2f}"}
    body["period"] = period.label
    body["captured_at"] = iso(found.captured_at)
    return body
