"""When the portal is asked, and that only one asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.folder.settings import SettingError
from chiso.instants import DAY, day_of, iso, midnight, parse_instant
from chiso.watch.schedule import AGAIN_AFTER, BusyError, Schedule, alone, at_work

schedules = st.one_of(
    st.builds(
        lambda hour, minute: Schedule.of(f"{hour}:{minute:02d}"), st.integers(0, 23), st.integers(0, 59)
    ),
    st.integers(1, 24).map(lambda hours: Schedule.of(every=hours)),
)
instants = st.integers(parse_instant("2024-01-01"), parse_instant("2028-01-01"))


def test_how_it_is_written() -> None:
    assert Schedule.of() == Schedule.of("06:00") == Schedule.read("6:00") == Schedule()
    assert Schedule.read("6") == Schedule.of(every=6)
    for wrong in ("25:00", "six", "6.5", "", "06:60", "0", "25"):
        with pytest.raises(SettingError):
            Schedule.read(wrong)
    with pytest.raises(SettingError, match="1 to 24"):
        Schedule.of(every=0)


@pytest.mark.parametrize(
    ("schedule", "now", "since", "due", "following"),
    [
        (Schedule(), "2026-10-10T05:59", "2026-10-10T00:00", False, "2026-10-10T06:00"),
        (Schedule(), "2026-10-10T06:00", "2026-10-10T00:00", True, "2026-10-11T06:00"),
        (Schedule(), "2026-10-10T23:59", "2026-10-10T00:00", True, "2026-10-11T06:00"),
        (Schedule.of(every=6), "2026-10-10T05:59", "2026-10-10T00:00", True, "2026-10-10T06:00"),
        (Schedule.of(every=6), "2026-10-10T18:00", "2026-10-10T18:00", True, "2026-10-11T00:00"),
        (Schedule.of(every=7), "2026-10-10T22:00", "2026-10-10T21:00", True, "2026-10-11T00:00"),
    ],
)
def test_turns(schedule: Schedule, now: str, since: str, due: bool, following: str) -> None:
    at = parse_instant(now)
    assert (iso(schedule.since(at)) or "")[:16] == since
    assert schedule.due(at) == due
    assert (iso(schedule.next(at)) or "")[:16] == following


@given(schedules, instants)
def test_turns_follow_each_other_without_gaps(schedule: Schedule, now: int) -> None:
    start, following = schedule.since(now), schedule.next(now)
    assert midnight(day_of(now)) <= start <= now < following <= now + 2 * DAY
    assert schedule.due(following)
    assert schedule.since(following) > start or not schedule.due(now)
    assert schedule.since(start) == start


@given(schedules, instants, st.sampled_from(["complete", "incomplete", "failed", "refused", "changed"]))
def test_after_a_run(schedule: Schedule, now: int, state: str) -> None:
    found = schedule.after(now, state)
    if state in ("incomplete", "failed"):
        assert found == min(now + AGAIN_AFTER, schedule.next(now))
    else:
        assert found == schedule.next(now)
    silent = now + 5 * DAY
    assert schedule.after(now, state, silent) == silent
    assert schedule.after(now, "silent", silent) == silent


def test_only_one_at_a_time(tmp_path: Path) -> None:
    assert not at_work(tmp_path)
    with alone(tmp_path):
        assert at_work(tmp_path)
        with pytest.raises(BusyError, match="at work"), alone(tmp_path):
            pass
        assert at_work(tmp_path)
    assert not at_work(tmp_path)
    with alone(tmp_path):
        pass
