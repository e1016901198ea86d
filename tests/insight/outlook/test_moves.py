"""Changes without any message: added up to an instant they are what the engine counts then."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.folder import DataFolder
from chiso.insight.outlook.moves import Membership, moves
from chiso.instants import DAY, year_of


@pytest.mark.parametrize("code", ["H01", "H01.113", "H01.06"])
def test_they_add_up_to_what_is_counted_then(work_at_hand: DataFolder, code: str) -> None:
    year, now = year_of(work_at_hand.now()), work_at_hand.now()
    unit = work_at_hand.registry.units.find(code)
    assert unit is not None
    start = work_at_hand.view(year)
    found = moves(start, unit.index, year.end)
    assert (np.diff(found.at) >= 0).all()
    assert (found.at > now).all()
    assert found.cells.any(axis=0).any()
    begun = start.board.sources.cells[:, unit.index]
    middles = np.unique(found.at)
    for at in (*middles[:: max(1, len(middles) // 6)].tolist(), now + 3 * DAY, year.end):
        then = work_at_hand.view(year, at).board.sources.cells[:, unit.index]
        assert (begun + found.cells[:, found.at <= at].sum(axis=1)).tolist() == then.tolist()


def test_each_change_is_of_one_dossier_at_one_instant(work_at_hand: DataFolder) -> None:
    year = year_of(work_at_hand.now())
    home = work_at_hand.registry.units.home.index
    found = moves(work_at_hand.view(year), home, year.end)
    pairs = list(zip(found.at.tolist(), found.dossier.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    assert found.lost.any()
    # an hour further on nothing is told that was not told before
    half = moves(work_at_hand.view(year), home, int(np.median(found.at)))
    assert half.at.tolist() == found.at[: len(half.at)].tolist()
    assert half.dossier.tolist() == found.dossier[: len(half.at)].tolist()


def test_who_belongs_to_a_unit_changes_with_the_tree(work_at_hand: DataFolder) -> None:
    ground, now = work_at_hand.ground, work_at_hand.now()
    home = work_at_hand.registry.units.home.index
    still = Membership(ground, home, now, now + DAY)
    assert not len(still.borders)
    assert not still.leaving().any()
    changes = ground.units.eras[ground.units.eras < now]
    some = work_at_hand.registry.units.find("H01.113")
    assert some is not None
    assert still.at(np.array([some.index]), np.array([now]))[0]
    if len(changes):
        border = int(changes[-1])
        moved = Membership(ground, home, border - DAY, border + DAY)
        assert border + 1 in moved.borders.tolist()
        assert (moved.ever() >= still.ever()).all()
