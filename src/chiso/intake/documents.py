"""One JSON document in memory to Arrivals: national messages, other records, the catalogue, portal
answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from chiso.intake import catalogue, local, plain, portal, steering
from chiso.intake.batches import DECODE_ERRORS, Batch, arrivals_of_array, kind_and_synced, misfit, pieces_of
from chiso.intake.context import CHUNK, Context
from chiso.intake.kinds import MESSAGES, keys_in, kind_of_keys
from chiso.intake.objects import Piece, Reader, encoded, read_objects
from chiso.intake.records import Arrival, Refusal
from chiso.intake.refusals import refusal
from chiso.intake.shapes import Probe

READERS: Final[dict[str, Reader]] = {
    **local.READERS,
    **plain.READERS,
    **catalogue.READERS,
    **steering.READERS,
    "published": portal.published_row,
}
_PROBE: Final = msgspec.json.Decoder(Probe)
_ANY: Final = msgspec.json.Decoder()
_MESSAGE_KINDS: Final = ("dossiers", "progress")
_WRAPPINGS: Final = ("data", "result", "items", "message")


def document_arrivals(
    body: bytes,
    kind: str,
    context: Context,
    *,
    door: str = "file",
    period: str | None = None,
    at: int | None = None,
    chunk: int = CHUNK,
) -> Iterator[Arrival]:
    """Arrivals of one JSON document; at least one.  ``kind`` may be empty: then its field names tell."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        yield nothing(kind, context, door, refusal("", "", "", "empty"))
        return
    first = body[:1]
    if kind in {"", MESSAGES, "dossiers", "progress"}:
        if first == b"{":
            try:
                probe = _PROBE.decode(body)
            except DECODE_ERRORS as error:
                yield from _broken(body, kind, context, door, chunk, error)
                return
            found, synced = kind_and_synced(probe, kind)
            if found in _MESSAGE_KINDS:
                if probe.data:
                    yield from _envelope(probe, body, found, context, synced=synced, door=door, chunk=chunk)
                else:
                    batch = Batch(found, context, synced=synced, door=door)
                    batch.add_one(body, "data")
                    yield batch.arrival()
                return
        else:
            found = kind if kind in _MESSAGE_KINDS else kind_of_keys(keys_in(body[:64_000]))
            if first == b"[" and found in _MESSAGE_KINDS:
                yield from arrivals_of_array(found, body, context, synced=True, door=door, chunk=chunk)
                return
    yield from _other(body, kind, context, door, period, at, chunk)


def _envelope(
    probe: Probe, body: bytes, kind: str, context: Context, *, synced: bool, door: str, chunk: int
) -> Iterator[Arrival]:
    batch = Batch(kind, context, synced=synced, door=door)
    if probe.unit and batch.add_refused_envelope(body, probe.unit):
        yield batch.arrival()
    elif bytes(probe.data).lstrip()[:1] == b"[":
        yield from arrivals_of_array(kind, probe.data, context, synced=synced, door=door, chunk=chunk)
    else:
        batch.add_data(probe.data, "data")
        yield batch.arrival()


def _broken(
    body: bytes, kind: str, context: Context, door: str, chunk: int, error: Exception
) -> Iterator[Arrival]:
    """An object that is no JSON throughout: an envelope whose first messages may still be whole."""
    keys = keys_in(body[:64_000])
    found = kind if kind in _MESSAGE_KINDS else ""
    if not found and b"CapNhatTienDoHoSoMC" in body[:4_000]:
        found = "progress"
    elif not found and b"DongBoHoSoMC" in body[:4_000]:
        found = "dossiers"
    elif not found:
        guessed = kind_of_keys(keys - {"service", "session"})
        found = guessed if guessed in _MESSAGE_KINDS else ""
    if found and ("data" in keys or "service" in keys):
        yield from arrivals_of_array(found, body, context, synced=True, door=door, chunk=chunk)
        return
    yield nothing(found or kind, context, door, misfit(error, body, ""))


def _other(
    body: bytes, kind: str, context: Context, door: str, period: str | None, at: int | None, chunk: int
) -> Iterator[Arrival]:
    pieces: list[Piece] = []
    broken: list[Refusal] = []
    if body[:1] == b"[":
        for found, where in pieces_of(body, "data"):
            if isinstance(found, Refusal):
                broken.append(found)
                continue
            try:
                pieces.append((where, _ANY.decode(found), bytes(found)))
            except DECODE_ERRORS as error:
                broken.append(misfit(error, bytes(found), where))
    else:
        try:
            value = _ANY.decode(body)
        except DECODE_ERRORS as error:
            yield nothing(kind, context, door, misfit(error, body, ""))
            return
        value = unwrapped(value)
        if isinstance(value, list):
            pieces = [(f"data[{index}]", item, b"") for index, item in enumerate(value)]
        else:
            pieces = [("", value, body)]
    sample = next((value for _, value, _ in pieces if isinstance(value, dict)), {})
    kind = kind if kind and kind != MESSAGES else kind_of_keys(sample) or kind_of_keys(keys_in(body[:64_000]))
    arrivals = list(other_arrivals(kind, pieces, context, door, None, period=period, at=at, chunk=chunk))
    if broken:
        if not pieces:
            arrivals = [nothing(kind, context, door)]
        arrivals[-1].refusals.extend(broken)
        arrivals[-1].read += len(broken)
    yield from arrivals


def unwrapped(value: Any, depth: int = 0) -> Any:
    """The records inside ``data``, ``result``, ``items`` or a JSON text in ``message`` (double encoding).

    Portal answers and single records come back as they are.
    """
    if not isinstance(value, dict) or depth > 6:
        return value
    if portal.is_answer(value):
        return value
    for name in _WRAPPINGS:
        inner = value.get(name)
        if isinstance(inner, str) and inner.lstrip()[:1] in {"[", "{"} and name in {"message", "result"}:
            try:
                inner = _ANY.decode(inner)
            except DECODE_ERRORS:
                continue
        if isinstance(inner, list) or (isinstance(inner, dict) and name != "message"):
            return unwrapped(inner, depth + 1)
        if isinstance(inner, dict):
            return unwrapped(inner, depth + 1)
    return value


def other_arrivals(
    kind: str,
    pieces: Iterable[Piece],
    context: Context,
    door: str,
    known_at: int | None,
    *,
    period: str | None = None,
    at: int | None = None,
    chunk: int = CHUNK,
) -> Iterator[Arrival]:
    """Arrivals of decoded JSON values that are no national messages."""
    gathered = list(pieces)
    if kind == "published":
        answers = [
            (value, raw) for _, value, raw in gathered if isinstance(value, dict) and portal.is_answer(value)
        ]
        for value, raw in answers:
            arrival = portal.read_answer(value, context, period=period, at=at, raw=raw, door=door)
            arrival.known_at = known_at
            yield arrival
        gathered = [
            piece for piece in gathered if not (isinstance(piece[1], dict) and portal.is_answer(piece[1]))
        ]
        if answers and not gathered:
            return
        reader: Reader = portal.row_reader(period, at)
    elif kind in READERS:
        reader = READERS[kind]
    else:
        refused = [
            refusal(
                place,
                "",
                "",
                "unknown_shape",
                raw=raw or encoded(value),
                words={"kinds": ", ".join(Arrival.KINDS)},
            )
            for place, value, raw in gathered
        ]
        yield nothing("dossiers", context, door, *refused, known_at=known_at)
        return
    for start in range(0, max(1, len(gathered)), chunk):
        yield read_objects(
            kind, gathered[start : start + chunk], reader, context, door=door, known_at=known_at
        )


def nothing(
    kind: str, context: Context, door: str, *refused: Refusal, known_at: int | None = None
) -> Arrival:
    """An Arrival of refusals alone."""
    kind = kind if kind in Arrival.KINDS else "dossiers"
    return Arrival(kind, [], b"[]", list(refused), context.sender, door, known_at, read=len(refused))
