"""Dossier versions as they lie in the database: the versions of one commit together, in one piece.

A segment holds the rows of its versions one after the other, so that the engine reads a million rows in a few
hundred pieces, and beside them a link for each version: the journal entry that told it, the dossier's version
appended before it, and where its rows begin.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final, NamedTuple

from chiso.ledger.codec import compress, decompress
from chiso.ledger.database import Hot
from chiso.ledger.facts import PACKED

LINK: Final = Struct("<qqi")
"""Journal entry, version of the dossier appended before (or 0), offset of the first row in the segment."""

_HEAD: Final = Struct("<qiq")
"""The first fields of a row: version, dossier, known_at."""

SegmentRow = tuple[int, int, bytes, bytes]
"""Number of the first and of the last version, rows, links."""


class Stored(NamedTuple):
    """One version as the ledger holds it."""

    id: int
    dossier: int
    known_at: int
    seq: int
    packed: bytes


class Builder:
    """Collects the versions of a commit, in order."""

    def __init__(self) -> None:
        self._rows: list[bytes] = []
        self._links: list[bytes] = []
        self._at = 0
        self._last = 0

    def add(self, version: int, seq: int, before: int, packed: bytes) -> None:
        """Adds the version that follows the one added before."""
        self._rows.append(packed)
        self._links.append(LINK.pack(seq, before, self._at))
        self._at += len(packed) // PACKED.size
        self._last = version

    def take(self) -> tuple[SegmentRow, bytes] | None:
        """The segment so far and its rows, and begins anew; ``None`` where nothing was added."""
        if not self._rows:
            return None
        rows = b"".join(self._rows)
        first = self._last - len(self._rows) + 1
        segment = (first, self._last, compress(rows), compress(b"".join(self._links)))
        self._rows, self._links, self._at = [], [], 0
        return segment, rows


def stored_versions(hot: Hot, heads: Iterable[int]) -> Iterator[Stored]:
    """All versions of dossiers, the latest first, from the numbers of those appended last.

    Each segment concerned is read once.
    """
    waiting = [-head for head in heads]
    heapq.heapify(waiting)
    first = 0
    rows = links = b""
    while waiting:
        version = -heapq.heappop(waiting)
        if version < first or not links:
            found = hot.all(
                "SELECT first, packed, links FROM segment WHERE last >= ? ORDER BY last LIMIT 1", (version,)
            )
            if not found or found[0][0] > version:
                continue  # a hole: the recount will miss the version
            first, rows, links = found[0][0], decompress(bytes(found[0][1])), decompress(bytes(found[0][2]))
        place = (version - first) * LINK.size
        seq, before, start = LINK.unpack_from(links, place)
        place += LINK.size
        end = LINK.unpack_from(links, place)[2] * PACKED.size if place < len(links) else len(rows)
        start *= PACKED.size
        _, dossier, known_at = _HEAD.unpack_from(rows, start)
        yield Stored(version, dossier, known_at, seq, rows[start:end])
        if before:
            heapq.heappush(waiting, -before)


def rows_between(hot: Hot, low: int, high: int) -> bytes:
    """The rows of the segments whose last version is in (low, high], in order."""
    found = hot.all("SELECT packed FROM segment WHERE last > ? AND last <= ? ORDER BY last", (low, high))
    return b"".join([decompress(packed) for (packed,) in found])
