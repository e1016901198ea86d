"""What a unit's dossiers tell of its procedures: asked for on paper only, never paid online, ended.

What such a procedure is worth is what the unit's exact total would gain if its newest dossier had been filed,
or paid, online: counted by the law's own predicates.  Nobody can do that to a dossier that is there; it is
the measure of what the next one gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.insight.gains import Steps
from chiso.insight.todo.items import PAID, improved
from chiso.instants import NEVER, tree_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chiso.engine.columns import Array
    from chiso.engine.each import Bools
    from chiso.insight.gains import Worth
    from chiso.insight.scene import Scene

CHANNEL: Final = "3.3"
PAYMENT: Final = "3.6"
ONLINE: Final = 2
"""KenhThucHien of what is filed online"""


@dataclass(frozen=True)
class Use:
    """What dossiers of a unit show of one procedure."""

    what: str
    why: str
    code: str
    count: int
    """dossiers of it that show this"""
    worth: Fraction = Fraction(0)
    indicators: tuple[str, ...] = ()


def uses(scene: Scene, worth: Worth) -> list[Use]:
    """All that the dossiers of a scene tell of procedures."""
    seen = _Seen(scene)
    return [*_on_paper(seen, worth), *_unpaid(seen, worth), *_declared_offline(seen), *_strange(seen)]


class _Seen:
    """The procedures of a scene's dossiers, a place each."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.terms, self.place = np.unique(scene.rows["procedure"], return_inverse=True)
        self.codes = [scene.ground.terms[term] for term in self.terms.tolist()]

    @cached_property
    def catalogued(self) -> Array:
        """Their places in the catalogue; -1 where they are not in it."""
        return np.array([self.scene.ground.catalogue.place(code) for code in self.codes], np.int64)

    def are(self, places: Bools) -> Bools:
        """Which of them are among some places of the catalogue."""
        found: Bools = np.append(places, False)[self.catalogued]
        return found

    def count(self, rows: Bools) -> Array:
        """Dossiers of each among some rows."""
        return np.bincount(self.place[rows], minlength=len(self.terms))

    def entered(self, indicator: str) -> tuple[Bools, Bools] | None:
        """Rows that enter n and d of an indicator of dossiers; ``None`` where the law has none such."""
        found = []
        for reading in self.scene.ground.plan.readings.get(indicator, (None, None)):
            if reading is None or reading.kind != "cell":
                return None
            found.append(np.asarray(self.scene.counted.cells[reading.index]))
        return found[0], found[1]

    def newest(self, rows: Bools, chosen: Bools) -> Array:
        """Places of the newest of the rows of each chosen one."""
        some = np.flatnonzero(rows & chosen[self.place])
        order = some[np.lexsort((-self.scene.rows["received_at"][some], self.place[some]))]
        place = self.place[order]
        found: Array = order[np.r_[True, place[1:] != place[:-1]][: len(order)]]
        return found


def _never(
    seen: _Seen, worth: Worth, indicator: str, among: Bools, change: dict[str, int], kind: tuple[str, str]
) -> Iterator[Use]:
    """Procedures of which some dossiers enter d of an indicator and none enters n."""
    entered = seen.entered(indicator)
    if entered is None:
        return
    n, d = entered
    count, scene = seen.count(d), seen.scene
    some = seen.newest(d, (count > 0) & (seen.count(n) == 0) & among)
    steps = Steps(*scene.steps(some, scene.mended(some, **change)))
    ways, way = steps.ways()
    worths, told = worth.of(ways), improved(worth, ways)
    for place, one in zip(seen.place[some].tolist(), way.tolist(), strict=True):
        yield Use(*kind, seen.codes[place], int(count[place]), worths[one], told[one])


def _on_paper(seen: _Seen, worth: Worth) -> Iterator[Use]:
    """Online services that people here have asked for on paper alone."""
    scene = seen.scene
    catalogue, at = scene.ground.catalogue, scene.judged_at
    offered = (
        catalogue.in_force(at) & (catalogue.online > 0) & catalogue.applies(tree_instant(at))[scene.unit]
    )
    return _never(seen, worth, CHANNEL, seen.are(offered), {"channel": ONLINE}, ("offline", "paper_only"))


def _unpaid(seen: _Seen, worth: Worth) -> Iterator[Use]:
    """Fee procedures of which no dossier was paid online."""
    fees = seen.are(seen.scene.ground.catalogue.has_fee)
    return _never(seen, worth, PAYMENT, fees, {"payment": PAID[1]}, ("pay_online", "never_paid"))


def _declared_offline(seen: _Seen) -> Iterator[Use]:
    """Procedures that the catalogue offers on paper and people file online all the same.

    The province's own ones are work of ``offer_online``.
    """
    entered = seen.entered(CHANNEL)
    if entered is None:
        return
    catalogue = seen.scene.ground.catalogue
    offline = catalogue.in_force(seen.scene.judged_at) & (catalogue.online == 0) & ~catalogue.own
    count = seen.count(entered[0]) * seen.are(offline)
    for place in np.flatnonzero(count).tolist():
        yield Use("offline", "used_online", seen.codes[place], int(count[place]))


def _strange(seen: _Seen) -> Iterator[Use]:
    """Procedures that dossiers name and the catalogue has not, or had no more when they were received."""
    catalogue, received = seen.scene.ground.catalogue, seen.scene.rows["received_at"]
    ends = np.append(catalogue.ends, NEVER)[seen.catalogued]
    unknown = seen.count(np.ones(len(received), np.bool_)) * (seen.catalogued < 0)
    ended = seen.count(received >= ends[seen.place])
    for kind, count in (
        (("unknown", "not_in_catalogue"), unknown),
        (("outdated", "still_received"), ended),
    ):
        for place in np.flatnonzero(count).tolist():
            if seen.codes[place]:
                yield Use(*kind, seen.codes[place], int(count[place]))
