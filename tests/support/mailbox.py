"""A real mail server on loopback that keeps what it receives."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Mailbox:
    """What came in: (recipients, message)."""

    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    """recipients that the server does not take"""
    busy: bool = False
    """whether it answers "try again later" to everything"""

    @property
    def address(self) -> str:
        """As the setting ``mail`` takes it."""
        return f"smtp://127.0.0.1:{self.port}?from=chiso@example.vn"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.busy:
            return "451 try again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    def texts(self) -> list[str]:
        return [message.get_content() for _, message in self.mails]


@contextmanager
def mailbox(user: str = "", password: str = "", tls: Any = None) -> Iterator[Mailbox]:
    """A server while the context lasts; with ``user`` it asks for a password, with ``tls`` it offers TLS."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=good, handled=good)

    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    more: dict[str, Any] = {}
    if user:
        more = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    if tls is not None:
        more["tls_context"] = tls
    server = Controller(box, hostname="127.0.0.1", port=box.port, **more)
    server.start()
    try:
        yield box
    finally:
        server.stop()
