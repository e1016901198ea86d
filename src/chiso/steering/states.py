"""The state of a duty, measured and never typed.

Everything hangs on one figure: the duty's, *judged at its deadline, as known now*.  Before the deadline that
is what the outlook says: the clock moved on and nobody acting.  After it, it is what was reached.

=============  =====================================================================================
``met``        the deadline has passed and it was reached; or what cannot be lost again is done already
``on_course``  it will be reached at the deadline if nobody acts; or what adds up has come far enough
``at_risk``    it will not
``missed``     the deadline has passed and it was not reached
``no_data``    nothing is known to measure it by
=============  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from chiso.instants import tree_instant

if TYPE_CHECKING:
    from chiso.registry.units import Units
    from chiso.steering.figures import Figures
    from chiso.steering.register import Answer, Duty, Register

State = Literal["met", "on_course", "at_risk", "missed", "no_data"]
STATES: Final[tuple[State, ...]] = ("missed", "at_risk", "no_data", "on_course", "met")
"""The worst first."""


@dataclass(frozen=True)
class Line:
    """A duty and one unit that has it; of a duty of many units together one line, with ``unit`` -1."""

    duty: Duty
    unit: int
    state: State
    value: Fraction | None
    """the figure judged at the deadline; of many units together how many reach the threshold"""
    needed: Fraction | None
    report: Literal["", "waiting", "in_time", "late", "missing"] = ""
    units: tuple[int, ...] = ()
    """of many units together: all of them"""
    lacking: tuple[int, ...] = ()
    """of them those that do not reach the threshold"""

    @property
    def key(self) -> tuple[str, int]:
        return self.duty.id, self.unit


@dataclass
class Lines:
    """The lines of a register at an instant."""

    at: int
    register: Register
    lines: list[Line] = field(default_factory=list)

    @cached_property
    def _by_duty(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for one in self.lines:
            found.setdefault(one.duty.id, []).append(one)
        return found

    def of(self, duty: Duty) -> list[Line]:
        """The lines of one duty.  Ask once all are there."""
        return self._by_duty.get(duty.id, [])


def worst(states: Iterable[State]) -> State:
    return min(states, key=STATES.index)


def units_of(duty: Duty, lists: Mapping[str, tuple[str, ...]], units: Units, at: int) -> list[int]:
    """The units that have a duty, by number, in the tree of an instant; what ended counts where it went."""
    record = duty.record
    then = tree_instant(min(at, duty.judged_at))
    among = getattr(record, "among", "")
    if among:
        above = units.find(record.unit, then) or units.find(record.unit) if record.unit else None
        if record.unit and above is None:
            return []
        return [one.index for one in units.league(among, above.index if above else None, then)]
    codes = lists.get(name, ()) if (name := getattr(record, "list", "")) else (record.unit,)
    found: dict[int, None] = {}
    for code in codes:
        unit = units.find(code, then) or units.find(code)
        if unit is not None:
            found[units.today(unit.index, then)] = None
    return list(found)


FiguresOf = Callable[["Duty"], "Figures"]


def lines_of(duty: Duty, register: Register, units: Units, figures_of: FiguresOf, at: int) -> list[Line]:
    """A duty's lines at an instant."""
    members = units_of(duty, register.lists, units, at)
    if duty.unreadable:
        return [Line(duty, one, "no_data", None, None) for one in members]
    if duty.goal is None:
        return [_by_report(duty, one, _answer(duty, register, units, one), at) for one in members]
    figures = figures_of(duty)
    if duty.goal.kind not in ("rank", "certified_copies"):
        figures.prepare(members)
    values = {one: figures.value(duty.goal, one) for one in members}
    if duty.together:
        return [_together(duty, values, at)]
    found = []
    for one, value in values.items():
        line = Line(duty, one, _of_one(duty, value, at), value, duty.goal.threshold)
        if duty.report:
            report = _by_report(duty, one, _answer(duty, register, units, one), at)
            line = Line(
                duty, one, worst((line.state, report.state)), value, duty.goal.threshold, report.report
            )
        found.append(line)
    return found


def _of_one(duty: Duty, value: Fraction | None, at: int) -> State:
    goal = duty.goal
    assert goal is not None
    if value is None:
        return "no_data"
    if at >= duty.deadline:
        return "met" if goal.met(value) else "missed"
    if goal.met(value):
        return "met" if goal.lasting else "on_course"
    if goal.lasting and _keeps_pace(duty, value, goal.threshold, at):
        return "on_course"
    return "at_risk"


def _together(duty: Duty, values: Mapping[int, Fraction | None], at: int) -> Line:
    goal = duty.goal
    assert goal is not None
    lacking = tuple(one for one, value in values.items() if value is None or not goal.met(value))
    done, needed = len(values) - len(lacking), duty.needed(len(values))
    state: State
    if not values or all(value is None for value in values.values()):
        state = "no_data"
    elif at >= duty.deadline:
        state = "met" if done >= needed else "missed"
    elif done >= needed:
        state = "met" if goal.lasting else "on_course"
    elif goal.lasting and _keeps_pace(duty, Fraction(done), Fraction(needed), at):
        state = "on_course"
    else:
        state = "at_risk"
    return Line(duty, -1, state, Fraction(done), Fraction(needed), "", tuple(values), lacking)


def _keeps_pace(duty: Duty, done: Fraction, needed: Fraction, at: int) -> bool:
    """Whether what adds up has come as far as an even pace would have brought it, in whole steps.

    In the last days nothing but the end counts.
    """
    if at >= duty.risk_from:
        return False
    gone = max(0, at - duty.began_at)
    return done >= needed * gone // (duty.deadline - duty.began_at)


def _by_report(duty: Duty, unit: int, answer: Answer | None, at: int) -> Line:
    """Met once a report has come, in time or late; which of the two is told beside it."""
    if answer is not None:
        in_time = answer.first_at < duty.deadline
        return Line(duty, unit, "met", None, None, "in_time" if in_time else "late")
    if at >= duty.deadline:
        return Line(duty, unit, "missed", None, None, "missing")
    return Line(duty, unit, "at_risk" if at >= duty.risk_from else "on_course", None, None, "waiting")


def _answer(duty: Duty, register: Register, units: Units, unit: int) -> Answer | None:
    """The report of a unit; one that came from a predecessor counts."""
    return register.answers.get((duty.id, duty.record.unit)) or register.answers.get(
        (duty.id, units.all[unit].code)
    )
