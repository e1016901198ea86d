"""``chiso report``: what units answer to their tasks, who has not, and reminders."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from chiso.commands.options import DIRECTING, Data, Json, family, opened, wrong
from chiso.commands.steering import REPORT_WORDS, day, entered

report_app = family("report", "Reports of units on their tasks, and reminders.", DIRECTING)


@report_app.command(name="add")
def report_add(
    task: str,
    *,
    text: Annotated[
        str | None,
        Parameter(allow_leading_hyphen=True, help="A file with the text; - is standard input."),
    ] = None,
    file: Annotated[list[Path] | None, Parameter(negative="", help="Attached; may be repeated.")] = None,
    dispute: Annotated[
        list[str] | None,
        Parameter(negative="", help="A figure (total, a group, an indicator) and what it is: 2.1=97%."),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Answer a task for its unit: text, files, objections to its figures.

    Parameters
    ----------
    task
        Its id.
    """
    from chiso.steering import now
    from chiso.steering.entering import by_command, find_duty
    from chiso.steering.reports import answer

    disputes: dict[str, tuple[str, str]] = {}
    for one in dispute or []:
        key, sign, claimed = one.partition("=")
        if not sign:
            raise SystemExit(wrong(f"--dispute takes FIGURE=VALUE, not {one!r}"))
        disputes[key.strip()] = (claimed, "")
    named = [*(file or []), *([Path(text)] if text not in (None, "-") else [])]
    for path in named:
        if not path.is_file():
            raise SystemExit(wrong(f"no such file: {path}"))
    words = "" if text is None else sys.stdin.read() if text == "-" else Path(text).read_text("utf-8")
    with opened(data) as folder:
        duty = find_duty(now.register(folder), task, "task")
        files = [(path.name, path.read_bytes()) for path in file or []]
        found = answer(folder, duty, duty.record.unit, words, files, disputes, by_command(folder))
        return entered(found, json)


@report_app.command(name="list")
def report_list(
    *,
    missing: Annotated[bool, Parameter(negative="", help="Only who has not answered.")] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """Who was asked to report, and who has: in time, late, missing."""
    from chiso.commands import output
    from chiso.steering import answers

    with opened(data) as folder:
        body = answers.reports(folder, missing)
    if json:
        output.print_json(body)
        return 0
    rows = [
        (
            row["task"], day(row["by"]), row["document"], row["name"], row["title"],
            REPORT_WORDS[row["report"]], row.get("reminders", 0),
        )
        for row in body["rows"]
    ]  # fmt: skip
    headings = ("Nhiệm vụ", "Hạn", "Văn bản", "Đơn vị", "Nội dung", "Báo cáo", "Lần nhắc")
    output.table(body["at"], headings, rows, {6})
    return 0


@report_app.command(name="show")
def report_show(task: str, *, data: Data = None, json: Json = False) -> int:
    """What a unit reported on a task.

    Parameters
    ----------
    task
        Its id.
    """
    from chiso.commands import output
    from chiso.steering import answers

    with opened(data) as folder:
        body = answers.report(folder, task)
    if json:
        output.print_json(body)
        return 0
    output.table(body["title"], ("", ""), [("Đơn vị", body["unit"]), ("Nhận lúc", body["first_at"])], set())
    sys.stdout.write(f"\n{body['text']}\n")
    rows = [(one["key"], one["shown"], one["claimed"]) for one in body["figures"] if "claimed" in one]
    if rows:
        output.table("Đơn vị phản hồi số liệu", ("Số liệu", "Hệ thống", "Đơn vị"), rows, {1, 2})
    return 0


@report_app.command(name="remind")
def report_remind(*tasks: str, data: Data = None, json: Json = False) -> int:
    """Remind the units that have not reported: of these tasks, else of all that are due or lately past.

    The reminder is recorded, and told to the unit's contacts when they may be told.

    Parameters
    ----------
    tasks
        Ids of tasks.
    """
    from chiso.commands import output
    from chiso.steering import now
    from chiso.steering.entering import by_command, find_duty
    from chiso.steering.reports import remind, to_remind

    with opened(data) as folder:
        register = now.register(folder)
        asked = [find_duty(register, one, "task") for one in tasks] if tasks else to_remind(folder)
        rows = remind(folder, asked, by_command(folder))
    if json:
        output.print_json({"rows": rows})
    else:
        told = [(row["task"], row["unit"], row["told"]) for row in rows]
        output.table(f"{len(rows)}", ("Nhiệm vụ", "Đơn vị", "Người được báo"), told, {2})
    return 0
