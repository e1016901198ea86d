"""The small files of a data folder that people change: one change at a time, whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from chiso.ledger.keys import to_disk

LOCK: Final = ".by-hand.lock"


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """While this is held no other process or thread reads such a file in order to change it."""
    with (folder / LOCK).open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def replace(path: Path, text: str, check: Callable[[Path], object] | None = None) -> None:
    """Writes a file aside, has it looked at, and puts it in its place; its rights stay, a new one is 0600.

    Whatever ``check`` raises about the file that is to come leaves the old one as it was.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if check is not None:
            check(fresh)
        if path.is_file():
            fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
        to_disk(path.parent)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
