"""Standing counts: what the counting function says, kept up by difference.

A dossier changes the counts when a message changes it, or when an instant of its life passes: its due time
above all, but also an end or a supplement dated ahead.  In both cases the counts of its old rows are
subtracted and those of its new rows (or of the same rows, judged later) are added.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from chiso.engine.ahead import ahead
from chiso.engine.columns import Columns, Roster, Structured
from chiso.engine.count import Tally, Window
from chiso.engine.ground import Ground
from chiso.engine.references import ReferenceCounts
from chiso.engine.wide import can_count_wide, change, counted, next_turn, tally
from chiso.instants import NEVER, Period


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
        self._turn = np.full(self._room(), NEVER, np.int64)
        self._soonest: int = NEVER
        self._trees: tuple[Ground, bytes, np.ndarray] | None = None
        self.changes = 0
        """grows whenever a count may have changed"""

    def _clear(self) -> None:
        ground, periods = self.ground, len(self.periods)
        self.cells = np.zeros((len(ground.plan.cells), periods, ground.unit_count), np.int64)
        self.distinct = np.zeros((len(ground.plan.procedures), periods, ground.unit_count), np.int64)
        self.references = ReferenceCounts(len(ground.plan.procedures), periods)

    # -- counting by difference -------------------------------------------------------------------

    def _eras(self, window: Window) -> bytes:
        """The eras of the units in which the periods of a window are judged."""
        return np.searchsorted(self.ground.units.eras, window.judged_at - 1, side="right").tobytes()

    def _above(self) -> np.ndarray:
        """``[level, period, unit]``: the unit, its parent, and so on in the tree of the period; -1 beyond."""
        eras = self._eras(self.window)
        held = self._trees
        if held is None or held[0] is not self.ground or held[1] != eras:
            trees = [self.ground.ancestor_levels(at) for at in self.window.judged_at.tolist()]
            depth = max(map(len, trees), default=0)
            table = np.full((depth, len(trees), self.ground.unit_count), -1, np.int32)
            for period, levels in enumerate(trees):
                table[: len(levels), period] = levels
            held = self._trees = (self.ground, eras, table)
        return held[2]

    def _add(self, found: Tally) -> None:
        self.cells += found.cells
        counters = [np.full(keys.size, index) for index, (keys, _) in enumerate(found.distinct)]
        if sum(map(len, counters)):
            keys, times = (np.concatenate(one) for one in zip(*found.distinct, strict=True))
            self._add_distinct(np.concatenate(counters), keys, times)

    def _add_distinct(self, counter: np.ndarray, keys: np.ndarray, times: np.ndarray) -> None:
        """Spreads per-unit procedure counts over the unit and its ancestors, and counts those present."""
        ground, periods = self.ground, len(self.periods)
        units, terms = ground.unit_count, ground.term_room
        period, rest = np.divmod(keys, units * terms)
        unit, procedure = np.divmod(rest, terms)
        above = self._above()[:, period, unit]
        held = above >= 0
        spread = (((counter * periods + period) * units + above) * terms + procedure)[held]
        flat, inverse = np.unique(spread, return_inverse=True)
        steps = np.zeros(len(flat), np.int64)
        np.add.at(steps, inverse, np.broadcast_to(times, above.shape)[held])
        flat, steps = flat[steps != 0], steps[steps != 0]
        if flat.size == 0:
            return
        line, pair = np.divmod(flat, units * terms)
        counter, period = np.divmod(line, periods)
        distinct_pairs, where = np.unique(pair, return_inverse=True)
        slot = self.references.slots(distinct_pairs)[where]
        before = self.references.times[counter, period, slot].astype(np.int64)
        after = before + steps
        self.references.times[counter, period, slot] = after
        turned = np.flatnonzero((before > 0) != (after > 0))
        unit, procedure = np.divmod(pair[turned], terms)
        for index in np.unique(counter[turned]).tolist():
            here = counter[turned] == index
            here[here] = ground.among(index, unit[here], procedure[here])
            chosen = turned[here]
            step = np.where(after[chosen] > 0, 1, -1)
            np.add.at(self.distinct[index], (period[chosen], unit[here]), step)

    def apply(self, rows: Structured) -> int:
        """Takes in dossier versions from the ledger.  Gives how many rows replaced older ones."""
        newer = self.roster.superseding(rows)
        if len(newer) == 0:
            return 0
        columns = Columns.of_rows(newer)
        self.ground.derive(columns)
        numbers = np.unique(newer["dossier"])
        old = self.roster.rows_of(numbers)
        found = tally(columns, self.ground, self.window)
        if old.size:
            found = found.minus(tally(old, self.ground, self.window))
        self._add(found)
        self.roster.replace(columns)
        self._schedule(columns, numbers)
        self.changes += 1
        return len(newer)

    def exchange(self, gone: Columns, come: Columns) -> None:
        """Counts rows in the place of others: what would be if these dossiers stood otherwise.

        The roster is left as it is, and so is the clock.  Exchanging them back undoes it.
        """
        found = tally(come, self.ground, self.window)
        self._add(found.minus(tally(gone, self.ground, self.window)))
        self.changes += 1

    # -- the clock --------------------------------------------------------------------------------

    def _room(self) -> int:
        """Places for the turns of all dossiers seen, and an eighth to spare."""
        top = self.roster.top
        return top + 1 + max(top >> 3, 1024)

    def _schedule(self, columns: Columns, numbers: np.ndarray) -> None:
        if self.roster.top >= len(self._turn):
            room = np.full(self._room(), NEVER, np.int64)
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
        before, after = self.window, Window.of(self.periods, at)
        if self._eras(before) != self._eras(after):
            # a unit begins, ends or goes on elsewhere: all its dossiers count there at once
            self.at = at
            self.recount()
            return len(self.roster)
        self.window = after
        # A period that begins takes in every open dossier carried over: count it from the start.
        begun = (before.judged_at <= before.start) & (self.window.judged_at > self.window.start)
        moved = (before.judged_at != self.window.judged_at) & ~begun
        turned, rows = np.empty(0, np.intp), Columns.empty()
        if self._soonest <= at:
            turned = np.flatnonzero(self._turn[: self.roster.top + 1] <= at)
            rows = self.roster.rows_of(turned)
            if moved.any():
                turn = change(rows, self.ground, before.only(moved), self.window.only(moved))
                self._add(_placed(turn, moved, self.ground))
        if begun.any():
            for part in self.roster.parts():
                self._add(_placed(tally(part, self.ground, self.window.only(begun)), begun, self.ground))
        self.at = at
        if turned.size:
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
        self._turn = np.full(self._room(), NEVER, np.int64)
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
        if not can_count_wide(self.ground):
            for rows in self.roster.parts():
                self._add(tally(rows, self.ground, self.window))
            return self
        own = ReferenceCounts(*self.references.times.shape[:2])
        for rows in self.roster.parts():
            for block in counted(rows, self.ground, self.window, self.cells):
                own.take(block)
        self.references, self.distinct = own.spread(self.ground, self.window)
        return self

    def rebase(self, ground: Ground, periods: tuple[Period, ...] | None = None) -> None:
        """Stands on another ground (law, units, catalogue, calendar) or for other periods."""
        self.ground = ground
        if periods is not None:
            self.periods = periods
        self.roster.each(ground.derive)
        self.recount()

    def fill(self, chunks: Iterable[Structured]) -> None:
        """Takes in a whole ledger at once: rows first, then one count.  The order of the pieces is free."""
        for rows in ahead(chunks):
            newer = self.roster.superseding(rows)
            if len(newer):
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
