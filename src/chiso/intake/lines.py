"""One JSON document a line: envelopes, bare arrays, single messages, journal lines and other records,
mixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import msgspec

from chiso.intake import scalars
from chiso.intake.batches import DECODE_ERRORS, Batch, kind_and_synced, misfit
from chiso.intake.context import CHUNK, Context
from chiso.intake.documents import other_arrivals
from chiso.intake.kinds import keys_in, kind_named, kind_of_keys
from chiso.intake.objects import Piece
from chiso.intake.records import Arrival, Refusal
from chiso.intake.refusals import RefusedError, refusal
from chiso.intake.shapes import Probe

_PROBE: Final = msgspec.json.Decoder(Probe)
_ANY: Final = msgspec.json.Decoder()
_MESSAGE_KINDS: Final = ("dossiers", "progress")


class LineReader:
    """Collects lines into Arrivals: one open for dossiers, one for steps, one for each other kind.

    Between kinds the order is given up (steps may come before their dossier); within a kind it is kept.  All
    are closed where the instant at which the lines were known changes.
    """

    def __init__(
        self,
        context: Context,
        *,
        kind: str = "",
        door: str = "file",
        journal: bool = True,
        chunk: int = CHUNK,
    ) -> None:
        self.context = context
        self.kind = kind
        self.door = door
        self.journal = journal
        self.chunk = chunk
        self.known_at: int | None = None
        self._told_kind = ""
        """kind that a journal line names for its message"""
        self._contexts = {context.sender: context}
        self._batches: dict[tuple[str, bool], Batch] = {}
        self._others: dict[str, list[Piece]] = {}
        self._refused: list[Refusal] = []

    def read(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Arrival]:
        """Arrivals of numbered lines."""
        for number, line in lines:
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            yield from self._line(text, f"line {number}")
        yield from self.flush()

    def _line(self, line: bytes | msgspec.Raw, place: str, known_at: int | None = None) -> Iterator[Arrival]:
        try:
            first = bytes(memoryview(line)[:64]).lstrip()[:1]
            if first != b"{":
                yield from self._array(line, place, known_at, first)
                return
            probe = _PROBE.decode(line)
        except DECODE_ERRORS as error:
            self._refuse(misfit(error, bytes(line), place))
            return
        if probe.message and probe.received_at:
            yield from self._journal(probe, bytes(line), place)
            return
        if known_at != self.known_at:
            yield from self.flush()
            self.known_at = known_at
        kind, synced = kind_and_synced(probe, self._told_kind or self.kind)
        if kind not in _MESSAGE_KINDS:
            yield from self._other(line, place, kind)
            return
        batch = self._batches.get((kind, synced))
        if batch is None:
            batch = self._batches[kind, synced] = Batch(kind, self.context, synced=synced, door=self._door())
        if probe.data:
            if not (probe.unit and batch.add_refused_envelope(bytes(line), probe.unit)):
                batch.add_data(probe.data, f"{place} data")
        else:
            batch.add_one(line, place)
        if batch.read >= self.chunk:
            del self._batches[kind, synced]
            yield batch.arrival(self.known_at)

    def _door(self) -> str:
        return "journal" if self.known_at is not None else self.door

    def _array(
        self, line: bytes | msgspec.Raw, place: str, known_at: int | None, first: bytes
    ) -> Iterator[Arrival]:
        if first != b"[":
            _ANY.decode(line)  # a bare value, or no JSON at all: then this raises
            words: dict[str, object] = {"found": ("giá trị đơn", "a bare value")}
            self._refuse(refusal(place, "", "", "not_a_record", raw=bytes(line), words=words))
            return
        if known_at != self.known_at:
            yield from self.flush()
            self.known_at = known_at
        kind = self._told_kind or self.kind or kind_of_keys(keys_in(bytes(memoryview(line)[:20_000])))
        if kind not in _MESSAGE_KINDS:
            yield from self._other(line, place, kind)
            return
        batch = self._batches.setdefault((kind, True), Batch(kind, self.context, door=self._door()))
        batch.add_array(line, place)
        if batch.read >= self.chunk:
            del self._batches[kind, True]
            yield batch.arrival(self.known_at)

    def _journal(self, probe: Probe, line: bytes, place: str) -> Iterator[Arrival]:
        if not self.journal:
            self._refuse(refusal(place, "received_at", "", "journal_not_allowed", raw=line))
            return
        try:
            told = _ANY.decode(probe.received_at)
            at = None if isinstance(told, dict | list) else scalars.instant(told, "received_at")
            if at is None:
                raise RefusedError("received_at", "", "missing")
        except RefusedError as error:
            self._refuse(error.at(place, raw=line))
            return
        sender, kind = str(probe.sender or ""), str(probe.kind or "")
        if kind and kind_named(kind) is None:
            words: dict[str, object] = {"kinds": ", ".join(Arrival.KINDS)}
            self._refuse(refusal(place, "kind", kind, "unknown_shape", words=words, raw=line))
            return
        if sender and sender != self.context.sender:
            yield from self.flush()
            self.context = self._contexts.setdefault(sender, replace(self.context, sender=sender))
        self._told_kind = kind_named(kind) or "" if kind else ""
        try:
            yield from self._line(probe.message, place, at)
        finally:
            self._told_kind = ""

    def _other(self, line: bytes | msgspec.Raw, place: str, kind: str) -> Iterator[Arrival]:
        """Records that are no national messages: gathered by kind, and read like a document."""
        raw = bytes(line)
        try:
            value = _ANY.decode(raw)
        except DECODE_ERRORS as error:
            self._refuse(misfit(error, raw, place))
            return
        sample = value[0] if isinstance(value, list) and value else value
        kind = kind or (kind_of_keys(sample) if isinstance(sample, dict) else "")
        if isinstance(value, list):
            pieces = [(f"{place}[{index}]", item, b"") for index, item in enumerate(value)]
        else:
            pieces = [(place, value, raw)]
        held = self._others.setdefault(kind, [])
        held.extend(pieces)
        if len(held) >= self.chunk:
            yield from other_arrivals(kind, self._others.pop(kind), self.context, self._door(), self.known_at)

    def _refuse(self, refused: Refusal) -> None:
        self._refused.append(refused)

    def flush(self) -> Iterator[Arrival]:
        """Everything that is still open."""
        batches, self._batches = self._batches, {}
        others, self._others = self._others, {}
        refused, self._refused = self._refused, []
        for batch in batches.values():
            yield batch.arrival(self.known_at)
        for kind, pieces in others.items():
            yield from other_arrivals(kind, pieces, self.context, self._door(), self.known_at)
        if refused:
            kind = self.kind if self.kind in Arrival.KINDS else "dossiers"
            yield Arrival(
                kind, [], b"[]", refused, self.context.sender, self.door, self.known_at, read=len(refused)
            )
