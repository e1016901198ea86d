from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import NEVER, parse_instant
from chiso.web import formatting as f


@pytest.mark.parametrize(
    ("value", "places", "lang", "written"),
    [
        ("59.18", 2, "vi", "59,18"),
        (389256, 0, "vi", "389.256"),
        (389256, 0, "en", "389,256"),
        (-20, 2, "vi", "−20,00"),
        (Fraction(1, 48) * 6, 2, "vi", "0,12"),
        (Fraction(-1, 1000), 2, "vi", "0,00"),
        (None, 2, "vi", "–"),
    ],
)
def test_number(value: f.Exact | None, places: int, lang: str, written: str) -> None:
    assert f.number(value, places, lang) == written


@given(st.decimals("-1e12", "1e12", places=2))
def test_number_is_what_the_locale_data_say(value: Decimal) -> None:
    assert f.number(value, 2, "vi").replace("−", "-") == format_decimal(value, "#,##0.00", "vi_VN")


def test_percent_and_share() -> None:
    assert f.percent(8, 18) == "44,44%"
    assert f.percent(1, 0) == f.percent(None, 3) == "–"
    assert f.share(8, 18) == "44.444"
    assert f.share(30, 18) == "100.000"
    assert f.share(-1, 18) == "0.000"
    assert f.share(1, 0) == "0"


def test_signed_has_a_sign_only_where_something_changed() -> None:
    assert f.signed("0.03") == "+0,03"
    assert f.signed("-0.04") == "−0,04"
    assert f.signed("-0.001") == f.signed(0) == "0,00"
    assert f.signed(None) == "–"
    assert [f.direction(x) for x in ("0.03", "-0.03", "0.001", None)] == ["up", "down", "same", "same"]


def test_instants() -> None:
    at = parse_instant("2026-10-10T06:00:14+07:00")
    assert f.instant(at) == "06:00 10/10/2026"
    assert f.instant("2026-10-10T06:00:14+07:00", seconds=True) == "06:00:14 10/10/2026"
    assert f.local(at) == "2026-10-10T06:00"
    assert f.instant(None) == f.instant(NEVER) == f.day("") == "–"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "0 giây", "0 seconds"),
        (61, "1 phút", "1 minute"),
        (3600 * 4 + 59, "4 giờ", "4 hours"),
        (3600 * 4 + 60, "4 giờ 1 phút", "4 hours 1 minute"),
        (86400 * 3 + 3600, "3 ngày 1 giờ", "3 days 1 hour"),
        (86400 * 30 + 3600, "30 ngày", "30 days"),
        (None, "–", "–"),
    ],
)
def test_span(seconds: int | None, vi: str, en: str) -> None:
    assert (f.span(seconds), f.span(seconds, "en")) == (vi, en)
