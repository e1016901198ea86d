"""Pages and addresses of letters: without script, with forms that cannot be sent from elsewhere."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.folder.settings import Settings
from chiso.people.house import People
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.pdf import PROGRAMS
from chiso.steering.letters.template import built_in
from chiso.web.app import create_app

NEW = "/steering/letters/new"


@pytest.fixture
def client(built: tuple[Path, object], tmp_path: Path) -> Iterator[TestClient[Litestar]]:
    """A server of a folder of its own."""
    shutil.copytree(built[0], tmp_path / "data")
    with (
        DataFolder.open(tmp_path / "data", standing=True, settings=Settings(steering_writes="on")) as folder,
        TestClient(create_app(folder)) as opened,
    ):
        yield opened


def token(client: TestClient[Litestar], **query: str) -> str:
    page = client.get(NEW, params=query).text
    found = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


def made(client: TestClient[Litestar], **fields: Any) -> str:
    """Makes a letter by the form.  Gives the address of its page."""
    answer = client.post(NEW, data={**fields, "_csrf_token": token(client)}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_an_empty_register_says_so_and_leads_on(client: TestClient[Litestar]) -> None:
    page = client.get("/steering/letters")
    assert page.status_code == 200
    assert "Chưa có công văn nào" in page.text
    assert f'href="{NEW}"' in page.text
    assert client.get("/api/v1/letters").json() == {"letters": []}


@pytest.mark.slow
def test_the_draft_is_the_document(client: TestClient[Litestar]) -> None:
    page = client.get(
        NEW, params={"signer": "Trần <b>Văn</b> Bình", "to": "communes", "deadline": "2026-10-25"}
    ).text
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Kính gửi",
        "trước ngày 25/10/2026",
        "TỔNG",
        "ngày nghỉ",
    ):
        assert words in page
    assert "Trần &lt;b&gt;Văn&lt;/b&gt; Bình" in page
    assert "style=" not in page
    part = client.get("/steering/letters/preview", params={"to": "communes"}).text
    assert "<html" not in part
    assert "CỘNG HÒA" in part


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"unit": "H99"}, "Không có đơn vị mang mã"),
        ({"deadline": "hôm qua"}, "không phải là thời hạn"),
        ({"number": "ba"}, "không phải là số nguyên"),
        ({"at": "mai"}, None),
        ({"signer": "TS. An"}, "học hàm"),
        ({"to": "everybody"}, "Không có đơn vị mang mã"),
        ({"kind": "thanks"}, "Không có loại công văn"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form(
    client: TestClient[Litestar], query: dict[str, str], words: str | None
) -> None:
    answer = client.get(NEW, params=query)
    if words is None:
        assert answer.status_code == 400
        return
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert words in answer.text
    assert 'name="_csrf_token"' not in answer.text


@pytest.mark.slow
def test_a_letter_from_form_to_file_to_number(client: TestClient[Litestar]) -> None:
    address = made(client, to="departments", deadline="2026-10-26", signer="Trần Văn Bình")
    page = client.get(address).text
    for words in (
        "Chưa ban hành",
        "Số liệu lấy từ đâu",
        "Đúng mọi quy tắc thể thức",
        "qd766",
    ):
        assert words in page
    number = int(address.rpartition("/")[2])
    told = client.get(f"/api/v1/letters/{number}").json()
    assert told["broken"] == []
    total = next(one for one in told["figures"] if one["name"] == "Tổng điểm")
    assert total["value"].startswith(client.get("/api/v1/units/H01/score").json()["total"].replace(".", ","))
    assert total["origin"]["journal"] > 0
    file = client.get(f"{address}/document.docx")
    assert file.headers["content-disposition"].startswith(f'attachment; filename="cong-van-{number}.docx"')
    assert hashlib.sha256(file.content).hexdigest() == told["digest"]
    assert check(file.content) == []
    form = {"number": "31", "date": "2026-10-12", "_csrf_token": token(client)}
    assert client.post(f"{address}/number", data=form, follow_redirects=False).status_code == 303
    changed = client.get(f"/api/v1/letters/{number}").json()
    assert (changed["number"], changed["date"], changed["drafted"]) == (31, "2026-10-12", told["digest"])
    assert "31-UBND-TH.docx" in client.get(f"{address}/document.docx").headers["content-disposition"]
    assert "Có tác dụng không?" not in page  # before it went out there is nothing to ask
    assert "Có tác dụng không?" in client.get(address).text
    wrong = client.post(f"{address}/number", data={**form, "date": "2026-10-26"})
    assert wrong.status_code == 400
    assert "không sau ngày ban hành" in wrong.text
    assert client.post(f"{address}/number", data={**form, "number": "x"}).status_code == 400
    assert "31/UBND-TH" in client.get("/steering/letters").text
    folder: DataFolder = client.app.state.folder
    notes = [one.what for one in People(folder.ledger).audit.entries() if one.who != "!"]
    assert notes == ["letter_made", "letter_numbered"]


@pytest.mark.slow
def test_letters_to_several_units_and_an_office_s_template(client: TestClient[Litestar]) -> None:
    form = {"kind": "unit", "unit": "H01.113 H01.06", "_csrf_token": token(client)}
    answer = client.post(NEW, data=form, files={"template": ("mau.docx", built_in())}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/steering/letters?made=1,2")
    page = client.get(answer.headers["location"]).text
    assert "Đã lập 2 công văn." in page
    assert "/steering/letters/documents.zip?ids=1,2" in page
    archive = client.get("/steering/letters/documents.zip?ids=1,2,x,1")
    assert archive.content == client.get("/steering/letters/documents.zip?ids=1,2").content
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        assert files.namelist() == ["1-H01.113-cong-van-1.docx", "2-H01.06-cong-van-2.docx"]
        assert all(check(files.read(name)) == [] for name in files.namelist())
    for wrong in ("", "?ids=", "?ids=9", "?ids=../1"):
        assert client.get(f"/steering/letters/documents.zip{wrong}").status_code == 404
    told = client.get("/api/v1/letters").json()["letters"]
    assert {one["unit"] for one in told} == {"H01.113", "H01.06"}
    assert {one["template"] for one in told} == {hashlib.sha256(built_in()).hexdigest()}
    assert client.get("/api/v1/letters", params={"unit": "H01.06"}).json()["letters"] == [
        one for one in told if one["unit"] == "H01.06"
    ]
    many = client.post(NEW, data={**form, "number": "3"}, follow_redirects=False)
    assert many.status_code == 400
    broken = client.post(NEW, data=form, files={"template": ("mau.docx", b"no")}, follow_redirects=False)
    assert broken.status_code == 400
    assert "Không dùng được mẫu" in broken.text
    assert len(client.get("/api/v1/letters").json()["letters"]) == 2


@pytest.mark.slow
def test_older_figures_are_made_into_a_letter_only_if_that_is_ticked(client: TestClient[Litestar]) -> None:
    then = {"at": "2026-09-01T00:00:00+07:00"}
    page = client.get(NEW, params=then).text
    assert "đã có số liệu mới hơn" in page
    assert 'name="anyway"' in page
    form = {**then, "_csrf_token": token(client)}
    refused = client.post(NEW, data=form, follow_redirects=False)
    assert refused.status_code == 400
    assert "đã có số liệu mới hơn" in refused.text
    assert client.post(NEW, data={**form, "anyway": "1"}, follow_redirects=False).status_code == 303


def test_forms_from_elsewhere_are_refused(client: TestClient[Litestar]) -> None:
    assert client.post(NEW, data={"to": "departments"}).status_code == 403
    assert client.post("/api/v1/letters/new", json={}).status_code == 403
    assert client.get("/api/v1/letters").json() == {"letters": []}


@pytest.mark.slow
def test_letters_by_json(client: TestClient[Litestar]) -> None:
    headers = {"x-csrftoken": token(client)}
    body = {
        "to": ["H01.113", "H01.06"],
        "appendix": ["units"],
        "deadline": "2026-10-26",
        "role": ["KT. Chủ tịch"],
    }
    answer = client.post("/api/v1/letters/new", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    (letter,) = answer.json()["letters"]
    assert letter["addressees"] == ["H01.113", "H01.06"]
    number = letter["id"]
    given = client.post(
        f"/api/v1/letters/{number}/number", json={"number": 9, "date": "2026-10-11"}, headers=headers
    )
    assert (given.json()["number"], given.json()["date"]) == (9, "2026-10-11")
    file = client.get(f"/api/v1/letters/{number}/document.docx")
    assert hashlib.sha256(file.content).hexdigest() == given.json()["digest"]
    effect = client.get(f"/api/v1/letters/{number}/effect").json()
    assert effect["leagues"] == []
    for path, content in (
        ("/api/v1/letters/new", b"["),
        ("/api/v1/letters/new", b'{"deadline": "x"}'),
        (f"/api/v1/letters/{number}/number", b'{"number": "x"}'),
    ):
        kind = {"content-type": "application/json"}
        refused = client.post(path, content=content, headers=headers | kind)
        assert refused.status_code == 400
        assert refused.json()["message"] != refused.json()["error"]
    assert client.get("/api/v1/letters/77").status_code == 404
    assert client.get("/steering/letters/77").status_code == 404


@pytest.mark.slow
def test_pdf_where_libreoffice_is_and_words_where_it_is_not(
    client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = made(client, to="departments", appendix="none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "chưa có LibreOffice" in client.get(address).text
    missing = client.get(f"{address}/document.pdf")
    assert missing.status_code == 400
    assert "libreoffice-writer" in missing.text
    program = tmp_path / PROGRAMS[0]
    program.write_text('#!/bin/sh\nfor last; do :; done\nprintf %s "%PDF-1.7" > "${last%.docx}.pdf"\n')
    program.chmod(0o755)
    assert "Tải PDF" in client.get(address).text
    found = client.get(f"{address}/document.pdf")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/pdf")
    assert found.content.startswith(b"%PDF-")


@pytest.mark.slow
def test_pages_speak_english_too(client: TestClient[Litestar]) -> None:
    address = made(client, to="departments", appendix="none")
    for path, words in (
        ("/steering/letters", "Register of letters"),
        (NEW, "Write a letter"),
        (address, "Where the figures came from"),
    ):
        assert words in client.get(path, params={"lang": "en"}).text


def test_where_nobody_signs_in_the_setting_decides_who_makes_letters(
    client: TestClient[Litestar],
) -> None:
    folder: DataFolder = client.app.state.folder
    form = {"to": "departments", "_csrf_token": token(client)}
    folder.settings = replace(folder.settings, steering_writes="off")
    assert "Chưa được phép nhập ở đây" in client.get(NEW).text
    assert client.post(NEW, data=form, follow_redirects=False).status_code == 403
    headers = {"x-csrftoken": form["_csrf_token"]}
    assert client.post("/api/v1/letters/new", json={"to": "departments"}, headers=headers).status_code == 403
    for address in ("/steering/letters/1/number", "/api/v1/letters/1/number"):
        assert client.post(address, json={}, headers=headers).status_code == 403
    assert client.get("/api/v1/letters").json() == {"letters": []}


def test_signs_that_no_document_holds_and_numbers_beyond_all_break_nothing(
    client: TestClient[Litestar],
) -> None:
    odd = {"signer": "An\x00\x0b\uffff Bình", "role": "KT.\x01 CHỦ TỊCH", "place": "An\x7f Giang"}
    preview = client.get("/steering/letters/preview", params={**odd, "appendix": "none"})
    assert preview.status_code == 200
    assert "Bình" in preview.text
    assert client.get("/steering/letters/preview", params={"law": "a" * 400}).status_code == 200
    huge = "9" * 30
    for address in (f"/steering/letters/{huge}", f"/api/v1/letters/{huge}", f"/api/v1/letters/{huge}/effect"):
        assert client.get(address).status_code == 404
