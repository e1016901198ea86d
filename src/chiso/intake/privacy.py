"""Persons leave at the door: what must tell them apart becomes a keyed hash, the rest is dropped.

A hash in a payload is written ``#`` and hexadecimal digits; one that comes back in a replay is known again
and kept, so that reading a payload again changes nothing.  Hashes are keyed BLAKE2b (RFC 7693): without
the key of the data folder, trying out all twelve-digit ID numbers tells nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Protocol

_HASHED: Final = re.compile(r"#[0-9a-f]{16}").fullmatch
_HASHED_SHORT: Final = re.compile(r"#[0-9a-f]{8}").fullmatch

PLACEHOLDERS: Final = frozenset(
    {"000000001", "000000000001", "123456789", "123456789012", "012345678", "012345678901", "0123456789"}
)
"""ID numbers that senders write when they have none (national-api, mistake 9), beside 000…0, 111…1."""


class _Hash(Protocol):
    def copy(self) -> _Hash: ...
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


@lru_cache(maxsize=64)
def _keyed(key: bytes, size: int, person: bytes) -> _Hash:
    return blake2b(key=key[:64], digest_size=size, person=person)


def _digest(key: bytes, size: int, person: bytes, text: str) -> str:
    state = _keyed(key, size, person).copy()
    try:
        state.update(text.encode())
    except UnicodeEncodeError:  # a lone surrogate, from a broken escape
        state.update(text.encode("utf-8", "surrogatepass"))
    return state.hexdigest()


def owner_hash(identity: str, key: bytes) -> str:
    """Sixteen hexadecimal digits of an ID number, or of a name and telephone number."""
    return identity[1:] if identity[0] == "#" and _HASHED(identity) else _digest(key, 8, b"owner", identity)


def link_hash(link: str, key: bytes) -> str:
    """``#`` and sixteen digits of a link: equal links stay equal, names in them are gone.

    A blank link stays none.
    """
    if link[0] == "#" and _HASHED(link):
        return link
    link = link.strip()
    return link and "#" + _digest(key, 8, b"link", link)


def content_hash(text: str, key: bytes) -> str:
    """``#`` and eight digits of the text of a step: tells steps apart."""
    return text if _HASHED_SHORT(text) else "#" + _digest(key, 4, b"content", text)


def is_hashed(text: str) -> bool:
    """Whether this is a hash of ours, come back in a replay."""
    return _HASHED(text) is not None


def is_placeholder(number: str) -> bool:
    """Whether an ID number stands for none."""
    return number in PLACEHOLDERS or (number[0] == number[-1] and len(number) > 5 and len(set(number)) == 1)
