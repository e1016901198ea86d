"""The server's HTTP protocol with an end to patience: whoever sends a request a byte at a time is cut off.

uvicorn ends idle connections between requests, but waits for ever for the rest of a request.  Here its head
has to come within :data:`HEAD_WITHIN` seconds and :data:`LONGEST_HEAD` bytes, and the body may pause for
:data:`PAUSE` at most (slowloris).  Long bodies that keep coming are as welcome as before, and so are long
answers.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN = 20.0
PAUSE = 30.0
LONGEST_HEAD = 64 * 1024
"""Bytes of a request's line and headers; httptools itself sets no end to them."""


class PatientProtocol(HttpToolsProtocol):
    """httptools with two clocks."""

    _clock: asyncio.TimerHandle | None = None
    _in_head = True
    _head = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._start(HEAD_WITHIN)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._clock is None:
            self._in_head, self._head = True, 0
            self._start(HEAD_WITHIN)
        elif not self._in_head:
            self._start(PAUSE)
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > LONGEST_HEAD:
            self._stop()
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._start(PAUSE)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop()
        super().on_message_complete()

    def _start(self, seconds: float) -> None:
        self._stop()
        self._clock = self.loop.call_later(seconds, self._cut)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _cut(self) -> None:
        self._clock = None
        if self.flow.read_paused:
            self._start(PAUSE)  # it is we who do not read
        elif not self.transport.is_closing():
            self.transport.close()
