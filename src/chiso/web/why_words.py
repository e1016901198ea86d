"""A change in plain sentences, to be read aloud: every number in them is a link."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from chiso.web.messages import say
from chiso.web.naming import points_of
from chiso.web.why_lines import SHOWN, Told

if TYPE_CHECKING:
    from chiso.web.view import View

Item = tuple[str, Fraction, str]
"""Words, points, and where they lead."""


def rich(lang: str, key: str, **values: object) -> Markup:
    """A sentence with links in its places."""
    return escape(say(lang, key)).format(**values)


def link(words: object, address: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, words)


def listed(items: Sequence[Item], view: View) -> Markup:
    """a (+1,00), b (+0,50) and c (+0,20)"""
    parts = [Markup("{} ({})").format(words, link(view.signed(points), to)) for words, points, to in items]
    if len(parts) == 1:
        return parts[0]
    return escape(say(view.lang, "why.said.and")).join([Markup(", ").join(parts[:-1]), parts[-1]])


def sentences(
    told: Told, view: View, ends: tuple[str, str], name: str, links: tuple[str, str], kind: str
) -> list[Markup]:
    """The change, then what rose and fell most by indicator and unit, then what stands beside the work.

    Args:
        told: the change.
        view: whoever reads.
        ends: the two ends in words.
        name: the unit's.
        links: where the two totals lead.
        kind: ``period`` or ``instant``, what the ends are.
    """
    lang, change = view.lang, told.change
    by = Fraction(change.points)
    way = "same" if not by else "up" if by > 0 else "down"
    first, last = (
        link(view.points(state.total), to)
        for state, to in zip((change.before, change.after), links, strict=True)
    )
    own = link(view.points(abs(by)), told.here())
    values = {"name": name, "a": ends[0], "b": ends[1], "before": first, "after": last, "by": own}
    found = [rich(lang, f"why.said.{kind}.{way}", **values)]
    for sign, key in ((1, "up"), (-1, "down")):
        if items := told.risen(sign):
            found.append(rich(lang, f"why.said.most.{key}", items=listed(items, view)))
    for sign, key in ((1, "up"), (-1, "down")):
        if items := told.units(sign):
            found.append(rich(lang, f"why.said.units.{key}", items=listed(items, view)))
    for beside, points, to in told.beside():
        found.append(rich(lang, f"why.said.{beside}", points=link(view.signed(points), to)))
    if abs(told.rounding) >= SHOWN:
        rounding = link(view.signed(points_of(told.rounding)), told.here())
        found.append(rich(lang, "why.said.rounding", points=rounding))
    return found
