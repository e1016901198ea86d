"""How arrivals and records are written down: msgpack for shape, zstd for size."""

from __future__ import annotations

import sys
from collections.abc import Iterator
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
    "decision": records.Decision,
    "unit": records.UnitRecord,
    "total": records.ReportingTotal,
    "published": records.PublishedFigure,
    "band_count": records.BandCount,
    "document": records.DirectingDocument,
    "task": records.Task,
    "listed_unit": records.ListedUnit,
}
"""The names under which the kinds of items are kept; they never change their meaning."""

TAG_OF: Final = {kind: tag for tag, kind in TAGS.items()}

_LEVEL: Final = 1
"""A message compresses to about a seventh at any level; the lowest is the fastest."""

ENCODER: Final = msgspec.msgpack.Encoder()
_GROUPS: Final = msgspec.msgpack.Decoder(list[tuple[str, msgspec.Raw]])
_LISTS: Final[dict[str, Any]] = {tag: msgspec.msgpack.Decoder(list[kind]) for tag, kind in TAGS.items()}  # type: ignore[valid-type]
_ONE: Final[dict[str, Any]] = {tag: msgspec.msgpack.Decoder(kind) for tag, kind in TAGS.items()}


def compress(data: bytes) -> bytes:
    return zstd.compress(data, _LEVEL)


def decompress(data: bytes) -> bytes:
    return zstd.decompress(data)


def pack_items(items: list[Item]) -> bytes:
    """The items of an arrival in their order."""
    return compress(ENCODER.encode([(TAG_OF[kind], list(group)) for kind, group in groupby(items, type)]))


def unpack_items(content: bytes) -> Iterator[tuple[str, list[Any]]]:
    """The items again: runs of one kind, in their order."""
    for tag, run in _GROUPS.decode(decompress(content)):
        yield tag, _LISTS[tag].decode(run)


def pack_record(item: Item) -> bytes:
    return ENCODER.encode(item)


def unpack_record(tag: str, body: bytes) -> Any:
    return _ONE[tag].decode(body)
