"""The unit's own page of duties, and where it answers a task."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response

from chiso.folder import DataFolder, QuestionError
from chiso.law.goals import law_on, with_indicators
from chiso.people.rights import Right
from chiso.steering import answers, now, wording
from chiso.steering.entering import find_duty
from chiso.steering.register import Duty
from chiso.steering.reports import LONGEST, MOST_FILES, Figure, answer, prefilled, report_file
from chiso.steering.walk import walk_of
from chiso.text import percent
from chiso.web import formatting, sight, strips
from chiso.web.directing import AnyRequest, Given, form_of, hand_of, may_write, states, told
from chiso.web.forms import form_token
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import NotHereError, ask
from chiso.web.steering import ask_known, attachment
from chiso.web.steering_forms import handled, leads_to
from chiso.web.view import View

AHEAD: Final = 30
"""Days of states drawn before today at least."""


@get("/units/{code:str}/duties", sync_to_thread=True, include_in_schema=False)
def duties(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """What a unit owes: its targets and tasks, by urgency."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    body = ask(answers.unit_duties, folder, code, view.as_of)
    today = f"{formatting.local(view.now if view.as_of is None else view.as_of)[:10]}"
    found = folder.registry.units.find(code, view.now)
    text = page(
        "duties.html",
        view,
        section="units",
        tab="duties",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        body=body,
        ahead=[row for row in body["rows"] if row["by"] >= today],
        past=[row for row in body["rows"] if row["by"] < today],
        drawn={} if view.travelling or found is None else _drawn(folder, body["rows"], found.index),
        state_rows=lambda counts: states(view, counts),
        writes=may_write(request, Right.WORK, code) and not view.travelling,
        json=view.api(f"/units/{code}/duties"),
        **shared(request, view),
    )
    return html(request, text)


def _drawn(folder: DataFolder, rows: list[dict[str, Any]], unit: int) -> dict[str, Any]:
    """A strip of states for each row, as far as the days have been walked."""
    walk = walk_of(folder)
    found = {}
    for row in rows:
        changes = walk.history(row["id"], unit) or walk.history(row["id"], -1)
        if changes:
            first = min(changes[0].at, walk.until - AHEAD * 86_400)
            found[row["id"]] = strips.strip(changes, first, max(walk.until, first + 86_400))
    return found


def _task(request: AnyRequest, code: str, id: str) -> tuple[Duty, dict[str, Any]]:
    """A task that asks a unit for a report, and the unit."""
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    duty = ask_known(view, find_duty, now.register(folder), id, "task")
    mine = [line for line in now.current(folder).of(duty) if line.unit >= 0]
    codes = {folder.registry.units.all[line.unit].code for line in mine} | {duty.record.unit}
    if unit["code"] not in codes:
        raise NotHereError(id)
    return duty, unit


@get("/units/{code:str}/duties/{id:str}", sync_to_thread=True, include_in_schema=False)
def report(request: AnyRequest, code: FromPath[str], id: FromPath[str]) -> Response[Any]:
    """A task of a unit: what it has reported, and the form to report."""
    if moved := redirected(request):
        return moved
    return report_page(request, code, id)


def report_page(
    request: AnyRequest, code: str, id: str, problem: str = "", given: dict[str, str] | None = None
) -> Response[Any]:
    """The form with the figures as the system has them; after a refusal with what was wrong."""
    folder, view = folder_of(request), asked(request)
    duty, unit = _task(request, code, id)
    code = unit["code"]
    known = now.register(folder).answers.get((duty.id, duty.record.unit))
    held = answers.report(folder, duty.id) if known is not None else None
    content = prefilled(folder, code)
    text = page(
        "report.html",
        view,
        section="units",
        tab="duties",
        code=code,
        name=unit["name"],
        trail=[
            *sight.trail(folder, view, unit),
            (unit["name"], view.link(f"/units/{code}")),
            (say(view.lang, "unitnav.duties"), view.link(f"/units/{code}/duties")),
        ],
        duty=answers.duty(folder, duty.id),
        row=duty,
        held=held,
        figures=[_shown(one, duty, view) for one in content.figures],
        figures_at=content.at,
        claims=[_shown_claim(one, duty, view) for one in (held or {}).get("figures", ()) if "claimed" in one],
        problem=problem,
        given=Given(given or {}),
        given_indicators=any(
            name[:7] == "claim:" + name[6:7] and name[6:7].isdigit() for name in given or {}
        ),
        most_files=MOST_FILES,
        longest=LONGEST,
        writes=may_write(request, Right.WORK, code) and not view.travelling,
        token=form_token(request),
        json=view.api(f"/duties/{duty.id}"),
        **shared(request, view),
    )
    return html(request, text, 400 if problem else 200)


def figure_name(key: str, duty: Duty, lang: str) -> str:
    """A figure of a report in words."""
    if key == "total":
        return wording.PLAIN["total"][lang == "en"]
    law = law_on(duty.by)
    if key in law.groups:
        return str(law.groups[key].names[lang])
    indicators = with_indicators(law).indicators
    return f"{key} {indicators[key].names[lang]}" if key in indicators else key


def _shown(one: Figure, duty: Duty, view: View) -> dict[str, Any]:
    ratio = _ratio(one.n, one.d, view)
    return {
        "key": one.key,
        "name": figure_name(one.key, duty, view.lang),
        "points": view.points(one.shown),
        "ratio": ratio,
        "indicator": one.key[:1].isdigit(),
    }


def _shown_claim(one: dict[str, Any], duty: Duty, view: View) -> dict[str, Any]:
    name, ratio = figure_name(one["key"], duty, view.lang), _ratio(one["n"], one["d"], view)
    return {**one, "name": name, "points": view.points(one["shown"]), "ratio": ratio}


def _ratio(n: int | None, d: int | None, view: View) -> str:
    """5 / 9 · 55,56%; empty where a figure is no ratio."""
    if n is None or d is None:
        return ""
    share = f" · {percent(Fraction(n, d), 2, view.lang)}" if 0 <= n <= d and d > 0 else ""
    return f"{view.number(n)} / {view.number(d)}{share}"


@post("/units/{code:str}/duties/{id:str}", include_in_schema=False)
async def send_report(request: AnyRequest, code: FromPath[str], id: FromPath[str]) -> Response[Any]:
    """Takes a unit's report in: text, files, objections to figures."""
    fields, files = await form_of(request)

    def work() -> Response[Any]:
        folder = folder_of(request)
        duty, unit = _task(request, code, id)
        hand = hand_of(request, Right.WORK, unit["code"])
        disputes = {
            name.removeprefix("claim:"): (value.strip(), fields.get(f"why:{name.removeprefix('claim:')}", ""))
            for name, value in fields.items()
            if name.startswith("claim:") and value.strip()
        }
        text = fields.get("text", "")
        answer(folder, duty, duty.record.unit, text, files.get("files", []), disputes, hand)
        return leads_to(f"/units/{unit['code']}/duties/{duty.id}?sent=1")

    def refused(error: QuestionError) -> Response[Any]:
        return report_page(request, code, id, told(error, asked(request)), fields)

    return await handled(work, refused)


@get("/units/{code:str}/duties/{id:str}/files/{digest:str}", sync_to_thread=True, include_in_schema=False)
def file(
    request: AnyRequest, code: FromPath[str], id: FromPath[str], digest: FromPath[str]
) -> Response[bytes]:
    """A file of a report."""
    folder, view = folder_of(request), asked(request)
    duty, _ = _task(request, code, id)
    known = now.register(folder).answers.get((duty.id, duty.record.unit))
    if known is None:
        raise NotHereError(digest)
    name, content = ask_known(view, report_file, folder, known.record, digest)
    return attachment(name, content)


router = Router("/", route_handlers=[duties, report, send_report, file])
