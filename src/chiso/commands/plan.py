"""``chiso plan``: the least work that brings a unit to a target."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread
from typing import Annotated, Any, Final

from cyclopts import Parameter

from chiso.commands.options import Data, Json, Question, opened

SHOWN: Final = 40
"""Steps that are printed where no limit is named."""


def plan(
    unit: str,
    *,
    target: Annotated[
        str, Parameter(help="Points (80), a band (Tốt), or a rank among units of its kind (rank:3).")
    ],
    by: Annotated[str, Parameter(help="By the end of this day, or this instant (ISO 8601).")],
    inflow: Annotated[
        bool, Parameter(help="With the dossiers still to come, as they came in before.", negative="")
    ] = False,
    hours: Annotated[
        str | None,
        Parameter(help="Hours by kind of work (due=2,digitise=0.25; others 1): the least hours are sought."),
    ] = None,
    spread: Annotated[
        str, Parameter(help="Share work out in few large pieces (few), or to each as it has it (even).")
    ] = "few",
    limit: Annotated[int | None, Parameter(help="Steps given, those with most points.")] = None,
    question: Question = Question(),
    data: Data = None,
    json: Json = False,
) -> int:
    """The least work that brings a unit to a target by a day, or the proof that no work does.

    Parameters
    ----------
    unit
        Code of a unit.
    """
    from chiso.commands import output
    from chiso.insight.asking import last_instant
    from chiso.insight.plan import milp
    from chiso.insight.plan.answer import plan as asked
    from chiso.insight.plan.asked import hours_of

    # the solver is loaded while the folder is read
    Thread(target=milp.warm, name="solver-warm", daemon=True).start()
    with opened(data) as folder:
        body = asked(
            folder,
            unit,
            target,
            last_instant(by),
            inflow=inflow,
            hours=hours_of(hours or ""),
            spread=spread,
            limit=SHOWN if limit is None and not json else limit,
            **question.asked(),
        )
    if json:
        output.print_json(body)
    else:
        _print(body)
    return 0


def _print(body: dict[str, Any]) -> None:
    from chiso.commands import output
    from chiso.commands.todo import WORDS
    from chiso.instants import parse_instant
    from chiso.text import moment, number

    def points(value: str) -> str:
        return number(Decimal(value), 2)

    work, name = body["work"], f"{body['name']} ({body['unit']})"
    told = f"{work['things']} việc" + (f", {points(work['hours'])} giờ" if "hours" in work else "")
    day = f"{body['by'][8:10]}/{body['by'][5:7]}/{body['by'][:4]}"
    if body["reachable"]:
        output.say(f"{name}: đạt {points(body['total'])} điểm trước {day}, cần {told}.")
    else:
        output.say(
            f"{name}: không thể đạt {points(body['target'])} điểm trước {day}; "
            f"làm hết mọi việc có thể được {points(body['total'])} điểm, cần {told}."
        )
    output.say(
        f"Hiện nay {points(body['now'])} điểm; không ai làm gì thì đến lúc đó còn {points(body['start'])}."
    )
    rows = [
        (
            ", ".join(WORDS[kind] for kind in step["what"]),
            step["unit"],
            step["procedure"] or "",
            step["count"],
            number(Decimal(step["points"]), 4),
            " ".join(step["indicators"]),
            moment(parse_instant(step["first_by"])) if step["first_by"] else "",
        )
        for step in body["steps"]
    ]
    headings = ("Việc", "Đơn vị", "Thủ tục", "Số lượng", "Điểm", "Chỉ tiêu", "Sớm nhất trước")
    output.table(f"{len(rows)} trên {body['count']} bước", headings, rows, {3, 4})
