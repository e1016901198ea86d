"""Folders drawn for the benchmark are real ones: counted alike by ledger, folder and process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chiso.bench import data, folders, keeping, memory, scoreboard
from chiso.engine.standing import Standing
from chiso.folder import DataFolder
from chiso.ledger.store import Ledger

COUNT = 3_000
CROWD = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("drawn")
    assert folders.make(made, COUNT, crowd=CROWD) == 2 * COUNT
    return made


@pytest.fixture(scope="module")
def standing(folder: Path) -> Standing:
    return keeping.recounted(folder)


def test_a_recount_from_the_versions_equals_the_newest_rows(standing: Standing) -> None:
    plain = scoreboard.filled(data.world(), COUNT, crowd=CROWD)
    assert np.array_equal(plain.cells, standing.cells)
    assert np.array_equal(plain.distinct, standing.distinct)


def test_the_folder_opens_like_any_other(folder: Path, standing: Standing) -> None:
    with DataFolder.open(folder, standing=True) as opened:
        assert np.array_equal(opened.standing.cells, standing.cells)
        assert opened.now() == data.NOW


def test_its_versions_hang_together(folder: Path, standing: Standing) -> None:
    with Ledger.open(folder) as ledger:
        rows = np.concatenate(list(ledger.rows()))
    assert sorted(set(rows["version"].tolist())) == list(range(1, 2 * COUNT + 1))
    assert len(standing.roster) == COUNT


def test_a_fresh_process_says_what_it_holds(folder: Path) -> None:
    found = memory.asked(folder)
    assert found.dossiers == COUNT
    assert found.bytes > 10 << 20
    assert found.seconds > 0


def test_the_crowd_crosses_its_due_time_at_once(standing: Standing) -> None:
    taken, turned = keeping.crossing(standing)
    assert turned >= CROWD
    assert taken > 0
    late = standing.cells.copy()
    standing.recount()
    assert np.array_equal(late, standing.cells)
    standing.advance(data.NOW)
