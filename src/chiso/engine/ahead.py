"""The next piece is read while the last one is being worked on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")


def ahead(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces in the same order, each asked for in a thread while the one before is in use.

    Reading and unpacking leave the interpreter to others, so that on two cores they cost no time.
    """
    source = iter(pieces)
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader:
        waiting = reader.submit(next, source, None)
        while (piece := waiting.result()) is not None:
            waiting = reader.submit(next, source, None)
            yield piece
