"""``chiso reconcile``: computed against published."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from chiso.commands.options import Data, Json, LawOption, PeriodOption, instant, opened, wrong

if TYPE_CHECKING:
    from chiso.insight.reconcile import Reconciliation
    from chiso.intake.portal_list import PortalList

NAMED: Final = 1_000
SHOWN: Final = 3
"""Codes shown to people for each cause."""


def reconcile(
    unit: str,
    *,
    period: PeriodOption = None,
    at: Annotated[
        str | None, Parameter(name="--at", help="The figures captured at this instant or before; else now.")
    ] = None,
    law: LawOption = None,
    listed: Annotated[
        Path | None,
        Parameter(name="--list", help="Dossiers as the portal has them: a table or JSON with MaHoSo."),
    ] = None,
    output: Annotated[
        Path | None, Parameter(name=("--output", "-o"), help="Also write it as a workbook (.xlsx).")
    ] = None,
    asked_by: Annotated[str, Parameter(help="Who sends the workbook; stands on its cover.")] = "",
    named: Annotated[int, Parameter(help="Dossiers named by code for each cause in the JSON.")] = NAMED,
    data: Data = None,
    json: Json = False,
) -> int:
    """A unit's published figures against the computed ones: what differs, and why, dossier by dossier.

    Parameters
    ----------
    unit
        Code of a unit.
    """
    from chiso.commands import output as shown
    from chiso.insight.reconcile import as_json
    from chiso.insight.reconcile import reconcile as asked

    if listed is not None and not listed.is_file():
        raise SystemExit(wrong(f"no such file: {listed}"))
    if output is not None and output.suffix.lower() != ".xlsx":
        raise SystemExit(wrong(f"a workbook ends in .xlsx: {output}"))
    told = None if listed is None else _read(listed)
    with opened(data) as folder:
        found = asked(folder, unit, period, instant(at), law, told)
        if output is not None:
            from chiso.insight.reconcile.sheet import write_sheet

            write_sheet(found, output, asked_by)
            shown.say(f"written: {output}")
        if json:
            shown.print_json(as_json(found, max(0, named)))
        else:
            _print(found, as_json(found, SHOWN))
    return 0


def _read(path: Path) -> PortalList:
    from chiso.intake.portal_list import read_list
    from chiso.intake.streams import BrokenStreamError

    try:
        return read_list(path, path.name)
    except BrokenStreamError as error:
        raise SystemExit(wrong(f"{path}: {error.refused.message_en}")) from error


def _print(found: Reconciliation, body: dict[str, Any]) -> None:
    """The difference first, then the indicators, then the causes with some of their dossiers."""
    from chiso.commands import output
    from chiso.insight.reconcile.causes import CAUSES, Option, form_words
    from chiso.insight.reconcile.words import flaw_words, other_date_words
    from chiso.instants import parse_instant
    from chiso.text import moment, number

    def points(value: str | None) -> str:
        return "" if value is None else number(Decimal(value), 2)

    def signed(value: str | None) -> str:
        return ("+" if value is not None and Decimal(value) > 0 else "") + points(value)

    def pair(told: list[int] | None) -> str:
        return "–" if told is None else " / ".join(number(one, 0) for one in told)

    told = body["difference"]
    title = (
        f"{body['name']} ({body['unit']}) · kỳ {body['period']} · chốt lúc "
        f"{moment(parse_instant(body['at']))}\n"
        f"Công bố {points(body['published']['total'])}, tính từ hồ sơ "
        f"{points(f'{found.computed_total:.2f}')}: chênh {signed(told['points'])} điểm, "
        f"giải thích được {signed(told['explained'])}, còn lại {signed(told['unexplained'])}"
    )
    groups = [
        (
            found.case.law.groups[one["group"]].names.vi,
            moment(parse_instant(one["captured_at"])),
            points(one["published"]),
            points(one["computed"]),
            signed(one["difference"]),
        )
        for one in body["groups"]
    ]
    output.table(title, ("Nhóm", "Chốt lúc", "Công bố", "Tính", "Chênh"), groups, {2, 3, 4})
    rows = [
        (
            row["indicator"],
            pair(row["published"]),
            pair(row["computed"]),
            points(row["points"]["published"]),
            points(row["points"]["computed"]),
            signed(row["difference"]),
            pair(row["unexplained"]) if row["unexplained"] != [0, 0] else "",
        )
        for row in body["rows"]
        if row["indicator"] in found.case.law.indicators
    ]
    headings = ("Chỉ số", "Công bố", "Tính", "Điểm công bố", "Điểm tính", "Chênh", "Chưa giải thích")
    if rows:
        output.table("", headings, rows, {1, 2, 3, 4, 5, 6})
    lines: list[tuple[object, ...]] = []
    for verdict, causes in (("", body["causes"]), ("có thể, không cần", body["possible"])):
        for one in causes:
            if "changes" not in one:
                continue
            option = Option(one["cause"], one.get("part", ""))
            form = form_words(option, "vi")
            name = CAUSES[one["cause"]].names.vi + (f": {form}" if form else "")
            some = " ".join(one["dossiers"]) + (" …" if one.get("more") else "")
            lines.append((name, one["count"] or "", signed(one["points"]), verdict, some))
    if lines:
        output.table("", ("Nguyên nhân", "Hồ sơ", "Điểm", "", "Ví dụ"), lines, {1, 2})
    for date in found.other_dates:
        output.say(other_date_words(found, date, "vi"))
    for flaw in found.flaws:
        output.say(flaw_words(found, flaw, "vi"))
    if body["unread"]:
        output.say(f"{body['unread']} bản tin đang bị giữ lại không đọc được nên không tính vào đâu.")
