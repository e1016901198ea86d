"""What another registry would make of the same dossiers: points before and after, unit by unit.

The same dossiers are counted twice at the same instant, once as things stand and once on the registry that
is proposed.  Nothing of the folder is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from chiso.engine.board import Board, board
from chiso.engine.standing import Standing
from chiso.instants import Period, tree_instant, year_of

if TYPE_CHECKING:
    from chiso.engine.columns import Roster
    from chiso.engine.ground import Ground
    from chiso.folder.registers import Registry
    from chiso.folder.state import DataFolder


@dataclass(frozen=True, slots=True)
class Line:
    """A unit before and after; ``None`` where it is not in the tree."""

    unit: str
    name: str
    before: Decimal | None
    after: Decimal | None
    dossiers_before: int
    dossiers_after: int

    @property
    def change(self) -> Decimal | None:
        """Points gained; ``None`` where the unit is not on both sides."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Effect:
    """What a proposal does to a period."""

    period: Period
    at: int
    """the instant at which both sides are judged"""
    dossiers: int
    """dossiers that count at another unit, or whose due time by statutory limit is another one"""
    lines: tuple[Line, ...]
    """units that change: those that come or go first, then by how much they change"""
    units: int
    """units compared"""

    def of(self, code: str) -> Line | None:
        """The line of a unit; ``None`` where it does not change."""
        return next((one for one in self.lines if one.unit == code), None)


def effect(folder: DataFolder, proposed: Registry, at: int | None = None) -> Effect:
    """What a proposed registry does to the year of an instant: now, or a later one.

    Dossiers and clock stand still in between, so that nothing but the registry makes the difference.
    """
    with folder.lock:
        moment = max(folder.now(), at or 0)
        period = year_of(moment)
        law = folder.law_of(period)
        if law.groups_only:
            law = folder.ground.law
        terms = list(folder.terms)
        before = folder.standing.roster.copy()
        registry = folder.registry
    after = before.copy()
    one = _counted(before, registry.ground(law, terms), period, moment)
    other = _counted(after, proposed.ground(law, terms), period, moment)
    lines = _lines(one, other, moment)
    changed = sorted((line for line in lines if _differs(line)), key=_weight)
    return Effect(period, moment, _moved(before, after, one, other, moment), tuple(changed), len(lines))


def _counted(roster: Roster, ground: Ground, period: Period, at: int) -> Board:
    roster.each(ground.derive)
    counted = Standing(ground, (period,), at, roster).count_all()
    return board(ground, period, at, counted.cells[:, 0], counted.distinct[:, 0])


def _moved(before: Roster, after: Roster, one: Board, other: Board, at: int) -> int:
    """Dossiers that count elsewhere, or are due at another instant."""

    def codes(roster: Roster, found: Board) -> np.ndarray[Any, Any]:
        units = found.ground.units
        names = np.array([unit.code for unit in units.all])
        now = units.today_map(tree_instant(at))
        return np.asarray(names[now[roster.column("unit_index")]])

    held = before.column("version") > 0
    elsewhere = codes(before, one) != codes(after, other)
    due = before.column("limit_due_at") != after.column("limit_due_at")
    return int(np.count_nonzero(held & (elsewhere | due)))


def _lines(one: Board, other: Board, at: int) -> list[Line]:
    sides = [_side(found, at) for found in (one, other)]
    nothing: tuple[str, Decimal | None, int] = ("", None, 0)
    lines = []
    for code in dict.fromkeys([*sides[0], *sides[1]]):
        name, before, dossiers_before = sides[0].get(code, nothing)
        new_name, after, dossiers_after = sides[1].get(code, nothing)
        lines.append(Line(code, new_name or name, before, after, dossiers_before, dossiers_after))
    return lines


def _side(found: Board, at: int) -> dict[str, tuple[str, Decimal | None, int]]:
    """Code → name, total, dossiers, of home and all below it in the tree of the instant."""
    units = found.ground.units
    moment = tree_instant(found.judged_at)
    top = units.today(units.home.index, moment)
    told: dict[str, tuple[str, Decimal | None, int]] = {}
    for index in units.tree(moment).subtree(top).tolist():
        total = Decimal(int(found.table.totals[index])) / 100
        told[units.all[index].code] = (units.name(index, at), total, int(found.dossiers[index]))
    return told


def _differs(line: Line) -> bool:
    return line.change != 0 or line.dossiers_before != line.dossiers_after


def _weight(line: Line) -> tuple[bool, Decimal, int, str]:
    change = line.change
    size = abs(change) if change is not None else Decimal(0)
    return (change is not None, -size, -abs(line.dossiers_after - line.dossiers_before), line.unit)
