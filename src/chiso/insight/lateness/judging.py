"""Rows judged one by one: which are in a period, and which counts of the law they enter there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Array, Columns
from chiso.engine.count import Pairs, Window, in_period
from chiso.folder.drill import entered
from chiso.law.compiled import compiled
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.ground import Ground

Bools = NDArray[np.bool_]

ON_TIME = "2.1"
"""The indicator that lateness is about."""


class Judging:
    """Rows of one period, judged at an instant, or each at its own.  What is asked is over all rows given.

    A row that is not in the period, or whose span is not in force at the instant, enters nothing.
    """

    def __init__(self, rows: Columns, ground: Ground, start: int, judged_at: int | Array) -> None:
        self.rows = rows
        instants = np.broadcast_to(np.asarray(judged_at, np.int64), rows.size)
        self._places = np.flatnonzero(in_period(rows, start, instants) & (instants > start))
        count = len(self._places)
        window = Window((), np.full(count, start, np.int64), instants[self._places])
        pairs = Pairs(rows, window, self._places, np.arange(count), ground)
        self._law, self._evaluator = ground.law, Evaluator(pairs, count)
        self._received = pairs["received_at"] >= start

    def _spread(self, chosen: Bools) -> Bools:
        found = np.zeros(self.rows.size, bool)
        found[self._places] = chosen
        return found

    @cached_property
    def inside(self) -> Bools:
        """Rows that are in the period."""
        return self._spread(np.ones(len(self._places), bool))

    def entered(self, indicator: str) -> tuple[Bools, Bools]:
        """Rows that enter n and d of an indicator."""
        n, d = entered(self._law, indicator, self._evaluator, self._received)
        return self._spread(n), self._spread(d)

    def missed(self, indicator: str = ON_TIME) -> Bools:
        """Rows that enter d and not n; of 2.1 those overdue."""
        n, d = self.entered(indicator)
        found: Bools = d & ~n
        return found

    def true(self, definition: str) -> Bools:
        """Rows of which a definition of the law is true."""
        return self._spread(self._evaluator.true(compiled(self._law).definitions[definition]))


def units_at(rows: Columns, ground: Ground, judged_at: int) -> Array:
    """The unit that each row counts at when judged at an instant."""
    era = int(np.searchsorted(ground.units.eras, judged_at - 1, side="right"))
    found: Array = ground.units_then(rows["unit_index"], era)
    return found
