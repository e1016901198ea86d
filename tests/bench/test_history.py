"""The drawn history is one that any folder can be asked of."""

from __future__ import annotations

from pathlib import Path

import pytest

from chiso.bench import history
from chiso.bench.report import Report
from chiso.folder import DataFolder
from chiso.folder.courses import published_history


@pytest.mark.slow
def test_a_drawn_history_answers_as_a_real_one(tmp_path: Path) -> None:
    rows = history.fill(tmp_path, 5)
    assert rows == 39 * 3652
    with DataFolder.open(tmp_path) as folder:
        told = folder.rank("provinces")
        assert len(told["rows"]) == 34
        assert set(told["rows"][0]["change"]) == {"day", "week", "month", "year"}
        assert [one["rank"] for one in told["rows"]] == sorted(one["rank"] for one in told["rows"])
        series = published_history(folder, "H01")["series"]
        assert [one["law"] for one in series] == ["qd766-2022", "qd766"]
        assert sum(len(one["rows"]) for one in series) == 1_379  # since 2023: the decision is of June 2022


@pytest.mark.slow
def test_the_league_is_asked_of_a_real_server() -> None:
    report = Report()
    history.measure(report, 3)
    assert report.differences == []
    assert [line.value is not None for line in report.parts[history.TITLE]] == [True] * 4
