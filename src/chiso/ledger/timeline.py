"""A dossier's whole story, told again from the journal in the order in which it became known.

A backfill puts news before what is known already, so that everything known later has to be told again; a
recount tells everything again to compare.  Events are ordered by ``(known_at, seq, place in the arrival)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from chiso.law.life import LifeRules
from chiso.ledger.codec import concerns, unpack_wanted
from chiso.ledger.database import Hot
from chiso.ledger.facts import PACKED, Facts, derive, tell_about, tell_message, tell_step
from chiso.ledger.segments import Stored, stored_versions
from chiso.ledger.terms import Terms

ENTRIES_AT_ONCE: Final = 64
"""Journal entries decoded together: bounds memory."""


class Event(NamedTuple):
    """One item about one dossier, as the journal has it."""

    known_at: int
    seq: int
    place: int
    tag: str
    item: Any
    sender: str
    timely: bool

    def tell(self, facts: Facts, terms: Terms) -> bool:
        """Tells the facts; true where they change."""
        if self.tag == "dossier":
            told = tell_message(facts, self.item, self.known_at, terms[self.sender], self.timely)
            # Even a repeat counts: what is older than it comes before it.
            facts.known_at = self.known_at
            return told
        if self.tag == "progress":
            told = tell_step(facts, self.item.step, terms[self.sender], self.timely)
        else:
            told = tell_about(facts, self.item, self.known_at)
        if told:
            facts.known_at = self.known_at
        return told


class Version(NamedTuple):
    """A version that the ledger should hold.  ``facts`` are live: use them before asking for the next."""

    known_at: int
    seq: int
    facts: Facts


Timeline = tuple[list[Event], list[Stored]]
Watcher = Callable[[Event, bool, bool, Facts], None]
"""Told of each event: the event, whether it is the first message, whether it changed the facts, the facts."""


def gather(hot: Hot, wanted: Sequence[tuple[int, str, int]], also: int | None = None) -> dict[int, Timeline]:
    """The events and the versions of dossiers (number, code, last version), each in order.

    ``also`` is a journal entry to be read besides those that the versions and repeats name.
    """
    found: dict[int, Timeline] = {number: ([], []) for number, _, _ in wanted}
    seqs: set[int] = set() if also is None else {also}
    for stored in stored_versions(hot, [version for _, _, version in wanted if version]):
        seqs.add(stored.seq)
        found[stored.dossier][1].append(stored)
    for (seq,) in hot.among(
        "SELECT repeat.seq FROM {among} JOIN repeat ON repeat.dossier = wanted.value",
        [number for number, _, _ in wanted],
    ):
        seqs.add(seq)
    number_of = {code: number for number, code, _ in wanted}
    ordered = sorted(seqs)
    for start in range(0, len(ordered), ENTRIES_AT_ONCE):
        for seq, known_at, sender, timely, content in hot.among(
            "SELECT journal.seq, journal.known_at, journal.sender, journal.timely, journal.content "
            "FROM {among} JOIN journal ON journal.seq = wanted.value",
            ordered[start : start + ENTRIES_AT_ONCE],
        ):
            for place, tag, item in unpack_wanted(content, number_of):
                event = Event(known_at, seq, place, tag, item, sender, bool(timely))
                found[number_of[code_of(tag, item)]][0].append(event)
    for events, versions in found.values():
        versions.reverse()
        events.sort(key=lambda event: event[:3])
    return found


def code_of(tag: str, item: Any) -> str:
    """The code of the dossier that an item tells of; empty for none."""
    code: str = item.code if tag in ("dossier", "progress") else concerns(item)
    return code


def retell(
    facts: Facts,
    dossier: int,
    events: Sequence[Event],
    existing: Sequence[Stored],
    terms: Terms,
    rules: LifeRules,
    watch: Watcher | None = None,
) -> Iterator[Version]:
    """The versions that the events call for and the ledger lacks.  Empty where all is as it should be.

    ``facts``, empty at first, are told all events: at the end they are what is known now, since the last
    event or version.  (After a backfill a version may stand where nothing new is told any more.)
    """
    newest = {version.known_at: version for version in existing}
    before: bytes | None = None
    for known_at, group in groupby(events, lambda event: event.known_at):
        seq = 0
        for event in group:
            first = facts.message is None
            told = event.tell(facts, terms)
            if told or seq == 0:
                seq = event.seq
            if watch is not None:
                watch(event, first, told, facts)
        held = newest.get(known_at)
        packed = derive(facts, 0 if held is None else held.id, dossier, known_at, terms, rules)
        now = _content(packed)
        wrong = now != before if held is None else packed != held.packed
        before = now
        if wrong:
            yield Version(known_at, seq, facts)
    if existing:
        facts.known_at = max(facts.known_at, *(version.known_at for version in existing))


def _content(packed: bytes) -> bytes:
    """Rows without the version and the instant since which they are known."""
    size = PACKED.size
    if len(packed) == size:
        return packed[20:]
    return b"".join([packed[start + 20 : start + size] for start in range(0, len(packed), size)])
