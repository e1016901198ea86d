"""Petitions (phản ánh, kiến nghị): the counts of 5.1, 5.2 and 5.3, and why one of them is overdue.

Source: the formula document of 2026 for the limits of each stage (refuse or return 2 working days, ask for
more 5, resolve 15, publish 2) and for what dissatisfies; how they join is settled here (law data, mark I):

- the clock of refusing, asking and resolving runs from the last forwarding, else from sending, else from
  receipt; that of publishing from resolution;
- any breached stage makes a petition overdue for good, publication that has not come in time included;
- while the sender is asked for more, nothing runs: the portal counts such a petition as handled;
- otherwise an open petition is in time up to 15 working days;
- it is in the period as a dossier is: received in [start, J), or before start and not handled before start.

Facts later than J have not happened yet.  A stage is in time up to 24:00 of the last working day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from chiso.instants import NEVER, Period, tree_instant
from chiso.registry.calendar import Calendar
from chiso.registry.units import Units

if TYPE_CHECKING:
    from chiso.intake.records import Petition
    from chiso.law.model import LawVersion

Counts = NDArray[np.int64]
Bools = NDArray[np.bool_]
StageName = Literal["refuse", "ask", "resolve", "publish", "open"]

REGISTERS: Final = (
    "petitions",
    "petitions_on_time",
    "petitions_satisfied",
    "petitions_about_procedures",
    "petitions_about_staff",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Working days of each stage, and the age up to which an open petition is in time."""

    refuse: int = 2
    ask: int = 5
    resolve: int = 15
    publish: int = 2
    open: int = 15

    @classmethod
    def of(cls, law: LawVersion | None) -> Limits:
        """The limits of the law (setting ``petition_limits``); the formula document's where it has none."""
        told = law.settings.get("petition_limits") if law is not None else None
        if not isinstance(told, Mapping):
            return cls()
        return cls(**{str(name): int(days) for name, days in told.items() if name in cls.__slots__})


class Book:
    """Petitions as columns, with the due times that do not depend on the judging instant.

    Build it once for a set of petitions and ask it for many periods.
    """

    def __init__(self, petitions: Iterable[Petition], calendar: Calendar, limits: Limits) -> None:
        self.petitions: Final = tuple(petitions)

        def column(name: str) -> Counts:
            told = (getattr(petition, name) for petition in self.petitions)
            return np.array([NEVER if instant is None else instant for instant in told], np.int64)

        sent, received, self.forwarded = column("sent_at"), column("received_at"), column("forwarded_at")
        self.arrived: Final = _first_told(received, sent, self.forwarded)
        self.refused, self.requested, self.supplied = (
            column(name) for name in ("refused_at", "requested_at", "supplied_at")
        )
        self.published: Final = column("published_at")
        self.resolved: Final = np.minimum(column("resolved_at"), self.published)  # public means resolved
        self.handled: Final = np.minimum(self.refused, self.resolved)
        self.dissatisfied: Final[Bools] = np.array(
            [p.dislikes > p.likes or p.repeated for p in self.petitions], np.bool_
        )
        self.about: Final = np.array([p.about for p in self.petitions], np.str_)

        def due(since: Counts, days: int) -> Counts:
            return calendar.due_many(since, np.array(days), np.array(0))

        first = _first_told(sent, received, self.forwarded)
        self._due: Final = {
            stage: (due(first, days), due(self.forwarded, days))
            for stage, days in (
                ("refuse", limits.refuse),
                ("ask", limits.ask),
                ("resolve", limits.resolve),
                ("open", limits.open),
            )
        }
        self.publish_due: Final = due(self.resolved, limits.publish)
        self._units: tuple[Units, NDArray[np.intp]] | None = None

    def __len__(self) -> int:
        return len(self.petitions)

    def due(self, stage: StageName, judged_at: int) -> Counts:
        """When each petition is due at a stage, by what has happened at J."""
        if stage == "publish":
            return np.where(self.resolved <= judged_at, self.publish_due, NEVER)
        first, forwarded = self._due[stage]
        return np.where(self.forwarded <= judged_at, forwarded, first)

    def breached(self, stage: StageName, judged_at: int) -> Bools:
        """Which petitions have missed a stage's limit at J."""
        due = self.due(stage, judged_at)
        found: Bools
        if stage == "publish":
            found = np.minimum(self.published, judged_at) > due
        elif stage == "open":
            waiting = (self.requested <= judged_at) & (self.supplied > judged_at)
            found = (self.handled > judged_at) & ~waiting & (due < judged_at)
        else:
            done = {"refuse": self.refused, "ask": self.requested, "resolve": self.resolved}[stage]
            found = (done <= judged_at) & (done > due)
        return found

    def overdue(self, judged_at: int) -> Bools:
        found = np.zeros(len(self), np.bool_)
        for stage in STAGES:
            found |= self.breached(stage, judged_at)
        return found

    def in_period(self, start: int, judged_at: int) -> Bools:
        found: Bools = (self.arrived < judged_at) & ((self.arrived >= start) | (self.handled >= start))
        return found if judged_at > start else np.zeros(len(self), np.bool_)

    def counts(self, units: Units, period: Period, at: int) -> dict[str, Counts]:
        """:func:`petition_counts` of these petitions."""
        own = self.own(units, period, at)
        tree = units.tree(tree_instant(period.judged_at(at)))
        return dict(zip(own, tree.rollup(np.stack(list(own.values()))), strict=True))

    def own(self, units: Units, period: Period, at: int) -> dict[str, Counts]:
        """The same of each unit itself, without those below it."""
        judged_at = period.judged_at(at)
        inside = self.in_period(period.start, judged_at)
        overdue = self.overdue(judged_at)
        then = tree_instant(judged_at)
        unit = units.today_map(then)[self.units_of(units)]
        chosen = (
            inside,
            inside & ~overdue,
            inside & ~overdue & ~self.dissatisfied,
            inside & (self.about == "procedure"),
            inside & (self.about == "staff"),
        )
        return {
            name: np.bincount(unit[which], minlength=len(units)).astype(np.int64)
            for name, which in zip(REGISTERS, chosen, strict=True)
        }

    def units_of(self, units: Units) -> NDArray[np.intp]:
        """The unit that each petition's code names in the tree of its receipt."""
        held = self._units
        if held is None or held[0] is not units:
            arrived = np.minimum(self.arrived, NEVER - 1).tolist()
            found = [units.resolve(p.unit, at) for p, at in zip(self.petitions, arrived, strict=True)]
            held = self._units = (units, np.array(found, np.intp))
        return held[1]

    def changes(self) -> Counts:
        """Every instant from which any count may differ with no message, sorted."""
        candidates = [self.arrived + 1, self.forwarded, self.refused, self.requested, self.supplied]
        candidates += [self.resolved, self.published]
        candidates += [np.where(self.handled > due, due + 1, NEVER) for due in self._due["open"]]
        candidates.append(np.where(self.published > self.publish_due, self.publish_due + 1, NEVER))
        instants = np.unique(np.concatenate(candidates))
        return instants[instants < NEVER]

    def next_change(self, at: int) -> int:
        """The next instant after ``at`` from which any count may differ with no message, or ``NEVER``."""
        return _first_after(self.changes(), at)


STAGES: Final[tuple[StageName, ...]] = ("refuse", "ask", "resolve", "publish", "open")


def petition_counts(
    petitions: Iterable[Petition],
    units: Units,
    calendar: Calendar,
    law: LawVersion | None,
    period: Period,
    judged_at: int,
) -> dict[str, Counts]:
    """The registers of :data:`REGISTERS` over a period judged at an instant, per unit with all below it.

    5.2 is ``petitions_on_time`` of ``petitions``, 5.3 ``petitions_satisfied`` of them.  A petition stands at
    the unit of its code, read in the tree of its receipt, in the tree of the judging instant.
    """
    return Book(petitions, calendar, Limits.of(law)).counts(units, period, judged_at)


def next_change(petitions: Iterable[Petition], calendar: Calendar, law: LawVersion | None, at: int) -> int:
    """The next instant after ``at`` from which any count may differ with no message, or ``NEVER``."""
    return Book(petitions, calendar, Limits.of(law)).next_change(at)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of one petition, judged at an instant."""

    name: StageName
    """``open`` stands for handling as a whole, while it is not done"""
    due: int
    """the last instant that is in time"""
    done: int | None
    """when it was done; ``None`` while it is not"""
    breached: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a petition is overdue, or by when something must be done."""

    overdue: bool
    dissatisfied: bool
    """more dislikes than likes, or repeated"""
    handled_at: int | None
    waiting: bool
    """for its sender, who was asked for more: no clock runs"""
    stages: tuple[Stage, ...]
    """those that have happened or are running"""

    @property
    def breached(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.breached)

    @property
    def next_due(self) -> int | None:
        """When it becomes overdue if nobody acts; ``None`` where it cannot or already is."""
        if self.overdue:
            return None
        return min((s.due for s in self.stages if s.done is None and s.due < NEVER), default=None)


def explain(petition: Petition, calendar: Calendar, law: LawVersion | None, judged_at: int) -> Explanation:
    """The stages of one petition at an instant, for the list behind a number."""
    book = Book([petition], calendar, Limits.of(law))
    handled = int(book.handled[0])
    waiting = bool(handled > judged_at and book.requested[0] <= judged_at < book.supplied[0])
    done = {
        "refuse": int(book.refused[0]),
        "ask": int(book.requested[0]),
        "resolve": int(book.resolved[0]),
        "publish": int(book.published[0]),
        "open": NEVER,
    }
    stages = []
    for name in STAGES:
        happened = done[name] <= judged_at
        running = (name == "open" and handled > judged_at and not waiting) or (
            name == "publish" and book.resolved[0] <= judged_at
        )
        if happened or running:
            stages.append(
                Stage(
                    name,
                    int(book.due(name, judged_at)[0]),
                    done[name] if happened else None,
                    bool(book.breached(name, judged_at)[0]),
                )
            )
    return Explanation(
        bool(book.overdue(judged_at)[0]),
        bool(book.dissatisfied[0]),
        handled if handled <= judged_at else None,
        waiting,
        tuple(stages),
    )


def _first_after(instants: Counts, at: int) -> int:
    place = int(np.searchsorted(instants, at, side="right"))
    return int(instants[place]) if place < len(instants) else NEVER


def _first_told(*columns: Counts) -> Counts:
    """Of each row the first instant that is told."""
    found = columns[0]
    for column in columns[1:]:
        found = np.where(found < NEVER, found, column)
    return found
