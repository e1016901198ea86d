"""What changed about how somebody signs in: told on their own page always, and by mail where it can be.

A notice is written in the same transaction as what it tells, so neither is there without the other.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from msgspec import Struct

from chiso.instants import DAY, utc_now
from chiso.ledger.database import Database, LedgerError
from chiso.ledger.keys import Keys
from chiso.ledger.schema import account, account_notice

WORDS: Final = {
    "password_changed": ("Mật khẩu đã đổi.", "The password was changed."),
    "password_made": (
        "Quản trị hệ thống đã đặt mật khẩu mới.", "An administrator made a new password.",
    ),
    "factor_on": ("Xác nhận hai bước đã bật.", "The second factor was switched on."),
    "factor_off": ("Xác nhận hai bước đã tắt.", "The second factor was switched off."),
    "factor_reset": (
        "Quản trị hệ thống đã bỏ xác nhận hai bước.", "An administrator took the second factor off.",
    ),
    "sso_added": (
        "Từ nay đăng nhập được bằng hệ thống đăng nhập chung.", "Single sign-on may be used from now on.",
    ),
    "sso_removed": (
        "Không còn đăng nhập được bằng hệ thống đăng nhập chung.", "Single sign-on was taken away.",
    ),
    "mail_changed": (
        "Địa chỉ thư nhận thông báo đã đổi.", "The address that is told of such changes was changed.",
    ),
    "code_reused": (
        "Có người nhập đúng mật khẩu với một mã xác nhận đã dùng.",
        "Somebody entered the right password with a code that had been used.",
    ),
    "closed": (
        "Tài khoản tạm đóng mười lăm phút vì nhập sai nhiều lần liên tiếp.",
        "The account was closed for a quarter of an hour after many wrong attempts in a row.",
    ),
}  # fmt: skip
"""What is told, in both languages."""
KEPT: Final = 180 * DAY
RARELY: Final = {"closed": DAY // 2}
"""Seconds within which a notice is not told again: whoever guesses would have somebody drowned in mail."""
SHOWN: Final = 10
FIRST_AGAIN: Final = 60
"""Seconds until a mail that did not go is tried again; each further time twice as long."""
MAILED_WITHIN: Final = 2 * DAY
"""Seconds after which a notice is no news: who sets the first mail server sends nobody what is long past."""
TRIES: Final = 10
"""Times that a mail is tried, over some eight hours."""


class Notice(Struct, frozen=True):
    """Something that changed."""

    at: int
    what: str

    def told(self, english: bool) -> str:
        return WORDS[self.what][english]


class Due(Struct, frozen=True):
    """A notice that is to be mailed."""

    account: int
    number: int
    at: int
    what: str
    login: str
    address: str
    tries: int


def tell(connection: sa.Connection, number: int, what: str) -> None:
    """Writes a notice for an account, to be mailed to the address that it has at this moment."""
    now = utc_now()
    held = account_notice.c
    connection.execute(sa.delete(account_notice).where(held.account == number, held.at < now - KEPT))
    if (
        what in RARELY
        and connection.execute(
            sa.select(held.at).where(held.account == number, held.what == what, held.at > now - RARELY[what])
        ).first()
    ):
        return
    last = connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(held.number), 0)).where(held.account == number)
    ).scalar_one()
    mail = connection.execute(sa.select(account.c.mail).where(account.c.id == number)).scalar()
    connection.execute(
        sa.insert(account_notice).values(
            account=number, number=int(last) + 1, at=now, what=what, mail=mail,
            due=None if mail is None else now, tries=0,
        )
    )  # fmt: skip


class Notices:
    """The notices of a data folder."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database: Final = database
        self._keys: Final = keys

    def of(self, number: int) -> list[Notice]:
        """The newest of an account first."""
        held = account_notice.c
        asked = (
            sa.select(held.at, held.what)
            .where(held.account == number, held.what.in_(WORDS))
            .order_by(held.number.desc())
            .limit(SHOWN)
        )
        with self._database.read() as connection:
            return [Notice(*row) for row in connection.execute(asked)]

    def due(self, now: int, limit: int = 100) -> list[Due]:
        """What is to be mailed now, of what is no older than :data:`MAILED_WITHIN`."""
        held = account_notice.c
        asked = (
            sa.select(held.account, held.number, held.at, held.what, held.mail, held.tries, account.c.login)
            .join(account, account.c.id == held.account)
            .where(held.due <= now, held.at > now - MAILED_WITHIN, held.what.in_(WORDS))
            .order_by(held.due, held.account, held.number)
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(asked).all()
        return [
            Due(
                row.account,
                row.number,
                row.at,
                row.what,
                row.login,
                self._address(bytes(row.mail)),
                row.tries,
            )
            for row in rows
        ]

    def _address(self, sealed: bytes) -> str:
        """Empty where it cannot be opened: the mail does not go, and others do."""
        try:
            return self._keys.unseal(sealed).decode()
        except LedgerError:
            return ""

    def settle(self, one: Due, now: int, *, sent: bool) -> None:
        """Notes how it went; the address is forgotten with the last try."""
        tries = one.tries + 1
        over = sent or tries >= TRIES
        held = account_notice.c
        values: dict[str, object] = {"tries": tries, "due": now + FIRST_AGAIN * 2**one.tries}
        if over:
            values |= {"due": None, "mail": None}
        with self._database.write() as connection:
            connection.execute(
                sa.update(account_notice)
                .where(held.account == one.account, held.number == one.number)
                .values(**values)
            )
