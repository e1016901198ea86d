"""The page of why a score changed: one sentence, a waterfall, a paragraph to be read aloud, all terms."""

from __future__ import annotations

import threading
from collections import OrderedDict
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.folder import DataFolder
from chiso.folder.answers import provenance
from chiso.insight.explain import KINDS, Change, explained
from chiso.insight.explain.ends import End, end
from chiso.instants import day_of, parse_period
from chiso.web import sight, waterfall, why_ends
from chiso.web.naming import points_of
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import NothingYetError, ask
from chiso.web.view import AskedWrongError, View, per_page, whole
from chiso.web.why_lines import COLUMNS, WAYS, Sieve, Told
from chiso.web.why_words import sentences

PAGE: Final = 50
KEPT: Final = 3
"""Changes kept, for whoever looks into one."""


class Kept:
    """The last changes that were asked for: from one number to the next the same change is looked at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[object, ...], Change] = OrderedDict()

    def of(
        self, folder: DataFolder, unit: str, a: str, b: str, law: str | None, source: str | None
    ) -> Change:
        """A change, made anew where anything came in or the clock moved since it was asked for last."""
        asked_for = (end(folder, a), end(folder, b))
        known = tuple(folder.now() if one.as_of is None else one.as_of for one in asked_for)
        key = (unit, a, b, law, source, folder.version, folder.record, folder.news, known)
        with self._lock:
            held = self._held.get(key)
        if held is not None:
            return held
        found = explained(folder, unit, a, b, law, None, source)
        with self._lock:
            self._held[key] = found
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return found


@get("/units/{code:str}/why", sync_to_thread=True, include_in_schema=False)
def why(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Why a unit's score changed."""
    return _why(request, code)


@get("/why", sync_to_thread=True, include_in_schema=False)
def why_home(request: Request[Any, Any, Any]) -> Response[Any]:
    """Why the province's score changed."""
    return _why(request, folder_of(request).settings.home)


def _why(request: Request[Any, Any, Any], code: str) -> Response[Any]:
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    query = request.query_params
    if picked := why_ends.chosen(view, query):
        kept_on = {name: value for name, value in (("law", view.law), ("source", view.source)) if value}
        return Redirect(f"{request.url.path}?{urlencode({**kept_on, **picked})}", status_code=303)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    by = query.get("by") or "indicator"
    for field, value, known in (("by", by, WAYS), ("kind", query.get("kind", ""), ("", *KINDS))):
        if value not in known:
            raise AskedWrongError(field, value, "error.asked")
    a, b = why_ends.asked_ends(folder, view, code, query)
    both = (ask(end, folder, a), ask(end, folder, b))
    ends = (why_ends.words(both[0], view.lang), why_ends.words(both[1], view.lang))
    asked_for: dict[str, object] = {"from": a, "to": b, "period": None, "at": None, "as_of": None}
    common = {
        "section": "why",
        "tab": "why",
        "code": code,
        "name": unit["name"],
        "trail": [*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        "a": a,
        "b": b,
        "ends": ends,
        "offered": why_ends.choices(view),
        "periods": why_ends.periods_offered(view),
        "days": [day_of(min(one.at, view.now) - 1).isoformat() for one in both],
        "labels": _labels(view, both),
        "json": view.link(f"/api/v1/units/{code}/explain", "", **asked_for),
        **shared(request, view),
    }
    try:
        change = ask(request.app.state.changes.of, folder, code, a, b, view.law or None, view.source or None)
    except (AskedWrongError, NothingYetError) as error:
        if error.words is None:
            raise
        refused = error.words[view.lang == "en"]
        # the ends that a tab leads to are not the reader's fault
        status = 400 if query.get("a") or query.get("b") else 200
        return html(request, page("why.html", view, change=None, refused=refused, **common), status)
    fields = [why_ends.fields(one, view.now) for one in (change.first, change.last)]
    told = Told(folder, view, change, Sieve.of(query), by, {"a": a, "b": b}, fields[0], fields[1])
    steps = told.steps()
    low, high = told.bounds(steps)
    number = whole(query, "page", 1, 1, 1_000_000)
    lines, count = told.listed(number, per_page(query, PAGE))
    links = (view.link(f"/units/{code}", **fields[0]), view.link(f"/units/{code}", **fields[1]))
    kind = "period" if all(why_ends.is_period(one) for one in both) else "instant"
    text = page(
        "why.html",
        view,
        change=change,
        told=told,
        steps=steps,
        said=sentences(told, view, ends, unit["name"], links, kind),
        notes=[note.en if view.lang == "en" else note.vi for note in change.notes],
        floating=lambda step: waterfall.step(step.start, step.end, low, high, step.kind),
        level=lambda total: waterfall.level(Fraction(total), low, high),
        links=links,
        by=by,
        ways=WAYS,
        columns=COLUMNS,
        lines=lines,
        count=count,
        sum_of=points_of(sum(term.tenths for term in told.terms)),
        rounding=points_of(told.rounding) if told.whole else None,
        page=number,
        size=PAGE,
        more=told.here,
        raw=provenance(folder, change.last.question, change.last.unit, change.last.source),
        **common,
    )
    return html(request, text)


def _labels(view: View, both: tuple[End, End]) -> list[str]:
    """The periods that the chooser begins with: those looked at, else the last month and this one."""
    if all(why_ends.is_period(one) for one in both):
        return [one.period.label for one in both]
    this = parse_period(f"{day_of(view.now):%Y-%m}")
    return [why_ends.before(this).label, this.label]


router = Router("/", route_handlers=[why, why_home])
