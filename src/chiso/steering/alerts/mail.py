"""Mail, by the server that the folder's settings name."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from chiso.folder.settings import SettingError
from chiso.instants import moment_of

TIMEOUT: Final = 20.0
"""Seconds that a server may be silent."""


class SendError(RuntimeError):
    """Something could not be sent; the message says why, without addresses or passwords."""


class UnreachableError(SendError):
    """The server cannot be spoken to: no other mail would go either."""


_OF_ONE_MAIL: Final = (
    UnicodeError,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
)
"""What a server that is there says of a single mail."""


@dataclass(frozen=True)
class Server:
    """A mail server: ``smtp://user:password@host:587?from=chiso@example.vn``.

    ``smtps`` speaks TLS from the start; ``smtp`` goes over to it where the server offers it, and must with
    ``?tls=must``.
    """

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: str
    """``start``, ``may``, ``must``"""

    @classmethod
    def of(cls, address: str) -> Server:
        parts = urlsplit(address.strip())
        query = parse_qs(parts.query)
        try:
            port = parts.port
        except ValueError:
            port = -1
        sender = query.get("from", [""])[0]
        user = unquote(parts.username or "")
        if not sender and "@" in user:
            sender = user
        tls = query.get("tls", ["may"])[0]
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == -1 or tls not in TLS:
            raise SettingError(
                "mail is an address such as smtp://user:password@mail.example.vn:587?from=chiso@example.vn"
            )
        if "@" not in sender:
            raise SettingError("mail does not say who sends: add ?from=chiso@example.vn")
        start = parts.scheme == "smtps"
        return cls(
            parts.hostname,
            port or (465 if start else 587 if user else 25),
            user,
            unquote(parts.password or ""),
            sender,
            "start" if start else tls,
        )

    def send(self, to: str, subject: str, text: str, at: int, identity: str) -> None:
        """Sends one mail.  The same identity is the same mail, if it should be sent twice.

        Raises SendError; UnreachableError where it is not this mail's fault.
        """
        message = EmailMessage()
        message["From"] = Address("Chỉ số 766", addr_spec=self.sender)
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = format_datetime(moment_of(at))
        message["Message-ID"] = f"<{identity}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text, cte="quoted-printable")
        try:
            with self._connected() as server:
                refused = server.send_message(message)
        except (OSError, UnicodeError, smtplib.SMTPException) as error:
            kind = SendError if isinstance(error, _OF_ONE_MAIL) else UnreachableError
            raise kind(_why(error)) from error
        if refused:
            raise SendError("the mail server refused the recipient")

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls == "start":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            server.ehlo()
            if self.tls == "must" or (self.tls == "may" and server.has_extn("starttls")):
                server.starttls(context=context)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


TLS: Final = ("may", "must")


def _why(error: Exception) -> str:
    """An error without what it was about: a server's answer may repeat an address."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server refused user or password"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the mail server refused the recipient"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    return f"the mail server cannot be reached: {type(error).__name__}"
