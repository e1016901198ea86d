"""One group commit: many arrivals become journal entries, dossier versions and records, or nothing at all.

Everything is worked out in memory against what the database knows of the dossiers and records concerned,
read in a few statements, and written in a few more.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from itertools import groupby
from typing import Any, Final

import numpy as np
from msgspec import Struct

from chiso.instants import DAY, OFFSET
from chiso.intake.records import (
    Arrival,
    Dossier,
    Item,
    Mistake,
    Petition,
    Progress,
    PublishedFigure,
    Rating,
    StoreRecord,
)
from chiso.law.life import LifeRules
from chiso.ledger.codec import TAG_OF, compress, concerns, pack_items, pack_record
from chiso.ledger.database import Hot
from chiso.ledger.facts import ENCODER, FACTS, Facts, derive, tell_about, tell_message, tell_step
from chiso.ledger.keys import Keys
from chiso.ledger.natural import KEYS
from chiso.ledger.publishing import NEWS, Publishing
from chiso.ledger.receipt import Position, Receipt, Taken
from chiso.ledger.rows import ROW
from chiso.ledger.segments import Builder
from chiso.ledger.terms import Terms
from chiso.ledger.timeline import Event, gather, retell

PARALLEL_FROM: Final = 1 << 16
"""Payloads of this many bytes are compressed beside the merging; below, the hand-over costs more."""

_ABOUT: Final = (Petition, Rating, StoreRecord)
Numbers = tuple[int, int, int, int, int, int, int]


class Held(Struct, eq=False, gc=False):
    """A dossier in hand during one commit."""

    id: int
    code: str
    facts: Facts
    stored: bool
    """whether the database has it already"""
    dirty: bool = False
    late: bool = False
    """news of it is older than what is known of it"""


class Acceptance:
    """The work of one commit.  Use once: :meth:`take` each arrival, then :meth:`finish`."""

    def __init__(
        self, hot: Hot, arrivals: Sequence[Arrival], now: int, terms: Terms, keys: Keys, rules: LifeRules,
        helper: Executor,
    ) -> None:  # fmt: skip
        self._hot = hot
        self._now = now
        self._terms = terms
        self._keys = keys
        self._rules = rules
        self._helper = helper
        self._seq, self._version, self._record, last_term, self._dossier, self._sealed, self._news = heads(
            hot
        )
        if last_term > terms.last:
            terms.learn(hot.all("SELECT id, text FROM term WHERE id > ? ORDER BY id", (terms.last,)))
        self._held: dict[str, Held] = {}
        self._procedures: set[str] = set()
        self._kept: dict[tuple[str, str], list[tuple[int, int, bytes]]] = {}
        self._told_again: dict[tuple[str, str], list[int]] = {}
        self._journal: list[tuple[Any, ...]] = []
        self._versions = Builder()
        self._repeats: list[tuple[int, int]] = []
        self._records: list[tuple[int, str, str, int, int, bytes]] = []
        self._record_repeats: list[tuple[str, str, int, int]] = []
        self._publishing = Publishing(hot)
        self._quarantine: list[tuple[Any, ...]] = []
        self._mistakes: defaultdict[tuple[str, int, int], int] = defaultdict(int)
        self._counts: dict[tuple[str, int, str], list[int]] = {}
        self._all_rows: list[bytes] = []
        self._kinds: set[str] = set()
        self._senders: set[str] = set()
        self._taken: list[Taken] = []
        self._look_up(arrivals)

    # What the database knows of what has come

    def _look_up(self, arrivals: Sequence[Arrival]) -> None:
        codes: set[str] = set()
        named: set[str] = set()
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        published: list[PublishedFigure] = []
        for arrival in arrivals:
            for kind, run in groupby(arrival.items, type):
                if kind is PublishedFigure:
                    published += run  # type: ignore[arg-type]
                    continue
                if kind is Dossier or kind is Progress:
                    told = list(run)
                    codes.update([item.code for item in told])  # type: ignore[union-attr]
                    if kind is Dossier:
                        named.update([item.procedure for item in told])  # type: ignore[union-attr]
                    continue
                tag = TAG_OF[kind]
                key = KEYS[tag]
                for item in run:
                    wanted[tag].add(key(item))
                    if isinstance(item, _ABOUT) and (code := concerns(item)):
                        codes.add(code)
        self._publishing.look_up(published)
        found = self._hot.among(
            "SELECT dossier.id, dossier.code, dossier.facts FROM {among} "
            "JOIN dossier ON dossier.code = wanted.value",
            list(codes),
        )
        for number, code, facts in found:
            self._held[code] = Held(number, code, FACTS.decode(facts), True)
        # Told of the catalogue as it is now: kept with what was counted, not with the dossier.
        for (code,) in self._hot.among(
            "SELECT DISTINCT record.key FROM {among} "
            "JOIN record ON record.kind = 'procedure' AND record.key = wanted.value",
            list(named),
        ):
            self._procedures.add(code)
        for tag, keys in wanted.items():
            for known_at, number, key_text, body in self._hot.among(
                "SELECT record.known_at, record.id, record.key, record.body FROM {among} "
                "JOIN record ON record.kind = ? AND record.key = wanted.value "
                "ORDER BY record.known_at, record.id",
                list(keys),
                (tag,),
            ):
                self._kept.setdefault((tag, key_text), []).append((known_at, number, bytes(body)))
            for key_text, known_at in self._hot.among(
                "SELECT record_repeat.key, record_repeat.known_at FROM {among} "
                "JOIN record_repeat ON record_repeat.kind = ? AND record_repeat.key = wanted.value",
                list(keys),
                (tag,),
            ):
                self._told_again.setdefault((tag, key_text), []).append(known_at)

    def _dossier_of(self, code: str) -> Held:
        held = self._held.get(code)
        if held is None:
            self._dossier += 1
            held = self._held[code] = Held(self._dossier, code, Facts(), False)
        return held

    # One arrival

    def take(self, arrival: Arrival) -> None:
        """Takes in one arrival after those taken before."""
        taken = Taken(0, arrival.kind, refused=len(arrival.refusals))
        self._taken.append(taken)
        known_at = self._now if arrival.known_at is None else arrival.known_at
        sender = self._terms[arrival.sender]
        lag = [0, 0, 0]
        if arrival.items:
            self._seq += 1
            taken.seq = self._seq
            self._write_down(arrival, known_at)
            touched: dict[Held, bool] = {}
            for kind, run in groupby(arrival.items, type):
                if kind is Dossier:
                    self._messages(run, arrival, taken, known_at, sender, touched, lag)  # type: ignore[arg-type]
                elif kind is Progress:
                    self._steps(run, arrival, taken, known_at, sender, touched, lag)  # type: ignore[arg-type]
                elif kind is PublishedFigure:
                    self._published(run, taken, known_at)  # type: ignore[arg-type]
                else:
                    self._others(TAG_OF[kind], list(run), taken, known_at, touched)
            self._make_versions(arrival, taken, known_at, touched)
        taken.read = max(arrival.read, len(arrival.items) + len(arrival.refusals))
        self._refuse(arrival, taken)
        if taken.read:
            self._count(arrival, taken, known_at, lag)
        if arrival.sender:
            self._senders.add(arrival.sender)

    def _write_down(self, arrival: Arrival, known_at: int) -> None:
        payload = arrival.payload
        packed: Future[tuple[bytes, bytes]] | tuple[bytes, bytes]
        packed = (
            self._helper.submit(_pack_payload, payload)
            if len(payload) >= PARALLEL_FROM
            else _pack_payload(payload)
        )
        content = pack_items(arrival.items)
        self._journal.append(
            (
                *(self._seq, self._now * 1_000_000, known_at, arrival.timely, arrival.sender, arrival.door),
                *(arrival.kind, len(arrival.items), packed, content),
            )
        )

    def _messages(
        self, run: Sequence[Dossier], arrival: Arrival, taken: Taken, known_at: int, sender: int,
        touched: dict[Held, bool], lag: list[int],
    ) -> None:  # fmt: skip
        timely, held_of, day = arrival.timely, self._held, (known_at + OFFSET) // DAY
        new = changed = same = flagged = lags = lag_sum = lag_max = 0
        for message in run:
            held = held_of.get(message.code)
            if held is None:
                held = self._dossier_of(message.code)
            facts = held.facts
            if facts.known_at > known_at:
                held.late = touched[held] = True
                continue
            first = facts.message is None
            if not tell_message(facts, message, known_at, sender, timely):
                same += 1
                if facts.known_at < known_at:
                    facts.known_at = known_at
                    held.dirty = True
                    touched.setdefault(held, False)
                continue
            facts.known_at = known_at
            touched[held] = True
            if first:
                new += 1
            else:
                changed += 1
            mistakes = message.mistakes | facts.mistakes
            if message.procedure not in self._procedures:
                mistakes |= _UNKNOWN
            if mistakes:
                flagged += 1
                self._blame(arrival.sender, mistakes, day)
            told = message.returned_at or message.finished_at or message.refused_at or message.received_at
            if told is not None and timely:
                late = known_at - told
                if late >= 0:
                    lags += 1
                    lag_sum += late
                    lag_max = max(late, lag_max)
        taken.new += new
        taken.changed += changed
        taken.same += same
        taken.flagged += flagged
        _add_lag(lag, lags, lag_sum, lag_max)

    def _steps(
        self, run: Sequence[Progress], arrival: Arrival, taken: Taken, known_at: int, sender: int,
        touched: dict[Held, bool], lag: list[int],
    ) -> None:  # fmt: skip
        timely = arrival.timely
        for progress in run:
            held = self._dossier_of(progress.code)
            facts = held.facts
            if facts.known_at > known_at:
                held.late = touched[held] = True
                continue
            if not tell_step(facts, progress.step, sender, timely):
                taken.same += 1
                continue
            facts.known_at = known_at
            touched[held] = True
            taken.new += 1
            late = known_at - progress.step.at
            if timely and late >= 0:
                _add_lag(lag, 1, late, late)

    def _published(self, run: Iterable[PublishedFigure], taken: Taken, known_at: int) -> None:
        for figure in run:
            outcome = self._publishing.keep(figure, known_at, self._seq)
            setattr(taken, outcome, getattr(taken, outcome) + 1)
            if outcome != "same":
                self._kinds.add("published")

    def _others(
        self, tag: str, run: list[Item], taken: Taken, known_at: int, touched: dict[Held, bool]
    ) -> None:
        key_of = KEYS[tag]
        for item in run:
            if not self._keep(tag, key_of(item), pack_record(item), known_at, taken):
                continue
            if tag == "procedure":
                self._procedures.add(item.code)  # type: ignore[union-attr]
            if not isinstance(item, _ABOUT):
                continue
            code = concerns(item)
            if not code:
                continue
            held = self._dossier_of(code)
            if held.facts.known_at > known_at:
                held.late = touched[held] = True
            elif tell_about(held.facts, item, known_at):
                held.facts.known_at = known_at
                touched[held] = True

    def _keep(self, tag: str, key: str, body: bytes, known_at: int, taken: Taken) -> bool:
        """Keeps a record; false where it is what was known at that instant already."""
        entries = self._kept.setdefault((tag, key), [])
        place = bisect_right(entries, known_at, key=lambda entry: entry[0])
        before = entries[place - 1] if place else None
        again = self._told_again.get((tag, key), [])
        if before is not None and before[2] == body:
            taken.same += 1
            if before[0] < known_at and known_at not in again:
                self._record_repeats.append((tag, key, known_at, self._seq))
                self._told_again.setdefault((tag, key), []).append(known_at)
            return False
        if before is None:
            taken.new += 1
        else:
            taken.changed += 1
        self._kinds.add(tag)
        self._add_record(tag, key, body, known_at, entries, place)
        if before is not None and again:
            # What was told again after this instant holds again from then on.
            after = entries[place + 1][0] if place + 1 < len(entries) else None
            later = [at for at in again if at > known_at and (after is None or at < after)]
            if later:
                self._add_record(tag, key, before[2], min(later), entries, place + 1)
        return True

    def _add_record(
        self,
        tag: str,
        key: str,
        body: bytes,
        known_at: int,
        entries: list[tuple[int, int, bytes]],
        place: int,
    ) -> None:
        self._record += 1
        entries.insert(place, (known_at, self._record, body))
        self._records.append((self._record, tag, key, known_at, self._seq, body))

    # What follows from it

    def _make_versions(
        self, arrival: Arrival, taken: Taken, known_at: int, touched: dict[Held, bool]
    ) -> None:
        seq, number, terms, rules = self._seq, self._version, self._terms, self._rules
        versions = self._versions
        late = [held for held in touched if held.late]
        for held, told in touched.items():
            if held.late:
                continue
            held.dirty = True
            if told:
                number += 1
                packed = derive(held.facts, number, held.id, known_at, terms, rules)
                versions.add(number, seq, held.facts.version, packed)
                held.facts.version = number
            else:
                self._repeats.append((held.id, seq))
        self._version = number
        if late:
            self._backfill(arrival, taken, known_at, late)

    def _backfill(self, arrival: Arrival, taken: Taken, known_at: int, late: list[Held]) -> None:
        """News older than what is known: the dossiers' later versions are told anew from the journal."""
        self._flush_history()
        timelines = gather(self._hot, [(held.id, held.code, held.facts.version) for held in late], self._seq)
        day = (known_at + OFFSET) // DAY
        for held in late:
            events, versions = timelines[held.id]

            def outcome(event: Event, first: bool, told: bool, facts: Facts) -> None:
                if event.seq != self._seq or event.tag not in ("dossier", "progress"):
                    return
                if not told:
                    taken.same += 1
                    return
                if event.tag == "dossier" and not first:
                    taken.changed += 1
                else:
                    taken.new += 1
                mistakes = event.item.mistakes | facts.mistakes if event.tag == "dossier" else 0
                if event.tag == "dossier" and event.item.procedure not in self._procedures:
                    mistakes |= _UNKNOWN
                if mistakes:
                    taken.flagged += 1
                    self._blame(arrival.sender, mistakes, day)

            noted, last = False, held.facts.version
            facts = Facts()
            for version in retell(facts, held.id, events, versions, self._terms, self._rules, outcome):
                self._version += 1
                packed = derive(
                    version.facts, self._version, held.id, version.known_at, self._terms, self._rules
                )
                self._versions.add(self._version, version.seq, last, packed)
                last = self._version
                noted = noted or version.seq == self._seq
            if not noted:
                self._repeats.append((held.id, self._seq))
            facts.version = last
            held.facts = facts
            held.dirty = True
            held.late = False

    def _blame(self, sender: str, mistakes: int, day: int) -> None:
        bit = 0
        while mistakes:
            if mistakes & 1:
                self._mistakes[(sender, bit, day)] += 1
            mistakes >>= 1
            bit += 1

    def _refuse(self, arrival: Arrival, taken: Taken) -> None:
        for refusal in arrival.refusals:
            self._sealed += 1
            taken.refusals.append((self._sealed, refusal))
            raw = self._keys.seal(compress(refusal.raw))
            self._quarantine.append(
                (
                    *(self._sealed, self._now, arrival.sender, arrival.door, arrival.kind),
                    *(refusal.place, refusal.code, refusal.field, refusal.value, refusal.reason),
                    *(refusal.message_vi, refusal.message_en, raw, "open", ""),
                )
            )

    def _count(self, arrival: Arrival, taken: Taken, known_at: int, lag: list[int]) -> None:
        key = (arrival.sender, (known_at + OFFSET) // DAY, arrival.kind)
        counts = self._counts.setdefault(key, [0] * 9)
        told = (taken.read, taken.new, taken.changed, taken.same, taken.flagged, taken.refused, *lag[:2])
        for place, value in enumerate(told):
            counts[place] += value
        counts[8] = max(counts[8], lag[2])

    # Writing

    def _flush_history(self) -> None:
        """Writes the journal and the versions so far, within the transaction."""
        hot = self._hot
        hot.insert(
            "journal",
            ("seq", "received_at", "known_at", "timely", "sender", "door", "kind", "items", "hash", "payload",
             "content"),
            [_settled(entry) for entry in self._journal],
        )  # fmt: skip
        made = self._versions.take()
        if made is not None:
            segment, rows = made
            hot.insert("segment", ("first", "last", "packed", "links"), [segment])
            self._all_rows.append(rows)
        hot.insert("repeat", ("dossier", "seq"), self._repeats)
        self._journal, self._repeats = [], []

    def finish(self) -> Receipt:
        """Writes everything and says what became of it.  The caller commits."""
        hot = self._hot
        hot.insert("term", ("id", "text"), self._terms.fresh)
        encode = ENCODER.encode
        fresh = [(one.id, one.code, encode(one.facts)) for one in self._held.values() if not one.stored]
        hot.insert("dossier", ("id", "code", "facts"), fresh)
        hot.update_facts(
            [(encode(one.facts), one.id) for one in self._held.values() if one.stored and one.dirty]
        )
        self._flush_history()
        hot.insert("record", ("id", "kind", "key", "known_at", "seq", "body"), self._records)
        hot.insert("record_repeat", ("kind", "key", "known_at", "seq"), self._record_repeats)
        if self._publishing.write():
            self._news = self._publishing.seq
        hot.insert(
            "quarantine",
            ("id", "received_at", "sender", "door", "kind", "place", "code", "field", "value", "reason",
             "message_vi", "message_en", "raw", "state", "changed_by"),
            self._quarantine,
        )  # fmt: skip
        hot.many(
            "INSERT INTO mistake (sender, bit, day, count) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (sender, bit, day) DO UPDATE SET count = mistake.count + excluded.count",
            [(*key, count) for key, count in self._mistakes.items()],
        )
        hot.many(_COUNT, [(*key, *counts) for key, counts in self._counts.items()])
        hot.many(
            "UPDATE sender SET last_used_at = ? WHERE name = ?", [(self._now, name) for name in self._senders]
        )
        rows = np.frombuffer(b"".join(self._all_rows), dtype=ROW)
        position = Position(self._seq, self._version, self._record, self._news)
        return Receipt(self._taken, rows, position, frozenset(self._kinds), self._now)


_UNKNOWN: Final = int(Mistake.UNKNOWN_PROCEDURE)
_COUNT: Final = (
    "INSERT INTO arrival (sender, day, kind, read, new, changed, same, flagged, refused, lag_count, lag_sum, "
    "lag_max) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, day, kind) DO UPDATE SET "
    "read = arrival.read + excluded.read, new = arrival.new + excluded.new, "
    "changed = arrival.changed + excluded.changed, same = arrival.same + excluded.same, "
    "flagged = arrival.flagged + excluded.flagged, refused = arrival.refused + excluded.refused, "
    "lag_count = arrival.lag_count + excluded.lag_count, lag_sum = arrival.lag_sum + excluded.lag_sum, "
    "lag_max = CASE WHEN excluded.lag_max > arrival.lag_max THEN excluded.lag_max ELSE arrival.lag_max END"
)


def heads(hot: Hot) -> Numbers:
    """The last numbers given: journal, version, record, term, dossier, quarantine; and the journal entry
    that last changed published results."""
    ((*numbers,),) = hot.all(
        "SELECT (SELECT coalesce(max(seq), 0) FROM journal), (SELECT coalesce(max(last), 0) FROM segment), "
        "(SELECT coalesce(max(id), 0) FROM record), (SELECT coalesce(max(id), 0) FROM term), "
        "(SELECT coalesce(max(id), 0) FROM dossier), (SELECT coalesce(max(id), 0) FROM quarantine), "
        "(SELECT value FROM meta WHERE key = ?)",
        (NEWS,),
    )
    journal, version, record, term, dossier, sealed, news = (int(number or 0) for number in numbers)
    return journal, version, record, term, dossier, sealed, news


def _pack_payload(payload: bytes) -> tuple[bytes, bytes]:
    return hashlib.sha256(payload).digest(), compress(payload)


def _settled(entry: tuple[Any, ...]) -> tuple[Any, ...]:
    *rest, packed, content = entry
    digest, payload = packed.result() if isinstance(packed, Future) else packed
    return (*rest, digest, payload, content)


def _add_lag(lag: list[int], count: int, total: int, most: int) -> None:
    lag[0] += count
    lag[1] += total
    lag[2] = max(lag[2], most)
