"""Small things that the ledger remembers by name."""

from __future__ import annotations

from collections.abc import Mapping

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

    def beginning(self, stem: str) -> dict[str, str]:
        """All texts whose name begins so, by name."""
        with self._database.read() as connection:
            query = sa.select(meta.c.key, meta.c.value).where(meta.c.key.startswith(stem, autoescape=True))
            return {str(key): str(value) for key, value in connection.execute(query).all()}

    def update(self, texts: Mapping[str, str]) -> None:
        """Sets several texts at once."""
        with self._database.write() as connection:
            remember(connection, texts)

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


def remember(connection: sa.Connection, texts: Mapping[str, str]) -> None:
    """Sets texts by name, within a transaction that is open."""
    if texts:
        connection.execute(sa.delete(meta).where(meta.c.key.in_(texts)))
        connection.execute(sa.insert(meta), [{"key": key, "value": text} for key, text in texts.items()])
