"""Telling people: what is due in the outbox, one message a contact, by mail or by a channel of apprise."""

from __future__ import annotations

import logging
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chiso.folder.answers import QuestionError
from chiso.folder.settings import SettingError
from chiso.steering.alerts.mail import SendError, Server, UnreachableError
from chiso.steering.alerts.outbox import Waiting, claim, settle
from chiso.text import day, moment

if TYPE_CHECKING:
    from apprise import NotifyBase

    from chiso.folder.settings import Settings
    from chiso.folder.state import DataFolder
    from chiso.ledger.contacts import Contact

KINDS = {"alert": "Cảnh báo", "over": "Hết cảnh báo", "reminder": "Đôn đốc", "test": "Thử kênh"}
MARK = "[Chỉ số 766]"
SUBJECT = 160
"""Characters of a subject at most."""

Send = Callable[["Contact", str, str, int, str], None]
"""(contact, subject, text, instant, identity); raises SendError"""


def deliver(folder: DataFolder, send: Send | None = None) -> int:
    """Tells everybody what is due by the folder's now.  Gives how many messages went out.

    What cannot be sent is tried again later; an error is kept beside the delivery, and stops nobody else's.
    A mail server that cannot be reached is asked once: each mail would take its silence anew.
    """
    database, now = folder.ledger.database, folder.now()
    send = send or sender_of(folder.settings)
    waiting = claim(database, now)
    by_contact: defaultdict[int, list[Waiting]] = defaultdict(list)
    for one in waiting:
        by_contact[one.contact].append(one)
    contacts = {one.id: one for one in folder.ledger.contacts.all()} if waiting else {}
    sent, silent = 0, ""
    for number, letters in by_contact.items():
        contact = contacts.get(number)
        if contact is None:
            settle(database, letters, now, "the contact was removed", final=True)
            continue
        subject, text = message(letters, folder.settings.address)
        error: str | None = None
        try:
            if silent and contact.mail:
                raise SendError(silent)
            send(contact, subject, text, now, f"chiso.{letters[0].id}.{letters[-1].id}")
            sent += 1
        except UnreachableError as failed:
            error = silent = str(failed)
        except (SendError, SettingError) as failed:
            error = str(failed)
        except Exception as failed:  # a channel that breaks stops nobody else's
            error = f"the channel broke: {type(failed).__name__}"
        settle(database, letters, now, error)
    return sent


def message(letters: Sequence[Waiting], address: str = "") -> tuple[str, str]:
    """Subject and text of one message that tells everything that waits for a contact."""
    if len(letters) == 1:
        (one,) = letters
        subject = f"{MARK} {KINDS[one.kind]}: {one.words}"
    else:
        counted: dict[str, int] = {}
        for one in letters:
            counted[one.kind] = counted.get(one.kind, 0) + 1
        parts = [f"{count} {KINDS[kind].lower()}" for kind, count in counted.items()]
        subject = f"{MARK} {', '.join(parts)} ({day(max(one.at for one in letters))})"
    lines = []
    for kind, heading in KINDS.items():
        found = [one for one in letters if one.kind == kind]
        if found:
            lines += [heading, *(f"- {moment(one.at)}: {one.words}" for one in found), ""]
    if address:
        lines.append(f"Xem: {address.rstrip('/')}/steering")
    lines.append("Tin tự động của hệ thống Chỉ số phục vụ người dân, doanh nghiệp; không cần trả lời.")
    subject = " ".join(subject.split())
    if len(subject) > SUBJECT:
        subject = subject[: SUBJECT - 1] + "…"
    return subject, "\n".join(lines) + "\n"


def sender_of(settings: Settings) -> Send:
    """How contacts are reached: mail addresses by the mail server, everything else by apprise."""

    def send(contact: Contact, subject: str, text: str, at: int, identity: str) -> None:
        if contact.mail:
            if not settings.mail:
                raise SendError("no mail server is set (setting mail)")
            Server.of(settings.mail).send(contact.address, subject, text, at, identity)
        else:
            _by_apprise(contact.address, subject, text)

    return send


def _by_apprise(address: str, subject: str, text: str) -> None:
    channel = _channel(address)
    if channel is None:
        raise SendError("apprise does not know this kind of address")
    if not channel.notify(title=subject, body=text):
        raise SendError(f"the channel {address.partition('://')[0]} did not take it")


def _channel(address: str) -> NotifyBase | None:
    """A channel of apprise; ``None`` where it knows none by this address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of what its many plug-ins import
        from apprise import Apprise  # noqa: PLC0415 - slow to import, and only where a channel is used

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would log addresses
        found: NotifyBase | None = Apprise.instantiate(address, suppress_exceptions=True)
    return found


def check_address(address: str) -> str:
    """An address that can be told something.  QuestionError where it cannot."""
    address = address.strip()
    if "://" in address:
        if _channel(address) is None:
            raise QuestionError(
                "Địa chỉ kênh không đọc được; xem các dạng tại tài liệu apprise (slack://, json://, …).",
                "this is no address of a channel that apprise knows (slack://, json://, …)",
                wrong=True,
            )
        return address
    local, at, domain = address.rpartition("@")
    if not at or not local or "." not in domain or any(sign.isspace() for sign in address):
        raise QuestionError(
            "Địa chỉ thư không đúng dạng ten@coquan.gov.vn.",
            "not a mail address such as name@agency.gov.vn",
            wrong=True,
        )
    return address


def check_settings(settings: Settings) -> str | None:
    """What is wrong with the mail server's setting; ``None`` where nothing is."""
    if not settings.mail:
        return None
    try:
        Server.of(settings.mail)
    except SettingError as error:
        return str(error)
    return None
