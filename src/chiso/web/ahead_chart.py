"""The picture of what lies ahead: a falling line if nobody acts, and the band of what is to be expected."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from markupsafe import Markup

from chiso.instants import moment_of, parse_instant
from chiso.web import charts
from chiso.web.charts import FONT, LINE, NAVY, QUIET, TARGET
from chiso.web.messages import say
from chiso.web.view import View

_EN_AXIS: Final = "format(datum.value, '.1f')"
_VI_AXIS: Final = f"replace({_EN_AXIS}, '.', ',')"
MOST: Final = 600
"""Points of the falling line that are drawn; steps between them would not be seen."""


def pictures(body: dict[str, Any], view: View) -> tuple[Markup, Markup] | None:
    """The wide and the tall picture; ``None`` where there is nothing to draw."""
    steps = body["steps"]
    forecast = (body.get("forecast") or {}).get("rows") or []
    if len(steps) < 2 and not forecast:
        return None
    fall = [_point(step["at"], step["total"]) for step in _thinned(steps)]
    fall.append({"at": _local(body["until"]), "total": fall[-1]["total"]})
    edges = ("low", "total", "high")
    band: list[dict[str, Any]] = []
    if forecast:
        band.append({"at": fall[0]["at"], **dict.fromkeys(edges, fall[0]["total"])})
    band += [{"at": _local(row["at"]), **{name: float(row[name]) for name in edges}} for row in forecast]
    words = [{**fall[-1], "words": _named("outlook.chart.fall", steps[-1]["total"], view)}]
    middle = []
    if band:
        middle = [{**band[-1], "words": _named("outlook.chart.forecast", forecast[-1]["total"], view)}]
    values = [Decimal(step["total"]) for step in steps]
    values += [Decimal(row[name]) for row in forecast for name in ("low", "high")]
    low, high = _bounds(values)
    data = {"fall": fall, "band": band, "words": words, "middle": middle}
    drawn = []
    for kind, width, height in (("wide", 720, 380), ("tall", 340, 240)):
        specification: dict[str, Any] = json.loads(_form(view.lang, low, high, width, height))
        specification["datasets"] = data
        drawn.append(charts.for_page(specification, kind))
    return drawn[0], drawn[1]


def _named(key: str, total: str, view: View) -> str:
    return f"{say(view.lang, key)} {view.points(total)}"


def _thinned(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps at which the total as shown changes, with the first and the last; not more than are seen."""
    seen = [
        step
        for before, step in zip([None, *steps[:-1]], steps, strict=True)
        if before is None or before["total"] != step["total"]
    ]
    skip = -(-len(seen) // MOST)
    return [*seen[::skip], *([seen[-1]] if (len(seen) - 1) % skip else [])]


def _local(at: str) -> str:
    """An instant as the drawing takes it: the clock of the product's zone, read as it stands."""
    return f"{moment_of(parse_instant(at)):%Y-%m-%dT%H:%M:%S}"


def _point(at: str, total: str) -> dict[str, Any]:
    return {"at": _local(at), "total": float(total)}


def _bounds(values: list[Decimal]) -> tuple[float, float]:
    """Axis bounds around the values, never so narrow that a hundredth looks like a fall."""
    low, high = min(values), max(values)
    air = max((high - low) / 8, Decimal("0.25"))
    return float(max(Decimal(0), low - air)), float(min(Decimal(100), high + air))


@lru_cache(maxsize=64)
def _form(lang: str, low: float, high: float, width: int, height: int) -> str:
    """The specification without its data."""
    import altair as alt  # noqa: PLC0415 - half a second, only when something is drawn

    def data(name: str) -> alt.NamedData:
        return alt.NamedData(name=name)

    x = alt.X(
        "at:T",
        title=None,
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(
            labelExpr="utcFormat(datum.value, '%d/%m')",
            tickCount=6 if width > 500 else 4,
            grid=False,
            domain=False,
            ticks=False,
            labelPadding=8,
            labelFlush=True,
        ),
    )
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    axis = alt.Axis(
        domain=False,
        ticks=False,
        labelPadding=8,
        tickCount=6,
        labelExpr=_VI_AXIS if lang == "vi" else _EN_AXIS,
    )
    y = alt.Y("total:Q", title=None, scale=scale, axis=axis)
    words = alt.Text("words:N")
    band = alt.Chart(data("band")).mark_area(color=NAVY, opacity=0.14)
    middle = alt.Chart(data("band")).mark_line(color=NAVY, strokeDash=[5, 4], strokeWidth=1.75)
    fall = alt.Chart(data("fall")).mark_line(color=TARGET, strokeWidth=2.25, interpolate="step-after")
    text: dict[str, Any] = {"align": "right", "fontSize": 13, "fontWeight": 600, "dx": -2}
    chart = (
        alt.layer(
            band.encode(x, alt.Y("low:Q", title=None, scale=scale, axis=axis), y2="high:Q"),
            middle.encode(x, y),
            fall.encode(x, y),
            alt.Chart(data("words")).mark_text(color=TARGET, dy=16, **text).encode(x, y, text=words),
            alt.Chart(data("middle")).mark_text(color=NAVY, dy=-12, **text).encode(x, y, text=words),
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
