"""How many dossiers stand behind each unit and procedure: what distinct procedures are counted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
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
        return self._keys[self.times[counter, period, self._slots] > 0]

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
        whole = ReferenceCounts(counters, periods, self.times.shape[2] * 2)
        distinct = np.zeros((counters, periods, ground.unit_count), np.int64)
        unit, procedure = np.divmod(self._keys, ground.term_room)
        begun = np.flatnonzero(window.judged_at > window.start)
        for _, alike in ground.eras_of(window, begun):
            above, below = [], []
            for level in ground.ancestor_levels(int(window.judged_at[alike[0]])):
                held = np.flatnonzero(level[unit] >= 0)
                above.append(level[unit[held]] * ground.term_room + procedure[held])
                below.append(self._slots[held])
            if not above or not sum(map(len, above)):
                continue
            keys = np.concatenate(above)
            order = np.argsort(keys, kind="stable")
            keys, source = keys[order], np.concatenate(below)[order]
            starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
            flat = keys[starts]
            slots = whole.slots(flat)
            who, what = np.divmod(flat, ground.term_room)
            for counter in range(counters):
                among = ground.among(counter, who, what)
                for period in alike.tolist():
                    times = np.add.reduceat(self.times[counter, period][source], starts)
                    whole.times[counter, period, slots] = times
                    present = who[(times > 0) & among]
                    distinct[counter, period] = np.bincount(present, minlength=ground.unit_count)
        return whole, distinct
