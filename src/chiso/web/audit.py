"""The record of who did what, for auditors: a page with filters, JSON, and files to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Router, get
from litestar.params import FromQuery
from litestar.response import Response, Stream

from chiso.insight.exports.trail import csv_lines, entry_json, json_lines
from chiso.instants import utc_now
from chiso.people.audit import Entry, Wanted
from chiso.web import formatting
from chiso.web.api import as_json, instant_of
from chiso.web.house import House
from chiso.web.messages import say
from chiso.web.pages import asked, html, shared
from chiso.web.render import page
from chiso.web.senders_api import who as acting
from chiso.web.view import AskedWrongError

AnyRequest = Request[Any, Any, Any]
SIZE: Final = 100
MOST: Final = 1_000
FIELDS: Final = ("who", "what", "about", "since", "until")


def _house(request: AnyRequest) -> House:
    house: House = request.app.state.house
    return house


def wanted_of(request: AnyRequest) -> Wanted:
    """The filters of a request."""
    told = {name: request.query_params.get(name, "").strip()[:200] for name in FIELDS}
    since, until = instant_of(told["since"]), instant_of(told["until"])
    return Wanted(told["who"], told["what"], told["about"], since, until)


def _before(request: AnyRequest) -> int | None:
    text = request.query_params.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 16):
        raise AskedWrongError("before", text[:60], "error.asked")
    return int(text) if text else None


def _row(entry: Entry, lang: str) -> dict[str, Any]:
    """An entry as a line of the page."""
    return {
        "number": entry.number,
        "at": formatting.instant(entry.at),
        "who": say(lang, "audit.machine") if entry.who == "!" else entry.who,
        "what": _word(entry.what, lang),
        "word": entry.what,
        "about": entry.about,
        "detail": msgspec.json.encode(entry.detail).decode() if entry.detail else "",
    }


@get("/audit", sync_to_thread=True, include_in_schema=False)
def audit_page(request: AnyRequest) -> Response[Any]:
    """The record, newest first."""
    house, view = _house(request), asked(request)
    audit = house.people.audit
    rows = audit.entries(
        newest_first=True, limit=SIZE + 1, wanted=wanted_of(request), before=_before(request)
    )
    given = {name: request.query_params.get(name, "") for name in FIELDS}
    checked = None
    if "verify" in request.query_params:
        broken = audit.broken()
        newest = audit.entries(newest_first=True, limit=1)
        digest = newest[0].hash.hex() if newest else "–"
        checked = (
            say(view.lang, "audit.whole", hash=digest)
            if broken is None
            else say(view.lang, "audit.broken", number=broken)
        )
    text = page(
        "audit.html",
        view,
        section="audit",
        rows=[_row(one, view.lang) for one in rows[:SIZE]],
        given=given,
        words=[(one, _word(one, view.lang)) for one in audit.words()],
        checked=checked,
        older=_link("/audit", given | {"before": str(rows[SIZE - 1].number)}) if len(rows) > SIZE else "",
        csv=_link("/audit.csv", given),
        lines=_link("/audit.jsonl", given),
        json=_link("/api/v1/audit", given),
        **shared(request, view),
    )
    return html(request, text)


def _link(path: str, given: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{query}" if query else path


def _word(what: str, lang: str) -> str:
    try:
        return say(lang, f"audit.what.{what}")
    except KeyError:
        return what


@get("/api/v1/audit", sync_to_thread=True, tags=["audit"])
def audit_json(
    request: AnyRequest,
    who: FromQuery[str] = "",
    what: FromQuery[str] = "",
    about: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    before: FromQuery[str] = "",
    limit: FromQuery[int] = SIZE,
) -> Response[bytes]:
    """The record, newest first; `before` is the number of an entry to go on from, `limit` at most 1000."""
    del who, what, about, since, until, before
    audit = _house(request).people.audit
    found = audit.entries(
        newest_first=True,
        limit=min(max(limit, 1), MOST),
        wanted=wanted_of(request),
        before=_before(request),
    )
    return as_json({"rows": [entry_json(one) for one in found]})


def _file(request: AnyRequest, lines: Iterator[str], name: str, media: str) -> Stream:
    house = _house(request)
    house.people.audit.note(utc_now(), acting(request), "audit_exported", name)
    return Stream(
        lines,
        media_type=media,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@get("/audit.csv", sync_to_thread=True, include_in_schema=False)
def audit_csv(request: AnyRequest) -> Stream:
    """The entries that the filters want, for a spreadsheet; that it was taken is an entry too."""
    lines = csv_lines(_house(request).people.audit.walk(wanted_of(request)))
    return _file(request, lines, "nhat-ky.csv", "text/csv; charset=utf-8")


@get("/audit.jsonl", sync_to_thread=True, include_in_schema=False)
def audit_lines(request: AnyRequest) -> Stream:
    """The same, an entry a line with the chain's hashes."""
    lines = json_lines(_house(request).people.audit.walk(wanted_of(request)))
    return _file(request, lines, "nhat-ky.jsonl", "application/x-ndjson")


router = Router("/", route_handlers=[audit_page, audit_json, audit_csv, audit_lines])
