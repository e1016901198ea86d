"""What the ledger answers when it has taken something in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiso.intake.records import Refusal


class Position(NamedTuple):
    """How far the ledger has come: the last numbers given."""

    journal: int
    version: int
    record: int
    published: int = 0
    """the journal entry that last changed published results"""


@dataclass(slots=True)
class Taken:
    """What became of one arrival.  ``read = new + changed + same + refused``."""

    seq: int
    """its number in the journal; 0 where nothing of it was accepted"""
    kind: str
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    flagged: int = 0
    """of the new and changed ones: those that show a typical mistake"""
    refused: int = 0
    refusals: list[tuple[int, Refusal]] = field(default_factory=list)
    """the refused pieces with their numbers in quarantine"""


@dataclass(slots=True)
class Receipt:
    """What one commit took in."""

    arrivals: list[Taken]
    """one for each arrival, in their order"""
    rows: NDArray[np.void]
    """the rows of all new dossier versions, in the order of versions (``ROW``)"""
    position: Position
    kinds: frozenset[str]
    """the names (``codec.TAGS``) of records of which something new came"""
    now: int


def merge_counts(receipts: list[Taken]) -> dict[str, int]:
    """The counts of several arrivals, added up."""
    names = ("read", "new", "changed", "same", "flagged", "refused")
    return {name: sum(getattr(one, name) for one in receipts) for name in names}
