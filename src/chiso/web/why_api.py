"""Where points are lost and why scores change, as JSON: what the commands print."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response

from chiso.insight.explain import answer as explain_answer
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


@get("/units/{unit:str}/explain", sync_to_thread=True)
def explain(
    request: AnyRequest,
    unit: FromPath[str],
    first: Annotated[str, QueryParameter(name="from")],
    last: Annotated[str, QueryParameter(name="to")],
    law: FromQuery[str | None] = None,
    to_law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Why a unit's total changed between two periods or instants, as `chiso explain --json` prints it."""
    told = explain_answer(
        folder_of(request), unit, _plus(first), _plus(last), law or None, to_law or None, source or None
    )
    return as_json(told)


def _plus(text: str) -> str:
    """A plus sign that the query string has eaten is put back."""
    return text.strip().replace(" ", "+")


router = Router("/api/v1", route_handlers=[lost, explain], tags=["questions"])
