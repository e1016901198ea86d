"""Leagues: units of one kind ranked, what moved, how far it is to the next place, band and target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Final

from chiso.folder.answers import (
    Asked,
    QuestionError,
    Source,
    as_published,
    asked,
    board_of,
    computable,
    score_of_hundredths,
    tree_at,
    unit_named,
)
from chiso.folder.fairness import chances, standings
from chiso.folder.published import PublishedScore
from chiso.instants import DAY, iso
from chiso.law.model import LawVersion
from chiso.law.ranks import line, ranks
from chiso.registry.tables import NATION
from chiso.registry.units import LEAGUES, Unit

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.engine.board import Board
    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder

BACK: Final = {"day": 1, "week": 7, "month": 30}
"""Days back that a league is compared with; besides, the start of the period."""
FIRST_DAYS: Final = 31
"""The start of a year that dossiers are counted in: before its first month is over a total says little."""


@dataclass
class Member:
    """A unit of a league with its result."""

    unit: Unit
    name: str
    source: Source
    total: Decimal
    groups: dict[str, str]
    stated_rank: int | None = None
    captured_at: int | None = None
    rank: int = 0
    change: dict[str, int] = field(default_factory=dict)
    """places risen since then"""
    points_change: dict[str, str] = field(default_factory=dict)
    chance: dict[str, Any] = field(default_factory=dict)
    """what chance leaves open: ``interval``; where it is known of the whole league ``places``, ``even``"""


def rank(
    folder: DataFolder,
    among: str | None = None,
    under: str | None = None,
    **fields: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The league (contract: "What `rank --json` prints")."""
    question = asked(folder, **fields)
    among = among or "provinces"
    above = unit_named(folder, under, tree_at(folder, question)) if under else None
    once = cache(partial(board_of, folder, question))
    units = units_of(folder, among, above, tree_at(folder, question))
    members = ranked(folder, question, units, once)
    moments = _changes(folder, question, members)
    _leave_open(once, members)
    return {
        "period": question.period.label,
        "among": among,
        "under": above.code if above else None,
        "at": iso(question.judged_at),
        "law": question.law.law,
        "law_version": question.law.version,
        "journal": folder.journal,
        "of": len(units),
        "rows": _rows(folder, question.law, members, whole=len(members) == len(units)),
        "line": _line(folder, question, members, whole=above is None and among == "provinces"),
        "spread": _spread([one.total for one in members]),
        "since": {name: iso(then) for name, then in moments.items()},
    }


def units_of(folder: DataFolder, among: str, above: Unit | None, at: int) -> list[Unit]:
    """The units that stood in a league at an instant."""
    if among not in LEAGUES:
        raise QuestionError(
            f"Không có bảng xếp hạng “{among}”; có: {', '.join(LEAGUES)}.",
            f"no league {among!r}; there are {', '.join(LEAGUES)}",
            wrong=True,
        )
    return list(folder.registry.units.league(among, above.index if above else None, at))


def merged_at(folder: DataFolder, units: Iterable[Unit], at: int) -> dict[str, int]:
    """Since when units are what they are at an instant, where others of their kind were merged into them.

    What was published of a code before that was of another unit: it has no place in the later league.
    """
    everybody = folder.registry.units.all
    wanted = {unit.index: unit for unit in units}
    found: dict[str, int] = {}
    for old in everybody:
        for index in old.successors:
            unit = wanted.get(index)
            if unit is not None and unit.kind == old.kind and old.valid_to <= at:
                found[unit.code] = max(old.valid_to, found.get(unit.code, 0))
    return found


def ranked(
    folder: DataFolder, question: Asked, units: list[Unit], once: Callable[[], Board] | None = None
) -> list[Member]:
    """Those of the units that have a result, each computed or published as question and ledger say.

    ``once``: gives the board of all of them; what comes in meanwhile changes no half of a league.
    """
    once = once or cache(partial(board_of, folder, question))
    known = question.at if question.as_of is None else min(question.at, question.as_of)
    told: dict[str, PublishedScore] = {}
    if question.source != "computed":
        law = as_published(folder, question).law
        kinds = {unit.code: unit.kind for unit in units}
        told = folder.published.scores(law, kinds, question.period.label, known)
        merged = merged_at(folder, units, tree_at(folder, question))
        told = {code: one for code, one in told.items() if one.captured_at >= merged.get(code, 0)}
    members = [_member(folder, question, unit, told.get(unit.code), once) for unit in units]
    found = [one for one in members if one is not None]
    for one, place in zip(found, ranks([one.total for one in found]), strict=True):
        # a rank that was published holds: the league here may not be whole
        one.rank = place if one.stated_rank is None else one.stated_rank
    return sorted(found, key=lambda one: (one.rank, one.unit.code))


def _member(
    folder: DataFolder, question: Asked, unit: Unit, told: PublishedScore | None, once: Callable[[], Board]
) -> Member | None:
    name = folder.registry.units.name(unit.index, tree_at(folder, question))
    counts = computable(folder, question) and question.source != "published"
    if counts and (folder.holds(unit.index) or (told is None and at_home(folder, unit))):
        board = once()
        points = board.table.groups[unit.index]
        groups = {
            group: score_of_hundredths(points[place]) for place, group in enumerate(question.law.groups)
        }
        total = Decimal(score_of_hundredths(board.table.totals[unit.index]))
        return Member(unit, name, "computed", total, groups)
    if told is None or not told.complete:
        return None
    groups = {group: f"{points:.2f}" for group, points in told.groups.items()}
    return Member(unit, name, "published", told.total, groups, told.rank, told.captured_at)


def at_home(folder: DataFolder, unit: Unit) -> bool:
    """Whether it is a unit of the home province, of which dossiers are held."""
    home = folder.registry.units.home.index
    return int(folder.ground.province_of[unit.index]) == home and folder.holds(home)


def place_of(body: Mapping[str, Any] | None, unit_code: str) -> dict[str, int] | None:
    """A unit's place in a league as :func:`rank` answered it, {"rank", "of"}: of all units of the league.

    ``None`` where it cannot be said: a place counted among those that happen to be known is no place.
    """
    row = next((row for row in (body or {"rows": ()})["rows"] if row["unit"] == unit_code), None)
    if body is None or row is None or body["of"] < 2:
        return None
    if not row.get("rank_published") and len(body["rows"]) < body["of"]:
        return None
    return {"rank": row["rank"], "of": body["of"]}


def _rows(folder: DataFolder, law: LawVersion, members: list[Member], *, whole: bool) -> list[dict[str, Any]]:
    """The rows of a league.  The only one that is known of several has no place, unless one was published."""
    alone = len(members) == 1 and not whole
    totals = sorted({one.total for one in members})
    places = {total: place for place, total in enumerate(totals)}
    rows = []
    for one in members:
        place = places[one.total]
        gap: dict[str, str] = {}
        if place + 1 < len(totals):
            gap["up"] = f"{totals[place + 1] - one.total:.2f}"
        if place:
            gap["down"] = f"{one.total - totals[place - 1]:.2f}"
        ahead = [band for band in law.bands if band.floor > one.total]
        if ahead:
            band = min(ahead, key=lambda band: band.floor)
            gap["band"], gap["next_band"] = f"{Decimal(str(band.floor)) - one.total:.2f}", band.names.vi
        if one.total < folder.settings.target:
            gap["target"] = f"{folder.settings.target - one.total:.2f}"
        rows.append(
            {
                "rank": None if alone and one.stated_rank is None else one.rank,
                "unit": one.unit.code,
                "name": one.name,
                "total": f"{one.total:.2f}",
                "band": law.band(one.total).names.vi,
                "groups": one.groups,
                "source": one.source,
                "change": one.change,
                "points_change": one.points_change,
                "gap": gap,
                **({"no_rank": "alone"} if alone and one.stated_rank is None else {}),
                **({} if one.stated_rank is None else {"rank_published": True}),
                **one.chance,
                **({} if one.captured_at is None else {"captured_at": iso(one.captured_at)}),
            }
        )
    return rows


def _leave_open(once: Callable[[], Board], members: list[Member]) -> None:
    """How far totals may lie apart by chance alone, where n and d are known."""
    counted = [one for one in members if one.source == "computed"]
    if not counted:
        return
    found = chances(once())
    totals = [int(one.total * 100) for one in counted]
    for one, total in zip(counted, totals, strict=True):
        one.chance["interval"] = found.total(one.unit.index, total)
    if len(counted) < len(members):
        return  # of the others it is not known
    own = [one.unit.index for one in counted]
    for one, open_to in zip(counted, standings(totals, found.down[own], found.up[own]), strict=True):
        one.chance["places"] = {"best": open_to.best, "worst": open_to.worst}
        one.chance["even"] = list(open_to.even)


def _line(folder: DataFolder, question: Asked, members: list[Member], *, whole: bool) -> dict[str, Any]:
    """The league's own line: the six rounded group means and their sum, as the portal computes it.

    ``whole``: the league is the nation's, of which the portal may have published its own line.
    """
    body: dict[str, Any] = {"total": None, "groups": {}}
    complete = [one for one in members if set(question.law.groups) <= set(one.groups)]
    if complete:
        found = line(
            [{group: Decimal(one.groups[group]) for group in question.law.groups} for one in complete]
        )
        groups = {group: f"{points:.2f}" for group, points in found.groups.items()}
        body = {"total": f"{found.total:.2f}", "groups": groups}
    if whole and question.source != "computed":
        figures = folder.published.figures(NATION, question.period.label, question.at)
        if (total := figures.get("total")) is not None and total.points is not None:
            body["published"] = {"total": total.points, "captured_at": iso(total.captured_at)}
    return body


def _spread(totals: list[Decimal]) -> dict[str, Any]:
    """How many units there are, and the totals that part them into quarters."""
    if len(totals) < 2:
        return {"count": len(totals)}
    cuts = quantiles(totals, n=4, method="inclusive")
    return {
        "count": len(totals),
        **dict(zip(("q1", "median", "q3"), (f"{cut:.2f}" for cut in cuts), strict=True)),
    }


def _changes(folder: DataFolder, question: Asked, members: list[Member]) -> dict[str, int]:
    """Places and points moved since days back and the start of the period, where those days are known.

    Gives the instants compared with.
    """
    moments = {name: question.judged_at - days * DAY for name, days in BACK.items()}
    if (first := _first_known(folder, question, members)) is not None:
        moments["year"] = first
    found = {}
    for name, then in moments.items():
        if then < question.period.start:
            continue
        before = totals_then(folder, question, members, then)
        if not before:
            continue
        found[name] = then
        those = [one for one in members if one.unit.code in before]
        were = ranks([before[one.unit.code] for one in those])
        now = ranks([one.total for one in those])
        for one, place, place_now in zip(those, were, now, strict=True):
            one.change[name] = place - place_now
            one.points_change[name] = f"{one.total - before[one.unit.code]:.2f}"
    return found


def totals_then(folder: DataFolder, question: Asked, members: list[Member], then: int) -> dict[str, Decimal]:
    """The totals of members as known at a past instant, by the source that they have now."""
    published = {one.unit.code: one.unit.kind for one in members if one.source == "published"}
    law = folder.law_of(question.period)
    merged = merged_at(folder, (one.unit for one in members), tree_at(folder, question))
    found = folder.published.totals(law, published, question.period.label, then, merged)
    for one in members:
        if one.source == "computed":
            total = folder.computed_then(one.unit, question.period, then)
            if total is not None:
                found[one.unit.code] = total
    return found


def _first_known(folder: DataFolder, question: Asked, members: list[Member]) -> int | None:
    """The first instant of the period at which the whole league was known, if that is a day or more back."""
    published = [one.unit.code for one in members if one.source == "published"]
    first = folder.published.first(published, question.period.label)
    known = [first[code] for code in published if code in first]
    if len(published) < len(members):
        known.append(question.period.start + FIRST_DAYS * DAY)
    found = max(known, default=None)
    return found if found is not None and found <= question.judged_at - DAY else None


def peers(
    folder: DataFolder, unit_code: str, among_count: int = 5, **question: Unpack[QuestionFields]
) -> dict[str, Any]:
    """Units of the same kind with the nearest volumes of dossiers: who may fairly be compared.

    Volumes are the dossiers of the period: of 2.1 (published: its denominator).
    """
    wanted = asked(folder, **question)
    at = tree_at(folder, wanted)
    unit = unit_named(folder, unit_code, at)
    above = unit.kind != "province"
    parent = folder.registry.units.all[unit.parent] if above and unit.parent >= 0 else None
    among = next((name for name, kind in LEAGUES.items() if kind == unit.kind), "provinces")
    once = cache(partial(board_of, folder, wanted))
    members = ranked(folder, wanted, units_of(folder, among, parent, at), once)
    volumes = _volumes(folder, wanted, members, once)
    own = volumes.get(unit.code)
    near = [one for one in members if one.unit.code in volumes and one.unit.code != unit.code]
    if own is not None:
        near.sort(key=lambda one: (abs(volumes[one.unit.code] - own), one.unit.code))
    chosen = near[:among_count] if own else []
    chosen += [one for one in members if one.unit.code == unit.code]
    rows = [
        {
            "unit": one.unit.code,
            "name": one.name,
            "dossiers": volumes.get(one.unit.code),
            "rank": one.rank,
            "total": f"{one.total:.2f}",
            "source": one.source,
        }
        for one in sorted(chosen, key=lambda one: (one.rank, one.unit.code))
    ]
    return {"unit": unit.code, "period": wanted.period.label, "at": iso(wanted.judged_at), "rows": rows}


def _volumes(
    folder: DataFolder, question: Asked, members: list[Member], once: Callable[[], Board]
) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in members:
        if one.source == "computed":
            found[one.unit.code] = int(once().dossiers[one.unit.index])
        else:
            figures = folder.published.figures(one.unit.code, question.period.label, question.at)
            if (figure := figures.get("2.1")) is not None and figure.denominator is not None:
                found[one.unit.code] = figure.denominator
    return found
