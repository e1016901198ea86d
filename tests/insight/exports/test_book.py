"""Workbooks: texts stay texts, names of sheets fit, headings are frozen."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from chiso.insight.exports.book import LONGEST_NAME, LONGEST_TEXT, Book
from chiso.insight.exports.cells import RISKY

MADE = datetime(2026, 10, 10, 6)  # noqa: DTZ001 - a wall clock, as workbooks have it
printable = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60)


def written(texts: list[str]) -> bytes:
    target = io.BytesIO()
    book = Book(target, MADE, "Thử")
    sheet = book.table("Bảng", [("Chữ", 20)])
    for row, text in enumerate(texts, 1):
        book.write(sheet, row, 0, text)
    book.close()
    return target.getvalue()


def parts(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "".join(
            archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets")
        )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(RISKY)), printable).map("".join), min_size=1, max_size=5))
def test_whatever_is_written_no_cell_is_a_formula(texts: list[str]) -> None:
    body = written(texts)
    assert "<f>" not in parts(body)
    assert "<f " not in parts(body)


def test_risky_texts_are_marked_as_quoted_and_stay_as_they_were() -> None:
    body = written(["=1+1", "@SUM(A1)", "Xã Phú An"])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert 'quotePrefix="1"' in archive.read("xl/styles.xml").decode()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_name("Bảng").to_python()
    assert [row[0] for row in rows] == ["Chữ", "=1+1", "@SUM(A1)", "Xã Phú An"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=50), min_size=1, max_size=6))
def test_any_names_make_sheets(names: list[str]) -> None:
    target = io.BytesIO()
    book = Book(target, MADE, "Thử")
    for name in names:
        book.sheet(name)
    book.close()
    found = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).sheet_names
    assert len(found) == len(names)
    assert all(0 < len(name) <= LONGEST_NAME for name in found)
    assert len({name.lower() for name in found}) == len(names)


def test_a_text_longer_than_a_cell_is_cut_and_not_lost() -> None:
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(written(["a" * 40_000])))
        .get_sheet_by_name("Bảng")
        .to_python()
    )
    assert len(str(rows[1][0])) == LONGEST_TEXT


def test_headings_are_frozen() -> None:
    assert 'state="frozen"' in parts(written(["a"]))
