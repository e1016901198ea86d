"""The dossiers of a unit as they are known, and as other hands would hold them.

A *hand* is a cause that alters rows: what was known at the capture, what lies in quarantine, one code less,
another unit, another day of receipt.  Hands lie over one another in the order of the causes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.columns import Columns, Structured, newest_spans
from chiso.insight.reconcile.causes import (
    CHANGED,
    DAY_BEFORE,
    DESK,
    DIFFERENT_THERE,
    EARLIER_CODE,
    LATER_CODE,
    MISSING_HERE,
    MISSING_THERE,
    NEW,
    QUARANTINED,
    SUBMITTED,
    WHOLE_DAY,
    Option,
)
from chiso.insight.reconcile.numbers import Numbers, common, distinct, only, placed, without
from chiso.instants import DAY, NEVER, OFFSET
from chiso.ledger.rows import ROW

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.folder import DataFolder
    from chiso.insight.reconcile.cells import Bools
    from chiso.instants import Period

GONE: Final = (NEW, LATER_CODE, EARLIER_CODE, DAY_BEFORE, MISSING_THERE)
"""Hands that hold no row where there is one."""
FACTS_AT_ONCE: Final = 5_000


@dataclass
class Hands:
    """Rows of one reconciliation."""

    near: Columns
    """as known now: dossiers that count for the unit, or would by another code or tree"""
    then: dict[int, Columns] = field(default_factory=dict)
    """instant of capture → rows as known then, of dossiers that changed since"""
    pieces: Columns = field(default_factory=Columns.empty)
    """rows of what lies in quarantine"""
    submitted: dict[int, int] = field(default_factory=dict)
    """dossier → NgayNopHoSo, of those received near an edge"""
    twin: dict[int, int] = field(default_factory=dict)
    """dossier → another code of it"""
    listed: Columns = field(default_factory=Columns.empty)
    """rows as the portal's list has them"""
    touched: dict[int, dict[Option, Numbers]] = field(default_factory=dict)
    """instant of capture → hand → the dossiers that it may alter"""

    def rows(self, numbers: Numbers, hands: frozenset[Option], at: int, judged: int) -> Columns:
        """Rows of dossiers, each of which all the hands alter, judged for a capture."""
        if any(hand in hands for hand in GONE):
            return self.near.take(slice(0, 0))
        if MISSING_HERE in hands or DIFFERENT_THERE in hands:
            found = only(self.listed, numbers)
        elif QUARANTINED in hands:
            found = only(self.pieces, numbers)
        elif CHANGED in hands:
            found = only(self.then[at], numbers)
        else:
            found = only(self.near, numbers)
        arrays = dict(found.arrays)
        if DESK in hands:
            arrays["unit_index"] = found["desk_index"]
        if SUBMITTED in hands:
            filed = [self.submitted.get(one, NEVER) for one in found["dossier"].tolist()]
            arrays["received_at"] = np.array(filed, np.int64)
        if WHOLE_DAY in hands:
            arrays["received_at"] = np.minimum(found["received_at"], judged - 1)
        return Columns(arrays, found.size)


def near_rows(folder: DataFolder, near_unit: Bools) -> Columns:
    """A copy of the rows that are near: their unit, or the desk that received them, is.  Under the lock."""
    parts = []
    for rows in folder.standing.roster.parts():
        chosen = near_unit[rows["unit_index"]] | near_unit[rows["desk_index"]]
        chosen &= rows["version"] > 0
        parts.append(rows.take(chosen))
    return Columns.joined(parts)


def earlier_rows(folder: DataFolder, first: int) -> Structured:
    """All versions known up to now of the dossiers of which something became known after ``first``."""
    with folder.lock:
        known = folder.standing.roster.column("known_at") > first
    if not known.any():
        return np.empty(0, ROW)
    found = []
    for rows in folder.rows():
        inside = rows["dossier"] < len(known)
        inside[inside] = known[rows["dossier"][inside]]
        found.append(rows[inside])
    return np.concatenate(found) if found else np.empty(0, ROW)


def known_then(
    told: Structured, at: int, judged: int, near: Columns, near_unit: Bools, ground: Ground
) -> tuple[Columns, dict[Option, Numbers]]:
    """Rows as known at an instant of the dossiers that changed since, and which were not known at all.

    What was received after the judging instant counts in neither way: it is no reason.
    """
    held = newest_spans(told[told["known_at"] <= at])
    then = Columns.of_rows(held)
    ground.derive(then)
    changed = distinct(told["dossier"][told["known_at"] > at])
    then = only(then, changed)
    close = near_unit[then["unit_index"]] | near_unit[then["desk_index"]]
    close &= then["received_at"] < judged
    now = distinct(near["dossier"][near["received_at"] < judged])
    before = distinct(then["dossier"])
    touched = {
        NEW: without(common(changed, now), before),
        CHANGED: common(before, distinct(now, then["dossier"][close])),
    }
    return only(then, touched[CHANGED]), touched


def twins(folder: DataFolder, near: Columns) -> tuple[dict[Option, Numbers], dict[int, int]]:
    """Dossiers with the owner, procedure and instant of receipt of another (mistake 8 of senders).

    Of each such group all but the first code, and all but the last; and to each code another one.
    """
    held = np.zeros(int(near["dossier"].max(initial=0)) + 1, np.intp)
    held[near["dossier"]] = np.arange(1, near.size + 1)
    numbers = np.flatnonzero(held)  # one row of each dossier
    numbers = numbers[near["received_at"][held[numbers] - 1] < NEVER]
    first = held[numbers] - 1
    keys = near["procedure"][first].astype(np.int64), near["received_at"][first]
    order = np.lexsort((numbers, keys[1], keys[0]))
    same = np.ones(max(len(order) - 1, 0), bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    doubtful = order[np.r_[same, False] | np.r_[False, same]] if len(order) else order
    groups: dict[tuple[str, int, int], list[int]] = {}
    owners = _owners(folder, numbers[doubtful])
    for place in doubtful.tolist():
        owner = owners.get(int(numbers[place]), "")
        if owner:
            whose = owner, int(keys[0][place]), int(keys[1][place])
            groups.setdefault(whose, []).append(int(numbers[place]))
    several = [sorted(group) for group in groups.values() if len(group) > 1]
    other = {one: group[-1] if one == group[0] else group[0] for group in several for one in group}
    return {
        LATER_CODE: placed(one for group in several for one in group[1:]),
        EARLIER_CODE: placed(one for group in several for one in group[:-1]),
    }, other


def _owners(folder: DataFolder, numbers: Numbers) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(numbers), FACTS_AT_ONCE):
        told = folder.ledger.facts(numbers[start : start + FACTS_AT_ONCE].tolist())
        found.update((one, facts.message.owner) for one, facts in told.items() if facts.message is not None)
    return found


def at_desks(rows: Columns, inside: Bools) -> Numbers:
    """Dossiers that count for the unit by one of both codes, DonViXuLy and MaHoSo, and not by the other."""
    differ = inside[rows["unit_index"]] != inside[rows["desk_index"]]
    return distinct(rows["dossier"][differ])


def near_edges(rows: Columns, period: Period, judged: int) -> Numbers:
    """Dossiers received within a day of the period's beginning, or of the instant that it is judged at."""
    received = rows["received_at"]
    close = np.zeros(rows.size, bool)
    for edge in (period.start, judged):
        close |= (received >= edge - DAY) & (received <= edge + DAY)
    return distinct(rows["dossier"][close])


def submitted_at(folder: DataFolder, numbers: Numbers) -> dict[int, int]:
    """NgayNopHoSo of dossiers, where it is told."""
    found: dict[int, int] = {}
    for start in range(0, len(numbers), FACTS_AT_ONCE):
        for one, facts in folder.ledger.facts(numbers[start : start + FACTS_AT_ONCE].tolist()).items():
            if facts.message is not None and facts.message.submitted_at is not None:
                found[one] = facts.message.submitted_at
    return found


def edges(rows: Columns, submitted: dict[int, int], period: Period, judged: int) -> dict[Option, Numbers]:
    """Dossiers that are on the other side of an edge by the day of filing, or by whole days."""
    close = only(rows, near_edges(rows, period, judged))
    number, received = close["dossier"].astype(np.int64), close["received_at"]
    filed = np.array([submitted.get(one, NEVER) for one in number.tolist()], np.int64)
    crossing = np.zeros(len(number), bool)
    for edge in (period.start, judged):
        crossing |= (filed < edge) != (received < edge)
    crossing &= filed < NEVER
    found = {SUBMITTED: distinct(number[crossing])}
    midnight = (judged + OFFSET) // DAY * DAY - OFFSET
    if midnight < judged < period.end:
        same_day = (received >= judged) & (received < midnight + DAY)
        found[WHOLE_DAY] = distinct(number[same_day])
        found[DAY_BEFORE] = distinct(number[(received >= midnight) & (received < judged)])
    return found
