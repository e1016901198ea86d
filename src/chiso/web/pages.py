"""The pages of a unit: the leader's overview, the unit, its indicators; and what all pages share."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Router, get
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException, ServiceUnavailableException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.folder import DataFolder, QuestionError
from chiso.instants import BadInstantError
from chiso.law.model import LawError
from chiso.ledger.database import LedgerBusyError
from chiso.people.rights import Right
from chiso.web import sight
from chiso.web.best import best_today
from chiso.web.exporting import as_file, exporter
from chiso.web.messages import say
from chiso.web.render import page, period_choices, sources
from chiso.web.rights import person_of
from chiso.web.sight import LEAGUES, NotHereError, NothingYetError, ask
from chiso.web.view import FORMATS, LANGUAGES, THEMES, AskedWrongError, View

YEAR_OF_COOKIES: Final = 365 * 86_400
ENDS: Final = 5
"""Units shown from each end of a league on the overview."""
LONG_LEAGUE: Final = 30
"""A longer league is shown by its ends on a unit's page; the whole of it has its own page."""


def folder_of(request: Request[Any, Any, Any]) -> DataFolder:
    """The data folder that the application serves."""
    folder: DataFolder = request.app.state.folder
    return folder


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


def html(request: Request[Any, Any, Any], text: str, status: int = 200) -> Response[Any]:
    """A page as an answer, or its tables as a file; a language that was asked for is remembered."""
    form = request.query_params.get("format", "")
    if form in FORMATS and status == 200 and request.method == "GET":
        return as_file(request, text, form, folder_of(request).now())
    lang = request.query_params.get("lang")
    cookies = []
    if lang in LANGUAGES:
        secure = request.url.scheme == "https" or folder_of(request).settings.https
        kept = Cookie(
            "lang", value=lang, max_age=YEAR_OF_COOKIES, samesite="lax", httponly=True, secure=secure
        )
        cookies.append(kept)
    return Response(text, status_code=status, media_type="text/html", cookies=cookies)


def shared(request: Request[Any, Any, Any], view: View) -> dict[str, Any]:
    """What every page shows in head and foot."""
    folder = folder_of(request)
    return {
        "taken_as": exporter(request),
        "public": folder.settings.public,
        "person": (person := person_of(request)),
        "administers": person is not None and bool(person.units_of(Right.ADMINISTER)),
        "fresh": sight.freshness(folder, view),
        "loading": folder.loading_progress(),
        "ailing": request.app.state.house.trouble,
        "target": folder.settings.target,
        "choices": period_choices(view.now, view.asked_period, sight.years(folder, view)),
    }


@get("/", sync_to_thread=True, include_in_schema=False)
def overview(request: Request[Any, Any, Any]) -> Response[Any]:
    """The page of the leader."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    code = folder.settings.home
    sheet, law = sight.unit_sheet(folder, view, code)
    unit = sight.unit_of(folder, view, code)
    rows = sight.league(sight.league_json(folder, view, "communes", code), law, view.lang)
    loading = folder.loading_progress()
    shown = {
        "title": say(view.lang, "among.communes"),
        "link": view.link("/rank", among="communes"),
        "count": len(rows),
        "best": rows if len(rows) <= 2 * ENDS else rows[:ENDS],
        "worst": [] if len(rows) <= 2 * ENDS else rows[-ENDS:],
    }
    text = page(
        "overview.html",
        view,
        section="overview",
        code=code,
        name=unit["name"],
        sheet=sheet,
        raw=sheet.raw,
        rank=sight.place(folder, view, unit),
        league=shown,
        due=None if loading else sight.due_next(request.app.state.lookout, view, code),
        best=None if loading else best_today(request.app.state.best, view, code),
        sources=sources(law, view.lang),
        json=view.api(f"/units/{code}/score"),
        stream=sight.stream_of(view, code),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}", sync_to_thread=True, include_in_schema=False)
def unit_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """A unit: its score, all indicators, its children ranked."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    sheet, law = sight.unit_sheet(folder, view, code)
    kinds = {one["kind"] for one in folder.units(view.judged_at) if one.get("parent") == code}
    leagues = []
    for kind, among in LEAGUES.items():
        if kind not in kinds:
            continue
        rows = sight.league(sight.league_json(folder, view, among, code), law, view.lang)
        cut = LONG_LEAGUE // 3 if len(rows) > LONG_LEAGUE else len(rows)
        leagues.append(
            {
                "among": among,
                "title": say(view.lang, f"among.{among}"),
                "rows": rows[:cut],
                "last": rows[-cut:] if cut < len(rows) else [],
                "count": len(rows),
                "link": view.link("/rank", among=among, under=code),
            }
        )
    text = page(
        "unit.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        sheet=sheet,
        raw=sheet.raw,
        trail=sight.trail(folder, view, unit),
        rank=sight.place(folder, view, unit),
        leagues=leagues,
        sources=sources(law, view.lang),
        json=view.api(f"/units/{code}/score"),
        stream=sight.stream_of(view, code),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}/indicators/{indicator:str}", sync_to_thread=True, include_in_schema=False)
def indicator_page(
    request: Request[Any, Any, Any], code: FromPath[str], indicator: FromPath[str]
) -> Response[Any]:
    """One indicator of a unit: rule, numbers put in, the procedures behind it."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    sheet, law = sight.unit_sheet(folder, view, code)
    row = next((one for one in sheet.indicators if one.id == indicator), None)
    if row is None:
        raise NotHereError(indicator)
    procedures: list[dict[str, Any]] = []
    if row.of_procedures and not sheet.published:
        procedures = ask(folder.procedures, code, indicator, **sight.of_dossiers(view))["rows"]
    text = page(
        "indicator.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        sheet=sheet,
        row=row,
        raw=sheet.raw,
        trail=[
            *sight.trail(folder, view, unit),
            (unit["name"], view.link(f"/units/{code}", anchor=f"i-{row.id}")),
        ],
        procedures=procedures,
        shown=len(procedures) if request.query_params.get("all") else 50,
        sources=sources(law, view.lang),
        json=view.api(f"/units/{code}/procedures", indicator=row.id),
        stream=sight.stream_of(view, code),
        **shared(request, view),
    )
    return html(request, text)


def error_words(error: Exception, lang: str) -> dict[str, Any]:
    """What went wrong, what stood there and what to do, in a reader's language, with the status."""
    field = value = ""
    if isinstance(error, QuestionError) and error.empty:
        error = NothingYetError(error.message_vi, error.message_en)
    elif isinstance(error, QuestionError) and not error.unknown:
        error = AskedWrongError("", "", "error.asked", (error.message_vi, error.message_en))
    elif isinstance(error, BadInstantError | LawError):
        error = AskedWrongError("", str(error), "error.asked")
    if isinstance(error, NothingYetError):
        status, heading, stem = 200, "error.nothing", "error.nothing"
        what = error.words[lang == "en"]
    elif isinstance(error, AskedWrongError):
        status, heading, stem, field, value = 400, "error.400", error.key, error.field, error.value
        what = error.words[lang == "en"] if error.words else say(lang, stem)
    else:
        status = 404 if isinstance(error, NotHereError | QuestionError) else 500
        if isinstance(error, LedgerBusyError):
            status = 503
        if isinstance(error, HTTPException):
            status = 404 if error.status_code == 405 else error.status_code
        if isinstance(error, NotHereError | QuestionError):
            heading = stem = "error.unit"
            value = str(error)
        elif status == 403:
            heading = stem = "error.403"
        elif status == 404:
            heading = stem = "error.404"
        elif status < 500:
            heading, stem = "error.400", "error.asked"
        elif isinstance(error, ServiceUnavailableException):
            heading = stem = "error.busy"
        elif status == 503:
            heading = stem = "error.503"
        else:
            heading = stem = "error.500"
        what = say(lang, stem if stem == "error.asked" else f"{stem}.what")
    return {
        "heading": say(lang, heading),
        "status": status,
        "what": what,
        "todo": say(lang, f"{stem}.todo"),
        "field": field,
        "value": value,
    }


def error_page(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """What went wrong, as a page."""
    theme = request.cookies.get("theme", "")
    view = View(
        path="/",
        now=folder_of(request).now(),
        lang=_language(request),
        theme=theme if theme in THEMES else "auto",
    )
    told = error_words(error, view.lang)
    return Response(page("error.html", view, **told), status_code=told["status"], media_type="text/html")


def _language(request: Request[Any, Any, Any]) -> str:
    lang = request.query_params.get("lang") or request.cookies.get("lang", "vi")
    return lang if lang in LANGUAGES else "vi"


router = Router("/", route_handlers=[overview, unit_page, indicator_page])
