"""The page of today's work: what it lists, what its filters lead to, marks, the table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.todo.answer import todo
from chiso.insight.todo.items import WHAT
from chiso.instants import DAY, day_of, midnight, utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web import formatting
from chiso.web.app import create_app
from chiso.web.messages import catalogue
from chiso.web.rights import COOKIE
from chiso.web.todo import as_csv
from chiso.web.view import View, hour
from tests.insight.work import enrich
from tests.support.messages import stamp, tell
from tests.support.people import with_factor
from tests.web.test_pages import Reader
from tests.web.world import NOW

Client = TestClient[Litestar]


def keys(text: str) -> list[str]:
    return re.findall(r'<li data-key="([^"]+)"', text)


def key(row: dict[str, Any]) -> str:
    return f"{row['what']}:{row.get('dossier') or row.get('petition') or row['procedure']}"


def test_the_list_is_the_answers(client: Client, folder: DataFolder) -> None:
    body = todo(folder, "H01.113", marked="open", limit=100)
    text = client.get("/units/H01.113/todo").text
    assert keys(text) == [key(row) for row in body["rows"]]
    assert f"{formatting.number(body['count'])} việc</h2>" in text
    for row in body["rows"][:5]:
        assert row.get("dossier", "") in text
        assert formatting.signed(row["points"], places=4) in text
    for kind, count in body["kinds"].items():
        words = catalogue("vi")[f"todo.what.{kind}"]
        assert re.search(rf"<span>{words}</span><span class=\"num\">{formatting.number(count)}</span>", text)


def test_filters_lead_to_shorter_lists(client: Client, folder: DataFolder) -> None:
    text = client.get("/units/H01/todo").text
    links = [link for link in Reader(text).links if link.startswith("/units/H01/todo?")]
    whats = [parse_qs(urlsplit(link).query).get("what") for link in links if "item" not in link]
    assert ["result"] in whats
    only = client.get("/units/H01/todo?what=result&what=digitise").text
    both = todo(folder, "H01", what=["result", "digitise"], marked="open", limit=100)
    assert keys(only) == [key(row) for row in both["rows"]]
    # a second choice of the same kind takes it away again
    assert "/units/H01/todo?what=digitise" in Reader(only).links
    code = folder.dossiers("H01")["rows"][0]["procedure"]
    some = todo(folder, "H01", procedure=code, marked="open", limit=100)
    assert keys(client.get(f"/units/H01/todo?procedure={code}").text) == [key(row) for row in some["rows"]]
    end = midnight(day_of(NOW)) + DAY
    today = todo(folder, "H01", before=end, marked="open", limit=100, until=end + 2 * DAY)
    assert keys(client.get("/units/H01/todo?before=today").text) == [key(row) for row in today["rows"]]
    assert "Không có việc nào" in client.get("/units/H01/todo?marked=done").text


def test_pages_of_the_list(client: Client) -> None:
    first, second = (keys(client.get(f"/units/H01/todo?page={page}").text) for page in (1, 2))
    assert len(first) == 100
    assert not set(first) & set(second)


def test_one_item_in_detail(client: Client, folder: DataFolder) -> None:
    (row,) = todo(folder, "H01", what=["result"], limit=1)["rows"]
    text = client.get("/units/H01/todo", params={"item": key(row)}).text
    assert formatting.signed(row["points"], places=10) in text
    assert f'href="/dossiers/{row["dossier"]}"' in text
    assert "Gửi lại bản tin kèm tệp kết quả" in text
    assert "Chọn một việc trong danh sách" not in text
    # also where it stands on another page, or is filtered out
    (last,) = todo(folder, "H01", what=["digitise"], limit=1, offset=todo(folder, "H01", what=["digitise"],
                   limit=0)["count"] - 1)["rows"]  # fmt: skip
    far = client.get("/units/H01/todo", params={"item": key(last), "what": "due"}).text
    assert "Số hóa thành phần hồ sơ" in far
    assert "Chọn một việc trong danh sách" in client.get("/units/H01/todo?item=result:nothing").text


def test_the_main_navigation_leads_home(client: Client) -> None:
    assert 'href="/todo"' in client.get("/").text
    assert keys(client.get("/todo").text) == keys(client.get("/units/H01/todo").text)
    assert '<a href="/todo" aria-current="page"' in client.get("/todo").text


@pytest.mark.parametrize("query", ["what=x", "before=x", "marked=x", "page=x"])
def test_choices_that_are_not_offered_are_refused(client: Client, query: str) -> None:
    assert client.get(f"/units/H01/todo?{query}").status_code == 400


def test_every_kind_has_words_in_both_languages() -> None:
    for lang in ("vi", "en"):
        for what in WHAT:
            assert f"todo.what.{what}" in catalogue(lang)
            assert f"todo.do.{what}" in catalogue(lang)
            stages = ("petition.resolve", "petition.publish") if what == "petition" else (what,)
            assert all(f"todo.how.{one}" in catalogue(lang) for one in stages)


def test_hours_as_people_say_them() -> None:
    view = View("/", NOW)
    today = midnight(day_of(NOW))
    assert hour(today + 17 * 3600, view) == "17:00 hôm nay"
    assert hour(today + DAY, view) == "24:00 hôm nay"
    assert hour(today + DAY - 1, view) == "24:00 hôm nay"
    assert hour(today + DAY + 8 * 3600, view) == "08:00 11/10"
    assert hour(today - 300 * DAY + 3600, view) == "01:00 14/12/2025"
    assert hour(view.asked_period.end, view) == "trong kỳ"


def test_staff_of_a_unit_are_led_to_its_work(own: DataFolder) -> None:
    people = People(own.ledger)
    for login, role, unit in (("an", Role.STAFF, "H01.113"), ("ba", Role.ADMINISTRATOR, "H01")):
        people.accounts.add(login, "", [Grant(role, unit)], utc_now(), "lúa vàng đồng xa")
    with_factor(people, "ba")
    with TestClient(create_app(own)) as client:
        for login, led in (("an", "/units/H01.113/todo"), ("ba", "/")):
            client.cookies.clear()
            client.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login(login), utc_now()))
            answer = client.get("/todo", follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, led)


def test_who_may_not_mark_is_offered_no_marks(own: DataFolder) -> None:
    people = People(own.ledger)
    for login, role in (("an", Role.STAFF), ("ba", Role.LEADER)):
        people.accounts.add(login, "", [Grant(role, "H01")], utc_now(), "lúa vàng đồng xa")
    (row,) = todo(own, "H01.113", limit=1)["rows"]
    with TestClient(create_app(own)) as client:
        for login, forms in (("an", True), ("ba", False)):
            client.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login(login), utc_now()))
            text = client.get("/units/H01.113/todo", params={"item": key(row)}).text
            assert ("/todo/marks" in text) is forms


def test_work_is_put_together_by_procedure(client: Client, folder: DataFolder) -> None:
    body = todo(folder, "H01.113", marked="open", group="procedure", limit=100)
    text = client.get("/units/H01.113/todo?group=procedure").text
    assert keys(text) == []
    links = Reader(text).links
    for one in body["groups"]:
        assert f"/units/H01.113/todo?procedure={one['procedure']}" in links
        assert formatting.signed(one["points"], places=4) in text
    api = client.get("/api/v1/units/H01.113/todo?group=procedure&marked=open&limit=100").json()
    assert api == body


def test_names_of_officers_are_for_their_own_unit(own: DataFolder) -> None:
    name = "Lê <i>Thị</i> Tư"
    (row,) = todo(own, "H01.113", what=["result"], limit=1)["rows"]
    step = {"MaHoSo": row["dossier"], "ThoiDiemXuLy": stamp(NOW - DAY), "TrangThai": "9", "NguoiXuLy": name,
            "NoiDungXuLy": "x"}  # fmt: skip
    tell(own, "progress", step)
    people = People(own.ledger)
    base = "/units/H01.113/todo"
    pages = [f"{base}?group=officer", f"{base}?officer=x", f"{base}.csv?officer=x"]
    pages += [f"/api/v1{base}?group=officer", f"/api/v1{base}?officer=x"]
    item = {"item": key(row)}
    with TestClient(create_app(own)) as client:
        # while nobody can sign in nobody is told
        assert [client.get(page).status_code for page in pages] == [403] * len(pages)
        text = client.get("/units/H01.113/todo", params=item).text
        assert "Theo cán bộ" not in text
        assert "Tư" not in text
        assert "officer" not in client.get("/api/v1/units/H01.113/todo").text
        grants = {"an": (Role.STAFF, "H01.113"), "ba": (Role.LEADER, "H01"), "tu": (Role.AUDITOR, "H01")}
        for login, (role, unit) in grants.items():
            people.accounts.add(login, "", [Grant(role, unit)], utc_now(), "lúa vàng đồng xa")
        for login, status in (("an", 200), ("ba", 200), ("tu", 403)):
            client.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login(login), utc_now()))
            assert [client.get(page).status_code for page in pages] == [status] * len(pages), login
            text = client.get("/units/H01.113/todo", params=item).text
            assert ("Lê &lt;i&gt;Thị&lt;/i&gt; Tư" in text) is (status == 200)
            assert "<i>Thị" not in text
            table = client.get("/units/H01.113/todo.csv?what=result").content.decode("utf-8-sig")
            assert (name in table) is (status == 200)
        client.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login("an"), utc_now()))
        groups = client.get("/api/v1/units/H01.113/todo?group=officer").json()["groups"]
        assert groups[0]["officer"] == name
        text = client.get("/units/H01.113/todo?group=officer").text
        assert (
            "/units/H01.113/todo?officer=L%C3%AA+%3Ci%3ETh%E1%BB%8B%3C%2Fi%3E+T%C6%B0" in Reader(text).links
        )
        only = client.get("/units/H01.113/todo", params={"officer": name, "what": "result"}).text
        assert keys(only) == [key(row)]


@pytest.fixture
def writing(own: DataFolder) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(own)) as client:
        yield client


def sent(client: Client, address: str, **fields: str) -> Any:
    """Posts a form as its page offers it."""
    text = client.get("/units/H01.113/todo").text
    token = re.search(r'name="_csrf_token" value="([^"]+)"', text)
    assert token
    return client.post(address, data={"_csrf_token": token[1], **fields}, follow_redirects=False)


def test_items_are_ticked_off_and_given_to_somebody(writing: Client, own: DataFolder) -> None:
    (row,) = todo(own, "H01.113", what=["result"], limit=1)["rows"]
    path = "/units/H01.113/todo/marks"
    told = {"kind": "result", "subject": row["dossier"], "back": "/units/H01.113/todo?page=1"}
    answer = sent(writing, path, **told, assigned="Chị <Lan>")
    assert (answer.status_code, answer.headers["location"]) == (303, "/units/H01.113/todo?page=1")
    text = writing.get("/units/H01.113/todo?marked=assigned").text
    assert keys(text) == [key(row)]
    assert "Chị &lt;Lan&gt;" in text
    sent(writing, path, **told, done="1")
    assert key(row) not in keys(writing.get("/units/H01.113/todo").text)
    assert keys(writing.get("/units/H01.113/todo?marked=done").text) == [key(row)]
    sent(writing, path, **told, done="0")
    assert key(row) in keys(writing.get("/units/H01.113/todo").text)
    house = writing.app.state.house
    noted = [one for one in house.people.audit.entries() if one.what == "work_marked"]
    assert [one.about for one in noted] == [row["dossier"]] * 3
    assert noted[1].detail == {"unit": "H01.113", "kind": "result", "done": "1"}


def test_only_work_of_the_unit_can_be_marked(writing: Client, own: DataFolder) -> None:
    (row,) = todo(own, "H01.06", what=["result"], limit=1)["rows"]
    path = "/units/H01.113/todo/marks"
    assert sent(writing, path, kind="result", subject=row["dossier"], done="1").status_code == 404
    assert sent(writing, path, kind="x", subject=row["dossier"], done="1").status_code == 404
    assert sent(writing, path, kind="fee", subject="0.000000", done="1").status_code == 404
    assert own.ledger.marks.all() == {}
    # a form that is sent from elsewhere carries no word of this server
    answer = writing.post(path, data={"kind": "result", "subject": row["dossier"], "done": "1"})
    assert answer.status_code == 403
    # and nobody is led away to another server
    (mine,) = todo(own, "H01.113", what=["result"], limit=1)["rows"]
    led = sent(writing, path, kind="result", subject=mine["dossier"], done="1", back="//evil.example.com/")
    assert led.headers["location"] == "/"


def test_all_kinds_can_be_marked_and_shown(writing: Client, own: DataFolder) -> None:
    enrich(own)
    for what in WHAT:
        unit = next(one for one in ("H01.113", "H01.06", "H01") if what in todo(own, one, limit=0)["kinds"])
        (row,) = todo(own, unit, what=[what], limit=1)["rows"]
        named = key(row).partition(":")[2]
        answer = sent(writing, f"/units/{unit}/todo/marks", kind=what, subject=named, done="1")
        assert answer.status_code == 303, what
        text = writing.get(f"/units/{unit}/todo", params={"marked": "done", "item": key(row)}).text
        assert key(row) in keys(text)
        assert catalogue("vi")[f"todo.do.{what}"] in text
        assert "Bỏ đánh dấu" in text


def test_the_table_for_a_spreadsheet(writing: Client, own: DataFolder) -> None:
    (row, *_) = todo(own, "H01.113", what=["result"], limit=5)["rows"]
    own.ledger.marks.set(row["dossier"], "result", NOW, assigned="=1+1")
    answer = writing.get("/units/H01.113/todo.csv?what=result")
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="viec-H01.113-20261010.csv"' in answer.headers["content-disposition"]
    text = answer.content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text), delimiter=";"))
    body = todo(own, "H01.113", what=["result"], marked="open", limit=10_000)
    assert len(table) == body["count"] + 1
    assert table[0][:3] == ["Việc", "Mã", "Mã thủ tục"]
    here = dict(zip(table[0], table[1], strict=True))
    assert here["Mã"] == row["dossier"]
    assert here["Điểm"] == row["points"].replace(".", ",")
    assert here["Giao cho"] == "'=1+1"


def test_a_table_in_english_has_commas_and_points() -> None:
    row = {"what": "publish", "procedure": "3.1", "points": "0.5000000000", "by": "2026-10-13T23:59:59+07:00",
           "unit": "H01", "unit_name": "An Giang", "indicators": ["1.2"]}  # fmt: skip
    lines = as_csv([row], "en").splitlines()
    assert lines[0].startswith("Work,Code,Procedure")
    assert "0.5000000000" in lines[1]
