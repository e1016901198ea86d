"""The working calendar against official years, hand-checked due days and a walk from day to day."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.instants import DAY, NEVER, day_of, midnight, parse_instant
from chiso.registry.calendar import LIMIT_UNITS, Calendar, DayRule, UnknownLimitError

CALENDAR = Calendar.load()
STORM = Calendar.load(
    extra=[DayRule(date(2026, 10, 12), False, "Bão"), DayRule(date(2026, 10, 17), True, "Làm bù")],
    closures=[
        DayRule(date(2026, 10, 13), False, "Mất điện", unit="H01.113"),
        DayRule(date(2026, 10, 14), False, "Lũ", unit="H01"),
        DayRule(date(2026, 10, 14), True, "Vẫn làm việc", unit="H01.06"),
    ],
)


def d(text):
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def slow_add(calendar, day, n, unit=None):
    """The definition: walk, counting working days."""
    step = timedelta(days=1 if n > 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= calendar.is_working(day, unit)
    return day


def slow_due(calendar, received_at, n, limit, unit=None):
    if limit == "hour":
        return received_at + n * 3600
    day = day_of(received_at)
    last = day + timedelta(days=n) if limit == "day" else slow_add(calendar, day, n, unit)
    return midnight(last) + DAY


@pytest.mark.parametrize(
    ("received", "n", "due"),
    [
        ("19/01/2023", 3, "31/01/2023"),
        ("28/04/2023", 1, "04/05/2023"),
        ("31/08/2023", 5, "11/09/2023"),
        ("07/02/2024", 1, "15/02/2024"),
        ("26/04/2024", 3, "04/05/2024"),  # a Saturday worked
        ("24/01/2025", 1, "03/02/2025"),
        ("29/04/2025", 2, "06/05/2025"),
        ("31/12/2025", 1, "05/01/2026"),
        ("08/01/2026", 2, "10/01/2026"),  # a Saturday worked
        ("21/08/2026", 1, "22/08/2026"),  # a Saturday worked
        ("23/11/2026", 1, "25/11/2026"),  # the new holiday of 24 November
    ],
)
def test_due_days(received, n, due):
    assert CALENDAR.add_working_days(d(received), n) == d(due)
    received_at = midnight(d(received)) + 10 * 3600
    assert CALENDAR.due(received_at, n) == midnight(d(due) + timedelta(days=1))
    assert CALENDAR.working_days_between(received_at, midnight(d(due))) == n


@pytest.mark.parametrize(("year", "days"), [(2022, 249), (2023, 249), (2024, 251), (2025, 250), (2026, 249)])
def test_working_days_of_a_year(year, days):
    assert (
        CALENDAR.working_days_between(midnight(date(year - 1, 12, 31)), midnight(date(year, 12, 31))) == days
    )


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("02/01/2026", False),
        ("10/01/2026", True),
        ("31/08/2026", False),
        ("22/08/2026", True),
        ("24/11/2026", False),
        ("27/04/2026", False),
        ("11/10/2026", False),
        ("12/10/2026", True),
    ],
)
def test_days_of_2026(day, working):
    assert CALENDAR.is_working(d(day)) is working


def test_certification_is_due_the_same_day_until_15h():
    early, late = parse_instant("2026-10-12T15:00"), parse_instant("2026-10-12T15:00:01")
    assert CALENDAR.due_same_day(early) == parse_instant("2026-10-13")
    assert CALENDAR.due_same_day(late) == parse_instant("2026-10-14")
    friday = parse_instant("2026-10-16T16:00")
    assert CALENDAR.due_same_day(friday) == parse_instant("2026-10-20")
    sunday = parse_instant("2026-10-18T09:00")
    assert CALENDAR.due_same_day(sunday) == parse_instant("2026-10-20")


def test_days_and_hours():
    received = parse_instant("2026-10-09T16:30")
    assert CALENDAR.due(received, 8, "hour") == parse_instant("2026-10-10T00:30")
    assert CALENDAR.due(received, 2, "day") == parse_instant("2026-10-12")
    assert CALENDAR.due(received, 0) == CALENDAR.due(received, 0, "day") == parse_instant("2026-10-10")
    with pytest.raises(UnknownLimitError):
        CALENDAR.due(received, 1, "month")


def test_closures_hold_for_the_unit_and_those_below_it():
    monday, friday = date(2026, 10, 12), date(2026, 10, 9)
    assert not STORM.is_working(monday)
    assert STORM.is_working(date(2026, 10, 17))
    assert STORM.is_working(date(2026, 10, 13), "H01")
    assert not STORM.is_working(date(2026, 10, 13), "H01.113")
    assert not STORM.is_working(date(2026, 10, 14), "H01.150")
    assert STORM.is_working(date(2026, 10, 14), "H01.06")
    assert STORM.add_working_days(friday, 1) == date(2026, 10, 13)
    assert STORM.add_working_days(friday, 1, "H01.113") == date(2026, 10, 15)
    assert STORM.add_working_days(friday, 2, "H01.113.02") == date(2026, 10, 16)
    assert STORM.add_working_days(friday, 2, "H01.06") == date(2026, 10, 14)
    assert STORM.add_working_days(friday, 2, "H44") == date(2026, 10, 14)


def test_years_that_are_not_known_have_weekends_only():
    assert CALENDAR.covered == (2022, 2027)
    assert CALENDAR.covers(date(2026, 1, 1))
    assert not CALENDAR.covers(date(2028, 1, 1))
    assert not CALENDAR.covers(date(2021, 12, 31))
    assert not CALENDAR.is_working(date(2028, 1, 1))  # a Saturday
    assert CALENDAR.is_working(date(2029, 1, 1))  # a Monday: its holiday is not known


def test_version_names_the_days():
    assert Calendar.load().version == CALENDAR.version
    assert STORM.version != CALENDAR.version
    renamed = Calendar.load(extra=[DayRule(date(2026, 1, 1), False, "Another name")])
    assert renamed.version == CALENDAR.version
    assert Calendar.load(extra=[DayRule(date(2026, 1, 1), True)]).version != CALENDAR.version
    assert "2022–2027" in CALENDAR.version_note
    assert "riêng" in STORM.version_note


def test_rules_tell_why():
    assert CALENDAR.rule(date(2026, 1, 2)).source.startswith("12729/VPCP-KGVX")
    assert STORM.rule(date(2026, 10, 13), "H01.113").name == "Mất điện"
    assert CALENDAR.rule(date(2026, 10, 13)) is None
    assert all(rule.source for rule in CALENDAR.rules())


def test_outside_the_tables():
    with pytest.raises(OverflowError):
        CALENDAR.add_working_days(date(2120, 12, 30), 5)
    with pytest.raises(OverflowError):
        CALENDAR.add_working_days(date(1969, 12, 30), 5)
    far = CALENDAR.due_many(
        np.array([NEVER, midnight(date(2120, 12, 30)), 0, -DAY]),
        np.array([1, 9, -1, 1]),
        np.zeros(4, np.int8),
    )
    assert far.tolist() == [NEVER] * 4


days = st.dates(date(2021, 6, 1), date(2028, 6, 1))
units = st.sampled_from([None, "H01", "H01.113", "H01.06", "H44.05"])


@given(days, st.integers(-40, 40), units)
def test_adding_equals_walking(day, n, unit):
    assert STORM.add_working_days(day, n, unit) == slow_add(STORM, day, n, unit)


@given(days, days, units)
def test_between_equals_walking(a, b, unit):
    low, high = min(a, b), max(a, b)
    walked = sum(STORM.is_working(low + timedelta(days=i), unit) for i in range(1, (high - low).days + 1))
    at, bt = midnight(a) + 3600, midnight(b) + DAY - 1
    assert STORM.working_days_between(at, bt, unit) == (walked if a <= b else -walked)
    many = STORM.working_days_between_many(np.array([at, bt]), np.array([bt, at]), unit)
    assert many.tolist() == [walked if a <= b else -walked, -walked if a <= b else walked]


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(days, st.integers(0, DAY - 1), st.integers(0, 60), st.sampled_from(LIMIT_UNITS)),
        max_size=30,
    ),
    units,
)
def test_columns_equal_single_due_times_and_the_walk(rows, unit):
    received = np.array([midnight(day) + second for day, second, _, _ in rows], np.int64)
    n = np.array([row[2] for row in rows], np.int64)
    limit = np.array([LIMIT_UNITS.index(row[3]) for row in rows], np.int8)
    expected = [
        slow_due(STORM, at, length, row[3], unit)
        for at, length, row in zip(received.tolist(), n.tolist(), rows, strict=True)
    ]
    assert STORM.due_many(received, n, limit, unit).tolist() == expected
    assert [
        STORM.due(at, length, row[3], unit)
        for at, length, row in zip(received.tolist(), n.tolist(), rows, strict=True)
    ] == expected
