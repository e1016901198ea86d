"""The clock that a data folder may carry: a demo's year passes at its own pace."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from chiso.ledger.meta import Meta

_KEY = "clock"


class Clock(Struct, frozen=True):
    """``instant`` is now: for good, or since the wall clock's instant ``since``, ``rate`` times as fast."""

    instant: int
    since: int | None = None
    rate: int = 1

    def now(self, wall: int) -> int:
        """The folder's now, where the wall clock says ``wall``."""
        if self.since is None:
            return self.instant
        return self.instant + (wall - self.since) * self.rate


class ClockStore:
    """The folder's clock, kept in the ledger so that every process takes the same now."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    def get(self) -> Clock | None:
        """``None``: the folder has no clock of its own."""
        found = self._meta.get(_KEY)
        return None if found is None else msgspec.json.decode(found, type=Clock)

    def set(self, clock: Clock | None) -> None:
        self._meta.set(_KEY, None if clock is None else msgspec.json.encode(clock).decode())
