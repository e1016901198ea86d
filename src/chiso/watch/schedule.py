"""When the portal is asked: once a day at an hour, or every so many hours; never by two at a time."""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chiso.folder.settings import SettingError
from chiso.instants import DAY, day_of, midnight

LOCK: Final = "watch.lock"
"""In the data folder: held while a run asks."""
TRIES: Final = 5
AGAIN_AFTER: Final = 3600
"""Seconds after which a run that could not have everything is gone on with, within its own turn."""


class BusyError(BlockingIOError):
    """Another watch of this data folder is at work."""


@dataclass(frozen=True)
class Schedule:
    """``at``: seconds after midnight, once a day; or ``every`` so many hours, from midnight on."""

    at: int = 6 * 3600
    every: int = 0

    @classmethod
    def of(cls, hour: str | None = None, every: int | None = None) -> Schedule:
        """Reads ``06:00`` or a number of hours.  :class:`SettingError` where neither can be read."""
        if every is not None:
            if not 1 <= every <= 24:
                raise SettingError(f"hours between two runs are 1 to 24, not {every}")
            return cls(every=every)
        found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", ("06:00" if hour is None else hour).strip())
        if not found:
            raise SettingError(f"an hour is written 06:00, not {hour!r}")
        return cls(at=int(found[1]) * 3600 + int(found[2]) * 60)

    @classmethod
    def read(cls, text: str) -> Schedule:
        """The setting ``watch``: ``06:00``, or ``6`` for every six hours."""
        return cls.of(every=int(text)) if text.strip().isdecimal() else cls.of(hour=text)

    def since(self, now: int) -> int:
        """The beginning of the turn in which an instant lies: what was answered since is not asked again."""
        start = midnight(day_of(now))
        return start + (now - start) // (self.every * 3600) * self.every * 3600 if self.every else start

    def due(self, now: int) -> bool:
        """Whether the turn of now has begun to ask."""
        return bool(self.every) or now >= midnight(day_of(now)) + self.at

    def next(self, now: int) -> int:
        """The first instant after now at which a turn begins to ask."""
        start = midnight(day_of(now))
        if self.every:
            return min(self.since(now) + self.every * 3600, start + DAY)
        return start + self.at if now < start + self.at else start + DAY + self.at

    def after(self, now: int, state: str, silent_until: int = 0) -> int:
        """When to ask next after a run that ended in ``state``.

        What could not be had is asked for again within the turn, an hour later; after a refusal or another
        form of the answers, not before the next turn, nor before the portal wants to be asked again.
        """
        if state in ("failed", "incomplete"):
            return max(min(now + AGAIN_AFTER, self.next(now)), silent_until)
        if state == "silent":
            return max(silent_until, now)
        return max(self.next(now), silent_until)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the data folder's lock for watching.  BusyError where another process does."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        for attempt in range(TRIES):  # whoever only looks holds it for a moment
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if attempt == TRIES - 1:
                    raise BusyError("another chiso watch of this data folder is at work") from error
                time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def at_work(folder: Path) -> bool:
    """Whether a watch of this data folder is asking now."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
