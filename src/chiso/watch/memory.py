"""What a watch remembers from one request to the next, in the ledger's ``meta``, by question.

It is written in the same transaction as the answer itself: a watch that is killed at any instant knows
exactly what it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from chiso.watch.asking import KNOWN, Question

if TYPE_CHECKING:
    from chiso.ledger.store import Ledger

STEM: Final = "watch/"
ANSWERS: Final = f"{STEM}answer/"
PROVINCES: Final = f"{STEM}provinces"
PROCEDURES: Final = f"{STEM}procedures"
STATUS: Final = f"{STEM}status"
DAYS: Final = f"{STEM}days"
NEXT: Final = f"{STEM}next"
"""when the next run is due"""
SILENCE: Final = f"{STEM}silence"
"""until when the portal asked to be left alone"""


class Column(msgspec.Struct, array_like=True, frozen=True):
    """One group (or the totals) in the overall list."""

    digest: str
    since: int


class Asked(msgspec.Struct, omit_defaults=True, frozen=True):
    """What is known of one question."""

    at: int = 0
    """when it was last answered"""
    digest: str = ""
    """of a group: fingerprint of the province's figures"""
    parts: str = ""
    """of a group: fingerprint of the figures of its units, where they were wanted"""
    parts_at: int = 0
    """when these were last answered"""
    since: int = 0
    """since which capture these figures have been shown"""
    points: str | None = None
    """of a group: the province's points"""
    columns: dict[str, Column] = {}
    """of the overall list: key of a figure → what it was answered with"""
    refused: str = ""
    """fingerprint of the newest answer that was refused: it is kept in quarantine once"""


class Province(msgspec.Struct, omit_defaults=True):
    """A province in the portal's list."""

    name: str
    code: str = ""


_ASKED: Final = msgspec.json.Decoder(Asked)
_PROVINCES: Final = msgspec.json.Decoder(dict[str, Province])
_TEXTS: Final = msgspec.json.Decoder(dict[str, str])


def text_of(value: object) -> str:
    return msgspec.json.encode(value).decode()


class Memory:
    """Reads everything once; :meth:`note` and its like give the texts that are to be written."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger: Final = ledger
        held = ledger.meta.beginning(STEM)
        self._asked = {
            key.removeprefix(ANSWERS): _ASKED.decode(text)
            for key, text in held.items()
            if key.startswith(ANSWERS)
        }
        self.provinces: dict[str, Province] = _PROVINCES.decode(held.get(PROVINCES, "{}"))
        """the portal's department id → province"""
        self.procedures: dict[str, str] = _TEXTS.decode(held.get(PROCEDURES, "{}"))
        """code of a procedure → the portal's id of it"""
        self.codes: dict[str, str] = {**KNOWN, **ledger.aliases()}
        """department id → code of a unit"""

    def of(self, question: Question) -> Asked:
        return self._asked.get(question.key, Asked())

    def note(self, question: Question, asked: Asked) -> dict[str, str]:
        """What is to be written now that a question is answered."""
        self._asked[question.key] = asked
        return {ANSWERS + question.key: text_of(asked)}

    def listed(self, provinces: dict[str, Province]) -> dict[str, str]:
        """The provinces of the newest list."""
        self.provinces = provinces
        return {PROVINCES: text_of(provinces)}

    def looked_up(self, code: str, formality: str) -> dict[str, str]:
        self.procedures[code] = formality
        return {PROCEDURES: text_of(self.procedures)}
