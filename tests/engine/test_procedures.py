"""Registers of procedures, announcement decisions and national reporting."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.engine.procedures import (
    APPLYING,
    OWN,
    UNKNOWN,
    announced_in,
    membership,
    next_change,
    published_in,
    register_counts,
    reported,
)
from chiso.instants import DAY, NEVER, parse_instant, parse_period
from chiso.intake.records import Decision, Procedure, ReportingTotal
from chiso.registry.calendar import Calendar
from chiso.registry.procedures import Catalogue
from chiso.registry.units import Units

UNITS = Units.load()
CALENDAR = Calendar.load()
EMPTY = Catalogue([], UNITS)
NOW = parse_instant("2026-10-10T06:00")
YEAR, SEPTEMBER = parse_period("2026"), parse_period("2026-09")


def registers(procedures=(), decisions=(), totals=(), period=YEAR, at=NOW, unit="H01", law=None):
    catalogue = Catalogue(procedures, UNITS)
    counts = register_counts(catalogue, UNITS, CALENDAR, law, decisions, totals, period, at)
    index = UNITS.find(unit, period.judged_at(at)).index
    return {name: int(column[index]) for name, column in counts.items()}


def announced(decisions, period=YEAR, at=NOW):
    return {
        code: verdict.on_time
        for code, verdict in announced_in(
            decisions, UNITS, CALENDAR, None, period, period.judged_at(at)
        ).items()
    }


def published(decisions, period=YEAR, at=NOW, catalogue=EMPTY):
    found = published_in(decisions, catalogue, UNITS, CALENDAR, None, period, period.judged_at(at))
    return {code: verdict.on_time for code, verdict in found.items()}


@pytest.mark.parametrize(
    ("decided", "effective", "on_time"),
    [
        # five working days before Tuesday 15 September 2026 is Tuesday 8 September
        ("2026-09-08", "2026-09-15", True),
        ("2026-09-09", "2026-09-15", False),
        # across the holidays of 31 August to 2 September and the Saturday worked on 22 August
        ("2026-08-26", "2026-09-07", True),
        ("2026-08-28", "2026-09-07", False),
        ("2026-09-09", "2026-09-01 2026-09-16", True),  # the newest date counts
        ("2026-09-09", "", False),
    ],
)
def test_announced_five_working_days_before_effect(decided, effective, on_time):
    assert announced([Decision("1.000001", "1/QĐ", decided, effective)]) == {"1.000001": on_time}


def test_ministries_announce_twenty_working_days_before():
    units = Units.load(home="G15")
    decisions = [
        Decision("1.000001", "1/QĐ", "2026-06-01", "2026-06-29"),
        Decision("1.000002", "1/QĐ", "2026-06-02", "2026-06-29"),
    ]
    found = announced_in(decisions, units, CALENDAR, None, YEAR, NOW)
    assert [found[code].on_time for code in sorted(found)] == [True, False]


def test_each_procedure_counts_once_and_any_late_decision_makes_it_late():
    decisions = [
        Decision("1.000001", "1/QĐ", "2026-03-02", "2026-05-01"),
        Decision("1.000001", "2/QĐ", "2026-08-03", "2026-08-04", kind="amended"),
        Decision("1.000002", "2/QĐ", "2026-08-03", "2026-09-04", kind="abolished"),
        # the newest effective date of one decision's legal bases decides
        Decision("1.000003", "3/QĐ", "2026-08-03", "2026-08-04"),
        Decision("1.000003", "3/QĐ", "2026-08-03", "2026-09-30"),
    ]
    assert announced(decisions) == {"1.000001": False, "1.000002": True, "1.000003": True}
    assert announced(decisions, parse_period("2026-03")) == {"1.000001": True}
    assert announced(decisions, SEPTEMBER) == {}
    late = announced_in(decisions, UNITS, CALENDAR, None, YEAR, NOW)["1.000001"]
    assert (late.decision, late.due.isoformat(), late.done.isoformat()) == (
        "2/QĐ",
        "2026-07-28",
        "2026-08-03",
    )


def test_what_is_decided_later_has_not_happened():
    decisions = [Decision("1.000001", "1/QĐ", "2026-10-12", "2026-12-01")]
    assert announced(decisions) == {}
    assert announced(decisions, at=parse_instant("2026-10-12")) == {"1.000001": True}
    assert announced([Decision("1.000001", "1/QĐ", "2026-10-01", "2026-12-01")], SEPTEMBER) == {}


@pytest.mark.parametrize(
    ("decided", "shown", "at", "expected"),
    [
        # five working days after Tuesday 8 September 2026 is Tuesday 15 September
        ("2026-09-08", "2026-09-15", "2026-09-20", True),
        ("2026-09-08", "2026-09-16", "2026-09-20", False),
        ("2026-09-08", "", "2026-09-20", False),
        ("2026-09-08", "", "2026-09-15T23:59", None),  # not due yet
        ("2026-09-08", "", "2026-09-16", False),
        ("2026-09-08", "2026-09-10", "2026-09-09", None),  # neither due nor published
        ("2026-09-08", "2026-09-10", "2026-09-10", True),
        ("2026-08-03", "2026-08-05", "2026-09-20", None),  # published before the period
        ("2026-08-03", "2026-09-03", "2026-09-20", False),  # published late, in the period
        ("2026-08-03", "", "2026-09-20", False),  # due before, still not public
        ("2026-09-28", "", "2026-10-10", None),  # due after the period
        ("2026-09-28", "2026-10-01", "2026-10-10", None),
    ],
)
def test_published_five_working_days_after_the_decision(decided, shown, at, expected):
    one = Decision("1.000001", "1/QĐ", decided, published_on=shown)
    found = published([one], SEPTEMBER, parse_instant(at))
    assert found == ({} if expected is None else {"1.000001": expected})


def test_publication_from_the_catalogue():
    one = Decision("1.000001", "1/QĐ", "2026-09-08")

    def shown_on(day):
        return published([one], catalogue=Catalogue([Procedure("1.000001", "", published_on=day)], UNITS))

    assert shown_on("2026-09-10") == {"1.000001": True}
    assert shown_on("2026-09-30") == {"1.000001": False}
    assert shown_on("2025-01-01") == {"1.000001": False}  # an older publication is not this one's


def test_the_limits_are_the_laws():
    law = SimpleNamespace(
        settings={
            "announce_before_effect": {"ministry": 20, "province": 10},
            "publish_after_decision": {"ministry": 10, "province": 1},
        }
    )
    decisions = [Decision("1.000001", "1/QĐ", "2026-09-08", "2026-09-15", published_on="2026-09-10")]
    usual = registers(decisions=decisions)
    strict = registers(decisions=decisions, law=law)
    assert (usual["announced"], usual["announced_on_time"]) == (1, 1)
    assert (usual["published_due"], usual["published_on_time"]) == (1, 1)
    assert (strict["announced"], strict["announced_on_time"]) == (1, 0)
    assert (strict["published_due"], strict["published_on_time"]) == (1, 0)


PROCEDURES = [
    Procedure("1.000001", "", level="commune", online="full", has_fee=True, for_person=True),
    Procedure("1.000002", "", level="commune", online="partial", state="stopping", for_person=True),
    Procedure("1.000003", "", level="commune", online="full", state="closed", has_fee=True, for_person=True),
    Procedure("1.000004", "", level="commune", has_fee=True, valid_to="2026-09-30", for_person=True),
    Procedure("1.000005", "", units=("H01.06", "H01.01"), online="full", state="testing", has_fee=True),
    Procedure("1.000006", "", units=("H01.06",), specific=True, publisher="H01", online="partial"),
    Procedure("1.000007", "", units=("H01.06",), specific=True, publisher="H01", complete=False),
    Procedure("1.000008", "", units=("H01.06",), specific=True, publisher="H01", state="closed"),
    Procedure("1.000009", "", level="commune", specific=True, publisher="H44", online="full"),
]


def test_registers_of_the_province():
    found = registers(PROCEDURES)
    assert {name: found[name] for name in (*APPLYING, *OWN)} == {
        "online_services": 5,
        "fee_procedures": 2,
        "person_procedures": 2,
        "public_own": 2,
        "public_own_complete": 1,
        "own_procedures": 2,
        "own_online": 1,
    }
    # before 1.000004 ended
    assert (
        registers(PROCEDURES, period=SEPTEMBER, at=parse_instant("2026-09-30T12:00"))["fee_procedures"] == 3
    )
    assert found["reporting_total"] == UNKNOWN


def test_registers_of_units():
    assert registers(PROCEDURES, unit="H01.06")["online_services"] == 2
    assert registers(PROCEDURES, unit="H01.01")["online_services"] == 1
    assert registers(PROCEDURES, unit="H01.113")["online_services"] == 3
    assert registers(PROCEDURES, unit="H01.113")["person_procedures"] == 2
    assert registers(PROCEDURES, unit="H01.06")["public_own"] == 0


def test_what_holds_at_all_instants_is_made_once_and_nobody_changes_it():
    catalogue = Catalogue(PROCEDURES, UNITS)
    for register in (*APPLYING, *OWN):
        table = membership(register, catalogue, UNITS)
        assert membership(register, catalogue, UNITS) is table
        assert not table.flags.writeable
        again = membership(register, Catalogue(PROCEDURES, UNITS), UNITS)
        assert again is not table
        assert (again == table).all()


def test_membership_is_what_is_counted():
    catalogue = Catalogue(PROCEDURES, UNITS)
    counts = register_counts(catalogue, UNITS, CALENDAR, None, [], [], YEAR, NOW)
    ever = {register: membership(register, catalogue, UNITS) for register in (*APPLYING, *OWN)}
    for register in (*APPLYING, *OWN):
        table = membership(register, catalogue, UNITS, NOW)
        assert table.shape == (len(UNITS), len(catalogue))
        assert (table.sum(axis=1) == counts[register]).all()
        assert (ever[register] | ~table).all()
    long_phu = UNITS.find("H01.113").index
    assert ever["fee_procedures"][long_phu, catalogue.place("1.000004")]
    assert not ever["fee_procedures"][long_phu, catalogue.place("1.000003")]
    # also in the tree of 2023
    assert ever["fee_procedures"][UNITS.find("gso:30280").index, catalogue.place("1.000001")]
    with pytest.raises(KeyError):
        membership("announced", catalogue, UNITS)


def test_reporting_totals():
    totals = [
        ReportingTotal("H01", "2026", 400_000),
        ReportingTotal("H01", "2026", 389_256),
        ReportingTotal("H01.06", "2026", 10),
        ReportingTotal("H01.06", "2026-Q3", 7),
        ReportingTotal("H01.113", "2026-q3", 5),
        ReportingTotal("H99", "2026", 1),
        ReportingTotal("H01", "2025", 1_200),
    ]
    assert registers(totals=totals)["reporting_total"] == 389_256
    assert registers(totals=totals, unit="H01.06")["reporting_total"] == 10
    assert registers(totals=totals, unit="H01.113")["reporting_total"] == UNKNOWN
    third = parse_period("2026-Q3")
    assert registers(totals=totals, period=third)["reporting_total"] == 12
    assert registers(totals=totals)["reporting_total_last_year"] == 1_200
    assert registers(totals=totals, period=third)["reporting_total_last_year"] == 300
    assert registers(totals=totals, period=SEPTEMBER)["reporting_total_last_year"] == 100
    assert registers(totals=totals, unit="H01.06")["reporting_total_last_year"] == UNKNOWN
    assert (reported([], UNITS, "2026", NOW) == UNKNOWN).all()


def test_nothing_loaded():
    found = registers()
    assert {value for name, value in found.items() if not name.startswith("reporting")} == {0}


days = st.dates(date(2026, 8, 15), date(2026, 10, 20)).map(str)
decisions = st.builds(
    Decision,
    code=st.sampled_from(["1.000001", "1.000002"]),
    decision=st.sampled_from(["1/QĐ", "2/QĐ"]),
    date=days,
    legal_effective_on=days | st.just(""),
    published_on=days | st.just(""),
)


@settings(max_examples=80)
@given(st.lists(decisions, max_size=5), st.integers(parse_instant("2026-08-20"), parse_instant("2026-10-30")))
def test_registers_change_only_when_told(given_decisions, at):
    catalogue = Catalogue(PROCEDURES, UNITS)

    def all_at(moment):
        counts = register_counts(catalogue, UNITS, CALENDAR, None, given_decisions, [], YEAR, moment)
        return np.stack(list(counts.values()))[:, UNITS.home.index].tolist()

    until = next_change(catalogue, given_decisions, UNITS, CALENDAR, None, at)
    assert until > at
    assert until == NEVER or (until + 7 * 3600) % DAY == 0  # whole days
    now = all_at(at)
    for moment in (at + 1, (at + min(until, at + 20 * DAY)) // 2, min(until, at + 20 * DAY) - 1):
        if at < moment < until:
            assert all_at(moment) == now
    counts = register_counts(catalogue, UNITS, CALENDAR, None, given_decisions, [], YEAR, at)
    for n, d in (("announced_on_time", "announced"), ("published_on_time", "published_due")):
        assert (counts[n] >= 0).all()
        assert (counts[n] <= counts[d]).all()
        assert counts[d].max() <= 2


def reported_slowly(totals, label, at):
    """The same, unit by unit from the bottom up."""
    found = np.full(len(UNITS), UNKNOWN, np.int64)
    tree = UNITS.tree(at)
    for total in totals:
        unit = UNITS.find(total.unit, at) or UNITS.find(total.unit)
        if unit is not None and total.period.strip().upper() == label:
            found[UNITS.today(unit.index, at)] = total.received
    for index in tree.order[::-1].tolist():
        below = found[tree.children(index)]
        if found[index] == UNKNOWN and (below != UNKNOWN).any():
            found[index] = below[below != UNKNOWN].sum()
    return found


@given(
    st.lists(
        st.builds(
            ReportingTotal,
            unit=st.sampled_from(["H01", "H01.06", "H01.113", "H01.201", "H20", "H99", "H01.01"]),
            period=st.sampled_from(["2026", "2025", " 2026 "]),
            received=st.integers(0, 9_000),
        ),
        max_size=6,
    ),
    st.sampled_from([NOW, parse_instant("2025-03-01T06:00")]),
)
@settings(max_examples=40, deadline=None)
def test_reporting_adds_up_like_its_slow_twin(totals, at):
    assert (reported(totals, UNITS, "2026", at) == reported_slowly(totals, "2026", at)).all()
