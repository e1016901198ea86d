"""How arrivals and records are written down: msgpack for shape, zstd for size."""

from __future__ import annotations

import sys
import threading
from collections.abc import Container, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from chiso.intake import records
from chiso.intake.records import Item

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TAGS: Final[dict[str, type[Any]]] = {
    "dossier": records.Dossier,
    "progress": records.Progress,
    "petition": records.Petition,
    "rating": records.Rating,
    "payment": records.Payment,
    "certified_copy": records.CertifiedCopy,
    "store_record": records.StoreRecord,
    "procedure": records.Procedure,
    "local_procedure": records.LocalProcedure,
    "decision": records.Decision,
    "unit": records.UnitRecord,
    "total": records.ReportingTotal,
    "published": records.PublishedFigure,
    "band_count": records.BandCount,
    "document": records.DirectingDocument,
    "target": records.Target,
    "task": records.Task,
    "listed_unit": records.ListedUnit,
    "report": records.Report,
    "reminder": records.Reminder,
    "alert_rule": records.AlertRule,
}
"""The names under which the kinds of items are kept; they never change their meaning."""

TAG_OF: Final = {kind: tag for tag, kind in TAGS.items()}

_LEVEL: Final = 1
"""A message compresses to about a seventh at any level; the lowest is the fastest."""

ENCODER: Final = msgspec.msgpack.Encoder()
_GROUPS: Final = msgspec.msgpack.Decoder(list[tuple[str, msgspec.Raw]])
_LISTS: Final[dict[str, Any]] = {tag: msgspec.msgpack.Decoder(list[kind]) for tag, kind in TAGS.items()}  # type: ignore[valid-type]
_ONE: Final[dict[str, Any]] = {tag: msgspec.msgpack.Decoder(kind) for tag, kind in TAGS.items()}


class _Own(threading.local):
    """A compressor for each thread, used again: to make one takes as long as a message takes to compress."""

    def __init__(self) -> None:
        self.compressor = zstd.ZstdCompressor(_LEVEL)


_OWN: Final = _Own()
_WHOLE: Final = zstd.ZstdCompressor.FLUSH_FRAME


def compress(data: bytes) -> bytes:
    return _OWN.compressor.compress(data, _WHOLE)


def decompress(data: bytes) -> bytes:
    return zstd.decompress(data)


def pack_items(items: list[Item]) -> bytes:
    """The items of an arrival in their order."""
    return compress(ENCODER.encode([(TAG_OF[kind], list(group)) for kind, group in groupby(items, type)]))


def unpack_items(content: bytes) -> Iterator[tuple[str, list[Any]]]:
    """The items again: runs of one kind, in their order."""
    for tag, run in _GROUPS.decode(decompress(content)):
        yield tag, _LISTS[tag].decode(run)


class _Coded(msgspec.Struct, array_like=True, gc=False):
    """What dossiers and steps begin with: enough to see whether one is wanted."""

    code: str


_CODED: Final = msgspec.msgpack.Decoder(list[_Coded])
_RAWS: Final = msgspec.msgpack.Decoder(list[msgspec.Raw])
ABOUT_DOSSIERS: Final = frozenset({"petition", "rating", "store_record"})
"""Records that may change the dossier they name."""


def unpack_wanted(content: bytes, wanted: Container[str]) -> Iterator[tuple[int, str, Any]]:
    """(place, name, item) of the items that tell something of the dossiers with these codes.

    Much faster than to unpack all where few are wanted.
    """
    begin = 0
    for tag, run in _GROUPS.decode(decompress(content)):
        raws = _RAWS.decode(run)
        if tag in ("dossier", "progress"):
            decode = _ONE[tag].decode
            for place, one in enumerate(_CODED.decode(run)):
                if one.code in wanted:
                    yield begin + place, tag, decode(raws[place])
        elif tag in ABOUT_DOSSIERS:
            for place, item in enumerate(_LISTS[tag].decode(run)):
                if concerns(item) in wanted:
                    yield begin + place, tag, item
        begin += len(raws)


def codes_in(content: bytes) -> set[str]:
    """The codes of all dossiers of which the items tell something."""
    codes: set[str] = set()
    for tag, run in _GROUPS.decode(decompress(content)):
        if tag in ("dossier", "progress"):
            codes.update([one.code for one in _CODED.decode(run)])
        elif tag in ABOUT_DOSSIERS:
            codes.update([concerns(item) for item in _LISTS[tag].decode(run)])
    codes.discard("")
    return codes


def unpack_kinds(content: bytes, kinds: Container[str]) -> Iterator[tuple[str, Any]]:
    """(name, item) of the items of some kinds, in their order."""
    for tag, run in _GROUPS.decode(decompress(content)):
        if tag in kinds:
            for item in _LISTS[tag].decode(run):
                yield tag, item


DISSATISFIED: Final = 0
"""Rating.level of KHÔNG HÀI LÒNG."""


def concerns(item: records.Petition | records.Rating | records.StoreRecord) -> str:
    """The code of the dossier that a record changes; empty where it changes none."""
    if type(item) is records.Rating and item.level != DISSATISFIED:
        return ""
    return item.dossier


def pack_record(item: Item) -> bytes:
    return ENCODER.encode(item)


def unpack_record(tag: str, body: bytes) -> Any:
    return _ONE[tag].decode(body)


class Paid(msgspec.Struct, gc=False):
    """What is asked of very many payments: which dossier was paid, and when."""

    dossier: str
    paid_at: int | None
    succeeded: bool


_PAID: Final = msgspec.msgpack.Decoder(list[Paid])


def unpack_paid(bodies: Sequence[bytes]) -> list[Paid]:
    """Many payments in brief, unpacked at one go: a MessagePack array is a head and its items in a row."""
    head = b"\xdd" + len(bodies).to_bytes(4, "big")
    return _PAID.decode(b"".join((head, *bodies)))
