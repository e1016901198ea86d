"""What the scores would be: counted again by the engine with the rows of the dossiers concerned exchanged.

All units and indicators at once, exact.  Of a dossier told late its row is the one known now, of one told
wrong the row without the mistake; nothing else is touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.board import Board, board
from chiso.engine.columns import Columns
from chiso.engine.standing import Standing
from chiso.insight.lateness.classes import LATE_DATA, WRONG_DATA

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.ground import Ground
    from chiso.insight.lateness.classes import Sides, Verdict
    from chiso.insight.lateness.others import Elsewhere
    from chiso.insight.lateness.petitions import LatePetitions

NAMES: Final = ("as_is", "in_time", "right", "in_time_and_right", "everywhere")


@dataclass(frozen=True, eq=False)
class Boards:
    """Boards of one period, judged at one instant."""

    as_is: Board
    """as known then"""
    in_time: Board
    """had the overdue dossiers told late been told in time"""
    right: Board
    """had the overdue dossiers told wrong been told right"""
    in_time_and_right: Board
    everywhere: Board
    """both, and all that late or wrong data cost in other indicators, petitions included"""


def boards(both: Sides, verdict: Verdict, elsewhere: Elsewhere, petitions: LatePetitions) -> Boards:
    """Counts again: once as it was, then with rows exchanged."""
    period, judged = both.question.period, both.judged_at
    standing = Standing(both.ground, (period,), judged, both.then).count_all()

    def told(ground: Ground | None = None) -> Board:
        on = both.ground if ground is None else ground
        return board(on, period, judged, standing.cells[:, 0], standing.distinct[:, 0])

    late, wrong = verdict.numbers[verdict.of(LATE_DATA)], verdict.numbers[verdict.of(WRONG_DATA)]
    as_known, undone = both.now.rows_of(late), _undone(verdict, wrong)
    late_then, wrong_then = both.then.rows_of(late), both.then.rows_of(wrong)
    as_is = told()
    standing.exchange(wrong_then, undone)
    right = told()
    standing.exchange(late_then, as_known)
    in_time_and_right = told()
    standing.exchange(undone, wrong_then)
    in_time = told()
    standing.exchange(as_known, late_then)

    gone, come = _everywhere(both, elsewhere, late, wrong, undone)
    standing.exchange(gone, come)
    ground = both.ground
    if len(petitions):
        records = replace(ground.records, petitions=petitions.records)
        ground = replace(ground, records=records)
    return Boards(as_is, in_time, right, in_time_and_right, told(ground))


def _undone(verdict: Verdict, numbers: Array) -> Columns:
    return Columns.joined([verdict.undone[number].rows for number in numbers.tolist()])


def _everywhere(
    both: Sides, elsewhere: Elsewhere, late: Array, wrong: Array, undone: Columns
) -> tuple[Columns, Columns]:
    """The rows of all dossiers concerned, and what they would be."""
    chosen = elsewhere.touched("late_data")
    chosen[late] = True
    chosen[wrong] = False
    told_late = np.flatnonzero(chosen)
    chosen = elsewhere.touched("wrong_data") & ~chosen
    chosen[wrong] = False
    flagged = np.flatnonzero(chosen)
    gone = both.then.rows_of(np.concatenate([told_late, wrong, flagged]))
    come = Columns.joined([both.now.rows_of(told_late), undone, both.then.rows_of(flagged)])
    return gone, elsewhere.corrected(come)
