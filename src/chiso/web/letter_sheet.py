"""A letter's document as a page shows it: the same paragraphs and tables, read from the .docx itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import docx
from docx.oxml.ns import qn
from markupsafe import Markup, escape

from chiso.steering.letters.check.reading import Para, Reader

ROWS: Final = 40
"""Rows of a table that are shown; the document has them all."""
WIDE: Final = 16_000
"""Width in twentieths of a point from which a page lies across."""
ALIGNS: Final = {"center": "c", "right": "r", "both": "j", "end": "r"}


def sheet(document: bytes, more: str) -> Markup:
    """The pages of a letter as HTML without style or script; ``more`` is said where rows are left out, with
    their number in place of ``{count}``."""
    reader = Reader(docx.Document(io.BytesIO(document)))
    parts: list[str] = []
    pages: list[tuple[bool, str]] = []
    for block in reader.blocks():
        if block.tag == qn("w:tbl"):
            parts += _table(reader, block, more)
            continue
        para = reader.para(block, 0)
        section = block.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        if not para.blank or section is None:
            parts.append(_paragraph(para))
        if section is not None:
            pages.append((_wide(section), "".join(parts)))
            parts = []
    last = reader.document.element.body.find(qn("w:sectPr"))
    pages.append((_wide(last), "".join(parts)))
    return Markup("").join(
        Markup('<div class="paper{}">{}</div>').format(" across" if wide else "", Markup(inner))  # noqa: S704
        for wide, inner in pages
        if inner
    )


def _wide(section: Any) -> bool:
    return int(section.find(qn("w:pgSz")).get(qn("w:w"), "0")) > WIDE


def _paragraph(para: Para, *, cell: bool = False) -> str:
    if para.blank:
        if para.rule is not None and para.room:
            share = round(20 * para.rule / para.room)  # twentieths of the room
            return f'<hr class="w{min(20, max(1, share))}">'
        return '<p class="gap"></p>'
    classes = [ALIGNS.get(para.align, "l")]
    if para.first > 0 and not cell:
        classes.append("first")
    if para.left > 1000 and not cell:
        classes.append("deep" if para.first < 0 else "in")
    inner = "".join(_run(one.text, one.bold, one.italic) for one in para.runs)
    size = max((one.size for one in para.runs), default=28) // 2
    return f'<p class="{" ".join(classes)} s{min(14, max(10, size))}">{inner}</p>'


def _run(text: str, bold: bool, italic: bool) -> str:
    # blanks left for a pen stay as wide as they are
    inner = str(escape(text)).replace("\n", "<br>").replace("  ", " \u00a0")
    inner = f"<i>{inner}</i>" if italic else inner
    return f"<b>{inner}</b>" if bold else inner


def _table(reader: Reader, table: Any, more: str) -> Iterator[str]:
    ruled = table.find(f"{qn('w:tblPr')}/{qn('w:tblBorders')}") is not None
    rows = table.findall(qn("w:tr"))
    if not ruled:
        yield '<div class="sides">'
        for row in rows:
            for cell in _cells(reader, row):
                yield f"<div>{''.join(_paragraph(one, cell=True) for one in cell)}</div>"
        yield "</div>"
        return
    yield '<div class="scroll" tabindex="0"><table>'
    body = [row for row in rows if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None]
    for row in rows[: len(rows) - len(body)]:
        yield f"<thead>{_row(reader, row, 'th')}</thead>"
    shown = body if len(body) <= ROWS else body[: ROWS - 1]
    yield "<tbody>"
    yield from (_row(reader, row, "td") for row in shown)
    yield "</tbody></table></div>"
    if len(body) > len(shown):
        yield f'<p class="c s12"><i>{escape(more.format(count=len(body) - len(shown)))}</i></p>'


def _cells(reader: Reader, row: Any) -> list[list[Para]]:
    return [
        [
            reader.para(one, int(cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}").get(qn("w:w"), "0")))
            for one in cell.findall(qn("w:p"))
        ]
        for cell in row.findall(qn("w:tc"))
    ]


def _row(reader: Reader, row: Any, tag: str) -> str:
    cells = []
    for cell, paras in zip(row.findall(qn("w:tc")), _cells(reader, row), strict=True):
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        width = f' colspan="{int(span.get(qn("w:val")))}"' if span is not None else ""
        scope = ' scope="col"' if tag == "th" else ""
        align = ALIGNS.get(paras[0].align, "l") if paras else "l"
        inner = "<br>".join(
            "".join(_run(one.text, one.bold, one.italic) for one in para.runs) for para in paras
        )
        cells.append(f'<{tag} class="{align}"{width}{scope}>{inner}</{tag}>')
    return f"<tr>{''.join(cells)}</tr>"
