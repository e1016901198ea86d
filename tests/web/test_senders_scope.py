"""What a sender may send and ask for, why a key does not hold, and administrators' addresses for both."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.cli import run
from chiso.folder import DataFolder
from chiso.instants import DAY, utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.rights import COOKIE
from tests.support.people import with_factor
from tests.web.world import NOW, message

Client = TestClient[Litestar]


def told(unit: str, number: int, **fields: Any) -> dict[str, Any]:
    return message(f"{unit}-261009-{number:05d}", NOW - DAY, NOW + DAY, **fields)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def send(doors: Client, key: str, *messages: dict[str, Any]) -> httpx.Response:
    return doors.post("/dvcqg/DongBoHoSoMC", json=list(messages), headers=bearer(key))


@pytest.fixture
def held(own: DataFolder) -> Any:
    """A sender that may speak of one commune."""
    return People(own.ledger).senders.add("!", "xã", "H01.113", NOW, units=["H01.113"])


def test_dossiers_of_others_are_refused_one_by_one(doors: Client, own: DataFolder, held: Any) -> None:
    answer = send(doors, held.key, told("H01.113", 1), told("H01.101", 2), told("XYZ", 3))
    body = answer.json()
    assert (answer.status_code, body["error_code"]) == (200, "-1")
    assert body["message"].startswith("Đã nhận 1 trên 3 hồ sơ.")
    assert {row["MaLoi"] for row in body["result"]} == {"out_of_scope"}
    assert "không thuộc đơn vị mà khóa hoặc tài khoản này được gửi" in body["message"]
    assert own.ledger.ids(["H01.113-261009-00001", "H01.101-261009-00002"]).keys() == {"H01.113-261009-00001"}


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("ratings", {"MaHoSo": "H01.101-260701-00001", "DanhGia": "2"}),
        ("petitions", {"MaPAKN": "P1", "unit": "H01.101", "TrangThai": "1"}),
        ("petitions", {"MaPAKN": "P1", "TrangThai": "1"}),
        ("certified-copies", {"MaHoSo": "H01.101-260701-00001", "ChungThucDienTu": "1"}),
        ("totals", {"unit": "H01.101", "period": "2026-09", "received": 3}),
    ],
)
def test_nor_anything_else_of_others(doors: Client, held: Any, kind: str, record: dict[str, Any]) -> None:
    answer = doors.post(f"/api/v1/records/{kind}", json=[record], headers=bearer(held.key))
    assert answer.json()["accepted"] == 0
    assert {one["reason"] for one in answer.json()["refused"]} <= {"out_of_scope", "missing"}


@pytest.mark.parametrize("kind", ["procedures", "units", "decisions", "local-procedures"])
def test_what_belongs_to_no_unit_is_not_sent_by_who_is_held_to_units(
    doors: Client, held: Any, kind: str
) -> None:
    answer = doors.post(f"/api/v1/records/{kind}", json=[{"code": "x"}], headers=bearer(held.key))
    assert answer.status_code == 403
    assert "không được gửi loại bản tin" in answer.json()["message"]


def test_a_session_is_held_as_its_key_is(doors: Client, own: DataFolder, held: Any) -> None:
    session = doors.post("/dvcqg/login", json={"username": held.user, "password": held.password}).json()
    body = {"session": session["session"], "madonvi": "H01", "service": "DongBoHoSoMC"}
    refused = doors.post("/dvcqg", json=body | {"data": [told("H01.101", 5)]}).json()
    assert refused["result"][0]["MaLoi"] == "out_of_scope"
    there = next(one["code"] for one in own.dossiers("H01.101")["rows"] if one["desk"] == "H01.101")
    mine = next(one["code"] for one in own.dossiers("H01.113")["rows"] if one["desk"] == "H01.113")
    looked = body | {"service": "TraCuuHoSo"}
    assert doors.post("/dvcqg", json=looked | {"mahoso": mine}).json()["result"]
    other = doors.post("/dvcqg", json=looked | {"mahoso": there}).json()
    assert other == doors.post("/dvcqg", json=looked | {"mahoso": "H01.101-260101-77777"}).json()


def test_a_sender_held_to_a_kind_sends_no_other(doors: Client, own: DataFolder) -> None:
    made = People(own.ledger).senders.add("!", "đánh giá", "H01", NOW, kinds=["ratings"])
    assert send(doors, made.key, told("H01.113", 1)).status_code == 403
    record = [{"MaHoSo": "H01.113-260701-00001", "DanhGia": "2"}]
    assert (
        doors.post("/api/v1/records/ratings", json=record, headers=bearer(made.key)).json()["accepted"] == 1
    )


def test_a_wider_scope_holds_at_once(doors: Client, own: DataFolder, held: Any) -> None:
    assert send(doors, held.key, told("H01.101", 2)).json()["error_code"] == "-1"
    People(own.ledger).senders.change("!", "xã", units=[])
    doors.app.state.house._known.clear()
    assert send(doors, held.key, told("H01.101", 2)).json()["error_code"] == "0"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("expired", "Khóa đã hết hạn"),
        ("revoked", "Khóa đã bị thu hồi"),
        ("off", "đã bị tạm dừng"),
        ("unknown", "Thiếu hoặc sai khóa"),
    ],
)
def test_why_a_key_does_not_hold_is_told_in_words(
    doors: Client, own: DataFolder, held: Any, how: str, words: str
) -> None:
    desk = People(own.ledger).senders
    if how == "expired":
        desk.rotate("!", "xã", overlap=0)
    elif how == "revoked":
        desk.revoke("!", "xã", own.ledger.senders.keys("xã")[0].id)
    elif how == "off":
        desk.change("!", "xã", active=False)
    answer = send(doors, "x" if how == "unknown" else held.key, told("H01.113", 1))
    assert answer.status_code == 401
    assert answer.json()["message"].startswith(words) or words in answer.json()["message"]
    assert answer.headers["www-authenticate"].startswith("Bearer")


# -- administrators ------------------------------------------------------------------------------------


@pytest.fixture
def office(doors: Client, own: DataFolder) -> Client:
    """The addresses as an administrator has them."""
    people = People(own.ledger)
    grants = [Grant(Role.ADMINISTRATOR, "H01")]
    account, _ = people.accounts.add("quan-tri", "", grants, utc_now(), "lúa vàng đồng xa")
    with_factor(people, "quan-tri")
    doors.cookies.set(COOKIE, people.sessions.open(account, utc_now()))
    return doors


def test_while_nobody_can_sign_in_senders_are_changed_on_the_machine_alone(doors: Client) -> None:
    doors.get("/login")
    token = {"x-csrftoken": doors.cookies["chiso_form"]}
    assert doors.get("/api/v1/senders").status_code == 403
    assert doors.post("/api/v1/senders", json={"name": "x", "unit": "H01"}, headers=token).status_code == 403


def test_the_addresses_make_change_rotate_and_revoke(office: Client, own: DataFolder) -> None:
    doors = office
    doors.get("/login")
    token = {"x-csrftoken": doors.cookies["chiso_form"]}

    def post(path: str, **body: Any) -> httpx.Response:
        return doors.post(f"/api/v1/senders{path}", json=body, headers=token)

    made = post("", name="xã Long Phú", unit="H01.113", kinds=["dossiers"], units=["H01.113"]).json()
    assert send(doors, made["key"], told("H01.113", 1)).json()["error_code"] == "0"
    name = "/xã Long Phú"
    fresh = post(f"{name}/keys", overlap_days=1, expires="2099-01-01").json()
    for key in (made["key"], fresh["key"]):
        assert send(doors, key, told("H01.113", 2)).status_code == 200
    assert post(f"{name}/keys/{fresh['id']}/revoke").json()["state"] == "revoked"
    doors.app.state.house._known.clear()
    assert send(doors, fresh["key"], told("H01.113", 2)).status_code == 401
    changed = post(name, active=False, new_password=True).json()
    assert changed["active"] is False
    assert changed["password"]
    (shown,) = [one for one in doors.get("/api/v1/senders").json()["senders"] if one["name"] == "xã Long Phú"]
    assert [one["state"] for one in shown["keys"]] == ["live", "revoked"]
    assert shown["keys"][0]["last_used"]
    assert made["key"] not in doors.get("/api/v1/senders").text
    noted = [one.what for one in People(own.ledger).audit.entries() if one.what.startswith("sender")]
    assert noted == ["sender_added", "sender_key_made", "sender_key_revoked", "sender_changed"]
    assert made["key"] not in str(People(own.ledger).audit.entries())


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"name": "", "unit": "H01"}, 400),
        ("", {"name": "x", "unit": "Z9"}, 404),
        ("", {"name": "x"}, 400),
        ("", {"name": "x", "unit": "H01", "kinds": ["published"]}, 400),
        ("", {"name": "x", "unit": "H01", "admin": True}, 400),
        ("/nobody", {"active": True}, 400),
        ("/nobody/keys/1/revoke", {}, 400),
        ("/nobody/keys", {"expires": "soon"}, 400),
    ],
)
def test_what_cannot_be_done_is_told(office: Client, path: str, body: dict[str, Any], status: int) -> None:
    office.get("/login")
    token = {"x-csrftoken": office.cookies["chiso_form"]}
    answer = office.post(f"/api/v1/senders{path}", json=body, headers=token)
    assert answer.status_code == status, answer.text
    assert answer.json()["message"]


def test_the_commands_do_the_same(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--data", str(tmp_path / "data")]
    add = ["add", "mc", "--unit", "H01.113", "--only", "H01.113", "--kind", "dossiers"]
    for words in (
        [*add, "--expires", "2099-01-01"], ["rotate", "mc", "--overlap", "0.5"], ["revoke", "mc", "1"],
        ["change", "mc", "--no-active", "--anything", "--new-password"], ["list"],
    ):  # fmt: skip
        assert run(["sender", *words, *folder]) == 0, words
    assert run(["sender", "revoke", "mc", "9", *folder]) == 1
    assert run(["sender", "change", "mc", "--kind", "published", *folder]) == 2
    assert run(["sender", "add", "x", "--unit", "H01", "--only", "Z9", *folder]) == 2
    capsys.readouterr()
    with DataFolder.open(tmp_path / "data") as opened:
        (one,) = opened.ledger.senders.list()
        assert (one.kinds, one.units, one.active) == ((), (), False)
        noted = [entry.what for entry in People(opened.ledger).audit.entries()]
    assert noted == ["sender_added", "sender_key_made", "sender_key_revoked", "sender_changed"]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/jsonp"])
def test_what_does_not_say_that_it_is_json_is_refused(office: Client, kind: str) -> None:
    office.get("/account")
    headers = {"x-csrftoken": office.cookies["chiso_form"], "content-type": kind}
    body = b'{"name": "mc2", "unit": "H01"}'
    refused = office.post("/api/v1/senders", content=body, headers=headers)
    assert refused.status_code == 415
    assert "application/json" in refused.json()["error"]
    headers["content-type"] = "Application/JSON; charset=utf-8"
    assert office.post("/api/v1/senders", content=body, headers=headers).json()["name"] == "mc2"
