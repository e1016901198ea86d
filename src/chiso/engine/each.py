"""What single dossiers count: the counting function before it is summed.

Insight asks of one dossier what a sum cannot tell: what it costs, what a change of it would give, when it
falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.count import Counts, Pairs
    from chiso.engine.ground import Ground

Bools = NDArray[np.bool_]


@dataclass
class Each:
    """What each pair of a row and a period counts, by the counters of the law's plan."""

    cells: Bools
    """``[counter, pair]``: whether the pair is counted"""
    sums: dict[int, Counts]
    """counter → what the pair adds, of the counters that sum a number; 0 where it is not counted"""
    asked: Bools
    """``[procedure counter, pair]``: whether the pair makes its procedure count"""

    def __len__(self) -> int:
        return len(self.cells[0])

    def whole(self, chosen: Bools | None = None) -> Counts:
        """Counts over the pairs, or over some: ``[counter]``."""
        some = slice(None) if chosen is None else chosen
        found: Counts = np.count_nonzero(self.cells[:, some], axis=1).astype(np.int64)
        for counter, values in self.sums.items():
            found[counter] = values[some].sum()
        return found

    def numbers(self) -> Counts:
        """The cells as whole numbers, sums included: ``[counter, pair]``."""
        found: Counts = self.cells.astype(np.int64)
        for counter, values in self.sums.items():
            found[counter] = values
        return found


def each(pairs: Pairs, ground: Ground, inside: Bools | None = None) -> Each:
    """What every pair counts.  ``inside``: pairs outside of it count nothing."""
    plan = ground.plan
    evaluator = Evaluator(pairs, len(pairs))
    received = pairs["received_at"] >= pairs["period_start"]
    every = np.ones(len(pairs), np.bool_) if inside is None else inside
    recent = every & received
    cells = np.empty((len(plan.cells), len(pairs)), np.bool_)
    sums: dict[int, Counts] = {}
    for index, counter in enumerate(plan.cells):
        scope = recent if counter.received_only else every
        chosen = scope if counter.where is None else scope & evaluator.true(counter.where)
        if counter.value is not None:
            values, null = evaluator.number(counter.value)
            chosen = chosen & ~null
            sums[index] = np.where(chosen, values, 0)
        cells[index] = chosen
    asked = np.empty((len(plan.procedures), len(pairs)), np.bool_)
    for index, wanted in enumerate(plan.procedures):
        asked[index] = (recent if wanted.received_only else every) & evaluator.true(wanted.where)
    return Each(cells, sums, asked)
