"""The public table in another site's page, in a real browser: shown there, as no other page is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as changed
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Frame, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.web.test_browser import FLAGS

pytestmark = pytest.mark.browser

TABLE = "/public/embed?rows=5"
REFUSED = (
    "/", "/public", "/public?lang=en", "/public/units/H01", "/public/how", "/public/data", "/login",
    "/account", "/units/H01", "/units/H01/todo", "/rank", "/help", "/data", "/audit", "/admin",
    "/nothing/here", "/public/nothing", "/public/embed?among=x", "/api/v1/units/H01/score",
    "/public/data/scores.json", "/schema/openapi.json", "/healthz",
)  # fmt: skip


class _Page(BaseHTTPRequestHandler):
    """A page of another site that puts the address after ``?`` into a frame."""

    def do_GET(self) -> None:
        asked = unquote(urlsplit(self.path).query)
        frame = f'<iframe src="{asked}" width="700" height="500"></iframe>' if asked else ""
        body = f"<!doctype html><title>x</title><h1>Trang khác</h1>{frame}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def another_site() -> Iterator[str]:
    """An origin of its own: another name and another port than the server's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class World:
    browser: Browser
    folder: DataFolder
    house: Served
    site: str

    def framed(self, address: str, site: str = "") -> Frame:
        """What stands in the frame once the other site's page is whole."""
        page = self.browser.new_page()
        page.goto(f"{site or self.site}/?{self.house.address}{address}", wait_until="load")
        expect(page.get_by_role("heading", name="Trang khác")).to_be_visible()
        assert len(page.frames) == 2
        return page.frames[1]

    def shown(self, frame: Frame) -> bool:
        """Whether it is the server's own page and not the browser's word that it may not be shown."""
        frame.wait_for_load_state("load")
        return frame.url.startswith(self.house.address)


@pytest.fixture
def world(own: DataFolder) -> Iterator[World]:
    with (
        another_site() as site,
        served(own) as house,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium(), args=FLAGS) as browser,
    ):
        yield World(browser, own, house, site)


def test_the_table_is_shown_in_another_sites_page(world: World) -> None:
    frame = world.framed(TABLE)
    assert world.shown(frame)
    expect(frame.locator("tbody tr")).to_have_count(5)
    expect(frame.locator("tbody tr").first).to_be_visible()
    # with its own styles, and nothing that does not fit into the frame
    assert frame.evaluate("document.styleSheets.length") > 0
    assert frame.evaluate("[...document.styleSheets].every(sheet => sheet.cssRules.length > 0)")
    assert frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    # its links leave the frame, where they would be refused
    links = frame.locator("a").evaluate_all("all => all.map(one => one.target)")
    assert links
    assert set(links) <= {"_blank", "_top", "_parent"}


def test_no_other_page_is_shown_in_another_sites_page(world: World) -> None:
    for address in REFUSED:
        frame = world.framed(address)
        assert not world.shown(frame), address
        frame.page.close()


def test_only_the_sites_of_the_setting_may_show_the_table(world: World) -> None:
    world.folder.settings = changed(world.folder.settings, public_embed=world.site)
    assert world.shown(world.framed(TABLE))
    with another_site() as third:
        assert not world.shown(world.framed(TABLE, third))
    world.folder.settings = changed(world.folder.settings, public_embed="")
    assert not world.shown(world.framed(TABLE))
