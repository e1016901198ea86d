"""The letter editor in a real browser: the draft follows, the letter is made, at home on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.web.test_browser import FLAGS, opened

pytestmark = pytest.mark.browser
NEW = "/steering/letters/new?to=departments&appendix=units"


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def standing(built: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = Path(shutil.copytree(built[0], tmp_path_factory.mktemp("letters") / "data"))
    with DataFolder.open(path, standing=True) as folder, served(folder) as house:
        yield house


def test_the_draft_follows_and_the_letter_is_made(started: Browser, standing: Served) -> None:
    page = opened(started, standing.address, viewport={"width": 1280, "height": 900})
    page.goto(standing.address + NEW)
    draft = page.locator("[data-letter-inner]")
    page.fill("[data-letter-form] input[name=signer]", "Trần Văn Bình")
    expect(draft).to_contain_text("Trần Văn Bình", timeout=60_000)
    page.fill("[data-letter-form] input[name=number]", "77")
    expect(draft).to_contain_text("77/UBND-TH", timeout=60_000)
    assert "number=77" in page.url
    page.fill("[data-letter-form] input[name=unit]", "H99")
    expect(draft.get_by_role("alert")).to_contain_text("H99", timeout=60_000)
    page.fill("[data-letter-form] input[name=unit]", "")
    expect(draft).to_contain_text("CỘNG HÒA", timeout=60_000)
    draft.locator("button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Công văn số 77/UBND-TH", timeout=60_000)
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_scrolls_sideways(started: Browser, standing: Served, width: int) -> None:
    page = opened(started, standing.address, viewport={"width": width, "height": 800})
    for address in ("/steering/letters", NEW):
        page.goto(standing.address + address)
        page.evaluate("document.fonts.ready")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0, address
    page.context.close()


def test_without_script_the_button_shows_the_draft(started: Browser, standing: Served) -> None:
    page = opened(
        started, standing.address, java_script_enabled=False, viewport={"width": 800, "height": 900}
    )
    page.goto(standing.address + NEW)
    page.fill("[data-letter-form] input[name=signer]", "Lê Thị Hoa")
    page.locator("[data-letter-form] button").click()
    expect(page.locator("[data-letter-inner]")).to_contain_text("Lê Thị Hoa", timeout=60_000)
    assert page.locator("[data-letter-form] input[name=appendix][value=units]").is_checked()
    page.context.close()
