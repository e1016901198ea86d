"""The national catalogue held against the province's own list: what is missing, outdated, not localised.

Both are known as records: the catalogue counts, the local list (``local_procedures``) is only compared.  What
the local list does not say is not compared; where none is loaded, nothing is missing from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.insight.todo.registers import owner_of
from chiso.instants import midnight, tree_instant
from chiso.registry.procedures import LEVELS, ONLINE, iso_day
from chiso.text import fold

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.intake.records import LocalProcedure, Procedure

LOCALISED: Final = frozenset(LEVELS[1:])
"""Levels at which a province names who carries out a procedure of the ministries."""


@dataclass(frozen=True)
class Finding:
    """One thing to be done, or lost already, with one procedure."""

    what: str
    code: str
    why: str
    owner: int
    """the unit that it is for to do"""
    more: Mapping[str, Any] = field(default_factory=dict)


def compared(ground: Ground, local: Iterable[LocalProcedure], at: int) -> Iterator[Finding]:
    """What the two lists say against each other at a judging instant."""
    here = {one.code: one for one in local}
    catalogue, home = ground.catalogue, int(ground.units.today(ground.units.home.index, tree_instant(at)))
    applying = catalogue.applies(tree_instant(at))[home] | catalogue.own
    public = catalogue.in_force(at) & (catalogue.state == 0)
    for place in np.flatnonzero(public).tolist():
        record = catalogue.records[place]
        owner = owner_of(ground, record, at)
        if not applying[place]:
            if _could_be_ours(ground, record):
                yield Finding("localise", record.code, "no_unit_here", owner)
        elif here:
            one = here.get(record.code)
            if one is None:
                yield Finding("missing", record.code, "absent", owner)
            elif not _held(one, at):
                yield Finding("missing", record.code, "closed_here", owner)
            else:
                yield from _held_against(ground, record, place, one, owner)
    ended = catalogue.ends <= at
    for code, one in here.items():
        if not _held(one, at):
            continue
        place = catalogue.place(code)
        owner = owner_of(ground, catalogue.get(code), at)
        if place < 0:
            yield Finding("outdated", code, "not_in_catalogue", owner, {"name": one.name})
        elif ended[place]:
            yield Finding("outdated", code, "ended", owner)


def _could_be_ours(ground: Ground, record: Procedure) -> bool:
    """A ministry's procedure that provinces carry out, of which the catalogue names no unit of ours."""
    named = [word for word in record.level.replace(",", " ").split() if word in LOCALISED]
    return bool(named and record.units) and not record.specific


def _held(one: LocalProcedure, at: int) -> bool:
    """Whether the local list has a procedure in use at an instant."""
    last = iso_day(one.valid_to)
    return one.state != "closed" and (last is None or at < midnight(last) + 86_400)


def _held_against(
    ground: Ground, record: Procedure, place: int, one: LocalProcedure, owner: int
) -> Iterator[Finding]:
    """What differs between the two lists' entries of one procedure."""
    differs: dict[str, list[str]] = {}
    for name, national, local in (
        ("name", record.name, one.name),
        ("decision", record.decision, one.decision),
        ("limit", _limit(record), _limit(one)),
        ("online", record.online, one.online),
    ):
        if national and local and _plain(national) != _plain(local):
            differs[name] = [national, local]
    online = ONLINE[int(ground.catalogue.online[place])]
    if online != ONLINE[0] and one.online == ONLINE[0]:
        del differs["online"]
        yield Finding("offline", record.code, "paper_here", owner, {"online": online})
    if record.has_fee and one.has_fee is False:
        yield Finding("fee_here", record.code, "no_fee_here", owner)
    elif one.has_fee and not record.has_fee:
        differs["has_fee"] = ["0", "1"]
    if differs:
        yield Finding("outdated", record.code, "differs", owner, {"differs": differs})


def _limit(one: Procedure | LocalProcedure) -> str:
    return "" if one.limit_days is None else f"{one.limit_days} {one.limit_unit}"


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
