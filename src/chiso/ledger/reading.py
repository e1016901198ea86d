"""Reading the ledger: rows for the engine, records, histories, the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from chiso.instants import NEVER
from chiso.law.life import LifeRules
from chiso.ledger.codec import Paid, decompress, unpack_items, unpack_paid, unpack_record
from chiso.ledger.database import Database
from chiso.ledger.facts import FACTS, Facts
from chiso.ledger.publishing import NEWS, PublishedResults
from chiso.ledger.receipt import Position
from chiso.ledger.rows import ROW
from chiso.ledger.segments import rows_between, stored_versions

VERSIONS_AT_ONCE: Final = 100_000
ENTRIES_AT_ONCE: Final = 50
FACTS_AT_ONCE: Final = 20_000


_BY_ID: Final = "SELECT dossier.id, dossier.facts FROM {among} JOIN dossier ON dossier.id = wanted.value"


class Entry(Struct, frozen=True):
    """One arrival as the journal has it."""

    seq: int
    received_at: int
    """microseconds since 1970 on the folder's clock"""
    known_at: int
    timely: bool
    sender: str
    door: str
    kind: str
    count: int
    hash: bytes
    """SHA-256 of the payload"""
    payload: bytes
    """the sanitised input in the sender's own names"""
    content: bytes

    def items(self) -> list[Any]:
        """The items that were made of it."""
        return [item for _, run in unpack_items(self.content) for item in run]


class Told(Struct, frozen=True):
    """One version in the history of a dossier."""

    version: int
    known_at: int
    seq: int
    sender: str
    door: str
    kind: str
    rows: NDArray[np.void]


class Reading:
    """What can be asked of a ledger without changing it."""

    def __init__(self, database: Database, rules: LifeRules) -> None:
        self.database: Final = database
        self.rules: Final = rules
        self.published: Final = PublishedResults(database)

    def position(self) -> Position:
        """The last numbers given.  Cheap: other processes poll it."""
        with self.database.hot() as hot:
            ((journal, version, record, published),) = hot.all(
                "SELECT (SELECT coalesce(max(seq), 0) FROM journal), "
                "(SELECT coalesce(max(last), 0) FROM segment), (SELECT coalesce(max(id), 0) FROM record), "
                "(SELECT value FROM meta WHERE key = ?)",
                (NEWS,),
            )
        return Position(int(journal), int(version), int(record), int(published or 0))

    def rows(self, after: int = 0, *, newest_first: bool = False) -> Iterator[NDArray[np.void]]:
        """All rows (``ROW``) of versions later than ``after``, in large pieces, each in order of version.

        The pieces come in that order too, or the newest first: who wants only the newest version of each
        dossier then has most of them early.
        """
        last = self.position().version
        lows = range(after, last, VERSIONS_AT_ONCE)
        for low in reversed(lows) if newest_first else lows:
            with self.database.hot() as hot:
                packed = rows_between(hot, low, min(last, low + VERSIONS_AT_ONCE))
            rows = np.frombuffer(packed, dtype=ROW)
            if low == after and len(rows) and rows["version"][0] <= after:
                rows = rows[rows["version"] > after]
            if len(rows):
                yield rows

    def terms(self, after: int = 0) -> list[tuple[int, str]]:
        """The numbered texts of rows, later than ``after``, in order; the empty text is 0 and not listed."""
        with self.database.hot() as hot:
            found = hot.all("SELECT id, text FROM term WHERE id > ? ORDER BY id", (after,))
        return [(int(number), str(text)) for number, text in found]

    def codes(self, ids: Sequence[int]) -> dict[int, str]:
        """Codes of dossiers by number."""
        with self.database.hot() as hot:
            return dict(hot.among(_BY_ID.replace("facts", "code"), [int(one) for one in ids]))

    def ids(self, codes: Sequence[str]) -> dict[str, int]:
        """Numbers of dossiers by code; unknown ones are absent."""
        with self.database.hot() as hot:
            return dict(
                hot.among(
                    "SELECT dossier.code, dossier.id FROM {among} "
                    "JOIN dossier ON dossier.code = wanted.value",
                    list(codes),
                )
            )

    def numbers(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Numbers of dossiers in the order of their codes; 0 of unknown ones."""
        with self.database.hot() as hot:
            return np.array(hot.numbers(codes), np.int64)

    def facts(self, ids: Sequence[int]) -> dict[int, Facts]:
        """What is known of dossiers by now, by number."""
        with self.database.hot() as hot:
            found = hot.among(_BY_ID, [int(one) for one in ids])
        return {number: FACTS.decode(facts) for number, facts in found}

    def all_facts(self) -> Iterator[tuple[int, str, Facts]]:
        """Number, code and newest facts of every dossier, by number."""
        last = 0
        while True:
            with self.database.hot() as hot:
                found = hot.all(
                    "SELECT id, code, facts FROM dossier WHERE id > ? ORDER BY id LIMIT ?",
                    (last, FACTS_AT_ONCE),
                )
            if not found:
                return
            for number, code, facts in found:
                yield number, code, FACTS.decode(facts)
            last = found[-1][0]

    def history(self, code: str) -> list[Told]:
        """The versions of a dossier as they became known; of those at one instant the last one holds."""
        with self.database.hot() as hot:
            newest = hot.all("SELECT facts FROM dossier WHERE code = ?", (code,))
            last = FACTS.decode(newest[0][0]).version if newest else 0
            stored = list(stored_versions(hot, [last] if last else []))
            entries = {
                seq: (sender, door, kind)
                for seq, sender, door, kind in hot.among(
                    "SELECT journal.seq, journal.sender, journal.door, journal.kind FROM {among} "
                    "JOIN journal ON journal.seq = wanted.value",
                    sorted({one.seq for one in stored}),
                )
            }
        told = []
        for one in sorted(stored, key=lambda one: (one.known_at, one.id)):
            sender, door, kind = entries[one.seq]
            rows = np.frombuffer(one.packed, dtype=ROW)
            told.append(Told(one.id, one.known_at, one.seq, sender, door, kind, rows))
        return told

    def records(self, kind: str, as_of: int | None = None) -> list[tuple[int, Any]]:
        """(known_at, record) of a kind (``codec.TAGS``): the newest of each key known at ``as_of``."""
        with self.database.hot() as hot:
            found = hot.all(
                "SELECT known_at, body FROM (SELECT id, known_at, body, row_number() OVER "
                "(PARTITION BY key ORDER BY known_at DESC, id DESC) AS place FROM record "
                "WHERE kind = ? AND known_at <= ?) AS told WHERE place = 1 ORDER BY id",
                (kind, NEVER if as_of is None else as_of),
            )
        return [(int(known_at), unpack_record(kind, body)) for known_at, body in found]

    def records_told(self, kind: str) -> list[tuple[int, bool, Any]]:
        """(known_at, timely, record) of a kind: the newest of each key; ``timely`` where known_at tells when
        the province knew of it."""
        with self.database.hot() as hot:
            found = hot.all(
                "SELECT told.known_at, journal.timely, told.body FROM (SELECT id, known_at, seq, body, "
                "row_number() OVER (PARTITION BY key ORDER BY known_at DESC, id DESC) AS place FROM record "
                "WHERE kind = ?) AS told JOIN journal ON journal.seq = told.seq WHERE place = 1 "
                "ORDER BY told.id",
                (kind,),
            )
        return [(int(known_at), bool(timely), unpack_record(kind, body)) for known_at, timely, body in found]

    def records_after(self, after: int) -> list[tuple[int, str, int, Any]]:
        """(number, kind, known_at, record) of everything kept after a number, in order."""
        with self.database.hot() as hot:
            found = hot.all("SELECT id, kind, known_at, body FROM record WHERE id > ? ORDER BY id", (after,))
        return [(number, kind, known_at, unpack_record(kind, body)) for number, kind, known_at, body in found]

    def payments_after(self, after: int) -> tuple[int, list[int], list[Paid]]:
        """The newest record's number, and the payments after a number in order: since when each is known,
        and the payment."""
        with self.database.hot() as hot:
            ((newest,),) = hot.all("SELECT coalesce(max(id), 0) FROM record")
            found = hot.all(  # by number, not by the index of kinds, which has to be sorted
                "SELECT known_at, body FROM record WHERE id > ? AND id <= ? AND kind || '' = 'payment' "
                "ORDER BY id",
                (after, newest),
            )
        return int(newest), [known_at for known_at, _ in found], unpack_paid([body for _, body in found])

    def tellings(self, kinds: Sequence[str]) -> list[tuple[int, str, Any]]:
        """(known_at, kind, record): every version of the records of some kinds, as they became known."""
        with self.database.hot() as hot:
            found = hot.among(
                "SELECT record.known_at, record.kind, record.body FROM {among} "
                "JOIN record ON record.kind = wanted.value ORDER BY record.known_at, record.id",
                list(kinds),
            )
        return [(int(known_at), kind, unpack_record(kind, body)) for known_at, kind, body in found]

    def aliases(self) -> dict[str, str]:
        """The portal's department ids whose unit code was learned from published figures."""
        with self.database.hot() as hot:
            return dict(hot.all("SELECT department, code FROM alias ORDER BY department"))

    def journal(self, after: int = 0) -> Iterator[Entry]:
        """The journal's entries later than ``after``, in order."""
        while True:
            with self.database.hot() as hot:
                found = hot.all(
                    "SELECT seq, received_at, known_at, timely, sender, door, kind, items, hash, payload, "
                    "content FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
                    (after, ENTRIES_AT_ONCE),
                )
            if not found:
                return
            for seq, received_at, known_at, timely, sender, door, kind, count, *blobs in found:
                digest, payload, content = (bytes(blob) for blob in blobs)
                yield Entry(
                    seq, received_at, known_at, bool(timely), sender, door, kind, count,
                    digest, decompress(payload), content,
                )  # fmt: skip
            after = found[-1][0]
