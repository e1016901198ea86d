"""The style sheet keeps its word: contrast, roles, and nothing from elsewhere."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from chiso.web.render import static_file

SHEET = static_file("app.css")[0].decode()
FILES = sorted(
    one.name for one in (files("chiso.web") / "static").iterdir() if one.name.endswith((".css", ".js"))
)
TEXT_ON = {
    "ink": ("ground", "card", "raised", "sunk"),
    "quiet": ("ground", "card", "raised", "sunk"),
    "navy": ("card",),
    "link": ("ground", "card", "raised"),
    "red": ("card",),
    "loss": ("card", "sunk"),
    "up": ("card", "sunk"),
    "down": ("card", "sunk"),
    "b0-ink": ("card",),
    "b1-ink": ("card", "warn"),
    "b2-ink": ("card",),
    "b3-ink": ("card",),
    "b4-ink": ("card",),
    "card": ("navy",),
}
"""Which colour is written on which."""


def themes() -> dict[str, dict[str, str]]:
    found = {}
    for name, start in (("light", ":root {"), ("dark", ':root[data-theme="dark"] {')):
        block = SHEET[SHEET.index(start) :]
        block = block[: block.index("}")]
        found[name] = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]+)", block))
    paper = SHEET[SHEET.index("@media print") :]
    found["print"] = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]+)", paper[: paper.index("}")]))
    return found


def luminance(colour: str) -> float:
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_reckoned_as_the_guidelines_do() -> None:
    assert round(contrast("#000", "#fff"), 2) == 21.00
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_all_text_can_be_read(theme: str) -> None:
    roles = themes()[theme]
    poor = {
        f"{ink} on {ground}": round(contrast(roles[ink], roles[ground]), 2)
        for ink, grounds in TEXT_ON.items()
        for ground in grounds
        if contrast(roles[ink], roles[ground]) < 4.5
    }
    assert not poor


def test_the_system_dark_theme_is_the_chosen_one() -> None:
    blocks = re.findall(r"color-scheme: dark;(.*?)\}", SHEET, flags=re.S)
    assert len(blocks) == 2
    assert re.sub(r"\s+", " ", blocks[0]).strip() == re.sub(r"\s+", " ", blocks[1]).strip()


def test_roles_are_the_only_colours() -> None:
    for name in (one for one in FILES if one.endswith(".css")):
        rules = re.sub(r":root[^{]*\{[^}]*\}", "", static_file(name)[0].decode())
        assert not re.findall(r"#[0-9a-f]{3,6}\b", re.sub(r"/\*.*?\*/", "", rules)), name


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_words_on_a_band_s_own_colour_can_be_read(theme: str) -> None:
    roles = themes()[theme]
    assert all(contrast(roles[f"b{band}-ink"], roles[f"b{band}"]) >= 4.5 for band in range(5))


def test_nothing_comes_from_elsewhere() -> None:
    for name in (*FILES, "fonts.css"):
        assert not re.search(rb"https?:|@import|\beval\(", static_file(name)[0]), name


def test_movement_can_be_switched_off() -> None:
    assert "prefers-reduced-motion: reduce" in SHEET
    assert ":focus-visible" in SHEET
