"""What a scene counts is what the engine counts; and in other hands, what a count of other rows gives."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.folder import DataFolder
from chiso.insight.reconcile.case import Gathered, Question, gather
from chiso.insight.reconcile.causes import Option
from chiso.insight.reconcile.told import Told, ToldGroup
from chiso.instants import DAY, Period, parse_instant, parse_period
from chiso.law.loader import load

UNITS = ("H01", "H01.113", "H01.06", "H01.155")
PERIODS = ("2026", "2026-09", "2026-Q2", "2026-10")
NOW = parse_instant("2026-10-10T06:00+07:00")


def gathered(folder: DataFolder, code: str, period: Period, at: int) -> Gathered:
    """A case in which every group was captured at one instant, and nothing of it is known."""
    unit = folder.registry.units.find(code)
    assert unit is not None
    law = folder.law_of(period)
    groups = {name: ToldGroup(at, at, None, {}, {}) for name in law.groups}
    return gather(Question(folder, unit, period, at, law, Told(groups, None, 0, at)))


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.sampled_from(UNITS),
    label=st.sampled_from(PERIODS),
    back=st.integers(0, 200),
)
def test_as_known_it_counts_what_the_engine_counts(
    province: DataFolder, code: str, label: str, back: int
) -> None:
    period, at = parse_period(label), NOW - back * DAY
    found = gathered(province, code, period, at)
    told = province.score(code, period=label, at=at, source="computed")["indicators"]
    wanted = {
        name: (one["n"], one["d"])
        for name, one in told.items()
        if "n" in one and name in found.case.cells.sides
    }
    assert found.case.pairs(frozenset()) == wanted


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=st.sampled_from(UNITS), back=st.integers(1, 60))
def test_known_then_it_counts_what_the_engine_counts_as_of_then(
    province: DataFolder, code: str, back: int
) -> None:
    at = NOW - back * DAY
    found = gathered(province, code, parse_period("2026"), at)
    known = frozenset(one for choice in found.choices for one in choice if one.cause == "known_later")
    told = province.score(code, period="2026", at=at, as_of=at, source="computed")["indicators"]
    wanted = {
        name: (one["n"], one["d"])
        for name, one in told.items()
        if "n" in one and name in found.case.cells.sides
    }
    assert found.case.pairs(known) == wanted


@pytest.mark.parametrize("code", UNITS)
def test_rules_of_the_document_count_what_its_law_counts(province: DataFolder, code: str) -> None:
    found = gathered(province, code, parse_period("2026"), NOW)
    rules = frozenset(Option("document_rule", name) for name in found.case.cells.document_sides)
    told = province.score(code, period="2026", law="qd766-document", source="computed")["indicators"]
    assert {rule.part for rule in rules} == {"1.4", "3.3", "4.1"}
    for name, (n, d) in found.case.pairs(rules).items():
        assert (told[name]["n"], told[name]["d"]) == (n, d), name
    scored = found.case.scored(rules | {Option("document_rule", "4.2")}, found.case.pairs(rules))
    document = load("qd766-document").at(parse_period("2026").first_day)
    assert {name: one.points for name, one in scored.indicators.items()} == {
        name: one.points
        for name, one in province.view(parse_period("2026"), law=document)
        .board.score(found.question.unit.index)
        .indicators.items()
        if name in scored.indicators
    }
