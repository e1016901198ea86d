"""Points lost, shared out: every indicator's over its parts, to the tenth decimal, summing exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.folder.published import PublishedScore
from chiso.insight.lost import why
from chiso.insight.parts import EMPTY, Parts, parts_of, whole
from chiso.insight.tenths import WHOLE, Tenths, shares, tenths
from chiso.law.scoring import exact_points

if TYPE_CHECKING:
    from chiso.engine.board import Board
    from chiso.engine.cells import Cells
    from chiso.law.model import LawVersion
    from chiso.law.scoring import Scored, ScoredIndicator

TOTAL: Final = "total"
HUNDREDTH: Final = WHOLE // 100


@dataclass(frozen=True)
class Loss:
    """What one indicator lost (or a group known by its points only), and who lost it."""

    id: str
    group: str
    points: Decimal
    """maximum − points as shown"""
    maximum: Fraction
    n: int | None
    d: int | None
    parts: Parts
    """the parts that lost something; the last one may stand for what nobody missed"""
    shares: Tenths
    """of each part"""
    why: str
    """key of :data:`chiso.insight.lost.why.WORDS`"""
    rest: str = ""
    """the same of the last part, where that one stands for what nobody missed"""

    @property
    def rounding(self) -> int:
        """What the parts do not explain, in tenths: the indicator's points are rounded, theirs are not."""
        return int(self.points * 100) * HUNDREDTH - int(self.shares.sum())


@dataclass(frozen=True)
class Rows:
    """The rows of several losses together, as columns."""

    losses: tuple[Loss, ...]
    which: NDArray[np.intp]
    """the loss of each row"""
    unit: NDArray[np.int64]
    procedure: np.ndarray
    missed: NDArray[np.int64]
    points: Tenths
    rest: NDArray[np.bool_]
    """rows that stand for what nobody missed"""

    def __len__(self) -> int:
        return len(self.points)

    def take(self, some: np.ndarray) -> Rows:
        """Some of the rows, in the order given."""
        columns = (self.which, self.unit, self.procedure, self.missed, self.points, self.rest)
        return Rows(self.losses, *(column[some] for column in columns))

    def dearest(self) -> Rows:
        """The dearest first; equal ones by indicator, unit and procedure."""
        return self.take(np.lexsort((self.procedure.astype(np.str_), self.unit, self.which, -self.points)))


@dataclass(frozen=True)
class Lost:
    """Everything that one unit lost."""

    unit: int
    total: Decimal
    lost: Decimal
    losses: Mapping[str, Loss]
    groups: Mapping[str, Decimal]
    """points that each known group lost"""
    roundings: Mapping[str, Decimal]
    """points that a group lost beside its indicators; ``total``: that the total lost beside the groups"""


def rows_of(losses: Iterable[Loss]) -> Rows:
    """The rows of losses, in their order."""
    some = tuple(loss for loss in losses if len(loss.parts))
    sizes = [len(loss.parts) for loss in some]
    rest = np.zeros(sum(sizes), np.bool_)
    rest[np.cumsum(sizes, dtype=np.intp) - 1] = [bool(loss.rest) for loss in some]
    nothing = np.empty(0, np.int64)
    return Rows(
        some,
        np.repeat(np.arange(len(some)), sizes),
        np.concatenate([nothing, *(loss.parts.unit for loss in some)]),
        np.concatenate([np.empty(0, object), *(loss.parts.procedure for loss in some)]),
        np.concatenate([nothing, *(loss.parts.missed for loss in some)]),
        np.concatenate([nothing, *(loss.shares for loss in some)]),
        rest,
    )


def of(cells: Cells, board: Board, unit: int) -> Lost:
    """What a unit lost, as counted.  ``cells`` and ``board`` are of the same count."""
    scored = board.score(unit)
    return _lost(board.law, unit, scored, scored.total, lambda one: parts_of(cells, board, unit, one))


def of_published(law: LawVersion, unit: int, told: PublishedScore) -> Lost:
    """What a unit lost by its published result, as far as that is known."""

    def known(indicator: str) -> Parts:
        one = told.scored.indicators[indicator]
        return EMPTY if one.n is None or not one.d else whole(unit, one.n, one.d)

    return _lost(law, unit, told.scored, told.total, known, set(law.groups) - set(told.groups))


def _lost(
    law: LawVersion,
    unit: int,
    scored: Scored,
    total: Decimal,
    parts: Callable[[str], Parts],
    unknown: set[str] | frozenset[str] = frozenset(),
) -> Lost:
    losses: dict[str, Loss] = {}
    groups: dict[str, Decimal] = {}
    roundings: dict[str, Decimal] = {}
    for name, group in scored.groups.items():
        if name in unknown:
            continue
        groups[name] = _decimal(group.group.maximum) - group.points
        if group.given or not group.group.indicators:
            losses[name] = _alone(name, name, unit, groups[name], group.group.maximum, why.GIVEN)
            roundings[name] = Decimal("0.00")
            continue
        for indicator in group.group.indicators:
            one = scored.indicators[indicator]
            if not one.indicator.information:
                losses[indicator] = _loss(unit, one, parts)
        members = sum((losses[one].points for one in group.group.indicators if one in losses), Decimal(0))
        roundings[name] = groups[name] - members
    lost = _decimal(law.maximum) - total
    rest = lost - sum(groups.values(), Decimal(0))
    if unknown and rest:
        losses[TOTAL] = _alone(TOTAL, TOTAL, unit, rest, Fraction(rest), why.UNKNOWN)
    elif rest:
        roundings[TOTAL] = rest
    return Lost(unit, total, lost, losses, groups, roundings)


def _loss(unit: int, one: ScoredIndicator, parts: Callable[[str], Parts]) -> Loss:
    rule, reason = one.indicator, _reason(one)
    exact = rule.maximum - one.exact
    told = np.empty(0, np.int64)
    found, rest = EMPTY, ""
    if exact:
        found = EMPTY if reason in why.BY_NOBODY else parts(rule.id)
        found = found.take(np.flatnonzero(found.missed))
        # as if the ratio by which this one's is multiplied were the whole
        by_parts = rule.maximum - exact_points(rule, one.n, one.d) if rule.times and one.d else exact
        if not len(found) or not by_parts:
            found, by_parts = EMPTY, Fraction(0)
        by_rest = tenths(exact) if not len(found) else tenths(exact - by_parts)
        if len(found):
            told = shares(tenths(exact) - by_rest, by_parts, found.missed)
        if by_parts != exact:
            rest = reason if reason in why.BY_NOBODY or not rule.times else why.TIMES
            found, told = found.with_one(unit), np.r_[told, by_rest]
    points = _decimal(rule.maximum) - one.points
    return Loss(rule.id, rule.group, points, rule.maximum, one.n, one.d, found, told, reason, rest)


def _reason(one: ScoredIndicator) -> str:
    rule = one.indicator
    if rule.constant is not None:
        return why.CONSTANT
    if one.exact == rule.maximum:
        return why.NOTHING
    if one.given:
        return why.GIVEN
    if one.no_data:
        return why.NO_DATA
    if one.d is None:
        return why.CEILING
    if one.inherited:
        return why.INHERITED
    return why.MISSED if rule.cap == 1 else why.CAPPED


def _alone(name: str, group: str, unit: int, points: Decimal, maximum: Fraction, reason: str) -> Loss:
    """What is lost as one piece."""
    told = np.array([tenths(Fraction(points))] if points else [], np.int64)
    parts = EMPTY.with_one(unit) if points else EMPTY
    return Loss(name, group, points, maximum, None, None, parts, told, reason, reason if points else "")


def _decimal(points: Fraction) -> Decimal:
    """A maximum of the law, which has two decimals at most."""
    return (Decimal(points.numerator) / points.denominator).quantize(Decimal("0.01"))
