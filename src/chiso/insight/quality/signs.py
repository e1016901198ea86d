"""Suspicious patterns: each a named detector with its threshold, a sign and no proof.

They are kept beside the score and never enter it.  What could show a pattern is counted as well, so that a
share can be held against that of others: some of it happens everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
import yaml

from chiso.folder.habits import by_sender
from chiso.folder.sent import memory
from chiso.insight.lateness.judging import units_at
from chiso.insight.quality.dues import dues
from chiso.instants import DAY, NEVER
from chiso.intake.records import Has
from chiso.law.model import Text
from chiso.law.states import State

if TYPE_CHECKING:
    from chiso.engine.columns import Array, Columns
    from chiso.engine.each import Bools
    from chiso.folder.state import DataFolder
    from chiso.insight.scene import Scene

HOUR: Final = 3600
FINISHED: Final = (State.FINISHED, State.RETURNED)


@dataclass(frozen=True)
class Pattern:
    """A pattern as the data describe it."""

    id: str
    names: Text
    words: Text
    """what it is, with its thresholds filled in"""
    threshold: Mapping[str, int]


@cache
def patterns() -> Mapping[str, Pattern]:
    """All patterns, in their order."""
    told = yaml.safe_load((files(__package__) / "signs.yaml").read_text(encoding="utf-8"))
    found = {}
    for name, one in told.items():
        threshold = {key: int(value) for key, value in one.items() if key not in ("names", "words")}
        words = Text(*(one["words"][lang].format(**threshold) for lang in ("vi", "en")))
        found[name] = Pattern(name, Text(one["names"]["vi"], one["names"]["en"]), words, threshold)
    return found


@dataclass(frozen=True, eq=False)
class Sign:
    """The dossiers that show a pattern, and all that could."""

    pattern: Pattern
    numbers: Array
    """of the dossiers that could show it"""
    unit: Array
    sender: Array
    shows: Bools


@dataclass(frozen=True, eq=False)
class _Look:
    """What detectors look at, a place a dossier in the period."""

    rows: Columns
    unit: Array
    judged_at: int
    end_known: Array
    """when the end was told; ``NEVER`` where that is not known"""
    first_due: Array
    moved_from: Array

    @property
    def finished(self) -> Bools:
        ended = self.rows["ended_at"] <= self.judged_at
        return np.asarray(ended & np.isin(self.rows["end_state"], FINISHED))

    @property
    def promised(self) -> Bools:
        return np.asarray(self.rows["due_at"] < NEVER)

    def long(self, due: Array, days: int) -> Bools:
        """What had so many days at least from its receipt to a due time."""
        return np.asarray((due < NEVER) & (due - self.rows["received_at"] >= days * DAY))


def _just_before(instants: Array, due: Array, span: int) -> Bools:
    return np.asarray((due < NEVER) & (instants <= due) & (instants >= np.minimum(due, NEVER) - span))


def _dated_back(look: _Look, threshold: Mapping[str, int]) -> tuple[Bools, Bools]:
    end, due, known = look.rows["ended_at"], look.rows["due_at"], look.end_known
    could = look.finished & look.long(due, threshold["least_term_days"]) & (known < NEVER)
    late = (known > due) & (known - np.minimum(end, known) > threshold["told_after_days"] * DAY)
    return could & late & _just_before(end, due, threshold["before_due_hours"] * HOUR), could


def _supplement_before_due(look: _Look, threshold: Mapping[str, int]) -> tuple[Bools, Bools]:
    asked, span = look.rows["requested_at"], threshold["before_due_hours"] * HOUR
    now, first, days = look.rows["due_at"], look.first_due, threshold["least_term_days"]
    could = (asked < NEVER) & (look.long(now, days) | look.long(first, days))
    near = _just_before(asked, now, span) | _just_before(asked, first, span)
    return could & near, could


def _due_moved_after(look: _Look, threshold: Mapping[str, int]) -> tuple[Bools, Bools]:
    del threshold
    return look.promised & (look.moved_from < NEVER), look.promised


def _all_digitised(look: _Look, threshold: Mapping[str, int]) -> tuple[Bools, Bools]:
    senders, has = look.rows["sender"], look.rows["has"]
    could = (has & np.uint32(Has.SYNCED) != 0) & (has & np.uint32(Has.COMPONENT_FILE) != 0)
    marked = could & (has & np.uint32(Has.COMPONENT_DIGITISED) != 0)
    files_of = by_sender(senders, could)
    always = (files_of >= threshold["at_least"]) & (by_sender(senders, marked) == files_of)
    return marked & always[senders], could


def _burst(look: _Look, threshold: Mapping[str, int]) -> tuple[Bools, Bools]:
    could = look.finished
    places = np.flatnonzero(could)
    minute = look.rows["ended_at"][places] // threshold["within_seconds"]
    keys = np.stack([look.unit[places].astype(np.int64), minute])
    _, back, counts = np.unique(keys, axis=1, return_inverse=True, return_counts=True)
    found = np.zeros(len(could), np.bool_)
    found[places] = counts[back.reshape(-1)] >= threshold["at_least"]
    return found, could


def _on_the_second(look: _Look, threshold: Mapping[str, int]) -> tuple[Bools, Bools]:
    del threshold
    could = look.finished & look.promised
    return could & (look.rows["ended_at"] == look.rows["due_at"]), could


DETECTORS: Final[Mapping[str, Callable[[_Look, Mapping[str, int]], tuple[Bools, Bools]]]] = {
    "dated_back": _dated_back,
    "supplement_before_due": _supplement_before_due,
    "due_moved_after": _due_moved_after,
    "all_digitised": _all_digitised,
    "burst": _burst,
    "on_the_second": _on_the_second,
}


def signs_of(folder: DataFolder, seen: Scene) -> list[Sign]:
    """All patterns over the dossiers of a scene, of the whole folder."""
    rows = seen.rows
    numbers = rows["dossier"].astype(np.int64)
    sent, told = memory(folder), dues(folder)
    with sent.lock:
        sent.read(folder)
        place = np.minimum(numbers, len(sent.end_at))
        end, known = (np.append(one, NEVER)[place] for one in (sent.end_at, sent.end_known))
    known = np.where((end == rows["ended_at"]) & (known > -NEVER), known, NEVER)
    with told.lock:
        told.read(folder)
        first, moved = told.of(numbers, told.first), told.of(numbers, told.moved_from)
    units = units_at(rows, seen.ground, seen.judged_at)
    look = _Look(rows, units, seen.judged_at, known, first, moved)
    senders = rows["sender"].astype(np.int64)
    found = []
    for name, pattern in patterns().items():
        shows, could = DETECTORS[name](look, pattern.threshold)
        found.append(Sign(pattern, numbers[could], units[could], senders[could], shows[could]))
    return found
