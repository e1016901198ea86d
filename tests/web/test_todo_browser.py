"""The page of today's work in a real browser: it stays true while it is open, and keys alone are enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.insight.todo.answer import todo
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from chiso.ledger.senders import Credentials
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.support.messages import stamp
from tests.web.test_browser import FLAGS, opened
from tests.web.world import NOW, message

pytestmark = pytest.mark.browser
CODE = "H01.113-261009-77001"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def standing(own: DataFolder) -> Iterator[Served]:
    with served(own) as house:
        yield house


def send(house: Served, credentials: Credentials, service: str, told: list[dict[str, Any]]) -> None:
    headers = {"Authorization": f"Bearer {credentials.key}"}
    answer = httpx.post(f"{house.address}/dvcqg/{service}", json=told, headers=headers, timeout=30)
    assert answer.json()["error_code"] == "0"


def keys(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("li[data-key]", "all => all.map(one => one.dataset.key)")
    return found


def test_the_list_changes_while_it_is_open(
    chrome: Browser, standing: Served, credentials: Credentials
) -> None:
    page = opened(chrome, standing.address + "/units/H01.113/todo?what=due&what=overdue")
    due = page.locator(f'li[data-key="due:{CODE}"]')
    expect(due).to_have_count(0)
    send(standing, credentials, "DongBoHoSoMC", [message(CODE, NOW - DAY, NOW + 6 * 3600)])
    expect(due).to_have_count(1)
    expect(due).to_have_class(re.compile("soon"))
    row = next(row for row in todo(standing.folder, "H01.113")["rows"] if row.get("dossier") == CODE)
    expect(due.locator(".pts")).to_have_text("+" + f"{round(float(row['points']), 4):.4f}".replace(".", ","))
    # its due time passes with no message
    standing.folder.ledger.clock.set(Clock(NOW + 6 * 3600 + 1))
    expect(page.locator(f'li[data-key="overdue:{CODE}"]')).to_have_count(1)
    expect(due).to_have_count(0)
    # and it is finished
    step = {"MaHoSo": CODE, "ThoiDiemXuLy": stamp(NOW + 6 * 3600), "TrangThai": "9", "NguoiXuLy": "A"}
    send(standing, credentials, "CapNhatTienDoHoSoMC", [step])
    expect(page.locator(f'li[data-key="overdue:{CODE}"]')).to_have_count(0)
    page.context.close()


def test_keys_alone_are_enough(chrome: Browser, standing: Served) -> None:
    page = opened(chrome, standing.address + "/units/H01.113/todo", viewport={"width": 1440, "height": 900})
    first, second, *_ = keys(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    detail = page.locator("#detail")
    expect(detail.locator(".worth")).to_be_visible()
    expect(detail.locator("dd").first).to_contain_text(second.partition(":")[2])
    expect(page.locator("[data-item][aria-current]")).to_have_count(1)
    assert "item=" in page.url
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('li').dataset.key") == first
    page.keyboard.press("a")
    expect(page.locator("[data-assign]")).to_be_focused()
    page.keyboard.type("Chị Lan")
    page.keyboard.press("Enter")
    expect(page.locator(f'li[data-key="{first}"] .badge')).to_have_text("Chị Lan")
    page.keyboard.press("Escape")
    page.locator(f'li[data-key="{second}"] [data-item]').focus()
    page.keyboard.press("x")
    expect(page.locator(f'li[data-key="{second}"]')).to_have_count(0)
    what, _, code = second.partition(":")
    assert standing.folder.ledger.marks.all()[code, what].done_at == NOW
    # the next one has the focus, and what was done can be undone
    assert page.evaluate("!!document.activeElement.closest('li[data-key]')")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator(f'li[data-key="{second}"]')).to_have_count(1)
    page.context.close()


def test_without_script_everything_can_be_done(chrome: Browser, standing: Served) -> None:
    page = opened(chrome, standing.address + "/units/H01.113/todo?what=result", java_script_enabled=False)
    first, *_ = keys_without_script(page)
    page.locator("[data-item]").first.click()
    expect(page.locator("#detail .worth")).to_be_visible()
    page.locator("#detail input[name=assigned]").fill("Anh Ba")
    page.get_by_role("button", name="Giao", exact=True).click()
    expect(page.locator("li[data-key] .badge").first).to_have_text("Anh Ba")
    page.locator("li[data-key] .box").first.click()
    assert first not in keys_without_script(page)
    page.get_by_role("link", name="Đã đánh dấu xong").click()
    assert keys_without_script(page) == [first]
    page.context.close()


def keys_without_script(page: Page) -> list[str]:
    return [one.get_attribute("data-key") or "" for one in page.locator("li[data-key]").all()]


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_nothing_scrolls_sideways(chrome: Browser, standing: Served, width: int) -> None:
    page = opened(chrome, standing.address, viewport={"width": width, "height": 800})
    for query in ("H01/todo", "H01.113/todo?what=result&lang=en", "H01/todo?what=sync"):
        address = f"/units/{query}"
        page.goto(standing.address + address)
        page.evaluate("document.fonts.ready")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0, address
    page.context.close()
