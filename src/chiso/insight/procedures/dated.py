"""Announced and published too late: what 1.1 and 1.2 have lost for good, and what is late already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chiso.engine import procedures as registers
from chiso.insight.procedures.lists import Finding
from chiso.insight.todo.registers import owner_of, unannounced
from chiso.instants import day_of, midnight

if TYPE_CHECKING:
    from datetime import date

    from chiso.folder.state import View

ANNOUNCED = "1.1"
PUBLISHED = "1.2"


def too_late(view: View) -> Iterator[Finding]:
    """What was announced, or published, late in the period; and what should have been announced by now.

    What is decided and not public yet is work of ``publish``, also past its time.
    """
    ground, at = view.ground, view.board.judged_at
    common = ground.units, ground.calendar, ground.law, view.period, at
    decisions = list(ground.records.decisions)
    announced = registers.announced_in(decisions, *common)
    published = registers.published_in(decisions, ground.catalogue, *common)
    for what, indicator, verdicts in (
        ("announced_late", ANNOUNCED, announced),
        ("published_late", PUBLISHED, published),
    ):
        for verdict in verdicts.values():
            if verdict.on_time or verdict.done is None:
                continue
            why = "late" if verdict.due is not None else "no_effective_date"
            more = {
                "indicators": [indicator],
                "decision": verdict.decision,
                "due": None if verdict.due is None else verdict.due.isoformat(),
                "done": verdict.done.isoformat(),
                "days_late": None if verdict.due is None else _days(view, verdict.due, verdict.done),
            }
            owner = owner_of(ground, ground.catalogue.get(verdict.code), at)
            yield Finding(what, verdict.code, why, owner, more)
    yield from _unannounced(view)


def _unannounced(view: View) -> Iterator[Finding]:
    """Own procedures whose legal basis takes effect too soon, or has, and that no decision has announced."""
    today = day_of(view.board.judged_at)
    for record, _, last in unannounced(view, view.board.judged_at):
        if today > last:
            more = {"due": last.isoformat(), "days_late": _days(view, last, today)}
            owner = owner_of(view.ground, record, view.board.judged_at)
            yield Finding("unannounced", record.code, "late", owner, more)


def _days(view: View, first: date, last: date) -> int:
    """Working days after a day, up to another one."""
    return view.ground.calendar.working_days_between(midnight(first), midnight(last))


def days_left(view: View, by: date) -> int:
    """Working days that are left, that of ``by`` included; negative where it has passed."""
    return _days(view, day_of(view.board.judged_at), by)
