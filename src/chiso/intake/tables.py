"""Tables of every kind to Arrivals: the heading is found below any title rows, then a row is a record.

Dossier tables become the same messages as DongBoHoSoMC, but do not count as synchronised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final

from chiso.intake import headings, portal
from chiso.intake.batches import Batch
from chiso.intake.context import CHUNK, Context
from chiso.intake.documents import READERS, nothing
from chiso.intake.headings import LAYOUTS, RECOGNISED, Found
from chiso.intake.objects import Piece, encoded, read_objects
from chiso.intake.records import Arrival, Refusal
from chiso.intake.refusals import RefusedError, refusal
from chiso.intake.rows import message_of_row
from chiso.intake.scalars import fold
from chiso.intake.streams import BrokenStreamError
from chiso.intake.workbook import Row, delimiter_of, sheets_of

SEARCHED: Final = 40
"""Rows in which a heading is looked for."""

_SUMS: Final = re.compile(r"(?:tong|cong)(?: cong| so)?(?:\W.*)?").fullmatch
_NUMBERING: Final = re.compile(r"\(?(?:\d{1,2}|[A-Z])\)?(?:\s*=.*)?").fullmatch


def kind_of_text(head: bytes) -> str:
    """The kind of a CSV file from its beginning; empty where its heading says nothing."""
    text = head.decode("utf-8-sig", "replace")
    mark = delimiter_of(text)
    for line in text.splitlines()[:SEARCHED]:
        row = [cell.strip().strip('"') for cell in line.split(mark)]
        found = headings.best_heading(row, RECOGNISED, {})
        if found and not found.missing:
            return found.kind
    return ""


def arrivals(
    body: bytes,
    shape: str,
    context: Context,
    *,
    kind: str = "",
    period: str | None = None,
    at: int | None = None,
    mapping: Mapping[str, str] | None = None,
    chunk: int = CHUNK,
) -> Iterator[Arrival]:
    """Arrivals of a table file; at least one.  Of a workbook every sheet with a heading is read."""
    folded = {fold(heading): column for heading, column in (mapping or {}).items()}
    kinds = [kind] if kind in LAYOUTS else list(RECOGNISED)
    unread: list[tuple[Found | None, list[str]]] = []
    read = 0
    try:
        for name, rows in sheets_of(body, shape):
            start = list(islice(rows, SEARCHED))
            if not any(cell is not None for row in start for cell in row):
                continue
            at_row, found = _heading(start, kinds, folded)
            if found is None or found.missing:
                unread.append((found, _cells(start, at_row)))
                continue
            read += 1
            place = f"{name}!row" if name and shape == "workbook" and read > 1 else "row"
            table = _records(start, rows, at_row, found, place)
            if found.kind == "dossiers":
                yield from _dossiers(table, context, chunk)
            else:
                yield from _others(table, found.kind, context, period, at, chunk)
    except BrokenStreamError as error:
        if not error.refused.raw and shape != "text":
            error.refused.raw = body
        yield nothing(kind, context, "file", error.refused)
        return
    if not read:
        yield nothing(kind, context, "file", _unheaded(unread, kinds, body))


def _heading(start: list[Row], kinds: list[str], mapping: Mapping[str, str]) -> tuple[int, Found | None]:
    """The heading row: the first that is complete, else the one that comes nearest."""
    best: tuple[int, Found | None] = (0, None)
    for index, row in enumerate(start):
        found = headings.best_heading(row, kinds, mapping)
        if found is None:
            continue
        if not found.missing:
            return index, found
        if best[1] is None or found.known > best[1].known:
            best = (index, found)
    return best


def _cells(start: list[Row], at_row: int) -> list[str]:
    """What stands in the row that should have been the heading."""
    row = start[at_row]
    if sum(cell is not None for cell in row) < 2:
        row = max(start[:10], key=lambda cells: sum(cell is not None for cell in cells))
    return [str(cell)[:60] for cell in row if cell is not None][:40]


def _unheaded(unread: list[tuple[Found | None, list[str]]], kinds: list[str], body: bytes) -> Refusal:
    if not unread:
        return refusal("", "", "", "empty")
    found, cells = max(unread, key=lambda one: one[0].known if one[0] else 0)
    shown = ", ".join(f"“{cell}”" for cell in cells) or "–"
    if found is not None and (found.known >= 2 or len(kinds) == 1):
        missing = [headings.shown_column(found.kind, needed) for needed in found.missing]
        first = found.missing[0].split("|")[0]
        words: dict[str, object] = {"missing": ", ".join(missing), "found": shown, "how": _how(cells, first)}
        return refusal("row", found.kind, "", "missing_columns", raw=body, words=words)
    kind = kinds[0]
    needed = ", ".join(headings.shown_column(kind, one) for one in LAYOUTS[kind].needed)
    first = LAYOUTS[kind].needed[0].split("|")[0]
    words = {"found": shown, "needed": needed, "how": _how(cells, first)}
    return refusal("row", "", "", "no_heading", raw=body, words=words)


def _how(cells: list[str], column: str) -> str:
    return f"“{cells[0] if cells else '…'}={column}”"


def _records(
    start: list[Row], rest: Iterator[Row], at_row: int, found: Found, place: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, column → cell) of every row below the heading that holds anything."""
    key = LAYOUTS[found.kind].needed[0].split("|")
    number = at_row + 1

    def below() -> Iterator[Row]:
        yield from start[at_row + 1 :]
        yield from rest

    for row in below():
        number += 1
        filled = [cell for cell in row if cell is not None]
        if not filled:
            continue
        if number == at_row + 2 and all(_NUMBERING(str(cell)) for cell in filled):
            continue
        record = {
            column: cell_value(row[position], column)
            for position, column in found.columns.items()
            if position < len(row) and row[position] is not None
        }
        told = any(name in record for name in key) and len(record) * 2 >= len(found.columns)
        if not told and _SUMS(fold(str(filled[0]))):
            continue
        if record:
            yield f"{place} {number}", record


def cell_value(cell: object, column: str) -> Any:
    """A cell as JSON knows it.  Midnight sharp is a day alone: a spreadsheet cannot hold one otherwise."""
    if isinstance(cell, datetime):
        plain = cell.tzinfo is None and (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if plain else cell.replace(microsecond=0).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if number and column in headings.DAYS_AND_INSTANTS and 30_000 < cell < 75_000:  # type: ignore[operator]
        wall = datetime.fromtimestamp(round((cell - 25_569) * 86_400), UTC)  # type: ignore[operator]
        return cell_value(wall.replace(tzinfo=None), column)
    if isinstance(cell, float) and not (cell == cell and abs(cell) < 1e300):  # noqa: PLR0124
        return None
    return cell


def _dossiers(table: Iterator[tuple[str, dict[str, Any]]], context: Context, chunk: int) -> Iterator[Arrival]:
    batch = Batch("dossiers", context, synced=False)
    broken: BrokenStreamError | None = None
    try:
        for place, record in table:
            batch.read += 1
            try:
                message = message_of_row(record)
                batch.add_message(message)
            except RefusedError as error:
                code = record.get("MaHoSo")
                batch.refusals.append(error.at(place, str(code or "")[:100], encoded(record)))
            if batch.read >= chunk:
                yield batch.arrival()
                batch = Batch("dossiers", context, synced=False)
    except BrokenStreamError as error:
        broken = error
    yield batch.arrival()
    if broken:
        raise broken


def _others(
    table: Iterator[tuple[str, dict[str, Any]]],
    kind: str,
    context: Context,
    period: str | None,
    at: int | None,
    chunk: int,
) -> Iterator[Arrival]:
    reader = portal.row_reader(period, at) if kind == "published" else READERS[kind]
    first = True
    while True:
        pieces: list[Piece] = [(place, record, b"") for place, record in islice(table, chunk)]
        if not pieces and not first:
            return
        yield read_objects(kind, pieces, reader, context)
        if len(pieces) < chunk:
            return
        first = False
