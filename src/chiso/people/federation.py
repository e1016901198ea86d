"""Which account is whoever signs in with the province's own directory, and what it may do.

Somebody is known by the provider's ``sub``, which never changes hands.  The first time an account is found by
an e-mail address that was prepared for it and that the provider has verified; or rules make one: "members of
the group X are staff of unit Y".  Nobody else comes in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from msgspec import Struct

from chiso.ledger.database import Database
from chiso.ledger.schema import account, account_identity, sso_rule, sso_spent
from chiso.people.accounts import Account, Accounts
from chiso.people.notices import tell
from chiso.people.oidc import SsoError
from chiso.people.refusing import AccountError
from chiso.people.rights import Grant, Role

CLAIMS: Final = ("sub", "email")
"""By which of the provider's words an account may be prepared."""


class Identity(Struct, frozen=True):
    """A word of the provider by which an account is known."""

    claim: str
    value: str
    login: str


class Rule(Struct, frozen=True):
    """Whoever has a value in a claim has a role for a unit and all below it."""

    id: int
    claim: str
    """a name, or a path with dots: ``groups``, ``realm_access.roles``"""
    value: str
    role: str
    unit: str


def _values(claims: Mapping[str, Any], path: str) -> set[str]:
    """What a claim holds: one value or several."""
    found: Any = claims
    if path in claims:
        found = claims[path]
    else:
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str | int) and not isinstance(found, bool):
        return {str(found)}
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()


class Federation:
    """The accounts of a folder as one provider (its issuer) knows them."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database: Final = database
        self._accounts: Final = accounts

    # -- prepared by administrators ---------------------------------------------------------------------

    def identities(self, issuer: str) -> list[Identity]:
        held = account_identity.c
        asked = (
            sa.select(held.claim, held.value, account.c.login)
            .join(account, account.c.id == held.account)
            .where(held.issuer == issuer)
            .order_by(account.c.login, held.claim)
        )
        with self._database.read() as connection:
            return [Identity(*row) for row in connection.execute(asked)]

    def link(self, login: str, issuer: str, claim: str, value: str) -> None:
        """Prepares an account for somebody of the provider.  AccountError where the word is taken."""
        value = value.strip().casefold() if claim == "email" else value.strip()
        if claim not in CLAIMS or not 0 < len(value) <= 255:
            raise AccountError("Cần mã định danh (sub) hoặc địa chỉ thư.", "takes a subject or an e-mail")
        found = self._accounts.by_login(login)
        with self._database.write() as connection:
            if self._bind(connection, issuer, claim, value, found.id):
                tell(connection, found.id, "sso_added")

    @staticmethod
    def _bind(connection: sa.Connection, issuer: str, claim: str, value: str, number: int) -> bool:
        """Makes an account known by a word.  Gives whether it was not yet."""
        held = account_identity.c
        there = connection.execute(
            sa.select(held.account).where(held.issuer == issuer, held.claim == claim, held.value == value)
        ).scalar()
        if there not in (None, number):
            raise AccountError(
                "Định danh này đã gắn với tài khoản khác.", f"this {claim} belongs to another account"
            )
        if there is None:
            connection.execute(
                sa.insert(account_identity).values(issuer=issuer, claim=claim, value=value, account=number)
            )
        return there is None

    def unlink(self, login: str, issuer: str) -> int:
        """Parts an account from the provider and ends its sessions.  Gives how many words it was known by."""
        found = self._accounts.by_login(login)
        held = account_identity.c
        with self._database.write() as connection:
            done = connection.execute(
                sa.delete(account_identity).where(held.issuer == issuer, held.account == found.id)
            )
            self._accounts.end_sessions(connection, found.id)
            if done.rowcount:
                tell(connection, found.id, "sso_removed")
            return int(done.rowcount)

    def rules(self) -> list[Rule]:
        with self._database.read() as connection:
            return [Rule(*row) for row in connection.execute(sa.select(sso_rule).order_by(sso_rule.c.id))]

    def add_rule(self, claim: str, value: str, grant: Grant) -> Rule:
        """Makes a rule; the same rule twice is one."""
        claim, value = claim.strip(), value.strip()
        if not claim or not value or max(len(claim), len(value)) > 255:
            raise AccountError("Quy tắc cần tên và giá trị.", "a rule takes a claim and its value")
        for one in self.rules():
            if (one.claim, one.value, one.role, one.unit) == (claim, value, grant.role.value, grant.unit):
                return one
        with self._database.write() as connection:
            number = 1 + int(
                connection.execute(sa.select(sa.func.coalesce(sa.func.max(sso_rule.c.id), 0))).scalar_one()
            )
            rule = Rule(number, claim, value, grant.role.value, grant.unit)
            connection.execute(
                sa.insert(sso_rule).values(
                    id=number, claim=claim, value=value, role=rule.role, unit=rule.unit
                )
            )
        return rule

    def remove_rule(self, number: int) -> Rule:
        """Takes a rule away; accounts made by it lose its role when they next sign in."""
        found = next((one for one in self.rules() if one.id == number), None)
        if found is None:
            raise AccountError(f"Không có quy tắc số {number}.", f"there is no rule {number}")
        with self._database.write() as connection:
            connection.execute(sa.delete(sso_rule).where(sso_rule.c.id == number))
        return found

    # -- one attempt ------------------------------------------------------------------------------------

    def spend(self, state: str, now: int, seconds: int) -> bool:
        """Uses up the state of an attempt.  False where that was done before: somebody plays it again."""
        digest = hashlib.sha256(state.encode()).digest()
        with self._database.write() as connection:
            connection.execute(sa.delete(sso_spent).where(sso_spent.c.expires_at <= now))
            if connection.execute(
                sa.select(sso_spent.c.expires_at).where(sso_spent.c.state_hash == digest)
            ).first():
                return False
            connection.execute(sa.insert(sso_spent).values(state_hash=digest, expires_at=now + seconds))
        return True

    def admit(self, claims: Mapping[str, Any], issuer: str, now: int) -> Account:
        """The account of whoever the provider says has come.  SsoError where none was prepared."""
        subject = str(claims["sub"])
        email = claims.get("email")
        address = (
            email.strip().casefold()
            if isinstance(email, str) and claims.get("email_verified") is True and len(email) <= 255
            else ""
        )
        granted = tuple(
            dict.fromkeys(
                Grant(Role(rule.role), rule.unit)
                for rule in self.rules()
                if rule.value in _values(claims, rule.claim)
            )
        )
        number = self._known(issuer, subject, address)
        if number is None:
            if not granted:
                raise SsoError(
                    "Bạn chưa được cấp quyền ở đây; đề nghị quản trị hệ thống của đơn vị thêm tài khoản.",
                    "no account is prepared and no rule fits",
                )
            found = self._made(claims, address, granted, now)
        else:
            got = self._accounts.by_id(number)
            if got is None or not got.active:
                raise SsoError(
                    "Tài khoản đã bị khóa; liên hệ quản trị hệ thống.", "the account is switched off"
                )
            found = self._accounts.change(got.login, grants=granted) if got.by_rule else got
            if got.by_rule and not granted:
                raise SsoError(
                    "Bạn không còn thuộc nhóm nào được cấp quyền; liên hệ quản trị hệ thống.",
                    "no rule fits any longer",
                )
        with self._database.write() as connection:
            if self._bind(connection, issuer, "sub", subject, found.id) and number is not None:
                tell(connection, found.id, "sso_added")
            connection.execute(sa.update(account).where(account.c.id == found.id).values(last_seen_at=now))
        return found

    def _known(self, issuer: str, subject: str, address: str) -> int | None:
        """The account of a subject; else of an address, if nobody has come by it yet."""
        held = account_identity.c
        with self._database.read() as connection:

            def of(claim: str, value: str) -> int | None:
                found: int | None = connection.execute(
                    sa.select(held.account).where(
                        held.issuer == issuer, held.claim == claim, held.value == value
                    )
                ).scalar()
                return found

            number = of("sub", subject)
            if number is not None or not address:
                return number
            number = of("email", address)
            if number is None:
                return None
            taken = connection.execute(
                sa.select(held.value).where(
                    held.issuer == issuer, held.claim == "sub", held.account == number
                )
            ).first()
        if taken:
            # An address that changed hands: its new holder is somebody else.
            raise SsoError(
                "Địa chỉ thư này đã gắn với một người khác; đề nghị quản trị hệ thống gắn lại.",
                "the account of this e-mail belongs to another subject already",
            )
        return number

    def _made(self, claims: Mapping[str, Any], address: str, granted: tuple[Grant, ...], now: int) -> Account:
        """An account as rules make it: without a password that anybody knows."""
        wanted = "".join(str(claims.get("preferred_username") or address or "sso").split())[:80].casefold()
        login = wanted or "sso"
        try:
            self._accounts.by_login(login)
            login = f"{login}-{secrets.token_hex(3)}"
        except AccountError:
            pass
        name = str(claims.get("name") or wanted)[:200]
        made, _ = self._accounts.add(login, name, granted, now, secrets.token_urlsafe(48))
        self._accounts.set_by_rule(made.id)
        return self._accounts.by_login(login)
