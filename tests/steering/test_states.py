"""The rules of a duty's state, over plain figures."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import DAY, midnight
from chiso.intake.records import Report, Target, Task
from chiso.registry.calendar import Calendar
from chiso.registry.units import Units
from chiso.steering.register import Answer, Duty, Register, duty_of
from chiso.steering.states import STATES, lines_of, units_of, worst

UNITS = Units.load()
CALENDAR = Calendar.load()
ISSUED = date(2026, 3, 2)
KNOWN = midnight(ISSUED) + 8 * 3600


class Told:
    """Figures as a test says them."""

    def __init__(self, values: dict[str, Any] | Any) -> None:
        self.values = values

    def prepare(self, units: list[int]) -> None:
        pass

    def value(self, goal: object, unit: int) -> Fraction | None:
        found = self.values.get(UNITS.all[unit].code) if isinstance(self.values, dict) else self.values
        return None if found is None else Fraction(found)


def duty(record: Target | Task) -> Duty:
    found = duty_of(record, KNOWN, ISSUED, CALENDAR)
    assert found is not None
    return found


def states(record: Target | Task, values: Any, at: int, register: Register | None = None) -> list[str]:
    register = register or Register(at)
    told: Any = Told(values)
    return [one.state for one in lines_of(duty(record), register, UNITS, lambda _: told, at)]


TOTAL = Target("1/CV", "H01", "", "", "total", "80", "2026-06-30")
AHEAD = midnight(date(2026, 4, 1))
LAST = midnight(date(2026, 7, 1))
"""The first instant after the deadline."""


@pytest.mark.parametrize(
    ("value", "at", "state"),
    [
        ("80", AHEAD, "on_course"),
        ("79.99", AHEAD, "at_risk"),
        (None, AHEAD, "no_data"),
        ("80", LAST - 1, "on_course"),
        ("79.99", LAST - 1, "at_risk"),
        ("80", LAST, "met"),
        ("79.99", LAST, "missed"),
        (None, LAST, "no_data"),
        ("95", LAST + 400 * DAY, "met"),
    ],
)
def test_a_figure_is_judged_at_its_deadline(value: str | None, at: int, state: str) -> None:
    assert states(TOTAL, value, at) == [state]


def test_of_ranks_the_lower_is_better() -> None:
    rank = Target("1/CV", "H01", "", "", "rank", "10", "2026-06-30")
    assert states(rank, 10, LAST) == ["met"]
    assert states(rank, 11, LAST) == ["missed"]


def test_a_share_and_a_band() -> None:
    share = Target("1/CV", "H01", "", "", "processing", "90%", "2026-06-30")
    assert states(share, Fraction(9, 10), LAST) == ["met"]
    assert states(share, Fraction(8999, 10000), LAST) == ["missed"]
    band = Target("1/CV", "H01", "", "", "band", "Khá", "2026-06-30")
    assert states(band, "70", LAST) == ["met"]
    assert states(band, "69.63", LAST) == ["missed"]


COPIES = Target("1/CV", "", "", "x", "certified_copies", "1", "2026-06-30", "3")
LISTED = ("H01.113", "H01.101", "H01.102", "H01.103")


def covered(count: int) -> dict[str, int]:
    return {code: int(place < count) for place, code in enumerate(LISTED)}


def coverage(count: int, at: int) -> str:
    register = Register(at, lists={"x": LISTED})
    (found,) = states(COPIES, covered(count), at, register)
    return found


def test_what_adds_up_is_met_once_it_is_done_and_on_course_while_it_keeps_pace() -> None:
    third = KNOWN + (LAST - KNOWN) // 3 + DAY
    assert coverage(0, KNOWN + DAY) == "on_course"
    assert coverage(0, third) == "at_risk"  # one of three ought to be there by now
    assert coverage(1, third) == "on_course"
    assert coverage(3, third) == "met"  # cannot be lost again
    last_days = midnight(date(2026, 6, 25))
    assert coverage(2, last_days - DAY) == "on_course"
    assert coverage(2, last_days) == "at_risk"  # in the last days nothing but the end counts
    assert coverage(2, LAST) == "missed"
    assert coverage(3, LAST) == "met"


def test_coverage_tells_who_lacks() -> None:
    register = Register(AHEAD, lists={"x": LISTED})
    told: Any = Told(covered(1))
    (line,) = lines_of(duty(COPIES), register, UNITS, lambda _: told, AHEAD)
    assert (line.value, line.needed, len(line.units)) == (1, 3, 4)
    assert [UNITS.all[one].code for one in line.lacking] == list(LISTED[1:])


@pytest.mark.parametrize(("at_least", "needed"), [("97", 97), ("100%", 10), ("75%", 8), ("1%", 1)])
def test_how_many_of_ten(at_least: str, needed: int) -> None:
    target = Target("1/CV", "", "", "x", "certified_copies", "1", "2026-06-30", at_least)
    assert duty(target).needed(10) == needed


TASK = Task("1/CV", "H01.113", "Báo cáo quý", "2026-06-30")


def answered(first_at: int) -> Register:
    register = Register(first_at)
    answer = Answer(Report("1/CV", "H01.113", "Báo cáo quý", "a" * 64), first_at, first_at)
    register.answers[duty(TASK).id, "H01.113"] = answer
    return register


def test_a_task_without_figures_is_answered_by_a_report() -> None:
    assert states(TASK, None, AHEAD) == ["on_course"]
    assert states(TASK, None, midnight(date(2026, 6, 25)) - 1) == ["on_course"]
    assert states(TASK, None, midnight(date(2026, 6, 25))) == ["at_risk"]  # three working days before
    assert states(TASK, None, LAST) == ["missed"]
    assert states(TASK, None, AHEAD, answered(AHEAD)) == ["met"]
    assert states(TASK, None, LAST + DAY, answered(LAST)) == ["met"]
    told: Any = Told(None)
    for first_at, report in ((LAST - 1, "in_time"), (LAST, "late")):
        (line,) = lines_of(duty(TASK), answered(first_at), UNITS, lambda _: told, LAST)
        assert line.report == report


def test_of_a_figure_and_a_report_the_worse_counts() -> None:
    both = Task("1/CV", "H01.113", "Báo cáo quý", "2026-06-30", "kết quả", "2.1", "95%")
    assert states(both, Fraction(96, 100), AHEAD) == ["on_course"]
    assert states(both, Fraction(96, 100), LAST) == ["missed"]
    assert states(both, Fraction(96, 100), LAST, answered(AHEAD)) == ["met"]
    assert states(both, Fraction(90, 100), LAST, answered(AHEAD)) == ["missed"]


def test_units_by_kind_by_list_and_what_continues_them() -> None:
    every = duty(Target("1/CV", "", "communes", "", "total", "80", "2026-06-30"))
    assert len(units_of(every, {}, UNITS, AHEAD)) == 102
    assert (
        len(units_of(duty(Target("1", "", "departments", "", "total", "80", "2026-06-30")), {}, UNITS, AHEAD))
        == 15
    )
    below = Target("1/CV", "gso:883", "communes", "", "total", "80", "2023-04-15")
    then = duty_of(below, midnight(date(2023, 3, 28)), date(2023, 3, 28), CALENDAR)
    assert then is not None
    assert len(units_of(then, {}, UNITS, midnight(date(2023, 4, 1)))) == 13
    listed = duty(Target("1/CV", "", "", "x", "total", "80", "2026-06-30"))
    merged = {"x": ("H01.113", "H33", "H01", "H01.113", "H77.1")}
    found = [UNITS.all[one].code for one in units_of(listed, merged, UNITS, AHEAD)]
    assert found == ["H01.113", "H01"]  # Kiên Giang counts at An Giang, once


def test_a_figure_that_no_law_knows_any_more_is_no_data() -> None:
    old = Target("1/CV", "H01", "", "", "9.9", "80%", "2026-06-30")
    assert duty(old).unreadable
    assert states(old, 1, AHEAD) == ["no_data"]


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_the_worst_state_is_no_better_than_any(found: list[Any]) -> None:
    assert all(STATES.index(worst(found)) <= STATES.index(one) for one in found)


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 119), st.integers(0, 119))
def test_more_done_or_less_time_gone_is_never_worse(more: int, less: int, late: int, early: int) -> None:
    more, less = max(more, less), min(more, less)
    early, late = min(early, late), max(early, late)
    order = ("at_risk", "on_course", "met")
    one = coverage(more, KNOWN + early * DAY)
    other = coverage(less, KNOWN + late * DAY)
    assert order.index(one) >= order.index(other)
