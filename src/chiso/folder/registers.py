"""Records of the ledger to what the engine counts on: units, catalogue, decisions, petitions."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chiso.engine.ground import Ground, Registers
from chiso.folder.settings import SettingError
from chiso.intake.records import Decision, Petition, Procedure, ReportingTotal, UnitRecord
from chiso.law.model import LawVersion
from chiso.registry.calendar import Calendar, DayRule
from chiso.registry.codes import unit_code
from chiso.registry.procedures import Catalogue
from chiso.registry.units import Units

if TYPE_CHECKING:
    from chiso.ledger.store import Ledger

CALENDAR_FILE = "calendar.csv"
"""Days off and make-up days of a data folder, beside those that the package knows."""

GROUND_KINDS = frozenset({"unit", "procedure"})
"""Kinds of records of which a change makes another ground: dossiers are counted again."""
BESIDE_KINDS = frozenset({"decision", "petition", "total"})
"""Kinds of records that count beside the dossiers."""


@dataclass
class Registry:
    """Units, catalogue and calendar with the records beside them, as known at an instant."""

    units: Units
    catalogue: Catalogue
    calendar: Calendar
    records: Registers

    def restated(self, at: int) -> Registry:
        """The same seen from the tree of one instant: every period counts at the units of that tree."""
        units = self.units.restated(at)
        return Registry(units, Catalogue(self.catalogue.records, units), self.calendar, self.records)

    def ground(self, law: LawVersion, terms: list[str]) -> Ground:
        return Ground(law, self.units, self.catalogue, self.calendar, self.records, terms)


def _all(ledger: Ledger, kind: str, as_of: int | None) -> list[object]:
    return [record for _, record in ledger.records(kind, as_of)]


def records_beside(ledger: Ledger, as_of: int | None = None) -> Registers:
    """Decisions, petitions and reporting totals, as known at an instant."""
    return Registers(
        [record for record in _all(ledger, "decision", as_of) if isinstance(record, Decision)],
        [record for record in _all(ledger, "petition", as_of) if isinstance(record, Petition)],
        [record for record in _all(ledger, "total", as_of) if isinstance(record, ReportingTotal)],
    )


def read_calendar(folder: Path, file: Path | None = None) -> Calendar:
    """The built-in working days, with those of ``calendar.csv`` in the data folder where it has one."""
    rules = own_days(folder, file)
    return Calendar.load([one for one in rules if not one.unit], [one for one in rules if one.unit])


def own_days(folder: Path, file: Path | None = None) -> list[DayRule]:
    """The days of ``calendar.csv`` (or of ``file``) in a data folder; none where it has no such file.

    Columns: ``day`` (2026-08-31), ``working`` (1 or 0), ``name``, ``source``, ``unit`` (empty: for everybody;
    otherwise that unit and those below it alone, as after a storm).
    """
    path = file or folder / CALENDAR_FILE
    found: list[DayRule] = []
    if not path.is_file():
        return found
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            try:
                rule = DayRule(
                    date.fromisoformat(row["day"].strip()),
                    {"1": True, "0": False}[row["working"].strip()],
                    (row.get("name") or "").strip(),
                    (row.get("source") or "").strip(),
                    unit_code(row.get("unit") or "") or "",
                )
            except (KeyError, ValueError, AttributeError) as error:
                raise SettingError(
                    f"{path}, line {number}: day as 2026-08-31 and working as 1 or 0 are needed ({error})"
                ) from error
            found.append(rule)
    return found


def calendar_stamp(folder: Path) -> tuple[int, int]:
    """Changes when ``calendar.csv`` does."""
    try:
        told = (folder / CALENDAR_FILE).stat()
    except FileNotFoundError:
        return (0, 0)
    return (told.st_mtime_ns, told.st_size)


def read_registry(
    ledger: Ledger,
    home: str,
    calendar: Calendar,
    learned: Iterable[UnitRecord] = (),
    as_of: int | None = None,
    like: Registry | None = None,
) -> Registry:
    """What the ledger's records say, on top of what the package knows.

    ``learned``: units that only the portal's answers tell of.
    ``like`` is a registry of the same ledger whose units are taken over: units are as they are, not as known.
    """
    if like is not None:
        units = like.units
    else:
        told = [record for record in _all(ledger, "unit", None) if isinstance(record, UnitRecord)]
        built_in = Units.load(home=home)
        named = {record.code for record in told}
        further = [one for one in learned if one.code not in named and built_in.find(one.code) is None]
        units = Units.load([*further, *told], home) if told or further else built_in
    procedures = [record for record in _all(ledger, "procedure", as_of) if isinstance(record, Procedure)]
    catalogue = (
        like.catalogue
        if like is not None and procedures == list(like.catalogue.records)
        else Catalogue(procedures, units)
    )
    return Registry(
        units,
        catalogue,
        calendar,
        records_beside(ledger, as_of),
    )
