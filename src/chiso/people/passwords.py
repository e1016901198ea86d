"""How easily a password is guessed, and what is refused (OWASP ASVS 2.1).

It is held against carried lists of common passwords, names and words, dates, keys that lie side by side, and
against the login, the person's name and words of the office (zxcvbn); also without its accents and blanks, so
that "mật khẩu 123456" is as weak as "matkhau123456".  Nothing is asked of anybody.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from zxcvbn import zxcvbn

from chiso.people.refusing import AccountError
from chiso.text import fold

SHORTEST: Final = 12
"""Characters of a password at least (OWASP ASVS 2.1.1)."""
LONGEST: Final = 128
ENOUGH: Final = 3
"""Of 0 to 4: from a hundred million guesses on (zxcvbn)."""
LOOKED_AT: Final = 40
"""Characters that are rated: what is strong so far is strong, and rating a longer text takes longer."""
FOR_LETTERS: Final = "@({[<!|$+%"
"""Signs that stand for letters.  All ways to read them are tried: with many kinds of them that takes long."""
KINDS: Final = 2
"""Kinds of such signs that are read as letters; more are read as what they are."""
OFFICE: Final = (
    "angiang", "vietnam", "longxuyen", "rachgia", "uybannhandan", "ubnd", "hanhchinh", "hanhchinhcong",
    "trungtam", "phucvu", "motcua", "dichvucong", "dvcqg", "chiso", "chiso766", "nguoidan", "doanhnghiep",
    "chinhquyen", "chuyendoiso", "canbo", "congchuc", "quantri", "quantrihethong", "lanhdao", "vanphong",
    "matkhau", "dangnhap", "taikhoan", "hethong", "admin", "administrator", "xinchao", "camon",
    "phuong", "tinh", "motcuadientu", "thutuc", "hoso",
)  # fmt: skip
"""Words that whoever guesses at this office tries first; the least guessed one last."""
REASONS: Final = {
    "passwords": ("gần giống mật khẩu nhiều người dùng", "it is like passwords that many use"),
    "user_inputs": ("chứa tên của bạn hoặc của cơ quan", "it holds your name, login or office"),
    "dictionary": ("chứa tên hoặc từ thông dụng", "it holds common names or words"),
    "spatial": ("chứa các phím liền nhau", "it holds keys that lie side by side"),
    "repeat": ("lặp lại", "it repeats itself"),
    "sequence": ("chứa dãy liên tiếp như 1234 hay abcd", "it holds a row such as 1234 or abcd"),
    "date": ("chứa ngày hoặc năm", "it holds a date or a year"),
}
"""Why a password is weak, by the kind of what was found in it."""

_ONE_AT_A_TIME: Final = threading.Lock()
# zxcvbn keeps the person's own words in a place that all calls share.


@dataclass(frozen=True, slots=True)
class Strength:
    """How easily a password is guessed."""

    score: int
    """0 (at once) to 4 (hardly)"""
    reasons: tuple[str, ...]
    """keys of :data:`REASONS`; nothing where it is strong enough"""

    def told(self, english: bool) -> str:
        """The reasons in words."""
        return ", ".join(REASONS[one][english] for one in self.reasons)


def strength(password: str, about: Iterable[str] = ()) -> Strength:
    """Rates a password; ``about``: the login, the name, whatever else others know of the person."""
    plain = fold.__wrapped__(password)  # beside its memory: no password stays there
    words = [part for one in about for part in (fold(one), *fold(one).split()) if len(part) > 2]
    own = list(dict.fromkeys([*words, *(word.replace(" ", "") for word in words), *OFFICE]))
    looked = [_rated(text, own) for text in dict.fromkeys((password, plain, plain.replace(" ", "")))]
    score, reasons = min(looked, key=lambda one: one[0])
    return Strength(score, () if score >= ENOUGH else reasons)


def _rated(text: str, own: list[str]) -> tuple[int, tuple[str, ...]]:
    if not text:
        return 0, ()
    with _ONE_AT_A_TIME:
        found: dict[str, Any] = zxcvbn(_plain(text[:LOOKED_AT]), user_inputs=own)
    kinds = (_kind(one) for one in found["sequence"])
    return int(found["score"]), tuple(dict.fromkeys(kind for kind in kinds if kind))


def _plain(text: str) -> str:
    """The text with at most some kinds of signs that may stand for letters."""
    for sign in list(dict.fromkeys(one for one in text if one in FOR_LETTERS))[KINDS:]:
        text = text.replace(sign, "·")
    return text


def _kind(part: dict[str, Any]) -> str:
    """The key of what was found, or nothing for signs that follow no pattern."""
    pattern = str(part["pattern"])
    if pattern == "dictionary":
        return name if (name := str(part["dictionary_name"])) in REASONS else "dictionary"
    return {"regex": "date"}.get(pattern, pattern if pattern in REASONS else "")


def checked(password: str, login: str, name: str = "") -> None:
    """Refuses a password that is too short, too long, or easily guessed.  AccountError says why."""
    if len(password) < SHORTEST:
        raise AccountError(
            f"Mật khẩu cần ít nhất {SHORTEST} ký tự.", f"a password takes {SHORTEST} characters at least"
        )
    if len(password) > LONGEST:
        raise AccountError(
            f"Mật khẩu dài nhất {LONGEST} ký tự.", f"a password takes {LONGEST} characters at most"
        )
    found = strength(password, (login, name))
    if len(login) >= 4 and login in password.casefold():
        found = Strength(0, ("user_inputs",))
    elif len(set(password)) < 5:
        found = Strength(0, ("repeat",))
    if found.score < ENOUGH:
        raise AccountError(
            f"Mật khẩu dễ đoán: {found.told(False)}. Hãy dùng một câu dài mà chỉ bạn nghĩ ra.",
            f"the password is easily guessed: {found.told(True)}; take a long sentence of your own",
        )
