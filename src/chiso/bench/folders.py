"""Data folders full of drawn dossiers, written without reading messages first."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from chiso.bench import data
from chiso.instants import NEVER
from chiso.intake.records import Arrival
from chiso.ledger.clock import Clock
from chiso.ledger.codec import compress
from chiso.ledger.database import Hot
from chiso.ledger.segments import LINK
from chiso.ledger.store import Ledger

COMMIT: Final = 4_000
"""Versions of one commit, as a long load writes them."""
AT_ONCE: Final = 500_000
_LINK: Final = np.dtype([("seq", "<i8"), ("before", "<i8"), ("at", "<i4")])


def make(folder: Path, count: int, *, crowd: int = 0) -> int:
    """A folder of so many dossiers, each told twice: when received, and as it is now.

    Its clock stands at :data:`chiso.bench.data.NOW`.  Gives the number of versions.
    """
    assert _LINK.itemsize == LINK.size
    world = data.world()
    with Ledger.open(folder) as ledger:
        ledger.clock.set(Clock(data.NOW))
        with ledger.database.write() as connection:
            hot = Hot(connection)
            hot.insert("term", ("id", "text"), list(enumerate(world.terms))[1:])
            hot.close()
        records = world.ground.records
        for kind, items in (("procedures", world.ground.catalogue.records), ("petitions", records.petitions)):
            arrival = Arrival(kind, list(items), b"{}", known_at=data.YEAR.start)
            ledger.accept([arrival], data.NOW)
        version = 1
        for first in range(1, count + 1, AT_ONCE):
            size = min(AT_ONCE, count - first + 1)
            newest = data.rows(world, size, first=first, crowd=crowd * size // count)
            told = _received(newest)
            number = _write(ledger, told, version, None)
            version = _write(ledger, newest, number, version)
    return version - 1


def _received(newest: np.ndarray) -> np.ndarray:
    """What was known of dossiers when they were received: the first span, and nothing that came later."""
    told = newest[np.r_[True, newest["dossier"][1:] != newest["dossier"][:-1]]].copy()
    for name in ("ended_at", "requested_at", "completed_at", "second_requested_at"):
        told[name] = NEVER
    for name in ("dissatisfied_at", "stored_at"):
        told[name] = NEVER
    told["end_state"], told["judged_to"] = 0, NEVER
    return told


def _write(ledger: Ledger, rows: np.ndarray, version: int, before: int | None) -> int:
    """Writes versions numbered from ``version``; gives the number after the last.

    ``before``: number of the first one's version before it; the others' follow.
    """
    rows = rows.copy()
    starts = np.flatnonzero(np.r_[True, rows["dossier"][1:] != rows["dossier"][:-1]])
    ends = np.r_[starts[1:], len(rows)]
    rows["version"] = version + np.repeat(np.arange(len(starts)), ends - starts)
    if before is not None:
        rows["known_at"] = np.maximum(rows["known_at"], data.NOW - 1)
    segments = []
    for low in range(0, len(starts), COMMIT):
        high = min(low + COMMIT, len(starts))
        links = np.zeros(high - low, _LINK)
        links["seq"] = 1
        links["before"] = 0 if before is None else np.arange(before + low, before + high)
        links["at"] = starts[low:high] - starts[low]
        part = rows[starts[low] : ends[high - 1]].tobytes()
        segments.append((version + low, version + high - 1, compress(part), compress(links.tobytes())))
    with ledger.database.write() as connection:
        hot = Hot(connection)
        hot.insert("segment", ("first", "last", "packed", "links"), segments)
        hot.close()
    return version + len(starts)
