"""``chiso quality``: what the mistakes of senders add to a score or take from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import At, Data, Json, LawOption, PeriodOption, Question, opened


def quality(
    unit: str,
    *,
    listed: Annotated[
        str | None,
        Parameter(
            name="--list",
            help="List the dossiers of a mistake (no_due, paid_without_record, …) or of a pattern "
            "(dated_back, supplement_before_due, due_moved_after, all_digitised, burst, on_the_second).",
        ),
    ] = None,
    sender: Annotated[
        str | None, Parameter(help="With --list: only told by this sender; - for files.")
    ] = None,
    limit: Annotated[int, Parameter(help="With --list: at most so many.")] = 50,
    offset: Annotated[int, Parameter(help="With --list: how many to leave out before.")] = 0,
    period: PeriodOption = None,
    at: At = None,
    law: LawOption = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Data quality in points: what each typical mistake of senders adds to a unit's exact total or takes.

    Parameters
    ----------
    unit
        Code of a unit: H01, H01.113.
    """
    from chiso.commands import output
    from chiso.insight.quality import answer

    question = Question(period=period, at=at, law=law).asked()
    with opened(data) as folder:
        if listed is None:
            body = answer.quality(folder, unit, **question)
        else:
            body = answer.dossiers(
                folder, unit, listed, sender=sender, limit=limit, offset=offset, **question
            )
    if json:
        output.print_json(body)
    elif listed is None:
        _print(body)
    else:
        _print_list(body)
    return 0


KINDS = {"points": "", "nothing": "không đổi điểm", "cannot": "không quy ra điểm được"}


def _signed(text: str) -> str:
    from chiso.text import number

    value = Decimal(text)
    return ("+" if value > 0 else "") + number(value, 6)


def _print(body: dict[str, Any]) -> None:
    from chiso.commands import output
    from chiso.text import number

    together = body["together"]
    title = (
        f"{body['name']} ({body['unit']}) · kỳ {body['period']} · {body['at']}: lỗi dữ liệu đang làm "
        f"{_signed(together['points'])} điểm; không có lỗi thì {number(Decimal(together['without']), 4)}"
    )
    rows = [
        (
            row["mistake"],
            number(row["count"], 0),
            number(row["undone"], 0) if row["kind"] == "points" else "",
            _signed(row["points"]) if row["kind"] == "points" else KINDS[row["kind"]],
            ", ".join(row.get("indicators", ())),
        )
        for row in body["mistakes"]
    ]
    output.table(title, ("Lỗi của nơi gửi", "Hồ sơ", "Sửa được", "Điểm", "Chỉ số"), rows, {1, 2, 3})
    senders = [
        (row["sender"] or "tệp", number(row["count"], 0), _signed(row["points"])) for row in body["senders"]
    ]
    output.table("", ("Nơi gửi", "Hồ sơ", "Điểm"), senders, {1, 2})
    signs = [(row["name_vi"], number(row["count"], 0), number(row["of"], 0)) for row in body["signs"]]
    if signs:
        output.table(
            "Dấu hiệu cần kiểm tra, không phải bằng chứng", ("Dấu hiệu", "Hồ sơ", "Trong"), signs, {1, 2}
        )


def _print_list(body: dict[str, Any]) -> None:
    from chiso.commands import output

    rows = [
        (row["code"], row["sender"], row["received_at"] or "", row["due_at"] or "", row["ended_at"] or "")
        for row in body["rows"]
    ]
    headings = ("Mã", "Nơi gửi", "Tiếp nhận", "Hẹn trả", "Kết thúc")
    output.table(f"{body['what']}: {len(rows)} trên {body['total']}", headings, rows, set())
