"""The published results of a unit at every captured instant, each measure by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Response
from markupsafe import Markup

from chiso.folder import courses
from chiso.insight import story
from chiso.instants import day_of, moment_of, parse_period
from chiso.law.loader import load
from chiso.law.model import LawVersion
from chiso.web import formatting, lines, sight
from chiso.web.formatting import exact
from chiso.web.leagues import OLD_LAW
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.race import break_words, law_names, years_of
from chiso.web.render import page, period_name
from chiso.web.sight import ask
from chiso.web.view import View, per_page

SHOWN: Final = 120
"""Rows of a table; the whole of a longer one is in its JSON."""


def when(value: int | str | None) -> str:
    """27/03/2023, or with the hour where the capture had one."""
    at = formatting.as_instant(value)
    if at is None:
        return formatting.DASH
    return formatting.day(at) if f"{moment_of(at):%H%M}" == "0000" else formatting.instant(at)


def _rows(series: Mapping[str, Any], law: LawVersion) -> list[dict[str, Any]]:
    """The newest first; each with its change to the row before, of the same period only."""
    found = []
    before: dict[str, Mapping[str, Any]] = {}
    for row in series["rows"]:
        last = before.get(row["period"])
        total = row["total"]
        known = last is not None and last["total"] is not None and total is not None
        index = 0 if total is None else sum(exact(total) >= exact(band.floor) for band in law.bands) - 1
        ranked = last is not None and last["rank"] is not None and row["rank"] is not None
        found.append(
            {
                **row,
                "index": max(0, index),
                "by": exact(total) - exact(last["total"]) if known and last is not None else None,
                "moved": last["rank"] - row["rank"] if ranked and last is not None else None,
                "cells": [_cell(row, group) for group in law.groups],
            }
        )
        before[row["period"]] = row
    found.reverse()
    return found


def _cell(row: Mapping[str, Any], group: str) -> dict[str, Any]:
    """A group of a row: its points, and since when it has stood so where that is another day."""
    since = row["captured"].get(group)
    other_day = since is not None and formatting.day(since) != formatting.day(row["at"])
    return {
        "points": row["groups"].get(group),
        "since": since if other_day else None,
        "stale": group in row["unrefreshed"],
    }


def _panels(told: Mapping[str, Any], view: View, *, brief: bool) -> list[lines.Panel]:
    """A panel a measure; within it a line a period, for a new year begins anew."""
    found = []
    for series in told["series"]:
        rows = [row for row in series["rows"] if row["total"] is not None]
        if not rows:
            continue
        instants = tuple(formatting.as_instant(row["at"]) or 0 for row in rows)
        drawn = []
        periods = [list(part) for _, part in groupby(rows, key=lambda row: row["period"])]
        for number, part in enumerate(periods):
            held = {row["at"]: row["total"] for row in part}
            values = tuple(held.get(row["at"]) for row in rows)
            last = view.points(part[-1]["total"]) if number == len(periods) - 1 else ""
            drawn.append(lines.Line("", values, "own", last))
        measure = say(view.lang, "measure.short.old" if series["law"] == OLD_LAW else "measure.short.new")
        title = years_of(instants) if brief else f"{years_of(instants)} · {measure}"
        found.append(lines.Panel(instants, tuple(drawn), title))
    return found


def _chart(told: Mapping[str, Any], view: View, target: int, kind: str) -> Markup:
    totals = [row["total"] for one in told["series"] for row in one["rows"] if row["total"] is not None]
    axis = lines.points_axis(totals, target, say(view.lang, "target.name", target=target))
    wide = kind == "wide"
    return lines.draw(
        _panels(told, view, brief=not wide),
        axis,
        width=1180 if wide else 350,
        height=300 if wide else 260,
        kind=kind,
        lang=view.lang,
    )


def _captured(series: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(row["at"] for one in series for row in one["rows"])


@get("/units/{code:str}/history", sync_to_thread=True, include_in_schema=False)
def results_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """What was published of a unit, from the first capture to the newest."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    until = (
        None if view.at is None and view.as_of is None else min(view.looked_at, view.as_of or view.looked_at)
    )
    period = None if view.period is None else view.period.label
    told = ask(courses.published_history, folder, code, None, until, period)
    shown = []
    for one in reversed(told["series"]):
        law = load(one["law"]).at(day_of(formatting.as_instant(one["rows"][-1]["at"]) or 0))
        old = one["law"] == OLD_LAW
        rows = _rows(one, law)
        shown.append(
            {
                "law": one["law"],
                "title": say(view.lang, "results.measure.old" if old else "results.measure.new"),
                "groups": [
                    (law.groups[group].names[view.lang], law.groups[group].maximum) for group in law.groups
                ],
                "bands": {band.names.vi: band.names[view.lang] for band in law.bands},
                "rows": rows[: per_page(request.query_params, SHOWN)],
                "count": len(rows),
                "stale": any(row["unrefreshed"] for row in rows),
            }
        )
    captured = _captured(told["series"])
    drawn = sum(row["total"] is not None for one in told["series"] for row in one["rows"])
    laws = law_names(told, view.lang)
    text = page(
        "results.html",
        view,
        section="units",
        tab="history",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        told=told,
        series=shown,
        captured=captured,
        drawn=drawn,
        breaks=[break_words(one, view, laws) for one in told["breaks"]],
        draw=lambda kind: _chart(told, view, folder.settings.target, kind),
        when=when,
        label=lambda text: period_name(parse_period(text), view.lang),
        tells_story=code == story.UNIT,
        json=view.api(f"/units/{code}/published"),
        **shared(request, view),
    )
    return html(request, text)


router = Router("/", route_handlers=[results_page])
