"""What can be done and what it gives, as whole numbers.

Acts raise numerators by whole numbers; denominators stand.  What moves a denominator is a menu: one of a few
options, each with the figures that it makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chiso.law.table import points_table

if TYPE_CHECKING:
    from chiso.engine.count import Counts
    from chiso.law.model import LawVersion


@dataclass(frozen=True)
class Choice:
    """One way of treating a thing of a stock."""

    cost: int
    gain: tuple[int, ...]
    """per indicator, by how much its numerator is more"""
    effort: int = 0
    """of two ways that cost the same, the one with less is taken: how many acts it is"""


@dataclass
class Stock:
    """Things that are all alike: so many, each treated in one of the ways or left."""

    size: int
    choices: list[Choice]


@dataclass(frozen=True)
class First:
    """A numerator that is one more as soon as one thing of some is treated in one of some ways."""

    indicator: int
    of: tuple[tuple[int, int], ...]
    """(stock, choice)"""


@dataclass(frozen=True)
class Option:
    """One line of a menu: what it costs, and the figures of the indicators it is about."""

    cost: int
    figures: dict[int, tuple[int, int]]
    """place of an indicator → (n, d)"""
    label: tuple[int, ...] = ()
    """how many of each kind of act it takes"""


@dataclass
class Problem:
    """All that can be done, from where one stands."""

    law: LawVersion
    province: bool
    n: Counts
    """per indicator if nothing is done; ``UNKNOWN`` where there is none"""
    d: Counts
    stocks: list[Stock] = field(default_factory=list)
    firsts: list[First] = field(default_factory=list)
    menus: list[list[Option]] = field(default_factory=list)

    @cached_property
    def _gains(self) -> Counts:
        """``[choice, indicator]``"""
        gains = [choice.gain for stock in self.stocks for choice in stock.choices]
        return np.array(gains, np.int64).reshape(-1, len(self.n))

    @cached_property
    def _costs(self) -> Counts:
        return np.array([choice.cost for stock in self.stocks for choice in stock.choices], np.int64)

    @cached_property
    def _of(self) -> list[Counts]:
        """Per first: the places of its choices."""
        starts = np.cumsum([0, *(len(stock.choices) for stock in self.stocks)])
        return [np.array([starts[stock] + choice for stock, choice in one.of]) for one in self.firsts]

    def figures(self, treated: Counts, taken: Sequence[int]) -> tuple[Counts, Counts]:
        """n and d once so many things are treated (one entry a choice, stock by stock) and options taken."""
        n, d = self.n + treated @ self._gains, self.d.copy()
        for first, of in zip(self.firsts, self._of, strict=True):
            n[first.indicator] += bool(treated[of].any())
        for menu, option in zip(self.menus, taken, strict=True):
            for where, (top, bottom) in menu[option].figures.items():
                n[where], d[where] = top, bottom
        return n, d

    def gained(self, options: Sequence[Option]) -> list[int]:
        """By how many hundredths each option of a menu raises the total.

        It does so whatever else is done: what a menu is about, no stock moves.
        """
        n, d = (np.repeat(one[None], len(options) + 1, axis=0) for one in (self.n, self.d))
        for row, option in enumerate(options, 1):
            for where, (top, bottom) in option.figures.items():
                n[row, where], d[row, where] = top, bottom
        totals = points_table(self.law, np.full(len(n), self.province), n, d).totals
        return [int(total) for total in totals[1:] - totals[0]]

    def total(self, treated: Counts, taken: Sequence[int]) -> int:
        """The total by the law's own arithmetic, in hundredths."""
        n, d = self.figures(treated, taken)
        return int(points_table(self.law, np.array([self.province]), n[None], d[None]).totals[0])

    @property
    def start(self) -> int:
        """The total if nothing is done, in hundredths."""
        return int(points_table(self.law, np.array([self.province]), self.n[None], self.d[None]).totals[0])

    def cost(self, treated: Counts, taken: Sequence[int]) -> int:
        chosen = sum(menu[option].cost for menu, option in zip(self.menus, taken, strict=True))
        return int(self._costs @ treated) + chosen

    @property
    def choices(self) -> int:
        return sum(len(stock.choices) for stock in self.stocks)
