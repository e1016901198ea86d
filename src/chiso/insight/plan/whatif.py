"""What a total would be if so much of each kind of work were done: no plan, only its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from chiso.insight.exact import Exact
from chiso.insight.plan.others import Figures
from chiso.insight.plan.stocks import ACTS, BY_MESSAGE, FINISH, RESULT, SYNC, kinds_of
from chiso.law.table import points_table

if TYPE_CHECKING:
    from chiso.engine.count import Counts
    from chiso.insight.plan.others import Doing
    from chiso.insight.plan.ready import Ready
    from chiso.insight.plan.stocks import Stocked

WHOLE = 100
Shares = Mapping[str, int]
"""Kind of work → percent of it that is done"""


@dataclass(frozen=True)
class Outcome:
    """What comes of doing so much."""

    total: int
    """hundredths"""
    exact: Fraction
    done: dict[str, int]
    """kind of work → things with which it is done"""


def offered(told: Ready) -> dict[str, int]:
    """How many things of each kind of work there are to be done."""
    found: dict[str, int] = {}
    for stocked in told.stocks.all:
        for kind in kinds_of(stocked.possible, stocked.overdue):
            found[kind] = found.get(kind, 0) + len(stocked.members)
    for what, things, _ in told.others.stocks:
        found[what] = found.get(what, 0) + len(things)
    for groups in told.others.menus:
        for group in groups:
            found[group[0].what] = found.get(group[0].what, 0) + len(group)
    return found


def outcome(told: Ready, shares: Shares) -> Outcome:
    """The total once shares of all work are done.  Shares of one stock nest: the larger holds the smaller."""
    n, d = (one.copy() for one in told.figures)
    done: dict[str, int] = {}
    firsts: set[tuple[int, int]] = set()
    for stocked in told.stocks.all:
        ways = {way.acts: way for way in stocked.ways}
        for count, acts in _layers(stocked, shares):
            way = ways.get(acts)
            for kind in kinds_of(acts, stocked.overdue):
                done[kind] = done.get(kind, 0) + count
            if way is not None:  # one that moves a denominator is not reckoned with
                n += count * np.array(way.gain, np.int64)
                firsts |= {(counter, stocked.procedure) for counter in way.firsts}
    for counter, place in told.stocks.counters:
        n[place] += sum(own == counter for own, _ in firsts)
    for what, things, gain in told.others.stocks:
        count = _part(len(things), shares.get(what, 0))
        done[what] = done.get(what, 0) + count
        n += count * np.array(gain, np.int64)
    for groups in told.others.menus:
        _menu(told, groups, shares, done, (n, d))
    law, unit = told.then.ground.law, told.unit
    province = bool(told.then.ground.is_province[unit])
    total = int(points_table(law, np.array([province]), n[None], d[None]).totals[0])
    exact = Exact(law, below=not province).total(n.tolist(), d.tolist())
    return Outcome(total, exact, {kind: count for kind, count in done.items() if count})


def _menu(
    told: Ready,
    groups: list[list[Doing]],
    shares: Shares,
    done: dict[str, int],
    figures: tuple[Counts, Counts],
) -> None:
    counts = [_part(len(group), shares.get(group[0].what, 0)) for group in groups]
    for group, count in zip(groups, counts, strict=True):
        done[group[0].what] = done.get(group[0].what, 0) + count
    n, d = Figures(told.worth, groups).of(np.array([[0, count] for count in counts], np.int64))
    for place in np.flatnonzero((n[0] != n[1]) | (d[0] != d[1])).tolist():
        figures[0][place], figures[1][place] = n[1, place], d[1, place]


def _part(size: int, share: int) -> int:
    return size * min(max(share, 0), WHOLE) // WHOLE


def _layers(stocked: Stocked, shares: Shares) -> list[tuple[int, int]]:
    """(things, acts): with how many things of a stock exactly these acts are done."""
    size = len(stocked.members)
    until = {
        bit: _part(size, shares.get(kinds_of(bit, stocked.overdue)[0], 0))
        for bit in ACTS
        if stocked.possible & bit
    }
    edges = sorted({0, *until.values()})
    found = []
    for low, high in pairwise(edges):
        acts = sum(bit for bit, end in until.items() if end >= high)
        if acts & RESULT and stocked.possible & FINISH and not acts & FINISH:
            acts &= ~RESULT
        if acts & BY_MESSAGE:
            acts &= ~SYNC
        if acts:
            found.append((high - low, acts))
    return found
