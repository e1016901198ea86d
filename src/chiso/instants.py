"""Instants, dates and periods, as every room of the house understands them.

An *instant* is a whole number of seconds since 1970-01-01T00:00:00Z.  The product's zone is
Asia/Ho_Chi_Minh, which has kept +07:00 without daylight saving since 1975; days begin there.
``NEVER`` stands for "no such instant": it lies far in the future, so that ``instant <= now`` is
false for everything that has not happened, in plain Python and in NumPy alike.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

OFFSET: Final = 7 * 3600
ZONE: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
DAY: Final = 86_400
NEVER: Final = 1 << 62
"""No such instant.  Compares as later than every real one."""

EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


def instant_of(moment: datetime) -> int:
    """The instant of a datetime; one without a zone is read in the product's zone."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZONE)
    return int(moment.timestamp())


def moment_of(instant: int) -> datetime:
    """The datetime of an instant, in the product's zone."""
    return datetime.fromtimestamp(instant, ZONE)


def day_of(instant: int) -> date:
    """The calendar day on which an instant falls, in the product's zone."""
    return date.fromordinal(EPOCH_DAY + (instant + OFFSET) // DAY)


def midnight(day: date) -> int:
    """The first instant of a day, in the product's zone."""
    return (day.toordinal() - EPOCH_DAY) * DAY - OFFSET


def iso(instant: int | None) -> str | None:
    """ISO 8601 with zone, ``2026-10-10T06:00:00+07:00``; ``None`` for no instant."""
    if instant is None or instant >= NEVER:
        return None
    return moment_of(instant).isoformat()


class BadInstantError(ValueError):
    """A text that names no instant or period."""


YEARS: Final = range(1900, 3000)
"""Years that can be asked for; around them there is room to look back and ahead."""


def _sane(instant: int, text: str) -> int:
    """The instant, if its year can be asked for."""
    if not midnight(date(YEARS.start, 1, 1)) <= instant <= midnight(date(YEARS.stop, 1, 1)):
        raise BadInstantError(f"no year that can be asked for: {text!r} (from {YEARS.start} to {YEARS[-1]})")
    return instant


def parse_instant(text: str) -> int:
    """Reads an instant as an engineer writes it: ISO 8601, with or without time and zone.

    A date alone is its first instant (00:00), as ``2026-10-10`` in a figures file.
    """
    text = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return _sane(midnight(date.fromisoformat(text)), text)
        return _sane(instant_of(datetime.fromisoformat(text)), text)
    except BadInstantError:
        raise
    except (ValueError, OverflowError) as error:
        message = f"not an instant: {text!r} (write 2026-10-10T06:00+07:00 or 2026-10-10)"
        raise BadInstantError(message) from error


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days over which the index is scored: [start, end) as instants.

    ``label`` is the form that commands and addresses use: ``2026-09``, ``2026-Q3``, ``2026-H1``,
    ``2026`` or ``2023-01-01..2023-03-27`` (both days included).
    """

    start: int
    end: int
    kind: str
    label: str

    def judged_at(self, at: int) -> int:
        """The judging instant J: the earlier of ``at`` and the first instant after the period."""
        return min(at, self.end)

    @property
    def first_day(self) -> date:
        return day_of(self.start)

    @property
    def last_day(self) -> date:
        return day_of(self.end - 1)


def tree_instant(judged_at: int) -> int:
    """The instant whose tree of units counts for things judged at an instant.

    A period is judged at the first instant after it, which may belong to the next tree already: June 2025 is
    judged at midnight of 1 July, when the districts had ended, and still counts at the districts.
    """
    return judged_at - 1


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _span(kind: str, label: str, year: int, first_month: int, months: int) -> Period:
    first, after = _month(year, first_month), _month(year, first_month + months)
    return Period(midnight(first), midnight(after), kind, label)


_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def _official(text: str) -> str:
    """A period as officials write it (Tháng 10/2026, Quý III/2026, 6 tháng đầu năm 2026), in this form."""
    words = unicodedata.normalize("NFC", text).casefold()
    if found := re.fullmatch(r"năm (\d{4})", words):
        return found[1]
    if found := re.fullmatch(r"tháng (\d{1,2})(?:\s*/\s*| năm )(\d{4})", words):
        return f"{found[2]}-{int(found[1]):02d}"
    if found := re.fullmatch(r"quý (\d|i{1,3}|iv)(?:\s*/\s*| năm )(\d{4})", words):
        return f"{found[2]}-Q{_ROMAN.get(found[1], found[1])}"
    if found := re.fullmatch(r"6 tháng (đầu|cuối) năm (\d{4})", words):
        return f"{found[2]}-H{1 if found[1] == 'đầu' else 2}"
    return text


def _period(text: str) -> Period:
    text = _official(text.strip())
    try:
        if ".." in text:
            first, last = (date.fromisoformat(part.strip()) for part in text.split("..", 1))
            if last < first:
                raise BadInstantError(f"the period {text} ends before it begins")
            return Period(midnight(first), midnight(last + timedelta(days=1)), "range", f"{first}..{last}")
        if found := re.fullmatch(r"(\d{4})", text):
            return _span("year", text, int(found[1]), 1, 12)
        if found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
            return _span("month", text, int(found[1]), int(found[2]), 1)
        if found := re.fullmatch(r"(\d{4})-[Qq]([1-4])", text):
            return _span("quarter", text.upper(), int(found[1]), 3 * int(found[2]) - 2, 3)
        if found := re.fullmatch(r"(\d{4})-[Hh]([12])", text):
            return _span("half", text.upper(), int(found[1]), 6 * int(found[2]) - 5, 6)
    except BadInstantError:
        raise
    except ValueError as error:
        raise BadInstantError(f"not a period: {text!r}") from error
    raise BadInstantError(
        f"not a period: {text!r} (write 2026-09, 2026-Q3, 2026-H1, 2026 or 2023-01-01..2023-03-27)"
    )


def parse_period(text: str) -> Period:
    """Reads ``2026-09``, ``2026-Q3``, ``2026-H1``, ``2026`` or ``2023-01-01..2023-03-27``.

    Also as officials write them: Tháng 9/2026, Quý III/2026, 6 tháng đầu năm 2026, Năm 2026.
    """
    found = _period(text)
    _sane(found.start, text)
    _sane(found.end, text)
    return found


def year_of(instant: int) -> Period:
    """The calendar year in which an instant falls."""
    return parse_period(f"{day_of(instant).year:04d}")


def standing_periods(instant: int) -> tuple[Period, ...]:
    """The periods kept counted at all times: every month, quarter and half of the year, and the year."""
    year = day_of(instant).year
    labels = [f"{year}", f"{year}-H1", f"{year}-H2"]
    labels += [f"{year}-Q{quarter}" for quarter in range(1, 5)]
    labels += [f"{year}-{month:02d}" for month in range(1, 13)]
    return tuple(parse_period(label) for label in labels)


def utc_now() -> int:
    """The wall clock's instant.  Only the clock of a data folder asks for it."""
    return int(datetime.now(UTC).timestamp())
