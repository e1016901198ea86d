"""The pages that list: units, leagues, dossiers, one dossier, what arrives; and how it is computed."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from litestar import Request, Router, get
from litestar.response import Response

from chiso.instants import BadInstantError
from chiso.law.loader import default_law, law_ids, load
from chiso.law.model import LawError
from chiso.text import collation_key, fold
from chiso.web import formatting
from chiso.web.messages import catalogue, say
from chiso.web.pages import (
    LEAGUES,
    NotHereError,
    ask,
    asked,
    folder_of,
    html,
    league,
    redirected,
    shared,
    trail,
    unit_of,
    unit_sheet,
)
from chiso.web.render import page, sources
from chiso.web.view import AskedWrongError, View, whole

PAGE: Final = 50
"""Rows on one page of a list."""
KINDS: Final = ("province", "department", "district", "commune", "other")
PARTS: Final = ("n", "d", "missed", "open")


def _page_number(request: Request[Any, Any, Any]) -> int:
    return whole(request.query_params, "page", 1, 1, 1_000_000)


@get("/units", sync_to_thread=True, include_in_schema=False)
def units(request: Request[Any, Any, Any]) -> Response[Any]:
    """All units, found by name without accents or by code."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    wanted = request.query_params.get("q", "").strip()[:200]
    folded = fold(wanted)
    rows = [{**one, "folded": f"{fold(one['name'])} {one['code'].lower()}"} for one in folder.units(view.at)]
    found = [one for one in rows if all(part in one["folded"] for part in folded.split())]
    for one in found:
        one["kind"] = one["kind"] if one["kind"] in KINDS else "other"
    found.sort(key=lambda one: (KINDS.index(one["kind"]), collation_key(one["name"])))
    kinds = [(kind, list(group)) for kind, group in groupby(found, key=lambda one: one["kind"])]
    home = folder.settings.home
    kinds.sort(key=lambda pair: KINDS.index(pair[0]))
    # The home province's own units first, the nation's provinces last.
    ours = [(kind, [one for one in group if one["code"].split(".")[0] == home]) for kind, group in kinds]
    others = [one for kind, group in kinds for one in group if one["code"].split(".")[0] != home]
    shown = [(kind, group) for kind, group in ours if group]
    if others:
        shown.append(("province" if all(one["kind"] == "province" for one in others) else "other", others))
    text = page(
        "units.html",
        view,
        section="units",
        kinds=shown,
        count=len(found),
        q=wanted,
        leagues=LEAGUES,
        json=view.api("/units"),
        **shared(request, view),
    )
    return html(request, text)


@get("/rank", sync_to_thread=True, include_in_schema=False)
def rank(request: Request[Any, Any, Any]) -> Response[Any]:
    """A league with places, points and movement."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    among = request.query_params.get("among") or "communes"
    if among not in LEAGUES.values():
        raise AskedWrongError("among", among, "error.asked")
    kinds = {one["kind"] for one in folder.units(view.at)}
    leagues = [name for kind, name in LEAGUES.items() if kind in kinds]
    under = request.query_params.get("under") or (None if among == "provinces" else folder.settings.home)
    law = folder.law_of(view.asked_period, view.law or None)
    rows = league(folder, view, law, among, under)
    raw = None
    if rows:
        question = {name: value for name, value in view.question().items() if name != "law"}
        raw = folder.rank(among=among, under=under, **question)
    text = page(
        "rank.html",
        view,
        section="rank",
        among=among,
        leagues=leagues,
        rows=rows,
        raw_rank=raw,
        line=(raw or {}).get("line"),
        mixed=len({row.get("source") for row in rows}) > 1,
        json=view.api("/rank", among=among, under=under),
        more=lambda **fields: view.link("/rank", among=among, under=under, **fields),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}/dossiers", sync_to_thread=True, include_in_schema=False)
def dossiers(request: Request[Any, Any, Any], code: str) -> Response[Any]:
    """The dossiers behind a number."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = unit_of(folder, view, code)
    code = unit["code"]
    query = request.query_params
    indicator, part, procedure = query.get("indicator", "2.1"), query.get("part", "missed"), query.get("procedure") or None
    if part not in PARTS:
        raise AskedWrongError("part", part, "error.asked")
    sheet, law = unit_sheet(folder, view, code)
    row = next((one for one in sheet.indicators if one.id == indicator), None)
    if row is None:
        raise NotHereError(indicator)
    number = _page_number(request)
    question = {name: value for name, value in view.question().items() if name != "source"}
    found = ask(
        folder.dossiers, code, indicator, part=part, procedure=procedure, limit=PAGE, offset=(number - 1) * PAGE, **question
    )
    here = {"indicator": indicator, "part": part, "procedure": procedure, "page": number if number > 1 else None}
    text = page(
        "dossiers.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        row=row,
        part=part,
        procedure=procedure,
        found=found,
        page=number,
        size=PAGE,
        trail=[
            *trail(folder, view, unit),
            (unit["name"], view.link(f"/units/{code}")),
            (f"{row.id} {row.name}", view.link(f"/units/{code}/indicators/{row.id}")),
        ],
        sources=sources(law, view.lang),
        more=lambda **fields: view.link(view.path, **{**here, **fields}),
        json=view.api(f"/units/{code}/dossiers", **here),
        **shared(request, view),
    )
    return html(request, text)


MOMENTS: Final = (
    ("received", "received_at"),
    ("requested", "requested_at"),
    ("completed", "completed_at"),
    ("second", "second_requested_at"),
    ("due", "due_at"),
    ("dissatisfied", "dissatisfied_at"),
    ("stored", "stored_at"),
    ("ended", "ended_at"),
)


def _life(told: dict[str, Any], view: View) -> list[dict[str, Any]]:
    """A dossier's dated facts and steps in order; those still ahead are marked."""
    lang = view.lang
    facts: list[dict[str, Any]] = []
    for key, name in MOMENTS:
        at = formatting.as_instant(told.get(name))
        if at is not None:
            facts.append({"at": at, "words": say(lang, f"dossier.life.{key}"), "key": key, "small": ""})
    for step in told.get("steps") or []:
        at = formatting.as_instant(step["at"])
        if at is not None:
            facts.append({"at": at, "words": _state(lang, step["state"]), "key": "step", "small": step.get("officer") or ""})
    ended = formatting.as_instant(told.get("ended_at"))
    for fact in facts:
        late = fact["key"] == "ended" and not told.get("on_time")
        late = late or (fact["key"] == "due" and ended is None and fact["at"] < view.judged_at)
        fact["kind"] = "ahead" if fact["at"] > view.judged_at else "late" if late else "done"
    facts.sort(key=lambda fact: fact["at"])
    return facts


def _state(lang: str, state: object) -> str:
    key = f"state.{state}"
    return say(lang, key if key in catalogue(lang) else "state.0")


@get("/dossiers/{code:str}", sync_to_thread=True, include_in_schema=False)
def dossier(request: Request[Any, Any, Any], code: str) -> Response[Any]:
    """One dossier: its life, its versions as known, the counts it enters."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    question = {name: value for name, value in view.question().items() if name != "source"}
    told = ask(folder.dossier, code, **question)
    if told is None:
        raise NotHereError(code)
    law = folder.law_of(view.asked_period, view.law or None)
    lang = view.lang
    details = []
    if told.get("channel"):
        details.append((say(lang, "dossier.channel"), say(lang, f"dossier.channel.{told['channel']}")))
    if told.get("sender"):
        details.append((say(lang, "dossier.sender"), told["sender"]))
    if told.get("mistakes"):
        details.append((say(lang, "dossier.mistakes"), "; ".join(mistake_words(one, lang) for one in told["mistakes"])))
    known = {one["code"]: one for one in folder.units(view.at)}
    unit = known.get(told.get("unit") or "")
    way = [(say(lang, "nav.units"), view.link("/units"))]
    if unit is not None:
        way = [*trail(folder, view, unit), (unit["name"], view.link(f"/units/{unit['code']}"))]
    text = page(
        "dossier.html",
        view,
        section="units",
        dossier={"versions": [], "counts": [], "desk": "", "desk_name": "", **told},
        details=details,
        life=_life(told, view),
        trail=way,
        state_name=lambda state: _state(lang, state),
        yes_no=lambda flag: say(lang, "answer.yes" if flag else "answer.no"),
        indicator_name=lambda key: law.indicators[key].names[lang] if key in law.indicators else "",
        json=view.api(f"/dossiers/{code}"),
        **shared(request, view),
    )
    return html(request, text)


def mistake_words(mistake: str, lang: str) -> str:
    """A sender's mistake in words; its own name where the catalogue has none."""
    key = f"mistake.{mistake.lower()}"
    return say(lang, key) if key in catalogue(lang) else mistake


@get("/data", sync_to_thread=True, include_in_schema=False)
def data(request: Request[Any, Any, Any]) -> Response[Any]:
    """What arrives, from whom, how late, what is refused."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    common = shared(request, view)
    told = common["fresh"]["told"]
    number = _page_number(request)
    size = 25
    refused = folder.quarantine(limit=size, offset=(number - 1) * size)
    senders = []
    for one in told["senders"]:
        newest = formatting.as_instant(one.get("newest"))
        gap = None if newest is None else view.now - newest
        senders.append(
            {**one, "name": one["sender"] or say(view.lang, "data.files"), "quiet": gap if gap and gap > 86_400 else None}
        )
    senders.sort(key=lambda one: (-(one["read"] or 0), one["name"]))
    sums = {
        key: sum(one.get(key) or 0 for one in senders)
        for key in ("read", "new", "changed", "same", "flagged", "refused")
    }
    mistakes = [{**one, "words": mistake_words(str(one["mistake"]), view.lang)} for one in told["mistakes"]]
    mistakes.sort(key=lambda one: (-one["count"], one["words"]))
    rows = [
        {
            "words": one.get("message_en" if view.lang == "en" else "message_vi") or one.get("reason"),
            "sender": one.get("sender", ""),
            "code": one.get("code", ""),
            "place": one.get("place", ""),
            "field": one.get("field", ""),
            "value": one.get("value", ""),
            "at": one.get("arrived_at") or one.get("at"),
        }
        for one in refused["rows"]
    ]
    text = page(
        "data.html",
        view,
        section="data",
        senders=senders,
        sums=sums,
        mistakes=mistakes,
        quarantine={"total": refused["total"], "rows": rows},
        page=number,
        size=size,
        more=lambda **fields: view.link("/data", anchor="quarantine", **fields),
        json=view.api("/arrivals"),
        **common,
    )
    return html(request, text)


@get("/help", sync_to_thread=True, include_in_schema=False)
def help_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """How it is computed: every indicator with its rule, its maximum and where that is written."""
    if moved := redirected(request):
        return moved
    view = asked(request)
    first = view.asked_period.first_day
    try:
        law = load(view.law or default_law(first)).at(first)
    except (LawError, LookupError, BadInstantError) as error:
        raise AskedWrongError("law", view.law, "error.asked") from error
    laws = []
    for identity in law_ids():
        try:
            laws.append({"id": identity, "names": load(identity).at(first).names})
        except (LawError, LookupError):
            continue
    text = page(
        "help.html",
        view,
        section="help",
        law=law,
        laws=laws,
        sources=sources(law, view.lang),
        json="",
        **shared(request, view),
    )
    return html(request, text)


router = Router("/", route_handlers=[units, rank, dossiers, dossier, data, help_page])
