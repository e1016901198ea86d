"""Backup and restore as commands: the restored folder counts as the old one did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chiso.cli import run
from chiso.folder import DataFolder


@pytest.mark.slow
def test_a_restored_folder_counts_as_the_old_one(
    own_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, new = tmp_path / "a.backup", tmp_path / "new"
    assert run(["backup", str(file), "--data", str(own_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["journal"] > 0
    secret = str(own_path / "secret.key")
    assert run(["restore", str(file), "--data", str(new), "--secret", secret, "--verify"]) == 0
    assert "all counts agree" in capsys.readouterr().err
    with DataFolder.open(own_path) as old, DataFolder.open(new) as back:
        for unit in ("H01", "H01.113"):
            assert back.score(unit) == old.score(unit)
        assert back.rank("communes") == old.rank("communes")


def test_wrong_use_is_said(own_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.backup"
    assert run(["backup", str(file), "--data", str(tmp_path / "nothing")]) == 2
    assert run(["backup", str(file), "--data", str(own_path)]) == 0
    assert run(["backup", str(file), "--data", str(own_path)]) == 1
    assert "never written over" in capsys.readouterr().err
    assert run(["restore", str(file), "--data", str(own_path)]) == 2
    assert run(["restore", str(tmp_path / "b"), "--data", str(tmp_path / "x")]) == 2
    (tmp_path / "b").write_bytes(b"no backup")
    assert run(["restore", str(tmp_path / "b"), "--data", str(tmp_path / "x")]) == 1
    assert run(["restore", str(file), "--data", str(tmp_path / "x")]) == 1
    assert "secret" in capsys.readouterr().err
