"""The page of lost points: a treemap, a ranked table, and from every number to what it is made of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Response

from chiso.folder import DataFolder
from chiso.folder.answers import Settled, provenance, settled
from chiso.insight.lost import cost_of, lost_of
from chiso.web import sight
from chiso.web.lost_lines import WAYS, Sieve, Told
from chiso.web.messages import say
from chiso.web.naming import Names, points_of
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import ask
from chiso.web.treemap import drawn
from chiso.web.view import AskedWrongError, View, per_page, whole

PAGE: Final = 50
COSTS: Final = (
    ("overdue", ("2.1", "5.4")),
    ("result", ("4.1",)),
    ("digitised", ("4.2",)),
    ("reused", ("4.3",)),
    ("store", ("4.4",)),
    ("population", ("4.5b",)),
    ("paid", ("3.6",)),
    ("online", ("3.3",)),
    ("petition", ("5.2", "5.3")),
)
"""What one dossier (or petition) can miss, and the indicators that miss it."""


def costs_of(folder: DataFolder, view: View, question: Settled, names: Names) -> dict[str, Any] | None:
    """What one dossier costs the unit and each one above it; ``None`` where nothing is counted."""
    if question.published is not None:
        return None
    asking = {name: value for name, value in view.question().items() if name != "source"}
    rows = []
    units: list[str] = []
    for key, indicators in COSTS:
        if not set(indicators) <= set(question.question.law.indicators):
            continue
        costs = ask(cost_of, folder, question.unit.code, indicators, **asking)
        units = [names.unit(one.unit.index) for one in costs]
        cells = [
            {
                "points": one.points,
                "link": names.behind(indicators[0], one.unit.index),
                "dossiers": -(-Fraction(1, 100) // one.points) if one.points else None,
            }
            for one in costs
        ]
        if any(one.points for one in costs):
            rows.append(
                {"words": say(view.lang, f"lostpage.cost.{key}"), "indicators": indicators, "cells": cells}
            )
    return {"units": units, "rows": rows} if rows else None


@get("/units/{code:str}/lost", sync_to_thread=True, include_in_schema=False)
def lost(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Where a unit's points are lost."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    query = request.query_params
    by = query.get("by") or "indicator"
    if by not in WAYS:
        raise AskedWrongError("by", by, "error.asked")
    question = ask(settled, folder, code, **view.question())
    found = ask(lost_of, folder, question)
    told = Told(folder, view, question, found, Sieve.of(query), by)
    number = whole(query, "page", 1, 1, 1_000_000)
    areas = told.areas()
    text = page(
        "lost.html",
        view,
        section="units",
        tab="lost",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        lost=found,
        maximum=told.law.maximum,
        told=told,
        groups=[group for group in told.law.groups.values() if found.groups.get(group.id)],
        by=by,
        ways=WAYS,
        listed=told.listed(number, per_page(query, PAGE)),
        sum_of=points_of(int(told.rows.points.sum())),
        maps=(drawn(areas, 1216, 560, "wide"), drawn(areas, 400, 820, "tall", 15)) if areas else None,
        costs=costs_of(folder, view, question, told.names),
        page=number,
        size=PAGE,
        more=told.here,
        raw=provenance(folder, question.question, question.unit, question.source),
        stream=sight.stream_of(view, code),
        json=view.api(f"/units/{code}/lost"),
        **shared(request, view),
    )
    return html(request, text)


router = Router("/", route_handlers=[lost])
