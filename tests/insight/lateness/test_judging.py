"""Rows judged one by one enter what a list of the drill-down says they enter."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.folder import DataFolder
from chiso.folder.drill import behind
from chiso.insight.lateness.judging import Judging, units_at
from chiso.instants import parse_period
from tests.support.lateness import PERIOD


@pytest.mark.parametrize("indicator", ["2.1", "3.3", "4.1", "5.4", "1.4"])
def test_as_the_lists_behind_the_numbers(folder: DataFolder, indicator: str) -> None:
    view = folder.view(parse_period(PERIOD))
    listed = behind(view, folder.registry.units.home.index, indicator)
    rows = view.roster.rows_of(np.arange(view.roster.top + 1))
    judging = Judging(rows, view.ground, view.period.start, view.board.judged_at)
    n, d = judging.entered(indicator)
    for mine, theirs in ((n, listed.n), (d, listed.d), (judging.missed(indicator), listed.part("missed"))):
        assert sorted(rows["dossier"][mine]) == sorted(listed.rows["dossier"][theirs])
    assert sorted(rows["dossier"][judging.true("on_time")]) == sorted(listed.rows["dossier"][listed.on_time])
    assert not (d & ~judging.inside).any()


def test_each_row_at_an_instant_of_its_own(folder: DataFolder) -> None:
    period, ground = parse_period(PERIOD), folder.ground
    rows = folder.standing.roster.rows_of(np.arange(400))
    instants = np.linspace(period.start, period.end, rows.size).astype(np.int64)
    together = Judging(rows, ground, period.start, instants).missed()
    for place in range(0, rows.size, 17):
        alone = Judging(rows.take(slice(place, place + 1)), ground, period.start, int(instants[place]))
        assert together[place] == alone.missed()[0]
    assert not Judging(rows, ground, period.start, period.start).inside.any()


def test_the_unit_is_that_of_the_tree_of_the_instant(folder: DataFolder) -> None:
    rows = folder.standing.roster.rows_of(np.arange(50))
    units = folder.registry.units
    codes = [
        units.all[index].code for index in units_at(rows, folder.ground, parse_period(PERIOD).end).tolist()
    ]
    told = folder.ledger.codes(rows["dossier"].tolist())
    assert codes == [told[number].split("-")[0] for number in rows["dossier"].tolist()]
