"""The least work that earns so many hundredths of a point, held by the law's own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from time import monotonic
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.insight.plan.milp import solved

if TYPE_CHECKING:
    from chiso.engine.count import Counts
    from chiso.insight.plan.problem import Problem

SECONDS: Final = 1.2
"""The solver stops then with the best it has, and the gap that it has proven."""
FEW: Final = 20_000
"""Things that are treated one by one at once whatever they cost; of more, only where all cost the same."""
ALONE: Final = 60
"""Choices that are trimmed one by one; of more, those that gain the same are trimmed together."""
NEAR: Final = Fraction(1, 1000)
"""A gap that is small enough where exactness takes long."""


@dataclass(frozen=True)
class Solution:
    """What to do."""

    treated: Counts
    taken: tuple[int, ...]
    cost: int
    total: int
    """hundredths, as the law scores it"""
    bound: int
    """no plan costs less"""

    @property
    def gap(self) -> Fraction:
        """By what share of its cost this might be undercut."""
        return Fraction(self.cost - self.bound, self.cost) if self.cost else Fraction(0)


def best(problem: Problem) -> tuple[int, Counts, tuple[int, ...]]:
    """The highest total of all, in hundredths, and what earns it.

    Points never fall where a numerator rises, so doing all of everything earns the most; of each menu the
    option with the most points, for menus are about indicators of their own.
    """
    treated = np.zeros(problem.choices, np.int64)
    place = 0
    for stock in problem.stocks:
        gains = np.array([choice.gain for choice in stock.choices], np.int64)
        most = gains.max(axis=0)
        whole = [index for index, gain in enumerate(gains) if (gain == most).all()]
        if not whole:
            raise ValueError("no way of treating a stock gives all that any of them gives")
        treated[place + whole[0]] = stock.size
        place += len(stock.choices)
    taken = []
    for menu in problem.menus:
        gained = problem.gained(menu)
        taken.append(gained.index(max(gained)))
    return problem.total(treated, taken), treated, tuple(taken)


def solve(problem: Problem, target: int, seconds: float = SECONDS) -> Solution | None:
    """The least work that earns ``target`` hundredths; ``None`` where nothing does."""
    most, everything, all_taken = best(problem)
    if most < target:
        return None
    nothing = np.zeros(problem.choices, np.int64)
    least = tuple(min(range(len(menu)), key=lambda one: menu[one].cost) for menu in problem.menus)
    if problem.total(nothing, least) >= target and problem.cost(nothing, least) == 0:
        return Solution(nothing, least, 0, problem.total(nothing, least), 0)
    plan = _Plan(problem, target, everything, all_taken)
    bound = 0
    end = monotonic() + seconds
    for whole in _ways(problem):
        found = solved(problem, target, max(0.1, end - monotonic()), whole=whole)
        bound = max(bound, found.bound)
        if found.treated is not None:
            plan.offer(found.treated, found.taken)
        near = plan.cost if whole else plan.cost - plan.cost * NEAR
        if near <= bound:
            break
    return Solution(plan.treated, plan.taken, plan.cost, plan.total, min(bound, plan.cost))


def _ways(problem: Problem) -> tuple[bool, ...]:
    """Whether things are treated one by one (True) or in part (False), in the order in which it is tried.

    One by one is exact.  Of very many things that cost differently it takes long, and gains next to nothing.
    """
    costs = {choice.cost for stock in problem.stocks for choice in stock.choices}
    few = sum(stock.size for stock in problem.stocks) <= FEW
    return (True, False) if few or len(costs) <= 1 else (False, True)


class _Plan:
    """The best plan so far; at first all of everything."""

    def __init__(self, problem: Problem, target: int, everything: Counts, all_taken: tuple[int, ...]) -> None:
        self.problem, self.target = problem, target
        self.treated, self.taken = everything, all_taken
        self._choices = [choice for stock in problem.stocks for choice in stock.choices]
        self._spans: list[tuple[int, int]] = []
        for stock in problem.stocks:
            start = self._spans[-1][1] if self._spans else 0
            self._spans.append((start, start + len(stock.choices)))

    @property
    def cost(self) -> int:
        return self.problem.cost(self.treated, self.taken)

    @property
    def total(self) -> int:
        return self.problem.total(self.treated, self.taken)

    def offer(self, treated: Counts, taken: tuple[int, ...]) -> None:
        """Takes a plan that the solver found, once the law says that it is enough, if it costs less."""
        treated = treated.copy()
        for (start, stop), stock in zip(self._spans, self.problem.stocks, strict=True):
            over = int(treated[start:stop].sum()) - stock.size  # of what was treated in part and rounded up
            for place in range(start, stop):
                less = min(max(0, over), int(treated[place]))
                treated[place] -= less
                over -= less
        while self.problem.total(treated, taken) < self.target:
            room = [
                place
                for (start, stop), stock in zip(self._spans, self.problem.stocks, strict=True)
                if treated[start:stop].sum() < stock.size
                for place in range(start, stop)
            ]
            if not room:
                return
            treated[min(room, key=lambda place: self._worth(treated, taken, place))] += 1
        tried = _Plan(self.problem, self.target, treated, taken)
        tried.finish()
        if tried.cost < self.cost:
            self.treated, self.taken = tried.treated, taken

    def _worth(self, treated: Counts, taken: tuple[int, ...], place: int) -> tuple[int, int]:
        more = treated.copy()
        more[place] += 1
        return (-self.problem.total(more, taken), self._choices[place].cost)

    def finish(self) -> None:
        """Leaves off what is not needed, and treats things with fewer acts where those are enough.

        Where there are very many stocks, those are taken together of which the same is left off.
        """
        moves: dict[tuple[object, ...], list[tuple[int, int | None]]] = {}
        alone = sum(map(bool, self.treated)) <= ALONE
        for span in self._spans:
            for place in range(*span):
                if self.treated[place]:
                    for other in (None, *range(*span)):
                        if self._saved(place, other) > (0, 0):
                            key = (place, other) if alone else (self._gain(place), self._gain(other))
                            moves.setdefault((*self._saved(place, other), *key), []).append((place, other))
        for one in sorted(moves.values(), key=lambda told: self._saved(*told[0]), reverse=True):
            self._shift(one)

    def _saved(self, place: int, other: int | None) -> tuple[int, int]:
        """What treating a thing in another way, or not at all, saves: cost, acts."""
        one = self._choices[place]
        if other is None:
            return one.cost, max(1, one.effort)
        return one.cost - self._choices[other].cost, one.effort - self._choices[other].effort

    def _gain(self, place: int | None) -> tuple[int, ...]:
        return () if place is None else self._choices[place].gain

    def _shift(self, moves: list[tuple[int, int | None]]) -> None:
        """Treats as many things as possible in other ways with the target still reached."""
        held = np.cumsum([self.treated[place] for place, _ in moves])
        # points never fall where more is done: the last number that is possible is found by halves
        low, high = 0, int(held[-1])
        while low < high:
            some = (low + high + 1) // 2
            if self.problem.total(self._shifted(moves, held, some), self.taken) >= self.target:
                low = some
            else:
                high = some - 1
        self.treated = self._shifted(moves, held, low)

    def _shifted(self, moves: list[tuple[int, int | None]], held: Counts, some: int) -> Counts:
        treated = self.treated.copy()
        last = int(np.searchsorted(held, some))
        for (place, other), until in zip(moves[: last + 1], held.tolist(), strict=False):
            less = min(int(treated[place]), int(self.treated[place]) - max(0, until - some))
            treated[place] -= less
            if other is not None:
                treated[other] += less
        return treated
