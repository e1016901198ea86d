"""Ranks and published results over time: never joined across a break, nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.demo.world import UNTIL
from chiso.folder import DataFolder, QuestionError
from chiso.folder.courses import published_history, race
from chiso.folder.league import units_of
from chiso.instants import DAY, parse_instant
from chiso.ledger.clock import Clock
from tests.support.messages import tell

SIX = ("transparency", "processing", "online_services", "online_payment", "satisfaction", "digitisation")


def row(unit: str, day: str, points: list[float], period: str = "") -> dict[str, Any]:
    groups = dict(zip(SIX, points, strict=True))
    return {"unit": unit, "period": period or day[:4], "at": day, **groups, "total": round(sum(points), 2)}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path) as folder:
        folder.ledger.clock.set(Clock(UNTIL))
        folder.refresh()
        yield folder


def test_a_race_counts_every_day_by_its_own_league(empty: DataFolder) -> None:
    tell(
        empty, "published",
        row("H01", "2026-10-06", [8, 18, 7, 6, 10, 9]), row("H20", "2026-10-06", [8, 18, 7, 6, 10, 10]),
        row("H01", "2026-10-08", [8, 18, 7, 6, 12, 9]),
    )  # fmt: skip
    told = race(empty)
    assert told["source"] == "published"
    assert told["instants"] == ["2026-10-06T00:00:00+07:00", "2026-10-08T00:00:00+07:00"]
    assert [(one["unit"], one["totals"], one["ranks"]) for one in told["units"]] == [
        ("H01", ["58.00", "60.00"], [2, 1]),
        ("H20", ["59.00", "59.00"], [1, 2]),
    ]
    assert told["breaks"] == []


def test_two_measures_and_two_leagues_are_parted(empty: DataFolder) -> None:
    tell(
        empty, "published",
        row("H01", "2025-06-20", [15, 19, 9, 9, 17, 16]), row("H33", "2025-06-20", [14, 19, 9, 9, 17, 16]),
        row("H01", "2025-10-01", [15, 19, 9, 9, 17, 17]), row("H01", "2026-10-06", [8, 18, 7, 6, 10, 9]),
    )  # fmt: skip
    told = race(empty, since=parse_instant("2025-01-01"))
    assert {one["unit"]: one["totals"] for one in told["units"]} == {
        "H01": ["85.00", "86.00", "58.00"],
        "H33": ["84.00", None, None],  # merged on 01/07/2025
    }
    assert told["breaks"] == [
        {"at": "2025-07-01T00:00:00+07:00", "kind": "league", "from": 63, "to": 34},
        {"at": "2026-01-01T00:00:00+07:00", "kind": "measure", "from": "qd766-2022", "to": "qd766"},
    ]
    history = published_history(empty, "H01")
    assert [(one["law"], len(one["rows"])) for one in history["series"]] == [("qd766-2022", 2), ("qd766", 1)]
    assert history["breaks"] == [
        {"at": "2026-10-06T00:00:00+07:00", "kind": "measure", "from": "qd766-2022", "to": "qd766"}
    ]


def test_a_long_race_is_thinned_and_keeps_its_last_day(empty: DataFolder) -> None:
    days = [f"2026-{month:02d}-{day:02d}" for month in (8, 9) for day in range(1, 31)]
    tell(empty, "published", *(row("H01", day, [8, 18, 7, 6, 10, 9]) for day in days))
    told = race(empty, steps=7)
    assert len(told["instants"]) == 7
    assert told["instants"][0].startswith("2026-08-01")
    assert told["instants"][-1].startswith("2026-09-30")
    assert len(race(empty)["instants"]) == 60


def test_a_race_of_home_is_computed_from_its_days(own: DataFolder) -> None:
    own.walk_days()
    told = race(own, "communes", since=UNTIL - 40 * DAY)
    assert told["source"] == "computed"
    assert len(told["units"]) == 102
    then = UNTIL - DAY
    before = own.rank("communes", at=then, as_of=then, source="computed")["rows"]
    assert {one["unit"]: one["totals"][-1] for one in told["units"]} == {
        one["unit"]: one["total"] for one in before
    }
    assert told["instants"][-1] == "2026-10-09T06:00:00+07:00"  # of now more may still come in
    assert len(told["instants"]) == 40


def test_a_span_that_ends_before_it_begins_is_refused(empty: DataFolder) -> None:
    with pytest.raises(QuestionError, match="ends"):
        race(empty, since=UNTIL, until=UNTIL - DAY)


def test_groups_that_the_portal_did_not_renew_are_named(empty: DataFolder) -> None:
    """Groups are renewed on days of their own; one unit that stays the same proves nothing."""
    for unit in ("H01", "H20", "H44"):
        more = {"H01": 0, "H20": 1, "H44": 2}[unit]
        tell(
            empty, "published",
            row(unit, "2026-10-06", [8, 18, 7, 6, 10, 9]),
            row(unit, "2026-10-07", [8, 18, 7, 6, 10, 9]),
            row(unit, "2026-10-08", [8 + (unit == "H44"), 18, 7, 6, 10 + more, 9]),
        )  # fmt: skip
    rows = published_history(empty, "H01")["series"][0]["rows"]
    assert [sorted(one["unrefreshed"]) for one in rows] == [
        [],
        sorted(SIX),
        ["digitisation", "online_payment", "online_services", "processing"],
    ]
    assert rows[2]["captured"]["processing"] == "2026-10-06T00:00:00+07:00"
    assert rows[2]["captured"]["transparency"] == "2026-10-08T00:00:00+07:00"


def test_one_unit_alone_is_no_proof(empty: DataFolder) -> None:
    for day in ("2026-10-06", "2026-10-07"):
        tell(empty, "published", row("H01", day, [8, 18, 7, 6, 10, 9]))
    rows = published_history(empty, "H01")["series"][0]["rows"]
    assert [one["unrefreshed"] for one in rows] == [[], []]


def test_a_rank_that_was_not_published_is_that_of_the_whole_league_then(empty: DataFolder) -> None:
    codes = [unit.code for unit in units_of(empty, "provinces", None, UNTIL)]
    others = [code for code in codes if code != "H01"]
    for day, lower in (("2026-10-06", 30), ("2026-10-08", 20)):
        tell(
            empty, "published", row("H01", day, [8, 18, 7, 6, 10, 9]),
            *(row(code, day, [8, 18, 7, 6, 10, 8 if n < lower else 9 + (n > 31)])
              for n, code in enumerate(others)),
        )  # fmt: skip
    tell(empty, "published", row("H01", "2026-10-09", [8, 18, 7, 6, 10, 11]))
    tell(empty, "published", {**row("H01", "2026-10-10", [8, 18, 7, 6, 10, 11]), "rank": 5})
    rows = published_history(empty, "H01")["series"][0]["rows"]
    assert [one["rank"] for one in rows] == [2, 2, 1, 5]


def test_of_a_league_that_is_not_whole_no_rank_is_made(empty: DataFolder) -> None:
    tell(empty, "published", row("H01", "2026-10-06", [8, 18, 7, 6, 10, 9]))
    assert published_history(empty, "H01")["series"][0]["rows"][0]["rank"] is None


def test_a_history_is_of_one_source(own: DataFolder) -> None:
    own.walk_days()
    tell(own, "published", row("H01", "2025-10-01", [15, 19, 9, 9, 17, 17]))
    computed = own.history("H01")
    assert computed["source"] == "computed"
    assert computed["rows"]
    assert own.history("H01", "2026", source="computed") == computed
    for unit, asked, newest in (
        ("H01", {"source": "published"}, ["59.18"]), ("H20", {}, ["68.80"]),
        ("H01", {"period": "2025"}, ["86.00"]),
        ("H01", {"until": UNTIL - 30 * DAY, "source": "published"}, []),
        ("H01.113", {"source": "published"}, []), ("H33", {"period": "2025"}, []),
    ):  # fmt: skip
        told = own.history(unit, **asked)
        assert (told["source"], [one["total"] for one in told["rows"][-1:]]) == ("published", newest)
    assert own.history("H01", "2025")["law"] == "qd766-2022"
    with pytest.raises(QuestionError, match="published"):
        own.history("H01", "2025", source="computed")


def test_what_was_published_before_a_merger_has_no_place_after_it(empty: DataFolder) -> None:
    """The An Giang of before is not the one that Kiên Giang was merged into; Hà Nội is as it was."""
    points = [15, 19, 9, 9, 17, 16]
    tell(empty, "published", *(row(unit, "2025-06-20", points) for unit in ("H01", "H26", "H33")))
    before = empty.rank("provinces", period="2025", at=parse_instant("2025-06-30T12:00"))
    assert [one["unit"] for one in before["rows"]] == ["H01", "H26", "H33"]
    after = empty.rank("provinces", period="2025", at=parse_instant("2025-12-31"))
    assert [one["unit"] for one in after["rows"]] == ["H26"]
    tell(empty, "published", row("H01", "2025-08-01", points), row("H26", "2025-08-01", points))
    after = empty.rank("provinces", period="2025", at=parse_instant("2025-08-02"))
    changes = {one["unit"]: sorted(one["change"]) for one in after["rows"]}
    assert changes == {"H01": ["day"], "H26": ["day", "month", "week", "year"]}


def test_at_the_edge_rank_and_race_see_one_league(empty: DataFolder) -> None:
    """What stands at midnight of 1 July is judged by the units of the instant before."""
    points = [15, 19, 9, 9, 17, 16]
    tell(empty, "published", row("H33", "2025-07-01", points), row("H20", "2025-07-01", points))
    at = parse_instant("2025-07-01")
    ranked = {one["unit"] for one in empty.rank("provinces", period="2025", at=at)["rows"]}
    raced = {one["unit"] for one in race(empty, since=at - DAY, until=at)["units"]}
    assert ranked == raced == {"H20", "H33"}


def test_a_unit_known_by_quarters_only_has_a_history(empty: DataFolder) -> None:
    tell(empty, "published", row("H44", "2026-09-26", [8, 17, 8, 7, 12, 9], "2026-Q3"))
    (series,) = published_history(empty, "H44")["series"]
    assert [one["period"] for one in series["rows"]] == ["2026-Q3"]
