"""How wide a text is in Times New Roman: for lines as long as a text, and columns that fit."""

from __future__ import annotations

import unicodedata
from typing import Final

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ROMAN: Final = (
    722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722,
    722, 944, 722, 722, 611, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500,
    500, 333, 389, 278, 500, 500, 722, 500, 500, 444,
)  # fmt: skip
_BOLD: Final = (
    722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722,
    722, 1000, 722, 722, 667, 500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500, 556,
    556, 444, 389, 333, 556, 500, 722, 500, 500, 444,
)  # fmt: skip
_SIGNS: Final = {" ": 250, "-": 333, ",": 250, ".": 250, ":": 278, ";": 278, "/": 278, "(": 333, ")": 333}
_DIGIT: Final = 500
_TABLES: Final = {
    False: dict(zip(_LETTERS, _ROMAN, strict=True)),
    True: dict(zip(_LETTERS, _BOLD, strict=True)),
}


def text_width(text: str, size: int, *, bold: bool = False) -> int:
    """Width of a line of text in twentieths of a point; accents take no room."""
    table = _TABLES[bold]
    bare = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    units = sum(
        table.get(sign) or _SIGNS.get(sign, _DIGIT) for sign in bare if not unicodedata.combining(sign)
    )
    return units * size * 20 // 1000
