"""Data folders to ask: the demo's province in small, loaded through the file door."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from chiso.commands.loading import Outcome, opened
from chiso.demo import stream
from chiso.demo.world import UNTIL
from chiso.ledger.clock import Clock


@cache
def journal(dossiers: int, seed: int = 766) -> tuple[tuple[int, bytes], ...]:
    """(instant, line) of the demo's whole stream."""
    return tuple(stream.timed_lines(stream.make(dossiers, seed)))


def load_lines(folder: Path, lines: list[bytes], now: int = UNTIL) -> Outcome:
    """Loads journal lines into a folder whose clock stands still at ``now``."""
    with opened(folder) as target:
        target.ledger.clock.set(Clock(now))
        source = io.BytesIO(b"".join(lines))
        source.name = "journal.jsonl"
        return target.load([source])


def build(folder: Path, dossiers: int, seed: int = 766) -> Path:
    """A folder with a small province as known at the end of the demo's year."""
    outcome = load_lines(folder, [line for _, line in journal(dossiers, seed)])
    assert outcome.counts["refused"] == 0
    return folder
