"""Pages as HTML: the template environment and what every template may say.

Escaping is always on, unknown names are errors, and nothing in a page needs script or inline style: the
content policy forbids both.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from chiso.instants import DAY, Period, day_of, parse_period
from chiso.law.model import Indicator, LawVersion
from chiso.web import charts, fonts, formatting, marks
from chiso.web.figures import Sheet
from chiso.web.messages import catalogue, say
from chiso.web.shown import titles_in
from chiso.web.view import View

NAVIGATION: Final = (
    ("overview", "/", "home"),
    ("todo", "/todo", "todo"),
    ("units", "/units", "units"),
    ("rank", "/rank", "rank"),
    ("why", "/why", "why"),
    ("steering", "/steering", "steering"),
    ("data", "/data", "data"),
    ("help", "/help", "help"),
)
UNIT_PAGES: Final = (
    ("unit", ""),
    ("lost", "/lost"),
    ("why", "/why"),
    ("todo", "/todo"),
    ("lateness", "/lateness"),
    ("outlook", "/outlook"),
    ("plan", "/plan"),
    ("duties", "/duties"),
    ("history", "/history"),
    ("reconcile", "/reconcile"),
    ("quality", "/quality"),
)
"""Pages of one unit, each with its path below the unit's."""
STEERING_TABS: Final = (
    ("room", "/steering"),
    ("documents", "/steering/documents"),
    ("reports", "/steering/reports"),
    ("letters", "/steering/letters"),
    ("alerts", "/steering/alerts"),
)
"""The pages of what directs the work."""
RANK_TABS: Final = (
    ("table", "/rank"),
    ("race", "/rank/race"),
    ("map", "/rank/map"),
    ("compare", "/compare"),
    ("story", "/story/2023"),
)
"""The pages that belong to the ranks."""
MEDIA: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def static_file(name: str) -> tuple[bytes, str]:
    """A file of the pages and its media type.  Raises ``KeyError`` for any other name."""
    if name == "fonts.css":
        return _font_sheet().encode(), "text/css"
    if found := re.fullmatch(r"(face|figures)-(\d{3})\.ttf", name):
        weight = int(found[2])
        if weight not in fonts.WEIGHTS:
            raise KeyError(name)
        return (fonts.face if found[1] == "face" else fonts.figures)(weight), "font/ttf"
    path = next((one for one in (files("chiso.web") / "static").iterdir() if one.name == name), None)
    if path is None:
        raise KeyError(name)
    return path.read_bytes(), MEDIA[name.rpartition(".")[2]]


@cache
def asset(name: str) -> str:
    """The address of a file of the pages, with the fingerprint of its content."""
    mark = hashlib.sha256(static_file(name)[0]).hexdigest()[:12]
    return f"/static/{mark}/{name}"


def font_url(weight: int) -> str:
    return asset(f"face-{weight}.ttf")


@cache
def _font_sheet() -> str:
    parts = []
    for weight in fonts.WEIGHTS:
        for family, name, only in (
            ("Be Vietnam Pro", f"face-{weight}.ttf", ""),
            ("Be Vietnam Figures", f"figures-{weight}.ttf", "unicode-range:U+30-39;"),
        ):
            parts.append(
                f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:normal;font-display:swap;'
                f'{only}src:url("{asset(name)}") format("truetype")}}'
            )
    return "\n".join(parts) + "\n"


@cache
def environment() -> Environment:
    root = files("chiso.web") / "templates"

    def source(name: str) -> str | None:
        path = root / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    env = Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["figure"] = formatting.figure
    env.globals.update(
        navigation=NAVIGATION,
        unit_pages=UNIT_PAGES,
        rank_tabs=RANK_TABS,
        steering_tabs=STEERING_TABS,
        asset=asset,
        font_url=font_url,
        iso=_iso,
        instant=formatting.instant,
        day=formatting.day,
        local=formatting.local,
        direction=formatting.direction,
        bar=marks.bar,
        sparkline=marks.sparkline,
        scale=marks.scale,
        stack=marks.stack,
        strip=marks.strip,
        whisker=marks.whisker,
        titles_in=titles_in,
        swing=marks.swing,
    )
    return env


def _iso(value: int | str | None) -> str:
    found = formatting.as_instant(value)
    return "" if found is None else formatting.iso_text(found)


def period_name(period: Period, lang: str, short: bool = False) -> str:
    """Năm 2026, Quý 3 năm 2026, Tháng 9/2026, 01/01/2023 – 27/03/2023; ``short`` leaves out the year."""
    year = period.first_day.year
    tail = ".short" if short else ""
    if period.kind == "year":
        return str(year) if short else say(lang, "period.year", year=year)
    if period.kind == "half":
        second = ".2" if period.first_day.month > 6 else ""
        return say(lang, f"period.half{second}{tail}", year=year)
    if period.kind == "quarter":
        return say(lang, f"period.quarter{tail}", part=(period.first_day.month + 2) // 3, year=year)
    if period.kind == "month":
        return say(lang, f"period.month{tail}", part=period.first_day.month, year=year)
    return say(lang, "period.range", first=f"{period.first_day:%d/%m/%Y}", last=f"{period.last_day:%d/%m/%Y}")


def period_choices(now: int, shown: Period, years: Iterable[int]) -> list[tuple[str, list[Period]]]:
    """The periods that the chooser offers: the years given, and those of the year shown that have begun."""
    this_year = day_of(now).year
    year = min(shown.first_day.year, this_year)
    labels = {
        "year": [str(one) for one in sorted({this_year, year, *years}, reverse=True)],
        "half": [f"{year}-H1", f"{year}-H2"],
        "quarter": [f"{year}-Q{part}" for part in range(1, 5)],
        "month": [f"{year}-{part:02d}" for part in range(1, 13)],
    }
    found = []
    for kind, names in labels.items():
        begun = [period for period in map(parse_period, names) if period.start <= now]
        if begun:
            found.append((kind, begun))
    return found


def sources(law: LawVersion, lang: str) -> Callable[[Indicator], list[str]]:
    """A function giving the documents that an indicator's values rest on, each once, in words."""

    def told(indicator: Indicator) -> list[str]:
        found: dict[str, None] = {}
        for reference in indicator.references.values():
            name = law.sources.get(reference.source)
            words = name[lang] if name is not None else reference.source
            if reference.place:
                words += f", {reference.place}"
            found[f"{words} ({say(lang, f'mark.{reference.mark}')})"] = None
        return list(found)

    return told


def band_index(sheet: Sheet) -> int:
    """Place of the total's band from below, 0 the lowest."""
    return next(index for index, band in enumerate(sheet.bands) if band.id == sheet.band_id)


def page(template: str, view: View, **values: Any) -> str:
    """A page as text.  ``values`` may override anything that templates share."""
    lang = view.lang
    target = values.pop("target", 80)

    def translate(key: str, /, **places: object) -> str:
        return say(lang, key, **places)

    def gap_words(gap: formatting.Exact) -> str:
        left = formatting.exact(gap)
        key = "gap.left" if left > 0 else "gap.done" if left < 0 else "gap.exact"
        return say(lang, key, gap=view.points(abs(left))) if left else say(lang, key)

    def chart(sheet: Sheet, kind: str) -> Markup:
        wide = kind == "wide"
        drawn = charts.trend(
            sheet.days,
            target=target,
            target_words=say(lang, "target.name", target=target),
            label=view.points(sheet.total),
            lang=lang,
            width=680 if wide else 330,
            height=250 if wide else 210,
        )
        return charts.for_page(drawn, kind)

    def trend_words(sheet: Sheet) -> str:
        totals = [formatting.exact(total) for _, total in sheet.days]
        return say(
            lang,
            "trend.words",
            first=view.points(totals[0]),
            last=view.points(totals[-1]),
            first_day=formatting.day(sheet.days[0][0]),
            last_day=formatting.day(sheet.days[-1][0]),
            low=view.points(min(totals)),
            high=view.points(max(totals)),
        )

    context: dict[str, Any] = {
        "v": view,
        "t": translate,
        "target": target,
        "section": "",
        "tab": "unit",
        "fresh": None,
        "person": None,
        "loading": None,
        "ailing": None,
        "raw": None,
        "json": "",
        "stream": "",
        "taken_as": None,
        "files": _files(view, str(values.get("code") or "")),
        "name": "",
        "public": False,
        "choices": period_choices(view.now, view.asked_period, ()),
        "steps_back": [
            ("yesterday", view.now - DAY),
            ("last_week", view.now - 7 * DAY),
            ("last_month", view.now - 30 * DAY),
        ],
        "period_name": lambda period, short=False: period_name(period, lang, short),
        "in_text": lambda period: _uncapitalised(period_name(period, lang)),
        "gap_words": gap_words,
        "administers": False,
        "known": lambda key: key in catalogue(lang),
        "band_index": band_index,
        "chart": chart,
        "trend_words": trend_words,
        "sources": lambda indicator: [],
        "more": view.here,
        **values,
    }
    return environment().get_template(template).render(context)


FILES: Final[tuple[tuple[str, str, dict[str, int]], ...]] = (
    ("scores", "/scores.xlsx", {}),
    ("below", "/scores.xlsx", {"below": 1}),
    ("brief", "/brief", {}),
    ("message", "/message", {}),
)
"""What every unit can be taken as: key of its words, path below the unit's, query fields."""


def _files(view: View, code: str) -> list[dict[str, Any]]:
    """The files of a unit that its pages offer; nothing on pages that are about none."""
    if not code:
        return []
    return [
        {
            "words": say(view.lang, f"files.{key}"),
            "link": view.link(f"/units/{code}{path}", "", **fields),
            "file": path.endswith(".xlsx"),
        }
        for key, path, fields in FILES
    ]


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]
