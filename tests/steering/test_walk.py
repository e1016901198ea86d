"""The walk through the days against its slow twin: the folder's own views, asked for every day."""

from __future__ import annotations

import pytest

from chiso.folder import DataFolder
from chiso.instants import DAY, day_of, midnight, parse_instant
from chiso.steering import now
from chiso.steering.states import State
from chiso.steering.walk import Change, Walk, days, walk_of
from tests.steering.support import FIRST, direct
from tests.support.messages import dossier, tell

START = midnight(day_of(FIRST)) + DAY


def walked(walk: Walk, day: int) -> dict[tuple[str, int], State]:
    """The states of all lines at a day's end, as the walk has them."""
    found: dict[tuple[str, int], State] = {}
    for key in walk.lines():
        state = dict(days(walk.history(*key), day)).get(day)
        if state is not None:
            found[key] = state
    return found


def slow(folder: DataFolder, day: int) -> dict[tuple[str, int], State]:
    return {one.key: one.state for one in now.states(folder, day).lines}


@pytest.fixture
def directed(own: DataFolder) -> DataFolder:
    direct(own, documents=4, tasks=24, every=15)
    return own


@pytest.mark.slow
def test_every_day_is_as_its_slow_twin_says(directed: DataFolder) -> None:
    walk = Walk(directed)
    walk.advance()
    assert walk.until == midnight(day_of(directed.now()))
    seen: set[State] = set()
    for day in range(START, walk.until + 1, 9 * DAY):
        expected = slow(directed, day)
        assert walked(walk, day) == expected, day_of(day)
        seen.update(expected.values())
    assert seen == {"met", "on_course", "at_risk", "missed", "no_data"}


@pytest.mark.slow
def test_a_walk_in_steps_is_the_walk_at_once(directed: DataFolder) -> None:
    at_once, in_steps = Walk(directed), Walk(directed)
    at_once.advance()
    for day in range(START, directed.now(), 37 * DAY):
        in_steps.advance(day)
    in_steps.advance()
    assert in_steps.until == at_once.until
    assert {key: in_steps.history(*key) for key in in_steps.lines()} == {
        key: at_once.history(*key) for key in at_once.lines()
    }


@pytest.mark.slow
def test_what_becomes_known_later_is_taken_in(own: DataFolder) -> None:
    """New deadlines, dossiers and registers after the walk stands, and a backfill before it."""
    known = own.now() - 40 * DAY
    document = {"number": "1/CV", "date": day_of(known).isoformat(), "issuer": "UBND", "subject": "x"}
    target = {"document": "1/CV", "among": "communes", "what": "2.1", "threshold": "90%"}
    tell(own, "documents", document, known_at=known)
    tell(own, "targets", {**target, "by": day_of(known + 20 * DAY).isoformat()}, known_at=known)
    own.refresh()
    walk = Walk(own)
    walk.advance(known + 30 * DAY)
    later = known + 30 * DAY + 3600
    tell(own, "targets", {**target, "by": day_of(known + 60 * DAY).isoformat()}, known_at=later)
    late = [dossier(f"H01.113-260901-{n:05d}", later - 9 * DAY, later - DAY) for n in range(90, 99)]
    tell(own, "dossiers", *late, known_at=later + 60)
    own.refresh()
    walk.advance()
    for day in range(midnight(day_of(known)) + DAY, walk.until + 1, 7 * DAY):
        assert walked(walk, day) == slow(own, day), day_of(day)
    before = known + 2 * DAY
    back = [dossier(f"H01.101-260901-{n:05d}", before - 9 * DAY, before - DAY) for n in range(80, 99)]
    tell(own, "dossiers", *back, known_at=before)
    own.refresh()
    walk.advance()
    for day in range(midnight(day_of(known)) + DAY, walk.until + 1, 7 * DAY):
        assert walked(walk, day) == slow(own, day), day_of(day)


def test_published_results_measure_where_no_dossiers_are_held(empty: DataFolder) -> None:
    """The letter of 28/03/2023: 65,2 points of 80 asked for, by what the portal said and nothing else."""
    from chiso.ledger.clock import Clock

    empty.ledger.clock.set(Clock(parse_instant("2023-05-02T08:00")))
    empty.refresh()
    known = parse_instant("2023-03-28T08:00")
    document = {"number": "308/UBND-TH", "date": "2023-03-28", "issuer": "UBND tỉnh", "subject": "Đôn đốc"}
    tell(empty, "documents", document, known_at=known)
    ask = {"document": "308/UBND-TH", "unit": "H01"}
    for what, threshold, by in (
        ("total", "80", "2023-04-15"),
        ("total", "65", "2023-04-14"),
        ("rank", "10", "2023-04-15"),
        ("MDSH", "60%", "2023-12-31"),
        ("2.1", "90%", "2023-12-31"),
    ):
        tell(empty, "targets", {**ask, "what": what, "threshold": threshold, "by": by}, known_at=known)
    result = {
        "unit": "H01", "period": "2023", "at": "2023-03-27", "transparency": 12.2, "processing": 18.3,
        "online_services": 7.6, "online_payment": 2.4, "satisfaction": 18, "digitisation": 6.7, "total": 65.2,
        "rank": 10,
    }  # fmt: skip
    tell(empty, "published", result)
    empty.refresh()
    walk = walk_of(empty)
    walk.advance()
    lines = {
        (one.duty.goal.what, one.duty.goal.text): one for one in now.states(empty).lines if one.duty.goal
    }
    assert {key: one.state for key, one in lines.items()} == {
        ("total", "80"): "missed",
        ("total", "65"): "met",
        ("rank", "10"): "met",
        ("digitisation", "60%"): "at_risk",
        ("2.1", "90%"): "no_data",
    }
    for day in range(midnight(day_of(known)) + DAY, walk.until + 1, DAY):
        assert walked(walk, day) == slow(empty, day), day_of(day)
    total = lines["total", "80"]
    assert [(one.state, one.at) for one in walk.history(*total.key)] == [
        ("at_risk", midnight(day_of(known)) + DAY),
        ("missed", parse_instant("2023-04-16")),
    ]


def test_days_between_changes_keep_the_state() -> None:
    changes = [Change(DAY, "on_course", None), Change(3 * DAY, "met", None), Change(4 * DAY, None, None)]
    assert list(days(changes, 5 * DAY)) == [
        (DAY, "on_course"),
        (2 * DAY, "on_course"),
        (3 * DAY, "met"),
        (4 * DAY, None),
        (5 * DAY, None),
    ]
    assert list(days([], DAY)) == []


def test_without_anything_that_directs_there_is_nothing_to_walk(empty: DataFolder) -> None:
    walk = Walk(empty)
    walk.advance()
    assert (walk.until, list(walk.lines())) == (0, [])
    assert now.states(empty).lines == []
