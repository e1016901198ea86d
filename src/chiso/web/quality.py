"""Data quality in points: the page of a unit, the lists behind it, and both as JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.folder.answers import QuestionFields
from chiso.folder.drill import MOST
from chiso.insight.quality import answer
from chiso.insight.quality.signs import patterns
from chiso.insight.quality.undoing import MEANINGS
from chiso.web import sight
from chiso.web.api import as_json, question_of
from chiso.web.lists import PAGE, mistake_words, page_number
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page, sources
from chiso.web.sight import ask
from chiso.web.view import AskedWrongError, View, per_page

AnyRequest = Request[Any, Any, Any]

FEW: Final = 12
"""Senders shown at first."""


def _question(view: View) -> QuestionFields:
    """A view's question; mistakes are always those of what is known now."""
    return {**view.question(), "as_of": None, "source": None}


def _names(folder: Any, view: View) -> Any:
    """A sender's name; files have the key by which their list is asked for."""
    named = sight.sender_names(folder, view.lang)
    return lambda sender: {"name": named(sender), "key": sender or answer.FILES}


def said(body: dict[str, Any], view: View) -> list[str]:
    """The sentences that the page begins with."""
    lang = view.lang
    worths = [Fraction(row["points"]) for row in body["mistakes"] if row["kind"] == "points"]
    adds, takes = (sum((one for one in worths if (one > 0) == up), Fraction(0)) for up in (True, False))
    if not any(worths):
        return [say(lang, "quality.said.nothing" if body["mistakes"] else "quality.said.none")]
    key = "quality.said.both" if adds and takes else "quality.said.adds" if adds else "quality.said.takes"
    told = [say(lang, key, adds=view.number(adds, 4), takes=view.number(-takes, 4))]
    together = body["together"]
    without = Fraction(together["without"])
    told.append(say(lang, "quality.said.without", without=view.number(without, 4)))
    return told


@get("/units/{code:str}/quality", sync_to_thread=True, include_in_schema=False)
def quality_page(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """What mistakes of senders add to a unit's score or take from it, and patterns beside it."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    body = ask(answer.quality, folder, code, **_question(view))
    law = folder.law_of(view.asked_period, body["law"])
    named, lang = _names(folder, view), view.lang
    rows = [
        {
            "most": False,
            "indicators": {},
            **row,
            "words": mistake_words(row["mistake"], lang),
            "why": row[f"why_{lang}"],
            "points": Fraction(row.get("points", "0")),
            "senders": [
                {**one, **named(one["sender"]), "points": Fraction(one.get("points", "0"))}
                for one in row["senders"]
            ],
        }
        for row in body["mistakes"]
    ]
    signs = [
        {
            **row,
            "name": row[f"name_{lang}"],
            "words": row[f"words_{lang}"],
            "senders": [{**one, **named(one["sender"])} for one in row["senders"]],
        }
        for row in body["signs"]
    ]
    widest = max((abs(row["points"]) for row in rows), default=Fraction(0))
    text = page(
        "quality.html",
        view,
        section="units",
        tab="quality",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        body=body,
        said=said(body, view),
        total=Fraction(body["exact"]),
        without=Fraction(body["together"]["without"]),
        by=-Fraction(body["together"]["points"]),
        rows=[row for row in rows if row["kind"] == "points"],
        nothing=[row for row in rows if row["kind"] == "nothing"],
        cannot=[row for row in rows if row["kind"] == "cannot"],
        widest=widest,
        senders=[
            {**row, **named(row["sender"]), "points": Fraction(row["points"])} for row in body["senders"]
        ],
        signs=signs,
        few=10_000 if request.query_params.get("all") else FEW,
        names={name: one.names[lang] for name, one in law.indicators.items()},
        known_then=view.as_of is not None,
        home=folder.settings.home,
        listed=lambda **fields: view.link(f"/units/{code}/quality/dossiers", **fields),
        sources=sources(law, lang),
        json=view.api(f"/units/{code}/quality", as_of=None, source=None),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}/quality/dossiers", sync_to_thread=True, include_in_schema=False)
def dossiers_page(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The dossiers of one mistake or one pattern."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    query = request.query_params
    what, sender = query.get("what", "").strip().lower(), query.get("sender") or None
    if what not in answer.NAMES and what not in patterns():
        raise AskedWrongError("what", what, "error.asked")
    number = page_number(request)
    found = ask(
        answer.dossiers, folder, code, what, sender=sender,
        limit=per_page(request.query_params, PAGE), offset=(number - 1) * PAGE,
        **_question(view),
    )  # fmt: skip
    named = _names(folder, view)
    pattern = patterns().get(what)
    here = {"what": what, "sender": sender}
    text = page(
        "quality_list.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        trail=[
            *sight.trail(folder, view, unit),
            (unit["name"], view.link(f"/units/{code}")),
            (say(view.lang, "quality.title"), view.link(f"/units/{code}/quality")),
        ],
        heading=mistake_words(what, view.lang) if pattern is None else pattern.names[view.lang],
        why=(MEANINGS[answer.NAMES[what]] if pattern is None else pattern).words[view.lang],
        is_sign=pattern is not None,
        sender=sender,
        sender_name=named("" if sender == answer.FILES else sender or "")["name"],
        found=found,
        rows=[{**row, **named(row["sender"])} for row in found["rows"]],
        page=number,
        size=PAGE,
        more=lambda **fields: view.link(view.path, "", **{**here, **fields}),
        json=view.api(
            f"/units/{code}/quality/dossiers", **here, limit=PAGE, offset=(number - 1) * PAGE or None,
            as_of=None, source=None,
        ),
        **shared(request, view),
    )  # fmt: skip
    return html(request, text)


@get("/units/{unit:str}/quality", sync_to_thread=True)
def quality_json(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
) -> Response[bytes]:
    """What mistakes of senders add to a unit's score or take from it, as `chiso quality --json`."""
    question = question_of(period, at, None, law)
    return as_json(answer.quality(folder_of(request), unit, **question))


@get("/units/{unit:str}/quality/dossiers", sync_to_thread=True)
def dossiers_json(
    request: AnyRequest,
    unit: FromPath[str],
    what: FromQuery[str],
    sender: FromQuery[str | None] = None,
    limit: FromQuery[int] = PAGE,
    offset: FromQuery[int] = 0,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The dossiers of a mistake or a pattern, as `chiso quality --list --json` prints them."""
    question = question_of(period, at, None, law)
    found = answer.dossiers(
        folder_of(request), unit, what, sender=sender or None, limit=min(max(limit, 0), MOST),
        offset=max(offset, 0), **question,
    )  # fmt: skip
    return as_json(found)


router = Router("/", route_handlers=[quality_page, dossiers_page])
api = Router("/api/v1", route_handlers=[quality_json, dossiers_json], tags=["questions"])
