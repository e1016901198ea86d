"""Dates, flags, numbers and texts in all the spellings in which senders write them.

Senders send nearly everything as strings (national-api, section 1); some send JSON numbers and booleans.
Every function raises RefusedError with the field and the value where it cannot read one.  Instants
are whole seconds; fractions of a second are cut off.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from chiso.instants import DAY, NEVER, day_of, instant_of, midnight
from chiso.intake.refusals import RefusedError
from chiso.law.states import State

Scalar = str | int | float | bool | None

FIRST: Final = midnight(date(1990, 1, 1))
AFTER_LAST: Final = midnight(date(2101, 1, 1))

_STAMP: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?").fullmatch
_SLASHED: Final = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2})(?::|h|g)(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
).fullmatch
_SLASHED_CLOCK_FIRST: Final = re.compile(
    r"(\d{1,2})(?::|h|g)(\d{2})(?::(\d{2}))?[ ,]+(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
).fullmatch
_DOTNET: Final = re.compile(r"\\?/?Date\((-?\d{1,17})(?:[+-]\d{4})?\)\\?/?").fullmatch
_ISO: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?"
).fullmatch
_NO_DATE: Final = frozenset({"", "null", "none", "nan", "nat", "0", "-", "--"})

_DAYS: dict[str, int] = {}
_CLOCKS: Final = {
    f"{hour:02d}{minute:02d}{second:02d}": hour * 3600 + minute * 60 + second
    for hour in range(24)
    for minute in range(60)
    for second in range(60)
}


def instant(value: Scalar, field: str, *, due: bool = False) -> int | None:
    """An instant, or ``None`` where the sender gave none ("" , null, 0001-01-01, 19000101 and the like).

    A date alone is its first instant; with ``due`` (promised dates) it is the end of that day, 24:00: nobody
    promises a result for midnight before the working day.
    """
    if not value:
        return None
    try:
        return _DAYS[value[:8]] + _CLOCKS[value[8:]]  # type: ignore[index]
    except (KeyError, TypeError):
        pass
    if value is True:
        raise RefusedError(field, value, "bad_date")
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")) or value != int(value):  # noqa: PLR0124
            raise RefusedError(field, value, "bad_date")
        value = int(value)
    text = str(value).strip() if not isinstance(value, int) or value.bit_length() < 80 else "too long"
    if len(text) > 60:
        raise RefusedError(field, text, "bad_date")
    found = _read_text(text)
    if isinstance(found, str):
        raise RefusedError(field, text, found)
    at, day_only = found
    if at == NEVER:
        return None
    if len(text) == 14 and text.isascii() and text.isdigit():
        if len(_DAYS) > 60_000:
            _DAYS.clear()
        _DAYS[text[:8]] = at - _CLOCKS[text[8:]]
    return at + DAY if due and day_only else at


@lru_cache(maxsize=50_000)
def _read_text(text: str) -> tuple[int, bool] | str:
    """(instant, whether it is a date alone), ``NEVER`` for no date; or the reason why not."""
    if text.casefold() in _NO_DATE:
        return NEVER, False
    parts: tuple[str | None, ...] | None = None
    if text.isascii():
        if found := _STAMP(text):
            parts = found.groups()
        elif found := _SLASHED(text):
            day, month, year, *clock = found.groups()
            parts = (year, month, day, *clock)
        elif found := _SLASHED_CLOCK_FIRST(text):
            hour, minute, second, day, month, year = found.groups()
            parts = (year, month, day, hour, minute, second)
        elif found := _DOTNET(text):
            return _within(int(found[1]) // 1000)
        elif _ISO(text):
            return _iso(text)
    if parts is None:
        return "bad_date"
    year_, month_, day_, hour_, minute_, second_ = (int(part or 0) for part in parts)
    if year_ <= 1 or (year_, month_, day_) in {(1900, 1, 1), (1899, 12, 30)} or year_ == month_ == day_ == 0:
        return NEVER, False
    try:
        moment = datetime(year_, month_, day_, hour_, minute_, second_)  # noqa: DTZ001
    except ValueError:
        return "impossible_date"
    return _within(instant_of(moment), day_only=parts[3] is None)


def _iso(text: str) -> tuple[int, bool] | str:
    if text[:4] in {"0000", "0001"} or text[:10] == "1900-01-01":
        return NEVER, False
    try:
        moment = datetime.fromisoformat(text.upper().replace(",", "."))
        return _within(instant_of(moment), day_only=len(text) == 10)
    except (ValueError, OverflowError):
        return "impossible_date"


def _within(at: int, *, day_only: bool = False) -> tuple[int, bool] | str:
    if FIRST <= at < AFTER_LAST:
        return at, day_only
    if at < -62_135_000_000 or -2_209_100_000 < at < -2_208_900_000:  # year 1 and 1900-01-01, any zone
        return NEVER, False
    return "date_out_of_range"


def day_text(value: Scalar, field: str) -> str:
    """A day as ISO text, ``2026-10-10``; empty where there is none."""
    at = instant(value, field)
    return "" if at is None else day_of(at).isoformat()


_TRUE: Final = ("1", "true", "t", "yes", "y", "có", "co", "x", "đúng", "dung", "rồi", "✓", "✔")
_FALSE: Final = (
    "",
    "0",
    "false",
    "f",
    "no",
    "n",
    "không",
    "khong",
    "sai",
    "chưa",
    "chua",
    "null",
    "none",
    "-",
)
FLAGS: Final[dict[object, bool]] = {None: False, True: True, False: False} | {
    spelling: value
    for words, value in ((_TRUE, True), (_FALSE, False))
    for word in words
    for spelling in (word, word.upper(), word.capitalize())
}


def flag(value: Scalar, field: str) -> bool:
    """Yes or no; blank and null are no."""
    try:
        return FLAGS[value]
    except KeyError:
        pass
    if isinstance(value, str):
        known = FLAGS.get(unicodedata.normalize("NFC", value.strip()).casefold())
        if known is not None:
            return known
        number = value.strip()
        if number in {"1.0", "01"}:
            return True
        if number in {"0.0", "00"}:
            return False
    raise RefusedError(field, value, "bad_flag")


STATES: Final[dict[object, int]] = {
    spelling: int(state)
    for state in State
    for spelling in (int(state), str(int(state)), f"{int(state):02d}", f"{int(state)}.0")
}


def state(value: Scalar, field: str) -> int:
    """TrangThaiHoSo or TrangThai, 1 to 10."""
    found = STATES.get(value)
    if found is not None and value is not True:
        return found
    if isinstance(value, str):
        found = STATES.get(value.strip())
        if found is not None:
            return found
    if value is None or (isinstance(value, str) and not value.strip()):
        raise RefusedError(field, value, "missing")
    raise RefusedError(field, value, "unknown_state")


def code_of(value: Scalar, field: str, allowed: range, missing: int) -> int:
    """A small code of a closed list; ``missing`` where the sender gave none."""
    if value is None or value == "":
        return missing
    found = whole(value, field)
    if found in allowed:
        return found
    raise RefusedError(field, value, "unknown_code", allowed=", ".join(map(str, allowed)))


def whole(value: Scalar, field: str) -> int:
    """A whole number, also "3", "03", "3.0", True."""
    if isinstance(value, int):
        if value.bit_length() > 62:
            raise RefusedError(field, "", "bad_number")
        return int(value)
    if isinstance(value, float) and value == value and abs(value) < 2**53 and value == int(value):  # noqa: PLR0124
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if re.fullmatch(r"[+-]?\d{1,18}(?:\.0+)?", text, re.ASCII):
            return int(text.split(".")[0])
        if text.casefold() in {"true", "false"}:
            return int(text.casefold() == "true")
        # 389.256 and 389,256 group thousands; a fraction has other than three digits behind its mark
        if re.fullmatch(r"\d{1,3}(?:([.,\u00a0 ])\d{3})(?:\1\d{3})*", text, re.ASCII):
            return int(re.sub(r"\D", "", text))
    raise RefusedError(field, value, "bad_number")


_FREE: Final = frozenset(
    {"khong", "khong thu", "khong co", "khong thu phi", "mien phi", "mien", "free", "khong dong", "khong phi",
     "khong quy dinh", "khong thu le phi", "0 dong", "0d"}
)  # fmt: skip
_MONEY: Final = re.compile(
    r"(?P<number>\d{1,3}(?:[., \u00a0]\d{3})+(?:[.,]0{1,2})?|\d+(?:[.,]\d{1,2})?)\s*(?:d|₫|dong|vnd)?[./]?"
    r"(?:/\w+)?"
).fullmatch


def price(value: Scalar) -> int | None:
    """An amount in VND: 4000, "4.000", "4,000 đồng", "không"; ``None`` where it cannot be read."""
    if value is True or value is False or value is None:
        return 0 if value is False else None
    if isinstance(value, int):
        return value if 0 <= value < 2**62 else None
    if isinstance(value, float):
        return round(value) if 0 <= value < 2**53 else None
    return _price_text(value) if len(value) <= 60 else None


@lru_cache(maxsize=20_000)
def _price_text(text: str) -> int | None:
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 18 else None
    folded = fold(text)
    if folded in _FREE:
        return 0
    found = _MONEY(folded)
    if not found:
        return None
    number = found["number"]
    grouped = re.fullmatch(r"(\d{1,3}(?:[., \u00a0]\d{3})+)(?:[.,]0{1,2})?", number)
    digits = re.sub(r"\D", "", grouped[1] if grouped else re.split(r"[.,]", number)[0])
    if not grouped and re.search(r"[.,]\d", number) and int(digits) == 0 and number.strip("0.,") != "":
        return 1  # less than a dong, yet not free
    return int(digits) if len(digits) <= 18 else None


def text(value: Scalar) -> str:
    """A text without blanks at its ends; "" for null."""
    if value.__class__ is str:
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, float) and abs(value) < 2**53 and value == int(value):
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 400:
        return "#number"
    return str(value).strip()


def key_text(value: Scalar, field: str, limit: int = 50) -> str:
    """A required key: not empty, at most ``limit`` characters, none of them a control character."""
    found = value if value.__class__ is str else text(value)
    assert isinstance(found, str)
    if found[:1].isspace() or found[-1:].isspace():
        found = found.strip()
    if not found:
        raise RefusedError(field, value, "missing")
    if len(found) > limit:
        raise RefusedError(field, value, "too_long", limit=limit)
    if not found.isprintable():
        raise RefusedError(field, value, "control_characters")
    return found


def fold(text: str) -> str:
    """Lower case without accents, blanks joined: for comparing headings and words, never for display."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).split())
