"""The page of data quality in points, the lists behind it, and their JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.quality.answer import dossiers, quality
from chiso.web import formatting
from chiso.web.app import create_app
from chiso.web.lists import mistake_words
from chiso.web.messages import say
from tests.folder.conftest import province, province_path
from tests.web.test_pages import Reader

__all__ = ["province", "province_path"]

Client = TestClient[Litestar]


@pytest.fixture(scope="module")
def asked(province: DataFolder) -> Iterator[Client]:
    with TestClient(create_app(province)) as client:
        yield client


def test_the_json_is_what_the_command_prints(asked: Client, province: DataFolder) -> None:
    assert asked.get("/api/v1/units/H01/quality").json() == quality(province, "H01")
    month = asked.get("/api/v1/units/H01/quality", params={"period": "2026-08"}).json()
    assert month["period"] == "2026-08"
    told = asked.get("/api/v1/units/H01/quality/dossiers", params={"what": "no_due", "limit": 3}).json()
    assert told == dossiers(province, "H01", "no_due", limit=3)
    for query in ({"what": "apples"}, {}):
        assert asked.get("/api/v1/units/H01/quality/dossiers", params=query).status_code == 400
    assert asked.get("/api/v1/units/H99.9/quality").status_code == 404


def test_the_first_sentence_and_the_score_without_mistakes(asked: Client, province: DataFolder) -> None:
    text = asked.get("/units/H01/quality").text
    body = quality(province, "H01")
    worths = [Fraction(row["points"]) for row in body["mistakes"] if row["kind"] == "points"]
    adds, takes = sum(one for one in worths if one > 0), -sum(one for one in worths if one < 0)
    assert adds
    key = "quality.said.both" if takes else "quality.said.adds"
    assert say("vi", key, adds=formatting.number(adds, 4), takes=formatting.number(takes, 4)) in text
    assert formatting.number(body["together"]["without"], 4) in text


def test_every_mistake_stands_where_it_belongs(asked: Client, province: DataFolder) -> None:
    text = asked.get("/units/H01/quality").text
    worth, _, rest = text.partition('id="senders"')
    reasons, _, signs = rest.partition('id="signs"')
    for row in quality(province, "H01")["mistakes"]:
        words = mistake_words(row["mistake"], "vi")
        assert (words in worth) == (row["kind"] == "points"), row["mistake"]
        assert (words in reasons) == (row["kind"] != "points"), row["mistake"]
        assert row["why_vi"] in text
    assert "Đây là dấu hiệu, không phải bằng chứng" in signs
    for row in quality(province, "H01")["signs"]:
        assert row["words_vi"] in signs
    english = asked.get("/units/H01/quality", params={"lang": "en"}).text
    asked.cookies.clear()
    assert "This is a sign and no proof" in english


def test_numbers_lead_to_their_dossiers(asked: Client, province: DataFolder) -> None:
    page = Reader(asked.get("/units/H01/quality").text)
    links = [link for link in page.links if "/quality/dossiers" in link]
    assert links
    for link in links[::7]:
        answer = asked.get(link)
        assert answer.status_code == 200, link
        found = re.search(r'<h2 class="num">([\d.]+) hồ sơ', answer.text)
        assert found, link
        assert int(found[1].replace(".", "")) > 0
    body = quality(province, "H01")
    row = max(body["mistakes"], key=lambda one: one["count"])
    text = asked.get("/units/H01/quality/dossiers", params={"what": row["mistake"]}).text
    assert f"{formatting.number(row['count'])} hồ sơ" in text
    assert all(code in text for code in row["sample"])
    assert asked.get("/units/H01/quality/dossiers", params={"what": "x"}).status_code == 400
    nobody = asked.get("/units/H01/quality/dossiers", params={"what": "burst"})
    assert "Không có hồ sơ nào" in nobody.text


def test_who_travels_is_told_that_mistakes_are_those_known_now(asked: Client) -> None:
    query = {"at": "2026-08-20T06:00+07:00", "as_of": "2026-08-20T06:00+07:00"}
    assert say("vi", "quality.now") in asked.get("/units/H01/quality", params=query).text
    assert say("vi", "quality.now") not in asked.get("/units/H01/quality").text


def test_a_unit_without_mistakes_says_so(asked: Client) -> None:
    text = asked.get("/units/H44/quality").text
    assert say("vi", "quality.said.none") in text
    assert say("vi", "quality.signs.none") in text


def test_other_pages_lead_here(asked: Client) -> None:
    for address in ("/data", "/units/H01/lateness", "/units/H01"):
        assert 'href="/units/H01/quality"' in asked.get(address).text, address
