"""Whoever sends a request a byte at a time is cut off; everybody else is served meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from chiso.folder import DataFolder
from chiso.web import patience
from chiso.web.server import Served, served

pytestmark = pytest.mark.slow


@pytest.fixture
def server(own: DataFolder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(patience, "HEAD_WITHIN", 1.0)
    monkeypatch.setattr(patience, "PAUSE", 1.0)
    with served(own) as running:
        yield running


def connected(server: Served) -> socket.socket:
    parts = urlsplit(server.address)
    found = socket.create_connection((parts.hostname, parts.port), 20)
    found.settimeout(20)
    return found


def ends(line: socket.socket) -> bytes:
    """All that comes until the server closes; a timeout fails the test."""
    told = b""
    while part := line.recv(65_536):
        told += part
    return told


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"POST /dvcqg HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"POST /dvcqg HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_request_that_never_ends_is_cut_off(server: Served, beginning: bytes) -> None:
    lines = [connected(server) for _ in range(40)]
    for line in lines:
        line.sendall(beginning)
    assert httpx.get(f"{server.address}/healthz", timeout=20).text == "ok"
    for line in lines:
        with line:
            assert b" 200 " not in ends(line)


def test_a_head_that_drips_is_cut_off_however_steadily(server: Served) -> None:
    with connected(server) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        line.settimeout(0.2)
        cut = False
        for _ in range(60):
            try:
                line.sendall(b"X-A: b\r\n")
                cut = line.recv(10) == b""
            except TimeoutError:
                continue
            except OSError:
                cut = True
            if cut:
                break
        assert cut


def test_a_body_that_keeps_coming_may_take_its_time(server: Served) -> None:
    """Longer than the head may take, with pauses shorter than the longest."""
    import time

    with connected(server) as line:
        line.sendall(b"POST /dvcqg HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nConnection: close\r\n\r\n")
        for _ in range(8):
            line.sendall(b"x")
            time.sleep(0.3)
        assert b"HTTP/1.1 400" in ends(line)


def test_a_stream_stays_open_and_a_kept_line_serves_again(server: Served) -> None:
    with httpx.Client(base_url=server.address, timeout=20) as client:
        for _ in range(3):
            assert client.get("/healthz").text == "ok"
        with client.stream("GET", "/api/v1/stream?unit=H01") as stream:
            told = b""
            for part in stream.iter_raw():
                told += part
                if b"event: score" in told:
                    break
        assert b"event: score" in told


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused(own: DataFolder, chunked: bool) -> None:
    from dataclasses import replace

    own.settings = replace(own.settings, body_limit=100_000)
    key = own.ledger.senders.add("mc", "H01", own.now()).key
    body = b"[" + b" " * 300_000 + b"]"
    with served(own) as running:
        answer = httpx.post(
            f"{running.address}/dvcqg/DongBoHoSoMC",
            content=(body[at : at + 10_000] for at in range(0, len(body), 10_000)) if chunked else body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
        )
    assert answer.status_code == 413
    assert answer.json()["error_code"] == "-1"
    assert "chia nhỏ" in answer.json()["message"]


def test_heads_have_a_limit(server: Served) -> None:
    with connected(server) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        try:
            for _ in range(3_000):
                line.sendall(b"X-Long: " + b"a" * 1_000 + b"\r\n")
            line.sendall(b"\r\n")
            told = ends(line)
        except OSError:
            told = b""
        assert b" 200 " not in told
