"""All the work of a unit at an instant, in order of what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.insight.gains import Worth
from chiso.insight.outlook.course import course
from chiso.insight.scene import scene
from chiso.insight.todo import items as kinds
from chiso.insight.todo.items import WHAT, Items
from chiso.insight.todo.registers import Other, petitions, procedures
from chiso.insight.todo.unheard import unheard_rows
from chiso.instants import NEVER

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.each import Bools
    from chiso.folder.state import DataFolder, View

PETITION_DAYS: Final = 5
"""Working days before a limit from which a petition is work of the day: a third of the fifteen."""


@dataclass
class Work:
    """Items in no order, and the order in which they are told.

    Item k is a dossier's (of ``items``, one kind after the other), or beyond those one of ``others``.
    """

    view: View
    unit: int
    until: int
    items: list[Items]
    others: list[Other]
    together: dict[str, Fraction] = field(default_factory=dict)
    """kind of work on procedures → what all of it gives at once"""

    @cached_property
    def starts(self) -> Array:
        """Where the items of each kind begin, and where the others do."""
        return np.cumsum([0, *(len(one) for one in self.items)])

    def __len__(self) -> int:
        return int(self.starts[-1]) + len(self.others)

    @cached_property
    def what(self) -> Array:
        """The kind of each item, as a place in :data:`WHAT`."""
        told = [np.full(len(one), WHAT.index(one.what)) for one in self.items]
        return np.concatenate([*told, np.array([WHAT.index(one.what) for one in self.others], np.int64)])

    @cached_property
    def by(self) -> Array:
        """The last instant in time of each; ``NEVER`` where there is none."""
        others = np.array([one.by for one in self.others], np.int64)
        return np.concatenate([*(one.by for one in self.items), others])

    @cached_property
    def dossier(self) -> Array:
        """Numbers of dossiers; 0 where an item is no dossier's."""
        return np.concatenate([*(one.dossier for one in self.items), np.zeros(len(self.others), np.int64)])

    @cached_property
    def procedure(self) -> Array:
        """Procedures as terms; -1 where there is none, or the ledger has no term for it."""
        terms = {text: number for number, text in enumerate(self.view.ground.terms)}
        others = [terms.get(one.code, -1) if one.key == "procedure" else -1 for one in self.others]
        return np.concatenate([*(one.procedure for one in self.items), np.array(others, np.int64)])

    @cached_property
    def order(self) -> Array:
        """All items: most points first, then the soonest, then the one that came first."""
        worths = sorted({*(w for one in self.items for w in one.worths), *(o.worth for o in self.others)})
        ranks = {worth: rank for rank, worth in enumerate(worths)}
        rank = [
            np.array([ranks[worth] for worth in one.worths], np.int64)[one.way]
            for one in self.items
            if len(one)
        ]
        rank.append(np.array([ranks[one.worth] for one in self.others], np.int64))
        return np.lexsort((self.dossier, self.by, -np.concatenate(rank)))

    def place(self, item: int) -> tuple[Items, int] | Other:
        """Where an item stands: its kind and place there, or the item itself."""
        kind = int(np.searchsorted(self.starts, item, side="right")) - 1
        if kind == len(self.items):
            return self.others[item - int(self.starts[-1])]
        return self.items[kind], item - int(self.starts[kind])

    def worth(self, item: int) -> Fraction:
        found = self.place(item)
        if isinstance(found, Other):
            return found.worth
        return found[0].worths[int(found[0].way[found[1]])]

    def chosen(
        self, what: tuple[str, ...] = (), procedure: str | None = None, before: int | None = None
    ) -> Bools:
        """Which items are of some kinds (all where none is named), of a procedure, to be done by then."""
        found = np.ones(len(self), np.bool_)
        if what:
            found &= np.isin(self.what, [WHAT.index(one) for one in what])
        if procedure is not None:
            terms = self.view.ground.terms
            number = terms.index(procedure) if procedure in terms else NEVER
            found &= self.procedure == number
            for place, one in enumerate(self.others, int(self.starts[-1])):
                found[place] = one.key == "procedure" and one.code == procedure
        return found if before is None else found & (self.by <= before)


def work(folder: DataFolder, view: View, unit: int, until: int) -> Work:
    """Looks through all that a unit can do; ``until``: dossiers that fall overdue by then belong to it."""
    ground = view.ground
    at = view.board.judged_at
    petitions_until = max(until, ground.calendar.due(at, PETITION_DAYS, unit=ground.units.all[unit].code))
    seen, worth = scene(view, unit), Worth(view, unit)
    ahead = course(view, unit, max(until, petitions_until) + 1)
    found = [
        kinds.due(seen, worth, ahead, until),
        kinds.overdue(seen, worth),
        kinds.result(seen, worth),
        kinds.digitise(seen, worth),
        kinds.pay(folder, seen, worth),
        kinds.sync(seen, worth),
        kinds.unheard(seen, worth, unheard_rows(folder, view.roster)),
        kinds.fee(seen, worth),
    ]
    of_procedures, together = procedures(seen, worth)
    others = [*petitions(seen, worth, ahead, petitions_until), *of_procedures]
    return Work(view, unit, until, found, others, together)
