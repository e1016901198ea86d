"""Pieces of a WordprocessingML document as text: paragraphs, lines, tables, sections.

Widths and spaces are in twentieths of a point (as the format has them) unless they say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final
from xml.sax.saxutils import escape

from docx.oxml.parser import parse_xml

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACE_NAMES: Final = f'xmlns:w="{W}" xmlns:r="{R}"'
FONT: Final = "Times New Roman"
_START: Final = re.compile(r"<(w:\w+)")


def twips(millimetres: int) -> int:
    """Millimetres in twentieths of a point."""
    return int(Fraction(millimetres * 1440 * 10, 254).__round__())


@dataclass(frozen=True)
class Look:
    """How the text of a paragraph looks."""

    size: int = 14
    bold: bool = False
    italic: bool = False
    align: str = "both"
    first: int = 0
    """indent of the first line; negative: it hangs out"""
    left: int = 0
    right: int = 0
    before: int = 0
    after: int = 0
    line: int = 240
    """240ths of a single line"""
    keep_next: bool = False

    def but(self, **changes: Any) -> Look:
        return replace(self, **changes)


def run(text: str, look: Look) -> str:
    """A run of text; line feeds break the line."""
    flags = ("<w:b/><w:bCs/>" if look.bold else "") + ("<w:i/><w:iCs/>" if look.italic else "")
    format_ = (
        f'<w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>{flags}'
        f'<w:sz w:val="{look.size * 2}"/><w:szCs w:val="{look.size * 2}"/></w:rPr>'
    )
    lines = [f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n")]
    return f"<w:r>{format_}{'<w:br/>'.join(lines)}</w:r>"


def _settings(look: Look, border: str = "") -> str:
    indent = f' w:firstLine="{look.first}"' if look.first > 0 else ""
    indent = f' w:hanging="{-look.first}"' if look.first < 0 else indent
    return (
        f"<w:pPr>{'<w:keepNext/>' if look.keep_next else ''}{border}"
        f'<w:spacing w:before="{look.before}" w:after="{look.after}" w:line="{look.line}" w:lineRule="auto"/>'
        f'<w:ind w:left="{look.left}" w:right="{look.right}"{indent}/>'
        f'<w:jc w:val="{look.align}"/></w:pPr>'
    )


def paragraph(text: str, look: Look) -> str:
    """A paragraph of one look."""
    return f"<w:p>{_settings(look)}{run(text, look) if text else ''}</w:p>"


def rule(width: int, room: int, after: int = 0) -> str:
    """A solid line of a width in the middle of a room: the lower border of a low, empty paragraph."""
    side = max(0, (room - width) // 2)
    border = '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
    return (
        f'<w:p><w:pPr>{border}<w:spacing w:before="0" w:after="{after}" w:line="40" w:lineRule="exact"/>'
        f'<w:ind w:left="{side}" w:right="{side}" w:firstLine="0"/><w:jc w:val="center"/>'
        '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )


@dataclass(frozen=True)
class Cell:
    """A cell of a table."""

    text: str
    align: str = "left"
    bold: bool = False
    span: int = 1
    italic: bool = False


_BORDERS: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_MARGINS: Final = (
    '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
)


def table(
    widths: Sequence[int], head: Sequence[Sequence[Cell]], rows: Iterable[Sequence[Cell]], size: int = 12
) -> str:
    """A ruled table; ``head`` is repeated on every page, no row is broken between pages."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    parts = [
        f'<w:tbl {SPACE_NAMES}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{_BORDERS}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/>{_MARGINS}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    ]
    cell_of = _Cells(widths, size)
    parts += [
        "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
        + "".join(cell_of.row([replace(cell, bold=True) for cell in line]))
        + "</w:tr>"
        for line in head
    ]
    parts += [
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>" + "".join(cell_of.row(line)) + "</w:tr>" for line in rows
    ]
    parts.append("</w:tbl>")
    return "".join(parts)


class _Cells:
    """Cells as text; what repeats from cell to cell is put together once."""

    def __init__(self, widths: Sequence[int], size: int) -> None:
        self._widths = widths
        self._size = size
        self._looks: dict[tuple[str, bool, bool], tuple[str, str]] = {}

    def row(self, cells: Sequence[Cell]) -> Iterable[str]:
        place = 0
        for cell in cells:
            width = sum(self._widths[place : place + cell.span])
            place += cell.span
            span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
            before, after = self._look(cell)
            yield (
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>'
                f"{before}{escape(cell.text)}{after}</w:tc>"
            )

    def _look(self, cell: Cell) -> tuple[str, str]:
        key = (cell.align, cell.bold, cell.italic)
        found = self._looks.get(key)
        if found is None:
            look = Look(
                self._size,
                bold=cell.bold,
                italic=cell.italic,
                align=cell.align,
                before=30,
                after=30,
                line=240,
            )
            whole = paragraph("\x00", look)
            before, _, after = whole.partition("\x00")
            found = self._looks[key] = (before, after)
        return found


def grid(widths: Sequence[int], rows: Sequence[Sequence[str]]) -> str:
    """A table without lines that sets its cells side by side; a cell is the text of its paragraphs."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(widths, row, strict=True)
        )
        + "</w:tr>"
        for row in rows
    )
    bare = '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
    return (
        f'<w:tbl {SPACE_NAMES}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/>{bare}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>'
    )


def page(*, wide: bool, margins: Mapping[str, int], header: str = "") -> str:
    """A section's page: A4, upright or across, margins in millimetres, the number hidden on its first page.

    ``header``: the id of the relation to the header that shows the number.
    """
    width, height = (297, 210) if wide else (210, 297)
    across = ' w:orient="landscape"' if wide else ""
    sides = " ".join(f'w:{side}="{twips(value)}"' for side, value in margins.items())
    shown = f'<w:headerReference w:type="default" r:id="{header}"/>' if header else ""
    return (
        f'<w:sectPr {SPACE_NAMES}>{shown}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{twips(width)}" w:h="{twips(height)}"{across}/>'
        f'<w:pgMar {sides} w:header="{twips(10)}" w:footer="{twips(10)}" w:gutter="0"/>'
        '<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>'
    )


def page_number(size: int) -> str:
    """The header of all pages but the first: the page's number in the middle."""
    look = Look(size, align="center")

    def part(inner: str) -> str:
        return run("\x00", look).replace('<w:t xml:space="preserve">\x00</w:t>', inner)

    field = "".join(
        part(inner)
        for inner in (
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>2</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return f"<w:p {SPACE_NAMES}>{_settings(look)}{field}</w:p>"


def element(text: str) -> Any:
    """A piece of text as an element of a document."""
    return parse_xml(text if "xmlns:w=" in text else _START.sub(rf"<\1 {SPACE_NAMES}", text, count=1))
