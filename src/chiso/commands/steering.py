"""``chiso document``, ``target`` and ``task``: what directs the work, and how it stands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from chiso.commands.options import DIRECTING, AsOf, Data, Json, family, instant, opened, wrong

if TYPE_CHECKING:
    from chiso.steering.entering import Entered

document_app = family("document", "Directing documents.", DIRECTING)
target_app = family("target", "What documents ask of the results of units, and how it stands.", DIRECTING)
task_app = family("task", "What documents tell units to do, and how it stands.", DIRECTING)

DocumentName = Annotated[str, Parameter(help="Number or id of a document in the register.")]
UnitOption = Annotated[str | None, Parameter(help="A unit.")]
What = Annotated[
    str,
    Parameter(help="total, a group, an indicator (2.1), band, rank or certified_copies."),
]
StateOption = Annotated[str | None, Parameter(help="missed, at_risk, no_data, on_course or met.")]
Back = Annotated[bool, Parameter(negative="", help="Bring it back instead.")]
Threshold = Annotated[str, Parameter(help="80 (points), 95%, Khá, 10 (place, count).")]

STATE_WORDS: Final = {
    "met": "đạt",
    "on_course": "đúng tiến độ",
    "at_risk": "có nguy cơ",
    "missed": "không đạt",
    "no_data": "chưa đo được",
}
REPORT_WORDS: Final = {
    "waiting": "chưa báo cáo",
    "in_time": "đúng hạn",
    "late": "trễ hạn",
    "missing": "quá hạn, chưa có",
}


def entered(found: Entered, as_json: bool) -> int:
    """Says what was entered: ids on standard output, warnings beside it."""
    from chiso.commands import output
    from chiso.steering.entering import TAGS
    from chiso.steering.register import ident

    ids = [ident(TAGS[type(one)], one) for one in found.records]
    if as_json:
        output.print_json({"ids": ids, "warnings": [en for _, en in found.warnings]})
    else:
        for one in ids:
            sys.stdout.write(f"{one}\n")
        for vi, _ in found.warnings:
            output.say(f"Lưu ý: {vi}")
    return 0


def _states(row: dict[str, Any]) -> str:
    return ", ".join(f"{count} {STATE_WORDS[state]}" for state, count in row["states"].items())


def day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


# -- documents -----------------------------------------------------------------------------------------------


@document_app.command(name="add")
def document_add(
    number: str,
    *,
    date: Annotated[str, Parameter(help="Day of issue.")],
    issuer: Annotated[str, Parameter(help="Who issued it.")],
    subject: Annotated[str, Parameter(help="What it is about.")] = "",
    file: Annotated[Path | None, Parameter(help="The document itself; kept encrypted.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Enter a directing document; entered again under its number and issuer it is changed.

    Parameters
    ----------
    number
        Its number and sign, as 308/UBND-TH.
    """
    from chiso.steering.entering import by_command, enter_document

    if file is not None and not file.is_file():
        raise SystemExit(wrong(f"no such file: {file}"))
    row = {"number": number, "date": date, "issuer": issuer, "subject": subject}
    with opened(data) as folder:
        attached = None if file is None else (file.name, file.read_bytes())
        return entered(enter_document(folder, row, by_command(folder), attached), json)


@document_app.command(name="list")
def document_list(*, data: Data = None, json: Json = False) -> int:
    """The register of documents, the newest first, with how their targets and tasks stand."""
    from chiso.commands import output
    from chiso.steering import answers

    with opened(data) as folder:
        body = answers.documents(folder)
    if json:
        output.print_json(body)
        return 0
    rows = [
        (
            row["id"],
            row["number"],
            day(row["date"]),
            row["subject"],
            row["targets"],
            row["tasks"],
            _states(row),
        )
        for row in body["rows"]
    ]
    headings = ("Id", "Số", "Ngày", "Trích yếu", "Chỉ tiêu", "Nhiệm vụ", "Trạng thái")
    output.table(f"Sổ văn bản · {body['at']}", headings, rows, {4, 5})
    return 0


@document_app.command(name="show")
def document_show(document: DocumentName, *, data: Data = None, json: Json = False) -> int:
    """A document with its targets and tasks."""
    from chiso.commands import output
    from chiso.steering import answers

    with opened(data) as folder:
        body = answers.document(folder, document)
    if json:
        output.print_json(body)
        return 0
    head = f"{body['number']} · {day(body['date'])} · {body['issuer']}\n{body['subject']}"
    _duties(head, body["duties"])
    return 0


@document_app.command(name="file")
def document_file(
    document: DocumentName,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Where to write it.")],
    data: Data = None,
) -> int:
    """The file that is attached to a document."""
    from chiso.steering import now
    from chiso.steering.entering import find_document

    with opened(data) as folder:
        found = find_document(now.register(folder), document)
        if not found.record.digest:
            raise SystemExit(wrong(f"{found.record.number} has no file"))
        output.write_bytes(folder.ledger.attachments.get(found.record.digest))
    return 0


@document_app.command(name="withdraw")
def document_withdraw(
    document: DocumentName, *, back: Back = False, data: Data = None, json: Json = False
) -> int:
    """Take a document out of the register; its history stays."""
    from chiso.steering import now
    from chiso.steering.entering import by_command, find_document, find_withdrawn, withdraw

    with opened(data) as folder:
        register = now.register(folder)
        found = find_withdrawn(register, document) if back else find_document(register, document)
        return entered(withdraw(folder, found, by_command(folder), back=back), json)


@document_app.command(name="effect")
def document_effect(document: DocumentName, *, data: Data = None, json: Json = False) -> int:
    """Did it work: totals of the units that it directs before and after, against units that it does not."""
    from chiso.steering import effect

    with opened(data) as folder:
        return _effect(effect.of_document(folder, document), json)


def _effect(body: dict[str, Any], as_json: bool) -> int:
    from chiso.commands import output

    if as_json:
        output.print_json(body)
        return 0
    rows = [
        (
            one["among"], one["addressed"], one["change"], one["others"], one["others_change"] or "–",
            one["difference"] or "–", "–" if one["low"] is None else f"{one['low']} … {one['high']}",
        )
        for one in body["leagues"]
    ]  # fmt: skip
    headings = ("Loại", "Được chỉ đạo", "Thay đổi", "Khác", "Thay đổi", "Chênh lệch", "Khoảng 95%")
    title = f"{body['document']} · {body['what']} ({body['unit']}) · {body['from']} → {body['until']}"
    output.table(title, headings, rows, {1, 2, 3, 4, 5, 6})
    if not rows:
        output.say("nothing to compare yet: figures of the units are needed before and after")
    return 0


# -- targets and tasks ---------------------------------------------------------------------------------------


def _duties(title: str, rows: list[dict[str, Any]]) -> None:
    from chiso.commands import output

    told = [
        (row["id"], day(row["by"]), row["document"], row["title"], row["whose"], _states(row)) for row in rows
    ]
    output.table(title, ("Id", "Hạn", "Văn bản", "Nội dung", "Đơn vị", "Trạng thái"), told, set())


def _list(
    kind: str,
    document: str | None,
    unit: str | None,
    state: str | None,
    as_of: str | None,
    data: Path | None,
    as_json: bool,
) -> int:
    from chiso.commands import output
    from chiso.steering import answers

    with opened(data) as folder:
        body = answers.duties(folder, kind, document, unit, state, instant(as_of))
    if as_json:
        output.print_json(body)
    else:
        _duties(body["at"], body["rows"])
    return 0


def _show(kind: str, name: str, history: bool, data: Path | None, as_json: bool) -> int:
    from chiso.commands import output
    from chiso.steering import answers

    with opened(data) as folder:
        body = answers.duty(folder, name, kind, history=history)
    if as_json:
        output.print_json(body)
        return 0
    rows = [
        (
            line.get("unit", ""), line.get("name", ""), STATE_WORDS[line["state"]], line["value"] or "–",
            line["needed"] or "–", REPORT_WORDS.get(line.get("report", ""), ""),
        )
        for line in body["lines"]
    ]  # fmt: skip
    title = f"{body['title']} · hạn {day(body['by'])} · {body['document']}"
    output.table(title, ("Mã", "Đơn vị", "Trạng thái", "Đo được", "Cần", "Báo cáo"), rows, {3, 4})
    for line in body.get("history", ()):
        told = [(day(row["day"]), STATE_WORDS.get(row["state"], "thu hồi")) for row in line["rows"]]
        output.table(line["unit"] or "", ("Ngày", "Trạng thái"), told, set())
    return 0


def _worked(kind: str, name: str, data: Path | None, as_json: bool) -> int:
    from chiso.steering import effect, now
    from chiso.steering.entering import find_duty

    with opened(data) as folder:
        found = find_duty(now.register(folder), name, kind)
        return _effect(effect.of_duty(folder, found.id), as_json)


def _withdraw(kind: str, name: str, back: bool, data: Path | None, as_json: bool) -> int:
    from chiso.steering import now
    from chiso.steering.entering import by_command, find_duty, find_withdrawn, withdraw

    with opened(data) as folder:
        register = now.register(folder)
        found = find_withdrawn(register, name) if back else find_duty(register, name, kind)
        return entered(withdraw(folder, found, by_command(folder), back=back), as_json)


@target_app.command(name="add")
def target_add(
    *,
    document: DocumentName,
    what: What,
    threshold: Threshold,
    by: Annotated[str, Parameter(help="Last day in time.")],
    unit: UnitOption = None,
    among: Annotated[str | None, Parameter(help="departments, districts, communes or provinces.")] = None,
    listed: Annotated[str | None, Parameter(name="--list", help="A list of units, by its name.")] = None,
    at_least: Annotated[str | None, Parameter(help="So many of the units (97, 100%); else each.")] = None,
    period: Annotated[str | None, Parameter(help="Period of the figure; else the year of the day.")] = None,
    note: Annotated[str, Parameter(help="A note.")] = "",
    data: Data = None,
    json: Json = False,
) -> int:
    """Enter a target of a unit, of all units of a kind (below --unit), or of a list."""
    from chiso.steering import now
    from chiso.steering.entering import by_command, enter_duties, find_document

    with opened(data) as folder:
        register = now.register(folder)
        row = {
            "document": find_document(register, document).record.number, "unit": unit, "among": among,
            "list": listed, "what": what, "threshold": threshold, "by": by, "at_least": at_least,
            "period": period, "note": note,
        }  # fmt: skip
        found = enter_duties(folder, "targets", [_filled(row)], by_command(folder), register)
        return entered(found, json)


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "")}


@target_app.command(name="list")
def target_list(
    *,
    document: Annotated[str | None, Parameter(help="Of this document.")] = None,
    unit: UnitOption = None,
    state: StateOption = None,
    as_of: AsOf = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Targets by deadline, with the state of their units, measured from the counts."""
    return _list("target", document, unit, state, as_of, data, json)


@target_app.command(name="show")
def target_show(
    target: str,
    *,
    history: Annotated[bool, Parameter(negative="", help="Also every change of state, day by day.")] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """One target, unit by unit.

    Parameters
    ----------
    target
        Its id in the list.
    """
    return _show("target", target, history, data, json)


@target_app.command(name="effect")
def target_effect(target: str, *, data: Data = None, json: Json = False) -> int:
    """Did it work: its figure before and after, up to the deadline, against units without it."""
    return _worked("target", target, data, json)


@target_app.command(name="withdraw")
def target_withdraw(target: str, *, back: Back = False, data: Data = None, json: Json = False) -> int:
    """Withdraw a target; its history stays.

    Parameters
    ----------
    target
        Its id in the list.
    """
    return _withdraw("target", target, back, data, json)


@task_app.command(name="add")
def task_add(
    task: str,
    *,
    document: DocumentName,
    unit: Annotated[list[str], Parameter(negative="", help="Who does it; may be repeated.")],
    due: Annotated[str, Parameter(help="Last day in time.")],
    report: Annotated[str, Parameter(help="What must be reported.")] = "",
    what: Annotated[
        str, Parameter(help="Measured by total, a group, an indicator, band, rank, certified_copies.")
    ] = "",
    threshold: Annotated[str, Parameter(help="80 (points), 95%, Khá, 10 (place, count).")] = "",
    period: Annotated[str | None, Parameter(help="Period of the figure; else the year of the day.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Enter a task; without --what a report of the unit answers it.

    Parameters
    ----------
    task
        What is to be done.
    """
    from chiso.steering import now
    from chiso.steering.entering import by_command, enter_duties, find_document

    with opened(data) as folder:
        register = now.register(folder)
        number = find_document(register, document).record.number
        rows = [
            _filled(
                {"document": number, "unit": one, "task": task, "due": due, "report": report, "what": what,
                 "threshold": threshold, "period": period}
            )
            for one in unit
        ]  # fmt: skip
        return entered(enter_duties(folder, "tasks", rows, by_command(folder), register), json)


@task_app.command(name="list")
def task_list(
    *,
    document: Annotated[str | None, Parameter(help="Of this document.")] = None,
    unit: UnitOption = None,
    state: StateOption = None,
    as_of: AsOf = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Tasks by deadline, with their state, measured from the counts and from what was reported."""
    return _list("task", document, unit, state, as_of, data, json)


@task_app.command(name="show")
def task_show(
    task: str,
    *,
    history: Annotated[bool, Parameter(negative="", help="Also every change of state, day by day.")] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """One task.

    Parameters
    ----------
    task
        Its id in the list.
    """
    return _show("task", task, history, data, json)


@task_app.command(name="effect")
def task_effect(task: str, *, data: Data = None, json: Json = False) -> int:
    """Did it work: its figure before and after, up to the deadline, against units without it."""
    return _worked("task", task, data, json)


@task_app.command(name="withdraw")
def task_withdraw(task: str, *, back: Back = False, data: Data = None, json: Json = False) -> int:
    """Withdraw a task; its history stays.

    Parameters
    ----------
    task
        Its id in the list.
    """
    return _withdraw("task", task, back, data, json)
