"""``chiso outlook`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chiso import cli
from chiso.folder import DataFolder
from chiso.insight.outlook.answer import outlook
from chiso.instants import parse_instant

pytestmark = pytest.mark.slow


def test_it_prints_what_the_folder_answers(province_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["outlook", "H01", "--until", "2026-10-31", "--data", str(province_path)]
    assert cli.run([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    with DataFolder.open(province_path) as folder:
        wanted = outlook(folder, "H01", parse_instant("2026-11-01"))
    assert json.loads(out) == wanted
    assert cli.run([*words, "--no-forecast", "--json"]) == 0
    assert "forecast" not in json.loads(capsys.readouterr().out)


def test_people_see_days(province_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["outlook", "H01", "--until", "2026-10-20", "--data", str(province_path)]) == 0
    out, err = capsys.readouterr()
    assert "13/10/2026" in out
    assert "Nếu không ai xử lý" in out
    assert "Thử trên" in err


def test_what_cannot_be_asked_is_said(province_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["outlook", "H01", "--until", "2026-10-01", "--data", str(province_path)]) == 2
    assert "lie after" in capsys.readouterr().err
