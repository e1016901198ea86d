"""The tree of units in force at one instant, as arrays over all units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chiso.registry.tables import KINDS

Number = TypeVar("Number", np.int64, np.bool_)
Indexes = NDArray[np.int32]


@dataclass(frozen=True)
class Tree:
    """Arrays run over all units that are known; those not in force have no parent and are in no order."""

    parent: Indexes
    """index of the unit above; -1 for the top and for units not in force"""
    in_force: NDArray[np.bool_]
    order: Indexes
    """units in force, each before those below it; siblings by kind, then by code"""
    _kinds: NDArray[np.int8]
    _place: Indexes
    """position in ``order``; -1 where not in force"""
    _size: Indexes
    """how many units the subtree at each position of ``order`` holds"""
    _depths: tuple[Indexes, ...] = field(repr=False)
    """units in force by depth, the top first"""

    @classmethod
    def make(
        cls,
        parent: Indexes,
        in_force: NDArray[np.bool_],
        kinds: NDArray[np.int8],
        rank: Sequence[tuple[int, str]],
    ) -> Tree:
        children: dict[int, list[int]] = {}
        for index in np.flatnonzero(in_force).tolist():
            children.setdefault(int(parent[index]), []).append(index)
        order: list[int] = []
        depths: list[list[int]] = []
        waiting = [(index, 0) for index in sorted(children.get(-1, ()), key=rank.__getitem__, reverse=True)]
        while waiting:
            index, depth = waiting.pop()
            order.append(index)
            if depth == len(depths):
                depths.append([])
            depths[depth].append(index)
            below = sorted(children.get(index, ()), key=rank.__getitem__, reverse=True)
            waiting += [(child, depth + 1) for child in below]
        place = np.full(len(parent), -1, np.int32)
        place[order] = np.arange(len(order))
        size = np.ones(len(order), np.int32)
        for position in range(len(order) - 1, -1, -1):
            above = parent[order[position]]
            if above >= 0:
                size[place[above]] += size[position]
        arrays = (parent, in_force, np.array(order, np.int32), kinds, place, size)
        for array in arrays:
            array.flags.writeable = False
        return cls(*arrays, tuple(np.array(level, np.int32) for level in depths))

    def ancestors(self, index: int) -> list[int]:
        """The unit itself, the one above it, and so on up to the top; nothing where it is not in force."""
        found: list[int] = []
        while index >= 0 and self.in_force[index]:
            found.append(index)
            index = int(self.parent[index])
        return found

    def children(self, index: int) -> Indexes:
        """The units directly below, in order."""
        below = self.descendants(index)
        found: Indexes = below[self.parent[below] == index]
        return found

    def descendants(self, index: int) -> Indexes:
        """All units below, without the unit itself, in order."""
        return self.subtree(index)[1:]

    def subtree(self, index: int) -> Indexes:
        """The unit and all below it, in order; nothing where it is not in force."""
        place = int(self._place[index])
        if place < 0:
            return self.order[:0]
        found: Indexes = self.order[place : place + int(self._size[place])]
        return found

    def level(self, kind: str) -> Indexes:
        """The units of a kind, in order."""
        chosen: Indexes = self.order[self._kinds[self.order] == list[str](KINDS).index(kind)]
        return chosen

    def rollup(self, own: NDArray[Number]) -> NDArray[Number]:
        """Each unit's own numbers with those of all below it; booleans: its own or any below it.

        The last axis runs over units.  What stands at units not in force is left as it is.
        """
        whole = own.copy()
        by_unit = whole.T  # units first, so that they can be picked by one index
        for level in self._depths[:0:-1]:
            if whole.dtype == np.bool_:
                np.logical_or.at(by_unit, self.parent[level], by_unit[level])
            else:
                np.add.at(by_unit, self.parent[level], by_unit[level])
        return whole
