"""Answers as JSON: the same forms as the commands print."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from litestar import Request, Router, get
from litestar.exceptions import NotAuthorizedException
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.commands.recounting import packed
from chiso.folder import DataFolder, QuestionError
from chiso.folder.answers import QuestionFields
from chiso.instants import parse_instant
from chiso.web.house import House

AnyRequest = Request[Any, Any, Any]


def folder_of(request: AnyRequest) -> DataFolder:
    """The data folder that the application serves."""
    house: House = request.app.state.house
    return house.folder


def instant_of(text: str | None) -> int | None:
    """The instant of a query field; a plus sign that a query string has eaten is put back."""
    return parse_instant(text.replace(" ", "+")) if text else None


def question_of(
    period: str | None, at: str | None, as_of: str | None, law: str | None, source: str | None = None
) -> QuestionFields:
    """The query fields of a question as keyword arguments of the folder's questions."""
    asked: QuestionFields = {
        "period": period or None,
        "at": instant_of(at),
        "as_of": instant_of(as_of),
        "law": law or None,
    }
    if source:
        asked["source"] = source
    return asked


def as_json(body: object) -> Response[bytes]:
    """An answer as JSON."""
    return Response(
        msgspec.json.encode(body),
        media_type="application/json",
        headers={"Cache-Control": "no-cache"},
    )


class NotJsonError(QuestionError):
    """A body that does not say that it is JSON."""


async def body_of(request: Request[Any, Any, Any]) -> bytes:
    """What a program sends in the body, which has to be JSON and to say so (RFC 9110, 15.5.16).

    Senders' addresses do not ask this: their clients send JSON under many names.
    """
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/json":
        raise NotJsonError(
            "Thân yêu cầu phải là JSON: đặt Content-Type: application/json rồi gửi lại.",
            "the body has to be JSON: Content-Type: application/json",
        )
    return body


@get("/units", sync_to_thread=True)
def units(request: AnyRequest, at: FromQuery[str | None] = None) -> Response[bytes]:
    """All units in force at an instant."""
    return as_json({"rows": folder_of(request).units(instant_of(at))})


@get("/units/{unit:str}/score", sync_to_thread=True)
def score(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """A unit's index, as `chiso score --json` prints it."""
    return as_json(folder_of(request).score(unit, **question_of(period, at, as_of, law, source)))


@get("/units/{unit:str}/history", sync_to_thread=True)
def history(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The year's points of a unit, a sample a day, each as known and judged then; or as published."""
    return as_json(folder_of(request).history(unit, period or None, instant_of(until), source or None))


@get("/units/{unit:str}/procedures", sync_to_thread=True)
def procedures(
    request: AnyRequest,
    unit: FromPath[str],
    indicator: FromQuery[str] = "2.1",
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
) -> Response[bytes]:
    """An indicator of a unit, procedure by procedure."""
    return as_json(folder_of(request).procedures(unit, indicator, **question_of(period, at, as_of, law)))


@get("/units/{unit:str}/dossiers", sync_to_thread=True)
def dossiers(
    request: AnyRequest,
    unit: FromPath[str],
    indicator: FromQuery[str] = "2.1",
    part: FromQuery[str] = "d",
    procedure: FromQuery[str | None] = None,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> Response[bytes]:
    """The dossiers behind a number: `n`, `d`, `missed` or `open` ones."""
    found = folder_of(request).dossiers(
        unit,
        indicator,
        part,
        procedure,
        min(max(limit, 0), 1000),
        max(offset, 0),
        **question_of(period, at, as_of, law),
    )
    return as_json(found)


@get("/dossiers/{code:str}", sync_to_thread=True)
def dossier(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """One dossier: its life, what it counts in, its versions."""
    return as_json(folder_of(request).dossier(code))


@get("/rank", sync_to_thread=True)
def rank(
    request: AnyRequest,
    among: FromQuery[str | None] = None,
    under: FromQuery[str | None] = None,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """A league, as `chiso rank --json` prints it."""
    folder = folder_of(request)
    return as_json(folder.rank(among, under, **question_of(period, at, as_of, law, source)))


@get("/arrivals", sync_to_thread=True)
def arrivals(request: AnyRequest) -> Response[bytes]:
    """What arrives, from whom, how late, with which mistakes."""
    return as_json(folder_of(request).arrivals())


@get("/quarantine", sync_to_thread=True)
def quarantine(
    request: AnyRequest, limit: FromQuery[int] = 50, offset: FromQuery[int] = 0
) -> Response[bytes]:
    """What was refused and waits to be mended: place, field and reason, never the piece itself."""
    return as_json(folder_of(request).quarantine(limit=min(max(limit, 0), 500), offset=max(offset, 0)))


@get("/standing", sync_to_thread=True)
def standing(request: AnyRequest) -> Response[bytes]:
    """The standing counts themselves, for ``chiso recount`` of the folder's owner (Authorization: Bearer)."""
    house: House = request.app.state.house
    told = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(told.encode(), house.token.encode()):
        raise NotAuthorizedException("only the owner of the data folder may ask")
    with house.folder.lock:
        return as_json(packed(house.folder.standing, house.folder.version))


router = Router(
    "/api/v1",
    route_handlers=[
        units,
        score,
        history,
        procedures,
        dossiers,
        dossier,
        rank,
        arrivals,
        quarantine,
        standing,
    ],
    tags=["questions"],
)
