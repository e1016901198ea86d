"""``chiso reconcile`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chiso import cli
from chiso.folder import DataFolder
from chiso.insight.reconcile import as_json
from chiso.instants import parse_instant
from tests.insight.reconcile.conftest import CAPTURE, HOUR, UNIT, Small, everywhere
from tests.test_documents import alike, example

LATE = f"{UNIT}-260901-00050"


@pytest.fixture
def told(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A folder where one dossier came later, and what the command should say of it."""
    path = tmp_path / "data"
    with DataFolder.open(path) as folder:
        small = Small(folder)
        small.tell(small.one(50, parse_instant("2026-09-20")), known_at=CAPTURE + HOUR)
        small.publish(small.differ(**everywhere(-1, -1)))
        body = as_json(small.reconcile())
    return path, body


def test_it_prints_what_the_folder_answers(
    told: tuple[Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    path, body = told
    words = ["reconcile", UNIT, "--period", "2026", "--data", str(path)]
    assert cli.run([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == body
    assert cli.run([*words, "--json", "--named", "0"]) == 0
    causes = json.loads(capsys.readouterr().out)["causes"]
    assert [(one["count"], one["dossiers"], one["more"]) for one in causes if "changes" in one] == [
        (1, [], 1)
    ]


def test_the_page_shows_its_form(told: tuple[Path, dict[str, Any]]) -> None:
    shown, body = example("reconcile"), told[1]
    assert set(shown) == set(body)
    for key in ("published", "computed", "difference"):
        assert set(shown[key]) == set(body[key])
    alike(shown["rows"][0], next(row for row in body["rows"] if row["indicator"] == "2.1"))
    assert set(shown["causes"][0]) == set(body["causes"][0])
    assert set(shown["groups"][0]) == {
        "group", "captured_at", "published", "computed", "explained_to", "difference", "why",
    }  # fmt: skip


def test_people_see_the_difference_first(
    told: tuple[Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["reconcile", UNIT, "--period", "2026", "--data", str(told[0])]) == 0
    out, _ = capsys.readouterr()
    assert "giải thích được" in out.splitlines()[1]
    assert "Biết sau khi Cổng chốt số" in out
    assert LATE in out


def test_a_list_and_a_workbook(
    told: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed, book = tmp_path / "ds.csv", tmp_path / "doi-chieu.xlsx"
    listed.write_text("Mã hồ sơ\n" + "\n".join(f"{UNIT}-260901-{number:05d}" for number in range(10)))
    words = ["reconcile", UNIT, "--period", "2026", "--data", str(told[0]), "--json"]
    assert cli.run([*words, "--list", str(listed), "-o", str(book), "--asked-by", "Sở Nội vụ"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["list"]["dossiers"] == 10
    assert str(book) in err
    assert book.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--list", "nowhere.csv"], "no such file"),
        (["-o", "x.pdf"], "ends in .xlsx"),
        (["--law", "qd000"], "no law"),
    ],
)
def test_wrong_use(
    told: tuple[Path, dict[str, Any]], words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["reconcile", UNIT, "--data", str(told[0]), *words]) == 2
    assert said in capsys.readouterr().err


def test_a_list_that_is_none(
    told: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "x.csv"
    other.write_text("a;b\n1;2\n")
    assert cli.run(["reconcile", UNIT, "--data", str(told[0]), "--list", str(other)]) == 2
    assert "MaHoSo" in capsys.readouterr().err


def test_nothing_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["reconcile", "H01", "--data", str(tmp_path / "data")]) == 1
    assert "no published result" in capsys.readouterr().err
