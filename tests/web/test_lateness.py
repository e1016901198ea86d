"""The pages of late work and late data, on the province in which every truth is planted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.lateness import dossiers, lateness
from chiso.insight.lateness.classes import CLASSES
from chiso.web.app import create_app
from chiso.web.lateness import percents
from tests.support.lateness import PERIOD, THEN, build, province
from tests.web.test_pages import Reader

Client = TestClient[Litestar]
ASKED = f"period={PERIOD}&as_of=2026-10-01T00:00%2B07:00"
QUESTION: dict[str, Any] = {"period": PERIOD, "as_of": THEN}


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    path: Path = build(tmp_path_factory.mktemp("late") / "data", province(2))
    with DataFolder.open(path, standing=True) as folder:
        yield folder


@pytest.fixture(scope="module")
def reader(late: DataFolder) -> Iterator[Client]:
    with TestClient(create_app(late)) as client:
        yield client


def words(text: str) -> str:
    """What a reader reads."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5))
def test_whole_percents_sum_to_a_hundred(counts: list[int]) -> None:
    found = percents(counts)
    assert sum(found) == (100 if sum(counts) else 0)
    for percent, count in zip(found, counts, strict=True):
        assert abs(percent * sum(counts) - 100 * count) < max(1, sum(counts))


def test_one_sentence_first(reader: Client, late: DataFolder) -> None:
    text = reader.get(f"/units/H01/lateness?{ASKED}").text
    told = lateness(late, "H01", **QUESTION)
    total = told["scores"]["in_time_and_right"]["total"].replace(".", ",")
    said = re.search(r'<p class="lead">(.*?)</p>', text)
    assert said
    assert said[1].startswith(
        "Trong 200 hồ sơ quá hạn, 61% do dữ liệu đến chậm hoặc sai, 29% do xử lý chậm, "
        "10% chưa kết luận được. "
        f"Nếu dữ liệu đúng và kịp thời: {total} điểm (+"
    )
    english = reader.get(f"/units/H01/lateness?{ASKED}&lang=en").text
    assert "Of 200 overdue dossiers 61% are so by late or wrong data, 29% by late work" in english
    reader.cookies.clear()


def test_every_number_leads_to_as_many_dossiers(reader: Client) -> None:
    text = reader.get(f"/units/H01/lateness?{ASKED}&all=1").text
    links = re.findall(r'<a class="n" href="([^"]*/lateness/dossiers[^"]*)">([\d.]+)</a>', text)
    assert len(links) > 40
    for link, count in links:
        listed = words(reader.get(unescape(link)).text)
        assert f" {count} hồ sơ " in listed, link


def test_lists_name_what_happened_and_when_it_was_told(reader: Client, late: DataFolder) -> None:
    for kind in (*CLASSES, "shown"):
        text = reader.get(f"/units/H01.113/lateness/dossiers?{ASKED}&class={kind}").text
        found = dossiers(late, "H01.113", kind, **QUESTION)
        codes = re.findall(r"<code>(H01\.113-\d{6}-\d+)</code></a>\s*<p class=\"rule\">", text)
        assert codes == [row["code"] for row in found["rows"]]
    wrong = words(
        reader.get(f"/units/H01/lateness/dossiers?{ASKED}&class=wrong_data&mistake=before_receipt").text
    )
    assert "Thời điểm xử lý trước lúc tiếp nhận ×" in wrong
    assert "Nếu sửa: kết thúc" in wrong
    twin = words(
        reader.get(f"/units/H01/lateness/dossiers?{ASKED}&class=wrong_data&mistake=duplicate_dossier").text
    )
    assert "Cùng một hồ sơ với" in twin


def test_as_known_now_the_past_is_offered(reader: Client) -> None:
    now = words(reader.get(f"/units/H01/lateness?period={PERIOD}").text)
    assert "nên không còn hồ sơ nào quá hạn chỉ vì báo chậm" in now
    page = Reader(reader.get(f"/units/H01/lateness?period={PERIOD}").text)
    then = [link for link in page.links if "as_of=2026-10-01T00%3A00%3A00" in link]
    assert then
    assert "61% do dữ liệu" in words(reader.get(then[0]).text)
    assert "nên không còn" not in words(reader.get(then[0]).text)
    running = reader.get("/units/H01/lateness").text
    assert "Hết tháng 09/2026" in running


def test_a_unit_without_overdue_dossiers_says_so(reader: Client) -> None:
    text = words(reader.get(f"/units/H01.174/lateness?{ASKED}").text)
    assert "Không có hồ sơ nào quá hạn." in text
    assert "Mọi hồ sơ đúng hạn đều được báo kịp." in text


def test_the_way_there(reader: Client) -> None:
    there = f"/units/H01/lateness?period={PERIOD}"
    for address in ("/units/H01", "/units/H01/indicators/2.1"):
        assert there in reader.get(f"{address}?period={PERIOD}").text
    other = reader.get("/units/H01/indicators/4.1").text
    assert "/lateness" not in re.sub(r"<nav.*?</nav>", "", other, flags=re.S)
    assert 'href="/units/H01/lateness"' in reader.get("/data").text


def test_the_page_is_what_its_json_says(reader: Client, late: DataFolder) -> None:
    for address in (f"/units/H01/lateness?{ASKED}", f"/units/H01/lateness/dossiers?{ASKED}&class=late_work"):
        page = Reader(reader.get(address).text)
        (json,) = {link for link in page.links if link.startswith("/api/v1/units/H01/lateness")}
        told = reader.get(json).json()
        assert told["as_of"] == "2026-10-01T00:00:00+07:00"
        expected = lateness(late, "H01", **QUESTION) if "/dossiers" not in address else dossiers(
            late, "H01", "late_work", **QUESTION
        )  # fmt: skip
        assert told == expected
