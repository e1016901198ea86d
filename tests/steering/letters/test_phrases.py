"""Numbers, days, names and citations as official letters write them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.steering.letters import phrases


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (date(2023, 3, 7), "07/3/2023", "ngày 07 tháng 3 năm 2023"),
        (date(2023, 1, 18), "18/01/2023", "ngày 18 tháng 01 năm 2023"),
        (date(2023, 2, 13), "13/02/2023", "ngày 13 tháng 02 năm 2023"),
        (date(2026, 10, 10), "10/10/2026", "ngày 10 tháng 10 năm 2026"),
    ],
)
def test_only_january_and_february_begin_with_nought(day: date, short: str, long: str) -> None:
    assert phrases.short_day(day) == short
    assert phrases.long_day(day) == long


@pytest.mark.parametrize(
    ("share", "mark", "written"),
    [
        (Fraction(122, 180), ",", "67,78%"),
        (Fraction(24, 100), ",", "24,00%"),
        (Fraction(1), ",", "100%"),
        (Fraction(67, 220), ".", "30.45%"),
        (Fraction(0), ",", "0,00%"),
    ],
)
def test_shares_have_two_decimals_and_the_whole_none(share: Fraction, mark: str, written: str) -> None:
    assert phrases.ratio(share, mark) == written


@pytest.mark.parametrize(
    ("value", "mark", "written"),
    [("12.2", ",", "12,2"), ("18", ",", "18"), ("8.00", ",", "8,00"), ("12.2", ".", "12.2")],
)
def test_points_are_written_as_they_are_known(value: str, mark: str, written: str) -> None:
    assert phrases.points(value, mark) == written


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        ("77/QĐ-UBND", "Quyết định"), ("124/UBND-TH", "Công văn"), ("01/NQ-CP", "Nghị quyết"),
        ("12/2024/NĐ-CP", "Nghị định"), ("5/CT-TTg", "Chỉ thị"), ("", "Công văn"),
    ],
)  # fmt: skip
def test_a_document_s_type_stands_in_its_number(symbol: str, kind: str) -> None:
    assert phrases.type_of(symbol) == kind


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("Ban hành Kế hoạch", " của UBND tỉnh ban hành Kế hoạch"),
        ("V/v Đẩy mạnh thanh toán.", " của UBND tỉnh về việc đẩy mạnh thanh toán"),
        ("Giao chỉ tiêu", " của UBND tỉnh về việc giao chỉ tiêu"),
        ("Về công tác cải cách", " của UBND tỉnh về công tác cải cách"),
        ("TTHC nội bộ", " của UBND tỉnh về TTHC nội bộ"),
        ("", " của UBND tỉnh"),
    ],
)
def test_the_first_mention_is_full(subject: str, told: str) -> None:
    found = phrases.cited("77/QĐ-UBND", "2023-01-18", "UBND tỉnh", subject)
    assert found == f"Quyết định số 77/QĐ-UBND ngày 18 tháng 01 năm 2023{told}"


def test_bodies_that_answer_for_units() -> None:
    assert phrases.council("Xã An Phú", "commune") == "Ủy ban nhân dân xã An Phú"
    assert phrases.council("Sở Tư pháp", "department") == "Sở Tư pháp"
    assert phrases.headed("Ủy ban nhân dân tỉnh An Giang") == "ỦY BAN NHÂN DÂN\nTỈNH AN GIANG"
    assert phrases.headed("Sở Tư pháp") == "SỞ TƯ PHÁP"
    assert phrases.listed(["a", "b", "c"]) == "a, b và c"
    assert phrases.quoted("x" * 40 + " " + "y" * 60) == f"“{'x' * 40}…”"


@given(st.integers(1, 39))
def test_roman_numbers(value: int) -> None:
    worth = {"X": 10, "V": 5, "I": 1}
    digits = [worth[sign] for sign in phrases.roman(value)]
    after = [*digits[1:], 0]
    assert sum(-one if one < two else one for one, two in zip(digits, after, strict=True)) == value
