"""A unit's published history: every capture, each measure by itself, unrefreshed days marked."""

from __future__ import annotations

import re

from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.folder.courses import published_history

Client = TestClient[Litestar]


def cells(text: str, at: str) -> list[str]:
    """The cells of the row of an instant."""
    row = re.search(rf'<time class="num" datetime="{re.escape(at)}.*?</tr>', text, re.DOTALL)
    assert row, at
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split())
        for cell in re.findall(r"<td.*?</td>", row[0], re.DOTALL)
    ]


def test_every_capture_with_points_rank_band_and_groups(national: Client, nation_folder: DataFolder) -> None:
    text = national.get("/units/H01/history").text
    told = published_history(nation_folder, "H01")
    assert sum(len(one["rows"]) for one in told["series"]) == 9
    assert "9 lần công bố, từ 27/02/2023 đến 10/10/2026" in text
    newest = cells(text, "2026-10-10")
    assert newest[0].startswith("59,18")
    assert newest[1:3] == ["31", "Trung bình"]
    assert newest[4] == "18,21"


def test_a_rank_alone_is_shown_without_a_total(national: Client) -> None:
    told = cells(national.get("/units/H01/history").text, "2023-03-07")
    assert told[0] == "chỉ có hạng"
    assert told[1].startswith("8")
    assert told[2:] == [""] + ["–"] * 6


def test_a_group_carried_on_names_its_own_day(national: Client, nation_folder: DataFolder) -> None:
    told = cells(national.get("/units/H01/history").text, "2023-05-31")
    assert told[0].startswith("69,63")
    assert told[3] == "12,20 số của 27/03/2023"
    old = published_history(nation_folder, "H01")["series"][0]["rows"][-1]
    assert old["captured"]["transparency"] == "2023-03-27T00:00:00+07:00"


def test_a_day_that_the_portal_had_not_refreshed_is_marked(national: Client) -> None:
    text = national.get("/units/H01/history").text
    assert all("chưa cập nhật" in cell for cell in cells(text, "2026-10-07")[3:])
    assert "chưa cập nhật" not in " ".join(cells(text, "2026-10-08"))


def test_the_measures_are_parted_and_the_break_told(national: Client) -> None:
    text = national.get("/units/H01/history").text
    assert text.count('<path class="break"') == 2
    assert "01/01/2026: Cổng đổi cách tính" in text
    assert text.index("Cách tính của Cổng từ năm 2026") < text.index("Cách tính của Cổng năm 2022–2025")
    assert "Chuyện tháng 3/2023" in text
    other = national.get("/units/H20/history").text
    assert 'class="break"' not in other
    assert "Chuyện tháng 3/2023" not in other


def test_one_period_or_an_earlier_instant(national: Client) -> None:
    only = national.get("/units/H01/history?period=2023").text
    assert "4 lần công bố" in only
    assert "5 lần công bố" not in only
    then = national.get("/units/H01/history?at=2026-10-07T12:00%2B07:00&as_of=2026-10-07T12:00%2B07:00").text
    assert "6 lần công bố, từ 27/02/2023 đến 07/10/2026" in then


def test_where_nothing_was_published_it_says_how_to_load(client: Client) -> None:
    text = client.get("/units/H01.113/history").text
    assert "Chưa có kết quả công bố của đơn vị này" in text
    assert "<code>chiso load</code>" in text
    assert client.get("/units/H99/history").status_code == 404
