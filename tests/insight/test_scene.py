"""The dossiers of a unit, one row each: together they are what its board counts."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.folder import DataFolder
from chiso.insight.scene import Scene, scene
from chiso.instants import DAY, year_of
from chiso.intake.records import Has

UNITS = ("H01", "H01.113", "H01.06")


def seen(folder: DataFolder, code: str, at: int | None = None) -> Scene:
    unit = folder.registry.units.find(code)
    assert unit is not None
    return scene(folder.view(year_of(folder.now()), at), unit.index)


@pytest.mark.parametrize("code", UNITS)
@pytest.mark.parametrize("days", [0, 60])
def test_rows_sum_to_the_board(work_at_hand: DataFolder, code: str, days: int) -> None:
    told = seen(work_at_hand, code, None if days == 0 else work_at_hand.now() - days * DAY)
    sources = told.view.board.sources
    assert told.counted.numbers().sum(axis=1).tolist() == sources.cells[:, told.unit].tolist()
    for counter, times in enumerate(told.references):
        terms = np.flatnonzero(times)
        among = told.ground.among(counter, np.full(len(terms), told.unit), terms)
        assert np.count_nonzero(among) == sources.distinct[counter, told.unit]


@pytest.mark.parametrize("code", UNITS)
def test_there_is_one_row_for_each_dossier_of_the_list(work_at_hand: DataFolder, code: str) -> None:
    told = seen(work_at_hand, code)
    numbers = told.rows["dossier"].tolist()
    assert len(numbers) == len(set(numbers))
    listed = work_at_hand.dossiers(code, "2.1", part="d", limit=10_000)["rows"]
    assert set(work_at_hand.ledger.codes(numbers).values()) == {row["code"] for row in listed}
    late = work_at_hand.dossiers(code, "2.1", part="missed", limit=10_000)["rows"]
    here = told.rows["dossier"][~told.on_time].tolist()
    assert set(work_at_hand.ledger.codes(here).values()) == {row["code"] for row in late}


def test_mending_changes_a_copy_and_no_change_counts_nothing(work_at_hand: DataFolder) -> None:
    told = seen(work_at_hand, "H01")
    some = np.flatnonzero((told.rows["has"] & np.uint32(Has.RESULT_FILE)) == 0)
    before = told.rows["has"].copy()
    after = told.mended(some, has=told.rows["has"][some] | np.uint32(Has.RESULT_FILE))
    assert (told.rows["has"] == before).all()
    cells, distinct = told.steps(some, after)
    assert (cells >= 0).all()
    assert cells.any()
    assert not distinct.any()
    assert not any(steps.any() for steps in told.steps(some, told.mended(some)))


def test_a_unit_without_dossiers_has_no_rows(work_at_hand: DataFolder) -> None:
    told = seen(work_at_hand, "H20")
    assert told.rows.size == 0
    assert told.references.shape[0] == len(told.ground.plan.procedures)
    assert not told.references.any()
