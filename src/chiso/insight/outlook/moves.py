"""What changes in a unit's counts with no message: which dossiers turn, when, and to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.columns import Columns
from chiso.engine.count import Pairs, Window, in_period
from chiso.engine.each import each
from chiso.engine.wide import next_turn, turns
from chiso.folder.drill import subtree_mask

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.engine.each import Bools, Each
    from chiso.engine.ground import Ground
    from chiso.folder.state import View


class Membership:
    """Which units are below one, or continued below it, in the tree of each judging instant of a stretch."""

    def __init__(self, ground: Ground, unit: int, start: int, until: int) -> None:
        # a tree counts for what is judged from the second after its beginning
        borders = ground.units.eras + 1
        self.borders: Array = borders[(borders > start) & (borders <= until)]
        every = np.arange(ground.unit_count)
        masks = []
        for at in (start, *self.borders.tolist()):
            era = int(np.searchsorted(ground.units.eras, at - 1, side="right"))
            masks.append(subtree_mask(ground, unit, at)[ground.units_then(every, era)])
        self.masks: np.ndarray = np.stack(masks)
        """``[stretch between borders, unit]``"""

    def ever(self) -> Bools:
        """Units that are below it at some time."""
        return np.asarray(self.masks.any(axis=0))

    def leaving(self) -> Bools:
        """Units that are not below it all the time."""
        return self.ever() & ~np.asarray(self.masks.all(axis=0))

    def at(self, unit: Array, instant: Array) -> Bools:
        """Whether a unit is below it at an instant, each with its own."""
        found: Bools = self.masks[np.searchsorted(self.borders, instant, side="right"), unit]
        return found


def judged(rows: Columns, instants: Array, view: View, membership: Membership) -> Each:
    """What each row counts for a unit at an instant of its own."""
    distinct, place = np.unique(instants, return_inverse=True)
    start = view.period.start
    window = Window((view.period,) * len(distinct), np.full(len(distinct), start), distinct)
    inside = in_period(rows, start, instants) & (instants > start)
    inside &= membership.at(rows["unit_index"], instants)
    return each(Pairs(rows, window, np.arange(rows.size), place, view.ground), view.ground, inside)


@dataclass
class Moves:
    """Changes in order of their instants, each of one dossier."""

    at: Array
    dossier: Array
    procedure: Array
    cells: Counts
    """``[counter, change]``: what is counted more from then on, or less"""
    asked: Counts
    """``[procedure counter, change]``"""
    lost: Bools
    """whether the dossier ceases to count in a numerator that gives points"""


def moves(view: View, unit: int, until: int) -> Moves:
    """The changes from the view's judging instant up to an instant of its period, that one included."""
    start = view.board.judged_at
    membership = Membership(view.ground, unit, start, until)
    rows = _turning(view, membership, start, until)
    row, instant = _instants(rows, membership, start, until)
    paired = rows.take(row)
    counted = judged(paired, instant, view, membership)
    numbers = np.concatenate([counted.numbers(), counted.asked.astype(np.int64)])
    same = row[1:] == row[:-1]
    steps = (numbers[:, 1:] - numbers[:, :-1]) * same
    some = np.flatnonzero(steps.any(axis=0))
    steps, later = steps[:, some], some + 1
    # the spans of a reopened life turn together: what one loses the next one may gain
    key = np.stack([instant[later], paired["dossier"][later].astype(np.int64)])
    distinct, first, place = np.unique(key, axis=1, return_index=True, return_inverse=True)
    summed = np.zeros((len(steps), distinct.shape[1]), np.int64)
    np.add.at(summed.T, place.reshape(-1), steps.T)
    kept = np.flatnonzero(summed.any(axis=0))
    cells = summed[: len(counted.cells), kept]
    return Moves(
        distinct[0, kept],
        distinct[1, kept],
        paired["procedure"][later][first[kept]].astype(np.int64),
        cells,
        summed[len(counted.cells) :, kept],
        np.asarray((cells[_earning(view.ground)] < 0).any(axis=0)),
    )


def _turning(view: View, membership: Membership, start: int, until: int) -> Columns:
    """Rows that are ever the unit's and have a turn of their own, or of the tree, ahead."""
    ever, leaving = membership.ever(), membership.leaving()
    parts = []
    for part in view.roster.parts():
        own = part.take(np.flatnonzero(ever[part["unit_index"]] & (part["version"] > 0)))
        turning = (next_turn(own, start) <= until) | leaving[own["unit_index"]]
        parts.append(own.take(np.flatnonzero(turning)))
    return Columns.joined(parts)


def _instants(rows: Columns, membership: Membership, start: int, until: int) -> tuple[Array, Array]:
    """Rows with the start and each of their turns, in order of rows and instants."""
    every = np.arange(rows.size)
    found_rows, found = [every], [np.full(rows.size, start)]
    for instants in turns(rows):
        some = np.flatnonzero((instants > start) & (instants <= until))
        found_rows.append(some)
        found.append(instants[some])
    some = np.flatnonzero(membership.leaving()[rows["unit_index"]])
    for border in membership.borders.tolist():
        found_rows.append(some)
        found.append(np.full(len(some), border))
    pairs = np.unique(np.stack([np.concatenate(found_rows), np.concatenate(found)]), axis=1)
    return pairs[0], pairs[1]


def _earning(ground: Ground) -> list[int]:
    """The counters that are a numerator of an indicator with points."""
    found = {
        n.index
        for name, (n, _) in ground.plan.readings.items()
        if n is not None and n.kind == "cell" and not ground.law.indicators[name].information
    }
    return sorted(found)
