"""Results that come with the package: loaded like any file, each with what it rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chiso import cli
from chiso.commands import samples
from chiso.folder import DataFolder
from chiso.instants import iso
from chiso.intake.records import BandCount
from chiso.ledger.publishing import RANK, TOTAL


def test_every_sample_says_what_it_rests_on() -> None:
    assert samples.names() == [samples.AN_GIANG_2023, "an-giang-2023-letter"]
    told = samples.sources("an-giang-2023-letter")
    assert {one["kind"] for one in told["sources"]} == {"L", "X"}
    told = samples.sources(samples.AN_GIANG_2023)
    for words in (
        told["title"],
        *told["notes"],
        *(one[key] for one in told["sources"] for key in ("figures", "source")),
    ):
        assert set(words) == {"vi", "en"}
    assert {one["kind"] for one in told["sources"]} == {"L"}
    with pytest.raises(KeyError):
        samples.tables("an-giang-1923")


def test_march_2023_is_loaded_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["load", "--sample", samples.AN_GIANG_2023, "--data", str(tmp_path), "--json"]
    assert cli.run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["refused"], told["kinds"]["band_counts"]) == (0, 15)
    assert cli.run(words) == 0  # a second time it is all the same
    again = json.loads(capsys.readouterr().out)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, told["read"])
    with DataFolder.open(tmp_path) as folder:
        totals = [
            (iso(row.captured_at), told.points, told.rank)
            for row in folder.published.rows("H01", "2023")
            for key, told in row.capture.own().items()
            if key in (TOTAL, RANK)
        ]
        assert sorted(totals) == [
            ("2023-02-27T00:00:00+07:00", None, 4),
            ("2023-03-07T00:00:00+07:00", None, 8),
            ("2023-03-27T00:00:00+07:00", "65.2", 10),
            ("2023-05-31T17:00:00+07:00", "69.63", 13),
        ]
        counts = [one for _, one in folder.ledger.records("band_count") if isinstance(one, BandCount)]
        assert sum(one.count for one in counts) == 184
        score = folder.score("H01", period="2023")
        assert (score["total"], score["band"]) == ("69.63", "Trung bình")


def test_a_sample_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["load", "--sample", "an-giang-1923", "--data", str(tmp_path)]) == 2
    assert "there is an-giang-2023" in capsys.readouterr().err
