"""The tables of units inside this package, and records that come later, read into one plain form.

The tables lie in ``data/``; each line names its evidence.  Days are ISO, ``valid_to`` is the last day on
which a unit exists.  What they hold:

- ``provinces.csv``: the 63 provinces and which of them the 34 of 01/07/2025 continue; ``province_names.csv``
  names they bore before;
- ``ministries.csv``: ministries as of 2022 and 2023;
- ``an_giang_until_2025.csv``: departments (project's own codes), districts and communes of An Giang, and the
  districts and communes of Kiên Giang, which merged into it, with their successors;
- ``an_giang_since_2025.csv``: the 15 departments and 102 communes since 01/07/2025.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, get_args

from chiso.instants import NEVER, midnight
from chiso.registry.codes import parent_code, unit_code

if TYPE_CHECKING:
    from chiso.intake.records import UnitRecord

Kind = Literal["nation", "province", "ministry", "department", "district", "commune"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

ALWAYS: Final = -NEVER
"""Valid since before anything that is known."""

NATION: Final = "VN"
TWO_LEVELS: Final = date(2025, 7, 1)
"""Districts end, 63 provinces become 34 (QĐ 19/2025/QĐ-TTg)."""


class BadUnitError(ValueError):
    """A unit that cannot be placed.  ``field`` is the column at fault."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        self.field, self.value, self.reason = field, value, reason
        super().__init__(f"{field} {value!r}: {reason}")


@dataclass(frozen=True, slots=True)
class Spec:
    """A unit as the tables tell it, its relations still codes."""

    code: str
    name: str
    kind: Kind
    parent: str
    valid_from: int
    valid_to: int
    successors: tuple[str, ...] = ()
    gso_code: str = ""
    aliases: tuple[tuple[str, int, int], ...] = ()
    """other codes and when each names this unit: (code, from, to)"""
    earlier_names: tuple[tuple[int, str], ...] = ()
    """names borne until an instant: (to, name)"""


def read_table(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of ``data/``."""
    with files("chiso.registry").joinpath(f"data/{name}").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@lru_cache(maxsize=1)
def built_in() -> tuple[Spec, ...]:
    """All units inside this package; parents before their children."""
    merger = midnight(TWO_LEVELS)
    names: dict[str, list[tuple[int, str]]] = {}
    for row in read_table("province_names.csv"):
        names.setdefault(row["code"], []).append((_end(row["until"]), row["name"]))
    found = [Spec(NATION, "Việt Nam", "nation", "", ALWAYS, NEVER)]
    for row in read_table("provinces.csv"):
        before, since = row["gso_code_until_2025_06"], row["gso_code_since_2025_07"]
        aliases = [(f"gso:{before}", ALWAYS, merger)]
        if since:
            aliases.append((f"gso:{since}", merger, NEVER))
        found.append(
            Spec(
                row["code"],
                row["name"],
                "province",
                NATION,
                ALWAYS,
                _end(row["valid_to"]),
                (row["successor"],) if row["successor"] else (),
                since or before,
                tuple(aliases),
                tuple(sorted(names.get(row["code"], ()))),
            )
        )
    found += [
        Spec(row["code"], row["name"], "ministry", NATION, ALWAYS, NEVER)
        for row in read_table("ministries.csv")
    ]
    for row in read_table("an_giang_until_2025.csv"):
        found.append(
            Spec(
                row["code"],
                row["name"],
                _kind(row["kind"]),
                row["parent"],
                _start(row["valid_from"]),
                _end(row["valid_to"]),
                tuple(row["successors"].split()),
                row["code"].removeprefix("gso:") if row["code_origin"] == "gso" else "",
            )
        )
    for row in read_table("an_giang_since_2025.csv"):
        gso = row["gso_code"]
        aliases = [(f"gso:{gso}", merger, NEVER)] if gso else []
        found.append(
            Spec(row["code"], row["name"], _kind(row["kind"]), "H01", merger, NEVER, (), gso, tuple(aliases))
        )
    return tuple(found)


def spec_of(record: UnitRecord) -> Spec:
    """A record of a loaded table, or one learnt from a portal's answer, in the same form.

    Several successors are separated by blanks, the one to take where only the old code is known first.
    ``BadUnitError`` where the record cannot be read.
    """
    code = canonical(record.code)
    if not code:
        raise BadUnitError("code", record.code, "a unit needs a code")
    valid_from, valid_to = _start(record.valid_from), _end(record.valid_to)
    if valid_to <= valid_from:
        raise BadUnitError("valid_to", record.valid_to, "ends before it begins")
    kind = _kind(record.kind)
    parent = canonical(record.parent)
    if not parent:
        parent = NATION if kind in ("province", "ministry") else parent_code(code) or ""
    gso = record.gso_code.strip().removeprefix("gso:")
    alias = f"gso:{gso}"
    return Spec(
        code,
        unicodedata.normalize("NFC", record.name.strip()) or code,
        kind,
        parent if parent != code else "",
        valid_from,
        valid_to,
        tuple(canonical(part) for part in record.successor.split()),
        gso,
        ((alias, valid_from, valid_to),) if gso and alias != code else (),
    )


def canonical(code: str) -> str:
    """The canonical code; a code of an unknown form stays as it is written."""
    code = unicodedata.normalize("NFC", code.strip())
    return unit_code(code) or code


def _kind(text: str) -> Kind:
    for kind in KINDS:
        if kind == text.strip().lower():
            return kind
    raise BadUnitError("kind", text, f"not one of {', '.join(KINDS)}")


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadUnitError(field, text, "not a day (write 2025-06-30)") from error


def _start(text: str) -> int:
    return midnight(_day("valid_from", text)) if text.strip() else ALWAYS


def _end(text: str) -> int:
    """The first instant after the last day."""
    return midnight(_day("valid_to", text) + timedelta(days=1)) if text.strip() else NEVER
