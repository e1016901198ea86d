"""``chiso law``: what a law says, and what changes between two of them, in words and in points."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chiso.folder.answers import score_of_hundredths
from chiso.instants import day_of, parse_instant, parse_period
from chiso.law.difference import law_diff
from chiso.law.loader import load
from chiso.law.model import LawError, LawVersion

if TYPE_CHECKING:
    from chiso.folder import DataFolder


def _variant(law_id: str, day: date, options: list[str]) -> LawVersion:
    law = load(law_id)
    if options:
        chosen: dict[str, str] = {}
        for option in options:
            rule, sign, value = option.partition("=")
            if not sign:
                raise LawError("option", option, "write it as rule=option")
            chosen[rule.strip()] = value.strip()
        law = law.with_options(chosen)
    return law.at(day)


def compare(
    path: Path, a: str, b: str, unit: str | None, period: str | None, options: list[str]
) -> dict[str, Any]:
    """Words, and with ``unit`` the points of it and of all below it under both laws."""
    from chiso.folder import DataFolder

    rows: list[dict[str, Any]] = []
    if unit is None:
        span = parse_period(period) if period else None
        day = span.first_day if span else date(2026, 1, 1)
        first, second = _variant(a, day, []), _variant(b, day, options)
    else:
        with DataFolder.open(path) as folder:
            span = parse_period(period) if period else folder.standing_year()
            first, second = _variant(a, span.first_day, []), _variant(b, span.first_day, options)
            rows = _rows(folder, unit, span.label, first, second)
    return {
        "a": {"law": a, "version": first.version},
        "b": {"law": b, "version": second.version},
        "period": span.label if span else None,
        "words": [
            {"key": one.key, "vi": one.words.vi, "en": one.words.en} for one in law_diff(first, second)
        ],
        "rows": rows,
    }


def _rows(
    folder: DataFolder, unit: str, period: str, first: LawVersion, second: LawVersion
) -> list[dict[str, Any]]:
    from chiso.folder.answers import unit_named

    for version in (first, second):
        if version.groups_only:
            raise LawError(version.law, "", "knows groups only: it gives no points to dossiers")
    span = parse_period(period)
    before, after = folder.view(span, law=first).board, folder.view(span, law=second).board
    top = unit_named(folder, unit, folder.now())
    units = folder.registry.units
    rows = []
    for index in units.tree(span.judged_at(folder.now())).subtree(top.index).tolist():
        one, other = int(before.table.totals[index]), int(after.table.totals[index])
        rows.append(
            {
                "unit": units.all[index].code,
                "name": units.all[index].name,
                "a": score_of_hundredths(one),
                "b": score_of_hundredths(other),
                "change": f"{'+' if other > one else ''}{score_of_hundredths(other - one)}",
            }
        )
    return rows


def described(law_id: str, day: str | None) -> dict[str, Any]:
    """The indicators of a law on a day, with where each maximum comes from."""
    law = load(law_id)
    version = law.at(day_of(parse_instant(day)) if day else max(law.changes))
    return {
        "law": law_id,
        "version": version.version,
        "day": version.day.isoformat(),
        "groups": [
            {"id": group.id, "name": group.names.vi, "max": str(group.maximum)}
            for group in version.groups.values()
        ],
        "indicators": [
            {
                "id": one.id,
                "name": one.names.vi,
                "max": str(one.maximum),
                "cap": f"{one.cap * 100}%" if one.cap != 1 else "",
                "mark": one.references["maximum"].mark,
                "source": one.references["maximum"].source,
            }
            for one in version.indicators.values()
        ],
        "options": version.options,
        "note": version.note.vi,
    }
