"""The page of comparison: chooser, differences in words, where the gap comes from."""

from __future__ import annotations

import re

from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.compare import compare
from chiso.web import formatting
from chiso.web.compare import codes_of

Client = TestClient[Litestar]


def test_codes_are_read_in_both_forms() -> None:
    assert (
        codes_of(["H01", "H20"])
        == codes_of(["H01,H20"])
        == codes_of([" H01 , H20,H01", ""])
        == ["H01", "H20"]
    )


def test_its_json_is_the_insight(national: Client, nation_folder: DataFolder) -> None:
    told = compare(nation_folder, ["H01", "H20"])
    assert national.get("/api/v1/compare?unit=H01&unit=H20").json() == told
    assert national.get("/api/v1/compare?unit=H01,H20").json() == told
    wrong = national.get("/api/v1/compare?unit=H01")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "compare takes 2 to 6 units, not 1")
    assert national.get("/api/v1/compare").status_code == 400
    assert national.get("/api/v1/compare?unit=H01&unit=H99").status_code == 404


def test_two_provinces_as_published(national: Client, nation_folder: DataFolder) -> None:
    text = national.get("/compare?unit=H01&unit=H20").text
    gap = compare(nation_folder, ["H01", "H20"])["gaps"][0]
    words = formatting.points(gap["points"])
    assert f"Tỉnh Đồng Tháp hơn Tỉnh An Giang {words} điểm, nhiều nhất ở Mức độ hài lòng (+4,52)" in text
    assert "Bù lại kém ở Tiến độ, kết quả giải quyết (−0,52)" in text
    assert "hơn 3,46" in text
    assert "kém 0,52" in text
    assert f"Các mục cộng lại đúng bằng +{words}." in text
    assert "Cần ít nhất hai đơn vị có chỉ số thành phần" in text
    assert 'href="/units/H20' in text


def test_two_communes_indicator_by_indicator(client: Client, folder: DataFolder) -> None:
    text = client.get("/compare?unit=H01.113,H01.101").text
    score = folder.score("H01.113")["indicators"]["2.1"]
    row = re.search(r'<th scope="row">2\.1 Tỷ lệ hồ sơ xử lý đúng hạn.*?</tr>', text, re.DOTALL)
    assert row
    assert f">{formatting.points(score['points'])}<" in row[0]
    assert f"{score['n']} / {score['d']}" in row[0]
    assert row[0].count('<svg class="bar') == 2
    assert "theo tỉnh" in text


def test_units_are_chosen_without_script(client: Client) -> None:
    text = client.get("/compare?unit=H01.113").text
    assert "Chọn thêm ít nhất một đơn vị" in text
    assert '<input type="hidden" name="unit" value="H01.113">' in text
    assert '<option value="H01.101">' in text
    assert '<option value="H01.113">' not in text
    assert "Bỏ Phường Long Phú" in text
    full = client.get("/compare?unit=H01.113,H01.101,H01.06,H01.155,H01,H44&source=").text
    assert "Đã đủ 6 đơn vị" in full
    assert "<option" not in full


def test_ready_comparisons_lead_somewhere(client: Client) -> None:
    text = client.get("/compare").text
    links = re.findall(r'<a class="chip" href="(/compare\?unit=[^"]+)"', text)
    assert len(links) >= 2
    for link in links:
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert "Sáu nhóm chỉ số" in answer.text


def test_what_cannot_be_compared_is_said_in_words(client: Client) -> None:
    text = client.get("/compare?unit=H01,H26").text
    assert "Chưa có kết quả công bố của Thành phố Hà Nội" in text
    assert "Bỏ Thành phố Hà Nội" in text
    text = client.get("/compare?unit=H01,H99&lang=en").text
    assert "no unit has the code" in text


def test_one_unit_is_offered_those_of_like_volume(client: Client) -> None:
    text = client.get("/compare?unit=H01.113").text
    link = re.search(r'<a class="chip" href="(/compare\?unit=H01\.113[^"]+)"', text)
    assert link
    answer = client.get(link[1].replace("&amp;", "&")).text
    assert answer.count('class="unit"') >= 3
    assert "H01.101" in link[1]
