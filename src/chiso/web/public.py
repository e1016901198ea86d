"""The pages for everybody: scores of all units, what they are made of, how they are computed, open data.

No sign-in, no cookies, no script; nothing of persons and no dossiers.  A page is the same for all who ask, so
that it is made once for thousands of readers (``keep.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from litestar import Request, Router, get
from litestar.exceptions import NotFoundException, ServiceUnavailableException
from litestar.params import FromPath
from litestar.response import Response
from litestar.response.base import ASGIResponse

from chiso.folder import DataFolder
from chiso.folder.league import place_of
from chiso.instants import Period, day_of, parse_period
from chiso.text import fold
from chiso.web import leagues, lines, open_data, sight
from chiso.web.formatting import as_instant
from chiso.web.keep import BusyError, Keep, Kept, Made, headers_of, matches, takes_gzip
from chiso.web.messages import say
from chiso.web.pages import error_words
from chiso.web.render import page, period_choices, sources
from chiso.web.sight import NotHereError
from chiso.web.view import LANGUAGES, AskedWrongError, View, whole

ORDER: Final = ("communes", "departments", "districts", "provinces")
"""Leagues as the public sees them; the first of which there are units is shown first."""
EMBEDDED: Final = 300
"""Rows of an embedded table at most."""
LONGEST: Final = 80
"""Signs of a search."""
HOUR: Final = 3600

AnyRequest = Request[Any, Any, Any]


class Door:
    """How the public looks at one data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.keep = Keep(folder.settings.public_keep, self._mark)

    def _mark(self) -> tuple[int, int, int | None]:
        return self.folder.journal, self.folder.standing.changes, self.shown_at()

    def shown_at(self) -> int | None:
        """The instant of what is published, where that lies back: a full hour."""
        lag = self.folder.settings.public_lag
        return None if lag == 0 else (self.folder.now() - lag * HOUR) // HOUR * HOUR

    def view(self, request: AnyRequest) -> View:
        """What a reader asks: a period of those offered, and a language; neither is remembered."""
        then = self.shown_at()
        lang = request.query_params.get("lang", "")
        view = View(
            path=request.url.path,
            now=self.folder.now(),
            at=then,
            as_of=then,
            lang=lang if lang in LANGUAGES else "vi",
        )
        label = request.query_params.get("period", "").strip()
        if not label:
            return view
        if label not in {one.label for _, some in self.periods(view) for one in some}:
            raise AskedWrongError("period", label[:40], "error.period")
        return View(
            path=view.path, now=view.now, period=parse_period(label), at=then, as_of=then, lang=view.lang
        )

    def periods(self, view: View) -> list[tuple[str, list[Period]]]:
        """Years, halves, quarters and months that can be asked for, and no others: each costs a count."""
        years = sight.years(self.folder, view)
        found = dict(period_choices(view.looked_at, parse_period(str(_year(view))), years))
        for year in sorted(years - {_year(view)}, reverse=True):
            for kind, some in period_choices(view.looked_at, parse_period(str(year)), ()):
                if kind != "year":
                    found[kind] = [*found.get(kind, []), *some]
        return list(found.items())


def _year(view: View) -> int:
    return day_of(view.looked_at).year


def door_of(request: AnyRequest) -> Door:
    """The door of the application; as if there were none where the operator has closed it."""
    door: Door = request.app.state.public
    if not door.folder.settings.public:
        raise NotFoundException("there is no public page here")
    return door


def linker(view: View) -> Callable[..., str]:
    """Addresses among the public pages: they carry the period and the language, as cookies do elsewhere."""

    def link(path: str = "", anchor: str = "", **fields: object) -> str:
        query = {
            "period": "" if view.period is None else view.period.label,
            "lang": "" if view.lang == "vi" else view.lang,
            **fields,
        }
        kept = {name: str(value) for name, value in query.items() if value not in (None, "")}
        address = quote("/public" + path, safe="/.:~-_") + (f"?{urlencode(kept)}" if kept else "")
        return f"{address}#{anchor}" if anchor else address

    return link


def shared(door: Door, view: View, tab: str) -> dict[str, Any]:
    """What all public pages show in head and foot."""
    link = linker(view)
    other = "en" if view.lang == "vi" else "vi"
    licence, address = open_data.licence_of(door.folder)
    return {
        "pub": link,
        "tab": tab,
        "home": door.folder.registry.units.home.name,
        "switch": lambda **fields: link(
            view.path.removeprefix("/public"), **{**fields, "lang": "" if other == "vi" else other}
        ),
        "other": other,
        "choices": door.periods(view),
        "lag": door.folder.settings.public_lag,
        "licence": licence,
        "licence_address": address,
        "target": door.folder.settings.target,
        "loading": door.folder.loading_progress() is not None,
        "embedding": bool(door.folder.settings.public_embed.strip()),
    }


async def given(request: AnyRequest, key: tuple[Any, ...], make: Callable[[], Made]) -> Response[bytes]:
    """A kept answer, or that it has not changed since the reader was given it."""
    door = door_of(request)
    try:
        kept: Kept = await door.keep.get(key, make)
    except BusyError as error:
        raise ServiceUnavailableException("too many at once", headers={"Retry-After": "5"}) from error
    headers = headers_of(kept, door.folder.settings.public_keep)
    if matches(request.headers.get("if-none-match", ""), kept.tag):
        return Response(b"", status_code=304, headers=headers, media_type=kept.made.media_type)
    body = kept.made.body
    if kept.packed is not None and takes_gzip(request.headers.get("accept-encoding", "")):
        body = kept.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=kept.made.media_type)


def _html(text: str) -> Made:
    return Made(text.encode(), "text/html; charset=utf-8")


def _key(request: AnyRequest, view: View, *more: object) -> tuple[Any, ...]:
    period = None if view.period is None else view.period.label
    return (request.url.path, view.lang, period, *more)


def held(folder: DataFolder, view: View) -> list[str]:
    """The leagues of which there are units, as the public sees them in order."""
    known = leagues.leagues_in_force(folder, view)
    return [one for one in ORDER if one in known]


def _asked_among(request: AnyRequest) -> str:
    """The league that is asked for; empty for the first."""
    among = request.query_params.get("among", "")
    if among and among not in ORDER:
        raise AskedWrongError("among", among[:40], "error.asked")
    return among


def _among(asked: str, offered: list[str]) -> str:
    if asked and asked not in offered:
        raise AskedWrongError("among", asked, "error.asked")
    return asked or offered[0]


def rows_of(folder: DataFolder, view: View, among: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """A league as it was answered, and its rows as they are shown."""
    law = sight.law_asked(folder, view)
    raw = sight.league_json(folder, view, among, None if among == "provinces" else folder.settings.home)
    rows = sight.league(raw, law, view.lang)
    for row in rows:
        row["month"] = (row.get("points_change") or {}).get("month")
        row["folded"] = f"{fold(row['name'])} {row['unit'].lower()}"
    return raw, rows


@get("/", include_in_schema=False)
async def scores(request: AnyRequest) -> Response[bytes]:
    """The scores of all units of a league."""
    door = door_of(request)
    folder, view = door.folder, door.view(request)
    league = _asked_among(request)
    wanted = " ".join(request.query_params.get("q", "").split())[:LONGEST]

    def made() -> Made:
        offered = held(folder, view)
        among = _among(league, offered)
        law = sight.law_asked(folder, view)
        raw, rows = rows_of(folder, view, among)
        parts = fold(wanted).split()
        shown = [row for row in rows if all(part in row["folded"] for part in parts)]
        text = page(
            "public.html",
            view,
            **shared(door, view, "scores"),
            sheet=_home_sheet(folder, view),
            place=_place(folder, view),
            law=law,
            among=among,
            offered=offered,
            raw_rank=raw,
            count=len(rows),
            rows=shown,
            mixed=len({row["source"] for row in rows}) > 1,
            q=wanted,
        )
        return _html(text)

    return await given(request, _key(request, view, league, wanted), made)


def _home_sheet(folder: DataFolder, view: View) -> Any:
    """The score of the home province; ``None`` where nothing is known of it yet."""
    try:
        return sight.unit_sheet(folder, view, folder.settings.home)[0]
    except sight.NothingYetError:
        return None


def _place(folder: DataFolder, view: View) -> dict[str, Any] | None:
    return place_of(sight.league_json(folder, view, "provinces", None), folder.settings.home)


@get("/units/{code:str}", include_in_schema=False)
async def unit(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """A unit: its course, its groups and indicators, and how each is computed."""
    door = door_of(request)
    folder, view = door.folder, door.view(request)
    one = sight.unit_of(folder, view, code[:40])
    among = sight.LEAGUES.get(one["kind"])
    if among is None:
        raise NotHereError(code[:40])

    def made() -> Made:
        sheet, law = sight.unit_sheet(folder, view, one["code"])
        under = None if among == "provinces" else folder.settings.home
        text = page(
            "public_unit.html",
            view,
            **shared(door, view, "scores"),
            code=one["code"],
            name=one["name"],
            among=among,
            sheet=sheet,
            place=place_of(sight.league_json(folder, view, among, under), one["code"]),
            draw=lambda kind: _course(sheet, view, folder.settings.target, kind),
            sources=sources(law, view.lang),
        )
        return _html(text)

    return await given(request, _key(request, view), made)


def _course(sheet: Any, view: View, target: int, kind: str) -> Any:
    """The total of every day as a line."""
    days = [(at, total) for day, total in sheet.days if (at := as_instant(day)) is not None]
    wide = kind == "wide"
    axis = lines.points_axis(
        [total for _, total in days], target, say(view.lang, "target.name", target=target)
    )
    own = lines.Line("", tuple(total for _, total in days), "own", view.points(sheet.total))
    return lines.draw(
        [lines.Panel(tuple(at for at, _ in days), (own,))],
        axis,
        width=720 if wide else 350,
        height=260 if wide else 240,
        kind=kind,
        lang=view.lang,
    )


@get("/how", include_in_schema=False)
async def how(request: AnyRequest) -> Response[bytes]:
    """How it is computed."""
    door = door_of(request)
    view = door.view(request)
    law = sight.law_asked(door.folder, view)

    def made() -> Made:
        told = sources(law, view.lang)
        return _html(page("public_how.html", view, **shared(door, view, "how"), law=law, sources=told))

    return await given(request, _key(request, view, law.version), made)


@get("/data", include_in_schema=False)
async def data(request: AnyRequest) -> Response[bytes]:
    """The open data: what there is, under which licence, how to embed the table."""
    door = door_of(request)
    view = door.view(request)
    base = door.folder.settings.address.rstrip("/") or str(request.base_url).rstrip("/")

    def made() -> Made:
        text = page(
            "public_data.html",
            view,
            **shared(door, view, "data"),
            sets=open_data.SETS,
            base=base,
            offered=held(door.folder, view),
        )
        return _html(text)

    return await given(request, _key(request, view, base), made)


@get("/data/{name:str}", include_in_schema=False)
async def data_file(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """One set of the open data as CSV or JSON; any site's pages may read it."""
    door = door_of(request)
    folder, view = door.folder, door.view(request)
    stem, _, form = name.partition(".")
    if stem not in open_data.SETS or form not in open_data.FORMS:
        raise NotFoundException("there is no such set of open data")
    code = request.query_params.get("unit", "") or folder.settings.home
    if stem == "history":
        code = sight.unit_of(folder, view, code[:40])["code"]

    def made() -> Made:
        body, media_type = open_data.made(folder, view, stem, form, code)
        headers = {"Access-Control-Allow-Origin": "*", "X-Robots-Tag": "noindex"}
        if form == "csv":
            headers["Content-Disposition"] = f'attachment; filename="{stem}-{view.asked_period.label}.csv"'
        return Made(body, media_type, headers)

    return await given(request, _key(request, view, code if stem == "history" else ""), made)


class Unframed(Response[bytes]):
    """An answer that the sites chosen by the operator may show in a frame."""

    def __init__(self, other: Response[bytes], sites: str) -> None:
        super().__init__(
            other.content,
            status_code=other.status_code or 200,
            media_type=other.media_type,
            headers=dict(other.headers),
        )
        self.sites = sites

    def to_asgi_response(self, *arguments: Any, **named: Any) -> ASGIResponse:
        given: Mapping[str, str] = named.get("headers") or {}
        others = {name: value for name, value in given.items() if name.lower() != "x-frame-options"}
        policy = others.get("Content-Security-Policy", "")
        others["Content-Security-Policy"] = policy.replace(
            "frame-ancestors 'none'", f"frame-ancestors {self.sites or chr(39) + 'none' + chr(39)}"
        )
        named["headers"] = others
        return super().to_asgi_response(*arguments, **named)


@get("/embed", include_in_schema=False)
async def embed(request: AnyRequest) -> Response[bytes]:
    """The table alone, for other sites' pages."""
    door = door_of(request)
    folder, view = door.folder, door.view(request)
    league = _asked_among(request)
    most = whole(request.query_params, "rows", EMBEDDED, 1, EMBEDDED)
    sites = folder.settings.public_embed.strip()
    if not sites:
        raise NotFoundException("embedding is off")

    def made() -> Made:
        among = _among(league, held(folder, view))
        raw, rows = rows_of(folder, view, among)
        text = page(
            "public_embed.html",
            view,
            **shared(door, view, "embed"),
            among=among,
            raw_rank=raw,
            rows=rows[:most],
            count=len(rows),
        )
        return _html(text)

    return Unframed(await given(request, _key(request, view, league, most), made), sites)


def error_page(request: AnyRequest, error: Exception) -> Response[str] | None:
    """What went wrong, among the public pages; ``None`` for other addresses."""
    door: Door = request.app.state.public
    if not request.url.path.startswith("/public") or not door.folder.settings.public:
        return None
    lang = request.query_params.get("lang", "")
    view = View(path="/public", now=door.folder.now(), lang=lang if lang in LANGUAGES else "vi")
    told = error_words(error, view.lang)
    text = page("public_error.html", view, **shared(door, view, ""), **told)
    headers = {"Cache-Control": "no-store"}
    if told["status"] == 503:
        headers["Retry-After"] = "5"
    return Response(text, status_code=told["status"], media_type="text/html", headers=headers)


router = Router("/public", route_handlers=[scores, unit, how, data, data_file, embed])
