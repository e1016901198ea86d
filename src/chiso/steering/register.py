"""What directs the work, as it was known at an instant: documents, and the duties that they give.

A *duty* is a target or a task: something that units must have reached or done at a deadline.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from chiso.instants import DAY, Period, midnight, parse_period, year_of
from chiso.intake.records import DirectingDocument, ListedUnit, Reminder, Report, Target, Task
from chiso.law.goals import Goal, GoalError, law_on, number, read_goal
from chiso.ledger.natural import KEYS

if TYPE_CHECKING:
    from chiso.ledger.store import Ledger
    from chiso.registry.calendar import Calendar

KINDS: Final = ("document", "target", "task", "listed_unit", "report", "reminder")
RISK_DAYS: Final = 3
"""Working days before a deadline from which what nobody has begun is at risk."""


def ident(kind: str, record: Any) -> str:
    """A short name of a record that stays the same through its versions: ten hexadecimal digits."""
    return hashlib.blake2s(f"{kind}\x1f{KEYS[kind](record)}".encode(), digest_size=5).hexdigest()


@dataclass(frozen=True)
class Document:
    """A directing document."""

    id: str
    record: DirectingDocument
    known_at: int
    """since when it is known"""

    @property
    def day(self) -> date:
        return date.fromisoformat(self.record.date)


@dataclass(frozen=True)
class Duty:
    """A target or a task, ready to be measured."""

    id: str
    kind: Literal["target", "task"]
    record: Target | Task
    known_at: int
    goal: Goal | None
    """what is measured; ``None``: whether a report has come"""
    by: date
    deadline: int
    """the first instant after the last day in time"""
    judged_at: int
    """when the figure is final: the deadline, or the end of the period where that comes first"""
    period: Period
    began_at: int
    """from when the way to the deadline is reckoned: the document's day"""
    risk_from: int
    """from here on it is at risk while nothing has been done"""
    report: bool
    """whether a report is asked for"""
    at_least: tuple[Fraction, bool] | None = None
    """so many of the units, or such a share of them (second part true)"""
    unreadable: bool = False
    """its figure was known when it was taken in, and is not known to the law of today"""

    @property
    def document(self) -> str:
        return self.record.document

    @property
    def together(self) -> bool:
        """Whether it is one duty of all its units together."""
        return self.at_least is not None

    def needed(self, of: int) -> int:
        """How many of so many units must reach the threshold."""
        if self.at_least is None:
            return of
        value, share = self.at_least
        return -(-(value * of).numerator // (value * of).denominator) if share else int(value)


@dataclass
class Answer:
    """A report as it is known: the newest one, and when the first one came."""

    record: Report
    first_at: int
    newest_at: int


@dataclass
class Register:
    """Everything that directs, as known at an instant.

    What is withdrawn is left out of ``duties``, and so is what a withdrawn document asks for: it comes back
    with its document.
    """

    at: int
    documents: dict[str, Document] = field(default_factory=dict)
    """by id"""
    duties: dict[str, Duty] = field(default_factory=dict)
    """by id, by deadline"""
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """codes by the name of a list"""
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    """by task and unit"""
    reminders: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    withdrawn: list[Document | Duty] = field(default_factory=list)

    @cached_property
    def _by_number(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for one in self.documents.values():
            found.setdefault(one.record.number, []).append(one)
        return found

    def document_of(self, duty: Duty) -> Document | None:
        """The document that gave a duty: of several with its number the newest one before the deadline."""
        found = self._by_number.get(duty.document, [])
        before = [one for one in found if one.day <= duty.by]
        return max(before or found, key=lambda one: one.record.date, default=None)

    def duties_of(self, document: Document) -> list[Duty]:
        return [one for one in self.duties.values() if self.document_of(one) is document]

    def keys(self) -> set[tuple[Period, int]]:
        """The periods and judging instants that the duties are measured by."""
        return {(one.period, one.judged_at) for one in self.duties.values() if one.goal is not None}


class Tellings:
    """Every version of what directs, in the order in which it became known."""

    def __init__(self, ledger: Ledger, calendar: Calendar) -> None:
        self.told: Final = ledger.tellings(KINDS)
        self.calendar: Final = calendar

    def at(self, at: int) -> Register:
        """The register as it was known at an instant."""
        return build(at, self.until(at), self.calendar)

    def until(self, at: int) -> list[tuple[int, str, Any]]:
        """What was told up to an instant."""
        return [one for one in self.told if one[0] <= at]

    def changes(self, after: int, at: int) -> bool:
        """Whether anything became known in ``(after, at]``."""
        return any(after < known_at <= at for known_at, _, _ in self.told)

    @property
    def first_at(self) -> int | None:
        """When the first thing became known."""
        return self.told[0][0] if self.told else None


def build(at: int, told: Iterable[tuple[int, str, Any]], calendar: Calendar) -> Register:
    """A register from versions in the order in which they became known."""
    found = Register(at)
    first: dict[tuple[str, str], int] = {}
    newest: dict[tuple[str, str], tuple[int, Any]] = {}
    for known_at, kind, record in told:
        key = (kind, KEYS[kind](record))
        first.setdefault(key, known_at)
        newest[key] = (known_at, record)
    listed: dict[str, list[str]] = {}
    for (kind, _), (known_at, record) in newest.items():
        since = first[kind, KEYS[kind](record)]
        if isinstance(record, DirectingDocument):
            document = Document(ident(kind, record), record, since)
            if record.withdrawn:
                found.withdrawn.append(document)
            else:
                found.documents[document.id] = document
        elif isinstance(record, ListedUnit):
            listed.setdefault(record.list, []).append(record.unit)
        elif isinstance(record, Report):
            task = ident("task", Task(record.document, record.unit, record.task, ""))
            found.answers[task, record.unit] = Answer(record, since, known_at)
        elif isinstance(record, Reminder):
            task = ident("task", Task(record.document, record.unit, record.task, ""))
            found.reminders.setdefault((task, record.unit), []).append(record.at)
    found.lists = {name: tuple(codes) for name, codes in listed.items()}
    days = {one.record.number: one.day for one in sorted(found.documents.values(), key=lambda one: one.day)}
    duties = []
    gone = {one.record.number for one in found.withdrawn if isinstance(one, Document)} - days.keys()
    for (kind, _), (_, record) in newest.items():
        if isinstance(record, Target | Task) and record.document not in gone:
            duty = duty_of(record, first[kind, KEYS[kind](record)], days.get(record.document), calendar)
            if duty is None:
                continue
            if record.withdrawn:
                found.withdrawn.append(duty)
            else:
                duties.append(duty)
    for duty in sorted(duties, key=lambda one: (one.deadline, one.document, _place(one), one.id)):
        found.duties[duty.id] = duty
    return found


def _place(duty: Duty) -> tuple[int, str]:
    """Among the duties of one document and day: wholes, groups as the law has them, indicators."""
    goal = duty.goal
    if goal is None or goal.kind in ("total", "band", "rank"):
        return 0, "many" if getattr(duty.record, "among", "") or getattr(duty.record, "list", "") else ""
    if goal.kind == "group":
        return 1 + list(law_on(duty.by).groups).index(goal.key), ""
    return 100, goal.key


def asks_report(task: Task) -> bool:
    """Whether a task asks for a report: it says so, or nothing else measures it."""
    return bool(task.report) or not task.what


def duty_of(
    record: Target | Task, known_at: int, document_day: date | None, calendar: Calendar
) -> Duty | None:
    """A target or task as a duty; ``None`` for a task without a deadline: it cannot be measured."""
    told = record.by if isinstance(record, Target) else record.due
    if not told:
        return None
    by = date.fromisoformat(told)
    deadline = midnight(by) + DAY
    try:
        goal = read_goal(record.what, record.threshold, law_on(by)) if record.what else None
    except GoalError:
        goal = None
    period = parse_period(record.period) if record.period else year_of(deadline - 1)
    began = known_at if document_day is None or document_day > by else midnight(document_day)
    return Duty(
        ident("target" if isinstance(record, Target) else "task", record),
        "target" if isinstance(record, Target) else "task",
        record,
        known_at,
        goal,
        by,
        deadline,
        period.judged_at(deadline),
        period,
        min(began, deadline - 1),
        midnight(calendar.add_working_days(by, -RISK_DAYS)),
        isinstance(record, Task) and asks_report(record),
        number(record.at_least) if isinstance(record, Target) and record.at_least else None,
        bool(record.what) and goal is None,
    )
