"""Procedures as work: the page, and the same as JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromQuery
from litestar.response import Response

from chiso.insight.procedures.answer import MOST, PAGE, WHAT, WORK, found_of, procedures
from chiso.web import formatting, sight
from chiso.web.api import as_json, question_of
from chiso.web.messages import catalogue, say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page, sources
from chiso.web.sight import ask
from chiso.web.view import AskedWrongError, View, per_page, whole

AnyRequest = Request[Any, Any, Any]

FIRST: Final = 12
"""Rows on the page of all kinds."""
ROWS: Final = 50
"""Rows on a page of one kind."""
EARLY: Final = ("1.1", "1.2")
"""Announcing and publishing: told apart from the rest in the first sentence."""
POINTS: Final = ("announce", "publish", "complete", "offer_online", "fee", "offline", "pay_online")
LOST: Final = ("announced_late", "published_late")
TIMED: Final = ("announce", "publish")


def _said(view: View, row: dict[str, Any]) -> str:
    """What is the matter with one procedure, in words."""
    lang, told = view.lang, []
    key = f"procwork.why.{row.get('why')}"
    if key in catalogue(lang):
        told.append(say(lang, key, count=view.number(row.get("count", 0))))
    for field, (national, local) in row.get("differs", {}).items():
        both = f"{_value(view, field, national)} → {_value(view, field, local)}"
        told.append(say(lang, "procwork.differs", field=say(lang, f"procwork.field.{field}"), both=both))
    if row.get("decision"):
        told.append(say(lang, "procwork.decision", decision=row["decision"]))
    if row.get("done") and row.get("due"):
        due, done = (formatting.day(row[name]) for name in ("due", "done"))
        told.append(say(lang, "procwork.late", due=due, done=done, days=view.number(row["days_late"])))
    elif row.get("due"):
        told.append(say(lang, "procwork.passed", due=formatting.day(row["due"])))
    return " ".join(told)


def _value(view: View, field: str, value: str) -> str:
    if field == "online":
        return say(view.lang, f"procwork.online.{value}")
    if field == "has_fee":
        return say(view.lang, f"procwork.fee.{value}")
    if field == "limit":
        number, _, unit = value.partition(" ")
        return say(view.lang, f"procwork.limit.{unit}", count=number)
    return value


BEHIND: Final = {
    "paper_only": ("3.3", "missed"),
    "used_online": ("3.3", "n"),
    "never_paid": ("3.6", "missed"),
    "still_received": ("2.1", "d"),
    "not_in_catalogue": ("2.1", "d"),
}
"""Why a procedure is told: the indicator and the part of it whose dossiers show it."""


def _behind(view: View, code: str, row: dict[str, Any]) -> str | None:
    """Where the page leads to from a procedure: its work, the dossiers that show it, or nowhere."""
    if row["what"] in WORK:
        return view.link(f"/units/{code}/todo", what=row["what"], procedure=row["procedure"])
    found = BEHIND.get(row.get("why", "")) if row.get("count") else None
    if found is None:
        return None
    indicator, part = found
    return view.link(f"/units/{code}/dossiers", indicator=indicator, part=part, procedure=row["procedure"])


def _shown(view: View, code: str, row: dict[str, Any]) -> dict[str, Any]:
    left = row.get("days_left")
    return {
        **row,
        "behind": _behind(view, code, row),
        "said": _said(view, row),
        "left": None if left is None else say(
            view.lang,
            "procwork.left.past" if left < 0 else "procwork.left.today" if left == 0 else "procwork.left",
            count=view.number(abs(left)),
        ),
        "hurry": left is not None and left <= 2,
        "by": row.get("by") if row["what"] in TIMED else None,
    }  # fmt: skip


@get("/procedures", sync_to_thread=True, include_in_schema=False)
def procedures_page(request: AnyRequest) -> Response[Any]:
    """The catalogue held against the province's own list, by kind and department."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    query = request.query_params
    code = query.get("unit", "").strip() or folder.settings.home
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    what, department = query.get("what", ""), query.get("department", "").strip()
    if what and what not in WHAT:
        raise AskedWrongError("what", what, "error.asked")
    number = whole(query, "page", 1, 1, 1_000_000)
    question = sight.of_dossiers(view)
    body = ask(
        procedures, folder, code, what=(what,) if what else (), department=department or None,
        limit=per_page(query, ROWS) if what else 0, offset=(number - 1) * ROWS if what else 0, **question,
    )  # fmt: skip
    rows = body["rows"]
    if not what:  # what gains most, and what is due
        _, _, found = ask(found_of, folder, code, question)
        own = (row for row in found.rows if department in ("", row["department"]))
        rows = [row for row in own if formatting.exact(row["points"]) > 0][:FIRST]
    sheet, law = sight.unit_sheet(folder, view, code)
    points = {name: formatting.exact(one["points"]) for name, one in body["lost"]["indicators"].items()}
    here = {"unit": query.get("unit"), "what": what, "department": department}
    text = page(
        "procedures.html",
        view,
        section="units",
        tab="procedures",
        code=code,
        name=unit["name"],
        body=body,
        rows=[_shown(view, code, row) for row in rows],
        column="points" if what in POINTS else "lost" if what in LOST else "",
        timed=what in TIMED,
        what=what,
        department=department,
        page=number,
        size=ROWS,
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        lost=[(row, points[row.id]) for row in sheet.indicators if points.get(row.id)],
        early=sum((points.get(name, Fraction(0)) for name in EARLY), Fraction(0)),
        exact=formatting.exact,
        whole=sheet.lost,
        sources=sources(law, view.lang),
        more=lambda **fields: view.link("/procedures", fields.pop("anchor", ""), **{**here, **fields}),
        json=view.api("/procedures/work", **here),
        **shared(request, view),
    )
    return html(request, text)


@get("/procedures/work", sync_to_thread=True)
def procedures_json(
    request: AnyRequest,
    unit: FromQuery[str | None] = None,
    what: FromQuery[list[str] | None] = None,
    department: FromQuery[str | None] = None,
    limit: FromQuery[int] = PAGE,
    offset: FromQuery[int] = 0,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Procedures as work, most points first, as `chiso procedures --json` prints it.

    `what` may be repeated.
    """
    found = procedures(
        folder_of(request),
        unit or None,
        what=[one for one in what or () if one],
        department=department or None,
        limit=min(max(limit, 0), MOST),
        offset=max(offset, 0),
        **question_of(period, at, as_of, law, source),
    )
    return as_json(found)


router = Router("/", route_handlers=[procedures_page])
api = Router("/api/v1", route_handlers=[procedures_json], tags=["what next"])
