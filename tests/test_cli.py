"""The commands as they are typed: exit statuses, one JSON document, help, the quick path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chiso import cli
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.ledger.clock import Clock

COMMANDS = (
    "score", "rank", "outlook", "todo", "plan", "load", "recount", "serve", "demo", "bench", "sender add",
    "sender list", "law diff", "law show", "quarantine list", "quarantine show", "quarantine release",
    "quarantine dismiss",
)  # fmt: skip
FIGURES = """
law: qd766
at: 2026-10-10
level: province
figures: {"1.1": [0, 55], "1.2": [0, 52], "1.3": [54, 54], "1.4": [325676, 325676], "2.1": [354437, 389256],
  "3.5": [66, 321], "3.5b": [114, 321], "3.6": [184216, 214209], "4.1": [275413, 389166],
  "4.2": [87128, 389166], "4.3": [80506, 389166], "4.4": [6200, 389166], "4.5a": [304, 1266],
  "4.5b": [209220, 389166], "5.2": [115, 298], "5.3": [91, 298], "5.4": [354189, 389166]}
given: {online_services: 6.97}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data"
    with DataFolder.open(path) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
    monkeypatch.setenv("CHISO_DATA", str(path))
    return path


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    path = tmp_path / "an giang.yaml"
    path.write_text(FIGURES, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    capsys.readouterr()
    status = cli.run([str(word) for word in words])
    out, err = capsys.readouterr()
    return status, out, err


def document(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Any:
    status, out, err = run(capsys, *words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    status, out, err = run(capsys, *command.split(), "--help")
    assert (status, err) == (0, "")
    assert f"Usage: chiso {command}".strip() in out
    if command:
        assert len(out.splitlines()) > 4
    if command not in ("", "bench"):
        assert "--data" in out


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"], ["score"], ["score", "H01", "--bogus"], ["score", "H01", "--period", "2026-13"],
        ["score", "H01", "--at", "hôm qua"], ["score", "H01", "--as-of", "2026-02-30"],
        ["score", "H01", "--law", "qd9"], ["score", "H01", "--source", "rumour"],
        ["score", "--figures", "/no/such.yaml"], ["score", "--figures", "/no/such.yaml", "--data", "/tmp"],
        ["rank", "--among", "villages"], ["load"], ["load", "/no/such.json"], ["serve", "--port", "abc"],
        ["sender", "add"], ["sender", "add", "x", "--unit", "Z1"], ["quarantine", "list", "--state", "lost"],
        ["quarantine", "release", "1", "/no/such"], ["law", "show", "qd766", "--day", "1x"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use_is_two(capsys: pytest.CaptureFixture[str], folder: Path, words: list[str]) -> None:
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert err.strip()


@pytest.mark.parametrize(
    "words",
    [
        ["score", "X99"], ["score", "H01", "--period", "2023"], ["score", "H01", "--source", "published"],
        ["rank", "--under", "X99"], ["quarantine", "show", "1"], ["quarantine", "release", "1"],
        ["quarantine", "dismiss", "1"], ["law", "diff", "qd766", "qd9"],
        ["law", "diff", "qd766", "qd766-2022", "--unit", "H01"],
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("as_json", [False, True])
def test_failed_work_is_one_with_a_sentence(
    capsys: pytest.CaptureFixture[str], folder: Path, words: list[str], as_json: bool
) -> None:
    more = ["--json"] if as_json and words[1] not in ("show", "dismiss") else []
    status, out, err = run(capsys, *words, *more)
    assert (status, out) == (1, "")
    assert err.startswith("chiso: ")
    assert "CHISO_TRACE" not in err


def test_one_json_document_and_nothing_else(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert document(capsys, "score", "H01")["unit"] == "H01"
    assert document(capsys, "rank")["among"] == "provinces"
    assert document(capsys, "recount")["agrees"] is True
    assert document(capsys, "recount", "--deep")["agrees"] is True
    made = document(capsys, "sender", "add", "một cửa", "--unit", "000.00.00.H01")
    assert set(made) == {"name", "unit", "user", "password", "key"}
    assert made["unit"] == "H01"
    (known,) = document(capsys, "sender", "list")
    assert (known["name"], known["unit"], known["active"], known["last_used"]) == (
        "một cửa",
        "H01",
        True,
        None,
    )
    assert [one["state"] for one in known["keys"]] == ["live"]
    assert document(capsys, "quarantine", "list")["total"] == 0
    assert document(capsys, "law", "show")["law"] == "qd766"
    assert document(capsys, "law", "diff", "qd766", "qd766-document")["words"]
    status, _, err = run(capsys, "sender", "add", "một cửa", "--unit", "H01")
    assert (status, "already" in err) == (1, True)


def test_tables_for_people(capsys: pytest.CaptureFixture[str], folder: Path, figures: Path) -> None:
    status, out, _ = run(capsys, "score", "--figures", figures)
    assert status == 0
    assert "59,18 điểm · Trung bình" in out
    assert "Công khai, minh bạch" in out
    assert "91,05%" in out
    for words in (["rank", "--among", "communes"], ["law", "show"], ["sender", "list"],
                  ["quarantine", "list"],
                  ["law", "diff", "qd766", "qd766-document", "--unit", "H01"]):  # fmt: skip
        assert run(capsys, *words)[0] == 0
    assert run(capsys, "--version")[1].strip() == "0.1.0"


def test_figures_give_the_points_of_the_province(capsys: pytest.CaptureFixture[str], figures: Path) -> None:
    told = document(capsys, "score", "--figures", figures)
    points = {name: one["points"] for name, one in told["groups"].items()}
    assert told["total"] == "59.18"
    assert points == {
        "transparency": "8.00", "processing": "18.21", "online_services": "6.97", "online_payment": "6.56",
        "satisfaction": "10.15", "digitisation": "9.29",
    }  # fmt: skip


def test_the_quick_path_of_figures_says_what_the_whole_command_says(
    capsys: pytest.CaptureFixture[str], figures: Path, folder: Path
) -> None:
    quick = [["score", "--figures", figures, *more] for more in ([], ["--json"])]
    quick += [["score", f"--figures={figures}"], ["--json", "score", "--figures", figures]]
    slow = [[*words, "--data", folder] for words in quick]
    for fast, whole in zip(quick, slow, strict=True):
        assert cli._figures_only([str(word) for word in fast]) is not None
        assert cli._figures_only([str(word) for word in whole]) is None
    for fast, whole in zip(quick[:3], slow[:3], strict=True):
        assert run(capsys, *fast) == run(capsys, *whole)


def test_figures_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    for text in ("law: qd9\nat: 2026-10-10\nlevel: province\nfigures: {}\n", "figures: [",
                 "at: x\nfigures: {}\n",
                 'law: qd766\nat: 2026-10-10\nlevel: province\nfigures: {"9.9": [1, 2]}\n'):  # fmt: skip
        path.write_text(text, encoding="utf-8")
        status, out, err = run(capsys, "score", "--figures", path)
        assert (status, out) == (1, "")
        assert err.startswith("chiso: ")


def test_as_a_process_it_answers_on_its_own_streams(figures: Path, folder: Path) -> None:
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "chiso.cli"]
    told = subprocess.run(
        [*command, "score", "--figures", str(figures), "--json"],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert json.loads(told.stdout)["total"] == "59.18"
    wrong = subprocess.run([*command, "score"], capture_output=True, env=environment, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    # a reader that goes away, as head does, is no trouble
    piped = subprocess.run(
        f"{' '.join(command)} law show --json | head -c 1",
        shell=True,
        capture_output=True,
        env=environment,
        check=False,
    )
    assert piped.stderr == b""
