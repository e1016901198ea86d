"""The league's page: order, filter, the national line, the old measure."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.web import formatting, leagues
from tests.web.test_pages import Reader

Client = TestClient[Litestar]


def names(text: str) -> list[str]:
    """Units of the table in the order shown; the national line as "–"."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    found = []
    for row in re.findall(r"<tr(.*?)</tr>", body, re.DOTALL):
        if " hidden" in row.partition(">")[0]:
            continue
        link = re.search(r'href="/units/(H[\d.]+)', row)
        found.append(link[1] if link else "–")
    return found


def test_the_real_ranks_with_the_national_line_among_them(
    national: Client, nation_folder: DataFolder
) -> None:
    text = national.get("/rank").text
    told = nation_folder.rank("provinces")
    assert told["line"]["total"] == "62.59"
    shown = names(text)
    assert [code for code in shown if code != "–"] == [row["unit"] for row in told["rows"]]
    place = shown.index("–")
    assert all(float(row["total"]) >= 62.59 for row in told["rows"][:place])
    assert all(float(row["total"]) < 62.59 for row in told["rows"][place:])
    assert "62,59" in text
    assert "34 đơn vị" in text
    assert formatting.points(told["spread"]["median"]) in text


def test_a_league_shows_what_chance_leaves_open(client: Client, folder: DataFolder) -> None:
    text = client.get("/rank?among=communes").text
    rows = folder.rank("communes", under="H01")["rows"]
    assert text.count('class="whisker"') == len(rows)
    assert 'id="chance"' in text
    within = [row for row in rows if "up" in row["even"]]
    assert within
    assert text.count("trong sai số</span>") == len(within)
    assert "Chênh lệch này nằm trong sai số" in text
    steps = sum("up" in row["gap"] for row in rows)
    assert f"Trong {steps} khoảng cách giữa hai đơn vị liền nhau, {len(within)} nằm trong sai số" in text


def test_a_league_that_is_not_whole_says_so(client: Client) -> None:
    text = client.get("/rank?among=provinces&source=computed").text
    assert "Mới biết kết quả của một trên 34 đơn vị nên chưa có thứ hạng." in text
    assert names(text) == ["H01"]
    assert "None" not in text
    english = client.get("/rank?among=provinces&source=computed&lang=en").text
    assert "The result of one of 34 units is known, so there is no place yet." in english
    for address in ("/rank/map?source=computed", "/public", "/", "/units/H01/brief?source=computed"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "None" not in answer.text
    assert "Mới biết" not in client.get("/rank?among=communes").text


def test_of_published_totals_nothing_is_known_of_chance(national: Client) -> None:
    text = national.get("/rank").text
    assert 'class="whisker"' not in text
    assert 'id="chance"' not in text


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", "H20", "H26"),
        ("?sort=rank&dir=desc", "H26", "H20"),
        ("?sort=total&dir=asc", "H26", "H20"),
        ("?sort=name", "H01", "H61"),
        ("?sort=name&dir=desc", "H61", "H01"),
        ("?sort=day", "H61", "H32"),
    ],
)
def test_sorted_by_links(national: Client, query: str, first: str, last: str) -> None:
    shown = [code for code in names(national.get(f"/rank{query}").text) if code != "–"]
    assert len(shown) == 34
    assert shown[0] == first
    if "day" not in query:
        assert shown[-1] == last


def test_every_heading_leads_both_ways(national: Client) -> None:
    text = national.get("/rank?sort=total").text
    assert 'aria-sort="descending"' in text
    links = re.findall(r'<th scope="col"[^>]*data-sort="(\w+)"[^>]*><a href="([^"]+)"', text)
    assert [key for key, _ in links] == list(leagues.SORTS)
    turned = dict(links)["total"].replace("&amp;", "&")
    assert "dir=asc" in turned
    assert 'aria-sort="ascending"' in national.get(turned).text


def test_found_by_name_without_accents_and_by_band(national: Client) -> None:
    assert names(national.get("/rank?q=dong").text) == ["H20", "H19", "H36"]
    assert names(national.get("/rank?q=zzz").text) == []
    assert "Không tìm thấy đơn vị nào" in national.get("/rank?q=zzz").text
    text = national.get("/rank?band=average").text
    assert len(names(text)) == 34
    assert "Trung bình <span" in text
    assert names(national.get("/rank?band=weak").text) == []


def test_what_is_asked_wrong_is_said(national: Client) -> None:
    assert national.get("/rank?sort=luck").status_code == 400
    assert national.get("/rank?among=ghosts").status_code == 400


def test_a_period_of_the_old_portal_says_so(national: Client) -> None:
    text = national.get("/rank?period=2023&among=provinces").text
    assert "không so được với điểm từ năm 2026" in text
    assert names(text)[0] == "H01"
    assert "không so được với điểm từ năm 2026" not in national.get("/rank").text


def test_recent_totals_are_drawn_from_the_row_s_own_source(client: Client, folder: DataFolder) -> None:
    text = client.get("/rank?among=communes").text
    assert text.count('class="spark"') == len(folder.rank("communes", "H01")["rows"])
    published = client.get("/rank?among=provinces").text
    assert published.count('class="spark"') == 3  # two published on two days, one computed
    assert ">công bố<" in published
    assert ">tính toán<" in published


def test_without_a_name_the_provinces_else_the_communes(client: Client, national: Client) -> None:
    assert "<h1>Xếp hạng: Tỉnh, thành phố</h1>" in national.get("/rank").text
    page = Reader(client.get("/rank").text)
    assert page.tags.count("h1") == 1


def test_rows_are_arranged_with_the_unknown_last() -> None:
    rows = [
        {"name": "Ba", "total": "50.00", "rank": 2, "change": {"day": 1}},
        {"name": "An", "total": "60.00", "rank": 1, "change": {}},
        {"name": "Đa", "total": "40.00", "rank": 3, "change": {"day": -1}},
    ]

    def order(column: str, *, down: bool) -> list[str]:
        return [row["name"] for row in leagues.arranged(rows, column, down=down)]

    assert order("day", down=True) == ["Ba", "Đa", "An"]
    assert order("day", down=False) == ["Đa", "Ba", "An"]
    assert order("name", down=False) == ["An", "Ba", "Đa"]
    assert order("total", down=True) == ["An", "Ba", "Đa"]
