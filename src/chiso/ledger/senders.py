"""Those who may send: users with a password for the national session, keys for the plain addresses."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any, Final

import argon2
import sqlalchemy as sa
from msgspec import Struct

from chiso.ledger.database import Database, LedgerError
from chiso.ledger.schema import sender, sender_session

SESSION_SECONDS: Final = 600
"""National sessions last ten minutes."""


class Sender(Struct, frozen=True):
    """A system that sends for a unit."""

    name: str
    unit: str
    user: str
    created_at: int
    last_used_at: int | None
    active: bool


class Credentials(Struct, frozen=True):
    """A sender's secrets, shown once: the ledger keeps only hashes."""

    name: str
    unit: str
    user: str
    password: str
    key: str


_COLUMNS: Final = [sender.c[name] for name in Sender.__struct_fields__]


def _hash(token: str) -> bytes:
    # The tokens are random and long: a plain hash cannot be guessed back.
    return hashlib.sha256(token.encode()).digest()


class Senders:
    """The senders of a ledger."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._hasher: Final = argon2.PasswordHasher()
        self._nobody: str | None = None

    def add(self, name: str, unit: str, now: int) -> Credentials:
        """Makes a sender.  Raises LedgerError where the name is taken or empty."""
        name = name.strip()
        if not name:
            raise LedgerError("a sender needs a name")
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "sender"
        given = Credentials(
            name, unit, f"{stem}-{secrets.token_hex(3)}", secrets.token_urlsafe(15), secrets.token_urlsafe(32)
        )
        with self._database.write() as connection:
            if connection.execute(sa.select(sender.c.name).where(sender.c.name == name)).first():
                raise LedgerError(f"there is a sender named {name!r} already")
            connection.execute(
                sa.insert(sender).values(
                    name=name,
                    unit=unit,
                    user=given.user,
                    password_hash=self._hasher.hash(given.password),
                    key_hash=_hash(given.key),
                    created_at=now,
                    last_used_at=None,
                    active=True,
                )
            )
        return given

    def list(self) -> list[Sender]:
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*_COLUMNS).order_by(sender.c.name)).all()
        return [Sender(*row) for row in rows]

    def set_active(self, name: str, active: bool) -> None:
        """Switches a sender on or off; off ends its sessions.  Raises LedgerError for an unknown one."""
        with self._database.write() as connection:
            done = connection.execute(sa.update(sender).where(sender.c.name == name).values(active=active))
            if not done.rowcount:
                raise LedgerError(f"there is no sender named {name!r}")
            if not active:
                connection.execute(sa.delete(sender_session).where(sender_session.c.sender == name))

    def by_password(self, user: str, password: str) -> Sender | None:
        """The sender of a user and password, else ``None``; as slow for a wrong user as for a wrong one."""
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(*_COLUMNS, sender.c.password_hash).where(sender.c.user == user)
            )
            found = row.one_or_none()
        if self._nobody is None:
            self._nobody = self._hasher.hash(secrets.token_hex(8))
        try:
            self._hasher.verify(self._nobody if found is None else found.password_hash, password)
        except argon2.exceptions.VerificationError:
            return None
        return _active(found)

    def by_key(self, key: str) -> Sender | None:
        """The sender of a key, else ``None``."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(*_COLUMNS).where(sender.c.key_hash == _hash(key)))
            found = row.one_or_none()
        return _active(found)

    def open_session(self, name: str, now: int) -> str:
        """A new session's token; sessions that have expired are cleared away."""
        token = secrets.token_urlsafe(24)
        with self._database.write() as connection:
            connection.execute(sa.delete(sender_session).where(sender_session.c.expires_at <= now))
            connection.execute(
                sa.insert(sender_session).values(
                    token_hash=_hash(token), sender=name, expires_at=now + SESSION_SECONDS
                )
            )
        return token

    def by_session(self, token: str, now: int) -> Sender | None:
        """The sender of a session that has not expired, else ``None``."""
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(*_COLUMNS)
                .join(sender_session, sender_session.c.sender == sender.c.name)
                .where(sender_session.c.token_hash == _hash(token), sender_session.c.expires_at > now)
            )
            found = row.one_or_none()
        return _active(found)


def _active(found: Any) -> Sender | None:
    return Sender(*found[: len(_COLUMNS)]) if found is not None and found.active else None
