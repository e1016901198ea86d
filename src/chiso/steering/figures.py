"""The figures that duties are measured by: of one period, judged at one instant, as known at one instant.

Computed from dossiers where a unit has any in the period, else as the portal published them; where neither is
known there is no data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING

from chiso.instants import tree_instant
from chiso.law.goals import COPIES, Goal
from chiso.law.ranks import ranks
from chiso.registry.units import LEAGUES

if TYPE_CHECKING:
    import numpy as np

    from chiso.engine.board import Board
    from chiso.folder.published import Published, PublishedScore
    from chiso.folder.state import DataFolder
    from chiso.instants import Period
    from chiso.law.model import LawVersion
    from chiso.registry.units import Units
    from chiso.steering.copies import Copies
    from chiso.steering.register import Duty


@dataclass
class Figures:
    """Values of goals for units (by number)."""

    units: Units
    law: LawVersion
    """the portal's own law of the period: by it results were published"""
    period: Period
    judged_at: int
    known_at: int
    board_of: Callable[[], Board | None]
    """``None`` where nothing can be computed by the law of the period"""
    published: Published
    copies: np.ndarray
    """per unit: certified e-copies"""
    _told: dict[int, PublishedScore | None] = field(default_factory=dict)
    _ranks: dict[str, Mapping[int, int]] = field(default_factory=dict)

    def computed(self, unit: int) -> bool:
        """Whether a unit's figures come from dossiers."""
        return self.board is not None and int(self.board.dossiers[unit]) > 0

    @cached_property
    def board(self) -> Board | None:
        return self.board_of()

    @property
    def by_portal(self) -> bool:
        """Whether anything was looked up among published results."""
        return bool(self._told or self._ranks)

    def prepare(self, units: Iterable[int]) -> None:
        """Reads what was published of many units at once."""
        wanted = [one for one in units if not self.computed(one) and one not in self._told]
        known = {self.units.all[one].code: self.units.all[one].kind for one in wanted}
        at = min(self.known_at, self.judged_at)
        found = self.published.scores(self.law, known, self.period.label, at) if known else {}
        for one in wanted:
            told = found.get(self.units.all[one].code)
            self._told[one] = told

    def value(self, goal: Goal, unit: int) -> Fraction | None:
        """The figure of a goal; ``None`` where there is no data."""
        if goal.kind == COPIES:
            return Fraction(int(self.copies[unit]))
        if goal.kind == "rank":
            place = self._league(unit).get(unit)
            return None if place is None else Fraction(place)
        if self.computed(unit):
            return self._from_board(goal, unit)
        self.prepare([unit])
        told = self._told[unit]
        return None if told is None else self._from_portal(goal, told)

    def _from_board(self, goal: Goal, unit: int) -> Fraction | None:
        board = self.board
        assert board is not None
        if goal.kind in ("total", "band"):
            points = Fraction(int(board.table.totals[unit]), 100)
            return points / board.law.maximum if goal.percent else points
        if goal.kind == "group":
            place = list(board.law.groups).index(goal.key)
            points = Fraction(int(board.table.groups[unit, place]), 100)
            return points / board.law.groups[goal.key].maximum if goal.percent else points
        if goal.key not in board.law.indicators:
            return None
        place = list(board.law.indicators).index(goal.key)
        n, d = int(board.n[unit, place]), int(board.d[unit, place])
        if goal.percent:
            return Fraction(n, d) if n >= 0 and d > 0 else None
        no_data = d <= 0 and board.law.indicators[goal.key].constant is None
        return None if no_data else Fraction(int(board.table.indicators[unit, place]), 100)

    def _from_portal(self, goal: Goal, told: PublishedScore) -> Fraction | None:
        if goal.kind in ("total", "band"):
            points = Fraction(told.total) if told.complete else None
            return points / self.law.maximum if goal.percent and points is not None else points
        if goal.kind == "group":
            group = told.groups.get(goal.key)
            if group is None:
                return None
            return Fraction(group) / self.law.groups[goal.key].maximum if goal.percent else Fraction(group)
        one = told.scored.indicators.get(goal.key)
        if one is None:
            return None
        if goal.percent:
            return Fraction(one.n, one.d) if one.n is not None and one.d else None
        return Fraction(one.points) if one.n is not None or one.given else None

    def _league(self, unit: int) -> Mapping[int, int]:
        """Places of a unit's league: of home's units by what is computed, of all others as published."""
        kind = self.units.all[unit].kind
        among = next((name for name, one in LEAGUES.items() if one == kind), None)
        if among is None:
            return {}
        found = self._ranks.get(among)
        if found is None:
            at = tree_instant(min(self.judged_at, self.known_at))
            members = [one.index for one in self.units.league(among, None, at)]
            found = self._ranks[among] = self._places(members)
        return found

    def _places(self, members: list[int]) -> dict[int, int]:
        board = self.board
        held = [one for one in members if self.computed(one)]
        if board is not None and held and self.units.all[held[0]].kind != "province":
            totals = [int(board.table.totals[one]) for one in held]
            return dict(zip(held, ranks(totals), strict=True))
        codes = {self.units.all[one].code: self.units.all[one].kind for one in members}
        at = min(self.known_at, self.judged_at)
        told = self.published.scores(self.law, codes, self.period.label, at)
        whole = {code: one.total for code, one in told.items() if one.complete}
        places = dict(zip(whole, ranks(list(whole.values())), strict=True))
        places |= {code: one.rank for code, one in told.items() if one.rank is not None}
        return {one: places[code] for one in members if (code := self.units.all[one].code) in places}


class Made:
    """The figures of every period and deadline as known at one instant, each made once."""

    def __init__(
        self,
        folder: DataFolder,
        known_at: int,
        law_of: Callable[[Period], LawVersion],
        board_of: Callable[[Duty], Board | None],
        copies: Copies,
    ) -> None:
        self._folder, self._known_at, self._copies = folder, known_at, copies
        self._law_of, self._board_of = law_of, board_of
        self.made: dict[tuple[str, int], Figures] = {}

    def __call__(self, duty: Duty) -> Figures:
        key = (duty.period.label, duty.judged_at)
        found = self.made.get(key)
        if found is None:
            folder, period, judged_at = self._folder, duty.period, duty.judged_at
            found = self.made[key] = Figures(
                folder.registry.units,
                self._law_of(period),
                period,
                judged_at,
                self._known_at,
                partial(self._board_of, duty),
                folder.published,
                self._copies.counts(period.start, judged_at, self._known_at),
            )
        return found
