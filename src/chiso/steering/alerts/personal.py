"""Telling people by mail what changed about how they sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from chiso.instants import utc_now
from chiso.people.notices import WORDS, Due, Notices
from chiso.steering.alerts.mail import Server, UnreachableError
from chiso.text import moment

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

log = structlog.get_logger(__name__)

SUBJECT: Final = "[Chỉ số 766] Tài khoản của bạn"


def tell_people(folder: DataFolder) -> int:
    """Mails what is due.  Gives how many mails went out.

    While no mail server is set nothing is tried; what cannot be sent is tried again, and stops nobody else's.
    Where the server cannot be reached the others wait for the next round: each would take its silence anew.
    """
    if not folder.settings.mail:
        return 0
    notices = Notices(folder.ledger.database, folder.ledger.keys)
    sent = 0
    for one in notices.due(utc_now()):
        if folder.stopping.is_set():
            break
        reached = went = True
        try:
            server = Server.of(folder.settings.mail)
            server.send(one.address, SUBJECT, _text(one, folder.settings.address), one.at, _identity(one))
        except Exception as failed:  # what breaks at one stops nobody else's
            log.warning("person_not_told", why=type(failed).__name__)
            went, reached = False, not isinstance(failed, UnreachableError)
        notices.settle(one, utc_now(), sent=went)
        sent += went
        if not reached:
            break
    return sent


def _identity(one: Due) -> str:
    return f"chiso.account.{one.account}.{one.number}"


def _text(one: Due, address: str) -> str:
    where = f" tại {address.rstrip('/')}/account" if address else ""
    return (
        f"{moment(one.at)}: {WORDS[one.what][False]} (Tài khoản: {one.login}.)\n\n"
        "Nếu chính bạn làm việc này thì không cần làm gì thêm. Nếu không phải bạn: báo ngay quản trị hệ "
        f"thống của đơn vị, đổi mật khẩu và kết thúc các phiên đang mở{where}.\n\n"
        f"{WORDS[one.what][True]} If this was not you, tell your administrator at once.\n\n"
        "Tin tự động của hệ thống Chỉ số phục vụ người dân, doanh nghiệp; không cần trả lời.\n"
    )
