"""Promised dates as they were told one after the other: what was promised first, what was moved too late.

Kept in memory and read on from where it stands, as :mod:`chiso.folder.sent` does for ends.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from chiso.instants import NEVER

if TYPE_CHECKING:
    from chiso.engine.columns import Array, Structured
    from chiso.folder.state import DataFolder


class Dues:
    """The memory, by dossier number.  Whoever reads it on, or looks at it, holds its lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._version = 0
        self.first = np.full(0, NEVER, np.int64)
        """the date that was promised first"""
        self.moved_from = np.full(0, NEVER, np.int64)
        """the date that had passed when a later one was told in its place"""
        self._last = np.full(0, NEVER, np.int64)
        self._known = np.full(0, -NEVER, np.int64)

    def read(self, folder: DataFolder) -> None:
        """Reads on to what the ledger holds now."""
        for rows in folder.rows(self._version):
            self._reserve(int(rows["dossier"].max()))
            self._take(rows)
            self._version = int(rows["version"][-1])

    def _reserve(self, top: int) -> None:
        room = len(self.first)
        if top >= room:
            more = max(top + 1 + (top >> 3), 1024) - room
            never = np.full(more, NEVER, np.int64)
            self.first = np.concatenate([self.first, never])
            self.moved_from = np.concatenate([self.moved_from, never])
            self._last = np.concatenate([self._last, never])
            self._known = np.concatenate([self._known, -never])

    def _take(self, rows: Structured) -> None:
        """Rows of versions, in their order.  What a backfill tells of the past moves nothing."""
        rows = rows[np.r_[True, rows["version"][1:] != rows["version"][:-1]]]
        rows = rows[rows["due_at"] < NEVER]
        if not len(rows):
            return
        order = np.lexsort((rows["version"], rows["dossier"]))
        dossier, due, known, timely = (
            np.ascontiguousarray(rows[name])[order] for name in ("dossier", "due_at", "known_at", "timely")
        )
        begins = np.r_[True, dossier[1:] != dossier[:-1]]
        before, known_before = np.r_[NEVER, due[:-1]], np.r_[-NEVER, known[:-1]]
        before[begins], known_before[begins] = self._last[dossier[begins]], self._known[dossier[begins]]
        moved = (before < NEVER) & (due > before) & (known > before) & (timely != 0) & (known >= known_before)
        self.moved_from[dossier[moved]] = before[moved]
        fresh = dossier[begins]
        self.first[fresh] = np.where(self.first[fresh] < NEVER, self.first[fresh], due[begins])
        ends = np.r_[begins[1:], True]
        self._last[dossier[ends]], self._known[dossier[ends]] = due[ends], known[ends]

    def of(self, numbers: Array, values: Array) -> Array:
        """One of the arrays for some dossiers; ``NEVER`` for those not seen yet."""
        found: Array = np.append(values, NEVER)[np.minimum(numbers, len(values))]
        return found


_memories: WeakKeyDictionary[DataFolder, Dues] = WeakKeyDictionary()
_remembering = threading.Lock()


def dues(folder: DataFolder) -> Dues:
    """The memory of a folder, shared by all who ask."""
    with _remembering:
        return _memories.setdefault(folder, Dues())
