"""Cells that no spreadsheet takes for a formula, and CSV made of them.

A text that begins like a formula gets an apostrophe before it (OWASP, CSV injection), also where blanks or
invisible signs stand before that beginning.  Numbers are written as numbers and never quoted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from chiso.text import number

Cell = str | int | Decimal | Fraction | bool | None

RISKY: Final = frozenset("=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
                         "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""Beginnings that a spreadsheet may take for a formula."""
_QUOTED: Final = frozenset(',;\t"\r\n')
_MOST_PLACES: Final = 10
BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By this beginning Excel knows UTF-8."""


def risky(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, at once or when it is copied elsewhere."""
    for sign in text:
        if sign in RISKY:
            return True
        if not sign.isspace() and unicodedata.category(sign) not in ("Cc", "Cf"):
            return False
    return False


def neutral(text: str) -> str:
    """The text as a cell that stays a text."""
    return f"'{text}" if risky(text) else text


def plain_number(value: int | Decimal | Fraction, places: int | None = None, mark: str = ".") -> str:
    """A number without grouping, exact to ten decimals; ``mark`` parts its decimals."""
    if isinstance(value, int):
        return str(value)
    exact = Fraction(value)
    found = number(exact, _MOST_PLACES if places is None else places, "en").replace(",", "")
    if places is None and "." in found:
        found = found.rstrip("0").rstrip(".")
    return found.replace(".", mark)


def csv_cell(value: Cell, mark: str = ".", places: int | None = None) -> str:
    """One cell of a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    found = neutral(value) if isinstance(value, str) else plain_number(value, places, mark)
    # whichever mark the reader's spreadsheet parts cells by, this stays one
    return '"' + found.replace('"', '""') + '"' if _QUOTED & set(found) else found


def csv_text(
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    separator: str = ",",
    mark: str = ".",
    places: Sequence[int | None] = (),
) -> str:
    """A table as CSV (RFC 4180), lines ended by CR LF.

    Args:
        separator: between cells; ``;`` for Excel in Vietnamese, whose decimal mark is a comma.
        mark: before decimals.
        places: decimals of each column's numbers; ``None`` as many as they have.
    """
    columns = len(headings)
    fixed = [*places, *[None] * (columns - len(places))]
    lines = [separator.join(csv_cell(one, mark) for one in headings)]
    lines += [
        separator.join(csv_cell(cell, mark, fixed[place]) for place, cell in enumerate(row)) for row in rows
    ]
    return "\r\n".join([*lines, ""])


def separator_of(lang: str) -> tuple[str, str]:
    """Mark between cells and before decimals as spreadsheets of a language read them."""
    return (";", ",") if lang == "vi" else (",", ".")
