"""What if, in a real browser: the outcome follows the sliders, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.insight.plan.answer import what_if
from chiso.instants import parse_instant
from chiso.web import formatting
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.web.test_browser import FLAGS, opened

pytestmark = pytest.mark.browser
END = parse_instant("2027-01-01")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def standing(folder: DataFolder) -> Iterator[Served]:
    with served(folder) as house:
        yield house


@pytest.mark.parametrize("width", [390, 1280])
def test_the_outcome_follows_the_sliders(chrome: Browser, standing: Served, width: int) -> None:
    page = opened(chrome, standing.address + "/units/H01/plan", viewport={"width": width, "height": 800})
    outcome = page.locator('[data-part="outcome"] .total b')
    start = what_if(standing.folder, "H01", END, {})
    expect(outcome).to_have_text(formatting.points(start["total"]))
    expect(page.locator("[data-show]")).to_be_hidden()
    slider = page.locator('input[name="s_digitise"]')
    slider.fill("50")
    half = what_if(standing.folder, "H01", END, {"digitise": 50})
    expect(outcome).to_have_text(formatting.points(half["total"]))
    assert half["total"] != start["total"]
    told = half["kinds"]["digitise"]
    words = f"{formatting.number(told['done'])} trên {formatting.number(told['offered'])}"
    expect(page.locator('[data-done="digitise"]')).to_have_text(words)
    slider.press("ArrowRight")
    expect(page.locator('label:has(input[name="s_digitise"]) output')).to_have_text("55%")
    more = what_if(standing.folder, "H01", END, {"digitise": 55})
    expect(outcome).to_have_text(formatting.points(more["total"]))
    assert "s_digitise=55" in page.url
    page.reload()
    expect(outcome).to_have_text(formatting.points(more["total"]))
    page.locator("[data-reset]").click()
    expect(outcome).to_have_text(formatting.points(start["total"]))
    expect(slider).to_have_value("0")
    page.context.close()


def test_without_script_the_form_does_the_same(chrome: Browser, standing: Served) -> None:
    page = opened(chrome, standing.address + "/units/H01.113/plan?target=60", java_script_enabled=False)
    page.locator('input[name="s_due"]').fill("100")
    page.locator("[data-show]").click()
    found = what_if(standing.folder, "H01.113", END, {"due": 100})
    expect(page.locator('[data-part="outcome"] .total b')).to_have_text(formatting.points(found["total"]))
    assert "target=60" in page.url
    page.context.close()
