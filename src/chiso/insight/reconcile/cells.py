"""What is counted of dossiers, told once for both laws and both ways to compare a due date.

A *cell* is a yes-or-no question to a dossier; a numerator or denominator of an indicator reads one cell by
the portal's law, and possibly others by the formula document or with due dates compared by day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Columns
from chiso.engine.count import Pairs, Window, pairs_of
from chiso.instants import DAY, NEVER, OFFSET
from chiso.law.compiled import CompiledCount, compiled
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.instants import Period
    from chiso.law.expression import Expression
    from chiso.law.model import LawVersion

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]

DUE: Final = frozenset({"due_at", "limit_due_at"})
DOCUMENTS: Final = {"qd766": "qd766-document"}
"""The law as a document says it, beside the law as the portal counts."""


@dataclass(frozen=True)
class Cell:
    where: Expression | None
    """``None``: every dossier"""
    received_only: bool
    day: bool
    """due dates compared by day"""


@dataclass(frozen=True)
class Side:
    """Where a numerator or denominator is read."""

    kind: Literal["dossiers", "procedures", "register"]
    cell: int = -1
    """cell of its dossiers; for procedures, of those that make a procedure count"""
    by_day: int = -1
    """the same with due dates compared by day"""
    register: str = ""
    """a number beside the dossiers; of procedures, those among which they count"""
    otherwise: str = ""
    """``n``, or the end of the name of a register that stands in where this one is unknown"""
    at_least_n: bool = False


Sides = tuple[Side | None, Side | None]


@dataclass
class Cells:
    """The questions of a law, and who reads which."""

    law: LawVersion
    document: LawVersion | None
    cells: list[Cell] = field(default_factory=list)
    sides: dict[str, Sides] = field(default_factory=dict)
    """indicator → numerator, denominator by the portal's law"""
    document_sides: dict[str, Sides] = field(default_factory=dict)
    """the same by the formula document, of those that it counts otherwise"""

    def __post_init__(self) -> None:
        self._places: dict[tuple[str, bool, bool], int] = {}
        counted = [one for one in self.law.indicators.values() if not one.information]
        for one in counted:
            self.sides[one.id] = self._both(self.law, one.id)
        for one in counted:
            other = None if self.document is None else self.document.indicators.get(one.id)
            if other is not None and (one.n, one.d, one.scope) != (other.n, other.d, other.scope):
                assert self.document is not None
                self.document_sides[one.id] = self._both(self.document, one.id)

    def _both(self, law: LawVersion, indicator: str) -> Sides:
        one = compiled(law).indicators[indicator]
        received_only = law.indicators[indicator].scope == "received"
        return self._side(one.n, received_only), self._side(one.d, received_only)

    def _side(self, told: CompiledCount | None, received_only: bool) -> Side | None:
        if told is None:
            return None
        count = told.count
        if count.kind == "register":
            return Side(
                "register", register=count.register, otherwise=count.otherwise, at_least_n=count.at_least_n
            )
        every = count.where.strip().upper() == "TRUE"
        where = None if every else told.where
        cell = self._cell(count.where, where, received_only, day=False)
        by_day = cell
        if where is not None and where.columns & DUE:
            by_day = self._cell(count.where, where, received_only, day=True)
        if count.kind == "procedures_with":
            return Side("procedures", cell, by_day, count.among)
        return Side("dossiers", cell, by_day)

    def _cell(self, text: str, where: Expression | None, received_only: bool, *, day: bool) -> int:
        key = (text, received_only, day)
        if key not in self._places:
            self._places[key] = len(self.cells)
            self.cells.append(Cell(where, received_only, day))
        return self._places[key]

    def sides_of(self, indicator: str, *, document: bool) -> Sides:
        """Where an indicator is read by the portal's law, or by the document where that differs."""
        if document and indicator in self.document_sides:
            return self.document_sides[indicator]
        return self.sides[indicator]

    def of(self, indicators: Collection[str]) -> frozenset[int]:
        """The cells that some indicators read, by whichever law."""
        sides = [side for name in indicators for side in self._sides_of(name) if side.kind != "register"]
        return frozenset(cell for side in sides for cell in (side.cell, side.by_day))

    def counts_procedures(self, indicator: str) -> bool:
        """Whether an indicator counts procedures that are met, by either law."""
        return any(side.kind == "procedures" for side in self._sides_of(indicator))

    def _sides_of(self, indicator: str) -> list[Side]:
        laws = (self.sides, self.document_sides)
        return [side for law in laws for side in law.get(indicator, ()) if side is not None]

    def answers(
        self, rows: Columns, ground: Ground, period: Period, at: int, inside: Bools, cells: Collection[int]
    ) -> Bools:
        """``[cell, row]``: whether a row counts there; false for rows out of the period or of the unit.

        ``inside``: over units, whether what counts at them counts for the unit asked for.  ``cells``: those
        that are asked for; the others are left false.
        """
        found = np.zeros((len(self.cells), rows.size), np.bool_)
        window = Window.of((period,), at)
        row, number = pairs_of(rows, window)
        chosen = inside[Pairs(rows, window, row, number, ground).unit()]
        row, number = row[chosen], number[chosen]
        if not row.size:
            return found
        pairs = Pairs(rows, window, row, number, ground)
        evaluators = [Evaluator(pairs, len(pairs))]
        if any(self.cells[place].day for place in cells):
            days = Pairs(by_day(rows), window, row, number, ground)
            evaluators.append(Evaluator(days, len(days)))
        received = pairs["received_at"] >= pairs["period_start"]
        for place in cells:
            cell = self.cells[place]
            counts = np.ones(len(row), np.bool_)
            if cell.where is not None:
                counts = evaluators[cell.day].true(cell.where)
            found[place, row] = counts & received if cell.received_only else counts
        return found


def by_day(rows: Columns) -> Columns:
    """Rows whose due times are the last instant of their day: what ends on that day is then on time.

    A limit in days ends with the last instant of its last day, which is stated as the first one after it.
    """
    arrays = dict(rows.arrays)
    due, limit = rows["due_at"], rows["limit_due_at"]
    arrays["due_at"] = np.where(due < NEVER, _day_end(np.minimum(due, NEVER)), due)
    arrays["limit_due_at"] = np.where(limit < NEVER, _day_end(np.minimum(limit, NEVER) - 1), limit)
    return Columns(arrays, rows.size)


def _day_end(instants: Counts) -> Counts:
    found: Counts = ((instants + OFFSET) // DAY + 1) * DAY - OFFSET - 1
    return found
