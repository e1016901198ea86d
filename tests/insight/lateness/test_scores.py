"""Nothing but the rows of the dossiers concerned is exchanged."""

from __future__ import annotations

import numpy as np

from chiso.folder import DataFolder
from chiso.insight.lateness.answer import asked_of
from chiso.insight.lateness.classes import LATE_DATA, WRONG_DATA
from chiso.insight.lateness.findings import findings
from tests.support.lateness import PERIOD, THEN


def test_each_board_differs_by_its_own_dossiers_alone(folder: DataFolder) -> None:
    wanted, unit = asked_of(folder, "H01", {"period": PERIOD, "as_of": THEN})
    found = findings(folder, wanted)
    boards, verdict = found.boards, found.verdict
    place = list(boards.as_is.law.indicators).index("2.1")

    def figure(name: str) -> tuple[int, int]:
        board = getattr(boards, name)
        return int(board.n[unit.index, place]), int(board.d[unit.index, place])

    n, d = figure("as_is")
    late, wrong = int(verdict.of(LATE_DATA).sum()), int(verdict.of(WRONG_DATA).sum())
    gone = int(verdict.gone.sum())
    twins = sum(bool(one.twin) for one in verdict.undone.values())
    assert figure("in_time") == (n + late - gone, d - gone)
    assert figure("right") == (n + wrong - twins, d - twins)
    assert figure("in_time_and_right") == (n + late + wrong - gone - twins, d - gone - twins)


def test_the_board_as_it_is_is_the_folders_own(folder: DataFolder) -> None:
    wanted, _ = asked_of(folder, "H01", {"period": PERIOD, "as_of": THEN})
    boards = findings(folder, wanted).boards
    own = folder.view(wanted.period, wanted.at, wanted.as_of, wanted.law).board
    assert np.array_equal(boards.as_is.n, own.n)
    assert np.array_equal(boards.as_is.d, own.d)
