"""Two to six units beside each other: points, groups, indicators, and where the gap comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromQuery
from litestar.response import Response

from chiso.folder import DataFolder, QuestionError
from chiso.folder.league import peers
from chiso.insight.compare import LEAST, MOST, compare
from chiso.law.model import LawVersion
from chiso.web import formatting, sight
from chiso.web.api import as_json, question_of
from chiso.web.formatting import exact
from chiso.web.leagues import OLD_LAW, name_key
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import LEAGUES
from chiso.web.view import View

REASONS: Final = 3
"""Terms that a sentence names."""
PEERS: Final = 3
"""Units of like volume that are put beside one."""
KINDS: Final = ("province", "department", "district", "commune")


def codes_of(texts: Sequence[str]) -> list[str]:
    """Codes of a query: ``unit=H01&unit=H20`` or ``unit=H01,H20``; each once, in order."""
    return list(dict.fromkeys(code.strip() for text in texts for code in text.split(",") if code.strip()))


def term_name(term: Mapping[str, Any], law: LawVersion, lang: str) -> str:
    """What a part of a gap is called."""
    if term["kind"] == "indicator":
        return f"{term['indicator']} {law.indicators[term['indicator']].names[lang]}"
    if term["kind"] == "group":
        return law.groups[term["group"]].names[lang]
    if term["kind"] == "rounding":
        return say(lang, "compare.rounding", group=law.groups[term["group"]].names[lang])
    return say(lang, "compare.rest")


def gap_words(gap: Mapping[str, Any], names: Mapping[str, str], law: LawVersion, view: View) -> str:
    """A gap in one sentence: how much, and what makes most of it."""
    lang = view.lang
    points = exact(gap["points"])
    other, first = names[gap["unit"]], names[gap["against"]]
    if not points and not gap["terms"]:
        return say(lang, "compare.same", other=other, first=first)
    same_way = [term for term in gap["terms"] if not points or (exact(term["points"]) > 0) == (points > 0)][
        :REASONS
    ]
    against = [term for term in gap["terms"] if points and (exact(term["points"]) > 0) != (points > 0)][:1]
    reasons = "; ".join(
        f"{term_name(term, law, lang)} ({view.signed(exact(term['points']))})" for term in same_way
    )
    key = "compare.ahead" if points > 0 else "compare.behind" if points < 0 else "compare.level"
    words = say(lang, key, other=other, first=first, points=view.points(abs(points)), reasons=reasons)
    if against:
        back = against[0]
        words += " " + say(
            lang,
            "compare.but.behind" if points > 0 else "compare.but.ahead",
            name=term_name(back, law, lang),
            points=view.signed(exact(back["points"])),
        )
    return words


def _terms(gap: Mapping[str, Any], law: LawVersion, view: View) -> list[dict[str, Any]]:
    most = max((abs(exact(term["points"])) for term in gap["terms"]), default=exact(1))
    return [
        {
            **term,
            "name": term_name(term, law, view.lang),
            "share": formatting.share(abs(exact(term["points"])), most * 2),
            "ahead": exact(term["points"]) > 0,
        }
        for term in gap["terms"]
    ]


def choices(folder: DataFolder, view: View, chosen: Sequence[str]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Units that may be added, by kind: all provinces, and those of home; in alphabetical order."""
    home = folder.settings.home
    found: dict[str, list[dict[str, Any]]] = {}
    for one in folder.units(view.judged_at):
        ours = one["kind"] == "province" or one["code"].split(".")[0] == home or one["parent"] == home
        if one["kind"] in KINDS and ours and one["code"] not in chosen:
            found.setdefault(one["kind"], []).append(one)
    return [
        (kind, sorted(found[kind], key=lambda one: name_key(one["name"]))) for kind in KINDS if kind in found
    ]


def suggestions(folder: DataFolder, view: View) -> list[dict[str, str]]:
    """Ready comparisons: home with the first and with its neighbours, the ends of home's own leagues."""
    found = []
    home = folder.settings.home
    provinces = (sight.league_json(folder, view, "provinces", None) or {}).get("rows", [])
    place = next((index for index, row in enumerate(provinces) if row["unit"] == home), None)
    if place is not None and len(provinces) > 1:
        near = [provinces[0], *provinces[max(0, place - 1) : place + 2]]
        for key, others in (("first", near[:1]), ("near", near[1:])):
            codes = list(dict.fromkeys([home, *(row["unit"] for row in others)]))
            if len(codes) > 1:
                found.append((key, codes))
    for among in ("departments", "communes"):
        rows = (sight.league_json(folder, view, among, home) or {}).get("rows", [])
        if len(rows) > 1:
            found.append((among, [rows[0]["unit"], rows[-1]["unit"]]))
    return [
        {
            "words": say(view.lang, f"compare.suggest.{key}"),
            "link": view.link("/compare", unit=",".join(codes)),
        }
        for key, codes in found
    ]


def _suggested(folder: DataFolder, view: View, codes: Sequence[str]) -> list[dict[str, str]]:
    return like_one(folder, view, codes[0]) if len(codes) == 1 else suggestions(folder, view)


def like_one(folder: DataFolder, view: View, code: str) -> list[dict[str, str]]:
    """Ready comparisons for one chosen unit: with those of its kind that have about as many dossiers."""
    try:
        told = peers(folder, code, PEERS, **view.question())
    except QuestionError:
        return []
    near = [row["unit"] for row in told["rows"] if row["unit"] != told["unit"]]
    if not near:
        return []
    link = view.link("/compare", unit=",".join([told["unit"], *near]))
    return [{"words": say(view.lang, "compare.suggest.peers"), "link": link}]


def _groups(told: Mapping[str, Any], law: LawVersion, view: View) -> list[dict[str, Any]]:
    """Groups with their indicators; every unit's cell carries its difference to the first."""
    found = []
    for number, group in enumerate(told["groups"], 1):
        rows = [one for one in told["indicators"] if one["group"] == group["group"]]
        found.append(
            {
                "id": group["group"],
                "number": number,
                "name": law.groups[group["group"]].names[view.lang],
                "max": group["max"],
                "cells": _cells(group),
                "known": max((sum(one is not None for one in row["points"]) for row in rows), default=0),
                "indicators": [
                    {
                        "id": one["indicator"],
                        "name": law.indicators[one["indicator"]].names[view.lang],
                        "max": one["max"],
                        "information": law.indicators[one["indicator"]].information,
                        "cells": _cells(one),
                    }
                    for one in rows
                    if not law.indicators[one["indicator"]].information
                ],
            }
        )
    return found


def _cells(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    first = row["points"][0]
    known = [exact(points) for points in row["points"] if points is not None]
    found = []
    for place, points in enumerate(row["points"]):
        both = place and points is not None and first is not None
        found.append(
            {
                "points": points,
                "by": exact(points) - exact(first) if both else None,
                "best": points is not None and len(known) > 1 and exact(points) == max(known) > min(known),
                "n": (row.get("n") or [None] * len(row["points"]))[place],
                "d": (row.get("d") or [None] * len(row["points"]))[place],
                "no_data": (row.get("no_data") or [False] * len(row["points"]))[place],
                "inherited": (row.get("inherited") or [False] * len(row["points"]))[place],
            }
        )
    return found


@get("/compare", sync_to_thread=True, include_in_schema=False)
def compare_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """Units beside each other."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    codes = codes_of(request.query_params.getall("unit", []))
    told: dict[str, Any] | None = None
    trouble = ""
    if len(codes) >= LEAST:
        try:
            told = compare(folder, codes, **view.question())
        except QuestionError as error:
            trouble = error.message_en if view.lang == "en" else error.message_vi
    law = sight.law_asked(folder, view)
    shown = told["units"] if told else []
    names = {one["code"]: one["name"] for one in folder.units(view.judged_at)}
    names |= {one["unit"]: one["name"] for one in shown}
    bands = {band.names.vi: band.names[view.lang] for band in law.bands}
    units = [
        {
            **one,
            "band": bands.get(one["band"], one["band"]),
            "index": max(0, sum(exact(one["total"]) >= exact(band.floor) for band in law.bands) - 1),
            "by": exact(one["total"]) - exact(shown[0]["total"]),
        }
        for one in shown
    ]
    text = page(
        "compare.html",
        view,
        section="rank",
        tab="compare",
        codes=codes,
        names=names,
        told=told,
        trouble=trouble,
        units=units,
        groups=_groups(told, law, view) if told else [],
        gaps=[
            {**gap, "words": gap_words(gap, names, law, view), "parts": _terms(gap, law, view)}
            for gap in (told["gaps"] if told else ())
        ],
        choices_of=choices(folder, view, codes),
        suggested=_suggested(folder, view, codes) if told is None else [],
        without=lambda code: view.link("/compare", unit=",".join(c for c in codes if c != code) or None),
        ahead=lambda code: view.link("/compare", unit=",".join([code, *(c for c in codes if c != code)])),
        full=len(codes) >= MOST,
        most=MOST,
        mixed=len({one["source"] for one in units}) > 1,
        old=law.law == OLD_LAW,
        leagues=LEAGUES,
        raw=told,
        json=view.api("/compare", unit=",".join(codes)) if told else "",
        more=lambda **fields: view.link("/compare", "", unit=",".join(codes) or None, **fields),
        **shared(request, view),
    )
    return html(request, text)


@get("/compare", sync_to_thread=True)
def compare_json(
    request: Request[Any, Any, Any],
    unit: FromQuery[list[str]],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Two to six units beside each other: groups, indicators, and where the gap to the first comes from."""
    question = question_of(period, at, as_of, law, source)
    return as_json(compare(folder_of(request), codes_of(unit), **question))


router = Router("/", route_handlers=[compare_page])
api = Router("/api/v1", route_handlers=[compare_json], tags=["questions"])
