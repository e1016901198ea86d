"""Working time as a line of seconds."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.demo import hours
from chiso.instants import EPOCH_DAY, day_of, moment_of, parse_instant

FIRST = parse_instant("2025-09-03")
LAST = parse_instant("2027-05-01")
instants = st.integers(FIRST, LAST)


def one(values: np.ndarray) -> int:
    return int(values[0])


@given(instants)
def test_going_to_work_and_back_ends_at_an_open_hour(instant: int) -> None:
    work = hours.to_work(np.array([instant]))
    back = one(hours.to_instant(work))
    moment = moment_of(back)
    clock = moment.hour * 60 + moment.minute
    assert back >= instant
    assert 7 * 60 <= clock < 11 * 60 + 30 or 13 * 60 + 30 <= clock < 17 * 60
    assert one(hours.to_work(np.array([back]))) == one(work)


@given(instants, instants)
def test_work_never_runs_backwards(first: int, second: int) -> None:
    low, high = sorted((first, second))
    assert one(hours.to_work(np.array([low]))) <= one(hours.to_work(np.array([high])))


def test_days_off_and_worked_saturdays() -> None:
    working = {date.fromordinal(EPOCH_DAY + int(day)).isoformat() for day in hours.WORKING_DAYS}
    assert {"2026-01-10", "2026-08-22", "2026-10-09"} <= working
    assert not working & {"2026-01-02", "2026-02-17", "2026-04-27", "2026-08-31", "2026-10-10"}


def test_the_working_day_after() -> None:
    friday = np.array([parse_instant("2026-10-09T16:00")])
    found = hours.working_day_after(friday, np.array([1]))
    assert day_of(one(hours.day_start(found))) == date(2026, 10, 12)


@given(instants)
def test_compact_is_the_clock_of_vietnam(instant: int) -> None:
    assert str(one(hours.compact(np.array([instant])))) == moment_of(instant).strftime("%Y%m%d%H%M%S")
