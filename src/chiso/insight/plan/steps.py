"""From numbers to work: which unit does how much of what, on which procedure, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.insight.exact import Exact
from chiso.insight.plan.others import Figures
from chiso.insight.plan.stocks import FINISH, kinds_of
from chiso.instants import NEVER, tree_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.insight.plan.others import Doing
    from chiso.insight.plan.ready import Posed, Ready

SPREADS: Final = ("few", "even")
"""How work is shared out over units: in few large pieces, or to each as it has it."""


@dataclass(eq=False)
class Step:
    """So many things of one kind, of one unit and procedure."""

    acts: tuple[str, ...]
    unit: int
    procedure: str
    count: int
    moves: tuple[tuple[int, int], ...]
    """(indicator, by how much one thing moves its figures)"""
    firsts: set[tuple[int, int]] = field(default_factory=set)
    """(counter of distinct procedures, procedure) that count because of it"""
    by: int = NEVER
    """the first last instant of any of them"""
    dossiers: list[Array] = field(default_factory=list)
    """their numbers"""
    others: list[Doing] = field(default_factory=list)
    worth: Fraction = Fraction(0)
    indicators: tuple[str, ...] = ()
    """those that it raises, the one with most points first"""


def steps_of(told: Ready, given: Posed, treated: Counts, taken: Sequence[int], spread: str) -> list[Step]:
    """The steps of a solution, most points first.  Their worths sum to what the exact total gains."""
    steps: dict[tuple[object, ...], Step] = {}
    _dossiers(told, given, treated, spread, steps)
    place = sum(len(choices) for choices in given.choices)
    for (what, things, gain), count in zip(told.others.stocks, treated[place:].tolist(), strict=True):
        for one in sorted(things, key=lambda one: one.by)[:count]:
            _other(steps, what, one, _nonzero(gain))
    for menu, groups, option in zip(given.problem.menus, given.menus, taken, strict=True):
        moves = Figures(told.worth, groups).moves()
        for group, move, count in zip(groups, moves, menu[option].label, strict=True):
            for one in sorted(group, key=lambda one: one.by)[:count]:
                _other(steps, one.what, one, tuple(move.items()))
    found = list(steps.values())
    _weigh(told, given, treated, taken, found)
    return sorted(found, key=lambda step: (-float(step.worth), step.by, step.unit, step.procedure))


def _nonzero(gain: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple((place, step) for place, step in enumerate(gain) if step)


# -- dossiers ----------------------------------------------------------------------------------------


def _dossiers(
    told: Ready, given: Posed, treated: Counts, spread: str, steps: dict[tuple[object, ...], Step]
) -> None:
    rows, ground = told.then.rows, told.then.ground
    procedures = rows["procedure"].astype(np.int64)
    today = ground.units.today_map(tree_instant(told.then.judged_at)).astype(np.int64)
    units = today[rows["unit_index"].astype(np.int64)]
    last = told.last
    place = 0
    for stocked, choices in zip(told.stocks.all, given.choices, strict=True):
        left = stocked.members
        for way, _ in choices:
            count, place = int(treated[place]), place + 1
            if not count:
                continue
            chosen, left = _shared_out(left, units[left], procedures[left], last[left], count, spread)
            acts, moves = kinds_of(way.acts, stocked.overdue), _nonzero(way.gain)
            for some in chosen:
                unit, term = int(units[some[0]]), int(procedures[some[0]])
                key = (acts, unit, term, moves)
                step = steps.get(key)
                if step is None:
                    step = steps[key] = Step(acts, unit, ground.terms[term], 0, moves)
                step.count += len(some)
                step.firsts |= {(counter, stocked.procedure) for counter in way.firsts}
                step.dossiers.append(rows["dossier"][some].astype(np.int64))
                if way.acts & FINISH and not stocked.overdue:
                    step.by = min(step.by, int(last[some].min()))


def _shared_out(
    members: Array, units: Array, procedures: Array, due: Array, count: int, spread: str
) -> tuple[list[Array], Array]:
    """So many of a stock's dossiers, by unit and procedure, and those that are left.

    Within a unit and procedure those due first are taken.
    """
    order = np.lexsort((due, procedures, units))
    members, units, procedures = members[order], units[order], procedures[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(units) != 0) | (np.diff(procedures) != 0)][: len(members)])
    sizes = np.diff(np.r_[starts, len(members)])
    if spread == "even":
        some = sizes * count // len(members)
        rest = np.argsort(-(sizes * count % len(members)), kind="stable")[: count - int(some.sum())]
        some[rest] += 1
    else:
        largest = np.argsort(-sizes, kind="stable")
        before = np.r_[0, np.cumsum(sizes[largest])[:-1]]
        some = np.zeros(len(sizes), np.int64)
        some[largest] = np.clip(count - before, 0, sizes[largest])
    within = np.arange(len(members)) - np.repeat(starts, sizes)
    taken = within < np.repeat(some, sizes)
    chosen = [
        members[start : start + number]
        for start, number in zip(starts.tolist(), some.tolist(), strict=True)
        if number
    ]
    return chosen, members[~taken]


# -- the rest ----------------------------------------------------------------------------------------


def _other(
    steps: dict[tuple[object, ...], Step], what: str, one: Doing, moves: tuple[tuple[int, int], ...]
) -> None:
    procedure = "" if what == "petition" else one.code
    key = (what, one.unit, procedure, one.alike)
    step = steps.setdefault(key, Step((what,), one.unit, procedure, 0, moves))
    step.count += 1
    step.by = min(step.by, one.by)
    step.others.append(one)


def _weigh(told: Ready, given: Posed, treated: Counts, taken: Sequence[int], steps: list[Step]) -> None:
    """Shares what the exact total gains out over the steps: of each indicator, by how much they move it."""
    problem = given.problem
    exact = Exact(problem.law, below=not problem.province)
    names = [one.id for one in exact.indicators]
    n0, d0 = (one.tolist() for one in (problem.n, problem.d))
    n1, d1 = (one.tolist() for one in problem.figures(treated, taken))
    more = _firsts(told, steps)
    moved: dict[int, int] = {}
    for number, step in enumerate(steps):
        for place, one in step.moves:
            moved[place] = moved.get(place, 0) + one * step.count
        for place, one in more.get(number, {}).items():
            moved[place] = moved.get(place, 0) + one
    rates = [Fraction(0)] * len(names)  # what moving an indicator by one is worth
    for place, indicator in enumerate(exact.indicators):
        gained = exact.points(place, n1, d1) - exact.points(place, n0, d0)
        by = place if place in moved or not indicator.times else names.index(indicator.times)
        if gained and by in moved:
            rates[by] += gained / moved[by]
    each: dict[tuple[tuple[int, int], ...], tuple[Fraction, tuple[str, ...]]] = {}
    for number, step in enumerate(steps):
        if step.moves not in each:
            each[step.moves] = _each(step.moves, rates, names)
        worth, step.indicators = each[step.moves]
        step.worth = worth * step.count
        for place, one in more.get(number, {}).items():
            step.worth += rates[place] * one
            step.indicators = (*step.indicators, *({names[place]} - set(step.indicators)))


def _each(
    moves: tuple[tuple[int, int], ...], rates: list[Fraction], names: list[str]
) -> tuple[Fraction, tuple[str, ...]]:
    """What one thing is worth, and the indicators that it raises, the one with most points first."""
    worths = {place: rates[place] * move for place, move in moves}
    order = sorted(worths, key=lambda place: (-worths[place], place))
    raised = [place for place in order if worths[place] > 0] or order
    return sum(worths.values(), Fraction(0)), tuple(names[place] for place in raised)


def _firsts(told: Ready, steps: list[Step]) -> dict[int, dict[int, int]]:
    """Step → indicator → procedures that count because of it; each is the first step's that brings it."""
    claimed: set[tuple[int, int]] = set()
    found: dict[int, dict[int, int]] = {}
    for number, step in enumerate(steps):
        for counter, _ in step.firsts - claimed:
            for own, place in told.stocks.counters:
                if own == counter:
                    here = found.setdefault(number, {})
                    here[place] = here.get(place, 0) + 1
        claimed |= step.firsts
    return found
