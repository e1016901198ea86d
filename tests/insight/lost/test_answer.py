"""Points lost sum exactly, as printed, for every unit and question; and say what they are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.lost import answer
from chiso.insight.lost.why import WORDS
from chiso.instants import parse_instant
from tests.insight.test_parts import QUESTIONS
from tests.insight.test_parts import WORDS as NAMES
from tests.support import portal
from tests.support.messages import tell


def sums_exactly(body: dict[str, Any]) -> None:
    """The contract's sums, over the texts as they are printed."""
    by: dict[str, Decimal] = dict.fromkeys(body["indicators"], Decimal(0))
    for row in body["rows"]:
        by[row["indicator"]] += Decimal(row["points"])
    for name, one in body["indicators"].items():
        assert by[name] + Decimal(one["rounding"]) == Decimal(one["points"]), name
        assert len(one["rounding"].partition(".")[2]) == 10
    indicators = sum((Decimal(one["points"]) for one in body["indicators"].values()), Decimal(0))
    groups = sum((Decimal(one["rounding"]) for one in body["groups"].values()), Decimal(0))
    assert indicators + groups == Decimal(body["lost"]) == 100 - Decimal(body["total"])


@pytest.mark.parametrize("question", QUESTIONS, ids=NAMES)
def test_the_losses_of_every_unit_sum_exactly(province: DataFolder, question: dict[str, Any]) -> None:
    ours = [one for one in province.units() if one["code"].split(".")[0] == "H01"]
    assert len(ours) == 118
    for unit in ours:
        body = answer(province, unit["code"], **question)
        score = province.score(unit["code"], **question)
        sums_exactly(body)
        assert body["total"] == score["total"]
        head = ("unit", "period", "at", "as_of", "law", "law_version", "journal", "source")
        assert [body[name] for name in head] == [score[name] for name in head]
        for name, group in score["groups"].items():
            assert Decimal(body["groups"][name]["points"]) == group["max"] - Decimal(group["points"])
        for name, one in body["indicators"].items():
            told = score["indicators"][name]
            assert Decimal(one["points"]) == told["max"] - Decimal(told["points"])
            assert (one.get("n"), one.get("d"), one["max"]) == (told.get("n"), told.get("d"), told["max"])
            assert one["why_vi"] == WORDS[one["why"]].vi
            assert one["why_en"] == WORDS[one["why"]].en


def test_a_row_loses_in_proportion_to_what_it_missed(province: DataFolder) -> None:
    body = answer(province, "H01")
    law = province.ground.law.indicators
    dossiers = 0
    for row in body["rows"]:
        one = body["indicators"][row["indicator"]]
        rule = law[row["indicator"]]
        exact = rule.maximum * (1 - Fraction(one["n"], one["d"]) / rule.cap) * row["missed"]
        exact /= one["d"] - one["n"]
        assert abs(Fraction(row["points"]) - exact) < Fraction(1, 10**10)
        assert row["missed"] > 0
        assert row["why"] == one["why"] in ("missed", "capped")
        dossiers += row["indicator"] == "2.1"
    assert dossiers > 30
    points = [Decimal(row["points"]) for row in body["rows"]]
    assert points == sorted(points, reverse=True)
    row = next(row for row in body["rows"] if row["indicator"] == "4.1")
    listed = province.dossiers(row["unit"], "4.1", "missed", procedure=row["procedure"], limit=1_000)
    assert listed["total"] == row["missed"]


def test_what_nobody_missed_is_told_as_what_it_is(province: DataFolder) -> None:
    body = answer(province, "H01.113")
    reasons = {name: one["why"] for name, one in body["indicators"].items()}
    assert reasons["1.1"] == reasons["1.2"] == "inherited"
    assert reasons["1.3"] == reasons["1.4"] == "nothing"
    assert reasons["3.1"] == "ceiling"
    assert reasons["4.6"] == "constant"
    assert reasons["4.3"] == "capped"
    assert reasons["4.4"] == "missed"
    row = next(row for row in body["rows"] if row["indicator"] == "3.1")
    assert row == {
        "indicator": "3.1", "unit": "H01.113", "procedure": "", "missed": 0, "points": "2.0000000000",
        "why": "ceiling",
    }  # fmt: skip
    assert {row["unit"] for row in body["rows"] if row["indicator"] == "1.1"} == {"H01"}


def test_a_unit_without_dossiers_loses_all_by_nobody(province: DataFolder) -> None:
    at = parse_instant("2026-01-01T00:00:00+07:00")
    body = answer(province, "H01.113", period="2027", law="qd766")
    sums_exactly(body)
    assert body["indicators"]["2.1"]["why"] == "no_data"
    row = next(row for row in body["rows"] if row["indicator"] == "2.1")
    assert (row["missed"], row["points"], row["why"]) == (0, "20.0000000000", "no_data")
    assert at < province.now()


def test_a_ratio_that_is_multiplied_loses_for_the_other(own: DataFolder) -> None:
    received = own.score("H01")["indicators"]["1.4"]["n"]
    tell(own, "totals", {"unit": "H01", "period": "2026", "received": received * 4})
    body = answer(own, "H01", law="qd766-document")
    sums_exactly(body)
    one = body["indicators"]["3.3"]
    last = [row for row in body["rows"] if row.get("why") == "times"]
    assert [(row["indicator"], row["unit"], row["procedure"]) for row in last] == [("3.3", "H01", "")]
    alone = max(Fraction(0), 1 - Fraction(one["n"], one["d"]) * 2) * 6
    whole = 6 - min(Fraction(6), 6 * Fraction(one["n"], one["d"]) * Fraction(1, 4) * 2)
    assert abs(Fraction(last[0]["points"]) - (whole - alone)) < Fraction(2, 10**10)


def test_published_groups_are_lost_as_one_piece(province: DataFolder) -> None:
    body = answer(province, "H20")
    sums_exactly(body)
    assert body["source"] == "published"
    assert body["total"] == "68.80"
    assert list(body["indicators"]) == list(body["groups"])
    assert {one["why"] for one in body["indicators"].values()} == {"given"}
    assert {(row["unit"], row["procedure"], row["missed"]) for row in body["rows"]} == {("H20", "", 0)}


@pytest.mark.parametrize("period", portal.PERIODS)
def test_published_figures_are_lost_by_indicator(portals: DataFolder, period: str) -> None:
    codes = [unit for unit in portal.figures()["units"] if portals.published.rows(unit, period)]
    assert portal.HOME in codes
    for unit in codes:
        body = answer(portals, unit, period=period)
        sums_exactly(body)
        assert body["total"] == portals.score(unit, period=period)["total"]
    body = answer(portals, portal.HOME, period=period)
    one = body["indicators"]["2.1"]
    assert one["why"] == "missed"
    row = next(row for row in body["rows"] if row["indicator"] == "2.1")
    assert row["missed"] == one["d"] - one["n"] > 0
    assert (row["unit"], row["procedure"]) == (portal.HOME, "")


def test_a_total_without_groups_is_lost_as_one_piece(own: DataFolder) -> None:
    tell(own, "published", {"unit": "H50", "period": "2023-05", "at": "2023-05-31", "total": "69.63"})
    body = answer(own, "H50", period="2023-05")
    sums_exactly(body)
    assert body["indicators"]["total"]["points"] == "30.37"
    assert body["indicators"]["total"]["why"] == "unknown"
    tell(
        own, "published",
        {"unit": "H49", "period": "2023-05", "at": "2023-05-31", "total": "69.63", "processing": "18.00"},
    )  # fmt: skip
    body = answer(own, "H49", period="2023-05")
    sums_exactly(body)
    assert set(body["indicators"]) == {"processing", "total"}


def test_questions_that_cannot_be_answered(province: DataFolder) -> None:
    for unit, question in (
        ("H01.9999", {}),
        ("H01", {"period": "2023"}),
        ("H50", {"period": "2025-03"}),
        ("H01", {"law": "x"}),
    ):
        with pytest.raises(QuestionError):
            answer(province, unit, **question)
