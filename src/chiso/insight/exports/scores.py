"""Scores of a unit, or of it and all units below it, as files: a workbook, CSV, Parquet.

The workbook has a cover, a sheet of totals, and a sheet for each group: numerator, denominator, ratio, points
and maximum of every indicator.  CSV and Parquet have the same rows, one a unit and indicator.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from chiso.folder.answers import QuestionError, asked, tree_at, unit_named
from chiso.folder.answers import score as score_of
from chiso.folder.data import units
from chiso.insight.exports.book import Book
from chiso.insight.exports.cells import BOM, Cell, csv_text
from chiso.insight.reconcile.words import period_words
from chiso.instants import DAY, moment_of, parse_instant, parse_period
from chiso.law.model import Indicator, LawVersion
from chiso.text import collation_key, moment

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder

Form = Literal["xlsx", "csv", "parquet"]
FORMS: Final[dict[Form, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
"""Kinds of files and their media types."""
KINDS: Final = {
    "province": "Tỉnh, thành phố",
    "department": "Sở, ban, ngành",
    "district": "Huyện, thị xã, thành phố",
    "commune": "Xã, phường, đặc khu",
}
"""Kinds of units that have scores, in the order of the sheets."""
COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "period": ("Kỳ", "VARCHAR"),
    "at": ("Tính đến", "TIMESTAMPTZ"),
    "unit": ("Mã đơn vị", "VARCHAR"),
    "name": ("Tên đơn vị", "VARCHAR"),
    "kind": ("Cấp", "VARCHAR"),
    "group": ("Nhóm", "VARCHAR"),
    "indicator": ("Chỉ số", "VARCHAR"),
    "indicator_name": ("Tên chỉ số", "VARCHAR"),
    "n": ("Tử số", "BIGINT"),
    "d": ("Mẫu số", "BIGINT"),
    "ratio": ("Tỷ lệ", "DECIMAL(18, 10)"),
    "points": ("Điểm đạt được", "DECIMAL(9, 2)"),
    "max": ("Điểm tối đa", "DECIMAL(9, 2)"),
    "note": ("Ghi chú", "VARCHAR"),
    "source": ("Nguồn", "VARCHAR"),
}
"""Columns of CSV and Parquet: heading, type."""
SOURCES: Final = {
    "computed": "Tính từ hồ sơ đã nhận",
    "published": "Cổng Dịch vụ công quốc gia công bố",
}
NOTES: Final = (
    "Tử số và mẫu số là số đếm; tỷ lệ = tử số / mẫu số; điểm được làm tròn hai chữ số thập phân.",
    "Chỉ số ghi “của tỉnh” lấy kết quả của tỉnh, như Cổng Dịch vụ công quốc gia. Chỉ số chưa có dữ liệu "
    "được tính theo quy tắc của chỉ số đó.",
    "Không có dữ liệu cá nhân trong tệp này.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one unit, or a group that is known by its points only."""

    unit: dict[str, Any]
    group: str
    indicator: str
    name: str
    n: int | None
    d: int | None
    points: Decimal
    maximum: Decimal
    note: str
    source: str

    @property
    def ratio(self) -> Fraction | None:
        return Fraction(self.n, self.d) if self.n is not None and self.d else None


@dataclass(frozen=True, slots=True)
class Gathered:
    """Scores of one instant."""

    law: LawVersion
    scores: list[dict[str, Any]]
    """as ``score`` answers; the unit asked for is the first"""
    at: str
    as_of: str
    period: str

    @property
    def head(self) -> dict[str, Any]:
        return self.scores[0]


def gather(
    folder: DataFolder, unit_code: str, *, below: bool, **question: Unpack[QuestionFields]
) -> Gathered:
    """The scores of a unit, and with ``below`` of every unit below it that has one, all of one instant.

    Raises QuestionError where the unit itself has none.
    """
    wanted = asked(folder, **question)
    with folder.lock:  # nothing comes in between two units
        head = score_of(folder, unit_code, **question)
        found = [head]
        if below:
            at = tree_at(folder, wanted)
            top = unit_named(folder, unit_code, at)
            for one in _below(folder, top.code, at):
                try:
                    found.append(score_of(folder, one, **question))
                except QuestionError:
                    continue  # nothing is known of it
    law = folder.law_of(parse_period(head["period"]), head["law"])
    return Gathered(law, found, head["at"], head["as_of"], head["period"])


def _below(folder: DataFolder, code: str, at: int) -> list[str]:
    """Codes of the units below one that are scored, by kind and in Vietnamese order."""
    known = units(folder, at)
    above = {one["code"]: one["parent"] for one in known}

    def under(one: str | None) -> bool:
        while one is not None:
            one = above.get(one)
            if one == code:
                return True
        return False

    order = list(KINDS)
    chosen = [one for one in known if one["kind"] in KINDS and under(one["code"])]
    chosen.sort(key=lambda one: (order.index(one["kind"]), collation_key(one["name"])))
    return [one["code"] for one in chosen]


def lines(found: Gathered) -> Iterator[Line]:
    """All rows, unit by unit, in the law's order."""
    for score in found.scores:
        for group, rule in found.law.groups.items():
            members = [
                (one, score["indicators"][one.id])
                for identity in rule.indicators
                if (one := found.law.indicators[identity]).id in score["indicators"]
            ]
            told = score["groups"].get(group)
            if members and not _stands_alone(score, members, told):
                for one, figures in members:
                    yield _line(score, group, one, figures)
            elif told is not None and told.get("points") is not None:
                yield Line(
                    score, group, "", rule.names.vi, None, None, Decimal(told["points"]),
                    Decimal(str(told["max"])), "chỉ biết điểm của nhóm", score["source"],
                )  # fmt: skip


def _stands_alone(
    score: dict[str, Any], members: list[tuple[Indicator, dict[str, Any]]], told: dict[str, Any] | None
) -> bool:
    """Whether only the points of a published group are known, and nothing of its indicators."""
    if score["source"] != "published" or told is None or told.get("points") is None:
        return False
    blank = all(figures.get("no_data") for one, figures in members if one.maximum)
    return blank and Decimal(told["points"]) != sum(Decimal(figures["points"]) for _, figures in members)


def _line(score: dict[str, Any], group: str, one: Indicator, figures: dict[str, Any]) -> Line:
    n, d = figures.get("n"), figures.get("d")
    notes = []
    if figures.get("inherited"):
        notes.append("của tỉnh")
    if figures.get("no_data"):
        notes.append("chưa có dữ liệu")
    if not one.maximum:
        notes.append("để biết, không cho điểm")
    if one.unit == "seconds":
        if n is not None and d:
            days = f"{Decimal(n) / d / DAY:.1f}".replace(".", ",")
            notes.append(f"trung bình {days} ngày một hồ sơ")
        n = None
    return Line(
        score,
        group,
        one.id,
        one.names.vi,
        n,
        d,
        Decimal(figures["points"]),
        Decimal(str(figures.get("max", one.maximum))),
        "; ".join(notes),
        score["source"],
    )


def made(found: Gathered, form: Form, *, lang: str = "vi") -> bytes:
    """The file.  CSV is written with ``;`` and a decimal comma, unless ``lang`` is another than ``vi``."""
    return {"xlsx": _workbook, "csv": _csv, "parquet": _parquet}[form](found, lang)


def file_name(found: Gathered, form: Form, *, below: bool) -> str:
    """chi-so-H01-2026-20261010.xlsx"""
    day = f"{moment_of(parse_instant(found.at)):%Y%m%d}"
    tail = "-truc-thuoc" if below else ""
    code = found.head["unit"].replace(":", "-")
    return f"chi-so-{code}{tail}-{found.period.replace('..', '-den-')}-{day}.{form}"


def _cells(found: Gathered, one: Line) -> dict[str, Cell]:
    return {
        "period": found.period,
        "at": found.at,
        "unit": one.unit["unit"],
        "name": one.unit["name"],
        "kind": one.unit.get("kind", ""),
        "group": one.group,
        "indicator": one.indicator,
        "indicator_name": one.name,
        "n": one.n,
        "d": one.d,
        "ratio": one.ratio,
        "points": one.points,
        "max": one.maximum,
        "note": one.note,
        "source": one.source,
    }


def _csv(found: Gathered, lang: str) -> bytes:
    separator, mark = (";", ",") if lang == "vi" else (",", ".")
    rows = ([*_cells(found, one).values()] for one in lines(found))
    headings = [heading if lang == "vi" else name for name, (heading, _) in COLUMNS.items()]
    places = [10 if name == "ratio" else 2 if name in ("points", "max") else None for name in COLUMNS]
    text = csv_text(headings, rows, separator=separator, mark=mark, places=places)
    return (BOM + text).encode()


def _parquet(found: Gathered, lang: str) -> bytes:
    """Written by DuckDB, with whole numbers and exact decimals."""
    del lang
    import duckdb  # noqa: PLC0415 - only where it is needed

    with tempfile.TemporaryDirectory(prefix="chiso-export-") as place:
        source, target = Path(place) / "rows.csv", Path(place) / "rows.parquet"
        rows = ([*_cells(found, one).values()] for one in lines(found))
        source.write_text(csv_text(list(COLUMNS), rows), encoding="utf-8")
        with duckdb.connect() as connection:
            table = connection.read_csv(
                str(source),
                header=True,
                dtype={name: kind for name, (_, kind) in COLUMNS.items()},
                all_varchar=False,
            )
            table.write_parquet(str(target), compression="zstd")
        return target.read_bytes()


def _workbook(found: Gathered, lang: str) -> bytes:
    del lang
    target = io.BytesIO()
    head, law = found.head, found.law
    period = period_words(parse_period(found.period))
    book = Book(
        target, moment_of(parse_instant(found.as_of)).replace(tzinfo=None), f"Chỉ số 766, {head['name']}"
    )
    sources = list(dict.fromkeys(SOURCES[one["source"]] for one in found.scores))
    captured = head.get("captured_at")
    book.cover(
        "Bìa",
        "BỘ CHỈ SỐ PHỤC VỤ NGƯỜI DÂN, DOANH NGHIỆP (QUYẾT ĐỊNH 766/QĐ-TTg)",
        [
            ("Đơn vị", f"{head['name']} ({head['unit']})"),
            ("Phạm vi", f"{len(found.scores)} đơn vị" if len(found.scores) > 1 else "Riêng đơn vị này"),
            ("Kỳ", period),
            ("Tính đến", moment(parse_instant(found.at))),
            ("Theo dữ liệu đã biết lúc", moment(parse_instant(found.as_of))),
            ("Nguồn số liệu", "; ".join(sources)),
            *([("Công bố chốt lúc", moment(parse_instant(captured)))] if isinstance(captured, str) else []),
            ("Bộ quy tắc", f"{law.names.vi} ({law.law}, phiên bản {head['law_version']})"),
            ("Phiên bản danh mục đơn vị, lịch làm việc",
             f"{head.get('units_version', '–')}, {head.get('calendar_version', '–')}"),
            ("Sổ nhận số", str(head.get("journal", "–"))),
            ("Tổng điểm", f"{str(head['total']).replace('.', ',')} / {head['max']} – {head['band']}"),
        ],
        NOTES,
    )  # fmt: skip
    _totals(book, found)
    kept: dict[str, list[Line]] = {group: [] for group in law.groups}
    for one in lines(found):
        kept[one.group].append(one)
    for number, (group, rule) in enumerate(law.groups.items(), 1):
        _group(book, f"{number}. {rule.names.vi}", kept[group], several=len(found.scores) > 1)
    book.close()
    return target.getvalue()


def _totals(book: Book, found: Gathered) -> None:
    groups = found.law.groups
    heads = [(f"{rule.names.vi} (tối đa {rule.maximum})", 15) for rule in groups.values()]
    columns = [("Stt", 6), ("Mã đơn vị", 12), ("Tên đơn vị", 34), ("Cấp", 24), *heads,
               ("Tổng điểm", 12), ("Xếp loại", 14), ("Nguồn", 32)]  # fmt: skip
    sheet = book.table("Tổng hợp", columns, 3)
    last = 4 + len(heads)
    for row, score in enumerate(found.scores, 1):
        sheet.write_number(row, 0, row, book.whole)
        book.write(sheet, row, 1, score["unit"])
        book.write(sheet, row, 2, score["name"])
        book.write(sheet, row, 3, KINDS.get(score.get("kind", ""), ""))
        for place, group in enumerate(groups, 4):
            points = (score["groups"].get(group) or {}).get("points")
            if points is not None:
                sheet.write_number(row, place, Decimal(points), book.points)
        sheet.write_number(row, last, Decimal(score["total"]), book.bold_points)
        book.write(sheet, row, last + 1, score["band"])
        book.write(sheet, row, last + 2, SOURCES[score["source"]])
    sheet.autofilter(0, 0, len(found.scores), last + 2)


def _group(book: Book, name: str, kept: list[Line], *, several: bool) -> None:
    columns = [("Stt", 6), ("Mã đơn vị", 12), ("Tên đơn vị", 34), ("Chỉ số", 8), ("Tên chỉ số", 56),
               ("Tử số", 12), ("Mẫu số", 12), ("Tỷ lệ", 10), ("Điểm đạt được", 10), ("Điểm tối đa", 10),
               ("Ghi chú", 34)]  # fmt: skip
    sheet = book.table(name, columns, 3 if several else 1)
    for row, one in enumerate(kept, 1):
        sheet.write_number(row, 0, row, book.whole)
        for place, text in ((1, one.unit["unit"]), (2, one.unit["name"]), (3, one.indicator), (4, one.name)):
            book.write(sheet, row, place, text)
        for place, count in ((5, one.n), (6, one.d)):
            if count is not None:
                sheet.write_number(row, place, count, book.whole)
        if one.ratio is not None:
            sheet.write_number(row, 7, float(one.ratio), book.ratio)
        if one.maximum:
            sheet.write_number(row, 8, one.points, book.points)
            sheet.write_number(row, 9, one.maximum, book.points)
        book.write(sheet, row, 10, one.note, book.wrapped)
    sheet.autofilter(0, 0, max(len(kept), 1), len(columns) - 1)
