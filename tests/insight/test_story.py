"""March 2023, told from what was published and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chiso.commands import samples
from chiso.commands.loading import opened
from chiso.folder import DataFolder
from chiso.insight.story import story


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("story")
    with opened(path) as target, samples.opened(samples.AN_GIANG_2023) as tables:
        target.load(list(tables))
    with DataFolder.open(path) as folder:
        return story(folder)


def test_the_fall(told: dict[str, Any]) -> None:
    assert [(one["at"][:10], one["rank"], one["total"]) for one in told["results"]] == [
        ("2023-02-27", 4, None),
        ("2023-03-07", 8, None),
        ("2023-03-27", 10, "65.20"),
        ("2023-05-31", 13, "69.63"),
    ]
    assert [one["band"] for one in told["results"]] == [None, None, "Trung bình", "Trung bình"]
    assert told["of"] == 63


def test_the_gap_and_what_holds_it_down(told: dict[str, Any]) -> None:
    groups = told["groups"]
    assert (groups["total"], groups["gap"], groups["lost"]) == ("65.20", "14.80", "34.80")
    rows = {row["group"]: row for row in groups["rows"]}
    assert [rows[name]["points"] for name in rows] == ["12.20", "18.30", "7.60", "2.40", "18.00", "6.70"]
    assert rows["digitisation"]["lost"] == "15.30"
    assert rows["digitisation"]["lacks"] == "10.90"  # 80% of 22 is 17.6
    assert rows["processing"]["lacks"] == "0.00"


def test_the_184_units_by_band(told: dict[str, Any]) -> None:
    units = told["units"]
    assert units["bands"] == ["Xuất sắc", "Tốt", "Khá", "Trung bình", "Yếu"]
    assert [(row["among"], row["bands"], row["count"]) for row in units["rows"]] == [
        ("departments", [0, 0, 10, 7, 0], 17),
        ("districts", [0, 0, 3, 8, 0], 11),
        ("communes", [0, 7, 118, 29, 2], 156),
    ]
    assert (units["sum"], units["count"]) == ([0, 7, 131, 44, 2], 184)
    assert units["percent"] == [0, 4, 71, 24, 1]


def test_without_data_there_is_no_story(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path) as folder:
        found = story(folder)
    assert (found["results"], found["groups"], found["units"]) == ([], None, None)
