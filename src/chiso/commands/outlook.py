"""``chiso outlook``: what lies ahead of a unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final

from cyclopts import Parameter

from chiso.commands.options import Data, Json, Question, opened

SHOWN: Final = 5
"""Dossiers named on a line."""


def outlook(
    unit: str,
    *,
    until: Annotated[str, Parameter(help="Up to this day, or this instant (ISO 8601).")],
    forecast: Annotated[
        bool, Parameter(help="With the forecast: what comes in and is done as in the weeks before.")
    ] = True,
    question: Question = Question(),
    data: Data = None,
    json: Json = False,
) -> int:
    """The score of a unit at every coming instant if nobody acts, and a forecast beside it.

    Parameters
    ----------
    unit
        Code of a unit.
    """
    from chiso.commands import output
    from chiso.insight.asking import last_instant
    from chiso.insight.outlook.answer import outlook as asked

    with opened(data) as folder:
        body = asked(
            folder,
            unit,
            last_instant(until),
            foretell=forecast,
            **question.asked(),
        )
    if json:
        output.print_json(body)
    else:
        _print(body)
    return 0


def _print(body: dict[str, Any]) -> None:
    """Day by day: what falls, and the total at the end of the day."""
    from chiso.commands import output
    from chiso.text import number

    by_day: dict[str, tuple[str, list[str]]] = {}
    for step in body["steps"][1:]:
        told = by_day.get(step["at"][:10], ("", []))[1]
        told += [*step["falling"], *step.get("petitions", ()), *step.get("procedures", ())]
        by_day[step["at"][:10]] = step["total"], told
    forecast = body.get("forecast") or {"rows": []}
    foretold = {row["at"][:10]: row for row in forecast["rows"]}

    def points(value: str) -> str:
        return number(Decimal(value), 2)

    rows = []
    for day in sorted({*by_day, *foretold}):
        total, falling = by_day.get(day, (None, []))
        expected = foretold.get(day)
        rows.append(
            (
                f"{day[8:]}/{day[5:7]}/{day[:4]}",
                len(falling),
                "" if total is None else points(total),
                "" if expected is None else points(expected["total"]),
                "" if expected is None else f"{points(expected['low'])} … {points(expected['high'])}",
                " ".join(falling[:SHOWN]) + (" …" if len(falling) > SHOWN else ""),
            )
        )
    headings = ("Ngày", "Thêm quá hạn", "Nếu không ai xử lý", "Dự báo lúc 06:00", "Khoảng 80%", "Hồ sơ")
    title = (
        f"{body['name']} ({body['unit']}) · kỳ {body['period']} · {points(body['total'])} lúc {body['at']}"
    )
    output.table(title, headings, rows, {1, 2, 3, 4})
    for one in forecast.get("trials", ()):
        output.say(
            f"Thử trên {one['times']} tuần đã qua, trước {one['days']} ngày: "
            f"sai trung bình {points(one['error'])} điểm, {one['inside']} lần nằm trong khoảng."
        )
