"""``chiso lateness``: late work or late data."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final

from cyclopts import Parameter

from chiso.commands.options import Data, Json, Question, opened

CLASS_NAMES: Final = {
    "late_data": "Dữ liệu đến chậm",
    "wrong_data": "Dữ liệu sai",
    "late_work": "Xử lý chậm",
    "undecidable": "Chưa kết luận được",
}
SCORE_NAMES: Final = {
    "as_is": "Như đã biết",
    "in_time": "Nếu dữ liệu đến kịp",
    "right": "Nếu dữ liệu đúng",
    "in_time_and_right": "Nếu dữ liệu đúng và kịp thời",
    "everywhere": "Và ở mọi chỉ số khác",
}
SHOWN: Final = 15
"""Units and senders that a table for people has."""


def lateness(
    unit: str,
    *,
    question: Question = Question(),
    kind: Annotated[
        str | None,
        Parameter(
            name="--list",
            help="List the dossiers of a class (late_data, wrong_data, late_work, undecidable), "
            "those on time that were shown as overdue (shown), or all.",
        ),
    ] = None,
    indicator: Annotated[
        str, Parameter(help="With --list: of another indicator that late or wrong data costs points in.")
    ] = "2.1",
    mistake: Annotated[
        str | None, Parameter(help="With --list: only with this mistake of their sender.")
    ] = None,
    sender: Annotated[
        str | None, Parameter(help="With --list: only told by this sender; - for files.")
    ] = None,
    limit: Annotated[int, Parameter(help="With --list: at most so many.")] = 50,
    offset: Annotated[int, Parameter(help="With --list: how many to leave out before.")] = 0,
    data: Data = None,
    json: Json = False,
) -> int:
    """Late work or late data: the overdue dossiers of a unit by class, and what late and wrong data cost.

    Without --as-of by what is known now; with it, what was known then against what is known now.

    Parameters
    ----------
    unit
        Code of a unit: H01, H01.113.
    """
    from chiso.commands import output
    from chiso.insight import lateness as insight

    asked = question.asked()
    with opened(data) as folder:
        if kind is None:
            body = insight.lateness(folder, unit, **asked)
        else:
            body = insight.dossiers(
                folder, unit, None if kind == "all" else kind, indicator=indicator, mistake=mistake,
                sender=sender, limit=limit, offset=offset, **asked,
            )  # fmt: skip
    if json:
        output.print_json(body)
    elif kind is None:
        _print(body)
    else:
        _print_list(body)
    return 0


def _points(text: str, places: int = 2) -> str:
    from chiso.text import number

    return number(Decimal(text), places)


def _print(body: dict[str, Any]) -> None:
    from chiso.commands import output
    from chiso.text import number, percent

    overdue = body["overdue"]
    head = f"{body['name']} ({body['unit']}) · kỳ {body['period']} · {body['at']}, biết lúc {body['as_of']}"
    output.table(
        f"{head}\n{number(overdue, 0)} hồ sơ quá hạn trong {number(body['of'], 0)}",
        ("Vì sao", "Hồ sơ", "Tỷ lệ", *(f"Điểm mất {name}" for name in body["lost"])),
        [
            (
                CLASS_NAMES[name],
                number(one["count"], 0),
                percent(Decimal(one["count"]) / overdue, 2) if overdue else "–",
                *(_points(points, 4) for points in one["points"].values()),
            )
            for name, one in body["classes"].items()
        ],
        {1, 2, 3, 4},
    )
    scores = [(SCORE_NAMES[name], _points(one["total"])) for name, one in body["scores"].items()]
    output.table("", ("Tổng điểm", ""), scores, {1})
    counts = [*CLASS_NAMES]
    headings = ("Mã", "Đơn vị", "Quá hạn", *CLASS_NAMES.values(), "Điểm", "Đúng và kịp")
    if body["units"]:
        output.table(
            f"{min(SHOWN, len(body['units']))} trên {number(len(body['units']), 0)} đơn vị",
            headings,
            [
                (
                    *(row["unit"], row["name"], number(row["overdue"], 0)),
                    *(number(row[name], 0) for name in counts),
                    *(_points(row["scores"][name]) for name in ("as_is", "in_time_and_right")),
                )
                for row in body["units"][:SHOWN]
            ],
            set(range(2, 9)),
        )
    if body["mistakes"]:
        output.table(
            "",
            ("Lỗi của nơi gửi", "Hồ sơ"),
            [(" + ".join(row["mistakes"]).lower(), row["count"]) for row in body["mistakes"]],
            {1},
        )
    if body["elsewhere"]:
        rows = [
            (row["indicator"], CLASS_NAMES[row["class"]], row["why"], row["count"], _points(row["points"], 4))
            for row in body["elsewhere"]
        ]
        output.table("", ("Chỉ số khác", "Vì sao", "", "Số lượng", "Điểm mất"), rows, {3, 4})
    output.say(f"{body['shown']['count']} hồ sơ đúng hạn đã có lúc hiện là quá hạn.")


def _print_list(body: dict[str, Any]) -> None:
    from chiso.commands import output

    rows = [
        (
            row.get("code") or row.get("petition"),
            row["class"],
            " + ".join((row.get("undone") or {}).get("mistakes", ())).lower() or row.get("why") or "",
            row.get("due_at", ""),
            row.get("ended_at") or row.get("handled_at") or "",
            row["told_at"] or "",
            row.get("sender", ""),
        )
        for row in body["rows"]
    ]
    headings = ("Mã", "Loại", "Vì sao", "Hẹn trả", "Kết thúc", "Được báo", "Nơi gửi")
    output.table(f"{len(rows)} trên {body['total']}", headings, rows, set())
