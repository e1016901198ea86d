"""The page of March 2023."""

from __future__ import annotations

from pathlib import Path

from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.story import story
from chiso.web.app import create_app
from chiso.web.story import press

Client = TestClient[Litestar]


def test_points_are_written_as_the_press_did() -> None:
    assert press("65.20", "vi") == "65,2"
    assert press("18.00", "vi") == "18,0"
    assert press("69.63", "vi") == "69,63"
    assert press("65.20", "en") == "65.2"
    assert press(None, "vi") == "–"


def test_the_story_is_told_from_its_numbers(national: Client) -> None:
    text = national.get("/story/2023").text
    for words in (
        "Tháng 3/2023: từ hạng 4 xuống hạng 10",
        "Trong 28 ngày tỉnh tụt 6 bậc, từ hạng 4 xuống hạng 10 trong 63 tỉnh, thành phố.",
        "Còn thiếu 14,8 điểm để đạt 80",
        "Số hóa hồ sơ mất 15,3 điểm, thanh toán trực tuyến mất 7,6: hai nhóm chiếm 66% của 34,8 điểm mất.",
        "tỉnh được 81,7 điểm",
        "Đến 17:00 31/05/2023 được 69,63 điểm, thêm 4,43, nhưng hạng vẫn xuống 13",
        "Trong 184 đơn vị, 7 (4%) đạt loại Tốt trở lên; 131 đạt loại Khá, 2 xếp loại Yếu.",
        "308/UBND-TH",
        "3032/VPUBND-TH",
    ):
        assert words in text, words
    for number in (
        "12,2",
        "18,3",
        "7,6",
        "2,4",
        "18,0",
        "6,7",
        "65,2",
        "67,78%",
        "30,45%",
        "0%",
        "71%",
        "24%",
    ):
        assert f">{number}<" in text, number
    assert "chỉ công bố hạng" in text
    assert 'href="/units/H01/history' in text


def test_it_speaks_english_too(national: Client) -> None:
    text = national.get("/story/2023?lang=en").text
    assert "In 28 days the province lost 6 places, from 4 to 10 of 63 provinces." in text
    national.cookies.clear()


def test_its_json_is_the_story(national: Client, nation_folder: DataFolder) -> None:
    assert national.get("/api/v1/story/2023").json() == story(nation_folder)


def test_where_nothing_is_loaded_it_says_how(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path) as folder, TestClient(create_app(folder)) as client:
        text = client.get("/story/2023").text
    assert "Chưa nạp số liệu của năm 2023" in text
    assert "<code>chiso load --sample an-giang-2023</code>" in text
