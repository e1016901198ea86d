"""How the states of duties came: each day's, as known at its end, found by one walk through the ledger.

Nothing of it is stored: a state of a past day is a function of what was known on that day, and what becomes
known later for an earlier day (a backfill) makes the walk begin again.

For every deadline the counts judged at it are kept up by difference as dossier versions become known: the
counting function with the clock moved on and nobody acting.  The slow twin is ``now.states`` asked for every
day.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from chiso.instants import DAY, Period, day_of, midnight
from chiso.steering.copies import Copies
from chiso.steering.deadlines import BESIDE, Deadline, Deadlines, Touched
from chiso.steering.figures import Made
from chiso.steering.register import Tellings
from chiso.steering.states import Line, State, lines_of

if TYPE_CHECKING:
    from chiso.engine.board import Board
    from chiso.engine.columns import Structured
    from chiso.folder.state import DataFolder
    from chiso.law.model import LawVersion
    from chiso.steering.register import Duty, Register


@dataclass(frozen=True)
class Change:
    """A duty of a unit came into a state."""

    at: int
    """the end of the day on which it was seen first"""
    state: State | None
    """``None``: withdrawn, or no longer this unit's"""
    value: Fraction | None


class Walk:
    """The days that have been walked.  Any thread may ask; :meth:`advance` walks on."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._walking = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self.until = 0
        """the newest day's end that was walked"""
        self._changes: dict[tuple[str, int], list[Change]] = {}
        self._settled: dict[str, tuple[Register, list[tuple[str, int]]]] = {}
        self._version = 0
        self._record = self._news = -1
        self._pending: Structured | None = None
        self._counts: dict[str, Deadlines] = {}
        self._touched = Touched()
        self._beside: list[tuple[int, str, Any]] = []
        self._tellings: Tellings | None = None
        self._copies: Copies | None = None
        self._register: Register | None = None
        self._by_portal = False
        self._laws: dict[str, LawVersion] = {}

    def lines(self) -> list[tuple[str, int]]:
        """Duties and units of which anything was seen."""
        return list(self._changes)

    def history(self, duty: str, unit: int) -> list[Change]:
        """The changes of state of a duty at a unit (-1: of many units together), in order."""
        return list(self._changes.get((duty, unit), ()))

    def advance(self, now: int | None = None, stopped: Callable[[], bool] = lambda: False) -> None:
        """Walks all days that have ended by now.  ``stopped`` is asked each day: what is done is kept."""
        with self._walking:
            now = self._folder.now() if now is None else now
            while not self._read():
                self._clear()
            assert self._tellings is not None
            first = self._tellings.first_at
            if first is None:
                return
            day = self.until + DAY if self.until else midnight(day_of(first)) + DAY
            while day <= now and not stopped():
                self._day(day)
                self.until = day
                day += DAY

    def _read(self) -> bool:
        """Takes in what was written since.  False where some of it belongs to days already walked."""
        folder = self._folder
        if folder.record != self._record:
            fresh = Tellings(folder.ledger, folder.calendar)
            if self._tellings is not None and fresh.until(self.until) != self._tellings.until(self.until):
                return False
            self._tellings, self._record = fresh, folder.record
            self._copies = Copies(folder.ledger, folder.registry.units)
            self._beside = [one for one in folder.ledger.tellings(BESIDE) if one[0] > self.until]
        if folder.news != self._news:
            if self._by_portal and self.until:
                return False
            self._news = folder.news
        fresh_rows = [] if self._pending is None else [self._pending]
        held = len(fresh_rows)
        for rows in folder.rows(self._version):
            if self.until and int(rows["known_at"].min()) <= self.until:
                return False
            fresh_rows.append(rows)
            self._version = int(rows["version"][-1])
        if len(fresh_rows) > held:
            joined = np.concatenate(fresh_rows)
            self._pending = joined[np.argsort(joined["known_at"], kind="stable")]
        return True

    def _day(self, day: int) -> None:
        tellings = self._tellings
        assert tellings is not None
        if self._register is None or tellings.changes(self.until, day):
            self._register = tellings.at(day)
        register, rows = self._register, self._rows_until(day)
        touched = self._touched(self._beside_until(day))
        for period, judged_at in sorted(register.keys()):
            law = self._law(period)
            if law.groups_only:
                continue
            count = self._counts.get(law.version)
            if count is None:
                count = self._counts[law.version] = Deadlines(law, self._folder.ground_then(law))
            if count.place(period, judged_at) is None:
                count.add(period, judged_at, day)
        for count in self._counts.values():
            # a law that is counted by from a later day on needs what was known before
            late = count.standing is None and self.until
            count.move_on(self._all_until(day) if late else rows, day, touched)
        self._states(register, day)

    def _law(self, period: Period) -> LawVersion:
        found = self._laws.get(period.label)
        if found is None:
            found = self._laws[period.label] = self._folder.law_of(period)
        return found

    def _beside_until(self, day: int) -> list[tuple[int, str, Any]]:
        place = 0
        while place < len(self._beside) and self._beside[place][0] <= day:
            place += 1
        told, self._beside = self._beside[:place], self._beside[place:]
        return told

    def _all_until(self, day: int) -> Structured:
        return np.concatenate([rows[rows["known_at"] <= day] for rows in self._folder.rows()])

    def _states(self, register: Register, day: int) -> None:
        assert self._copies is not None
        figures = Made(self._folder, day, self._law, self._board, self._copies)
        units = self._folder.registry.units
        seen: set[tuple[str, int]] = set()
        looked_at: list[Deadline] = []
        for duty in register.duties.values():
            settled = self._stays(duty, register, day)
            if settled is not None:
                seen.update(settled)
                continue
            found = lines_of(duty, register, units, figures, day)
            for line in found:
                self._note(day, line)
            keys = [line.key for line in found]
            seen.update(keys)
            self._settled[duty.id] = (register, keys)
            if (deadline := self._deadline(duty)) is not None:
                looked_at.append(deadline)
        for deadline in looked_at:
            deadline.stale = False
        for key, changes in self._changes.items():
            if key not in seen and changes[-1].state is not None:
                changes.append(Change(day, None, None))
        self._by_portal |= any(one.by_portal for one in figures.made.values())

    def _stays(self, duty: Duty, register: Register, day: int) -> list[tuple[str, int]] | None:
        """The lines of a duty that is as it was the day before: past its deadline, and nothing new of it."""
        held, deadline = self._settled.get(duty.id), self._deadline(duty)
        if duty.goal is None or duty.goal.lasting or duty.report or day <= duty.deadline:
            return None
        same = held is not None and held[0] is register and deadline is not None and not deadline.stale
        return held[1] if same and held else None

    def _deadline(self, duty: Duty) -> Deadline | None:
        if duty.goal is None:
            return None
        count = self._counts.get(self._law(duty.period).version)
        return None if count is None else count.find(duty.period, duty.judged_at)

    def _note(self, day: int, line: Line) -> None:
        changes = self._changes.setdefault(line.key, [])
        if not changes or changes[-1].state != line.state:
            changes.append(Change(day, line.state, line.value))

    def _rows_until(self, day: int) -> Structured | None:
        """The rows that became known by a day's end, in that order."""
        rows = self._pending
        if rows is None or len(rows) == 0:
            return None
        cut = int(np.searchsorted(np.ascontiguousarray(rows["known_at"]), day, side="right"))
        self._pending = rows[cut:]
        return rows[:cut] if cut else None

    def _board(self, duty: Duty) -> Board | None:
        count = self._counts.get(self._law(duty.period).version)
        return None if count is None else count.board(duty.period, duty.judged_at)


_walks: WeakKeyDictionary[DataFolder, Walk] = WeakKeyDictionary()
_making = threading.Lock()


def walk_of(folder: DataFolder) -> Walk:
    """The walk of a folder, shared by all who ask."""
    with _making:
        return _walks.setdefault(folder, Walk(folder))


def days(changes: list[Change], until: int) -> Iterator[tuple[int, State | None]]:
    """(end of day, state) of every day from the first change on."""
    if not changes:
        return
    place, day = 0, changes[0].at
    while day <= until:
        while place + 1 < len(changes) and changes[place + 1].at <= day:
            place += 1
        yield day, changes[place].state
        day += DAY
