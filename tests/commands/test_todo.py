"""``chiso todo`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chiso import cli
from chiso.commands.todo import WORDS
from chiso.folder import DataFolder
from chiso.insight.todo.answer import todo
from chiso.insight.todo.items import WHAT
from chiso.instants import parse_instant

pytestmark = pytest.mark.slow


def test_it_prints_what_the_folder_answers(province_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["todo", "H01", "--what", "due", "--what", "result", "--until", "2026-10-20", "--limit", "5"]
    assert cli.run([*words, "--data", str(province_path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    with DataFolder.open(province_path) as folder:
        until = parse_instant("2026-10-21")
        assert json.loads(out) == todo(folder, "H01", what=["due", "result"], until=until, limit=5)


def test_people_see_what_is_to_be_done(province_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["todo", "H01.113", "--data", str(province_path), "--limit", "3"]) == 0
    out, err = capsys.readouterr()
    assert "Xong trước hạn" in out
    assert "còn" in err
    assert cli.run(["todo", "H01.113", "--what", "x", "--data", str(province_path)]) == 2
    assert "no kind of work" in capsys.readouterr().err


def test_every_kind_has_words() -> None:
    assert set(WORDS) == set(WHAT)
