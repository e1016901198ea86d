"""The story of March 2023: how An Giang fell from the 4th to the 10th place, told from what was published.

Nothing is told that was not published: on two days only the rank is known.  ``chiso load --sample
an-giang-2023`` brings the results; more results of those months, once loaded, are told too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from chiso.instants import iso, parse_instant, parse_period
from chiso.intake.records import BandCount
from chiso.ledger.publishing import RANK, TOTAL

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.law.model import LawVersion
    from chiso.ledger.publishing import Figure

UNIT: Final = "H01"
PERIOD: Final = "2023"
SINCE: Final = parse_instant("2023-02-01")
UNTIL: Final = parse_instant("2023-07-01")
LEAGUE: Final = 63
"""Provinces of that time."""
TARGET: Final = 80
"""Points that the province asked for, of 80 to 90."""
AMONG: Final = ("departments", "districts", "communes")


def story(folder: DataFolder) -> dict[str, Any]:
    """What is known of those months, as known now.

    Returns:
        ``results`` by instant (``total`` and ``band`` are ``None`` where only the rank was published),
        ``groups`` of the first result that has them all (``None`` where there is none) and ``units``: how
        many of each kind stood in each band (``None`` where no counts are known).
    """
    law = folder.law_of(parse_period(PERIOD))
    unit = folder.registry.units.find(UNIT, SINCE)
    results = [
        found
        for row in folder.published.rows(UNIT, PERIOD, SINCE, UNTIL)
        if (found := _result(law, row.captured_at, row.capture.own())) is not None
    ]
    return {
        "unit": UNIT,
        "name": UNIT if unit is None else unit.name,
        "period": PERIOD,
        "law": law.law,
        "of": LEAGUE,
        "target": TARGET,
        "results": results,
        "groups": _groups(law, results),
        "units": _units(folder, law),
    }


def _result(law: LawVersion, at: int, told: dict[str, Figure]) -> dict[str, Any] | None:
    """What one capture tells of itself; ``None`` where it has neither points nor a rank."""
    total = told.get(TOTAL)
    placed = total if total is not None and total.rank is not None else told.get(RANK)
    points = {group: told[group].points for group in law.groups if group in told}
    if total is None and placed is None and not points:
        return None
    known = total is not None and total.points is not None
    return {
        "at": iso(at),
        "total": f"{Decimal(total.points or 0):.2f}" if total is not None and known else None,
        "rank": None if placed is None else placed.rank,
        "band": law.band(Decimal(total.points or 0)).names.vi if total is not None and known else None,
        "groups": {group: f"{Decimal(value):.2f}" for group, value in points.items() if value is not None},
    }


def _groups(law: LawVersion, results: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first result whose six groups are known: what each lost, and lacks to its share of the target."""
    told = next((one for one in results if set(law.groups) <= set(one["groups"])), None)
    if told is None or told["total"] is None:
        return None
    rows = []
    for group, rule in law.groups.items():
        points, most = Decimal(told["groups"][group]), int(rule.maximum)
        lacks = max(Decimal(0), Decimal(most * TARGET) / 100 - points)
        rows.append(
            {
                "group": group,
                "points": f"{points:.2f}",
                "max": most,
                "lost": f"{most - points:.2f}",
                "lacks": f"{lacks:.2f}",
            }
        )
    total = Decimal(told["total"])
    return {
        "at": told["at"],
        "total": told["total"],
        "rank": told["rank"],
        "lost": f"{int(law.maximum) - total:.2f}",
        "gap": f"{TARGET - total:.2f}",
        "rows": rows,
    }


def _units(folder: DataFolder, law: LawVersion) -> dict[str, Any] | None:
    """The newest band counts of those months, by kind of unit, with sums and whole percents."""
    told = [
        one
        for _, one in folder.ledger.records("band_count")
        if isinstance(one, BandCount) and one.under in ("", UNIT) and SINCE <= one.at < UNTIL
    ]
    if not told:
        return None
    at = max(one.at for one in told)
    bands = [band.names.vi for band in law.bands]
    counts: dict[str, list[int]] = {}
    for among in AMONG:
        found = {one.band: one.count for one in told if one.at == at and one.among == among}
        if found:
            counts[among] = [found.get(band, 0) for band in bands]
    sums = [sum(column) for column in zip(*counts.values(), strict=True)]
    count = sum(sums)
    return {
        "at": iso(at),
        "bands": bands,
        "rows": [{"among": among, "bands": row, "count": sum(row)} for among, row in counts.items()],
        "sum": sums,
        "count": count,
        "percent": [round(Decimal(100 * one) / count) if count else 0 for one in sums],
    }
