"""Shipping a ledger to a standby: the journal entry by entry, what lies beside it table by table.

The standby tells the same journal to its own ledger and so comes to the same dossiers, versions and records;
the tables that the journal does not make (quarantine, senders, accounts, letters …) are replaced as a whole
where they changed.  Nothing is taken in whose hash is not the one that the primary wrote down.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from chiso.intake.records import Arrival
from chiso.ledger.backup import Table, dumped, put, read_rows
from chiso.ledger.codec import decompress, unpack_items
from chiso.ledger.database import Hot, LedgerError
from chiso.ledger.publishing import NEWS
from chiso.ledger.schema import meta, metadata
from chiso.ledger.store import FOLLOWING, Ledger

MADE: Final = frozenset(
    ("journal", "term", "dossier", "segment", "repeat", "record", "record_repeat", "alias", "published",
     "published_unit")
)  # fmt: skip
"""Tables that the journal makes."""
LEFT: Final = frozenset(("sender_session", "account_session"))
"""Tables that are not shipped: people and senders sign in again."""
OWN: Final = frozenset((FOLLOWING, NEWS))
"""What each ledger remembers for itself."""
KEY: Final = "ship_key"
AT_ONCE: Final = 500
BYTES_AT_ONCE: Final = 8 << 20
WITH_FILES: Final = frozenset(("documents", "targets", "tasks", "reports"))
"""Kinds of arrivals that may name attachments: those are shipped first."""


class ShippingError(LedgerError):
    """What came is not what the primary wrote down, or the two ledgers have parted."""


class Shipped(msgspec.Struct, frozen=True, array_like=True):
    """An entry of the journal as it lies there."""

    seq: int
    received_at: int
    known_at: int
    timely: bool
    sender: str
    door: str
    kind: str
    items: int
    hash: bytes
    payload: bytes
    content: bytes


class Consignment(msgspec.Struct, frozen=True):
    """What a primary sends at once."""

    fingerprint: str
    """of the secret, which must be the standby's too"""
    revision: str
    head: int
    """the primary's newest entry when it was asked"""
    entries: list[Shipped]


def beside() -> list[str]:
    """The tables that are shipped as a whole."""
    return [str(name) for name in metadata.tables if name not in MADE | LEFT]


def entries(ledger: Ledger, after: int) -> list[Shipped]:
    """The next entries of the journal, in order: one at least where there is one, bounded in bytes."""
    found: list[Shipped] = []
    size = 0
    with ledger.database.hot() as hot:
        for part in hot.chunks(
            "SELECT seq, received_at, known_at, timely, sender, door, kind, items, hash, payload, content "
            "FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (after, AT_ONCE), 50,
        ):  # fmt: skip
            for seq, received, known, timely, sender, door, kind, items, *blobs in part:
                digest, payload, content = (bytes(blob) for blob in blobs)
                size += len(payload) + len(content)
                if found and size > BYTES_AT_ONCE:
                    return found
                told = (seq, received, known, bool(timely), sender, door, kind, items)
                found.append(Shipped(*told, digest, payload, content))
    return found


def digest(ledger: Ledger, seq: int) -> str:
    """A name of what the journal says at an entry, the same on every copy; empty for 0 and unknown ones."""
    with ledger.database.hot() as hot:
        rows = hot.all(
            "SELECT seq, received_at, known_at, sender, door, kind, items, hash FROM journal WHERE seq = ?",
            (seq,),
        )
    if not rows:
        return ""
    *told, payload = rows[0]
    return hashlib.sha256(msgspec.json.encode([*told, bytes(payload).hex()])).hexdigest()


def _arrival(entry: Shipped) -> Arrival:
    payload = decompress(entry.payload)
    items = [item for _, run in unpack_items(entry.content) for item in run]
    if hashlib.sha256(payload).digest() != entry.hash or len(items) != entry.items:
        raise ShippingError(f"journal entry {entry.seq} came damaged: its hash is not the one written down")
    return Arrival(
        entry.kind, items, payload, sender=entry.sender, door=entry.door, known_at=entry.known_at,
        timely=entry.timely,
    )  # fmt: skip


def take(ledger: Ledger, shipped: Sequence[Shipped], note: str) -> None:
    """Tells entries to a standby's ledger, with the instants at which the primary received them.

    ``note`` is kept under :data:`FOLLOWING` with the last of them.  Raises ShippingError where an entry is
    damaged or does not follow on the journal.
    """
    head = ledger.position().journal
    expected = range(head + 1, head + 1 + len(shipped))
    if [one.seq for one in shipped] != list(expected):
        raise ShippingError(f"journal entries after {head} were to follow; what came does not")
    arrivals = [_arrival(one) for one in shipped]
    place = 0
    for received, run in groupby(shipped, lambda one: one.received_at):
        many = len(list(run))
        ledger.accept(arrivals[place : place + many], received // 1_000_000, {FOLLOWING: note}, shipped=True)
        place += many


def table(ledger: Ledger, name: str) -> tuple[Table, bytes]:
    """A table beside the journal, as it is now: what it holds and its bytes.  KeyError for another one."""
    if name not in beside():
        raise KeyError(name)
    spool = io.BytesIO()
    with ledger.database.snapshot() as hot:
        told = dumped(hot, metadata.tables[name], spool)
    return told, spool.getvalue()


def replace(ledger: Ledger, told: Table, content: bytes) -> None:
    """Puts a table of the primary in the place of the standby's, checked against its hash."""
    parts = list(read_rows(io.BytesIO(content), told, "the primary"))
    into = metadata.tables[told.name]
    with ledger.database.write() as connection:
        if into is meta:
            _merge_meta(connection, parts)
        else:
            connection.execute(sa.delete(into))
            hot = Hot(connection)
            try:
                put(hot, into, told, parts)
            finally:
                hot.close()


def _merge_meta(connection: sa.Connection, parts: Sequence[list[list[Any]]]) -> None:
    told = [{"key": key, "value": value} for part in parts for key, value in part if key not in OWN]
    connection.execute(sa.delete(meta).where(meta.c.key.not_in(OWN)))
    if told:
        connection.execute(sa.insert(meta), told)


def new_key(ledger: Ledger) -> str:
    """A new key with which a standby asks this ledger; the one before is good no longer."""
    key = secrets.token_urlsafe(32)
    ledger.meta.set(KEY, hashlib.sha256(key.encode()).hexdigest())
    return key


def opens(ledger: Ledger, key: str) -> bool:
    """Whether a key is the one that a standby was given."""
    held = ledger.meta.get(KEY)
    told = hashlib.sha256(key.encode()).hexdigest()
    return held is not None and secrets.compare_digest(held, told)
