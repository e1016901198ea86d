"""The rank race: real ranks, own and chosen units emphasised, breaks told."""

from __future__ import annotations

import re
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder, courses
from chiso.web import race

Client = TestClient[Litestar]


def league(**ranks: list[int | None]) -> dict[str, Any]:
    instants = [f"2026-10-{day:02d}T06:00:00+07:00" for day in range(6, 6 + len(next(iter(ranks.values()))))]
    units = [{"unit": code, "name": code, "ranks": told, "totals": []} for code, told in ranks.items()]
    return {"units": units, "instants": instants, "breaks": []}


def test_own_is_always_emphasised_and_others_as_asked() -> None:
    told = league(H01=[1, 2], H20=[2, 1], H19=[3, 3])
    assert race.marked(told, [], "H01") == {"H01": "own"}
    assert race.marked(told, ["H19", "H20", "H19", "H01", "H99"], "H01") == {
        "H01": "own",
        "H19": "m1",
        "H20": "m2",
    }


def test_without_own_the_best_climber_and_the_deepest_fall_are_emphasised() -> None:
    told = league(a=[1, 4], b=[4, 1], c=[3, 3])
    assert race.marked(told, [], "H01") == {"b": "m1", "a": "m2"}
    assert race.marked(told, ["c"], "H01") == {"c": "m1"}
    assert race.marked(league(a=[1, 1], b=[2, 2]), [], "H01") == {}


def test_no_more_are_emphasised_than_can_be_told_apart() -> None:
    told = league(**{f"u{number}": [number, number] for number in range(1, 9)})
    assert len(race.marked(told, [f"u{number}" for number in range(1, 9)], "H01")) == race.MOST_MARKED


def test_a_break_parts_the_instants() -> None:
    told = league(a=[1, 2, 3])
    assert race.parts(told) == [(0, 3)]
    told["breaks"] = [{"at": "2026-10-07T00:00:00+07:00"}, {"at": "2026-10-07T01:00:00+07:00"}]
    assert race.parts(told) == [(0, 1), (1, 3)]
    assert race.parts({"instants": [], "breaks": []}) == []
    assert race.moved_by([None, 4, None, 1]) == 3
    assert race.moved_by([None, 4]) is None


def test_the_real_race_of_five_days(national: Client, nation_folder: DataFolder) -> None:
    text = national.get("/rank/race").text
    told = courses.race(nation_folder, "provinces")
    assert len(told["instants"]) == 5
    own = next(row for row in told["units"] if row["unit"] == "H01")
    assert own["ranks"][-1] == 31
    assert "06/10/2026 đến 10/10/2026, 5 ngày có số liệu · số liệu công bố" in text
    assert text.count('<g class="line ') == 2 * 34  # drawn for wide and for narrow screens
    assert text.count('<g class="line own">') == 2
    table = text.partition('<table class="days">')[2].partition("</table>")[0]
    for row in told["units"]:
        cells = "".join(f'<td class="r num">{rank}</td>' for rank in row["ranks"])
        assert f'<th scope="row">{row["name"]}</th>{cells}' in table


def test_others_are_emphasised_by_links(national: Client) -> None:
    text = national.get("/rank/race").text
    link = re.search(r'href="([^"]*mark=H20[^"]*)" aria-label="Làm nổi Tỉnh Đồng Tháp"', text)
    assert link
    marked = national.get(link[1].replace("&amp;", "&")).text
    assert marked.count('<g class="line m1">') == 2
    assert "Thôi làm nổi Tỉnh Đồng Tháp" in marked
    both = national.get("/rank/race?mark=H20,H19").text
    assert '<g class="line m2">' in both


def test_the_break_between_the_measures_is_drawn_and_explained(national: Client) -> None:
    text = national.get("/rank/race?span=all").text
    assert text.count('<path class="break"') == 2
    assert "01/07/2025: số tỉnh, thành phố đổi từ 63 thành 34." in text
    assert "01/01/2026: Cổng đổi cách tính (cách tính 2022–2025 thành cách tính từ năm 2026)." in text
    assert "2023 · 63 đơn vị" in text
    assert 'class="break"' not in national.get("/rank/race").text


def test_a_league_that_is_computed_runs_over_the_year(client: Client) -> None:
    text = client.get("/rank/race?among=communes").text
    assert "số liệu công bố" not in text
    assert '<g class="line m1">' in text


def test_what_is_asked_wrong_is_said(national: Client) -> None:
    for query in ("span=ages", "among=ghosts"):
        assert national.get(f"/rank/race?{query}").status_code == 400
    text = national.get("/rank/race?among=departments").text
    assert "Chưa đủ ngày để vẽ" in text


def test_its_json_says_the_same(national: Client) -> None:
    text = national.get("/rank/race").text
    address = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)"', text)
    assert address
    told = national.get(address[1].replace("&amp;", "&")).json()
    assert told["units"][0]["unit"] == "H20"
    assert len(told["instants"]) == 5
