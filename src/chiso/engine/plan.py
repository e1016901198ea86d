"""What to count for a version of the law: its predicates sorted into counters, and who reads which.

Two indicators that ask for the same thing share a counter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from chiso.law.compiled import CompiledCount, compiled
from chiso.law.expression import Expression
from chiso.law.model import LawVersion


@dataclass(frozen=True)
class Cell:
    """A count (or a sum) of dossiers."""

    where: Expression | None
    """``None``: every dossier"""
    value: Expression | None
    """``None``: how many; otherwise the sum of this number"""
    received_only: bool


@dataclass(frozen=True)
class ProcedureCounter:
    """Distinct procedures, of a register, that have a dossier as asked."""

    where: Expression
    received_only: bool
    among: str


@dataclass(frozen=True)
class Reading:
    """Where a numerator or denominator is read: a cell, a procedure counter, or a register."""

    kind: Literal["cell", "procedures", "register"]
    index: int = -1
    register: str = ""
    otherwise: str = ""
    """a register that stands in where this one knows nothing: ``<register>_<otherwise>``"""
    at_least: Reading | None = None
    """the greater of both (1.4)"""


@dataclass(frozen=True)
class Plan:
    cells: tuple[Cell, ...]
    procedures: tuple[ProcedureCounter, ...]
    readings: dict[str, tuple[Reading | None, Reading | None]]
    """indicator → where n and d are read; ``None`` where it has none"""
    in_period_cell: int
    """the cell that counts every dossier in the period"""

    def cell_name(self, index: int) -> str:
        """Which indicators read a cell, for messages: ``2.1 n``."""
        names = [
            f"{indicator} {part}"
            for indicator, both in self.readings.items()
            for part, reading in zip(("n", "d"), both, strict=True)
            if reading is not None and reading.kind == "cell" and reading.index == index
        ]
        return ", ".join(names)


class _Compiler:
    def __init__(self, version: LawVersion) -> None:
        self.version = version
        self.law = compiled(version)
        self.cells: dict[tuple[str, str, bool], Cell] = {}
        self.procedures: dict[tuple[str, bool, str], ProcedureCounter] = {}

    def reading(self, found: CompiledCount | None, scope: str) -> Reading | None:
        if found is None:
            return None
        told, received_only = found.count, scope == "received"
        if told.kind == "register":
            otherwise = told.otherwise if told.otherwise != "n" else ""
            return Reading("register", register=told.register, otherwise=otherwise)
        if told.kind == "procedures_with":
            assert found.where is not None
            wanted = (told.where, received_only, told.among)
            self.procedures.setdefault(wanted, ProcedureCounter(found.where, received_only, told.among))
            return Reading("procedures", list(self.procedures).index(wanted))
        key = (told.where, told.amount, received_only)
        every = told.where.strip().upper() == "TRUE"
        self.cells.setdefault(key, Cell(None if every else found.where, found.amount, received_only))
        return Reading("cell", list(self.cells).index(key))

    def plan(self) -> Plan:
        readings = {}
        for name, one in self.law.indicators.items():
            scope = self.version.indicators[name].scope
            n, d = self.reading(one.n, scope), self.reading(one.d, scope)
            if d is not None and one.d is not None and one.d.count.at_least_n:
                d = replace(d, at_least=n)
            readings[name] = (n, d)
        every = ("TRUE", "", False)
        self.cells.setdefault(every, Cell(None, None, False))
        return Plan(
            tuple(self.cells.values()),
            tuple(self.procedures.values()),
            readings,
            list(self.cells).index(every),
        )


_PLANS: dict[str, Plan] = {}


def plan_of(version: LawVersion) -> Plan:
    """The counting plan of a version of the law."""
    plan = _PLANS.get(version.version)
    if plan is None:
        plan = _PLANS[version.version] = _Compiler(version).plan()
    return plan
