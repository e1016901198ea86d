"""Counts to figures: numerators and denominators of every unit and indicator, and their points.

A :class:`Board` is one period judged at one instant: integers ``n`` and ``d`` for all units at once, from
which points follow by integer arithmetic (:func:`chiso.law.scoring.points_table`), exact to the hundredth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chiso.instants import Period
from chiso.law.model import LEVELS, LawVersion
from chiso.law.scoring import Scored, score
from chiso.law.table import Table, points_table

if TYPE_CHECKING:
    from chiso.engine.count import Counts
    from chiso.engine.ground import Ground
    from chiso.engine.plan import Reading

UNKNOWN = -1
"""In ``n`` and ``d``: the indicator has no such number here."""


@dataclass(frozen=True)
class Sources:
    """Where figures are read: counts of subtrees, the last axis over units (or over whatever is asked of)."""

    cells: Counts
    """``[c, …]``: counter c of the law's plan"""
    distinct: Counts
    """``[k, …]``: distinct procedures of counter k"""
    registers: Mapping[str, Counts]
    """by name: numbers that come from procedures, decisions and petitions"""

    def take(self, index: Counts) -> Sources:
        """Some places of the last axis."""
        registers = {name: values[index] for name, values in self.registers.items()}
        return Sources(self.cells[:, index], self.distinct[:, index], registers)

    def then(self, other: Sources) -> Sources:
        """The places of the last axis, and after them those of another."""
        registers = {name: np.r_[values, other.registers[name]] for name, values in self.registers.items()}
        return Sources(
            np.concatenate([self.cells, other.cells], axis=1),
            np.concatenate([self.distinct, other.distinct], axis=1),
            registers,
        )

    def more(self, cells: Counts, distinct: Counts, registers: Mapping[str, Counts]) -> Sources:
        """The same with so much more of each; registers that are unknown stay so."""
        told = dict(self.registers)
        for name, steps in registers.items():
            told[name] = np.where(told[name] == UNKNOWN, UNKNOWN, told[name] + steps)
        return Sources(self.cells + cells, self.distinct + distinct, told)

    def read(self, reading: Reading | None) -> Counts:
        """A numerator or denominator; ``UNKNOWN`` where there is none."""
        nothing = np.full(self.cells.shape[1:], UNKNOWN, np.int64)
        if reading is None:
            return nothing
        if reading.kind == "cell":
            values = self.cells[reading.index]
        elif reading.kind == "procedures":
            values = self.distinct[reading.index]
        else:
            values = self.registers.get(reading.register, nothing)
            if reading.otherwise:
                stand_in = self.registers.get(f"{reading.register}_{reading.otherwise}", nothing)
                values = np.where(values == UNKNOWN, stand_in, values)
        if reading.at_least is not None:
            values = np.maximum(values, self.read(reading.at_least))
        return np.asarray(values, np.int64)


@dataclass(eq=False)
class Board:
    """Figures of all units for one period.

    ``n[u, i]``, ``d[u, i]``: unit by number, indicator in the law's order; ``UNKNOWN`` where there is none.
    """

    ground: Ground
    period: Period
    judged_at: int
    n: Counts
    d: Counts
    dossiers: Counts
    """per unit with its subtree: dossiers in the period"""
    sources: Sources
    """what n and d were read from, per unit with its subtree"""

    @property
    def law(self) -> LawVersion:
        return self.ground.law

    @property
    def nbytes(self) -> int:
        """What its figures take in memory."""
        told = self.sources
        arrays = (self.n, self.d, self.dossiers, told.cells, told.distinct, *told.registers.values())
        return sum(one.nbytes for one in arrays)

    @cached_property
    def table(self) -> Table:
        """Points of all units at once, in hundredths."""
        return points_table(self.law, self.ground.is_province, self.n, self.d)

    def figures(self, unit: int) -> dict[str, tuple[int, int] | None]:
        """n and d of a unit, as the law's scoring reads them."""
        found: dict[str, tuple[int, int] | None] = {}
        for index, indicator in enumerate(self.law.indicators):
            n, d = int(self.n[unit, index]), int(self.d[unit, index])
            if UNKNOWN not in (n, d):
                found[indicator] = (n, d)
        return found

    def score(self, unit: int) -> Scored:
        """The exact score of one unit."""
        kind = self.ground.units.all[unit].kind
        level = kind if kind in LEVELS else "province"
        return score(self.law, level, self.figures(unit))


def roll_up(cells: Counts, ground: Ground, at: int) -> Counts:
    """Counts of units themselves to counts of their subtrees (last axis: units)."""
    total = np.zeros_like(cells)
    # most units of a long history hold nothing now
    some = np.flatnonzero(cells if cells.ndim == 1 else cells.any(axis=0))
    own = cells[..., some]
    for level in ground.ancestor_levels(at):
        above = level[some]
        held = np.flatnonzero(above >= 0)
        order = held[np.argsort(above[held], kind="stable")]
        targets = above[order]
        if targets.size:
            starts = np.flatnonzero(np.r_[True, targets[1:] != targets[:-1]])
            total[..., targets[starts]] += np.add.reduceat(own[..., order], starts, axis=-1)
    return total


def board(ground: Ground, period: Period, at: int, cells: Counts, distinct: Counts) -> Board:
    """The board of one period: ``cells[c, u]`` of units themselves, ``distinct[k, u]`` of subtrees."""
    judged = period.judged_at(at)
    units = ground.unit_count
    # the counts given may be standing ones, which go on
    sources = Sources(roll_up(cells, ground, judged), distinct.copy(), ground.registers(period, judged))
    indicators = ground.law.indicators
    n = np.full((units, len(indicators)), UNKNOWN, np.int64)
    d = np.full((units, len(indicators)), UNKNOWN, np.int64)
    for index, indicator in enumerate(indicators.values()):
        own_n, own_d = (sources.read(reading) for reading in ground.plan.readings[indicator.id])
        if indicator.below_province == "none":
            own_n, own_d = (np.where(ground.is_province, own, UNKNOWN) for own in (own_n, own_d))
        elif indicator.below_province == "inherited":
            own_n, own_d = own_n[ground.province_of], own_d[ground.province_of]
        n[:, index], d[:, index] = own_n, own_d
    return Board(ground, period, judged, n, d, sources.cells[ground.plan.in_period_cell], sources)


def figures(ground: Ground, unit: int, own: Sources, above: Sources) -> tuple[Counts, Counts]:
    """n and d of one unit in many states, ``[state, indicator]``: the fast way to many boards of one unit.

    Args:
        ground: what is counted on.
        unit: the unit.
        own: its counts with its subtree, the last axis over states.
        above: those of its province, from which some indicators are inherited.
    """
    indicators = ground.law.indicators
    states = own.cells.shape[1]
    n = np.full((states, len(indicators)), UNKNOWN, np.int64)
    d = np.full((states, len(indicators)), UNKNOWN, np.int64)
    below = not ground.is_province[unit]
    for index, indicator in enumerate(indicators.values()):
        if below and indicator.below_province == "none":
            continue
        sources = above if below and indicator.below_province == "inherited" else own
        n[:, index], d[:, index] = (sources.read(one) for one in ground.plan.readings[indicator.id])
    return n, d
