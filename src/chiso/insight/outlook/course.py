"""The figures of one unit at every coming instant if nobody acts.

The counting function with the clock moved on: between two turns of its life a dossier counts alike
(:mod:`chiso.engine.wide`), so only dossiers with a turn ahead are looked at, each at its own turns.
Petitions and procedures change at instants of their own.  The slow twin is the engine with its clock really
moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.board import Sources, figures
from chiso.engine.procedures import published_in
from chiso.folder.drill import subtree_mask
from chiso.insight.outlook.moves import Moves, moves
from chiso.law.table import points_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.engine.ground import Ground
    from chiso.folder.state import View
    from chiso.registry.units import Unit


@dataclass
class Course:
    """Figures at the instants at which any of them changes; the first instant is the judging one of now."""

    unit: int
    instants: Array
    n: Counts
    """``[instant, indicator]`` in the law's order; ``UNKNOWN`` where there is none"""
    d: Counts
    totals: Counts
    """as shown, in hundredths of a point"""
    falling: list[Array]
    """per instant: numbers of the dossiers that cease to count in a numerator that gives points"""
    petitions: list[list[str]]
    """per instant: codes of the petitions that become overdue"""
    procedures: list[list[str]]
    """per instant: procedures whose time to be made public has passed"""
    own: Sources
    """the unit's counts at each instant, from which n and d are read"""
    above: Sources
    """those of its province"""

    def place(self, instant: int) -> int:
        """The place of the state that holds at an instant."""
        return max(0, int(np.searchsorted(self.instants, instant, side="right")) - 1)

    def part(self, places: Sequence[int]) -> Course:
        """The states at some places."""
        some = np.array(places, np.intp)
        return Course(
            self.unit,
            self.instants[some],
            self.n[some],
            self.d[some],
            self.totals[some],
            [self.falling[one] for one in places],
            [self.petitions[one] for one in places],
            [self.procedures[one] for one in places],
            self.own.take(some),
            self.above.take(some),
        )

    def then(self, other: Course) -> Course:
        """These states, and after them those of another course."""
        return Course(
            self.unit,
            np.r_[self.instants, other.instants],
            np.concatenate([self.n, other.n]),
            np.concatenate([self.d, other.d]),
            np.r_[self.totals, other.totals],
            [*self.falling, *other.falling],
            [*self.petitions, *other.petitions],
            [*self.procedures, *other.procedures],
            self.own.then(other.own),
            self.above.then(other.above),
        )


def followed(view: View, unit: Unit, until: int) -> Course:
    """The course of a code: where another unit takes it over (merged, renamed), of that one from then on."""
    until = max(view.board.judged_at, view.period.judged_at(until))
    ends = unit.valid_to  # what is judged at this instant counts in the old tree still
    heir = view.ground.units.find(unit.code, ends) if view.board.judged_at <= ends < until else None
    if heir is None or heir.index == unit.index:
        return course(view, unit.index, until)
    found = course(view, unit.index, ends)
    more = followed(view, heir, until)
    begin = more.part([more.place(ends + 1)])
    if begin.instants[0] <= ends:
        begin.instants[0] = ends + 1
        begin.falling[0], begin.petitions[0], begin.procedures[0] = begin.falling[0][:0], [], []
    later = np.flatnonzero(more.instants > ends + 1).tolist()
    return found.then(begin).then(more.part(later))


def course(view: View, unit: int, until: int) -> Course:
    """The course of a unit from the view's judging instant up to an instant, or to the end of the period."""
    ground, start = view.ground, view.board.judged_at
    until = max(start, view.period.judged_at(until))
    above = int(ground.province_of[unit])
    own = moves(view, unit, until)
    over = own if above == unit or not _inherits_counts(ground) else moves(view, above, until)
    told = ground.register_changes(start, until)
    instants = np.unique(np.concatenate([[start], own.at, over.at, told]))
    registers = _registers(view, (unit, above), instants, told)
    sources = _sources(view, unit, own, instants, registers[0])
    above_sources = _sources(view, above, over, instants, registers[1])
    n, d = figures(ground, unit, sources, above_sources)
    lost = own.at[own.lost]
    changed = np.isin(instants, np.r_[start, lost])
    changed[1:] |= (n[1:] != n[:-1]).any(axis=1) | (d[1:] != d[:-1]).any(axis=1)
    n, d, instants = n[changed], d[changed], instants[changed]
    ends = np.searchsorted(lost, instants, side="right").tolist()
    dossiers = own.dossier[own.lost]
    return Course(
        unit,
        instants,
        n,
        d,
        points_table(ground.law, np.full(len(instants), ground.is_province[unit]), n, d).totals,
        [dossiers[low:high] for low, high in zip([0, *ends[:-1]], ends, strict=True)],
        _petitions(view, unit, instants, told),
        _procedures(view, instants, told),
        sources.take(np.flatnonzero(changed)),
        above_sources.take(np.flatnonzero(changed)),
    )


def _inherits_counts(ground: Ground) -> bool:
    """Whether an inherited indicator counts dossiers, so that the province's must be followed too."""
    return any(
        reading is not None and reading.kind != "register"
        for indicator in ground.law.indicators.values()
        if indicator.below_province == "inherited"
        for reading in ground.plan.readings[indicator.id]
    )


def _registers(view: View, units: tuple[int, ...], instants: Array, told: Array) -> list[dict[str, Counts]]:
    """Registers of some units by instant: between the instants at which some may change they stand still."""
    start = int(instants[0])
    states: list[dict[str, Counts]] = []
    for at in (start, *told.tolist()):
        every = view.ground.registers(view.period, at)
        states.append({name: values[list(units)] for name, values in every.items()})
    place = np.searchsorted(told, instants, side="right")
    return [
        {name: np.array([state[name][row] for state in states])[place] for name in states[0]}
        for row in range(len(units))
    ]


def _sources(view: View, unit: int, moved: Moves, instants: Array, registers: dict[str, Counts]) -> Sources:
    """Counts of a unit at each instant: those of now and all changes up to it."""
    now = view.board.sources
    place = np.searchsorted(instants, moved.at)
    cells = np.zeros((len(now.cells), len(instants)), np.int64)
    np.add.at(cells.T, place, moved.cells.T)
    cells = cells.cumsum(axis=1) + now.cells[:, unit, None]
    distinct = np.repeat(now.distinct[:, unit, None], len(instants), axis=1)
    for counter in np.flatnonzero(moved.asked.any(axis=1)).tolist():
        distinct[counter] += _distinct(view, unit, counter, moved, place, len(instants))
    return Sources(cells, distinct, registers)


def _distinct(view: View, unit: int, counter: int, moved: Moves, place: Array, states: int) -> Counts:
    """By how much the distinct procedures of a counter are more than now at each instant."""
    from chiso.insight.references import procedures_of  # noqa: PLC0415 - seldom: few laws ask by the hour

    held = procedures_of(view, unit)[counter]
    found = np.zeros(states, np.int64)
    changes = np.flatnonzero(moved.asked[counter])
    within = view.ground.among(counter, np.full(len(changes), unit), moved.procedure[changes])
    for change in changes[within].tolist():
        procedure = int(moved.procedure[change])
        before = held.get(procedure, 0)
        held[procedure] = after = before + int(moved.asked[counter, change])
        found[place[change]] += (after > 0) - (before > 0)
    return found.cumsum()


def _petitions(view: View, unit: int, instants: Array, told: Array) -> list[list[str]]:
    ground, book = view.ground, view.ground.book
    found: list[list[str]] = [[] for _ in instants]
    before = book.overdue(int(instants[0]))
    for at in told.tolist():
        overdue = book.overdue(at)
        fallen = overdue & ~before & book.in_period(view.period.start, at)
        before = overdue
        if fallen.any():
            era = int(np.searchsorted(ground.units.eras, at - 1, side="right"))
            mask = subtree_mask(ground, unit, at)[ground.units_then(book.units_of(ground.units), era)]
            place = int(np.searchsorted(instants, at))
            if place < len(instants) and instants[place] == at:
                found[place] += [book.petitions[one].code for one in np.flatnonzero(fallen & mask).tolist()]
    return found


def _procedures(view: View, instants: Array, told: Array) -> list[list[str]]:
    ground = view.ground
    found: list[list[str]] = [[] for _ in instants]

    def late(at: int) -> set[str]:
        verdicts = published_in(
            ground.records.decisions, ground.catalogue, ground.units, ground.calendar, ground.law,
            view.period, at,
        )  # fmt: skip
        return {code for code, verdict in verdicts.items() if not verdict.on_time}

    before = late(int(instants[0]))
    for place in np.flatnonzero(np.isin(instants, told)).tolist():
        now = late(int(instants[place]))
        found[place] = sorted(now - before)
        before = now
    return found
