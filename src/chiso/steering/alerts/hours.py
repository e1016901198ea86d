"""When people are told: quiet hours and days off hold back what can wait, a digest gathers the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chiso.folder.settings import SettingError
from chiso.instants import DAY, day_of, midnight

if TYPE_CHECKING:
    from chiso.folder.settings import Settings
    from chiso.registry.calendar import Calendar

OFFICE: Final = ((7 * 3600, 11 * 3600 + 1800), (13 * 3600 + 1800, 17 * 3600))
"""The hours of an office day, in seconds from midnight."""

_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def clock(name: str, text: str) -> int:
    """Seconds from midnight of a time of day such as 06:30."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise SettingError(f"{name} takes a time of day such as 06:30, not {text!r}")
    return int(found[1]) * 3600 + int(found[2]) * 60


@dataclass(frozen=True)
class Hours:
    """The quiet hours of a folder, and the hour of its digest."""

    quiet_from: int
    quiet_to: int
    digest_at: int
    calendar: Calendar

    @classmethod
    def of(cls, settings: Settings, calendar: Calendar) -> Hours:
        start, dash, stop = settings.quiet_hours.partition("-")
        if not settings.quiet_hours.strip():
            start = stop = "00:00"
        elif not dash:
            raise SettingError(f"quiet_hours takes 20:00-06:30, not {settings.quiet_hours!r}")
        return cls(
            clock("quiet_hours", start),
            clock("quiet_hours", stop),
            clock("digest_at", settings.digest_at),
            calendar,
        )

    def quiet(self, at: int) -> bool:
        """Whether nothing that can wait is told at an instant: at night and on days off."""
        if self.quiet_from == self.quiet_to:
            return False
        day = day_of(at)
        of_day = at - midnight(day)
        if self.quiet_from < self.quiet_to:
            night = self.quiet_from <= of_day < self.quiet_to
        else:
            night = of_day >= self.quiet_from or of_day < self.quiet_to
        return night or not self.calendar.is_working(day)

    def not_before(self, weight: str, at: int) -> int:
        """From when on something that is seen now may be told."""
        if weight == "urgent":
            return at
        if weight == "digest":
            return self._next(at, self.digest_at)
        return self._next(at, self.quiet_to) if self.quiet(at) else at

    def _next(self, at: int, of_day: int) -> int:
        """The next such hour of a working day, after an instant."""
        day = midnight(day_of(at))
        while day + of_day <= at or not self.calendar.is_working(day_of(day)):
            day += DAY
        return day + of_day


def office_seconds(calendar: Calendar, since: int, until: int, unit: str | None = None) -> int:
    """Seconds of office hours between two instants; beyond a month no longer counted."""
    until = min(until, since + 31 * DAY)
    found, day = 0, midnight(day_of(since))
    while day < until:
        if calendar.is_working(day_of(day), unit):
            for start, stop in OFFICE:
                found += max(0, min(until, day + stop) - max(since, day + start))
        day += DAY
    return found
