"""Petitions against hand-made cases and a straightforward twin of the rules."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.engine.petitions import Book, Limits, explain, next_change, petition_counts
from chiso.instants import DAY, NEVER, day_of, midnight, parse_instant, parse_period
from chiso.intake.records import Petition
from chiso.registry.calendar import Calendar
from chiso.registry.units import Units

UNITS = Units.load()
CALENDAR = Calendar.load()
OCTOBER = parse_period("2026-10")
YEAR = parse_period("2026")


def t(text):
    return parse_instant(f"2026-{text}")


def petition(**told):
    fields = {"code": "P1", "unit": "H01.06", "state": "dang_xu_ly"}
    fields |= {name: t(value) if name.endswith("_at") else value for name, value in told.items()}
    return Petition(**fields)


def counted(petitions, at, period=YEAR, unit="H01"):
    counts = petition_counts(petitions, UNITS, CALENDAR, None, period, at)
    index = UNITS.find(unit, at).index
    return {name.removeprefix("petitions").strip("_") or "all": int(c[index]) for name, c in counts.items()}


def on_time(one, at):
    found = counted([one], at)
    assert found["all"] == 1
    return found["on_time"] == 1


# Thursday 1 October 2026; no holiday in October.
@pytest.mark.parametrize(
    ("told", "at", "expected"),
    [
        ({}, "10-22T23:59", True),  # 15 working days end on Thursday 22 October
        ({}, "10-23", True),
        ({}, "10-23T00:00:01", False),
        ({"refused_at": "10-05T23:00"}, "12-01", True),  # 2 working days end on Monday
        ({"refused_at": "10-06T00:01"}, "12-01", False),
        ({"refused_at": "10-06T00:01"}, "10-05T12:00", True),  # has not happened yet
        ({"requested_at": "10-08T10:00"}, "12-01", True),  # waiting for the sender
        ({"requested_at": "10-09T10:00"}, "12-01", False),
        ({"requested_at": "10-08T10:00", "supplied_at": "10-12T08:00"}, "10-22T12:00", True),
        ({"requested_at": "10-08T10:00", "supplied_at": "10-12T08:00"}, "10-24", False),
        ({"resolved_at": "10-22T17:00", "published_at": "10-26T17:00"}, "12-01", True),
        ({"resolved_at": "10-22T17:00", "published_at": "10-27T08:00"}, "12-01", False),
        ({"resolved_at": "10-22T17:00"}, "10-27", True),
        ({"resolved_at": "10-22T17:00"}, "10-27T08:00", False),
        ({"resolved_at": "10-23T08:00", "published_at": "10-23T09:00"}, "12-01", False),
        ({"published_at": "10-20T09:00"}, "12-01", True),
        ({"published_at": "10-23T09:00"}, "12-01", False),
        # the clock starts again when it is forwarded
        ({"forwarded_at": "10-08T08:00", "refused_at": "10-12T16:00"}, "12-01", True),
        ({"forwarded_at": "10-08T08:00"}, "10-29T12:00", True),
        ({"forwarded_at": "10-26T08:00"}, "10-24", False),
        ({"forwarded_at": "10-26T08:00"}, "10-27", True),
    ],
)
def test_stages(told, at, expected):
    one = petition(sent_at="10-01T09:00", received_at="10-01T09:30", **told)
    assert on_time(one, t(at)) is expected
    assert explain(one, CALENDAR, None, t(at)).overdue is not expected


def test_a_breach_at_any_stage_stays():
    late_request = petition(
        received_at="10-01T09:00",
        requested_at="10-12T09:00",
        supplied_at="10-13T09:00",
        resolved_at="10-14T09:00",
        published_at="10-14T10:00",
    )
    assert not on_time(late_request, t("10-20"))


def test_in_the_period_as_dossiers_are():
    new = petition(sent_at="10-02T09:00")
    carried = petition(sent_at="09-25T09:00", resolved_at="10-01T09:00", published_at="10-01T10:00")
    before = petition(sent_at="09-01T09:00", resolved_at="09-30T09:00", published_at="10-01T10:00")
    later = petition(sent_at="10-20T09:00")
    unsent = petition()
    at_the_start = petition(sent_at="09-25T09:00", refused_at="10-01")
    assert counted([at_the_start], t("10-10"), OCTOBER)["all"] == 1
    all_of_them = [new, carried, before, later, unsent]
    assert counted(all_of_them, t("10-10"), OCTOBER)["all"] == 2
    assert counted(all_of_them, t("12-10"), OCTOBER)["all"] == 3
    assert counted(all_of_them, t("12-10"), YEAR)["all"] == 4
    assert counted(all_of_them, t("09-10"), OCTOBER)["all"] == 0


def test_satisfaction_and_kinds():
    base = {"sent_at": "10-01T09:00", "resolved_at": "10-02T09:00", "published_at": "10-02T10:00"}
    petitions = [
        petition(**base),
        petition(**base, likes=3, dislikes=3, about="staff"),
        petition(**base, likes=3, dislikes=4, about="procedure"),
        petition(**base, repeated=True, about="procedure"),
        petition(sent_at="08-03T09:00", dislikes=1),
        petition(sent_at="08-03T09:00"),
    ]
    assert counted(petitions, t("10-10")) == {
        "all": 6,
        "on_time": 4,
        "satisfied": 2,
        "about_procedures": 2,
        "about_staff": 1,
    }


def test_units_and_those_above():
    petitions = [
        petition(sent_at="10-01T09:00", unit="H01.06"),
        petition(sent_at="10-01T09:00", unit="H01.113"),
        petition(sent_at="10-01T09:00", unit="H01.999"),
        petition(sent_at="10-01T09:00", unit=""),
    ]
    at = t("10-10")
    for unit, number in (("H01", 4), ("H01.06", 1), ("H01.113", 1), ("H01.01", 0), ("VN", 4), ("H44", 0)):
        assert counted(petitions, at, unit=unit)["all"] == number


def test_a_unit_that_ended_counts_at_its_successor():
    one = Petition("P", "gso:30280", "", sent_at=parse_instant("2025-06-25T09:00"))
    at, year = parse_instant("2025-07-03"), parse_period("2025")
    assert counted([one], at, year, "H01.101")["all"] == 1
    assert counted([one], parse_instant("2025-06-28"), year, "gso:883")["all"] == 1


def test_limits_of_the_law():
    limits = {"refuse": 2, "ask": 5, "resolve": 10, "publish": 2, "open": 10}
    law = SimpleNamespace(settings={"petition_limits": limits})
    assert Limits.of(None) == Limits(2, 5, 15, 2, 15)
    assert Limits.of(law).open == 10
    one = petition(sent_at="10-01T09:00")
    late = petition_counts([one], UNITS, CALENDAR, law, YEAR, t("10-17"))
    assert late["petitions_on_time"].sum() == 0
    assert next_change([one], CALENDAR, law, t("10-10")) == t("10-16T00:00:01")


def test_no_petitions():
    assert counted([], t("10-10")) == dict.fromkeys(
        ("all", "on_time", "satisfied", "about_procedures", "about_staff"), 0
    )
    assert next_change([], CALENDAR, None, 0) == NEVER


def test_explanation():
    one = petition(sent_at="10-01T09:00", resolved_at="10-14T09:00")
    before = explain(one, CALENDAR, None, t("10-10"))
    assert (before.overdue, before.handled_at, before.next_due) == (False, None, t("10-23"))
    assert [(s.name, s.done, s.breached) for s in before.stages] == [("open", None, False)]
    after = explain(one, CALENDAR, None, t("10-15"))
    assert [(s.name, s.due, s.done) for s in after.stages] == [
        ("resolve", t("10-23"), t("10-14T09:00")),
        ("publish", t("10-17"), None),
    ]
    assert after.next_due == t("10-17")
    late = explain(one, CALENDAR, None, t("10-17T00:00:01"))
    assert [s.name for s in late.breached] == ["publish"]
    assert late.next_due is None
    waiting = explain(petition(sent_at="10-01T09:00", requested_at="10-02T09:00"), CALENDAR, None, t("12-01"))
    assert (waiting.waiting, waiting.overdue, waiting.next_due) == (True, False, None)


# A straightforward twin.


def slow_due(since, n):
    day = day_of(since)
    while n:
        day += timedelta(days=1)
        n -= CALENDAR.is_working(day)
    return midnight(day) + DAY


def slow_overdue(one, at):
    def happened(instant):
        return instant if instant is not None and instant <= at else None

    forwarded = happened(one.forwarded_at)
    since = forwarded
    for told in (one.sent_at, one.received_at, one.forwarded_at):
        since = told if since is None else since
    refused, requested, supplied = map(happened, (one.refused_at, one.requested_at, one.supplied_at))
    told = [x for x in (one.resolved_at, one.published_at) if x is not None]
    resolved, published = happened(min(told)) if told else None, happened(one.published_at)
    if refused is not None and refused > slow_due(since, 2):
        return True
    if requested is not None and requested > slow_due(since, 5):
        return True
    if resolved is not None:
        if resolved > slow_due(since, 15):
            return True
        return (at if published is None else published) > slow_due(resolved, 2)
    if refused is not None or (requested is not None and supplied is None):
        return False
    return at > slow_due(since, 15)


def slow_counts(petitions, period, at):
    judged = period.judged_at(at)
    found = [0, 0, 0]
    for one in petitions:
        arrived = next((x for x in (one.received_at, one.sent_at, one.forwarded_at) if x is not None), None)
        if arrived is None or arrived >= judged or judged <= period.start:
            continue
        ends = [x for x in (one.refused_at, one.resolved_at, one.published_at) if x is not None]
        if arrived < period.start and ends and min(ends) < period.start:
            continue
        late = slow_overdue(one, judged)
        found[0] += 1
        found[1] += not late
        found[2] += not (late or one.repeated or one.dislikes > one.likes)
    return found


instants = st.integers(t("04-20"), t("06-10")).map(lambda x: x // 1800 * 1800)
maybe = st.none() | instants
petitions = st.builds(
    Petition,
    code=st.just("P"),
    unit=st.sampled_from(["H01.06", "H01.113", "", "H01"]),
    state=st.just(""),
    sent_at=maybe,
    forwarded_at=maybe,
    received_at=maybe,
    requested_at=maybe,
    supplied_at=maybe,
    refused_at=maybe,
    resolved_at=maybe,
    published_at=maybe,
    likes=st.integers(0, 2),
    dislikes=st.integers(0, 2),
    repeated=st.booleans(),
)
moments = st.integers(t("04-20"), t("07-10"))


@settings(max_examples=150)
@given(
    st.lists(petitions, max_size=8),
    moments,
    st.sampled_from(["2026", "2026-05", "2026-Q2", "2026-06", "2026-12"]),
)
def test_counts_equal_the_twin(given_petitions, at, label):
    period = parse_period(label)
    found = counted(given_petitions, at, period)
    assert [found["all"], found["on_time"], found["satisfied"]] == slow_counts(given_petitions, period, at)


@settings(max_examples=150)
@given(st.lists(petitions, max_size=5), moments)
def test_nothing_changes_before_the_next_change(given_petitions, at):
    book = Book(given_petitions, CALENDAR, Limits())
    until = book.next_change(at)
    assert until > at
    assert until == next_change(given_petitions, CALENDAR, None, at)

    def all_at(moment):
        counts = book.counts(UNITS, YEAR, moment)
        return {name: column.tolist() for name, column in counts.items()}

    now = all_at(at)
    for moment in (at + 1, (at + min(until, at + 40 * DAY)) // 2, min(until, t("12-30")) - 1):
        if at < moment < until:
            assert all_at(moment) == now


@given(petitions, moments)
def test_explanations_agree_with_the_twin(one, at):
    arrived = next((x for x in (one.received_at, one.sent_at, one.forwarded_at) if x is not None), None)
    if arrived is None or arrived >= at:
        return
    told = explain(one, CALENDAR, None, at)
    assert told.overdue == slow_overdue(one, at) == bool(told.breached)
    if told.next_due is not None:
        changes = [
            x
            for x in (
                one.forwarded_at,
                one.refused_at,
                one.requested_at,
                one.supplied_at,
                one.resolved_at,
                one.published_at,
            )
            if x is not None and x > at
        ]
        if not changes:
            assert not slow_overdue(one, told.next_due)
            assert slow_overdue(one, told.next_due + 1)
