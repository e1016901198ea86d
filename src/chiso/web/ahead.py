"""What the clock is about to do: open dossiers, those that fall due next, and the total if nobody acts.

Looking ahead counts a whole unit again, so answers are kept for a minute of the wall clock.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from decimal import Decimal
from typing import Final

import numpy as np
from msgspec import Struct

from chiso.folder import DataFolder
from chiso.folder.drill import behind
from chiso.instants import DAY, NEVER, day_of, midnight, year_of

KEPT_FOR: Final = 60.0
CLOSING: Final = 17 * 3600
"""The end of an office day: promised hours fall before it."""
ROWS: Final = 5


class Due(Struct, frozen=True):
    """So many open dossiers are promised for the stretch that ends at ``at``."""

    at: int
    count: int


class Ahead(Struct, frozen=True):
    """What lies before a unit."""

    open: int
    overdue: int
    """of the open ones: past their due time"""
    rows: tuple[Due, ...]
    """half days in which open dossiers fall due, the next ones first"""
    until: int
    """the end of the next office day that has any falling due"""
    falling: int
    """how many more are overdue then if nobody acts"""
    total_then: str
    total_falls: bool
    """whether the total, as shown, is less then"""


def _half_day(due: int) -> int:
    """The end of the half day in which an instant falls: 12:00, 17:00 or midnight."""
    start = midnight(day_of(due))
    for hour in (12 * 3600, CLOSING):
        if due <= start + hour:
            return start + hour
    return start + DAY


def look(folder: DataFolder, code: str) -> Ahead:
    """Looks ahead from now, in the year of now."""
    now = folder.now()
    view = folder.view(year_of(now))
    unit = folder.registry.units.find(code, now)
    if unit is None:
        raise LookupError(code)
    found = behind(view, unit.index, "2.1")
    still_open = found.part("open")
    in_time = still_open & found.on_time
    due = found.due[in_time]
    due = np.sort(due[(due > now) & (due < NEVER)])
    ends: OrderedDict[int, int] = OrderedDict()
    for instant in due[:200_000].tolist():
        end = _half_day(instant)
        if end not in ends and len(ends) == ROWS:
            break
        ends[end] = ends.get(end, 0) + 1
    until = falling = 0
    total, falls = "", False
    if len(due):
        until = midnight(day_of(int(due[0]))) + CLOSING
        if until < int(due[0]):
            until = midnight(day_of(int(due[0]))) + DAY
        # At the due instant itself a dossier is still in time.
        told = folder.next_falls(code, until + 1)
        falling, total = int(told["falling"]), str(told["total_then"])
        falls = Decimal(total) < Decimal(str(told["total"]))
    return Ahead(
        open=int(still_open.sum()),
        overdue=int((still_open & ~found.on_time).sum()),
        rows=tuple(Due(end, count) for end, count in ends.items()),
        until=until,
        falling=falling,
        total_then=total,
        total_falls=falls,
    )


class Lookout:
    """Keeps what was seen ahead for a minute."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, int, Ahead]] = {}

    def of(self, code: str) -> Ahead:
        """What lies before a unit, a minute old at most; looked at anew when the clock has jumped."""
        with self._lock:
            held = self._seen.get(code)
            fresh = time.monotonic()
            now = self._folder.now()
            if held is not None and fresh - held[0] < KEPT_FOR and abs(now - held[1]) < 3600:
                return held[2]
            seen = look(self._folder, code)
            if len(self._seen) > 500:
                self._seen.clear()
            self._seen[code] = (fresh, now, seen)
            return seen
