"""``chiso procedures``: the catalogue held against the province's own list, as work."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import Data, Json, Question, opened


def procedures(
    *,
    unit: Annotated[
        str | None, Parameter(help="The unit whose procedures and points are meant; else the province.")
    ] = None,
    what: Annotated[
        list[str] | None,
        Parameter(
            help="Only this kind (may be repeated): announce, publish, complete, offer_online, fee, "
            "unannounced, announced_late, published_late, missing, outdated, localise, unknown, offline, "
            "fee_here, pay_online.",
            negative="",
        ),
    ] = None,
    department: Annotated[str | None, Parameter(help="Only what this unit is responsible for.")] = None,
    limit: Annotated[int, Parameter(help="Rows given.")] = 200,
    offset: Annotated[int, Parameter(help="Rows passed over.")] = 0,
    question: Question = Question(),
    data: Data = None,
    json: Json = False,
) -> int:
    """Procedures as work: what to announce, publish, complete and offer, and what is missing or outdated."""
    from chiso.commands import output
    from chiso.insight.procedures.answer import procedures as asked

    with opened(data) as folder:
        body = asked(
            folder,
            unit,
            what=what or (),
            department=department,
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
    "announce": "Công bố",
    "publish": "Công khai",
    "complete": "Bổ sung nội dung",
    "offer_online": "Cung cấp trực tuyến",
    "fee": "Gửi mức phí",
    "unannounced": "Chưa công bố, đã trễ",
    "announced_late": "Công bố trễ",
    "published_late": "Công khai trễ",
    "missing": "Thiếu ở danh mục tỉnh",
    "outdated": "Lạc hậu",
    "localise": "Chưa địa phương hóa",
    "unknown": "Không có trong danh mục",
    "offline": "Chỉ nộp trực tiếp",
    "fee_here": "Tỉnh chưa khai phí",
    "pay_online": "Chưa ai trả trực tuyến",
}
"""Kinds in a word or two."""


def _print(body: dict[str, Any]) -> None:
    from chiso.commands import output
    from chiso.text import number

    rows = [
        (
            WORDS[row["what"]],
            row["procedure"],
            row["procedure_name"][:60],
            row["department"],
            "" if row.get("days_left") is None else number(row["days_left"], 0),
            number(Decimal(row["points"]), 6),
        )
        for row in body["rows"]
    ]
    lost = body["lost"]["points"]
    title = (
        f"{body['name']} ({body['unit']}) · kỳ {body['period']} · {body['at']}: "
        f"các chỉ số về thủ tục đã mất {number(Decimal(lost), 2)} điểm"
    )
    output.table(title, ("Việc", "Mã", "Thủ tục", "Phụ trách", "Còn ngày", "Điểm"), rows, {4, 5})
    left = body["count"] - len(rows)
    kinds = ", ".join(f"{WORDS[what]} {number(count, 0)}" for what, count in body["kinds"].items())
    output.say(f"{number(body['count'], 0)} mục ({kinds})" + (f"; còn {number(left, 0)}" if left else ""))
