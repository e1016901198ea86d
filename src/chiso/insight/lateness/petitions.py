"""Petitions told late: overdue (5.2, and so 5.3) by what was known then, not by what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.petitions import Book, Limits
from chiso.instants import tree_instant

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.ground import Ground
    from chiso.folder.state import DataFolder
    from chiso.insight.lateness.classes import Sides
    from chiso.intake.records import Petition

ON_TIME: Final = "5.2"
SATISFIED: Final = "5.3"


@dataclass(frozen=True, eq=False)
class LatePetitions:
    """The petitions told late, and the records in which they are as known now."""

    petitions: Sequence[Petition]
    """as known now"""
    told_at: Sequence[int]
    """since when what is known now is known"""
    unit: Array
    """unit of each, in the tree of the judging instant"""
    records: Sequence[Petition]
    """all petitions as known then, those told late as known now"""

    def __len__(self) -> int:
        return len(self.petitions)


def late_petitions(folder: DataFolder, sides: Sides) -> LatePetitions:
    """The petitions of the period that are overdue then and not now, told in time."""
    then = list(sides.ground.records.petitions)
    empty = LatePetitions([], [], np.empty(0, np.int64), then)
    if sides.at_once or not then:
        return empty
    told = folder.ledger.records_told("petition")
    now: dict[str, tuple[int, bool, Petition]] = {one.code: (at, timely, one) for at, timely, one in told}
    overdue_then = _overdue(then, sides.ground, sides)
    fresh = [now[one.code][2] for one in then if one.code in now]
    overdue_now = _overdue(fresh, sides.ground_now, sides)
    late = {code for code in overdue_then - overdue_now if code in now and now[code][1]}
    if not late:
        return empty
    petitions = [now[one.code][2] for one in then if one.code in late]
    units, at = sides.ground.units, tree_instant(sides.judged_at)
    unit = [
        units.today(units.resolve(one.unit, at if (first := _arrived(one)) is None else first), at)
        for one in petitions
    ]
    return LatePetitions(
        petitions,
        [now[one.code][0] for one in petitions],
        np.array(unit, np.int64),
        [now[one.code][2] if one.code in late else one for one in then],
    )


def _arrived(petition: Petition) -> int | None:
    told = (petition.received_at, petition.sent_at, petition.forwarded_at)
    return next((at for at in told if at is not None), None)


def _overdue(petitions: Sequence[Petition], ground: Ground, sides: Sides) -> set[str]:
    """Codes of the petitions of the period that are overdue at the judging instant."""
    book = Book(petitions, ground.calendar, Limits.of(ground.law))
    chosen = book.in_period(sides.start, sides.judged_at) & book.overdue(sides.judged_at)
    return {petitions[place].code for place in np.flatnonzero(chosen).tolist()}
