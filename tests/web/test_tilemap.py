"""The tile map: every province once, both archipelagos, in both eras."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import parse_instant
from chiso.registry.places import tiles
from chiso.web import formatting, tilemap
from chiso.web.render import static_file
from tests.web.test_pages import Reader

Client = TestClient[Litestar]


def tiles_shown(text: str) -> list[str]:
    """What each tile says, one after the other."""
    listed = text.partition("data-map")[2].partition("</ol>")[0]
    return [
        " ".join(re.sub(r"<[^>]+>", " ", tile).split())
        for tile in re.findall(r"<li.*?</li>", listed, re.DOTALL)
    ]


def test_every_province_stands_there_with_points_and_band_in_words(
    national: Client, nation_folder: DataFolder
) -> None:
    text = national.get("/rank/map").text
    shown = tiles_shown(text)
    assert len(shown) == 36
    for row in nation_folder.rank("provinces")["rows"]:
        label = next(t.label for t in tiles(parse_instant("2026-10-10")) if t.key == row["unit"])
        assert f"{label} {formatting.points(row['total'])} Trung bình TB" in shown
    assert shown.count("Quần đảo Hoàng Sa (Việt Nam)") == shown.count("Quần đảo Trường Sa (Việt Nam)") == 1
    page = Reader(text)
    assert {f"/units/{row['unit']}" for row in nation_folder.rank("provinces")["rows"]} <= set(page.links)


def test_before_the_merger_there_are_63(national: Client) -> None:
    text = national.get("/rank/map?period=2023").text
    shown = tiles_shown(text)
    assert len(shown) == 65
    assert "63 tỉnh, thành phố" in text
    assert "Kiên Giang chưa có –" in shown
    assert "An Giang 69,63 Trung bình TB" in shown
    assert "Quần đảo Hoàng Sa (Việt Nam)" in shown
    assert "không so được với điểm từ năm 2026" in text


def test_a_group_is_shown_by_its_share(national: Client) -> None:
    shown = tiles_shown(national.get("/rank/map?by=transparency").text)
    assert "An Giang 8,00 44,44%" in shown
    assert national.get("/rank/map?by=luck").status_code == 400


@pytest.mark.parametrize("at", ["2023-06-01", "2026-10-10"])
def test_no_two_tiles_stand_in_one_place_wide_or_narrow(at: str) -> None:
    grid = tiles(parse_instant(at))
    narrow = tilemap._narrow(grid)
    for places in (
        [(tile.row, tile.column) for tile in grid],
        [(tile.row, narrow[tile.key]) for tile in grid],
    ):
        assert len(places) == len(set(places))
    sheet = static_file("rank.css")[0].decode()
    for tile in grid:
        for name in (f".row-{tile.row} {{", f".col-{tile.column} {{", f".ncol-{narrow[tile.key]} {{"):
            assert name in sheet, name
