"""``chiso lost`` and ``chiso explain``: where points are lost, and why the score changed."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import (
    AsOf,
    At,
    Data,
    Json,
    LawOption,
    PeriodOption,
    SourceOption,
    opened,
    question,
)

SHOWN = 20
"""Rows that a table for people has."""


def lost(
    unit: str,
    *,
    period: PeriodOption = None,
    at: At = None,
    as_of: AsOf = None,
    law: LawOption = None,
    source: SourceOption = None,
    rows: Annotated[int, Parameter(help="Rows shown; --json prints all.")] = SHOWN,
    data: Data = None,
    json: Json = False,
) -> int:
    """Where points are lost: 100 − total, over indicators, units and procedures.

    Parameters
    ----------
    unit
        Code of a unit: H01, H01.113.
    """
    from chiso.commands import output
    from chiso.insight.lost import answer

    with opened(data) as folder:
        body = answer(folder, unit, **question(period, at, as_of, law, source))
        names = {one.code: one.name for one in folder.registry.units.all}
    if json:
        output.print_json(body)
    else:
        _print_lost(body, names, rows)
    return 0


def _print_lost(body: dict[str, Any], names: dict[str, str], shown: int) -> None:
    from decimal import Decimal

    from chiso.commands import output
    from chiso.text import number

    head = f"{body['name']} ({body['unit']}) · kỳ {body['period']} · {body['at']}"
    lines = sorted(body["indicators"].items(), key=lambda item: -Decimal(item[1]["points"]))
    output.table(
        f"{head}\nMất {number(Decimal(body['lost']), 2)} trên 100 điểm",
        ("Chỉ số", "Điểm mất", "Tối đa", "Tử số", "Mẫu số", ""),
        [
            (
                output.GROUP_NAMES.get(name, name),
                number(Decimal(one["points"]), 2),
                one["max"],
                "–" if "n" not in one else number(one["n"], 0),
                "–" if "d" not in one else number(one["d"], 0),
                one["why_vi"],
            )
            for name, one in lines
            if Decimal(one["points"])
        ],
        {1, 2, 3, 4},
    )
    rows = body["rows"][: max(shown, 0)]
    if rows:
        output.table(
            f"{len(rows)} trên {number(len(body['rows']), 0)} dòng",
            ("Chỉ số", "Đơn vị", "", "Thủ tục", "Chưa đạt", "Điểm mất"),
            [
                (
                    output.GROUP_NAMES.get(row["indicator"], row["indicator"]),
                    row["unit"],
                    names.get(row["unit"], ""),
                    row["procedure"],
                    row["missed"] or "–",
                    number(Decimal(row["points"]), 4),
                )
                for row in rows
            ],
            {4, 5},
        )
