"""Reading in a process of its own: ``python -m chiso.intake.elsewhere FD``, and the form in which it answers.

What is to be read comes over the pipe ``FD`` (it holds the key of the hashes, so that neither the command
line nor the environment may carry it); a stream is inherited as standard input.  On standard output come
parcels: eight bytes of length, then msgpack.  The last one says so; where it lacks something broke.
"""

from __future__ import annotations

import io
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO, Any, Final, get_args

import msgspec

from chiso.intake.context import Context
from chiso.intake.doors import read_file
from chiso.intake.records import Arrival, Item, Refusal, UnitRecord
from chiso.registry.units import Units

PARCEL: Final = 256 * 1024
"""Bytes of payload after which a parcel is sent."""
LONGEST: Final = 1 << 32
"""No parcel is longer: what says so is no parcel."""
A_RECORD: Final = 200
"""Bytes of an item without its payload, about."""

_LENGTH: Final = struct.Struct("<Q")
_TYPES: Final[dict[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Item)}
_LISTS: Final[dict[str, Any]] = {
    name: msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
    for name, kind in _TYPES.items()
}
_ENCODER: Final = msgspec.msgpack.Encoder()


class BrokenParcelError(Exception):
    """Bytes that are no parcel, or an end that comes too soon."""


class Order(msgspec.Struct):
    """What is to be read, and how the house looks."""

    path: str
    """empty: standard input, after ``head``"""
    head: bytes
    """what was read of standard input already"""
    name: str
    home: str
    key: bytes
    sender: str
    administrator: bool
    units: list[UnitRecord]
    kind: str | None
    period: str | None
    at: int | None
    known_at: int | None
    mapping: dict[str, str]


class _Piece(msgspec.Struct, array_like=True):
    """An Arrival on its way: its items in runs of one kind."""

    kind: str
    runs: list[tuple[str, msgspec.Raw]]
    payload: bytes
    refusals: list[Refusal]
    sender: str
    door: str
    known_at: int | None
    timely: bool
    read: int


class Parcel(msgspec.Struct, array_like=True):
    """Some Arrivals in their order."""

    pieces: list[_Piece]
    last: bool = False
    failure: str = ""
    """why reading had to end; what was read before is in the parcels before"""

    def arrivals(self) -> Iterator[Arrival]:
        """Raises BrokenParcelError."""
        for one in self.pieces:
            items: list[Item] = []
            try:
                for name, run in one.runs:
                    items += _LISTS[name].decode(run)
            except (KeyError, msgspec.DecodeError) as error:
                raise BrokenParcelError(str(error)) from error
            yield Arrival(
                one.kind, items, one.payload, one.refusals, one.sender, one.door, one.known_at, one.timely,
                one.read,
            )  # fmt: skip


_PARCEL: Final = msgspec.msgpack.Decoder(Parcel)


def _piece(arrival: Arrival) -> _Piece:
    runs = [
        (kind.__name__, msgspec.Raw(_ENCODER.encode(list(run)))) for kind, run in groupby(arrival.items, type)
    ]
    return _Piece(
        arrival.kind, runs, arrival.payload, arrival.refusals, arrival.sender, arrival.door,
        arrival.known_at, arrival.timely, arrival.read,
    )  # fmt: skip


def packed(arrivals: Iterable[Arrival]) -> Iterator[bytes]:
    """Arrivals as parcels, each with its length before it.  An error of reading is told in the last."""
    pieces: list[_Piece] = []
    size = 0
    failure = ""
    try:
        for arrival in arrivals:
            pieces.append(_piece(arrival))
            size += len(arrival.payload) + A_RECORD * len(arrival.items)
            size += sum(len(one.raw) + A_RECORD for one in arrival.refusals)
            if size >= PARCEL:
                yield _framed(Parcel(pieces))
                pieces, size = [], 0
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
    yield _framed(Parcel(pieces, True, failure))


def _framed(parcel: Parcel) -> bytes:
    body = _ENCODER.encode(parcel)
    return _LENGTH.pack(len(body)) + body


def next_parcel(stream: IO[bytes]) -> bytes:
    """The bytes of the next parcel; empty at the end of the stream.  Raises BrokenParcelError."""
    head = stream.read(_LENGTH.size)
    if not head:
        return b""
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else LONGEST
    body = stream.read(length) if length < LONGEST else b""
    if len(body) != length:
        raise BrokenParcelError("a parcel is cut off")
    return body


def opened(body: bytes) -> Parcel:
    """Raises BrokenParcelError."""
    try:
        return _PARCEL.decode(body)
    except msgspec.DecodeError as error:
        raise BrokenParcelError(str(error)) from error


class _After(io.RawIOBase):
    """What was read of a stream already, then the rest of it."""

    def __init__(self, head: bytes, rest: int) -> None:
        super().__init__()
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._head:
            return os.readv(self._rest, [buffer])
        found = self._head[: len(buffer)]
        buffer[: len(found)] = found
        self._head = self._head[len(found) :]
        return len(found)


def read(order: Order) -> Iterator[Arrival]:
    """The Arrivals of what is ordered."""
    units = Units.load(order.units, order.home)
    context = Context(
        home=order.home,
        is_foreign=units.foreign,
        key=order.key,
        sender=order.sender,
        administrator=order.administrator,
    )
    source = order.path or io.BufferedReader(_After(order.head, 0), PARCEL * 4)
    return read_file(
        source, context, kind=order.kind, period=order.period, at=order.at, known_at=order.known_at,
        mapping=order.mapping, name=order.name,
    )  # fmt: skip


def main() -> int:
    """Reads what the order on the pipe says.  Ends quietly where nobody listens any more."""
    with open(int(sys.argv[1]), "rb") as pipe:  # noqa: PTH123 - a descriptor
        order = msgspec.msgpack.decode(pipe.read(), type=Order)
    # Unbuffered, so that nothing is left to be written when the program ends.
    with open(1, "wb", buffering=0, closefd=False) as out:
        try:
            for parcel in packed(read(order)):
                rest = memoryview(parcel)
                while rest:
                    rest = rest[out.write(rest) :]
        except BrokenPipeError:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
