"""Vietnamese text: search without accents, alphabetical order, numbers, days and instants.

Exact in, text out: integers, decimals and fractions, never floats.  Numbers are written as the Unicode
locale data do (``1.234,56`` in Vietnamese, ``1,234.56`` in English), which Babel confirms in the tests; days
are written dd/MM/yyyy, as Vietnamese offices write them and the locale data do not.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from chiso.instants import day_of, moment_of

Exact = int | Decimal | Fraction

_SWAP: Final = str.maketrans(",.", ".,")

# Search.


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """A text as it is searched: lower case, no accents, ``đ`` as ``d``, single blanks.

    ``hoa binh`` is found in Hòa Bình and in Hoà Bình.
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.replace("đ", "d").split())


# Order.

_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""none < huyền < hỏi < ngã < sắc < nặng"""
_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SIGNS: Final = "_-–—,;:!?.'’\"“”()[]{}@*/\\&#%+<=>|~$"
_PRIMARY: Final = {
    sign: place for place, sign in enumerate([" ", *_SIGNS, *"0123456789", *_ALPHABET], start=2)
}
_OTHER: Final = 0xFE
"""first byte of a character that is none of these: it comes after all of them, by code point"""


@lru_cache(maxsize=1 << 14)
def collation_key(text: str) -> bytes:
    """A key that sorts as a Vietnamese dictionary does: ``sorted(names, key=collation_key)``.

    Letters first (a ă â b c d đ e ê …, blanks and signs before digits before letters), then tones (none,
    huyền, hỏi, ngã, sắc, nặng), then small before capital letters: an accent decides only between texts that
    are otherwise equal, as in the Unicode collation for Vietnamese.  Equal keys mean equal texts but for
    composition.
    """
    primary, tones, cases = bytearray(), bytearray(), bytearray()
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", text):
        if character in _TONES and letters:
            tones[-1] = _TONES[character] + 1
        elif unicodedata.combining(character) and letters:
            letters[-1] += character
        else:
            letters.append(character)
            tones.append(1)
    for letter in letters:
        composed = unicodedata.normalize("NFC", letter)
        small = composed.lower()
        cases.append(1 if small == composed else 2)
        place = _PRIMARY.get(small)
        if place is not None:
            primary.append(place)
        else:
            for point in map(ord, small):
                primary += bytes((_OTHER, *point.to_bytes(3, "big")))
    return bytes(primary) + b"\0" + bytes(tones) + b"\0" + bytes(cases)


# Numbers.


def number(value: Exact, decimals: int | None = None, language: str = "vi") -> str:
    """1.234,56: thousands grouped, exactly so many decimals, ties to even.

    Without ``decimals`` an integer has none and a decimal keeps its own.  ``TypeError`` for a float.
    """
    if isinstance(value, float):
        raise TypeError("numbers are exact here: an integer, a decimal or a fraction, not a float")
    if decimals is None:
        if isinstance(value, Fraction):
            raise TypeError("a fraction needs a number of decimals")
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    whole, rest = divmod(abs(round(Fraction(value) * 10**decimals)), 10**decimals)
    written = f"{whole:,}" + (f".{rest:0{decimals}d}" if decimals else "")
    if value < 0 and (whole or rest):
        written = "-" + written
    return written.translate(_SWAP) if language == "vi" else written


def percent(ratio: Exact, decimals: int = 2, language: str = "vi") -> str:
    """99,77% of the ratio 0.9977."""
    if isinstance(ratio, float):
        raise TypeError("ratios are exact here: a decimal or a fraction, not a float")
    return number(Fraction(ratio) * 100, decimals, language) + "%"


# Days and instants.

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(when: date | int, language: str = "vi") -> str:
    """10/10/2026, in English 10 Oct 2026; of a day or an instant."""
    on = day_of(when) if isinstance(when, int) else when
    if language == "vi":
        return f"{on.day:02d}/{on.month:02d}/{on.year:04d}"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def moment(instant: int, language: str = "vi") -> str:
    """06:00 10/10/2026, in English 06:00, 10 Oct 2026."""
    at = moment_of(instant)
    return f"{at:%H:%M}{' ' if language == 'vi' else ', '}{day(at.date(), language)}"
