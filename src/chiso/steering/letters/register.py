"""The register: letters made, their numbers and days given later, and where every figure came from."""

from __future__ import annotations

import threading
from dataclasses import replace as entry_with
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from chiso.folder import DataFolder, QuestionError
from chiso.instants import iso
from chiso.ledger.letters import Entry
from chiso.steering.letters import phrases
from chiso.steering.letters.asked import day_named, wrong
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.fill import rendered
from chiso.steering.letters.make import Made
from chiso.steering.letters.packing import digest
from chiso.steering.letters.wording import Wording

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Facts)
MOST: Final = 2**31
"""ids are below it"""
_giving = threading.Lock()
"""held from where a number is looked up until it is given"""


def entered(folder: DataFolder, made: Made, template: bytes | None = None, at: int | None = None) -> Entry:
    """Enters a letter into the register, with its document and the office's template.

    The same letter is entered once: the same bytes give the same entry.  ``at``: when it was made, where
    it is entered afterwards.
    """
    with _giving:
        return _entered(folder, made, template, folder.now() if at is None else at)


def _entered(folder: DataFolder, made: Made, template: bytes | None, now: int) -> Entry:
    head = made.facts.head
    _check_number(folder, head.number, head.symbol, head.date, made.digest)
    folder.ledger.attachments.keep(made.document, now)
    if template is not None:
        folder.ledger.attachments.keep(template, now)
    units = tuple(dict.fromkeys(code for one in made.facts.addressees for code in one.units))
    entry = Entry(
        0,
        now,
        made.facts.kind,
        made.facts.standing.unit,
        units,
        Wording(made.facts).field("subject"),
        head.number,
        head.symbol,
        head.date,
        made.digest,
        made.digest,
        made.facts.template,
        now,
    )
    return folder.ledger.letters.add(entry, _encoder.encode(made.facts))


def entry_of(folder: DataFolder, number: int) -> Entry:
    """The letter of an id.  :class:`QuestionError` where there is none."""
    found = folder.ledger.letters.get(number) if number < MOST else None
    if found is None:
        raise QuestionError(
            f"Không có công văn mã {number} trong sổ.", f"no letter {number} is in the register", unknown=True
        )
    return found


def facts_of(folder: DataFolder, entry: Entry) -> Facts:
    """What a letter says."""
    packed = folder.ledger.letters.facts(entry.id)
    assert packed is not None
    return _decoder.decode(packed)


def document_of(folder: DataFolder, entry: Entry) -> bytes:
    """The document of a letter as it stands."""
    return folder.ledger.attachments.get(entry.digest)


def numbered(folder: DataFolder, entry: Entry, number: int | None, signed_on: str) -> Entry:
    """Gives a letter its number and day; the document is made anew from the same facts.

    What is left empty stays as it was.  :class:`QuestionError` where the number is taken, the day is none or
    the deadline is not after it.
    """
    with _giving:
        return _numbered(folder, entry_of(folder, entry.id), number, signed_on)


def _numbered(folder: DataFolder, entry: Entry, number: int | None, signed_on: str) -> Entry:
    facts = facts_of(folder, entry)
    number = entry.number if number is None else number
    signed_on = signed_on or entry.signed_on
    if number is not None and number < 1:
        raise wrong("Số của công văn là số nguyên từ 1.", "the number of a letter is a whole number from 1")
    if signed_on:
        day = day_named(signed_on, "ngày ban hành", "date")
        deadline = facts.wish.deadline
        if deadline and date.fromisoformat(deadline) <= day:
            raise wrong(
                f"Thời hạn trong công văn ({phrases.short_day(date.fromisoformat(deadline))}) không sau ngày "
                f"ban hành {phrases.short_day(day)}; hãy làm lại công văn với thời hạn khác.",
                f"the letter's deadline {deadline} is not after {day}: make it anew with another deadline",
            )
    _check_number(folder, number, entry.symbol, signed_on, entry.drafted)
    facts = replace(facts, head=replace(facts.head, number=number, date=signed_on))
    template = folder.ledger.attachments.get(entry.template) if entry.template else None
    document = rendered(facts, template)
    folder.ledger.attachments.keep(document, folder.now())
    changed = entry_with(
        entry, number=number, signed_on=signed_on, digest=digest(document), changed_at=folder.now()
    )
    folder.ledger.letters.change(changed, _encoder.encode(facts))
    return changed


def _check_number(folder: DataFolder, number: int | None, symbol: str, day: str, drafted: str) -> None:
    """A number is given once a year and symbol."""
    if number is None or not day:
        return
    other = folder.ledger.letters.numbered(number, symbol, day[:4])
    if other is not None and other.drafted != drafted:
        raise wrong(
            f"Số {number:02d}/{symbol} năm {day[:4]} đã dùng cho công văn mã {other.id}.",
            f"the number {number}/{symbol} of {day[:4]} is that of letter {other.id}",
        )


def as_json(folder: DataFolder, entry: Entry) -> dict[str, object]:
    """A letter as the commands print it."""
    known = folder.registry.units.find(entry.unit)
    return {
        "id": entry.id,
        "kind": entry.kind,
        "unit": entry.unit,
        "name": known.name if known else entry.unit,
        "addressees": list(entry.addressees),
        "subject": entry.subject,
        "number": entry.number,
        "symbol": entry.symbol,
        "date": entry.signed_on or None,
        "made_at": iso(entry.made_at),
        "changed_at": iso(entry.changed_at),
        "drafted": entry.drafted,
        "digest": entry.digest,
        "template": entry.template or None,
    }
