"""Leagues over time as JSON: races, published history, peers."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.folder import courses, league
from chiso.web.api import as_json, folder_of, instant_of, question_of

AnyRequest = Request[Any, Any, Any]


@get("/rank/race", sync_to_thread=True)
def race(
    request: AnyRequest,
    among: FromQuery[str | None] = None,
    under: FromQuery[str | None] = None,
    period: FromQuery[str | None] = None,
    since: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Totals and ranks of a league over time; where the measure or the league changed, a break is told."""
    folder = folder_of(request)
    return as_json(
        courses.race(folder, among, under, period, instant_of(since), instant_of(until), source or None)
    )


@get("/units/{unit:str}/published", sync_to_thread=True)
def published(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    since: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
) -> Response[bytes]:
    """What the portal published of a unit at every captured instant, a series a measure."""
    folder = folder_of(request)
    return as_json(
        courses.published_history(folder, unit, instant_of(since), instant_of(until), period or None)
    )


@get("/units/{unit:str}/peers", sync_to_thread=True)
def peers(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Units of the same kind with the nearest volumes of dossiers."""
    return as_json(league.peers(folder_of(request), unit, **question_of(period, at, as_of, law, source)))


router = Router("/api/v1", route_handlers=[race, published, peers], tags=["leagues"])
