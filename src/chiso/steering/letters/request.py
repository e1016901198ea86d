"""What is asked of a letter: the choices of whoever makes it, before any figure is looked up."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

KINDS: Final = ("urge", "unit")
"""urge: one letter to many, with the province's figures; unit: a letter to each unit, with its own"""
DUE_DAYS: Final = 7
"""days ahead that a unit's letter looks for dossiers that fall due"""


class Request(Struct, frozen=True):
    """A letter as it is asked for.  Empty means: decided from what is known."""

    kind: str
    unit: str
    """unit whose figures it shows"""
    period: str = ""
    at: int | None = None
    as_of: int | None = None
    law: str = ""
    source: str = ""
    to: tuple[str, ...] = ()
    """leagues and codes of units that are addressed"""
    number: int | None = None
    symbol: str = ""
    date: str = ""
    deadline: str = ""
    about: str = ""
    """number of the document about which is to be reported"""
    documents: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """lists of units that are to certify copies electronically"""
    lists_by: str = ""
    required: tuple[int, int] | None = None
    issuer: str = ""
    issuer_parent: str = ""
    called: str = ""
    place: str = ""
    role: tuple[str, ...] = ()
    signer: str = ""
    recipients: tuple[str, ...] = ()
    appendices: tuple[str, ...] | None = None
    """``None``: those for which there is something to show"""
    decimal_mark: str = ","
