"""Sets of acts, what they give dossiers, and which are worth choosing."""

from __future__ import annotations

import numpy as np

from chiso.folder import DataFolder
from chiso.insight.plan.stocks import (
    DIGITISE,
    FINISH,
    PAY,
    RESULT,
    SYNC,
    Stocked,
    Way,
    kinds_of,
    possible,
    sets_of,
    stocks_of,
)
from chiso.insight.scene import Scene, scene
from chiso.instants import DAY, year_of


def test_sets_make_sense_together() -> None:
    assert sets_of(FINISH | RESULT) == [FINISH, FINISH | RESULT]
    assert sets_of(RESULT | SYNC) == [RESULT, SYNC]
    assert len(sets_of(FINISH | RESULT | DIGITISE | PAY)) == 11
    assert kinds_of(FINISH | PAY) == ("due", "pay")
    assert kinds_of(FINISH | RESULT, overdue=True) == ("overdue", "result")


def test_ways_that_are_undercut_are_not_chosen() -> None:
    ways = [
        Way(RESULT, (1, 0), ()),
        Way(DIGITISE, (0, 1), ()),
        Way(RESULT | DIGITISE, (1, 1), ()),
        Way(SYNC, (0, 0), ()),
    ]
    stocked = Stocked(np.arange(3), False, -1, RESULT | DIGITISE | SYNC, ways)
    chosen = {way.acts for way, _ in stocked.choices(len)}
    assert chosen == {RESULT, DIGITISE, RESULT | DIGITISE}
    ways[1] = Way(DIGITISE, (1, 1), ())
    chosen = {way.acts for way, _ in stocked.choices(len)}
    assert chosen == {DIGITISE}
    # what gives something beside all of everything reaches no more
    ways[2] = Way(RESULT | DIGITISE, (2, 0), ())
    ways[1] = Way(DIGITISE, (0, 1), ())
    chosen = {way.acts for way, _ in stocked.choices(len)}
    assert chosen == {RESULT, RESULT | DIGITISE}


def looked_at(folder: DataFolder, ahead: int) -> tuple[Scene, int]:
    unit = folder.registry.units.find("H01.06")
    assert unit is not None
    now = folder.now()
    return scene(folder.view(year_of(now), now + ahead), unit.index), now


def test_each_dossier_is_in_one_stock_at_most_and_counts_alike(work_at_hand: DataFolder) -> None:
    then, now = looked_at(work_at_hand, 20 * DAY)
    told = possible(work_at_hand, then, now)
    stocks = stocks_of(then, told, now)
    fees = [one for one in stocks.all if kinds_of(one.possible) == ("fee",)]
    members = np.concatenate([one.members for one in stocks.all if one not in fees])
    assert len(np.unique(members)) == len(members)
    for one in stocks.all:
        if one not in fees:
            assert set(told.acts[one.members].tolist()) == {one.possible}
            assert set(told.overdue[one.members].tolist()) == {one.overdue}


def test_what_is_over_cannot_be_done(work_at_hand: DataFolder) -> None:
    then, now = looked_at(work_at_hand, 20 * DAY)
    told = possible(work_at_hand, then, now)
    rows = then.rows
    ended = rows["ended_at"] <= now
    assert not (told.acts[ended] & FINISH).any()
    refused = ended & ~np.isin(rows["end_state"], (9, 10))
    assert not (told.acts[refused] & (RESULT | DIGITISE)).any()
    late = ~ended & ~then.on_time_at(now)
    assert late.any()
    assert (told.overdue == late).all()
    assert not told.overdue[ended].any()
