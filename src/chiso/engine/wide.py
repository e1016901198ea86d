"""The counting function over many rows: the fast twin of :func:`chiso.engine.count.count`.

Between two turns of its life (:func:`turns`) a dossier counts alike at every judging instant.  So the law's
predicates are evaluated once a row, at the latest judging instant, and hold for every period judged since the
row's last turn; only rows that turned in between are counted pair by pair.  All yes-or-no counters of a row
travel together, packed into the digits of one number, through one sum per unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.columns import Array, Columns
from chiso.engine.count import Counts, Pairs, Tally, Window, count, in_period
from chiso.instants import NEVER
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.ground import Ground

PART: Final = 1 << 16
"""Rows counted together: their columns fit the processor's cache, their counts one digit."""
DIGIT: Final = 17
"""Bits of a digit: a count of up to PART rows."""
DIGITS: Final = 3
"""Digits of a number that sums exactly in floating point (53 bits)."""
WIDE_FROM: Final = 3_000
"""From so many rows on this way is the faster one."""
EXACT: Final = 1 << 53

_TURNS: Final = (
    "ended_at", "requested_at", "completed_at", "second_requested_at",
    "dissatisfied_at", "stored_at", "judged_from", "judged_to",
)  # fmt: skip


def turns(rows: Columns) -> Iterator[Array]:
    """The instants at which rows may count otherwise with no message; ``NEVER`` and beyond is none.

    A superset of those at which they really do: being asked once too often costs little.  A dossier enters a
    period the instant after it is received, and is late the instant after it is due.
    """
    for name in _TURNS:
        yield rows[name]
    yield rows["received_at"] + 1
    requested, completed = rows["requested_at"], rows["completed_at"]
    waited = np.where(completed < NEVER, completed - requested, 0)
    for name in ("due_at", "limit_due_at"):
        late = rows[name] + 1
        yield late
        yield np.where(late <= NEVER, late + waited, NEVER)


def next_turn(rows: Columns, at: int) -> Array:
    """The first turn of each row after ``at``; ``NEVER`` where there is none."""
    soonest = np.full(rows.size, NEVER, np.int64)
    for instants in turns(rows):
        np.minimum(soonest, np.where(instants > at, instants, NEVER), out=soonest)
    return soonest


def last_turn(rows: Columns, at: int) -> Array:
    """The last turn of each row up to ``at``; ``-NEVER`` where there is none."""
    newest = np.full(rows.size, -NEVER, np.int64)
    for instants in turns(rows):
        np.maximum(newest, np.where(instants <= at, instants, -NEVER), out=newest)
    return newest


class Judged(Pairs):
    """The columns of the law over rows that are all judged at one instant, for no period in particular."""

    def __init__(self, rows: Columns, judged_at: int, ground: Ground, some: Array | None = None) -> None:
        nothing = np.empty(0, np.intp)
        super().__init__(rows, Window((), nothing, nothing), nothing, nothing, ground)
        self.judged_at, self.some = judged_at, some

    def __len__(self) -> int:
        return self.rows.size if self.some is None else len(self.some)

    def raw(self, name: str) -> np.ndarray:
        if self.some is None:
            return self.rows[name]
        key = f"raw {name}"
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self.rows[name][self.some]
        return found

    def _gather(self, name: str) -> np.ndarray:
        if name == "judged_at":
            return np.asarray(self.judged_at, np.int64)
        if name == "period_start":
            raise KeyError(name)
        return super()._gather(name)


@dataclass
class Block:
    """Dossiers of units and procedures that have what the law's procedure counters ask for.

    ``times[counter, i, j]``: in period ``periods[i]``, of unit and procedure ``pairs[j]`` (``unit * terms +
    procedure``, sorted and distinct).
    """

    periods: Array
    pairs: Array
    times: Counts


def can_count_wide(ground: Ground) -> bool:
    """Whether no counter asks when the period began (of it only the scope ``received`` does)."""
    asked = [expression for cell in ground.plan.cells for expression in (cell.where, cell.value)]
    asked += [counter.where for counter in ground.plan.procedures]
    return not any(one is not None and "period_start" in one.columns for one in asked)


def tally(rows: Columns, ground: Ground, window: Window) -> Tally:
    """:func:`chiso.engine.count.count`, by whichever way is the faster one."""
    if rows.size < WIDE_FROM or not can_count_wide(ground):
        return count(rows, ground, window)
    found = Tally.empty(ground, window)
    return _told(
        found, ((block, block.times) for block in counted(rows, ground, window, found.cells)), ground
    )


def change(rows: Columns, ground: Ground, before: Window, after: Window) -> Tally:
    """What rows count in the second window more than in the first: the same periods, judged later."""
    if rows.size < WIDE_FROM or not can_count_wide(ground) or not _alike(ground, before, after):
        return tally(rows, ground, after).minus(tally(rows, ground, before))
    earlier, later = Tally.empty(ground, before), Tally.empty(ground, after)
    # the same rows in the same eras: their blocks have the same pairs, and what stays cancels at once
    blocks = zip(
        counted(rows, ground, before, earlier.cells), counted(rows, ground, after, later.cells), strict=True
    )
    found = _told(later, ((new, new.times - old.times) for old, new in blocks), ground)
    found.cells -= earlier.cells
    return found


def _alike(ground: Ground, before: Window, after: Window) -> bool:
    """Whether the same periods have begun in two windows, each in the same era of the units."""
    begun, still = (np.flatnonzero(window.judged_at > window.start) for window in (before, after))
    if not np.array_equal(begun, still):
        return False
    eras = [ground.eras_of(window, begun) for window in (before, after)]
    return len(eras[0]) == len(eras[1]) and all(
        era == then and np.array_equal(periods, others)
        for (era, periods), (then, others) in zip(*eras, strict=True)
    )


def _told(found: Tally, blocks: Iterable[tuple[Block, Counts]], ground: Ground) -> Tally:
    """A tally with what blocks hold, as keys."""
    nothing = np.empty(0, np.int64)
    keys = [[nothing] for _ in ground.plan.procedures]
    times = [[nothing] for _ in ground.plan.procedures]
    stride = ground.unit_count * ground.term_room
    for block, tables in blocks:
        for counter, table in enumerate(tables):
            period, pair = np.nonzero(table)
            keys[counter].append(block.periods[period] * stride + block.pairs[pair])
            times[counter].append(table[period, pair])
    found.distinct = [
        (np.concatenate(one), np.concatenate(other)) for one, other in zip(keys, times, strict=True)
    ]
    return found


def counted(rows: Columns, ground: Ground, window: Window, cells: Counts) -> Iterator[Block]:
    """Adds the counts of rows to ``cells[c, p, u]``, and gives what the procedure counters found."""
    begun = np.flatnonzero(window.judged_at > window.start)
    if begun.size == 0:
        return
    for start in range(0, rows.size, PART):
        part = rows if rows.size <= PART else rows.take(slice(start, start + PART))
        yield from _part(part, ground, window, begun, cells)


def _part(rows: Columns, ground: Ground, window: Window, begun: Array, cells: Counts) -> Iterator[Block]:
    latest = int(window.judged_at[begun].max())
    counters = _Counters(rows, latest, ground)
    turned = last_turn(rows, latest) if (window.judged_at[begun] < latest).any() else None
    received = rows["received_at"]
    for era, periods in ground.eras_of(window, begun):
        unit = ground.units_then(rows["unit_index"], era)
        pairs, place = np.unique(unit * ground.term_room + rows["procedure"], return_inverse=True)
        block = Block(periods, pairs, np.zeros((counters.procedures, len(periods), len(pairs)), np.int64))
        judged_at = window.judged_at[periods]
        for judged in np.unique(judged_at).tolist():
            alike = np.flatnonzero(judged_at == judged).tolist()
            inside = [in_period(rows, int(window.start[periods[index]]), judged) for index in alike]
            then = counters
            changed = np.empty(0, np.intp)
            if turned is not None and judged < latest:
                changed = np.flatnonzero(np.logical_or.reduce(inside) & (turned > judged))
                if changed.size:
                    then = _Counters(rows, judged, ground, changed)
            for index, chosen in zip(alike, inside, strict=True):
                period = periods[index]
                own, times, began = cells[:, period], block.times[:, index], window.start[period]
                if changed.size:
                    other = np.flatnonzero(chosen[changed])
                    chosen[changed] = False
                    places = changed[other]
                    recent = received[places] >= began
                    then.add(own, times, unit, place, (places, other), (places[recent], other[recent]))
                places = np.flatnonzero(chosen)
                recent = places[received[places] >= began]
                counters.add(own, times, unit, place, (places, places), (recent, recent))
        yield block


class _Counters:
    """The counters of a law over rows, as numbers to be summed."""

    def __init__(self, rows: Columns, judged_at: int, ground: Ground, some: Array | None = None) -> None:
        plan = ground.plan
        columns = Judged(rows, judged_at, ground, some)
        evaluator = Evaluator(columns, len(columns))
        self.procedures = len(plan.procedures)
        every = np.broadcast_to(np.True_, len(columns))
        flags: dict[bool, list[tuple[int, np.ndarray]]] = {False: [], True: []}
        asked: dict[bool, list[tuple[int, np.ndarray]]] = {False: [], True: []}
        self.sums: list[tuple[int, bool, np.ndarray, np.ndarray]] = []
        for index, cell in enumerate(plan.cells):
            chosen = every if cell.where is None else evaluator.true(cell.where)
            if cell.value is None:
                flags[cell.received_only].append((index, chosen))
            else:
                values, null = evaluator.number(cell.value)
                self.sums.append((index, cell.received_only, chosen & ~null, values))
        for index, counter in enumerate(plan.procedures):
            asked[counter.received_only].append((index, evaluator.true(counter.where)))
        self.cells = {scope: _packed(found) for scope, found in flags.items()}
        self.asked = {scope: _packed(found) for scope, found in asked.items()}

    def add(
        self, cells: Counts, times: Counts, unit: Array, place: Array, every: Chosen, recent: Chosen
    ) -> None:
        """Adds some rows to ``cells[c, u]`` and ``times[counter, pair]`` of one period.

        Rows are told twice: where they stand in ``unit`` and ``place``, and where they stand here.
        """
        for scope, (there, here) in ((False, every), (True, recent)):
            if here.size == 0:
                continue
            where = unit[there]
            _add_packed(cells, self.cells[scope], where, here)
            if self.asked[scope]:
                _add_packed(times, self.asked[scope], place[there], here)
            for index, received_only, counts, values in self.sums:
                if received_only is scope:
                    some = counts[here]
                    _add_numbers(cells[index], where[some], values[here][some])


Chosen = tuple[Array, Array]
Packed = list[tuple[list[int], np.ndarray]]


def _packed(flags: list[tuple[int, np.ndarray]]) -> Packed:
    """Truths of several counters as the digits of numbers: which counters, and the numbers."""
    found: Packed = []
    for start in range(0, len(flags), DIGITS):
        some = flags[start : start + DIGITS]
        number = np.zeros(len(some[0][1]), np.int64)
        for digit, (_, truth) in enumerate(some):
            number |= truth.astype(np.int64) << (DIGIT * digit)
        found.append(([index for index, _ in some], number.astype(np.float64)))
    return found


def _add_packed(counts: Counts, packed: Packed, where: Array, rows: Array) -> None:
    for indexes, numbers in packed:
        total = np.bincount(where, numbers[rows], minlength=counts.shape[1]).astype(np.int64)
        for index in indexes:
            counts[index] += total & ((1 << DIGIT) - 1)
            total >>= DIGIT


def _add_numbers(counts: Counts, where: Array, values: Array) -> None:
    most = max(abs(int(values.max(initial=0))), abs(int(values.min(initial=0))))
    if most * len(values) < EXACT:
        counts += np.bincount(where, values, minlength=len(counts)).astype(np.int64)
    else:
        np.add.at(counts, where, values)
