"""Vietnamese text: order, folding, numbers, days."""

import random
import unicodedata
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import parse_instant
from chiso.registry.tables import built_in
from chiso.text import collation_key, day, fold, moment, number, percent

NAMES = sorted({spec.name for spec in built_in()})


@pytest.mark.parametrize(
    "ordered",
    [
        ["An Giang", "Ăn", "Ân"],
        ["Dĩ An", "Đà Nẵng"],
        ["a", "à", "ả", "ã", "á", "ạ", "ă", "ằ", "ẳ", "ẵ", "ắ", "ặ", "â", "ầ", "ẩ", "ẫ", "ấ", "ậ", "b"],
        ["d", "đ", "e", "è", "ê", "ề", "f"],
        ["o", "ọ", "ô", "ộ", "ơ", "ợ", "p"],
        ["u", "ụ", "ư", "ự", "v", "y", "ỳ", "ỷ", "ỹ", "ý", "ỵ", "z"],
        # an accent decides only between texts of the same letters
        ["Bình Đức", "Bình Hòa", "Bình Mỹ", "Bình Sơn"],
        ["ma", "mà", "má", "mang", "màng"],
        ["Hòa An", "Hòa Bình", "Hoài Ân"],
        ["Châu Đốc", "Chi Lăng", "Cô Tô", "Cù Lao Giêng"],
        ["Quận 10", "Quận 2", "Quận A"],
        ["Phú", "Phú An", "Phú-An", "Phúc"],
        ["an giang", "An Giang", "ăn"],
        ["zebra", "Ω"],
    ],
)
def test_order(ordered):
    shuffled = ordered[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=collation_key) == ordered


def test_composition_does_not_matter():
    for name in NAMES:
        assert collation_key(unicodedata.normalize("NFD", name)) == collation_key(name)
        assert fold(unicodedata.normalize("NFD", name)) == fold(name)


def slow_before(a, b):
    """The definition, character by character: letters, else tones, else capitals."""
    alphabet = " -0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

    def parts(text):
        for character in unicodedata.normalize("NFC", text):
            marks = unicodedata.normalize("NFD", character)
            tone = next((m for m in marks if m in "\u0300\u0309\u0303\u0301\u0323"), "")
            base = unicodedata.normalize("NFC", marks.replace(tone, "") if tone else marks)
            yield (
                alphabet.index(base.lower()),
                ("\u0300\u0309\u0303\u0301\u0323".find(tone) + 1) if tone else 0,
                (base != base.lower()),
            )

    columns = [list(zip(*parts(text), strict=True)) or [(), (), ()] for text in (a, b)]
    return columns[0] < columns[1]


words = st.lists(
    st.sampled_from(
        ["an", "ăn", "ân", "án", "Ấn", "đá", "Da", "dạ", "hòa", "hoà", "Hoa", "mỹ", "my", "-", "7", "ướt"]
    ),
    max_size=4,
).map(" ".join)


@given(words, words)
def test_key_equals_the_definition(a, b):
    assert (collation_key(a) < collation_key(b)) == slow_before(a, b)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hòa Bình", "hoa binh"),
        ("Hoà  Bình ", "hoa binh"),
        ("ĐẶC KHU PHÚ QUỐC", "dac khu phu quoc"),
        ("Phường Vĩnh Nguơn", "phuong vinh nguon"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (Decimal("1234.56"), 2, "1.234,56", "1,234.56"),
        (Decimal("1234567.891"), None, "1.234.567,891", "1,234,567.891"),
        (389256, None, "389.256", "389,256"),
        (389256, 2, "389.256,00", "389,256.00"),
        (Fraction(1, 8), 2, "0,12", "0.12"),  # ties to even, as the portal
        (Fraction(3, 8), 2, "0,38", "0.38"),
        (Decimal("-1.23"), 2, "-1,23", "-1.23"),
        (Decimal("-0.001"), 2, "0,00", "0.00"),
        (0, None, "0", "0"),
        (Decimal("59.20"), None, "59,20", "59.20"),
        (Fraction(2, 3), 10, "0,6666666667", "0.6666666667"),
        (
            10**30,
            None,
            "1.000.000.000.000.000.000.000.000.000.000",
            "1,000,000,000,000,000,000,000,000,000,000",
        ),
    ],
)
def test_numbers(value, decimals, vi, en):
    assert number(value, decimals) == vi
    assert number(value, decimals, "en") == en


@given(st.decimals(-(10**12), 10**12, places=4), st.integers(0, 4))
def test_numbers_as_the_locale_data_have_them(value, decimals):
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    for language in ("vi", "en"):
        expected = format_decimal(value, pattern, locale=language, decimal_quantization=True)
        zero = not any(digit in expected for digit in "123456789")
        assert number(value, decimals, language) == (expected.lstrip("-") if zero else expected)


def test_percent():
    assert percent(Decimal("0.9977")) == "99,77%"
    assert percent(Fraction(354437, 389256)) == "91,05%"
    assert percent(1, 0) == "100%"
    assert percent(Fraction(1, 48), 2, "en") == "2.08%"
    assert percent(Decimal("0.9977")) == format_percent(Decimal("0.9977"), "#,##0.00%", locale="vi")


def test_floats_are_refused():
    with pytest.raises(TypeError):
        number(0.1, 2)
    with pytest.raises(TypeError):
        percent(0.5)
    with pytest.raises(TypeError):
        number(Fraction(1, 3))


def test_days_and_moments():
    at = parse_instant("2026-10-10T06:00+07:00")
    assert day(at) == day(date(2026, 10, 10)) == "10/10/2026"
    assert day(date(2026, 1, 5)) == "05/01/2026"
    assert moment(at) == "06:00 10/10/2026"
    assert day(at, "en") == "10 Oct 2026"
    assert moment(at, "en") == "06:00, 10 Oct 2026"
    assert moment(parse_instant("2026-10-09T23:05Z")) == "06:05 10/10/2026"
