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
class Figure:
    """An indicator's (n, d) before and after; -1 where there is no such number."""

    indicator: str
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A unit before and after; ``None`` where it is not in the tree."""

    unit: str
    name: str
    before: Decimal | None
    after: Decimal | None
    dossiers_before: int
    dossiers_after: int
    figures: tuple[Figure, ...]
    """numerators and denominators that change; none where the unit is not on both sides"""

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


@dataclass(frozen=True, slots=True)
class _Side:
    """A unit on one side."""

    name: str
    total: Decimal
    dossiers: int
    figures: tuple[tuple[int, int], ...]


def _lines(one: Board, other: Board, at: int) -> list[Line]:
    before, after = _side(one, at), _side(other, at)
    names = tuple(one.law.indicators)
    lines = []
    for code in dict.fromkeys([*before, *after]):
        old, new = before.get(code), after.get(code)
        shown = new or old
        assert shown is not None
        figures: tuple[Figure, ...] = ()
        if old is not None and new is not None:
            pairs = zip(names, old.figures, new.figures, strict=True)
            figures = tuple(Figure(name, was, then) for name, was, then in pairs if was != then)
        lines.append(
            Line(
                code, shown.name, None if old is None else old.total, None if new is None else new.total,
                0 if old is None else old.dossiers, 0 if new is None else new.dossiers, figures,
            )
        )  # fmt: skip
    return lines


def _side(found: Board, at: int) -> dict[str, _Side]:
    """By code home and all below it in the tree of the instant."""
    units = found.ground.units
    moment = tree_instant(found.judged_at)
    top = units.today(units.home.index, moment)
    return {
        units.all[index].code: _Side(
            units.name(index, at),
            Decimal(int(found.table.totals[index])) / 100,
            int(found.dossiers[index]),
            tuple(zip(found.n[index].tolist(), found.d[index].tolist(), strict=True)),
        )
        for index in units.tree(moment).subtree(top).tolist()
    }


def _differs(line: Line) -> bool:
    return line.change != 0 or bool(line.figures)


def _weight(line: Line) -> tuple[bool, Decimal, int, str]:
    change = line.change
    size = abs(change) if change is not None else Decimal(0)
    return (change is not None, -size, -abs(line.dossiers_after - line.dossiers_before), line.unit)
