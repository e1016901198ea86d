"""The pages of lost points and of why in a real browser: pictures that lead on, choosers, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.web.test_browser import FLAGS, opened

pytestmark = pytest.mark.browser


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


def test_an_area_of_the_picture_leads_to_what_is_behind_it(browser: Browser, standing: Served) -> None:
    page = opened(browser, standing.address + "/units/H01/lost", viewport={"width": 1280, "height": 900})
    assert page.locator(".treemap.wide").is_visible()
    assert not page.locator(".treemap.tall").is_visible()
    part = page.locator('.treemap.wide a[href*="dossiers"] rect.part').first
    title = part.locator("title").text_content() or ""
    missed = re.search(r"([\d.]+) chưa đạt", title)
    assert missed
    part.click()
    expect(page.locator("h2.num").first).to_contain_text(f"{missed[1]} hồ sơ")
    page.context.close()


def test_the_keyboard_goes_by_the_table_and_not_through_the_picture(
    browser: Browser, standing: Served
) -> None:
    page = opened(browser, standing.address + "/units/H01/lost", viewport={"width": 390, "height": 800})
    assert page.locator(".treemap.tall").is_visible()
    inside = page.eval_on_selector_all(".treemap a", "all => all.filter(one => one.tabIndex >= 0).length")
    assert inside == 0
    assert page.eval_on_selector_all("table.losses a", "all => all.length") > 10
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_any_two_days_and_periods_can_be_chosen(browser: Browser, standing: Served, script: bool) -> None:
    page = opened(browser, standing.address + "/why", java_script_enabled=script)
    page.locator(".pick.other summary").click()
    page.locator('input[name="day_a"]').fill("2026-09-01")
    page.locator('input[name="day_b"]').fill("2026-09-30")
    page.locator(".pick.other form").first.get_by_role("button").click()
    expect(page.locator("h1 + p")).to_contain_text("từ 00:00 02/09/2026 đến 00:00 01/10/2026")
    page.locator(".pick.other summary").click()
    page.locator('select[name="period_a"]').select_option("2026-08")
    page.locator('select[name="period_b"]').select_option("2026-09")
    page.locator(".pick.other form").last.get_by_role("button").click()
    expect(page.locator(".told .first")).to_contain_text("tháng 8/2026")
    way = page.locator("table.way tbody tr")
    assert way.count() > 3
    page.context.close()


@pytest.mark.parametrize("address", ["/units/H01/lost", "/why"])
def test_both_print_on_paper(browser: Browser, standing: Served, address: str) -> None:
    page = opened(browser, standing.address + address)
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator("nav.tabs").first.is_visible()
    assert page.locator("table.losses, table.terms").first.is_visible()
    page.context.close()
