"""What acts are worth to a unit: the gain of its own exact total, for many acts at once.

An act changes some counts by a little.  Most acts change them alike, so what is reckoned exactly is each way
of changing them, not each act.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.board import Sources, figures
from chiso.insight.exact import Exact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.folder.state import View


@dataclass
class Steps:
    """By how much acts change a unit's counts, a column an act."""

    cells: np.ndarray
    """``[counter, act]``"""
    distinct: np.ndarray
    """``[procedure counter, act]``"""

    def __len__(self) -> int:
        return len(self.cells[0])

    def take(self, some: Array) -> Steps:
        """Some of the acts."""
        return Steps(self.cells[:, some], self.distinct[:, some])

    def ways(self) -> tuple[Steps, Array]:
        """The different ways of changing counts, and which of them each act is."""
        # steps of single dossiers are -1, 0 and 1: digits of one number, of the few counters that move at all
        key = np.zeros(len(self), np.int64)
        for steps in (*self.cells, *self.distinct):
            if steps.any():
                key *= 3
                key += steps + 1
        _, first, way = np.unique(key, return_index=True, return_inverse=True)
        return self.take(first), way.reshape(-1)

    @staticmethod
    def none(view: View, acts: int) -> Steps:
        """Acts that change no counts of dossiers."""
        plan = view.ground.plan
        return Steps(
            np.zeros((len(plan.cells), acts), np.int64), np.zeros((len(plan.procedures), acts), np.int64)
        )


class Worth:
    """Weighs changes of a unit's counts, from now or from another state."""

    def __init__(self, view: View, unit: int) -> None:
        self.view, self.unit = view, unit
        self.ground = view.ground
        self.province = int(self.ground.province_of[unit])
        self.exact = Exact(self.ground.law, below=not self.ground.is_province[unit])

    def now(self, acts: int) -> tuple[Sources, Sources]:
        """Counts of the unit and of its province now, once for each act."""
        sources = self.view.board.sources
        own, above = (np.full(acts, one) for one in (self.unit, self.province))
        return sources.take(own), sources.take(above)

    def of(
        self,
        steps: Steps,
        registers: Mapping[str, Counts] | None = None,
        start: tuple[Sources, Sources] | None = None,
        province_registers: Mapping[str, Counts] | None = None,
    ) -> list[Fraction]:
        """What each act gives.

        Args:
            steps: the change of counts.
            registers: the change of registers, by name.
            start: the states in which the acts are weighed, one an act; else now.
            province_registers: the change of the province's registers, where it is another one.
        """
        own, above = self.now(len(steps)) if start is None else start
        more = registers or {}
        new_own = own.more(steps.cells, steps.distinct, more)
        if self.unit == self.province:
            new_above = new_own
        else:
            new_above = above.more(steps.cells, steps.distinct, province_registers or more)
        before = figures(self.ground, self.unit, own, above)
        return self.exact.differences(before, figures(self.ground, self.unit, new_own, new_above))
