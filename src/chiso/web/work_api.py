"""What next, as JSON: the outlook, in the form that the command prints."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.insight.asking import last_instant
from chiso.insight.outlook.answer import outlook as outlook_of
from chiso.instants import parse_period, year_of
from chiso.web.api import as_json, folder_of, question_of

AnyRequest = Request[Any, Any, Any]


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
    if until:
        end = last_instant(until.replace(" ", "+"))
    else:
        end = (parse_period(period) if period else year_of(asked["at"] or folder.now())).end
    return as_json(outlook_of(folder, unit, end, foretell=forecast, **asked))


router = Router("/api/v1", route_handlers=[outlook], tags=["what next"])
