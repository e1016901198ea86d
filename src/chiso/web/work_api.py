"""What next, as JSON: the outlook and the work of the day, in the forms that the commands print."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.insight.asking import last_instant
from chiso.insight.outlook.answer import outlook as outlook_of
from chiso.insight.todo.answer import MOST, PAGE
from chiso.insight.todo.answer import todo as todo_of
from chiso.instants import parse_period, year_of
from chiso.web.api import as_json, folder_of, question_of

AnyRequest = Request[Any, Any, Any]


def _last(text: str | None) -> int | None:
    """The instant up to which something is asked; a plus sign that a query string has eaten is put back."""
    return last_instant(text.replace(" ", "+")) if text else None


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
    end = _last(until)
    if end is None:
        end = (parse_period(period) if period else year_of(asked["at"] or folder.now())).end
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
    limit: FromQuery[int] = PAGE,
    offset: FromQuery[int] = 0,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Today's work of a unit, most points first, as `chiso todo --json` prints it.

    `what` may be repeated.
    """
    found = todo_of(
        folder_of(request),
        unit,
        until=_last(until),
        before=_last(before),
        marked=marked or None,
        what=what or (),
        procedure=procedure or None,
        limit=min(max(limit, 0), MOST),
        offset=max(offset, 0),
        **question_of(period, at, as_of, law, source),
    )
    return as_json(found)


router = Router("/api/v1", route_handlers=[outlook, todo], tags=["what next"])
