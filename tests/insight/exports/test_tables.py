"""Tables as files: numbers as numbers, days as days, texts that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from chiso.insight.exports.cells import risky
from chiso.insight.exports.tables import Moment, Number, Shown, Table, book_of, csv_of

MADE = datetime(2026, 10, 10, 6)  # noqa: DTZ001 - a wall clock
cells = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20),
    st.builds(Number, st.decimals(-10_000, 10_000, places=2), st.just(2), st.booleans()),
    st.builds(Moment, st.just(MADE), st.booleans()),
)
TABLE = Table(
    "Điểm",
    ("Đơn vị", "Điểm", "Tỷ lệ", "Lúc"),
    (("=cmd", Number(Decimal("1234.5"), 2), Number(Decimal("44.44"), 2, True), Moment(MADE, True)),),
)


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("vi", '\'=cmd;"1234,50";"44,44%";10/10/2026 06:00'),
        ("en", "'=cmd,1234.50,44.44%,10/10/2026 06:00"),
    ],
)
def test_csv_is_written_as_spreadsheets_of_the_language_read_it(lang: str, line: str) -> None:
    text = csv_of([TABLE], lang).decode("utf-8-sig")
    assert text.split("\r\n")[1] == line
    assert csv_of([TABLE], lang).startswith(b"\xef\xbb\xbf")


def test_several_tables_follow_one_another_under_their_titles() -> None:
    text = csv_of([TABLE, TABLE], "vi").decode("utf-8-sig")
    assert text.split("\r\n").count("Điểm") == 2
    assert "\r\n\r\nĐiểm" in text


def test_a_workbook_has_a_cover_and_typed_cells() -> None:
    body = book_of([TABLE], "Thử", [("Lập lúc", "06:00 10/10/2026")], MADE)
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    assert book.sheet_names == ["Bìa", "Điểm"]
    assert book.get_sheet_by_name("Bìa").to_python()[2] == ["Lập lúc", "06:00 10/10/2026"]
    assert book.get_sheet_by_name("Điểm").to_python()[1] == ["=cmd", 1234.5, 0.4444, MADE]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=5), st.sampled_from(["vi", "en"]))
def test_no_text_of_a_file_is_a_formula(rows: list[tuple[Shown, Shown]], lang: str) -> None:
    table = Table("T", ("a", "b"), tuple(rows))
    text = csv_of([table], lang).decode("utf-8-sig")
    read = list(
        csv.reader(io.StringIO(text, newline=""), delimiter=";" if lang == "vi" else ",", strict=True)
    )
    assert len(read) == len(rows) + 1
    for row, shown in zip(read[1:], rows, strict=True):
        for cell, was in zip(row, shown, strict=True) if row else ():
            assert isinstance(was, Number) or not risky(cell)
    assert book_of([table], "T", [], MADE)
