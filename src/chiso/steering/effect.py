"""Did it work: units that a document directs before and after it, against units of their kind without it.

What is held against itself is the figure that was asked for; of a whole document, and where a report or a
place in a league was asked for, the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from chiso.instants import DAY, iso, midnight, tree_instant, year_of
from chiso.law.goals import Goal
from chiso.law.model import LawError
from chiso.steering import now
from chiso.steering.comparing import compared, row
from chiso.steering.entering import find_document, find_duty
from chiso.steering.past import results_then
from chiso.steering.states import units_of

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.instants import Period
    from chiso.steering.register import Duty, Register

TOTAL: Final = Goal("total", "", Fraction(0))
COMPARED: Final = ("departments", "districts", "communes")


def of_document(folder: DataFolder, name: str, until: int | None = None) -> dict[str, Any]:
    """What became of the totals of all units that have a target or task of a document."""
    register = now.register(folder)
    document = find_document(register, name)
    since = midnight(document.day) + DAY
    period = year_of(midnight(document.day))
    end = min(folder.now() if until is None else until, period.end)
    body = _effect(folder, register, register.duties_of(document), TOTAL, period, since, end)
    return {"document": document.record.number, "id": document.id, **body}


def of_duty(folder: DataFolder, name: str, until: int | None = None) -> dict[str, Any]:
    """What became of a duty's figure up to its deadline; the same task of many units is one."""
    register = now.register(folder)
    duty = find_duty(register, name)
    document = register.document_of(duty)
    since = duty.known_at if document is None else midnight(document.day) + DAY
    goal = duty.goal
    if goal is None or goal.kind not in ("total", "group", "indicator"):
        goal = TOTAL
    end = min(folder.now() if until is None else until, duty.judged_at)
    body = _effect(folder, register, _same(register, duty), goal, duty.period, since, end)
    return {"document": duty.document, "id": duty.id, **body}


def _same(register: Register, duty: Duty) -> list[Duty]:
    """A duty with those of other units that are the same task by the same day."""
    task = getattr(duty.record, "task", "")
    if not task:
        return [duty]
    return [
        one
        for one in register.duties.values()
        if (one.kind, one.document, one.by) == (duty.kind, duty.document, duty.by)
        and getattr(one.record, "task", "") == task
    ]


def _effect(
    folder: DataFolder,
    register: Register,
    duties: Sequence[Duty],
    goal: Goal,
    period: Period,
    since: int,
    end: int,
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "what": goal.what,
        "unit": "%" if goal.percent else "points",
        "period": period.label,
        "from": iso(since),
        "until": iso(end),
        "leagues": [],
    }
    if not duties or end <= since or since < period.start:
        return body
    try:
        before, after = results_then(folder, period, since), results_then(folder, period, end)
    except LawError:  # a document older than the index
        return body
    if before is None or after is None:
        return body
    units = folder.registry.units
    addressed = {one for duty in duties for one in units_of(duty, register.lists, units, end)}
    for among in COMPARED:
        members = [one.index for one in units.league(among, units.home.index, tree_instant(end))]
        if not addressed & set(members):
            continue
        rows = []
        for one in members:
            first, last = before.value(goal, one), after.value(goal, one)
            if first is None or last is None or before.computed(one) != after.computed(one):
                continue
            scale = 100 if goal.percent else 1
            rows.append(
                row(
                    units.all[one].code,
                    units.name(one, end),
                    _hundredth(first * scale),
                    _hundredth(last * scale),
                    addressed=one in addressed,
                )
            )
        if any(one["addressed"] for one in rows):
            body["leagues"].append(compared(among, rows))
    return body


def _hundredth(value: Fraction) -> Fraction:
    """Half up to hundredths."""
    return Fraction((value * 200 + 1) // 2, 100)
