"""How a unit's figures came, day by day, each as known and judged then: what a forecast learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.trail import Sample, Trail
from chiso.folder.history import DAILY_HOUR
from chiso.instants import DAY

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.folder.state import DataFolder
    from chiso.instants import Period

LOOKED_BACK: Final = 26 * 7
"""Days looked back: a season to learn from, and weeks to try the forecast on that are like those to come."""


@dataclass
class Days:
    """One state a day, at the hour at which days are sampled."""

    at: Array
    n: Counts
    """``[day, indicator]``"""
    d: Counts
    totals: Counts
    """as shown, in hundredths"""

    def __len__(self) -> int:
        return len(self.at)


def days(folder: DataFolder, unit: int, period: Period, at: int) -> Days | None:
    """The days of a period up to an instant on which the unit held dossiers; ``None`` while they are walked.

    No further back than a forecast looks.  A server keeps them; elsewhere they are walked now.
    """
    kept = folder.trail
    if kept is not None and kept.period == period:
        samples = kept.samples
    elif folder.keeps_standing:
        return None
    else:
        samples = _walked(folder, period, at)
    chosen = [
        (sample, figures)
        for sample in samples
        if at - LOOKED_BACK * DAY <= sample.at <= at and (sample.at - period.start) % DAY == DAILY_HOUR
        if (figures := sample.figures(unit)) is not None
    ]
    if not chosen:
        nothing = np.empty((0, 0), np.int64)
        return Days(nothing[:, 0] if nothing.size else np.empty(0, np.int64), nothing, nothing, nothing[0:0])
    return Days(
        np.array([sample.at for sample, _ in chosen], np.int64),
        np.stack([n for _, (n, _) in chosen]),
        np.stack([d for _, (_, d) in chosen]),
        np.array([sample.totals[unit] for sample, _ in chosen], np.int64),
    )


def _walked(folder: DataFolder, period: Period, at: int) -> list[Sample]:
    """Walks the ledger once, with a sample a day."""
    first = period.start + DAILY_HOUR
    skipped = max(0, (at - first) // DAY - LOOKED_BACK)
    instants = range(first + skipped * DAY, min(at, period.end) + 1, DAY)
    trail = Trail(period, instants, folder.ground_then(folder.law_of(period)))
    parts = list(folder.rows())
    if parts:
        trail.feed(np.concatenate(parts), at)
    return trail.samples
