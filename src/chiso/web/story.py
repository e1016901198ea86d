"""The story of March 2023 as a page: the fall, the gap to the target, what held the province down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Router, get
from litestar.response import Response
from markupsafe import Markup

from chiso.commands import samples
from chiso.insight.story import LEAGUE, UNIT, story
from chiso.instants import DAY, parse_period
from chiso.law.model import LawVersion
from chiso.web import formatting, lines
from chiso.web.api import as_json
from chiso.web.formatting import Exact, exact
from chiso.web.marks import ScaleBand
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.results import when
from chiso.web.view import View

PRESS: Final = 1
"""Decimals of points in the press, where no more were published."""


def press(value: Exact | None, lang: str) -> str:
    """Points as they were told: 65,2 and 69,63."""
    if value is None:
        return formatting.DASH
    one_enough = (exact(value) * 10).denominator == 1
    return formatting.points(value, lang, PRESS if one_enough else 2)


def _steps(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each result with how many places it lost or won against the one before."""
    found = []
    before: int | None = None
    for one in results:
        rank = one["rank"]
        moved = None if rank is None or before is None else before - rank
        found.append({**one, "moved": moved})
        before = rank if rank is not None else before
    return found


def _chart(results: list[dict[str, Any]], view: View, kind: str) -> Markup:
    placed = [one for one in results if one["rank"] is not None]
    if not placed:
        return Markup("")
    ranks = tuple(int(one["rank"]) for one in placed)
    instants = tuple(formatting.as_instant(one["at"]) or 0 for one in placed)
    line = lines.Line("", ranks, "own", texts=tuple(str(rank) for rank in ranks))
    axis = lines.Axis(1, max(ranks) + 2, (1, *range(5, max(ranks) + 2, 5)))
    width, height = (660, 250) if kind == "wide" else (340, 220)
    panel = lines.Panel(instants, (line,))
    return lines.draw([panel], axis, kind=kind, lang=view.lang, width=width, height=height)


def _sentences(told: Mapping[str, Any], law: LawVersion, view: View) -> dict[str, str]:
    """What each part says in one sentence, from its numbers."""
    lang = view.lang
    results = [one for one in told["results"] if one["rank"] is not None]
    groups = told["groups"]
    found = {"fall": "", "gap": "", "groups": "", "after": "", "units": ""}
    if results and groups:
        first, then = (formatting.as_instant(one["at"]) or 0 for one in (results[0], groups))
        found["fall"] = say(
            lang,
            "story.fall",
            days=(then - first) // DAY,
            first=results[0]["rank"],
            rank=groups["rank"],
            of=LEAGUE,
            places=groups["rank"] - results[0]["rank"],
        )
    if groups:
        found["gap"] = say(lang, "story.gap", gap=press(groups["gap"], lang), target=told["target"])
        low = sorted(groups["rows"], key=lambda row: -exact(row["lost"]))[:2]
        lost = sum(exact(row["lost"]) for row in low)
        gained = exact(groups["total"]) + sum(exact(row["lacks"]) for row in low)
        found["groups"] = say(
            lang,
            "story.groups",
            one=law.groups[low[0]["group"]].names[lang],
            two=law.groups[low[1]["group"]].names[lang].lower(),
            lost_one=press(low[0]["lost"], lang),
            lost_two=press(low[1]["lost"], lang),
            share=formatting.percent(lost, exact(groups["lost"]), lang, 0),
            lost=press(groups["lost"], lang),
            target=told["target"],
            then=press(gained, lang),
        )
        later = [one for one in results if one["total"] is not None and one["at"] > groups["at"]]
        if later:
            newest = later[-1]
            found["after"] = say(
                lang,
                "story.after",
                at=when(newest["at"]),
                total=press(newest["total"], lang),
                more=press(exact(newest["total"]) - exact(groups["total"]), lang),
                rank=newest["rank"],
                gap=press(told["target"] - exact(newest["total"]), lang),
                target=told["target"],
            )
    units = told["units"]
    if units:
        good = sum(units["sum"][:2])
        found["units"] = say(
            lang,
            "story.units.words",
            count=units["count"],
            good=good,
            share=formatting.percent(good, units["count"], lang, 0),
            fair=units["sum"][2],
            weak=units["sum"][-1],
        )
    return found


@get("/story/2023", sync_to_thread=True, include_in_schema=False)
def story_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """March 2023: from the 4th to the 10th place."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    told = story(folder)
    law = folder.law_of(parse_period(str(told["period"])))
    groups = [
        {
            **row,
            "number": number,
            "name": law.groups[row["group"]].names[view.lang],
            "low": exact(row["lacks"]) > 0,
        }
        for number, row in enumerate((told["groups"] or {}).get("rows", ()), 1)
    ]
    names = {band.names.vi: band.names[view.lang] for band in law.bands}
    band = next(
        (one["band"] for one in told["results"] if told["groups"] and one["at"] == told["groups"]["at"]), None
    )
    text = page(
        "story.html",
        view,
        section="rank",
        tab="story",
        told=told,
        steps=_steps(told["results"]),
        groups=groups,
        band=band and names[band],
        band_place=next((i for i, one in enumerate(reversed(law.bands)) if one.names.vi == band), 0),
        bands=tuple(ScaleBand(one.id, one.names[view.lang], one.floor) for one in reversed(law.bands)),
        band_id=next((one.id for one in law.bands if one.names.vi == band), ""),
        band_names=[one.names[view.lang] for one in law.bands],
        words=_sentences(told, law, view),
        draw=lambda kind: _chart(told["results"], view, kind),
        press=lambda value: press(value, view.lang),
        when=when,
        grounds=samples.sources(samples.AN_GIANG_2023),
        sample=samples.AN_GIANG_2023,
        unit=UNIT,
        json="/api/v1/story/2023",
        **shared(request, view),
    )
    return html(request, text)


@get("/story/2023", sync_to_thread=True)
def march_2023(request: Request[Any, Any, Any]) -> Response[bytes]:
    """An Giang's published results of February to May 2023, with the units by band."""
    return as_json(story(folder_of(request)))


router = Router("/", route_handlers=[story_page])
api = Router("/api/v1", route_handlers=[march_2023], tags=["questions"])
