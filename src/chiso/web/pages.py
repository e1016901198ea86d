"""The pages of a unit: the leader's overview, the unit, its indicators; and what all pages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Router, get
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Response

from chiso.instants import BadInstantError, parse_period
from chiso.law.model import LawVersion
from chiso.web import figures, formatting
from chiso.web.messages import say
from chiso.web.render import page, sources
from chiso.web.view import AskedWrongError, View

QUIET_AFTER: Final = 3600
"""Seconds without a message after which the page says so in words."""

LEAGUES: Final = {"province": "provinces", "department": "departments", "district": "districts", "commune": "communes"}
"""Kind of unit → its league."""

YEAR_OF_COOKIES: Final = 365 * 86_400


class NotHereError(LookupError):
    """A unit, an indicator or a dossier that is not known here."""


def folder_of(request: Request[Any, Any, Any]) -> Any:
    """The data folder that the application serves."""
    return request.app.state.folder


def asked(request: Request[Any, Any, Any]) -> View:
    """The view of a request."""
    return View.of(request.url.path, request.query_params, request.cookies, folder_of(request).now())


def redirected(request: Request[Any, Any, Any]) -> Redirect | None:
    """Where the time choosers' plain forms lead: their fields become ``period``, ``at`` and ``as_of``."""
    query = {name: value for name, value in request.query_params.items() if value}
    if "known" in query:
        if query.pop("known") == "then" and "at" in query:
            query["as_of"] = query["at"]
        else:
            query.pop("as_of", None)
    elif "from" in query and "to" in query:
        query["period"] = f"{query.pop('from')}..{query.pop('to')}"
    else:
        return None
    return Redirect(f"{request.url.path}?{urlencode(query)}", status_code=303)


def html(request: Request[Any, Any, Any], text: str, status: int = 200) -> Response[str]:
    """A page as an answer; a language that was asked for is remembered."""
    lang = request.query_params.get("lang")
    cookies = [Cookie("lang", lang, max_age=YEAR_OF_COOKIES, samesite="lax", httponly=True)] if lang in ("vi", "en") else []
    return Response(text, status_code=status, media_type="text/html; charset=utf-8", cookies=cookies)


def freshness(folder: Any, view: View) -> dict[str, Any]:
    """How fresh the data is: the newest message, and in words when nothing has come for longer than usual."""
    arrivals = folder.arrivals()
    newest = formatting.as_instant(arrivals.get("newest"))
    if view.travelling:
        state, words = "past", say(view.lang, "live.past")
    elif newest is None:
        state, words = "quiet", say(view.lang, "live.never")
    elif view.now - newest > QUIET_AFTER:
        same_day = formatting.day(newest) == formatting.day(view.now)
        since = formatting.clock(newest) if same_day else formatting.instant(newest)
        state, words = "quiet", say(view.lang, "live.quiet", since=since)
    else:
        state, words = "on", say(view.lang, "live.words")
    return {"state": state, "words": words, "newest": newest, "loading": arrivals.get("loading"), "told": arrivals}


def shared(request: Request[Any, Any, Any], view: View) -> dict[str, Any]:
    """What every page shows in head and foot."""
    folder = folder_of(request)
    fresh = freshness(folder, view)
    return {"fresh": fresh, "loading": fresh["loading"], "target": folder.settings.target}


def law_of(folder: Any, view: View, raw: Mapping[str, Any]) -> LawVersion:
    """The law that made a score."""
    law: LawVersion = folder.law_of(parse_period(str(raw["period"])), raw["law"])
    return law


def ask(question: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Puts a question to the folder; what it does not know or cannot answer becomes a page that says so."""
    try:
        return question(*arguments, **named)
    except LookupError as error:
        raise NotHereError(str(error)) from error
    except (BadInstantError, ValueError) as error:
        raise AskedWrongError("", str(error), "error.asked") from error


def unit_sheet(folder: Any, view: View, code: str) -> tuple[figures.Sheet, LawVersion]:
    """A unit's score as a sheet with its history."""
    question = view.question()
    raw = ask(folder.score, code, **question)
    law = law_of(folder, view, raw)
    history = ask(folder.history, code, period=question["period"], until=view.judged_at)
    return figures.sheet(raw, law, view.lang, history), law


def league(folder: Any, view: View, law: LawVersion, among: str, under: str | None) -> list[dict[str, Any]]:
    """The rows of a league as pages show them; empty where nothing is ranked."""
    question = {name: value for name, value in view.question().items() if name in ("period", "at", "as_of", "source")}
    try:
        told = folder.rank(among=among, under=under, **question)
    except (LookupError, ValueError):
        return []
    floors = [band.floor for band in law.bands]
    names = {band.names.vi: band.names[view.lang] for band in law.bands}
    rows = []
    for row in told["rows"]:
        total = formatting.exact(row["total"])
        index = sum(total >= formatting.exact(floor) for floor in floors) - 1
        change = row.get("change") or {}
        rows.append(
            {
                **row,
                "band": names.get(row.get("band", ""), row.get("band", "")),
                "band_index": max(0, index),
                "moved": change.get("week"),
                "day": change.get("day"),
            }
        )
    return rows


def place(folder: Any, view: View, law: LawVersion, unit: Mapping[str, Any]) -> dict[str, Any] | None:
    """A unit's place in its league, with the way there."""
    among = LEAGUES.get(unit["kind"])
    if among is None:
        return None
    under = None if among == "provinces" else unit["parent"]
    rows = league(folder, view, law, among, under)
    found = next((row for row in rows if row["unit"] == unit["code"]), None)
    if found is None or len(rows) < 2:
        return None
    return {"rank": found["rank"], "of": len(rows), "link": view.link("/rank", among=among)}


def unit_of(folder: Any, view: View, code: str) -> dict[str, Any]:
    """Code, name, kind and parent of a unit as of the view."""
    code = code.removeprefix("000.00.00.").removeprefix("000.00.01.").upper()
    for one in folder.units(view.at):
        if one["code"] == code:
            return dict(one)
    raise NotHereError(code)


def trail(folder: Any, view: View, unit: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The way from the top down to a unit's parent."""
    known = {one["code"]: one for one in folder.units(view.at)}
    above: list[tuple[str, str]] = []
    code = unit.get("parent") or ""
    while code and code in known and len(above) < 5:
        above.append((known[code]["name"], view.link("/" if not known[code].get("parent") else f"/units/{code}")))
        code = known[code].get("parent") or ""
    return [(say(view.lang, "nav.units"), view.link("/units")), *reversed(above)]


def due_next(folder: Any, view: View, code: str) -> dict[str, Any] | None:
    """Open dossiers that fall due next, soonest first, and what the clock will cost if nobody acts."""
    if view.asked_period.end <= view.now:
        return None
    told = ask(folder.due, code, **{name: value for name, value in view.question().items() if name != "source"})
    lang = view.lang
    open_list = view.link(f"/units/{code}/dossiers", indicator="2.1", part="open")
    rows = []
    if told["overdue"]:
        rows.append(
            {
                "words": say(lang, "due.overdue", count=view.number(told["overdue"])),
                "small": "",
                "value": "",
                "link": view.link(f"/units/{code}/dossiers", indicator="2.1", part="missed"),
            }
        )
    rows += [
        {
            "words": say(lang, "due.row", count=view.number(row["count"]), at=formatting.instant(row["at"])),
            "small": "",
            "value": "",
            "link": open_list,
        }
        for row in told["rows"][:4]
    ]
    warning = ""
    if ahead := told.get("outlook"):
        warning = say(
            lang,
            "due.outlook",
            at=formatting.instant(ahead["at"]),
            count=view.number(ahead["count"]),
            total=view.points(ahead["total"]),
        )
    return {"rows": rows, "total": told["open"], "link": open_list, "warning": warning}


def stream_of(view: View, code: str) -> str:
    """The address of the live stream of a page; empty while the reader looks at another instant."""
    if not view.live:
        return ""
    fields = {"unit": code} | ({"period": view.period.label} if view.period else {})
    return f"/api/v1/stream?{urlencode(fields)}"


@get("/", sync_to_thread=True, include_in_schema=False)
def overview(request: Request[Any, Any, Any]) -> Response[Any]:
    """The page of the leader."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    code = folder.settings.home
    sheet, law = unit_sheet(folder, view, code)
    unit = unit_of(folder, view, code)
    communes = league(folder, view, law, "communes", code)
    ends = 4
    shown = None
    if communes:
        shown = {
            "title": say(view.lang, "among.communes"),
            "link": view.link("/rank", among="communes"),
            "count": len(communes),
            "best": communes if len(communes) <= 2 * ends else communes[:ends],
            "worst": [] if len(communes) <= 2 * ends else communes[-ends:],
        }
    text = page(
        "overview.html",
        view,
        section="overview",
        code=code,
        name=unit["name"],
        sheet=sheet,
        raw=sheet.raw,
        rank=place(folder, view, law, unit),
        league=shown,
        due=due_next(folder, view, code),
        sources=sources(law, view.lang),
        json=view.api(f"/units/{code}/score"),
        stream=stream_of(view, code),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}", sync_to_thread=True, include_in_schema=False)
def unit_page(request: Request[Any, Any, Any], code: str) -> Response[Any]:
    """A unit: its score, all indicators, its children ranked."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = unit_of(folder, view, code)
    code = unit["code"]
    sheet, law = unit_sheet(folder, view, code)
    kinds = {one["kind"] for one in folder.units(view.at) if one.get("parent") == code}
    leagues = [
        {
            "among": among,
            "title": say(view.lang, f"among.{among}"),
            "rows": league(folder, view, law, among, code),
            "link": view.link("/rank", among=among, under=code),
        }
        for kind, among in LEAGUES.items()
        if kind in kinds
    ]
    text = page(
        "unit.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        sheet=sheet,
        raw=sheet.raw,
        trail=trail(folder, view, unit),
        rank=place(folder, view, law, unit),
        leagues=leagues,
        sources=sources(law, view.lang),
        json=view.api(f"/units/{code}/score"),
        stream=stream_of(view, code),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}/indicators/{indicator:str}", sync_to_thread=True, include_in_schema=False)
def indicator_page(request: Request[Any, Any, Any], code: str, indicator: str) -> Response[Any]:
    """One indicator of a unit: rule, numbers put in, the procedures behind it."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = unit_of(folder, view, code)
    code = unit["code"]
    sheet, law = unit_sheet(folder, view, code)
    row = next((one for one in sheet.indicators if one.id == indicator), None)
    if row is None:
        raise NotHereError(indicator)
    procedures: list[dict[str, Any]] = []
    if row.of_procedures and not sheet.published:
        question = {name: value for name, value in view.question().items() if name != "source"}
        procedures = list(ask(folder.procedures, code, indicator, **question))
        procedures.sort(key=lambda one: (-(one["missed"] or 0), -(one["d"] or 0), one["code"]))
    text = page(
        "indicator.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        sheet=sheet,
        row=row,
        raw=sheet.raw,
        trail=[*trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}", anchor=f"i-{row.id}"))],
        procedures=procedures,
        shown=len(procedures) if request.query_params.get("all") else 50,
        sources=sources(law, view.lang),
        json=view.api(f"/units/{code}/procedures", indicator=row.id),
        stream=stream_of(view, code),
        **shared(request, view),
    )
    return html(request, text)


def error_page(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """What went wrong, what stood there and what to do, as a page."""
    view = View(path="/", now=folder_of(request).now(), lang=_language(request), theme=request.cookies.get("theme", "auto"))
    field = value = ""
    if isinstance(error, AskedWrongError):
        status, key, detail, field, value = 400, "error.400", error.key, error.field, error.value
        what, todo = say(view.lang, detail), say(view.lang, f"{detail}.todo")
    elif isinstance(error, NotHereError):
        status, key = 404, "error.unit"
        what, todo = say(view.lang, "error.unit.what"), say(view.lang, "error.unit.todo")
        value = str(error)
    else:
        status = error.status_code if isinstance(error, HTTPException) else 500
        key = "error.404" if status in (404, 405) else "error.400" if status < 500 else "error.500"
        stem = "error.404" if status in (404, 405) else "error.500"
        what = say(view.lang, f"{stem}.what") if status in (404, 405) or status >= 500 else say(view.lang, "error.asked")
        todo = say(view.lang, f"{stem}.todo") if status in (404, 405) or status >= 500 else say(view.lang, "error.asked.todo")
    text = page(
        "error.html",
        view,
        heading=say(view.lang, key),
        status=status,
        what=what,
        todo=todo,
        field=field,
        value=value,
    )
    return Response(text, status_code=status, media_type="text/html; charset=utf-8")


def _language(request: Request[Any, Any, Any]) -> str:
    lang = request.query_params.get("lang") or request.cookies.get("lang", "vi")
    return lang if lang in ("vi", "en") else "vi"


router = Router("/", route_handlers=[overview, unit_page, indicator_page])
