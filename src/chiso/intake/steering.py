"""What directs and what answers it: documents, targets, tasks, lists, reports, reminders, alert rules.

The same columns in a table and in a JSON array.  What a target or a rule asks for must be a figure of the law
of its day and lie within its maximum, and its unit must still be there on that day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from chiso.instants import parse_period
from chiso.intake import scalars
from chiso.intake.objects import Fields, Reader
from chiso.intake.plain import AMONG, period_label
from chiso.intake.records import AlertRule, DirectingDocument, ListedUnit, Reminder, Report, Target, Task
from chiso.intake.refusals import RefusedError
from chiso.law.goals import COPIES, Goal, GoalError, law_on, number, plain, read_goal, read_what

COUNTED: Final = {
    "due": "due", "den han": "due", "sap den han": "due",
    "overdue": "overdue", "qua han": "overdue",
    "petitions": "petitions", "pakn": "petitions", "phan anh": "petitions",
    "silence": "silence", "im lang": "silence", "khong gui du lieu": "silence",
    "duties": "duties", "nhiem vu": "duties", "chi tieu": "duties",
}  # fmt: skip
"""What an alert rule may watch besides figures of the index."""

SIDES: Final = {"below": "below", "duoi": "below", "<": "below", "above": "above", "tren": "above",
                ">": "above"}  # fmt: skip
WEIGHTS: Final = {"urgent": "urgent", "khan": "urgent", "normal": "normal", "thuong": "normal",
                  "digest": "digest", "tong hop": "digest"}  # fmt: skip
RECIPIENTS: Final = {"unit": "unit", "don vi": "unit", "home": "home", "tinh": "home", "both": "both",
                     "ca hai": "both"}  # fmt: skip
LONGEST: Final = 60 * 24 * 366
"""Minutes that a rule may wait at most."""

T = TypeVar("T")

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def document(fields: Fields) -> DirectingDocument:
    """``number, date, issuer, subject, file, digest, withdrawn``."""
    return DirectingDocument(
        fields.key("number"),
        needed_day(fields, "date"),
        fields.text("issuer"),
        fields.text("subject", 2000),
        fields.text("file", 200),
        _digest(fields, "digest"),
        fields.flag("withdrawn"),
    )


def target(fields: Fields) -> Target:
    """``document, unit, among, list, what, threshold, by, at_least, period, note, withdrawn``."""
    by = date.fromisoformat(needed_day(fields, "by"))
    unit, among, listed = _whose(fields, by)
    if not (unit or among or listed):
        raise RefusedError("unit", "", "missing")
    goal = _goal(fields, by)
    at_least = fields.text("at_least", 20)
    if at_least:
        if not (among or listed):
            raise RefusedError("at_least", at_least, "needs_many_units")
        at_least = _so_many(at_least)
        fields.kept["at_least"] = at_least
    return Target(
        fields.key("document"),
        unit,
        among,
        listed,
        goal.what,
        goal.text,
        by.isoformat(),
        at_least,
        _period(fields, by),
        fields.text("note", 1000),
        fields.flag("withdrawn"),
    )


def task(fields: Fields) -> Task:
    """``document, unit, task, due, report, what, threshold, period, withdrawn``."""
    due = fields.day("due")
    day = date.fromisoformat(due) if due else None
    what = threshold = ""
    if fields.text("what"):
        if day is None:
            raise RefusedError("due", "", "missing")
        goal = _goal(fields, day)
        what, threshold = goal.what, goal.text
    return Task(
        fields.text("document", 100),
        unit_then(fields, "unit", day),
        fields.key("task", 2000),
        due,
        fields.text("report", 1000),
        what,
        threshold,
        _period(fields, day),
        fields.flag("withdrawn"),
    )


def listed_unit(fields: Fields) -> ListedUnit:
    """``list, unit``."""
    return ListedUnit(fields.key("list"), fields.unit("unit", ours=False))


def report(fields: Fields) -> Report:
    """``document, unit, task, content, files, disputed``; digests and figures separated by blanks."""
    content = _digest(fields, "content")
    if not content:
        raise RefusedError("content", "", "missing")
    files = fields.text("files", 100 * 65).split()
    for one in files:
        if not _DIGEST.fullmatch(one):
            raise RefusedError("files", one, "bad_digest")
    return Report(
        fields.text("document", 100),
        fields.unit("unit"),
        fields.key("task", 2000),
        content,
        tuple(files),
        tuple(fields.text("disputed", 2000).split()),
    )


def reminder(fields: Fields) -> Reminder:
    """``document, unit, task, at``."""
    at = fields.instant("at")
    if at is None:
        raise RefusedError("at", "", "missing")
    return Reminder(fields.text("document", 100), fields.unit("unit"), fields.key("task", 2000), at)


def alert_rule(fields: Fields) -> AlertRule:
    """``id, name, what, side, threshold, clear, unit, among, list, span, hold, recover, weight, to, active,
    silent_until``.

    A rule watches a figure of the index, with ``span`` its change, or one of :data:`COUNTED`.
    """
    span = fields.whole("span", 0)
    what, read = _watched(fields, span)
    side = fields.choice("side", SIDES)
    threshold, clear = read("threshold"), read("clear") if fields.text("clear") else ""
    if clear and (_worse(clear, threshold) if side == "below" else _worse(threshold, clear)):
        raise RefusedError("clear", clear, "clear_on_wrong_side", threshold=threshold)
    fields.kept |= {"what": what, "threshold": threshold} | ({"clear": clear} if clear else {})
    return AlertRule(
        fields.key("id", 60),
        fields.key("name", 200),
        what,
        side,
        threshold,
        clear,
        fields.unit("unit", ours=False, required=False),
        fields.choice("among", AMONG, ""),
        fields.text("list", 100),
        span,
        min(fields.whole("hold", 0), LONGEST),
        min(fields.whole("recover", 0), LONGEST),
        fields.choice("weight", WEIGHTS, "normal"),
        fields.choice("to", RECIPIENTS, "unit"),
        fields.flag("active", True),
        fields.instant("silent_until") or 0,
    )


def _watched(fields: Fields, span: int) -> tuple[str, Callable[[str], str]]:
    """What a rule watches, and how its thresholds are read."""
    word = fields.key("what")
    if counted := COUNTED.get(scalars.fold(word)):
        return counted, lambda name: _amount(fields, name, whole=True)
    law = law_on(date.max)
    kind, key = _told(lambda: read_what(word, law))
    if kind in ("band", COPIES):
        raise RefusedError("what", word, "unknown_measure")
    if span:  # a change, by so many points or places
        return key or kind, lambda name: _amount(fields, name, whole=kind == "rank")
    return key or kind, lambda name: _told(lambda: read_goal(word, fields.text(name, 60), law), name).text


def _worse(value: str, threshold: str) -> bool:
    one, other = number(value), number(threshold)
    return one is not None and other is not None and one[0] < other[0]


# -- pieces --------------------------------------------------------------------------------------------------


def needed_day(fields: Fields, name: str) -> str:
    """A day that must be there."""
    found = fields.day(name)
    if not found:
        raise RefusedError(name, scalars.text(fields.scalar(name)), "missing")
    return found


def unit_then(fields: Fields, name: str, day: date | None, *, ours: bool = True) -> str:
    """The code of a unit that is still there on a day."""
    code = fields.unit(name, ours=ours)
    if day is not None and (follows := fields.context.ended(code, day)) is not None:
        raise RefusedError(
            name, code, "unit_ended", day=f"{day:%d/%m/%Y}", successor=follows or ("không có", "none")
        )
    return code


def _whose(fields: Fields, day: date) -> tuple[str, str, str]:
    """Unit, kind of units, list."""
    unit = unit_then(fields, "unit", day, ours=False) if fields.text("unit") else ""
    among = fields.choice("among", AMONG, "")
    listed = fields.text("list", 100)
    if listed and (unit or among):
        raise RefusedError("list", listed, "one_of_three")
    return unit, among, listed


def _told(read: Callable[[], T], field: str = "") -> T:
    """What a function of the law reads, or its refusal as intake says it."""
    try:
        return read()
    except GoalError as error:
        raise RefusedError(field or error.field, error.value, error.reason, **error.words) from error


def _goal(fields: Fields, day: date) -> Goal:
    """The goal of ``what`` and ``threshold``, kept in its own words."""
    law = law_on(day)
    goal = _told(lambda: read_goal(fields.key("what", 200), fields.key("threshold", 60), law))
    fields.kept |= {"what": goal.what, "threshold": goal.text}
    return goal


def _period(fields: Fields, day: date | None) -> str:
    """A period in its canonical label; it must have begun by the day."""
    if not fields.text("period"):
        return ""
    label = period_label(fields)
    if day is not None and parse_period(label).first_day > day:
        raise RefusedError("period", label, "period_after_deadline", day=f"{day:%d/%m/%Y}")
    return label


def _so_many(text: str) -> str:
    """So many units, or such a share of them."""
    found = number(text)
    if found is None or found[0] <= 0 or (found[0] > 1 if found[1] else found[0].denominator != 1):
        raise RefusedError("at_least", text, "bad_threshold")
    return f"{plain(found[0] * 100)}%" if found[1] else plain(found[0])


def _amount(fields: Fields, name: str, *, whole: bool) -> str:
    """A count, or by how many points or places a figure may change."""
    text = fields.text(name, 20)
    found = number(text)
    if found is None or found[1] or (whole and found[0].denominator != 1):
        raise RefusedError(name, text, "bad_threshold" if text else "missing")
    return plain(found[0])


def _digest(fields: Fields, name: str) -> str:
    text = fields.text(name, 64)
    if text and not _DIGEST.fullmatch(text):
        raise RefusedError(name, text, "bad_digest")
    return text


READERS: Final[dict[str, Reader]] = {
    "documents": document,
    "targets": target,
    "tasks": task,
    "unit_lists": listed_unit,
    "reports": report,
    "reminders": reminder,
    "alert_rules": alert_rule,
}
