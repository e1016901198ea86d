"""The rows of dossiers as columns, and the newest version of every dossier at hand.

:class:`Columns` is a handful of equally long NumPy arrays; :class:`Roster` holds the newest version of each
dossier by its number, and finds what a new version replaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chiso.ledger.rows import ROW

Array = NDArray[np.int64]
Structured = np.ndarray  # of dtype ROW

STORED: Final = tuple(ROW.names or ())
DERIVED: Final = {"unit_index": np.int32, "desk_index": np.int32, "limit_due_at": np.int64}
"""What the registry adds to a row: unit and desk as numbers of units, the due time by statutory limit."""

DTYPES: Final[dict[str, np.dtype[np.generic]]] = {
    **{name: ROW[name].newbyteorder("=") for name in STORED},
    **{name: np.dtype(kind) for name, kind in DERIVED.items()},
}


PIECE: Final = 2048
"""Rows that the processor's nearest cache holds."""


class Columns:
    """Equally long arrays, one a field of a row."""

    __slots__ = ("arrays", "size")

    def __init__(self, arrays: dict[str, np.ndarray], size: int) -> None:
        self.arrays = arrays
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @classmethod
    def of_rows(cls, rows: Structured) -> Columns:
        """Columns of stored rows; the derived ones are still to be filled in."""
        arrays = {name: np.empty(len(rows), DTYPES[name]) for name in STORED}
        # in pieces that stay in the cache while every field of them is picked out
        for start in range(0, len(rows), PIECE):
            piece = rows[start : start + PIECE]
            for name, array in arrays.items():
                array[start : start + PIECE] = piece[name]
        return cls(arrays, len(rows))

    @classmethod
    def empty(cls) -> Columns:
        return cls({name: np.empty(0, dtype) for name, dtype in DTYPES.items()}, 0)

    def take(self, index: np.ndarray | slice) -> Columns:
        arrays = {name: values[index] for name, values in self.arrays.items()}
        size = len(arrays["dossier"])
        return Columns(arrays, size)

    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays.values())

    @staticmethod
    def joined(parts: list[Columns]) -> Columns:
        parts = [part for part in parts if part.size]
        if not parts:
            return Columns.empty()
        if len(parts) == 1:
            return parts[0]
        arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0].arrays}
        return Columns(arrays, sum(part.size for part in parts))


def newest_spans(rows: Structured) -> Structured:
    """Of rows, those of the newest version of each dossier, the spans of one dossier together and in order.

    The newest is the greatest ``(known_at, version)``.
    """
    if len(rows) == 0:
        return rows
    dossier, known, version = _keys(rows)
    last = _last_in_order(dossier, known, version)
    if last is not None:
        return rows if last.all() else rows[last]
    order = np.lexsort((rows["judged_from"], version, known, dossier))
    rows, dossier, known, version = rows[order], dossier[order], known[order], version[order]
    ends = np.flatnonzero(np.r_[dossier[1:] != dossier[:-1], True])
    group = np.repeat(ends, np.diff(np.r_[-1, ends]))
    kept: Structured = rows[(known == known[group]) & (version == version[group])]
    return kept


def _keys(rows: Structured) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dossier, known_at and version by themselves: in packed rows every look at them costs a walk."""
    dossier, known, version = (
        np.ascontiguousarray(rows[name]) for name in ("dossier", "known_at", "version")
    )
    return dossier, known, version


def _last_in_order(dossier: np.ndarray, known: np.ndarray, version: np.ndarray) -> np.ndarray | None:
    """Which rows are of the last version of their dossier, where they come in the order in which they became
    known; ``None`` where they do not."""
    top = int(dossier.max())
    if top >= 128 * len(dossier) or not ((version[1:] >= version[:-1]) & (known[1:] >= known[:-1])).all():
        return None
    last = np.zeros(top + 1, np.int64)
    last[dossier] = version
    return np.asarray(last[dossier] == version)


def in_pieces(rows: Structured, size: int) -> Iterator[Structured]:
    """Rows in pieces of about ``size``, no version cut in two: its spans stand side by side."""
    start = 0
    while start < len(rows):
        stop = min(start + size, len(rows))
        while stop < len(rows) and rows["version"][stop] == rows["version"][stop - 1]:
            stop += 1
        yield rows[start:stop]
        start = stop


class Roster:
    """The newest version of every dossier, by its number in the ledger.

    The first span of a life stands in arrays addressed by dossier number; the further spans of the few that
    were reopened stand apart.
    """

    def __init__(self, capacity: int = 1024) -> None:
        self._arrays = {name: np.zeros(capacity, dtype) for name, dtype in DTYPES.items()}
        self._reopened = np.zeros(capacity, np.bool_)
        self._further = Columns.empty()
        self.top = 0
        """greatest dossier number seen"""

    def __len__(self) -> int:
        return int(np.count_nonzero(self._arrays["version"][: self.top + 1]))

    @property
    def capacity(self) -> int:
        return len(self._arrays["version"])

    def nbytes(self) -> int:
        """Bytes held for the dossiers seen; spare room costs nothing until it is used."""
        held = [*self._arrays.values(), self._reopened]
        return sum(array[: self.top + 1].nbytes for array in held) + self._further.nbytes()

    def copy(self) -> Roster:
        """The same by itself: what comes in later does not change it."""
        found = Roster(0)
        found._arrays = {name: array[: self.top + 1].copy() for name, array in self._arrays.items()}
        found._reopened = self._reopened[: self.top + 1].copy()
        further = self._further
        found._further = Columns({name: a.copy() for name, a in further.arrays.items()}, further.size)
        found.top = self.top
        return found

    def reserve(self, top: int) -> None:
        """Makes room for dossier numbers up to ``top``: what is to come needs not be moved then."""
        if top >= self.capacity:
            # fresh zeros cost no memory until something is written there
            size = max(top + 1, self.capacity * 2)
            for name, array in self._arrays.items():
                self._arrays[name] = _grown(array, size)
            self._reopened = _grown(self._reopened, size)

    def _grow(self, top: int) -> None:
        self.reserve(top)
        self.top = max(self.top, top)

    def column(self, name: str) -> np.ndarray:
        """A column over all dossier numbers, 0 included (an empty place)."""
        return self._arrays[name][: self.top + 1]

    def first_spans(self) -> Columns:
        """First spans of all dossiers, as views."""
        return Columns({name: array[: self.top + 1] for name, array in self._arrays.items()}, self.top + 1)

    def further_spans(self) -> Columns:
        """Second and later spans of the dossiers that were reopened."""
        return self._further

    def parts(self, size: int = 1 << 16) -> Iterator[Columns]:
        """All rows, in parts that fit the processor's cache."""
        whole = self.first_spans()
        for start in range(1, self.top + 1, size):
            yield whole.take(slice(start, min(start + size, self.top + 1)))
        further = self.further_spans()
        if further.size:
            yield further

    def each(self, change: Callable[[Columns], None]) -> None:
        """Lets ``change`` set the derived columns of all rows, in place."""
        change(self.first_spans())
        if self._further.size:
            change(self._further)

    def rows_of(self, dossiers: np.ndarray) -> Columns:
        """All spans of the given dossiers; unknown numbers give none."""
        dossiers = dossiers[dossiers <= self.top]
        held = dossiers[self._arrays["version"][dossiers] > 0]
        found = Columns({name: array[held] for name, array in self._arrays.items()}, len(held))
        reopened = held[self._reopened[held]]
        if reopened.size:
            more = self._further.take(np.isin(self._further["dossier"], reopened))
            return Columns.joined([found, more])
        return found

    def superseding(self, rows: Structured) -> Structured:
        """Of new rows, the spans of versions that are newer than what is held."""
        if len(rows) == 0:
            return rows
        dossier, known, version = _keys(rows)
        self._grow(int(dossier.max()))
        held, held_known = self._arrays["version"][dossier], self._arrays["known_at"][dossier]
        newer = (known > held_known) | ((known == held_known) & (version > held)) | (held == 0)
        # of a dossier whose newest version is no news, no version is
        some = np.flatnonzero(newer)
        if len(some) == 0:
            return rows[:0]
        last = _last_in_order(dossier[some], known[some], version[some])
        if last is None:
            return newest_spans(rows[some])
        return rows if len(some) == len(rows) and last.all() else rows[some[last]]

    def replace(self, rows: Columns) -> None:
        """Puts in the spans of newer versions (of :meth:`superseding`, with derived columns filled in)."""
        if rows.size == 0:
            return
        numbers = rows["dossier"]
        first = np.r_[True, numbers[1:] != numbers[:-1]]
        before = self._reopened[numbers]
        if before.any():
            self._further = self._further.take(~np.isin(self._further["dossier"], numbers[before]))
            self._reopened[numbers] = False
        chosen, places = rows, numbers
        if not first.all():
            rest = rows.take(~first)
            self._reopened[rest["dossier"]] = True
            self._further = Columns.joined([self._further, rest])
            chosen, places = rows.take(first), numbers[first]
        start, stop = int(places[0]), int(places[-1]) + 1
        row_of_numbers = stop - start == chosen.size and bool((places[1:] > places[:-1]).all())
        where = slice(start, stop) if row_of_numbers else places
        for name, array in self._arrays.items():
            array[where] = chosen[name]


def _grown(array: np.ndarray, size: int) -> np.ndarray:
    found = np.zeros(size, array.dtype)
    found[: len(array)] = array
    return found
