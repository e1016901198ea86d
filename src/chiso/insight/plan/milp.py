"""The problem as HiGHS takes it: rounding, ties and caps in whole numbers.

An indicator earns, in hundredths, ``k * n`` up to its maximum, rounded; ``k`` is its maximum in hundredths
over its cap and its denominator.  It earns at least the whole number ``p`` where

    ``k * n >= p - 1/2``, and more than that where p is odd and ties go to even.

So one whole number p an indicator, with a parity bit where a tie can happen at all, holds the law's rounding
exactly.  A group that is computed from ratios rounds twice: the ratio in hundredths of a percent is one more.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.engine.board import UNKNOWN
from chiso.law.scoring import points, ratio_points

if TYPE_CHECKING:
    from chiso.engine.count import Counts
    from chiso.insight.plan.problem import Problem
    from chiso.law.model import Indicator

HALF: Final = Fraction(1, 2)
RATIO: Final = 10_000
"""Hundredths of a percent in the whole."""
SLACK: Final = 1e-6
"""What floating point may be off by in a bound that is a whole number."""


@dataclass(frozen=True)
class Found:
    """What the solver found."""

    treated: Counts | None
    """per choice how many things; ``None`` where it found no plan in time"""
    taken: tuple[int, ...]
    bound: int
    """no plan costs less"""


class Hundredths:
    """What one indicator earns, in hundredths, as its group counts it."""

    def __init__(self, problem: Problem, place: int) -> None:
        law = problem.law
        self.problem, self.place = problem, place
        self.one: Indicator = list(law.indicators.values())[place]
        self.twice = law.groups[self.one.group].computed_from == "ratios"
        """whether the ratio is rounded first"""
        self.by = list(law.indicators).index(self.one.times) if self.one.times else -1
        """the indicator whose ratio multiplies it"""
        self.factor = Fraction(1) if self.by < 0 else _ratio(problem, self.by)

    @property
    def counts(self) -> bool:
        """Whether it has figures that can earn anything."""
        below = not self.problem.province and self.one.below_province == "none"
        return not below and self.one.constant is None and self.problem.d[self.place] > 0

    def of(self, n: int, d: int) -> int:
        """What so many of so many earn."""
        if not self.problem.province and self.one.below_province == "none":
            return 0
        top, bottom = (None, None) if UNKNOWN in (n, d) else (n, d)
        found = (ratio_points if self.twice else points)(self.one, top, bottom, self.factor)
        return int(found * 100)


def _ratio(problem: Problem, place: int) -> Fraction:
    n, d = int(problem.n[place]), int(problem.d[place])
    return Fraction(n, d) if d > 0 and n >= 0 else Fraction(0)


def warm() -> None:
    """Loads the solver, so that the first who asks need not wait for it."""
    import highspy  # noqa: F401, PLC0415 - seldom needed


def solved(problem: Problem, target: int, seconds: float, *, whole: bool = True) -> Found:
    """Solves the problem within a time.

    ``whole``: things are treated one by one; else they may be treated in part, which is quick and gives a
    bound, and a plan that has to be rounded up.

    Where two ratios that multiply each other both move, the plan is found with the multiplier as it stands
    (the law then gives more) and the bound with the multiplier at its best.
    """
    built = _Built(problem, target)
    x, bound = _run(built, seconds, whole)
    if built.multiplied:
        _, bound = _run(_Built(problem, target, hopeful=True), seconds, whole)
    if x is None:
        return Found(None, (), bound)
    taken = tuple(int(np.argmax(x[start : start + len(menu)])) for start, menu in built.menus)
    return Found(np.ceil(x[: problem.choices] - SLACK).astype(np.int64), taken, bound)


def _run(built: _Built, seconds: float, whole: bool) -> tuple[np.ndarray | None, int]:
    """The best plan found, and what no plan costs less than."""
    import highspy  # noqa: PLC0415 - seldom needed

    starts, columns, values, lower = built.rows
    variables = len(built.cost)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = variables, len(lower)
    model.col_cost_ = np.array(built.cost, float)
    model.col_lower_, model.col_upper_ = np.array(built.low, float), np.array(built.high, float)
    model.row_lower_ = np.array(lower)
    model.row_upper_ = np.full(len(lower), highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = variables, len(lower)
    model.a_matrix_.start_ = np.array(starts)
    model.a_matrix_.index_ = np.array(columns)
    model.a_matrix_.value_ = np.array(values)
    in_part = 0 if whole else built.problem.choices
    kinds = highspy.HighsVarType
    model.integrality_ = [kinds.kContinuous] * in_part + [kinds.kInteger] * (variables - in_part)
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("time_limit", seconds), ("mip_rel_gap", 0.0)):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    solver.run()
    info = solver.getInfo()
    told = info.mip_dual_bound
    bound = max(0, int(np.ceil(told - SLACK))) if np.isfinite(told) else 0
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return np.array(solver.getSolution().col_value) if found else None, bound


class _Built:
    """Variables and rows ``a @ x >= lower``.  All variables are whole numbers, those of choices first."""

    def __init__(self, problem: Problem, target: int, *, hopeful: bool = False) -> None:
        """``hopeful``: a multiplier that moves is taken at its best, else as it stands."""
        self.problem, self.hopeful = problem, hopeful
        self.multiplied = False
        """whether two ratios that multiply each other both move"""
        self.cost: list[int] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self._rows: list[dict[int, float]] = []
        self._lower: list[float] = []
        self.menus: list[tuple[int, list[Any]]] = []
        self.gains: dict[int, dict[int, int]] = {}
        """indicator → variable → by how much its numerator is more"""
        for stock in problem.stocks:
            first = len(self.cost)
            for choice in stock.choices:
                variable = self._variable(choice.cost, stock.size)
                for place, gain in enumerate(choice.gain):
                    if gain:
                        self.gains.setdefault(place, {})[variable] = gain
            if len(stock.choices) > 1:
                self._row(dict.fromkeys(range(first, len(self.cost)), -1), -stock.size)
        starts = np.cumsum([0, *(len(stock.choices) for stock in problem.stocks)])
        for one in problem.firsts:
            variable = self._variable(0, 1)
            self._row({**{int(starts[stock]) + choice: 1 for stock, choice in one.of}, variable: -1}, 0)
            self.gains.setdefault(one.indicator, {})[variable] = 1
        earned: dict[int, float] = {}
        fixed = 0
        for menu in problem.menus:
            start = len(self.cost)
            self.menus.append((start, menu))
            for option, gained in zip(menu, problem.gained(menu), strict=True):
                earned[self._variable(option.cost, 1)] = gained
            every = range(start, len(self.cost))
            self._row(dict.fromkeys(every, 1), 1)
            self._row(dict.fromkeys(every, -1), -1)
        for place in range(len(problem.n)):
            told = Hundredths(problem, place)
            if told.counts and (place in self.gains or told.by in self.gains):
                variable = self._indicator(told)
                if variable >= 0:
                    earned[variable] = 1
                    continue
            fixed += told.of(int(problem.n[place]), int(problem.d[place]))
        self._row(earned, target - fixed)

    def _variable(self, cost: int, high: int, low: int = 0) -> int:
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        return len(self.cost) - 1

    def _row(self, terms: dict[int, Any], lower: Any) -> None:
        self._rows.append({variable: float(value) for variable, value in terms.items()})
        self._lower.append(float(lower))

    def _most(self, place: int) -> int:
        """The numerator of an indicator once all is done."""
        gains = self.gains.get(place, {})
        done = int(self.problem.n[place]) + sum(gain * self.high[one] for one, gain in gains.items())
        return min(done, max(int(self.problem.d[place]), int(self.problem.n[place])))

    def _indicator(self, told: Hundredths) -> int:
        """The variable of what an indicator earns; -1 where nothing can be earned any more."""
        n, d = int(self.problem.n[told.place]), int(self.problem.d[told.place])
        steps = told.one.maximum * 100 / told.one.cap
        even = told.one.rounding.ties == "even"
        gains, factor, least = self.gains.get(told.place, {}), told.factor, told.of(n, d)
        if told.by in self.gains:
            factor = Fraction(self._most(told.by), max(1, int(self.problem.d[told.by])))
            if not gains:  # only its multiplier moves: its numerator is the multiplier's
                moved = Hundredths(self.problem, told.place)
                moved.factor = factor
                each = steps * Fraction(n, d) / max(1, int(self.problem.d[told.by]))
                start, most = int(self.problem.n[told.by]), self._most(told.by)
                spread = least, moved.of(n, d)
                return self._rounded(self.gains[told.by], start, most, each, spread, even)
            self.multiplied = True
            if not self.hopeful:
                factor = told.factor
        most = self._most(told.place)
        best = Hundredths(self.problem, told.place)
        best.factor = factor
        greatest = best.of(most, d)
        if least == greatest:
            return -1
        if not told.twice:
            return self._rounded(gains, n, most, steps * factor / d, (least, greatest), even)
        each = RATIO * factor / d
        spread = round(each * n), round(each * most)
        ratio = self._rounded(gains, n, most, each, spread, even)
        return self._rounded({ratio: 1}, 0, RATIO, steps / RATIO, (least, greatest), even)

    def _rounded(
        self, gains: dict[int, int], n: int, most: int, each: Fraction, spread: tuple[int, int], even: bool
    ) -> int:
        """A whole number that is at most ``each`` times (n and the gains), rounded."""
        least, greatest = spread
        variable = self._variable(0, greatest, least)
        row: dict[int, Any] = {one: each * gain for one, gain in gains.items()}
        row[variable] = -1
        lower = -HALF - each * n
        # a tie: each * n is a half and a whole number, which takes an even denominator
        half = each.denominator // 2
        if even and each.denominator % 2 == 0 and most // half > (n - 1) // half:
            twos, odd = self._variable(0, greatest // 2 + 1), self._variable(0, 1)
            self._row({twos: 2, odd: 1, variable: -1}, 0)
            self._row({twos: -2, odd: -1, variable: 1}, 0)
            row[odd] = Fraction(-1, 2 * each.denominator)
        self._row(row, lower)
        return variable

    @property
    def rows(self) -> tuple[list[int], list[int], list[float], list[float]]:
        """The rows one after the other: where each begins, its columns and values; and their lower ends."""
        starts = [0]
        columns: list[int] = []
        values: list[float] = []
        for terms in self._rows:
            columns += terms.keys()
            values += terms.values()
            starts.append(len(columns))
        return starts, columns, values, self._lower
