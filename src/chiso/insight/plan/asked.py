"""What a plan is asked for: how far, and what each kind of work takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from chiso.folder.answers import QuestionError
from chiso.folder.league import ranked, units_of
from chiso.insight.todo.items import WHAT
from chiso.law.goals import Goal, GoalError, number, read_goal
from chiso.registry.units import LEAGUES
from chiso.text import fold

if TYPE_CHECKING:
    from chiso.folder.answers import Asked
    from chiso.folder.state import DataFolder
    from chiso.insight.plan.stocks import Cost
    from chiso.law.model import LawVersion
    from chiso.registry.units import Unit

Hours = Mapping[str, Fraction]
"""Kind of work → hours that it takes with one thing; what is not named takes one."""

_RANK: Final = re.compile(r"(?:rank|hang|thu hang|xep hang|vi tri)\s*:?\s*(\d{1,4})")
MOST_HOURS: Final = 1000


@dataclass(frozen=True)
class Target:
    """How far a plan is to reach."""

    goal: Goal
    hundredths: int
    """the total that reaches it"""


def target_of(folder: DataFolder, wanted: Asked, unit: Unit, text: str) -> Target:
    """The target of a text: points (``80``), a band (``Tốt``), or a rank (``rank:3``).

    A rank is among units of its kind, and held against the totals that the others have now.
    """
    goal = _goal(text, wanted.law)
    if goal.kind == "rank":
        others = others_now(folder, wanted, unit)
        if not others:
            raise QuestionError(
                "Chưa biết kết quả của đơn vị cùng loại nào khác nên không đặt được mục tiêu thứ hạng.",
                "no other unit of this kind has a result, so no rank can be aimed at",
            )
        place = int(goal.threshold)
        return Target(goal, others[place - 1] if place <= len(others) else 0)
    return Target(goal, int(goal.threshold * 100))


def _goal(text: str, law: LawVersion) -> Goal:
    told = _RANK.fullmatch(fold(text))
    bands = ", ".join(band.names.vi for band in law.bands)
    try:
        if told:
            return read_goal("rank", told[1], law)
        goal = read_goal("total" if number(text) else "band", text, law)
    except GoalError as error:
        raise QuestionError(
            f"Mục tiêu “{text}” không đọc được; viết số điểm (80), mức ({bands}) hoặc hạng (rank:3).",
            f"no target {text!r} ({error}); write points (80), a band ({bands}) or a rank (rank:3)",
            wrong=True,
        ) from error
    if (goal.threshold * 100).denominator != 1 or goal.percent:
        raise QuestionError(
            "Điểm mục tiêu viết đến hai chữ số thập phân, không viết phần trăm.",
            "points have two decimals at most and no percent sign",
            wrong=True,
        )
    return goal


def others_now(folder: DataFolder, wanted: Asked, unit: Unit) -> list[int]:
    """The totals of the other units of a unit's kind now, in hundredths, the highest first."""
    among = next((name for name, kind in LEAGUES.items() if kind == unit.kind), None)
    if among is None:
        return []
    units = [one for one in units_of(folder, among, None, wanted.judged_at) if one.index != unit.index]
    return sorted((int(one.total * 100) for one in ranked(folder, wanted, units)), reverse=True)


def hours_of(told: str) -> dict[str, Fraction]:
    """Hours by kind of work, of ``due=2, digitise=0.25``."""
    return _by_kind(told, MOST_HOURS, ("Giờ", "hours"))


def shares_of(told: str) -> dict[str, int]:
    """Whole percents by kind of work, of ``due=100, digitise=50``."""
    return {kind: int(value) for kind, value in _by_kind(told, 100, ("Phần trăm", "percent")).items()}


def _by_kind(told: str, most: int, name: tuple[str, str]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for part in filter(None, re.split(r"[;\s]+|,(?=\s*[a-z_])", told.strip())):
        kind, _, value = part.partition("=")
        read = number(value)
        if kind not in WHAT or read is None or read[1] or read[0] > most:
            raise QuestionError(
                f"{name[0]} “{part}” không đọc được; viết loại=số (0 đến {most}), ví dụ due=2. "
                f"Loại việc: {', '.join(WHAT)}.",
                f"no {name[1]} {part!r}; write kind=number (0 to {most}), as due=2; kinds: {', '.join(WHAT)}",
                wrong=True,
            )
        found[kind] = read[0]
    return found


def costs(hours: Hours | None) -> Cost:
    """What work costs: each thing 1, or minutes."""
    if not hours:
        return lambda kinds: 1
    minutes = {kind: round(hours.get(kind, Fraction(1)) * 60) for kind in WHAT}
    return lambda kinds: sum(minutes[kind] for kind in kinds)
