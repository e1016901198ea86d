"""Accounts: who may sign in, with which password and second factor, and what they may do where."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

import argon2
import sqlalchemy as sa

from chiso.instants import utc_now
from chiso.ledger.database import Database
from chiso.ledger.keys import Keys
from chiso.ledger.schema import account, account_grant, account_session
from chiso.people.factor import step_of
from chiso.people.notices import tell
from chiso.people.passwords import LONGEST, checked
from chiso.people.refusing import AccountError, NotConfirmedError
from chiso.people.rights import Grant, Person, Role

LOCK_AFTER: Final = 10
"""Wrong passwords in a row after which an account waits."""
LOCK_SECONDS: Final = 900
MAIL: Final = re.compile(r"[^\s@<>\"(),:;\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


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
    mail: str = ""
    """where they are told of changes to their sign-in; empty: on their page alone"""
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
    expired: bool = False
    """the password was right, but made for them so long ago that it holds no longer"""


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
        self,
        login: str,
        name: str,
        grants: Iterable[Grant],
        now: int,
        password: str | None = None,
        mail: str = "",
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
        sealed = self._sealed(mail)
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
                    mail=sealed, made_at=now if made else None,
                )
            )  # fmt: skip
            _grant(connection, number, grants)
        return self.by_login(login), password

    def list(self) -> list[Account]:
        """All accounts, by login."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(account).order_by(account.c.login)).all()
            held = _grants(connection)
        return [self._account(row, held.get(row.id, ())) for row in rows]

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
            return None if row is None else self._account(row, _grants(connection, row.id).get(row.id, ()))

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

    def set_mail(self, login: str, mail: str) -> None:
        """Sets where somebody is told of changes to their sign-in; the address before is told of this one."""
        found, sealed = self.by_login(login), self._sealed(mail)
        with self._database.write() as connection:
            tell(connection, found.id, "mail_changed")
            connection.execute(sa.update(account).where(account.c.id == found.id).values(mail=sealed))

    def _sealed(self, mail: str) -> bytes | None:
        mail = mail.strip()
        if not mail:
            return None
        if len(mail) > 200 or not MAIL.fullmatch(mail):
            raise AccountError(
                "Địa chỉ thư không đúng dạng ten@donvi.gov.vn.", "the address is not like name@office.gov.vn"
            )
        return self._keys.seal(mail.encode())

    def set_password(self, login: str, password: str, *, must_change: bool = False) -> None:
        """Sets a password; all sessions of the account end.  ``must_change``: it was made for them."""
        found = self.by_login(login)
        checked(password, found.login, found.name)
        with self._database.write() as connection:
            connection.execute(
                sa.update(account)
                .where(account.c.id == found.id)
                .values(
                    password_hash=self._hasher.hash(password), must_change=must_change, failures=0,
                    closed_until=None, made_at=utc_now() if must_change else None,
                )
            )  # fmt: skip
            self.end_sessions(connection, found.id)
            tell(connection, found.id, "password_made" if must_change else "password_changed")

    def set_by_rule(self, number: int) -> None:
        """Notes that an account was made by a rule of single sign-on."""
        with self._database.write() as connection:
            connection.execute(sa.update(account).where(account.c.id == number).values(by_rule=True))

    @staticmethod
    def end_sessions(connection: sa.Connection, number: int) -> None:
        """Ends all sessions of an account."""
        connection.execute(sa.delete(account_session).where(account_session.c.account == number))

    # -- the second factor ------------------------------------------------------------------------------

    def set_second_factor(self, login: str, secret: str, code: str, now: int) -> None:
        """Switches the second factor on, once a code shows that the device has it; the code is then spent."""
        found = self.by_login(login)
        step = step_of(secret, code, now)
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
            tell(connection, found.id, "factor_on")

    def drop_second_factor(self, login: str, *, sessions: bool) -> None:
        """Takes the second factor off; with ``sessions`` they end, as after a lost device."""
        found = self.by_login(login)
        with self._database.write() as connection:
            connection.execute(
                sa.update(account).where(account.c.id == found.id).values(second_factor=None, last_code=None)
            )
            if sessions:
                self.end_sessions(connection, found.id)
            tell(connection, found.id, "factor_reset" if sessions else "factor_off")

    # -- signing in -------------------------------------------------------------------------------------

    def verify(self, login: str, password: str, code: str, now: int, made_for: int | None = None) -> Verified:
        """Holds a password and, where one is set, a second factor against an account.

        ``made_for``: seconds for which a password holds that was made for somebody; ``None``: for ever.
        As slow for a login that does not exist, or an account that is closed, as for a wrong password.  A
        code is good once, also for two who send it at the same instant.
        """
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(account).where(account.c.login == login.strip().casefold())
            ).one_or_none()
        found = self._held(row, password, code, now, made_for)
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

    def _held(
        self, row: Any, password: str, code: str | None, now: int, made_for: int | None = None
    ) -> Verified:
        """What came of a password and a code; ``None`` asks for no code."""
        right = self._is_password(row, password)
        if row is None or not row.active:
            return Verified(None)
        if row.closed_until is not None and row.closed_until > now:
            return Verified(None, waits=int(row.closed_until - now))
        if not right:
            self._failed(row.id, now)
            return Verified(None)
        if made_for is not None and row.made_at is not None and now - row.made_at >= made_for:
            return Verified(None, expired=True)
        step: int | None = None
        if row.second_factor is not None and code is not None:
            if not code.strip():
                return Verified(None, needs_code=True)
            step = step_of(self._keys.unseal(row.second_factor).decode(), code, now)
            if step is None:
                self._failed(row.id, now)
                return Verified(None, needs_code=True)
        if not self._entered(row.id, step, now):
            self._failed(row.id, now, reused=True)
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

    def _failed(self, number: int, now: int, *, reused: bool = False) -> None:
        """Counts a wrong attempt, however many come at once; ``reused``: with a code that was spent."""
        last = account.c.failures + 1 >= LOCK_AFTER
        closed = now + LOCK_SECONDS
        with self._database.write() as connection:
            connection.execute(
                sa.update(account)
                .where(account.c.id == number)
                .values(
                    failures=sa.case((last, 0), else_=account.c.failures + 1),
                    closed_until=sa.case((last, closed), else_=account.c.closed_until),
                )
            )
            if reused:
                tell(connection, number, "code_reused")
            row = connection.execute(
                sa.select(account.c.closed_until, account.c.failures).where(account.c.id == number)
            ).one()
            if row.closed_until == closed and not row.failures:
                tell(connection, number, "closed")

    def _account(self, row: Any, grants: tuple[Grant, ...]) -> Account:
        mail = "" if row.mail is None else self._keys.unseal(bytes(row.mail)).decode()
        return Account(
            row.id, row.login, row.name, row.active, row.second_factor is not None, row.must_change,
            row.created_at, row.last_seen_at, grants, mail, row.by_rule,
        )  # fmt: skip


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
