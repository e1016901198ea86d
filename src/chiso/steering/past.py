"""The results of units at a past instant, as known then."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from chiso.instants import tree_instant, year_of
from chiso.law.goals import Goal
from chiso.law.ranks import ranks
from chiso.law.scoring import points
from chiso.registry.units import LEAGUES
from chiso.steering.figures import Figures

if TYPE_CHECKING:
    from chiso.engine.trail import Sample
    from chiso.folder.state import DataFolder
    from chiso.instants import Period
    from chiso.law.model import LawVersion


def results_then(folder: DataFolder, period: Period, then: int) -> Past | None:
    """The results of a period as judged and known at a past instant.

    A server keeps a sample a day of the year; ``None`` until it has them, nobody waits for them.
    """
    law = folder.law_of(period)
    copies = np.zeros(len(folder.registry.units), np.int64)
    told = Figures(folder.registry.units, law, period, then, then, lambda: None, folder.published, copies)
    if law.groups_only:
        return Past(folder, law, None, told)
    if then >= folder.now():
        told.board_of = lambda: folder.view(period).board
        return Past(folder, law, None, told)
    if folder.keeps_standing and period == year_of(folder.now()):
        sample = folder.sample_at(then)
        return None if sample is None else Past(folder, law, sample, told)
    board = folder.view(period, then, then).board
    told.board_of = lambda: board
    return Past(folder, law, None, told)


class Past:
    """By a day's sample where computed, else as published."""

    def __init__(self, folder: DataFolder, law: LawVersion, sample: Sample | None, told: Figures) -> None:
        self._folder, self._law, self._sample, self._told = folder, law, sample, told
        self._places: dict[str, dict[int, int]] = {}

    def computed(self, unit: int) -> bool:
        """Whether a unit's results come from dossiers."""
        if self._sample is None:
            return self._told.computed(unit)
        return unit < len(self._sample.dossiers) and bool(self._sample.dossiers[unit])

    def value(self, goal: Goal, unit: int) -> Fraction | None:
        """The figure of a goal; ``None`` where there is no data."""
        sample = self._sample
        if goal.kind == "rank":
            return self._rank(unit)
        if sample is None or not self.computed(unit):
            return self._told.value(goal, unit)
        if goal.kind == "total":
            value = Fraction(int(sample.totals[unit]), 100)
            return value / self._law.maximum if goal.percent else value
        if goal.kind == "group":
            place = list(self._law.groups).index(goal.key)
            value = Fraction(int(sample.groups[unit, place]), 100)
            return value / self._law.groups[goal.key].maximum if goal.percent else value
        figures = sample.figures(unit)
        if figures is None or goal.key not in self._law.indicators:
            return None
        place = list(self._law.indicators).index(goal.key)
        n, d = int(figures[0][place]), int(figures[1][place])
        if goal.percent:
            return Fraction(n, d) if d > 0 else None
        return Fraction(points(self._law.indicators[goal.key], max(n, 0), max(d, 0)))

    def _rank(self, unit: int) -> Fraction | None:
        sample, kind = self._sample, self._folder.registry.units.all[unit].kind
        goal = Goal("rank", "", Fraction(0))
        if sample is None or kind == "province":
            return self._told.value(goal, unit)
        among = next((name for name, one in LEAGUES.items() if one == kind), "")
        if among not in self._places:
            members = [
                one.index
                for one in self._folder.registry.units.league(among, None, tree_instant(sample.at))
                if one.index < len(sample.dossiers) and sample.dossiers[one.index]
            ]
            totals = [int(sample.totals[one]) for one in members]
            self._places[among] = dict(zip(members, ranks(totals), strict=True))
        place = self._places[among].get(unit)
        return None if place is None else Fraction(place)
