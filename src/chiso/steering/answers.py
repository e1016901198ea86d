"""What is answered about documents, targets, tasks and reports: the JSON forms of docs/commands.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from chiso.folder.answers import QuestionError, unit_named
from chiso.instants import DAY, day_of, iso
from chiso.law.goals import Goal
from chiso.steering import now, wording
from chiso.steering.entering import deadline_warnings, find_document, find_duty
from chiso.steering.register import Duty
from chiso.steering.reports import read, without_answer
from chiso.steering.states import STATES, Line, Lines, worst
from chiso.steering.walk import walk_of
from chiso.text import number

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.steering.register import Document, Register

SOON: Final = 14
"""Days ahead within which something is due soon."""
LATELY: Final = 30 * DAY
"""What was missed longer ago than this is no longer at the front."""


def amount(goal: Goal | None, value: Fraction | None) -> str | None:
    """A figure as text in the unit of its threshold: 65.20, 94.12%, 12."""
    if value is None:
        return None
    if goal is None or goal.kind in ("rank", "certified_copies"):
        return str(int(value))
    return f"{number(value * 100, 2, 'en')}%" if goal.percent else number(value, 2, "en").replace(",", "")


def line_row(folder: DataFolder, register: Register, line: Line, at: int) -> dict[str, Any]:
    """One unit's line of a duty; of many units together their one line, without ``unit``."""
    duty, units = line.duty, folder.registry.units
    goal = None if duty.together else duty.goal
    key = (duty.id, duty.record.unit)
    answer, reminded = register.answers.get(key), register.reminders.get(key, ())
    row: dict[str, Any] = {
        "unit": units.all[line.unit].code if line.unit >= 0 else None,
        "name": units.name(line.unit, at) if line.unit >= 0 else None,
        "state": line.state,
        "value": amount(goal, line.value),
        "needed": amount(goal, line.needed),
        "gap": None if goal is None or line.value is None else amount(goal, goal.gap(line.value)),
        "report": line.report or None,
        "reported_at": iso(answer.first_at) if answer is not None and line.report else None,
        "disputed": list(answer.record.disputed) if answer is not None and line.report else [],
        "reminders": len(reminded),
        "reminded_at": iso(max(reminded)) if reminded else None,
    }
    if duty.together:
        row |= {
            "of": len(line.units),
            "units": [units.all[one].code for one in line.units],
            "lacking": [units.all[one].code for one in line.lacking],
        }
    return row


def duty_row(
    folder: DataFolder, register: Register, duty: Duty, lines: Sequence[Line], at: int
) -> dict[str, Any]:
    """A target or task with the state of its units together."""
    record = duty.record
    document = register.document_of(duty)
    odd = deadline_warnings(duty.by, folder.calendar)
    row: dict[str, Any] = {
        "id": duty.id,
        "kind": duty.kind,
        "document": record.document,
        "document_id": None if document is None else document.id,
        "title": wording.title(folder, duty, "vi"),
        "title_en": wording.title(folder, duty, "en"),
        "whose": wording.whose(folder, duty, "vi"),
        "whose_en": wording.whose(folder, duty, "en"),
        "unit": record.unit or None,
        "among": getattr(record, "among", "") or None,
        "list": getattr(record, "list", "") or None,
        "what": None if duty.goal is None else duty.goal.what,
        "threshold": None if duty.goal is None else duty.goal.text,
        "at_least": getattr(record, "at_least", "") or None,
        "by": duty.by.isoformat(),
        "period": duty.period.label,
        "report": duty.report,
        "state": worst(one.state for one in lines) if lines else "no_data",
        "units": len(lines) if not duty.together else len(lines[0].units) if lines else 0,
        "states": dict(Counter(one.state for one in lines)),
        "reports": dict(Counter(one.report for one in lines if one.report)),
        "line": line_row(folder, register, lines[0], at) if len(lines) == 1 else None,
        "warnings": [en for _, en in odd],
        "warnings_vi": [vi for vi, _ in odd],
    }
    return row


def document_row(folder: DataFolder, register: Register, document: Document, found: Lines) -> dict[str, Any]:
    """A document with what became of what it asks for."""
    duties = register.duties_of(document)
    ids = {one.id for one in duties}
    lines = [one for one in found.lines if one.duty.id in ids]
    ahead = [one.by for one in duties if one.deadline > found.at]
    record = document.record
    return {
        "id": document.id,
        "number": record.number,
        "date": record.date,
        "issuer": record.issuer,
        "subject": record.subject,
        "file": record.file or None,
        "digest": record.digest or None,
        "known_at": iso(document.known_at),
        "targets": sum(one.kind == "target" for one in duties),
        "tasks": sum(one.kind == "task" for one in duties),
        "states": dict(Counter(one.state for one in lines)),
        "next_deadline": min(ahead).isoformat() if ahead else None,
    }


def _head(folder: DataFolder, found: Lines) -> dict[str, Any]:
    return {"at": iso(found.at), "journal": folder.journal}


def _lines(folder: DataFolder, as_of: int | None) -> Lines:
    return now.current(folder) if as_of is None else now.states(folder, as_of)


def documents(folder: DataFolder, as_of: int | None = None) -> dict[str, Any]:
    """The register of documents, the newest first."""
    found = _lines(folder, as_of)
    register = found.register
    rows = [document_row(folder, register, one, found) for one in register.documents.values()]
    rows.sort(key=lambda row: (row["date"], row["number"]), reverse=True)
    return {**_head(folder, found), "rows": rows, "withdrawn": withdrawn(folder, register)}


def withdrawn(folder: DataFolder, register: Register) -> list[dict[str, Any]]:
    """What was withdrawn and can be brought back, by document."""
    rows: list[dict[str, Any]] = []
    for one in register.withdrawn:
        if isinstance(one, Duty):
            rows.append(
                {
                    "id": one.id,
                    "kind": one.kind,
                    "document": one.document,
                    "title": wording.title(folder, one, "vi"),
                    "title_en": wording.title(folder, one, "en"),
                    "whose": wording.whose(folder, one, "vi"),
                    "whose_en": wording.whose(folder, one, "en"),
                    "by": one.by.isoformat(),
                }
            )
        else:
            subject = one.record.subject
            rows.append(
                {
                    "id": one.id,
                    "kind": "document",
                    "document": one.record.number,
                    "title": subject,
                    "title_en": subject,
                    "whose": one.record.issuer,
                    "whose_en": one.record.issuer,
                    "by": None,
                }
            )
    rows.sort(key=lambda row: (row["document"], row["kind"], row["title"], row["id"]))
    return rows


def document(folder: DataFolder, name: str, as_of: int | None = None) -> dict[str, Any]:
    """One document with its targets and tasks."""
    found = _lines(folder, as_of)
    register = found.register
    one = find_document(register, name)
    rows = [duty_row(folder, register, duty, found.of(duty), found.at) for duty in register.duties_of(one)]
    return {
        **_head(folder, found),
        **document_row(folder, register, one, found),
        "duties": rows,
    }


def duties(
    folder: DataFolder,
    kind: str = "",
    document_name: str | None = None,
    unit: str | None = None,
    state: str | None = None,
    as_of: int | None = None,
) -> dict[str, Any]:
    """Targets or tasks (else both), by deadline: of a document, of a unit, in a state, as known then."""
    if state is not None and state not in STATES:
        raise QuestionError(
            f"Không có trạng thái “{state}”; có: {', '.join(STATES)}.",
            f"no state {state!r}; there are {', '.join(STATES)}",
            wrong=True,
        )
    found = _lines(folder, as_of)
    register = found.register
    wanted = None if document_name is None else find_document(register, document_name)
    index = None if unit is None else unit_named(folder, unit, found.at).index
    rows = []
    for duty in register.duties.values():
        if (kind and duty.kind != kind) or (wanted is not None and register.document_of(duty) is not wanted):
            continue
        lines = [
            one
            for one in found.of(duty)
            if (index is None or one.unit == index or index in one.units)
            and (state is None or one.state == state)
        ]
        if lines or (index is None and state is None):
            rows.append(duty_row(folder, register, duty, lines, found.at))
    return {**_head(folder, found), "rows": rows}


def duty(
    folder: DataFolder, name: str, kind: str = "", as_of: int | None = None, *, history: bool = False
) -> dict[str, Any]:
    """One target or task, unit by unit; with the history of every unit's state."""
    found = _lines(folder, as_of)
    register = found.register
    one = find_duty(register, name, kind)
    lines = sorted(found.of(one), key=lambda line: (STATES.index(line.state), line.unit))
    body = {
        **_head(folder, found),
        **duty_row(folder, register, one, lines, found.at),
        "lines": [line_row(folder, register, line, found.at) for line in lines],
    }
    if history:
        walk = walk_of(folder)
        walk.advance(stopped=folder.stopping.is_set)
        body["history"] = [
            {
                "unit": folder.registry.units.all[line.unit].code if line.unit >= 0 else None,
                "rows": history_rows(folder, one, line.unit),
            }
            for line in lines
        ]
    return body


def history_rows(folder: DataFolder, one: Duty, unit: int) -> list[dict[str, Any]]:
    """The changes of state of a unit's line, as far as they have been walked."""
    goal = None if one.together else one.goal
    return [
        {
            "day": day_of(change.at - 1).isoformat(),
            "state": change.state,
            "value": amount(goal, change.value),
        }
        for change in walk_of(folder).history(one.id, unit)
    ]


def unit_duties(folder: DataFolder, code: str, as_of: int | None = None) -> dict[str, Any]:
    """What a unit owes: its lines by urgency."""
    found = _lines(folder, as_of)
    register = found.register
    unit = unit_named(folder, code, found.at)
    rows = [
        {
            **duty_row(folder, register, line.duty, [line], found.at),
            "lacks": unit.index in line.lacking if line.units else None,
        }
        for line in found.lines
        if line.unit == unit.index or unit.index in line.units
    ]
    rows.sort(key=lambda row: (row["by"] < day_of(found.at).isoformat(), row["by"], row["id"]))
    return {
        **_head(folder, found),
        "unit": unit.code,
        "name": folder.registry.units.name(unit.index, found.at),
        "states": dict(Counter(row["state"] for row in rows)),
        "rows": rows,
    }


def reports(folder: DataFolder, missing: bool = False, as_of: int | None = None) -> dict[str, Any]:
    """Which tasks ask for a report, and who has answered."""
    found = _lines(folder, as_of)
    rows = []
    for line in found.lines:
        if not line.report or (missing and line.report not in ("waiting", "missing")):
            continue
        rows.append(
            {
                "task": line.duty.id,
                "document": line.duty.document,
                "title": wording.title(folder, line.duty, "vi"),
                "by": line.duty.by.isoformat(),
                **line_row(folder, found.register, line, found.at),
            }
        )
    order = {"missing": 0, "waiting": 1, "late": 2, "in_time": 3}
    rows.sort(key=lambda row: (order[row["report"]], row["by"], row["unit"]))
    return {**_head(folder, found), "counts": dict(Counter(row["report"] for row in rows)), "rows": rows}


def report(folder: DataFolder, name: str, unit: str | None = None) -> dict[str, Any]:
    """What a unit reported on a task."""
    register = now.register(folder)
    one = find_duty(register, name, "task")
    answer = register.answers.get((one.id, unit or one.record.unit))
    if answer is None:
        raise QuestionError(
            "Chưa có báo cáo cho nhiệm vụ này.", "no report on this task has come", unknown=True
        )
    content = read(folder, answer.record)
    return {
        "task": one.id,
        "document": one.document,
        "unit": answer.record.unit,
        "title": wording.title(folder, one, "vi"),
        "by": one.by.isoformat(),
        "first_at": iso(answer.first_at),
        "newest_at": iso(answer.newest_at),
        "in_time": answer.first_at < one.deadline,
        "text": content.text,
        "files": [{"name": file.name, "digest": file.digest, "size": file.size} for file in content.files],
        "figures_at": content.at,
        "law_version": content.law_version,
        "journal": content.journal,
        "figures": [
            {
                "key": figure.key, "shown": figure.shown, "n": figure.n, "d": figure.d,
                **({"claimed": figure.claimed, "why": figure.why} if figure.claimed or figure.why else {}),
            }
            for figure in content.figures
        ],
    }  # fmt: skip


def room(folder: DataFolder, as_of: int | None = None) -> dict[str, Any]:
    """The control room: what is due, who is late, what is at risk, what to do next."""
    found = _lines(folder, as_of)
    register, at = found.register, found.at
    today = day_of(at)
    by_state = Counter(one.state for one in found.lines if one.duty.deadline > at - LATELY)
    due, late, risk = [], [], []
    for duty in register.duties.values():
        lines = found.of(duty)
        if not lines:
            continue
        row = duty_row(folder, register, duty, lines, at)
        days = (duty.by - today).days
        if 0 <= days <= SOON:
            due.append({**row, "days": days})
        for line in lines:
            told = {**row, "line": line_row(folder, register, line, at), "days": days}
            if line.state == "missed" and duty.deadline > at - LATELY:
                late.append(told)
            elif line.state == "at_risk":
                risk.append(told)
    without = without_answer(found)
    return {
        **_head(folder, found),
        "documents": len(register.documents),
        "states": dict(by_state),
        "due": due,
        "late": late,
        "at_risk": risk,
        "unanswered": len([1 for duty, _ in without if duty.deadline > at - LATELY]),
    }
