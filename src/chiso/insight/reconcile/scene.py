"""One instant of capture: what counts there as known, and what would count in other hands.

Dossiers that the same hands may alter make a *block*.  A block is counted once for every set of its hands;
the count for any set of causes is then the count as known plus what each block counts otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.columns import DERIVED, Columns
from chiso.engine.count import Window
from chiso.engine.procedures import UNKNOWN
from chiso.folder.drill import subtree_mask
from chiso.insight.reconcile.causes import BY_DAY, PLACEHOLDER, RECORDS, TODAY, Option, document_rule
from chiso.insight.reconcile.numbers import Numbers, distinct, only

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.insight.reconcile.cells import Bools, Cells, Counts, Side
    from chiso.insight.reconcile.hands import Hands
    from chiso.instants import Period

State = frozenset[Option]
"""The causes that are believed."""
Pair = tuple[int, int]

GROUNDS: Final = (RECORDS, TODAY)
"""Causes that stand on another ground: records as known then, the units of today.  At most one at a time."""


@dataclass(frozen=True)
class Block:
    """Dossiers that the same hands may alter."""

    hands: tuple[Option, ...]
    numbers: Numbers


@dataclass(frozen=True)
class Sums:
    """What some rows count: by cell, and for cells of procedures by procedure."""

    cells: Counts
    procedures: Counts
    """``[cell of procedures, term]``: dossiers"""

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.cells + other.cells, self.procedures + other.procedures)

    def __sub__(self, other: Sums) -> Sums:
        return Sums(self.cells - other.cells, self.procedures - other.procedures)


class Scene:
    """A unit's period at one capture, for the indicators captured then."""

    def __init__(
        self,
        at: int,
        period: Period,
        unit: int,
        indicators: tuple[str, ...],
        cells: Cells,
        hands: Hands,
        grounds: dict[Option | None, Ground],
    ) -> None:
        self.at, self.period, self.unit, self.indicators = at, period, unit, indicators
        self.judged = period.judged_at(at)
        self.cells, self.hands, self.grounds = cells, hands, grounds
        plain = self.ground(None)
        self.level_is_province = bool(plain.is_province[unit])
        self._inside = {key: inside_of(ground, unit, period, at) for key, ground in grounds.items()}
        self.asked = cells.of(indicators)
        self._sums: dict[tuple[Option | None, int, State], Sums] = {}
        self._answers: dict[Option | None, Bools] = {}
        self._registers: dict[Option | None, dict[str, int]] = {}
        self._members: dict[tuple[str, Option | None], Bools] = {}

    def ground(self, key: Option | None) -> Ground:
        """The ground of a cause, else the one as known now."""
        return self.grounds.get(key) or self.grounds[None]

    def ground_of(self, state: State) -> Option | None:
        """The cause of a state that stands on another ground."""
        return next((one for one in GROUNDS if one in state and one in self.grounds), None)

    # -- rows ---------------------------------------------------------------------------------------------

    def same_dossiers(self, key: Option | None) -> bool:
        """Whether dossiers count on a ground as they do on the one as known now."""
        return key is None or self.ground(key).catalogue is self.ground(None).catalogue

    def answers(self, rows: Columns, key: Option | None) -> Bools:
        """``[cell, row]``: what rows count on a ground."""
        if self.same_dossiers(key):
            key = None
        ground = self.ground(key)
        if key == RECORDS:
            rows = with_limits(rows, ground)
        return self.cells.answers(rows, ground, self.period, self.at, self._inside[key], self.asked)

    def base(self, key: Option | None) -> Bools:
        """``[cell, row]`` of all rows as known now, on a ground."""
        if self.same_dossiers(key):
            key = None
        if key not in self._answers:
            self._answers[key] = self.answers(self.hands.near, key)
        return self._answers[key]

    # -- blocks -------------------------------------------------------------------------------------------

    @cached_property
    def blocks(self) -> list[Block]:
        """The dossiers that hands may alter, by their hands."""
        touched = self.hands.touched.get(self.at, {})
        hands = sorted((one for one in touched if len(touched[one])), key=lambda one: one.order)
        if not hands:
            return []
        numbers = distinct(*(touched[one] for one in hands))
        marks = np.zeros(int(numbers[-1]) + 1, np.int64)
        for bit, one in enumerate(hands):
            marks[touched[one]] |= 1 << bit
        marks = marks[numbers]
        return [
            Block(tuple(one for bit, one in enumerate(hands) if mark >> bit & 1), numbers[marks == mark])
            for mark in distinct(marks).tolist()
        ]

    def rows_of(self, block: Block, hands: Iterable[Option]) -> Columns:
        """The rows of a block in some hands."""
        chosen = frozenset(hands) & frozenset(block.hands)
        return self.hands.rows(block.numbers, chosen, self.at, self.judged)

    def _counted(self, answers: Bools, rows: Columns) -> Sums:
        terms = len(self.ground(None).terms)
        found = np.zeros((len(self._procedure_cells), terms), np.int64)
        for place, cell in enumerate(self._procedure_cells):
            found[place] = np.bincount(rows["procedure"][answers[cell]], minlength=terms)
        return Sums(answers.sum(axis=1, dtype=np.int64), found)

    def whole(self, key: Option | None) -> Sums:
        """What all rows as known now count."""
        return self._sum(key, -1, frozenset())

    def sums(self, key: Option | None, place: int, hands: State) -> Sums:
        """What a block counts in some of its hands more than in none."""
        return self._sum(key, place, hands) - self._sum(key, place, frozenset())

    def _sum(self, key: Option | None, place: int, hands: State) -> Sums:
        if self.same_dossiers(key):
            key = None
        held = self._sums.get((key, place, hands))
        if held is None:
            if place < 0:
                held = self._counted(self.base(key), self.hands.near)
            elif hands:
                rows = self.rows_of(self.blocks[place], hands)
                held = self._counted(self.answers(rows, key), rows)
            else:
                rows = only(self.hands.near, self.blocks[place].numbers)
                held = self._counted(self.answers(rows, key), rows)
            self._sums[key, place, hands] = held
        return held

    def subsets(self, block: Block, choices: list[tuple[Option, ...]]) -> list[State]:
        """The sets of a block's hands that may be believed together: one of each choice at most."""
        own = [[None, *(one for one in choice if one in block.hands)] for choice in choices]
        found = {frozenset(one for one in picked if one is not None) for picked in product(*own)}
        return sorted(found, key=lambda one: (len(one), sorted(hand.order for hand in one)))

    # -- numbers ------------------------------------------------------------------------------------------

    @cached_property
    def _procedure_cells(self) -> list[int]:
        found: dict[int, None] = {}
        for sides in (*self.cells.sides.values(), *self.cells.document_sides.values()):
            for side in sides:
                if side is not None and side.kind == "procedures":
                    found[side.cell] = found[side.by_day] = None
        return list(found)

    def members(self, register: str, key: Option | None) -> Bools:
        """Over terms, whether a procedure is in a register for the unit, on a ground."""
        if self.same_dossiers(key):
            key = None
        if (register, key) not in self._members:
            ground = self.ground(key)
            terms = np.arange(len(ground.terms))
            place = [counter.among for counter in ground.plan.procedures].index(register)
            self._members[register, key] = ground.among(place, np.full(len(terms), self.unit), terms)
        return self._members[register, key]

    def registers(self, key: Option | None) -> dict[str, int]:
        """The numbers beside the dossiers, of the unit (those of the province under ``province.…``)."""
        if key not in self._registers:
            ground = self.ground(key)
            above = int(ground.province_of[self.unit])
            found: dict[str, int] = {}
            for name, values in ground.registers(self.period, self.judged).items():
                found[name], found[f"province.{name}"] = int(values[self.unit]), int(values[above])
            self._registers[key] = found
        return self._registers[key]

    def inherited(self, indicator: str) -> bool:
        """Whether the unit copies an indicator from its province."""
        return (
            not self.level_is_province and self.cells.law.indicators[indicator].below_province == "inherited"
        )

    def sides(self, indicator: str, state: State) -> tuple[Side | None, Side | None]:
        """Where an indicator is read by the rules that are believed."""
        return self.cells.sides_of(indicator, document=document_rule(indicator) in state)

    def pair(self, indicator: str, state: State, counted: Sums) -> Pair | None:
        """n and d of an indicator, from what is counted; ``None`` where it has none."""
        one = self.cells.law.indicators[indicator]
        if one.constant is not None or (not self.level_is_province and one.below_province == "none"):
            return None
        n_side, d_side = self.sides(indicator, state)
        n = self._number(n_side, indicator, state, counted, None)
        d = self._number(d_side, indicator, state, counted, n)
        return None if n is None or d is None else (n, d)

    def _number(
        self, side: Side | None, indicator: str, state: State, counted: Sums, n: int | None
    ) -> int | None:
        if side is None:
            return None
        cell = side.by_day if BY_DAY in state else side.cell
        if side.kind == "dossiers":
            return int(counted.cells[cell])
        if side.kind == "procedures":
            held = counted.procedures[self._procedure_cells.index(cell)] > 0
            return int(np.count_nonzero(held & self.members(side.register, self.ground_of(state))))
        if indicator == PLACEHOLDER.part and PLACEHOLDER in state:
            return n
        return self.register(side, indicator, self.registers(self.ground_of(state)), n)

    def register(self, side: Side, indicator: str, registers: dict[str, int], n: int | None) -> int | None:
        """A number beside the dossiers, with what stands in for it."""
        prefix = "province." if self.inherited(indicator) else ""
        found = registers.get(prefix + side.register, UNKNOWN)
        if found == UNKNOWN and side.otherwise and side.otherwise != "n":
            found = registers.get(f"{prefix}{side.register}_{side.otherwise}", UNKNOWN)
        if side.at_least_n and n is not None:
            found = max(found, n)
        return None if found == UNKNOWN else found

    def counted(self, state: State) -> Sums:
        """What counts when some causes are believed."""
        key = self.ground_of(state)
        found = self.whole(key)
        for place, block in enumerate(self.blocks):
            hands = state & frozenset(block.hands)
            if hands:
                found = found + self.sums(key, place, hands)
        return found

    def pairs(self, state: State) -> dict[str, Pair]:
        """n and d of the scene's indicators when some causes are believed."""
        counted = self.counted(state)
        found = {name: self.pair(name, state, counted) for name in self.indicators}
        return {name: pair for name, pair in found.items() if pair is not None}


def inside_of(ground: Ground, unit: int, period: Period, at: int) -> Bools:
    """Over units in the tree of the judging instant: the unit and all below it."""
    found: Bools = subtree_mask(ground, unit, period.judged_at(at))
    return found


def near_of(ground: Ground, unit: int, period: Period, at: int) -> Bools:
    """Over all units: whether what is received there counts for a unit in the judging instant's tree."""
    units = np.arange(ground.unit_count)
    counted = ground.counted_at(units, np.zeros(len(units), np.intp), Window.of((period,), at))
    found: Bools = inside_of(ground, unit, period, at)[counted]
    return found


def with_limits(rows: Columns, ground: Ground) -> Columns:
    """Rows with the due times by statutory limit of another catalogue."""
    fresh = Columns({name: values for name, values in rows.arrays.items() if name not in DERIVED}, rows.size)
    ground.derive(fresh)
    return Columns({**rows.arrays, "limit_due_at": fresh["limit_due_at"]}, rows.size)
