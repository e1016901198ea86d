"""What lies in quarantine, and what it would have counted, where it can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.columns import Columns
from chiso.intake.context import Context
from chiso.intake.salvage import salvaged
from chiso.law.life import LifeRules
from chiso.ledger.facts import Facts, derive, tell_message
from chiso.ledger.rows import ROW

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.intake.records import Dossier
    from chiso.ledger.quarantine import Refused

ALL: Final = 1_000_000
"""Pieces that are looked at."""


@dataclass
class Pieces:
    """The open refused dossiers that can be read."""

    refused: dict[int, Refused] = field(default_factory=dict)
    """number of the dossier → the piece; numbers above those of the ledger are of codes not known here"""
    codes: dict[int, str] = field(default_factory=dict)
    """codes of the numbers that are not in the ledger"""
    rows: Columns = field(default_factory=Columns.empty)
    """without what the registry derives"""
    submitted: dict[int, int] = field(default_factory=dict)
    unread: int = 0
    """pieces of dossiers and steps that cannot be read, or tell of no receipt"""


class _Terms(dict[str, int]):
    """Numbers of texts; what has none yet gets the next one."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__({text: number for number, text in enumerate(texts)})
        self.texts = texts

    def __missing__(self, text: str) -> int:
        self[text] = len(self.texts)
        self.texts.append(text)
        return self[text]


def read_pieces(folder: DataFolder, terms: list[str], top: int, rules: LifeRules) -> Pieces:
    """Reads all open pieces with a code.  Of several of one dossier the newest counts.

    A piece that an accepted message has replaced since counts no more.  ``terms`` grows by the texts that
    only refused pieces tell; ``top`` is the greatest number that the ledger has given.
    """
    found = Pieces()
    told: dict[str, tuple[Refused, Dossier]] = {}
    quarantine = folder.ledger.quarantine
    contexts: dict[str, Context] = {}
    for refused in quarantine.list("open", limit=ALL):  # the newest first
        if refused.kind == "progress" and refused.code:
            found.unread += 1  # a step is refused for its instant, its state or its code: nothing is left
        if refused.kind != "dossiers":
            continue
        context = contexts.setdefault(refused.sender, _context(folder, refused.sender))
        read = salvaged(quarantine.raw(refused.id), refused.place, context)
        if read is None:
            found.unread += refused.reason != "other_province"
        elif read[0].code not in told:
            told[read[0].code] = refused, read[0]
    numbers = folder.ledger.ids(list(told))
    known = folder.ledger.facts(list(numbers.values()))
    packed: list[bytes] = []
    numbered = _Terms(terms)
    for code, (refused, dossier) in sorted(told.items()):
        number = numbers.get(code, top + 1 + len(found.codes))
        facts = known.get(number, Facts())
        if facts.message is not None and facts.message_known_at > refused.received_at:
            continue
        if code not in numbers:
            found.codes[number] = code
        found.refused[number] = refused
        if dossier.submitted_at is not None:
            found.submitted[number] = dossier.submitted_at
        packed.append(_packed(facts, dossier, number, refused, numbered, rules))
    if packed:
        found.rows = Columns.of_rows(np.frombuffer(b"".join(packed), ROW))
    return found


def _context(folder: DataFolder, sender: str) -> Context:
    return Context(
        home=folder.settings.home,
        is_foreign=folder.registry.units.foreign,
        key=folder.ledger.keys.hashing,
        sender=sender,
    )


def _packed(
    facts: Facts, dossier: Dossier, number: int, refused: Refused, terms: Mapping[str, int], rules: LifeRules
) -> bytes:
    tell_message(facts, dossier, refused.received_at, terms[refused.sender], timely=True)
    return derive(facts, facts.version + 1, number, refused.received_at, terms, rules)
