"""Leagues: places, ties, sources, what moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.demo.world import UNTIL
from chiso.folder import DataFolder, QuestionError
from chiso.folder.league import peers, place_of
from chiso.instants import DAY, parse_instant
from chiso.intake.records import Arrival, PublishedFigure
from chiso.ledger.clock import Clock
from tests.support.messages import tell

SIX = ("transparency", "processing", "online_services", "online_payment", "satisfaction", "digitisation")


def row(unit: str, day: int, points: list[float]) -> dict[str, Any]:
    groups = dict(zip(SIX, points, strict=True))
    return {
        "unit": unit,
        "period": "2026",
        "at": f"2026-10-{day:02d}",
        **groups,
        "total": round(sum(points), 2),
    }


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path) as folder:
        folder.ledger.clock.set(Clock(UNTIL))
        folder.refresh()
        yield folder


def test_a_published_league_with_ties_a_line_and_what_moved(empty: DataFolder) -> None:
    tell(
        empty, "published",
        row("H20", 2, [11, 17, 8, 6, 14, 9]), row("H19", 2, [11, 17, 8, 6, 14, 10]),
        row("H24", 2, [1, 2, 3, 4, 5, 6]), row("H44", 2, [1, 2, 3, 4, 5, 6]),
        row("H20", 9, [11, 17, 8, 6, 14, 12]), row("H24", 9, [11, 17, 8, 6, 14, 10]),
    )  # fmt: skip
    told = empty.rank("provinces")
    assert [(one["rank"], one["unit"]) for one in told["rows"]] == [
        (1, "H20"),
        (2, "H19"),
        (2, "H24"),
        (4, "H44"),
    ]
    assert [one["total"] for one in told["rows"]] == ["68.00", "66.00", "66.00", "21.00"]
    assert {one["source"] for one in told["rows"]} == {"published"}
    assert told["rows"][0]["change"] == {"day": 0, "week": 1, "year": 1}
    # from a shared third to a shared second
    assert told["rows"][2]["change"] == {"day": 0, "week": 1, "year": 1}
    assert told["rows"][3]["change"] == {"day": 0, "week": -1, "year": -1}
    assert told["rows"][3]["points_change"] == {"day": "0.00", "week": "0.00", "year": "0.00"}
    assert told["rows"][0]["points_change"] == {"day": "0.00", "week": "3.00", "year": "3.00"}
    assert told["since"]["year"] == "2026-10-02T00:00:00+07:00"  # since then the whole league is known
    assert "month" not in told["since"]
    assert told["rows"][0]["gap"] == {"down": "2.00", "band": "2.00", "next_band": "Khá", "target": "12.00"}
    assert told["rows"][1]["gap"] == {
        "up": "2.00", "down": "45.00", "band": "4.00", "next_band": "Khá", "target": "14.00",
    }  # fmt: skip
    assert told["spread"] == {"count": 4, "q1": "54.75", "median": "66.00", "q3": "66.50"}
    assert told["line"]["groups"]["processing"] == "13.25"
    assert told["line"]["total"] == "55.25"
    assert (told["period"], told["among"], told["under"]) == ("2026", "provinces", None)


def test_a_unit_of_which_not_all_is_known_has_no_place(empty: DataFolder) -> None:
    tell(empty, "published", row("H20", 9, [11, 17, 8, 6, 14, 12]))
    tell(empty, "published", {"unit": "H19", "period": "2026", "at": "2026-10-09", "processing": 17})
    tell(empty, "published", {"unit": "H24", "period": "2026", "at": "2026-10-09", "total": 66.5})
    told = empty.rank("provinces")
    assert [one["unit"] for one in told["rows"]] == ["H20", "H24"]
    assert told["line"]["total"] == "68.00"  # H24's groups are not known: it is in no mean


def test_one_impossible_figure_of_an_old_ledger_spoils_no_league(empty: DataFolder) -> None:
    tell(empty, "published", row("H20", 9, [11, 17, 8, 6, 14, 12]))
    at = parse_instant("2026-10-09")
    points = zip(SIX, ("11", "17", "80", "6", "14", "12"), strict=True)
    wrong = [PublishedFigure("H19", "", "", "2026", at, key, value) for key, value in points]
    empty.ledger.accept([Arrival("published", [*wrong], b"[]")], empty.now())
    empty.refresh()
    assert [one["unit"] for one in empty.rank("provinces")["rows"]] == ["H20"]


def test_computed_where_dossiers_are_held_and_every_row_says_so(own: DataFolder) -> None:
    tell(own, "published", row("H01", 10, [8, 18.21, 6.97, 6.56, 10.15, 9.29]))
    mixed = {one["unit"]: one["source"] for one in own.rank("provinces")["rows"]}
    assert mixed.pop("H01") == "computed"
    assert set(mixed.values()) == {"published"}
    published = {one["unit"]: one["total"] for one in own.rank("provinces", source="published")["rows"]}
    assert len(published) == 34
    assert published["H01"] == "59.18"
    assert [one["unit"] for one in own.rank("provinces", source="computed")["rows"]] == ["H01"]


def test_rows_are_the_units_own_scores(province: DataFolder) -> None:
    for among, count in (("communes", 102), ("departments", 15)):
        told = province.rank(among)
        assert len(told["rows"]) == count
        totals = [float(one["total"]) for one in told["rows"]]
        assert totals == sorted(totals, reverse=True)
        assert [one["rank"] for one in told["rows"]] == [
            1 + sum(other > total for other in totals) for total in totals
        ]
        for one in told["rows"][::17]:
            score = province.score(one["unit"])
            assert (one["total"], one["band"]) == (score["total"], score["band"])
            assert one["groups"] == {name: group["points"] for name, group in score["groups"].items()}


def test_changes_are_the_places_as_known_then(province_path: Path) -> None:
    with DataFolder.open(province_path) as folder:
        now = folder.rank("departments")
        places = {one["unit"]: one["rank"] for one in now["rows"]}
        for name, days in (("day", 1), ("week", 7)):
            then = UNTIL - days * DAY
            before = {
                one["unit"]: one["rank"] for one in folder.rank("departments", at=then, as_of=then)["rows"]
            }
            for one in now["rows"]:
                assert one["change"][name] == before[one["unit"]] - places[one["unit"]]


def test_districts_had_their_league_while_they_stood(own: DataFolder) -> None:
    assert own.rank("districts")["rows"] == []
    with pytest.raises(QuestionError, match="no league"):
        own.rank("villages")
    with pytest.raises(QuestionError, match="no unit"):
        own.rank("communes", under="H99.9")


def test_a_published_rank_holds_where_the_league_is_not_whole(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path) as folder:
        told = {"unit": "H01", "period": "2023-05", "at": "2023-05-31T17:00", "total": 69.63, "rank": 13}
        tell(folder, "published", told)
        (row,) = folder.rank("provinces", period="2023-05")["rows"]
        assert (row["rank"], row["total"], row["band"]) == (13, "69.63", "Trung bình")
        tell(folder, "published", told | {"unit": "H20", "total": 70.1, "rank": 7})
        tell(
            folder,
            "published",
            {name: value for name, value in (told | {"unit": "H24"}).items() if name != "rank"},
        )
        league = folder.rank("provinces", period="2023-05")
        assert league["of"] == 63
        assert place_of(league, "H01") == {"rank": 13, "of": 63}
        assert place_of(league, "H20") == {"rank": 7, "of": 63}
        assert place_of(league, "H24") is None  # counted among the few that are known
        assert place_of(league, "H50") is place_of(None, "H01") is None


def test_the_only_unit_that_is_known_of_several_has_no_place(own: DataFolder, empty: DataFolder) -> None:
    told = own.rank("provinces", source="computed")
    assert [(one["unit"], one["rank"], one["no_rank"]) for one in told["rows"]] == [("H01", None, "alone")]
    assert told["of"] == 34
    communes = own.rank("communes")
    assert len(communes["rows"]) == communes["of"]
    assert all("no_rank" not in one for one in communes["rows"])
    assert communes["rows"][0]["rank"] == 1
    tell(empty, "published", row("H20", 9, [11, 17, 8, 6, 14, 12]))
    assert [one["rank"] for one in empty.rank("provinces")["rows"]] == [None]
    tell(empty, "published", row("H24", 9, [11, 17, 8, 6, 14, 10]))  # of two, one is ahead of the other
    told = empty.rank("provinces")
    assert [(one["rank"], "no_rank" in one) for one in told["rows"]] == [(1, False), (2, False)]
    assert told["of"] == 34


def test_an_empty_league_has_a_line_without_points(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path) as folder:
        assert folder.rank("provinces")["line"] == {"total": None, "groups": {}}


def test_published_figures_keep_the_law_they_were_published_by(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path) as folder:
        tell(folder, "published", {"unit": "H01", "period": "2023-05", "at": "2023-05-31", "total": 69.63})
        assert folder.score("H01", period="2023-05", law="qd766", source="published")["law"] == "qd766-2022"


def test_the_nations_own_line_stands_beside_ours(empty: DataFolder) -> None:
    tell(empty, "published", row("H20", 9, [11, 17, 8, 6, 14, 12]))
    answer = {
        "data": {
            "overview": {"departmentName": "Cả nước", "totalScore": 62.58},
            "evaluation": [{"departmentCode": "H20", "totalScore": 68, "groupScores": []}],
        }
    }
    tell(empty, "published", {"answer": answer, "captured_at": "2026-10-10T06:00+07:00", "period": "2026"})
    assert empty.rank("provinces")["line"]["published"] == {
        "total": "62.58", "captured_at": "2026-10-10T06:00:00+07:00",
    }  # fmt: skip
    assert "published" not in empty.rank("provinces", source="computed")["line"]


def test_peers_are_those_of_like_volume(province: DataFolder) -> None:
    told = peers(province, "H01.113", 4)
    volumes = {
        one["unit"]: province.score(one["unit"])["dossiers"] for one in province.rank("communes")["rows"]
    }
    assert {one["unit"]: one["dossiers"] for one in told["rows"]}.items() <= volumes.items()
    own = volumes.pop("H01.113")
    nearest = sorted(volumes, key=lambda code: (abs(volumes[code] - own), code))[:4]
    assert {one["unit"] for one in told["rows"]} == {*nearest, "H01.113"}
    assert [one["rank"] for one in told["rows"]] == sorted(one["rank"] for one in told["rows"])


def test_a_unit_of_unknown_volume_has_no_peers(empty: DataFolder) -> None:
    tell(empty, "published", row("H20", 9, [11, 17, 8, 6, 14, 12]), row("H24", 9, [1, 2, 3, 4, 5, 6]))
    assert [one["unit"] for one in peers(empty, "H20")["rows"]] == ["H20"]
