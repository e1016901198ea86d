"""The pages of ranks in a real browser: sorted and filtered at once, walked with keys, at home on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.web.test_browser import FLAGS, opened
from tests.web.test_leagues import names

pytestmark = pytest.mark.browser
PAGES = (
    "/rank",
    "/rank?among=provinces&period=2023",
    "/rank/race",
    "/rank/race?span=all&mark=H20",
    "/rank/map",
    "/rank/map?period=2023",
    "/rank/map?by=processing&lang=en",
    "/compare",
    "/compare?unit=H01,H20,H19,H31,H24,H44",
    "/story/2023",
    "/units/H01/history",
)


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def standing(nation_folder: DataFolder) -> Iterator[Served]:
    with served(nation_folder) as house:
        yield house


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_no_page_scrolls_sideways(started: Browser, standing: Served, width: int) -> None:
    page = opened(started, standing.address, viewport={"width": width, "height": 800})
    for address in PAGES:
        page.goto(standing.address + address)
        page.evaluate("document.fonts.ready")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0, address
    page.context.close()


def order(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "table.full tbody tr:not([hidden])",
        "rows => rows.map(row => 'line' in row.dataset ? '–' : row.querySelector('th a').pathname.slice(7))",
    )
    return found


def test_the_league_is_sorted_at_once_as_the_links_sort_it(
    started: Browser, standing: Served, national: Any
) -> None:
    page = opened(started, standing.address + "/rank")
    stays = page.evaluate("window.stays = 1")
    for key in ("total", "total", "name", "name", "day", "year", "up", "band", "rank"):
        page.locator(f'th[data-sort="{key}"] a').click()
        way = page.locator(f'th[data-sort="{key}"]').get_attribute("aria-sort")
        direction = "desc" if way == "descending" else "asc"
        assert page.url.endswith(f"sort={key}&dir={direction}")
        plain = [
            code for code in names(national.get(f"/rank?sort={key}&dir={direction}").text) if code != "–"
        ]
        assert [code for code in order(page) if code != "–"] == plain, (key, direction)
    assert page.evaluate("window.stays") == stays
    page.context.close()


def test_the_league_is_filtered_as_one_types(started: Browser, standing: Served) -> None:
    page = opened(started, standing.address + "/rank")
    page.keyboard.press("/")
    page.keyboard.type("Đồng")
    assert order(page) == ["H20", "H19", "H36"]
    expect(page.locator("[data-league-count]")).to_have_text("Đang hiện 3 đơn vị")
    page.locator("#q").fill("khong co")
    assert order(page) == []
    expect(page.locator("[data-league-none]")).to_be_visible()
    page.locator("#q").fill("")
    assert len(order(page)) == 35
    page.context.close()


def test_without_script_links_and_forms_do_the_same(started: Browser, standing: Served) -> None:
    page = opened(started, standing.address + "/rank", java_script_enabled=False)
    page.locator('th[data-sort="name"] a').click()
    assert page.url.endswith("sort=name")
    page.locator("#q").fill("dong")
    page.get_by_role("button", name="Tìm").click()
    assert "q=dong" in page.url
    assert "sort=name" in page.url
    expect(page.locator("table.full tbody tr:not([hidden])")).to_have_count(3)
    page.goto(standing.address + "/compare?unit=H01")
    page.locator("#add").select_option("H20")
    page.get_by_role("button", name="Thêm").click()
    assert page.url.endswith("/compare?unit=H01&unit=H20")
    expect(page.locator("table.versus").first).to_be_visible()
    page.context.close()


def test_the_map_is_walked_with_arrow_keys(started: Browser, standing: Served) -> None:
    page = opened(started, standing.address + "/rank/map", viewport={"width": 1280, "height": 1400})

    def here() -> str:
        found: str = page.evaluate("document.activeElement.querySelector('.name').textContent")
        return found

    page.locator('[data-map] a[href^="/units/H01"]').first.focus()
    for key, tile in (
        ("ArrowRight", "Đồng Tháp"),
        ("ArrowUp", "Tây Ninh"),
        ("ArrowRight", "Hồ Chí Minh"),
        ("ArrowDown", "Vĩnh Long"),
        ("ArrowDown", "Cần Thơ"),
        ("ArrowLeft", "Cà Mau"),
        ("ArrowDown", "Cà Mau"),
    ):
        page.keyboard.press(key)
        assert here() == tile, key
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/H12*")
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_tiles_hold_their_words(started: Browser, standing: Served, width: int) -> None:
    page = opened(started, standing.address + "/rank/map", viewport={"width": width, "height": 900})
    for address in ("/rank/map", "/rank/map?period=2023"):
        page.goto(standing.address + address)
        page.evaluate("document.fonts.ready")
        cut = page.eval_on_selector_all(
            "[data-map] a",
            """tiles => tiles.filter(tile => {
                const box = tile.getBoundingClientRect();
                if (box.width < 24 || box.height < 24) return true;
                return [...tile.querySelectorAll('.name, b')].some(part => {
                    const own = part.getBoundingClientRect();
                    return own.left < box.left - 1 || own.right > box.right + 1
                        || own.top < box.top - 1 || own.bottom > box.bottom + 1;
                });
            }).map(tile => tile.textContent.trim())""",
        )
        assert cut == [], address
    page.context.close()


def test_lines_of_the_race_lead_to_their_emphasis(started: Browser, standing: Served) -> None:
    page = opened(started, standing.address + "/rank/race")
    page.locator("svg.chart.wide g.label a", has_text="Đồng Tháp").click()
    page.wait_for_url("**mark=H20*")
    expect(page.locator("svg.chart.wide g.label.m1")).to_contain_text("Đồng Tháp")
    page.get_by_role("link", name="Thôi làm nổi Tỉnh Đồng Tháp").click()
    page.wait_for_url(lambda address: "mark" not in address)
    page.context.close()
