"""Logs are lines of JSON, and nothing that people sent is in them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from chiso.cli import run
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from chiso.web import logs
from tests.support.messages import dossier
from tests.support.serving import Serving

PERSONAL = {
    "ChuHoSo": "Đặng Thị Bí Mật",
    "SoGiayToChuHoSo": "089123456789",
    "SoDienThoai": "0912345678",
    "Email": "bi.mat@example.vn",
    "DiaChi": "Số 7 đường Kín Đáo",
    "TrichYeuHoSo": "Xin giữ kín việc này",
}
SECRETS = (*PERSONAL.values(), "mat-khau-sai", "ten-dang-nhap", "nguoi.nao.do")

FAILING = """
import threading
from chiso.web import logs
import logging, structlog
logs.configure()
secret = "Đặng Thị Bí Mật 089123456789"
def fail():
    raise ValueError(f"cannot read {secret!r}")
ours, web = structlog.get_logger("chiso.x"), logging.getLogger("chiso.web")
for log in (ours, web, logging.getLogger("uvicorn.error")):
    try:
        fail()
    except ValueError:
        log.exception("failed")
logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: <ValueError(%r)>" % secret)
logging.getLogger("other").error("cannot send %s", secret)
one = threading.Thread(target=fail, name="ein-faden")
one.start()
one.join()
structlog.get_logger("chiso.x").warning("said", number=3)
fail()
"""


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if not line.startswith("http://")]


def test_errors_are_told_without_their_words() -> None:
    done = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Bí Mật" not in done.stderr
    assert "089123456789" not in done.stderr
    told = lines(done.stderr)
    assert [one["event"] for one in told] == [
        "failed", "failed", "failed", "Task exception was never retrieved", "cannot send %s",
        "thread_failed", "said", "failed",
    ]  # fmt: skip
    for one in told:
        assert {"event", "level", "timestamp"} <= one.keys()
    for one in (*told[:3], told[5], told[7]):
        assert one["error"] == "ValueError"
        assert one["where"][-1].endswith(" fail")
    assert told[5]["thread"] == "ein-faden"
    assert told[6]["number"] == 3


@pytest.mark.slow
def test_nothing_that_people_send_is_logged(tmp_path: Path) -> None:
    folder, log = tmp_path / "data", tmp_path / "log"
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        key = opened.ledger.senders.add("một cửa", "H01", UNTIL).key
    assert (
        run(["account", "add", "nguoi.nao.do", "--role", "leader", "--unit", "H01", "--data", str(folder)])
        == 0
    )
    code = "H01.113-261009-00001"
    good = {**dossier(code, UNTIL - DAY, UNTIL + DAY), **PERSONAL}
    broken = json.dumps([{**good, "MaHoSo": "H01.113-261009-00002", "NgayTiepNhan": PERSONAL["ChuHoSo"]}])
    sent = json.dumps([good], ensure_ascii=False)
    bodies: list[bytes] = [
        sent.encode(),
        broken.encode(),
        sent.encode()[:-20],
        sent.encode("utf-16"),
        sent.replace("Bí", "\\ud800").encode(),
        sent.replace("Bí", "\\u0000").encode(),
        b"[" * 5000 + sent.encode(),
        json.dumps([{**good, "DanhSachLePhi": PERSONAL["ChuHoSo"]}, PERSONAL, 7, None]).encode(),
        json.dumps({"session": "x", "service": "DongBoHoSoMC", "data": [good]}).encode(),
    ]
    with Serving(folder, log) as serving, httpx.Client(base_url=serving.address, trust_env=False) as client:
        for body in bodies:
            for headers in ({"Authorization": f"Bearer {key}"}, {"Authorization": "Bearer mat-khau-sai"}):
                for path in ("/dvcqg/DongBoHoSoMC", "/dvcqg", "/api/v1/records/petitions"):
                    assert client.post(path, content=body, headers=headers, timeout=60).status_code < 500
        client.post("/dvcqg/login", json={"username": "ten-dang-nhap", "password": "mat-khau-sai"})
        page = client.get("/login").text
        token = page.partition('name="_csrf_token" value="')[2].partition('"')[0]
        form = {"login": "nguoi.nao.do", "password": "mat-khau-sai", "_csrf_token": token}
        client.post("/login", data=form)
        for path in (
            f"/dossiers/{code}",
            f"/units?q={PERSONAL['ChuHoSo']}",
            f"/{PERSONAL['Email']}",
            "/login",
        ):
            client.get(path, headers={"Cookie": "chiso_session=mat-khau-sai"})
        assert serving.stop() == 0
        said = serving.said()
    for secret in (*SECRETS, code, key):
        assert secret not in said
        assert json.dumps(secret)[1:-1] not in said
    for one in lines(said):
        assert one["level"] in ("info", "warning", "error")


def test_logs_go_where_standard_error_goes_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = structlog.get_config()
    closed = io.StringIO()
    monkeypatch.setattr(sys, "stderr", closed)
    try:
        logs.plainly()
        monkeypatch.undo()
        closed.close()
        structlog.get_logger("chiso").warning("told")
    finally:
        structlog.configure(**before)
    assert '"event": "told"' in capsys.readouterr().err
