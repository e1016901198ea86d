"""Standing counts: what the counting function says, kept up by difference.

A dossier changes the counts when a message changes it, or when an instant of its life passes: its due time
above all, but also an end or a supplement dated ahead.  In both cases the counts of its old rows are
subtracted and those of its new rows (or of the same rows, judged later) are added.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from chiso.engine.columns import Array, Columns, Roster, Structured
from chiso.engine.count import Tally, Window, count
from chiso.engine.ground import Ground
from chiso.instants import NEVER, Period

_TURNS = (
    "ended_at", "requested_at", "completed_at", "second_requested_at",
    "dissatisfied_at", "stored_at", "judged_from", "judged_to",
)  # fmt: skip


def next_turn(rows: Columns, at: int) -> Array:
    """The first instant after ``at`` at which each row may count otherwise with no message.

    A superset of the instants at which it really does: being asked once too often costs little.  A dossier
    enters a period the instant after it is received, and is late the instant after it is due.
    """
    soonest = np.full(rows.size, NEVER, np.int64)

    def consider(instants: np.ndarray) -> None:
        np.minimum(soonest, np.where(instants > at, instants, NEVER), out=soonest)

    for name in _TURNS:
        consider(rows[name])
    consider(rows["received_at"] + 1)
    requested, completed = rows["requested_at"], rows["completed_at"]
    waited = np.where(completed < NEVER, completed - requested, 0)
    for name in ("due_at", "limit_due_at"):
        due = rows[name]
        consider(due + 1)
        consider(np.where(due < NEVER, due + waited + 1, NEVER))
    return soonest


class ReferenceCounts:
    """How many dossiers each unit and procedure has, for every procedure counter and period.

    ``times[counter, period, slot]``: a slot is a unit (of any level) and a procedure that has come up.  There
    are far fewer of them than dossiers, and hardly any new ones after a while.
    """

    def __init__(self, counters: int, periods: int, room: int = 1024) -> None:
        self._keys = np.empty(0, np.int64)
        self._slots = np.empty(0, np.int64)
        self.times = np.zeros((counters, periods, room), np.int32)

    def __len__(self) -> int:
        return len(self._keys)

    def nbytes(self) -> int:
        return self._keys.nbytes + self._slots.nbytes + self.times.nbytes

    def slots(self, keys: np.ndarray) -> np.ndarray:
        """The slots of sorted distinct keys; new ones are given room."""
        spots = np.searchsorted(self._keys, keys)
        known = np.zeros(len(keys), bool)
        inside = spots < len(self._keys)
        known[inside] = self._keys[spots[inside]] == keys[inside]
        if not known.all():
            fresh = keys[~known]
            first = len(self._keys)
            if first + len(fresh) > self.times.shape[2]:
                room = max(first + len(fresh), self.times.shape[2] * 3 // 2)
                grown = np.zeros((*self.times.shape[:2], room), np.int32)
                grown[:, :, : self.times.shape[2]] = self.times
                self.times = grown
            at = np.searchsorted(self._keys, fresh)
            self._keys = np.insert(self._keys, at, fresh)
            self._slots = np.insert(self._slots, at, np.arange(first, first + len(fresh)))
            spots = np.searchsorted(self._keys, keys)
        return self._slots[spots]

    def present(self, counter: int, period: int) -> np.ndarray:
        """Keys with at least one dossier, sorted."""
        return self._keys[self.times[counter, period, self._slots] > 0]


class Standing:
    """The counts of a roster for a set of periods, at an instant that moves forward.

    ``cells[c, p, u]`` are counts of unit u itself; ``distinct[k, p, u]`` are distinct procedures of u and all
    below it.  Both equal :func:`recount` of the same roster at the same instant, always.
    """

    def __init__(
        self, ground: Ground, periods: tuple[Period, ...], at: int, roster: Roster | None = None
    ) -> None:
        self.ground = ground
        self.roster = Roster() if roster is None else roster
        self.at = at
        self.periods = periods
        self.window = Window.of(periods, at)
        self._clear()
        self._turn = np.full(self.roster.capacity, NEVER, np.int64)
        self._soonest: int = NEVER
        self.changes = 0
        """grows whenever a count may have changed"""

    def _clear(self) -> None:
        ground, periods = self.ground, len(self.periods)
        self.cells = np.zeros((len(ground.plan.cells), periods, ground.unit_count), np.int64)
        self.distinct = np.zeros((len(ground.plan.procedures), periods, ground.unit_count), np.int64)
        self.references = ReferenceCounts(len(ground.plan.procedures), periods)

    # -- counting by difference -------------------------------------------------------------------

    def _add(self, tally: Tally, sign: int) -> None:
        self.cells += sign * tally.cells
        for counter, (keys, times) in enumerate(tally.distinct):
            if keys.size:
                self._add_distinct(counter, keys, sign * times)

    def _add_distinct(self, counter: int, keys: np.ndarray, times: np.ndarray) -> None:
        """Spreads per-unit procedure counts over the unit and its ancestors, and counts those present."""
        ground = self.ground
        units, terms = ground.unit_count, ground.term_room
        period, rest = np.divmod(keys, units * terms)
        unit, procedure = np.divmod(rest, terms)
        spread_keys, spread_times = [], []
        for level in ground.ancestors(self.window, period, unit):
            held = level >= 0
            spread_keys.append((period[held] * units + level[held]) * terms + procedure[held])
            spread_times.append(times[held])
        flat, inverse = np.unique(np.concatenate(spread_keys), return_inverse=True)
        steps = np.zeros(len(flat), np.int64)
        np.add.at(steps, inverse, np.concatenate(spread_times))
        period, pair = np.divmod(flat, units * terms)
        distinct_pairs, where = np.unique(pair, return_inverse=True)
        slot = self.references.slots(distinct_pairs)[where]
        held_times = self.references.times[counter]
        before = held_times[period, slot].astype(np.int64)
        after = before + steps
        held_times[period, slot] = after
        unit, procedure = np.divmod(pair, terms)
        for changed, step in (((before <= 0) & (after > 0), 1), ((before > 0) & (after <= 0), -1)):
            changed &= ground.among(counter, unit, procedure)
            np.add.at(self.distinct[counter], (period[changed], unit[changed]), step)

    def apply(self, rows: Structured) -> int:
        """Takes in dossier versions from the ledger.  Gives how many rows replaced older ones."""
        newer = self.roster.superseding(rows)
        if len(newer) == 0:
            return 0
        columns = Columns.of_rows(newer)
        self.ground.derive(columns)
        numbers = np.unique(newer["dossier"])
        old = self.roster.rows_of(numbers)
        if old.size:
            self._add(count(old, self.ground, self.window), -1)
        self._add(count(columns, self.ground, self.window), 1)
        self.roster.replace(columns)
        self._schedule(columns, numbers)
        self.changes += 1
        return len(newer)

    # -- the clock --------------------------------------------------------------------------------

    def _schedule(self, columns: Columns, numbers: np.ndarray) -> None:
        if self.roster.capacity > len(self._turn):
            room = np.full(self.roster.capacity, NEVER, np.int64)
            room[: len(self._turn)] = self._turn
            self._turn = room
        turns = next_turn(columns, self.at)
        self._turn[numbers] = NEVER
        np.minimum.at(self._turn, columns["dossier"], turns)
        if turns.size:
            self._soonest = min(self._soonest, int(turns.min()))

    @property
    def next_turn(self) -> int:
        """The first instant after now at which a count may change with no message."""
        begins = [period.start + 1 for period in self.periods if period.start >= self.at]
        return min([self._soonest, *begins])

    def advance(self, at: int) -> int:
        """Moves the clock to ``at``.  Gives how many dossiers were counted again.

        Also backwards: the clock of a data folder may be set by hand; then everything is counted again.
        """
        if at == self.at:
            return 0
        if at < self.at:
            self.at = at
            self.recount()
            return len(self.roster)
        before, self.window = self.window, Window.of(self.periods, at)
        # A period that begins takes in every open dossier carried over: count it from the start.
        begun = (before.judged_at <= before.start) & (self.window.judged_at > self.window.start)
        moved = (before.judged_at != self.window.judged_at) & ~begun
        turned = np.empty(0, np.intp)
        if self._soonest <= at:
            turned = np.flatnonzero(self._turn[: self.roster.top + 1] <= at)
            if moved.any():
                rows = self.roster.rows_of(turned)
                self._add(_placed(count(rows, self.ground, before.only(moved)), moved, self.ground), -1)
                self._add(_placed(count(rows, self.ground, self.window.only(moved)), moved, self.ground), 1)
        if begun.any():
            for rows in self.roster.parts():
                self._add(_placed(count(rows, self.ground, self.window.only(begun)), begun, self.ground), 1)
        self.at = at
        if turned.size:
            rows = self.roster.rows_of(turned)
            self._turn[turned] = NEVER
            np.minimum.at(self._turn, rows["dossier"], next_turn(rows, at))
            self._soonest = int(self._turn[: self.roster.top + 1].min(initial=NEVER))
            self.changes += 1
        if begun.any():
            self.changes += 1
        return int(turned.size)

    # -- from the start ---------------------------------------------------------------------------

    def recount(self) -> None:
        """Counts everything again, from the roster."""
        self.count_all()
        self._turn = np.full(self.roster.capacity, NEVER, np.int64)
        self._soonest = NEVER
        for rows in self.roster.parts():
            turns = next_turn(rows, self.at)
            np.minimum.at(self._turn, rows["dossier"], turns)
        self._turn[0] = NEVER
        self._soonest = int(self._turn.min(initial=NEVER))
        self.changes += 1

    def count_all(self) -> Standing:
        """Counts everything once, for now alone: for a question that will not be kept up."""
        self.window = Window.of(self.periods, self.at)
        self._clear()
        for rows in self.roster.parts():
            self._add(count(rows, self.ground, self.window), 1)
        return self

    def rebase(self, ground: Ground, periods: tuple[Period, ...] | None = None) -> None:
        """Stands on another ground (law, units, catalogue, calendar) or for other periods."""
        self.ground = ground
        if periods is not None:
            self.periods = periods
        self.roster.each(ground.derive)
        self.recount()

    def fill(self, chunks: Iterable[Structured]) -> None:
        """Takes in a whole ledger at once: rows first, then one count."""
        for rows in chunks:
            newer = self.roster.superseding(rows)
            columns = Columns.of_rows(newer)
            self.ground.derive(columns)
            self.roster.replace(columns)
        self.recount()


def _placed(tally: Tally, chosen: np.ndarray, ground: Ground) -> Tally:
    """A tally of some periods, put in the places of all."""
    index = np.flatnonzero(chosen)
    cells = np.zeros((tally.cells.shape[0], len(chosen), tally.cells.shape[2]), np.int64)
    cells[:, index] = tally.cells
    stride = ground.unit_count * ground.term_room
    distinct = []
    for keys, times in tally.distinct:
        period, rest = np.divmod(keys, stride)
        distinct.append((index[period] * stride + rest if keys.size else keys, times))
    return Tally(cells, distinct)
