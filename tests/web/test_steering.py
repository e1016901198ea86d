"""The pages of what directs the work: they show what is answered, and their forms enter what is typed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.folder.settings import Settings
from chiso.instants import DAY, utc_now
from chiso.ledger.recount import differences
from chiso.ledger.senders import Credentials
from chiso.people.audit import Audit
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.steering import answers, now
from chiso.steering.alerts.rules import rules
from chiso.steering.walk import walk_of
from chiso.web import strips
from chiso.web.app import create_app
from chiso.web.directing import may_write
from chiso.web.rights import COOKIE
from tests.support.mailbox import mailbox
from tests.support.messages import tell

Client = TestClient[Litestar]
FORM = '<form action="/steering/documents" method="post"'
DOCUMENT = {"number": "308/UBND-TH", "date": "2026-09-01", "issuer": "UBND tỉnh", "subject": "Đôn đốc <b>"}


@pytest.fixture
def open_folder(built: tuple[Path, Credentials], tmp_path: Path) -> Iterator[DataFolder]:
    """A folder of the test's own that takes forms from whoever reaches it."""
    import shutil

    path = Path(shutil.copytree(built[0], tmp_path / "data"))
    with DataFolder.open(path, standing=True, settings=Settings(steering_writes="on")) as folder:
        yield folder


@pytest.fixture
def client(open_folder: DataFolder) -> Iterator[Client]:
    with TestClient(create_app(open_folder)) as opened:
        yield opened


@pytest.fixture
def directed(open_folder: DataFolder) -> DataFolder:
    known = open_folder.now() - 20 * DAY
    tell(open_folder, "documents", DOCUMENT, known_at=known)
    tell(open_folder, "unit_lists", *({"list": "97 đơn vị", "unit": f"H01.{n}"} for n in (101, 113)))
    ask = {"document": "308/UBND-TH", "by": "2026-10-17"}
    tell(
        open_folder,
        "targets",
        {**ask, "among": "communes", "what": "2.1", "threshold": "95%"},
        {**ask, "unit": "H01", "what": "total", "threshold": "99"},
        {**ask, "list": "97 đơn vị", "what": "certified_copies", "threshold": 1, "at_least": "100%"},
        known_at=known,
    )
    task = {"document": "308/UBND-TH", "task": "Báo cáo quý III"}
    tell(
        open_folder,
        "tasks",
        {**task, "unit": "H01.113", "due": "2026-10-13"},
        {**task, "unit": "H01.101", "due": "2026-10-13"},
        {**task, "unit": "H01.06", "due": "2026-10-01"},
        known_at=known,
    )
    return open_folder


def token(client: Client, address: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', client.get(address).text)
    assert found
    return found[1]


def sent(
    client: Client, address: str, form: dict[str, Any], page: str = "/steering/documents", **more: Any
) -> Any:
    data = {**form, "_csrf_token": token(client, page)}
    return client.post(address, data=data, follow_redirects=False, **more)


def duty(folder: DataFolder, unit: str) -> str:
    return next(
        one.id
        for one in now.register(folder).duties.values()
        if one.kind == "task" and one.record.unit == unit
    )


# -- what is shown -------------------------------------------------------------------------------------------


def test_the_control_room_shows_what_is_answered(client: Client, directed: DataFolder) -> None:
    page = client.get("/steering").text
    body = answers.room(directed)
    for state, count in body["states"].items():
        assert f"state is-{state}" in page
        assert f">{count}<" in page
    assert "Báo cáo quý III" in page
    assert "2 đơn vị" in page  # the same task of two units is one
    assert page.count("Báo cáo quý III</a></p>") == 1
    assert "Đã quá hạn" in page or "Quá hạn, chưa đạt" in page
    assert client.get("/api/v1/steering").json()["states"] == body["states"]


def test_pages_of_documents_and_tasks_say_whether_it_worked(client: Client, directed: DataFolder) -> None:
    directed.year_trail()
    document = next(iter(now.register(directed).documents))
    for address in (f"/steering/documents/{document}", f"/steering/duties/{duty(directed, 'H01.113')}"):
        page = client.get(address, params={"lang": "vi"}).text
        told = client.get(f"/api/v1{address.removeprefix('/steering')}/effect").json()
        assert told["leagues"]
        assert "Có tác dụng không?" in page
        verdicts = {"all": "không có đơn vị để so sánh", "few": "Quá ít đơn vị"}
        for one in told["leagues"]:
            assert verdicts[one["verdict"]] in page
            assert all(row["name"] in page for row in one["units"])
        assert "Did it work?" in client.get(address, params={"lang": "en"}).text
    assert client.get("/api/v1/documents/nowhere/effect").status_code == 404


def test_an_empty_folder_says_what_to_do(client: Client) -> None:
    assert "Chưa có văn bản chỉ đạo nào" in client.get("/steering").text
    assert "Chưa có văn bản nào" in client.get("/steering/documents").text
    assert "Không có yêu cầu báo cáo nào" in client.get("/steering/reports").text
    assert "Không có chỉ tiêu, nhiệm vụ nào còn hạn" in client.get("/units/H01.113/duties").text
    assert "Chưa có người nhận nào" in client.get("/steering/alerts").text
    english = client.get("/steering?lang=en").text
    assert "No directing document yet" in english


def test_a_document_and_its_duties(client: Client, directed: DataFolder) -> None:
    walk_of(directed).advance()
    (row,) = answers.documents(directed)["rows"]
    page = client.get(f"/steering/documents/{row['id']}").text
    assert "Đôn đốc &lt;b&gt;" in page
    assert "Hạn 17/10/2026 là ngày nghỉ (thứ Bảy); ngày làm việc kế tiếp là 19/10/2026." in page
    assert page.count('<svg class="layers"') == 5
    body = client.get(f"/api/v1/documents/{row['id']}").json()
    for one in body["duties"]:
        shown = client.get(f"/steering/duties/{one['id']}").text
        assert one["title"] in shown
    (every,) = [one["id"] for one in body["duties"] if one["among"]]
    shown = client.get(f"/steering/duties/{every}").text
    assert shown.count('<svg class="strip"') == 102
    (together,) = [one["id"] for one in body["duties"] if one["at_least"]]
    assert "/ 2</span>" in client.get(f"/steering/duties/{together}").text
    told = client.get(f"/api/v1/duties/{every}?history=true").json()
    assert len(told["history"]) == 102


def test_as_it_was_known_then(client: Client, directed: DataFolder) -> None:
    before = "2026-09-01T08:00%2B07:00"
    assert "Chưa có văn bản nào" in client.get(f"/steering/documents?as_of={before}").text
    later = client.get("/steering/documents?as_of=2026-09-25T08:00%2B07:00").text
    assert "308/UBND-TH" in later
    assert FORM not in later  # nobody writes into the past
    assert client.get(f"/api/v1/targets?as_of={before}").json()["rows"] == []


def test_lists_as_json(client: Client, directed: DataFolder) -> None:
    assert len(client.get("/api/v1/targets").json()["rows"]) == 3
    assert len(client.get("/api/v1/tasks?unit=H01.113").json()["rows"]) == 1
    assert client.get("/api/v1/tasks?state=missed").json()["rows"][0]["unit"] == "H01.06"
    assert client.get("/api/v1/tasks?state=gone").status_code == 400
    assert client.get("/api/v1/documents/9").status_code == 404
    assert client.get("/api/v1/units/H01.113/duties").json()["unit"] == "H01.113"
    assert client.get("/api/v1/reports?missing=true").json()["counts"] == {"missing": 1, "waiting": 2}
    alerts = client.get("/api/v1/alerts").json()["rows"]  # the server may have looked already, or not yet
    assert {one["state"] for one in alerts} <= {"pending", "alerting", "no_data"}


@pytest.mark.parametrize(
    "address",
    ["/steering/documents/9", "/steering/duties/9", "/steering/documents/9/file", "/units/H01.113/duties/9"],
)
def test_what_is_not_there_is_said(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


# -- what is entered -----------------------------------------------------------------------------------------


def test_from_an_empty_register_to_a_report(client: Client, open_folder: DataFolder) -> None:
    form = {**DOCUMENT, "number": "9/UBND"}
    answer = sent(
        client, "/steering/documents", form, files={"file": ("van ban.pdf", b"%PDF-1", "application/pdf")}
    )
    assert answer.status_code == 303
    address = answer.headers["location"]
    file = client.get(f"{address}/file")
    assert file.content == b"%PDF-1"
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''van%20ban.pdf"
    assert file.headers["content-type"].startswith("application/octet-stream")
    target = {"what": "processing", "threshold": "90%", "whose": "communes", "by": "2026-12-15", "unit": ""}
    answer = sent(client, f"{address}/targets", target, address)
    assert answer.headers["location"].startswith(f"{address}#d-")
    task = {"task": "Báo cáo", "due": "2026-10-20", "whose": "departments", "report": "kết quả"}
    assert sent(client, f"{address}/tasks", task, address).status_code == 303
    counted = client.get("/api/v1/tasks").json()["rows"]
    assert len(counted) == len(open_folder.registry.units.league("departments"))
    id = duty(open_folder, "H01.06")
    form_page = client.get(f"/units/H01.06/duties/{id}").text
    assert "kết quả" in form_page
    shown = open_folder.score("H01.06")["total"].replace(".", ",")
    assert shown in form_page  # prefilled from the system
    report = {"text": "Đã làm <script>", "claim:2.1": "97,5%", "why:2.1": "đồng bộ chậm", "claim:total": ""}
    where = f"/units/H01.06/duties/{id}"
    answer = sent(
        client, where, report, where, files=[("files", ("a.txt", b"1")), ("files", ("b.txt", b"2"))]
    )
    assert answer.status_code == 303
    page = client.get(where).text
    assert "Đã làm &lt;script&gt;" in page
    assert "97,5%" in page
    assert "đồng bộ chậm" in page
    digest = re.search(r"/files/([0-9a-f]{64})", page)
    assert digest
    assert client.get(f"{where}/files/{digest[1]}").content == b"1"
    assert client.get(f"{where}/files/{'0' * 64}").status_code == 404
    assert client.get(f"/units/H01.113/duties/{id}").status_code == 404  # another unit's task
    assert "Báo cáo đúng hạn" in client.get("/steering/reports?report=in_time").text
    told = [one.what for one in Audit(open_folder.ledger.database).entries() if one.who != "!"]
    assert told == ["document_entered", "targets_entered", "tasks_entered", "reported"]
    assert list(differences(open_folder.ledger)) == []


def test_what_is_refused_is_said_above_the_form_which_keeps_what_stood_there(
    client: Client, directed: DataFolder
) -> None:
    (row,) = answers.documents(directed)["rows"]
    address = f"/steering/documents/{row['id']}"
    form = {"what": "total", "threshold": "180", "whose": "unit", "unit": "H01", "by": "2026-12-15"}
    answer = sent(client, f"{address}/targets", form, address)
    assert answer.status_code == 400
    assert "cao hơn mức tối đa 100" in answer.text
    assert 'value="180"' in answer.text
    gone = {**form, "threshold": "80", "unit": "gso:883"}
    assert "Đơn vị tiếp nối: H01 Tỉnh An Giang" in sent(client, f"{address}/targets", gone, address).text
    listed = {**form, "whose": "list:97 đơn vị", "threshold": "50"}
    assert sent(client, f"{address}/targets", listed, address).status_code == 303
    task = {"task": "Báo cáo", "whose": "unit", "unit": "H01.113", "due": "2026-12-15"}
    before = len(now.register(directed).duties)
    for change, words in (
        ({"due": ""}, "cần có hạn"), ({"due": "0001-01-01"}, "cần có hạn"), ({"whose": "x"}, "loại đơn vị"),
        ({"whose": "list:không có"}, "danh sách trống"), ({"task": ""}, "task"),
    ):  # fmt: skip
        refused = sent(client, f"{address}/tasks", {**task, **change}, address)
        assert refused.status_code == 400, change
        assert words in refused.text, change
    assert len(now.register(directed).duties) == before
    bad = sent(client, "/steering/documents", {**DOCUMENT, "date": "31/02/2026"})
    assert bad.status_code == 400
    assert "308/UBND-TH" in bad.text
    id = duty(directed, "H01.113")
    empty = sent(client, f"/units/H01.113/duties/{id}", {"text": " "}, f"/units/H01.113/duties/{id}")
    assert empty.status_code == 400
    assert "cần có nội dung hoặc tệp" in empty.text


def test_who_has_not_answered_is_reminded_by_one_button(client: Client, directed: DataFolder) -> None:
    answer = sent(client, "/steering/remind", {})
    assert answer.headers["location"] == "/steering/reports?reminded=3&told=0"
    page = client.get(answer.headers["location"]).text
    assert "Đã ghi 3 lời nhắc, báo tới 0 người nhận." in page
    assert "Chưa đơn vị nào trong số này có người nhận." in page
    assert "đã nhắc 1 lần" in client.get("/steering/reports").text
    assert (
        sent(client, "/steering/remind", {"id": duty(directed, "H01.113")})
        .headers["location"]
        .endswith("=0&told=0")
    )


def test_every_count_of_the_control_room_leads_to_what_it_is_made_of(
    client: Client, directed: DataFolder
) -> None:
    page = client.get("/steering").text
    count = answers.room(directed)["unanswered"]
    assert f'href="/steering/reports?report=unanswered">{count}</a>' in page
    listed = client.get("/steering/reports?report=unanswered").text
    assert f'Yêu cầu báo cáo <span class="quiet num">{count}</span>' in listed
    assert "Nhắc 3 báo cáo" in page  # as many as the button reminds
    sent(client, "/steering/remind", {})
    assert 'action="/steering/remind"' not in client.get("/steering").text  # all of them were, just now


def test_withdrawn_and_brought_back(client: Client, directed: DataFolder) -> None:
    id = duty(directed, "H01.113")
    left = sent(client, "/steering/withdraw", {"id": id})
    assert left.status_code == 303
    assert left.headers["location"].endswith(f"?gone={id}")
    assert 'name="back" value="1"' in client.get(left.headers["location"]).text
    assert client.get(f"/steering/duties/{id}").status_code == 404
    (row,) = client.get("/api/v1/documents").json()["withdrawn"]
    assert (row["id"], row["kind"], row["title"]) == (id, "task", "Báo cáo quý III")
    assert f'name="id" value="{id}"' in client.get("/steering/documents").text
    assert sent(client, "/steering/withdraw", {"id": id, "back": "1"}).status_code == 303
    assert client.get(f"/steering/duties/{id}").status_code == 200
    (row,) = answers.documents(directed)["rows"]
    assert 'name="back"' not in client.get(left.headers["location"]).text
    gone = f"/steering/documents?gone={row['id']}"
    assert sent(client, "/steering/withdraw", {"id": row["id"]}).headers["location"] == gone
    assert "Đã thu hồi" in client.get(gone).text
    back = sent(client, "/steering/withdraw", {"id": row["id"], "back": "1"}, gone)
    assert back.headers["location"] == f"/steering/documents/{row['id']}"
    assert sent(client, "/steering/withdraw", {"id": "9"}).status_code == 404


def test_forms_without_their_token_are_not_taken(client: Client, directed: DataFolder) -> None:
    client.get("/steering/documents")
    answer = client.post("/steering/documents", data=DOCUMENT)
    assert answer.status_code == 403
    assert len(answers.documents(directed)["rows"]) == 1


# -- alerts --------------------------------------------------------------------------------------------------


def test_rules_and_contacts_from_the_page(client: Client, open_folder: DataFolder) -> None:
    page = "/steering/alerts"
    with mailbox() as box:
        open_folder.settings = replace(open_folder.settings, mail=box.address)
        form = {"unit": "H01.113", "name": "Chị An", "address": "an.nguyen@example.vn"}
        assert sent(client, "/steering/alerts/contacts", form, page).status_code == 303
        shown = client.get(page).text
        assert "a•••@example.vn" in shown
        assert "an.nguyen" not in shown
        tried = sent(client, "/steering/alerts/contacts/1/test", {}, page)
        assert "Tin thử đã gửi tới nơi." in client.get(tried.headers["location"]).text
        assert len(box.mails) == 1
    other = {**form, "address": "json://127.0.0.1:1/x"}
    assert "chỉ nhận địa chỉ thư" in sent(client, "/steering/alerts/contacts", other, page).text
    assert sent(client, "/steering/alerts/rules/im-lang", {"threshold": "6"}, page).status_code == 303
    assert "trên 6 giờ làm việc" in client.get(page).text
    assert sent(client, "/steering/alerts/rules/im-lang", {"active": "0"}, page).status_code == 303
    assert "đang tắt" in client.get(page).text
    assert sent(client, "/steering/alerts/rules/im-lang", {"active": "1"}, page).status_code == 303
    assert sent(client, "/steering/alerts/rules/im-lang", {"silence": "24"}, page).status_code == 303
    assert "im đến" in client.get(page).text
    for hours in ("x", "999999", "-1"):
        assert sent(client, "/steering/alerts/rules/im-lang", {"silence": hours}, page).status_code == 400
    assert sent(client, "/steering/alerts/rules/im-lang", {"silence": "0"}, page).status_code == 303
    assert "im đến" not in client.get(page).text
    wrong = sent(client, "/steering/alerts/rules/im-lang", {"clear": "99"}, page)
    assert wrong.status_code == 400
    assert sent(client, "/steering/alerts/contacts/1/remove", {}, page).status_code == 303
    assert sent(client, "/steering/alerts/contacts/1/remove", {}, page).status_code == 400
    assert "Chưa có người nhận nào" in client.get(page + "?tried=999999").text


def test_a_new_rule_from_the_page(client: Client, directed: DataFolder) -> None:
    page = "/steering/alerts"
    form = {
        "name": "Số hóa của xã <dưới> 40%", "what": "3.1", "side": "below", "threshold": "40%",
        "whose": "communes", "unit": "", "hold": "60", "weight": "digest", "to": "both",
    }  # fmt: skip
    answer = sent(client, "/steering/alerts/rules", form, page)
    assert answer.headers["location"] == "/steering/alerts#r-so-hoa-cua-xa-duoi-40"
    again = sent(client, "/steering/alerts/rules", {**form, "whose": "list:97 đơn vị"}, page)
    assert again.headers["location"].endswith("-40-2")
    known = {one.id: one for one in rules(directed)}
    assert known["so-hoa-cua-xa-duoi-40"].among == "communes"
    assert known["so-hoa-cua-xa-duoi-40-2"].list == "97 đơn vị"
    text = client.get(page).text
    assert "Số hóa của xã &lt;dưới&gt; 40%" in text
    for change, words in (
        ({"threshold": "130%"}, "100"), ({"what": "9.9"}, "9.9"), ({"whose": "unit"}, "Hãy chọn đơn vị"),
        ({"whose": "unit", "unit": "H99"}, "H99"), ({"whose": "list:x"}, "danh sách"),
        ({"clear": "30%"}, "30%"),
        ({"name": "???"}, ""),
    ):  # fmt: skip
        refused = sent(client, "/steering/alerts/rules", {**form, **change}, page)
        assert refused.status_code == 400, change
        assert words in refused.text
        assert 'role="alert"' in refused.text
        assert 'value="60"' in refused.text
    assert len(rules(directed)) == len(known)
    silence = {**form, "what": "silence", "side": "above", "threshold": "2", "whose": "unit"}
    assert sent(client, "/steering/alerts/rules", silence, page).status_code == 303


def test_open_alerts_are_shown_by_rule(client: Client, directed: DataFolder) -> None:
    from chiso.steering.alerts.round import look

    rule = {
        "id": "a",
        "name": "Tổng dưới 99",
        "what": "total",
        "side": "below",
        "threshold": "99",
        "among": "communes",
    }
    tell(directed, "alert_rules", rule)
    look(directed)
    page = client.get("/steering/alerts").text
    assert "Tổng dưới 99" in page
    assert "cảnh báo" in page
    assert "cảnh báo đang mở" in client.get("/steering").text
    english = client.get("/steering/alerts?lang=en").text
    assert "below 99.00 points" in english
    assert "Dossiers on time below 95%" in english
    assert "above 50 dossiers" in english


# -- who may write -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "headers", "client_at", "open_to"),
    [
        ("local", {"host": "127.0.0.1:8766"}, "127.0.0.1", True),
        ("local", {"host": "localhost"}, "::1", True),
        ("local", {"host": "[::1]:8766"}, "127.0.0.1", True),
        ("local", {"host": "chiso.example.vn"}, "127.0.0.1", False),
        ("local", {"host": "127.0.0.1", "x-forwarded-for": "10.0.0.9"}, "127.0.0.1", False),
        ("local", {"host": "127.0.0.1", "via": "1.1 proxy"}, "127.0.0.1", False),
        ("local", {"host": "127.0.0.1"}, "10.0.0.9", False),
        ("on", {"host": "chiso.example.vn"}, "10.0.0.9", True),
        ("off", {"host": "127.0.0.1"}, "127.0.0.1", False),
    ],
)
def test_until_there_are_accounts_the_setting_decides(
    own: DataFolder, setting: str, headers: dict[str, str], client_at: str, open_to: bool
) -> None:
    own.settings = replace(own.settings, steering_writes=setting)
    app = create_app(own)

    async def ask() -> tuple[str, int]:
        transport = httpx.ASGITransport(app=app, client=(client_at, 50000))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            page = await client.get("/steering/documents", headers=headers)
            form = {**DOCUMENT, "_csrf_token": client.cookies["chiso_form"]}
            kept = {"cookie": f"chiso_form={client.cookies['chiso_form']}", **headers}
            answer = await client.post("/steering/documents", data=form, headers=kept)
            return page.text, answer.status_code

    app.state.house.start()
    try:
        page, status = asyncio.run(ask())
    finally:
        app.state.house.stop()
    assert (FORM in page) == open_to
    assert status == (303 if open_to else 403)
    assert len(answers.documents(own)["rows"]) == open_to


def test_with_accounts_their_rights_decide(own: DataFolder) -> None:
    people = People(own.ledger)
    password = "lúa vàng đồng xa"
    for role, unit in ((Role.LEADER, "H01"), (Role.CONTROLLER, "H01"), (Role.STAFF, "H01.113")):
        people.accounts.add(f"{role}", "", [Grant(role, unit)], utc_now(), password)
    tell(own, "documents", DOCUMENT)
    tell(own, "tasks", {"document": "308/UBND-TH", "unit": "H01.113", "task": "x", "due": "2026-12-15"})
    id = duty(own, "H01.113")
    with TestClient(create_app(own)) as client:

        def as_who(login: str) -> None:
            client.cookies.clear()
            client.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login(login), utc_now()))

        as_who("leader")
        assert FORM not in client.get("/steering/documents").text
        assert (
            f'<form action="/units/H01.113/duties/{id}" method="post"'
            not in client.get(f"/units/H01.113/duties/{id}").text
        )
        as_who("controller")
        assert sent(client, "/steering/documents", {**DOCUMENT, "number": "2"}).status_code == 303
        as_who("staff")
        assert client.get("/steering").status_code == 403
        where = f"/units/H01.113/duties/{id}"
        assert sent(client, where, {"text": "xong"}, where).status_code == 303
        assert client.get("/units/H01.101/duties").status_code == 403
    told = [(one.who, one.what) for one in Audit(own.ledger.database).entries() if one.who != "!"]
    told = [(who, what) for who, what in told if not what.endswith("_seen")]
    assert told == [("controller", "document_entered"), ("staff", "reported")]
    assert may_write.__doc__


# -- drawings ------------------------------------------------------------------------------------------------


def test_strips_cover_their_days_and_no_more() -> None:
    from chiso.steering.walk import Change

    changes = [Change(DAY, "on_course", None), Change(3 * DAY, "missed", None), Change(4 * DAY, None, None)]
    drawn = re.findall(r'class="state-(\w+)" x="(\d+)" width="(\d+)"', strips.strip(changes, 0, 5 * DAY))
    assert drawn == [("on_course", "0", "400"), ("missed", "400", "200")]
    other = [Change(2 * DAY, "on_course", None)]
    layers = strips.stacked([changes, other], 0, 4 * DAY)
    found = re.findall(r'class="state-(\w+)" x="(\d+)" width="(\d+)" y="([\d.]+)" height="([\d.]+)"', layers)
    assert found == [
        ("on_course", "0", "250", "0", "40"),
        ("on_course", "250", "250", "0", "40"),
        ("on_course", "500", "250", "20", "20"),
        ("missed", "500", "250", "0", "20"),
        ("on_course", "750", "250", "0", "40"),
    ]
