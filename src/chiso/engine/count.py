"""Records to counts: the one counting function.

``count(rows, ground, periods, at)`` gives whole numbers per unit and period, and per unit and procedure
where the law asks for distinct procedures.  It is additive in the rows: subtract it over the old rows of the
dossiers that changed, add it over their new rows, and standing counts stay equal to a count of everything.

Every row and period in which the dossier counts is a *pair*; the law's predicates are evaluated once over all
pairs of a part, each judged at its own period's instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Columns
from chiso.instants import NEVER, Period
from chiso.intake.records import Has
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.ground import Ground

Counts = NDArray[np.int64]

VISIBLE_WHEN_PAST: Final = frozenset(
    {"ended_at", "requested_at", "completed_at", "second_requested_at", "dissatisfied_at", "stored_at"}
)
"""Instants that have not happened at J are unknown at J."""

HAS_BITS: Final = {
    "result_file": Has.RESULT_FILE,
    "component_file": Has.COMPONENT_FILE,
    "component_digitised": Has.COMPONENT_DIGITISED,
    "component_reused": Has.COMPONENT_REUSED,
    "component_from_store": Has.COMPONENT_FROM_STORE,
    "digitised_flag": Has.DIGITISED_FLAG,
    "vneid": Has.VNEID,
    "fee_listed": Has.FEE_LISTED,
    "fee_nonzero": Has.FEE_NONZERO,
    "synced": Has.SYNCED,
}


@dataclass(frozen=True)
class Window:
    """Periods as arrays, with the instant at which each is judged."""

    periods: tuple[Period, ...]
    start: Counts
    judged_at: Counts

    @classmethod
    def of(cls, periods: Sequence[Period], at: int) -> Window:
        return cls(
            tuple(periods),
            np.array([period.start for period in periods], np.int64),
            np.array([period.judged_at(at) for period in periods], np.int64),
        )

    def __len__(self) -> int:
        return len(self.periods)

    def at(self, index: int) -> Window:
        """One period alone."""
        return Window(self.periods[index : index + 1], self.start[index : index + 1],
                      self.judged_at[index : index + 1])  # fmt: skip

    def only(self, chosen: np.ndarray) -> Window:
        index = np.flatnonzero(chosen)
        return Window(tuple(self.periods[i] for i in index), self.start[index], self.judged_at[index])


class Pairs(Mapping[str, np.ndarray]):
    """The columns of the law (docs/architecture.md) over pairs of a row and a period, gathered when asked."""

    def __init__(
        self,
        rows: Columns,
        window: Window,
        row: np.ndarray,
        period: np.ndarray,
        ground: Ground,
        instead: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        """``instead``: stored columns over the pairs that are not those of the rows."""
        self.rows, self.window, self.row, self.period, self.ground = rows, window, row, period, ground
        self._known: dict[str, np.ndarray] = {
            f"raw {name}": values for name, values in (instead or {}).items()
        }

    def __len__(self) -> int:
        return len(self.row)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __getitem__(self, name: str) -> np.ndarray:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._gather(name)
        return found

    def raw(self, name: str) -> np.ndarray:
        """A stored column over the pairs."""
        key = f"raw {name}"
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self.rows[name][self.row]
        return found

    def _gather(self, name: str) -> np.ndarray:
        found: np.ndarray
        if name == "judged_at":
            found = self.window.judged_at[self.period]
            return found
        if name == "period_start":
            found = self.window.start[self.period]
            return found
        if name in VISIBLE_WHEN_PAST:
            values = self.raw(name)
            return np.where(values <= self["judged_at"], values, NEVER)
        if name in HAS_BITS:
            found = (self.raw("has") & np.uint32(HAS_BITS[name])) != 0
            return found
        if name == "population_database":
            found = self.ground.population_database[self.raw("databases")]
            return found
        if name in self.ground.procedure_columns:
            found = self.ground.procedure_columns[name][self.raw("procedure")]
            return found
        if name in ("channel", "filed", "payment", "subject"):
            return self.raw(name).astype(np.int64)
        return self.raw(name)

    def unit(self) -> np.ndarray:
        """The unit that each pair counts at: as read, or its successor in the tree of the period."""
        return self.ground.counted_at(self.raw("unit_index"), self.period, self.window)


FEW: Final = 1 << 14
"""Rows times periods that are best looked at all at once."""


def in_period(rows: Columns, start: int | Counts, judged: int | Counts) -> np.ndarray:
    """Which rows are in a period that has begun, judged at an instant of it."""
    received, ended = rows["received_at"], rows["ended_at"]
    # a dossier received in the period and dated as ended before it still belongs to it
    inside: np.ndarray = (received < judged) & ((ended >= start) | (received >= start))
    inside &= (rows["judged_from"] <= judged) & (rows["judged_to"] > judged)
    return inside


def pairs_of(rows: Columns, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Rows and periods in which they are in the period, as parallel index arrays.

    In the period: received in [start, J), or before start and not ended before start; and the row's span is
    the one in force at J (formula document, 2.1).
    """
    if rows.size * len(window) <= FEW:
        period, row = np.nonzero(
            in_period(rows, window.start[:, None], window.judged_at[:, None])
            & (window.judged_at > window.start)[:, None]
        )
        return row, period
    found_rows: list[np.ndarray] = []
    found_periods: list[np.ndarray] = []
    for index, (start, judged) in enumerate(
        zip(window.start.tolist(), window.judged_at.tolist(), strict=True)
    ):
        if judged <= start:
            continue  # the period has not begun
        inside = in_period(rows, start, judged)
        chosen = np.flatnonzero(inside)
        if chosen.size:
            found_rows.append(chosen)
            found_periods.append(np.full(chosen.size, index, np.intp))
    if not found_rows:
        nothing = np.empty(0, np.intp)
        return nothing, nothing
    return np.concatenate(found_rows), np.concatenate(found_periods)


@dataclass
class Tally:
    """Whole numbers: what one count found.

    ``cells[c, p, u]``: counter c of the law's plan, period p, unit u (the unit itself, not its subtree).
    ``distinct``: for each procedure counter, keys ``(p * units + u) * terms + procedure`` and how many
    dossiers of that unit and procedure have it.
    """

    cells: Counts
    distinct: list[tuple[Counts, Counts]] = field(default_factory=list)

    @classmethod
    def empty(cls, ground: Ground, window: Window) -> Tally:
        return cls(np.zeros((len(ground.plan.cells), len(window), ground.unit_count), np.int64))

    def minus(self, other: Tally) -> Tally:
        """The difference of two counts; keys of procedures may then come twice."""
        return Tally(
            self.cells - other.cells,
            [
                (np.concatenate([keys, gone]), np.concatenate([times, -less]))
                for (keys, times), (gone, less) in zip(self.distinct, other.distinct, strict=True)
            ],
        )


def count_pairs(pairs: Pairs, ground: Ground) -> Tally:
    """Counts over given pairs.  Additive: the counts of two sets of pairs are the sum of both."""
    plan, window = ground.plan, pairs.window
    units = ground.unit_count
    spots = len(window) * units
    cells = np.zeros((len(plan.cells), spots), np.int64)
    unit = pairs.unit()
    spot = pairs.period * units + unit
    evaluator = Evaluator(pairs, len(pairs))
    received = pairs["received_at"] >= pairs["period_start"]
    for index, counter in enumerate(plan.cells):
        chosen: np.ndarray | None = evaluator.true(counter.where) if counter.where is not None else None
        if counter.received_only:
            chosen = received if chosen is None else chosen & received
        if counter.value is None:
            where = spot if chosen is None else spot[chosen]
            cells[index] = np.bincount(where, minlength=spots)
        else:
            values, null = evaluator.number(counter.value)
            chosen = ~null if chosen is None else chosen & ~null
            np.add.at(cells[index], spot[chosen], values[chosen])
    tally = Tally(cells.reshape(len(plan.cells), len(window), units))
    terms = ground.term_room
    for asked in plan.procedures:
        chosen = evaluator.true(asked.where)
        if asked.received_only:
            chosen = chosen & received
        keys = spot[chosen] * terms + pairs.raw("procedure")[chosen]
        if keys.size:
            distinct, times = np.unique(keys, return_counts=True)
            tally.distinct.append((distinct, times.astype(np.int64)))
        else:
            tally.distinct.append((np.empty(0, np.int64), np.empty(0, np.int64)))
    return tally


def count(rows: Columns, ground: Ground, window: Window) -> Tally:
    """The counting function over rows that fit in memory at once (a batch, or a part of a roster)."""
    row, period = pairs_of(rows, window)
    return count_pairs(Pairs(rows, window, row, period, ground), ground)
