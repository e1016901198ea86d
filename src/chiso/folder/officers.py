"""Who handles each dossier, as the steps of its handling name an officer: read once, and on from there.

Names are for the staff of the unit; who may see them is decided where they are shown.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.folder.state import DataFolder
    from chiso.ledger.facts import Facts

FACTS_AT_ONCE: Final = 5_000


class Officers:
    """The memory of a folder."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.names: list[str] = [""]
        """the empty name stands for nobody named"""
        self._places: dict[str, int] = {"": 0}
        self._officer = np.zeros(0, np.int32)
        self._version = np.full(0, -1, np.int64)

    def of(self, folder: DataFolder, numbers: Array, versions: Array) -> Array:
        """Places in ``names`` of who handles each dossier.

        ``versions``: the newest that is known of each; what is remembered of an older one is read again.
        """
        with self._lock:
            self._reserve(int(numbers.max(initial=0)))
            wanted = np.unique(numbers[self._version[numbers] < versions])
            for start in range(0, len(wanted), FACTS_AT_ONCE):
                told = folder.ledger.facts(wanted[start : start + FACTS_AT_ONCE].tolist())
                for number, facts in told.items():
                    self._officer[number] = self._place(officer_of(facts))
                    self._version[number] = facts.version
            return self._officer[numbers].astype(np.int64)

    def _place(self, name: str) -> int:
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = len(self.names)
            self.names.append(name)
        return place

    def _reserve(self, top: int) -> None:
        more = top + 1 - len(self._officer)
        if more > 0:
            more += top >> 3
            self._officer = np.concatenate([self._officer, np.zeros(more, np.int32)])
            self._version = np.concatenate([self._version, np.full(more, -1, np.int64)])


def officer_of(facts: Facts) -> str:
    """The officer whom the newest step names that names one; empty where none does."""
    return next(
        (" ".join(step.officer.split()) for step in reversed(facts.steps) if step.officer.strip()), ""
    )


_memories: WeakKeyDictionary[DataFolder, Officers] = WeakKeyDictionary()
_remembering = threading.Lock()


def officers_of(folder: DataFolder) -> Officers:
    """The memory of a folder, shared by all who ask."""
    with _remembering:
        return _memories.setdefault(folder, Officers())
