"""What a law is once it has been read and resolved for a day.

Every value here comes from the YAML beside this module (``law/data``); nothing is decided in code but how
values work together.  Points are exact: ``Fraction`` where the law divides, ``Decimal`` where it rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from chiso.law.life import LifeRules

LEVELS: Final = ("province", "department", "district", "commune")
"""Levels of units.  Only the province is not below the province."""

SCOPES: Final = ("in_period", "received", "now", "period")
"""``in_period``: dossiers received in the period or carried over into it; ``received``: dossiers received in
it; ``now``: as things stand, never by period; ``period``: the engine's own register decides by its dates."""

Mark = Literal["L", "V", "I", "M"]
MARKS: Final[Mapping[str, str]] = {
    "L": "read literally in the source",
    "V": "verified: recomputed from the portal's answers to the last digit",
    "I": "inferred: settled here where the sources do not",
    "M": "from memory",
}


class LawError(ValueError):
    """Something in the law data, or asked of it, does not hold.  Names the file, the key and the reason."""

    def __init__(self, place: str, key: str, reason: str) -> None:
        self.place, self.key, self.reason = place, key, reason
        super().__init__(f"{place}: {key}: {reason}" if key else f"{place}: {reason}")


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people, in both languages."""

    vi: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value comes from, how sure it is, and since when it holds."""

    mark: Mark
    source: str
    """id of a source of the law (``sources`` in its index)"""
    place: str
    """where in the source; may be empty"""
    since: date


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted for a numerator or a denominator.

    ``kind`` says which fields mean something:

    - ``dossiers``: dossiers of the indicator's scope for which ``where`` is true;
    - ``procedures_with``: distinct procedures of the register ``among`` having at least one such dossier;
    - ``register``: the named number ``register``, which the engine computes;
    - ``sum``: the sum of ``amount`` over dossiers for which ``where`` is true.
    """

    kind: Literal["dossiers", "procedures_with", "register", "sum"]
    where: str = ""
    among: str = ""
    register: str = ""
    amount: str = ""
    at_least_n: bool = False
    """a denominator that is never smaller than its numerator"""
    otherwise: str = ""
    """where the register is unknown: ``n`` the numerator, ``last_year`` last year's figure ÷ 12, 4 or 1"""

    def expressions(self) -> Iterator[tuple[str, str]]:
        """(key, SQL text) of every expression that this count uses."""
        if self.where:
            yield "where" if self.kind == "sum" else self.kind, self.where
        if self.amount:
            yield "sum", self.amount


@dataclass(frozen=True, slots=True)
class Rounding:
    """Decimals of points, and what becomes of ties."""

    places: int = 2
    ties: Literal["even", "up"] = "even"


@dataclass(frozen=True, slots=True)
class Portal:
    """How the national portal's answers name this indicator: a metric code, or fields that are summed."""

    metric: str = ""
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """The rule in plain words: what n counts, what d counts, how points follow."""

    n: Text
    d: Text
    points: Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """One component indicator, as it stands on one day."""

    id: str
    group: str
    names: Text
    maximum: Fraction
    cap: Fraction
    """the ratio that earns the maximum; 1 is linear"""
    scope: str
    n: Count | None
    d: Count | None
    no_data: Fraction
    """points where the denominator is 0"""
    constant: Fraction | None
    """points that every unit has, whatever happens; ``None`` for an ordinary indicator"""
    below_province: Literal["own", "inherited", "none"]
    """``inherited``: units below the province copy its figures; ``none``: they get 0 and have no n and d"""
    times: str
    """id of an indicator whose ratio multiplies this one's; empty for none"""
    unit: str
    """what n counts: ``dossiers``, ``procedures``, ``petitions``, ``seconds``, ``communes``"""
    rounding: Rounding
    """of its group"""
    plain: Plain
    portal: Portal
    references: Mapping[str, Reference]
    file: str

    @property
    def information(self) -> bool:
        """Shown, but gives no points."""
        return self.maximum == 0


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    code: str
    """the portal's code, ``CKMB``"""
    names: Text
    maximum: Fraction
    computed_from: Literal["points", "ratios"]
    """``ratios``: from ratios rounded to two decimals of a percent, not from the indicators' points"""
    rounding: Rounding
    indicators: tuple[str, ...]
    references: Mapping[str, Reference]


@dataclass(frozen=True, slots=True)
class Band:
    id: str
    names: Text
    floor: Decimal
    """points from which the band holds"""
    reference: Reference


@dataclass(frozen=True, slots=True)
class Option:
    """One way to settle a rule: expressions and switches that replace the law's own."""

    id: str
    names: Text
    definitions: Mapping[str, str]
    life: Mapping[str, bool]
    indicators: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A question that the sources leave open, or answer only once: settled by name, and switchable."""

    id: str
    names: Text
    options: Mapping[str, Option]
    chosen: str
    reference: Reference

    @property
    def switchable(self) -> bool:
        return len(self.options) > 1


@dataclass(frozen=True, slots=True)
class LawVersion:
    """A law as it stands on a day: everything resolved."""

    law: str
    names: Text
    day: date
    """first day on which exactly these values hold"""
    groups: Mapping[str, Group]
    indicators: Mapping[str, Indicator]
    bands: tuple[Band, ...]
    """highest first"""
    definitions: Mapping[str, str]
    registers: Mapping[str, Text]
    settings: Mapping[str, object]
    """plain facts of the law that the engine reads: limits in working days, databases, …"""
    rules: Mapping[str, Rule]
    life_rules: LifeRules
    rounding: Rounding
    """of totals and means, and of groups that have none of their own"""
    periods: tuple[str, ...]
    ties: str
    """how ranks are shared: ``1224``"""
    sources: Mapping[str, Text]
    note: Text
    files: tuple[str, ...]
    version: str = field(default="")
    """fingerprint of all resolved values; the same values have the same one"""

    @property
    def options(self) -> dict[str, str]:
        """The option in force of every rule."""
        return {name: rule.chosen for name, rule in self.rules.items()}

    @property
    def maximum(self) -> Fraction:
        return sum((group.maximum for group in self.groups.values()), Fraction(0))

    @property
    def groups_only(self) -> bool:
        """Only group maxima and bands are known: nothing can be computed from dossiers."""
        return not self.indicators

    def band(self, points: Decimal) -> Band:
        """The band of so many points of 100."""
        for band in self.bands:
            if points >= band.floor:
                return band
        raise LawError(self.law, "bands", f"no band holds {points} points")

    def group_by_code(self, code: str) -> Group:
        """The group of a portal code (``CKMB``)."""
        for group in self.groups.values():
            if group.code == code:
                return group
        raise LawError(self.law, "groups", f"no group has the portal code {code!r}")
