"""The ground as it was known at past instants, walking forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chiso.engine.ground import Ground
from chiso.folder.registers import BESIDE_KINDS, GROUND_KINDS, Registry, read_registry, records_beside

if TYPE_CHECKING:
    from chiso.law.model import LawVersion
    from chiso.ledger.store import Ledger


class GroundThen:
    """Grounds as known at instants that grow.  Another one only where records became known in between."""

    def __init__(self, ledger: Ledger, like: Registry, law: LawVersion, terms: list[str]) -> None:
        self.ledger, self.like, self.law, self.terms = ledger, like, law, terms
        self._ground: Ground | None = None
        self._until = 0
        self._seen = 0
        self._ahead: list[tuple[int, str]] = []

    def _turns(self, at: int) -> set[str]:
        """Kinds of records that became known in (until, at]."""
        fresh = self.ledger.records_after(self._seen)
        if fresh:
            self._seen = fresh[-1][0]
            self._ahead += [
                (known, kind) for _, kind, known, _ in fresh if kind in GROUND_KINDS | BESIDE_KINDS
            ]
            self._ahead.sort()
        place = 0
        while place < len(self._ahead) and self._ahead[place][0] <= at:
            place += 1
        passed, self._ahead = self._ahead[:place], self._ahead[place:]
        return {kind for _, kind in passed}

    def __call__(self, at: int) -> Ground:
        kinds = self._turns(at)
        if self._ground is None or kinds & GROUND_KINDS:
            registry = read_registry(
                self.ledger, self.like.units.home.code, self.like.calendar, (), at, self.like
            )
            self._ground = registry.ground(self.law, self.terms)
        elif kinds:
            self._ground.records_changed(records_beside(self.ledger, at))
        return self._ground
