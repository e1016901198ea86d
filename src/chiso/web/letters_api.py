"""Letters as JSON: the register, one with where its figures came from, whether it worked, and making them."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.folder import QuestionError
from chiso.steering.letters import sources
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.effect import effect
from chiso.steering.letters.register import as_json as entry_json
from chiso.steering.letters.register import document_of, entry_of, facts_of, numbered
from chiso.web.api import as_json, body_of, folder_of, instant_of
from chiso.web.directing import hand_of
from chiso.web.letter_forms import Fields
from chiso.web.letters import DOCX, attached, file_name, made_and_entered, note

AnyRequest = Request[Any, Any, Any]


@get("/letters", sync_to_thread=True)
def letters(request: AnyRequest, unit: FromQuery[str | None] = None) -> Response[bytes]:
    """The register, the newest first; `unit`: only letters with its figures or to it."""
    folder = folder_of(request)
    return as_json({"letters": [entry_json(folder, one) for one in folder.ledger.letters.list(unit or None)]})


@get("/letters/{number:int}", sync_to_thread=True)
def letter(request: AnyRequest, number: FromPath[int]) -> Response[bytes]:
    """A letter with every figure and its origin, and the layout rules that it breaks."""
    folder = folder_of(request)
    entry = entry_of(folder, number)
    facts = facts_of(folder, entry)
    broken = check(document_of(folder, entry))
    return as_json(
        {
            **entry_json(folder, entry),
            "figures": sources.as_json(facts),
            "notes": list(facts.notes),
            "broken": [{"rule": one.rule, "place": one.place, "message": one.en} for one in broken],
        }
    )


@get("/letters/{number:int}/effect", sync_to_thread=True)
def worked(
    request: AnyRequest, number: FromPath[int], until: FromQuery[str | None] = None
) -> Response[bytes]:
    """The units addressed before and after, against units that got no letter."""
    folder = folder_of(request)
    entry = entry_of(folder, number)
    return as_json(effect(folder, entry, facts_of(folder, entry), instant_of(until)))


@get("/letters/{number:int}/document.docx", sync_to_thread=True)
def document(request: AnyRequest, number: FromPath[int]) -> Response[bytes]:
    """The document of a letter."""
    folder = folder_of(request)
    entry = entry_of(folder, number)
    return attached(document_of(folder, entry), DOCX, file_name(entry, "docx"))


def _body(raw: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise QuestionError(
            f"Thân yêu cầu không phải JSON: {error}", f"the body is no JSON object: {error}", wrong=True
        ) from error


@post("/letters/new", status_code=201)
async def make(request: AnyRequest) -> Response[bytes]:
    """Makes letters: the options of `chiso letter` as fields; `unit` may be several of kind `unit`."""
    body = _body(await body_of(request))

    def work() -> Response[bytes]:
        entries = made_and_entered(request, Fields.of_json(body), None, anyway=body.get("anyway") is True)
        folder = folder_of(request)
        answer = as_json({"letters": [entry_json(folder, one) for one in entries]})
        answer.status_code = 201
        return answer

    return await asyncio.to_thread(work)


@post("/letters/{number:int}/number", status_code=200)
async def give_number(request: AnyRequest, number: FromPath[int]) -> Response[bytes]:
    """Gives a letter its `number` and `date`."""
    body = _body(await body_of(request))

    def work() -> Response[bytes]:
        folder = folder_of(request)
        hand_of(request)
        told, day = body.get("number"), body.get("date") or ""
        if not (told is None or isinstance(told, int)) or not isinstance(day, str):
            raise QuestionError(
                "number là số nguyên, date là ngày như 2023-03-28.",
                "number is a whole number and date a day as 2023-03-28",
                wrong=True,
            )
        changed = numbered(folder, entry_of(folder, number), told, day)
        note(request, "letter_numbered", changed)
        return as_json(entry_json(folder, changed))

    return await asyncio.to_thread(work)


router = Router(
    "/api/v1", route_handlers=[letters, letter, worked, document, make, give_number], tags=["letters"]
)
