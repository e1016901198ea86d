"""The ends of a change and what stands between them: states of one unit that differ in one thing each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from chiso.insight.explain.split import Side
from chiso.insight.parts import EMPTY, Parts, parts_of, whole
from chiso.law.model import LEVELS
from chiso.law.scoring import score

if TYPE_CHECKING:
    from chiso.engine.board import Board
    from chiso.engine.cells import Cells
    from chiso.folder.published import PublishedScore
    from chiso.law.model import LawVersion
    from chiso.law.scoring import Scored

TOTAL = "total"


@dataclass(frozen=True)
class State:
    """What a unit's score is made of at one end of a change, or between."""

    law: LawVersion
    unit: int
    scored: Scored
    total: Decimal
    parts: Mapping[str, Parts]
    """of each indicator that gives points"""
    board: Board | None = None
    """of all units, where it was counted"""
    known: frozenset[str] | None = None
    """groups that are known, where not all are"""

    def side(self, indicator: str) -> Side | None:
        """One indicator; ``None`` where there is none such, or its group is known by its points only."""
        one = self.scored.indicators.get(indicator)
        if one is None or one.indicator.information or self.given(one.indicator.group):
            return None
        by = self.scored.indicators[one.indicator.times] if one.indicator.times else None
        factor = Fraction(1)
        if by is not None:
            factor = Fraction(by.n, by.d) if by.n is not None and by.d else Fraction(0)
        return Side(self.parts.get(indicator, EMPTY), one.exact, factor)

    def given(self, group: str) -> bool:
        """Whether a group is known by its points only."""
        told = self.scored.groups.get(group)
        return told is not None and (told.given or not told.group.indicators)

    def holds(self, group: str) -> bool:
        """Whether it is known what a group gives."""
        return self.known is None or group in self.known


def state_of(cells: Cells, board: Board, unit: int) -> State:
    """A counted state."""
    scored = board.score(unit)
    parts = {
        name: parts_of(cells, board, unit, name)
        for name, one in board.law.indicators.items()
        if not one.information
    }
    return State(board.law, unit, scored, scored.total, parts, board)


def under(state: State, law: LawVersion, kind: str) -> State:
    """A published state as another version of the law scores its figures; points alone stay what they are."""
    told = state.scored
    figures = {
        name: (one.n, one.d)
        for name, one in told.indicators.items()
        if one.n is not None and one.d is not None and name in law.indicators
    }
    given = {name: one.points for name, one in told.groups.items() if one.given and name in law.groups}
    given |= {
        name: one.points for name, one in told.indicators.items() if one.given and name in law.indicators
    }
    scored = score(law, kind if kind in LEVELS else "province", figures, given)
    return replace(state, law=law, scored=scored)


def published_state(law: LawVersion, unit: int, told: PublishedScore) -> State:
    """A published state: figures without parts."""
    parts = {
        name: whole(unit, one.n, one.d)
        for name, one in told.scored.indicators.items()
        if one.n is not None and one.d
    }
    return State(law, unit, told.scored, told.total, parts, known=frozenset(told.groups))
