"""Charts in one grammar for page and document: Altair specifications drawn to SVG (or PNG) on the server.

No script runs in the reader's browser.  On a page the colours of roles become CSS variables, so that one
picture serves the light and the dark theme and paper; in a document they stay as they are.  A drawing costs
some 40 ms and is kept by its content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

from chiso.web import fonts

FONT = "Be Vietnam Pro"
INK, QUIET, LINE, NAVY, TARGET = "#17212b", "#5b6875", "#e4e8ec", "#12395b", "#9a3412"
ROLES = {INK: "ink", QUIET: "quiet", LINE: "line", NAVY: "navy", TARGET: "loss"}
"""Colours of a specification and the style sheet's names for them."""

_ENGLISH_AXIS = "utcFormat(datum.value, '%b')"
_MONTH_AXIS = "'T' + (utcmonth(datum.value) + 1)"
_DAY_AXIS = "utcFormat(datum.value, '%d/%m')"


@cache
def _ready() -> Any:
    import vl_convert  # noqa: PLC0415 - 90 MB, only when something is drawn

    vl_convert.register_font_directory(str(fonts.directory()))
    return vl_convert


def _bounds(totals: Sequence[Decimal], target: int) -> tuple[int, int]:
    """Axis bounds in whole tens that hold the totals and the target, with some air."""
    low, high = min(totals) - 2, max(*totals, Decimal(target)) + 2
    return max(0, int(low // 10) * 10), min(100, -int(-high // 10) * 10)


@lru_cache(maxsize=64)
def _trend_form(lang: str, kind: str, low: int, high: int, width: int, height: int) -> str:
    """The specification of a trend without its data, which are named ``days``, ``target`` and ``last``."""
    import altair as alt  # noqa: PLC0415 - half a second, only when something is drawn

    def data(name: str) -> alt.NamedData:
        return alt.NamedData(name=name)

    long = kind == "long"
    labels = (_MONTH_AXIS if lang == "vi" else _ENGLISH_AXIS) if long else _DAY_AXIS
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(
            labelExpr=labels,
            tickCount={"interval": "month", "step": 1} if long else 6,
            grid=False,
            domain=False,
            ticks=False,
            labelPadding=8,
            labelFlush=True,
        ),
    )
    y = alt.Y(
        "total:Q",
        title=None,
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(values=list(range(low, high + 1, 10)), domain=False, ticks=False, labelPadding=8),
    )
    words = alt.Text("words:N")
    goal = alt.Chart(data("target")).mark_rule(color=TARGET, strokeDash=[5, 4], strokeWidth=1.25)
    goal_name = alt.Chart(data("target")).mark_text(
        align="left", dy=-8, color=TARGET, fontSize=12, fontWeight=500
    )
    line = alt.Chart(data("days")).mark_line(strokeWidth=2.25, color=NAVY, interpolate="monotone")
    end = alt.Chart(data("last")).mark_point(filled=True, size=60, color=NAVY, opacity=1)
    end_name = alt.Chart(data("last")).mark_text(
        align="right" if kind != "few" else "left", dy=-14, dx=4, fontSize=14, fontWeight=600, color=NAVY
    )
    chart = (
        alt.layer(
            goal.encode(y=y),
            line.encode(x, y),
            end.encode(x, y),
            goal_name.encode(x=alt.value(2), y=y, text=words),
            end_name.encode(x, y, text=words),
        )
        .properties(width=width, height=height, background="transparent")
        .properties(padding={"left": 4, "right": 14, "top": 8, "bottom": 4})
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelFont=FONT, labelFontSize=12, labelColor=QUIET, gridColor=LINE)
        .configure_text(font=FONT)
    )
    form: dict[str, Any] = chart.to_dict()
    form["autosize"] = {"type": "fit", "contains": "padding"}
    return json.dumps(form)


def trend(
    days: Sequence[tuple[str, str]],
    *,
    target: int,
    target_words: str,
    label: str,
    lang: str,
    width: int,
    height: int,
) -> dict[str, Any]:
    """Totals over days as one line with the target and the last value named: a Vega-Lite specification.

    ``days`` are (ISO day, points with a dot), at least one; ``label`` is the last value as people read it.
    """
    low, high = _bounds([Decimal(total) for _, total in days], target)
    kind = "long" if len(days) > 70 else "few" if len(days) <= 3 else "some"
    specification: dict[str, Any] = json.loads(_trend_form(lang, kind, low, high, width, height))
    values = [{"day": day, "total": float(total)} for day, total in days]
    specification["datasets"] = {
        "days": values,
        "target": [{"total": target, "words": target_words}],
        "last": [{**values[-1], "words": label}],
    }
    return specification


@lru_cache(maxsize=256)
def _drawn(specification: str) -> str:
    return str(_ready().vegalite_to_svg(json.loads(specification)))


def warm() -> None:
    """Draws once, so that the first reader does not wait for the machinery to be loaded."""
    days = [("2026-01-01", "50.00"), ("2026-01-02", "51.00")]
    svg(trend(days, target=80, target_words="", label="", lang="vi", width=100, height=100))


def svg(specification: dict[str, Any]) -> str:
    """The picture as stand-alone SVG, for documents."""
    return _drawn(json.dumps(specification, sort_keys=True))


def png(specification: dict[str, Any], scale: float = 2.0) -> bytes:
    """The same picture as PNG, for documents that take no SVG."""
    return bytes(_ready().vegalite_to_png(specification, scale=scale))


def for_page(specification: dict[str, Any], kind: str) -> Markup:
    """The picture as SVG inside a page: themed, scalable, hidden from screen readers (the caption tells)."""
    drawn = svg(specification)
    for colour, role in ROLES.items():
        drawn = drawn.replace(f'"{colour}"', f'"var(--{role})"')
    drawn = re.sub(r' aria-[a-z]+="[^"]*"| role="[^"]*"', "", drawn)
    drawn = re.sub(
        r'<svg ([^>]*?)class="marks"',
        rf'<svg \1class="chart {kind}" aria-hidden="true" focusable="false"',
        drawn,
        count=1,
    )
    return Markup(drawn)  # noqa: S704 - drawn here from numbers and catalogue words, escaped by the renderer
