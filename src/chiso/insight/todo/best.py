"""The kinds of work that give most for one thing done: what to begin the day with."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from chiso.insight.todo.answer import work_of
from chiso.insight.todo.items import WHAT
from chiso.instants import NEVER

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.insight.todo.work import Work


@dataclass(frozen=True)
class Best:
    """All work of one kind that gives anything."""

    what: str
    count: int
    most: Fraction
    """what the one thing gives that gives most"""
    together: Fraction
    """what all of it gives if nothing else is done"""
    by: int
    """the first last instant of any that is still ahead; ``NEVER`` where there is none"""


def best_of(folder: DataFolder, unit_code: str) -> list[Best]:
    """The kinds of work of a unit now, the one first of which a single thing gives most."""
    _, _, found = work_of(folder, unit_code, None, {})
    told = [one for what in WHAT if (one := _kind(found, what)).count]
    return sorted(told, key=lambda one: (-one.most, -one.together, one.by))


def _kind(found: Work, what: str) -> Best:
    now = found.view.board.judged_at
    most = together = Fraction(0)
    count, by = 0, NEVER
    for items in found.items:
        if items.what != what or not len(items):
            continue
        worths = [items.worths[way] for way in set(items.way.tolist())]
        if max(worths) <= 0:
            continue
        most, together, count = max(most, *worths), together + items.together, count + len(items)
        ahead = items.by[items.by > now]
        by = min(by, int(ahead.min(initial=NEVER)))
    for one in found.others:
        if one.what == what and one.worth > 0:
            most, count = max(most, one.worth), count + 1
            together += Fraction(0) if what in found.together else one.worth
            by = min(by, one.by if one.by > now else NEVER)
    return Best(what, count, most, together + found.together.get(what, Fraction(0)), by)
