"""Speaks to the portal: one request at a time, slowly, and not for ever.

Between two requests there is a pause of uneven length.  What may pass (no answer in time, a broken
connection, a cut answer, a server's own error) is asked again a few times with growing waits; a refusal
(401, 403, 429) is not.  ``Retry-After`` is honoured within bounds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final, Self

import httpx
import msgspec

from chiso import __version__
from chiso.watch.words import Note, Pair, note

REFUSALS: Final = frozenset({401, 403, 429})
TAKEN: Final = frozenset({200, 201})
"""The portal answers a POST with 201."""
ATTEMPTS: Final = 4
LONGEST_WAIT: Final = 120.0
"""Seconds waited at most before asking once more; who wants more than that is left alone."""
LONGEST_SILENCE: Final = 24 * 3600
"""Seconds for which a ``Retry-After`` is believed at most."""
LARGEST: Final = 64 << 20
"""Bytes of one answer."""
JITTER: Final = (0.5, 1.5)


class StoppedError(Exception):
    """Somebody asked the watch to stop."""


class RefusedByPortalError(Exception):
    """The portal refuses, or wants a longer rest than is waited for.

    ``silence``: seconds for which it asks to be left alone, 0 where it does not say.
    """

    def __init__(self, status: int, words: str, silence: int) -> None:
        super().__init__(status, words)
        self.status, self.words, self.silence = status, words, silence
        self.question: Pair = ("", "")
        """at which question, in words, where whoever asked has said so"""


class NoAnswerError(Exception):
    """No answer could be had, for all attempts; ``why`` the last one failed."""

    def __init__(self, why: Note, attempts: int) -> None:
        super().__init__(why.en)
        self.why, self.attempts = why, attempts


class FormError(Exception):
    """The answer has not the form that it had; ``what`` is different.

    ``raw`` is the answer itself and ``status`` what it came with, where it came so far.
    """

    def __init__(self, what: Note, raw: bytes = b"", status: int = 0) -> None:
        super().__init__(what.en)
        self.what, self.raw, self.status = what, raw, status


@dataclass(frozen=True)
class Answer:
    """What came."""

    status: int
    body: bytes
    document: Any
    """the body decoded"""


class _Failed(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, why: Note, wait: int = 0, status: int = 0) -> None:
        super().__init__(why.en)
        self.why, self.wait, self.status = why, wait, status


Told = Callable[[Note, int, float], None]
"""(why, attempt, seconds to wait): told before each further attempt"""


def _asleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


class Client:
    """One portal.  Use as a context."""

    def __init__(
        self,
        portal: str,
        *,
        pause: float = 2.0,
        timeout: float = 60.0,
        attempts: int = ATTEMPTS,
        wait: Callable[[float], bool] = _asleep,
        chance: random.Random | None = None,
    ) -> None:
        """``pause``: mean seconds between requests; waits before further attempts grow from it.  ``wait``
        waits and gives whether to stop.  ``timeout``: seconds without a sign; an answer may take thrice that.
        """
        self.portal: Final = portal.rstrip("/")
        self.requests = 0
        self._pause, self._timeout, self._attempts = pause, timeout, attempts
        self._wait = wait
        self._chance = chance or random.Random()  # noqa: S311 - spreads requests, guards nothing
        near = httpx.URL(portal).host in ("127.0.0.1", "localhost", "::1")
        self._http = httpx.Client(
            timeout=timeout,
            follow_redirects=False,
            trust_env=not near,
            headers={
                "User-Agent": f"chiso/{__version__}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            limits=httpx.Limits(max_connections=1),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, path: str, body: dict[str, Any], told: Told = lambda why, attempt, wait: None) -> Answer:
        """The answer to one question.

        Raises RefusedByPortalError, FormError (a status or a page that is no answer), NoAnswerError after
        all attempts, StoppedError.
        """
        content = msgspec.json.encode(body)
        if self.requests:
            self._rest(self._uneven(self._pause))
        for attempt in range(1, self._attempts + 1):
            try:
                return self._once(path, content)
            except _Failed as failed:
                if failed.wait > LONGEST_WAIT:
                    raise RefusedByPortalError(
                        failed.status, "", min(failed.wait, LONGEST_SILENCE)
                    ) from failed
                if attempt == self._attempts:
                    raise NoAnswerError(failed.why, attempt) from failed
                wait = max(failed.wait, min(LONGEST_WAIT, self._uneven(self._pause * 2**attempt)))
                told(failed.why, attempt, wait)
                self._rest(wait)
        raise AssertionError("there is at least one attempt")

    def _uneven(self, seconds: float) -> float:
        return seconds * self._chance.uniform(*JITTER)

    def _rest(self, seconds: float) -> None:
        if self._wait(seconds):
            raise StoppedError

    def _once(self, path: str, content: bytes) -> Answer:
        self.requests += 1
        until = time.monotonic() + 3 * self._timeout
        slow = note("why.timeout", seconds=f"{self._timeout:g}")
        body = bytearray()
        try:
            with self._http.stream("POST", self.portal + path, content=content) as came:
                for piece in came.iter_bytes():
                    body += piece
                    if len(body) > LARGEST:
                        raise FormError(note("why.large", limit=LARGEST >> 20))
                    if time.monotonic() > until:
                        raise _Failed(slow)
        except httpx.TimeoutException as error:
            raise _Failed(slow) from error
        except (httpx.RemoteProtocolError, httpx.DecodingError, httpx.ReadError) as error:
            raise _Failed(note("why.cut")) from error
        except httpx.TransportError as error:
            why = note("why.connect", detail=f"{type(error).__name__}: {error}"[:160])
            raise _Failed(why) from error
        return self._judged(came, bytes(body))

    def _judged(self, came: httpx.Response, body: bytes) -> Answer:
        status = came.status_code
        if status in REFUSALS:
            asked = retry_after(came.headers.get("retry-after"))
            raise RefusedByPortalError(status, _said(body), min(asked, LONGEST_SILENCE))
        if status >= 500 or status == 408:
            asked = retry_after(came.headers.get("retry-after"))
            raise _Failed(note("why.server", status=status), asked, status)
        if status not in TAKEN:
            said = _said(body)
            raise FormError(
                note("form.status", status=status, message=f": {said}" if said else ""), body, status
            )
        try:
            document = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if not body or (body.lstrip()[:1] in (b"{", b"[") and "truncated" in str(error)):
                raise _Failed(note("why.cut")) from error
            kind = came.headers.get("content-type", "?")[:80]
            raise FormError(note("form.no_json", type=kind), body, status) from error
        return Answer(status, body, document)


def _said(body: bytes) -> str:
    """What an answer says of itself, where it is JSON with a message; nothing of a page."""
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return ""
    found = told.get("message") if isinstance(told, dict) else None
    text = found if isinstance(found, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:200].strip()


def retry_after(value: str | None) -> int:
    """Seconds that a ``Retry-After`` asks for, as a number or a date; 0 where it says nothing."""
    if not value:
        return 0
    text = value.strip()
    if text.isdecimal():
        return min(int(text[:9]), 10**9)
    try:
        at = parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return 0
    return max(0, round(at - time.time()))
