"""National messages of full length, as the demo's senders write them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from chiso.demo import stream
from chiso.demo.stream import Province
from chiso.demo.world import UNTIL

TOGETHER: Final = 500
"""Messages in one envelope."""


@lru_cache(maxsize=2)
def province(dossiers: int) -> Province:
    """The demo's province with at least so many dossiers (a few more count nowhere)."""
    return stream.make(max(dossiers, 500))


def dossiers(count: int) -> list[bytes]:
    """So many messages, one a dossier, each with all that is known at the end of the demo's year."""
    encoder = province(count).encoder
    chosen = np.arange(count)
    return encoder.dossiers(chosen, np.full(count, UNTIL))


def write(path: Path, messages: list[bytes]) -> int:
    """A file of envelopes, one a line.  Gives its size in bytes."""
    with path.open("wb") as file:
        for start in range(0, len(messages), TOGETHER):
            data = b",".join(messages[start : start + TOGETHER])
            file.write(b'{"session":"","madonvi":"H01","service":"DongBoHoSoMC","data":[' + data + b"]}\n")
        return file.tell()


def journal(count: int) -> Iterator[bytes]:
    """The demo's own year with so many dossiers: small envelopes, most of the items steps."""
    return stream.lines(province(count))


def write_journal(path: Path, count: int, lines: int) -> None:
    """The first lines of such a year."""
    with path.open("wb") as file:
        file.writelines(islice(journal(count), lines))
