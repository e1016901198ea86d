"""Sets of dossiers, as sorted arrays of their numbers: numbers are small, so that tables beat sorting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Columns

Numbers = NDArray[np.int64]

NONE: Final[Numbers] = np.empty(0, np.int64)


def placed(numbers: Iterable[int]) -> Numbers:
    """A set of a few numbers."""
    return np.array(sorted(set(numbers)), np.int64)


def distinct(*parts: NDArray[np.integer]) -> Numbers:
    """All numbers of some arrays, each once."""
    top = max((int(part.max(initial=-1)) for part in parts), default=-1)
    held = np.zeros(top + 1, bool)
    for part in parts:
        held[part] = True
    return np.flatnonzero(held)


def common(one: Numbers, other: Numbers) -> Numbers:
    """Those of a set that are in another one."""
    return one[np.isin(one, other, kind="table")] if one.size and other.size else NONE


def without(one: Numbers, other: Numbers) -> Numbers:
    """Those of a set that are not in another one."""
    return one[np.isin(one, other, kind="table", invert=True)] if one.size and other.size else one


def only(rows: Columns, numbers: Numbers) -> Columns:
    """The rows of some dossiers."""
    if not numbers.size or not rows.size:
        return rows.take(slice(0, 0))
    return rows.take(np.isin(rows["dossier"], numbers, kind="table"))
