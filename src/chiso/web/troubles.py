"""What is wrong with this server right now, for its pages, for whoever watches it and for the log."""

from __future__ import annotations

import threading
import time
from typing import Final, NamedTuple

import structlog

from chiso.folder import DataFolder
from chiso.folder.data import newest_known
from chiso.ledger.writer import Writer, told

PROBE_EVERY: Final = 5.0
"""Seconds between two attempts to write where writing has failed."""
AHEAD: Final = 120
"""Seconds by which the newest message may be later than now before the clock is wrong."""
PROBE: Final = "probe"
ROOM: Final = 1 << 18
"""Bytes that the attempt writes: on a disk that is nearly full a few may still go, and no batch."""
ORDER: Final = ("unread", "unwritten", "clock")
"""The gravest first."""

log = structlog.get_logger(__name__)


class Trouble(NamedTuple):
    """Something that is wrong."""

    kind: str
    """``unread``: the ledger cannot be read; ``unwritten``: nothing can be accepted; ``clock``: now is
    earlier than what has been received"""
    since: int
    """wall clock"""
    said: str
    """for an engineer"""

    def __str__(self) -> str:
        return self.said


class Troubles:
    """Keeps what is wrong until it is well again.  Looked at by the thread that keeps time."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._held: dict[str, Trouble] = {}
        self._lock = threading.Lock()
        self._probed_at = 0.0

    @property
    def worst(self) -> Trouble | None:
        """The one that is told, if any."""
        with self._lock:
            return next((self._held[kind] for kind in ORDER if kind in self._held), None)

    def read(self, error: Exception | None) -> None:
        """How the last reading of the ledger went."""
        if error is None:
            self._note("unread", "")
        else:
            why = told(error)
            self._note("unread", f"the ledger cannot be read: {why.get('said', why['error'])}")

    def look(self, writer: Writer | None) -> None:
        """Looks whether writing works again where it did not, and whether the clock can be right."""
        now = time.monotonic()
        if now - self._probed_at < PROBE_EVERY:
            return
        self._probed_at = now
        newest = newest_known(self._folder)
        ahead = 0 if newest is None else newest - self._folder.now()
        words = (
            f"the newest message came {ahead} s after now: the clock was or is wrong" if ahead > AHEAD else ""
        )
        self._note("clock", words)
        if writer is not None and writer.trouble:
            try:
                self._folder.ledger.meta.set(PROBE, "." * ROOM)
                self._folder.ledger.meta.set(PROBE, None)
                writer.trouble = ""
            except Exception as error:
                log.warning("still_unwritten", **told(error))

    def written(self, writer: Writer | None) -> None:
        """How the last commit went."""
        self._note("unwritten", writer.trouble if writer is not None else "")

    def _note(self, kind: str, said: str) -> None:
        with self._lock:
            held = self._held.get(kind)
            if not said:
                if self._held.pop(kind, None) is not None:
                    log.warning("well_again", trouble=kind)
            elif held is None:
                self._held[kind] = Trouble(kind, int(time.time()), said)
                log.error("trouble", trouble=kind, said=said)
