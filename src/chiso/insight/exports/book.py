"""Workbooks as Vietnamese offices expect them: frozen headings, filters, A4 across, Times New Roman.

Texts are never formulas, whatever senders wrote into them.  Numbers are numbers: which marks stand between
thousands and before decimals, the reader's own spreadsheet decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from chiso.insight.exports.cells import risky
from chiso.instants import moment_of, parse_instant

LONGEST_NAME: Final = 31
"""Characters in the name of a sheet."""
LONGEST_TEXT: Final = 32_767
"""Characters in a cell."""
WIDEST: Final = 60
"""Width of a column at most, in characters."""


class Book:
    """A workbook being written; ``close`` ends it."""

    def __init__(self, target: str | Path | IO[bytes], made: datetime, title: str) -> None:
        import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - only where it is needed

        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                   "in_memory": True, "remove_timezone": True}  # fmt: skip
        self.book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        self.book.set_properties({"title": title, "created": made})
        plain = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
        add = self.book.add_format
        self.text = add({**plain, "num_format": "@"})
        self.quoted = add({**plain, "num_format": "@", "quote_prefix": True})
        self.wrapped = add({**plain, "text_wrap": True})
        self.whole = add({**plain, "num_format": "#,##0"})
        self.points = add({**plain, "num_format": "#,##0.00"})
        self.bold_points = add({**plain, "num_format": "#,##0.00", "bold": True})
        self.ratio = add({**plain, "num_format": "0.00%"})
        self.signed = add({**plain, "num_format": "+#,##0.00;-#,##0.00;0.00"})
        self.signed_whole = add({**plain, "num_format": "+#,##0;-#,##0;0"})
        self.date = add({**plain, "num_format": "dd/mm/yyyy hh:mm:ss", "align": "left"})
        self.minute = add({**plain, "num_format": "dd/mm/yyyy hh:mm", "align": "left"})
        self.day = add({**plain, "num_format": "dd/mm/yyyy", "align": "left"})
        self.head = add(
            {
                **plain,
                "bold": True,
                "text_wrap": True,
                "bg_color": "#E4E8EC",
                "border": 1,
                "valign": "vcenter",
            }
        )
        self.title = add({**plain, "bold": True, "font_size": 15})
        self.bold = add({**plain, "bold": True})
        self._plain = plain
        self._decimals: dict[tuple[int, bool], Any] = {}
        self._names: set[str] = set()

    def decimals(self, places: int, percent: bool = False) -> Any:
        """A format for numbers of so many decimals."""
        if (places, percent) not in self._decimals:
            form = ("0" if percent else "#,##0") + ("." + "0" * places if places else "")
            self._decimals[places, percent] = self.book.add_format(
                {**self._plain, "num_format": form + ("%" if percent else "")}
            )
        return self._decimals[places, percent]

    def moment(self, has_time: bool, seconds: bool) -> Any:
        """A format for days or instants."""
        if not has_time:
            return self.day
        return self.date if seconds else self.minute

    def sheet(self, name: str) -> Any:
        """A new sheet; its name is made to fit."""
        clean = "".join(" " if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in name)
        clean = clean.strip("' ")[:LONGEST_NAME].strip("' ") or "Bảng"
        number = 2
        fitting = clean
        while fitting.lower() in self._names:
            tail = f" {number}"
            fitting, number = clean[: LONGEST_NAME - len(tail)] + tail, number + 1
        self._names.add(fitting.lower())
        sheet = self.book.add_worksheet(fitting)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def table(self, name: str, columns: Sequence[tuple[str, int]], frozen: int | None = None) -> Any:
        """A sheet with frozen headings: (heading, width) of each column, the first ``frozen`` frozen too."""
        sheet = self.sheet(name)
        for place, (heading, width) in enumerate(columns):
            sheet.set_column(place, place, min(width, WIDEST * 2))
            self.write(sheet, 0, place, heading, self.head)
        sheet.freeze_panes(1, (2 if len(columns) > 5 else 1) if frozen is None else frozen)
        sheet.repeat_rows(0)
        return sheet

    def write(self, sheet: Any, row: int, column: int, value: str, form: Any = None) -> None:
        """A text, always as a text."""
        sheet.write_string(
            row, column, value[:LONGEST_TEXT], self.quoted if risky(value) else form or self.text
        )

    def instant(self, sheet: Any, row: int, column: int, value: str | None) -> None:
        """An instant given as ISO text, as Vietnam's clock shows it."""
        if value:
            at = moment_of(parse_instant(value)).replace(tzinfo=None)
            sheet.write_datetime(row, column, at, self.date)

    def cover(
        self, name: str, title: str, lines: Sequence[tuple[str, str]], notes: Sequence[str] = ()
    ) -> Any:
        """A sheet that says what the workbook is: names with values, then notes."""
        sheet = self.sheet(name)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 90)
        self.write(sheet, 0, 0, title, self.title)
        row = 2
        for label, value in lines:
            self.write(sheet, row, 0, label, self.bold)
            self.write(sheet, row, 1, value, self.wrapped)
            row += 1
        row += 1
        for words in notes:
            sheet.merge_range(row, 0, row, 1, "", self.wrapped)
            self.write(sheet, row, 0, words, self.wrapped)
            sheet.set_row(row, 15 * (1 + len(words) // 110))
            row += 1
        return sheet

    def close(self) -> None:
        """Ends the workbook and writes it."""
        self.book.close()
