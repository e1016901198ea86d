from __future__ import annotations

import json
from pathlib import Path

import pytest

from chiso.cli import run
from tests.support.lateness import PERIOD, build, province

ASKED = f"lateness H01 --period {PERIOD} --as-of 2026-10-01T00:00+07:00"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("late") / "data", province(1))


@pytest.fixture(autouse=True)
def _data(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_DATA", str(path))


def test_the_answer_and_its_lists_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED.split(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {name: one["count"] for name, one in told["classes"].items()} == {
        "late_data": 38,
        "wrong_data": 23,
        "late_work": 29,
        "undecidable": 10,
    }
    for kind, count in (("all", 100), ("wrong_data", 23), ("shown", told["shown"]["count"])):
        assert run([*ASKED.split(), "--list", kind, "--limit", "7", "--offset", "2", "--json"]) == 0
        listed = json.loads(capsys.readouterr().out)
        assert (listed["total"], len(listed["rows"])) == (count, 7)
    words = "--list wrong_data --mistake end_without_time+request_repeated --json"
    assert run([*ASKED.split(), *words.split()]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 1
    assert run([*ASKED.split(), *["--list", "late_data", "--indicator", "4.1", "--json"]]) == 0
    assert json.loads(capsys.readouterr().out)["total"] > 0


def test_tables_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ASKED.split()) == 0
    out = capsys.readouterr().out
    for words in (
        "100 hồ sơ quá hạn trong 251",
        "Dữ liệu đến chậm",
        "38,00%",
        "Nếu dữ liệu đúng và kịp thời",
    ):
        assert words in out
    assert run([*ASKED.split(), "--list", "shown"]) == 0
    assert "H01." in capsys.readouterr().out
    assert run(["lateness", "H01", "--period", "2026-01"]) == 0
    assert "0 hồ sơ quá hạn trong 0" in capsys.readouterr().out


def test_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED.split(), "--list", "late"]) == 2
    assert "no class 'late'" in capsys.readouterr().err
    assert run(["lateness", "H01.999"]) == 1
