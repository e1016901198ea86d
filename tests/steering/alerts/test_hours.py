from __future__ import annotations

import pytest

from chiso.folder.settings import SettingError, Settings
from chiso.instants import iso, parse_instant
from chiso.registry.calendar import Calendar
from chiso.steering.alerts.hours import Hours, office_seconds

CALENDAR = Calendar.load()
HOURS = Hours.of(Settings(), CALENDAR)


@pytest.mark.parametrize(
    ("at", "weight", "told"),
    [
        ("2026-10-09T09:00", "normal", "2026-10-09T09:00"),  # a Friday
        ("2026-10-09T20:00", "normal", "2026-10-12T06:30"),  # over the weekend
        ("2026-10-09T05:00", "normal", "2026-10-09T06:30"),
        ("2026-10-10T09:00", "normal", "2026-10-12T06:30"),  # a Saturday
        ("2026-10-10T03:00", "urgent", "2026-10-10T03:00"),
        ("2026-10-09T06:00", "digest", "2026-10-09T07:00"),
        ("2026-10-09T07:00", "digest", "2026-10-12T07:00"),
        ("2026-08-29T12:00", "normal", "2026-09-03T06:30"),  # 31/08 to 02/09 are off
        ("2026-08-21T21:00", "normal", "2026-08-22T06:30"),  # a Saturday worked instead
    ],
)
def test_when_people_are_told(at: str, weight: str, told: str) -> None:
    assert iso(HOURS.not_before(weight, parse_instant(at))) == f"{told}:00+07:00"


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    noon = Hours.of(Settings(quiet_hours="11:30-13:30"), CALENDAR)
    assert noon.quiet(parse_instant("2026-10-09T12:00"))
    assert not noon.quiet(parse_instant("2026-10-09T23:00"))
    never = Hours.of(Settings(quiet_hours=""), CALENDAR)
    assert not never.quiet(parse_instant("2026-10-10T03:00"))


@pytest.mark.parametrize("settings", [Settings(quiet_hours="20-6"), Settings(quiet_hours="đêm"),
                                      Settings(digest_at="25:00")])  # fmt: skip
def test_hours_that_cannot_be_read_are_said(settings: Settings) -> None:
    with pytest.raises(SettingError, match="takes"):
        Hours.of(settings, CALENDAR)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-10-09T08:00", "2026-10-09T10:00", 2),
        ("2026-10-09T11:00", "2026-10-09T14:00", 1),  # the noon break is none
        ("2026-10-09T16:00", "2026-10-12T08:00", 2),  # nights and weekends are none
        ("2026-10-09T18:00", "2026-10-09T23:00", 0),
        ("2026-10-09T00:00", "2026-10-10T00:00", 8),
    ],
)
def test_office_hours_between(since: str, until: str, hours: int) -> None:
    assert office_seconds(CALENDAR, parse_instant(since), parse_instant(until)) == hours * 3600
