"""Tells the whole journal anew and compares: does the ledger hold what its journal says, at every instant?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

from chiso.intake.records import PublishedFigure
from chiso.ledger.codec import codes_in, pack_record, unpack_kinds, unpack_record, unpack_wanted
from chiso.ledger.collecting import without_collecting
from chiso.ledger.database import Database, LedgerError
from chiso.ledger.facts import FACTS, Facts
from chiso.ledger.natural import KEYS
from chiso.ledger.publishing import Figure, carried, figure_of, unit_of
from chiso.ledger.reading import Reading
from chiso.ledger.segments import Stored, stored_versions
from chiso.ledger.store import Ledger
from chiso.ledger.terms import Terms
from chiso.ledger.timeline import Event, code_of, retell

DOSSIERS_AT_ONCE: Final = 100_000
"""How many dossiers are told anew in one pass over the journal: bounds memory."""


class Difference(NamedTuple):
    """Something that the ledger holds otherwise than its journal tells."""

    what: str
    """``facts``, ``rows``, ``dossier`` (one that is missing), ``attachment`` or a kind of record"""
    key: str
    known_at: int | None


def differences(ledger: Reading) -> Iterator[Difference]:
    """All differences; none in a sound ledger.  Run it while nothing is being written."""
    terms = Terms()
    terms.learn(ledger.terms())
    told = _codes_told(ledger)
    dossiers = ledger.all_facts()
    while part := {code: (number, facts) for number, code, facts in islice(dossiers, DOSSIERS_AT_ONCE)}:
        told -= part.keys()
        with without_collecting():
            found = list(_of_dossiers(ledger, part, terms))
        yield from found
    for code in sorted(told):
        yield Difference("dossier", code, None)
    yield from _of_records(ledger)
    yield from _of_published(ledger)
    if isinstance(ledger, Ledger):
        yield from _of_attachments(ledger)


def _entries(database: Database) -> Iterator[tuple[int, int, str, bool, bytes]]:
    after = 0
    while True:
        with database.hot() as hot:
            found = hot.all(
                "SELECT seq, known_at, sender, timely, content FROM journal "
                "WHERE seq > ? ORDER BY seq LIMIT 50",
                (after,),
            )
        if not found:
            return
        for seq, known_at, sender, timely, content in found:
            yield seq, known_at, sender, bool(timely), bytes(content)
        after = found[-1][0]


def _codes_told(ledger: Reading) -> set[str]:
    return {code for *_, content in _entries(ledger.database) for code in codes_in(content)}


def _of_dossiers(ledger: Reading, part: dict[str, tuple[int, Facts]], terms: Terms) -> Iterator[Difference]:
    events: defaultdict[str, list[Event]] = defaultdict(list)
    for seq, known_at, sender, timely, content in _entries(ledger.database):
        for place, tag, item in unpack_wanted(content, part):
            event = Event(known_at, seq, place, tag, item, sender, timely)
            events[code_of(tag, item)].append(event)
    versions: defaultdict[int, list[Stored]] = defaultdict(list)
    with ledger.database.hot() as hot:
        for stored in stored_versions(hot, [facts.version for _, facts in part.values() if facts.version]):
            versions[stored.dossier].append(stored)
    for code, (number, held) in part.items():
        versions[number].reverse()
        told = sorted(events[code], key=lambda event: event[:3])
        facts = Facts()
        for version in retell(facts, number, told, versions[number], terms, ledger.rules):
            yield Difference("rows", code, version.known_at)
        facts.version = held.version
        if FACTS.decode(_packed(facts)) != held:
            yield Difference("facts", code, None)


def _packed(facts: Facts) -> bytes:
    return pack_record(facts)  # type: ignore[arg-type]


def _of_records(ledger: Reading) -> Iterator[Difference]:
    told = [
        (known_at, seq, place, tag, KEYS[tag](item), pack_record(item))
        for seq, known_at, _, _, content in _entries(ledger.database)
        for place, (tag, item) in enumerate(unpack_kinds(content, KEYS))
    ]
    told.sort(key=lambda one: one[:3])
    should: defaultdict[tuple[str, str], dict[int, bytes]] = defaultdict(dict)
    for known_at, _, _, tag, key, body in told:
        should[tag, key][known_at] = body
    held: defaultdict[tuple[str, str], dict[int, bytes]] = defaultdict(dict)
    with ledger.database.hot() as hot:
        for tag, key, known_at, body in hot.all("SELECT kind, key, known_at, body FROM record ORDER BY id"):
            held[tag, key][known_at] = pack_record(unpack_record(tag, bytes(body)))
    for tag, key in sorted({*should, *held}):
        left, right = should[tag, key], held[tag, key]
        before: tuple[bytes | None, bytes | None] = (None, None)
        for known_at in sorted({*left, *right}):
            before = (left.get(known_at, before[0]), right.get(known_at, before[1]))
            if before[0] != before[1]:
                yield Difference(tag, key, known_at)
                break


def _of_attachments(ledger: Ledger) -> Iterator[Difference]:
    """Every content that a record names by its digest is kept, and is what the digest says."""
    named: dict[str, str] = {}
    for *_, content in _entries(ledger.database):
        for tag, item in unpack_kinds(content, ("document", "report")):
            digests = (item.digest,) if tag == "document" else (item.content, *item.files)
            named.update((digest, KEYS[tag](item)) for digest in digests if digest)
    for digest, key in named.items():
        try:
            ledger.attachments.get(digest)
        except LedgerError:
            yield Difference("attachment", f"{digest} {key}", None)


def _of_published(ledger: Reading) -> Iterator[Difference]:
    """Every published figure as its last telling has it, and what each row carries on from those before."""
    aliases = ledger.aliases()
    told: list[tuple[int, int, int, PublishedFigure]] = []
    for seq, known_at, _, _, content in _entries(ledger.database):
        for place, (_, figure) in enumerate(unpack_kinds(content, ("published",))):
            told.append((known_at, seq, place, figure))
    told.sort(key=lambda one: one[:3])
    should: defaultdict[tuple[str, str], defaultdict[int, dict[str, Figure]]]
    should = defaultdict(lambda: defaultdict(dict))
    for known_at, _, _, figure in told:
        key, kept = figure_of(figure, known_at)
        should[unit_of(figure, aliases), figure.period][figure.captured_at][key] = kept
    held: defaultdict[tuple[str, str], dict[int, dict[str, Figure]]] = defaultdict(dict)
    for row in ledger.published.all():
        held[row.unit, row.period][row.captured_at] = row.capture.figures
    for unit, period in sorted({*should, *held}):
        before: dict[str, Figure] = {}
        at_before = 0
        rows: Mapping[int, dict[str, Figure]] = should.get((unit, period), {})
        for at in sorted({*rows, *held.get((unit, period), {})}):
            before, at_before = carried(before, at_before, rows.get(at, {})), at
            if held[unit, period].get(at) != before:
                yield Difference("published", f"{unit} {period}", at)
                break
