"""How much of what is sent may be held in memory at once, by all requests together.

``body_limit`` bounds one request; a hundred of them, each within it, would still fill the memory.  What has
arrived counts until the request is answered, for it is read, checked and written from memory.  Whoever
comes while there is no room is asked to come back, before its body is read where it says how long it is.  A
request that is alone is always let in: ``body_limit`` is its bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from litestar.exceptions import ServiceUnavailableException

RETRY_AFTER: Final = 5
"""Seconds after which whoever was asked to come back may try again."""


class NoRoomError(ServiceUnavailableException):
    """Too much is being received at once."""

    def __init__(self) -> None:
        super().__init__("too much is being received at once", headers={"Retry-After": str(RETRY_AFTER)})


class Bodies:
    """The bodies in flight of one process.  Everything runs in its event loop."""

    def __init__(self, most: int) -> None:
        """``most``: bytes that all requests together may have sent before they are answered."""
        self._most = most
        self.held = 0
        """bytes that have arrived and are not answered yet"""
        self.refused = 0
        """requests asked to come back"""

    @contextmanager
    def counting(self, scope: Any, receive: Any) -> Iterator[Any]:
        """``receive`` of a request, counted while the context lasts; raises NoRoomError in place of what is
        too much."""
        body = _Body(self, said(scope), receive)
        try:
            yield body
        finally:
            self.held -= body.taken

    def ask(self, own: int, more: int) -> None:
        """Whether there is room for more of a request of which ``own`` bytes are held."""
        others = self.held - own
        if others > 0 and self.held + more > self._most:
            self.refused += 1
            raise NoRoomError


class _Body:
    """One request's ``receive``."""

    def __init__(self, bodies: Bodies, said: int, receive: Any) -> None:
        self._bodies = bodies
        self._ahead = said
        self._receive = receive
        self.taken = 0

    async def __call__(self) -> Any:
        if self._ahead:
            ahead, self._ahead = self._ahead, 0
            self._bodies.ask(0, ahead)
        message = await self._receive()
        size = len(message.get("body", b""))
        if size:
            self._bodies.ask(self.taken, size)
            self.taken += size
            self._bodies.held += size
        return message


def said(scope: Any) -> int:
    """How long a request says that its body is; 0 where it does not say."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
