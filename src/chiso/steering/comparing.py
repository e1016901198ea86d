"""Units of a kind before and after something that some of them were given, and what chance explains of it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from chiso.steering.shift import Shift, shift


def row(
    unit: str, name: str, before: Decimal | Fraction, after: Decimal | Fraction, *, addressed: bool
) -> dict[str, Any]:
    """A unit's row for :func:`compared`.  Both values are whole hundredths, of points or per cent."""
    first, last = (int(Fraction(one) * 100) for one in (before, after))
    return {
        "unit": unit,
        "name": name,
        "addressed": addressed,
        "before": written(first),
        "after": written(last),
        "change": written(last - first),
    }


def compared(among: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What became of those addressed in a league, against the others (docs/letters.md, "Did it work")."""
    theirs, others = _hundredths(rows, "change", addressed=True), _hundredths(rows, "change", addressed=False)
    told = shift(theirs, others)
    rows.sort(key=lambda one: (not one["addressed"], -Decimal(one["change"]), one["unit"]))
    return {
        "among": among,
        "addressed": len(theirs),
        "others": len(others),
        "before": _mean(_hundredths(rows, "before", addressed=True)),
        "after": _mean(_hundredths(rows, "after", addressed=True)),
        "change": _mean(theirs),
        "others_change": _mean(others),
        "difference": None if told is None else written(round(told.difference)),
        "low": None if told is None or told.low is None else written(told.low),
        "high": None if told is None or told.high is None else written(told.high),
        "p": None if told is None or told.p is None else f"{Decimal(round(told.p * 1000)) / 1000:.3f}",
        "verdict": _verdict(told),
        "units": rows,
    }


def written(hundredths: int) -> str:
    """Hundredths as a number with two decimals."""
    return f"{Decimal(hundredths) / 100:.2f}"


def _hundredths(rows: list[dict[str, Any]], key: str, *, addressed: bool) -> list[int]:
    return [int(Decimal(one[key]) * 100) for one in rows if one["addressed"] is addressed]


def _mean(values: list[int]) -> str | None:
    return written(round(Fraction(sum(values), len(values)))) if values else None


def _verdict(told: Shift | None) -> str:
    """all: nobody to compare with; few: too few; more, less: beyond chance; chance: within it."""
    if told is None:
        return "all"
    if told.low is None or told.high is None:
        return "few"
    if told.low > 0:
        return "more"
    return "less" if told.high < 0 else "chance"
