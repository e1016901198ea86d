"""A list of dossiers as the portal has them, read for one question and kept nowhere.

CSV, XLSX, Parquet or JSON (an array of objects, or one under ``rows`` or ``data``) with MaHoSo and any of
NgayTiepNhan, NgayHenTra, NgayKetThucXuLy, TrangThaiHoSo and whether it is on time, in the headings of dossier
tables.  Nothing else of it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from chiso.intake import headings, streams
from chiso.intake.batches import DECODE_ERRORS
from chiso.intake.refusals import RefusedError, refusal
from chiso.intake.rows import message_of_row
from chiso.intake.scalars import flag, fold, instant, key_text, state
from chiso.intake.streams import BrokenStreamError
from chiso.intake.tables import SEARCHED, cell_value
from chiso.intake.workbook import sheets_of

COLUMNS: Final = ("MaHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "TrangThaiHoSo")
ON_TIME: Final = "on_time"
OVERDUE: Final = "overdue"

_VERDICTS: Final = {
    **dict.fromkeys(
        ("dung han", "on time", "on_time", "dung han/qua han", "dung han, qua han", "ket qua dung han",
         "xu ly dung han", "tinh trang han", "danh gia", "danh gia han", "tien do", "ket qua xu ly",
         "giai quyet dung han", "tien do xu ly"),
        ON_TIME,
    ),
    **dict.fromkeys(("qua han", "tre han", "overdue", "xu ly qua han"), OVERDUE),
}  # fmt: skip
_IN_TIME: Final = ("dung han", "truoc han", "trong han", "con han", "som han", "chua den han", "som")
_LATE: Final = ("qua han", "tre han", "cham han", "tre")


class ListedDossier(msgspec.Struct, frozen=True):
    """One row of the list; ``None`` is what it does not tell."""

    code: str
    received_at: int | None = None
    due_at: int | None = None
    ended_at: int | None = None
    state: int | None = None
    on_time: bool | None = None
    days: frozenset[str] = frozenset()
    """names of instants of which only the day is told"""


@dataclass
class PortalList:
    """What was read."""

    dossiers: dict[str, ListedDossier] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    """which of the columns it has"""
    rows: int = 0
    again: int = 0
    """rows with a code that came before: the first one counts"""
    unread: list[str] = field(default_factory=list)
    """places of rows without a code, or with a value that cannot be read"""


def read_list(source: str | Path | IO[bytes], name: str = "") -> PortalList:
    """Reads a list.  Raises BrokenStreamError where it is none, or has no column of codes."""
    name = name or str(source)
    with streams.open_source(source) as stream:
        head = stream.peek(streams.MEGABYTE)
        shape = streams.shape_of(name, head)
        body = streams.read_all(stream)
    if shape == "empty":
        raise BrokenStreamError(refusal(name, "", "", "empty"))
    found = PortalList()
    if shape in ("json", "lines"):
        _take(found, _objects(body, name))
    else:
        _take(found, _table(body, shape, name))
    return found


def _objects(body: bytes, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        told = msgspec.json.decode(body)
    except DECODE_ERRORS as error:
        words: dict[str, object] = {"byte": 0, "detail": str(error)}
        raise BrokenStreamError(refusal(name, "", "", "bad_json", words=words)) from error
    if isinstance(told, dict):
        told = next(
            (told[key] for key in ("rows", "data", "result") if isinstance(told.get(key), list)), told
        )
    if not isinstance(told, list):
        raise BrokenStreamError(_without_codes([]))
    columns: dict[str, str] = {}
    for number, one in enumerate(told):
        record: dict[str, Any] = {}
        for key, value in (one if isinstance(one, dict) else {}).items():
            if key not in columns:
                columns[key] = next(iter(_columns([key]).values()), "")
            if columns[key]:
                record.setdefault(columns[key], value)
        yield f"[{number}]", record
    if told and "MaHoSo" not in columns.values():
        raise BrokenStreamError(_without_codes(list(columns)))


def _table(body: bytes, shape: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: list[str] = []
    headed = False
    for _, rows in sheets_of(body, shape):
        start = list(islice(rows, SEARCHED))
        for number, row in enumerate(start):
            columns = _columns(row)
            if "MaHoSo" in columns.values():
                headed = True
                below = chain(start[number + 1 :], rows)
                yield from _records(below, columns, number + 1)
                break
            seen += [str(cell) for cell in row if cell is not None][:10]
    if not headed:
        raise BrokenStreamError(_without_codes(seen))


def _records(
    rows: Iterator[Sequence[object]], columns: Mapping[int, str], number: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in rows:
        number += 1
        if any(cell is not None for cell in row):
            yield (
                f"row {number}",
                {
                    column: cell_value(row[position], column)
                    for position, column in columns.items()
                    if position < len(row) and row[position] is not None
                },
            )


def _columns(row: Sequence[object]) -> dict[int, str]:
    """position → column, for a row of headings."""
    known = headings.read_heading(row, "dossiers", {}).columns
    found = {position: column for position, column in known.items() if column in COLUMNS}
    for position, cell in enumerate(row):
        verdict = _VERDICTS.get(headings.plain(cell)) if isinstance(cell, str) and len(cell) < 100 else None
        if verdict and position not in found and verdict not in found.values():
            found[position] = verdict
    return found


def _without_codes(seen: list[str]) -> Any:
    shown = ", ".join(f"“{cell[:40]}”" for cell in seen[:20]) or "–"
    words: dict[str, object] = {"missing": "MaHoSo (Mã hồ sơ)", "found": shown, "how": "“Mã hồ sơ”"}
    return refusal("", "MaHoSo", "", "missing_columns", words=words)


def _take(found: PortalList, records: Iterator[tuple[str, dict[str, Any]]]) -> None:
    columns: dict[str, None] = {}
    for place, record in records:
        found.rows += 1
        try:
            one = _dossier(record)
        except RefusedError:
            found.unread.append(place)
            continue
        columns |= dict.fromkeys(record)
        if one.code in found.dossiers:
            found.again += 1
        else:
            found.dossiers[one.code] = one
    found.columns = tuple(name for name in (*COLUMNS, ON_TIME, OVERDUE) if name in columns)


def _dossier(record: dict[str, Any]) -> ListedDossier:
    days: set[str] = set()

    def told(column: str, name: str, *, due: bool = False) -> int | None:
        value = record.get(column)
        at = instant(value, column)
        if at is not None and instant(value, column, due=True) != at:
            days.add(name)
            return instant(value, column, due=due)
        return at

    return ListedDossier(
        key_text(record.get("MaHoSo"), "MaHoSo"),
        told("NgayTiepNhan", "received_at"),
        told("NgayHenTra", "due_at", due=True),
        told("NgayKetThucXuLy", "ended_at"),
        _state(record.get("TrangThaiHoSo")),
        _verdict(record),
        frozenset(days),
    )


def _state(value: Any) -> int | None:
    if value is None or value == "":
        return None
    return state(message_of_row({"TrangThaiHoSo": value}).state, "TrangThaiHoSo")


def _verdict(record: dict[str, Any]) -> bool | None:
    for column, yes in ((ON_TIME, True), (OVERDUE, False)):
        value = record.get(column)
        if value is None or value == "":
            continue
        words = fold(str(value))
        if any(words.startswith(one) or words.endswith(one) for one in _LATE):
            return False
        if any(words.startswith(one) or words.endswith(one) for one in _IN_TIME):
            return True
        return flag(value, column) is yes
    return None
