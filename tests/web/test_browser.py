"""The pages in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from chiso.ledger.senders import Credentials
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.web.world import NOW, message

pytestmark = pytest.mark.browser
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = (
    "/",
    "/units",
    "/units/H01",
    "/units/H01/indicators/2.1",
    "/units/H01/dossiers?indicator=2.1&part=missed",
    "/units/H01/lateness",
    "/units/H01/lateness/dossiers?class=late_work",
    "/units/H01/outlook?until=end",
    "/units/H01/plan?target=60&s_due=50",
    "/units/H01/duties",
    "/steering",
    "/steering/documents",
    "/steering/reports",
    "/steering/alerts",
    "/units/H01/reconcile",
    "/units/H01/lost",
    "/units/H01.113/lost?by=row&lang=en",
    "/why",
    "/units/H01/why?a=2026-08&b=2026-09&by=term",
    "/rank",
    "/rank?among=communes",
    "/units/H01.113/indicators/5.2?period=2026-10",
    "/procedures",
    "/procedures?what=fee",
    "/units/H01/quality",
    "/units/H01/quality/dossiers?what=no_due",
    "/data",
    "/help",
    "/admin",
    "/admin/accounts",
    "/admin/senders",
    "/admin/units",
    "/admin/units/change?what=merge&codes=H01.113+H01.101&into=H01.900&name=M%E1%BB%9Bi&day=2026-10-01&show=1",
    "/admin/procedures/2.000815",
    "/admin/days?show=1&day=2026-09-07&name=B%C3%A3o&source=15",
    "/admin/laws",
    "/admin/refused",
    "/admin/settings",
    "/units/H01?lang=en",
    "/nowhere",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def standing(folder: DataFolder) -> Iterator[Served]:
    with served(folder) as house:
        yield house


def opened(browser: Browser, address: str, **options: Any) -> Page:
    """A page that fails the test on any script error or breach of the content policy."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(20_000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
    page.goto(address)
    page.evaluate("document.fonts.ready")
    troubles = [told for told in troubles if "404" not in told]
    assert not troubles
    return page


@pytest.mark.parametrize("width", [360, 500, 1440])
def test_no_page_scrolls_sideways(browser: Browser, standing: Served, width: int) -> None:
    page = opened(browser, standing.address, viewport={"width": width, "height": 800})
    for address in PAGES:
        page.goto(standing.address + address)
        page.evaluate("document.fonts.ready")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0, address
    page.context.close()


def test_the_number_changes_while_one_looks(
    browser: Browser, own: DataFolder, credentials: Credentials
) -> None:
    with served(own) as house:
        page = opened(browser, house.address + "/units/H01")
        cell = page.locator('[data-live="i.2.1.d"]')
        before = int(cell.inner_text().replace(".", ""))
        told = [message(f"H01.113-261009-{number:05d}", NOW - DAY, NOW + DAY) for number in range(20)]
        headers = {"Authorization": f"Bearer {credentials.key}"}
        httpx.post(f"{house.address}/dvcqg/DongBoHoSoMC", json=told, headers=headers, timeout=30)
        expect(cell).to_have_text(str(before + 20))
        score = own.score("H01")
        expect(page.locator('[data-live="total"]')).to_have_text(score["total"].replace(".", ","))
        expect(page.locator('[data-live="g.processing.points"]')).to_have_text(
            score["groups"]["processing"]["points"].replace(".", ",")
        )
        ratio = page.locator('[data-live="i.2.1.ratio"]').inner_text()
        page.reload()
        assert page.locator('[data-live="i.2.1.ratio"]').inner_text() == ratio
        own.ledger.clock.set(Clock(NOW + 3 * DAY))
        expect(page.locator('[data-live="total"]')).not_to_have_text(score["total"].replace(".", ","))
        page.context.close()


def test_script_and_server_write_numbers_alike(browser: Browser, standing: Served) -> None:
    page = opened(browser, standing.address + "/units/H01")
    page.wait_for_timeout(500)
    shown = page.eval_on_selector_all(
        "[data-live]", "all => all.map(e => [e.dataset.live, e.textContent.trim()])"
    )
    plain = httpx.get(standing.address + "/units/H01").text
    for key, text in shown:
        found = re.search(rf'data-live="{re.escape(key)}"[^>]*>\s*(?:<b>)?([^<]*)', plain)
        assert found
        assert found[1].strip() == text, key
    page.context.close()


def test_without_script_everything_is_there(browser: Browser, standing: Served) -> None:
    page = opened(browser, standing.address, java_script_enabled=False)
    assert "," in page.locator('[data-live="total"]').inner_text()
    page.locator("#pick summary").click()
    page.get_by_role("link", name="Hôm qua").click()
    expect(page.locator(".across")).to_contain_text("Đang xem số liệu tại 06:00 09/10/2026")
    page.get_by_role("link", name="Về hiện tại").click()
    assert page.url == standing.address + "/"
    page.context.close()


def test_travelling_by_the_form(browser: Browser, standing: Served) -> None:
    page = opened(browser, standing.address + "/units/H01.113")
    page.locator("#pick summary").click()
    page.locator('input[name="at"]').fill("2026-08-20T06:00")
    page.get_by_role("button", name="Xem thời điểm này").click()
    page.wait_for_url("**/units/H01.113?at=*as_of=*")
    expect(page.locator(".across")).to_contain_text("06:00 20/08/2026")
    then = standing.folder.score("H01.113", at=NOW - 51 * DAY, as_of=NOW - 51 * DAY)
    assert page.locator('[data-live="total"]').inner_text() == then["total"].replace(".", ",")
    page.context.close()


def test_keys_alone_are_enough(browser: Browser, standing: Served) -> None:
    page = opened(browser, standing.address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")
    page.locator("#pick summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#pick").get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert page.locator("#pick").get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.goto(standing.address + "/units")
    page.keyboard.press("/")
    page.keyboard.type("rach gia")
    expect(page.locator("[data-text]:visible")).to_have_count(1)
    page.context.close()


def test_the_theme_is_kept(browser: Browser, standing: Served) -> None:
    page = opened(browser, standing.address)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("[data-theme-button]").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.context.close()


def test_figures_stand_in_columns(browser: Browser, standing: Served) -> None:
    page = opened(browser, standing.address)
    widths = page.evaluate(
        """() => ["1111", "4444", "0808"].map(text => {
            const span = document.createElement("span");
            span.className = "num"; span.textContent = text;
            document.querySelector("main").append(span);
            return span.getBoundingClientRect().width;
        })"""
    )
    assert max(widths) - min(widths) < 0.1
    page.context.close()


def test_panels_stay_inside_the_window(browser: Browser, standing: Served) -> None:
    for width in (360, 1440):
        page = opened(browser, standing.address, viewport={"width": width, "height": 900})
        for summary in page.locator("details.how summary").all()[:4]:
            summary.click()
            box = page.locator("details.how[open] .how-in").bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            page.keyboard.press("Escape")
        page.context.close()
