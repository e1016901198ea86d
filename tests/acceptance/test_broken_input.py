"""Ten kinds of broken input, by post and by file: a clear refusal each, and nothing harmed."""

from __future__ import annotations

import gzip
import io
import json
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

from chiso import cli
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from tests.acceptance.conftest import BODY_LIMIT, Place
from tests.support.messages import dossier

GOOD = dossier("H01.113-261009-60001", UNTIL - 7200, UNTIL + 86_400)


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to more than anybody wants."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(b"0" * 1_000_000)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["một", "hai", "ba"])
        sheet.write_row(1, 0, ["x", "y", "z"])
    return out.getvalue()


def body(*items: object) -> bytes:
    return json.dumps(items, ensure_ascii=False).encode()


BROKEN: dict[str, bytes] = {
    "truncated": body(GOOD)[:-60],
    "wrong types": body({**GOOD, "TrangThaiHoSo": {"a": 1}, "MaTTHC": [3]}),
    "impossible date": body({**GOOD, "NgayTiepNhan": "20260231080000"}),
    "another province": body({**GOOD, "MaHoSo": "H44.113-261009-60001", "DonViXuLy": "UBND xã X (H44.113)"}),
    "wrong encoding": json.dumps([{**GOOD, "ChuHoSo": "Nguyễn Văn A"}], ensure_ascii=False).encode(
        "utf-16-le"
    )[1:],
    "not a list of messages": b'"xin chao"',
    "nothing": b"",
}
FILES: dict[str, bytes] = {
    **BROKEN,
    "missing columns.csv": "Mã hồ sơ,Ghi chú\nH01.113-261009-60001,x\n".encode(),
    "no heading.xlsx": workbook(),
    "bomb.xlsx": bomb(),
    "bomb.json.gz": gzip.compress(b" " * 200_000_000, 9, mtime=0),
    "no workbook.xlsx": b"PK\x03\x04 nothing",
    "noise": bytes(range(256)) * 40,
}


@pytest.fixture(autouse=True)
def unharmed(place: Place, request: pytest.FixtureRequest) -> Iterator[None]:
    """Counts stand as they were, and the server lives."""
    cells, version = place.folder.standing.cells.copy(), place.folder.version
    yield
    assert place.client.get("/readyz").status_code == 200
    if request.function is not test_what_is_sound_in_a_batch_is_kept_and_what_is_not_is_named:
        assert place.folder.version == version
        assert np.array_equal(place.folder.standing.cells, cells)


def refused(answer: dict[str, Any]) -> str:
    """The words of a refusal; none that a sender's client could take for success."""
    assert str(answer["error_code"]) == "-1"
    words = str(answer["message"])
    assert words
    assert "thành công" not in words.lower()
    assert "đã tồn tại" not in words.lower()
    assert any(letter in words.lower() for letter in "ăâđêôơưáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụ"), words
    return words


ABOUT_DOSSIERS = ("wrong types", "impossible date", "another province")
"""Broken in fields that a step does not have."""


@pytest.mark.parametrize(
    ("door", "name"),
    [("/dvcqg/DongBoHoSoMC", name) for name in BROKEN]
    + [("/dvcqg/CapNhatTienDoHoSoMC", name) for name in BROKEN if name not in ABOUT_DOSSIERS],
)
def test_by_post_with_a_key(place: Place, door: str, name: str) -> None:
    before = sum(place.folder.quarantine()["reasons"].values())
    answer = place.post(door, content=BROKEN[name])
    assert answer.status_code in (200, 400)
    words = refused(answer.json())
    if name in ("impossible date", "another province"):
        assert GOOD["MaHoSo"].partition("-")[2] in words
    if name != "nothing":
        assert sum(place.folder.quarantine()["reasons"].values()) > before


@pytest.mark.parametrize("name", BROKEN)
def test_by_post_in_an_envelope(place: Place, name: str) -> None:
    login = {"username": place.credentials.user, "password": place.credentials.password}
    session = place.client.post("/dvcqg/login", json=login).json()["session"]
    head = f'{{"session":"{session}","madonvi":"H01","service":"DongBoHoSoMC","isUpdating":"False","data":'
    answer = place.client.post("/dvcqg", content=head.encode() + BROKEN[name] + b"}")
    assert answer.status_code in (200, 400)
    refused(answer.json())


def test_what_is_sound_in_a_batch_is_kept_and_what_is_not_is_named(place: Place) -> None:
    good = {**GOOD, "MaHoSo": "H01.113-261009-60002"}
    answer = place.post("/dvcqg/DongBoHoSoMC", [good, {**GOOD, "NgayTiepNhan": "20260231080000"}])
    words = refused(answer.json())
    assert GOOD["MaHoSo"] in words
    assert good["MaHoSo"] not in words
    assert place.folder.dossier(good["MaHoSo"])["message"]


def test_a_session_that_has_expired_and_keys_that_are_none(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    senders = place.folder.ledger.senders
    session = senders.open_session("một cửa", int(time.time()) - 601)
    for token in (session, "never given", ""):
        answer = place.client.post(
            "/dvcqg", json={"session": token, "service": "DongBoHoSoMC", "data": [GOOD]}
        )
        assert answer.status_code == 401
        assert "đăng nhập lại" in refused(answer.json())
    for key in ("y", "x", place.credentials.password):
        headers = {"Authorization": f"Bearer {key}"}
        answer = place.client.post("/dvcqg/DongBoHoSoMC", json=[GOOD], headers=headers)
        assert answer.status_code == 401
        assert "khóa" in refused(answer.json())
    wrong = place.client.post("/dvcqg/login", json={"username": place.credentials.user, "password": "x"})
    assert (wrong.status_code, wrong.json()["session"]) == (401, "")


def test_a_body_above_the_limit_is_refused_before_it_is_held(place: Place) -> None:
    answer = place.post("/dvcqg/DongBoHoSoMC", content=b"[" + b" " * BODY_LIMIT + b"]")
    assert answer.status_code == 413
    assert "quá giới hạn" in refused(answer.json())


def test_two_hundred_megabytes_are_not_read_to_their_end(place: Place) -> None:
    host, _, port = place.address.removeprefix("http://").partition(":")
    head = (
        f"POST /dvcqg/DongBoHoSoMC HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: Bearer {place.credentials.key}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    sent, answer = 0, b""
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(head.encode())
        try:
            while sent < 200_000_000:
                line.sendall(chunk)
                sent += 65_536
                line.setblocking(False)
                try:
                    answer += line.recv(65_536)
                    break
                except BlockingIOError:
                    pass
                finally:
                    line.settimeout(60)
            while b"\r\n\r\n" not in answer and (more := line.recv(65_536)):
                answer += more
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 100_000_000
    assert not answer or b" 413 " in answer.split(b"\r\n", 1)[0]


@pytest.mark.parametrize("name", FILES)
def test_by_file(tmp_path: Path, place: Place, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name.replace(" ", "_")
    path.write_bytes(FILES[name])
    assert cli.run(["load", str(path), "--data", str(place.folder.path), "--json"]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert err == ""
    assert (told["refused"] > 0, told["new"], told["changed"]) == (True, 0, 0)
    for one in told["refusals"]:
        assert one["message"] != one["message_vi"]
        assert one["reason"]
    with DataFolder.open(place.folder.path) as folder:
        assert folder.quarantine()["total"] >= told["refused"]
