"""The working calendar: days off, make-up working days, closures of single units, and due times.

The table of days is ``data/days.csv``: public holidays and swapped days of 2022 to 2027 with the source of
each.  An administrator adds days (a swap announced late, a storm) without touching what was computed before:
``Calendar.version`` names the calendar that a due time came from.

Rules (scoring rules of 2.1, settled here where the formula document is silent):

- the day of receipt is not counted;
- ``n`` working days, and ``n`` calendar days, end at 24:00 of the nth day, which is the first instant of the
  day after it, because instants are compared and not dates;
- hours are clock hours.

The vectorised functions answer from tables over 1970 to 2120; :mod:`tests.registry.test_calendar` holds them
to a walk from day to day.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chiso.instants import DAY, EPOCH_DAY, NEVER, OFFSET, day_of, midnight

Instants = NDArray[np.int64]

LIMIT_UNITS: Final = ("working_day", "day", "hour")
"""Units of a statutory limit; a limit column holds their position here."""

FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2120, 12, 31)
_DAYS: Final = LAST_DAY.toordinal() - FIRST_DAY.toordinal() + 1


@dataclass(frozen=True, slots=True, order=True)
class DayRule:
    """One day that is not what its weekday says."""

    day: date
    working: bool
    name: str = ""
    source: str = ""
    unit: str = ""
    """canonical unit code for which it holds, with the units whose code begins with it; empty for all"""


class UnknownLimitError(ValueError):
    """A limit that is not counted in working days, days or hours."""


@dataclass(frozen=True)
class _Table:
    upto: Instants
    """upto[d + 1]: working days from the first day to day d, both included"""
    nth: Instants
    """nth[k]: number of the (k+1)th working day"""


class Calendar:
    """Which days are worked.  Immutable; made by :meth:`load`."""

    def __init__(self, rules: Iterable[DayRule], *, covered: tuple[int, int], note: str = "") -> None:
        self._common: dict[date, DayRule] = {}
        self._units: dict[str, dict[date, DayRule]] = {}
        for rule in rules:
            (self._units.setdefault(rule.unit, {}) if rule.unit else self._common)[rule.day] = rule
        self.covered: Final = covered
        """first and last year whose days off are known; other years have only their weekends off"""
        self.version_note: Final = note
        everything = [*self._common.values(), *(r for rules in self._units.values() for r in rules.values())]
        text = "\n".join(
            f"{rule.day} {int(rule.working)} {rule.unit}"
            for rule in sorted(everything, key=lambda r: (r.day, r.unit))
        )
        self.version: Final = hashlib.sha256(f"{covered} {text}".encode()).hexdigest()[:12]
        """the same days have the same version, whatever they are called"""
        self._tables: dict[str, _Table] = {}

    @classmethod
    def load(cls, extra: Iterable[DayRule] = (), closures: Iterable[DayRule] = ()) -> Calendar:
        """The built-in days with further ones: ``extra`` for everybody, ``closures`` for single units.

        Of two rules for one day (and unit) the later one holds.
        """
        built_in = _built_in()
        more, single = tuple(extra), tuple(closures)
        years = sorted({rule.day.year for rule in built_in})
        note = f"{years[0]}–{years[-1]}: {len(built_in)} ngày"
        if more:
            note += f"; thêm {len(more)} ngày"
        if single:
            note += f"; {len(single)} ngày riêng của đơn vị"
        return cls([*built_in, *more, *single], covered=(years[0], years[-1]), note=note)

    def covers(self, day: date) -> bool:
        """False where the days off of that year are not known: then only weekends are."""
        return self.covered[0] <= day.year <= self.covered[1]

    def rule(self, day: date, unit: str | None = None) -> DayRule | None:
        """Why a day is not what its weekday says; ``None`` for an ordinary day."""
        while unit:
            found = self._units.get(unit, {}).get(day)
            if found is not None:
                return found
            unit = unit.rpartition(".")[0]
        return self._common.get(day)

    def is_working(self, day: date, unit: str | None = None) -> bool:
        rule = self.rule(day, unit)
        return rule.working if rule is not None else day.weekday() < 5

    def units(self) -> tuple[str, ...]:
        """Codes of the units that have days of their own, those above before those below."""
        return tuple(sorted(self._units))

    def rules(self) -> tuple[DayRule, ...]:
        """All rules of this calendar, by day, those of single units last."""
        single = (rule for rules in self._units.values() for rule in rules.values())
        return (*sorted(self._common.values()), *sorted(single, key=lambda rule: (rule.day, rule.unit)))

    # One at a time.

    def add_working_days(self, day: date, n: int, unit: str | None = None) -> date:
        """The nth working day after a day, which is not counted itself; before it where ``n`` is negative.

        ``OverflowError`` where that lies outside 1970 to 2120.
        """
        if n == 0:
            return day
        table, place = self._table(unit), _place(day)
        index = int(table.upto[place + 1]) + n - 1 if n > 0 else int(table.upto[place]) + n
        if not 0 <= index < len(table.nth):
            raise OverflowError(f"{n} working days from {day} lie outside the calendar")
        return FIRST_DAY + timedelta(days=int(table.nth[index]))

    def due(
        self, received_at: int, n: int, unit_of_limit: str = "working_day", unit: str | None = None
    ) -> int:
        """The last instant that is in time for a limit of ``n``, counted from an instant of receipt.

        For days it is 24:00 of the nth day, that is the first instant of the next one; no day at all ends at
        24:00 of the day of receipt.
        """
        if unit_of_limit == "hour":
            return received_at + 3600 * n
        day = day_of(received_at)
        if unit_of_limit == "day":
            return midnight(day + timedelta(days=n + 1))
        if unit_of_limit == "working_day":
            return midnight(self.add_working_days(day, n, unit) + timedelta(days=1))
        raise UnknownLimitError(f"not a unit of time limits: {unit_of_limit!r}")

    def due_same_day(self, received_at: int, last_hour: int = 15, unit: str | None = None) -> int:
        """24:00 of the day of receipt, or of the next working day if received after ``last_hour``.

        Certification of copies works so (published procedure of Lào Cai).
        """
        day = day_of(received_at)
        if received_at > midnight(day) + 3600 * last_hour or not self.is_working(day, unit):
            day = self.add_working_days(day, 1, unit)
        return midnight(day + timedelta(days=1))

    def working_days_between(self, a: int, b: int, unit: str | None = None) -> int:
        """Working days after the day of instant ``a``, up to the day of instant ``b``; negative backwards."""
        table = self._table(unit)
        return int(table.upto[_place(day_of(b)) + 1] - table.upto[_place(day_of(a)) + 1])

    # Whole columns.

    def due_many(
        self, received_at: Instants, n: Instants, limit_unit: NDArray[np.integer], unit: str | None = None
    ) -> Instants:
        """:meth:`due` for columns; ``limit_unit`` holds positions in :data:`LIMIT_UNITS`.

        ``NEVER`` where there is no limit (``n < 0``), no instant, or the due time is beyond the calendar.
        """
        table = self._table(unit)
        received_at, n = np.broadcast_arrays(np.asarray(received_at, np.int64), np.asarray(n, np.int64))
        limit_unit = np.broadcast_to(np.asarray(limit_unit), received_at.shape)
        known = (n >= 0) & (n <= _DAYS * 24) & (received_at < NEVER)
        start = np.where(known, received_at, 0)
        length = np.where(known, n, 0)
        place = (start + OFFSET) // DAY
        known &= (place >= 0) & (place < _DAYS)
        place = np.clip(place, 0, _DAYS - 1)
        index = table.upto[place + 1] + length - 1
        known &= (limit_unit != 0) | (index < len(table.nth))
        nth = table.nth[np.clip(index, 0, len(table.nth) - 1)]
        last = np.where(limit_unit == 1, place + length, np.where(length == 0, place, nth))
        due = np.where(limit_unit == 2, start + 3600 * length, (last + 1) * DAY - OFFSET)
        return np.where(known, due, NEVER)

    def working_days_between_many(self, a: Instants, b: Instants, unit: str | None = None) -> Instants:
        """:meth:`working_days_between` for columns; instants outside the calendar count as its edge."""
        table = self._table(unit)
        first = np.clip((np.asarray(a, np.int64) + OFFSET) // DAY, 0, _DAYS - 1)
        last = np.clip((np.asarray(b, np.int64) + OFFSET) // DAY, 0, _DAYS - 1)
        return table.upto[last + 1] - table.upto[first + 1]

    def _table(self, unit: str | None) -> _Table:
        """The table of the nearest code with rules of its own."""
        key = unit or ""
        while key and key not in self._units:
            key = key.rpartition(".")[0]
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = self._make_table(key)
        return found

    def _make_table(self, unit: str) -> _Table:
        working = (np.arange(_DAYS) + FIRST_DAY.weekday()) % 7 < 5
        layers = [self._common]
        parts = unit.split(".") if unit else []
        layers += [self._units.get(".".join(parts[: i + 1]), {}) for i in range(len(parts))]
        for layer in layers:
            for rule in layer.values():
                if FIRST_DAY <= rule.day <= LAST_DAY:
                    working[rule.day.toordinal() - EPOCH_DAY] = rule.working
        upto = np.concatenate([[0], np.cumsum(working)]).astype(np.int64)
        return _Table(upto, np.flatnonzero(working).astype(np.int64))


def _place(day: date) -> int:
    """Number of a day since the first one of the tables."""
    place = day.toordinal() - EPOCH_DAY
    if not 0 <= place < _DAYS:
        raise OverflowError(f"{day} lies outside the calendar")
    return place


@lru_cache(maxsize=1)
def _built_in() -> tuple[DayRule, ...]:
    with files("chiso.registry").joinpath("data/days.csv").open(encoding="utf-8") as lines:
        return tuple(
            DayRule(date.fromisoformat(row["day"]), row["working"] == "yes", row["name"], row["source"])
            for row in csv.DictReader(lines)
        )
