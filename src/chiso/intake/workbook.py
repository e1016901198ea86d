"""CSV, XLSX and Parquet to rows of cells, with guards against files that swell when they are opened."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from chiso.intake.batches import first_bad_byte
from chiso.intake.records import Refusal
from chiso.intake.refusals import refusal
from chiso.intake.streams import MEGABYTE, BrokenStreamError

MAX_UNPACKED: Final = 400 * MEGABYTE
MAX_RATIO: Final = 200
MAX_CELLS: Final = 20_000_000
MAX_ROWS: Final = 2_000_000
MAX_COLUMNS: Final = 500
_FREE_SIZE: Final = 16 * MEGABYTE

_CELL: Final = re.compile(rb'<c[^>]{0,40}? r="([A-Z]{1,3})(\d{1,7})"')

Row = list[Any]


def sheets_of(body: bytes, shape: str) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets of a table file with their rows; a CSV or Parquet file is one sheet without a name.

    Cells are ``None``, texts, numbers, booleans, days or datetimes.  Raises BrokenStreamError.
    """
    if shape == "parquet":
        yield "", _parquet(body)
    elif shape == "workbook":
        yield from _workbook(body)
    else:
        yield "", _text(body)


def _text(body: bytes) -> Iterator[Row]:
    if (at := first_bad_byte(body)) is not None:
        raise BrokenStreamError(refusal(f"byte {at}", "", "", "wrong_encoding", raw=body, words={"byte": at}))
    text = body.decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text[:20_000]))
    number = 0
    try:
        for row in reader:
            number += 1
            if number > MAX_ROWS:
                raise BrokenStreamError(_too_many())
            yield [cell.strip() or None for cell in row[:MAX_COLUMNS]]
    except csv.Error as error:
        words: dict[str, object] = {"detail": str(error)}
        raise BrokenStreamError(refusal(f"row {number + 1}", "", "", "bad_workbook", words=words)) from error


def delimiter_of(sample: str) -> str:
    """The mark between the cells: the one that most lines agree on."""
    lines = [line for line in sample.splitlines() if line.strip()][:30]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in (",", ";", "\t")}
    best = max(counts, key=lambda mark: counts[mark])
    # A semicolon table holds decimal commas: it wins where every long line has it.
    wide = [line for line in lines if line.count(best)]
    if best == "," and wide and sum(line.count(";") >= 2 for line in wide) * 2 > len(wide):
        return ";"
    return best


def _too_many() -> Refusal:
    return refusal("", "", "", "too_many_rows", words={"limit": f"{MAX_ROWS:,}".replace(",", ".")})


def _workbook(body: bytes) -> Iterator[tuple[str, Iterator[Row]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where it is needed

    if body[:2] == b"PK":
        check_package(body)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        names = book.sheet_names[:50]
        for name in names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if len(rows) > MAX_ROWS:
                raise BrokenStreamError(_too_many())
            yield name, ([_cell(cell) for cell in row[:MAX_COLUMNS]] for row in rows)
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise BrokenStreamError(_bad(str(error))) from error


def _bad(detail: str) -> Refusal:
    first = detail.splitlines()[0][:200] if detail else ""
    return refusal("", "", "", "bad_workbook", words={"detail": first})


def check_package(body: bytes) -> None:
    """Refuses a zip that is no XLSX workbook, that swells, or whose sheets span absurd areas.

    Sizes in the directory of a zip can lie, so every part is unpacked and counted, not kept.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = package.infolist()
            if "xl/workbook.xml" not in package.namelist():
                raise BrokenStreamError(_bad("no xl/workbook.xml"))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise BrokenStreamError(_bad(str(error))) from error
    told = sum(part.file_size for part in parts)
    if len(parts) > 5_000 or _swells(told, len(body)):
        raise BrokenStreamError(_bomb(len(body), told))
    size = 0
    for part in parts:
        sheet = part.filename.startswith("xl/worksheets/")
        widest = [0, 0]
        for piece in _unpacked(body, part):
            size += len(piece)
            if _swells(size, len(body)):
                raise BrokenStreamError(_bomb(len(body), size))
            if sheet:
                for column, row in _CELL.findall(piece):
                    widest[0] = max(widest[0], int(row))
                    widest[1] = max(widest[1], _column_number(column))
        if widest[0] * widest[1] > MAX_CELLS:
            words: dict[str, object] = {"detail": f"{widest[0]:,} × {widest[1]:,}"}
            raise BrokenStreamError(refusal(part.filename, "", "", "zip_bomb", words=words))


def _swells(size: int, packed: int) -> bool:
    return size > MAX_UNPACKED or (size > _FREE_SIZE and size / max(1, packed) > MAX_RATIO)


def _bomb(packed: int, size: int) -> Refusal:
    return refusal("", "", "", "zip_bomb", words={"detail": f"{packed:,} → {size:,} byte"})


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unpacked(body: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces of about a megabyte; each piece repeats the last bytes of the one before."""
    header = part.header_offset
    start = header + 30 + int.from_bytes(body[header + 26 : header + 28], "little")
    start += int.from_bytes(body[header + 28 : header + 30], "little")
    packed = body[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenStreamError(_bad(f"{part.filename}: compression {part.compress_type}"))
    unpacker = zlib.decompressobj(-15)
    tail = b""
    try:
        while packed and not unpacker.eof:
            piece = unpacker.decompress(packed, MEGABYTE)
            packed = unpacker.unconsumed_tail
            if not piece:
                break
            yield tail + piece
            tail = piece[-64:]
    except zlib.error as error:
        raise BrokenStreamError(_bad(f"{part.filename}: {error}")) from error


def _cell(value: object) -> Any:
    """A cell as calamine gives it, in the few types that are used here."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value == value and abs(value) < 2**53 and value == int(value) else value  # noqa: PLR0124
    if isinstance(value, datetime | date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)


def _parquet(body: bytes) -> Iterator[Row]:
    import duckdb  # noqa: PLC0415 - a tenth of a second, only where it is needed

    with _path_of(body) as path:
        connection = duckdb.connect(config={"memory_limit": "1GB", "threads": 1})
        try:
            (count,) = connection.execute(
                "SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata(?)", [path]
            ).fetchone() or (0,)
            if count > MAX_ROWS:
                raise BrokenStreamError(_too_many())
            relation = connection.sql("SELECT * FROM read_parquet($path)", params={"path": path})
            names, types = relation.columns[:MAX_COLUMNS], relation.types
            yield list(names)
            chosen = ", ".join(
                _quoted(name) if _simple(str(kind)) else f"CAST({_quoted(name)} AS VARCHAR)"
                for name, kind in zip(names, types, strict=False)
            )
            found = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [path])  # noqa: S608 - quoted
            while rows := found.fetchmany(10_000):
                for row in rows:
                    yield [_cell(cell) for cell in row]
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise BrokenStreamError(_bad(str(error))) from error
        finally:
            connection.close()


def _simple(kind: str) -> bool:
    return kind in {
        "VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "BOOLEAN", "DATE",
        "TIMESTAMP",
    }  # fmt: skip


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class _path_of:  # noqa: N801 - used like a function
    """A path under which bytes can be opened; in memory where the system can, for they name persons."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._descriptor: int | None = None
        self._file: Any = None

    def __enter__(self) -> str:
        if hasattr(os, "memfd_create") and Path("/proc/self/fd").exists():
            self._descriptor = os.memfd_create("table")
            with os.fdopen(os.dup(self._descriptor), "wb") as writer:
                writer.write(self._body)
            return f"/proc/self/fd/{self._descriptor}"
        self._file = tempfile.NamedTemporaryFile(suffix=".parquet")
        self._file.write(self._body)
        self._file.flush()
        return str(self._file.name)

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        if self._file is not None:
            self._file.close()
