"""Who listens to which unit, and when there is something new to tell.

One thread asks the folder; listeners belong to the event loop and are woken in it.  An event tells the whole
score, so a listener that was away needs only the newest one.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import structlog

from chiso.folder import DataFolder, QuestionError
from chiso.folder.data import newest_known
from chiso.instants import iso

LEAST_APART: Final = 0.25
"""Seconds between two score events of a unit: at most four a second."""
FRESH_APART: Final = 1.0
"""Seconds between two words about freshness."""
LOOK_EVERY: Final = 0.5
"""Seconds after which things are looked at without having been woken: due times pass by themselves."""
QUIET_AFTER: Final = 3600

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Listener:
    """One open stream.  ``event`` belongs to ``loop``."""

    loop: asyncio.AbstractEventLoop
    event: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        # A loop that has closed has no listeners left to wake.
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.event.set)


@dataclass(eq=False)
class Channel:
    """The score of one unit and period as told last."""

    unit: str
    period: str | None
    listeners: set[Listener] = field(default_factory=set)
    identity: str = ""
    """changes whenever any n, d or point does: the event's id"""
    text: str = ""
    told_at: float = 0.0


def identity_of(score: dict[str, Any]) -> str:
    """A name of what a score says: equal as long as total, groups and indicators are."""
    said = msgspec.json.encode(
        [
            score.get("total"),
            score.get("exact"),
            score.get("groups"),
            score.get("indicators"),
            score.get("law_version"),
        ]
    )
    return hashlib.blake2b(said, digest_size=8).hexdigest()


class Hub:
    """Tells listeners what changed.  ``start`` and ``stop`` frame its thread."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._channels: dict[tuple[str, str | None], Channel] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.fresh = ""
        """what is said about freshness, as JSON"""
        self._fresh_at = 0.0
        self.told = 0
        """score events told, one a channel"""

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="stream-hub", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and all streams."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            listeners = [one for channel in self._channels.values() for one in channel.listeners]
        for one in listeners:
            one.wake()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def changed(self) -> None:
        """Counts may have moved."""
        self._woken.set()

    def score(self, unit: str, period: str | None) -> dict[str, Any]:
        """The score of a channel.  Raises QuestionError for a unit that is not known."""
        return self._folder.score(unit, period=period)

    def join(self, unit: str, period: str | None, listener: Listener) -> Channel:
        """Begins to listen; the channel has something to tell at once."""
        score = self.score(unit, period)
        key = (str(score["unit"]), period)
        with self._lock:
            channel = self._channels.get(key)
            if channel is None:
                channel = self._channels[key] = Channel(*key)
            if not channel.listeners:
                self._say(channel, score, time.monotonic())
            channel.listeners.add(listener)
        if not self.fresh:
            self._say_fresh(time.monotonic())
        return channel

    def leave(self, channel: Channel, listener: Listener) -> None:
        with self._lock:
            channel.listeners.discard(listener)
            if not channel.listeners:
                self._channels.pop((channel.unit, channel.period), None)

    @property
    def listeners(self) -> int:
        with self._lock:
            return sum(len(channel.listeners) for channel in self._channels.values())

    def _say(self, channel: Channel, score: dict[str, Any], at: float) -> bool:
        identity = identity_of(score)
        if identity == channel.identity:
            return False
        channel.identity = identity
        channel.text = msgspec.json.encode(score).decode()
        channel.told_at = at
        self.told += 1
        return True

    def _say_fresh(self, at: float) -> bool:
        self._fresh_at = at
        newest = newest_known(self._folder)
        now = self._folder.now()
        said = msgspec.json.encode(
            {
                "newest": iso(newest),
                "quiet": newest is None or now - newest > QUIET_AFTER,
                "loading": self._folder.loading_progress(),
            }
        ).decode()
        if said == self.fresh:
            return False
        self.fresh = said
        return True

    def _run(self) -> None:
        wait = LOOK_EVERY
        while not self._stopping.is_set():
            self._woken.wait(wait)
            self._woken.clear()
            if self._stopping.is_set():
                return
            try:
                wait = self._round()
            except Exception:
                log.exception("stream_round_failed")
                wait = LOOK_EVERY

    def _round(self) -> float:
        """Tells everybody what is new; gives the seconds after which to look again."""
        with self._lock:
            channels = [channel for channel in self._channels.values() if channel.listeners]
        if not channels:
            return LOOK_EVERY
        self._folder.tick()
        wait = LOOK_EVERY
        woken: set[Listener] = set()
        for channel in channels:
            now = time.monotonic()
            left = channel.told_at + LEAST_APART - now
            if left > 0:
                wait = min(wait, left)
                continue
            try:
                score = self.score(channel.unit, channel.period)
            except QuestionError:
                continue  # the unit has gone since
            with self._lock:
                if self._say(channel, score, now):
                    woken |= channel.listeners
        now = time.monotonic()
        if now - self._fresh_at >= FRESH_APART and self._say_fresh(now):
            for channel in channels:
                woken |= set(channel.listeners)
        for listener in woken:
            listener.wake()
        return wait
