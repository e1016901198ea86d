"""Where points are lost and why scores change, as JSON: what the commands print."""

from __future__ import annotations

from litestar import Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.insight.lost import answer as lost_answer
from chiso.web.api import AnyRequest, as_json, folder_of, question_of


@get("/units/{unit:str}/lost", sync_to_thread=True)
def lost(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The points that a unit lost, row by row, as `chiso lost --json` prints them."""
    return as_json(lost_answer(folder_of(request), unit, **question_of(period, at, as_of, law, source)))


router = Router("/api/v1", route_handlers=[lost], tags=["questions"])
