"""The bars of a waterfall that lies on its side: a row a step, all on the scale of the whole way.

Each bar is a small drawing in a table row, so that words, numbers and links are a table's own and it reads
the same on a phone, on paper and aloud.
"""

from __future__ import annotations

from fractions import Fraction

from markupsafe import Markup, escape

from chiso.web.formatting import share

LEAST = 0.3
"""Percent of the width that a bar has at least."""


def step(start: Fraction, stop: Fraction, low: Fraction, high: Fraction, kind: str = "") -> Markup:
    """A bar from one total to the next, on the scale from ``low`` to ``high``."""
    left, right = (float(share(value - low, high - low)) for value in sorted((start, stop)))
    way = "up" if stop >= start else "down"
    piece = f'x="{left:.3f}%" width="{max(right - left, LEAST):.3f}%"'
    return _drawing(f'<rect class="piece" {piece} y="3" height="13" rx="2"/>', f"{way} {kind}".strip())


def level(total: Fraction, low: Fraction, high: Fraction) -> Markup:
    """The mark of a total on the same scale."""
    at = float(share(total - low, high - low))
    return _drawing(f'<rect class="mark" x="{at:.3f}%" width="4" y="1" height="17" rx="2"/>', "")


def _drawing(body: str, kind: str) -> Markup:
    return Markup(  # noqa: S704 - numbers and known words
        f'<svg class="float {escape(kind)}" aria-hidden="true" focusable="false">'
        f'<rect class="rail" width="100%" y="9" height="1"/>{body}</svg>'
    )
