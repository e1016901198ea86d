"""All that a unit can do until a day, ready to be solved: figures if nothing is done, stocks and menus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chiso.insight.gains import Worth
from chiso.insight.outlook.course import course
from chiso.insight.plan.inflow import Inflow, inflow
from chiso.insight.plan.others import Doing, Others, doings, hanging, menu, sorted_out
from chiso.insight.plan.problem import Problem, Stock
from chiso.insight.plan.stocks import Stocks, Way, possible, stocks_of
from chiso.insight.scene import Scene, scene
from chiso.instants import NEVER

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.folder.state import DataFolder, View
    from chiso.insight.plan.problem import Choice
    from chiso.insight.plan.stocks import Cost


@dataclass(eq=False)
class Ready:
    """What can be done, apart from what it costs."""

    now: View
    then: Scene
    """the unit's dossiers as they stand on the day if nobody acts"""
    worth: Worth
    stocks: Stocks
    others: Others
    expected: Inflow | None

    @cached_property
    def last(self) -> Array:
        """Per dossier of the scene: the last instant at which it can be finished in time; else ``NEVER``."""
        ahead = course(self.now, self.unit, self.then.judged_at)
        numbers = np.concatenate([*ahead.falling, np.empty(0, np.int64)]).astype(np.int64)
        until = np.repeat(ahead.instants, [len(one) for one in ahead.falling]) - 1
        order = np.lexsort((until, numbers))
        numbers, first = np.unique(numbers[order], return_index=True)
        until = until[order][first]
        here = self.then.rows["dossier"].astype(np.int64)
        found = np.full(len(here), NEVER)
        if len(numbers):
            place = np.minimum(np.searchsorted(numbers, here), len(numbers) - 1)
            found = np.where(numbers[place] == here, until[place], NEVER)
        return found

    @property
    def unit(self) -> int:
        return self.then.unit

    @cached_property
    def figures(self) -> tuple[Counts, Counts]:
        """n and d on the day if nobody acts, ``UNKNOWN`` where there is none."""
        board = self.then.view.board
        n, d = board.n[self.unit].copy(), board.d[self.unit].copy()
        if self.expected is not None:
            some = self.expected.d > 0
            n[some] += self.expected.n[some]
            d[some] += self.expected.d[some]
        return n, d


@dataclass(eq=False)
class Posed:
    """A problem, and what its choices and options are about."""

    problem: Problem
    choices: list[list[tuple[Way, Choice]]]
    """per stock of dossiers"""
    menus: list[list[list[Doing]]]


def ready(folder: DataFolder, now: View, until: int, unit: int, as_of: int | None, *, expect: bool) -> Ready:
    """Looks through all that can be done from the judging instant of a view until another instant.

    ``expect``: with the dossiers that are still to come.
    """
    law = now.board.law
    then = scene(folder.view(now.period, until, as_of, law), unit)
    at = now.board.judged_at
    stocks = stocks_of(then, possible(folder, then, at), at)
    worth = Worth(then.view, unit)
    moved = {
        place for stocked in stocks.all for way in stocked.ways for place, gain in enumerate(way.gain) if gain
    }
    used = {counter for stocked in stocks.all for way in stocked.ways for counter in way.firsts}
    moved |= {place for counter, place in stocks.counters if counter in used}
    others = sorted_out(list(doings(now, then)), worth, hanging(worth, moved))
    return Ready(now, then, worth, stocks, others, inflow(scene(now, unit), until) if expect else None)


def posed(told: Ready, cost: Cost) -> Posed:
    """The problem with what everything costs."""
    choices = [stocked.choices(cost) for stocked in told.stocks.all]
    board = told.then.view.board
    n, d = told.figures
    stocks = [
        Stock(len(stocked.members), [choice for _, choice in some])
        for stocked, some in zip(told.stocks.all, choices, strict=True)
    ]
    stocks += [told.others.stock(place, cost) for place in range(len(told.others.stocks))]
    province = bool(told.then.ground.is_province[told.unit])
    problem = Problem(board.law, province, n, d, stocks, told.stocks.firsts(choices))
    problem.menus = [menu(problem, told.worth, groups, cost) for groups in told.others.menus]
    return Posed(problem, choices, told.others.menus)
