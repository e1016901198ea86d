"""The register of letters: a row a letter made, its number and day given later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from chiso.ledger.beside import letter
from chiso.ledger.codec import compress, decompress
from chiso.ledger.database import Database

LARGEST: Final = (1 << 63) - 1
"""Number of a letter, at most: no database holds a larger one."""
_COLUMNS: Final = [column for column in letter.c if column.name != "facts"]


@dataclass(frozen=True)
class Entry:
    """A letter in the register."""

    id: int
    made_at: int
    kind: str
    unit: str
    addressees: tuple[str, ...]
    subject: str
    number: int | None
    symbol: str
    signed_on: str
    """ISO day; empty until it is given"""
    drafted: str
    """SHA-256 of the document as first made"""
    digest: str
    """SHA-256 of the document as it stands"""
    template: str
    """SHA-256 of the office's own template; empty for the built-in one"""
    changed_at: int


def _entry(row: Any) -> Entry:
    told = dict(row._mapping)
    told["addressees"] = tuple(json.loads(told["addressees"]))
    return Entry(**told)


class Letters:
    """The register of a ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: Entry, facts: bytes) -> Entry:
        """Enters a letter under the next id; one made before, byte for byte, stays as it is."""
        with self._database.write() as connection:
            query = sa.select(*_COLUMNS).where(letter.c.drafted == entry.drafted)
            if (known := connection.execute(query).first()) is not None:
                return _entry(known)
            newest = connection.execute(sa.select(sa.func.max(letter.c.id))).scalar() or 0
            values = {column.name: getattr(entry, column.name) for column in _COLUMNS}
            values |= {"id": newest + 1, "addressees": json.dumps(entry.addressees), "facts": compress(facts)}
            connection.execute(sa.insert(letter).values(**values))
            return _entry(connection.execute(query).one())

    def list(self, unit: str | None = None) -> list[Entry]:
        """All letters, the newest first; ``unit``: those that show its figures or are addressed to it."""
        with self._database.read() as connection:
            found = [
                _entry(row) for row in connection.execute(sa.select(*_COLUMNS).order_by(letter.c.id.desc()))
            ]
        return [one for one in found if unit is None or unit == one.unit or unit in one.addressees]

    def get(self, number: int) -> Entry | None:
        if not 0 < number <= LARGEST:
            return None
        with self._database.read() as connection:
            row = connection.execute(sa.select(*_COLUMNS).where(letter.c.id == number)).first()
        return None if row is None else _entry(row)

    def facts(self, number: int) -> bytes | None:
        """What a letter says, as it was packed."""
        if not 0 < number <= LARGEST:
            return None
        with self._database.read() as connection:
            packed = connection.execute(sa.select(letter.c.facts).where(letter.c.id == number)).scalar()
        return None if packed is None else decompress(bytes(packed))

    def numbered(self, number: int, symbol: str, year: str) -> Entry | None:
        """The letter that bears a number of a symbol in a year."""
        with self._database.read() as connection:
            query = sa.select(*_COLUMNS).where(
                letter.c.number == number, letter.c.symbol == symbol, letter.c.signed_on.startswith(year)
            )
            row = connection.execute(query).first()
        return None if row is None else _entry(row)

    def change(self, entry: Entry, facts: bytes) -> None:
        """Replaces a letter's number, day, digest and facts."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(letter)
                .where(letter.c.id == entry.id)
                .values(
                    number=entry.number,
                    signed_on=entry.signed_on,
                    digest=entry.digest,
                    facts=compress(facts),
                    changed_at=entry.changed_at,
                )
            )
