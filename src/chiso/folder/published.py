"""Published results: what the portal said of a unit, in a period, as captured at an instant.

Figures are kept as they were read; a missing one stays missing.  Groups may have been captured on different
days: each carries its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from chiso.instants import NEVER, Period, iso
from chiso.intake.records import PublishedFigure, UnitRecord
from chiso.law.model import LEVELS, LawVersion
from chiso.law.scoring import Scored, score
from chiso.ledger.publishing import RANK, TOTAL, PublishedResults, Row

KEPT: Final = 20_000
"""Scores made of published results that are kept in memory."""


class Published:
    """The published results of a ledger, read where they lie; what was made of them is kept in memory."""

    def __init__(self, results: PublishedResults) -> None:
        self._results = results
        self._scores: OrderedDict[tuple[str, str, int, int, str, str], PublishedScore | None] = OrderedDict()

    def units(self) -> list[UnitRecord]:
        """Units that published results name, as far as their code is known."""
        return self._results.units()

    def periods(self, unit: str) -> list[str]:
        """Periods of which anything of a unit was published."""
        return self._results.periods(unit)

    def instants(self, unit: str, period: str) -> list[int]:
        """When anything of a unit's period was captured, in order."""
        return self._results.instants(unit, period)

    def first(self, units: Sequence[str], period: str) -> dict[str, int]:
        """When anything of each unit's period was captured first; units without any are absent."""
        return self._results.first(units, period)

    def captured(self, units: Sequence[str], period: str, since: int, until: int) -> list[int]:
        """All instants in [since, until] at which anything of these units was captured, in order."""
        return self._results.captured(units, period, since, until)

    def newest(self, units: Sequence[str], period: str, at: int) -> dict[str, Row]:
        """The newest capture of each unit as of an instant; units without any are absent."""
        return self._results.newest(units, period, at)

    def rows(self, unit: str, period: str | None = None, since: int = 0, until: int = NEVER) -> list[Row]:
        """All captures of a unit, by period and instant; each with the newest of those before."""
        return self._results.rows(unit, period, since, until)

    def figures(self, unit: str, period: str, at: int = NEVER) -> dict[str, PublishedFigure]:
        """The newest figure of every key captured at an instant or before."""
        row = self._results.newest([unit], period, at).get(unit)
        return {} if row is None else row.figures()

    def score(self, law: LawVersion, kind: str, row: Row) -> PublishedScore | None:
        """What a capture gives by a law.  Kept: a row changes only with its journal entry."""
        key = (row.unit, row.period, row.captured_at, row.seq, law.version, kind)
        if key in self._scores:
            return self._scores[key]
        found = published_score(law, kind, row.figures())
        self._scores[key] = found
        while len(self._scores) > KEPT:
            self._scores.popitem(last=False)
        return found

    def scores(
        self, law: LawVersion, kinds: Mapping[str, str], period: str, at: int
    ) -> dict[str, PublishedScore]:
        """The results of many units (code → kind) as of an instant; units without any are absent."""
        found = {}
        for unit, row in self._results.newest(list(kinds), period, at).items():
            told = self.score(law, kinds[unit], row)
            if told is not None:
                found[unit] = told
        return found

    def totals(
        self,
        law: LawVersion,
        kinds: Mapping[str, str],
        period: str,
        at: int,
        since: Mapping[str, int] | None = None,
    ) -> dict[str, Decimal]:
        """The totals of many units (code → kind) as of an instant, where the whole result is known.

        What :meth:`scores` gives, without scoring where a total was published last.  ``since``: of a unit
        (code) nothing captured before that instant counts.
        """
        found = {}
        for unit, row in self._results.newest(list(kinds), period, at).items():
            if since is not None and row.captured_at < since.get(unit, 0):
                continue
            points = _published_total(law, row)
            if points is None:
                told = self.score(law, kinds[unit], row)
                points = told.total if told is not None and told.complete else None
            if points is not None:
                found[unit] = points
        return found


def _published_total(law: LawVersion, row: Row) -> Decimal | None:
    """The total of a row where nothing was captured after it; ``None`` where it takes a closer look."""
    total = row.capture.figures.get(TOTAL)
    if total is None or total.captured_at or total.points is None:
        return None
    points = Decimal(total.points)
    return points if 0 <= points <= law.maximum else None


@dataclass(frozen=True)
class PublishedScore:
    """A unit's published result, with what the law makes of its numerators and denominators."""

    scored: Scored
    groups: dict[str, Decimal]
    """groups that were published, by themselves or by all that they are made of"""
    total: Decimal
    """as published; else the sum of the groups"""
    complete: bool
    """whether the total was published, or all groups were"""
    captured_at: int
    captured: dict[str, int]
    """group → its own instant of capture"""
    rank: int | None


def published_score(law: LawVersion, kind: str, figures: dict[str, PublishedFigure]) -> PublishedScore | None:
    """A published result as a score; ``None`` where nothing of it is known.

    What is published counts as it is.  The law fills in only what it makes of published numerators and
    denominators, and nothing where an indicator was not published.
    """
    placed = figures.get(RANK)
    figures = _sound(law, figures)
    if not figures:
        return None
    level = kind if kind in LEVELS else "province"
    used = _of_one_time(law, figures, level)
    pairs = {
        key: (figure.numerator, figure.denominator)
        for key, figure in used.items()
        if key in law.indicators and figure.numerator is not None and figure.denominator is not None
    }
    told = {
        key: Decimal(figure.points)
        for key, figure in used.items()
        if figure.points is not None and key not in pairs and key in law.indicators
    }
    stated = {key: Decimal(used[key].points or 0) for key in law.groups if key in used}
    whole = {key for key in law.groups if _whole(law, key, level, used.keys())}
    unknown = [key for key in law.groups if key not in stated and key not in whole]
    given = told | {key: points for key, points in stated.items() if key not in whole}
    given |= dict.fromkeys(unknown, Decimal(0))
    scored = score(law, level, pairs, given)
    otherwise = {key: points for key, points in stated.items() if scored.groups[key].points != points}
    if otherwise:
        scored = score(law, level, pairs, given | otherwise)
    groups = {key: scored.groups[key].points for key in law.groups if key not in unknown}
    captured = {key: _captured(law, key, used) for key in groups}
    newest = max(figure.captured_at for figure in figures.values())
    total = figures.get(TOTAL)
    points = sum(groups.values(), Decimal("0.00"))
    newer = total is not None and total.captured_at >= max(captured.values(), default=0)
    if total is not None and total.points is not None and (unknown or newer):
        points = Decimal(total.points)
    complete = not unknown or total is not None
    # a rank is that of its own total: once newer groups have made another one, it says nothing any more
    rank = total.rank if total is not None and (unknown or newer) else None
    if placed is not None and placed.captured_at >= max(
        [*captured.values(), 0 if total is None else total.captured_at]
    ):
        rank = placed.rank
    return PublishedScore(scored, groups, points, complete, newest, captured, rank)


def _sound(law: LawVersion, figures: dict[str, PublishedFigure]) -> dict[str, PublishedFigure]:
    """Without figures that say nothing, and without points that the law cannot give: mistakes of a table,
    which may spoil no whole league."""
    most = {key: group.maximum for key, group in law.groups.items()}
    most |= {key: one.maximum for key, one in law.indicators.items()}
    most[TOTAL] = law.maximum

    def sound(key: str, figure: PublishedFigure) -> bool:
        counted = figure.numerator is not None and figure.denominator is not None
        if key not in most or (figure.points is None and not (counted and key in law.indicators)):
            return False
        return figure.points is None or 0 <= Decimal(figure.points) <= most[key]

    return {key: figure for key, figure in figures.items() if sound(key, figure)}


def _of_one_time(
    law: LawVersion, figures: dict[str, PublishedFigure], level: str
) -> dict[str, PublishedFigure]:
    """Of every group what was captured last: its points, or the indicators that make them."""
    found = dict(figures)
    for group, one in law.groups.items():
        stated = figures.get(group)
        if stated is None:
            continue
        newer = {
            key for key in one.indicators if key in figures and figures[key].captured_at >= stated.captured_at
        }
        if any(figures[key].captured_at > stated.captured_at for key in newer) and _whole(
            law, group, level, newer
        ):
            del found[group]
        for key in one.indicators:
            if key in found and key not in newer:
                del found[key]
    return found


def _captured(law: LawVersion, group: str, figures: dict[str, PublishedFigure]) -> int:
    keys = (group, *law.groups[group].indicators)
    return max(figures[key].captured_at for key in keys if key in figures)


def _whole(law: LawVersion, group: str, level: str, known: Set[str]) -> bool:
    """Whether every indicator that gives a group its points was published too."""
    members = [law.indicators[name] for name in law.groups[group].indicators]
    needed = [
        one.id
        for one in members
        if not one.information
        and one.constant is None
        and not (one.below_province == "none" and level != "province")
    ]
    return bool(needed) and all(name in known for name in needed)


def published_json(found: PublishedScore, law: LawVersion, period: Period) -> dict[str, Any]:
    """The score form of the contract, from published figures; what was not published is not in it."""
    body = found.scored.as_json()
    scored = found.scored.total
    if found.total != scored:
        body["exact"] = f"{found.total:.10f}"
    body["total"] = f"{found.total:.2f}"
    body["band"] = law.band(found.total).names.vi
    body["groups"] = {name: body["groups"][name] for name in found.groups}
    for name, captured in found.captured.items():
        if captured != found.captured_at:
            body["groups"][name]["captured_at"] = iso(captured)
    if not found.complete:
        body["incomplete"] = [name for name in law.groups if name not in found.groups]
    body["period"] = period.label
    body["captured_at"] = iso(found.captured_at)
    return body
