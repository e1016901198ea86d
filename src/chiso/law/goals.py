"""What can be asked of a unit's result: a figure of the index, and how far it has to come.

A goal is written as officials write it: ``total`` 80, ``processing`` 90%, ``2.1`` 95%, ``band`` Khá,
``rank`` 10, ``certified_copies`` 1.  A percentage is of the group's maximum, for an indicator of its
denominator; a bare number is points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from chiso.law.loader import default_law, load
from chiso.law.model import LawVersion, Text
from chiso.text import fold

Kind = Literal["total", "group", "indicator", "band", "rank", "certified_copies"]

COPIES: Final = "certified_copies"
FIRST_DAY: Final = date(2022, 7, 1)
COMPUTING: Final = "qd766"
"""The law whose indicators are known, where that of the day knows groups alone."""
PLAIN: Final[dict[str, Kind]] = {
    "total": "total", "tong": "total", "tong diem": "total", "diem": "total",
    "band": "band", "xep loai": "band", "muc xep loai": "band",
    "rank": "rank", "hang": "rank", "xep hang": "rank", "thu hang": "rank", "vi tri": "rank",
    COPIES: "certified_copies", "certified copies": "certified_copies", "certified e-copies": COPIES,
    "chung thuc dien tu": "certified_copies", "ban sao chung thuc dien tu": "certified_copies",
    "chung thuc ban sao dien tu": "certified_copies",
}  # fmt: skip

_NUMBER: Final = re.compile(r"(\d{1,9})(?:[.,](\d{1,6}))?\s*(%?)")


class GoalError(ValueError):
    """A goal that cannot be: the field, what stood there, the reason (``intake/refusals.py``), its words."""

    def __init__(self, field: str, value: str, reason: str, **words: object) -> None:
        self.field, self.value, self.reason, self.words = field, value, reason, words
        super().__init__(f"{field} = {value!r}: {reason}")


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure and its threshold."""

    kind: Kind
    key: str
    """the group or indicator; else empty"""
    threshold: Fraction
    """points, a share (``percent``: 19/20 for 95%), a place, a number of copies; of a band its first point"""
    percent: bool = False
    band: str = ""
    """name of the band in Vietnamese"""

    @property
    def what(self) -> str:
        return self.key or self.kind

    @property
    def text(self) -> str:
        """The threshold as it is kept: ``80``, ``95%``, ``Khá``."""
        if self.band:
            return self.band
        shown = plain(self.threshold * 100 if self.percent else self.threshold)
        return f"{shown}%" if self.percent else shown

    @property
    def falling(self) -> bool:
        """Whether less is better, as with ranks."""
        return self.kind == "rank"

    @property
    def lasting(self) -> bool:
        """Whether what was reached once is not lost again within its period."""
        return self.kind == "certified_copies"

    def met(self, value: Fraction) -> bool:
        return value <= self.threshold if self.falling else value >= self.threshold

    def gap(self, value: Fraction) -> Fraction:
        """How much is still missing; 0 where it is met."""
        return max(Fraction(0), value - self.threshold if self.falling else self.threshold - value)


def plain(value: Fraction) -> str:
    """An exact number of few decimals as text, with a dot."""
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(text: str) -> tuple[Fraction, bool] | None:
    """A number, and whether it is a percentage: ``80``, ``65,2``, ``95 %``."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return None
    value = Fraction(f"{found[1]}.{found[2] or 0}")
    return (value / 100, True) if found[3] else (value, False)


def law_on(day: date) -> LawVersion:
    """The law of a day; a day before the index began is read by its first law."""
    day = max(day, FIRST_DAY)
    return load(default_law(day)).at(day)


def with_indicators(law: LawVersion) -> LawVersion:
    """The law itself, or where it knows groups alone the first one that knows indicators."""
    return load(COMPUTING).at(date(2026, 1, 1)) if law.groups_only else law


def read_what(text: str, law: LawVersion) -> tuple[Kind, str]:
    """The figure that a word means, and its group or indicator."""
    word = fold(text)
    if word in PLAIN:
        return PLAIN[word], ""
    for group in law.groups.values():
        if word in {group.id, group.id.replace("_", " "), group.code.lower(), *map(fold, both(group.names))}:
            return "group", group.id
    for one in with_indicators(law).indicators.values():
        if word in {one.id.lower(), *map(fold, both(one.names))}:
            return "indicator", one.id
    raise GoalError("what", text, "unknown_measure")


def both(names: Text) -> tuple[str, str]:
    return names.vi, names.en


def read_goal(what: str, threshold: str, law: LawVersion) -> Goal:
    """The goal of two words.  Raises GoalError where there is no such figure, or it cannot come so far."""
    kind, key = read_what(what, law)
    if kind == "band":
        for band in law.bands:
            if fold(threshold) in map(fold, (band.id, *both(band.names))):
                return Goal(kind, "", Fraction(band.floor), band=band.names.vi)
        bands = ", ".join(band.names.vi for band in law.bands)
        raise GoalError("threshold", threshold, "unknown_code", allowed=bands)
    found = number(threshold)
    if found is None:
        raise GoalError("threshold", threshold, "bad_threshold")
    value, percent = found
    whole = value.denominator == 1
    if (kind in ("rank", COPIES)) and (percent or not whole or value < 1):
        raise GoalError("threshold", threshold, "bad_threshold")
    if kind == "indicator" and with_indicators(law).indicators[key].information:
        raise GoalError("what", what, "gives_no_points")
    goal = Goal(kind, key, value, percent)
    most = _most(goal, law)
    if most is not None and value > most:
        shown = "100%" if percent else plain(most)
        raise GoalError("threshold", threshold, "above_maximum", most=shown)
    return goal


def _most(goal: Goal, law: LawVersion) -> Fraction | None:
    if goal.percent:
        return Fraction(1)
    if goal.kind == "total":
        return law.maximum
    if goal.kind == "group":
        return law.groups[goal.key].maximum
    if goal.kind == "indicator":
        return with_indicators(law).indicators[goal.key].maximum
    return None
