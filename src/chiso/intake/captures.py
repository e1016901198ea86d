"""A capture: an answer of the portal with what was asked, when it came, and the answer's own bytes.

A capture is JSON, which the file door reads like any published answer::

    {"captured_at": "2026-10-10T06:00:03+07:00", "period": "2026", "portal": "…", "address": "/api/v1/…",
     "request": {"timeType": "year", …}, "status": 201, "bytes": 47748, "sha256": "…", "answer": {…}}

The answer stands last, byte for byte as it came: :func:`answer_of` gives it back and proves it by its hash.
What of an answer counts may be narrowed (:class:`Choice`): the same capture always gives the same figures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from chiso.instants import iso
from chiso.intake.records import PublishedFigure

DOOR: Final = "watch"
"""The door of captures: the journal keeps them as they are."""
ALL: Final = "*"
"""In ``left_out``: every figure of a unit."""
OF_PROCEDURE: Final = "@"
"""Between the key of a figure and the procedure that it is about: ``2.1@2.000815``."""

_HEAD: Final = b',"answer":'


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of an answer counts; the rest was asked for elsewhere, or said before."""

    only: str = ""
    """``whole``: the province alone; ``parts``: its units alone; else both"""
    procedure: str = ""
    """the answer is about this procedure alone"""
    left_out: dict[str, list[str]] = {}
    """department id → keys of figures that say nothing new (``*``: all of them)"""

    def apply(self, figures: Iterable[PublishedFigure]) -> list[PublishedFigure]:
        """The figures that count, under the keys by which they are kept."""
        found = []
        for one in figures:
            out = self.left_out.get(one.department, ())
            if ALL in out or one.key in out:
                continue
            if self.procedure:
                one.key = f"{one.key}{OF_PROCEDURE}{self.procedure}"
            found.append(one)
        return found


class _Head(msgspec.Struct, omit_defaults=True):
    captured_at: str
    period: str
    portal: str
    address: str
    request: dict[str, Any]
    status: int
    bytes: int
    sha256: str
    only: str = ""
    procedure: str = ""
    left_out: dict[str, list[str]] = {}


class _Told(msgspec.Struct):
    bytes: int
    sha256: str


def capture(
    answer: bytes,
    *,
    captured_at: int,
    period: str,
    portal: str,
    address: str,
    request: dict[str, Any],
    status: int,
    choice: Choice = Choice(),  # noqa: B008 - frozen
) -> bytes:
    """A capture of an answer, which must be one JSON value."""
    digest = hashlib.sha256(answer).hexdigest()
    told = _Head(
        iso(captured_at) or "", period, portal, address, request, status, len(answer), digest,
        choice.only, choice.procedure, choice.left_out,
    )  # fmt: skip
    return msgspec.json.encode(told)[:-1] + _HEAD + answer + b"}"


def answer_of(told: bytes) -> bytes:
    """The answer's own bytes.  ``ValueError`` where this is no capture, or not as it was made."""
    try:
        head = msgspec.json.decode(told, type=_Told)
    except msgspec.DecodeError as error:
        raise ValueError(f"no capture: {error}") from error
    answer = told[-1 - head.bytes : -1]
    if hashlib.sha256(answer).hexdigest() != head.sha256:
        raise ValueError("the answer in this capture is not the one that came")
    return answer


def choice_of(value: dict[str, Any]) -> Choice:
    """What of the answer counts, as a capture says it.  Raises msgspec.ValidationError."""
    return msgspec.convert(value, Choice)
