"""What was published: kept as it is, each group of its own day, nothing invented."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chiso.folder.published import Published, PublishedScore, published_json, published_score
from chiso.instants import parse_instant, parse_period
from chiso.intake.records import PublishedFigure
from chiso.law.loader import load

LAW = load("qd766").at(parse_period("2026").first_day)
OLD = load("qd766-2022").at(parse_period("2023").first_day)
DAY = {number: parse_instant(f"2026-10-{number:02d}") for number in range(1, 20)}
GROUPS = {
    "transparency": "8.00", "processing": "18.21", "online_services": "6.97", "online_payment": "6.56",
    "satisfaction": "10.15", "digitisation": "9.29",
}  # fmt: skip


def figure(
    key: str, points: str | None, day: int = 6, n: int | None = None, d: int | None = None, **more: Any
):
    given: dict[str, Any] = {"unit": "H01", "department": "", "name": "An Giang", **more}
    return PublishedFigure(
        period="2026", captured_at=DAY[day], key=key, points=points, numerator=n, denominator=d, **given
    )


def scored(*figures: PublishedFigure, at: int = DAY[19], level: str = "province") -> PublishedScore | None:
    kept = Published()
    kept.learn({}, figures)
    return published_score(LAW, level, kept.figures("H01", "2026", at))


def test_a_later_capture_wins_and_an_earlier_instant_brings_the_earlier_back() -> None:
    figures = [figure("total", "59.18", 8), figure("total", "59.02", 7), figure("total", "59.30", 10)]
    for told in (figures, figures[::-1]):
        for day, total in ((7, "59.02"), (9, "59.18"), (10, "59.30")):
            found = scored(*told, at=DAY[day])
            assert found is not None
            assert found.total == Decimal(total)
    assert scored(*figures, at=DAY[6]) is None


def test_groups_captured_on_different_days_carry_their_own() -> None:
    told = [figure(key, points, 6) for key, points in GROUPS.items()]
    found = scored(*told, figure("processing", "18.50", 9), figure("total", "59.18", 6))
    assert found is not None
    assert found.total == Decimal("59.47")  # the total of the sixth knows nothing of the ninth
    body = published_json(found, LAW, parse_period("2026"))
    assert body["captured_at"] == "2026-10-09T00:00:00+07:00"
    assert body["groups"]["processing"] == {"points": "18.50", "max": 20}
    assert body["groups"]["transparency"]["captured_at"] == "2026-10-06T00:00:00+07:00"


def test_a_newer_total_stands_as_published_whatever_the_older_groups_say() -> None:
    found = scored(*(figure(key, points, 6) for key, points in GROUPS.items()), figure("total", "60.01", 9))
    assert found is not None
    body = published_json(found, LAW, parse_period("2026"))
    assert (body["total"], body["exact"]) == ("60.01", "60.0100000000")


def test_a_total_alone_invents_no_groups() -> None:
    for law, level in ((LAW, "province"), (OLD, "province"), (LAW, "commune")):
        kept = Published()
        kept.learn({}, [figure("total", "69.63")])
        found = published_score(law, level, kept.figures("H01", "2026"))
        assert found is not None
        body = published_json(found, law, parse_period("2026"))
        assert (body["total"], body["groups"], body["indicators"]) == ("69.63", {}, {})
        assert body["band"] == "Trung bình"
        assert "incomplete" not in body


def test_some_groups_without_a_total_are_no_result_yet() -> None:
    found = scored(figure("transparency", "8.00"), figure("processing", "18.21"))
    assert found is not None
    assert not found.complete
    body = published_json(found, LAW, parse_period("2026"))
    assert body["total"] == "26.21"
    assert body["incomplete"] == ["online_services", "online_payment", "satisfaction", "digitisation"]


def test_indicators_older_than_their_group_are_left_out() -> None:
    old = [figure("processing", "17.00", 6), figure("2.1", "17.00", 6, 85, 100)]
    found = scored(*old, figure("processing", "18.21", 9))
    assert found is not None
    assert found.groups["processing"] == Decimal("18.21")
    assert "2.1" not in found.scored.indicators
    found = scored(*old, figure("2.1", "18.00", 9, 90, 100))
    assert found is not None
    assert found.groups["processing"] == Decimal("18.00")  # the newer indicator is all the group is made of


def test_what_the_portal_says_of_a_group_stands_even_against_its_own_indicators() -> None:
    found = scored(figure("processing", "18.99"), figure("2.1", "18.00", 6, 90, 100))
    assert found is not None
    assert found.groups["processing"] == Decimal("18.99")
    assert found.scored.indicators["2.1"].n == 90


@pytest.mark.parametrize("points", ["20.01", "-1", "1000"])
def test_points_that_the_law_cannot_give_are_not_shown(points: str) -> None:
    found = scored(figure("processing", points), figure("total", "59.18"))
    assert found is not None
    assert "processing" not in found.groups
    assert scored(figure("processing", points)) is None


def test_units_by_department_id_wait_for_their_code() -> None:
    kept = Published()
    waiting = figure("total", "59.18", unit="", department="d-1", kind="department", parent="d-0")
    assert not kept.learn({}, [waiting])
    assert kept.figures("H44.03", "2026") == {}
    assert kept.learn({"d-1": "H44.03", "d-0": "H44"}, [waiting])
    assert kept.figures("H44.03", "2026")["total"].points == "59.18"
    assert [(one.code, one.kind, one.parent) for one in kept.units] == [("H44.03", "department", "H44")]
    other = Published()
    other.learn({"d-1": "H44.03"}, [waiting])  # of the parent nothing but the id is known
    assert [one.parent for one in other.units] == ["H44"]


def test_what_there_is() -> None:
    kept = Published()
    kept.learn({}, [figure("total", "1", 6), figure("total", "2", 8), figure("processing", "2", 8)])
    assert kept.periods("H01") == ["2026"]
    assert kept.codes("2026") == ["H01"]
    assert kept.instants("H01", "2026") == [DAY[6], DAY[8]]
    assert kept.instants("H02", "2026") == []
