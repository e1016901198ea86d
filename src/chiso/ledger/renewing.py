"""A new secret for a data folder: whatever is sealed is sealed anew, all of it or nothing.

Hashes that stand for persons stay as they are: what they were made from was never kept, so the key of hashing
goes along into the new secret.  Who has the old secret can still try names against those hashes, and read
copies of the ledger made before; what the ledger holds from now on they cannot.

The new secret is on disk before anything is sealed with it, under another name.  All columns and the
fingerprint change in one transaction; then it takes its place.  Whoever opens the folder after a break in
between finds by the fingerprint which of the two holds (:func:`chiso.ledger.keys.load_keys`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import sqlalchemy as sa

from chiso.ledger.beside import attachment, contact
from chiso.ledger.database import LedgerError
from chiso.ledger.keys import FILE, Keys, fresh_secret, given_secret, keep_secret, pending, take_place
from chiso.ledger.meta import remember
from chiso.ledger.schema import account, account_notice, quarantine
from chiso.ledger.store import FINGERPRINT, Ledger
from chiso.ledger.turn import Turn

SEALED: Final = (
    (quarantine, "raw"), (quarantine, "corrected"), (attachment, "sealed"), (contact, "sealed"),
    (account, "second_factor"), (account, "mail"), (account_notice, "mail"),
)  # fmt: skip
"""Everything that is kept sealed."""


class Renewed(NamedTuple):
    """What came of it."""

    sealed: int
    """pieces that were sealed anew"""
    path: Path
    """where the new secret lies"""
    in_place: bool
    """whether it holds already; else it has to be put where the old one was given"""
    before: Path | None
    """where the old one lies, if it lay in the folder: backups made before take it"""


def renew(ledger: Ledger, folder: Path) -> Renewed:
    """Gives a folder a new secret.  The ledger is of no more use afterwards: it holds the old keys.

    Raises LedgerError where something serves the folder, or a piece cannot be opened: nothing changed then.
    """
    turn = Turn(ledger.database, folder)
    if not turn.mine():
        raise LedgerError("something serves this ledger: stop every process, on every machine, first")
    try:
        text = fresh_secret(ledger.keys)
        path = keep_secret(pending(folder), text)
        count = _seal_anew(ledger, Keys(text))
        if given_secret() is not None:
            return Renewed(count, path, False, None)
        before = take_place(folder, text)
        return Renewed(count, folder / FILE, True, before)
    finally:
        turn.leave()


def _seal_anew(ledger: Ledger, fresh: Keys) -> int:
    count = 0
    with ledger.database.write() as connection:
        for table, name in SEALED:
            keys, column = list(table.primary_key.columns), table.c[name]
            held = connection.execute(sa.select(*keys).where(column.is_not(None))).all()
            for key in held:
                here = sa.and_(*(one == value for one, value in zip(keys, key, strict=True)))
                sealed = connection.execute(sa.select(column).where(here)).scalar_one()
                try:
                    value = fresh.seal(ledger.keys.unseal(bytes(sealed)))
                except LedgerError as error:
                    raise LedgerError(
                        f"{table.name} {name} {tuple(key)}: {error}; nothing was changed"
                    ) from None
                connection.execute(sa.update(table).where(here).values({name: value}))
                count += 1
        remember(connection, {FINGERPRINT: fresh.fingerprint})
    return count
