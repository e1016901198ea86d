"""What it means to undo a sender's mistake: a function for each that can make a dossier overdue.

Every function takes a dossier as it is known and gives it as it would be known without the mistake, or
``None`` where the mistake is not there or nothing known can stand in for it.  Whether the dossier is on time
then, the law says.

Nothing is invented.  What stands in was told by somebody, or is the latest instant that what we were told
leaves open: a dossier that is on time with it is on time for certain.  Readings that go further are settled
here and named as such: state 1 after receipt, the 12-hour clock, dates that changed places, the close of work
before a nightly stamp.

The other mistakes of the list do not make overdue what is not: done at receipt (1), a submission copied from
receipt (3), flags and papers (4 to 7, 9, 10, 12) and late or lost messages (14, 15), which are late data.  A
random code (8) makes overdue by its twin: see :mod:`chiso.insight.lateness.twins`.  A wrong procedure (11)
shows nothing that could be put in its place; who compares days (17) computes otherwise, the message is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from chiso.instants import DAY, NEVER, OFFSET, day_of, midnight
from chiso.intake.mistakes import same_request
from chiso.intake.records import Dossier, Mistake, Step, Supplement
from chiso.law.life import LifeRules, Span, Told, message_end, spans
from chiso.law.states import END_RANK, State
from chiso.ledger.facts import Facts, step_order
from chiso.registry.calendar import Calendar

HALF_DAY: Final = 12 * 3600
CLOSE_OF_WORK: Final = 17 * 3600
"""Seconds of the day at which offices close: 17:00, the hour of nearly all promised dates."""


class Known(NamedTuple):
    """A version of a dossier: what undoing asks of the past."""

    at: int
    """since when it is known"""
    timely: bool
    due_at: int
    """NgayHenTra as it was told then; ``NEVER`` where it was not"""
    mistakes: int


@dataclass(frozen=True, slots=True)
class Case:
    """An overdue dossier, and what helps to see what happened."""

    facts: Facts
    """as known now, with a message"""
    versions: Sequence[Known]
    """in the order in which they became known"""
    stamped: bool
    """whether its closing time is the stamp of a nightly push"""
    calendar: Calendar
    rules: LifeRules

    @property
    def message(self) -> Dossier:
        assert self.facts.message is not None
        return self.facts.message

    def changed(self, **fields: object) -> Facts:
        """The facts with other fields in their message."""
        return replace(self.facts, message=replace(self.message, **fields))

    def told_since(self, mistake: Mistake) -> int | None:
        """When we were first told what shows the mistake, as far as it was told in time."""
        found = None
        for version in reversed(self.versions):
            if not version.mistakes & mistake:
                break
            if version.timely:
                found = version.at
        return found

    def promised(self) -> int | None:
        """The newest promised date, not before the receipt, that an earlier message told."""
        received = self.message.received_at or 0
        return next((one.due_at for one in reversed(self.versions) if received <= one.due_at < NEVER), None)


Undoing = Callable[[Case], Facts | None]


def promised_elsewhere(case: Case) -> Facts | None:
    """NO_DUE (2): NgayHenTra is empty, and the statutory limit stands in.

    The date was promised all the same: an earlier message told it, or a supplement request names it
    (NgayHenTraMoi, else NgayHenTraTruoc).
    """
    message = case.message
    if message.due_at is not None or message.received_at is None:
        return None
    due = case.promised()
    for one in reversed(message.supplements):
        due = one.due_after or one.due_before if due is None else due
    return None if due is None or due < message.received_at else case.changed(due_at=due)


def returned_for_supplement(case: Case) -> Facts | None:
    """REGISTERED_AGAIN (13): returned for a supplement, but sent as state 1 after it had been received.

    State 1 after receipt is the sender's word for "asked for more" (settled here): read as state 5, so that
    the wait is taken off, from that step to the next one of handling.
    """
    message, steps = case.message, case.facts.steps
    if message.received_at is None:
        return None
    begun = message.received_at
    found = [
        replace(step, state=int(State.SUPPLEMENT))
        if step.state == State.REGISTERED and step.at > begun
        else step
        for step in steps
    ]
    again = message.state == State.REGISTERED and bool(case.facts.mistakes & Mistake.REGISTERED_AGAIN)
    if found == steps and not again:
        return None
    altered = replace(case.facts, steps=sorted(found, key=step_order))
    if again:
        altered.message = replace(message, state=int(State.SUPPLEMENT))
    return altered


def _afternoon(at: int, since: int) -> int | None:
    """The afternoon that a 12-hour clock wrote as a morning (14:30 as 02:30) that lies before ``since``."""
    hour, later = (at + OFFSET) % DAY // 3600, at + HALF_DAY
    return later if at < since <= later and 1 <= hour < 12 else None


def by_the_clock(case: Case) -> Facts | None:
    """BEFORE_RECEIPT (16): instants before the receipt, most of them of a 12-hour clock.

    What lies before the receipt in the morning, and after it twelve hours later, happened in the afternoon
    (settled here).  An end that does not is dated by when we were told of it: it had happened by then.  A
    promised date that does not was never promised: the one told before holds, else the statutory limit.
    """
    message = case.message
    received = message.received_at
    if received is None:
        return None
    told = case.told_since(Mistake.BEFORE_RECEIPT)
    changes: dict[str, object] = {}
    for name in ("finished_at", "returned_at", "refused_at"):
        at: int | None = getattr(message, name)
        if at is not None and at < received:
            shifted = _afternoon(at, received) or (told if told is not None and told >= received else None)
            if shifted is not None:
                changes[name] = shifted
    if message.due_at is not None and message.due_at < received:
        changes["due_at"] = _afternoon(message.due_at, received) or case.promised()
    requests = tuple(_request_by_the_clock(one, received) for one in message.supplements)
    if requests != message.supplements:
        changes["supplements"] = requests
    steps = [
        replace(step, at=_afternoon(step.at, received) or step.at)
        if step.state in END_RANK or step.state == State.SUPPLEMENT
        else step
        for step in case.facts.steps
    ]
    if not changes and steps == case.facts.steps:
        return None
    return replace(case.changed(**changes), steps=sorted(steps, key=step_order))


def _request_by_the_clock(one: Supplement, received: int) -> Supplement:
    requested, completed = one.requested_at, one.completed_at
    if requested is not None:
        requested = _afternoon(requested, received) or requested
    if completed is not None:
        completed = _afternoon(completed, max(received, requested or 0)) or completed
    return replace(one, requested_at=requested, completed_at=completed)


def life(facts: Facts, rules: LifeRules) -> list[Span]:
    """The spans of a dossier's life as its facts tell it; empty where it counts nowhere."""
    if facts.message is None or facts.message.received_at is None:
        return []
    return spans(_told(facts), rules)


def _told(facts: Facts) -> Told:
    message = facts.message
    assert message is not None
    return Told(
        message.state,
        message.finished_at,
        message.returned_at,
        message.refused_at,
        [(step.at, step.state) for step in facts.steps],
        [(one.id, one.requested_at, one.completed_at) for one in message.supplements],
    )


def ended_by(case: Case) -> Facts | None:
    """END_WITHOUT_TIME (18): said to have ended, without an instant, and so counted as open.

    It had ended by the time we were told that it had, and by the time its result was handed over (NgayTra) or
    its refusal dated (NgayTuChoi): the earliest of these.
    """
    message = case.message
    told, received = _told(case.facts), message.received_at
    if received is None or message.state not in END_RANK or message_end(told) is not None:
        return None
    lives = life(case.facts, case.rules)
    if not lives or lives[-1].end_state:
        return None  # a step tells the end
    since = case.told_since(Mistake.END_WITHOUT_TIME)
    known = [
        at for at in (since, message.returned_at, message.refused_at) if at is not None and at >= received
    ]
    return case.changed(finished_at=min(known)) if known else None


def dated_supplement(case: Case) -> Facts | None:
    """SUPPLEMENT_WITHOUT_DATE (19): a wait not taken off, because one of its dates is missing or wrong.

    - asked for at no date: the last step of state 5 before the answer, else when we were first told of the
      request: it had been made by then;
    - answered before it was asked: twelve hours later where that is a 12-hour clock, else the two dates
      changed places (settled here);
    - never answered, though the dossier was finished: the next step of handling took it up again; without
      one, the new promised date (NgayHenTraMoi) stands for the wait.
    """
    message = case.message
    if message.received_at is None or not message.supplements:
        return None
    steps = case.facts.steps
    told = case.told_since(Mistake.SUPPLEMENT_WITHOUT_DATE)
    lives = life(case.facts, case.rules)
    ended = lives[-1].ended_at if lives and lives[-1].end_state in (State.FINISHED, State.RETURNED) else None
    found, due = [], message.due_at
    for one in message.supplements:
        requested, completed = one.requested_at, one.completed_at
        if requested is None:
            requested = _asked(steps, completed, told)
        elif completed is not None and completed < requested:
            later = _afternoon(completed, requested)
            requested, completed = (requested, later) if later is not None else (completed, requested)
        if requested is not None and completed is None and ended is not None and requested < ended:
            completed = _taken_up(steps, requested, ended)
            moved = one.due_after is not None and due is not None and one.due_after > due
            if completed is None and moved:
                due = one.due_after
        found.append(replace(one, requested_at=requested, completed_at=completed))
    if tuple(found) == message.supplements and due == message.due_at:
        return None
    return case.changed(supplements=tuple(found), due_at=due)


def _asked(steps: Sequence[Step], completed: int | None, told: int | None) -> int | None:
    """When a request without a date was made, at the latest."""
    before = NEVER if completed is None else completed
    asked = [step.at for step in steps if step.state == State.SUPPLEMENT and step.at <= before]
    if asked:
        return asked[-1]
    return told if told is not None and told <= before else None


def _taken_up(steps: Sequence[Step], requested: int, ended: int) -> int | None:
    """The step by which handling went on after a request."""
    idle = {*END_RANK, int(State.SUPPLEMENT), int(State.REGISTERED)}
    return next((step.at for step in steps if requested < step.at <= ended and step.state not in idle), None)


def asked_once(case: Case) -> Facts | None:
    """REQUEST_REPEATED (25): one request told twice under two ids, and so counted as a second one.

    Requests made, or answered, in the same second are one.
    """
    message = case.message
    found: list[Supplement] = []
    for one in message.supplements:
        place = next((place for place, other in enumerate(found) if same_request(one, other)), None)
        if place is None:
            found.append(one)
        else:
            found[place] = _joined(found[place], one)
    return case.changed(supplements=tuple(found)) if len(found) < len(message.supplements) else None


def _joined(one: Supplement, other: Supplement) -> Supplement:
    def first(*instants: int | None) -> int | None:
        return min((at for at in instants if at is not None), default=None)

    return replace(
        one,
        requested_at=first(one.requested_at, other.requested_at),
        completed_at=first(one.completed_at, other.completed_at),
        due_before=one.due_before if other.due_before is None else other.due_before,
        due_after=one.due_after if other.due_after is None else other.due_after,
    )


def closed_by_day(case: Case) -> Facts | None:
    """CLOSED_AT_PUSH (26): closed, by its date, at night, when the sender's push stamped it.

    Nobody closes dossiers then: it was closed by the end of the last working day before, 17:00 (settled
    here), or by the time its result was handed over (NgayTra).
    """
    message = case.message
    stamp, received = message.finished_at, message.received_at
    if not case.stamped or stamp is None or received is None or message.state not in END_RANK:
        return None
    if any(step.state in END_RANK for step in case.facts.steps):
        return None  # the steps tell the end
    closed = max(_close_of_work(stamp, case.calendar), received)
    if message.returned_at is not None and message.returned_at >= received:
        closed = min(closed, message.returned_at)
    return case.changed(finished_at=closed) if closed < stamp else None


def _close_of_work(at: int, calendar: Calendar) -> int:
    day = day_of(at - CLOSE_OF_WORK)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return midnight(day) + CLOSE_OF_WORK


UNDOINGS: Final[tuple[tuple[Mistake, Undoing], ...]] = (
    (Mistake.NO_DUE, promised_elsewhere),
    (Mistake.REGISTERED_AGAIN, returned_for_supplement),
    (Mistake.BEFORE_RECEIPT, by_the_clock),
    (Mistake.END_WITHOUT_TIME, ended_by),
    (Mistake.SUPPLEMENT_WITHOUT_DATE, dated_supplement),
    (Mistake.REQUEST_REPEATED, asked_once),
    (Mistake.CLOSED_AT_PUSH, closed_by_day),
)
"""In the order of their numbers: of several that alone make a dossier on time the first one is named."""
