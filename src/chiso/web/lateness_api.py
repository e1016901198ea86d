"""Late work or late data, as JSON: what the command prints."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response

from chiso.insight import lateness as insight
from chiso.web.api import AnyRequest, as_json, folder_of, question_of


@get("/units/{unit:str}/lateness", sync_to_thread=True)
def lateness(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """A unit's overdue dossiers by class, and what late and wrong data cost, as `chiso lateness --json`."""
    asked = question_of(period, at, as_of, law, source)
    return as_json(insight.lateness(folder_of(request), unit, **asked))


@get("/units/{unit:str}/lateness/dossiers", sync_to_thread=True)
def dossiers(
    request: AnyRequest,
    unit: FromPath[str],
    kind: Annotated[str | None, QueryParameter(name="class")] = None,
    indicator: FromQuery[str] = "2.1",
    mistake: FromQuery[str | None] = None,
    sender: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The dossiers behind it, as `chiso lateness --list --json` prints them."""
    found = insight.dossiers(
        folder_of(request),
        unit,
        kind or None,
        indicator=indicator,
        mistake=mistake or None,
        sender=sender or None,
        limit=min(max(limit, 0), 1000),
        offset=max(offset, 0),
        **question_of(period, at, as_of, law, source),
    )
    return as_json(found)


router = Router("/api/v1", route_handlers=[lateness, dossiers], tags=["questions"])
