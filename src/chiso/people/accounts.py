"""Accounts: who may sign in, with which password and second factor, and what they may do where."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

import argon2
import pyotp
import sqlalchemy as sa

from chiso.ledger.database import Database
from chiso.ledger.keys import Keys
from chiso.ledger.schema import account, account_grant, account_session
from chiso.people.passwords import LONGEST, checked
from chiso.people.refusing import AccountError, NotConfirmedError
from chiso.people.rights import Grant, Person, Role

LOCK_AFTER: Final = 10
"""Wrong passwords in a row after which an account waits."""
LOCK_SECONDS: Final = 900
STEP: Final = 30
"""Seconds that a code of the second factor holds (RFC 6238)."""
SECRET: Final = re.compile(r"[A-Z2-7]{32}")
"""A secret of a second factor: 160 bits in base32 (RFC 4226, 4)."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators see it."""

    id: int
    login: str
    name: str
    active: bool
    two_factor: bool
    must_change: bool
    created_at: int
    last_seen_at: int | None
    grants: tuple[Grant, ...]
    by_rule: bool = False
    """made by a rule of single sign-on, which also gives its roles anew at each sign-in"""

    @property
    def person(self) -> Person:
        return Person(self.id, self.login, self.name, self.grants, self.must_change)

    def lacks_factor(self, roles: Collection[str]) -> bool:
        """Whether it has no second factor though one is asked of one of its roles."""
        return not self.two_factor and any(one.role in roles for one in self.grants)


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of an attempt to sign in."""

    account: Account | None
    needs_code: bool = False
    """the password was right and a second factor is asked for"""
    waits: int = 0
    """seconds that the account is closed after too many wrong attempts"""


class Accounts:
    """The accounts of a data folder."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database: Final = database
        self._keys: Final = keys
        self._hasher: Final = argon2.PasswordHasher()
        self._nobody: str | None = None

    def exist(self) -> bool:
        """Whether anybody can sign in: until then the folder is open to whoever reaches it."""
        with self._database.hot() as hot:
            return bool(hot.all("SELECT 1 FROM account LIMIT 1"))

    def add(
        self, login: str, name: str, grants: Iterable[Grant], now: int, password: str | None = None
    ) -> tuple[Account, str]:
        """Makes an account.  Gives it and its password; one that was made here must be changed at once."""
        login = login.strip().casefold()
        if not login or len(login) > 100 or any(one.isspace() for one in login):
            raise AccountError(
                "Tên đăng nhập không được trống hoặc có khoảng trắng.", "a login has no blanks"
            )
        made = password is None
        password = secrets.token_urlsafe(15) if password is None else password
        checked(password, login, name)
        with self._database.write() as connection:
            if connection.execute(sa.select(account.c.id).where(account.c.login == login)).first():
                raise AccountError(f"Đã có tài khoản “{login}”.", f"there is an account {login!r} already")
            number = 1 + int(
                connection.execute(sa.select(sa.func.coalesce(sa.func.max(account.c.id), 0))).scalar_one()
            )
            connection.execute(
                sa.insert(account).values(
                    id=number, login=login, name=name.strip() or login, active=True, must_change=made,
                    password_hash=self._hasher.hash(password), created_at=now, failures=0, by_rule=False,
                )
            )  # fmt: skip
            _grant(connection, number, grants)
        return self.by_login(login), password

    def list(self) -> list[Account]:
        """All accounts, by login."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(account).order_by(account.c.login)).all()
            held = _grants(connection)
        return [_account(row, held.get(row.id, ())) for row in rows]

    def by_login(self, login: str) -> Account:
        """The account of a login.  AccountError where there is none."""
        found = self._find(account.c.login == login.strip().casefold())
        if found is None:
            raise AccountError(f"Không có tài khoản “{login}”.", f"there is no account {login!r}")
        return found

    def by_id(self, number: int) -> Account | None:
        """The account of a number."""
        return self._find(account.c.id == number)

    def _find(self, where: sa.ColumnElement[bool]) -> Account | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(account).where(where)).one_or_none()
            return None if row is None else _account(row, _grants(connection, row.id).get(row.id, ()))

    def change(
        self,
        login: str,
        *,
        name: str | None = None,
        active: bool | None = None,
        grants: Iterable[Grant] | None = None,
    ) -> Account:
        """Changes an account; one that is switched off has no sessions left."""
        found = self.by_login(login)
        values: dict[str, Any] = {}
        if name is not None:
            values["name"] = name.strip() or found.login
        if active is not None:
            values["active"] = active
        with self._database.write() as connection:
            if values:
                connection.execute(sa.update(account).where(account.c.id == found.id).values(**values))
            if grants is not None:
                connection.execute(sa.delete(account_grant).where(account_grant.c.account == found.id))
                _grant(connection, found.id, grants)
            if active is False:
                self.end_sessions(connection, found.id)
        return self.by_login(login)

    def set_password(self, login: str, password: str, *, must_change: bool = False) -> None:
        """Sets a password; all sessions of the account end."""
        found = self.by_login(login)
        checked(password, found.login, found.name)
        with self._database.write() as connection:
            connection.execute(
                sa.update(account)
                .where(account.c.id == found.id)
                .values(
                    password_hash=self._hasher.hash(password), must_change=must_change, failures=0,
                    closed_until=None,
                )
            )  # fmt: skip
            self.end_sessions(connection, found.id)

    def set_by_rule(self, number: int) -> None:
        """Notes that an account was made by a rule of single sign-on."""
        with self._database.write() as connection:
            connection.execute(sa.update(account).where(account.c.id == number).values(by_rule=True))

    @staticmethod
    def end_sessions(connection: sa.Connection, number: int) -> None:
        """Ends all sessions of an account."""
        connection.execute(sa.delete(account_session).where(account_session.c.account == number))

    # -- the second factor ------------------------------------------------------------------------------

    @staticmethod
    def new_secret() -> str:
        """A fresh secret of a second factor, base32, for the person's device."""
        return pyotp.random_base32()

    @staticmethod
    def address_of(secret: str, login: str) -> str:
        """What a device reads as a QR code (otpauth)."""
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="chiso")

    def set_second_factor(self, login: str, secret: str, code: str, now: int) -> None:
        """Switches the second factor on, once a code shows that the device has it; the code is then spent."""
        found = self.by_login(login)
        step = None if not SECRET.fullmatch(secret) else _step_of(secret, code, now)
        if step is None:
            raise AccountError(
                "Mã xác nhận không đúng; kiểm tra giờ trên điện thoại rồi nhập mã mới.",
                "the code is wrong: check the clock of the device",
            )
        with self._database.write() as connection:
            connection.execute(
                sa.update(account)
                .where(account.c.id == found.id)
                .values(second_factor=self._keys.seal(secret.encode()), last_code=step)
            )

    def drop_second_factor(self, login: str, *, sessions: bool) -> None:
        """Takes the second factor off; with ``sessions`` they end, as after a lost device."""
        found = self.by_login(login)
        with self._database.write() as connection:
            connection.execute(
                sa.update(account).where(account.c.id == found.id).values(second_factor=None, last_code=None)
            )
            if sessions:
                self.end_sessions(connection, found.id)

    # -- signing in -------------------------------------------------------------------------------------

    def verify(self, login: str, password: str, code: str, now: int) -> Verified:
        """Holds a password and, where one is set, a second factor against an account.

        As slow for a login that does not exist, or an account that is closed, as for a wrong password.  A
        code is good once, also for two who send it at the same instant.
        """
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(account).where(account.c.login == login.strip().casefold())
            ).one_or_none()
        found = self._held(row, password, code, now)
        if row is not None and found.account and self._hasher.check_needs_rehash(row.password_hash):
            with self._database.write() as connection:
                connection.execute(
                    sa.update(account)
                    .where(account.c.id == row.id)
                    .values(password_hash=self._hasher.hash(password))
                )
        return found

    def confirm(self, login: str, password: str, now: int, code: str | None = None) -> None:
        """The same for whoever has signed in already, before they change how they sign in.

        ``code``: asks for one too, where a second factor is set.  Wrong ones count like those of a sign-in.
        Raises NotConfirmedError.
        """
        with self._database.read() as connection:
            row = connection.execute(sa.select(account).where(account.c.login == login)).one()
        found = self._held(row, password, code, now)
        if found.account is not None:
            return
        if found.waits:
            raise NotConfirmedError(
                f"Nhập sai quá nhiều lần: thử lại sau {-(-found.waits // 60)} phút; chưa đổi gì.",
                "too many wrong attempts: the account is closed for now; nothing was changed",
            )
        if found.needs_code:
            raise NotConfirmedError(
                "Mã xác nhận không đúng hoặc đã dùng; chờ mã mới rồi nhập lại.",
                "the code is wrong or was used; wait for a new one",
            )
        raise NotConfirmedError(
            "Mật khẩu hiện tại không đúng; chưa đổi gì.",
            "the current password is wrong; nothing was changed",
        )

    def _held(self, row: Any, password: str, code: str | None, now: int) -> Verified:
        """What came of a password and a code; ``None`` asks for no code."""
        right = self._is_password(row, password)
        if row is None or not row.active:
            return Verified(None)
        if row.closed_until is not None and row.closed_until > now:
            return Verified(None, waits=int(row.closed_until - now))
        if not right:
            self._failed(row.id, now)
            return Verified(None)
        step: int | None = None
        if row.second_factor is not None and code is not None:
            if not code.strip():
                return Verified(None, needs_code=True)
            step = _step_of(self._keys.unseal(row.second_factor).decode(), code, now)
            if step is None:
                self._failed(row.id, now)
                return Verified(None, needs_code=True)
        if not self._entered(row.id, step, now):
            return Verified(None, needs_code=True)
        return Verified(self.by_id(row.id))

    def _is_password(self, row: Any, password: str) -> bool:
        if self._nobody is None:
            self._nobody = self._hasher.hash(secrets.token_hex(8))
        try:
            return self._hasher.verify(self._nobody if row is None else row.password_hash, password[:LONGEST])
        except argon2.exceptions.VerificationError:
            return False

    def _entered(self, number: int, step: int | None, now: int) -> bool:
        """Notes that somebody came in.  False where the code was spent: only one can spend it."""
        values: dict[str, Any] = {"failures": 0, "closed_until": None, "last_seen_at": now}
        where = account.c.id == number
        if step is not None:
            values["last_code"] = step
            where &= sa.func.coalesce(account.c.last_code, 0) < step
        with self._database.write() as connection:
            done = connection.execute(sa.update(account).where(where).values(**values))
            return done.rowcount == 1

    def _failed(self, number: int, now: int) -> None:
        """Counts a wrong attempt, however many come at the same instant."""
        last = account.c.failures + 1 >= LOCK_AFTER
        with self._database.write() as connection:
            connection.execute(
                sa.update(account)
                .where(account.c.id == number)
                .values(
                    failures=sa.case((last, 0), else_=account.c.failures + 1),
                    closed_until=sa.case((last, now + LOCK_SECONDS), else_=account.c.closed_until),
                )
            )


def _step_of(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is, one to either side of now."""
    device = pyotp.TOTP(secret)
    for step in (now // STEP - 1, now // STEP, now // STEP + 1):
        if secrets.compare_digest(device.at(step * STEP).encode(), code.strip().encode()):
            return step
    return None


def _grant(connection: sa.Connection, number: int, grants: Iterable[Grant]) -> None:
    rows = [{"account": number, "role": one.role.value, "unit": one.unit} for one in dict.fromkeys(grants)]
    if rows:
        connection.execute(sa.insert(account_grant), rows)


def _grants(connection: sa.Connection, number: int | None = None) -> dict[int, tuple[Grant, ...]]:
    asked = sa.select(account_grant).order_by(account_grant.c.role, account_grant.c.unit)
    if number is not None:
        asked = asked.where(account_grant.c.account == number)
    found: dict[int, tuple[Grant, ...]] = {}
    for row in connection.execute(asked):
        found[row.account] = (*found.get(row.account, ()), Grant(Role(row.role), row.unit))
    return found


def _account(row: Any, grants: tuple[Grant, ...]) -> Account:
    return Account(
        row.id, row.login, row.name, row.active, row.second_factor is not None, row.must_change,
        row.created_at, row.last_seen_at, grants, row.by_rule,
    )  # fmt: skip
