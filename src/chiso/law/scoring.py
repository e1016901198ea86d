"""From numerators and denominators to points, exactly as the portal rounds.

The algorithm reproduces every published score that we know to the last digit:

1. an indicator's points are ``min(max, max · n/d / cap)`` on the exact fraction, rounded to two decimals,
   ties to even (1/48 of 6 is 0.125 and counts 0.12) except where a group's data say ``up``;
2. a group is the sum of those, except where the law computes it ``from ratios``: then each ratio is rounded
   to two decimals of a percent, the points of that ratio are rounded, and these are summed;
3. the total is the sum of the groups.  Without data an indicator has its ``no_data`` points, and the maximum
   stays.

:func:`points_table` does the same for many units at once in whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from chiso.law.model import LEVELS, Band, Group, Indicator, LawError, LawVersion, Rounding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from chiso.law.table import Table

Figure = tuple[int, int] | None
_EVEN: Final = Rounding()
_WHOLE: Final = Fraction(1)


def rounded(value: Fraction, rounding: Rounding = _EVEN) -> Decimal:
    """An exact number at the decimals of points, ties as the law says."""
    return Decimal(_units(value * 10**rounding.places, rounding)).scaleb(-rounding.places)


def _units(value: Fraction, rounding: Rounding) -> int:
    if rounding.ties == "even":
        return round(value)
    return (value + Fraction(1, 2)).__floor__()


def decimals(value: Fraction, places: int = 10) -> str:
    """An exact number as text with so many decimals, as promises and terms are printed."""
    top, bottom = value.numerator * 10**places, value.denominator
    whole, rest = divmod(abs(top), bottom)
    if rest * 2 > bottom or (rest * 2 == bottom and whole % 2):
        whole += 1
    digits = f"{whole:0{places + 1}}"
    sign = "-" if top < 0 and whole else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


def exact_points(indicator: Indicator, n: int | None, d: int | None, factor: Fraction = _WHOLE) -> Fraction:
    """Points before any rounding.

    Args:
        indicator: what is scored.
        n: numerator; ``None`` where there is none.
        d: denominator; ``None`` or 0 is no data.
        factor: ratio of the indicator that multiplies this one (``indicator.times``).
    """
    if indicator.constant is not None:
        return indicator.constant
    if not d or n is None:
        return indicator.no_data
    return min(indicator.maximum, indicator.maximum * Fraction(n, d) * factor / indicator.cap)


def points(indicator: Indicator, n: int | None, d: int | None, factor: Fraction = _WHOLE) -> Decimal:
    """Points as shown: :func:`exact_points` rounded to two decimals, ties as the law says."""
    return rounded(exact_points(indicator, n, d, factor), indicator.rounding)


def ratio_points(indicator: Indicator, n: int | None, d: int | None, factor: Fraction = _WHOLE) -> Decimal:
    """Points of the ratio rounded to two decimals of a percent, as a group ``from ratios`` sums them."""
    if indicator.constant is not None or not d or n is None:
        return points(indicator, n, d, factor)
    ratio = Fraction(_units(Fraction(n, d) * factor * 10_000, indicator.rounding), 10_000)
    return rounded(min(indicator.maximum, indicator.maximum * ratio / indicator.cap), indicator.rounding)


@dataclass(frozen=True, slots=True)
class ScoredIndicator:
    """One indicator of one unit."""

    indicator: Indicator
    n: int | None
    d: int | None
    points: Decimal
    exact: Fraction
    """before rounding; what is known by points only counts as they are"""
    no_data: bool = False
    inherited: bool = False
    given: bool = False
    """known by points only"""

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.n is not None and self.d is not None:
            found.update(n=self.n, d=self.d)
        found.update(points=f"{self.points:.2f}", max=plain(self.indicator.maximum))
        if self.no_data:
            found["no_data"] = True
        if self.inherited:
            found["inherited"] = True
        return found


@dataclass(frozen=True, slots=True)
class ScoredGroup:
    """One group of one unit."""

    group: Group
    points: Decimal
    exact: Fraction
    given: bool = False
    """known by points only"""

    @property
    def ratio(self) -> Fraction:
        """Share of the maximum."""
        return Fraction(self.points) / self.group.maximum

    def as_json(self) -> dict[str, Any]:
        return {"points": f"{self.points:.2f}", "max": plain(self.group.maximum)}


@dataclass(frozen=True, slots=True)
class Scored:
    """The index of one unit."""

    total: Decimal
    exact: Fraction
    """the total before any rounding"""
    maximum: Fraction
    band: Band
    groups: Mapping[str, ScoredGroup]
    indicators: Mapping[str, ScoredIndicator]

    def as_json(self) -> dict[str, Any]:
        """``total``, ``exact``, ``max``, ``band``, ``groups``, ``indicators``: as ``score --json``."""
        return {
            "total": f"{self.total:.2f}",
            "exact": decimals(self.exact),
            "max": plain(self.maximum),
            "band": self.band.names.vi,
            "groups": {name: group.as_json() for name, group in self.groups.items()},
            "indicators": {name: one.as_json() for name, one in self.indicators.items()},
        }


def plain(value: Fraction) -> int | str:
    """A maximum as it is printed: a whole number, or a text with two decimals."""
    return int(value) if value.denominator == 1 else f"{rounded(value):.2f}"


def score(
    version: LawVersion,
    level: str,
    figures: Mapping[str, Figure],
    given: Mapping[str, Decimal] | None = None,
) -> Scored:
    """Scores one unit.

    Args:
        version: the law of the day.
        level: ``province``, ``department``, ``district`` or ``commune``.
        figures: indicator to (n, d); an indicator that is missing, ``None`` or has d = 0 has no data.  Below
            the province the figures of inherited indicators are the province's.
        given: points of groups, or of indicators, that are known by points only.

    Raises:
        LawError: an unknown level, indicator or group, a negative number, points above the maximum, or no
            way to know a group.
    """
    if level not in LEVELS:
        raise LawError("level", "", f"is {level!r}, must be one of {', '.join(LEVELS)}")
    known = _given(version, given or {})
    _check(version, figures)
    below = level != "province"
    indicators: dict[str, ScoredIndicator] = {}
    groups: dict[str, ScoredGroup] = {}
    for one in version.indicators.values():
        if one.group in known and one.id not in figures and one.id not in known:
            continue  # the group is known by points only: of this indicator we know nothing
        indicators[one.id] = _one(one, figures, known, below)
    for group in version.groups.values():
        if group.id in known:
            exact = Fraction(known[group.id])
            groups[group.id] = ScoredGroup(group, rounded(exact, group.rounding), exact, given=True)
            continue
        if not group.indicators:
            raise LawError(
                version.law, f"groups.{group.id}", "has no known indicators: its points must be given"
            )
        members = [indicators[name] for name in group.indicators]
        exact = sum((one.exact for one in members), Fraction(0))
        groups[group.id] = ScoredGroup(group, _sum(group, members, figures), exact)
    total = sum((group.points for group in groups.values()), Decimal("0.00"))
    exact = sum((group.exact for group in groups.values()), Fraction(0))
    return Scored(total, exact, version.maximum, version.band(total), groups, indicators)


def _sum(group: Group, members: list[ScoredIndicator], figures: Mapping[str, Figure]) -> Decimal:
    if group.computed_from == "points":
        return sum((one.points for one in members), Decimal("0.00"))
    return sum(
        (
            one.points
            if one.given or one.no_data
            else ratio_points(one.indicator, one.n, one.d, _factor(one.indicator, figures))
            for one in members
        ),
        Decimal("0.00"),
    )


def _one(
    one: Indicator,
    figures: Mapping[str, Figure],
    given: Mapping[str, Decimal],
    below: bool,
) -> ScoredIndicator:
    if below and one.below_province == "none":
        return ScoredIndicator(one, None, None, Decimal("0.00"), Fraction(0))
    inherited = below and one.below_province == "inherited"
    if one.id in given:
        exact = Fraction(given[one.id])
        shown = rounded(exact, one.rounding)
        return ScoredIndicator(one, None, None, shown, exact, inherited=inherited, given=True)
    n, d = figures.get(one.id) or (None, None)
    factor = _factor(one, figures)
    return ScoredIndicator(
        one,
        n,
        d,
        points(one, n, d, factor),
        exact_points(one, n, d, factor),
        no_data=not d,
        inherited=inherited,
    )


def _factor(one: Indicator, figures: Mapping[str, Figure]) -> Fraction:
    """The ratio of the indicator that multiplies this one; 0 where that one has no data."""
    if not one.times:
        return _WHOLE
    n, d = figures.get(one.times) or (0, 0)
    return Fraction(n, d) if d else Fraction(0)


def _check(version: LawVersion, figures: Mapping[str, Figure]) -> None:
    for name, figure in figures.items():
        if name not in version.indicators:
            reason = f"{version.law} has no such indicator"
            raise LawError("figures", name, reason)
        if figure is not None and (figure[0] < 0 or figure[1] < 0):
            raise LawError("figures", name, f"is {figure[0]}/{figure[1]}, must not be negative")


def _given(version: LawVersion, given: Mapping[str, Decimal]) -> dict[str, Decimal]:
    for name, value in given.items():
        if name in version.groups:
            maximum = version.groups[name].maximum
        elif name in version.indicators:
            maximum = version.indicators[name].maximum
        else:
            raise LawError("given", name, f"{version.law} has no such group or indicator")
        if not value.is_finite() or value < 0 or Fraction(value) > maximum:
            raise LawError("given", name, f"is {value}, must lie between 0 and {plain(maximum)}")
    return dict(given)


def points_table(
    version: LawVersion,
    is_province: NDArray[np.bool_],
    n: NDArray[np.int64],
    d: NDArray[np.int64],
) -> Table:
    """Points of many units at once, in hundredths; see :func:`chiso.law.table.points_table`."""
    from chiso.law.table import points_table as table  # noqa: PLC0415 - NumPy only where it is needed

    return table(version, is_province, n, d)
