"""``chiso todo``: today's work of a unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import Data, Json, Question, opened


def todo(
    unit: str,
    *,
    what: Annotated[
        list[str] | None,
        Parameter(
            help="Only this kind (may be repeated): due, overdue, result, digitise, pay, sync, petition, "
            "announce, publish, complete, offer_online, fee.",
            negative="",
        ),
    ] = None,
    procedure: Annotated[str | None, Parameter(help="Only work on this procedure.")] = None,
    until: Annotated[
        str | None, Parameter(help="Dossiers that fall due by then; else by the end of the next working day.")
    ] = None,
    before: Annotated[str | None, Parameter(help="Only what must be done by then.")] = None,
    marked: Annotated[
        str | None,
        Parameter(help="Only what is ticked off (done), not (open), or given to somebody (assigned)."),
    ] = None,
    group: Annotated[
        str | None, Parameter(help="Put together by procedure, or by officer (of the newest step).")
    ] = None,
    officer: Annotated[
        str | None, Parameter(help="Only dossiers whose newest step names this officer; none: names nobody.")
    ] = None,
    limit: Annotated[int, Parameter(help="Rows given, or groups.")] = 200,
    offset: Annotated[int, Parameter(help="Rows passed over.")] = 0,
    question: Question = Question(),
    data: Data = None,
    json: Json = False,
) -> int:
    """Today's work of a unit: what can be saved and what can be gained, most points first.

    Parameters
    ----------
    unit
        Code of a unit.
    """
    from chiso.commands import output
    from chiso.insight.asking import last_instant
    from chiso.insight.todo.answer import todo as asked

    with opened(data) as folder:
        body = asked(
            folder,
            unit,
            until=None if until is None else last_instant(until),
            what=what or (),
            procedure=procedure,
            before=None if before is None else last_instant(before),
            marked=marked,
            group=group,
            officer=officer,
            named=officer is not None,
            limit=limit,
            offset=offset,
            **question.asked(),
        )
    if json:
        output.print_json(body)
    else:
        _print(body)
    return 0


WORDS = {
    "due": "Xong trước hạn",
    "overdue": "Đã quá hạn, xong ngay",
    "result": "Gửi kết quả điện tử",
    "digitise": "Số hóa thành phần",
    "pay": "Ghi đã thanh toán",
    "sync": "Đồng bộ",
    "petition": "Phản ánh, kiến nghị",
    "announce": "Công bố",
    "publish": "Công khai",
    "complete": "Bổ sung nội dung",
    "offer_online": "Cung cấp trực tuyến",
    "fee": "Gửi mức phí",
}
"""Kinds of work in a word or two."""


def _print(body: dict[str, Any]) -> None:
    from chiso.commands import output
    from chiso.text import number

    title = f"{body['name']} ({body['unit']}) · kỳ {body['period']} · {body['at']}"
    if "groups" in body:
        _print_groups(body, title)
        return
    rows = [
        (
            WORDS[row["what"]],
            row.get("dossier") or row.get("petition") or row["procedure"],
            row.get("procedure_name", ""),
            row["unit"],
            f"{row['by'][11:16]} {row['by'][8:10]}/{row['by'][5:7]}",
            number(Decimal(row["points"]), 6),
        )
        for row in body["rows"]
    ]
    output.table(title, ("Việc", "Mã", "Thủ tục", "Đơn vị", "Trước", "Điểm"), rows, {5})
    left = body["count"] - len(rows)
    kinds = ", ".join(f"{WORDS[what]} {number(count, 0)}" for what, count in body["kinds"].items())
    output.say(f"{number(body['count'], 0)} việc ({kinds})" + (f"; còn {number(left, 0)}" if left else ""))


def _print_groups(body: dict[str, Any], title: str) -> None:
    from chiso.commands import output
    from chiso.text import number

    officers = body["group"] == "officer"
    rows = []
    for one in body["groups"]:
        first = (one["officer"] or "chưa nêu tên", one["unit_name"]) if officers else (
            one["procedure"] or "", one["procedure_name"] or "không thuộc thủ tục nào")  # fmt: skip
        kinds = ", ".join(f"{WORDS[what]} {number(count, 0)}" for what, count in one["kinds"].items())
        points = number(Decimal(one["points"]), 6)
        rows.append(
            (
                *first,
                number(one["count"], 0),
                points,
                f"{one['first_by'][8:10]}/{one['first_by'][5:7]}",
                kinds,
            )
        )
    heads = ("Cán bộ", "Đơn vị") if officers else ("Thủ tục", "Tên")
    output.table(title, (*heads, "Số việc", "Tổng điểm", "Sớm nhất", "Loại việc"), rows, {2, 3})
    left = body["groups_count"] - len(rows)
    output.say(f"{number(body['groups_count'], 0)} nhóm" + (f"; còn {number(left, 0)}" if left else ""))
