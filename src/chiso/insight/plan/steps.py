"""From numbers to work: which unit does how much of what, on which procedure, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator
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
    moves: dict[int, int]
    """indicator → by how much its figures move"""
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
            _other(steps, what, one, dict(_nonzero(gain)))
    for menu, groups, option in zip(given.problem.menus, given.menus, taken, strict=True):
        moves = Figures(told.worth, groups).moves()
        for group, move, count in zip(groups, moves, menu[option].label, strict=True):
            for one in sorted(group, key=lambda one: one.by)[:count]:
                _other(steps, one.what, one, move)
    found = list(steps.values())
    _weigh(told, given, treated, taken, found)
    return sorted(found, key=lambda step: (-step.worth, step.by, step.unit, step.procedure))


def _nonzero(gain: Sequence[int]) -> Iterator[tuple[int, int]]:
    return ((place, step) for place, step in enumerate(gain) if step)


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
            acts = kinds_of(way.acts, stocked.overdue)
            for some in chosen:
                unit, term = int(units[some[0]]), int(procedures[some[0]])
                key = (acts, unit, term, way.gain)
                step = steps.get(key)
                if step is None:
                    moves = {indicator: 0 for indicator, _ in _nonzero(way.gain)}
                    step = steps[key] = Step(acts, unit, ground.terms[term], 0, moves)
                step.count += len(some)
                for indicator, gain in _nonzero(way.gain):
                    step.moves[indicator] += gain * len(some)
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


def _other(steps: dict[tuple[object, ...], Step], what: str, one: Doing, moves: dict[int, int]) -> None:
    procedure = "" if what == "petition" else one.code
    key = (what, one.unit, procedure, one.alike)
    step = steps.setdefault(key, Step((what,), one.unit, procedure, 0, dict.fromkeys(moves, 0)))
    step.count += 1
    step.by = min(step.by, one.by)
    step.others.append(one)
    for indicator, more in moves.items():
        step.moves[indicator] += more


def _weigh(told: Ready, given: Posed, treated: Counts, taken: Sequence[int], steps: list[Step]) -> None:
    """Shares what the exact total gains out over the steps: of each indicator, by how much they move it."""
    problem = given.problem
    exact = Exact(problem.law, below=not problem.province)
    names = [one.id for one in exact.indicators]
    n0, d0 = (one.tolist() for one in (problem.n, problem.d))
    n1, d1 = (one.tolist() for one in problem.figures(treated, taken))
    parts: dict[int, list[tuple[int, int]]] = {}
    claimed: set[tuple[int, int]] = set()
    for number, step in enumerate(steps):
        for place, moved in step.moves.items():
            parts.setdefault(place, []).append((number, moved))
        new = step.firsts - claimed
        claimed |= new
        for counter, place in told.stocks.counters:
            if more := sum(own == counter for own, _ in new):
                parts.setdefault(place, []).append((number, more))
    shares: list[dict[str, Fraction]] = [{} for _ in steps]
    for place, name in enumerate(names):
        gained = exact.points(place, n1, d1) - exact.points(place, n0, d0)
        by = exact.indicators[place].times
        here = parts.get(place) or (parts.get(names.index(by)) if by else None)
        if not gained or not here:
            continue
        whole = sum(moved for _, moved in here)
        for number, moved in here:
            shares[number][name] = shares[number].get(name, Fraction(0)) + gained * moved / whole
    for step, own in zip(steps, shares, strict=True):
        step.worth = sum(own.values(), Fraction(0))
        raised = [name for name, points in own.items() if points > 0]
        raised = raised or [names[place] for place in step.moves]
        step.indicators = tuple(sorted(raised, key=lambda name: (-own.get(name, Fraction(0)), name)))
