"""How states stood day by day, as narrow drawings: one unit's as a strip, many units' stacked.

Colours come from the style sheet by class.  Both repeat what stands beside them in words and tables, so they
are hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from chiso.instants import DAY
from chiso.steering.states import STATES
from chiso.steering.walk import Change

ORDER: Final = ("met", "on_course", "no_data", "at_risk", "missed")
"""From below: what is well first."""
assert set(ORDER) == set(STATES)


def strip(changes: Sequence[Change], first: int, last: int) -> Markup:
    """One line's states from a day's end to another's, side by side."""
    span = max(1, last - first)
    drawn = []
    for place, one in enumerate(changes):
        if one.state is None:
            continue
        start = max(first, one.at - DAY)
        stop = changes[place + 1].at - DAY if place + 1 < len(changes) else last
        if stop > start:
            x, width = (start - first) * 1000 // span, max(1, (stop - start) * 1000 // span)
            drawn.append(f'<rect class="state-{one.state}" x="{x}" width="{width}" height="10"/>')
    return _svg("strip", 10, drawn)


def stacked(lines: Sequence[Sequence[Change]], first: int, last: int) -> Markup:
    """How many of many lines stood in each state, day by day."""
    days = max(1, (last - first) // DAY)
    counts = [dict.fromkeys(ORDER, 0) for _ in range(days)]
    for changes in lines:
        for place, one in enumerate(changes):
            if one.state is None:
                continue
            stop = changes[place + 1].at if place + 1 < len(changes) else last + DAY
            for at in range(max(one.at, first + DAY), min(stop, last + DAY), DAY):
                counts[(at - first) // DAY - 1][one.state] += 1
    drawn = []
    run = 0
    for day in range(1, days + 1):
        if day < days and counts[day] == counts[run]:
            continue
        drawn += _column(counts[run], run * 1000 // days, day * 1000 // days)
        run = day
    return _svg("layers", 40, drawn)


def _column(counts: dict[str, int], left: int, right: int) -> list[str]:
    whole = sum(counts.values())
    drawn, below = [], 0
    for state in ORDER:
        if counts[state]:
            low, high = below * 400 // whole, (below + counts[state]) * 400 // whole
            drawn.append(
                f'<rect class="state-{state}" x="{left}" width="{right - left}" '
                f'y="{(400 - high) / 10:g}" height="{(high - low) / 10:g}"/>'
            )
            below += counts[state]
    return drawn


def _svg(kind: str, height: int, drawn: list[str]) -> Markup:
    return Markup(  # noqa: S704 - built from numbers and own names
        f'<svg class="{kind}" viewBox="0 0 1000 {height}" preserveAspectRatio="none" aria-hidden="true" '
        f'shape-rendering="crispEdges" '
        f'focusable="false">{"".join(drawn)}</svg>'
    )
