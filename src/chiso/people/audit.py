"""The record of what was done: appended only, each entry sealed to the one before by a chained hash.

Who takes an entry away, changes one or puts one in between breaks the chain from there on; the newest hash,
noted elsewhere, shows whether the end was cut off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from chiso.ledger.database import Database
from chiso.ledger.schema import audit

FIRST: Final = bytes(32)
"""What the first entry follows."""


class Entry(msgspec.Struct, frozen=True):
    """Something that was done."""

    number: int
    at: int
    """wall clock"""
    who: str
    """login; ``-`` where nobody had signed in, ``!`` for a command on the machine"""
    what: str
    """a stable word: ``sign_in``, ``account_added``, ``dossier_seen`` …"""
    about: str
    """unit, dossier, account or setting"""
    detail: dict[str, Any]
    hash: bytes


def _sealed(before: bytes, number: int, at: int, who: str, what: str, about: str, detail: bytes) -> bytes:
    told = msgspec.json.encode([number, at, who, what, about, detail.decode()])
    return hashlib.sha256(before + told).digest()


class Wanted(msgspec.Struct, frozen=True):
    """Which entries are wanted; empty words want all."""

    who: str = ""
    what: str = ""
    about: str = ""
    """a code: entries about it, and about what begins with it and a dot or dash (units and dossiers below)"""
    since: int | None = None
    until: int | None = None
    """entries before this instant"""

    def where(self) -> list[sa.ColumnElement[bool]]:
        """The same for the database."""
        held = audit.c
        found: list[sa.ColumnElement[bool]] = []
        if self.who:
            found.append(held.who == self.who)
        if self.what:
            found.append(held.what == self.what)
        if self.about:
            below = [held.about.startswith(self.about + sign, autoescape=True) for sign in ".-"]
            found.append(sa.or_(held.about == self.about, *below))
        if self.since is not None:
            found.append(held.at >= self.since)
        if self.until is not None:
            found.append(held.at < self.until)
        return found


EVERYTHING: Final = Wanted()


class Audit:
    """The record of a data folder."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def note(self, at: int, who: str, what: str, about: str = "", **detail: Any) -> int:
        """Appends an entry.  Gives its number."""
        told = msgspec.json.encode(detail, order="sorted")
        with self._database.write() as connection:
            last = connection.execute(
                sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
            ).one_or_none()
            number, before = (1, FIRST) if last is None else (int(last.number) + 1, bytes(last.hash))
            connection.execute(
                sa.insert(audit).values(
                    number=number, at=at, who=who, what=what, about=about, detail=told.decode(),
                    hash=_sealed(before, number, at, who, what, about, told),
                )
            )  # fmt: skip
        return number

    def entries(
        self,
        after: int = 0,
        limit: int = 1 << 62,
        *,
        newest_first: bool = False,
        wanted: Wanted = EVERYTHING,
        before: int | None = None,
    ) -> list[Entry]:
        """Entries later than a number (and earlier than another), in order; or the newest ones first."""
        order = audit.c.number.desc() if newest_first else audit.c.number
        where = [audit.c.number > after, *wanted.where()]
        if before is not None:
            where.append(audit.c.number < before)
        with self._database.read() as connection:
            rows = connection.execute(sa.select(audit).where(*where).order_by(order).limit(limit)).all()
        return [
            Entry(
                row.number,
                row.at,
                row.who,
                row.what,
                row.about,
                msgspec.json.decode(row.detail),
                bytes(row.hash),
            )
            for row in rows
        ]

    def walk(self, wanted: Wanted = EVERYTHING, together: int = 2_000) -> Iterator[Entry]:
        """All entries that are wanted, in order, without holding them all."""
        after = 0
        while part := self.entries(after, together, wanted=wanted):
            yield from part
            after = part[-1].number

    def words(self) -> list[str]:
        """Every word that stands for something that was done here."""
        with self._database.read() as connection:
            return [
                row.what for row in connection.execute(sa.select(audit.c.what).distinct().order_by("what"))
            ]

    def broken(self) -> int | None:
        """The first entry that does not follow the one before; ``None`` where the chain is whole."""
        before, expected = FIRST, 1
        for number, at, who, what, about, detail, held in self._raw():
            if number != expected or _sealed(before, number, at, who, what, about, detail.encode()) != held:
                return expected
            before, expected = held, number + 1
        return None

    def _raw(self) -> Iterator[tuple[int, int, str, str, str, str, bytes]]:
        with self._database.hot() as hot:
            statement = "SELECT number, at, who, what, about, detail, hash FROM audit ORDER BY number"
            for part in hot.chunks(statement, (), 5_000):
                for number, at, who, what, about, detail, held in part:
                    yield number, at, who, what, about, detail, bytes(held)
