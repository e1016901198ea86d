"""Whom to tell: names and addresses of persons, sealed with the folder's key, gone when removed."""

from __future__ import annotations

from typing import Final

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from chiso.ledger.beside import contact, delivery
from chiso.ledger.database import Database, LedgerError
from chiso.ledger.keys import Keys


class _Sealed(Struct):
    name: str
    address: str


class Contact(Struct, frozen=True):
    """Somebody, or a channel, that is told of a unit."""

    id: int
    unit: str
    name: str
    address: str
    """a mail address, or an address of apprise (``slack://…``)"""
    added_at: int

    @property
    def mail(self) -> bool:
        return "://" not in self.address

    @property
    def masked(self) -> str:
        """The address as it may be shown: enough to know it by."""
        if self.mail:
            local, _, domain = self.address.rpartition("@")
            return f"{local[:1]}•••@{domain}"
        return f"{self.address.partition('://')[0]}://•••"


_DECODER: Final = msgspec.json.Decoder(_Sealed)


class Contacts:
    """The contacts of a ledger."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def add(self, unit: str, name: str, address: str, now: int) -> int:
        """Adds a contact.  Gives its number.  Raises LedgerError where the unit has that address already."""
        if any(one.address == address for one in self.of([unit])):
            raise LedgerError(f"{unit} has this address already")
        sealed = self._keys.seal(msgspec.json.encode(_Sealed(name, address)))
        with self._database.write() as connection:
            # never a number that an old delivery names: it would be somebody else's
            tables = (sa.select(sa.func.max(contact.c.id)), sa.select(sa.func.max(delivery.c.contact)))
            number = 1 + max(connection.execute(query).scalar() or 0 for query in tables)
            connection.execute(sa.insert(contact).values(id=number, unit=unit, added_at=now, sealed=sealed))
        return number

    def remove(self, number: int) -> None:
        """Removes a contact for good.  Raises LedgerError for an unknown number."""
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(contact).where(contact.c.id == number)).rowcount
            if not gone:
                raise LedgerError(f"no contact has the number {number}")

    def of(self, units: list[str]) -> list[Contact]:
        """The contacts of some units."""
        return [one for one in self.all() if one.unit in units]

    def all(self) -> list[Contact]:
        with self._database.read() as connection:
            rows = connection.execute(sa.select(contact).order_by(contact.c.unit, contact.c.id)).all()
        found = []
        for row in rows:
            told = _DECODER.decode(self._keys.unseal(bytes(row.sealed)))
            found.append(Contact(row.id, row.unit, told.name, told.address, row.added_at))
        return found
