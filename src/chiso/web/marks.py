"""Small drawings inside tables and headlines: bars with a target tick, sparklines, the band scale.

Plain SVG text without inline styles (the content policy forbids them); colours come from the style sheet by
class.  Every drawing repeats numbers that stand beside it in words, so all are hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from markupsafe import Markup, escape

from chiso.web.formatting import Exact, exact, share


def bar(
    part: Exact | None, whole: Exact | None, target: int | None = None, live: str = "", kind: str = ""
) -> Markup:
    """A bar of ``part`` in ``whole`` with a tick at ``target`` percent; ``live`` names the live value."""
    width = share(part, whole)
    hook = f' data-width="{escape(live)}"' if live else ""
    tick = f'<rect class="tick" x="{target}%" width="2" height="100%"/>' if target is not None else ""
    return Markup(  # noqa: S704 - built from numbers and escaped names
        f'<svg class="bar {escape(kind)}" aria-hidden="true" focusable="false">'
        f'<rect class="track" width="100%" y="3" height="7" rx="3.5"/>'
        f'<rect class="fill" width="{width}%" y="3" height="7" rx="3.5"{hook}/>{tick}</svg>'
    )


def swing(value: Exact, most: Exact) -> Markup:
    """A bar to the right of a middle line for more, to the left for less; ``most`` fills a half."""
    width = exact(share(value if exact(value) > 0 else -exact(value), most)) / 2
    start = Fraction(50) if exact(value) >= 0 else 50 - width
    kind = "more" if exact(value) >= 0 else "less"
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="swing" aria-hidden="true" focusable="false">'
        f'<rect class="{kind}" x="{float(start):g}%" width="{float(width):g}%" y="3" height="9" rx="2"/>'
        f'<rect class="middle" x="50%" width="1" height="100%"/></svg>'
    )


def split(parts: Sequence[tuple[str, int]], whole: int) -> Markup:
    """A bar cut into parts of a whole, in the order given; each is drawn in the role of its name."""
    drawn: list[str] = []
    start = 0
    for name, count in parts:
        if not count:
            continue
        at = share(start, whole)
        width = share(count, whole)
        drawn.append(f'<rect class="part-{escape(name)}" x="{at}%" width="{width}%" height="100%"/>')
        if start:
            drawn.append(f'<rect class="gap" x="{at}%" width="2" height="100%"/>')
        start += count
    body = "".join(drawn)
    return Markup(f'<svg class="split-bar" aria-hidden="true" focusable="false">{body}</svg>')  # noqa: S704


LEAST_SPREAD: Final = Fraction(1, 5)
"""Points that a sparkline's height stands for at least: a hundredth must not look like a fall."""


def sparkline(values: Sequence[Exact], width: int = 96, height: int = 24) -> Markup:
    """A line of values in the order given, scaled to their own range, with a dot on the last."""
    if len(values) < 2:
        return Markup('<span class="quiet">–</span>')
    exacts = [exact(value) for value in values]
    low, high = min(exacts), max(exacts)
    spread = max(high - low, LEAST_SPREAD)
    low -= (spread - (high - low)) / 2
    inner, pad = Fraction(height - 8), Fraction(4)

    def y(value: Fraction) -> float:
        return round(float(pad + inner * (1 - (value - low) / spread)), 2)

    step = (width - 8) / (len(exacts) - 1)
    places = [(round(2 + index * step, 2), y(value)) for index, value in enumerate(exacts)]
    line = " ".join(f"{x},{down}" for x, down in places)
    last_x, last_y = places[-1]
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'aria-hidden="true" focusable="false"><polyline points="{line}"/>'
        f'<circle cx="{last_x}" cy="{last_y}" r="2.2"/></svg>'
    )


def stack(counts: Sequence[int], height: int = 22) -> Markup:
    """Counts from the best band to the worst as one bar of 100%; parts that are wide enough say theirs."""
    whole = sum(counts)
    parts: list[str] = []
    before = 0
    for index, count in enumerate(reversed(counts)):
        if count:
            x, width = share(before, whole), share(count, whole)
            parts.append(f'<rect class="band-{index}" x="{x}%" width="{width}%" height="{height}"/>')
            if count * 14 >= whole:
                middle = share(Fraction(before) + Fraction(count, 2), whole)
                parts.append(
                    f'<text class="band-{index}" x="{middle}%" y="{height / 2 + 4}" text-anchor="middle">'
                    f"{count}</text>"
                )
            if before:
                parts.append(f'<rect class="gap" x="{x}%" width="2" height="{height}"/>')
        before += count
    body = "".join(parts)
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="stack" height="{height}" aria-hidden="true" focusable="false">{body}</svg>'
    )


def strip(
    values: Sequence[Exact],
    quartiles: Sequence[Exact],
    target: Exact,
    words: str,
    own: Exact | None = None,
    own_words: str = "",
) -> Markup:
    """Where the units of a league stand: a tick each, the middle half shaded, on a scale in whole tens."""
    ends = [exact(value) for value in (*values, target)]
    low = min(ends) // 10 * 10
    high = -(-max(ends) // 10) * 10
    if high - max(ends) < 3:
        high += 10

    def at(value: Exact) -> str:
        return f"{share(exact(value) - low, high - low)}%"

    parts = ['<rect class="track" y="20" width="100%" height="14" rx="4"/>']
    if len(quartiles) == 3:
        first, middle, third = quartiles
        width = share(exact(third) - exact(first), high - low)
        parts.append(f'<rect class="half" x="{at(first)}" y="16" width="{width}%" height="22" rx="3"/>')
    parts += [f'<rect class="unit" x="{at(value)}" y="20" width="1.5" height="14"/>' for value in values]
    if len(quartiles) == 3:
        parts.append(f'<rect class="median" x="{at(middle)}" y="14" width="2.5" height="26"/>')
    parts.append(f'<rect class="goal" x="{at(target)}" y="14" width="2" height="26"/>')
    parts.append(
        f'<text class="goal-name" x="{at(target)}" y="9" text-anchor="middle">{escape(words)}</text>'
    )
    if own is not None:
        parts.append(f'<circle class="own" cx="{at(own)}" cy="27" r="5.5"/>')
        parts.append(
            f'<text class="own-name" x="{at(own)}" y="9" text-anchor="middle">{escape(own_words)}</text>'
        )
    for tick in range(int(low), int(high) + 1, 10):
        anchor = "start" if tick == low else "end" if tick == high else "middle"
        parts.append(f'<text x="{at(tick)}" y="54" text-anchor="{anchor}">{tick}</text>')
    body = "".join(parts)
    return Markup(f'<svg class="strip" height="58" aria-hidden="true" focusable="false">{body}</svg>')  # noqa: S704


def whisker(low: Exact, value: Exact, high: Exact, ends: tuple[Exact, Exact]) -> Markup:
    """A thin line from low to high with a dot at the value, on a scale between two ends."""
    first, wide = exact(ends[0]), exact(ends[1]) - exact(ends[0])

    def at(one: Exact) -> str:
        return share(exact(one) - first, wide)

    width = share(exact(high) - exact(low), wide)
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="whisker" height="9" aria-hidden="true" focusable="false">'
        f'<rect class="track" y="4" width="100%" height="1"/>'
        f'<rect class="range" x="{at(low)}%" y="3" width="{width}%" height="3" rx="1.5"/>'
        f'<circle cx="{at(value)}%" cy="4.5" r="2.6"/></svg>'
    )


@dataclass(frozen=True, slots=True)
class ScaleBand:
    """A band as the scale draws it: its id, its name and the points from which it holds."""

    id: str
    name: str
    floor: Exact


def scale(total: Exact, bands: Sequence[ScaleBand], target: Exact, target_words: str, current: str) -> Markup:
    """The scale of 0 to 100: bands from low to high, a mark at the total, a flag at the target."""
    parts: list[str] = []
    floors = [exact(band.floor) for band in bands] + [Fraction(100)]
    for index, band in enumerate(bands):
        start, width = floors[index], floors[index + 1] - floors[index]
        now = " now" if band.id == current else " xs" if width <= 10 else ""
        parts.append(
            f'<rect class="band-{index}{now}" x="{share(start, 100)}%" y="22" '
            f'width="{share(width, 100)}%" height="12"/>'
        )
        last = index == len(bands) - 1
        middle = Fraction(100) if last else start + width / 2
        anchor = "end" if last else "middle" if start else "start"
        place = Fraction(0) if start == 0 else middle
        parts.append(
            f'<text class="name{now}" x="{share(place, 100)}%" y="50" text-anchor="{anchor}">'
            f"{escape(band.name)}</text>"
        )
        if start:
            parts.append(f'<rect class="gap" x="{share(start, 100)}%" y="22" width="2" height="12"/>')
    at_target, at_total = share(target, 100), share(total, 100)
    parts.append(f'<rect class="goal" x="{at_target}%" y="14" width="2" height="20"/>')
    parts.append(
        f'<text class="goal-name" x="{at_target}%" y="10" text-anchor="middle">{escape(target_words)}</text>'
    )
    parts.append(f'<rect class="here" data-x="total" x="{at_total}%" y="17" width="3" height="22" rx="1.5"/>')
    body = "".join(parts)
    return Markup(f'<svg class="scale" height="56" aria-hidden="true" focusable="false">{body}</svg>')  # noqa: S704
