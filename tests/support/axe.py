"""axe-core in a real browser: the rules of WCAG 2.2 A and AA that a program can check."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RUN = """run => axe.run(document, {runOnly: run, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}: ${
    (node.failureSummary || "").split("\\n").slice(1, 3).join(" ").trim()}`)))"""


@cache
def source() -> str:
    """axe-core itself (MPL-2.0), from the package that carries it."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def breaches(page: Page) -> list[str]:
    """What breaks the guidelines on a page, in the light theme and, by colours, in the dark one."""
    page.evaluate(source())
    page.emulate_media(color_scheme="light")
    found: list[str] = page.evaluate(RUN, {"type": "tag", "values": list(TAGS)})
    page.emulate_media(color_scheme="dark")
    dark: list[str] = page.evaluate(RUN, {"type": "rule", "values": ["color-contrast", "link-in-text-block"]})
    page.emulate_media(color_scheme="light")
    return [*found, *(f"dark, {one}" for one in dark)]
