"""The forecast: what it does with weeks that are all alike, days off, too little, and surprises."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.engine.board import UNKNOWN
from chiso.insight.outlook.forecast import LEAST, Forecast, forecast, trials
from chiso.insight.outlook.past import Days
from chiso.instants import DAY, midnight
from chiso.law.loader import load
from chiso.law.table import points_table

LAW = load("qd766").at(date(2026, 10, 10))
NAMES = list(LAW.indicators)
FIRST = midnight(date(2026, 6, 1)) + 6 * 3600  # a Monday


def works(day: date) -> bool:
    return day.weekday() < 5


def past(days: int, on_time: list[int], received: list[int]) -> Days:
    """Days on which 2.1 moved as told, week after week; nothing else is counted."""
    n = np.full((days, len(NAMES)), UNKNOWN, np.int64)
    d = n.copy()
    place = NAMES.index("2.1")
    n[:, place] = np.cumsum([100, *(on_time[day % 7] for day in range(days - 1))])
    d[:, place] = np.cumsum([100, *(received[day % 7] for day in range(days - 1))])
    at = FIRST + np.arange(days) * DAY
    return Days(at, n, d, points_table(LAW, np.ones(days, bool), n, d).totals)


def ahead(known: Days, days: int) -> Forecast | None:
    last = len(known) - 1
    now = int(known.at[last]), known.n[last], known.d[last]
    return forecast(LAW, True, known, now, now[0] + days * DAY, works)


def test_weeks_that_are_all_alike_go_on_alike() -> None:
    on_time, received = [9, 8, 9, 7, 9, 0, 0], [10, 10, 10, 10, 10, 0, 0]
    whole = past(120, on_time, received)
    known = Days(*(values[:91] for values in (whole.at, whole.n, whole.d, whole.totals)))
    found = ahead(known, 29)
    assert found is not None
    assert found.at.tolist() == whole.at[91:].tolist()
    assert found.middle.tolist() == found.low.tolist() == found.high.tolist() == whole.totals[91:].tolist()
    assert {one.error for one in found.trials} == {0}
    assert all(one.inside == one.times for one in found.trials)


def test_days_off_bring_what_days_off_brought() -> None:
    known = past(80, [5, 5, 5, 5, 5, 0, 0], [10, 10, 10, 10, 10, 0, 0])
    last = len(known) - 1
    now = int(known.at[last]), known.n[last], known.d[last]

    def until_now(day: date) -> bool:
        return works(day) and midnight(day) < now[0] - DAY

    closed = forecast(LAW, True, known, now, now[0] + 20 * DAY, until_now)
    assert closed is not None
    # nothing came in on days off: the total stands still
    assert set(closed.middle.tolist()) == {int(known.totals[last])}


def test_too_little_history_foretells_nothing() -> None:
    assert ahead(past(LEAST - 1, [1] * 7, [1] * 7), 10) is None
    assert ahead(past(LEAST, [1] * 7, [1] * 7), 10) is not None


def test_in_the_afternoon_the_day_is_done() -> None:
    known = past(80, [5, 5, 5, 5, 5, 5, 5], [10, 10, 10, 10, 10, 10, 10])
    last = len(known) - 1
    morning = forecast(LAW, True, known, (int(known.at[last]), known.n[last], known.d[last]),
                       int(known.at[last]) + 2 * DAY, works)  # fmt: skip
    evening = forecast(LAW, True, known, (int(known.at[last]) + 10 * 3600, known.n[last], known.d[last]),
                       int(known.at[last]) + 2 * DAY, works)  # fmt: skip
    assert morning is not None
    assert evening is not None
    assert evening.middle[0] == known.totals[last]
    assert morning.middle[0] == evening.middle[1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(LEAST, 90), st.integers(1, 40))
def test_what_is_foretold_can_be(seed: int, days: int, length: int) -> None:
    draws = np.random.default_rng(seed)
    received = draws.integers(0, 12, days)
    on_time = np.minimum(draws.integers(0, 12, days), received)
    known = past(days, [0] * 7, [0] * 7)
    place = NAMES.index("2.1")
    known.n[:, place], known.d[:, place] = on_time.cumsum(), received.cumsum()
    known.totals[:] = points_table(LAW, np.ones(days, bool), known.n, known.d).totals
    found = ahead(known, length)
    assert found is not None
    assert (found.low >= 0).all()
    assert (found.low <= found.middle).all()
    assert (found.middle <= found.high).all()
    assert (found.high <= 10_000).all()
    assert all(0 <= one.inside <= one.times for one in found.trials)
    again = ahead(known, length)
    assert again is not None
    assert again.middle.tolist() == found.middle.tolist()


def test_a_surprise_widens_the_interval() -> None:
    calm = past(150, [9, 8, 9, 7, 9, 0, 0], [10, 10, 10, 10, 10, 0, 0])
    place = NAMES.index("2.1")
    wild = past(150, [9, 8, 9, 7, 9, 0, 0], [10, 10, 10, 10, 10, 0, 0])
    for week in range(21, 150, 28):  # every fourth week is lost
        wild.n[week + 7 :, place] -= 30
    wild.totals[:] = points_table(LAW, np.ones(150, bool), wild.n, wild.d).totals
    tame, torn = (trials(LAW, True, one, works) for one in (calm, wild))
    assert {one.widened for one in tame} == {0}
    assert max(one.error for one in torn) > 0
    assert sum(one.inside for one in torn) >= sum(one.times for one in torn) * 6 // 10
    first, *_ = torn
    assert first.days == 7


def test_a_weekday_never_seen_takes_any_worked_day() -> None:
    known = past(80, [5, 5, 5, 5, 5, 0, 0], [10, 10, 10, 10, 10, 0, 0])
    last = len(known) - 1
    now = int(known.at[last]), known.n[last], known.d[last]
    saturday = FIRST - 6 * 3600 + 82 * DAY

    def every_day(day: date) -> bool:
        return works(day) or midnight(day) >= saturday

    found = forecast(LAW, True, known, now, now[0] + 10 * DAY, every_day)
    assert found is not None
    assert found.middle[-1] < known.totals[last]  # a made-up Saturday is worked as other days are
    assert date(2026, 6, 1) + timedelta(days=82) == date(2026, 8, 22)
