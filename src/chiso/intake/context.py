"""What a door must know of the house it lets things into.  Nothing here changes by reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

MAX_BODY: Final = 200 * 1024 * 1024
"""The largest document, table or request body that is read, in bytes.  Line by line there is no limit."""

CHUNK: Final = 2_000
"""Messages an Arrival holds at most when a long stream is cut up."""


def nothing_is_foreign(_code: str) -> bool:
    """For a house that takes every province's records."""
    return False


def nothing_has_ended(_code: str, _day: date) -> str | None:
    """For a house that does not know when units end."""
    return None


@dataclass(frozen=True)
class Context:
    """The house as intake sees it.

    ``is_foreign(code)`` tells whether a canonical unit code belongs to a known province that is neither
    ``home`` nor one of its predecessors.  ``key`` keys every hash of personal data (at least 16 bytes, kept
    in the data folder): without it the hashes cannot be tried out against lists of ID numbers.
    """

    home: str = "H01"
    is_foreign: Callable[[str], bool] = nothing_is_foreign
    is_outside: Callable[[str], bool] = nothing_is_foreign
    """whether a unit's records are none of this sender's to send"""
    ended: Callable[[str, date], str | None] = nothing_has_ended
    """what continues a unit that is no more at the end of a day, in words; ``None`` where it still is"""
    key: bytes = b""
    sender: str = ""
    administrator: bool = False
    """may hand in journal lines over HTTP; whoever loads a file of the data folder may anyway"""
    desks: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """prefixes of MaHoSo met so far that are not foreign, and their canonical codes"""
    _foreign: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)
    _outside: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def foreign(self, code: str) -> bool:
        """``is_foreign``, remembered: the same few hundred codes come by all day."""
        known = self._foreign.get(code)
        if known is None:
            if len(self._foreign) > 50_000:
                self._foreign.clear()
            known = self._foreign[code] = bool(code) and self.is_foreign(code)
        return known

    def outside(self, code: str) -> bool:
        """``is_outside``, remembered; a dossier without a unit (empty) is outside of every scope too."""
        if self.is_outside is nothing_is_foreign:
            return False
        known = self._outside.get(code)
        if known is None:
            if len(self._outside) > 50_000:
                self._outside.clear()
            known = self._outside[code] = self.is_outside(code)
        return known
