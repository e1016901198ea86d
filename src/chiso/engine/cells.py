"""One period counted by unit and procedure: what lost points are shared over and changes are split into.

The boards of :mod:`chiso.engine.board` know units only.  Here the same predicates are counted for every unit
and procedure that has a dossier in the period; summed, they are the board again (:meth:`Cells.board`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.board import Board, board
from chiso.engine.count import Pairs, Window, pairs_of
from chiso.engine.references import ReferenceCounts
from chiso.engine.wide import PART, Block
from chiso.instants import Period
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.columns import Array, Columns
    from chiso.engine.count import Counts
    from chiso.engine.ground import Ground


@dataclass(eq=False)
class Cells:
    """Counts of one period by unit and procedure, each dossier at the unit that handles it.

    ``pairs[j]`` is ``unit * ground.term_room + procedure``, sorted and distinct.  ``counts[c, j]``: counter c
    of the law's plan; ``times[k, j]``: dossiers that procedure counter k asks for.
    """

    ground: Ground
    period: Period
    judged_at: int
    pairs: Array
    counts: Counts
    times: Counts

    @cached_property
    def unit(self) -> Array:
        """The unit of each pair, by number."""
        return self.pairs // self.ground.term_room

    @cached_property
    def procedure(self) -> Array:
        """The procedure of each pair, as a term."""
        return self.pairs % self.ground.term_room

    def board(self) -> Board:
        """The board of the same count."""
        ground, window = self.ground, Window.of((self.period,), self.judged_at)
        own = np.zeros((len(self.counts), ground.unit_count), np.int64)
        if self.pairs.size:
            starts = np.flatnonzero(np.r_[True, self.unit[1:] != self.unit[:-1]])
            own[:, self.unit[starts]] = np.add.reduceat(self.counts, starts, axis=1)
        references = ReferenceCounts(len(self.times), 1)
        references.take(Block(np.zeros(1, np.int64), self.pairs, self.times[:, None]))
        _, distinct = references.spread(ground, window)
        return board(ground, self.period, self.judged_at, own, distinct[:, 0])


def count_cells(parts: Iterable[Columns], ground: Ground, period: Period, at: int) -> Cells:
    """Counts rows (in any number of parts) by unit and procedure, judged at ``at`` or at the period's end."""
    window = Window.of((period,), at)
    found = []
    for rows in parts:
        for start in range(0, rows.size, PART):
            part = rows if rows.size <= PART else rows.take(slice(start, start + PART))
            found.append(_part(part, ground, window))
    nothing = np.empty(0, np.int64)
    pairs = np.unique(np.concatenate([nothing, *(some for some, _, _ in found)]))
    counts = np.zeros((len(ground.plan.cells), len(pairs)), np.int64)
    times = np.zeros((len(ground.plan.procedures), len(pairs)), np.int64)
    for some, more_counts, more_times in found:
        place = np.searchsorted(pairs, some)
        counts[:, place] += more_counts
        times[:, place] += more_times
    return Cells(ground, period, int(window.judged_at[0]), pairs, counts, times)


def _part(rows: Columns, ground: Ground, window: Window) -> tuple[Array, Counts, Counts]:
    """Units and procedures of some rows, and what each counter finds of them."""
    row, period = pairs_of(rows, window)
    columns = Pairs(rows, window, row, period, ground)
    evaluator = Evaluator(columns, len(columns))
    key = columns.unit() * ground.term_room + columns.raw("procedure")
    pairs, place = np.unique(key, return_inverse=True)
    received = columns["received_at"] >= columns["period_start"]

    counts = np.zeros((len(ground.plan.cells), len(pairs)), np.int64)
    for index, cell in enumerate(ground.plan.cells):
        chosen = np.ones(len(key), bool) if cell.where is None else evaluator.true(cell.where)
        if cell.received_only:
            chosen = chosen & received
        if cell.value is None:
            counts[index] = np.bincount(place[chosen], minlength=len(pairs))
        else:
            values, null = evaluator.number(cell.value)
            chosen = chosen & ~null
            np.add.at(counts[index], place[chosen], values[chosen])
    times = np.zeros((len(ground.plan.procedures), len(pairs)), np.int64)
    for index, counter in enumerate(ground.plan.procedures):
        chosen = evaluator.true(counter.where)
        if counter.received_only:
            chosen = chosen & received
        times[index] = np.bincount(place[chosen], minlength=len(pairs))
    return pairs, counts, times
