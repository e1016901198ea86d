"""When we were told: the versions of some dossiers, in the order in which they became known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Array, Columns, Structured
from chiso.insight.lateness.judging import Judging
from chiso.insight.lateness.undoing import Known
from chiso.instants import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chiso.engine.ground import Ground

Bools = NDArray[np.bool_]


def _in_order(rows: Structured) -> Array:
    """The places of rows by dossier, then as they became known.

    Of versions known since one instant the last one alone: the others held at no time.
    """
    names = ("dossier", "known_at", "version")
    dossier, known, version = (np.ascontiguousarray(rows[name]) for name in names)
    if (known[1:] >= known[:-1]).all() and (version[1:] >= version[:-1]).all():
        order = np.argsort(dossier, kind="stable")  # as the ledger appends: all else is in order already
    else:
        order = np.lexsort((rows["judged_from"], version, known, dossier))
    dossier, known, version = dossier[order], known[order], version[order]
    last = np.flatnonzero(np.r_[(dossier[1:] != dossier[:-1]) | (known[1:] != known[:-1]), True])
    found: Array = order[version == np.repeat(version[last], np.diff(np.r_[-1, last]))]
    return found


class Histories:
    """All versions of some dossiers, out of the ledger's rows (``stored``) up to one of its versions.

    ``rows`` are their spans, ordered by dossier, then as they became known; ``heads`` the places of the first
    span of every version.  The versions of dossier ``numbers[i]`` are ``starts[i]`` to ``stops[i]`` of these.
    """

    def __init__(self, stored: Iterable[Structured], ground: Ground, numbers: Array, until: int) -> None:
        wanted = np.zeros(int(numbers.max(initial=0)) + 1, bool)
        wanted[numbers] = True
        self.numbers = np.flatnonzero(wanted)
        parts = []
        for piece in stored if len(numbers) else ():
            rows = piece[np.isin(piece["dossier"], self.numbers, kind="table") & (piece["version"] <= until)]
            if len(rows):
                parts.append(rows)
        self.rows = Columns.empty()
        if parts:
            chosen = np.concatenate(parts)
            self.rows = Columns.of_rows(chosen[_in_order(chosen)])
        ground.derive(self.rows)
        versions, dossiers = self.rows["version"], self.rows["dossier"]
        self.heads = np.flatnonzero(np.r_[True, versions[1:] != versions[:-1]]) if len(versions) else versions
        own = dossiers[self.heads]
        self.starts = np.searchsorted(own, self.numbers)
        self.stops = np.searchsorted(own, self.numbers, side="right")
        self.known_at: Array = self.rows["known_at"][self.heads]
        self.timely: Bools = self.rows["timely"][self.heads] != 0

    def place(self, numbers: Array) -> Array:
        """The places of dossiers among :attr:`numbers`; all of them must be there."""
        return np.searchsorted(self.numbers, numbers)

    def overdue(self, ground: Ground, start: int, judged_at: int) -> Bools:
        """Of every version: whether it is overdue, judged at an instant."""
        missed = Judging(self.rows, ground, start, judged_at).missed()
        return self.any(missed)

    def ended(self) -> Array:
        """Of every version: the end that it tells in the last span of its life."""
        last = np.r_[self.heads[1:], len(self.rows)] - 1 if len(self.heads) else self.heads
        found: Array = self.rows["ended_at"][last]
        return found

    def any(self, chosen: Bools) -> Bools:
        """Of every version: whether any of its spans is chosen."""
        if not len(self.heads):
            return np.zeros(0, bool)
        found: Bools = np.logical_or.reduceat(chosen, self.heads)
        return found

    def replaced_at(self) -> tuple[Array, Bools]:
        """Of every row when the next version of its dossier became known, and whether the province knew then.

        ``NEVER`` of the newest.
        """
        known, timely = np.r_[self.known_at[1:], NEVER], np.r_[self.timely[1:], False]
        known[self.stops - 1] = NEVER
        version = np.repeat(np.arange(len(self.heads)), np.diff(np.r_[self.heads, len(self.rows)]))
        return known[version], timely[version]

    def since(self, held: Bools) -> Array:
        """Of every dossier: the first version of the newest run in which something held.

        Where it does not hold in the newest version either, that one.
        """
        place = np.arange(len(self.heads))
        broken = np.maximum.accumulate(np.where(held, -1, place)) if len(place) else place
        last = self.stops - 1
        return np.minimum(np.maximum(broken[last] + 1, self.starts), last) if len(last) else last

    def known(self, number: int) -> list[Known]:
        """The versions of a dossier, as undoing asks for them."""
        place = int(np.searchsorted(self.numbers, number))
        heads = self.heads[self.starts[place] : self.stops[place]]
        rows = self.rows
        return [
            Known(*version)
            for version in zip(
                rows["known_at"][heads].tolist(),
                (rows["timely"][heads] != 0).tolist(),
                np.minimum(rows["due_at"][heads], NEVER).tolist(),
                rows["mistakes"][heads].tolist(),
                strict=True,
            )
        ]
