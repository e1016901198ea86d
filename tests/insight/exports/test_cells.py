"""Cells that no spreadsheet takes for a formula, whatever they are made of."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.insight.exports.cells import csv_cell, csv_text, neutral, plain_number, risky

texts = st.text(max_size=30)
lines = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
numbers = st.one_of(
    st.integers(-(10**9), 10**9), st.decimals(-(10**6), 10**6, places=4), st.fractions(-99, 99)
)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84 91",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u200b=1",
        "\ufeff=1",
        "＝1",
        "＠x",
    ],
)
def test_what_begins_like_a_formula_becomes_a_text(text: str) -> None:
    assert risky(text)
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Xã Phú An", "H01.113-261009-00001", "2.1", "a=b", "(=1)", "'=1"])
def test_what_does_not_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@given(texts)
def test_no_text_begins_like_a_formula(text: str) -> None:
    written = csv_cell(text)
    assert not risky(written.removeprefix('"'))
    assert neutral(neutral(text)) == neutral(text)


@given(st.lists(st.lists(lines, min_size=3, max_size=3), max_size=6), st.sampled_from([";", ","]))
def test_a_table_is_read_back_as_it_was_whatever_stands_in_it(rows: list[list[str]], separator: str) -> None:
    text = csv_text(["a", "b", "c"], rows, separator=separator)
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    assert read == [["a", "b", "c"], *([neutral(cell) for cell in row] for row in rows)]


@given(lines, st.sampled_from([";", ",", "\t"]))
def test_a_reader_who_parts_cells_by_another_mark_finds_no_formula_either(text: str, other: str) -> None:
    written = csv_text(["x"], [[f"a{text}"]], separator=";")
    for row in csv.reader(io.StringIO(written, newline=""), delimiter=other):
        assert not any(risky(cell) for cell in row[:1])
        assert len(row) <= 1


@given(numbers)
def test_numbers_stay_numbers(value: int | Decimal | Fraction) -> None:
    text = plain_number(value, 4)
    assert "," not in text
    assert abs(Fraction(text) - Fraction(value)) * 20_000 <= 1
    assert csv_cell(value, ",", 4).strip('"').replace(",", ".") == text


def test_numbers_are_written_as_spreadsheets_of_the_language_read_them() -> None:
    rows = [["Xã A", Decimal("59.18"), 389256, None, True, Fraction(1, 3)]]
    text = csv_text(list("abcdef"), rows, separator=";", mark=",", places=(None, 2, None, None, None, 4))
    assert text.split("\r\n")[1] == 'Xã A;"59,18";389256;;1;"0,3333"'
