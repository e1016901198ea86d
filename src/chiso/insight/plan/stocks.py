"""What a unit's dossiers can give by a day, sorted into stocks of dossiers that are all alike.

A dossier can be finished, get its result, be digitised, be marked as paid, be synchronised, or several of
these at once.  For every set of acts that is possible with it, it is counted as it would stand on the day;
dossiers whose counts change alike in all these ways make one stock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from chiso.insight.plan.problem import Choice, First
from chiso.insight.todo.items import DIGITISED, DONE_BY_MESSAGE, PAID, paid_unflagged
from chiso.instants import NEVER
from chiso.intake.records import Has
from chiso.law.states import State

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.each import Bools, Each
    from chiso.folder.state import DataFolder
    from chiso.insight.scene import Scene

FINISH, RESULT, DIGITISE, PAY, SYNC, FEE = (1 << bit for bit in range(6))
ACTS: Final = {FINISH: "due", RESULT: "result", DIGITISE: "digitise", PAY: "pay", SYNC: "sync", FEE: "fee"}
"""Acts and the kinds of work that they are; finishing what is overdue already is ``overdue``."""
BY_MESSAGE: Final = RESULT | DIGITISE | PAY
"""Acts by a message, which synchronises as well; a step finishes without."""
FINISHED: Final = int(State.FINISHED)

Cost = Callable[[tuple[str, ...]], int]
"""What a set of kinds of work costs, done together with one thing."""


def kinds_of(acts: int, overdue: bool = False) -> tuple[str, ...]:
    """The kinds of work of a set of acts."""
    found = tuple(kind for bit, kind in ACTS.items() if acts & bit)
    return tuple("overdue" if kind == "due" else kind for kind in found) if overdue else found


class Way(NamedTuple):
    """What a set of acts gives a dossier of a stock."""

    acts: int
    gain: tuple[int, ...]
    """per indicator, by how much its numerator is more"""
    firsts: tuple[int, ...]
    """counters of distinct procedures in which it would be the first of its procedure"""


@dataclass(eq=False)
class Stocked:
    """Dossiers that are all alike, and the ways of treating one."""

    members: Array
    """places in the scene's rows"""
    overdue: bool
    """whether they are open and past their time already: finishing them saves nothing in this period"""
    procedure: int
    """the term, where one of them would be the first of its procedure; else -1"""
    possible: int
    """all acts that are possible with one"""
    ways: list[Way]
    """all sets of acts that move no denominator"""

    def choices(self, cost: Cost) -> list[tuple[Way, Choice]]:
        """The ways that give anything and are not undercut by another way."""
        costs = {way.acts: cost(kinds_of(way.acts, self.overdue)) for way in self.ways}
        # all of everything must be one of the ways: what gives something beside it reaches no more
        most = max(self.ways, key=lambda way: (sum(way.gain) + len(way.firsts), -costs[way.acts]))
        giving = [way for way in self.ways if (any(way.gain) or way.firsts) and _gives(most, way)]
        return [
            (way, Choice(costs[way.acts], way.gain, way.acts.bit_count()))
            for way in giving
            if not any(one is not way and _undercuts(one, way, costs) for one in giving)
        ]


@dataclass(eq=False)
class Stocks:
    """All stocks of dossiers."""

    all: list[Stocked] = field(default_factory=list)
    counters: list[tuple[int, int]] = field(default_factory=list)
    """(counter of distinct procedures, indicator whose numerator it is)"""

    def firsts(self, choices: list[list[tuple[Way, Choice]]]) -> list[First]:
        """Numerators that are one more once one dossier of a procedure is treated; ``choices`` by stock."""
        of: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for number, (stocked, told) in enumerate(zip(self.all, choices, strict=True)):
            for index, (way, _) in enumerate(told):
                for counter in way.firsts:
                    of.setdefault((counter, stocked.procedure), []).append((number, index))
        return [
            First(place, tuple(chosen))
            for (counter, _), chosen in of.items()
            for own, place in self.counters
            if own == counter
        ]


@dataclass(frozen=True)
class Possible:
    """Which acts each dossier of a scene allows, as bits."""

    acts: Array
    overdue: Bools


def possible(folder: DataFolder, scene: Scene, now: int) -> Possible:
    """What can be done with each dossier between now and the day on which the scene is judged.

    Not possible: undoing lateness; sending papers of what was refused, withdrawn or stopped; finishing what
    waits for its applicant.
    """
    rows = scene.rows
    unended = rows["ended_at"] >= NEVER
    waiting = (rows["requested_at"] <= now) & (rows["completed_at"] > now)
    done = ~unended & np.isin(rows["end_state"], (9, 10))
    finish = unended & ~waiting & (rows["received_at"] <= now)

    def lacks(bits: int) -> Bools:
        return np.asarray((rows["has"] & np.uint32(bits)) != bits)

    acts = np.where(finish, FINISH, 0)
    acts |= np.where((done | finish) & lacks(int(Has.RESULT_FILE)), RESULT, 0)
    acts |= np.where((done | unended) & lacks(DIGITISED), DIGITISE, 0)
    acts |= np.where(paid_unflagged(folder, scene), PAY, 0)
    acts |= np.where(~unended & lacks(DONE_BY_MESSAGE), SYNC, 0)
    return Possible(acts.astype(np.int64), np.asarray(unended & ~scene.on_time_at(now)))


def sets_of(acts: int) -> list[int]:
    """The sets of acts that make sense together, of those that are possible with a dossier."""
    found = []
    for some in range(1, acts + 1):
        if some & ~acts:
            continue
        if some & RESULT and acts & FINISH and not some & FINISH:
            continue  # an open dossier has no result before it is finished
        if some & SYNC and some & BY_MESSAGE:
            continue  # a message synchronises anyway
        found.append(some)
    return found


def after(scene: Scene, some: Array, acts: int, now: int) -> Each:
    """What dossiers count on the day once a set of acts is done with each."""
    rows = scene.rows
    bits = 0
    for bit, shown in ((RESULT, int(Has.RESULT_FILE)), (DIGITISE, DIGITISED), (SYNC, DONE_BY_MESSAGE)):
        bits |= shown if acts & bit else 0
    if acts & BY_MESSAGE:
        bits |= DONE_BY_MESSAGE
    if acts & FEE:
        bits |= int(Has.FEE_LISTED | Has.FEE_NONZERO)
    changes: dict[str, np.ndarray | int] = {"has": rows["has"][some] | np.uint32(bits)}
    if acts & PAY:
        changes["payment"] = PAID[0]
    if acts & FINISH:
        changes |= {"ended_at": now, "end_state": FINISHED}
    return scene.mended(some, **changes)


@dataclass(frozen=True)
class Gained:
    """What a set of acts gives each of some dossiers."""

    numerators: np.ndarray
    """``[indicator, dossier]``"""
    firsts: np.ndarray
    """``[procedure counter, dossier]``: whether it would be the first of its procedure"""
    fair: Bools
    """whether no denominator moves: what moves one is left out"""


class Numerators:
    """From counters to the indicators whose numerators they are."""

    def __init__(self, scene: Scene) -> None:
        plan, law = scene.ground.plan, scene.ground.law
        self.size = len(law.indicators)
        self.cells: list[tuple[int, int]] = []
        """(counter, indicator)"""
        self.counters: list[tuple[int, int]] = []
        """(procedure counter, indicator)"""
        self.below: list[int] = []
        """counters that are a denominator"""
        registers = scene.view.board.sources.registers
        for place, (name, (n, d)) in enumerate(plan.readings.items()):
            one = law.indicators[name]
            if n is None or d is None or one.information:
                continue
            if d.at_least is not None and (registers[d.register][scene.unit] < 0):
                continue  # the denominator is the numerator itself: its ratio is always the whole
            if n.kind == "cell":
                self.cells.append((n.index, place))
            elif n.kind == "procedures":
                self.counters.append((n.index, place))
            if d.kind == "cell":
                self.below.append(d.index)

    def gained(self, scene: Scene, some: Array, then: Each) -> Gained:
        cells, turned = scene.steps(some, then)
        numerators = np.zeros((self.size, len(some)), np.int8)
        for counter, place in self.cells:
            numerators[place] = cells[counter]
        firsts = np.zeros((len(turned), len(some)), np.bool_)
        for counter, _ in self.counters:
            firsts[counter] = turned[counter] > 0
        moved = cells[self.below].any(axis=0) | (scene.counted.asked[:, some] & ~then.asked).any(axis=0)
        return Gained(numerators, firsts, np.asarray(~moved & (numerators >= 0).all(axis=0)))


def stocks_of(scene: Scene, told: Possible, now: int) -> Stocks:
    """All stocks of a scene's dossiers."""
    numerators = Numerators(scene)
    found = Stocks(counters=numerators.counters)
    kinds = told.acts * 2 + told.overdue
    for kind in np.unique(kinds[told.acts > 0]).tolist():
        acts, overdue = divmod(kind, 2)
        some = np.flatnonzero(kinds == kind)
        sets = sets_of(acts)
        gained = [numerators.gained(scene, some, after(scene, some, one, now)) for one in sets]
        for members in _alike(scene, some, gained):
            ways = _ways(sets, gained, int(members[0]))
            if any(any(way.gain) or way.firsts for way in ways):
                procedure = int(scene.rows["procedure"][some[members[0]]])
                procedure = procedure if any(way.firsts for way in ways) else -1
                found.all.append(Stocked(some[members], bool(overdue), procedure, acts, ways))
    _fees(scene, found, numerators, now)
    return found


def _alike(scene: Scene, some: Array, gained: list[Gained]) -> list[Array]:
    """Places among ``some`` of dossiers that gain alike by every set of acts."""
    code = np.zeros(len(some), np.int64)
    for one in gained:
        key = np.zeros(len(some), np.int64)
        for row in one.numerators:
            if row.any():
                key = key * 3 + row + 1
        key = key * 2 + one.fair
        for row in one.firsts:
            if row.any():
                key = key * 2 + row
        if one.firsts.any():  # whose procedure it would be the first of matters
            key = key * (len(scene.ground.terms) + 1)
            key += np.where(one.firsts.any(axis=0), scene.rows["procedure"][some] + 1, 0)
        _, key = np.unique(key, return_inverse=True)
        _, code = np.unique(code * (int(key.max()) + 1) + key, return_inverse=True)
    order = np.argsort(code, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(code[order])) + 1)


def _ways(sets: list[int], gained: list[Gained], at: int) -> list[Way]:
    """What each set of acts gives the dossiers at a place, of those that move no denominator."""
    return [
        Way(
            acts,
            tuple(one.numerators[:, at].tolist()),
            tuple(np.flatnonzero(one.firsts[:, at]).tolist()),
        )
        for acts, one in zip(sets, gained, strict=True)
        if one.fair[at]
    ]


def _gives(one: Way, other: Way) -> bool:
    """Whether a way gives all that another one gives."""
    more = all(a >= b for a, b in zip(one.gain, other.gain, strict=True))
    return more and set(one.firsts) >= set(other.firsts)


def _undercuts(one: Way, other: Way, costs: dict[int, int]) -> bool:
    """Whether a way that gives as much takes less, or is to be taken first of two that are equal."""

    def taken(way: Way) -> tuple[int, int]:
        return costs[way.acts], way.acts.bit_count()

    if not _gives(one, other) or any(a > b for a, b in zip(taken(one), taken(other), strict=True)):
        return False
    same = taken(one) == taken(other) and one[1:] == other[1:]
    return not same or one.acts < other.acts


def _fees(scene: Scene, found: Stocks, numerators: Numerators, now: int) -> None:
    """Fee procedures of which no dossier carries its fee: one message each tells it."""
    rows = scene.rows
    owing = scene.ground.procedure_columns["fee_procedure"][rows["procedure"]]
    silent = (rows["has"] & np.uint32(Has.FEE_LISTED | Has.SYNCED)) == int(Has.SYNCED)
    kept = (rows["ended_at"] >= NEVER) | np.isin(rows["end_state"], (9, 10))
    some = np.flatnonzero(owing & silent & kept)
    if not len(some):
        return
    some = some[np.lexsort((-rows["received_at"][some], rows["procedure"][some]))]
    some = some[np.r_[True, np.diff(rows["procedure"][some]) != 0]]
    gained = numerators.gained(scene, some, after(scene, some, FEE, now))
    for counter, place in numerators.counters:
        here = np.flatnonzero(gained.firsts[counter] & gained.fair & ~gained.numerators.any(axis=0))
        if len(here):
            way = Way(FEE, tuple(int(index == place) for index in range(numerators.size)), ())
            found.all.append(Stocked(some[here], False, -1, FEE, [way]))
