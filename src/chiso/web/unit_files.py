"""A unit's figures as files, its report on one page, and the message of the week."""

from __future__ import annotations

import re
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.folder import DataFolder
from chiso.insight.exports import scores
from chiso.insight.exports.weekly import LONGEST, SHORTEST, THRESHOLDS, weekly
from chiso.instants import day_of
from chiso.web import pdf, sight
from chiso.web.api import as_json, question_of
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import LEAGUES, ask
from chiso.web.view import AskedWrongError, View, whole

ENDS: Final = 6
"""Units of each end of a league on the report."""
LOSSES: Final = 6
MOST_SIGNS: Final = 10_000

AnyRequest = Request[Any, Any, Any]


def _scores(request: AnyRequest, code: str, form: scores.Form) -> Response[Any]:
    folder, view = folder_of(request), asked(request)
    code = sight.unit_of(folder, view, code)["code"]
    below = request.query_params.get("below", "") not in ("", "0")
    found = ask(scores.gather, folder, code, below=below, **view.question())
    lang = "en" if request.query_params.get("separator") == "comma" else "vi"
    name = scores.file_name(found, form, below=below)
    return Response(
        scores.made(found, form, lang=lang),
        media_type=scores.FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@get("/units/{code:str}/scores.xlsx", sync_to_thread=True, include_in_schema=False)
def scores_xlsx(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The points of a unit, a sheet a group; with ``below=1`` of all units below it too."""
    return _scores(request, code, "xlsx")


@get("/units/{code:str}/scores.csv", sync_to_thread=True, include_in_schema=False)
def scores_csv(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The same as CSV."""
    return _scores(request, code, "csv")


@get("/units/{code:str}/scores.parquet", sync_to_thread=True, include_in_schema=False)
def scores_parquet(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The same as Parquet."""
    return _scores(request, code, "parquet")


def _brief(request: AnyRequest, code: str) -> tuple[str, str]:
    """The report as HTML, and the unit's code."""
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    sheet, law = sight.unit_sheet(folder, view, code)
    loading = folder.loading_progress()
    common = shared(request, view)
    text = page(
        "brief.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        sheet=sheet,
        raw=sheet.raw,
        rank=sight.place(folder, view, unit),
        losses=sheet.losses[:LOSSES],
        leagues=_leagues(folder, view, code, law),
        due=None if loading else sight.due_next(request.app.state.lookout, view, code),
        can_pdf=pdf.program() is not None,
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        json=view.api(f"/units/{code}/score"),
        **common,
    )
    return text, code


def _leagues(folder: DataFolder, view: View, code: str, law: Any) -> list[dict[str, Any]]:
    """Of every kind of unit below: how many, the best and the worst."""
    kinds = {one["kind"] for one in folder.units(view.judged_at) if one.get("parent") == code}
    found = []
    for kind, among in LEAGUES.items():
        if kind not in kinds:
            continue
        rows = sight.league(sight.league_json(folder, view, among, code), law, view.lang)
        if rows:
            few = len(rows) <= 2 * ENDS
            found.append(
                {
                    "title": say(view.lang, f"among.{among}"),
                    "count": len(rows),
                    "best": rows if few else rows[:ENDS],
                    "worst": [] if few else rows[-ENDS:],
                }
            )
    return found


@get("/units/{code:str}/brief", sync_to_thread=True, include_in_schema=False)
def brief(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The leader's report on one page, for printing."""
    if moved := redirected(request):
        return moved
    return html(request, _brief(request, code)[0])


@get("/units/{code:str}/brief.pdf", sync_to_thread=True, include_in_schema=False)
def brief_pdf(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The same as PDF, where the server has a Chromium."""
    text, code = _brief(request, code)
    body = ask(pdf.as_pdf, text)
    name = f"bao-cao-{code.replace(':', '-')}-{day_of(folder_of(request).now()):%Y%m%d}.pdf"
    return Response(
        body,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _thresholds(text: str) -> tuple[int, ...]:
    """80, 90 and the like; others are refused."""
    if not text.strip():
        return THRESHOLDS
    if not re.fullmatch(r"\s*\d{1,3}(\s*[,; ]\s*\d{1,3}){0,4}\s*", text, re.ASCII):
        raise AskedWrongError("under", text[:40], "message.wrong")
    return tuple(int(one) for one in re.findall(r"\d+", text))


@get("/units/{code:str}/message", sync_to_thread=True, include_in_schema=False)
def message(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The message of the week about the units below one, to be copied."""
    if moved := redirected(request):
        return moved
    folder, view, query = folder_of(request), asked(request), request.query_params
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    limit = whole(query, "limit", LONGEST, SHORTEST, MOST_SIGNS)
    thresholds = _thresholds(query.get("under", ""))
    body = ask(weekly, folder, code, thresholds=thresholds, limit=limit, lang=view.lang, **view.question())
    text = page(
        "message.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        body=body,
        limit=limit,
        under=", ".join(map(str, body["thresholds"])),
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        json=view.api(f"/units/{code}/message", under=query.get("under"), limit=query.get("limit")),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{unit:str}/message", sync_to_thread=True)
def message_json(
    request: AnyRequest,
    unit: FromPath[str],
    under: FromQuery[str | None] = None,
    limit: FromQuery[int] = LONGEST,
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The message of the week, as `chiso message --json` prints it; `under` is 80,90 and the like."""
    question = question_of(period, at, as_of, law, source)
    most = min(max(limit, SHORTEST), MOST_SIGNS)
    return as_json(
        weekly(folder_of(request), unit, thresholds=_thresholds(under or ""), limit=most, **question)
    )


router = Router("/", route_handlers=[scores_xlsx, scores_csv, scores_parquet, brief, brief_pdf, message])
api = Router("/api/v1", route_handlers=[message_json], tags=["units"])
