"""What was refused: listed, corrected, released, dismissed; never lost, sealed in the database."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from chiso.ledger.codec import compress, decompress
from chiso.ledger.database import Database, LedgerError
from chiso.ledger.keys import Keys
from chiso.ledger.schema import quarantine

STATES: Final = ("open", "corrected", "released", "dismissed")


class Refused(Struct, frozen=True):
    """One refused piece, without the piece itself (:meth:`Quarantine.raw`)."""

    id: int
    received_at: int
    sender: str
    door: str
    kind: str
    """kind of the arrival that it came with"""
    place: str
    code: str
    field: str
    value: str
    reason: str
    message_vi: str
    message_en: str
    state: str
    """``open``, ``corrected`` (mended, to be taken in), ``released`` (taken in) or ``dismissed``"""
    changed_at: int | None
    changed_by: str
    released_seq: int | None
    """journal entry by which it was taken in"""


_FIELDS: Final = Refused.__struct_fields__


class Quarantine:
    """The refused pieces of a ledger."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def list(
        self,
        state: str | None = "open",
        sender: str | None = None,
        reason: str | None = None,
        code: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Refused]:
        """Newest first; ``before`` is the number to go on from.  ``state=None``: in any state."""
        table = quarantine.c
        query = sa.select(*(table[name] for name in _FIELDS)).order_by(table.id.desc()).limit(limit)
        for column, value in ((table.state, state), (table.sender, sender), (table.reason, reason)):
            if value is not None:
                query = query.where(column == value)
        if code is not None:
            query = query.where(table.code == code)
        if before is not None:
            query = query.where(table.id < before)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Refused(*row) for row in rows]

    def get(self, number: int) -> Refused:
        """Raises LedgerError for an unknown number."""
        table = quarantine.c
        with self._database.read() as connection:
            query = sa.select(*(table[name] for name in _FIELDS)).where(table.id == number)
            found = connection.execute(query).one_or_none()
        if found is None:
            raise LedgerError(f"nothing in quarantine has the number {number}")
        return Refused(*found)

    def count(self, state: str | None = "open", sender: str | None = None) -> dict[str, int]:
        """How many by reason, the most frequent first."""
        table = quarantine.c
        query = sa.select(table.reason, sa.func.count()).group_by(table.reason)
        if state is not None:
            query = query.where(table.state == state)
        if sender is not None:
            query = query.where(table.sender == sender)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return dict(sorted(((str(a), int(b)) for a, b in rows), key=lambda pair: (-pair[1], pair[0])))

    def raw(self, number: int) -> bytes:
        """The piece itself: as somebody mended it, else as it came.  For administrators only."""
        table = quarantine.c
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(table.raw, table.corrected).where(table.id == number)
            ).one_or_none()
        if row is None:
            raise LedgerError(f"nothing in quarantine has the number {number}")
        return decompress(self._keys.unseal(row.raw if row.corrected is None else row.corrected))

    def correct(self, number: int, raw: bytes, now: int, by: str = "") -> None:
        """Keeps a mended piece beside the refused one."""
        sealed = self._keys.seal(compress(raw))
        self._change(number, ("open", "corrected"), now, by, state="corrected", corrected=sealed)

    def release(self, number: int, seq: int, now: int, by: str = "") -> None:
        """Notes that the piece was taken in by a journal entry."""
        self._change(number, ("open", "corrected"), now, by, state="released", released_seq=seq)

    def dismiss(self, number: int, now: int, by: str = "") -> None:
        """Sets the piece aside: it will not be taken in."""
        self._change(number, ("open", "corrected"), now, by, state="dismissed")

    def _change(self, number: int, allowed: tuple[str, ...], now: int, by: str, **values: Any) -> None:
        table = quarantine.c
        with self._database.write() as connection:
            state = connection.execute(sa.select(table.state).where(table.id == number)).scalar()
            if state is None:
                raise LedgerError(f"nothing in quarantine has the number {number}")
            if state not in allowed:
                raise LedgerError(f"number {number} in quarantine is {state} already")
            connection.execute(
                sa.update(quarantine)
                .where(table.id == number)
                .values(changed_at=now, changed_by=by, **values)
            )
