"""Lines over captured instants, drawn by hand: ranks or points, one panel for each measure, never joined.

A panel holds what may be compared: one law, one period.  Between two panels the break is drawn.  Colours and
weights come from the style sheet by class; what a line is called stands at its end, so that no legend is
needed.  Every drawing repeats a table beside it and is hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from markupsafe import Markup, escape

from chiso.instants import DAY, OFFSET
from chiso.web import formatting
from chiso.web.formatting import Exact, exact

GUTTER: Final = 64
"""Width of the break between two panels."""
APART: Final = 14.5
"""Least distance between two labels, in units of the drawing."""
SIGN: Final = 6.6
"""Width of a letter at most, to keep labels inside the drawing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's values at its panel's instants; ``None`` where none is known there."""

    name: str
    values: tuple[Exact | None, ...]
    kind: str = "quiet"
    """``own``, ``m1`` to ``m5`` (emphasised), ``quiet``"""
    words: str = ""
    """what stands before the name at the end: the last value as people read it"""
    link: str = ""
    texts: tuple[str, ...] = ()
    """what stands above each of its points"""


@dataclass(frozen=True, slots=True)
class Panel:
    """What may be joined by lines: captured instants, in order, of one measure."""

    instants: tuple[int, ...]
    lines: tuple[Line, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """The scale that all panels share."""

    top: Exact
    bottom: Exact
    ticks: tuple[Exact, ...]
    target: Exact | None = None
    target_words: str = ""


def ranks_axis(last: int) -> Axis:
    """Ranks, the first on top: 1, then every fifth or tenth, then the last."""
    step = 5 if last <= 40 else 10 if last <= 80 else 20
    ticks = [1, *range(step, last + 1, step)]
    if last - ticks[-1] >= step / 2:
        ticks.append(last)
    return Axis(1, max(2, last), tuple(ticks))


def points_axis(values: Sequence[Exact], target: int, target_words: str) -> Axis:
    """Points in whole tens that hold the values and the target."""
    exacts = [exact(value) for value in values] or [Fraction(target)]
    low = max(0, int((min(exacts) - 2) // 10) * 10)
    high = min(100, -int(-(max(*exacts, Fraction(target)) + 2) // 10) * 10)
    return Axis(high, low, tuple(range(low, high + 1, 10)), target, target_words)


def day_ticks(places: Sequence[tuple[int, float]], width: float) -> list[tuple[int, float]]:
    """Days to name below a panel, of (instant, x): the ends, and between them what keeps ``width`` apart."""
    days: dict[int, tuple[int, float]] = {}
    for at, x in places:
        days.setdefault((at + OFFSET) // DAY, (at, x))
    if not days:
        return []
    *before, last = days.values()
    found: list[tuple[int, float]] = []
    for at, x in before:
        if (not found or x - found[-1][1] >= width) and last[1] - x >= width:
            found.append((at, x))
    return [*found, last]


def _runs(values: Sequence[Exact | None]) -> Iterator[list[int]]:
    """Positions of values that follow one another without a gap."""
    run: list[int] = []
    for place, value in enumerate(values):
        if value is not None:
            run.append(place)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _apart(wanted: Sequence[float], top: float, bottom: float) -> list[float]:
    """Heights near the wanted ones (in order from above) that keep labels apart and inside."""
    found: list[float] = []
    for want in wanted:
        found.append(max(want, found[-1] + APART if found else top))
    if found and found[-1] > bottom:
        found[-1] = bottom
        for place in range(len(found) - 2, -1, -1):
            found[place] = min(found[place], found[place + 1] - APART)
    return found


class _Drawing:
    """One drawing: its measures, and the parts as they are made."""

    def __init__(
        self, panels: Sequence[Panel], axis: Axis, width: int, height: int, *, label_all: bool, lang: str
    ) -> None:
        self.panels, self.axis, self.width, self.height = panels, axis, width, height
        self.label_all, self.lang = label_all, lang
        self.left, self.top, self.bottom = 34.0, 30.0, height - 34.0
        self.right = width - self._label_width()
        self.parts: list[str] = []

    def _labelled(self, line: Line) -> bool:
        return bool(line.words or line.name) and (self.label_all or line.kind != "quiet")

    def _label_width(self) -> float:
        last = self.panels[-1].lines if self.panels else ()
        long = max((len(f"{line.words} {line.name}") for line in last if self._labelled(line)), default=0)
        return min(self.width * 0.4, 20 + long * SIGN)

    def y(self, value: Exact) -> float:
        top, bottom = exact(self.axis.top), exact(self.axis.bottom)
        share = float((exact(value) - top) / (bottom - top)) if bottom != top else 0.5
        return round(self.top + share * (self.bottom - self.top), 1)

    def widths(self) -> list[float]:
        """Width of every panel: by how many days it has, none too narrow to be read."""
        room = self.right - self.left - GUTTER * (len(self.panels) - 1)
        least = min(90.0, room / len(self.panels))
        spans = [max(1, (panel.instants[-1] - panel.instants[0]) // DAY) for panel in self.panels]
        spare = room - least * len(self.panels)
        return [least + spare * span / sum(spans) for span in spans]

    def draw(self, kind: str) -> Markup:
        self._grid()
        start = self.left
        for number, (panel, wide) in enumerate(zip(self.panels, self.widths(), strict=True)):
            if number:
                self._break(start - GUTTER / 2)
            self._panel(panel, start, start + wide, last=number == len(self.panels) - 1)
            start += wide + GUTTER
        body = "".join(self.parts)
        return Markup(  # noqa: S704 - built from numbers and escaped names
            f'<svg class="chart lines {escape(kind)}" viewBox="0 0 {self.width} {self.height}" '
            f'aria-hidden="true" focusable="false">{body}</svg>'
        )

    def _grid(self) -> None:
        for tick in self.axis.ticks:
            y = self.y(tick)
            self.parts.append(f'<path class="grid" d="M{self.left} {y}H{round(self.right, 1)}"/>')
            self.parts.append(
                f'<text class="tick" x="{self.left - 8}" y="{y + 4}" text-anchor="end">'
                f"{escape(formatting.number(tick, 0, self.lang))}</text>"
            )
        if self.axis.target is not None:
            y = self.y(self.axis.target)
            self.parts.append(f'<path class="goal" d="M{self.left} {y}H{round(self.right, 1)}"/>')
            self.parts.append(
                f'<text class="goal-name" x="{self.left + 4}" y="{y - 6}">'
                f"{escape(self.axis.target_words)}</text>"
            )

    def _break(self, x: float) -> None:
        x = round(x, 1)
        self.parts.append(f'<path class="break" d="M{x} {self.top - 18}V{self.bottom + 6}"/>')

    def _panel(self, panel: Panel, left: float, right: float, *, last: bool) -> None:
        first, final = panel.instants[0], panel.instants[-1]

        def x(at: int) -> float:
            share = (at - first) / (final - first) if final > first else 0.5
            return round(left + share * (right - left), 1)

        if panel.title:
            self.parts.append(f'<text class="panel" x="{round(left, 1)}" y="12">{escape(panel.title)}</text>')
        many_years = final - first > 400 * DAY
        for at, place in day_ticks([(at, x(at)) for at in panel.instants], 84 if many_years else 46):
            words = formatting.day(at) if many_years else formatting.day(at)[:5]
            self.parts.append(
                f'<text class="tick" x="{place}" y="{self.height - 8}" text-anchor="middle">{words}</text>'
            )
        ordered = sorted(panel.lines, key=lambda line: (line.kind != "quiet", line.kind == "own"))
        for line in ordered:
            self._line(line, [x(at) for at in panel.instants])
        if last:
            self._labels(panel, right)

    def _line(self, line: Line, xs: Sequence[float]) -> None:
        places = [
            None if value is None else (xs[place], self.y(value)) for place, value in enumerate(line.values)
        ]
        inner = []
        for run in _runs(line.values):
            points = " ".join(f"{places[place][0]},{places[place][1]}" for place in run)  # type: ignore[index]
            inner.append(f'<polyline points="{points}"/>')
        dots = [place for place in places if place is not None]
        if dots and (line.kind != "quiet" or len(dots) == 1):
            shown = dots if len(dots) <= 40 else dots[-1:]
            inner += [f'<circle cx="{cx}" cy="{cy}" r="3.2"/>' for cx, cy in shown]
        for text, place in zip(line.texts, places, strict=False):
            if place is not None:
                inner.append(
                    f'<text x="{place[0]}" y="{place[1] - 10}" text-anchor="middle">{escape(text)}</text>'
                )
        if not inner:
            return
        body = "".join(inner)
        self.parts.append(f'<g class="line {escape(line.kind)}">{self._linked(line, body)}</g>')

    @staticmethod
    def _linked(line: Line, body: str) -> str:
        title = f"<title>{escape(line.name)}</title>" if line.name else ""
        if not line.link:
            return title + body
        return f'<a href="{escape(line.link)}" tabindex="-1">{title}{body}</a>'

    def _labels(self, panel: Panel, right: float) -> None:
        """What the lines are called, at their ends, kept apart."""
        ends = []
        for line in panel.lines:
            known = [value for value in line.values if value is not None]
            if known and self._labelled(line):
                ends.append((self.y(known[-1]), line))
        ends.sort(key=lambda end: end[0])
        heights = _apart([y for y, _ in ends], self.top, self.bottom)
        for (_, line), y in zip(ends, heights, strict=True):
            words = f'<tspan class="value">{escape(line.words)}</tspan> ' if line.words else ""
            text = f'<text x="{round(right + 10, 1)}" y="{round(y + 4, 1)}">{words}{escape(line.name)}</text>'
            self.parts.append(f'<g class="label {escape(line.kind)}">{self._linked(line, text)}</g>')


def draw(
    panels: Sequence[Panel],
    axis: Axis,
    *,
    width: int,
    height: int,
    kind: str = "",
    label_all: bool = False,
    lang: str = "vi",
) -> Markup:
    """The panels side by side on one scale, as SVG for a page; nothing where there is nothing to draw.

    Args:
        panels: in order of time; each has at least one instant.
        width, height: units of the drawing; it scales with its place on the page.
        kind: ``wide`` or ``tall``: which of two drawings of the same is shown (style sheet).
        label_all: quiet lines are named too.
    """
    shown = [panel for panel in panels if panel.instants and panel.lines]
    if not shown:
        return Markup("")
    return _Drawing(shown, axis, width, height, label_all=label_all, lang=lang).draw(kind)
