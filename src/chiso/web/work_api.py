"""What next, as JSON: the outlook and the work of the day, in the forms that the commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.insight.asking import last_instant
from chiso.insight.outlook.answer import outlook as outlook_of
from chiso.insight.plan.answer import plan as plan_of
from chiso.insight.plan.answer import what_if as what_if_of
from chiso.insight.plan.asked import hours_of, shares_of
from chiso.insight.todo.answer import MOST, PAGE
from chiso.insight.todo.answer import todo as todo_of
from chiso.instants import parse_period, year_of
from chiso.web.api import as_json, folder_of, question_of
from chiso.web.rights import only_officers_own

if TYPE_CHECKING:
    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder

AnyRequest = Request[Any, Any, Any]


def _last(text: str | None) -> int | None:
    """The instant up to which something is asked; a plus sign that a query string has eaten is put back."""
    return last_instant(text.replace(" ", "+")) if text else None


def _end(folder: DataFolder, told: str | None, period: str | None, asked: QuestionFields) -> int:
    """The instant up to which something is asked, else the end of the period."""
    end = _last(told)
    if end is None:
        end = (parse_period(period) if period else year_of(asked["at"] or folder.now())).end
    return end


@get("/units/{unit:str}/outlook", sync_to_thread=True)
def outlook(
    request: AnyRequest,
    unit: FromPath[str],
    until: FromQuery[str | None] = None,
    forecast: FromQuery[bool] = True,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """A unit's score at every coming instant if nobody acts, up to `until` or the end of the period.

    As `chiso outlook --json` prints it.
    """
    folder = folder_of(request)
    asked = question_of(period, at, as_of, law, source)
    end = _end(folder, until, period, asked)
    return as_json(outlook_of(folder, unit, end, foretell=forecast, **asked))


@get("/units/{unit:str}/todo", sync_to_thread=True)
def todo(
    request: AnyRequest,
    unit: FromPath[str],
    what: FromQuery[list[str] | None] = None,
    procedure: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
    before: FromQuery[str | None] = None,
    marked: FromQuery[str | None] = None,
    group: FromQuery[str | None] = None,
    officer: FromQuery[str | None] = None,
    limit: FromQuery[int] = PAGE,
    offset: FromQuery[int] = 0,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Today's work of a unit, most points first, as `chiso todo --json` prints it.

    `what` may be repeated; `group` is `procedure` or `officer`.  Names of officers are told to people of the
    unit who have signed in.
    """
    folder = folder_of(request)
    named = only_officers_own(request, folder, unit, officer, group if group == "officer" else None)
    found = todo_of(
        folder,
        unit,
        until=_last(until),
        before=_last(before),
        marked=marked or None,
        what=what or (),
        procedure=procedure or None,
        group=group or None,
        officer=officer or None,
        named=named,
        limit=min(max(limit, 0), MOST),
        offset=max(offset, 0),
        **question_of(period, at, as_of, law, source),
    )
    return as_json(found)


@get("/units/{unit:str}/plan", sync_to_thread=True)
def plan(
    request: AnyRequest,
    unit: FromPath[str],
    target: FromQuery[str],
    by: FromQuery[str | None] = None,
    inflow: FromQuery[bool] = False,
    hours: FromQuery[str | None] = None,
    spread: FromQuery[str] = "few",
    limit: FromQuery[int | None] = None,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The least work that brings a unit to `target` `by` a day, or the end of the period.

    As `chiso plan --json` prints it.
    """
    folder = folder_of(request)
    asked = question_of(period, at, as_of, law, source)
    found = plan_of(
        folder,
        unit,
        target,
        _end(folder, by, period, asked),
        inflow=inflow,
        hours=hours_of(hours or ""),
        spread=spread,
        limit=None if limit is None else max(limit, 0),
        **asked,
    )
    return as_json(found)


@get("/units/{unit:str}/what-if", sync_to_thread=True)
def what_if(
    request: AnyRequest,
    unit: FromPath[str],
    shares: FromQuery[str | None] = None,
    by: FromQuery[str | None] = None,
    inflow: FromQuery[bool] = False,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """A unit's total, band and rank once so many percent of each kind of work are done.

    `shares` as `due=100,digitise=50`.
    """
    folder = folder_of(request)
    asked = question_of(period, at, as_of, law, source)
    end = _end(folder, by, period, asked)
    return as_json(what_if_of(folder, unit, end, shares_of(shares or ""), inflow=inflow, **asked))


router = Router("/api/v1", route_handlers=[outlook, todo, plan, what_if], tags=["what next"])
