"""What was published: kept as it is, each group of its own day, nothing invented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chiso.folder.published import Published, PublishedScore, published_json, published_score
from chiso.instants import parse_instant, parse_period
from chiso.intake.records import Arrival, PublishedFigure
from chiso.law.loader import load
from chiso.ledger.store import Ledger

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


Scorer = Callable[..., PublishedScore | None]


class Keeper:
    """A real ledger in which figures are kept one commit after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def __call__(self, *figures: PublishedFigure) -> Published:
        self.ledger.accept([Arrival("published", list(figures), b"[]")], DAY[19])
        return Published(self.ledger.published)


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keeper]:
    with Ledger.open(tmp_path) as ledger:
        yield Keeper(ledger)


@pytest.fixture
def scored(tmp_path: Path) -> Iterator[Callable[..., PublishedScore | None]]:
    """What figures give that are kept in a ledger of their own."""
    opened: list[Ledger] = []

    def score(*figures: PublishedFigure, at: int = DAY[19], level: str = "province") -> PublishedScore | None:
        opened.append(Ledger.open(tmp_path / str(len(opened))))
        kept = Keeper(opened[-1])(*figures)
        return published_score(LAW, level, kept.figures("H01", "2026", at))

    yield score
    for ledger in opened:
        ledger.close()


def test_a_later_capture_wins_and_an_earlier_instant_brings_the_earlier_back(scored: Scorer) -> None:
    figures = [figure("total", "59.18", 8), figure("total", "59.02", 7), figure("total", "59.30", 10)]
    for told in (figures, figures[::-1]):
        for day, total in ((7, "59.02"), (9, "59.18"), (10, "59.30")):
            found = scored(*told, at=DAY[day])
            assert found is not None
            assert found.total == Decimal(total)
    assert scored(*figures, at=DAY[6]) is None


def test_groups_captured_on_different_days_carry_their_own(scored: Scorer) -> None:
    told = [figure(key, points, 6) for key, points in GROUPS.items()]
    found = scored(*told, figure("processing", "18.50", 9), figure("total", "59.18", 6))
    assert found is not None
    assert found.total == Decimal("59.47")  # the total of the sixth knows nothing of the ninth
    body = published_json(found, LAW, parse_period("2026"))
    assert body["captured_at"] == "2026-10-09T00:00:00+07:00"
    assert body["groups"]["processing"] == {"points": "18.50", "max": 20}
    assert body["groups"]["transparency"]["captured_at"] == "2026-10-06T00:00:00+07:00"


def test_a_newer_total_stands_as_published_whatever_the_older_groups_say(scored: Scorer) -> None:
    found = scored(*(figure(key, points, 6) for key, points in GROUPS.items()), figure("total", "60.01", 9))
    assert found is not None
    body = published_json(found, LAW, parse_period("2026"))
    assert (body["total"], body["exact"]) == ("60.01", "60.0100000000")


def test_a_total_alone_invents_no_groups(keep: Keeper) -> None:
    for law, level in ((LAW, "province"), (OLD, "province"), (LAW, "commune")):
        kept = keep(figure("total", "69.63"))
        found = published_score(law, level, kept.figures("H01", "2026"))
        assert found is not None
        body = published_json(found, law, parse_period("2026"))
        assert (body["total"], body["groups"], body["indicators"]) == ("69.63", {}, {})
        assert body["band"] == "Trung bình"
        assert "incomplete" not in body


def test_some_groups_without_a_total_are_no_result_yet(scored: Scorer) -> None:
    found = scored(figure("transparency", "8.00"), figure("processing", "18.21"))
    assert found is not None
    assert not found.complete
    body = published_json(found, LAW, parse_period("2026"))
    assert body["total"] == "26.21"
    assert body["incomplete"] == ["online_services", "online_payment", "satisfaction", "digitisation"]


def test_indicators_older_than_their_group_are_left_out(scored: Scorer) -> None:
    old = [figure("processing", "17.00", 6), figure("2.1", "17.00", 6, 85, 100)]
    found = scored(*old, figure("processing", "18.21", 9))
    assert found is not None
    assert found.groups["processing"] == Decimal("18.21")
    assert "2.1" not in found.scored.indicators
    found = scored(*old, figure("2.1", "18.00", 9, 90, 100))
    assert found is not None
    assert found.groups["processing"] == Decimal("18.00")  # the newer indicator is all the group is made of


def test_what_the_portal_says_of_a_group_stands_even_against_its_own_indicators(scored: Scorer) -> None:
    found = scored(figure("processing", "18.99"), figure("2.1", "18.00", 6, 90, 100))
    assert found is not None
    assert found.groups["processing"] == Decimal("18.99")
    assert found.scored.indicators["2.1"].n == 90


@pytest.mark.parametrize("points", ["20.01", "-1", "1000"])
def test_points_that_the_law_cannot_give_are_not_shown(points: str, scored: Scorer) -> None:
    found = scored(figure("processing", points), figure("total", "59.18"))
    assert found is not None
    assert "processing" not in found.groups
    assert scored(figure("processing", points)) is None


def test_units_by_department_id_wait_for_their_code(keep: Keeper) -> None:
    waiting = figure("total", "59.18", unit="", department="d-1", kind="department", parent="d-0")
    assert keep(waiting).figures("H44.03", "2026") == {}
    told = figure("processing", "18.21", 7, unit="H44.03", department="d-1", kind="department", parent="d-0")
    kept = keep(figure("total", "61.39", unit="H44", department="d-0", kind="province"), told)
    assert kept.figures("H44.03", "2026")["total"].points == "59.18"
    assert kept.figures("H44.03", "2026", DAY[6]).keys() == {"total"}
    assert [(one.code, one.kind, one.parent) for one in kept.units()] == [("H44.03", "department", "H44")]
    assert keep(figure("total", "59.30", 8, unit="", department="d-1")).periods("#d-1") == []
    assert kept.figures("H44.03", "2026")["total"].points == "59.30"


def test_of_a_parent_nothing_but_the_id_is_known(keep: Keeper) -> None:
    keep(figure("total", "1", unit="H44.03", department="d-1", kind="department", parent="d-0"))
    assert [one.parent for one in keep().units()] == ["H44"]


def test_what_there_is(keep: Keeper) -> None:
    kept = keep(figure("total", "1", 6), figure("total", "2", 8), figure("processing", "2", 8))
    assert kept.periods("H01") == ["2026"]
    assert kept.instants("H01", "2026") == [DAY[6], DAY[8]]
    assert kept.instants("H02", "2026") == []
    assert [sorted(row.figures()) for row in kept.rows("H01", "2026")] == [["total"], ["processing", "total"]]


def test_a_rank_alone_says_nothing_of_the_total(keep: Keeper) -> None:
    kept = keep(figure("total", None, 6, rank=4), figure("total", "65.2", 8, rank=10))
    assert published_score(LAW, "province", kept.figures("H01", "2026", DAY[7])) is None
    keep(figure("total", None, 9, rank=11))
    found = published_score(LAW, "province", kept.figures("H01", "2026"))
    assert found is not None
    assert (found.total, found.rank) == (Decimal("65.2"), 11)


def test_a_rank_is_that_of_its_own_total(keep: Keeper) -> None:
    """Groups that were captured later make another total: the older rank is not its rank."""
    kept = keep(
        *(figure(key, points, 6) for key, points in GROUPS.items()), figure("total", "59.18", 6, rank=31)
    )
    known = published_score(LAW, "province", kept.figures("H01", "2026"))
    assert known is not None
    assert known.rank == 31
    for day, told, rank in (
        (7, figure("processing", "20.00", 7), None),
        (8, figure("total", None, 8, rank=5), 5),
    ):
        keep(told)
        found = published_score(LAW, "province", kept.figures("H01", "2026", DAY[day]))
        assert found is not None
        assert (found.total, found.rank) == (Decimal("60.97"), rank)


def test_scores_of_many_units_are_those_of_each(keep: Keeper) -> None:
    kept = keep(
        *(figure(key, points, 6) for key, points in GROUPS.items()),
        figure("total", "62.00", 7, unit="H20"),
    )
    found = kept.scores(LAW, {"H01": "province", "H20": "province", "H99": "province"}, "2026", DAY[19])
    assert {unit: one.total for unit, one in found.items()} == {
        "H01": Decimal("59.18"),
        "H20": Decimal("62.00"),
    }
    keep(figure("total", "63.00", 7, unit="H20"))  # told otherwise: what is kept in memory must not hold
    assert kept.scores(LAW, {"H20": "province"}, "2026", DAY[19])["H20"].total == Decimal("63.00")


def test_totals_of_many_units_are_those_of_their_scores(keep: Keeper) -> None:
    """The short way and the long one, where a group came after the total, or no total at all."""
    keep(*(figure(key, points, 6) for key, points in GROUPS.items()), figure("total", "59.18", 6))
    keep(figure("total", "62.00", 7, unit="H20"), figure("processing", "1.00", 7, unit="H24"))
    kept = keep(figure("processing", "18.50", 9), figure("total", "999", 8, unit="H20"))
    kinds = dict.fromkeys(("H01", "H20", "H24", "H99"), "province")
    for day in range(5, 12):
        told = kept.scores(LAW, kinds, "2026", DAY[day])
        assert kept.totals(LAW, kinds, "2026", DAY[day]) == {
            unit: one.total for unit, one in told.items() if one.complete
        }
