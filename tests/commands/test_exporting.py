"""``chiso export`` and ``chiso message`` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chiso import cli
from chiso.folder import DataFolder
from chiso.insight.exports import scores
from chiso.insight.exports.weekly import weekly

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("form", sorted(scores.FORMS))
def test_it_writes_what_the_folder_answers(province_path: Path, tmp_path: Path, form: scores.Form) -> None:
    target = tmp_path / f"x.{form.upper()}"
    words = ["export", "H01", "-o", str(target), "--below", "--data", str(province_path)]
    assert cli.run(words) == 0
    assert target.stat().st_size > 1000


def test_csv_may_have_commas(province_path: Path, tmp_path: Path) -> None:
    words = ["export", "H01.113", "-o", str(tmp_path / "x.csv"), "--comma", "--data", str(province_path)]
    assert cli.run(words) == 0
    assert (tmp_path / "x.csv").read_text("utf-8-sig").startswith("period,at,unit,")


def test_another_ending_is_wrong_use(
    province_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "H01", "-o", str(tmp_path / "x.pdf"), "--data", str(province_path)]
    assert cli.run(words) == 2
    assert ".parquet" in capsys.readouterr().err


def test_the_message_is_printed(province_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "message",
        "H01",
        "--under",
        "50",
        "--under",
        "70",
        "--limit",
        "600",
        "--data",
        str(province_path),
    ]
    assert cli.run(words) == 0
    text = capsys.readouterr().out
    assert cli.run([*words, "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    with DataFolder.open(province_path) as folder:
        assert body == weekly(folder, "H01", thresholds=(50, 70), limit=600)
    assert text == body["text"] + "\n"
    assert cli.run(["message", "H01", "--limit", "10", "--data", str(province_path)]) == 2
