"""All that is found for a question about lateness, for the whole folder at once; remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from chiso.insight.lateness.classes import Verdict, classified, sides
from chiso.insight.lateness.others import Cost, Elsewhere
from chiso.insight.lateness.petitions import LatePetitions, late_petitions
from chiso.insight.lateness.scores import Boards, boards
from chiso.insight.lateness.shown import Shown, shown_overdue

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.folder.answers import Asked
    from chiso.folder.state import DataFolder

KEPT: Final = 4
"""Findings remembered: a page and the lists behind it ask alike."""


@dataclass(frozen=True, eq=False)
class Findings:
    question: Asked
    known_now: int
    """the instant of "what is known now" """
    ground: Ground
    """what was counted on, as known then"""
    verdict: Verdict
    costs: tuple[Cost, ...]
    petitions: LatePetitions
    boards: Boards
    shown: Shown

    @property
    def judged_at(self) -> int:
        return self.question.judged_at


def find(folder: DataFolder, question: Asked) -> Findings:
    """Finds everything, anew."""
    both = sides(folder, question)
    verdict = classified(folder, both)
    elsewhere = Elsewhere(folder, both)
    petitions = late_petitions(folder, both)
    return Findings(
        question,
        both.known_now,
        both.ground,
        verdict,
        tuple(elsewhere.costs),
        petitions,
        boards(both, verdict, elsewhere, petitions),
        shown_overdue(both),
    )


@dataclass
class _Held:
    lock: threading.Lock = field(default_factory=threading.Lock)
    findings: OrderedDict[tuple[object, ...], Findings] = field(default_factory=OrderedDict)


_held: WeakKeyDictionary[DataFolder, _Held] = WeakKeyDictionary()
_holding = threading.Lock()


def findings(folder: DataFolder, question: Asked) -> Findings:
    """The findings of a question, made anew only where something came in, or the clock moved, since."""
    with _holding:
        held = _held.setdefault(folder, _Held())
    with held.lock:  # who asks the same meanwhile waits, and has it then
        key = (
            question.period.label, question.judged_at, question.as_of, question.law.version,
            folder.standing.changes, folder.version, folder.record,
        )  # fmt: skip
        found = held.findings.get(key)
        if found is None:
            found = held.findings[key] = find(folder, question)
            while len(held.findings) > KEPT:
                held.findings.popitem(last=False)
        else:
            held.findings.move_to_end(key)
        return found
