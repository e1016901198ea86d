"""From a number down: the lists behind every number sum to it."""

from __future__ import annotations

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.instants import parse_instant

BY_DOSSIERS = ("2.1", "3.3", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b", "5.4")
BY_PROCEDURES = ("3.2", "3.5", "3.5b", "4.5a")
QUESTIONS = [
    {},
    {"period": "2026-05"},
    {
        "period": "2026-Q2",
        "at": parse_instant("2026-05-20T10:00"),
        "as_of": parse_instant("2026-05-20T10:00"),
    },
]


@pytest.mark.parametrize("question", QUESTIONS, ids=["year", "month", "as of"])
@pytest.mark.parametrize("unit", ["H01", "H01.113", "H01.06"])
@pytest.mark.parametrize("indicator", BY_DOSSIERS)
def test_lists_of_dossiers_sum_to_the_board(
    province: DataFolder, unit: str, indicator: str, question: dict[str, object]
) -> None:
    figure = province.score(unit, **question)["indicators"][indicator]
    n, d = figure.get("n", 0), figure.get("d", 0)
    told = {
        part: province.dossiers(unit, indicator, part, limit=10_000, **question)
        for part in ("n", "d", "missed")
    }
    assert told["d"]["total"] == d == len(told["d"]["rows"])
    assert told["missed"]["total"] == d - n
    codes = {part: {row["code"] for row in one["rows"]} for part, one in told.items()}
    assert codes["n"] & codes["d"] == codes["d"] - codes["missed"]
    assert len(codes["n"] & codes["d"]) == n
    by_procedure = province.procedures(unit, indicator, **question)["rows"]
    assert sum(row["n"] for row in by_procedure) == n
    assert sum(row["d"] for row in by_procedure) == d
    assert all(row["missed"] == row["d"] - row["n"] for row in by_procedure)
    assert [row["missed"] for row in by_procedure] == sorted(
        (row["missed"] for row in by_procedure), reverse=True
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=["year", "month", "as of"])
@pytest.mark.parametrize("unit", ["H01", "H01.113", "H01.06"])
@pytest.mark.parametrize("indicator", BY_PROCEDURES)
def test_procedures_of_a_register_sum_to_the_board(
    province: DataFolder, unit: str, indicator: str, question: dict[str, object]
) -> None:
    figure = province.score(unit, **question)["indicators"][indicator]
    rows = province.procedures(unit, indicator, **question)["rows"]
    assert sum(row["n"] for row in rows) == figure.get("n", 0)
    assert len(rows) == figure.get("d", 0)
    having = {row["code"] for row in rows if row["n"]}
    listed = province.dossiers(unit, indicator, "n", limit=10_000, **question)["rows"]
    assert having <= {row["procedure"] for row in listed}


def test_the_dossiers_of_1_4_are_those_synchronised(province: DataFolder) -> None:
    figure = province.score("H01")["indicators"]["1.4"]
    assert province.dossiers("H01", "1.4", "n")["total"] == figure["n"]


def test_pages_of_a_list_make_the_list(province: DataFolder) -> None:
    whole = province.dossiers("H01", "2.1", "missed", limit=10_000)["rows"]
    pages = [row for start in range(0, len(whole), 7) for row in
             province.dossiers("H01", "2.1", "missed", limit=7, offset=start)["rows"]]  # fmt: skip
    assert pages == whole
    due = [row["due_at"] for row in whole if row["due_at"]]
    assert due == sorted(due)
    newest = [row["received_at"] for row in province.dossiers("H01", "2.1", "d", limit=300)["rows"]]
    assert newest == sorted(newest, reverse=True)


def test_open_dossiers_are_those_not_ended(province: DataFolder) -> None:
    told = province.dossiers("H01", "2.1", "open", limit=10_000)
    whole = province.dossiers("H01", "2.1", "d", limit=10_000)
    assert told["total"] == sum(row["state"] == "open" for row in whole["rows"]) > 0
    assert all(row["state"] == "open" and row["ended_at"] is None for row in told["rows"])


def test_a_list_of_one_procedure(province: DataFolder) -> None:
    first = province.procedures("H01", "2.1")["rows"][0]
    told = province.dossiers("H01", "2.1", "missed", procedure=first["code"], limit=10_000)
    assert told["total"] == first["missed"]
    assert {row["procedure"] for row in told["rows"]} <= {first["code"]}
    assert province.dossiers("H01", "2.1", "d", procedure="0.000000")["total"] == 0


def test_a_list_says_where_it_came_from_and_what_cannot_be_listed(province: DataFolder) -> None:
    told = province.dossiers("H01.113", "2.1", "n")
    assert (told["unit"], told["indicator"], told["part"], told["source"]) == (
        "H01.113",
        "2.1",
        "n",
        "computed",
    )
    assert province.dossiers("H01", "5.2")["rows"] == []
    with pytest.raises(QuestionError):
        province.dossiers("H01", "9.9")
    with pytest.raises(QuestionError):
        province.dossiers("H01", "2.1", "some")
    with pytest.raises(QuestionError):
        province.dossiers("H01", "2.1", period="2023")
