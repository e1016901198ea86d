"""Dossiers that are still to come: as many a working day as came in just before, as those stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from chiso.instants import day_of

if TYPE_CHECKING:
    from datetime import date

    from chiso.engine.count import Counts
    from chiso.folder.state import View
    from chiso.insight.scene import Scene


@dataclass(frozen=True)
class Inflow:
    """What dossiers to come add to the figures of each indicator."""

    dossiers: int
    n: Counts
    d: Counts


def inflow(now: Scene, until: int) -> Inflow:
    """What comes in until an instant.

    The stretch just past, as long as the one ahead but within the period, is taken once more, by working
    days. Only indicators that count dossiers in both figures move; distinct procedures and registers stand.
    """
    at = now.judged_at
    since = max(now.view.period.start, at - (until - at))
    recent = np.asarray(now.rows["received_at"] >= since)
    past, ahead = _working(now.view, now.unit, since, at), _working(now.view, now.unit, at, until)
    size = len(now.ground.law.indicators)
    n, d = np.zeros(size, np.int64), np.zeros(size, np.int64)
    if not past or not ahead or not recent.any():
        return Inflow(0, n, d)
    cells = now.counted.whole(recent)
    for place, (name, (top, bottom)) in enumerate(now.ground.plan.readings.items()):
        one = now.ground.law.indicators[name]
        if one.information or top is None or bottom is None:
            continue
        inherited = one.below_province != "own" and not now.ground.is_province[now.unit]
        if top.kind == bottom.kind == "cell" and not inherited:
            d[place] = int(cells[bottom.index]) * ahead // past
            n[place] = min(int(cells[top.index]) * ahead // past, int(d[place]))
    return Inflow(int(np.count_nonzero(recent)) * ahead // past, n, d)


def _working(view: View, unit: int, start: int, end: int) -> int:
    """Working days among the days from one instant to another."""
    calendar, code = view.ground.calendar, view.ground.units.all[unit].code
    first, last = day_of(start), day_of(end)
    days: list[date] = [first + timedelta(days=one) for one in range((last - first).days)]
    return sum(calendar.is_working(day, code) for day in days)
