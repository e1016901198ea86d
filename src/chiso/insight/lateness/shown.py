"""Dossiers that pages showed as overdue for a while, only because data came late.

For an instant T of the period, up to the judging instant: as known at T and judged at T the dossier was
overdue, by what is known now and judged at T it was not, and it is not at the judging instant.  Between two
turns of its life (:func:`chiso.engine.wide.turns`) a dossier is judged alike, so that looking at the turns is
looking at every second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Array, Columns
from chiso.engine.wide import turns
from chiso.insight.lateness.judging import Judging, units_at
from chiso.insight.lateness.told import Histories
from chiso.instants import NEVER

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.insight.lateness.classes import Sides

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Shown:
    """What was shown as overdue and was not, a place a dossier."""

    rows: Columns
    """as known now; the first span of each life"""
    unit: Array
    since: Array
    """the first instant at which it was shown as overdue"""
    until: Array
    """the first at which it no longer was; at the latest the judging instant"""
    seconds: Array
    """for how long in all"""
    told_at: Array
    """when the news came that ended it; may lie after the judging instant"""

    def __len__(self) -> int:
        return len(self.rows)


def shown_overdue(sides: Sides) -> Shown:
    """All of them in the period of a question, of the whole folder."""
    ground, start, judged = sides.ground_now, sides.start, sides.judged_at
    suspects = _suspects(sides)
    now = sides.now.rows_of(np.flatnonzero(suspects))
    suspects[now["dossier"][Judging(now, ground, start, judged).missed()]] = False
    now = now.take(suspects[now["dossier"]])
    histories = Histories(sides.stored, ground, np.flatnonzero(suspects), sides.version)
    row, at, until = _pieces(histories, now, start, judged)
    rows = histories.rows.take(row)
    chosen = Judging(rows, ground, start, at).missed()
    row, rows, at, until = row[chosen], rows.take(chosen), at[chosen], until[chosen]
    wrongly = ~_overdue(now, ground, start, rows["dossier"], at)
    row, dossiers, at, until = row[wrongly], rows["dossier"][wrongly], at[wrongly], until[wrongly]
    found, place = np.unique(dossiers, return_inverse=True)
    since, last = np.full(len(found), NEVER, np.int64), np.zeros(len(found), np.int64)
    seconds, told = np.zeros(len(found), np.int64), np.zeros(len(found), np.int64)
    np.minimum.at(since, place, at)
    np.maximum.at(last, place, until)
    np.add.at(seconds, place, until - at)
    np.maximum.at(told, place, histories.replaced_at()[0][row])
    shown = sides.now.first_spans().take(found)
    return Shown(shown, units_at(shown, ground, judged), since, last, seconds, told)


def _suspects(sides: Sides) -> Bools:
    """By number: of which some version but the newest could be late before the next one came.

    A superset, found by a glance at the stored rows.
    """
    roster = sides.now
    newest, known = roster.column("version"), np.minimum(roster.column("known_at"), sides.judged_at)
    found = np.zeros(len(newest), bool)
    for rows in sides.stored:
        dossier = np.minimum(rows["dossier"], len(newest) - 1)
        due = np.minimum(rows["due_at"], rows["second_requested_at"])
        due = np.where(rows["due_at"] < NEVER, due, rows["received_at"])  # a limit may stand in
        suspect = (rows["version"] != newest[dossier]) & (due < known[dossier]) & (rows["dossier"] == dossier)
        found[dossier[suspect]] = True
    return found


def _pieces(histories: Histories, now: Columns, start: int, judged: int) -> tuple[Array, Array, Array]:
    """Stretches of time in which a version was what was known, cut at its turns and at those of what is now.

    Gives, for each, the place of a row of the version, its first instant and the one after its last.  Of the
    newest version there are none; nor where it is not known since when the next one was known.
    """
    rows, heads = histories.rows, histories.heads
    nothing = np.empty(0, np.int64)
    if not len(heads):
        return nothing, nothing, nothing
    replaced, timely = histories.replaced_at()
    begin = np.maximum(rows["known_at"], start + 1)
    end = np.where((replaced < NEVER) & timely, np.minimum(replaced, judged), 0)
    live = np.flatnonzero(begin < end)
    cuts = [(live, begin[live])]
    for instants in turns(rows):
        inside = np.flatnonzero((instants > begin) & (instants < end))
        cuts.append((inside, instants[inside]))
    dossier, first = rows["dossier"], np.searchsorted(rows["dossier"], now["dossier"])
    stop = np.searchsorted(dossier, now["dossier"], side="right")
    for instants in turns(now):
        cuts += _among(instants, first, stop, begin, end)
    row, at = (np.concatenate(part) for part in zip(*cuts, strict=True))
    order = np.lexsort((at, row))
    row, at = row[order], at[order]
    same = np.r_[row[1:] == row[:-1], False]
    until = np.where(same, np.r_[at[1:], 0], end[row])
    real = until > at
    return row[real], at[real], until[real]


def _among(instants: Array, first: Array, stop: Array, begin: Array, end: Array) -> list[tuple[Array, Array]]:
    """(row, instant) wherever an instant of a dossier falls into the time of one of its rows."""
    found = []
    some = np.flatnonzero((first < stop) & (instants < NEVER))
    place, last, at = first[some].copy(), stop[some], instants[some]
    while len(place):
        inside = (at > begin[place]) & (at < end[place])
        found.append((place[inside], at[inside]))
        place = place + 1
        left = place < last
        place, last, at = place[left], last[left], at[left]
    return found


def _overdue(now: Columns, ground: Ground, start: int, dossiers: Array, at: Array) -> Bools:
    """Whether dossiers are overdue at instants by what is known now; each may have several spans."""
    order = np.argsort(now["dossier"], kind="stable")
    held = now["dossier"][order]
    first, stop = np.searchsorted(held, dossiers), np.searchsorted(held, dossiers, side="right")
    found = np.zeros(len(dossiers), bool)
    some = np.arange(len(dossiers))
    while len(some):
        rows = now.take(order[first[some]])
        found[some] |= Judging(rows, ground, start, at[some]).missed()
        first = first + 1
        some = some[first[some] < stop[some]]
    return found
