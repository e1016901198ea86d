"""The course of a unit equals a count afresh at every instant, whatever lives its dossiers lead."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chiso.engine.board import Board, board
from chiso.engine.columns import Roster
from chiso.engine.standing import Standing
from chiso.folder.state import View
from chiso.insight.exact import Exact
from chiso.insight.outlook.course import course
from chiso.instants import DAY, Period, midnight, parse_period
from chiso.intake.records import Decision, Dossier, Petition
from chiso.law.loader import load
from tests.engine.worlds import FIRST, LAST, UNITS, Event, World, events, instants, law, maybe

YEAR = parse_period("2026")
LIVES = st.lists(events(), min_size=1, max_size=12)

petitions = st.builds(
    Petition,
    code=st.integers(1, 99).map(str),
    unit=st.sampled_from(["H01.113", "H01.06"]),
    state=st.just(""),
    sent_at=instants,
    forwarded_at=maybe,
    requested_at=maybe,
    supplied_at=maybe,
    resolved_at=maybe,
    published_at=maybe,
    dislikes=st.integers(0, 1),
)
days = st.dates(date(2025, 12, 20), date(2026, 3, 10)).map(str)
decisions = st.builds(
    Decision,
    code=st.sampled_from(["1.000001", "1.000002"]),
    decision=st.just("1/QĐ"),
    date=days,
    legal_effective_on=days,
    published_on=days | st.just(""),
)


def counted(world: World, roster: Roster, period: Period, at: int) -> Board:
    standing = Standing(world.ground, (period,), at, roster).count_all()
    return board(world.ground, period, at, standing.cells[:, 0], standing.distinct[:, 0])


def made(life: list[Event], law_id: str = "qd766") -> tuple[World, Roster]:
    world = World.new(law(law_id))
    standing = Standing(world.ground, (), FIRST)
    standing.fill([world.tell(event, FIRST + number) for number, event in enumerate(life)])
    return world, standing.roster


def agrees(world: World, roster: Roster, period: Period, at: int, until: int, code: str) -> None:
    """The course, held to a count at each of its instants, the second before, and some in between."""
    unit = UNITS.find(code, at)
    assert unit is not None
    view = View(counted(world, roster, period, at), roster, at, at, 0)
    found = course(view, unit.index, until)
    exact = Exact(world.ground.law, below=unit.kind != "province").totals(found.n, found.d)
    end = period.judged_at(until)
    assert found.instants[0] == period.judged_at(at)
    assert found.instants[-1] <= max(end, found.instants[0])
    moments = {int(one) + step for one in found.instants for step in (-1, 0, 1)}
    moments |= {at + (end - at) * part // 7 for part in range(8)}
    for moment in sorted(one for one in moments if found.instants[0] <= one <= end):
        want = counted(world, roster, period, moment)
        place = found.place(moment)
        assert found.n[place].tolist() == want.n[unit.index].tolist()
        assert found.d[place].tolist() == want.d[unit.index].tolist()
        assert found.totals[place] == want.table.totals[unit.index]
        assert exact[place] == want.score(unit.index).exact


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    LIVES,
    st.integers(FIRST, LAST),
    st.integers(0, 40 * DAY),
    st.sampled_from(["H01", "H01.113", "H01.06"]),
    st.sampled_from(["qd766", "qd766-document"]),
    st.sampled_from(["2026", "2026-01", "2026-02"]),
    st.lists(petitions, max_size=3),
    st.lists(decisions, max_size=3),
)
def test_the_course_is_what_a_count_afresh_finds(
    life: list[Event],
    at: int,
    ahead: int,
    code: str,
    law_id: str,
    label: str,
    told: list[Petition],
    decided: list[Decision],
) -> None:
    world, roster = made(life, law_id)
    world.ground.records_changed(type(world.ground.records)(decided, told, ()))
    agrees(world, roster, parse_period(label), at, at + ahead, code)


BORDER = midnight(date(2025, 7, 1))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["H01.113", "H01.06", "H33.01", "H33"]), st.integers(-20, 6), st.integers(1, 30)
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["H01", "H01.113", "H33"]),
)
@example([("H33.01", -3, 2)], "H01")
def test_the_course_goes_over_the_border_of_a_tree(told: list[tuple[str, int, int]], code: str) -> None:
    """On 1 July 2025 the districts ended and provinces merged: dossiers go on at other units."""
    life = [
        Event(
            number,
            message=Dossier(
                f"D{number}", "1.000001", 4, desk=desk, received_at=BORDER + day * DAY + 7,
                due_at=BORDER + (day + due) * DAY, channel=2,
            ),
        )
        for number, (desk, day, due) in enumerate(told, 1)
    ]  # fmt: skip
    world, roster = made(life)
    if UNITS.find(code, BORDER - 3 * DAY) is not None:
        agrees(world, roster, parse_period("2025"), BORDER - 3 * DAY, BORDER + 10 * DAY, code)


def test_what_falls_is_named() -> None:
    """An open dossier falls the second after its due time, a petition at the end of its limit."""
    due = midnight(date(2026, 2, 3)) + 17 * 3600
    at = due - 2 * DAY
    life = [
        Event(1, message=Dossier("D1", "1.000001", 4, desk="H01.113", received_at=at - DAY, due_at=due)),
        Event(2, message=Dossier("D2", "1.000001", 9, desk="H01.113", received_at=at - DAY, due_at=due,
                                 finished_at=at - 60)),
        Event(3, message=Dossier("D3", "1.000001", 4, desk="H01.06", received_at=at - DAY, due_at=due)),
    ]  # fmt: skip
    world, roster = made(life)
    petition = Petition("P1", "H01.113", "", sent_at=midnight(date(2026, 1, 14)) + 9 * 3600)
    decision = Decision("1.000001", "1/QĐ", "2026-01-27", "2026-02-20")
    world.ground.records_changed(type(world.ground.records)([decision], [petition], ()))
    unit = UNITS.find("H01.113", at)
    assert unit is not None
    view = View(counted(world, roster, YEAR, at), roster, at, at, 0)
    found = course(view, unit.index, at + 10 * DAY)
    told = {
        int(instant): (numbers.tolist(), codes, procedures)
        for instant, numbers, codes, procedures in zip(
            found.instants, found.falling, found.petitions, found.procedures, strict=True
        )
    }
    # fifteen working days after 14 January, five after 27 January; both end at midnight
    assert told == {
        at: ([], [], []),
        due + 1: ([1], [], []),
        midnight(date(2026, 2, 4)): ([], [], ["1.000001"]),
        midnight(date(2026, 2, 5)) + 1: ([], ["P1"], []),
    }


def test_a_unit_that_holds_nothing_has_a_course_of_one_state() -> None:
    world, roster = made([])
    unit = UNITS.find("H01.113", LAST)
    assert unit is not None
    view = View(counted(world, roster, YEAR, FIRST + 20 * DAY), roster, FIRST + 20 * DAY, LAST, 0)
    found = course(view, unit.index, LAST)
    assert len(found.instants) == 1
    assert found.falling[0].tolist() == []


def test_nothing_is_looked_at_beyond_the_period() -> None:
    world, roster = made([])
    unit = UNITS.find("H01", LAST)
    assert unit is not None
    january = parse_period("2026-01")
    view = View(counted(world, roster, january, LAST), roster, LAST, LAST, 0)
    assert course(view, unit.index, LAST + DAY).instants.tolist() == [january.end]


@pytest.mark.parametrize("law_id", ["qd766", "qd766-document"])
def test_laws_of_today_inherit_registers_only(law_id: str) -> None:
    """Where a law copied counts of dossiers from the province, its moves would be followed too."""
    version = load(law_id).at(date(2026, 10, 10))
    inherited = [one for one in version.indicators.values() if one.below_province == "inherited"]
    assert {one.n.kind for one in inherited if one.n} == {"register"}
