"""The page of what lies ahead of a unit: what the clock alone will do, and what is to be expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Response

from chiso.insight.asking import last_instant
from chiso.insight.outlook.answer import outlook as outlook_of
from chiso.instants import DAY, BadInstantError, day_of, iso, midnight, parse_instant
from chiso.web import ahead_chart, formatting, sight
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import ask
from chiso.web.view import AskedWrongError, View

SPANS: Final = (("week", 7), ("month", 30), ("quarter", 90))
"""Stretches offered, with their days."""
USUAL: Final = 30
"""Days looked ahead where nothing is said."""
LISTED: Final = 60
"""Dossiers named in one stretch of the table."""
FINE: Final = 7 * DAY
"""So far ahead half days are told apart."""
NOON: Final = 12 * 3600
CLOSING: Final = 17 * 3600


@dataclass
class Stretch:
    """A half day, or a day, with what falls in it, as the table shows it."""

    until: int
    total: Fraction
    change: Fraction
    dossiers: list[str] = field(default_factory=list)
    petitions: list[str] = field(default_factory=list)
    procedures: list[str] = field(default_factory=list)


def stretches(steps: list[dict[str, Any]]) -> list[Stretch]:
    """Steps gathered: up to 12:00, 17:00 and midnight in the coming week, by the day after that."""
    found: list[Stretch] = []
    now = parse_instant(steps[0]["at"])
    before = Fraction(steps[0]["exact"])
    for step in steps[1:]:
        at = parse_instant(step["at"])
        end = stretch_end(at, now)
        if not found or found[-1].until != end:
            found.append(Stretch(end, Fraction(0), Fraction(0)))
        last = found[-1]
        exact = Fraction(step["exact"])
        last.total, last.change, before = Fraction(step["total"]), last.change + exact - before, exact
        last.dossiers += step["falling"]
        last.petitions += step.get("petitions", ())
        last.procedures += step.get("procedures", ())
    return found


def end_of(at: int, lang: str) -> str:
    """An instant up to which something is told: 17:00 10/10/2026, or the end of 10/10/2026."""
    if midnight(day_of(at)) == at:
        return say(lang, "outlook.end_of_day", day=formatting.day(at - 1))
    return formatting.instant(at)


def stretch_end(at: int, now: int) -> int:
    """The end of the stretch in which a step falls: a half day in the coming week, a day after that.

    A dossier that is due at 17:00 falls the second after: it belongs to the stretch that ends at 17:00.
    """
    start = midnight(day_of(at - 1))
    for hour in (NOON, CLOSING) if at < now + FINE else ():
        if at - 1 <= start + hour:
            return start + hour
    return start + DAY


def _until(view: View, text: str) -> int:
    """The instant up to which the reader looks."""
    end = view.asked_period.end
    if text == "end":
        return end
    if text:
        try:
            return min(end, last_instant(text.replace(" ", "+")))
        except BadInstantError:
            raise AskedWrongError("until", text, "error.instant") from None
    return min(end, midnight(day_of(view.looked_at)) + (USUAL + 1) * DAY)


def _choices(view: View) -> list[tuple[str, str]]:
    """(key of its words, value of the field) of the stretches offered."""
    end, today = view.asked_period.end, midnight(day_of(view.looked_at))
    found = [
        (key, f"{day_of(today + days * DAY):%Y-%m-%d}")
        for key, days in SPANS
        if today + (days + 1) * DAY < end
    ]
    return [*found, ("end", "end")]


@get("/units/{code:str}/outlook", sync_to_thread=True, include_in_schema=False)
def outlook(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """What lies ahead of a unit."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    chosen = request.query_params.get("until", "").strip()
    until = _until(view, chosen)
    over = until <= view.looked_at
    body: dict[str, Any] | None = None
    rows: list[Stretch] = []
    chart = None
    if not over:
        body = ask(outlook_of, folder, code, until, **sight.of_dossiers(view))
        rows = stretches(body["steps"])
        chart = ahead_chart.pictures(body, view)
    text = page(
        "outlook.html",
        view,
        section="units",
        tab="outlook",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        body=body,
        rows=rows,
        chart=chart,
        until=until,
        chosen=chosen,
        choices_ahead=_choices(view),
        listed=LISTED,
        end_of=lambda at: end_of(at, view.lang),
        said=_said(body, rows, view) if body else None,
        raw=body,
        more=lambda **fields: view.link(view.path, **{"until": chosen or None, **fields}),
        stream=sight.stream_of(view, code),
        json=view.api(f"/units/{code}/outlook", until=iso(until)),
        **shared(request, view),
    )
    return html(request, text)


def _said(body: dict[str, Any], rows: list[Stretch], view: View) -> dict[str, Any]:
    """What the page says in words first."""
    lang = view.lang
    last = body["steps"][-1]
    fall = Fraction(last["total"]) - Fraction(body["total"])
    told = body.get("forecast")
    found: dict[str, Any] = {
        "total": Fraction(last["total"]),
        "fall": fall,
        "dossiers": sum(len(row.dossiers) for row in rows),
        "petitions": sum(len(row.petitions) for row in rows),
        "procedures": sum(len(row.procedures) for row in rows),
        "next": rows[0] if rows else None,
        "forecast": None,
        "trials": [],
        "why": "",
    }
    if told and told["rows"]:
        end = told["rows"][-1]
        points = {name: Fraction(end[name]) for name in ("low", "total", "high")}
        found["forecast"] = {**points, "at": end["at"]}
        found["trials"] = told["trials"]
        found["days"] = told["learnt_days"]
    elif "no_forecast" in body:
        found["why"] = say(lang, f"outlook.no_forecast.{body['no_forecast']}")
    found["day"] = end_of(parse_instant(body["until"]), lang)
    return found


router = Router("/", route_handlers=[outlook])
