"""Headers of every answer, errors too: what a browser may do with it, and what may be kept.

Litestar gives the same to what handlers answer, where an address with good reason (the table that others
embed) sets its own; here they are added to what no handler made.
"""

from __future__ import annotations

import re
from typing import Any, Final

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from chiso.web.witness import shows_dossiers

ALWAYS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
STRICT_TRANSPORT: Final = "max-age=31536000"
"""A year; only where readers come over TLS.  Subdomains are not this program's to speak for."""


_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])?(?::(\d{1,5}))?")


def is_host(scope: Scope) -> bool:
    """Whether a request's Host is one: addresses are read from it in many places (RFC 9112, 3.2)."""
    told = [value for name, value in scope["headers"] if name == b"host"]
    found = [_HOST.fullmatch(one) for one in told]
    return len(told) <= 1 and all(one and int(one[1] or 0) < 65_536 for one in found)


async def headers(message: Message, scope: Scope) -> None:
    """Adds what an answer does not say itself."""
    if message["type"] != "http.response.start":
        return
    found = MutableScopeHeaders.from_message(message)
    framed = found.get("content-security-policy")
    for name, value in ALWAYS.items():
        # whoever says itself who may frame it is not gainsaid by the older header
        if name not in found and not (framed and name == "X-Frame-Options"):
            found[name] = value
    settings = scope["litestar_app"].state.house.folder.settings
    if settings.https or scope["scheme"] == "https":
        found["Strict-Transport-Security"] = STRICT_TRANSPORT
    person: Any = scope.get("state", {}).get("person")
    if shows_dossiers(str(scope.get("path_template", ""))):
        found["Cache-Control"] = "no-store"
    elif person is not None and "cache-control" not in found:
        found["Cache-Control"] = "private, no-cache"
