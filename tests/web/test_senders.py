"""The doors for senders over HTTP: what is taken, what is refused, and in which words."""

from __future__ import annotations

import re
import shutil
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.folder.settings import Settings
from chiso.instants import DAY
from chiso.ledger.senders import SESSION_SECONDS, Credentials
from chiso.web.app import create_app
from chiso.web.house import House
from tests.web.world import NOW, message

Client = TestClient[Litestar]
SUCCESS = re.compile("thành công|đã tồn tại", re.IGNORECASE)


def told(number: int, **fields: Any) -> dict[str, Any]:
    return message(f"H01.113-261009-{number:05d}", NOW - DAY, NOW + DAY, **fields)


def bearer(credentials: Credentials) -> dict[str, str]:
    return {"Authorization": f"Bearer {credentials.key}"}


def log_in(client: Client, credentials: Credentials) -> str:
    answer = client.post(
        "/dvcqg/login", json={"username": credentials.user, "password": credentials.password}
    )
    assert answer.status_code == 200
    assert answer.json()["error_code"] == 0
    return str(answer.json()["session"])


def envelope(session: str, service: str, **more: Any) -> dict[str, Any]:
    return {"session": session, "madonvi": "H01", "service": service, **more}


def received(folder: DataFolder) -> int:
    return int(folder.score("H01")["indicators"]["2.1"]["d"])


def test_variant_a_from_login_to_score(doors: Client, own: DataFolder, credentials: Credentials) -> None:
    session = log_in(doors, credentials)
    before = received(own)
    body = envelope(session, "DongBoHoSoMC", isUpdating="False", data=[told(1), told(2)])
    answer = doors.post("/dvcqg", json=body)
    assert answer.json() == {"error_code": "0", "message": "Đồng bộ thành công 2 hồ sơ", "result": []}
    assert received(own) == before + 2
    assert doors.post("/dvcqg", json=body).json()["error_code"] == "0"
    assert received(own) == before + 2
    found = doors.post("/dvcqg", json=envelope(session, "TraCuuHoSo", mahoso=told(1)["MaHoSo"])).json()
    assert [row["MaHoSo"] for row in found["result"]] == [told(1)["MaHoSo"]]
    assert "ChuHoSo" not in str(found)
    none = doors.post("/dvcqg", json=envelope(session, "TraCuuHoSo", mahoso="H01.113-260101-1")).json()
    assert none["result"] == []
    step = {"MaHoSo": told(1)["MaHoSo"], "ThoiDiemXuLy": "20261010050000", "TrangThai": "9", "NguoiXuLy": "A"}
    done = doors.post("/dvcqg", json=envelope(session, "CapNhatTienDoHoSoMC", data=[step])).json()
    assert done["error_code"] == "0"
    assert "thành công" in done["message"]
    assert own.dossier(told(1)["MaHoSo"])["steps"][0]["state"] == 9


@pytest.mark.parametrize("updating", ["True", "False"])
def test_variants_b_and_c_take_a_bare_array(
    doors: Client, own: DataFolder, credentials: Credentials, updating: str
) -> None:
    before = received(own)
    address = f"/dvcqg/DongBoHoSoMC?MaDinhDanhDV=000.00.00.H01&isUpdating={updating}"
    answer = doors.post(address, json=[told(3)], headers=bearer(credentials))
    assert answer.json()["error_code"] == "0"
    assert received(own) == before + 1


def test_a_batch_with_a_bad_piece_names_it_and_keeps_the_rest(
    doors: Client, own: DataFolder, credentials: Credentials
) -> None:
    before, refused = received(own), own.quarantine()["total"]
    batch = [told(4), told(5, NgayTiepNhan="20261332000000"), told(6)]
    answer = doors.post("/dvcqg/DongBoHoSoMC", json=batch, headers=bearer(credentials))
    body = answer.json()
    assert (answer.status_code, body["error_code"]) == (200, "-1")
    assert not SUCCESS.search(body["message"])
    assert told(5)["MaHoSo"] in body["message"]
    assert [(row["MaHoSo"], row["Truong"]) for row in body["result"]] == [(told(5)["MaHoSo"], "NgayTiepNhan")]
    assert received(own) == before + 2
    assert own.quarantine()["total"] == refused + 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'[{"MaHoSo": "H01.113-261009-00007", "MaTT', 400),
        (b"not json at all", 400),
        (b"", 400),
        ('[{"MaHoSo": "x"}]'.encode("utf-16"), 400),
        (b'[{"MaHoSo": 7, "MaTTHC": [], "NgayTiepNhan": {}}]', 200),
        (msgspec.json.encode([told(8, MaHoSo="H44.001-261009-00001")]), 200),
        (b"[" * 100_000, 200),
    ],
)
def test_broken_bodies_are_refused_and_harm_nothing(
    doors: Client, own: DataFolder, credentials: Credentials, body: bytes, status: int
) -> None:
    score = own.score("H01")
    answer = doors.post("/dvcqg/DongBoHoSoMC", content=body, headers=bearer(credentials))
    assert answer.status_code == status
    assert answer.json()["error_code"] == "-1"
    assert not SUCCESS.search(answer.json()["message"])
    assert own.score("H01")["indicators"] == score["indicators"]
    fine = doors.post("/dvcqg/DongBoHoSoMC", json=[told(9)], headers=bearer(credentials))
    assert fine.json()["error_code"] == "0"


def test_a_truncated_envelope_is_kept_for_its_sender(
    doors: Client, own: DataFolder, credentials: Credentials
) -> None:
    session, refused = log_in(doors, credentials), own.quarantine()["total"]
    whole = msgspec.json.encode(envelope(session, "DongBoHoSoMC", data=[told(10)]))
    answer = doors.post("/dvcqg", content=whole[:-40])
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "-1"
    assert own.quarantine()["total"] == refused + 1
    assert doors.post("/dvcqg", content=b'{"session').status_code == 400
    assert own.quarantine()["total"] == refused + 1


def test_nobody_sends_without_a_key(doors: Client, own: DataFolder, credentials: Credentials) -> None:
    before = received(own)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {credentials.key}"}):
        for address in ("/dvcqg/DongBoHoSoMC", "/dvcqg/CapNhatTienDoHoSoMC", "/api/v1/records/petitions"):
            answer = doors.post(address, json=[told(11)], headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["error_code"] == "-1"
    assert received(own) == before


def test_an_expired_session_is_refused(
    own: DataFolder, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(own)
    with TestClient(create_app(own, house)) as client:
        session = log_in(client, credentials)
        body = envelope(session, "DongBoHoSoMC", data=[told(12)])
        later = House.wall() + SESSION_SECONDS + 1
        monkeypatch.setattr(House, "wall", staticmethod(lambda: later))
        answer = client.post("/dvcqg", json=body)
        assert answer.status_code == 401
        assert "đăng nhập lại" in answer.json()["message"]
        again = log_in(client, credentials)
        assert client.post("/dvcqg", json={**body, "session": again}).json()["error_code"] == "0"


def test_a_key_that_was_switched_off_stops_soon(
    own: DataFolder, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chiso.web.house.REMEMBERED_FOR", 0.0)
    with TestClient(create_app(own)) as client:
        assert (
            client.post("/dvcqg/DongBoHoSoMC", json=[told(13)], headers=bearer(credentials)).status_code
            == 200
        )
        own.ledger.senders.set_active(credentials.name, False)
        assert (
            client.post("/dvcqg/DongBoHoSoMC", json=[told(14)], headers=bearer(credentials)).status_code
            == 401
        )


def test_guessing_passwords_is_slowed(doors: Client, credentials: Credentials) -> None:
    wrong = {"username": credentials.user, "password": "x"}
    answers = [doors.post("/dvcqg/login", json=wrong) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[0].json()["error_code"] == -1
    assert answers[0].json()["session"] == ""
    right = {"username": credentials.user, "password": credentials.password}
    assert doors.post("/dvcqg/login", json=right).status_code == 429


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"username": 1}', b"\xff\xfe"])
def test_a_login_that_cannot_be_read(doors: Client, body: bytes) -> None:
    answer = doors.post("/dvcqg/login", content=body)
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "-1"


def test_an_unknown_service_is_named(doors: Client, credentials: Credentials) -> None:
    answer = doors.post("/dvcqg", json=envelope(log_in(doors, credentials), "LayThuTuc"))
    assert answer.status_code == 400
    assert "DongBoHoSoMC" in answer.json()["message"]


def test_a_body_over_the_limit_is_refused_whole(built: Any, tmp_path: Any, credentials: Credentials) -> None:
    path = shutil.copytree(built[0], tmp_path / "data")
    with (
        DataFolder.open(path, settings=Settings(body_limit=2_000)) as folder,
        TestClient(create_app(folder)) as client,
    ):
        answer = client.post(
            "/dvcqg/DongBoHoSoMC", content=b"[" + b" " * 3000 + b"]", headers=bearer(credentials)
        )
        assert answer.status_code == 413
        assert answer.json()["error_code"] == "-1"
        assert "quá giới hạn" in answer.json()["message"]


RECORDS: dict[str, list[dict[str, Any]]] = {
    "petitions": [
        {
            "MaPAKN": "PAKN.1",
            "MaDonVi": "H01.06",
            "TrangThai": "da_cong_khai",
            "NgayGui": "20261001080000",
            "NgayXuLyXong": "20261002080000",
            "NgayCongKhai": "20261002090000",
        }
    ],
    "ratings": [
        {"MaHoSo": "H01.113-261009-00020", "DanhGia": "KHÔNG HÀI LÒNG", "ThoiDiemDanhGia": "20261009150000"}
    ],
    "payments": [
        {
            "LoaiBanTin": "CONFIRM",
            "MaLoi": "00",
            "MaThamChieu": "AGG1",
            "SoTien": "4000",
            "ThoiGianGD": "20261009081500",
            "ThongTinGiaoDich": "H01.113-261009-00020",
        }
    ],
    "certified-copies": [
        {
            "MaHoSo": "H01.113-261009-00020",
            "ChungThucDienTu": True,
            "So": "1",
            "NgayChungThuc": "20261009142500",
        }
    ],
    "procedures": [
        {"code": "1.004873", "name": "Xác nhận tình trạng hôn nhân", "level": "commune", "online": "full"}
    ],
    "local-procedures": [{"code": "1.004873", "name": "Xác nhận tình trạng hôn nhân", "has_fee": False}],
    "decisions": [
        {"code": "1.004873", "decision": "12/QĐ", "date": "2026-09-01", "legal_effective_on": "2026-10-01"}
    ],
    "units": [{"code": "H01.999", "name": "Đơn vị thử", "kind": "department", "parent": "H01"}],
    "totals": [{"unit": "H01", "period": "2026", "received": 5000}],
}


@pytest.mark.parametrize("kind", RECORDS)
def test_other_records(doors: Client, credentials: Credentials, kind: str) -> None:
    answer = doors.post(f"/api/v1/records/{kind}", json=RECORDS[kind], headers=bearer(credentials))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["read"], body["accepted"], body["refused"]) == (1, 1, [])


def test_records_change_the_score(doors: Client, own: DataFolder, credentials: Credentials) -> None:
    assert own.score("H01.06")["indicators"]["5.2"].get("no_data")
    doors.post("/api/v1/records/petitions", json=RECORDS["petitions"], headers=bearer(credentials))
    assert own.score("H01.06")["indicators"]["5.2"]["d"] == 1
    doors.post("/api/v1/records/units", json=RECORDS["units"], headers=bearer(credentials))
    assert "H01.999" in {one["code"] for one in own.units()}


def test_unknown_records_are_named(doors: Client, credentials: Credentials) -> None:
    answer = doors.post("/api/v1/records/apples", json=[], headers=bearer(credentials))
    assert answer.status_code == 404
    assert "petitions" in answer.json()["error"]


def test_get_is_no_way_to_send(doors: Client) -> None:
    answer = doors.get("/dvcqg/DongBoHoSoMC")
    assert answer.status_code == 405
    assert answer.json()["error_code"] == "-1"


def test_what_was_answered_is_still_there_after_a_restart(own: DataFolder, credentials: Credentials) -> None:
    with TestClient(create_app(own)) as client:
        for number in range(30, 40):
            client.post("/dvcqg/DongBoHoSoMC", json=[told(number)], headers=bearer(credentials))
        score = own.score("H01")["indicators"]
    with DataFolder.open(own.path, standing=True) as again:
        assert again.score("H01")["indicators"] == score
