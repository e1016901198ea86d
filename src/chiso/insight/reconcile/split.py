"""What each cause of a set changes, dossier by dossier, every dossier under one cause.

Causes are laid over one another in their order.  A dossier belongs to the first with which it counts
otherwise than before, together with all that the later ones change of it; what changes beside the dossiers
belongs to the cause that changes it.  So the changes of all causes sum to what the set changes, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chiso.insight.reconcile.causes import BY_DAY, PLACEHOLDER, Option
from chiso.insight.reconcile.numbers import NONE, Numbers, common, distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chiso.engine.columns import Columns
    from chiso.insight.reconcile.cells import Bools, Counts, Side
    from chiso.insight.reconcile.choose import Case
    from chiso.insight.reconcile.scene import Pair, Scene, State


@dataclass
class Effect:
    """What one cause changes."""

    option: Option
    numbers: Numbers
    """its dossiers, sorted"""
    change: dict[str, Pair] = field(default_factory=dict)
    """indicator → by how much n and d are others with it; only where they are"""
    of: dict[str, Numbers] = field(default_factory=dict)
    """indicator → those of its dossiers that change it"""
    after: dict[str, Pair] = field(default_factory=dict)
    """n and d of all indicators with this cause and those before it"""


@dataclass
class _Read:
    """How dossiers count in one state: ``n[i, dossier]`` and ``d[i, dossier]`` of a scene's indicators."""

    n: Bools
    d: Bools
    term: Counts
    """procedure of each dossier"""


class Places:
    """All dossiers that play a part, by place, and how they count as known."""

    def __init__(self, case: Case) -> None:
        sources: list[Columns] = []
        for scene in case.scenes:
            hands = scene.hands
            sources += [hands.near, hands.pieces, hands.listed, *hands.then.values()]
        self.numbers: Numbers = distinct(*(rows["dossier"] for rows in sources))
        self._place = np.zeros(int(self.numbers.max(initial=0)) + 1, np.intp)
        self._place[self.numbers] = np.arange(len(self.numbers))
        self._known: dict[int, _Read] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def __call__(self, numbers: NDArray[np.integer]) -> NDArray[np.intp]:
        found: NDArray[np.intp] = self._place[numbers]
        return found

    def known(self, scene: Scene) -> _Read:
        """How all dossiers count at a capture, as they are known now."""
        if scene.at not in self._known:
            self._known[scene.at] = _read(scene, self, frozenset())
        return self._known[scene.at]


def split(case: Case, state: State, places: Places, apart: Numbers = NONE) -> list[Effect]:
    """The effect of each cause of a set, in order.

    ``apart``: dossiers that are left as they are, being listed elsewhere.
    """
    order = sorted(state, key=lambda one: one.order)
    states = [frozenset(order[:count]) for count in range(len(order) + 1)]
    first = np.full(len(places), len(order), np.int64)
    net = np.zeros(len(places), bool)
    ends: list[tuple[_Read, _Read]] = []
    for scene in case.scenes:
        before = then = places.known(scene)
        moved = np.zeros(len(places), bool)
        for number, after in enumerate(states[1:]):
            then = _read(scene, places, after)
            moved = _differ(before, then)
            first[moved] = np.minimum(first[moved], number)
        net |= moved
        ends.append((before, then))
    net[places(common(apart, places.numbers))] = False
    effects = [Effect(option, places.numbers[net & (first == n)]) for n, option in enumerate(order)]
    for scene, end in zip(case.scenes, ends, strict=True):
        _account(scene, states, effects, end, places, np.where(net, first, -1))
    return effects


def _differ(before: _Read, after: _Read) -> Bools:
    found: Bools = (before.n != after.n).any(axis=0) | (before.d != after.d).any(axis=0)
    other = before.term != after.term
    if other.any():
        found |= other & after.n.any(axis=0)
    return found


def _read(scene: Scene, places: Places, state: State) -> _Read:
    """How all dossiers count in a state."""
    key = scene.ground_of(state)
    asked = np.array(sorted(scene.asked), np.intp)
    answers = np.zeros((len(asked), len(places)), bool)
    term = np.zeros(len(places), np.int64)
    _put(answers, term, scene.base(key)[asked], scene.hands.near, places)
    for block in scene.blocks:
        hands = state & frozenset(block.hands)
        if hands:
            here = places(block.numbers)
            answers[:, here] = False
            rows = scene.rows_of(block, hands)
            _put(answers, term, scene.answers(rows, key)[asked], rows, places)
    sides = [scene.sides(name, state) for name in scene.indicators]
    row_of = {cell: row for row, cell in enumerate(asked.tolist())}
    nobody = np.zeros(len(places), bool)

    def answer(side: Side | None) -> Bools:
        if side is None or side.kind == "register":
            return nobody
        found: Bools = answers[row_of[side.by_day if BY_DAY in state else side.cell]]
        return found

    return _Read(
        np.array([answer(n) for n, _ in sides]).reshape(len(sides), -1),
        np.array([answer(d) for _, d in sides]).reshape(len(sides), -1),
        term,
    )


def _put(answers: Bools, term: Counts, found: Bools, rows: Columns, places: Places) -> None:
    counted = np.flatnonzero(found.any(axis=0))
    if counted.size:
        here = places(rows["dossier"][counted])
        answers[:, here] = found[:, counted]
        term[here] = rows["procedure"][counted]


def _account(
    scene: Scene,
    states: Sequence[State],
    effects: list[Effect],
    ends: tuple[_Read, _Read],
    places: Places,
    first: Counts,
) -> None:
    """Adds up what each cause changes of a scene's indicators."""
    before, after = ends
    terms = len(scene.ground(None).terms)
    figures = scene.pairs(states[0])
    listed = [np.flatnonzero(first == number) for number in range(len(effects))]
    numbers = {name: _Running(scene, name, row, ends, terms) for row, name in enumerate(scene.indicators)}
    for number, effect in enumerate(effects):
        here = listed[number]
        for row, name in enumerate(scene.indicators):
            if name not in figures:
                continue
            then = numbers[name].take(here, states[number + 1])
            effect.after[name] = then
            change = then[0] - figures[name][0], then[1] - figures[name][1]
            if change != (0, 0):
                effect.change[name] = change
            figures[name] = then
            if here.size:
                other = before.n[row, here] != after.n[row, here]
                other |= before.d[row, here] != after.d[row, here]
                if other.any():
                    effect.of[name] = places.numbers[here[other]]


class _Running:
    """n and d of one indicator while causes are laid over one another."""

    def __init__(self, scene: Scene, name: str, row: int, ends: tuple[_Read, _Read], terms: int) -> None:
        self.scene, self.name, self.row, self.ends, self.terms = scene, name, row, ends, terms
        before = ends[0]
        self.n = int(np.count_nonzero(before.n[row]))
        self.d = int(np.count_nonzero(before.d[row]))
        self.distinct = scene.cells.counts_procedures(name)
        self.held = np.zeros(terms, np.int64)
        if self.distinct:
            self.held += np.bincount(before.term[before.n[row]], minlength=terms)

    def take(self, here: Counts, state: State) -> Pair:
        """Lays the dossiers at some places over; gives n and d by the rules of a state."""
        before, after = self.ends
        row = self.row
        was_n, is_n = before.n[row, here], after.n[row, here]
        self.n += int(is_n.sum()) - int(was_n.sum())
        self.d += int(after.d[row, here].sum()) - int(before.d[row, here].sum())
        if self.distinct:
            self.held += np.bincount(after.term[here][is_n], minlength=self.terms)
            self.held -= np.bincount(before.term[here][was_n], minlength=self.terms)
        n_side, d_side = self.scene.sides(self.name, state)
        n = self._number(n_side, self.n, state, None)
        return n, self._number(d_side, self.d, state, n)

    def _number(self, side: Side | None, dossiers: int, state: State, n: int | None) -> int:
        if side is None:
            return 0
        if side.kind == "dossiers":
            return dossiers
        if side.kind == "procedures":
            members = self.scene.members(side.register, self.scene.ground_of(state))
            return int(np.count_nonzero((self.held > 0) & members))
        if self.name == PLACEHOLDER.part and PLACEHOLDER in state and n is not None:
            return n
        registers = self.scene.registers(self.scene.ground_of(state))
        return self.scene.register(side, self.name, registers, n) or 0
