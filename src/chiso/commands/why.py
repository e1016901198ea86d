"""``chiso lost`` and ``chiso explain``: where points are lost, and why the score changed."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import Data, Json, LawOption, Question, SourceOption, opened

SHOWN = 20
"""Rows that a table for people has."""


def lost(
    unit: str,
    *,
    question: Question = Question(),
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
        body = answer(folder, unit, **question.asked())
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


def explain(
    unit: str,
    *,
    first: Annotated[str, Parameter(name="--from", help="A period, or an instant: the year to date.")],
    last: Annotated[str, Parameter(name="--to", help="A period, or an instant; 2026-08@2026-09-05 is both.")],
    law: LawOption = None,
    to_law: Annotated[str | None, Parameter(help="The law of the second end, where it is another.")] = None,
    source: SourceOption = None,
    rows: Annotated[int, Parameter(help="Terms shown; --json prints all.")] = SHOWN,
    data: Data = None,
    json: Json = False,
) -> int:
    """Why a score changed: an exact split of the change between two periods or instants.

    Parameters
    ----------
    unit
        Code of a unit: H01, H01.113.
    """
    from chiso.commands import output
    from chiso.insight.explain import answer

    with opened(data) as folder:
        body = answer(folder, unit, first, last, law, to_law, source)
        names = {one.code: one.name for one in folder.registry.units.all}
    if json:
        output.print_json(body)
    else:
        _print_explained(body, names, rows)
    return 0


KIND_NAMES = {
    "rate": "trong từng phần",
    "mix": "tỷ trọng",
    "new": "mới có",
    "gone": "không còn",
    "law": "quy tắc",
    "units": "đơn vị",
    "late_data": "dữ liệu đến muộn",
    "rounding": "làm tròn",
}


def _print_explained(body: dict[str, Any], names: dict[str, str], shown: int) -> None:
    from decimal import Decimal

    from chiso.commands import output
    from chiso.text import number

    def signed(value: Decimal, places: int) -> str:
        return f"{'+' if value > 0 else ''}{number(value, places)}"

    sums: dict[tuple[str, str], Decimal] = {}
    for term in body["terms"]:
        key = (term["kind"], term["indicator"])
        sums[key] = sums.get(key, Decimal(0)) + Decimal(term["points"])
    first, last = body["from"], body["to"]
    output.table(
        f"{body['name']} ({body['unit']}) · {first['asked']} → {last['asked']}\n"
        f"{number(Decimal(first['total']), 2)} → {number(Decimal(last['total']), 2)} điểm: "
        f"{signed(Decimal(body['change']), 2)}",
        ("Vì", "Chỉ số", "Điểm"),
        [
            (KIND_NAMES[kind], output.GROUP_NAMES.get(name, name), signed(value, 4))
            for (kind, name), value in sorted(sums.items(), key=lambda item: -abs(item[1]))
        ],
        {2},
    )
    terms = [term for term in body["terms"] if term["kind"] != "rounding"][: max(shown, 0)]
    if terms:
        output.table(
            f"{len(terms)} trên {number(len(body['terms']), 0)} phần",
            ("Vì", "Chỉ số", "Đơn vị", "", "Thủ tục", "Điểm"),
            [
                (
                    KIND_NAMES[term["kind"]],
                    output.GROUP_NAMES.get(term["indicator"], term["indicator"]),
                    term["unit"],
                    names.get(term["unit"], ""),
                    term["procedure"],
                    signed(Decimal(term["points"]), 4),
                )
                for term in terms
            ],
            {5},
        )
    for note in body["notes"]:
        output.say(note["vi"])
