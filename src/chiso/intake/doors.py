"""The doors: whatever comes from outside, as a file, on standard input or in a request, becomes Arrivals.

``recognise`` tells the kind from the first bytes, ``read_file`` streams any file, ``read_body`` takes one
request.  None of them raises on bad input: what cannot be taken is a Refusal in some Arrival, and what
came before it is kept.  Nothing is written here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

import msgspec

from chiso.intake import streams, tables
from chiso.intake.batches import DECODE_ERRORS, Batch, misfit
from chiso.intake.context import CHUNK, MAX_BODY, Context
from chiso.intake.documents import document_arrivals, nothing
from chiso.intake.kinds import MESSAGES, TABLE, keys_in, kind_named, kind_of_keys
from chiso.intake.lines import LineReader
from chiso.intake.objects import encoded
from chiso.intake.records import Arrival
from chiso.intake.refusals import refusal
from chiso.intake.shapes import Probe
from chiso.intake.streams import BrokenStreamError

BIG_DOCUMENT: Final = 32 * streams.MEGABYTE
"""A larger JSON document is read as a stream, a smaller one at once."""

_MESSAGE_KINDS: Final = frozenset({"dossiers", "progress", MESSAGES, ""})
_PROBE: Final = msgspec.json.Decoder(Probe)


def recognise(name: str, head: bytes) -> str:
    """The kind of what begins with ``head`` (64 KB suffice); empty where it cannot be told.

    ``messages`` are national messages or a journal of them; ``table`` is a workbook or Parquet file, whose
    headings tell once it is opened.
    """
    head = head[: streams.HEAD * 2]
    if head[:2] == b"\x1f\x8b":
        try:
            head = streams.buffered(io.BytesIO(head)).peek(streams.HEAD)[: streams.HEAD]
        except BrokenStreamError:
            return ""
    shape = streams.shape_of(name, head)
    if shape in {"json", "lines"}:
        keys = keys_in(head)
        return kind_of_keys(keys)
    if shape in {"workbook", "parquet"}:
        return TABLE
    if shape == "text":
        return tables.kind_of_text(head)
    return ""


def read_file(
    source: str | Path | IO[bytes],
    context: Context,
    *,
    kind: str | None = None,
    period: str | None = None,
    at: int | None = None,
    known_at: int | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Iterator[Arrival]:
    """Everything in a file, ``-`` (standard input) or a binary stream, in Arrivals of about 2,000 records.

    ``kind`` settles a doubt; ``period`` and ``at`` are for answers and tables that do not say theirs;
    ``known_at`` makes it a backfill; ``mapping`` gives the meaning of headings that are not known
    (heading → column).  A journal's own ``received_at`` goes before ``known_at``.
    """
    label = name if name is not None else (str(source) if isinstance(source, str | Path) else "")
    for arrival in _arrivals(source, label, context, kind, period, at, mapping):
        if arrival.known_at is None:
            arrival.known_at = known_at
        arrival.timely = arrival.known_at is not None
        yield arrival


def _arrivals(
    source: str | Path | IO[bytes],
    name: str,
    context: Context,
    kind: str | None,
    period: str | None,
    at: int | None,
    mapping: Mapping[str, str] | None,
) -> Iterator[Arrival]:
    wanted = ""
    if kind:
        found = kind_named(kind)
        if found is None:
            words: dict[str, object] = {"kinds": ", ".join(Arrival.KINDS)}
            yield nothing("", context, "file", refusal(name, "kind", kind, "unknown_shape", words=words))
            return
        wanted = "" if found == TABLE else found
    try:
        with streams.open_source(source) as stream:
            head = stream.peek(streams.MEGABYTE)
            shape = streams.shape_of(name, head)
            if shape == "lines":
                yield from _lines(stream, context, wanted)
            elif shape == "json":
                yield from _document(stream, head, context, wanted, period, at)
            elif shape == "empty":
                yield nothing(wanted, context, "file", refusal(name, "", "", "empty"))
            elif shape == "unknown":
                body = streams.read_all(stream)
                bad: dict[str, object] = {"byte": streams.wide_encoding(body) or 0}
                refused = refusal(name, "", "", "wrong_encoding", raw=body, words=bad)
                yield nothing(wanted, context, "file", refused)
            else:
                body = streams.read_all(stream)
                yield from tables.arrivals(
                    body, shape, context, kind=wanted, period=period, at=at, mapping=mapping
                )
    except BrokenStreamError as error:
        yield nothing(wanted, context, "file", error.refused)


def _lines(stream: io.BufferedReader, context: Context, kind: str) -> Iterator[Arrival]:
    reader = LineReader(context, kind="" if kind == MESSAGES else kind)
    broken: list[BrokenStreamError] = []

    def lines() -> Iterator[tuple[int, bytes]]:
        try:
            yield from streams.lines_of(stream)
        except BrokenStreamError as error:
            broken.append(error)

    yield from reader.read(lines())
    for error in broken:
        yield nothing(kind, context, "file", error.refused)


def _document(
    stream: io.BufferedReader, head: bytes, context: Context, kind: str, period: str | None, at: int | None
) -> Iterator[Arrival]:
    start = stream.read(BIG_DOCUMENT + 1)
    found = kind or kind_of_keys(keys_in(head))
    if len(start) > BIG_DOCUMENT and found in _MESSAGE_KINDS:
        if found not in {"dossiers", "progress"}:
            found = "progress" if b"CapNhatTienDoHoSoMC" in head else "dossiers"
        yield from _streamed(_Joined(start, stream), head, found, context)
        return
    if len(start) > MAX_BODY:
        raise BrokenStreamError(streams.too_large())
    rest = streams.read_all(stream, MAX_BODY - len(start))
    body = (start + rest).removeprefix(b"\xef\xbb\xbf").strip()
    if is_journal(body):
        yield from LineReader(context, kind="" if kind == MESSAGES else kind).read([(1, body)])
        return
    yield from document_arrivals(body, kind, context, period=period, at=at)


class _Joined:
    """What was read already, then the rest, counted."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start = io.BytesIO(start)
        self._rest = rest
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        found = self._start.read(size) or self._rest.read(size)
        self.size += len(found)
        if self.size > MAX_BODY:
            raise BrokenStreamError(streams.too_large())
        return found


def _streamed(joined: _Joined, head: bytes, kind: str, context: Context) -> Iterator[Arrival]:
    """The messages of a large document one by one, without holding it."""
    import ijson  # type: ignore[import-untyped]  # noqa: PLC0415 - only where it is needed

    path = "item" if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[" else "data.item"
    batch = Batch(kind, context)
    count = 0
    try:
        for value in ijson.items(joined, path, use_float=True):
            batch.add_one(encoded(value), f"data[{count}]")
            count += 1
            if batch.read >= CHUNK:
                yield batch.arrival()
                batch = Batch(kind, context)
    except BrokenStreamError as error:
        batch.refusals.append(error.refused)
    except (ijson.JSONError, UnicodeDecodeError, RecursionError, ValueError) as error:
        text = str(error)
        reason = "truncated" if isinstance(error, ijson.IncompleteJSONError) else "bad_json"
        words: dict[str, object] = {"byte": joined.size, "detail": text.splitlines()[0] if text else ""}
        batch.refusals.append(refusal(f"data[{count}]", "", "", reason, words=words))
    if batch.read or batch.refusals or not count:
        yield batch.arrival()


def is_journal(body: bytes) -> bool:
    """Whether a document is one journal line (``received_at``, ``message``)."""
    if body[:1] != b"{" or b'"received_at"' not in body:
        return False
    try:
        probe = _PROBE.decode(body)
    except DECODE_ERRORS:
        return False
    return bool(probe.received_at and probe.message)


def read_body(
    body: bytes,
    kind: str | None,
    context: Context,
    *,
    period: str | None = None,
    at: int | None = None,
    door: str = "http",
) -> Arrival:
    """One request body, or one payload of the journal, as one Arrival.

    ``kind`` may be ``None``: then the body tells.  An Arrival's payload read with its own kind gives its
    items again.  Journal lines are for administrators.
    """
    wanted = (kind_named(kind) or "") if kind else ""
    if len(body) > MAX_BODY:
        return nothing(wanted, context, door, streams.too_large())
    if (at_byte := streams.wide_encoding(body)) is not None:
        words: dict[str, object] = {"byte": at_byte}
        return nothing(wanted, context, door, refusal("", "", "", "wrong_encoding", raw=body, words=words))
    text = body.strip()
    try:
        if is_journal(text):
            reader = LineReader(context, kind="", door=door, journal=context.administrator, chunk=1 << 60)
            return _one(list(reader.read([(1, text)])), wanted, context, door)
        found = document_arrivals(text, wanted, context, door=door, period=period, at=at, chunk=1 << 60)
        return _one(list(found), wanted, context, door)
    except RecursionError as error:
        return nothing(wanted, context, door, misfit(error, body, ""))


def _one(arrivals: list[Arrival], kind: str, context: Context, door: str) -> Arrival:
    """The first Arrival with the refusals of the others: one body holds one kind."""
    if not arrivals:
        return nothing(kind, context, door, refusal("", "", "", "empty"))
    first, *others = arrivals
    for other in others:
        first.refusals.extend(other.refusals)
        first.read += other.read
    return first
