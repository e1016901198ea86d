"""What senders' whole streams have shown so far: kept in memory, read on from where it stands.

The newest version of a dossier does not tell when its receipt or its end first became known: all versions do.
They are read once, and then only those that came since; so are payments.  A dossier's facts are read where
its columns leave a doubt, and again only once a newer version of it has come.
"""

from __future__ import annotations

import threading
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from chiso.instants import NEVER
from chiso.ledger.collecting import without_collecting

if TYPE_CHECKING:
    from chiso.engine.columns import Array, Structured
    from chiso.folder.state import DataFolder
    from chiso.ledger.facts import Facts

UNTIMELY: Final = -NEVER
"""Known at some instant that nobody told: never late."""
FACTS_AT_ONCE: Final = 5_000


class Brief(NamedTuple):
    """Of a dossier's facts what the columns do not hold."""

    version: int
    owner: str
    steps_only: bool
    """steps of it are known, but no message"""
    sender: int
    last_step: int


class Sent:
    """The memory.  Whoever reads it on, or looks at it, holds its lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._version = self._record = 0
        self.first_known = np.full(0, NEVER, np.int64)
        """by dossier number: when a message with a receipt was first known"""
        self.end_at = np.full(0, NEVER, np.int64)
        """the end told last"""
        self.end_known = np.full(0, NEVER, np.int64)
        """when that end was first known"""
        self.paid_at = np.full(0, NEVER, np.int64)
        """when the first payment for it that succeeded was made"""
        self.paid_since: int = NEVER
        """the first payment known: what was received before it cannot be compared"""
        self._unplaced: dict[str, int] = {}
        """codes that payments name and no dossier has yet, with the first instant"""
        self._briefs: dict[int, Brief] = {}

    def read(self, folder: DataFolder) -> None:
        """Reads on to what the ledger holds now."""
        for rows in folder.rows(self._version):
            self._reserve(int(rows["dossier"].max()))
            self._take(rows)
            self._version = int(rows["version"][-1])
        self.read_payments(folder)

    def _reserve(self, top: int) -> None:
        room = len(self.paid_at)
        if top >= room:
            more = max(top + 1 + (top >> 3), 1024) - room
            never = np.full(more, NEVER, np.int64)
            self.first_known = np.concatenate([self.first_known, never])
            self.end_at = np.concatenate([self.end_at, never])
            self.end_known = np.concatenate([self.end_known, never])
            self.paid_at = np.concatenate([self.paid_at, never])

    def _take(self, rows: Structured) -> None:
        """Rows of versions, in their order."""
        # of the spans of a version the last one tells how it stands
        rows = rows[np.r_[rows["version"][1:] != rows["version"][:-1], True]]
        rows = rows[rows["received_at"] < NEVER]
        known = np.where(rows["timely"] != 0, rows["known_at"], UNTIMELY)
        np.minimum.at(self.first_known, rows["dossier"], known)
        ended = rows["ended_at"] < NEVER
        dossier, end, known = rows["dossier"][ended], rows["ended_at"][ended], known[ended]
        numbers, back = np.unique(dossier[::-1], return_index=True)
        newest = end[::-1][back]
        changed = self.end_at[numbers] != newest
        self.end_at[numbers] = newest
        self.end_known[numbers[changed]] = NEVER
        this = end == self.end_at[dossier]
        np.minimum.at(self.end_known, dossier[this], known[this])

    @without_collecting()
    def read_payments(self, folder: DataFolder) -> None:
        """Reads payments alone on to what the ledger holds now."""
        self._record, known, payments = folder.ledger.payments_after(self._record)
        told = [
            (one.dossier, known_at if one.paid_at is None else one.paid_at)
            for known_at, one in zip(known, payments, strict=True)
            if one.succeeded
        ]
        self.paid_since = min(self.paid_since, min((at for _, at in told), default=NEVER))
        # of several payments for one dossier the earliest comes last, and stays
        told += self._unplaced.items()
        told.sort(key=itemgetter(1), reverse=True)
        first = dict(told)
        first.pop("", None)
        codes, instants = list(first), np.fromiter(first.values(), np.int64, len(first))
        numbers = folder.ledger.numbers(codes)
        self._reserve(int(numbers.max(initial=0)))
        held = numbers > 0
        self.paid_at[numbers[held]] = np.minimum(self.paid_at[numbers[held]], instants[held])
        self._unplaced = {codes[place]: int(instants[place]) for place in np.flatnonzero(~held).tolist()}

    def briefs(self, folder: DataFolder, numbers: Array, versions: Array) -> dict[int, Brief]:
        """Facts of dossiers in brief.  ``versions``: the newest that is known of each.

        What is not asked for is forgotten: who asks, asks for all that is in doubt.
        """
        held: dict[int, Brief] = {}
        wanted: list[int] = []
        for number, version in zip(numbers.tolist(), versions.tolist(), strict=True):
            brief = self._briefs.get(number)
            if brief is not None and brief.version >= version:
                held[number] = brief
            else:
                wanted.append(number)
        for start in range(0, len(wanted), FACTS_AT_ONCE):
            told = folder.ledger.facts(wanted[start : start + FACTS_AT_ONCE])
            held.update((number, _brief(facts)) for number, facts in told.items())
        self._briefs = held
        return held


def _brief(facts: Facts) -> Brief:
    message, steps = facts.message, facts.steps
    return Brief(
        facts.version,
        "" if message is None else message.owner,
        message is None and bool(steps),
        facts.sender,
        steps[-1].at if steps else 0,
    )


_memories: WeakKeyDictionary[DataFolder, Sent] = WeakKeyDictionary()
_remembering = threading.Lock()


def memory(folder: DataFolder) -> Sent:
    """The memory of a folder, shared by all who ask."""
    with _remembering:
        return _memories.setdefault(folder, Sent())
