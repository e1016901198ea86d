"""What ``plan`` answers: the form of docs/commands.md."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from chiso.folder.answers import QuestionError, provenance, score_of_hundredths
from chiso.insight.asking import computed, must_lie_ahead
from chiso.insight.exact import Exact
from chiso.insight.keeping import kept, state_of
from chiso.insight.plan.asked import Hours, Target, costs, others_now, target_of
from chiso.insight.plan.ready import Posed, Ready, posed, ready
from chiso.insight.plan.solve import Solution, best, solve
from chiso.insight.plan.steps import SPREADS, Step, steps_of
from chiso.insight.plan.whatif import Shares, offered, outcome
from chiso.instants import NEVER, iso, tree_instant
from chiso.law.ranks import ranks
from chiso.law.scoring import decimals
from chiso.ledger.collecting import without_collecting

if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Unpack

    from chiso.folder.answers import Asked, QuestionFields
    from chiso.folder.state import DataFolder, View
    from chiso.registry.units import Unit


@dataclass(eq=False)
class Plan:
    """A plan, before it is told."""

    ready: Ready
    posed: Posed
    target: Target
    reachable: bool
    solution: Solution
    steps: list[Step]

    @property
    def exact(self) -> Fraction:
        """The total that the plan reaches, before any rounding."""
        problem = self.posed.problem
        n, d = problem.figures(self.solution.treated, self.solution.taken)
        return Exact(problem.law, below=not problem.province).total(n.tolist(), d.tolist())

    @property
    def things(self) -> int:
        return sum(step.count for step in self.steps)


def ready_of(
    folder: DataFolder, wanted: Asked, view: View, unit: Unit, by: int, *, inflow: bool
) -> tuple[tuple[Hashable, ...], Ready]:
    """What a unit can do, kept while nothing changes, and all that it hangs on."""
    key = (
        "ready", unit.index, wanted.period.label, by, wanted.law.version, wanted.as_of, inflow,
        *state_of(folder, view),
    )  # fmt: skip
    return key, kept(folder, key, lambda: ready(folder, view, by, unit.index, wanted.as_of, expect=inflow))


def _day(wanted: Asked, view: View, unit: Unit, by: int) -> int:
    """The instant that a plan is for: not beyond the period, nor beyond a merger that the unit goes into."""
    by = wanted.period.judged_at(by)
    must_lie_ahead(by, view.board.judged_at)
    return min(by, unit.valid_to) if unit.valid_to > view.board.judged_at else by


def plan_of(
    folder: DataFolder,
    unit_code: str,
    target: str,
    by: int,
    *,
    inflow: bool = False,
    hours: Hours | None = None,
    spread: str = "few",
    question: QuestionFields,
) -> tuple[Asked, View, Unit, Plan]:
    """A plan and what it is about."""
    if spread not in SPREADS:
        raise QuestionError(
            f"Không có cách chia việc “{spread}”; chọn {' hoặc '.join(SPREADS)}.",
            f"no way of sharing work out {spread!r}; choose {' or '.join(SPREADS)}",
            wrong=True,
        )
    wanted, view, unit = computed(folder, unit_code, question)
    by = _day(wanted, view, unit, by)
    aim = target_of(folder, wanted, unit, target)
    basis, told = ready_of(folder, wanted, view, unit, by, inflow=inflow)
    key = (*basis, "plan", aim.hundredths, tuple(sorted((hours or {}).items())), spread)
    return wanted, view, unit, kept(folder, key, lambda: _plan(told, aim, hours, spread))


@without_collecting()
def _plan(told: Ready, aim: Target, hours: Hours | None, spread: str) -> Plan:
    given = posed(told, costs(hours))
    solution = solve(given.problem, aim.hundredths)
    reachable = solution is not None
    if solution is None:  # the least work that comes as far as all work does
        solution = solve(given.problem, best(given.problem)[0])
    assert solution is not None
    return Plan(
        told, given, aim, reachable, solution,
        steps_of(told, given, solution.treated, solution.taken, spread),
    )  # fmt: skip


def plan(
    folder: DataFolder,
    unit_code: str,
    target: str,
    by: int,
    *,
    inflow: bool = False,
    hours: Hours | None = None,
    spread: str = "few",
    limit: int | None = None,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The least work that brings a unit to a target by an instant, or the proof that none does.

    Args:
        folder: the data folder.
        unit_code: the unit.
        target: points, a band or a rank (:func:`chiso.insight.plan.asked.target_of`).
        by: the instant; nothing is told beyond the end of the period.
        inflow: with dossiers that are still to come as they came in before; else those known now.
        hours: what each kind of work takes; the least hours are sought, else the least things.
        spread: how the work is shared out over units and procedures.
        limit: steps given, those with most points; all where none is named.
        question: the common options.
    """
    wanted, view, unit, found = plan_of(
        folder, unit_code, target, by, inflow=inflow, hours=hours, spread=spread, question=question
    )
    minutes = costs(hours)
    work: dict[str, Any] = {"things": found.things}
    if hours:
        work |= {"hours": _hours(found.solution.cost), "least_hours": _hours(found.solution.bound)}
    else:
        work["least_things"] = found.solution.bound
    body = {
        **provenance(folder, wanted, unit, "computed"),
        "by": iso(found.ready.then.judged_at),
        "reachable": found.reachable,
        "target": score_of_hundredths(found.target.hundredths),
        "goal": {"what": found.target.goal.kind, "threshold": found.target.goal.text},
        "now": score_of_hundredths(int(view.board.table.totals[unit.index])),
        "start": score_of_hundredths(found.posed.problem.start),
        "total": score_of_hundredths(found.solution.total),
        "exact": decimals(found.exact),
        "gap": float(found.solution.gap),
        "work": work,
        "units": _units(found, minutes if hours else None),
        "count": len(found.steps),
        "steps": [_step(found, one, minutes if hours else None) for one in found.steps[:limit]],
    }
    if unit.valid_to == found.ready.then.judged_at:
        body["unit_ends"] = body["by"]
    if found.ready.expected is not None:
        body["inflow"] = found.ready.expected.dossiers
    return body


def _hours(minutes: int) -> str:
    return f"{Decimal(minutes) / 60:.2f}"


def _step(found: Plan, one: Step, minutes: Any) -> dict[str, Any]:
    ground = found.ready.then.ground
    record = ground.catalogue.get(one.procedure) if one.procedure else None
    row: dict[str, Any] = {
        "indicator": one.indicators[0] if one.indicators else None,
        "indicators": list(one.indicators),
        "what": list(one.acts),
        "unit": ground.units.all[one.unit].code,
        "unit_name": ground.units.name(one.unit, tree_instant(found.ready.now.board.judged_at)),
        "procedure": one.procedure or None,
        "procedure_name": record.name if record is not None else "",
        "count": one.count,
        "points": decimals(one.worth),
        "first_by": iso(one.by) if one.by < NEVER else None,
    }
    if minutes is not None:
        row["hours"] = _hours(minutes(one.acts) * one.count)
    return row


def _units(found: Plan, minutes: Any) -> list[dict[str, Any]]:
    """What each unit does in all, most points first."""
    ground = found.ready.then.ground
    told: dict[int, list[Step]] = {}
    for step in found.steps:
        told.setdefault(step.unit, []).append(step)
    rows = []
    for unit, steps in told.items():
        points = sum((step.worth for step in steps), Fraction(0))
        row: dict[str, Any] = {
            "unit": ground.units.all[unit].code,
            "name": ground.units.name(unit, tree_instant(found.ready.now.board.judged_at)),
            "count": sum(step.count for step in steps),
            "points": decimals(points),
        }
        if minutes is not None:
            row["hours"] = _hours(sum(minutes(step.acts) * step.count for step in steps))
        rows.append((points, row))
    return [row for _, row in sorted(rows, key=lambda one: (-one[0], one[1]["unit"]))]


def what_if(
    folder: DataFolder,
    unit_code: str,
    by: int,
    shares: Shares,
    *,
    inflow: bool = False,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The total, band and rank of a unit once so many percent of each kind of work are done by an instant.

    The rank is the place among the totals that the other units of its kind have now.
    """
    wanted, view, unit = computed(folder, unit_code, question)
    by = _day(wanted, view, unit, by)
    _, told = ready_of(folder, wanted, view, unit, by, inflow=inflow)
    found = outcome(told, shares)
    key = ("others", unit.index, wanted.period.label, wanted.law.version, wanted.as_of, wanted.source,
           *state_of(folder, view))  # fmt: skip
    others = kept(folder, key, lambda: others_now(folder, wanted, unit))
    total = score_of_hundredths(found.total)
    return {
        **provenance(folder, wanted, unit, "computed"),
        "by": iso(told.then.judged_at),
        "now": score_of_hundredths(int(view.board.table.totals[unit.index])),
        "total": total,
        "exact": decimals(found.exact),
        "band": wanted.law.band(Decimal(total)).names.vi,
        "rank": ranks([found.total, *others])[0] if others else None,
        "of": len(others) + 1 if others else None,
        "kinds": {
            kind: {"offered": count, "done": found.done.get(kind, 0)} for kind, count in offered(told).items()
        },
    }
