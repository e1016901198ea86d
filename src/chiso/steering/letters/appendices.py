"""Appendices of a letter: tables in sections of their own, upright or across as they need."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from docx.document import Document
from docx.oxml.ns import qn

from chiso.instants import day_of
from chiso.steering.letters import ooxml, phrases
from chiso.steering.letters.facts import Facts, League, Origin
from chiso.steering.letters.ooxml import Cell, Look, twips
from chiso.steering.letters.rules import layout
from chiso.text import number

NAMES: Final = ("units", "under", "work", "overdue", "coverage", "tasks")
"""appendices that there are, in the order in which they stand"""
SHORT: Final = {
    "transparency": "Công khai, minh bạch",
    "processing": "Tiến độ giải quyết",
    "online_services": "Dịch vụ công trực tuyến",
    "online_payment": "Thanh toán trực tuyến",
    "satisfaction": "Mức độ hài lòng",
    "digitisation": "Số hóa hồ sơ",
}
WORK: Final = {
    "due": "Giải quyết trước hạn trả",
    "overdue": "Giải quyết hồ sơ quá hạn",
    "result": "Trả kết quả điện tử",
    "digitise": "Số hóa thành phần, kết quả",
    "pay": "Ghi nhận thanh toán trực tuyến",
    "sync": "Đồng bộ hồ sơ",
    "petition": "Xử lý phản ánh, kiến nghị",
    "announce": "Công bố thủ tục",
    "publish": "Công khai thủ tục",
    "complete": "Bổ sung nội dung thủ tục",
    "offer_online": "Cung cấp dịch vụ trực tuyến",
    "fee": "Cấu hình mức phí, lệ phí",
}
"""kinds of work, in the words of a letter"""
LEAGUE_TITLES: Final = {
    "departments": "Sở, ban, ngành",
    "districts": "Huyện, thị xã, thành phố",
    "communes": "Xã, phường, đặc khu",
}


@dataclass(frozen=True)
class Appendix:
    """A table with its title; widths in millimetres."""

    title: str
    wide: bool
    intro: str
    widths: Sequence[int]
    head: Sequence[Sequence[Cell]]
    rows: Sequence[Sequence[Cell]]
    size: int = 12


def appendices(facts: Facts) -> list[Appendix]:
    """The appendices that a letter has."""
    made = {
        "units": _units, "under": _under, "work": _work, "overdue": _overdue, "coverage": _coverage,
        "tasks": _tasks,
    }  # fmt: skip
    return [made[name](facts) for name in facts.appendices]


def _heads(titles: Iterable[str]) -> list[list[Cell]]:
    return [[Cell(title, "center") for title in titles]]


def _points(value: str, facts: Facts) -> str:
    return phrases.points(value, facts.decimal_mark) if value else "–"


def _league_rows(facts: Facts, league: League, under: int | None = None) -> list[list[Cell]]:
    rows = []
    for one in league.rows:
        if under is not None and Decimal(one.total) >= under:
            continue
        cells = [Cell("" if one.rank is None else str(one.rank), "center"), Cell(one.name)]
        cells += [Cell(_points(points, facts), "center") for points in one.groups]
        cells += [Cell(_points(one.total, facts), "center", bold=True), Cell(one.band, "center")]
        if under is not None:
            cells.append(Cell(_points(f"{Decimal(under) - Decimal(one.total)}", facts), "center"))
        rows.append(cells)
    return rows


def _day(facts: Facts, league: League | None = None) -> str:
    origin = (league.origin if league else None) or facts.standing.origin
    return _until(origin) if origin.captured_at is None else phrases.short_day(day_of(origin.captured_at))


def _until(origin: Origin) -> str:
    """The day that figures of a judging instant are of; midnight ends the day before."""
    return phrases.short_day(day_of(origin.at - 1))


def _titled(league: League, columns: int, count: int) -> list[Cell]:
    title = LEAGUE_TITLES.get(league.among, phrases.LEAGUE_WORDS[league.among])
    return [Cell(f"{title} ({count} đơn vị)", "left", bold=True, span=columns)]


def _units(facts: Facts) -> Appendix:
    groups = facts.leagues[0].groups
    titles = ["Hạng", "Đơn vị", *(SHORT[group] for group in groups), "Tổng điểm", "Xếp loại"]
    rows: list[list[Cell]] = []
    for league in facts.leagues:
        if len(facts.leagues) > 1:
            rows.append(_titled(league, len(titles), len(league.rows)))
        rows += _league_rows(facts, league)
    return Appendix(
        "Kết quả thực hiện Bộ chỉ số của các đơn vị",
        True,
        f"Số liệu đến ngày {_day(facts, facts.leagues[0])}; đơn vị tính: điểm.",
        (15, 66, 24, 22, 24, 24, 22, 21, 20, 24),
        _heads(titles),
        rows,
        11,
    )


def _under(facts: Facts) -> Appendix:
    titles = ["Hạng", "Đơn vị", "Tổng điểm", "Xếp loại", "Còn thiếu"]
    target = facts.wish.target
    rows: list[list[Cell]] = []
    for league in facts.leagues:
        found = _league_rows(facts, league, target)
        if found and len(facts.leagues) > 1:
            rows.append(_titled(league, len(titles), len(found)))
        rows += [[*row[:2], *row[-3:]] for row in found]
    return Appendix(
        f"Đơn vị có tổng điểm dưới {target} điểm",
        False,
        f"Số liệu đến ngày {_day(facts, facts.leagues[0])}; đơn vị tính: điểm.",
        (16, 79, 23, 25, 22),
        _heads(titles),
        rows,
    )


def _overdue(facts: Facts) -> Appendix:
    assert facts.overdue is not None
    told = facts.overdue
    one_unit = facts.kind == "unit" and len({row.unit for row in told.rows}) == 1
    titles = [
        "Stt",
        *([] if one_unit else ["Đơn vị"]),
        "Thủ tục hành chính",
        "Hồ sơ quá hạn",
        "Chưa có kết quả",
    ]
    rows = []
    for place, row in enumerate(told.rows, 1):
        name = f"{row.procedure_name} ({row.procedure})" if row.procedure_name else row.procedure
        rows.append(
            [
                Cell(number(place), "center"),
                *([] if one_unit else [Cell(row.name)]),
                Cell(name),
                Cell(number(row.overdue), "center"),
                Cell(number(row.open), "center"),
            ]
        )
    span = 2 if one_unit else 3
    rows.append(
        [
            Cell("TỔNG", "center", bold=True, span=span),
            Cell(number(told.overdue), "center", bold=True),
            Cell(number(told.open), "center", bold=True),
        ]
    )
    by_procedure = "Hồ sơ quá hạn theo thủ tục hành chính"
    return Appendix(
        by_procedure if one_unit else "Hồ sơ quá hạn theo đơn vị và thủ tục hành chính",
        False,
        f"Số liệu đến ngày {_until(told.origin)}; đơn vị tính: hồ sơ.",
        (13, 106, 23, 23) if one_unit else (13, 45, 63, 22, 22),
        _heads(titles),
        rows,
    )


def _work(facts: Facts) -> Appendix:
    assert facts.work is not None
    told = facts.work
    rows = []
    for place, row in enumerate(told.rows, 1):
        by = phrases.short_day(day_of(row.by - 1)) if row.by is not None else ""
        points = number(Decimal(row.points), 4)
        rows.append(
            [
                Cell(str(place), "center"),
                Cell(WORK.get(row.what, row.what)),
                Cell(row.code),
                Cell(row.procedure if row.procedure != row.code else ""),
                Cell(by, "center"),
                Cell(points if facts.decimal_mark == "," else points.replace(",", "."), "center"),
            ]
        )
    listed, count = number(len(told.rows)), number(told.count)
    day = phrases.short_day(day_of(told.until - 1))
    which = (
        f"{listed} việc được nhiều điểm nhất trong {count} việc"
        if told.count > len(rows)
        else f"{count} việc"
    )
    return Appendix(
        "Việc cần làm, xếp theo số điểm",
        True,
        f"{which} cần làm đến hết ngày {day}; số điểm là phần tổng điểm của đơn vị tăng thêm hoặc giữ được.",
        (13, 50, 55, 83, 26, 25),
        _heads(["Stt", "Việc cần làm", "Mã hồ sơ, thủ tục", "Thủ tục hành chính", "Thời hạn", "Số điểm"]),
        rows,
        11,
    )


def _coverage(facts: Facts) -> Appendix:
    titles = ["Stt", "Đơn vị", "Ngày đầu tiên", "Số bản", "Kết quả"]
    rows: list[list[Cell]] = []
    for told in facts.coverage:
        if len(facts.coverage) > 1:
            rows.append(
                [Cell(f"{told.list} ({told.done}/{len(told.rows)} đơn vị)", "left", bold=True, span=5)]
            )
        for place, row in enumerate(told.rows, 1):
            first = phrases.short_day(day_of(row.first_at)) if row.first_at is not None else ""
            rows.append(
                [
                    Cell(str(place), "center"),
                    Cell(row.name),
                    Cell(first, "center"),
                    Cell(number(row.copies) if row.copies else "", "center"),
                    Cell("Đã thực hiện" if row.copies else "Chưa thực hiện", "center", bold=not row.copies),
                ]
            )
    at = _until(facts.coverage[0].origin)
    done = sum(one.done for one in facts.coverage)
    count = sum(len(one.rows) for one in facts.coverage)
    return Appendix(
        "Đơn vị triển khai chứng thực bản sao điện tử",
        False,
        f"Số liệu đến ngày {at}: {done}/{count} đơn vị đã thực hiện.",
        (13, 73, 29, 17, 33),
        _heads(titles),
        rows,
    )


def _tasks(facts: Facts) -> Appendix:
    """A line a task, with the units that have not reported on it."""
    assert facts.tasks is not None
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for row in facts.tasks.rows:
        grouped.setdefault((row.document, row.task, row.due), []).append(phrases.short_council(row.name))
    titles = ["Stt", "Nhiệm vụ", "Văn bản giao", "Thời hạn", "Số đơn vị", "Đơn vị chưa báo cáo"]
    one_unit = facts.kind == "unit"
    rows = []
    for place, ((document, task, due), names) in enumerate(grouped.items(), 1):
        cells = [
            Cell(str(place), "center"),
            Cell(task),
            Cell(document, "center"),
            Cell(phrases.short_day(date.fromisoformat(due)) if due else "", "center"),
        ]
        rows.append(cells if one_unit else [*cells, Cell(str(len(names)), "center"), Cell(", ".join(names))])
    return Appendix(
        "Nhiệm vụ được giao chưa có báo cáo kết quả",
        not one_unit,
        f"Số liệu đến ngày {_until(facts.tasks.origin)}.",
        (13, 96, 30, 26) if one_unit else (12, 76, 30, 24, 17, 93),
        _heads(titles[:4] if one_unit else titles),
        rows,
    )


# -- into the document ------------------------------------------------------------------------------------


def append(document: Document, facts: Facts) -> None:
    """Puts the appendices after the letter, each in a section with pages of its own."""
    found = appendices(facts)
    if not found:
        return
    body = document.element.body
    last = body.find(qn("w:sectPr"))
    page = copy.deepcopy(last)
    body.remove(last)
    body.append(_end_of_section(last))
    for place, one in enumerate(found, 1):
        name = f"Phụ lục {phrases.roman(place)}" if len(found) > 1 else "Phụ lục"
        section = _turned(page, one.wide)
        for piece in _pieces(one, name, facts, _room(section)):
            body.append(ooxml.element(piece))
        body.append(section if place == len(found) else _end_of_section(section))


def _pieces(one: Appendix, name: str, facts: Facts, room: int) -> Iterable[str]:
    rules = layout()

    def look(element: str, **changes: Any) -> Look:
        rule = rules[element]
        return Look(rule.use, bold=rule.bold, italic=rule.italic, align="center", **changes)

    yield ooxml.paragraph(name, look("appendix_word"))
    yield ooxml.paragraph(one.title.upper(), look("appendix_title"))
    told = reference(facts)
    yield ooxml.paragraph(
        told if one.wide else told.replace(" của ", "\ncủa "), look("appendix_of", after=120)
    )
    if one.intro:
        yield ooxml.paragraph(one.intro, Look(13, align="both", first=twips(13), after=120))
    widths = [twips(width) * room // twips(sum(one.widths)) for width in one.widths]
    yield ooxml.table(widths, one.head, one.rows, one.size)
    yield ooxml.paragraph("", Look(2, align="left"))


def reference(facts: Facts) -> str:
    """(Kèm theo Công văn số 308/UBND-TH ngày 28 tháng 3 năm 2023 của Ủy ban nhân dân tỉnh An Giang)."""
    head = facts.head
    told = f"{head.number:02d}" if head.number is not None else "      "
    if head.date:
        when = phrases.long_day(date.fromisoformat(head.date))
    else:
        year, month = head.month.split("-")
        when = f"ngày       tháng {month if int(month) < 3 else int(month)} năm {year}"
    return f"(Kèm theo Công văn số {told}/{head.symbol} {when} của {head.issuer})"


def _room(section: Any) -> int:
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    sides = sum(int(margins.get(qn(f"w:{side}"))) for side in ("left", "right"))
    return int(size.get(qn("w:w"))) - sides


def _turned(page: Any, wide: bool) -> Any:
    """A section like the letter's own, upright or across, its pages numbered from 1."""
    made = copy.deepcopy(page)
    size = made.find(qn("w:pgSz"))
    short, long = sorted((int(size.get(qn("w:w"))), int(size.get(qn("w:h")))))
    size.set(qn("w:w"), str(long if wide else short))
    size.set(qn("w:h"), str(short if wide else long))
    size.attrib.pop(qn("w:orient"), None)
    if wide:
        size.set(qn("w:orient"), "landscape")
    kind = made.find(qn("w:type"))
    if kind is not None:
        kind.set(qn("w:val"), "nextPage")
    number_type = made.find(qn("w:pgNumType"))
    if number_type is None:
        number_type = made.makeelement(qn("w:pgNumType"), {})
        made.find(qn("w:pgMar")).addnext(number_type)
    number_type.set(qn("w:start"), "1")
    return made


def _end_of_section(section: Any) -> Any:
    """A paragraph that ends a section, as low as can be."""
    made = ooxml.element(
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )
    made.pPr.append(section)
    return made
