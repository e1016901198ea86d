"""``chiso plan`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chiso import cli
from chiso.folder import DataFolder
from chiso.insight.plan.answer import plan
from chiso.insight.plan.asked import hours_of
from chiso.instants import parse_instant

pytestmark = pytest.mark.slow


def test_it_prints_what_the_folder_answers(province_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "plan",
        "H01",
        "--target",
        "60",
        "--by",
        "2026-12-15",
        "--hours",
        "due=2,digitise=0.5",
        "--inflow",
    ]
    assert cli.run([*words, "--spread", "even", "--data", str(province_path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    with DataFolder.open(province_path) as folder:
        by, hours = parse_instant("2026-12-16"), hours_of("due=2,digitise=0.5")
        assert json.loads(out) == plan(folder, "H01", "60", by, hours=hours, inflow=True, spread="even")


def test_people_see_whether_it_can_be_reached_and_by_what(
    province_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--by", "2026-12-31", "--data", str(province_path)]
    assert cli.run(["plan", "H01", "--target", "Xuất sắc", *at]) == 0
    out, err = capsys.readouterr()
    assert "không thể đạt 90,00 điểm trước 01/01/2027" in out + err
    assert "Số hóa thành phần" in out
    assert cli.run(["plan", "H01", "--target", "1", *at]) == 0
    out, err = capsys.readouterr()
    assert "cần 0 việc" in out + err
    assert cli.run(["plan", "H01", "--target", "rất tốt", *at]) == 2
    assert "no target" in capsys.readouterr().err
