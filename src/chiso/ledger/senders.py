"""Those who may send: users with a password for the national session, keys for the plain addresses.

A sender may be held to some kinds of records and to some units; both hold for its keys and its sessions
alike.  Keys have a life: they end on a day, are replaced with a time in which old and new both hold, or are
revoked.  They and sessions age by the wall clock, whatever clock the folder has.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Any, Final

import argon2
import sqlalchemy as sa
from msgspec import Struct

from chiso.instants import utc_now
from chiso.ledger.database import Database, LedgerError
from chiso.ledger.schema import sender, sender_key, sender_session

SESSION_SECONDS: Final = 600
"""National sessions last ten minutes."""
NOTED_EVERY: Final = 60
"""Seconds between notes that a key is in use: not every message writes."""
OF_UNITS: Final = (
    "dossiers", "progress", "petitions", "ratings", "payments", "certified_copies", "totals",
)  # fmt: skip
"""Kinds whose records belong to one unit, and that a sender held to units may send."""
KINDS: Final = (*OF_UNITS, "procedures", "local_procedures", "decisions", "units")
"""Kinds that can be sent at all."""


class Sender(Struct, frozen=True):
    """A system that sends for a unit."""

    name: str
    unit: str
    user: str
    created_at: int
    last_used_at: int | None
    active: bool
    kinds: tuple[str, ...] = ()
    """kinds of records that it may send; empty: all"""
    units: tuple[str, ...] = ()
    """units of whose dossiers (and those below) it may speak; empty: all"""

    def may_send(self, kind: str) -> bool:
        """Whether it may send records of a kind."""
        return kind in self.kinds if self.kinds else not self.units or kind in OF_UNITS


class SenderKey(Struct, frozen=True):
    """A key as it is told: never the key itself."""

    id: int
    sender: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    last_used_at: int | None

    def state(self, now: int) -> str:
        """``live``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "live"


class Credentials(Struct, frozen=True):
    """A sender's secrets, shown once: the ledger keeps only hashes."""

    name: str
    unit: str
    user: str
    password: str
    key: str


_PLAIN: Final = [
    sender.c[name]
    for name in ("name", "unit", "user", "created_at", "last_used_at", "active", "kinds", "units")
]  # fmt: skip
_KEY: Final = [sender_key.c[name] for name in SenderKey.__struct_fields__]


def _hash(token: str) -> bytes:
    # The tokens are random and long: a plain hash cannot be guessed back.
    return hashlib.sha256(token.encode()).digest()


def _checked_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(kinds))
    if wrong := [one for one in found if one not in KINDS]:
        raise LedgerError(f"nothing of the kind {wrong[0]!r} can be sent; there are {', '.join(KINDS)}")
    return found


class Senders:
    """The senders of a ledger."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._hasher: Final = argon2.PasswordHasher()
        self._nobody: str | None = None

    def add(
        self,
        name: str,
        unit: str,
        now: int,
        *,
        kinds: Iterable[str] = (),
        units: Iterable[str] = (),
        expires_at: int | None = None,
    ) -> Credentials:
        """Makes a sender with its first key.  Raises LedgerError where the name is taken or empty."""
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
                    created_at=now,
                    last_used_at=None,
                    active=True,
                    kinds=" ".join(_checked_kinds(kinds)),
                    units=" ".join(dict.fromkeys(units)),
                )
            )
            _new_key(connection, name, given.key, utc_now(), expires_at)
        return given

    def find(self, name: str) -> Sender:
        """A sender by its name.  Raises LedgerError where there is none."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(*_PLAIN).where(sender.c.name == name)).one_or_none()
        if row is None:
            raise LedgerError(f"there is no sender named {name!r}")
        return _sender(row)

    def set_active(self, name: str, active: bool) -> None:
        """Switches a sender on or off; off ends its sessions.  Raises LedgerError for an unknown one."""
        self.find(name)
        with self._database.write() as connection:
            connection.execute(sa.update(sender).where(sender.c.name == name).values(active=active))
            if not active:
                connection.execute(sa.delete(sender_session).where(sender_session.c.sender == name))

    def set_scope(
        self, name: str, *, kinds: Iterable[str] | None = None, units: Iterable[str] | None = None
    ) -> None:
        """Holds a sender to kinds and units; empty: to none.  Raises LedgerError for an unknown one."""
        self.find(name)
        values: dict[str, Any] = {}
        if kinds is not None:
            values["kinds"] = " ".join(_checked_kinds(kinds))
        if units is not None:
            values["units"] = " ".join(dict.fromkeys(units))
        if values:
            with self._database.write() as connection:
                connection.execute(sa.update(sender).where(sender.c.name == name).values(**values))

    def new_password(self, name: str) -> str:
        """Gives a sender a new password for the national session; its sessions end."""
        self.find(name)
        made = secrets.token_urlsafe(15)
        with self._database.write() as connection:
            connection.execute(
                sa.update(sender).where(sender.c.name == name).values(password_hash=self._hasher.hash(made))
            )
            connection.execute(sa.delete(sender_session).where(sender_session.c.sender == name))
        return made

    # -- keys -------------------------------------------------------------------------------------------

    def keys(self, name: str) -> list[SenderKey]:
        """All keys that a sender ever had, the oldest first."""
        self.find(name)
        asked = sa.select(*_KEY).where(sender_key.c.sender == name).order_by(sender_key.c.id)
        with self._database.read() as connection:
            return [SenderKey(*row) for row in connection.execute(asked)]

    def ending(self, now: int, within: int) -> list[tuple[str, int]]:
        """Senders whose last key ends within some seconds, with the instant (wall clock), soonest first."""
        held, far = sender_key.c, 1 << 62
        end = sa.func.max(sa.func.coalesce(held.expires_at, far))
        asked = (
            sa.select(held.sender, end.label("ends"))
            .join(sender, sender.c.name == held.sender)
            .where(
                sender.c.active,
                held.revoked_at.is_(None),
                sa.or_(held.expires_at.is_(None), held.expires_at > now),
            )
            .group_by(held.sender)
            .having(end <= now + within)
            .order_by("ends", held.sender)
        )
        with self._database.read() as connection:
            return [(str(row.sender), int(row.ends)) for row in connection.execute(asked)]

    def rotate(
        self, name: str, now: int, *, overlap: int = 0, expires_at: int | None = None
    ) -> tuple[SenderKey, str]:
        """A new key; the living ones end after ``overlap`` seconds.  Gives it, and the key, shown once."""
        self.find(name)
        given = secrets.token_urlsafe(32)
        held = sender_key.c
        with self._database.write() as connection:
            end = now + max(0, overlap)
            connection.execute(
                sa.update(sender_key)
                .where(
                    held.sender == name,
                    held.revoked_at.is_(None),
                    sa.or_(held.expires_at.is_(None), held.expires_at > end),
                )
                .values(expires_at=end)
            )
            number = _new_key(connection, name, given, now, expires_at)
        return next(one for one in self.keys(name) if one.id == number), given

    def revoke(self, name: str, number: int, now: int) -> SenderKey:
        """Ends a key at once.  Raises LedgerError where the sender has none of that number."""
        found = next((one for one in self.keys(name) if one.id == number), None)
        if found is None:
            raise LedgerError(f"{name!r} has no key {number}")
        with self._database.write() as connection:
            connection.execute(
                sa.update(sender_key)
                .where(sender_key.c.id == number, sender_key.c.revoked_at.is_(None))
                .values(revoked_at=now)
            )
        return next(one for one in self.keys(name) if one.id == number)

    def by_key(self, key: str, now: int) -> Sender | None:
        """The sender of a living key, else ``None``; notes that it was used."""
        row = self._held(key)
        if row is None or SenderKey(*row[: len(_KEY)]).state(now) != "live" or not row.active:
            return None
        if row.key_used_at is None or now - row.key_used_at >= NOTED_EVERY:
            with self._database.write() as connection:
                connection.execute(
                    sa.update(sender_key).where(sender_key.c.id == row.id).values(last_used_at=now)
                )
        return self.find(row.sender)

    def why_not(self, key: str, now: int) -> str:
        """Why a key does not hold: ``unknown``, ``expired``, ``revoked``, ``off``; empty where it does."""
        row = self._held(key)
        if row is None:
            return "unknown"
        state = SenderKey(*row[: len(_KEY)]).state(now)
        return state if state != "live" else "" if row.active else "off"

    def _held(self, key: str) -> Any:
        asked = (
            sa.select(*_KEY, sender_key.c.last_used_at.label("key_used_at"), sender.c.active)
            .join(sender, sender.c.name == sender_key.c.sender)
            .where(sender_key.c.key_hash == _hash(key))
        )
        with self._database.read() as connection:
            return connection.execute(asked).one_or_none()

    # -- national sessions ------------------------------------------------------------------------------

    def by_password(self, user: str, password: str) -> Sender | None:
        """The sender of a user and password, else ``None``; as slow for a wrong user as for a wrong one."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(*_PLAIN, sender.c.password_hash).where(sender.c.user == user))
            found = row.one_or_none()
        if self._nobody is None:
            self._nobody = self._hasher.hash(secrets.token_hex(8))
        try:
            self._hasher.verify(self._nobody if found is None else found.password_hash, password)
        except argon2.exceptions.VerificationError:
            return None
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
                sa.select(*_PLAIN)
                .join(sender_session, sender_session.c.sender == sender.c.name)
                .where(sender_session.c.token_hash == _hash(token), sender_session.c.expires_at > now)
            )
            found = row.one_or_none()
        return _active(found)

    def list(self) -> list[Sender]:
        """All senders, by name."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*_PLAIN).order_by(sender.c.name)).all()
        return [_sender(row) for row in rows]


def _new_key(connection: sa.Connection, name: str, key: str, now: int, expires_at: int | None) -> int:
    number = 1 + int(
        connection.execute(sa.select(sa.func.coalesce(sa.func.max(sender_key.c.id), 0))).scalar_one()
    )
    connection.execute(
        sa.insert(sender_key).values(
            id=number, sender=name, key_hash=_hash(key), created_at=now, expires_at=expires_at
        )
    )
    return number


def _sender(row: Any) -> Sender:
    return Sender(
        row.name, row.unit, row.user, row.created_at, row.last_used_at, row.active,
        tuple(row.kinds.split()), tuple(row.units.split()),
    )  # fmt: skip


def _active(found: Any) -> Sender | None:
    return _sender(found) if found is not None and found.active else None
