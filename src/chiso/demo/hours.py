"""Working time as one line of seconds, so that a handling time is a subtraction.

*Work seconds* run only while offices are open: 28,800 a working day, 07:00 to 11:30 and 13:30 to 17:00.
Everything here takes and gives NumPy arrays of whole seconds.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chiso.instants import DAY, EPOCH_DAY, OFFSET
from chiso.registry.calendar import Calendar

Instants = NDArray[np.int64]

FIRST_DAY: Final = date(2025, 9, 1)
LAST_DAY: Final = date(2027, 6, 30)
WORK_DAY: Final = 28_800
MORNING: Final = 16_200
OPENS: Final = 7 * 3600
REOPENS: Final = 13 * 3600 + 1800


def _epoch_day(day: date) -> int:
    return day.toordinal() - EPOCH_DAY


def _working_days() -> Instants:
    calendar = Calendar.load()
    days = range(_epoch_day(FIRST_DAY), _epoch_day(LAST_DAY) + 1)
    working = [day for day in days if calendar.is_working(date.fromordinal(EPOCH_DAY + day))]
    return np.array(working, dtype=np.int64)


WORKING_DAYS: Final = _working_days()
"""Working days as days since 1970-01-01, ascending."""


def local_day(instants: Instants) -> Instants:
    """The calendar day of instants, as days since 1970-01-01."""
    return (instants + OFFSET) // DAY


def day_start(days: Instants) -> Instants:
    """The first instant of days since 1970-01-01."""
    return days * DAY - OFFSET


def to_work(instants: Instants) -> Instants:
    """Work seconds elapsed at instants; closed hours take the value of the next opening."""
    days = local_day(instants)
    index = np.searchsorted(WORKING_DAYS, days)
    inside = np.minimum(index, len(WORKING_DAYS) - 1)
    second = instants - day_start(days)
    morning = np.clip(second - OPENS, 0, MORNING)
    afternoon = np.clip(second - REOPENS, 0, WORK_DAY - MORNING)
    today = np.where(WORKING_DAYS[inside] == days, morning + afternoon, 0)
    return np.asarray(index * WORK_DAY + today, dtype=np.int64)


def to_instant(work: Instants) -> Instants:
    """The instants of work seconds; at a boundary the later one, when offices open again."""
    index, second = np.divmod(work, WORK_DAY)
    index = np.minimum(index, len(WORKING_DAYS) - 1)
    wall = np.where(second < MORNING, OPENS + second, REOPENS + second - MORNING)
    return day_start(WORKING_DAYS[index]) + wall


def working_day_after(instants: Instants, count: Instants) -> Instants:
    """The ``count``-th working day after the day of the instants, as days since 1970-01-01."""
    index = np.searchsorted(WORKING_DAYS, local_day(instants), side="right") + count - 1
    days: Instants = WORKING_DAYS[np.minimum(index, len(WORKING_DAYS) - 1)]
    return days


def compact(instants: Instants) -> Instants:
    """Instants as the whole numbers yyyyMMddHHmmss of the product's zone."""
    days, second = np.divmod(instants + OFFSET, DAY)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype(np.int64)
    year, month = months // 12 + 1970, months % 12 + 1
    day = days - dates.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 1
    hour, rest = np.divmod(second, 3600)
    clock = hour * 10_000 + (rest // 60) * 100 + rest % 60
    result: Instants = ((year * 100 + month) * 100 + day) * 1_000_000 + clock
    return result
