"""How many open dossiers of each unit fall due soon or are overdue, and how many petitions have grown old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.board import roll_up
from chiso.engine.count import Pairs, Window, pairs_of
from chiso.instants import NEVER
from chiso.law.compiled import compiled
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from chiso.engine.count import Counts
    from chiso.folder.state import View


def open_dossiers(view: View, until: int) -> tuple[Counts, Counts]:
    """Per unit with its subtree: open dossiers due after now and up to an instant, and overdue ones."""
    ground = view.ground
    window = Window.of((view.period,), view.at)
    judged = int(window.judged_at[0])
    on_time = compiled(view.board.law).definitions["on_time"]
    falling = np.zeros(ground.unit_count, np.int64)
    overdue = np.zeros(ground.unit_count, np.int64)
    for part in view.roster.parts():
        rows = part.take(np.flatnonzero(part["ended_at"] > judged))
        row, period = pairs_of(rows, window)
        pairs = Pairs(rows, window, row, period, ground)
        if len(pairs) == 0:
            continue
        unit = pairs.unit()
        in_time = Evaluator(pairs, len(pairs)).true(on_time)
        due = np.minimum(pairs["due_at"], NEVER)
        due = np.where(due < NEVER, due, pairs["limit_due_at"])
        soon = in_time & (due > judged) & (due <= until)
        falling += np.bincount(unit[soon], minlength=ground.unit_count)
        overdue += np.bincount(unit[~in_time], minlength=ground.unit_count)
    both = roll_up(np.stack([falling, overdue]), ground, judged)
    return both[0], both[1]


def old_petitions(view: View, days: int) -> Counts:
    """Per unit with its subtree: petitions not handled, at their nth working day or later.

    The first working day is the one after the petition was sent or last forwarded.  One that waits for its
    sender's answer is not counted.
    """
    ground, judged = view.ground, view.board.judged_at
    book = ground.book
    waiting = (book.requested <= judged) & (book.supplied > judged)
    still_open = (book.arrived <= judged) & (book.handled > judged) & ~waiting
    since = np.where(book.forwarded <= judged, book.forwarded, book.arrived)
    since = np.where(still_open, since, judged)
    age = ground.calendar.working_days_between_many(since, np.full(len(since), judged))
    old = still_open & (age >= days)
    then = ground.units.today_map(judged - 1)[book.units_of(ground.units)]
    own = np.bincount(then[old], minlength=ground.unit_count).astype(np.int64)
    return roll_up(own, ground, judged)
