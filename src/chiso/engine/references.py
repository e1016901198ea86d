"""How many dossiers stand behind each unit and procedure: what distinct procedures are counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.count import Counts, Window
    from chiso.engine.ground import Ground
    from chiso.engine.wide import Block


class ReferenceCounts:
    """How many dossiers each unit and procedure has, for every procedure counter and period.

    ``times[counter, period, slot]``: a slot is a unit (of any level) and a procedure that has come up.  There
    are far fewer of them than dossiers, and hardly any new ones after a while.
    """

    def __init__(self, counters: int, periods: int, room: int = 1024) -> None:
        self._keys = np.empty(0, np.int64)
        self._slots = np.empty(0, np.int64)
        self.times = np.zeros((counters, periods, room), np.int32)

    def __len__(self) -> int:
        return len(self._keys)

    def nbytes(self) -> int:
        return self._keys.nbytes + self._slots.nbytes + self.times.nbytes

    def slots(self, keys: np.ndarray) -> np.ndarray:
        """The slots of sorted distinct keys; new ones are given room."""
        spots = np.searchsorted(self._keys, keys)
        known = np.zeros(len(keys), bool)
        inside = spots < len(self._keys)
        known[inside] = self._keys[spots[inside]] == keys[inside]
        if not known.all():
            fresh = keys[~known]
            first = len(self._keys)
            if first + len(fresh) > self.times.shape[2]:
                room = max(first + len(fresh), self.times.shape[2] * 3 // 2)
                grown = np.zeros((*self.times.shape[:2], room), np.int32)
                grown[:, :, : self.times.shape[2]] = self.times
                self.times = grown
            at = np.searchsorted(self._keys, fresh)
            self._keys = np.insert(self._keys, at, fresh)
            self._slots = np.insert(self._slots, at, np.arange(first, first + len(fresh)))
            spots = np.searchsorted(self._keys, keys)
        return self._slots[spots]

    def present(self, counter: int, period: int) -> np.ndarray:
        """Keys with at least one dossier, sorted."""
        keys: np.ndarray = self._keys[self.times[counter, period, self._slots] > 0]
        return keys

    def take(self, block: Block) -> None:
        """Adds what a part of the rows has."""
        slots = self.slots(block.pairs)
        for counter, table in enumerate(block.times):
            for period, times in zip(block.periods.tolist(), table, strict=True):
                if times.any():
                    self.times[counter, period, slots] += times.astype(np.int32)

    def spread(self, ground: Ground, window: Window) -> tuple[ReferenceCounts, Counts]:
        """From counts of units themselves to those of their subtrees, and the distinct procedures of each.

        Gives the counts, and ``distinct[counter, period, unit]``.
        """
        counters, periods = self.times.shape[:2]
        whole = ReferenceCounts(counters, periods, len(self._keys) * 5 // 4 + 1024)
        distinct = np.zeros((counters, periods, ground.unit_count), np.int64)
        begun = np.flatnonzero(window.judged_at > window.start)
        for _, alike in ground.eras_of(window, begun):
            parent = ground.parents(int(window.judged_at[alike[0]]))
            keys: Array = self._keys
            times: np.ndarray = self.times[:, alike][:, :, self._slots]
            while keys.size:
                slots = whole.slots(keys)
                for counter in range(counters):
                    for index, period in enumerate(alike.tolist()):
                        whole.times[counter, period, slots] += times[counter, index]
                keys, times = _lifted(keys, times, parent, ground.term_room)
        unit, procedure = np.divmod(whole._keys, ground.term_room)
        if len(unit):
            starts = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])
            for counter in range(counters):
                among = ground.among(counter, unit, procedure)
                for period in begun.tolist():
                    present = (whole.times[counter, period, whole._slots] > 0) & among
                    distinct[counter, period, unit[starts]] = np.add.reduceat(present, starts, dtype=np.int64)
        return whole, distinct


def _lifted(keys: Array, times: np.ndarray, parent: Array, terms: int) -> tuple[Array, np.ndarray]:
    """What units and procedures have, at the units above them; those at the top are gone."""
    unit, procedure = np.divmod(keys, terms)
    above = parent[unit]
    held = np.flatnonzero(above >= 0)
    lifted = above[held] * terms + procedure[held]
    order = np.argsort(lifted, kind="stable")
    lifted, held = lifted[order], held[order]
    if lifted.size == 0:
        return lifted, times[:, :, :0]
    starts = np.flatnonzero(np.r_[True, lifted[1:] != lifted[:-1]])
    return lifted[starts], np.add.reduceat(times[:, :, held], starts, axis=2)
