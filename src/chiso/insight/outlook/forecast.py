"""A forecast of a unit's total: what comes in and is done as in the weeks before, with an interval.

The model is small on purpose.  What a day adds to every numerator and denominator is known from the year's
samples.  A coming week is drawn as one of the weeks just passed, day by day of the same kind (the weekday,
and whether it is worked); many such futures are scored by the law's own arithmetic, caps and rounding
included, and their middle and edges are told.  Weeks stay whole, so that a slow week stays slow.

It is tried on the past: from each Monday that has enough before and after it the same forecast is made with
what was known then, and held against what came.  Where too much of it lay outside, the interval is widened
by as much as the trials ask for (the conformal way); how often it then held is told of each trial by what
the others ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.folder.history import DAILY_HOUR
from chiso.instants import DAY, OFFSET, day_of, midnight
from chiso.law.table import points_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.insight.outlook.past import Days
    from chiso.law.model import LawVersion

WEEKS: Final = 10
"""Weeks before the origin from which days are drawn."""
LEAST: Final = 21
"""Days of history below which nothing is foretold."""
PATHS: Final = 400
TRIAL_PATHS: Final = 200
EDGES: Final = (10, 90)
"""Percent of the futures below each edge of the interval."""
HORIZONS: Final = (7, 14, 28)
"""Days ahead for which the error is told."""
NOON: Final = 12 * 3600
"""From then on the day's work counts as done."""


@dataclass(frozen=True)
class Trial:
    """How the forecast did on the past, so many days ahead."""

    days: int
    times: int
    error: int
    """mean distance between the middle and what came, in hundredths of a point"""
    inside: int
    """of the times: what came lay within the interval, widened by what the other trials ask for"""
    widened: int
    """by how much the interval is widened on either side so many days ahead, in hundredths of a point"""


@dataclass(frozen=True)
class Forecast:
    """Totals of coming mornings in hundredths: lower edge, middle and upper edge of the futures."""

    at: Array
    low: Counts
    middle: Counts
    high: Counts
    learnt_days: int
    trials: tuple[Trial, ...]


def forecast(
    law: LawVersion,
    province: bool,
    past: Days,
    now: tuple[int, Counts, Counts],
    until: int,
    works: Callable[[date], bool],
    tried: tuple[Trial, ...] | None = None,
    seed: int = 766,
) -> Forecast | None:
    """Foretells the mornings up to an instant; ``None`` where too little has been seen.

    Args:
        law: the law that scores.
        province: whether the unit is a province.
        past: the unit's days, as known and judged then.
        now: the instant from which one looks, with n and d of then by indicator.
        until: the last instant.
        works: whether a day is worked at the unit.
        tried: what :func:`trials` found on the same past; made here where it is not given.
        seed: of the draws; the same question has the same answer.
    """
    if len(past) < LEAST:
        return None
    at, n, d = now
    coming = _mornings(at, until)
    if not coming:
        return None
    draws = np.random.default_rng(seed)
    first = day_of(at) if (at + OFFSET) % DAY < NOON else None
    totals = _futures(law, province, past, len(past), (n, d), _days_of(coming, first), works, PATHS, draws)
    low, middle, high = _edges(totals)
    if tried is None:
        tried = trials(law, province, past, works, seed)
    wide = np.array([_widening(tried, 1 + place) for place in range(len(coming))], np.int64)
    return Forecast(
        np.array(coming, np.int64),
        np.maximum(low - wide, 0),
        middle,
        np.minimum(high + wide, int(law.maximum * 100)),
        min(len(past), WEEKS * 7),
        tried,
    )


def _widening(tried: Sequence[Trial], days: int) -> int:
    """By how much the interval is widened so many days ahead: in a line between the horizons tried."""
    before = (0, 0)
    for one in tried:
        if days <= one.days:
            return before[1] + (one.widened - before[1]) * (days - before[0]) // (one.days - before[0])
        before = one.days, one.widened
    return before[1]


def _mornings(at: int, until: int) -> list[int]:
    """The coming mornings up to an instant, at the hour of samples."""
    first = midnight(day_of(at)) + DAILY_HOUR
    if first <= at:
        first += DAY
    return list(range(first, until + 1, DAY))


def _days_of(coming: Sequence[int], first: date | None) -> list[date | None]:
    """The day whose work lies before each morning; ``None`` where that work is done already."""
    return [first, *(day_of(at) - timedelta(days=1) for at in coming[1:])]


def _kinds(days: Sequence[date], works: Callable[[date], bool]) -> Array:
    """Kind of each day: the weekday of a worked one, 7 and more for days off."""
    found = [day.weekday() + (0 if works(day) else 7) for day in days]
    return np.array(found, np.int64)


def _futures(
    law: LawVersion,
    province: bool,
    past: Days,
    known: int,
    start: tuple[Counts, Counts],
    coming: Sequence[date | None],
    works: Callable[[date], bool],
    paths: int,
    draws: np.random.Generator,
) -> Counts:
    """Totals ``[path, morning]`` in hundredths, drawn from the first ``known`` days of the past."""
    first = max(1, known - WEEKS * 7)
    step_n = np.diff(past.n[first - 1 : known], axis=0)
    step_d = np.diff(past.d[first - 1 : known], axis=0)
    gone = [day_of(int(at)) for at in past.at[first - 1 : known - 1].tolist()]
    kinds = _kinds(gone, works)
    weeks = np.array([day.toordinal() // 7 for day in gone])
    chosen = np.full((paths, len(coming)), -1)
    week_of: dict[int, Array] = {}
    for morning, day in enumerate(coming):
        if day is None:
            continue
        week = day.toordinal() // 7
        if week not in week_of:
            week_of[week] = draws.choice(np.unique(weeks), paths)
        chosen[:, morning] = _alike(kinds, weeks, _kinds([day], works)[0], week_of[week], draws)
    found_n = np.where(chosen[:, :, None] >= 0, step_n[chosen], 0).cumsum(axis=1) + start[0]
    found_d = np.where(chosen[:, :, None] >= 0, step_d[chosen], 0).cumsum(axis=1) + start[1]
    found_d = np.maximum(found_d, np.minimum(start[1], 0))
    counted = np.array([not one.information for one in law.indicators.values()])
    found_n = np.where(counted, np.clip(found_n, np.minimum(start[0], 0), found_d), found_n)
    shape = found_n.shape
    rows = (shape[0] * shape[1], shape[2])
    table = points_table(law, np.full(rows[0], province), found_n.reshape(rows), found_d.reshape(rows))
    return table.totals.reshape(shape[:2])


def _alike(kinds: Array, weeks: Array, kind: int, week: Array, draws: np.random.Generator) -> Array:
    """For each path a day like the one wanted, of its week where that has one; -1 where there is none."""
    same = np.flatnonzero(kinds == kind)
    if len(same) == 0:  # a weekday that was never worked, or never off: any day worked or off alike
        same = np.flatnonzero((kinds >= 7) == (kind >= 7))
    if len(same) == 0:
        return np.full(len(week), -1)
    found = same[draws.integers(0, len(same), len(week))]
    for one in same.tolist():
        found = np.where(week == weeks[one], one, found)
    return found


def _edges(totals: Counts) -> tuple[Counts, Counts, Counts]:
    """Lower edge, middle and upper edge over the paths: totals that were drawn, nothing in between."""
    ordered = np.sort(totals, axis=0)
    last = len(ordered) - 1
    low, high = (ordered[(last * edge + 50) // 100] for edge in EDGES)
    return low, ordered[last // 2], high


def trials(
    law: LawVersion, province: bool, past: Days, works: Callable[[date], bool], seed: int = 766
) -> tuple[Trial, ...]:
    """The same forecast made from past Mondays, held against what came."""
    places = {int(at): place for place, at in enumerate(past.at.tolist())}
    found: dict[int, list[tuple[int, int]]] = {days: [] for days in HORIZONS}
    for origin in range(LEAST, len(past)):
        at = int(past.at[origin])
        if day_of(at).weekday() != 0 or at + HORIZONS[0] * DAY not in places:
            continue
        coming = [at + days * DAY for days in range(1, HORIZONS[-1] + 1)]
        draws = np.random.default_rng([seed, origin])
        start = past.n[origin], past.d[origin]
        days = _days_of(coming, day_of(at))
        totals = _futures(law, province, past, origin + 1, start, days, works, TRIAL_PATHS, draws)
        low, middle, high = _edges(totals)
        for ahead in HORIZONS:
            place = places.get(at + ahead * DAY)
            if place is not None:
                edges = (int(one[ahead - 1]) for one in (low, middle, high))
                found[ahead].append(_distance(int(past.totals[place]), *edges))
    return tuple(
        Trial(
            days,
            len(seen),
            round(sum(error for error, _ in seen) / len(seen)),
            sum(
                wanted <= _asked_for(seen[:place] + seen[place + 1 :])
                for place, (_, wanted) in enumerate(seen)
            ),
            _asked_for(seen),
        )
        for days, seen in found.items()
        if seen
    )


def _distance(came: int, low: int, middle: int, high: int) -> tuple[int, int]:
    """How far the middle was from what came, and how far what came lay outside; negative inside."""
    return abs(came - middle), max(low - came, came - high)


def _asked_for(seen: Sequence[tuple[int, int]]) -> int:
    """The widening that holds the wanted share of what came; never a narrowing."""
    place = -(-(len(seen) + 1) * (EDGES[1] - EDGES[0]) // 100)
    wanted = sorted(outside for _, outside in seen)
    return max(0, wanted[min(place, len(wanted)) - 1]) if wanted else 0
