"""Codes of units, dossiers and procedures in one canonical spelling.

A unit's electronic ID (Decision 20/2020/QD-TTg) is written ``H01.113``: province first, then its parts.
Older systems write the groups the other way round and fill them with zeros (``000.00.13.H01``, of Circular
10/2016/TT-BTTTT); both name the same unit.  Units without a known electronic ID carry the code of the
statistics office (``gso:883``), and the departments of 2023 codes of this project's own (``own:H01.02``).
A name is never a key.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_NEW: Final = r"[GHK][0-9]{2}(?:\.[0-9]{2,3}){0,3}"
_OLD: Final = r"(?:[0-9]{2,3}\.){1,3}[GHK][0-9]{2}"
_STATISTICS: Final = r"gso:[0-9]{2,5}"
_OWN: Final = r"own:[GHK][0-9]{2}\.[0-9]{2,3}"

_WHOLE: Final = re.compile(f"(?:{_NEW}|{_OLD}|{_STATISTICS}|{_OWN})", re.IGNORECASE | re.ASCII)
_WITHIN: Final = re.compile(
    rf"(?<![0-9A-Za-zÀ-ỹ.:])(?:{_OLD}|{_NEW}|{_STATISTICS}|{_OWN})(?![0-9A-Za-zÀ-ỹ:]|\.[0-9A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_PROVINCE: Final = re.compile(r"(?:own:)?(H[0-9]{2})(?:\.|$)")
_PROCEDURE: Final = re.compile(r"([0-9]\.[0-9]{6})(?:\.(?:[0-9]{2,3}\.)*[A-Z][0-9]{2}(?:\.[0-9]{2,3})*)?")
_ZEROS: Final = frozenset({"0", "00", "000"})


@lru_cache(maxsize=1 << 16)
def unit_code(text: str) -> str | None:
    """The canonical code that a text is, or ``None`` where it is none.

    >>> unit_code("000.00.13.H01"), unit_code("000.00.00.H49"), unit_code("h01.113"), unit_code("gso:883")
    ('H01.13', 'H49', 'H01.113', 'gso:883')

    Zero groups at the lower end mean "no part"; one between two parts is kept, so that a malformed code does
    not turn into another unit's.
    """
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        return None
    if ":" in text:
        space, _, rest = text.partition(":")
        return f"{space.lower()}:{rest.upper()}"
    groups = text.upper().split(".")
    if groups[0][0].isdigit():
        groups.reverse()
    while len(groups) > 1 and groups[-1] in _ZEROS:
        groups.pop()
    return ".".join(groups)


@lru_cache(maxsize=1 << 16)
def unit_code_within(text: str) -> str | None:
    """The unit code that stands in free text such as "UBND phường Long Phú (H01.113)", or bare.

    Of several codes the most detailed one, of those the first.  A name alone gives ``None``.
    """
    best: str | None = None
    for found in _WITHIN.finditer(text):
        written = found[0]
        if "." not in written and ":" not in written and not written[0].isupper():
            continue  # "h12" in running text is an hour or a house, not a province
        code = unit_code(written)
        if code is not None and (best is None or code.count(".") > best.count(".")):
            best = code
    return best


def dossier_prefix(code: str) -> str | None:
    """The canonical code of the unit that received a dossier: the front of ``<code>-yyMMdd-<n>``.

    >>> dossier_prefix("H01.113-261012-00045"), dossier_prefix("000.00.13.H01-230327-0001")
    ('H01.113', 'H01.13')
    """
    head, dash, _ = code.partition("-")
    return unit_code(head) if dash else None


@lru_cache(maxsize=1 << 16)
def province_of(code: str) -> str | None:
    """The province in a canonical code: ``H01`` of ``H01.113``.  A ``gso:`` code tells none."""
    found = _PROVINCE.match(code)
    return found[1] if found else None


def parent_code(code: str) -> str | None:
    """The code one part shorter: ``H01`` of ``H01.113``; ``None`` where there is none."""
    if ":" in code:
        return province_of(code)
    head, dot, _ = code.rpartition(".")
    return head if dot else None


@lru_cache(maxsize=1 << 16)
def procedure_code(text: str) -> str | None:
    """The national code of a procedure, ``1.001776``, without a unit's suffix; ``None`` where it is none.

    >>> procedure_code("1.004194.000.00.00.H17")
    '1.004194'
    """
    found = _PROCEDURE.fullmatch(text.strip().upper())
    return found[1] if found else None
