"""How official letters write numbers, days, names and citations."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from chiso.text import number

ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
TYPES: Final = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "TB": "Thông báo",
    "HD": "Hướng dẫn", "CTr": "Chương trình", "KH": "Kế hoạch", "PA": "Phương án", "ĐA": "Đề án",
    "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình", "CĐ": "Công điện",
    "NĐ": "Nghị định", "TT": "Thông tư",
}  # fmt: skip
"""Abbreviations of the decree's Phụ lục III that stand in a document's symbol, and its type."""
LEAGUE_WORDS: Final = {
    "provinces": "tỉnh, thành phố",
    "departments": "sở, ban, ngành tỉnh",
    "districts": "huyện, thị xã, thành phố",
    "communes": "xã, phường, đặc khu",
}
ADDRESSEE_WORDS: Final = {
    "departments": "Sở, ban, ngành tỉnh",
    "districts": "Ủy ban nhân dân huyện, thị xã, thành phố",
    "communes": "Ủy ban nhân dân xã, phường, đặc khu",
}
COMMUNES_BEFORE: Final = "Ủy ban nhân dân xã, phường, thị trấn"
"""as communes were called while there were districts"""


TITLES: Final = re.compile(
    r"^(?:GS|PGS|TSKH|TS|ThS|BS|DS|KS|CN|LS|NGND|NGƯT|TTND|TTƯT|AHLĐ)\b[.\s]", re.IGNORECASE
)
"""academic and honorary titles, which do not stand before a signer's name"""
ISSUING: Final = ("ban hành", "phê duyệt", "quy định", "công bố", "sửa đổi", "thành lập")
"""verbs that follow a document's name without a preposition"""
DOING: Final = (
    "giao", "tăng cường", "đẩy mạnh", "triển khai", "thực hiện", "tổ chức", "nâng cao", "rà soát", "đôn đốc",
)  # fmt: skip


def roman(value: int) -> str:
    """IV of 4."""
    found = ""
    for size, sign in ROMAN:
        while value >= size:
            found, value = found + sign, value - size
    return found


def month_of(day: date) -> str:
    """01 and 02, and 3 to 12: only January and February begin with 0 (Mục II.4.b)."""
    return f"{day.month:02d}" if day.month < 3 else str(day.month)


def short_day(day: date) -> str:
    """07/3/2023, as letters write a day within a sentence."""
    return f"{day.day:02d}/{month_of(day)}/{day.year}"


def long_day(day: date) -> str:
    """ngày 07 tháng 3 năm 2023."""
    return f"ngày {day.day:02d} tháng {month_of(day)} năm {day.year}"


def points(value: str, mark: str = ",") -> str:
    """Points as they are known: 12,2 of ``12.2``, 18 of ``18``."""
    written = number(Decimal(value))
    return written if mark == "," else written.replace(".", "").replace(",", mark)


def ratio(value: Fraction, mark: str = ",") -> str:
    """67,78% of the share; the whole is 100%."""
    if value == 1:
        return "100%"
    return number(value * 100, 2).replace(".", "").replace(",", mark) + "%"


def lowered(words: str) -> str:
    """With a small first letter, as within a sentence."""
    capitals = len(words) > 1 and words[1].isupper()
    return words if capitals else words[:1].lower() + words[1:]


def council(name: str, kind: str) -> str:
    """The body that answers for a unit: Ủy ban nhân dân xã An Phú of Xã An Phú; departments as they are."""
    return f"Ủy ban nhân dân {lowered(name)}" if kind in ("province", "district", "commune") else name


def short_council(words: str) -> str:
    """With UBND for Ủy ban nhân dân."""
    return words.replace("Ủy ban nhân dân", "UBND")


def type_of(symbol: str) -> str:
    """What a document is, by its number: Quyết định of 77/QĐ-UBND, Công văn of 124/UBND-TH."""
    _, _, rest = symbol.partition("/")
    for part in re.split(r"[/-]", rest):
        if part in TYPES:
            return TYPES[part]
    return "Công văn"


def called(symbol: str) -> str:
    """Quyết định số 77/QĐ-UBND: how a document is called after its first mention."""
    return f"{type_of(symbol)} số {symbol}"


def cited(symbol: str, day: str, issuer: str, subject: str) -> str:
    """A document in full, as at its first mention: type, number, day, issuer, subject (Mục II.6.b)."""
    words = called(symbol)
    if day:
        words += f" {long_day(date.fromisoformat(day))}"
    if issuer:
        words += f" của {issuer}"
    about = subject.strip().rstrip(".;")
    found = re.match(r"(V/v|Về việc|về việc|Về|về)\s+", about)
    if found:
        about = lowered(about[found.end() :])
        return f"{words} {'về' if found[1].lower() == 'về' else 'về việc'} {about}"
    if not about:
        return words
    about = lowered(about)
    joint = "" if about.startswith(ISSUING) else "về việc " if about.startswith(DOING) else "về "
    return f"{words} {joint}{about}"


def listed(parts: list[str]) -> str:
    """a, b và c."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " và " + parts[-1]


def quoted(words: str) -> str:
    """“words”, a long name cut at a word."""
    if len(words) > 80:
        words = words[:80].rpartition(" ")[0] + "…"
    return f"“{words}”"


def lowered_name(name: str) -> str:
    """A unit's name within a sentence: tỉnh An Giang, Sở Tư pháp."""
    small = ("Tỉnh ", "Thành phố ", "Huyện ", "Thị xã ", "Xã ", "Phường ", "Thị trấn ", "Đặc khu ")
    return f"Ủy ban nhân dân {lowered(name)}" if name.startswith(small) else name


def headed(name: str) -> str:
    """A name in capitals for the head, the place on a line of its own: ỦY BAN NHÂN DÂN / TỈNH AN GIANG."""
    councils = "ỦY BAN NHÂN DÂN "
    words = name.upper()
    return words.replace(councils, councils.strip() + "\n", 1) if words.startswith(councils) else words


def fold_kind(words: str) -> str:
    """The league that words of an addressee name; empty for others."""
    known = {**{text: kind for kind, text in ADDRESSEE_WORDS.items()}, COMMUNES_BEFORE: "communes"}
    return known.get(words, "")
