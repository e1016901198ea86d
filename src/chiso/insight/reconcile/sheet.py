"""A reconciliation as a workbook to send to the portal's operators.

A cover, a line for every indicator, the causes, and for each cause with dossiers a sheet of their codes and
of the facts that differ.  No personal data; texts are never formulas, whatever senders wrote into them.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from chiso.insight.exports.book import Book
from chiso.insight.reconcile.answer import as_json, placeholders
from chiso.insight.reconcile.causes import (
    BY_DAY,
    CAUSES,
    CHANGED,
    DAY_BEFORE,
    DESK,
    DIFFERENT_THERE,
    EARLIER_CODE,
    LATER_CODE,
    MISSING_HERE,
    MISSING_THERE,
    NEW,
    QUARANTINED,
    RECORDS,
    SUBMITTED,
    TODAY,
    UNEXPLAINED,
    WHOLE_DAY,
    Option,
    form_words,
)
from chiso.insight.reconcile.detail import details
from chiso.insight.reconcile.words import flaw_words, other_date_words, period_words
from chiso.instants import moment_of, parse_instant
from chiso.text import moment

if TYPE_CHECKING:
    from chiso.insight.reconcile.solve import Reconciliation
    from chiso.insight.reconcile.split import Effect

AT_ONCE: Final = 20_000
"""Dossiers looked up together."""

DOSSIERS: Final = (
    ("Stt", 6),
    ("Mã hồ sơ", 26),
    ("Mã thủ tục", 12),
    ("Đơn vị", 12),
    ("Tên đơn vị", 28),
    ("Ngày tiếp nhận", 19),
    ("Ngày hẹn trả", 19),
    ("Ngày kết thúc", 19),
    ("Biết lúc", 19),
    ("Dữ kiện khác nhau", 28),
    ("Ở đây", 28),
    ("Trên Cổng", 28),
)
SUMMARY: Final = (
    ("Chỉ số", 8),
    ("Tên", 48),
    ("Chốt lúc", 19),
    ("Tử số công bố", 14),
    ("Mẫu số công bố", 14),
    ("Tử số tính", 14),
    ("Mẫu số tính", 14),
    ("Chênh tử số", 12),
    ("Chênh mẫu số", 13),
    ("Điểm công bố", 12),
    ("Điểm tính", 12),
    ("Chênh điểm", 12),
    ("Nguyên nhân", 60),
    ("Chưa giải thích: tử", 18),
    ("Chưa giải thích: mẫu", 19),
)
SHEETS: Final = {
    NEW: "Biết sau, hồ sơ mới",
    CHANGED: "Biết sau, hồ sơ thay đổi",
    RECORDS: "Biết sau, số liệu khác",
    QUARANTINED: "Đang bị giữ lại",
    LATER_CODE: "Hai mã, bỏ mã sau",
    EARLIER_CODE: "Hai mã, bỏ mã trước",
    DESK: "Đơn vị khác",
    TODAY: "Đơn vị hiện nay",
    SUBMITTED: "Ranh giới kỳ, ngày nộp",
    WHOLE_DAY: "Ranh giới kỳ, trọn ngày",
    DAY_BEFORE: "Ranh giới kỳ, hôm trước",
    BY_DAY: "Hạn trả so theo ngày",
    Option("document_rule"): "Tài liệu công thức",
    MISSING_THERE: "Cổng không có",
    MISSING_HERE: "Chỉ Cổng có",
    DIFFERENT_THERE: "Khác với Cổng",
}
"""Names of sheets; a rule of the document adds its indicator."""
CAUSES_HEAD: Final = (("Nguyên nhân", 40), ("Nghĩa là", 80), ("Hồ sơ", 12), ("Điểm", 10), ("Kết luận", 28))


def write_sheet(found: Reconciliation, target: str | Path | IO[bytes], asked_by: str = "") -> None:
    """Writes the workbook.  ``asked_by``: who sends it."""
    body = as_json(found, named=0)
    made = moment_of(found.gathered.known).replace(tzinfo=None)
    book = Book(target, made, "Đối chiếu số liệu chỉ số 766")
    _cover(book, found, body, asked_by)
    _summary(book, found, body)
    _causes(book, found, body)
    for effect in found.effects:
        if len(effect.numbers):
            _dossiers(book, found, effect)
    book.close()


def _cover(book: Book, found: Reconciliation, body: dict[str, Any], asked_by: str) -> None:
    sheet = book.sheet("Bìa")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    book.write(sheet, 0, 0, "ĐỐI CHIẾU SỐ LIỆU CHỈ SỐ THEO QUYẾT ĐỊNH 766/QĐ-TTg", book.title)
    law = found.case.law
    captured = [
        f"{law.groups[name].names.vi}: {moment(parse_instant(at))}"
        for name, at in body["captured"].items()
        if name in body["published"]["groups"]
    ]
    lines: list[tuple[str, str]] = [
        ("Đơn vị", f"{body['name']} ({body['unit']})"),
        ("Kỳ", period_words(found.gathered.question.period)),
        ("Bên đề nghị đối chiếu", asked_by or "–"),
        ("Lập lúc", moment(found.gathered.known)),
        ("Số liệu công bố chốt lúc", "\n".join(captured)),
        ("Tính từ hồ sơ biết đến", moment(parse_instant(body["as_of"]))),
        ("Bộ quy tắc", f"{body['law']}, phiên bản {body['law_version']}"),
        ("Sổ nhận số", str(body["journal"])),
    ]
    row = 2
    for name, value in lines:
        book.write(sheet, row, 0, name, book.bold)
        book.write(sheet, row, 1, value, book.wrapped)
        row += 1
    row += 1
    for name, points in (
        ("Điểm công bố", found.published_total),
        ("Điểm tính từ hồ sơ", found.computed_total),
        ("Chênh lệch", found.difference),
        ("Giải thích được", found.difference - found.rest_points),
        ("Chưa giải thích được", found.rest_points),
    ):
        book.write(sheet, row, 0, name, book.bold)
        form = book.points if name.startswith("Điểm") else book.signed
        sheet.write_number(row, 1, points, form)
        row += 1
    row += 1
    for words in (
        "“Tính” là số đếm từ hồ sơ mà tỉnh đã nhận, xét tại đúng thời điểm Cổng chốt số của từng nhóm.",
        "Mỗi hồ sơ chỉ nằm dưới một nguyên nhân. Các trang sau liệt kê mã hồ sơ và dữ kiện khác nhau; "
        "không có dữ liệu cá nhân.",
        "Đề nghị đơn vị vận hành Cổng xác nhận từng nguyên nhân, hoặc gửi danh sách hồ sơ của Cổng để đối "
        "chiếu.",
    ):
        sheet.merge_range(row, 0, row, 1, words, book.wrapped)
        row += 1


def _summary(book: Book, found: Reconciliation, body: dict[str, Any]) -> None:
    sheet = book.table("Tổng hợp", SUMMARY)
    law = found.case.law
    row = 0
    for row, line in enumerate(body["rows"], 1):
        name = line["indicator"]  # a group's where only its points are known
        one = law.indicators.get(name)
        book.write(sheet, row, 0, name if one else "Nhóm")
        book.write(sheet, row, 1, (one or law.groups[name]).names.vi)
        book.instant(sheet, row, 2, body["captured"].get(line["group"]))
        told, own = line["published"], line["computed"]
        for place, pair in ((3, told), (5, own)):
            for number, value in enumerate(pair or ()):
                sheet.write_number(row, place + number, value, book.whole)
        if told and own:
            for number in (0, 1):
                sheet.write_number(row, 7 + number, told[number] - own[number], book.signed_whole)
        sheet.write_number(row, 9, Decimal(line["points"]["published"]), book.points)
        sheet.write_number(row, 10, Decimal(line["points"]["computed"]), book.points)
        sheet.write_number(row, 11, Decimal(line["difference"]), book.signed)
        book.write(sheet, row, 12, why_words(line), book.wrapped)
        for number, value in enumerate(line["unexplained"] or ()):
            sheet.write_number(row, 13 + number, value, book.signed_whole)
    sheet.autofilter(0, 0, max(row, 1), len(SUMMARY) - 1)


def why_words(line: dict[str, Any]) -> str:
    """The causes of one indicator in words, each with what it changes."""
    told = []
    for why in line["why"]:
        name = CAUSES[why["cause"]].names.vi
        if "n" in why:
            name += f" ({why['n']:+d} / {why['d']:+d})"
        told.append(name)
    return "; ".join(told)


def _causes(book: Book, found: Reconciliation, body: dict[str, Any]) -> None:
    sheet = book.table("Nguyên nhân", CAUSES_HEAD)
    row = 0

    def line(name: str, words: str, count: int | None, points: Decimal | None, verdict: str) -> None:
        nonlocal row
        row += 1
        book.write(sheet, row, 0, name, book.wrapped)
        book.write(sheet, row, 1, words, book.wrapped)
        if count is not None:
            sheet.write_number(row, 2, count, book.whole)
        if points is not None:
            sheet.write_number(row, 3, points, book.signed)
        book.write(sheet, row, 4, verdict)

    for effect in found.effects:
        words = CAUSES[effect.option.cause].words.vi
        line(_named(effect), words, len(effect.numbers), found.points[effect.option], "Là nguyên nhân")
    if found.inherited:
        cause = CAUSES["inherited"]
        line(cause.names.vi, cause.words.vi, None, found.inherited_points, "Là nguyên nhân")
    for one in found.other_dates:
        line(
            CAUSES["captured_on_another_date"].names.vi,
            other_date_words(found, one, "vi"),
            None,
            None,
            "Là nguyên nhân",
        )
    for flaw in found.flaws:
        line(
            CAUSES["contradiction"].names.vi,
            flaw_words(found, flaw, "vi"),
            None,
            flaw.points,
            "Là nguyên nhân",
        )
    for name in placeholders(found):
        cause = CAUSES["placeholder"]
        line(f"{cause.names.vi}: {name}", cause.words.vi, None, None, "Để biết")
    rest = CAUSES[UNEXPLAINED]
    line(rest.names.vi, rest.words.vi, None, found.rest_points, "Còn lại")
    for effect in found.possible:
        words = CAUSES[effect.option.cause].words.vi
        line(_named(effect), words, len(effect.numbers), None, "Có thể, nhưng không cần")
    sheet.autofilter(0, 0, row, len(CAUSES_HEAD) - 1)
    del body


def _named(effect: Effect) -> str:
    form = form_words(effect.option, "vi")
    name = CAUSES[effect.option.cause].names.vi
    return f"{name}: {form}" if form else name


def _dossiers(book: Book, found: Reconciliation, effect: Effect) -> None:
    option = effect.option
    name = SHEETS.get(option) or f"{SHEETS.get(Option(option.cause), option.cause)} {option.part}".strip()
    sheet = book.table(name, DOSSIERS)
    row = 0
    for start in range(0, len(effect.numbers), AT_ONCE):
        for one in details(found, effect, effect.numbers[start : start + AT_ONCE]):
            row += 1
            sheet.write_number(row, 0, row, book.whole)
            for place, key in ((1, "code"), (2, "procedure"), (3, "unit"), (4, "unit_name")):
                book.write(sheet, row, place, one[key])
            for place, key in ((5, "received_at"), (6, "due_at"), (7, "ended_at"), (8, "known_at")):
                book.instant(sheet, row, place, one[key])
            facts = one["facts"]
            for place, key in ((9, "name"), (10, "here"), (11, "there")):
                book.write(
                    sheet, row, place, "; ".join(fact_words(fact[key]) for fact in facts), book.wrapped
                )
    sheet.autofilter(0, 0, max(row, 1), len(DOSSIERS) - 1)


def fact_words(value: str | None) -> str:
    """A fact as people read it: instants as 06:00 10/10/2026."""
    if value is None:
        return "–"
    if len(value) == 25 and value[10] == "T":
        return moment(parse_instant(value))
    return value
