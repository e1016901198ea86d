"""Arrays of national messages to Arrivals: the whole array at once, or piece by piece where it does not fit.

Both ways make the same items; the second is slower and knows which piece is to blame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from msgspec import Raw

from chiso.intake.context import Context
from chiso.intake.kinds import MESSAGES, keys_in, kind_of_keys
from chiso.intake.messages import dossier_of, elsewhere, progress_of
from chiso.intake.records import Arrival, Item, Refusal
from chiso.intake.refusals import RefusedError, refusal
from chiso.intake.shapes import DossierMessage, Probe, ProgressMessage, Scalar
from chiso.registry.codes import unit_code

SERVICES: Final = {"dossiers": "DongBoHoSoMC", "progress": "CapNhatTienDoHoSoMC"}
TABLE_SERVICE: Final = "BangHoSo"
"""A dossier table in the payload of an Arrival: rows in the national names, not synchronised dossiers."""

_KINDS: Final = {service.casefold(): kind for kind, service in SERVICES.items()}
Message = DossierMessage | ProgressMessage

_ENCODER: Final = msgspec.json.Encoder()
_RAWS: Final = msgspec.json.Decoder(list[Raw])
_LISTS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "dossiers": msgspec.json.Decoder(list[DossierMessage]),
    "progress": msgspec.json.Decoder(list[ProgressMessage]),
}
_ONES: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "dossiers": msgspec.json.Decoder(DossierMessage),
    "progress": msgspec.json.Decoder(ProgressMessage),
}
_ANY: Final = msgspec.json.Decoder()
_EXPECTED: Final = re.compile(r"Expected `([^`]*)`(?:, got `([^`]*)`)?(?: - at `\$?\.?([^`]*)`)?")
DECODE_ERRORS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

TYPE_NAMES: Final = {
    "object": ("đối tượng {}", "an object"),
    "array": ("danh sách []", "a list"),
    "str": ("chuỗi", "a text"),
    "int": ("số", "a number"),
    "float": ("số", "a number"),
    "bool": ("true/false", "true or false"),
    "null": ("null", "null"),
}


class Batch:
    """Messages of one kind on their way to becoming one Arrival."""

    def __init__(self, kind: str, context: Context, *, synced: bool = True, door: str = "file") -> None:
        self.kind = kind
        self.context = context
        self.synced = synced
        self.door = door
        self.items: list[Item] = []
        self.kept: list[Message] = []
        self.refusals: list[Refusal] = []
        self.read = 0
        self._take: Callable[[Any], Item]
        if kind == "progress":
            self._take = lambda message: progress_of(message, context)
        else:
            self._take = lambda message: dossier_of(message, context, synced=synced)

    def __len__(self) -> int:
        return len(self.items)

    def add_array(self, body: bytes | Raw, place: str = "data") -> None:
        """Takes a JSON array of messages."""
        try:
            messages = _LISTS[self.kind].decode(body)
        except DECODE_ERRORS:
            self.add_pieces(body, place)
            return
        pieces: list[Raw] = []
        self.add_decoded(messages, lambda index: _piece(body, pieces, index), place)

    def add_decoded(
        self, messages: list[Any], piece: Callable[[int], bytes], place: str, offset: int = 0
    ) -> None:
        """Takes decoded messages; ``piece(n)`` gives back the bytes of number n, ``offset`` is the
        first's."""
        items, kept, take = self.items, self.kept, self._take
        self.read += len(messages)
        for index, message in enumerate(messages, offset):
            try:
                items.append(take(message))
                kept.append(message)
            except RefusedError as error:
                raw = piece(index)
                self.refusals.append(error.at(f"{place}[{index}]", code_in(raw), raw))

    def add_pieces(self, body: bytes | Raw, place: str = "data") -> None:
        """The same, piece by piece: the slow twin of :meth:`add_array`."""
        for found, where in pieces_of(body, place):
            if isinstance(found, Refusal):
                self.read += 1
                self.refusals.append(found)
            else:
                self.add_one(found, where)

    def add_message(self, message: DossierMessage) -> None:
        """Takes a message that was built, not decoded; raises RefusedError.  Its reader counts it."""
        self.items.append(self._take(message))
        self.kept.append(message)

    def add_data(self, data: Raw, place: str) -> None:
        """Takes what stands in ``data`` of an envelope: an array, or a single message."""
        first = bytes(memoryview(data)[:64]).lstrip()[:1] or bytes(data).lstrip()[:1]
        if first == b"[":
            self.add_array(data, place)
        elif first == b"{":
            self.add_one(data, place)
        else:
            self.read += 1
            self.refusals.append(refusal(place, "data", "", "missing", raw=bytes(data)))

    def add_one(self, piece: bytes | Raw, place: str) -> None:
        """Takes one JSON object."""
        self.read += 1
        try:
            message = _ONES[self.kind].decode(piece)
            item = self._take(message)
        except RefusedError as error:
            raw = bytes(piece)
            self.refusals.append(error.at(place, code_in(raw), raw))
        except DECODE_ERRORS as error:
            self.refusals.append(misfit(error, bytes(piece), place))
        else:
            self.items.append(item)
            self.kept.append(message)

    def add_refused_envelope(self, body: bytes, unit: Scalar) -> bool:
        """Refuses all of an envelope whose ``madonvi`` is another province; tells whether it did."""
        code = unit_code(str(unit)) if unit else None
        if code is None or not self.context.foreign(code):
            return False
        self.read += 1
        self.refusals.append(elsewhere("madonvi", unit, code, self.context).at("madonvi", raw=body))
        return True

    def arrival(self, known_at: int | None = None) -> Arrival:
        """What has been taken so far, as one Arrival."""
        service = SERVICES[self.kind] if self.synced else TABLE_SERVICE
        buffer = bytearray(b'{"service":"' + service.encode() + b'","data":')
        _ENCODER.encode_into(self.kept, buffer, len(buffer))
        buffer += b"}"
        payload = bytes(buffer)
        return Arrival(
            self.kind,
            self.items,
            payload,
            self.refusals,
            self.context.sender,
            self.door,
            known_at,
            read=self.read,
        )


def kind_and_synced(probe: Probe, kind: str = "") -> tuple[str, bool]:
    """The kind of an envelope or message, and whether it is a real synchronisation message.

    ``kind`` settles a doubt, not the service that a sender names.  The kind is empty where none fits.
    """
    service = str(probe.service or "")
    if service:
        found = _KINDS.get(service.casefold())
        return (found, True) if found else ("dossiers", False) if service == TABLE_SERVICE else ("", True)
    if kind and kind != MESSAGES:
        return kind, True
    if len(data := bytes(probe.data)):
        return kind_of_keys(keys_in(data[:20_000])), True
    if probe.petition or probe.payment or probe.rating or probe.certified or probe.store:
        return "", True
    if probe.dossier_state or probe.procedure or probe.received:
        return "dossiers", True
    if probe.step_at or (probe.dossier and probe.step_state):
        return "progress", True
    return ("dossiers" if probe.dossier else ""), True


def _piece(body: bytes | Raw, pieces: list[Raw], index: int) -> bytes:
    if not pieces:
        pieces.extend(_RAWS.decode(body))
    return bytes(pieces[index])


def pieces_of(body: bytes | Raw, place: str) -> Iterator[tuple[bytes | Raw | Refusal, str]]:
    """The elements of a JSON array with their places; where it is broken, as far as it can be read."""
    try:
        pieces = _RAWS.decode(body)
    except DECODE_ERRORS:
        for index, found in enumerate(salvage(bytes(body))):
            yield found, f"{place}[{index}]"
        return
    for index, piece in enumerate(pieces):
        yield piece, f"{place}[{index}]"


def arrivals_of_array(
    kind: str, body: bytes | Raw, context: Context, *, synced: bool, door: str, chunk: int
) -> Iterator[Arrival]:
    """A JSON array of messages in Arrivals of at most ``chunk`` messages; at least one Arrival."""
    batch = Batch(kind, context, synced=synced, door=door)
    try:
        messages = _LISTS[kind].decode(body)
    except DECODE_ERRORS:
        for found, where in pieces_of(body, "data"):
            if isinstance(found, Refusal):
                batch.read += 1
                batch.refusals.append(found)
            else:
                batch.add_one(found, where)
            if batch.read >= chunk:
                yield batch.arrival()
                batch = Batch(kind, context, synced=synced, door=door)
        if batch.read:
            yield batch.arrival()
        return
    pieces: list[Raw] = []
    for start in range(0, max(1, len(messages)), chunk):
        part = messages[start : start + chunk]
        batch.add_decoded(part, lambda index: _piece(body, pieces, index), "data", start)
        yield batch.arrival()
        batch = Batch(kind, context, synced=synced, door=door)


def code_in(piece: bytes) -> str:
    """The MaHoSo (or other key) in a refused piece, where one can be read."""
    try:
        found = _ANY.decode(piece)
    except DECODE_ERRORS:
        return ""
    if isinstance(found, dict):
        for name in ("MaHoSo", "MaPAKN", "MaThamChieu", "MaTTHC", "MATTHC", "code", "unit"):
            if isinstance(value := found.get(name), str | int) and value != "":
                return str(value)[:100]
    return ""


def misfit(error: Exception, piece: bytes, place: str) -> Refusal:
    """The refusal of a piece that cannot be decoded as what it should be."""
    code = code_in(piece)
    if isinstance(error, RecursionError):
        return refusal(place, "", "", "too_deep", raw=piece)
    if isinstance(error, msgspec.ValidationError) and (found := _EXPECTED.search(str(error))):
        expected, got, path = found.groups()
        names = [TYPE_NAMES.get(part.strip(), (part, part)) for part in expected.split("|")]
        words: dict[str, object] = {
            "expected": tuple(" / ".join(dict.fromkeys(name[side] for name in names)) for side in (0, 1)),
            "found": TYPE_NAMES.get(got or "", (got or "", got or "")),
        }
        if not path:
            return refusal(place, "", "", "not_a_record", code=code, raw=piece, words=words)
        return refusal(place, path, got or "", "wrong_type", code=code, raw=piece, words=words)
    if (at := first_bad_byte(piece)) is not None:
        return refusal(place, "", "", "wrong_encoding", raw=piece, words={"byte": at})
    words = {"byte": _byte_in(error), "detail": str(error).split(" (byte")[0]}
    reason = "truncated" if "truncated" in str(error) else "bad_json"
    if reason == "truncated":
        words["byte"] = len(piece)
    return refusal(place, "", "", reason, code=code, raw=piece, words=words)


def first_bad_byte(body: bytes) -> int | None:
    """Where a text stops being UTF-8; ``None`` where it is UTF-8 throughout."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _byte_in(error: Exception) -> int:
    found = re.search(r"\(byte (\d+)\)", str(error))
    return int(found[1]) if found else 0


_BLANK: Final = re.compile(r"[ \t\r\n]*")
_BEGUN: Final = re.compile(r"|.|tr|tru|fa|fal|fals|nu|nul|-?\d[\d.eE+-]*|\\u?[0-9a-fA-F]{0,3}").fullmatch
"""What may be left where a text was cut off: nothing, one sign, or a word or number half written."""
_DATA: Final = re.compile(r'"data"\s*:\s*(?=\[)')


def salvage(body: bytes) -> Iterator[bytes | Refusal]:
    """The whole elements of a JSON array, or of an envelope's ``data``, as far as it can be read.

    The last thing yielded is the refusal of the rest.  It keeps the bytes that could not be read.
    """
    at = first_bad_byte(body)
    text = body[:at].decode("utf-8") if at is not None else body.decode("utf-8")
    position = _BLANK.match(text).end()  # type: ignore[union-attr]
    if text[position : position + 1] == "{" and (found := _DATA.search(text)):
        position = found.end()
    if text[position : position + 1] == "[":
        position += 1
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    while True:
        position = _BLANK.match(text, position).end()  # type: ignore[union-attr]
        if text[position : position + 1] in {"]", ""}:
            if at is not None or text[position : position + 1] == "":
                yield _rest(text, position, body, at, "Unterminated")
            return
        try:
            _, end = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            cut = _cut_off(text, error)
            yield _rest(text, position, body, at, "Unterminated" if cut else error.msg)
            return
        except RecursionError:
            yield refusal(f"byte {position}", "", "", "too_deep", raw=text[position:].encode())
            return
        yield text[position:end].encode()
        position = _BLANK.match(text, end).end()  # type: ignore[union-attr]
        if text[position : position + 1] == ",":
            position += 1
        elif text[position : position + 1] not in {"]", ""}:
            yield _rest(text, position, body, at, "Expecting ',' or ']'")
            return


def _cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether a text is broken because it ends too soon."""
    left = text[error.pos :].rstrip()
    if error.msg.startswith("Unterminated") or (error.msg.startswith("Invalid \\u") and len(left) < 8):
        return True
    return _BEGUN(left[:20]) is not None


def _rest(text: str, position: int, body: bytes, bad_byte: int | None, detail: str) -> Refusal:
    start = len(text[:position].encode())
    if bad_byte is not None:
        words: dict[str, object] = {"byte": bad_byte}
        return refusal(f"byte {bad_byte}", "", "", "wrong_encoding", raw=body[start:], words=words)
    if detail == "Unterminated":
        words = {"byte": len(body)}
        return refusal(f"byte {len(body)}", "", "", "truncated", raw=body[start:], words=words)
    words = {"byte": start, "detail": detail}
    return refusal(f"byte {start}", "", "", "bad_json", raw=body[start:], words=words)
