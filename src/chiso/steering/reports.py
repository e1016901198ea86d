"""Reports: what a unit answers to a task, with its figures as the system has them and what it says of them.

Text, files and objections are kept sealed; the journal holds their digests and which figures are disputed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from chiso.folder.answers import QuestionError, score
from chiso.instants import DAY, year_of
from chiso.steering.alerts.hours import Hours
from chiso.steering.alerts.outbox import News, above, post, reminded
from chiso.steering.entering import Entered, Hand, attach, enter, note, told_at
from chiso.steering.now import current
from chiso.steering.now import register as known
from chiso.steering.states import units_of
from chiso.text import day

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.intake.records import Report
    from chiso.steering.register import Duty, Register
    from chiso.steering.states import Lines

MOST_FILES: Final = 10
AGAIN: Final = 4 * 3600
"""Seconds after a reminder before the same unit is reminded of the same task again."""
LONGEST: Final = 20_000
"""Characters of a report's text."""


class ReportFile(Struct):
    name: str
    digest: str
    size: int


class Figure(Struct):
    """A figure as the system had it when the report was written, and what the unit says it is."""

    key: str
    """``total``, a group or an indicator"""
    shown: str
    n: int | None = None
    d: int | None = None
    claimed: str = ""
    why: str = ""


class Content(Struct):
    """What a report says."""

    text: str
    files: list[ReportFile] = []
    figures: list[Figure] = []
    at: str = ""
    """when the figures were read"""
    law_version: str = ""
    journal: int = 0


_DECODER: Final = msgspec.json.Decoder(Content)


def prefilled(folder: DataFolder, unit: str, at: int | None = None) -> Content:
    """The figures that a unit's report begins with: total, groups and indicators of the year to date.

    ``at``: as they stood and were known then; else now.  Without any figures where nothing is known of the
    unit.
    """
    moment = folder.now() if at is None else at
    try:
        told = score(folder, unit, period=year_of(moment).label, at=at, as_of=at)
    except QuestionError:
        return Content("", at=told_at(moment))
    figures = [Figure("total", told["total"])]
    figures += [Figure(key, one["points"]) for key, one in told["groups"].items() if one.get("points")]
    figures += [
        Figure(key, one["points"], one.get("n"), one.get("d"))
        for key, one in told["indicators"].items()
        if one.get("max")
    ]
    return Content(
        "", figures=figures, at=told["at"], law_version=told["law_version"], journal=told["journal"]
    )


def answer(
    folder: DataFolder,
    duty: Duty,
    unit: str,
    text: str,
    files: Sequence[tuple[str, bytes]],
    disputes: Mapping[str, tuple[str, str]],
    hand: Hand,
) -> Entered:
    """Enters a unit's report.  ``disputes``: figure → (what the unit says it is, why).

    A later report of the same task replaces the earlier one, which stays in the journal; whether it came in
    time is judged by the first.
    """
    if not duty.report:
        raise QuestionError(
            "Nhiệm vụ này đo bằng số liệu, không yêu cầu báo cáo.",
            "this task is measured by figures; no report is asked for",
            wrong=True,
        )
    if not text.strip() and not files:
        raise QuestionError(
            "Báo cáo cần có nội dung hoặc tệp kèm theo.", "a report needs a text or a file", wrong=True
        )
    if len(files) > MOST_FILES or len(text) > LONGEST:
        raise QuestionError(
            f"Báo cáo nhận tối đa {MOST_FILES} tệp và {LONGEST} ký tự.",
            f"a report takes {MOST_FILES} files and {LONGEST} characters at most",
            wrong=True,
        )
    content = prefilled(folder, unit, hand.at)
    content.text = text.strip()
    shown = {one.key: one for one in content.figures}
    for key, (claimed, why) in disputes.items():
        figure = shown.get(key)
        if figure is None:
            raise QuestionError(
                f"Không có số liệu “{key}” để phản hồi.", f"there is no figure {key!r} to dispute", wrong=True
            )
        figure.claimed, figure.why = claimed.strip()[:200], why.strip()[:1000]
    for name, body in files:
        digest = attach(folder, body)
        content.files.append(ReportFile(name.replace("\\", "/").rpartition("/")[2][-150:], digest, len(body)))
    kept = folder.ledger.attachments.keep(msgspec.json.encode(content), folder.now())
    row = {
        "document": duty.document,
        "unit": unit,
        "task": task_of(duty),
        "content": kept,
        "files": " ".join(one.digest for one in content.files),
        "disputed": " ".join(disputes),
    }
    found = enter(folder, "reports", [row], hand)
    note(folder, hand, "reported", duty.id, unit=unit, files=len(content.files), disputed=list(disputes))
    return found


def read(folder: DataFolder, report: Report) -> Content:
    """What a report says."""
    return _DECODER.decode(folder.ledger.attachments.get(report.content))


def report_file(folder: DataFolder, report: Report, digest: str) -> tuple[str, bytes]:
    """(name, content) of a file of a report."""
    for one in read(folder, report).files:
        if one.digest == digest:
            return one.name, folder.ledger.attachments.get(digest)
    raise QuestionError("Báo cáo này không có tệp đó.", "this report has no such file", unknown=True)


# -- reminders ---------------------------------------------------------------------------------------------


def without_answer(lines: Lines, duty: Duty | None = None) -> list[tuple[Duty, int]]:
    """Tasks and units that were asked to report and have not, the most urgent first."""
    found = [
        (one.duty, one.unit)
        for one in lines.lines
        if one.report in ("waiting", "missing") and (duty is None or one.duty.id == duty.id)
    ]
    return sorted(found, key=lambda pair: (pair[0].deadline, pair[0].id, pair[1]))


def to_remind(folder: DataFolder) -> list[Duty]:
    """Tasks without the report they ask for: past, though not long, or due within two weeks."""
    found = current(folder)
    near = {
        one.id: one
        for one, _ in without_answer(found)
        if found.at - 30 * DAY <= one.deadline <= found.at + 15 * DAY
    }
    return list(near.values())


def remindable(folder: DataFolder) -> list[Duty]:
    """Of :func:`to_remind` those that were not reminded just now: whom a reminder would reach."""
    now, register = folder.now(), known(folder)
    return [one for one in to_remind(folder) if _may_remind(register, one, now)]


_reminding: Final = threading.Lock()


def remind(folder: DataFolder, asked: Sequence[Duty], hand: Hand) -> list[dict[str, Any]]:
    """Reminds every unit that has not reported on these tasks: recorded in the journal, and told its people.

    Who was reminded within :data:`AGAIN` is left in peace, also where two press the button at once.  Gives a
    row a reminder, with how many are told.
    """
    with _reminding:
        return _remind(folder, asked, hand)


def _remind(folder: DataFolder, asked: Sequence[Duty], hand: Hand) -> list[dict[str, Any]]:
    now, register = hand.now(folder), known(folder, hand.at)
    waiting = [one for one in asked if _may_remind(register, one, now)]
    if not waiting:
        return []
    rows = [
        {"document": one.document, "unit": one.record.unit, "task": task_of(one), "at": told_at(now)}
        for one in waiting
    ]
    # Told first, recorded then: where it breaks off in between the unit is asked for again, and who was told
    # already is not told twice.  The other way round nobody would ever be told.
    news = [_reminder(folder, register, one, now) for one in waiting]
    contacts = folder.ledger.contacts.all()
    with folder.ledger.database.write() as connection:
        told = reminded(connection, now - AGAIN)
        fresh = [one for one in news if (one.rule, one.subject) not in told]
        posted = post(connection, contacts, fresh, Hours.of(folder.settings, folder.calendar))
    told |= {(one.rule, one.subject): count for one, (_, count) in zip(fresh, posted, strict=True)}
    enter(folder, "reminders", rows, hand)
    note(folder, hand, "reminded", "", tasks=[one.id for one in waiting])
    return [
        {"task": one.id, "unit": one.record.unit, "told": told[said.rule, said.subject]}
        for one, said in zip(waiting, news, strict=True)
    ]


def task_of(duty: Duty) -> str:
    return str(getattr(duty.record, "task", ""))


def _may_remind(register: Register, duty: Duty, now: int) -> bool:
    if not duty.report or (duty.id, duty.record.unit) in register.answers:
        return False
    return all(at <= now - AGAIN for at in register.reminders.get((duty.id, duty.record.unit), ()))


def _reminder(folder: DataFolder, register: Register, duty: Duty, now: int) -> News:
    units = folder.registry.units
    members = [units.all[one] for one in units_of(duty, register.lists, units, now)]
    unit = members[0].code if members else duty.record.unit
    due = "đã quá hạn báo cáo" if now >= duty.deadline else "đến hạn báo cáo"
    name = members[0].name if members else unit
    words = f"{name}: {due} {day(duty.by)} theo văn bản {duty.document}: {task_of(duty)}"
    return News(
        at=now,
        kind="reminder",
        weight="normal",
        rule=duty.id,
        subject=unit,
        unit=unit,
        value=None,
        words=words[:500],
        whose=(unit,),
        above=above(folder, unit),
    )
