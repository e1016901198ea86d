"""Answers for thousands of readers: rendered once, kept as bytes, renewed when figures have changed.

A kept answer is given at once.  Once it is some seconds old it is looked at: where nothing has changed it
stays, otherwise it is made anew behind the readers' backs, one answer at a time and never for more than a
quarter of the time, so that taking in messages does not suffer.  Nobody is given an answer older than
:data:`OLDEST`.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

OLDEST: Final = 30.0
"""Seconds after which readers wait for a new answer rather than being given the old one."""
UNCHANGED: Final = 60.0
"""Seconds after which an answer is made anew though nothing has changed: it says the time."""
REST: Final = 3.0
"""Seconds of rest for every second of making, before an answer that somebody has already is made anew."""
MOST: Final = 512
"""Answers kept; those asked for least lately go first."""
LEAST_PACKED: Final = 1024
MOST_MAKING: Final = 64
"""Different answers waited for at once; whoever asks for another is asked to come back."""

log = structlog.get_logger(__name__)


class BusyError(RuntimeError):
    """Too many different answers are waited for."""


@dataclass(frozen=True, slots=True)
class Made:
    """An answer as it is made: its bytes and what they are."""

    body: bytes
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Kept:
    """An answer that is kept."""

    made: Made
    packed: bytes | None
    """compressed with gzip; ``None`` where that is not worth it"""
    tag: str
    """its entity tag (RFC 9110), the same for both"""
    mark: Hashable
    made_at: float
    seen_at: float
    """when it was last found to be good"""


class Keep:
    """The answers of one process.  Everything but ``make`` runs in the event loop.

    Args:
        seconds: for which an answer is given without looking whether anything changed; 0: nothing is kept.
        mark: what changes whenever figures may have.
        clock: seconds, for tests.
    """

    def __init__(
        self, seconds: float, mark: Callable[[], Hashable], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._mark = mark
        self._clock = clock
        self._held: OrderedDict[Hashable, Kept] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Kept]] = {}
        self._turn = asyncio.Semaphore(1)
        self._rests_until = 0.0
        self.made = 0
        """answers made so far"""
        self.given = 0
        """answers given so far"""

    async def get(self, key: Hashable, make: Callable[[], Made]) -> Kept:
        """The answer of a key.  What ``make`` raises is raised to everybody who waits, and not kept."""
        self.given += 1
        if self._seconds <= 0:
            return await asyncio.to_thread(self._new, make)
        held = self._held.get(key)
        now = self._clock()
        if held is not None:
            self._held.move_to_end(key)
            if now - held.seen_at < self._seconds:
                return held
            if now - held.made_at < UNCHANGED and self._mark() == held.mark:
                held.seen_at = now
                return held
            if now - held.seen_at < OLDEST:
                if key not in self._making and now >= self._rests_until:
                    self._begin(key, make)
                return held
        if key not in self._making and len(self._making) >= MOST_MAKING:
            raise BusyError
        task = self._making.get(key) or self._begin(key, make)
        return await asyncio.shield(task)

    def _begin(self, key: Hashable, make: Callable[[], Made]) -> asyncio.Task[Kept]:
        task = asyncio.create_task(self._renew(key, make))
        self._making[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: Hashable, task: asyncio.Task[Kept]) -> None:
        self._making.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None and key in self._held:
            log.warning("public_answer_failed", error=type(error).__name__)
            self._held.pop(key, None)

    async def _renew(self, key: Hashable, make: Callable[[], Made]) -> Kept:
        async with self._turn:
            began = self._clock()
            found = await asyncio.to_thread(self._new, make)
            self._rests_until = self._clock() + REST * (self._clock() - began)
        self._held[key] = found
        self._held.move_to_end(key)
        while len(self._held) > MOST:
            self._held.popitem(last=False)
        return found

    def _new(self, make: Callable[[], Made]) -> Kept:
        mark, now = self._mark(), self._clock()
        made = make()
        packed = gzip.compress(made.body, 6, mtime=0) if len(made.body) >= LEAST_PACKED else None
        tag = f'W/"{hashlib.blake2b(made.body, digest_size=12).hexdigest()}"'
        self.made += 1
        return Kept(made, packed, tag, mark, now, now)


def matches(asked: str, tag: str) -> bool:
    """Whether an If-None-Match names the tag; weak and strong forms are the same to it."""
    bare = tag.removeprefix("W/")
    return asked.strip() == "*" or any(one.strip().removeprefix("W/") == bare for one in asked.split(","))


def takes_gzip(asked: str) -> bool:
    """Whether an Accept-Encoding takes gzip."""
    for one in asked.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def headers_of(kept: Kept, seconds: float) -> dict[str, Any]:
    """What goes with a kept answer so that browsers and proxies may keep it too."""
    lifetime = max(1, int(seconds))
    return {
        "ETag": kept.tag,
        "Cache-Control": f"public, max-age={lifetime}, stale-while-revalidate={int(OLDEST)}",
        "Vary": "Accept-Encoding",
        **kept.made.headers,
    }
