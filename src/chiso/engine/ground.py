"""What counting stands on: the law, the units, the catalogue and the calendar, at hand as arrays.

A ground does not change, but for new terms (codes that have not come up) and the records beside the dossiers.
Another law, unit, procedure or working day makes another ground, on which everything is counted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from chiso.engine import petitions as petition_counts
from chiso.engine import procedures as procedure_counts
from chiso.engine.columns import Columns
from chiso.engine.count import Counts, Window
from chiso.engine.plan import Plan, plan_of
from chiso.instants import DAY, NEVER, OFFSET, Period, day_of, tree_instant
from chiso.intake.records import Decision, Petition, ReportingTotal
from chiso.law.model import LawVersion
from chiso.registry.calendar import LIMIT_UNITS, Calendar
from chiso.registry.procedures import Catalogue
from chiso.registry.units import Units

TERM_ROOM: Final = 1 << 24
"""Stride of procedure terms in keys: more terms than a ledger will ever have."""

NO_LIMIT: Final = -1
NOT_LOOKED_UP: Final = -2
"""In the units that terms name; -1 is a term that names none."""
PROCEDURE_COLUMNS: Final = (
    "procedure_known", "fee_procedure", "returns_paper", "for_person", "online_service",
)  # fmt: skip


@dataclass(frozen=True)
class Registers:
    """Records beside the dossiers that scoring reads, as known."""

    decisions: Sequence[Decision] = ()
    petitions: Sequence[Petition] = ()
    totals: Sequence[ReportingTotal] = ()


@dataclass(eq=False)
class Ground:
    law: LawVersion
    units: Units
    catalogue: Catalogue
    calendar: Calendar
    records: Registers = field(default_factory=Registers)
    terms: list[str] = field(default_factory=lambda: [""])
    """the ledger's terms by number, shared with whoever reads them on (term 0 is empty)"""

    def __post_init__(self) -> None:
        self.plan: Plan = plan_of(self.law)
        self._known = 0
        self._room = 0
        self.procedure_columns: dict[str, np.ndarray] = {
            name: np.zeros(0, np.bool_) for name in PROCEDURE_COLUMNS
        }
        """attributes of procedures by term"""
        self.population_database: np.ndarray = np.zeros(0, np.bool_)
        self._procedure: np.ndarray = np.zeros(0, np.int32)
        self._limit: np.ndarray = np.zeros(0, np.int64)
        self._limit_unit: np.ndarray = np.zeros(0, np.int64)
        self._resolved: np.ndarray = np.zeros((len(self.units.eras) + 1, 0), np.int32)
        self._trees: dict[int, list[np.ndarray]] = {}
        self._registers: dict[tuple[str, int, int], dict[str, Counts]] = {}
        self._petitions: dict[str, tuple[int, int, dict[str, Counts]]] = {}
        self._book: petition_counts.Book | None = None
        self._register_changes: Counts | None = None
        self._grow(max(1024, len(self.terms) + 256))
        self.catch_up()

    # -- terms ------------------------------------------------------------------------------------

    @property
    def term_room(self) -> int:
        return TERM_ROOM

    def _grow(self, room: int) -> None:
        def grown(old: np.ndarray, fill: int | bool) -> np.ndarray:
            new: np.ndarray = np.full((*old.shape[:-1], room), fill, old.dtype)
            new[..., : old.shape[-1]] = old
            return new

        for name, column in self.procedure_columns.items():
            self.procedure_columns[name] = grown(column, False)
        self.population_database = grown(self.population_database, False)
        self._procedure = grown(self._procedure, -1)
        self._limit = grown(self._limit, NO_LIMIT)
        self._limit_unit = grown(self._limit_unit, 0)
        self._resolved = grown(self._resolved, NOT_LOOKED_UP)
        self._room = room

    def catch_up(self) -> None:
        """Takes in the terms that have come up since."""
        start, count = self._known, len(self.terms)
        if count > self._room:
            self._grow(max(count + 256, self._room * 2))
        population = {str(code) for code in self._setting("population_databases")}
        for number in range(start, count):
            text = self.terms[number]
            place = self.catalogue.place(text)
            if place >= 0:
                self._take_procedure(number, place)
            elif population and text and population & set(text.split(";")):
                self.population_database[number] = True
        self._known = count

    def _take_procedure(self, number: int, place: int) -> None:
        procedure = self.catalogue.records[place]
        columns = self.procedure_columns
        columns["procedure_known"][number] = True
        columns["fee_procedure"][number] = procedure.has_fee
        columns["returns_paper"][number] = procedure.returns_paper
        columns["for_person"][number] = procedure.for_person
        columns["online_service"][number] = procedure.online in ("full", "partial")
        self._procedure[number] = place
        if procedure.limit_days is not None:
            self._limit[number] = procedure.limit_days
            self._limit_unit[number] = LIMIT_UNITS.index(procedure.limit_unit)

    def _setting(self, name: str) -> Sequence[object]:
        value = self.law.settings.get(name)
        return value if isinstance(value, (list, tuple)) else ()

    # -- units ------------------------------------------------------------------------------------

    @property
    def unit_count(self) -> int:
        return len(self.units.all)

    @cached_property
    def is_province(self) -> np.ndarray:
        return np.array([unit.kind in ("province", "nation", "ministry") for unit in self.units.all])

    @cached_property
    def province_of(self) -> np.ndarray:
        """For every unit the province it is under (itself, where it is under none)."""
        found = np.arange(self.unit_count)
        for unit in self.units.all:
            above = unit
            while above.parent >= 0 and not self.is_province[above.index]:
                above = self.units.all[above.parent]
            found[unit.index] = above.index
        return found

    def _instant_of(self, era: int) -> int:
        """An instant in an era of the units."""
        eras = self.units.eras
        if len(eras) == 0:
            return 0
        return int(eras[era - 1]) if era > 0 else int(eras[0]) - 1

    def _resolve(self, terms: np.ndarray, eras: np.ndarray) -> np.ndarray:
        """Units that codes name in the tree of an era; -1 where they name none."""
        found: np.ndarray = self._resolved[eras, terms]
        if (found == NOT_LOOKED_UP).any():
            missing = np.unique((eras * self._room + terms)[found == NOT_LOOKED_UP])
            for era, term in zip(*(part.tolist() for part in np.divmod(missing, self._room)), strict=True):
                code, at = self.terms[term], self._instant_of(era)
                unknown = not code or self.units.is_unassigned(code, at)
                self._resolved[era, term] = -1 if unknown else self.units.resolve(code, at)
            found = self._resolved[eras, terms]
        return found

    def derive(self, columns: Columns) -> None:
        """Fills in what the registry adds to rows: unit, desk, due time by statutory limit.

        A code in DonViXuLy, else the prefix of MaHoSo, read in the tree valid at NgayTiepNhan; otherwise the
        home province, as unassigned.
        """
        if self._known < len(self.terms):
            self.catch_up()
        received = columns["received_at"]
        eras = np.searchsorted(self.units.eras, received, side="right")
        home = self.units.home.index
        unit = self._resolve(columns["unit"], eras)
        desk = self._resolve(columns["desk"], eras)
        derived: dict[str, np.ndarray] = {
            "unit_index": np.where(unit >= 0, unit, np.where(desk >= 0, desk, home)).astype(np.int32),
            "desk_index": np.where(desk >= 0, desk, home).astype(np.int32),
        }
        limit = self._limit[columns["procedure"]]
        due = np.full(columns.size, NEVER, np.int64)
        owing = np.flatnonzero((columns["due_at"] >= NEVER) & (limit != NO_LIMIT) & (received < NEVER))
        if owing.size:
            kinds = self._limit_unit[columns["procedure"][owing]]
            due[owing] = self.calendar.due_many(received[owing], limit[owing], kinds)
            for code, below in self._closed:
                here = np.flatnonzero(below[derived["unit_index"][owing]])
                if here.size:
                    some = owing[here]
                    due[some] = self.calendar.due_many(received[some], limit[some], kinds[here], code)
            if self.law.options.get("limit_end") == "time_of_receipt":
                # the same hour of the last day, not its end; hours are counted by the clock already
                days = owing[kinds != LIMIT_UNITS.index("hour")]
                due[days] += (received[days] + OFFSET) % DAY - DAY
        derived["limit_due_at"] = due
        for name, values in derived.items():
            held = columns.arrays.get(name)
            if held is None:
                columns.arrays[name] = values
            else:
                held[:] = values

    @cached_property
    def _closed(self) -> list[tuple[str, np.ndarray]]:
        """Codes with days off of their own, and over all units whether they hold for each."""
        return [
            (code, np.array([f"{unit.code}.".startswith(f"{code}.") for unit in self.units.all]))
            for code in self.calendar.units()
        ]

    def counted_at(self, unit: np.ndarray, period: np.ndarray, window: Window) -> np.ndarray:
        """The unit, or its successor in the tree of the period's judging instant ("as was")."""
        found = unit.astype(np.int64)
        for era, periods in self.eras_of(window, np.arange(len(window))):
            here = np.isin(np.arange(len(window)), periods)[period]
            found[here] = self.units_then(found[here], era)
        return found

    def eras_of(self, window: Window, periods: np.ndarray) -> list[tuple[int, np.ndarray]]:
        """Periods of a window by the era of the units in which each is judged (:func:`tree_instant`)."""
        eras = np.searchsorted(self.units.eras, window.judged_at[periods] - 1, side="right")
        return [(era, periods[eras == era]) for era in np.unique(eras).tolist()]

    def units_then(self, unit: np.ndarray, era: int) -> np.ndarray:
        """Units, or their successors in the tree of an era."""
        then: np.ndarray = self.units.today_map(self._instant_of(era)).astype(np.int64)[unit]
        return then

    def ancestor_levels(self, at: int) -> list[np.ndarray]:
        """Arrays over all units: themselves, their parents, their grandparents …; -1 beyond the top.

        In the tree by which things judged at an instant are counted.
        """
        at = tree_instant(at)
        era = int(np.searchsorted(self.units.eras, at, side="right"))
        if era not in self._trees:
            parent = np.asarray(self.units.tree(at).parent, np.int64)
            level = np.arange(self.unit_count, dtype=np.int64)
            levels = []
            while (level >= 0).any():
                levels.append(level)
                level = np.where(level >= 0, parent[level], -1)
            self._trees[era] = levels
        return self._trees[era]

    def parents(self, at: int) -> np.ndarray:
        """Over all units: the unit above each in the tree of an instant; -1 where there is none."""
        levels = self.ancestor_levels(at)
        return levels[1] if len(levels) > 1 else np.full(self.unit_count, -1, np.int64)

    # -- registers --------------------------------------------------------------------------------

    @cached_property
    def _memberships(self) -> dict[str, np.ndarray]:
        """Per register: [unit, place in the catalogue], true where the procedure is in it for the unit."""
        return {
            counter.among: procedure_counts.membership(counter.among, self.catalogue, self.units)
            for counter in self.plan.procedures
        }

    def membership(self, register: str) -> np.ndarray:
        """[unit, place in the catalogue], true where the procedure is in the register for the unit."""
        return self._memberships[register]

    def among(self, counter: int, unit: np.ndarray, procedure: np.ndarray) -> np.ndarray:
        """Whether procedures (as terms) are in the register of a procedure counter, for units."""
        place = self._procedure[procedure]
        table = self._memberships[self.plan.procedures[counter].among]
        if table.shape[1] == 0:
            return np.zeros(len(unit), bool)
        found: np.ndarray = (place >= 0) & table[unit, np.maximum(place, 0)]
        return found

    def registers(self, period: Period, judged_at: int) -> dict[str, Counts]:
        """Counts that come from procedures, decisions and petitions, per unit with its subtree."""
        # whole days, but that a tree counts from the second after its first instant on
        era = int(np.searchsorted(self.units.eras, judged_at - 1, side="right"))
        key = (period.label, day_of(judged_at).toordinal(), era)
        found = self._registers.get(key)
        if found is None:
            if len(self._registers) > 512:
                self._registers.clear()
            found = procedure_counts.register_counts(
                self.catalogue, self.units, self.calendar, self.law,
                self.records.decisions, self.records.totals, period, judged_at,
            )  # fmt: skip
            self._registers[key] = found
        return {**found, **self._petition_counts(period, judged_at)}

    def _petition_counts(self, period: Period, judged_at: int) -> dict[str, Counts]:
        held = self._petitions.get(period.label)
        if held is None or not held[0] <= judged_at < held[1]:
            counts = self.book.counts(self.units, period, judged_at)
            until = min(self.book.next_change(judged_at), self._next_era(judged_at))
            held = self._petitions[period.label] = (judged_at, max(until, judged_at + 1), counts)
        return held[2]

    def _next_era(self, judged_at: int) -> int:
        """The first instant after one that is judged by another tree, or ``NEVER``."""
        later = self.units.eras[np.searchsorted(self.units.eras, judged_at) :]
        return int(later[0]) + 1 if len(later) else NEVER

    @property
    def book(self) -> petition_counts.Book:
        """The petitions as columns."""
        book = self._book
        if book is None:
            limits = petition_counts.Limits.of(self.law)
            book = self._book = petition_counts.Book(self.records.petitions, self.calendar, limits)
        return book

    def register_changes(self, after: int, until: int) -> Counts:
        """The instants in ``(after, until]`` from which some register may differ with no message, sorted."""
        if self._register_changes is None:
            told = procedure_counts.changes(
                self.catalogue, self.records.decisions, self.units, self.calendar, self.law
            )
            self._register_changes = np.array(told, np.int64)
        found = np.union1d(self._register_changes, self.book.changes())
        chosen: Counts = found[(found > after) & (found <= until)]
        return chosen

    def forget_registers(self) -> None:
        """Lets the counts of the catalogue and of petitions be made anew."""
        self._registers.clear()
        self._petitions.clear()
        self._book = self._register_changes = None

    def records_changed(self, records: Registers) -> None:
        """Records beside the dossiers change often and no dossier's counts: they may change on a ground."""
        if (records.decisions, records.totals) != (self.records.decisions, self.records.totals):
            self._registers.clear()
            self._register_changes = None
        self.records = records
        self._petitions.clear()
        self._book = None
