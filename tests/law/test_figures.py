from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from chiso.instants import parse_instant
from chiso.law import LawError
from chiso.law.figures import parse_figures, read_figures

YAML = """
law: qd766
at: 2026-10-10
level: province
figures: {"1.1": [0, 55], "2.1": [354437, 389256], "4.6": [null, null]}
given: {online_services: 6.97}
"""


def test_yaml_and_json_score_alike(tmp_path: Path) -> None:
    data = {
        "law": "qd766",
        "at": "2026-10-10",
        "level": "province",
        "figures": {"1.1": [0, 55], "2.1": [354437, 389256]},
        "given": {"online_services": 6.97},
    }
    (tmp_path / "a.yaml").write_text(YAML, "utf-8")
    (tmp_path / "a.json").write_text("﻿" + json.dumps(data, indent="\t"), "utf-8")
    yaml, jsons = (read_figures(tmp_path / name).as_json() for name in ("a.yaml", "a.json"))
    assert yaml == jsons
    assert yaml["law"] == "qd766"
    assert yaml["at"] == "2026-10-10T00:00:00+07:00"
    assert yaml["groups"]["processing"]["points"] == "18.21"
    assert yaml["groups"]["online_services"]["points"] == "6.97"


def test_the_law_follows_from_the_day() -> None:
    assert parse_figures("{at: 2026-10-10}").law == "qd766"
    names = (
        "transparency",
        "processing",
        "online_services",
        "online_payment",
        "satisfaction",
        "digitisation",
    )
    given = json.dumps(dict.fromkeys(names, 1))
    old = parse_figures(f"at: 2023-05-31\ngiven: {given}")
    assert old.law == "qd766-2022"
    assert old.version.day == date(2022, 6, 23)


@pytest.mark.parametrize(
    "at", ["2026-10-10T06:00+07:00", "2026-10-10T06:00:00+07:00", '"2026-10-09T23:00:00Z"']
)
def test_an_instant_may_be_written_in_full(at: str) -> None:
    assert parse_figures(f"at: {at}").at == parse_instant("2026-10-10T06:00:00+07:00")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1, 2]", "f.yaml: must be a mapping"),
        ("at: [", "f.yaml: line 2"),
        ("figures: {}", "f.yaml: at: is missing"),
        ("at: tomorrow", "f.yaml: at: not an instant"),
        ("at: 2026-13-01", "f.yaml"),
        ("at: 2026-10-10\nfigurs: {}", "f.yaml: figurs: unknown key"),
        ("at: 2026-10-10\nlevel: ward", "f.yaml: level: is 'ward'"),
        ("at: 2026-10-10\nlaw: qd999", "qd999: no such law; there are qd766, qd766-document, qd766-2022"),
        ("at: 2020-01-01", "no law holds on 2020-01-01"),
        ("at: 2026-10-10\nfigures: {'9.9': [1, 2]}", "f.yaml: figures.9.9: qd766 has no such indicator"),
        ("at: 2026-10-10\nfigures: {'2.1': 5}", r"f.yaml: figures.2.1: must be \[numerator, denominator\]"),
        (
            "at: 2026-10-10\nfigures: {'2.1': [1.5, 2]}",
            "f.yaml: figures.2.1: has '1.5', must be two whole numbers",
        ),
        ("at: 2026-10-10\nfigures: {'2.1': [-1, 2]}", "f.yaml: figures.2.1: has -1"),
        ("at: 2026-10-10\nfigures: {'2.1': [3, 0]}", "f.yaml: figures.2.1: is 3/0"),
        ("at: 2026-10-10\nfigures: {'2.1': [1, 2], '2.1': [1, 3]}", "'2.1' stands twice"),
        ('{"at": "2026-10-10", "at": "2026-10-11"}', "at: stands twice"),
        ("at: 2026-10-10\ngiven: {speed: 3}", "f.yaml: given.speed: qd766 has no such group"),
        ("at: 2026-10-10\ngiven: {processing: many}", "f.yaml: given.processing: is 'many', must be points"),
        (
            "at: 2026-10-10\ngiven: {processing: 21}",
            "f.yaml: given.processing: is 21, must lie between 0 and 20",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(text: str, reason: str) -> None:
    with pytest.raises(LawError, match=reason):
        parse_figures(text, "f.yaml")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LawError, match=r"none\.yaml: cannot be read"):
        read_figures(tmp_path / "none.yaml")


def test_scoring_figures_loads_neither_parser_nor_arrays(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(YAML, "utf-8")
    program = (
        "import sys; from pathlib import Path; from chiso.law.figures import read_figures;"
        "read_figures(Path(sys.argv[1])).as_json();"
        "print(sorted({'numpy', 'sqlglot', 'msgspec', 'duckdb'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.yaml")], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
