"""``chiso law``: what a law says, and what changes between two of them, in words and in points."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from chiso.administration.laws import points, variant, words
from chiso.instants import day_of, parse_instant, parse_period
from chiso.law.loader import load


def compare(
    path: Path, a: str, b: str, unit: str | None, period: str | None, options: list[str]
) -> dict[str, Any]:
    """Words, and with ``unit`` the points of it and of all below it under both laws."""
    from chiso.folder import DataFolder

    rows: list[dict[str, Any]] = []
    if unit is None:
        span = parse_period(period) if period else None
        day = span.first_day if span else date(2026, 1, 1)
        first, second = variant(a, day), variant(b, day, options)
    else:
        with DataFolder.open(path) as folder:
            span = parse_period(period) if period else folder.standing_year()
            first, second = variant(a, span.first_day), variant(b, span.first_day, options)
            rows = points(folder, unit, span, first, second)
    return {
        "a": {"law": a, "version": first.version},
        "b": {"law": b, "version": second.version},
        "period": span.label if span else None,
        "words": words(first, second),
        "rows": rows,
    }


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
