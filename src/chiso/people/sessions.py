"""Sessions of signed-in people: a random token in a cookie, its hash in the ledger, two limits.

A session ends after a time without use and after a whole working day in any case (OWASP ASVS 3.3).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from chiso.ledger.database import Database
from chiso.ledger.schema import account_session
from chiso.people.accounts import Account, Accounts

IDLE_SECONDS: Final = 30 * 60
ABSOLUTE_SECONDS: Final = 12 * 3600
NOTED_EVERY: Final = 60
"""Seconds between notes that a session is in use: not every request writes."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session."""

    token_hash: bytes
    account: Account
    opened_at: int
    issuer: str = ""
    """the provider of single sign-on that vouched; empty: the own password"""


@dataclass(frozen=True, slots=True)
class Open:
    """An open session as its own person sees it."""

    key: str
    """names it; opens nothing"""
    opened_at: int
    used_at: int
    """to the minute"""
    browser: str
    """its kind; empty where it said nothing known"""
    issuer: str
    own: bool
    """whether it is the one that asks"""


KEY: Final = 32
"""Characters of a token's hash that name a session."""


def _hash(token: str) -> bytes:
    # The tokens are random and long: a plain hash cannot be guessed back.
    return hashlib.sha256(token.encode()).digest()


class Sessions:
    """The sessions of a data folder.  Instants are the wall clock's, whatever clock the folder has."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database: Final = database
        self._accounts: Final = accounts

    def open(self, account: Account, now: int, issuer: str = "", browser: str = "") -> str:
        """A new session's token; sessions that are over are cleared away."""
        token = secrets.token_urlsafe(32)
        with self._database.write() as connection:
            connection.execute(
                sa.delete(account_session).where(
                    sa.or_(
                        account_session.c.opened_at <= now - ABSOLUTE_SECONDS,
                        account_session.c.used_at <= now - IDLE_SECONDS,
                    )
                )
            )
            connection.execute(
                sa.insert(account_session).values(
                    token_hash=_hash(token), account=account.id, opened_at=now, used_at=now, issuer=issuer,
                    browser=browser,
                )
            )  # fmt: skip
        return token

    def find(self, token: str, now: int, *, used: bool = True) -> Session | None:
        """The session of a token that is within both limits, and whose account is switched on.

        ``used``: somebody did something; else it is only asked for, and goes on ageing.
        """
        held = account_session.c
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(held.account, held.opened_at, held.used_at, held.issuer).where(
                    held.token_hash == _hash(token),
                    held.opened_at > now - ABSOLUTE_SECONDS,
                    held.used_at > now - IDLE_SECONDS,
                )
            ).one_or_none()
        if row is None:
            return None
        account = self._accounts.by_id(row.account)
        if account is None or not account.active:
            return None
        if used and now - row.used_at >= NOTED_EVERY:
            with self._database.write() as connection:
                connection.execute(
                    sa.update(account_session).where(held.token_hash == _hash(token)).values(used_at=now)
                )
        return Session(_hash(token), account, int(row.opened_at), row.issuer)

    def close(self, token: str) -> None:
        """Ends a session."""
        with self._database.write() as connection:
            connection.execute(sa.delete(account_session).where(account_session.c.token_hash == _hash(token)))

    def of(self, account: int, token: str, now: int) -> list[Open]:
        """The open sessions of an account, the one of a token first, then by last use."""
        held, mine = account_session.c, _hash(token)
        asked = sa.select(account_session).where(
            held.account == account,
            held.opened_at > now - ABSOLUTE_SECONDS,
            held.used_at > now - IDLE_SECONDS,
        )
        with self._database.read() as connection:
            rows = connection.execute(asked).all()
        found = [
            Open(
                bytes(row.token_hash).hex()[:KEY], row.opened_at, row.used_at, row.browser, row.issuer,
                bytes(row.token_hash) == mine,
            )
            for row in rows
        ]  # fmt: skip
        return sorted(found, key=lambda one: (not one.own, -one.used_at, one.key))

    def end(self, account: int, token: str, key: str | None = None) -> int:
        """Ends one session of an account by its key, or all; never the one of the token.  Gives how many."""
        held, mine = account_session.c, _hash(token)
        done = 0
        with self._database.write() as connection:
            rows = connection.execute(sa.select(held.token_hash).where(held.account == account)).scalars()
            for one in [bytes(row) for row in rows]:
                if one != mine and key in (None, one.hex()[:KEY]):
                    gone = sa.delete(account_session).where(held.token_hash == one)
                    done += int(connection.execute(gone).rowcount)
        return done
