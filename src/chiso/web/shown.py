"""The tables of a page as it was made: read off its HTML, so that an export cannot differ from what is shown.

Filters, order and rights are the page's own.  What is not shown is not read: hidden rows, drawings,
explanations that open in a cell.  ``data-export`` on an element stands for its content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from typing import Final

from chiso.insight.exports.tables import Moment, Number, Shown, Table

_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_UNREAD: Final = frozenset(
    {"svg", "script", "style", "template", "button", "select", "textarea", "form", "option", "noscript"}
)
_UNREAD_CLASSES: Final = frozenset({"how", "only-narrow", "print-only", "no-export"})
_ASIDE: Final = frozenset({"by", "badge", "rule", "sub"})
"""What stands beside a cell's value: it gets a column of its own."""
_BLOCKS: Final = frozenset({"br", "p", "div", "li", "dt", "dd", "small", "ul", "dl", "time"})
_NUMBERS: Final = {
    "vi": re.compile(r"[+-]?\d{1,3}(\.\d{3})*(,\d+)?%?|[+-]?\d+(,\d+)?%?"),
    "en": re.compile(r"[+-]?\d{1,3}(,\d{3})*(\.\d+)?%?|[+-]?\d+(\.\d+)?%?"),
}
_MOMENT: Final = re.compile(r"(?:(\d\d):(\d\d)(?::(\d\d))? )?(\d\d)/(\d\d)/(\d{4})")
_SPACE: Final = re.compile(r"\s+")


@dataclass(slots=True)
class _Cell:
    span: int = 1
    heading: bool = False
    number: bool = False
    """whether it is set as a number"""
    words: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    """the small line below the value"""
    spoken: list[str] = field(default_factory=list)
    """what is told to those who do not see the page alone"""


@dataclass(slots=True)
class _Grid:
    title: str
    caption: list[str] = field(default_factory=list)
    heads: list[list[_Cell]] = field(default_factory=list)
    rows: list[list[_Cell]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads tables as they come; a table within a table is not a thing of these pages."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[_Grid] = []
        self._open: list[tuple[str, str]] = []
        """(tag, what it does to the text in it) of every open element"""
        self._grid: _Grid | None = None
        self._row: list[_Cell] | None = None
        self._cell: _Cell | None = None
        self._head = False
        self._heading: list[str] | None = None
        self._title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in _VOID:
            if tag == "br":
                self._put(" ")
            return
        way = self._way(tag, told)
        self._open.append((tag, way))
        if self._unread:
            return
        if tag == "h2":
            self._heading = []
        elif tag == "table":
            self._grid = _Grid(self._title)
        elif self._grid is None:
            return
        elif tag == "thead":
            self._head = True
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            span = told.get("colspan", "1")
            classes = told.get("class", "").split()
            self._cell = _Cell(
                int(span) if span.isdigit() else 1, tag == "th", bool({"num", "r"} & {*classes})
            )
            self._row.append(self._cell)
        elif self._cell is not None and "num" in told.get("class", "").split():
            self._cell.number = True
        if "data-export" in told and self._cell is not None:
            self._cell.words = [told["data-export"]]
        if way == "aside" and self._cell is not None and self._cell.aside:
            self._cell.aside.append("; ")
        if tag in _BLOCKS:
            self._put(" ")

    def _way(self, tag: str, told: Mapping[str, str]) -> str:
        classes = set(told.get("class", "").split())
        hidden = "hidden" in told or told.get("aria-hidden") == "true"
        in_cell = self._cell is not None
        if tag in _UNREAD or hidden or classes & _UNREAD_CLASSES or (in_cell and tag == "details"):
            return "unread"
        if in_cell and "data-export" in told:
            return "instead"
        if "sr" in classes:
            return "spoken"
        return "aside" if in_cell and classes & _ASIDE else ""

    @property
    def _unread(self) -> bool:
        return any(way == "unread" for _, way in self._open)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _ = self._open[-1]
            if name == tag and not self._unread:
                self._ended(tag)
            self._open.pop()
            if name == tag:
                break

    def _ended(self, tag: str) -> None:
        if tag == "h2" and self._heading is not None:
            self._title = _clean(self._heading)
            self._heading = None
        elif tag == "table" and self._grid is not None:
            self.grids.append(self._grid)
            self._grid = self._row = self._cell = None
            self._head = False
        elif tag == "thead":
            self._head = False
        elif tag == "tr" and self._grid is not None and self._row is not None:
            (self._grid.heads if self._head else self._grid.rows).append(self._row)
            self._row = None
        elif tag in ("td", "th"):
            self._cell = None
        elif tag in _BLOCKS:
            self._put(" ")

    def handle_data(self, data: str) -> None:
        self._put(data)

    def _put(self, data: str) -> None:
        ways = {way for _, way in self._open}
        if "unread" in ways or "instead" in ways:
            return
        if self._heading is not None:
            self._heading.append(data)
        elif self._cell is not None:
            kept = (
                self._cell.aside
                if "aside" in ways
                else self._cell.spoken
                if "spoken" in ways
                else self._cell.words
            )
            kept.append(data)
        elif self._grid is not None and any(tag == "caption" for tag, _ in self._open):
            self._grid.caption.append(data)


def _clean(parts: list[str]) -> str:
    return _SPACE.sub(" ", "".join(parts).replace("\N{WORD JOINER}", "")).strip()


def tables_of(html: str, lang: str) -> list[Table]:
    """The tables of a page, in their order on it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [_table(grid, number, lang) for number, grid in enumerate(reader.grids, 1)]


def _table(grid: _Grid, number: int, lang: str) -> Table:
    heads = next((row for row in reversed(grid.heads) if row), [])
    rows = grid.rows
    width = max([len(_spread(heads)), *(len(_spread(row)) for row in rows)], default=0)
    names = [_clean(one.words) or _clean(one.spoken) if one else "" for one in _spread(heads)]
    names += [""] * (width - len(names))
    columns: list[list[Shown]] = []
    headings: list[str] = []
    spread = [[*_spread(row), *[None] * (width - len(_spread(row)))] for row in rows]
    for place in range(width):
        main = [None if cells[place] is None else _shown(cells[place], lang) for cells in spread]
        aside = [
            None if (one := cells[place]) is None else value(_clean(one.aside), lang, True)
            for cells in spread
        ]
        if any(one is not None for one in main) or (rows == [] and names[place]):
            headings.append(names[place] or f"({place + 1})")
            columns.append(main)
        if any(one is not None for one in aside):
            headings.append(f"{names[place]} (2)".strip())
            columns.append(aside)
    body = tuple(zip(*columns, strict=True)) if columns else ()
    title = grid.title or _clean(grid.caption) or str(number)
    return Table(title, tuple(headings), body)


def _spread(row: list[_Cell]) -> list[_Cell | None]:
    """Cells by column: one that spans several has the first of them."""
    found: list[_Cell | None] = []
    for one in row:
        found += [one, *[None] * (one.span - 1)]
    return found


def _shown(cell: _Cell | None, lang: str) -> Shown:
    if cell is None:
        return None
    text = _clean(cell.words) or _clean(cell.spoken)
    return value(text, lang, cell.number)


def value(text: str, lang: str, number: bool) -> Shown:
    """What a cell's text says: a number where it is set as one, a day or an instant, nothing, or itself."""
    if text in ("", "–", "—"):
        return None
    plain = text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    if number and _NUMBERS[lang].fullmatch(plain):
        bare = plain.rstrip("%").replace("." if lang == "vi" else ",", "").replace(",", ".")
        return Number(Decimal(bare), len(bare.partition(".")[2]), plain.endswith("%"))
    if found := _MOMENT.fullmatch(plain):
        hour, minute, second, day, month, year = found.groups()
        try:
            at = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
        except ValueError:
            return text
        return Moment(at, hour is not None, second is not None)
    return text


def titles_in(html: str) -> list[str]:
    """How the tables of a page are called, found quickly; for the menu that offers them."""
    found = []
    for part in html.split("<table")[1:]:
        caption = re.search(r"<caption[^>]*>(.*?)</caption>", part, re.DOTALL)
        found.append(unescape(_clean([re.sub(r"<[^>]*>", "", caption[1])])) if caption else "")
    return found
