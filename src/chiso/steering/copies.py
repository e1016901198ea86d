"""Certified e-copies by unit: how many were certified in a period, as known at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.instants import NEVER
from chiso.intake.records import CertifiedCopy
from chiso.ledger.natural import KEYS
from chiso.registry.codes import dossier_prefix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chiso.ledger.store import Ledger
    from chiso.registry.units import Units

TAG: Final = "certified_copy"


class Copies:
    """All tellings of certified copies as columns.

    A copy counts at the unit that received its dossier, by the front of the dossier's code: there it was
    certified.  One without a date counts from when it became known.
    """

    def __init__(self, ledger: Ledger, units: Units) -> None:
        self._units: Final = units
        known: list[int] = []
        gone: list[int] = []
        at: list[int] = []
        unit: list[int] = []
        last: dict[str, int] = {}
        for known_at, _, record in ledger.tellings((TAG,)):
            assert isinstance(record, CertifiedCopy)
            key = KEYS[TAG](record)
            if key in last:
                gone[last[key]] = known_at
            last[key] = len(known)
            certified = known_at if record.certified_at is None else record.certified_at
            desk = dossier_prefix(record.dossier) or ""
            counts = record.electronic and desk and not units.is_unassigned(desk, certified)
            known.append(known_at)
            gone.append(NEVER)
            at.append(certified)
            unit.append(units.resolve(desk, certified) if counts else -1)
        self._known, self._gone, self._at = (np.array(one, np.int64) for one in (known, gone, at))
        self._unit = np.array(unit, np.int64)

    def counts(self, start: int, judged_at: int, known_at: int) -> NDArray[np.int64]:
        """Per unit itself, in the tree of the judging instant: copies certified in [start, judged_at)."""
        where, _ = self._chosen(start, judged_at, known_at)
        return np.bincount(where, minlength=len(self._units)).astype(np.int64)

    def firsts(self, judged_at: int, known_at: int) -> NDArray[np.int64]:
        """Per unit itself, in the tree of the judging instant: when its first copy was made, else NEVER."""
        where, at = self._chosen(0, judged_at, known_at)
        found = np.full(len(self._units), NEVER, np.int64)
        np.minimum.at(found, where, at)
        return found

    def _chosen(
        self, start: int, judged_at: int, known_at: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Unit and instant of the copies certified in [start, judged_at), as known then."""
        chosen = (self._known <= known_at) & (self._gone > known_at) & (self._unit >= 0)
        chosen &= (self._at >= start) & (self._at < judged_at)
        where = self._units.today_map(judged_at - 1)[self._unit[chosen]]
        return where.astype(np.int64), self._at[chosen]
