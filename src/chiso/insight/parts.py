"""What an indicator of a unit is made of: its n and d, part by part, summing exactly.

Dossiers are counted by the unit that handles them and by procedure; indicators of procedures, announcements
and publications by procedure; petitions and synchronised dossiers by unit.  Points lost are shared over these
parts, and a change is split into theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.engine import procedures as registers
from chiso.engine.board import UNKNOWN
from chiso.engine.petitions import REGISTERS as PETITIONS
from chiso.folder.drill import subtree_mask

if TYPE_CHECKING:
    from chiso.engine.board import Board
    from chiso.engine.cells import Cells
    from chiso.engine.columns import Array
    from chiso.engine.count import Counts
    from chiso.engine.ground import Ground
    from chiso.law.model import Indicator


@dataclass(frozen=True)
class Parts:
    """The parts of one indicator of one unit."""

    keys: np.ndarray
    """what tells the parts of one indicator apart, also between two counts"""
    unit: Array
    """where each lies: the unit of a part, or the lowest unit under which all lie that it concerns"""
    procedure: np.ndarray
    """codes; empty where a part is no procedure's"""
    n: Counts
    d: Counts

    def __len__(self) -> int:
        return len(self.n)

    @property
    def missed(self) -> Counts:
        """What is missing to the whole, of each part."""
        found: Counts = np.maximum(self.d - self.n, 0)
        return found

    def take(self, some: np.ndarray) -> Parts:
        """Some of the parts."""
        return Parts(self.keys[some], self.unit[some], self.procedure[some], self.n[some], self.d[some])

    def with_one(self, unit: int) -> Parts:
        """The parts and one more, which stands for what none of them missed."""
        one = whole(unit, 0, 0)
        return Parts(
            np.concatenate([self.keys, one.keys]),
            np.concatenate([self.unit, one.unit]),
            np.concatenate([self.procedure, one.procedure]),
            np.concatenate([self.n, one.n]),
            np.concatenate([self.d, one.d]),
        )


def _parts(keys: Any, unit: Any, procedure: Any, n: Any, d: Any) -> Parts:
    return Parts(
        np.asarray(keys),
        np.asarray(unit, np.int64),
        np.asarray(procedure, object),
        np.asarray(n, np.int64),
        np.asarray(d, np.int64),
    )


EMPTY: Final = _parts(np.empty(0, np.int64), [], [], [], [])


def whole(unit: int, n: int, d: int) -> Parts:
    """Numbers of a unit that cannot be told apart any further."""
    return _parts([-1], [unit], [""], [n], [d])


def parts_of(cells: Cells, board: Board, unit: int, indicator: str) -> Parts:
    """The parts of an indicator of a unit, which sum to the board's n and d.

    Nothing where it has no data.  Below the province an inherited indicator has the province's parts.
    """
    ground, one = cells.ground, cells.ground.law.indicators[indicator]
    place = list(ground.law.indicators).index(indicator)
    n, d = int(board.n[unit, place]), int(board.d[unit, place])
    if UNKNOWN in (n, d) or d == 0:
        return EMPTY
    if one.below_province == "inherited":
        unit = int(ground.province_of[unit])
    found = _made(cells, board, unit, one, place)
    if found is None or (int(found.n.sum()), int(found.d.sum())) != (n, d):
        return whole(unit, n, d)
    return found


def _made(cells: Cells, board: Board, unit: int, one: Indicator, place: int) -> Parts | None:
    if one.n is None or one.d is None:
        return None
    if one.n.kind == "procedures_with" and one.d.kind == "register":
        return _of_procedures(cells, unit, one)
    if one.n.kind == "register":
        return _of_registers(cells, unit, one.n.register, one.d.register)
    if one.d.kind == "register":
        return _by_unit(cells.ground, board, unit, place)
    return _of_dossiers(cells, unit, one.id)


def _of_dossiers(cells: Cells, unit: int, indicator: str) -> Parts | None:
    readings = cells.ground.plan.readings[indicator]
    if any(reading is None or reading.kind != "cell" or reading.at_least for reading in readings):
        return None
    n, d = (cells.counts[reading.index] for reading in readings if reading is not None)
    inside = subtree_mask(cells.ground, unit, cells.judged_at)
    some = np.flatnonzero(inside[cells.unit] & ((n != 0) | (d != 0)))
    terms = np.array(cells.ground.terms, object)
    return Parts(cells.pairs[some], cells.unit[some], terms[cells.procedure[some]], n[some], d[some])


def _of_procedures(cells: Cells, unit: int, one: Indicator) -> Parts | None:
    """Procedures of a register, each with whether it has a dossier as asked anywhere below the unit."""
    ground = cells.ground
    reading, _ = ground.plan.readings[one.id]
    assert reading is not None
    assert one.d is not None
    if one.d.register not in registers.APPLYING:
        return None
    inside = subtree_mask(ground, unit, cells.judged_at)
    terms = np.unique(cells.procedure[(cells.times[reading.index] > 0) & inside[cells.unit]])
    terms = terms[ground.among(reading.index, np.full(len(terms), unit), terms)]
    having = {ground.terms[term] for term in terms.tolist()}
    table = registers.members(one.d.register, ground.catalogue, ground.units, cells.judged_at)
    places = np.flatnonzero(table[unit])
    records = ground.catalogue.records
    codes = [records[place].code for place in places.tolist()]
    at = _lowest(ground, table[:, places], unit, cells.judged_at)
    further = sorted(having.difference(codes))
    return _parts(
        np.array([*codes, *further], np.str_),
        [*at, *[unit] * len(further)],
        [*codes, *further],
        [*(code in having for code in codes), *[1] * len(further)],
        [*[1] * len(codes), *[0] * len(further)],
    )


def _lowest(ground: Ground, table: np.ndarray, unit: int, at: int) -> list[int]:
    """Of each column the lowest unit, from one unit down, with which all lie for which it is true."""
    parent = ground.parents(at)
    found = np.full(table.shape[1], unit, np.int64)
    waiting = {unit: np.arange(table.shape[1])}
    while waiting:
        above, some = waiting.popitem()
        children = np.flatnonzero(parent == above)
        if not children.size or not some.size:
            continue
        below = table[np.ix_(children, some)]
        alone = np.flatnonzero(below.sum(axis=0) == 1)
        only = children[below[:, alone].argmax(axis=0)]
        found[some[alone]] = only
        for child in np.unique(only).tolist():
            waiting[child] = some[alone[only == child]]
    return found.tolist()


def _of_registers(cells: Cells, unit: int, n: str, d: str) -> Parts | None:
    ground = cells.ground
    if (n, d) in _VERDICTS:
        verdicts = _VERDICTS[n, d](cells)
        codes = sorted(verdicts)
        on_time = [verdicts[code].on_time for code in codes]
        return _parts(np.array(codes, np.str_), [unit] * len(codes), codes, on_time, [1] * len(codes))
    if n in registers.OWN and d in registers.OWN:
        has, of = (
            registers.members(one, ground.catalogue, ground.units, cells.judged_at)[unit] for one in (n, d)
        )
        some = np.flatnonzero(has | of)
        codes = [ground.catalogue.records[place].code for place in some.tolist()]
        return _parts(np.array(codes, np.str_), [unit] * len(codes), codes, has[some], of[some])
    if n in PETITIONS and d in PETITIONS:
        own = ground.book.own(ground.units, cells.period, cells.judged_at)
        some = np.flatnonzero(own[d] * subtree_mask(ground, unit, cells.judged_at))
        return _parts(some, some, [""] * len(some), own[n][some], own[d][some])
    return None


def _announced(cells: Cells) -> Mapping[str, registers.Verdict]:
    ground = cells.ground
    return registers.announced_in(
        ground.records.decisions, ground.units, ground.calendar, ground.law, cells.period, cells.judged_at
    )


def _published(cells: Cells) -> Mapping[str, registers.Verdict]:
    ground = cells.ground
    return registers.published_in(
        ground.records.decisions, ground.catalogue, ground.units, ground.calendar, ground.law,
        cells.period, cells.judged_at,
    )  # fmt: skip


_VERDICTS: Final[Mapping[tuple[str, str], Callable[[Cells], Mapping[str, registers.Verdict]]]] = {
    ("announced_on_time", "announced"): _announced,
    ("published_on_time", "published_due"): _published,
}


def _by_unit(ground: Ground, board: Board, unit: int, place: int) -> Parts:
    """Dossiers of which a register tells how many there should be (1.4): by unit, as far as that is told."""
    parent = ground.parents(board.judged_at)
    n, d = board.n[:, place].tolist(), board.d[:, place].tolist()
    rows: list[tuple[int, int, int]] = []
    waiting = [unit]
    while waiting:
        above = waiting.pop()
        below = [one for one in np.flatnonzero(parent == above).tolist() if d[one] > 0]
        own_n = n[above] - sum(n[one] for one in below)
        own_d = d[above] - sum(d[one] for one in below)
        if own_n < 0 or own_d < own_n:
            below, own_n, own_d = [], n[above], d[above]
        waiting += below
        if own_n or own_d:
            rows.append((above, own_n, own_d))
    rows.sort()
    units = [row[0] for row in rows]
    return _parts(units, units, [""] * len(rows), [row[1] for row in rows], [row[2] for row in rows])
