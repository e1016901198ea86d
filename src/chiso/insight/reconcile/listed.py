"""A list of dossiers from the portal, held against the dossiers counted here one by one.

The list tells which dossiers differ; the other causes tell why.  So a cause keeps only those of its dossiers
that the list confirms, and what the list shows and no cause covers is a cause of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.columns import DTYPES, Columns
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
from chiso.insight.reconcile.numbers import NONE, Numbers, common, distinct, only, placed, without
from chiso.instants import NEVER, day_of
from chiso.law.states import END_RANK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chiso.intake.portal_list import ListedDossier

AWAY: Final = (NEW, LATER_CODE, EARLIER_CODE, DAY_BEFORE)
"""Causes by which a dossier is counted here and not there."""
EITHER: Final = (DESK, SUBMITTED)
"""Causes by which it may be counted on one side alone."""
HERE: Final = (QUARANTINED, WHOLE_DAY)
"""Causes by which it is counted there and not here."""
FIELDS: Final = ("received_at", "due_at", "ended_at", "state", "on_time")


@dataclass
class Compared:
    """What the list shows."""

    rows: Columns
    """rows of the dossiers that are missing here or different there, as the list has them"""
    touched: dict[Option, Numbers] = field(default_factory=dict)
    fields: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """dossier that is different there → in which fields"""


def compare(
    listed: Mapping[int, ListedDossier],
    near: Columns,
    counted: np.ndarray,
    on_time: np.ndarray,
    others: dict[Option, Numbers],
    known: Columns,
    unit: int,
    judged: int,
) -> Compared:
    """Compares the list with the dossiers counted here.

    Args:
        listed: the list, by number of dossier (numbers above the ledger's for unknown codes).
        near: rows as known now; ``counted`` and ``on_time`` of them by 2.1.
        others: the dossiers that other causes may alter.  They are cut to what the list confirms, in place.
        known: rows of dossiers that are not counted here but known otherwise (quarantine).
        unit: at which dossiers of the list count.
        judged: the judging instant.
    """
    there = placed(listed)
    rows = near.take(counted)
    here = distinct(rows["dossier"])
    alone_here, alone_there = without(here, there), without(there, here)
    for option in [one for one in others if one in (*AWAY, *HERE, *EITHER)]:
        side = alone_here if option in AWAY else alone_there if option in HERE else None
        confirmed = distinct(alone_here, alone_there) if side is None else side
        if option == QUARANTINED:  # a refused correction of a dossier that counts on both sides stays
            confirmed = distinct(confirmed, common(here, there))
        others[option] = common(others[option], confirmed)
    covered = distinct(*(others[option] for option in others if option in (*AWAY, *HERE, *EITHER)))
    missing_there, missing_here = without(alone_here, covered), without(alone_there, covered)
    both = only(rows, without(common(here, there), others.get(CHANGED, NONE)))
    verdicts = dict(zip(rows["dossier"].tolist(), on_time[counted].tolist(), strict=True))
    fields = {
        number: names
        for number, names in (
            (number, _differ(both, place, listed[number], verdicts[number], judged))
            for place, number in enumerate(both["dossier"].tolist())
        )
        if names
    }
    different = placed(fields)
    base = Columns.joined([only(near, missing_here), only(known, missing_here)])
    stranger = without(missing_here, distinct(base["dossier"]))
    first = _first_of_each(Columns.joined([only(both, different), base, _empty(stranger)]))
    altered = _altered(first, listed, fields, missing_here, unit, judged)
    found = Compared(altered, fields=fields)
    for option, numbers in (
        (MISSING_THERE, missing_there),
        (MISSING_HERE, missing_here),
        (DIFFERENT_THERE, different),
    ):
        if len(numbers):
            found.touched[option] = numbers
    return found


def _first_of_each(rows: Columns) -> Columns:
    _, first = np.unique(rows["dossier"], return_index=True)
    return rows.take(first)


def _empty(numbers: Numbers) -> Columns:
    """Rows of dossiers of which nothing is known."""
    arrays = {name: np.zeros(len(numbers), dtype) for name, dtype in DTYPES.items()}
    for name in (
        "received_at", "due_at", "limit_due_at", "ended_at", "requested_at", "completed_at",
        "second_requested_at", "dissatisfied_at", "stored_at",
    ):  # fmt: skip
        arrays[name][:] = NEVER
    arrays["dossier"][:] = numbers
    arrays["channel"][:] = 1
    return Columns(arrays, len(numbers))


def _same(here: int, there: int, *, day: bool, due: bool) -> bool:
    """Whether two instants are the same; by day where the list tells only the day."""
    if not day:
        return here == there
    return here < NEVER and day_of(here) == day_of(there - 1 if due else there)


def _differ(rows: Columns, place: int, told: ListedDossier, on_time: bool, judged: int) -> tuple[str, ...]:
    found = []
    for name in ("received_at", "due_at", "ended_at"):
        there = getattr(told, name)
        here = int(rows[name][place])
        if there is not None and not _same(here, there, day=name in told.days, due=name == "due_at"):
            found.append(name)
    ended = int(rows["ended_at"][place]) <= judged
    if told.state is not None and told.ended_at is None and (told.state in END_RANK) != ended:
        found.append("state")
    if told.on_time is not None and told.on_time != on_time:
        found.append("on_time")
    return tuple(found)


def _altered(
    rows: Columns,
    listed: Mapping[int, ListedDossier],
    fields: Mapping[int, tuple[str, ...]],
    missing_here: Numbers,
    unit: int,
    judged: int,
) -> Columns:
    """Rows with what the list says of them."""
    arrays = {name: values.copy() for name, values in rows.arrays.items()}
    fresh = set(missing_here.tolist())
    for place, number in enumerate(arrays["dossier"].tolist()):
        told = listed[number]
        names = FIELDS if number in fresh else fields[number]
        for name in ("received_at", "due_at", "ended_at"):
            there = getattr(told, name)
            if name in names and there is not None:
                arrays[name][place] = there
        if "state" in names and told.state is not None and told.ended_at is None:
            open_there = told.state not in END_RANK
            arrays["ended_at"][place] = (
                NEVER if open_there else min(int(arrays["ended_at"][place]), judged - 1)
            )
        if "on_time" in names and told.on_time is not None:
            _judge(arrays, place, told.on_time)
        if number in fresh:
            _place(arrays, place, unit, judged)
        arrays["judged_from"][place], arrays["judged_to"][place] = -NEVER, NEVER
    return Columns(arrays, rows.size)


def _judge(arrays: dict[str, np.ndarray], place: int, on_time: bool) -> None:
    """Makes a row on time, or overdue, whatever its dates."""
    arrays["second_requested_at"][place] = NEVER
    arrays["due_at"][place] = NEVER if on_time else -NEVER
    arrays["limit_due_at"][place] = NEVER


def _place(arrays: dict[str, np.ndarray], place: int, unit: int, judged: int) -> None:
    """Lets a row count at the unit in the period: the list says that it does."""
    arrays["unit_index"][place] = unit
    if arrays["received_at"][place] >= judged:
        arrays["received_at"][place] = judged - 1
