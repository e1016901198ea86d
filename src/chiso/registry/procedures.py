"""The catalogue of procedures as arrays, and to which units each applies.

Positions ("places") run over ``Catalogue.records``.  A procedure applies to the units that its ``units``
name, or to all units of its level where it names none; the units above them have the union over all below,
each code once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.instants import NEVER, midnight
from chiso.registry.calendar import LIMIT_UNITS
from chiso.registry.units import Units

if TYPE_CHECKING:
    from chiso.intake.records import Procedure

Bools = NDArray[np.bool_]

NO_LIMIT: Final = -1
ONLINE: Final = ("information", "partial", "full")
STATES: Final = ("public", "stopping", "testing", "closed")
LEVELS: Final = ("ministry", "province", "district", "commune")


class Catalogue:
    """Procedures by code.  Of two records with the same code the later one holds."""

    def __init__(self, records: Iterable[Procedure], units: Units) -> None:
        newest: dict[str, Procedure] = {}
        for record in records:
            newest[record.code] = record
        self.records: Final = tuple(newest.values())
        self.units: Final = units
        self._places = {record.code: place for place, record in enumerate(self.records)}
        limits = [NO_LIMIT if r.limit_days is None else r.limit_days for r in self.records]
        self.limit: Final = np.array(limits, np.int64)
        """statutory limit in units of ``limit_unit``; ``NO_LIMIT`` where none is known"""
        self.limit_unit: Final = self._positions(LIMIT_UNITS, [r.limit_unit for r in self.records])
        """positions in ``calendar.LIMIT_UNITS``"""
        self.online: Final = self._positions(ONLINE, [r.online for r in self.records])
        """positions in :data:`ONLINE`: 0 is no online service"""
        self.state: Final = self._positions(STATES, [r.state for r in self.records])
        self.has_fee: Final[Bools] = np.array([r.has_fee for r in self.records], np.bool_)
        self.for_person: Final[Bools] = np.array([r.for_person for r in self.records], np.bool_)
        self.returns_paper: Final[Bools] = np.array([r.returns_paper for r in self.records], np.bool_)
        self.specific: Final[Bools] = np.array([r.specific for r in self.records], np.bool_)
        self.complete: Final[Bools] = np.array([r.complete for r in self.records], np.bool_)
        self.ends: Final = np.array([_end(r) for r in self.records], np.int64)
        """first instant at which a procedure is no longer in force"""
        self._applies: dict[int, Bools] = {}
        self.memberships: Final[dict[str, Bools]] = {}
        """tables that hold for this catalogue and its units at all instants, for whoever made them"""

    def __len__(self) -> int:
        return len(self.records)

    @property
    def version(self) -> str:
        """Fingerprint of all records."""
        text = "\n".join(sorted(repr(record) for record in self.records))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def place(self, code: str) -> int:
        """The place of a code, -1 where it is unknown."""
        return self._places.get(code, -1)

    def get(self, code: str) -> Procedure | None:
        place = self.place(code)
        return self.records[place] if place >= 0 else None

    def in_force(self, at: int) -> Bools:
        """Per place: not closed by this instant.  The last day of validity belongs to it."""
        return self.ends > at

    @cached_property
    def own(self) -> Bools:
        """Per place: specific to the home province, published by it or by one of its units."""
        return self.specific & np.array([not self.units.foreign(r.publisher) for r in self.records], np.bool_)

    def applies(self, at: int | None = None) -> Bools:
        """``[unit, place]``: to which units each procedure applies in the tree of an instant.

        Without an instant in the newest tree.  Whether it is in force is another question.
        """
        if at is None:
            at = NEVER - 1
        era = self.units.era(at)
        found = self._applies.get(era)
        if found is None:
            found = self._applies[era] = self._make_applies(at)
        return found

    def applies_to(self, unit: int, at: int | None = None) -> NDArray[np.intp]:
        """The places of the procedures that apply to a unit or to any below it."""
        return np.flatnonzero(self.applies(at)[unit])

    def _positions(self, words: tuple[str, ...], values: list[str]) -> NDArray[np.int8]:
        """An unknown word counts as the first, which is each column's default."""
        return np.array([words.index(v) if v in words else 0 for v in values], np.int8)

    def _make_applies(self, at: int) -> Bools:
        units = self.units
        tree = units.tree(at)
        table = np.zeros((len(units), len(self.records)), np.bool_)
        home = units.today(units.home.index, at)
        below_home = np.zeros(len(units), np.bool_)
        below_home[tree.subtree(home)] = True
        levels = {level: tree.level(level) for level in LEVELS}
        where: dict[str, int] = {}
        """of each code that records name: the unit at which it counts; -1 for none of ours"""
        for place, record in enumerate(self.records):
            if record.units:
                for code in record.units:
                    if code not in where:
                        ours = not units.foreign(code) or units.find(code, at)
                        where[code] = units.resolve(code, at) if ours else -1
                    if where[code] >= 0:
                        table[where[code], place] = True
                continue
            named = [levels[word] for word in record.level.replace(",", " ").split() if word in levels]
            for level in named:
                # what a province has issued itself reaches its own units only
                table[level[below_home[level]] if record.specific else level, place] = True
            if not named:
                table[home, place] = True
        for index in tree.order[::-1].tolist():
            above = int(tree.parent[index])
            if above >= 0:
                table[above] |= table[index]
        table.flags.writeable = False
        return table


def iso_day(text: str) -> date | None:
    """The day of a record's date field; ``None`` where it is empty or no day."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _end(record: Procedure) -> int:
    last = iso_day(record.valid_to)
    if last is not None:
        return midnight(last + timedelta(days=1))
    return -NEVER if record.state == "closed" else NEVER
