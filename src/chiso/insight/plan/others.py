"""What can be done beside the dossiers by a day: petitions, procedures and decisions.

What raises a numerator alone is a stock like those of dossiers.  An announcement, a publication or one more
online service may raise the denominator as well: those are menus, of which each option is so many of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.board import figures
from chiso.folder.drill import subtree_mask
from chiso.insight.plan.problem import Choice, Option, Stock
from chiso.insight.todo.registers import becomes_service, procedure_work_until, waiting_petitions
from chiso.instants import tree_instant

if TYPE_CHECKING:
    from chiso.engine.board import Sources
    from chiso.engine.count import Counts
    from chiso.folder.state import View
    from chiso.insight.gains import Worth
    from chiso.insight.plan.problem import Problem
    from chiso.insight.scene import Scene

OPTIONS: Final = 40_000
"""Options of a menu that are looked at; of larger ones only every second, third … number of things."""


@dataclass(frozen=True)
class Doing:
    """One thing to be done."""

    what: str
    code: str
    unit: int
    by: int
    """the last instant in time; ``NEVER`` where there is none"""
    own: tuple[tuple[str, int], ...]
    """registers of the unit and by how much they are more then"""
    above: tuple[tuple[str, int], ...]
    """those of its province"""
    distinct: tuple[int, ...] = ()
    """counters of distinct procedures of the unit that are one more then"""

    @property
    def alike(self) -> tuple[object, ...]:
        """What it shares with all that change figures in the same way."""
        return self.what, self.own, self.above, self.distinct


@dataclass(eq=False)
class Others:
    """Things to be done, by how they change figures: in stocks, or on menus."""

    stocks: list[tuple[str, list[Doing], tuple[int, ...]]] = field(default_factory=list)
    """(kind, things, by how much each raises the numerator of each indicator)"""
    menus: list[list[list[Doing]]] = field(default_factory=list)
    """menu → its groups of things that are alike"""

    def stock(self, place: int, cost: Callable[[tuple[str, ...]], int]) -> Stock:
        what, things, gain = self.stocks[place]
        return Stock(len(things), [Choice(cost((what,)), gain, 1)])


def doings(now: View, then: Scene) -> Iterator[Doing]:
    """All that a unit can do from now until the day on which a scene is judged."""
    unit, ground, at = then.unit, then.ground, now.board.judged_at
    book = ground.book
    units = ground.units.today_map(tree_instant(at))[book.units_of(ground.units)]
    for told in waiting_petitions(now, unit, then.judged_at - 1):
        for place, by in zip(told.index.tolist(), told.by.tolist(), strict=True):
            more: tuple[tuple[str, int], ...] = (("petitions_on_time", 1),)
            if not book.dissatisfied[place]:
                more += (("petitions_satisfied", 1),)
            yield Doing("petition", book.petitions[place].code, int(units[place]), by, more, more)
    home = int(ground.units.today(ground.units.home.index, tree_instant(then.judged_at)))
    if int(ground.province_of[unit]) != home:
        return
    inside = subtree_mask(ground, unit, then.judged_at)
    for work in procedure_work_until(then.view, at):
        if not inside[work.owner]:
            continue
        steps = tuple(sorted(work.steps.items()))
        own = steps if unit == home else ()
        turned = np.zeros(len(ground.plan.procedures), np.int64)
        if work.services and becomes_service(then, work.code, turned):
            own = (*own, ("online_services", 1))
        distinct = tuple(np.flatnonzero(turned).tolist())
        yield Doing(work.what, work.code, work.owner, work.by, own, steps, distinct)


class Figures:
    """Figures of a unit once so many things of each group are done."""

    def __init__(self, worth: Worth, groups: list[list[Doing]]) -> None:
        self.worth, self.groups = worth, groups

    def of(self, counts: Counts) -> tuple[Counts, Counts]:
        """n and d, ``[state, indicator]``, of ``counts[group, state]``."""
        states = counts.shape[1]
        own, above = self.worth.now(states)
        cells = np.zeros((len(own.cells), states), np.int64)
        distinct = np.zeros((len(own.distinct), states), np.int64)
        for group, count in zip(self.groups, counts, strict=True):
            for counter in group[0].distinct:
                distinct[counter] += count

        def more(sources: Sources, which: str) -> Sources:
            told: dict[str, Counts] = {}
            for group, count in zip(self.groups, counts, strict=True):
                for name, step in getattr(group[0], which):
                    told[name] = told.get(name, np.zeros(states, np.int64)) + count * step
            return sources.more(cells, distinct if which == "own" else distinct * 0, told)

        after = more(own, "own")
        same = self.worth.unit == self.worth.province
        return figures(self.worth.ground, self.worth.unit, after, after if same else more(above, "above"))

    def moves(self) -> list[dict[int, int]]:
        """Per group: the indicators whose figures one thing moves, and by how much."""
        groups = len(self.groups)
        n, d = self.of(
            np.concatenate([np.zeros((groups, 1), np.int64), np.eye(groups, dtype=np.int64)], axis=1)
        )
        moved = np.abs(n[1:] - n[0]) + np.abs(d[1:] - d[0])
        return [{int(place): int(one[place]) for place in np.flatnonzero(one)} for one in moved]


def sorted_out(found: list[Doing], worth: Worth, moved: set[int]) -> Others:
    """Things to be done as stocks and menus.  ``moved``: indicators whose figures acts on dossiers move.

    What raises a denominator that such acts hang on is left out.
    """
    alike: dict[tuple[object, ...], list[Doing]] = {}
    for one in found:
        alike.setdefault(one.alike, []).append(one)
    groups = list(alike.values())
    others = Others()
    if not groups:
        return others
    told = Figures(worth, groups)
    sizes = np.array([len(group) for group in groups])
    n, d = told.of(np.concatenate([np.zeros((len(groups), 1), np.int64), np.eye(len(groups), dtype=np.int64),
                                   np.diag(sizes)], axis=1))  # fmt: skip
    n_steps, d_steps = n[1:] - n[0], d[1:] - d[0]
    once, whole = slice(0, len(groups)), slice(len(groups), None)
    plain = ~d_steps[once].any(axis=1) & (n_steps[whole] == n_steps[once] * sizes[:, None]).all(axis=1)
    touched = [
        _hanging(worth, np.flatnonzero((one != 0) | (other != 0)).tolist())
        for one, other in zip(n_steps[once], d_steps[once], strict=True)
    ]
    for some in _joined(touched):
        here = set().union(*(touched[place] for place in some))
        if not here:
            continue
        menu = not all(plain[place] for place in some)
        if menu and not here & moved:
            others.menus.append([groups[place] for place in some])
            continue
        for place in some:
            if plain[place]:
                gain = tuple(n_steps[place].tolist())
                others.stocks.append((groups[place][0].what, groups[place], gain))
    return others


def hanging(worth: Worth, places: set[int]) -> set[int]:
    """Indicators whose points hang on the figures of some, and those by which they are multiplied."""
    return _hanging(worth, sorted(places))


def _hanging(worth: Worth, places: list[int]) -> set[int]:
    indicators = list(worth.ground.law.indicators.values())
    ids = [one.id for one in indicators]
    found = set(places)
    for place, one in enumerate(indicators):
        if one.times and {place, ids.index(one.times)} & found:
            found |= {place, ids.index(one.times)}
    return found


def _joined(touched: list[set[int]]) -> list[list[int]]:
    """Groups that share an indicator, together."""
    found: list[tuple[set[int], list[int]]] = []
    for place, one in enumerate(touched):
        apart = [told for told in found if not told[0] & one]
        shared = [told for told in found if told[0] & one]
        joined = set(one).union(*(told[0] for told in shared))
        found = [*apart, (joined, [*(where for told in shared for where in told[1]), place])]
    return [sorted(places) for _, places in found]


def menu(
    problem: Problem, worth: Worth, groups: list[list[Doing]], cost: Callable[[tuple[str, ...]], int]
) -> list[Option]:
    """The options of a menu that no other one undercuts."""
    told = Figures(worth, groups)
    ranges = _ranges([len(group) for group in groups])
    counts = np.stack([one.ravel() for one in np.meshgrid(*ranges, indexing="ij")])
    n, d = told.of(counts)
    places = np.flatnonzero((n != n[0]).any(axis=0) | (d != d[0]).any(axis=0)).tolist()
    costs = np.array([cost((group[0].what,)) for group in groups], np.int64) @ counts
    options = [
        Option(
            int(costs[state]),
            {place: (int(n[state, place]), int(d[state, place])) for place in places},
            tuple(counts[:, state].tolist()),
        )
        for state in range(counts.shape[1])
    ]
    gained = np.array(problem.gained(options))
    kept: list[Option] = []
    most: int | None = None
    for state in np.lexsort((counts.sum(axis=0), -gained, costs)).tolist():
        if most is None or gained[state] > most:
            most = int(gained[state])
            kept.append(options[state])
    return kept


def _ranges(sizes: list[int]) -> list[Counts]:
    """Per group, the numbers of things that are looked at: all, or evenly spread ones where they are many."""
    ranges = [np.arange(size + 1) for size in sizes]
    while prod(len(one) for one in ranges) > OPTIONS:
        largest = max(range(len(ranges)), key=lambda place: len(ranges[place]))
        points = np.linspace(0, sizes[largest], max(2, len(ranges[largest]) // 2))
        ranges[largest] = np.unique(np.rint(points).astype(np.int64))
    return ranges
