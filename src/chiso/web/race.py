"""The rank race: places of a league over the captured days, some emphasised, breaks drawn and explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Router, get
from litestar.response import Response
from markupsafe import Markup

from chiso.folder import courses
from chiso.folder.league import FIRST_DAYS
from chiso.instants import DAY, day_of, iso, parse_instant, year_of
from chiso.registry.places import era_at
from chiso.web import formatting, lines
from chiso.web.leagues import leagues_in_force, short
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import LEAGUES, ask
from chiso.web.view import AskedWrongError, View

SPANS: Final = ("30", "year", "all")
"""The last thirty days, the year looked at, everything that was ever captured."""
BEGUN: Final = parse_instant("2022-06-23")
"""The day of the decision: nothing was published before."""
MOST_MARKED: Final = 5
ALL_NAMED: Final = 36
"""Of a longer league only the emphasised units are named in the drawing."""


def span_of(view: View, name: str) -> tuple[str, int, int]:
    """The stretch of time asked for."""
    if name and name not in SPANS:
        raise AskedWrongError("span", name, "error.asked")
    until = view.judged_at
    if name == "30":
        return name, until - 30 * DAY, until
    if name == "all":
        return name, BEGUN, until
    return "year", (view.period or year_of(until - 1)).start, until


def marked(told: Mapping[str, Any], wanted: Sequence[str], own: str) -> dict[str, str]:
    """Units to be emphasised → how their lines are drawn.

    The own province always; besides those asked for.  Where neither is in the league, the one that rose most
    and the one that fell most.
    """
    rows = {row["unit"]: row for row in told["units"]}
    found = {own: "own"} if own in rows else {}
    chosen = [code for code in dict.fromkeys(wanted) if code in rows and code != own][:MOST_MARKED]
    if not found and not chosen:
        moved = sorted(
            (by, row["unit"]) for row in told["units"] if (by := moved_by(row["ranks"])) is not None
        )
        chosen = list(dict.fromkeys(code for by, code in (*moved[-1:], *moved[:1]) if by))
    return found | {code: f"m{place}" for place, code in enumerate(chosen, 1)}


def moved_by(ranks: Sequence[int | None]) -> int | None:
    """Places risen from the first known rank to the last."""
    known = [rank for rank in ranks if rank is not None]
    return known[0] - known[-1] if len(known) > 1 else None


def parts(told: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Positions [from, to) of instants between two breaks."""
    instants = [formatting.as_instant(at) or 0 for at in told["instants"]]
    cuts = {0, len(instants)}
    for one in told["breaks"]:
        at = formatting.as_instant(one["at"]) or 0
        cuts.add(sum(instant < at for instant in instants))
    ordered = sorted(cuts)
    return [(a, b) for a, b in pairwise(ordered) if a < b]


def break_words(one: Mapping[str, Any], view: View, laws: Mapping[str, str]) -> str:
    """A break in words.  A measure changes with the year, whenever its first result was captured."""
    at = formatting.as_instant(one["at"]) or 0
    return say(
        view.lang,
        f"break.{one['kind']}",
        at=formatting.day(year_of(at).start if one["kind"] == "measure" else at),
        before=laws.get(str(one["from"]), one["from"]),
        after=laws.get(str(one["to"]), one["to"]),
    )


def law_names(told: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Laws named in breaks → what they are called."""
    ids = {str(one[key]) for one in told["breaks"] if one["kind"] == "measure" for key in ("from", "to")}
    return {name: say(lang, "measure.short.old" if "2022" in name else "measure.short.new") for name in ids}


def _panels(told: Mapping[str, Any], kinds: Mapping[str, str], view: View, toggle: Any) -> list[lines.Panel]:
    found = []
    spans = parts(told)
    for start, stop in spans:
        drawn = []
        for row in told["units"]:
            ranks = tuple(row["ranks"][start:stop])
            if all(rank is None for rank in ranks):
                continue
            last = next(rank for rank in reversed(ranks) if rank is not None)
            kind = kinds.get(row["unit"], "quiet")
            drawn.append(lines.Line(short(row["name"]), ranks, kind, str(last), toggle(row["unit"])))
        instants = tuple(formatting.as_instant(at) or 0 for at in told["instants"][start:stop])
        title = _panel_title(told, instants, drawn, view) if len(spans) > 1 else ""
        found.append(lines.Panel(instants, tuple(drawn), title))
    return found


def years_of(instants: Sequence[int]) -> str:
    """2023, or 2022–2025"""
    first, last = day_of(instants[0]).year, day_of(instants[-1]).year
    return f"{first}" if first == last else f"{first}–{last}"


def _panel_title(
    told: Mapping[str, Any], instants: Sequence[int], drawn: Sequence[lines.Line], view: View
) -> str:
    """The years and the size of the league; of the provinces all that there were, told or not."""
    years = years_of(instants)
    count = era_at(instants[0]) if told["among"] == "provinces" else len(drawn)
    return say(view.lang, "race.panel", years=years, count=count)


def _chart(told: Mapping[str, Any], kinds: Mapping[str, str], view: View, toggle: Any, kind: str) -> Markup:
    panels = _panels(told, kinds, view, toggle)
    deepest = max((rank for row in told["units"] for rank in row["ranks"] if rank is not None), default=2)
    count = max((len(panel.lines) for panel in panels), default=0)
    wide = kind == "wide"
    return lines.draw(
        panels,
        lines.ranks_axis(deepest),
        width=860 if wide else 350,
        height=min(860, max(420, 60 + 21 * count)) if wide else 460,
        kind=kind,
        label_all=wide and count <= ALL_NAMED,
        lang=view.lang,
    )


@get("/rank/race", sync_to_thread=True, include_in_schema=False)
def race_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """Ranks of a league over the captured days."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    query = request.query_params
    among = query.get("among") or "provinces"
    if among not in LEAGUES.values():
        raise AskedWrongError("among", among, "error.asked")
    under = query.get("under") or (None if among == "provinces" else folder.settings.home)
    span, since, until = span_of(view, query.get("span", ""))
    fixed = view.period.label if view.period is not None and view.period.kind != "year" else None
    told = ask(courses.race, folder, among, under, fixed, since, until, view.source or None)
    settled = since + FIRST_DAYS * DAY
    if told["source"] == "computed" and span == "year" and until - settled > DAY:
        since = settled  # before the first month is over a total says little
        told = ask(courses.race, folder, among, under, fixed, since, until, view.source or None)
    wanted = [code for text in query.getall("mark", []) for code in text.split(",") if code]
    kinds = marked(told, wanted, folder.settings.home)
    chosen = [code for code, kind in kinds.items() if kind != "own"]
    here = {"among": among, "under": query.get("under"), "span": None if span == "year" else span}

    def toggle(code: str) -> str:
        left = [one for one in chosen if one != code]
        marks = left if code in chosen else [*left, code][-MOST_MARKED:]
        return view.link("/rank/race", "", **here, mark=",".join(marks) or None)

    laws = law_names(told, view.lang)
    rows = [
        {
            **row,
            "kind": kinds.get(row["unit"], ""),
            "rank": next((rank for rank in reversed(row["ranks"]) if rank is not None), None),
            "total": next((total for total in reversed(row["totals"]) if total is not None), None),
            "moved": moved_by(row["ranks"][parts(told)[-1][0] :]) if told["instants"] else None,
            "toggle": toggle(row["unit"]),
        }
        for row in told["units"]
    ]
    text = page(
        "race.html",
        view,
        section="rank",
        tab="race",
        told=told,
        rows=rows,
        among=among,
        leagues=leagues_in_force(folder, view),
        span=span,
        spans=SPANS,
        here=here,
        marks=",".join(chosen) or None,
        breaks=[break_words(one, view, laws) for one in told["breaks"]],
        begun=told["instants"][parts(told)[-1][0]] if told["instants"] else None,
        draw=lambda kind: _chart(told, kinds, view, toggle, kind),
        own=folder.settings.home,
        json="/api/v1/rank/race?" + _query(among, under, fixed, since, until, view.source),
        **shared(request, view),
    )
    return html(request, text)


def _query(among: str, under: str | None, period: str | None, since: int, until: int, source: str) -> str:
    fields = {
        "among": among,
        "under": under,
        "period": period,
        "since": iso(since),
        "until": iso(until),
        "source": source,
    }
    return urlencode({name: value for name, value in fields.items() if value})


router = Router("/", route_handlers=[race_page])
