"""The work of a unit by procedure and by officer: how much of what each has, and the points in it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.folder.officers import officers_of, one_spelling
from chiso.insight.todo.items import WHAT
from chiso.instants import NEVER, iso, tree_instant
from chiso.law.scoring import decimals
from chiso.registry.codes import dossier_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chiso.engine.columns import Array
    from chiso.engine.each import Bools
    from chiso.folder.state import DataFolder
    from chiso.insight.todo.work import Work

GROUPS: Final = ("procedure", "officer")
"""By what work can be put together."""
NOBODY: Final = "none"
"""Asked for: dossiers of which no step names an officer."""


@dataclass(frozen=True)
class Handlers:
    """Of the dossiers of some work: who handles each, and for which unit."""

    names: Sequence[str]
    officer: Array
    """by item: place in ``names``; -1 where the item is no dossier's"""
    unit: Array
    """by item: the unit's index; -1 likewise"""

    def chosen(self, officer: str) -> Bools:
        """The items of one officer, or of nobody (:data:`NOBODY`)."""
        name = "" if officer == NOBODY else one_spelling(officer)
        places = [place for place, known in enumerate(self.names) if one_spelling(known) == name]
        return np.isin(self.officer, places)


def handlers(folder: DataFolder, found: Work) -> Handlers:
    """Who handles what of some work."""
    numbers = np.unique(found.dossier[found.dossier > 0])
    rows = found.view.roster.rows_of(numbers)
    ground = found.view.ground
    memory = officers_of(folder)
    size = int(numbers.max(initial=0)) + 1
    officer, unit = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    dossier = rows["dossier"].astype(np.int64)
    officer[dossier] = memory.of(folder, dossier, rows["version"].astype(np.int64))
    unit[dossier] = rows["unit_index"].astype(np.int64)
    unheard = dossier[rows["received_at"] >= NEVER]  # only steps are known: the code alone tells the unit
    for number, code in folder.ledger.codes(unheard.tolist()).items():
        unit[number] = ground.units.resolve(dossier_prefix(code) or "", found.view.board.judged_at)
    today = ground.units.today_map(tree_instant(found.view.board.judged_at)).astype(np.int64)
    unit[unit >= 0] = today[unit[unit >= 0]]
    here = (found.dossier > 0) & (found.what != WHAT.index("fee"))  # a fee is the procedure's
    return Handlers(
        memory.names(),
        np.where(here, officer[np.where(here, found.dossier, 0)], -1),
        np.where(here, unit[np.where(here, found.dossier, 0)], -1),
    )


def groups_of(folder: DataFolder, found: Work, chosen: Bools, by: str) -> list[dict[str, Any]]:
    """Some of the work put together, most points first.

    ``points`` is the sum of what each single thing gives.  By officer there are dossiers alone: messages name
    nobody who answers petitions or sees to procedures.  What has no procedure or names nobody is last.
    """
    if by == "officer":
        told = handlers(folder, found)
        chosen = chosen & (told.officer >= 0)
        keys = told.officer * len(found.view.ground.units.all) + told.unit
        tell = partial(_officer, found, told)
    else:
        keys, codes = _procedures(found)
        tell = partial(_procedure, found, codes)
    numbers, group = np.unique(keys[chosen], return_inverse=True)
    items = np.flatnonzero(chosen)
    counts = np.zeros((len(numbers), len(WHAT)), np.int64)
    np.add.at(counts, (group, found.what[items]), 1)
    now = found.view.board.judged_at
    by_when = np.where(found.by[items] > now, found.by[items], NEVER)
    soonest = np.full(len(numbers), NEVER)
    np.minimum.at(soonest, group, by_when)
    points = _points(found, items, group, len(numbers))
    rows = [
        (
            points[one],
            {
                **tell(number),
                "count": int(counts[one].sum()),
                "kinds": {
                    kind: count for kind, count in zip(WHAT, counts[one].tolist(), strict=True) if count
                },
                "points": decimals(points[one]),
                "first_by": iso(min(int(soonest[one]), found.view.period.end)),
            },
        )
        for one, number in enumerate(numbers.tolist())
    ]
    rows.sort(key=lambda told: (told[1].get(by) is None, -told[0], -told[1]["count"]))
    return [row for _, row in rows]


def _procedures(found: Work) -> tuple[Array, list[str]]:
    """By item the place of its procedure among the codes, -1 for none; and the codes."""
    keys = np.where(found.procedure > 0, found.procedure, -1)  # term 0 is the empty text
    terms = dict(zip(found.view.ground.terms, count(), strict=False))
    for place, one in enumerate(found.others, int(found.starts[-1])):
        if one.key == "procedure":  # maybe one of which no dossier was ever known
            keys[place] = terms.setdefault(one.code, len(terms))
    return keys, list(terms)


def _procedure(found: Work, codes: list[str], key: int) -> dict[str, Any]:
    if key < 0:
        return {"procedure": None, "procedure_name": ""}
    record = found.view.ground.catalogue.get(codes[key])
    return {"procedure": codes[key], "procedure_name": record.name if record is not None else ""}


def _officer(found: Work, told: Handlers, key: int) -> dict[str, Any]:
    units = found.view.ground.units
    place, unit = divmod(key, len(units.all))
    return {
        "officer": told.names[place] or None,
        "unit": units.all[unit].code,
        "unit_name": units.name(unit, tree_instant(found.view.board.judged_at)),
    }


def _points(found: Work, items: Array, group: Array, groups: int) -> list[Fraction]:
    """What the items of each group give one by one, summed up."""
    points = [Fraction(0)] * groups
    kind = np.searchsorted(found.starts, items, side="right") - 1
    for place, one in enumerate(found.items):
        here = kind == place
        if not here.any():
            continue
        ways = len(one.worths)
        codes, times = np.unique(
            group[here] * ways + one.way[items[here] - int(found.starts[place])], return_counts=True
        )
        for code, often in zip(codes.tolist(), times.tolist(), strict=True):
            points[code // ways] += one.worths[code % ways] * often
    rest = kind == len(found.items)
    for item, number in zip(items[rest].tolist(), group[rest].tolist(), strict=True):
        points[number] += found.worth(item)
    return points
