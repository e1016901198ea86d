"""How what directs is entered by hand: through the same door as a loaded table, into the journal.

A page hands records to the server's writer, a command to the ledger; both give a function that accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chiso.folder.answers import QuestionError
from chiso.instants import day_of, iso, utc_now
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import Arrival, DirectingDocument, Refusal, Reminder, Report, Target, Task
from chiso.people.audit import Audit
from chiso.steering.register import Document, Duty, Register, ident
from chiso.text import day

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.registry.calendar import Calendar

MACHINE: Final = "!"
"""Who did it, where it was done by a command on the machine."""
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of a file that is attached."""

LABELS: Final = {
    "number": "Số, ký hiệu", "date": "Ngày ban hành", "issuer": "Cơ quan ban hành", "unit": "Mã đơn vị",
    "what": "Số liệu", "threshold": "Mức", "by": "Hạn", "due": "Hạn", "at_least": "Số đơn vị ít nhất",
    "period": "Kỳ số liệu", "task": "Nhiệm vụ", "name": "Tên quy tắc", "clear": "Mức hết cảnh báo",
    "hold": "Thời gian chờ", "recover": "Thời gian hồi phục", "span": "Khoảng so sánh",
}  # fmt: skip
"""How forms call their fields."""

Words = tuple[str, str]
"""(Vietnamese, English)"""


@dataclass(frozen=True)
class Hand:
    """Who enters something, and how it is taken in."""

    accept: Callable[[Arrival], object]
    """takes an arrival in for good; returns when it is durable and counted"""
    who: str = MACHINE
    """login; ``-`` where nobody signs in"""
    door: str = "page"
    at: int | None = None
    """since when it is known, where it is entered afterwards; ``None``: from now on"""

    def now(self, folder: DataFolder) -> int:
        """The instant at which this hand acts."""
        return folder.now() if self.at is None else self.at


@dataclass
class Entered:
    """What became of what was entered."""

    records: list[Any] = field(default_factory=list)
    warnings: list[Words] = field(default_factory=list)

    @property
    def id(self) -> str:
        return ident(TAGS[type(self.records[0])], self.records[0])


TAGS: Final[dict[type[Any], str]] = {
    DirectingDocument: "document",
    Target: "target",
    Task: "task",
    Report: "report",
    Reminder: "reminder",
}


def enter(
    folder: DataFolder,
    kind: str,
    rows: Sequence[dict[str, Any]],
    hand: Hand,
    held: Callable[[Any], None] = lambda _: None,
) -> Entered:
    """Enters records, all or none.  QuestionError says which field is wrong and how to mend it.

    ``held`` looks at each record before anything is taken in, and raises where it cannot be.
    """
    context = Context(
        home=folder.settings.home,
        is_foreign=folder.registry.units.foreign,
        ended=folder.registry.units.ended,
        key=folder.ledger.keys.hashing,
    )
    arrival = read_body(msgspec.json.encode(list(rows)), kind, context, door=hand.door)
    if arrival.refusals:
        first = arrival.refusals[0]
        raise QuestionError(_by_label(first), first.message_en, wrong=True)
    for one in arrival.items:
        held(one)
    arrival.known_at = hand.at
    hand.accept(arrival)
    return Entered(list(arrival.items))


def _by_label(refusal: Refusal) -> str:
    """A refusal as whoever fills in a form reads it: with the label of the field, not the column's name."""
    label, field, said = LABELS.get(refusal.field), refusal.field, refusal.message_vi
    if label is None:
        return said
    if said.startswith(f"{field} = "):
        return said.replace(f"{field} = ", f"{label} ", 1)
    return said.replace(f"Thiếu {field}:", f"Thiếu “{label}”:", 1)


def by_command(folder: DataFolder, at: int | None = None) -> Hand:
    """A command on the machine: straight into the ledger; a server beside it reads on by itself.

    ``at``: since when it is known, where it is entered afterwards.
    """

    def accept(arrival: Arrival) -> None:
        folder.take(folder.ledger.accept([arrival], folder.now()))

    return Hand(accept, MACHINE, "command", at)


def note(folder: DataFolder, hand: Hand, what: str, about: str, **detail: Any) -> None:
    """Adds to the record of who did what."""
    Audit(folder.ledger.database).note(utc_now(), hand.who, what, about, **detail)


def row_of(record: Any) -> dict[str, Any]:
    """A record as the row that it is entered by again."""
    row = {name: getattr(record, name) for name in record.__struct_fields__}
    return {name: value for name, value in row.items() if value not in ("", False, ())}


# -- documents -----------------------------------------------------------------------------------------------


def enter_document(
    folder: DataFolder, row: dict[str, Any], hand: Hand, file: tuple[str, bytes] | None = None
) -> Entered:
    """Enters a document; ``file`` is (name, content)."""
    if file is not None and file[0]:
        row = {**row, "file": _name(file[0]), "digest": attach(folder, file[1])}
    found = enter(folder, "documents", [row], hand)
    note(folder, hand, "document_entered", found.records[0].number)
    found.warnings += _document_warnings(found.records[0], hand.now(folder))
    return found


def attach(folder: DataFolder, content: bytes) -> str:
    """Keeps a file, sealed.  Gives its digest."""
    if len(content) > LARGEST:
        megabytes = LARGEST // 1024 // 1024
        raise QuestionError(
            f"Tệp lớn quá {megabytes} MB; hãy nén hoặc chia nhỏ.",
            f"the file is larger than {megabytes} MB; compress or split it",
            wrong=True,
        )
    if not content:
        raise QuestionError("Tệp rỗng.", "the file is empty", wrong=True)
    return folder.ledger.attachments.keep(content, folder.now())


def _name(text: str) -> str:
    """A file's own name, whatever path it came with."""
    name = text.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[-150:].strip() or "tệp"


def _document_warnings(record: DirectingDocument, now: int) -> list[Words]:
    if date.fromisoformat(record.date) > day_of(now):
        return [
            (
                f"Ngày ban hành {day(date.fromisoformat(record.date))} ở sau hôm nay.",
                f"the document is dated {record.date}, after today",
            )
        ]
    return []


# -- targets and tasks ---------------------------------------------------------------------------------------


def enter_duties(
    folder: DataFolder, kind: str, rows: Sequence[dict[str, Any]], hand: Hand, register: Register
) -> Entered:
    """Enters targets or tasks of a document that is known.  Warns where a deadline is a day off."""
    numbers = {one.record.number for one in register.documents.values()}
    for row in rows:
        number = str(row.get("document", "")).strip()
        if number not in numbers:
            raise QuestionError(
                f"Chưa có văn bản số “{number}” trong sổ; hãy thêm văn bản trước.",
                f"no document {number!r} is in the register; add it first",
                unknown=True,
            )
        if (name := str(row.get("list") or "").strip()) and name not in register.lists:
            raise QuestionError(
                f"Chưa có danh sách đơn vị “{name}”; nạp danh sách bằng chiso load (cột list, unit).",
                f"no list of units is called {name!r}; load one (columns list, unit)",
                unknown=True,
            )
        for code in [str(row.get("unit") or "").strip()]:
            if code and folder.registry.units.find(code) is None:
                raise QuestionError(
                    f"Không có đơn vị mang mã “{code}”. Tìm đơn vị ở trang Đơn vị.",
                    f"no unit has the code {code!r}",
                    unknown=True,
                )
    if not rows:
        raise QuestionError(
            "Không có đơn vị nào để giao; danh sách trống.", "there is no unit to give it to", wrong=True
        )
    found = enter(folder, kind, rows, hand, _with_deadline)
    ids = [ident(TAGS[type(one)], one) for one in found.records]
    note(folder, hand, f"{kind}_entered", str(rows[0].get("document", "")), ids=ids)
    told: dict[Words, None] = {}
    for record in found.records:
        by = record.by if isinstance(record, Target) else record.due
        for words in deadline_warnings(date.fromisoformat(by), folder.calendar, day_of(hand.now(folder))):
            told[words] = None
    found.warnings = list(told)
    return found


def _with_deadline(record: Any) -> None:
    """A task that is loaded may lack its day; one that is given here is to be measured."""
    if isinstance(record, Task) and not record.due:
        raise QuestionError("Nhiệm vụ cần có hạn (due).", "a task needs its last day (due)", wrong=True)


WEEKDAYS: Final = (
    ("thứ Hai", "Monday"), ("thứ Ba", "Tuesday"), ("thứ Tư", "Wednesday"), ("thứ Năm", "Thursday"),
    ("thứ Sáu", "Friday"), ("thứ Bảy", "Saturday"), ("Chủ nhật", "Sunday"),
)  # fmt: skip


def deadline_warnings(by: date, calendar: Calendar, today: date | None = None) -> list[Words]:
    """What is odd about a deadline: a day off (with the next working day), or past already."""
    found: list[Words] = []
    if not calendar.is_working(by):
        vi, en = WEEKDAYS[by.weekday()]
        rule = calendar.rule(by)
        if rule is not None and rule.name:
            vi, en = rule.name, rule.name
        following = calendar.add_working_days(by, 1)
        found.append(
            (
                f"Hạn {day(by)} là ngày nghỉ ({vi}); ngày làm việc kế tiếp là {day(following)}.",
                f"the deadline {by} is a day off ({en}); the next working day is {following}",
            )
        )
    if today is not None and by < today:
        found.append((f"Hạn {day(by)} đã qua.", f"the deadline {by} has passed"))
    return found


def withdraw(folder: DataFolder, item: Document | Duty, hand: Hand, *, back: bool = False) -> Entered:
    """Withdraws a document, target or task, or brings it back.  Its history stays."""
    record = item.record
    kind = {"document": "documents", "target": "targets", "task": "tasks"}[TAGS[type(record)]]
    row = row_of(record) | {"withdrawn": not back}
    found = enter(folder, kind, [row], hand)
    note(folder, hand, "brought_back" if back else "withdrawn", item.id, kind=kind)
    return found


def find_document(register: Register, name: str) -> Document:
    """A document by its id or number."""
    found = register.documents.get(name)
    if found is None:
        named = [one for one in register.documents.values() if one.record.number == name.strip()]
        found = max(named, key=lambda one: one.record.date, default=None)
    if found is None:
        raise QuestionError(
            f"Không có văn bản “{name}” trong sổ.", f"no document {name!r} is in the register", unknown=True
        )
    return found


def find_withdrawn(register: Register, name: str) -> Document | Duty:
    """Something that was withdrawn, by its id, a document also by its number."""
    for one in register.withdrawn:
        if one.id == name or (isinstance(one, Document) and one.record.number == name.strip()):
            return one
    raise QuestionError(
        f"Không có gì mang tên “{name}” đã thu hồi.", f"nothing called {name!r} was withdrawn", unknown=True
    )


def find_duty(register: Register, name: str, kind: str = "") -> Duty:
    """A target or task by its id."""
    found = register.duties.get(name)
    if found is None or (kind and found.kind != kind):
        raise QuestionError(
            f"Không có chỉ tiêu hay nhiệm vụ mang mã “{name}”.",
            f"no {kind or 'target or task'} has the id {name!r}",
            unknown=True,
        )
    return found


def told_at(instant: int) -> str:
    """An instant as the door reads it."""
    return iso(instant) or ""
