"""``chiso recount`` agrees with itself and finds what is planted; ``chiso law`` tells what changes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from chiso import cli
from chiso.commands import lawdiff, recounting
from chiso.folder import DataFolder
from chiso.law.loader import load
from chiso.ledger.facts import ENCODER, FACTS


def said(_: str) -> None:
    pass


def test_a_sound_folder_agrees(province_path: Path, province: DataFolder) -> None:
    found = recounting.recount(province_path, deep=True, say=said)
    assert found.agrees
    assert found.dossiers == len(province.standing.roster)
    assert found.versions == province.version
    assert len(found.compared) == 2
    assert found.as_json()["differences"] == []
    assert "all counts agree" in found.lines()[-1]


def test_facts_changed_behind_the_ledger_s_back_are_found(
    own_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = sqlite3.connect(own_path / "chiso.sqlite")
    for number, packed in database.execute("SELECT id, facts FROM dossier").fetchall():
        facts = FACTS.decode(packed)
        if facts.message is not None and facts.message.finished_at:
            facts.message.finished_at += 60
            database.execute("UPDATE dossier SET facts = ? WHERE id = ?", (ENCODER.encode(facts), number))
            break
    database.commit()
    database.close()
    assert cli.run(["recount", "--data", str(own_path)]) == 0  # the counts themselves are sound
    capsys.readouterr()
    assert cli.run(["recount", "--deep", "--json", "--data", str(own_path)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["agrees"] is False
    (one,) = told["differences"]
    assert (one["by"], one["what"]) == ("journal", "facts")


def test_a_server_s_counts_are_held_against_the_ledger(own: DataFolder, own_path: Path) -> None:
    told = recounting.packed(own.standing, own.version)
    told["periods"] = told["periods"][:5]
    cells = own.standing.cells[:, :5].copy()

    def compare(told: dict[str, Any]) -> recounting.Recount:
        found = recounting.Recount()
        recounting._hold_server(found, own, told, said)
        return found

    def repacked() -> dict[str, Any]:
        small = type("Counts", (), {})()
        for name in ("at", "ground"):
            setattr(small, name, getattr(own.standing, name))
        small.periods, small.cells, small.distinct = (
            own.standing.periods[:5],
            cells,
            own.standing.distinct[:, :5],
        )
        return recounting.packed(small, own.version)

    assert compare(repacked()).agrees
    cells[0, 2, own.registry.units.home.index] += 1
    found = compare(repacked())
    assert not found.agrees
    (one,) = found.differences
    assert one["period"] == own.standing.periods[2].label
    assert one["second"] == one["first"] + 1
    assert one["unit"] == "H01"
    assert compare({**repacked(), "law_version": "another"}).compared == []


def test_the_words_of_a_change_of_law(tmp_path: Path) -> None:
    told = lawdiff.compare(tmp_path, "qd766", "qd766-document", None, None, [])
    keys = {one["key"] for one in told["words"]}
    assert {key for key in keys if key.startswith("indicators.3.3")}
    assert all(one["vi"] and one["en"] for one in told["words"])
    assert told["rows"] == []
    assert lawdiff.compare(tmp_path, "qd766", "qd766", None, "2026", [])["words"] == []


def test_the_points_of_a_change_of_law_are_the_scores_under_both(
    province_path: Path, province: DataFolder
) -> None:
    told = lawdiff.compare(province_path, "qd766", "qd766-document", "H01", None, [])
    assert len(told["rows"]) == 118
    assert told["period"] == "2026"
    for row in told["rows"][::23]:
        assert row["a"] == province.score(row["unit"])["total"]
        assert row["b"] == province.score(row["unit"], law="qd766-document")["total"]
        assert float(row["change"]) == pytest.approx(float(row["b"]) - float(row["a"]))
        assert row["change"].startswith("+") == (float(row["change"]) > 0)
    one = lawdiff.compare(province_path, "qd766", "qd766-document", "H01.113", "2026-09", [])
    assert [row["unit"] for row in one["rows"]] == ["H01.113"]


def test_a_rule_can_be_switched_before_comparing(province_path: Path) -> None:
    described = lawdiff.described("qd766", None)
    assert {one["id"] for one in described["indicators"]} >= {"1.1", "2.1", "4.5b", "5.4"}
    assert all(one["source"] for one in described["indicators"])
    law = load("qd766")
    for rule, chosen in described["options"].items():
        for other in law.source.index["rules"][rule]["options"]:
            told = lawdiff.compare(province_path, "qd766", "qd766", None, None, [f"{rule}={other}"])
            assert (told["a"]["version"] != told["b"]["version"]) == (other != chosen)
            assert bool(told["words"]) == (other != chosen)


@pytest.mark.parametrize("words", [["--option", "x"], ["--option", "no_such_rule=1"]])
def test_options_that_are_none(capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]) -> None:
    assert cli.run(["law", "diff", "qd766", "qd766", *words, "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(("chiso: option", "chiso: qd766: rules"))
