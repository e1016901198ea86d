"""The columns of the demo's dossiers, and how quotas are met.

Quotas are exact by construction: every dossier has log-odds from its unit, its month and its procedure, a
logistic draw is added, and the wanted number of highest scores is taken.  So units differ as their habits
do, and the province ends on its figure whatever the seed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from chiso.demo.hours import Instants
from chiso.demo.world import UNTIL

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Bools = NDArray[np.bool_]

STRANGERS: Final = 6
"""Codes after the catalogue's own that no catalogue knows"""


class Kind(IntEnum):
    """What is special about a life."""

    PLAIN = 0
    SUPPLEMENT = 1  # one request, completed
    SUPPLEMENT_UNDATED = 2  # one request, never completed, ended all the same
    SECOND_REQUEST = 3
    WAITING = 4  # one request, still waiting
    REOPENED = 5
    ENDLESS = 6  # an end state without any time
    REFUSED = 7
    WITHDRAWN = 8
    STOPPED = 9
    AT_RECEIPT = 10  # closed at the instant of receipt (a sender's mistake)
    RETURNED_ONLY = 11  # only NgayTra tells the end
    REGISTERED_AGAIN = 12  # returned for supplement as state 1 (a sender's mistake)
    EXTRA_REGISTERED = 20  # not received: counts nowhere
    EXTRA_UNRECEIVED = 21  # refused before receipt: counts nowhere
    EXTRA_BEFORE = 22  # ended in 2025: outside the period


@dataclass
class Lives:
    """Dossiers as columns; instants are 0 where there is none.  Planned facts may lie after the end."""

    unit: NDArray[np.int64]
    desk: NDArray[np.int64]
    procedure: NDArray[np.int64]  # entries past the catalogue are unknown procedures
    anchor: Bools  # the one dossier that makes its procedure appear
    carried: Bools
    kind: NDArray[np.int8]
    received: Instants
    due: Instants  # NgayHenTra in the newest message; 0 not given
    first_due: Instants  # NgayHenTra in the first message
    judged_due: Instants  # what decides: NgayHenTra, or the statutory limit; NO_LIMIT
    requested: Instants
    completed: Instants
    requested_again: Instants
    ended_first: Instants  # of a reopened life
    reopened: Instants
    ended: Instants
    returned: Instants
    state: NDArray[np.int8]  # final state once ended
    late: Bools  # overdue, judged at the end of the stream
    serial: NDArray[np.int64]  # number of the day at its desk, for MaHoSo

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def counted(self) -> Bools:
        return np.asarray(self.kind < Kind.EXTRA_REGISTERED)

    @property
    def within(self) -> Bools:
        """Counted and received in the period."""
        return np.asarray(self.counted & ~self.carried)

    @property
    def closed(self) -> Bools:
        """Ended with a time by the end of the stream."""
        return np.asarray((self.ended <= UNTIL) & (self.kind != Kind.ENDLESS))


NO_LIMIT: Final = 1 << 40


T = TypeVar("T", bound="DataclassInstance")


def columns_of(table: T, rows: Instants) -> T:
    """The same columns for some rows alone; a copy."""
    return type(table)(**{field.name: getattr(table, field.name)[rows] for field in fields(table)})


def largest_remainder(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers in the proportion of the weights that sum to ``total`` exactly."""
    exact = weights / weights.sum() * total
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    whole[np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]] += 1
    return whole


def choose(
    score: NDArray[np.float64],
    among: Bools,
    count: int,
    rng: np.random.Generator,
    forced: Bools | None = None,
) -> Bools:
    """Exactly ``count`` of ``among`` (or all of it), the forced ones first, then by log-odds."""
    drawn = score + rng.logistic(size=len(score))
    if forced is not None:
        drawn = np.where(forced, np.inf, drawn)
        among = among | forced
    index = np.flatnonzero(among)
    chosen = np.zeros(len(score), bool)
    count = min(count, len(index))
    if count > 0:
        order = np.argpartition(-drawn[index], count - 1)[:count]
        chosen[index[order]] = True
    return chosen
