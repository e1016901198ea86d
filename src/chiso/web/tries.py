"""Attempts to sign in, slowed down by the address that they come from."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

TRIES: Final = 10
"""Wrong attempts from one address within :data:`WITHIN` seconds before more are refused."""
WITHIN: Final = 60.0
TOGETHER: Final = 40
"""Attempts of one address at the same instant: an office may sign in behind one address at eight o'clock, but
a thousand guesses sent at once are not all let through before the first is known to be wrong."""
REMEMBERED: Final = 10_000


@dataclass(slots=True)
class Attempt:
    """One attempt; whoever looked at it says whether it was wrong."""

    wrong: bool = False


class Tries:
    """The wrong attempts of the last minute, and those that are looked at now."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._wrong: dict[str, list[float]] = {}
        self._now: dict[str, int] = {}

    @contextmanager
    def attempt(self, address: str) -> Iterator[Attempt | None]:
        """An attempt from an address; ``None`` where it has to wait."""
        with self._lock:
            since = time.monotonic() - WITHIN
            wrong = [at for at in self._wrong.get(address, ()) if at > since]
            together = self._now.get(address, 0)
            may = len(wrong) < TRIES and together < TOGETHER
            if may:
                self._now[address] = together + 1
        if not may:
            yield None
            return
        made = Attempt()
        try:
            yield made
        finally:
            with self._lock:
                self._now[address] -= 1
                if not self._now[address]:
                    del self._now[address]
                if made.wrong:
                    self._note(address)

    def _note(self, address: str) -> None:
        now = time.monotonic()
        self._wrong[address] = [at for at in self._wrong.get(address, ()) if now - at < WITHIN] + [now]
        if len(self._wrong) > REMEMBERED:
            self._wrong = {who: at for who, at in self._wrong.items() if now - at[-1] < WITHIN}
