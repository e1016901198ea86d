"""All requests together hold no more in memory than they may; who comes beyond it is asked to come back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.web import tries
from chiso.web.app import create_app
from chiso.web.bodies import Bodies, NoRoomError
from chiso.web.server import Served, served
from tests.support.serving import soon

MOST = 50_000


def request(parts: list[int], length: int | None) -> tuple[Any, Any]:
    """A request whose body comes in parts; ``length``: what it says of itself."""
    waiting = [b"x" * one for one in parts]

    async def receive() -> Any:
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    return {"headers": [] if length is None else [(b"content-length", b"%d" % length)]}, receive


requests = st.lists(
    st.tuples(st.lists(st.integers(0, 60), min_size=1, max_size=4), st.booleans()), min_size=1, max_size=6
)


@given(requests, st.integers(1, 100))
def test_what_is_held_is_within_the_bound_and_given_back(told: list[Any], most: int) -> None:
    bodies = Bodies(most)
    ended = []

    async def one(parts: list[int], says: bool) -> None:
        scope, receive = request(parts, sum(parts) if says else None)
        with bodies.counting(scope, receive) as counted:
            try:
                for _ in parts:
                    if (await counted())["body"]:
                        # beyond the bound only what is alone
                        assert bodies.held <= most or bodies.held == counted.taken
                    await asyncio.sleep(0)
                ended.append(True)
            except NoRoomError:
                ended.append(False)

    async def all_at_once() -> None:
        await asyncio.gather(*(one(*each) for each in told))

    asyncio.run(all_at_once())
    assert bodies.held == 0
    assert ended.count(False) == bodies.refused
    if len(told) == 1 or sum(sum(parts) for parts, _ in told) <= most:
        assert all(ended)


@pytest.fixture
def narrow(own: DataFolder) -> Iterator[tuple[Served, dict[str, str]]]:
    own.settings = replace(own.settings, bodies_limit=MOST)
    key = own.ledger.senders.add("mc", "H01", own.now()).key
    with served(own) as running:
        yield running, {"Authorization": f"Bearer {key}"}


def held(server: Served) -> int:
    text = httpx.get(f"{server.address}/metrics", timeout=20, trust_env=False).text
    return int(float(text.partition("\nchiso_bodies_bytes ")[2].split()[0]))


@pytest.mark.slow
def test_who_comes_while_there_is_no_room_is_asked_to_come_back(
    narrow: tuple[Served, dict[str, str]],
) -> None:
    server, key = narrow
    body = b"[" + b" " * 39_998 + b"]"
    parts = urlsplit(server.address)
    with (
        socket.create_connection((parts.hostname, parts.port), 20) as line,
        httpx.Client(base_url=server.address, timeout=20, trust_env=False) as client,
    ):
        line.settimeout(20)
        line.sendall(
            f"POST /dvcqg/DongBoHoSoMC HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: {key['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        line.sendall(body[:30_000])
        soon(lambda: held(server) == 30_000, "the first part has arrived")
        for content in (body, (body[at : at + 10_000] for at in range(0, len(body), 10_000))):
            answer = client.post("/dvcqg/DongBoHoSoMC", content=content, headers=key)
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"
            assert answer.json()["error_code"] == "-1"
            assert "hãy gửi lại" in answer.json()["message"]
        page = client.post("/login", data={"login": "x" * 30_000}, headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert page.headers["retry-after"] == "5"
        assert "Máy chủ đang bận" in page.text
        # whoever was there first is served, and then there is room
        line.sendall(body[30_000:])
        told = b""
        while part := line.recv(65_536):
            told += part
        assert b"HTTP/1.1 503" not in told
        soon(lambda: held(server) == 0, "it is given back")
        assert client.post("/dvcqg/DongBoHoSoMC", content=body, headers=key).status_code != 503
    text = httpx.get(f"{server.address}/metrics", timeout=20, trust_env=False).text
    assert "chiso_bodies_refused_total 3.0" in text


def test_a_body_beyond_the_bound_is_let_in_alone(own: DataFolder) -> None:
    own.settings = replace(own.settings, bodies_limit=100)
    key = own.ledger.senders.add("mc", "H01", own.now()).key
    with TestClient(create_app(own)) as client:
        answer = client.post(
            "/dvcqg/DongBoHoSoMC",
            content=b"[" + b" " * 998 + b"]",
            headers={"Authorization": f"Bearer {key}"},
        )
    assert answer.status_code != 503


def test_what_is_too_long_is_told_so_while_there_is_no_room(own: DataFolder) -> None:
    own.settings = replace(own.settings, bodies_limit=2_000, body_limit=1_000)
    key = own.ledger.senders.add("mc", "H01", own.now()).key
    app = create_app(own)
    form = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-www-form-urlencoded"}
    with TestClient(app) as client:
        app.state.bodies.held = 1
        for path in ("/dvcqg/DongBoHoSoMC", "/dvcqg", "/dvcqg/login", "/login"):
            answer = client.post(path, content=b"x" * 3_000, headers=form)
            assert answer.status_code == 413
            assert "retry-after" not in answer.headers


def test_a_body_that_is_waited_for_is_no_attempt_to_sign_in(
    narrow: tuple[Served, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = narrow
    monkeypatch.setattr(tries, "TOGETHER", 1)
    parts = urlsplit(server.address)
    with socket.create_connection((parts.hostname, parts.port), 20) as line:
        line.sendall(b"POST /dvcqg/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        soon(lambda: held(server) == 1, "the first byte has arrived")
        wrong = {"username": "mc", "password": "wrong"}
        answer = httpx.post(f"{server.address}/dvcqg/login", json=wrong, timeout=20, trust_env=False)
    assert answer.status_code == 401
