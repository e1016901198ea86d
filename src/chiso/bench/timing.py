"""Measuring: medians, and what this machine can do at best."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

Found = TypeVar("Found")

LONG: Final = 2.0
"""What takes longer than this many seconds is not repeated as often."""
SCANNED: Final = 256 << 20


def clock() -> float:
    """Seconds, for differences."""
    return time.perf_counter()


def timed(work: Callable[[], Found], repeats: int = 1) -> tuple[float, Found]:
    """Median seconds of ``work``, and what it gave last.  Long work is done three times at most."""
    taken: list[float] = []
    while True:
        began = clock()
        found = work()
        taken.append(clock() - began)
        if len(taken) >= (min(repeats, 3) if sum(taken) > LONG else repeats):
            return statistics.median(taken), found


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of them lies; the greatest where there are few."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def load_average() -> float:
    """Processes that wanted to run over the last minute: other work, where asked before we begin."""
    return os.getloadavg()[0]


def scan_rate() -> float:
    """Bytes a second that one thread reads from memory and adds up."""
    block = np.ones(SCANNED // 8, np.int64)
    seconds, _ = timed(lambda: int(block.sum()), 5)
    return SCANNED / seconds


def append_rate(folder: Path | None = None, size: int = 4096, repeats: int = 64) -> float:
    """Appends a second to a file, each made durable (fdatasync) before the next."""
    with tempfile.TemporaryFile(dir=folder) as file:
        block = os.urandom(size)

        def append() -> None:
            file.write(block)
            file.flush()
            os.fdatasync(file.fileno())

        seconds, _ = timed(append, repeats)
    return 1 / seconds


def resident() -> int:
    """Bytes of memory that this process has resident, files mapped in left out."""
    held = {}
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in ("VmRSS", "RssFile"):
            held[name] = int(rest.split()[0]) * 1024
    return held["VmRSS"] - held.get("RssFile", 0)
