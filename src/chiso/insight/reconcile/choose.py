"""Which causes are the reason: the set that leaves the least of the difference over all indicators together.

Every set of causes that can be believed together is weighed.  Its *rest* is how far published and computed
numerators and denominators still are from each other, summed over all indicators, and for groups that are
known by points only the hundredths between both (fewer only once nine tenths of them are gone).  The set with
the least rest is taken; of those with the same rest the one with the fewest causes; of these the one whose
causes come first.  A cause of that set which the numbers do not bear out is left out again: without it the
rest must grow by at least half of all that it changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.insight.reconcile.causes import BY_DAY, PLACEHOLDER, Option, document_rule
from chiso.law.model import LawVersion
from chiso.law.scoring import Scored, points_table, score

if TYPE_CHECKING:
    from chiso.insight.reconcile.cells import Cells, Counts
    from chiso.insight.reconcile.scene import Pair, Scene, State
    from chiso.insight.reconcile.told import Told

Choice = tuple[Option, ...]
"""Causes of which at most one is believed."""

MOST: Final = 400_000
"""Sets that are weighed at most; beyond that the causes that alone change the least are left out."""
WEIGHED: Final = 48
"""Sets that are weighed again with what cannot be added up, the numbers of distinct procedures."""
BORNE_OUT: Final = Fraction(1, 2)
"""How much of what a cause changes must be missing without it: three quarters of it then go the right way."""


@dataclass
class Case:
    """Both sides of a reconciliation."""

    law: LawVersion
    level: str
    cells: Cells
    scenes: list[Scene]
    told: Told

    def pairs(self, state: State) -> dict[str, Pair]:
        """n and d of all indicators when some causes are believed."""
        found: dict[str, Pair] = {}
        for scene in self.scenes:
            found |= scene.pairs(state)
        return found

    def law_of(self, state: State) -> LawVersion:
        """The law with those rules of the formula document that are believed."""
        rules = [name for name in self.cells.law.indicators if document_rule(name) in state]
        return with_document(self.cells, rules)

    def scored(self, state: State, pairs: dict[str, Pair]) -> Scored:
        """Points of numerators and denominators by the rules that are believed."""
        return score(self.law_of(state), self.level, pairs)

    @cached_property
    def compared(self) -> dict[str, Pair]:
        """The published numerators and denominators that are held against computed ones."""
        own = {name for scene in self.scenes for name in scene.indicators}
        return {name: pair for name, pair in self.told.pairs.items() if name in own}

    @cached_property
    def points_only(self) -> dict[str, Decimal]:
        return self.told.points_only(self.law, self.level)

    def rest(self, state: State) -> int:
        """How far both sides still are from each other."""
        pairs = self.pairs(state)
        found = 0
        for name, (n, d) in self.compared.items():
            own = pairs.get(name, (0, 0))
            found += abs(own[0] - n) + abs(own[1] - d)
        if self.points_only:
            groups = self.scored(state, pairs).groups
            for name, points in self.points_only.items():
                left = int(abs(groups[name].points - points) * 100)
                found += int(credited(np.asarray(left), self.apart[name]))
        return found

    @cached_property
    def apart(self) -> dict[str, int]:
        """By how many hundredths the groups known by points only are apart when no cause is believed."""
        if not self.points_only:
            return {}
        groups = self.scored(frozenset(), self.pairs(frozenset())).groups
        return {
            name: int(abs(groups[name].points - points) * 100) for name, points in self.points_only.items()
        }

    def size(self, state: State, option: Option) -> int:
        """How much one cause changes within a set."""
        with_it, without = self.pairs(state), self.pairs(state - {option})
        found = 0
        for name in self.compared:
            one, other = with_it.get(name, (0, 0)), without.get(name, (0, 0))
            found += abs(one[0] - other[0]) + abs(one[1] - other[1])
        if self.points_only:
            groups = self.scored(state, with_it).groups
            before = self.scored(state - {option}, without).groups
            found += sum(
                int(abs(groups[name].points - before[name].points) * 100) for name in self.points_only
            )
        return found


def credited(left: Counts, before: int) -> Counts:
    """How far a group known by points only counts as apart: nearer only where nine tenths are gone.

    Whatever is counted otherwise moves some points one way or the other: half of it is no evidence.
    """
    found: Counts = np.where((left * 10 <= before) | (left > before), left, before)
    return found


_LAWS: dict[tuple[str, str, tuple[str, ...]], LawVersion] = {}


def with_document(cells: Cells, rules: Sequence[str]) -> LawVersion:
    """The law with some indicators as the formula document has them."""
    law, document = cells.law, cells.document
    if not rules or document is None:
        return law
    key = law.version, document.version, tuple(rules)
    if key not in _LAWS:
        indicators = {
            name: document.indicators[name] if name in rules else one for name, one in law.indicators.items()
        }
        mixed = replace(law, indicators=indicators, version=f"{law.version}+{','.join(rules)}")
        _LAWS[key] = mixed
    return _LAWS[key]


def possible(case: Case, options: Iterable[Option]) -> list[Option]:
    """Those causes that change anything, the first ones first."""
    before = case.pairs(frozenset())
    points = case.scored(frozenset(), before)
    found = []
    for option in sorted(options, key=lambda one: one.order):
        alone: State = frozenset({option})
        pairs = case.pairs(alone)
        if pairs != before or case.scored(alone, pairs).groups != points.groups:
            found.append(option)
    return found


def choose(case: Case, choices: Sequence[Choice]) -> State:
    """The causes that are the reason."""
    choices = _not_too_many(case, choices)
    states = _states(choices)
    rests = _added_up(case, choices, states)
    sizes = np.count_nonzero(states, axis=1)
    # the least rest, then the fewest causes, then those that come first
    later = np.where(states == 0, np.iinfo(np.int64).max, states)
    order = np.lexsort([*(later[:, place] for place in reversed(range(len(choices)))), sizes, rests])
    best: tuple[int, int, int] | None = None
    found: State = frozenset()
    for place, row in enumerate(order[:WEIGHED].tolist()):
        state = _state(choices, states[row])
        weighed = case.rest(state), int(sizes[row]), place
        if best is None or weighed < best:
            best, found = weighed, state
    return _borne_out(case, found)


def _not_too_many(case: Case, choices: Sequence[Choice]) -> Sequence[Choice]:
    """The choices without those causes that alone change the least, until all sets can be weighed."""
    while math.prod(len(choice) + 1 for choice in choices) > MOST:
        options = [option for choice in choices for option in choice]
        least = min(options, key=lambda one: (case.size(frozenset({one}), one), one.order))
        choices = [kept for choice in choices if (kept := tuple(one for one in choice if one != least))]
    return choices


def _borne_out(case: Case, state: State) -> State:
    """A set without the causes that the numbers do not bear out, the weakest taken out first."""
    while state:
        rest = case.rest(state)
        worth: dict[Option, Fraction] = {}
        for option in state:
            gain = case.rest(state - {option}) - rest
            size = case.size(state, option)
            worth[option] = Fraction(gain, size) if size else Fraction(0)
        weakest = min(state, key=lambda one: (worth[one], [-place for place in one.order[:2]], one.part))
        if worth[weakest] >= BORNE_OUT:
            break
        state -= {weakest}
    return state


def _states(choices: Sequence[Choice]) -> Counts:
    """``[set, choice]``: which cause of each choice is believed, 0 for none."""
    sizes = [len(choice) + 1 for choice in choices]
    if not sizes:
        return np.zeros((1, 0), np.int64)
    return np.stack(np.unravel_index(np.arange(math.prod(sizes)), sizes), axis=1).astype(np.int64)


def _state(choices: Sequence[Choice], row: Counts) -> State:
    return frozenset(choice[one - 1] for choice, one in zip(choices, row.tolist(), strict=True) if one)


def _added_up(case: Case, choices: Sequence[Choice], states: Counts) -> Counts:
    """The rest of every set, as far as it can be added up: distinct procedures are taken as they are."""
    found = np.zeros(len(states), np.int64)
    order = list(case.law.indicators)
    n_of = np.full((len(states), len(order)), -1, np.int64)
    d_of = np.full((len(states), len(order)), -1, np.int64)
    for scene in case.scenes:
        names = [
            name
            for name in scene.indicators
            if name in case.compared or case.law.indicators[name].group in case.points_only
        ]
        if not names:
            continue
        cells = _cells(scene, choices, states)
        known = scene.pairs(frozenset())
        for name in names:
            n, d = _pairs(scene, name, choices, states, cells)
            if name in case.compared:
                wanted = case.compared[name]
                found += np.abs(n - wanted[0]) if n is not None else 0
                found += np.abs(d - wanted[1]) if d is not None else 0
            if name in known:
                n_of[:, order.index(name)] = known[name][0] if n is None else n
                d_of[:, order.index(name)] = known[name][1] if d is None else d
    return found + _apart(case, choices, states, (n_of, d_of)) if case.points_only else found


def _apart(case: Case, choices: Sequence[Choice], states: Counts, figures: tuple[Counts, Counts]) -> Counts:
    """Over sets: by how many hundredths the groups that are known by points only are apart."""
    found = np.zeros(len(states), np.int64)
    rules = [name for name in case.law.indicators if _believed(document_rule(name), choices, states).any()]
    told = [_believed(document_rule(name), choices, states) for name in rules]
    province = np.full(len(states), case.level == "province")
    groups = list(case.law.groups)
    for chosen in product((False, True), repeat=len(rules)):
        here = np.logical_and.reduce(
            [np.ones(len(states), bool), *(one == yes for one, yes in zip(told, chosen, strict=True))]
        )
        if not here.any():
            continue
        law = with_document(case.cells, [name for name, yes in zip(rules, chosen, strict=True) if yes])
        table = points_table(law, province[here], figures[0][here], figures[1][here])
        for name, points in case.points_only.items():
            left = np.abs(table.groups[:, groups.index(name)] - int(points * 100))
            found[here] += credited(left, case.apart[name])
    return found


def _believed(option: Option, choices: Sequence[Choice], states: Counts) -> np.ndarray:
    """Over sets: whether a cause is in them."""
    for place, choice in enumerate(choices):
        if option in choice:
            chosen: np.ndarray = states[:, place] == choice.index(option) + 1
            return chosen
    return np.zeros(len(states), bool)


def _cells(scene: Scene, choices: Sequence[Choice], states: Counts) -> Counts:
    """``[set, cell]``: what counts when the causes of a set are believed."""
    keys: list[Option | None] = [None, *(one for one in scene.grounds if one is not None)]
    on: dict[Option | None, np.ndarray] = {
        key: _believed(key, choices, states) for key in keys if key is not None
    }
    on[None] = ~np.logical_or.reduce([*on.values(), np.zeros(len(states), bool)])
    found = np.zeros((len(states), len(scene.cells.cells)), np.int64)
    for key in keys:
        if on[key].any():
            found[on[key]] = scene.whole(key).cells
    lists = [tuple(choice) for choice in choices]
    for place, block in enumerate(scene.blocks):
        subsets = scene.subsets(block, lists)
        own = [number for number, choice in enumerate(choices) if set(choice) & set(block.hands)]
        digits = np.zeros(len(states), np.int64)
        for number in own:
            choice = choices[number]
            known = np.array([0, *(one in block.hands for one in choice)], bool)
            digits = digits * (len(choice) + 1) + np.where(known[states[:, number]], states[:, number], 0)
        code_of: dict[int, State] = {}
        for subset in subsets:
            code = 0
            for number in own:
                choice = choices[number]
                chosen = next((at + 1 for at, one in enumerate(choice) if one in subset), 0)
                code = code * (len(choice) + 1) + chosen
            code_of[code] = subset
        for code, subset in code_of.items():
            if not subset:
                continue
            here = digits == code
            for key in keys:
                some = here & on[key]
                if some.any():
                    found[some] += scene.sums(key, place, subset).cells
    return found


def _pairs(
    scene: Scene, name: str, choices: Sequence[Choice], states: Counts, cells: Counts
) -> tuple[Counts | None, Counts | None]:
    """Over sets: n and d of an indicator; ``None`` for what cannot be added up, or is not there."""
    by_day = _believed(BY_DAY, choices, states)
    document = _believed(document_rule(name), choices, states)
    on: dict[Option, np.ndarray] = {
        key: _believed(key, choices, states) for key in scene.grounds if key is not None
    }

    def number(side_place: int, n: Counts | None) -> Counts | None:
        parts = []
        for told in (False, True):
            side = scene.cells.sides_of(name, document=told)[side_place]
            if side is None or side.kind == "procedures":
                return None
            if side.kind == "dossiers":
                parts.append(np.where(by_day, cells[:, side.by_day], cells[:, side.cell]))
                continue
            values = np.full(len(states), -1, np.int64)
            held = scene.register(side, name, scene.registers(None), None)
            values[:] = -1 if held is None else held
            for key, here in on.items():
                held = scene.register(side, name, scene.registers(key), None)
                values[here] = -1 if held is None else held
            if side.at_least_n and n is not None:
                values = np.maximum(values, n)
            parts.append(values)
        found: Counts = np.where(document, parts[1], parts[0])
        return found

    n = number(0, None)
    d = number(1, n)
    if name == PLACEHOLDER.part and n is not None and d is not None:
        d = np.where(_believed(PLACEHOLDER, choices, states), n, d)
    return n, d
