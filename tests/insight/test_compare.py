"""Units beside each other: every gap is the sum of its terms."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from chiso.demo.world import UNTIL
from chiso.folder import DataFolder, QuestionError
from chiso.insight.compare import compare
from chiso.ledger.clock import Clock
from tests.support.messages import tell
from tests.support.provinces import build

SIX = ("transparency", "processing", "online_services", "online_payment", "satisfaction", "digitisation")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    with DataFolder.open(build(tmp_path_factory.mktemp("compare") / "data", 300), standing=True) as folder:
        yield folder


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path) as folder:
        folder.ledger.clock.set(Clock(UNTIL))
        folder.refresh()
        yield folder


def published(unit: str, points: list[float], **more: Any) -> dict[str, Any]:
    groups = dict(zip(SIX, points, strict=True))
    return {
        "unit": unit,
        "period": "2026",
        "at": "2026-10-09",
        "total": round(sum(points), 2),
        **groups,
        **more,
    }


def test_every_gap_is_the_sum_of_its_terms(province: DataFolder) -> None:
    communes = [row["unit"] for row in province.rank("communes", "H01")["rows"]]
    codes = [*communes[::25], "H01", "H20"]
    for pair in combinations(codes, 2):
        told = compare(province, pair)
        first, other = (province.score(unit) for unit in pair)
        (gap,) = told["gaps"]
        assert Decimal(gap["points"]) == Decimal(other["total"]) - Decimal(first["total"])
        assert sum((Decimal(term["points"]) for term in gap["terms"]), Decimal(0)) == Decimal(gap["points"])
        assert [abs(Decimal(term["points"])) for term in gap["terms"]] == sorted(
            (abs(Decimal(term["points"])) for term in gap["terms"]), reverse=True
        )


def test_groups_and_indicators_stand_in_the_order_of_the_units(province: DataFolder) -> None:
    units = ["H01.06", "H01.113", "H01"]
    told = compare(province, units)
    scores = [province.score(unit) for unit in units]
    assert [one["unit"] for one in told["units"]] == units
    for row in told["groups"]:
        assert row["points"] == [score["groups"][row["group"]]["points"] for score in scores]
    for row in told["indicators"]:
        for place, score in enumerate(scores):
            told_of = score["indicators"].get(row["indicator"])
            assert row["points"][place] == (told_of["points"] if told_of else None)
            assert row["n"][place] == (told_of.get("n") if told_of else None)
    assert [gap["against"] for gap in told["gaps"]] == ["H01.06", "H01.06"]


def test_groups_known_by_points_alone_are_terms_themselves(empty: DataFolder) -> None:
    tell(
        empty, "published",
        published("H20", [11.46, 17.69, 8.84, 6.42, 14.67, 9.72]),
        published("H44", [7.96, 17.35, 8.41, 6.67, 12.25, 8.75], total=61.40),
    )  # fmt: skip
    told = compare(empty, ["H44", "H20"])
    (gap,) = told["gaps"]
    assert told["indicators"] == []
    assert gap["points"] == "7.40"
    assert [(term["kind"], term["group"], term["points"]) for term in gap["terms"]] == [
        ("group", "transparency", "3.50"),
        ("group", "satisfaction", "2.42"),
        ("group", "digitisation", "0.97"),
        ("group", "online_services", "0.43"),
        ("group", "processing", "0.34"),
        ("group", "online_payment", "-0.25"),
        ("rest", None, "-0.01"),
    ]


def transparency(unit: str, n: int, points: str) -> dict[str, Any]:
    """The portal's answer for a province: four indicators, and the group's own points."""
    pairs = {
        "PUBLISH_ON_TIME": (n, 61),
        "PUBLIC_UPDATE_ON_TIME": (n, 53),
        "PUBLIC_CONTENT_FULL": (54, 54),
        "DOSSIER_SYNC": (100, 100),
    }
    metrics = [
        {"code": code, "numerator": a, "denominator": b, "score": None} for code, (a, b) in pairs.items()
    ]
    whole = {"departmentCode": unit, "departmentName": unit, "totalScore": float(points), "metrics": metrics}
    return {
        "period": "2026",
        "captured_at": "2026-10-09T06:00:00+07:00",
        "answer": {"data": {"overview": whole, "evaluation": []}},
    }


def test_a_group_that_is_not_the_sum_of_its_indicators_leaves_its_rounding(empty: DataFolder) -> None:
    """0.89 + 0.68 + 2.00 + 6.00 are 9.57; from the rounded ratios the portal makes 9.56."""
    for unit, n, points in (("H20", 9, "9.56"), ("H44", 0, "8.00")):
        tell(empty, "published", published(unit, [0, 1, 1, 1, 1, 1]))
        tell(empty, "published", transparency(unit, n, points))
    (gap,) = compare(empty, ["H44", "H20"])["gaps"]
    assert gap["points"] == "1.56"
    assert [(term["kind"], term["indicator"], term["points"]) for term in gap["terms"]] == [
        ("indicator", "1.1", "0.89"),
        ("indicator", "1.2", "0.68"),
        ("rounding", None, "-0.01"),
    ]


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (["H01"], "2 to 6 units, not 1"),
        (["H01"] * 7, "2 to 6 units, not 7"),
        (["H01", "000.00.00.H01"], "only once"),
        (["H01", "H99"], "no unit has the code"),
    ],
)
def test_what_cannot_be_compared(province: DataFolder, units: list[str], words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        compare(province, units)


def test_two_laws_are_never_mixed(province: DataFolder) -> None:
    with pytest.raises(QuestionError, match="different laws"):
        compare(province, ["H01", "H20"], law="qd766-document")
