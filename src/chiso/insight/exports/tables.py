"""Tables as files: what a page shows, as a workbook or CSV, numbers as numbers and days as days."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from chiso.insight.exports.book import WIDEST, Book
from chiso.insight.exports.cells import BOM, csv_cell, plain_number, separator_of

FORMS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
"""Kinds of files and their media types."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was shown: with so many decimals, perhaps in percent."""

    value: Decimal
    places: int = 0
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or an instant as it was shown, without a zone."""

    value: datetime
    has_time: bool
    seconds: bool = False


Shown = str | Number | Moment | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table as shown.  Rows are as long as there are headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Shown, ...], ...]


def csv_of(tables: Sequence[Table], lang: str) -> bytes:
    """The tables one after another, parted by a blank line and their titles; UTF-8 with a beginning mark."""
    separator, mark = separator_of(lang)
    lines: list[str] = []
    for table in tables:
        if len(tables) > 1:
            lines += [*([""] if lines else []), csv_cell(table.title)]
        lines.append(separator.join(csv_cell(one) for one in table.headings))
        lines += [separator.join(_csv_cell(cell, mark) for cell in row) for row in table.rows]
    return (BOM + "\r\n".join([*lines, ""])).encode()


def _csv_cell(cell: Shown, mark: str) -> str:
    if isinstance(cell, Number):
        found = plain_number(cell.value, cell.places, mark) + ("%" if cell.percent else "")
        return f'"{found}"' if mark == "," and "," in found else found
    if isinstance(cell, Moment):
        form = "%d/%m/%Y" if not cell.has_time else "%d/%m/%Y %H:%M:%S" if cell.seconds else "%d/%m/%Y %H:%M"
        return f"{cell.value:{form}}"
    return csv_cell(cell)


def book_of(tables: Sequence[Table], title: str, lines: Sequence[tuple[str, str]], made: datetime) -> bytes:
    """A workbook: a cover that says what it is, then a sheet a table with frozen headings and filters."""
    target = io.BytesIO()
    book = Book(target, made, title)
    book.cover("Bìa", title, lines)
    for table in tables:
        widths = [
            min(WIDEST, max([8, *(min(len(_text(row[place])), WIDEST) + 2 for row in table.rows[:500])]))
            for place in range(len(table.headings))
        ]
        columns = [
            (head, max(width, min(len(head) + 2, 16)))
            for head, width in zip(table.headings, widths, strict=True)
        ]
        sheet = book.table(table.title, columns, 1)
        for number, row in enumerate(table.rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, Number):
                    value = cell.value / 100 if cell.percent else cell.value
                    sheet.write_number(number, place, value, book.decimals(cell.places, cell.percent))
                elif isinstance(cell, Moment):
                    form = book.moment(cell.has_time, cell.seconds)
                    sheet.write_datetime(number, place, cell.value, form)
                elif cell:
                    book.write(sheet, number, place, cell, book.wrapped)
        if table.rows and table.headings:
            sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)
    book.close()
    return target.getvalue()


def _text(cell: Shown) -> str:
    if isinstance(cell, Number):
        return plain_number(cell.value, cell.places)
    return f"{cell.value:%d/%m/%Y %H:%M}" if isinstance(cell, Moment) else cell or ""
