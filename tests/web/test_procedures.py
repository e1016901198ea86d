"""The page of procedures as work, and its JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from markupsafe import escape

from chiso.folder import DataFolder
from chiso.insight.procedures.answer import WHAT, procedures
from chiso.web import formatting
from chiso.web.app import create_app
from chiso.web.messages import say
from tests.folder.conftest import province_path
from tests.insight.procedures.conftest import planted
from tests.web.test_pages import Reader

__all__ = ["planted", "province_path"]

Client = TestClient[Litestar]


@pytest.fixture(scope="module")
def asked(planted: DataFolder) -> Iterator[Client]:
    with TestClient(create_app(planted)) as client:
        yield client


def test_the_json_is_what_the_command_prints(asked: Client, planted: DataFolder) -> None:
    told = asked.get("/api/v1/procedures/work", params={"limit": 10_000}).json()
    assert told == procedures(planted, limit=10_000)
    some = asked.get("/api/v1/procedures/work", params={"what": ["fee", "missing"], "unit": "H01.113"}).json()
    assert {row["what"] for row in some["rows"]} <= {"fee", "missing"}
    assert some["unit"] == "H01.113"
    assert asked.get("/api/v1/procedures/work", params={"what": "x"}).status_code == 400
    assert asked.get("/api/v1/procedures/work", params={"unit": "H99.9"}).status_code == 404


def test_the_first_sentence_says_how_much_no_dossier_lost(asked: Client, planted: DataFolder) -> None:
    text = asked.get("/procedures").text
    body = procedures(planted)
    lost = body["lost"]["indicators"]
    early = formatting.exact(lost["1.1"]["points"]) + formatting.exact(lost["1.2"]["points"])
    score = planted.score("H01")
    whole = formatting.exact(100) - formatting.exact(score["total"])
    words = say("vi", "procwork.early", lost=formatting.points(early), whole=formatting.points(whole))
    assert words in text
    assert formatting.points(body["lost"]["points"]) in text


@pytest.mark.parametrize("what", WHAT)
def test_every_kind_has_its_list(asked: Client, planted: DataFolder, what: str) -> None:
    text = asked.get("/procedures", params={"what": what}).text
    body = procedures(planted, what=[what], limit=50)
    assert say("vi", f"procwork.what.{what}") in text
    assert say("vi", f"procwork.do.{what}") in text
    for row in body["rows"]:
        assert row["procedure"] in text
    english = asked.get("/procedures", params={"what": what, "lang": "en"}).text
    asked.cookies.clear()
    assert str(escape(say("en", f"procwork.do.{what}"))) in english


def test_links_lead_to_what_stands_behind(asked: Client) -> None:
    for what in ("offline", "pay_online", "unknown", "fee", "publish", "outdated"):
        page = Reader(asked.get("/procedures", params={"what": what}).text)
        behind = [link for link in page.links if "/dossiers?" in link or "/todo?" in link]
        assert behind, what
        for link in behind[:3]:
            answer = asked.get(link)
            assert answer.status_code == 200, link
            assert "Không có hồ sơ nào" not in answer.text


def test_days_left_in_words(asked: Client, planted: DataFolder) -> None:
    text = asked.get("/procedures", params={"what": "publish"}).text
    rows = procedures(planted, what=["publish"])["rows"]
    past = [row for row in rows if row["days_left"] < 0]
    assert text.count("đã quá") == len(past)
    assert text.count('loss">đã mất') == len(past)
    assert re.search(r"còn \d+ ngày làm việc", text)


def test_one_department_alone(asked: Client, planted: DataFolder) -> None:
    text = asked.get("/procedures", params={"department": "H01.06", "what": "publish"}).text
    mine = procedures(planted, department="H01.06", what=["publish"])["rows"]
    others = [row for row in procedures(planted, what=["publish"])["rows"] if row not in mine]
    assert mine
    assert others
    assert all(row["procedure"] in text for row in mine)
    assert not any(f"<code>{row['procedure']}</code>" in text for row in others)


def test_of_another_province_nothing_is_known_here(asked: Client) -> None:
    other = asked.get("/procedures", params={"unit": "H44"})
    assert other.status_code == 200
    assert "Chưa có số liệu" in other.text
    assert "Ở đây chỉ có hồ sơ của Tỉnh An Giang" in other.text
    answer = asked.get("/procedures", params={"what": "apples"})
    assert answer.status_code == 400
