"""The overdue dossiers of a question, each in exactly one class (domain rule "Lateness, classed", mark I).

*Then* is what was known at the as-of instant K of the question, *now* is what is known now.  Both are judged
at the same instant J.  Of the dossiers that are overdue then:

- ``late_data``: not overdue now.  The news came after K;
- ``wrong_data``: on time once a recognised mistake of the sender is undone;
- ``late_work``: overdue now too, and its end is dated and was told in time;
- ``undecidable``: still open, or whoever told it did not say since when the province knew.

docs/lateness.md has the edge cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Array, Columns, Roster, Structured
from chiso.insight.lateness.judging import Judging, units_at
from chiso.insight.lateness.told import Histories
from chiso.insight.lateness.wrong import SHOWN, Undone, undone
from chiso.instants import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chiso.engine.ground import Ground
    from chiso.folder.answers import Asked
    from chiso.folder.state import DataFolder

Bools = NDArray[np.bool_]

CLASSES: Final = ("late_data", "wrong_data", "late_work", "undecidable")
LATE_DATA, WRONG_DATA, LATE_WORK, UNDECIDABLE = range(len(CLASSES))
REASONS: Final = ("open", "untold")
"""Why a class cannot be told: the dossier is open, or it is not known since when its end was known."""


@dataclass(frozen=True, eq=False)
class Sides:
    """What was known then and what is known now, each held still, judged at one instant."""

    question: Asked
    judged_at: int
    then: Roster
    ground: Ground
    """what was counted on, as known then"""
    now: Roster
    ground_now: Ground
    version: int
    """the newest version of the ledger that ``now`` knows"""
    known_now: int
    """the instant of now"""
    stored: Sequence[Structured]
    """all rows of the ledger, and perhaps some that came in since"""

    @property
    def start(self) -> int:
        return self.question.period.start

    @property
    def at_once(self) -> bool:
        """Whether the question is about what is known now."""
        return self.then is self.now


def sides(folder: DataFolder, question: Asked) -> Sides:
    """Both sides of a question."""
    past = None
    if question.as_of is not None:
        past = folder.view(question.period, question.at, question.as_of, question.law)
    with folder.lock:
        now = folder.standing.roster.copy()
        version, known_now = folder.version, folder.now()
        ground = folder.ground
        if question.law.version != ground.law.version:
            ground = folder.registry.ground(question.law, folder.terms)
    then, ground_then = (now, ground) if past is None else (past.roster, past.ground)
    stored = list(folder.rows())
    return Sides(question, question.judged_at, then, ground_then, now, ground, version, known_now, stored)


@dataclass(frozen=True, eq=False)
class Verdict:
    """The overdue dossiers of a whole folder, a place each."""

    rows: Columns
    """as known then"""
    unit: Array
    """unit at which each counts, in the tree of the judging instant"""
    classes: NDArray[np.int8]
    """places in :data:`CLASSES`"""
    untold: Bools
    """undecidable because it is not known since when the end was known; the others are open"""
    gone: Bools
    """late data: not in the period at all by what is known now"""
    mended: Bools
    """late data: what was wrong then was mended by the sender"""
    due: Array
    """by what is known now; ``NEVER`` where nothing is"""
    ended_at: Array
    """the end that is known now"""
    told_at: Array
    """when that which decides was told: the end, or whatever makes it on time; ``NEVER`` while it is open"""
    undone: dict[int, Undone]
    """of ``wrong_data``, by number"""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def numbers(self) -> Array:
        found: Array = self.rows["dossier"]
        return found

    def of(self, kind: int) -> Bools:
        """The dossiers of a class."""
        found: Bools = self.classes == kind
        return found


def overdue_rows(roster: Roster, ground: Ground, start: int, judged_at: int) -> Columns:
    """The rows of the dossiers that enter the denominator of 2.1 and not its numerator."""
    parts = []
    for rows in roster.parts():
        missed = Judging(rows, ground, start, judged_at).missed()
        if missed.any():
            parts.append(rows.take(missed))
    return Columns.joined(parts)


def _last_spans(rows: Columns, numbers: Array) -> Columns:
    """Of every dossier (in the order of ``numbers``) the last span of its life."""
    order = np.lexsort((rows["judged_from"], rows["dossier"]))
    dossiers = rows["dossier"][order]
    last = np.searchsorted(dossiers, numbers, side="right") - 1
    return rows.take(order[last])


def classified(folder: DataFolder, both: Sides) -> Verdict:
    """Puts every overdue dossier of the folder into its class."""
    start, judged = both.start, both.judged_at
    then = overdue_rows(both.then, both.ground, start, judged)
    numbers: Array = then["dossier"]
    rows = both.now.rows_of(numbers)
    judging = Judging(rows, both.ground_now, start, judged)
    still_rows = rows.take(judging.missed())
    still = np.isin(numbers, still_rows["dossier"])
    inside = np.isin(numbers, rows["dossier"][judging.entered("2.1")[1]])
    last = _last_spans(rows, numbers)
    histories = Histories(both.stored, both.ground_now, numbers, both.version)
    place = histories.place(numbers)

    ended: Array = last["ended_at"]
    same_end = histories.ended() == np.repeat(ended_of(histories), histories.stops - histories.starts)
    on_time = ~histories.overdue(both.ground_now, start, judged)
    since_end, since_fine = histories.since(same_end)[place], histories.since(on_time)[place]
    deciding = np.where(still, since_end, since_fine)
    timely = histories.timely[deciding] if len(deciding) else np.zeros(0, bool)
    decided = ~still | (ended < NEVER)

    classes = np.full(len(then), UNDECIDABLE, np.int8)
    classes[~still & timely] = LATE_DATA
    classes[still & decided & timely] = LATE_WORK
    found = undone(folder, both.now, both.ground_now, start, judged, still_rows, histories)
    wrong = np.isin(numbers, np.fromiter(found, np.int64, len(found)))
    classes[wrong] = WRONG_DATA
    late = classes == LATE_DATA
    due = np.where(last["due_at"] < NEVER, last["due_at"], last["limit_due_at"])
    return Verdict(
        then, units_at(then, both.ground, judged), classes,
        untold=(classes == UNDECIDABLE) & decided,
        gone=late & ~inside,
        mended=late & (((then["mistakes"] & ~last["mistakes"]) & np.uint32(SHOWN)) != 0),
        due=due,
        ended_at=ended,
        told_at=np.where(decided, histories.known_at[deciding], NEVER) if len(then) else ended,
        undone=found,
    )  # fmt: skip


def ended_of(histories: Histories) -> Array:
    """Of every dossier the end that its newest version tells."""
    found: Array = histories.ended()[histories.stops - 1] if len(histories.stops) else histories.starts
    return found
