"""Small things that the ledger remembers by name."""

from __future__ import annotations

import sqlalchemy as sa

from chiso.ledger.database import Database
from chiso.ledger.schema import meta


class Meta:
    """Texts by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        with self._database.read() as connection:
            found = connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
        return None if found is None else str(found)

    def set(self, key: str, value: str | None) -> None:
        """Sets a text, or removes it with ``None``."""
        with self._database.write() as connection:
            connection.execute(sa.delete(meta).where(meta.c.key == key))
            if value is not None:
                connection.execute(sa.insert(meta).values(key=key, value=value))

    def get_or_set(self, key: str, value: str) -> str:
        """The text that is there, else ``value``, which is there from now on."""
        with self._database.write() as connection:
            found = connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
            if found is not None:
                return str(found)
            connection.execute(sa.insert(meta).values(key=key, value=value))
            return value
