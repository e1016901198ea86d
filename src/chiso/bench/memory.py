"""A process of its own that opens data folders and says how long that took and what it then holds."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import msgspec

from chiso.bench.timing import clock, resident
from chiso.folder import DataFolder


class Held(msgspec.Struct):
    """What opening a folder cost."""

    dossiers: int
    seconds: float
    bytes: int


def held(folder: Path) -> Held:
    """Opens a folder as a server does."""
    began = clock()
    with DataFolder.open(folder, standing=True) as opened:
        seconds = clock() - began
        gc.collect()
        return Held(len(opened.standing.roster), seconds, resident())


def asked(folder: Path) -> Held:
    """:func:`held` in a fresh process."""
    done = subprocess.run(
        (sys.executable, "-m", "chiso.bench.memory", str(folder)), capture_output=True, check=True
    )
    return msgspec.json.decode(done.stdout, type=Held)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(held(Path(sys.argv[1]))))
