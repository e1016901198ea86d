"""Refused input in administration: what looks alike, corrected in bulk; single pieces, by hand."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.administration import refused
from chiso.administration.refused import Correction
from chiso.folder import QuestionError
from chiso.instants import utc_now
from chiso.web import sight
from chiso.web.admin import hand_of, shown
from chiso.web.directing import AnyRequest, Given, form_of, house_of
from chiso.web.pages import asked, folder_of, redirected

GROUP: Final = ("reason", "field", "sender", "kind")
SAMPLE: Final = 20
LARGEST_SHOWN: Final = 200_000
"""Bytes of a piece that a page shows and takes."""


@get("/admin/refused", sync_to_thread=True, include_in_schema=False)
def refused_page(request: AnyRequest) -> Response[Any]:
    """What was refused and waits, by reason, field and sender."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    folder, view = folder_of(request), asked(request)
    name = sight.sender_names(folder, view.lang)
    rows = [
        {
            **one,
            "sender_name": name(one["sender"]),
            "words": _words(one["newest"], view.lang),
            "link": f"/admin/refused/alike?{urlencode({key: one[key] for key in GROUP})}",
            "values": one["values"].most_common(3),
        }
        for one in refused.groups(folder)
    ]
    done = request.query_params.get("done", "")
    return shown(
        request, "admin_refused.html", "refused", rows=rows, total=sum(one["count"] for one in rows),
        number=int(done) if done.isdecimal() and len(done) < 9 else None,
    )  # fmt: skip


def _words(one: Any, lang: str) -> str:
    return str(one.message_en if lang == "en" else one.message_vi)


def _group(fields: Any) -> dict[str, str]:
    return {key: str(fields.get(key, ""))[:300] for key in GROUP}


@get("/admin/refused/alike", sync_to_thread=True, include_in_schema=False)
def alike_page(request: AnyRequest) -> Response[Any]:
    """The pieces of one group; with ``show`` what a correction would make of them."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    group = _group(request.query_params)
    given = Given({name: request.query_params.get(name, "")[:500] for name in ("do", "value", "only")})
    if "show" not in request.query_params:
        return _alike(request, group, given)
    pieces = _pieces(request, group)
    return _alike(
        request, group, given, trial=refused.tried(folder_of(request), pieces, _correction(group, given))
    )


def _pieces(request: AnyRequest, group: dict[str, str]) -> list[Any]:
    return refused.alike(folder_of(request), group["reason"], group["field"], group["sender"], group["kind"])


def _correction(group: dict[str, str], given: Given) -> Correction:
    if given["do"] != "set":
        return Correction()
    return Correction(group["field"], given["value"], given["only"] or None)


def _alike(request: AnyRequest, group: dict[str, str], given: Given, **values: Any) -> Response[Any]:
    folder, view = folder_of(request), asked(request)
    pieces = _pieces(request, group)
    counts: dict[str, int] = {}
    for one in pieces:
        counts[one.value] = counts.get(one.value, 0) + 1
    return shown(
        request,
        "admin_alike.html",
        "refused",
        group=group,
        given=given,
        pieces=pieces[:SAMPLE],
        count=len(pieces),
        at_most=refused.AT_ONCE,
        counts=sorted(counts.items(), key=lambda pair: -pair[1])[:12],
        sender_name=sight.sender_names(folder, view.lang)(group["sender"]),
        words=_words(pieces[0], view.lang) if pieces else "",
        **{"trial": None, **values},
    )


@post("/admin/refused/alike", include_in_schema=False)
async def correct_alike(request: AnyRequest) -> Response[Any]:
    """Takes the pieces of a group in as corrected, or puts them aside."""
    fields, _ = await form_of(request)
    group, given = _group(fields), Given(fields)

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        pieces = _pieces(request, group)
        if given["do"] == "aside":
            count = refused.put_aside(folder, pieces, hand)
        else:
            trial = refused.taken_in(folder, pieces, _correction(group, given), hand)
            if trial.accepted < len(pieces):
                return _alike(request, group, given, trial=trial, did=True)
            count = trial.accepted
        return Redirect(f"/admin/refused?done={count}", status_code=303)

    return await asyncio.to_thread(work)


@get("/admin/refused/{number:int}", sync_to_thread=True, include_in_schema=False)
def piece_page(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
    """One piece as it came, to be put right by hand.  Who looked is noted: it may hold personal data."""
    if moved := redirected(request):
        return moved
    hand = hand_of(request)
    folder = folder_of(request)
    one = refused.open_piece(folder, number)
    raw = folder.ledger.quarantine.raw(number)
    house_of(request).people.audit.note(utc_now(), hand.who, "refused_seen", str(number), code=one.code)
    return _piece(request, one, _readable(raw))


def _readable(raw: bytes) -> str | None:
    """A piece as text, laid out; ``None`` where it is too large or no text."""
    if len(raw) > LARGEST_SHOWN:
        return None
    try:
        return msgspec.json.format(raw, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _piece(
    request: AnyRequest, one: Any, text: str | None, error: QuestionError | None = None
) -> Response[Any]:
    folder, view = folder_of(request), asked(request)
    return shown(
        request,
        "admin_piece.html",
        "refused",
        error=error,
        one=one,
        text=text,
        words=_words(one, view.lang),
        sender_name=sight.sender_names(folder, view.lang)(one.sender),
    )


@post("/admin/refused/{number:int}", include_in_schema=False)
async def put_right(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
    """Takes a piece in as it was written anew, or puts it aside."""
    form = await request.form()
    text, do = str(form.get("text", ""))[: LARGEST_SHOWN + 1], str(form.get("do", ""))

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        one = refused.open_piece(folder, number)
        if do == "aside":
            refused.put_aside(folder, [one], hand)
            return Redirect("/admin/refused?done=1", status_code=303)
        try:
            if len(text) > LARGEST_SHOWN:
                raise QuestionError("Đoạn này quá dài.", "this is too long", wrong=True)
            refused.put_right(folder, number, text, hand)
        except QuestionError as error:
            return _piece(request, one, text, error)
        return Redirect("/admin/refused?done=1", status_code=303)

    return await asyncio.to_thread(work)


router = Router("/", route_handlers=[refused_page, alike_page, correct_alike, piece_page, put_right])
