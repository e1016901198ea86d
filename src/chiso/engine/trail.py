"""The way a score came: boards of past instants, each as it was known and judged then.

One pass over the dossier versions in the order in which they became known, with the clock moving along, gives
all of them; what is added later is fed on from where the trail stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from chiso.engine.board import board
from chiso.engine.columns import Structured, in_pieces
from chiso.engine.ground import Ground
from chiso.engine.standing import Standing
from chiso.instants import Period

AT_ONCE: Final = 50_000
"""Rows counted in one step of a walk."""

GroundAt = Callable[[int], Ground]


@dataclass(frozen=True)
class Sample:
    """Points of all units at a past instant, in hundredths, and the figures of those that held dossiers.

    ``groups[u, g]`` in the law's order; ``dossiers[u]`` counted in the period.
    """

    at: int
    totals: np.ndarray
    groups: np.ndarray
    dossiers: np.ndarray
    units: np.ndarray
    """numbers of the units that held any, sorted"""
    n: np.ndarray
    """``[place in units, indicator]``, as boards hold them"""
    d: np.ndarray

    def figures(self, unit: int) -> tuple[np.ndarray, np.ndarray] | None:
        """n and d of a unit by indicator; ``None`` where it held no dossiers."""
        place = int(np.searchsorted(self.units, unit))
        if place == len(self.units) or self.units[place] != unit:
            return None
        return self.n[place], self.d[place]


class Trail:
    """Samples of one period at regular instants, as known and judged then."""

    def __init__(
        self,
        period: Period,
        instants: Iterable[int],
        ground_at: GroundAt,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """``stopped`` is asked before each sample: a long walk ends early where it says so."""
        self.stopped = stopped
        self.period = period
        self.ahead = sorted(instants)
        self.samples: list[Sample] = []
        self.ground_at = ground_at
        self.standing: Standing | None = None
        self.known = period.start
        """no sample up to here is still to be taken"""
        self.broken = False
        """something became known for an instant already passed: the trail must be walked again"""

    @property
    def complete(self) -> bool:
        return not self.ahead

    def feed(self, rows: Structured, until: int) -> None:
        """Takes in versions (of any order among themselves) and all samples due up to ``until``.

        Everything known up to ``until`` must have been fed by then; a row known before a sample already taken
        breaks the trail.
        """
        rows = rows[np.argsort(rows["known_at"], kind="stable")]
        # in one piece: a search in a field of packed rows would copy all of it every time
        known = np.ascontiguousarray(rows["known_at"])
        if len(rows) and self.samples and int(known[0]) <= self.samples[-1].at:
            self.broken = True
            return
        start = 0
        while self.ahead and self.ahead[0] <= until:
            if self.stopped():
                self.broken = True
                return
            at = self.ahead.pop(0)
            stop = int(np.searchsorted(known, at, side="right"))
            self._take(rows[start:stop], at)
            self._sample(at)
            start = stop
        if start < len(rows):
            self._take(rows[start:], None)

    def _take(self, rows: Structured, at: int | None) -> None:
        standing = self.standing
        if standing is None:
            first = self.period.start if at is None else at
            standing = self.standing = Standing(self.ground_at(first), (self.period,), first)
        if at is not None:
            ground = self.ground_at(at)
            if ground is not standing.ground:
                standing.rebase(ground)
        # large steps are counted from the start at less cost than by difference
        for piece in in_pieces(rows, AT_ONCE):
            standing.apply(piece)
        if at is not None:
            standing.advance(at)

    def _sample(self, at: int) -> None:
        standing = self.standing
        assert standing is not None
        found = board(standing.ground, self.period, at, standing.cells[:, 0], standing.distinct[:, 0])
        table = found.table
        held = np.flatnonzero(found.dossiers)
        self.samples.append(
            Sample(
                at,
                table.totals.copy(),
                table.groups.copy(),
                found.dossiers.copy(),
                held,
                found.n[held],
                found.d[held],
            )
        )
        self.known = at

    def at(self, instant: int) -> Sample | None:
        """The newest sample not later than an instant."""
        for sample in reversed(self.samples):
            if sample.at <= instant:
                return sample
        return None
