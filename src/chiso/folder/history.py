"""How scores came: the year's samples kept by a server, and the answers made of them."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.engine.trail import Sample, Trail
from chiso.instants import DAY, Period, iso, year_of

if TYPE_CHECKING:
    from chiso.engine.columns import Structured
    from chiso.folder.state import DataFolder

STEP: Final = DAY // 2
"""Seconds between samples: 06:00 and 18:00."""
SETTLE: Final = 5
"""Seconds after an instant for which what was known at it may still come in: its own second is not over, or
another process has written it and it was not read yet."""
DAILY_HOUR: Final = 6 * 3600
"""The sample that stands for a day: the portal's own figures are captured at about 06:00."""


def sample_instants(period: Period) -> range:
    return range(period.start + DAILY_HOUR, period.end + 1, STEP)


class YearTrail:
    """The samples of the year of now, walked once and fed on as things become known."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self.period = year_of(folder.now())
        self.trail = self._fresh()
        self.version = 0
        """newest dossier version taken in"""

    def _fresh(self) -> Trail:
        folder = self.folder
        then = folder.ground_then(folder.ground.law)
        return Trail(self.period, sample_instants(self.period), then, folder.stopping.is_set)

    def walk(self) -> None:
        """Walks the whole ledger from the start of the year."""
        with self.lock:
            self.period = year_of(self.folder.now())
            self.trail = self._fresh()
            parts = list(self.folder.rows())
            rows = np.concatenate(parts) if parts else None
            if rows is not None and len(rows):
                self.version = int(rows["version"].max())
                self.trail.feed(rows, self._until(int(rows["known_at"].max())))

    def _until(self, known: int) -> int:
        """No sample is taken of the future, nor of what may still come in for its instant."""
        settled = self._settled()
        quiet = known < settled - DAY and not self.folder.loading
        return settled if quiet else min(settled, known - 1)

    def _settled(self) -> int:
        """Up to when samples may be taken: a clock that stands still has no second to wait for."""
        now = self.folder.now()
        return now if self.folder.clock_stands else now - SETTLE

    def feed(self, rows: Structured) -> None:
        """Takes in versions just applied.  A trail that breaks is to be walked again."""
        with self.lock:
            rows = rows[rows["version"] > self.version]
            if len(rows) == 0:
                return
            self.version = int(rows["version"].max())
            if not self.trail.broken:
                self.trail.feed(rows, min(self._settled(), int(rows["known_at"].max()) - 1))

    def tick(self) -> None:
        """Takes the samples that are due by now, where nothing is still being loaded."""
        with self.lock:
            settled = self._settled()
            if not self.over and self._due(settled):
                self.trail.feed(self._nothing(), settled)

    @property
    def over(self) -> bool:
        """Whether its year has passed: the new one is walked beside it, never under its lock."""
        return self.folder.now() >= self.period.end + STEP

    def _due(self, until: int) -> bool:
        trail = self.trail
        if trail.broken or self.folder.loading or trail.standing is None:
            return False
        return bool(trail.ahead) and trail.ahead[0] <= until

    @staticmethod
    def _nothing() -> Structured:
        from chiso.ledger.rows import ROW  # noqa: PLC0415

        return np.empty(0, ROW)

    @property
    def samples(self) -> list[Sample]:
        return self.trail.samples


def hundredths(value: int) -> str:
    """Hundredths of a point as the exact text of points."""
    return f"{Decimal(int(value)) / 100:.2f}"


def history(folder: DataFolder, unit: int, code: str, until: int | None = None) -> dict[str, Any]:
    """The year's points of a unit, a sample a day, each as known and judged then."""
    trail = folder.year_trail()
    law = folder.ground.law
    rows = []
    for sample in trail.samples:
        if until is not None and sample.at > until:
            break
        if (sample.at - trail.period.start) % DAY != DAILY_HOUR or unit >= len(sample.totals):
            continue
        rows.append(
            {
                "at": iso(sample.at),
                "total": hundredths(sample.totals[unit]),
                "groups": {g: hundredths(sample.groups[unit, i]) for i, g in enumerate(law.groups)},
                "dossiers": int(sample.dossiers[unit]),
            }
        )
    now = folder.now()
    newest = trail.samples[-1].at if trail.samples else trail.period.start
    return {
        "unit": code,
        "period": trail.period.label,
        "law": law.law,
        "law_version": law.version,
        "source": "computed",
        "complete": newest >= min(now, trail.period.end) - 2 * STEP and not trail.trail.broken,
        "rows": rows,
    }
