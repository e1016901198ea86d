"""An open page goes on by itself: its server is killed, or stopped, and a proxy answers in its place."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.instants import DAY, utc_now
from chiso.ledger.clock import Clock
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.rights import COOKIE
from tests.support.browser import chromium
from tests.support.messages import dossier
from tests.support.serving import Serving, free_port, soon
from tests.web.test_browser import FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROCESSES = 2
PATIENCE = 90_000.0
"""Milliseconds: a busy machine may be slow, none of this is about speed."""


class _BadGateway(BaseHTTPRequestHandler):
    """What a proxy answers while the server behind it is started anew."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += self.path.startswith("/api/v1/stream")
        self.send_error(502)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def bad_gateway(port: int) -> Iterator[type[_BadGateway]]:
    with ThreadingHTTPServer(("127.0.0.1", port), _BadGateway) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield _BadGateway
        finally:
            server.shutdown()
            thread.join()


class World:
    def __init__(self, folder: Path, key: str, serving: Serving, page: Page) -> None:
        self.folder, self.key, self.serving, self.page = folder, key, serving, page
        self.sent = 0

    def post(self) -> None:
        """One more dossier, sent until somebody takes it."""
        self.sent += 1
        told = [dossier(f"H01.113-261009-{self.sent:05d}", UNTIL - DAY, UNTIL + DAY)]

        def taken() -> bool:
            answer = httpx.post(
                f"{self.serving.address}/dvcqg/DongBoHoSoMC", json=told, timeout=30, trust_env=False,
                headers={"Authorization": f"Bearer {self.key}"},
            )  # fmt: skip
            return answer.status_code == 200

        soon(taken, "the message is taken")

    def shows_all(self) -> None:
        """The page, never loaded anew, shows what was sent, and that it is live."""
        expect(self.page.locator('[data-live="i.2.1.d"]')).to_have_text(str(self.sent), timeout=PATIENCE)
        expect(self.page.locator("[data-live-dot]").first).not_to_have_attribute(
            "data-state", "lost", timeout=PATIENCE
        )
        assert self.page.evaluate("window.stays") == "the same"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "data"
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        key = opened.ledger.senders.add("một cửa", "H01", UNTIL).key
    with (
        Serving(folder, tmp_path / "log", "--processes", str(PROCESSES), port=free_port()) as serving,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium(), args=FLAGS) as browser,
    ):
        found = World(folder, key, serving, browser.new_page())
        found.post()
        found.page.goto(f"{serving.address}/units/H01")
        found.page.evaluate("window.stays = 'the same'")
        found.shows_all()
        yield found


def test_a_page_goes_on_when_its_processes_are_killed(world: World) -> None:
    killed: set[int] = set()
    for _ in range(2):

        def fresh() -> set[int]:
            found = {one["pid"] for one in world.serving.told().values()}
            return found if len(found) == PROCESSES and not found & killed else set()

        for one in soon(fresh, "both are there"):
            os.kill(one, signal.SIGKILL)
            killed.add(one)
        world.post()
        world.shows_all()


def test_a_page_goes_on_after_a_stop_during_which_a_proxy_answered(world: World) -> None:
    assert world.serving.stop() == 0
    with bad_gateway(world.serving.port) as proxy:
        expect(world.page.locator("[data-live-dot]").first).to_have_attribute(
            "data-state", "lost", timeout=PATIENCE
        )
        soon(lambda: proxy.asked >= 2, "the page asks again and again")
    world.serving.start()
    world.post()
    world.shows_all()
    assert '"level": "error"' not in world.serving.said()
    assert "Traceback" not in world.serving.said()


def test_a_page_whose_reader_may_read_no_longer_says_so_and_goes_on_after_signing_in(world: World) -> None:
    with DataFolder.open(world.folder) as opened:  # from now on one has to sign in
        people = People(opened.ledger)
        leader = [Grant(Role.LEADER, "H01")]
        made, _ = people.accounts.add("an", "An", leader, utc_now(), "lúa vàng đồng xa")
        token = people.sessions.open(made, utc_now())
    mark = world.page.locator("[data-live-dot] .word").first
    expect(mark).to_have_text("Phiên đăng nhập đã hết, hãy tải lại trang", timeout=PATIENCE)
    world.page.context.add_cookies([{"name": COOKIE, "value": token, "url": world.serving.address}])
    world.post()
    world.shows_all()
