"""How ranks and published results went over time.

The portals of 2022 to 2025 and of 2026 measure differently, and on 01/07/2025 the 63 provinces became 34:
what lies on two sides of such a break is never joined, the break is told instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from chiso.folder.answers import QuestionError, Source, score_of_hundredths, tree_at, unit_named
from chiso.folder.answers import asked as question_of
from chiso.folder.history import history
from chiso.folder.league import at_home, merged_at, units_of
from chiso.folder.published import PublishedScore
from chiso.instants import DAY, Period, day_of, iso, midnight, parse_period, tree_instant, year_of
from chiso.law.model import LawError
from chiso.law.ranks import ranks
from chiso.ledger.publishing import RANK, Row
from chiso.registry.units import LEAGUES, Unit

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.law.model import LawVersion

STEPS: Final = 60
"""Instants of a race at most: the captured days are thinned evenly, the last one stays."""
FEW: Final = 2
"""A group counts as not refreshed only where at least so many units of the league could be compared."""


def _span(folder: DataFolder, since: int | None, until: int | None) -> tuple[int, int]:
    until = folder.now() if until is None else until
    since = until - 366 * DAY if since is None else since
    if since >= until:
        raise QuestionError(
            "Khoảng thời gian bắt đầu sau khi kết thúc; hãy đổi từ ngày, đến ngày.",
            "the span begins after it ends: choose since before until",
            wrong=True,
        )
    return since, until


@dataclass(frozen=True)
class _Point:
    """One unit at one instant of a race."""

    total: Decimal | None
    stated_rank: int | None = None


def race(
    folder: DataFolder,
    among: str | None = None,
    under: str | None = None,
    period: str | None = None,
    since: int | None = None,
    until: int | None = None,
    source: str | None = None,
    steps: int = STEPS,
) -> dict[str, Any]:
    """Totals and ranks of a league over time, of one source throughout.

    Each instant counts the year to date (or ``period``, where one is named) by the law and the units of its
    time.  ``None`` where nothing is known.
    """
    since, until = _span(folder, since, until)
    among = among or "provinces"
    fixed = parse_period(period) if period else None
    question = question_of(folder, at=until, source=source)
    above = unit_named(folder, under, tree_at(folder, question)) if under else None
    units = units_of(folder, among, above, tree_instant(until))
    chosen = question.source or _source_of(folder, units, fixed or year_of(until))
    if chosen == "computed":
        instants = _sampled(folder, since, until, steps)
    else:
        everybody = {
            unit.code: unit
            for at in (since, tree_instant(until))
            for unit in units_of(folder, among, above, at)
        }
        instants = _thinned(_captured(folder, list(everybody), fixed, since, until), steps)
    named: dict[str, Unit] = {}
    told: list[dict[str, _Point]] = []
    for at in instants:
        standing = units_of(folder, among, above, tree_instant(at))
        named |= {unit.code: unit for unit in standing}
        told.append(_points_at(folder, standing, fixed or year_of(at), at, chosen))
    places = [_places(points) for points in told]
    rows = []
    for code, unit in named.items():
        totals = [points[code].total if code in points else None for points in told]
        rows.append(
            {
                "unit": code,
                "name": folder.registry.units.name(unit.index, min(until, unit.valid_to - 1)),
                "totals": [None if total is None else f"{total:.2f}" for total in totals],
                "ranks": [place.get(code) for place in places],
            }
        )
    rows = [row for row in rows if any(place is not None for place in row["ranks"])]
    rows.sort(key=lambda row: (row["ranks"][-1] is None, row["ranks"][-1] or 0, row["unit"]))
    return {
        "among": among,
        "under": above.code if above else None,
        "period": fixed.label if fixed else None,
        "source": chosen,
        "measure": folder.law_of(fixed or year_of(until)).law,
        "since": iso(since),
        "until": iso(until),
        "instants": [iso(at) for at in instants],
        "units": rows,
        "breaks": _breaks(folder, instants, among, fixed),
    }


def _source_of(folder: DataFolder, units: Sequence[Unit], period: Period) -> Source:
    """Computed where the ledger holds these units' dossiers and keeps their days, else published."""
    held = folder.trail is not None and period == year_of(folder.now())
    held = held and bool(units) and all(folder.holds(unit.index) or at_home(folder, unit) for unit in units)
    return "computed" if held else "published"


def _sampled(folder: DataFolder, since: int, until: int, steps: int) -> list[int]:
    trail = folder.trail
    if trail is None:
        return []
    hour = 6 * 3600
    kept = [sample.at for sample in trail.samples if since <= sample.at <= until]
    return _thinned([at for at in kept if (at - midnight(day_of(at))) == hour], steps)


def _captured(
    folder: DataFolder, codes: Sequence[str], fixed: Period | None, since: int, until: int
) -> list[int]:
    """The last instant of every day on which anything of these units was captured."""
    years = range(day_of(since).year, day_of(until).year + 1)
    labels = [fixed.label] if fixed else [f"{year:04d}" for year in years]
    last: dict[int, int] = {}
    for label in labels:
        for at in folder.published.captured(codes, label, since, until):
            if fixed or year_of(at).label == label:
                day = midnight(day_of(at))
                last[day] = max(at, last.get(day, at))
    return sorted(last.values())


def _thinned(instants: Sequence[int], steps: int) -> list[int]:
    count = len(instants)
    if count <= steps:
        return list(instants)
    chosen = {count - 1 - round(place * (count - 1) / (steps - 1)) for place in range(steps)}
    return [instants[place] for place in sorted(chosen)]


def _points_at(
    folder: DataFolder, units: Sequence[Unit], period: Period, at: int, source: Source
) -> dict[str, _Point]:
    if source == "computed":
        sample = folder.sample_at(at)
        if sample is None:
            return {}
        totals = sample.totals
        return {
            unit.code: _Point(Decimal(score_of_hundredths(totals[unit.index])))
            for unit in units
            if unit.index < len(totals)
        }
    law = folder.law_of(period)
    found = {}
    rows = folder.published.newest([unit.code for unit in units], period.label, at)
    merged = merged_at(folder, units, tree_instant(at))
    for unit in units:
        row = rows.get(unit.code)
        if row is not None and row.captured_at >= merged.get(unit.code, 0):
            total, place = _told(folder, law, unit, row)
            found[unit.code] = _Point(total, place)
    return found


def _told(folder: DataFolder, law: LawVersion, unit: Unit, row: Row) -> tuple[Decimal | None, int | None]:
    """The total and the published rank of a capture.  A rank told later, alone, leaves the total unknown."""
    score = folder.published.score(law, unit.kind, row)
    placed = row.capture.figures.get(RANK)
    alone = placed is not None and not placed.captured_at
    if alone and (score is None or score.captured_at < row.captured_at):
        return None, placed.rank if placed else None
    if score is None or not score.complete:
        return None, None
    return score.total, score.rank


def _places(points: dict[str, _Point]) -> dict[str, int]:
    known = {code: one.total for code, one in points.items() if one.total is not None}
    found = dict(zip(known, ranks(list(known.values())), strict=True))
    return found | {code: one.stated_rank for code, one in points.items() if one.stated_rank is not None}


def _breaks(
    folder: DataFolder, instants: Sequence[int], among: str, fixed: Period | None
) -> list[dict[str, Any]]:
    """Where the measure or the league changed between two instants that follow each other."""
    found: list[dict[str, Any]] = []
    for before, after in pairwise(instants):
        laws = [folder.law_of(fixed or year_of(at)).law for at in (before, after)]
        if laws[0] != laws[1]:
            start = (fixed or year_of(after)).start
            found.append({"at": iso(start), "kind": "measure", "from": laws[0], "to": laws[1]})
        sizes = [len(folder.registry.units.league(among, None, tree_instant(at))) for at in (before, after)]
        if among == "provinces" and sizes[0] != sizes[1]:
            at = _changed_between(folder, among, before, after)
            found.append({"at": iso(at), "kind": "league", "from": sizes[0], "to": sizes[1]})
    return sorted(found, key=lambda one: str(one["at"]))


def _changed_between(folder: DataFolder, among: str, before: int, after: int) -> int:
    """The day on which a league changed its members, found by halving."""
    size = len(folder.registry.units.league(among, None, tree_instant(before)))
    low, high = midnight(day_of(before)), midnight(day_of(after)) + DAY
    while high - low > DAY:
        middle = midnight(day_of((low + high) // 2))
        if len(folder.registry.units.league(among, None, middle)) == size:
            low = middle
        else:
            high = middle
    return high


def published_history(
    folder: DataFolder,
    unit_code: str,
    since: int | None = None,
    until: int | None = None,
    period: str | None = None,
) -> dict[str, Any]:
    """What the portal published of a unit at every captured instant, a series a measure.

    ``groups`` are as published; ``captured`` tells since when each group has stood so; ``unrefreshed`` names
    groups that the portal had not renewed: equal to the day before for all units of the league.  ``rank`` is
    the published one, else the place in the league where all of it was known then.  Without ``period`` the
    years to date, or where there are none all periods that are known.
    """
    since, until = _span(folder, 0 if since is None else since, until)
    unit = unit_named(folder, unit_code, until)
    known = folder.published.periods(unit.code)
    labels = [period] if period else [one for one in known if len(one) == 4] or known
    series: dict[str, dict[str, Any]] = {}
    for label in labels:
        when = parse_period(label)
        try:
            law = folder.law_of(when)
        except LawError:  # before the decision there was no index
            continue
        rows = folder.published.rows(unit.code, when.label, since, until + 1)
        if not rows:
            continue
        standing = _standing(folder, unit, when, law, rows)
        places = _ranks(folder, unit, when, law, rows)
        found = series.setdefault(law.law, {"law": law.law, "rows": []})
        found["rows"] += [_history_row(folder, law, unit, row, standing, places) for row in rows]
    told = sorted(series.values(), key=lambda one: str(one["rows"][0]["at"]))
    breaks = [
        {"at": after["rows"][0]["at"], "kind": "measure", "from": before["law"], "to": after["law"]}
        for before, after in pairwise(told)
    ]
    return {"unit": unit.code, "name": unit.name, "kind": unit.kind, "series": told, "breaks": breaks}


def history_of(
    folder: DataFolder,
    unit_code: str,
    period: str | None = None,
    until: int | None = None,
    source: str | None = None,
) -> dict[str, Any]:
    """A unit's points over a period, of one source: computed, a sample a day of the year of now; or
    published, at every captured instant.  Without ``source`` computed where that is held, else published."""
    question = question_of(folder, period=period, source=source)
    unit = unit_named(folder, unit_code, folder.now())
    kept = question.period == year_of(folder.now()) and not question.law.groups_only
    held = folder.holds(unit.index) or at_home(folder, unit)
    chosen = question.source or ("computed" if kept and held else "published")
    if chosen == "computed":
        if not kept:
            raise QuestionError(
                "Điểm từng ngày do hệ thống tính chỉ có của năm nay; chọn nguồn published cho các kỳ khác.",
                "computed points of every day are kept for the year of now only; choose source published",
                wrong=True,
            )
        return history(folder, unit.index, unit.code, until)
    told = published_history(folder, unit.code, 0, until, question.period.label)["series"]
    named = ("at", "total", "rank", "band", "groups")
    return {
        "unit": unit.code,
        "period": question.period.label,
        "law": question.law.law,
        "law_version": question.law.version,
        "source": "published",
        "complete": True,
        "rows": [{name: row[name] for name in named} for one in told for row in one["rows"]],
    }


def _history_row(
    folder: DataFolder,
    law: LawVersion,
    unit: Unit,
    row: Row,
    standing: dict[tuple[int, str], int],
    places: dict[int, int],
) -> dict[str, Any]:
    score = folder.published.score(law, unit.kind, row)
    total, place = _told(folder, law, unit, row)
    groups: dict[str, str] = {}
    captured: dict[str, str | None] = {}
    unrefreshed = []
    if score is not None and total is not None:
        groups = {group: f"{points:.2f}" for group, points in score.groups.items()}
        for group, at in score.captured.items():
            since = min(at, standing.get((row.captured_at, group), at))
            captured[group] = iso(since)
            if since < row.captured_at and at == row.captured_at:
                unrefreshed.append(group)
    return {
        "at": iso(row.captured_at),
        "period": row.period,
        "total": None if total is None else f"{total:.2f}",
        "rank": places.get(row.captured_at) if place is None else place,
        "band": None if total is None else law.band(total).names.vi,
        "groups": groups,
        "captured": captured,
        "unrefreshed": unrefreshed,
    }


def _league(folder: DataFolder, unit: Unit, at: int) -> list[Unit]:
    """The units that a unit was ranked with at an instant; none where it stood in no league."""
    among = next((name for name, kind in LEAGUES.items() if kind == unit.kind), None)
    if among is None:
        return []
    below = unit.kind != "province" and unit.parent >= 0
    return units_of(folder, among, folder.registry.units.all[unit.parent] if below else None, at)


def _ranks(
    folder: DataFolder, unit: Unit, period: Period, law: LawVersion, rows: Sequence[Row]
) -> dict[int, int]:
    """Instant of a row → the unit's place in its league, where everybody's total was known then."""
    instants = [row.captured_at for row in rows]
    leagues = [_league(folder, unit, at) for at in instants]
    everybody = {one.code: one for league in leagues for one in league}
    before = folder.published.newest(list(everybody), period.label, instants[0])
    told = list(before.values())
    for code in everybody:
        told += folder.published.rows(code, period.label, instants[0] + 1, instants[-1] + 1)
    told.sort(key=lambda row: -row.captured_at)
    totals: dict[str, Decimal | None] = {}
    found = {}
    for at, league in zip(instants, leagues, strict=True):
        while told and told[-1].captured_at <= at:
            row = told.pop()
            totals[row.unit] = _told(folder, law, everybody[row.unit], row)[0]
        known = {one.code: total for one in league if (total := totals.get(one.code)) is not None}
        if unit.code in known and len(known) == len(league):
            found[at] = dict(zip(known, ranks(list(known.values())), strict=True))[unit.code]
    return found


def _standing(
    folder: DataFolder, unit: Unit, period: Period, law: LawVersion, rows: Sequence[Row]
) -> dict[tuple[int, str], int]:
    """(instant, group) → since when the group had stood so for all units of the league."""
    if len(rows) < 2:
        return {}
    first, last = rows[0].captured_at, rows[-1].captured_at
    others = _league(folder, unit, last)
    by_day: dict[int, dict[str, PublishedScore]] = {}
    for other in others:
        for row in folder.published.rows(other.code, period.label, first, last + 1):
            score = folder.published.score(law, other.kind, row)
            if score is not None:
                by_day.setdefault(midnight(day_of(row.captured_at)), {})[other.code] = score
    days = sorted(by_day)
    since: dict[str, int] = {}
    found: dict[tuple[int, str], int] = {}
    own = {midnight(day_of(row.captured_at)): row.captured_at for row in rows}
    for place, day in enumerate(days):
        before = by_day[days[place - 1]] if place else {}
        for group in law.groups:
            if not _same(group, before, by_day[day]):
                since[group] = own.get(day, day)
            if day in own and group in since:
                found[own[day], group] = since[group]
    return found


def _same(group: str, before: dict[str, PublishedScore], now: dict[str, PublishedScore]) -> bool:
    both: Iterable[str] = before.keys() & now.keys()
    pairs = [
        (before[code].groups[group], now[code].groups[group])
        for code in both
        if group in before[code].groups and group in now[code].groups
    ]
    return len(pairs) >= FEW and all(one == other for one, other in pairs)
