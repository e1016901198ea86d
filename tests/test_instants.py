"""Instants, days and periods, against the standard library's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import (
    NEVER,
    BadInstantError,
    Period,
    day_of,
    instant_of,
    iso,
    midnight,
    moment_of,
    parse_instant,
    parse_period,
    standing_periods,
    year_of,
)

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments)
def test_instants_days_and_texts_agree_with_the_zone_of_the_standard_library(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    at = instant_of(moment)
    there = moment.astimezone(SAIGON)
    assert moment_of(at) == moment
    assert day_of(at) == there.date()
    assert midnight(there.date()) <= at < midnight(there.date() + timedelta(days=1))
    assert iso(at) == there.isoformat()
    assert parse_instant(str(iso(at))) == at


def test_no_instant() -> None:
    assert iso(None) is None
    assert iso(NEVER) is None
    assert not instant_of(datetime(2100, 1, 1, tzinfo=UTC)) >= NEVER


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-10", datetime(2026, 10, 10, tzinfo=SAIGON)),
        ("2026-10-10T06:00", datetime(2026, 10, 10, 6, tzinfo=SAIGON)),
        ("2026-10-10 06:00:30", datetime(2026, 10, 10, 6, 0, 30, tzinfo=SAIGON)),
        ("2026-10-10T06:00+07:00", datetime(2026, 10, 10, 6, tzinfo=SAIGON)),
        ("2026-10-09T23:00Z", datetime(2026, 10, 10, 6, tzinfo=SAIGON)),
        (" 2026-02-28 ", datetime(2026, 2, 28, tzinfo=SAIGON)),
    ],
)
def test_instants_as_engineers_write_them(text: str, moment: datetime) -> None:
    assert parse_instant(text) == int(moment.timestamp())


@pytest.mark.parametrize("text", ["", "2026-02-30", "10/10/2026", "2026-10", "hôm nay", "2026-10-10T25:00"])
def test_what_is_no_instant_is_said_with_an_example(text: str) -> None:
    with pytest.raises(BadInstantError, match="write 2026-10-10"):
        parse_instant(text)


@pytest.mark.parametrize(
    ("text", "first", "last", "kind"),
    [
        ("2026-09", date(2026, 9, 1), date(2026, 9, 30), "month"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "month"),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), "quarter"),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31), "quarter"),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30), "half"),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31), "half"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "year"),
        ("2023-01-01..2023-03-27", date(2023, 1, 1), date(2023, 3, 27), "range"),
        ("2026-05-05 .. 2026-05-05", date(2026, 5, 5), date(2026, 5, 5), "range"),
    ],
)
def test_periods(text: str, first: date, last: date, kind: str) -> None:
    found = parse_period(text)
    assert (found.first_day, found.last_day, found.kind) == (first, last, kind)
    assert parse_period(found.label) == found


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-Q5", "2026-H3", "26-01", "2026-01-05..2026-01-04", "2026-01-01..x", "quý 3"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(BadInstantError):
        parse_period(text)


def test_a_period_is_judged_no_later_than_the_instant_after_it() -> None:
    period = parse_period("2026-09")
    assert period.judged_at(period.end - 1) == period.end - 1
    assert period.judged_at(period.end) == period.end
    assert period.judged_at(NEVER) == period.end


@given(moments)
def test_the_standing_periods_tile_the_year(moment: datetime) -> None:
    at = instant_of(moment)
    year = year_of(at)
    assert year.start <= at < year.end
    found = standing_periods(at)
    assert len(found) == 19
    for kind, count in (("month", 12), ("quarter", 4), ("half", 2), ("year", 1)):
        parts = sorted(one for one in found if one.kind == kind)
        assert len(parts) == count
        assert (parts[0].start, parts[-1].end) == (year.start, year.end)
        assert all(a.end == b.start for a, b in pairwise(parts))


def test_a_period_can_be_made_by_hand() -> None:
    assert Period(0, 10, "range", "x").judged_at(5) == 5


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("Tháng 9/2026", "2026-09"),
        ("tháng 10 năm 2026", "2026-10"),
        ("Quý III/2026", "2026-Q3"),
        ("quý 4 năm 2026", "2026-Q4"),
        ("6 tháng đầu năm 2026", "2026-H1"),
        ("6 tháng cuối năm 2026", "2026-H2"),
        ("Năm 2026", "2026"),
    ],
)
def test_periods_as_officials_write_them(written: str, label: str) -> None:
    assert parse_period(written) == parse_period(label)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "9999-12-31", "9999-12-31T23:59:59"])
def test_instants_around_which_there_is_no_time_are_refused(text: str) -> None:
    with pytest.raises(BadInstantError, match="year"):
        parse_instant(text)


@pytest.mark.parametrize(
    "text", ["0001", "9000", "9998-12", "0001-01-01..2026-01-01", "2026-01-01..9999-12-30"]
)
def test_periods_around_which_there_is_no_time_are_refused(text: str) -> None:
    with pytest.raises(BadInstantError, match="year"):
        parse_period(text)


def test_the_first_and_the_last_year_can_be_asked_for() -> None:
    assert parse_period("1900").label == "1900"
    assert parse_period("2999").label == "2999"
    assert parse_instant("1900-01-01") < parse_instant("3000-01-01")
