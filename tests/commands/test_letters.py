"""``chiso letter``: files, register, numbers, and wrong use in words."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from chiso import cli
from chiso.steering.letters.template import FIELD, built_in

LIST = "Phòng Tư pháp và Ủy ban nhân dân cấp xã"


def urge(number: int = 308) -> list[str]:
    """The letter of 28/03/2023 as it is asked for."""
    words = "letter urge --period 2023 --at 2023-03-28 --date 2023-03-28 --deadline 2023-04-15 --anyway"
    return [*words.split(), "--list-by", "2023-04-15", "--list", LIST, "--number", str(number)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("letters") / "data"
    for sample in ("an-giang-2023", "an-giang-2023-letter"):
        assert cli.run(["load", "--sample", sample, "--data", str(path)]) == 0
    return path


@pytest.fixture(autouse=True)
def here(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_DATA", str(filled))


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_a_letter_its_register_and_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "1.docx", tmp_path / "2.docx"
    assert cli.run([*urge(), "-o", str(first), "--json"]) == 0
    (letter,) = told(capsys)["letters"]
    assert letter["digest"] == hashlib.sha256(first.read_bytes()).hexdigest()
    assert letter["broken"] == []
    assert len(letter["warnings"]) == 2
    assert cli.run([*urge(), "-o", str(second), "--json"]) == 0
    assert told(capsys)["letters"][0]["id"] == letter["id"]
    assert first.read_bytes() == second.read_bytes()
    assert cli.run(["letter", "check", str(first)]) == 0
    capsys.readouterr()
    assert cli.run(["letter", "register", "--unit", "gso:883", "--json"]) == 0
    assert [one["id"] for one in told(capsys)["letters"]] == [letter["id"]]
    words = [
        "letter",
        "number",
        str(letter["id"]),
        "--number",
        "309",
        "--date",
        "2023-03-29",
        "-o",
        str(second),
    ]
    assert cli.run([*words, "--json"]) == 0
    changed = told(capsys)
    assert (changed["number"], changed["date"]) == (309, "2023-03-29")
    assert changed["digest"] == hashlib.sha256(second.read_bytes()).hexdigest() != changed["drafted"]
    assert cli.run(["letter", "register"]) == 0
    assert "309/UBND-TH" in capsys.readouterr().out


def test_letters_to_several_units_go_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # of single units nothing was published: the first says so
    assert (
        cli.run(["letter", "unit", "gso:883", "gso:884", "--period", "2023", "-o", str(tmp_path / "all")])
        == 1
    )
    assert "2023" in capsys.readouterr().err
    words = ["letter", "unit", "H01", "--period", "2023", "--to", "x"]
    assert cli.run([*words, "-o", str(tmp_path / "x.docx")]) == 2
    assert cli.run([*words[:-2], "-o", str(tmp_path / "one.docx")]) == 0
    assert (tmp_path / "one.docx").is_file()


@pytest.mark.slow
def test_the_template_tells_its_fields_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mau.docx"
    assert cli.run(["letter", "template", "-o", str(path), "--json"]) == 0
    body = told(capsys)
    assert path.read_bytes() == built_in()
    assert {"total", "table"} <= body["fields"].keys()
    assert ["number"] in body["needed"]
    assert cli.run(["letter", "template", "-o", str(path)]) == 0
    assert FIELD.search(capsys.readouterr().out)
    letters = [tmp_path / "a.docx", tmp_path / "b.docx"]
    assert cli.run([*urge(310), "-o", str(letters[0])]) == 0
    assert cli.run([*urge(310), "-o", str(letters[1]), "--template", str(path)]) == 0
    assert letters[0].read_bytes() == letters[1].read_bytes()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("letter urge --period 2023 --at 2023-03-28 -o {}/x.docx", 1, "--anyway makes it all the same"),
        ("letter urge -o {}", 2, "is a folder"),
        ("letter urge --required many -o {}/x.docx", 2, "80-90"),
        ("letter urge --period 2023 --appendix thanks -o {}/x.docx", 2, "no appendix"),
        ("letter urge --period 2023 --template {}/none.docx -o {}/x.docx", 2, "no such file"),
        ("letter unit -o {}/x.docx", 2, "takes codes of units"),
        ("letter unit H01 --among communes -o {}/x.docx", 2, "takes codes of units"),
        ("letter unit gso:883 gso:884 -o {}/x.docx", 2, "into a folder"),
        ("letter unit gso:883 gso:884 --number 3 -o {}/x", 2, "one number"),
        ("letter unit H98 H99 -o {}/x", 1, "no unit has the code"),
        ("letter check {}/none.docx", 2, "no such file"),
        ("letter number 999 --number 3", 1, "no letter 999"),
        ("letter number 999", 2, "takes --number"),
        ("letter register --unit H99", 2, "no unit has the code"),
    ],
)
def test_wrong_use_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, status: int, message: str
) -> None:
    found = cli.run(words.replace("{}", str(tmp_path)).split())
    assert message in capsys.readouterr().err
    assert found == status
    assert not list(tmp_path.glob("*.docx"))


def test_a_template_without_a_field_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import docx

    empty = docx.Document()
    empty.add_paragraph("{{number}}")
    empty.save(str(tmp_path / "empty.docx"))
    assert cli.run([*urge(), "--template", str(tmp_path / "empty.docx"), "-o", str(tmp_path / "x.docx")]) == 2
    assert "{{date}} is missing" in capsys.readouterr().err


@pytest.mark.slow
def test_a_broken_layout_is_told_and_the_letter_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import docx

    path = tmp_path / "mau.docx"
    assert cli.run(["letter", "template", "-o", str(path)]) == 0
    document = docx.Document(str(path))
    document.sections[0].left_margin = 0
    document.save(str(path))
    capsys.readouterr()
    made = tmp_path / "x.docx"
    assert cli.run([*urge(311), "--template", str(path), "-o", str(made), "--json"]) == 0
    (letter,) = told(capsys)["letters"]
    assert {one["rule"] for one in letter["broken"]} == {"page_margins"}
    assert cli.run(["letter", "check", str(made), "--json"]) == 1
    assert told(capsys)["broken"]
    assert cli.run(["letter", "check", str(path)]) == 1


def test_without_libreoffice_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.run([*urge(), "--pdf", "-o", str(tmp_path / "x.docx")]) == 1
    assert "install libreoffice-writer" in capsys.readouterr().err
    assert not (tmp_path / "x.docx").exists()
