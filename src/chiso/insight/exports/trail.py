"""The record of who did what, for others: CSV for spreadsheets, JSON lines with the chain's hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from chiso.insight.exports.cells import csv_cell
from chiso.instants import iso
from chiso.people.audit import Entry

COLUMNS: Final = ("number", "at", "who", "what", "about", "detail", "hash")


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as JSON."""
    return {
        "number": entry.number, "at": iso(entry.at), "who": entry.who, "what": entry.what,
        "about": entry.about, "detail": entry.detail, "hash": entry.hash.hex(),
    }  # fmt: skip


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """A table, line by line; no cell is taken for a formula."""
    yield ",".join(COLUMNS) + "\r\n"
    for entry in entries:
        told = entry_json(entry)
        told["detail"] = msgspec.json.encode(entry.detail).decode() if entry.detail else ""
        yield ",".join(csv_cell(told[name]) for name in COLUMNS) + "\r\n"


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """An entry a line."""
    for entry in entries:
        yield msgspec.json.encode(entry_json(entry)).decode() + "\n"
