"""The dossiers of one unit in a period, each with what it counts: what acts are weighed on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.columns import Columns
from chiso.engine.count import Pairs, Window, pairs_of
from chiso.engine.each import Each, each
from chiso.folder.drill import subtree_mask
from chiso.law.compiled import compiled
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.engine.each import Bools
    from chiso.engine.ground import Ground
    from chiso.folder.state import View

OPEN_ENDS: tuple[int, ...] = (0, 9, 10)
"""End states after which papers of a dossier can still be sent: none, finished, returned."""


@dataclass
class Scene:
    """Dossiers of a unit with its subtree that are in the period, one row each (the span in force)."""

    view: View
    unit: int
    rows: Columns
    counted: Each

    @property
    def ground(self) -> Ground:
        return self.view.ground

    @property
    def judged_at(self) -> int:
        return self.view.board.judged_at

    @cached_property
    def on_time(self) -> Bools:
        """Whether each dossier is in time, as the law defines it."""
        return self.on_time_at(self.judged_at)

    def on_time_at(self, instant: int) -> Bools:
        """Whether each dossier is in time at another instant."""
        pairs = _paired(self.rows, self.view, instant)
        definition = compiled(self.ground.law).definitions["on_time"]
        return Evaluator(pairs, len(pairs)).true(definition)

    @cached_property
    def open(self) -> Bools:
        return np.asarray(self.rows["ended_at"] > self.judged_at)

    @cached_property
    def references(self) -> Counts:
        """``[procedure counter, term]``: dossiers that make a procedure count."""
        terms = len(self.ground.terms)
        found = np.zeros((len(self.counted.asked), terms), np.int64)
        for counter, asked in enumerate(self.counted.asked):
            found[counter] = np.bincount(self.rows["procedure"][asked], minlength=terms)
        return found

    def mended(self, some: Array, **changes: np.ndarray | int) -> Each:
        """What some rows count with columns changed."""
        window = Window.of((self.view.period,), self.judged_at)
        instead = {
            name: np.broadcast_to(np.asarray(values, self.rows[name].dtype), len(some))
            for name, values in changes.items()
        }
        pairs = Pairs(self.rows, window, some, np.zeros(len(some), np.intp), self.ground, instead)
        return each(pairs, self.ground)

    def steps(self, some: Array, after: Each) -> tuple[np.ndarray, np.ndarray]:
        """What some rows then count more than now: ``[counter, row]``, and distinct procedures likewise."""
        before = Each(self.counted.cells[:, some], {}, self.counted.asked[:, some])
        cells = after.cells.astype(np.int8) - before.cells.astype(np.int8)
        asked = after.asked.astype(np.int8) - before.asked.astype(np.int8)
        return cells, self.turned(self.rows["procedure"][some], asked)

    def turned(self, procedure: Array, asked: np.ndarray) -> np.ndarray:
        """Distinct procedures more (or fewer) if one dossier of each procedure asks, or no longer asks."""
        found = np.zeros(asked.shape, np.int8)
        for counter, steps in enumerate(asked):
            some = np.flatnonzero(steps)
            if some.size == 0:
                continue
            held = self.references[counter][procedure[some]]
            turn = ((held + steps[some] > 0).astype(np.int8) - (held > 0)).astype(np.int8)
            among = self.ground.among(counter, np.full(some.size, self.unit), procedure[some])
            found[counter, some] = turn * among
        return found


def _paired(rows: Columns, view: View, judged_at: int) -> Pairs:
    window = Window.of((view.period,), judged_at)
    every = np.arange(rows.size)
    return Pairs(rows, window, every, np.zeros(rows.size, np.intp), view.ground)


def scene(view: View, unit: int) -> Scene:
    """The scene of a unit as a view knows and judges it."""
    window = Window.of((view.period,), view.at)
    inside = subtree_mask(view.ground, unit, int(window.judged_at[0]))
    parts = []
    for rows in view.roster.parts():
        row, period = pairs_of(rows, window)
        chosen = inside[Pairs(rows, window, row, period, view.ground).unit()]
        if chosen.any():
            parts.append(rows.take(row[chosen]))
    found = Columns.joined(parts)
    return Scene(view, unit, found, each(_paired(found, view, view.board.judged_at), view.ground))
