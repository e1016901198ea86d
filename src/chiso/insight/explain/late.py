"""What was known later of an earlier instant: dated facts as told since, everything else as known then.

A fact with a date counts at its date: told after the instant that is looked at, it was late.  What has no
date (a result file, a payment flag, a due time, the unit in charge) holds since it is known, so that told
later it is a change of its own and no late data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from chiso.engine.ground import Registers
from chiso.folder.registers import Registry
from chiso.instants import NEVER

if TYPE_CHECKING:
    from chiso.engine.columns import Columns, Roster
    from chiso.engine.ground import Ground
    from chiso.intake.records import Petition

UNDATED: Final = (
    "unit",
    "desk",
    "procedure",
    "databases",
    "due_at",
    "has",
    "channel",
    "filed",
    "payment",
    "subject",
)
"""Fields of a row that hold since they are known; the others are instants of what happened, or who told."""
UNDATED_OF_PETITIONS: Final = ("unit", "state", "dossier", "likes", "dislikes", "repeated", "about")


def before(roster: Roster, at: int) -> list[Columns]:
    """The rows of a roster that were received before an instant, as copies."""
    return [
        part.take(np.flatnonzero((part["version"] > 0) & (part["received_at"] < at)))
        for part in roster.parts()
    ]


def tell_later(rows: Iterable[Columns], then: Roster, ground: Ground) -> None:
    """Gives rows known later what has no date as a roster of an earlier instant knew it, in place.

    Dossiers that were not known then at all are told late as a whole.
    """
    for part in rows:
        numbers = np.minimum(part["dossier"], then.top)
        version = then.column("version")[numbers]
        known = (numbers == part["dossier"]) & (version > 0) & (then.column("received_at")[numbers] < NEVER)
        moved = np.flatnonzero(known & (version != part["version"]))
        if not moved.size:
            continue
        changed = part.take(moved)
        for name in UNDATED:
            changed[name][:] = then.column(name)[numbers[moved]]
        ground.derive(changed)
        for name, values in changed.arrays.items():
            part[name][moved] = values


def registry_told_later(then: Registry, later: Registry) -> Registry:
    """Decisions and petitions as told since; catalogue and reporting totals, which have no dates, as then."""
    petitions = _petitions(then.records.petitions, later.records.petitions)
    records = Registers(later.records.decisions, petitions, then.records.totals)
    return Registry(then.units, then.catalogue, then.calendar, records)


def _petitions(then: Sequence[Petition], later: Sequence[Petition]) -> list[Petition]:
    known = {one.code: one for one in then}
    return [
        msgspec.structs.replace(
            one, **{name: getattr(known[one.code], name) for name in UNDATED_OF_PETITIONS}
        )
        if one.code in known
        else one
        for one in later
    ]
