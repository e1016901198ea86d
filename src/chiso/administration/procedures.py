"""Procedures of the catalogue changed by hand, with the effect in points first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chiso.administration.effect import Effect, effect
from chiso.administration.refusing import wrong
from chiso.folder.answers import QuestionError
from chiso.folder.registers import Registry
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import Procedure
from chiso.registry.procedures import Catalogue
from chiso.steering.entering import Hand, enter, note
from chiso.text import collation_key, fold

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "online": ("information", "partial", "full"),
    "state": ("public", "stopping", "testing", "closed"),
    "limit_unit": ("working_day", "day", "hour"),
}
LEVELS: Final = ("ministry", "province", "district", "commune")
SWITCHES: Final = ("has_fee", "returns_paper", "for_person", "complete", "specific")
TEXTS: Final = (
    "name", "field", "limit_days", "announced_on", "effective_on", "decision", "published_on", "publisher",
    "valid_to", "units",
)  # fmt: skip


def found(folder: DataFolder, words: str, limit: int, offset: int) -> tuple[int, list[Procedure]]:
    """Procedures whose code or name has all of some words, without regard to accents: (how many, a page)."""
    asked = fold(words).split()
    chosen = [
        one
        for one in folder.registry.catalogue.records
        if all(part in fold(f"{one.code} {one.name} {one.field}") for part in asked)
    ]
    chosen.sort(key=lambda one: (collation_key(one.name or one.code), one.code))
    return len(chosen), chosen[offset : offset + limit]


def of_code(folder: DataFolder, code: str) -> Procedure:
    """The procedure of a code.  QuestionError where the catalogue has none."""
    held = folder.registry.catalogue.get(code)
    if held is None:
        raise QuestionError(
            f"Danh mục không có thủ tục mang mã “{code}”.",
            f"the catalogue has no procedure {code!r}",
            unknown=True,
        )
    return held


def proposed(folder: DataFolder, fields: Mapping[str, str]) -> tuple[Procedure, dict[str, Any]]:
    """A procedure from a form's fields, and the row that makes it.

    Read through the same door as a loaded table; QuestionError says which field is wrong.
    """
    code = fields.get("code", "").strip()
    held = folder.registry.catalogue.get(code)
    row: dict[str, Any] = {name: fields.get(name, "").strip() for name in TEXTS}
    row["code"] = code
    row["unit"] = " ".join(row.pop("units").replace(",", " ").replace(";", " ").split())
    row["level"] = " ".join(one for one in LEVELS if fields.get(f"level.{one}") == "1")
    if not row["level"]:
        raise wrong("Chọn ít nhất một cấp giải quyết.", "one level at least is needed")
    for name, choices in CHOICES.items():
        row[name] = fields.get(name, choices[0])
    for name in SWITCHES:
        row[name] = "1" if fields.get(name) == "1" else "0"
    unknown = [one for one in row["unit"].split() if folder.registry.units.find(one) is None]
    if unknown:
        raise wrong(f"Không có đơn vị mang mã “{unknown[0]}”.", f"no unit has the code {unknown[0]!r}")
    if held is None and not row["name"]:
        raise wrong("Thủ tục mới cần có tên.", "a new procedure needs a name")
    context = Context(
        home=folder.settings.home,
        is_foreign=folder.registry.units.foreign,
        key=folder.ledger.keys.hashing,
    )
    arrival = read_body(msgspec.json.encode([row]), "procedures", context, door="page")
    if arrival.refusals:
        raise wrong(arrival.refusals[0].message_vi, arrival.refusals[0].message_en)
    item = arrival.items[0]
    assert isinstance(item, Procedure)
    return item, row


def preview(folder: DataFolder, record: Procedure) -> Effect:
    """What the procedure as proposed does to this year's points."""
    registry = folder.registry
    catalogue = Catalogue([*registry.catalogue.records, record], registry.units)
    return effect(folder, Registry(registry.units, catalogue, registry.calendar, registry.records))


def changes(held: Procedure | None, record: Procedure) -> list[tuple[str, Any, Any]]:
    """The fields that change: (name, before, after)."""
    names = Procedure.__struct_fields__
    if held is None:
        return [(name, None, getattr(record, name)) for name in names if getattr(record, name)]
    return [
        (name, getattr(held, name), getattr(record, name))
        for name in names
        if getattr(held, name) != getattr(record, name)
    ]


def apply(folder: DataFolder, row: dict[str, Any], hand: Hand) -> None:
    """Takes a procedure in for good, into the journal and the record of who did what."""
    held = folder.registry.catalogue.get(row["code"])
    entered = enter(folder, "procedures", [row], hand)
    fields = [name for name, _, _ in changes(held, entered.records[0])]
    note(folder, hand, "procedure_changed", row["code"], fields=fields, new=held is None)
