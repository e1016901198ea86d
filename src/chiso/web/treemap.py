"""A squarified treemap as plain SVG: areas for numbers, words where they fit, every cell a link.

Layout after Bruls, Huizing and van Wijk, "Squarified treemaps" (2000): rows are filled along the shorter side
as long as their cells come closer to squares.  Drawn numbers are repeated in the table beside the picture, so
it is hidden from screen readers and its links are left out of the order of the keyboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from markupsafe import Markup, escape

SIGN: Final = 0.56
"""Width of a letter, in font sizes."""
PAD: Final = 7
HEAD: Final = 24
"""Height of the strip in which an area says what it is."""
GAP: Final = 3


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Area:
    """What one cell stands for."""

    size: float
    name: str
    value: str
    """as people read it"""
    link: str
    title: str
    """all of it in words, shown where one points"""
    shade: int = 0
    """0 to 4, light to strong"""
    parts: Sequence[Area] = field(default=())
    under: str = ""
    """said below its name where it has no parts"""


def squarified(sizes: Sequence[float], box: Box) -> list[Box]:
    """Boxes in proportion to sizes that fill a box; the nearer to squares if the largest come first."""
    whole = sum(sizes)
    if not sizes or whole <= 0 or box.width <= 0 or box.height <= 0:
        return [Box(box.x, box.y, 0, 0) for _ in sizes]
    scale = box.width * box.height / whole
    areas = [size * scale for size in sizes]
    found: list[Box] = []
    left, start = box, 0
    while start < len(areas):
        side = min(left.width, left.height)
        stop = start + 1
        while stop < len(areas) and _worst(areas[start : stop + 1], side) <= _worst(areas[start:stop], side):
            stop += 1
        row, left = _row(areas[start:stop], left)
        found += row
        start = stop
    return found


def _worst(areas: Sequence[float], side: float) -> float:
    """The most oblong cell of a row along a side: its longer side over its shorter one."""
    whole = sum(areas)
    if side <= 0 or whole <= 0:
        return float("inf")
    thick = whole / side
    return max(max(thick * thick / area, area / (thick * thick)) if area else float("inf") for area in areas)


def _row(areas: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Cells in one row along the shorter side, and what is left of the box."""
    whole = sum(areas)
    found = []
    if box.width >= box.height:
        thick = min(whole / box.height, box.width) if box.height else 0.0
        y = box.y
        for area in areas:
            height = area / thick if thick else 0.0
            found.append(Box(box.x, y, thick, height))
            y += height
        return found, Box(box.x + thick, box.y, box.width - thick, box.height)
    thick = min(whole / box.width, box.height)
    x = box.x
    for area in areas:
        width = area / thick if thick else 0.0
        found.append(Box(x, box.y, width, thick))
        x += width
    return found, Box(box.x, box.y + thick, box.width, box.height - thick)


def drawn(areas: Sequence[Area], width: int, height: int, kind: str, font: float = 14) -> Markup:
    """The picture: areas (the largest first) with their parts inside.  ``kind``: ``wide`` or ``tall``."""
    boxes = squarified([area.size for area in areas], Box(0, 0, width, height))
    body = "".join(_area(area, box, font) for area, box in zip(areas, boxes, strict=True))
    return Markup(  # noqa: S704 - numbers, and words that were escaped
        f'<svg class="chart treemap {escape(kind)}" viewBox="0 0 {width} {height}" aria-hidden="true" '
        f'focusable="false">{body}</svg>'
    )


def _area(area: Area, box: Box, font: float) -> str:
    inner = Box(box.x + GAP / 2, box.y + GAP / 2, max(0, box.width - GAP), max(0, box.height - GAP))
    found = [_cell(area, inner, "outer")]
    parts = area.parts if inner.height >= 3 * HEAD and inner.width >= 60 else ()
    if parts:
        room = Box(inner.x + 2, inner.y + HEAD, inner.width - 4, inner.height - HEAD - 2)
        for part, place in zip(parts, squarified([one.size for one in parts], room), strict=True):
            found += [_cell(part, place, "part"), _words(part, place, font - 2)]
    found.append(_heading(area, inner, font, under="" if parts else area.under))
    return "".join(found)


def _heading(area: Area, box: Box, font: float, under: str) -> str:
    """What an area is, with its number at the other end: the name is cut first, the number last."""
    if box.height < font + 4:
        return ""
    y = box.y + min(HEAD - 7, box.height - 4)
    value = _fitting(area.value, box.width - PAD, font, whole=True)
    if not value:
        return ""
    name = _fitting(area.name, box.width - 3 * PAD - len(value) * font * SIGN, font)
    if not name:
        return _text(value, box.x + PAD / 2, y, font, "name")
    found = _text(name, box.x + PAD, y, font, "name")
    found += _text(value, box.x + box.width - PAD, y, font, "name end")
    below = _fitting(under, box.width - 2 * PAD, font - 2)
    if below and box.height > HEAD + font + 4:
        found += _text(below, box.x + PAD, y + font + 5, font - 2, "small")
    return found


def _cell(area: Area, box: Box, kind: str) -> str:
    round_by = 3 if kind == "outer" else 1
    return (
        f'<a href="{escape(area.link)}" tabindex="-1"><rect class="{kind} t{area.shade}" x="{box.x:.1f}" '
        f'y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="{round_by}">'
        f"<title>{escape(area.title)}</title></rect></a>"
    )


def _words(area: Area, box: Box, font: float) -> str:
    """The name and the number of a part, as far as they fit."""
    if box.height < font + 6:
        return ""
    name = _fitting(area.name, box.width - 10, font)
    value = _fitting(area.value, box.width - 10, font, whole=True)
    found = ""
    y = box.y + font + 3
    if name:
        found = _text(name, box.x + 5, y, font, "small")
        y += font + 3
    if value and y <= box.y + box.height - 3:
        found += _text(value, box.x + 5, y, font, "small value")
    return found


def _text(words: str, x: float, y: float, font: float, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{font:g}">{escape(words)}</text>'


def _fitting(words: str, room: float, font: float, *, whole: bool = False) -> str:
    """Words cut to a width; nothing where too little of them would be left."""
    signs = int(room / (font * SIGN))
    if len(words) <= signs:
        return words
    return "" if whole or signs < 5 else words[: signs - 1].rstrip(" ·") + "…"
