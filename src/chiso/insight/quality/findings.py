"""All that mistakes are worth, for the whole folder at once; remembered for a while.

Everything is counted by the engine: a change of rows is exchanged in a standing count, a board is drawn up,
and the change is taken back.  Nothing is estimated.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

from chiso.engine.board import Board, board
from chiso.engine.standing import Standing
from chiso.folder.state import View
from chiso.insight.lateness.judging import units_at
from chiso.insight.quality.changes import Changes, split
from chiso.insight.quality.signs import Sign, signs_of
from chiso.insight.quality.undoing import MEANINGS
from chiso.insight.scene import scene

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.engine.each import Bools
    from chiso.engine.ground import Ground
    from chiso.folder.answers import Asked
    from chiso.folder.state import DataFolder
    from chiso.insight.quality.changes import Change
    from chiso.intake.records import Mistake

KEPT: Final = 4
SHARE: Final = 20
"""An answer about now also serves this many times as long as it took, whatever comes in: looking takes a
twentieth of one core at most."""

Key = "tuple[Mistake | None, int | None]"


@dataclass(frozen=True, eq=False)
class Would:
    """Figures of the units that a change moves, as they would be."""

    units: Array
    n: Counts
    d: Counts

    @staticmethod
    def of(before: Board, after: Board) -> Would:
        """What of a board another one has otherwise."""
        moved = np.flatnonzero(((before.n != after.n) | (before.d != after.d)).any(axis=1))
        return Would(moved, after.n[moved], after.d[moved])

    def figures(self, unit: int, before: Board) -> tuple[Counts, Counts]:
        """n and d of a unit."""
        place = int(np.searchsorted(self.units, unit))
        if place < len(self.units) and self.units[place] == unit:
            return self.n[place], self.d[place]
        return before.n[unit], before.d[unit]


@dataclass(frozen=True, eq=False)
class Concerned:
    """The dossiers of one mistake, a place each."""

    numbers: Array
    unit: Array
    sender: Array
    undone: Bools
    """those that undoing changes"""


@dataclass(frozen=True, eq=False)
class Findings:
    """What is found for a period, judged at an instant, by what is known now."""

    board: Board
    concerned: dict[Mistake, Concerned]
    would: dict[tuple[Mistake | None, int | None], Would]
    """without a mistake (``None``: without all) of a sender (a term; ``None``: of all)"""
    totals: dict[int, Array]
    """sender (term) → units of its dossiers in the period"""
    signs: list[Sign]

    @property
    def ground(self) -> Ground:
        return self.board.ground


def find(folder: DataFolder, question: Asked) -> Findings:
    """Finds everything, anew."""
    period = question.period
    with folder.lock:
        version, now = folder.version, folder.now()
        judged = period.judged_at(question.at)
        ground = folder.ground
        if question.law.version != ground.law.version:
            ground = folder.registry.ground(question.law, folder.terms)
        rules = question.law.life_rules
        roster = folder.standing.roster.copy() if rules == folder.ledger.rules else folder.retold(rules)
    standing = Standing(ground, (period,), judged, roster).count_all()

    def drawn() -> Board:
        return board(ground, period, judged, standing.cells[:, 0], standing.distinct[:, 0])

    def without(change: Change) -> Would:
        standing.exchange(change.gone, change.come)
        found = Would.of(as_is, drawn())
        standing.exchange(change.come, change.gone)
        return found

    as_is = drawn()
    view = View(as_is, roster, judged, now, folder.journal)
    root = ground.units.home
    while root.parent >= 0:
        root = ground.units.all[root.parent]
    seen = scene(view, root.index)
    changes = Changes(folder, seen, roster, list(folder.rows()), version)
    senders = changes.senders()
    units = np.full(changes.room, -1, np.int64)
    units[seen.rows["dossier"]] = units_at(seen.rows, ground, judged)
    found = Findings(as_is, {}, {}, {}, signs_of(folder, seen))
    for mistake in MEANINGS:
        change = changes.of(mistake)
        moved = np.empty(0, np.int64) if change is None else change.numbers
        flagged = changes.flagged[mistake].copy()
        if change is not None:
            flagged[moved] = True
            lost = change.come.take(units[change.come["dossier"]] < 0)
            units[lost["dossier"]] = units_at(lost, ground, judged)
        numbers = np.flatnonzero(flagged)
        if not len(numbers):
            continue
        found.concerned[mistake] = Concerned(
            numbers, units[numbers], senders[numbers], np.isin(numbers, moved)
        )
        if change is not None and len(moved):
            found.would[mistake, None] = without(change)
            for sender, part in split(change, senders):
                found.would[mistake, sender] = without(part)
    every = changes.together()
    found.would[None, None] = without(every)
    for sender, part in split(every, senders):
        found.would[None, sender] = without(part)
    told = senders[seen.rows["dossier"]]
    for sender in np.unique(told).tolist():
        found.totals[sender] = units[seen.rows["dossier"][told == sender]]
    return found


@dataclass
class _Held:
    lock: threading.Lock = field(default_factory=threading.Lock)
    findings: OrderedDict[tuple[object, ...], tuple[tuple[object, ...], float, Findings]] = field(
        default_factory=OrderedDict
    )


_held: WeakKeyDictionary[DataFolder, _Held] = WeakKeyDictionary()
_holding = threading.Lock()


def findings(folder: DataFolder, question: Asked, *, now: bool) -> Findings:
    """The findings of a question; ``now``: it is about the present instant, which moves."""
    with _holding:
        held = _held.setdefault(folder, _Held())
    key = question.period.label, None if now else question.judged_at, question.law.version
    state = folder.standing.changes, folder.version, folder.record
    with held.lock:  # who asks the same meanwhile waits, and has it then
        told = held.findings.get(key)
        if told is not None and (told[0] == state or time.monotonic() < told[1]):
            held.findings.move_to_end(key)
            return told[2]
        began = time.monotonic()
        found = find(folder, question)
        ended = time.monotonic()
        held.findings[key] = state, ended + SHARE * (ended - began), found
        while len(held.findings) > KEPT:
            held.findings.popitem(last=False)
        return found
