"""From a score as the commands print it to the rows that a page shows.

Works on the dictionaries of ``score``, ``rank`` and ``history`` and on the law, never on dossiers: what is
shown is what the interfaces give, so that page and JSON cannot differ.  Points stay exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from chiso.instants import DAY, day_of, midnight
from chiso.law.model import Indicator, LawVersion
from chiso.web.formatting import as_instant, exact
from chiso.web.marks import ScaleBand

TARGET: Final = 80
"""Points, and percent of every group, that pages measure against: the floor of the band "Tốt"."""

_ALIKE: Final = ("Tỷ lệ ",)


def shortened(name: str) -> str:
    """The name of an indicator without its first words where all names begin alike."""
    for start in _ALIKE:
        if name.startswith(start):
            rest = name.removeprefix(start)
            return rest[:1].upper() + rest[1:]
    return name


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator of a unit: what was counted, what it earned and what it lost."""

    id: str
    name: str
    points: Fraction
    maximum: Fraction
    n: int | None
    d: int | None
    no_data: bool
    inherited: bool
    law: Indicator | None
    interval: tuple[Fraction, Fraction] | None = None
    """within which points chance alone could put it"""
    few: bool = False
    """whether it counts too few for a trend"""

    @property
    def step(self) -> Fraction:
        """Points that one case more or less is."""
        cap = Fraction(1) if self.law is None else self.law.cap
        return self.maximum / (cap * self.d) if self.d else Fraction(0)

    @property
    def short(self) -> str:
        """The name without its first words where all names begin alike."""
        return shortened(self.name)

    @property
    def lost(self) -> Fraction:
        return self.maximum - self.points

    @property
    def duration(self) -> bool:
        """Whether n is a length of time and n ÷ d its mean."""
        return self.law is not None and self.law.unit == "seconds"

    @property
    def missed(self) -> int | None:
        return None if self.n is None or self.d is None or self.duration else self.d - self.n

    @property
    def information(self) -> bool:
        return self.maximum == 0

    @property
    def of_dossiers(self) -> bool:
        """Whether n and d are dossiers that can be listed."""
        return self.law is not None and self.law.unit == "dossiers" and not self.inherited

    @property
    def of_procedures(self) -> bool:
        """Whether procedures stand behind n and d."""
        return self.law is not None and self.law.unit in ("dossiers", "procedures") and not self.inherited

    @property
    def full_at(self) -> Fraction | None:
        """The ratio that earns everything where it is not the whole."""
        return None if self.law is None or self.law.cap == 1 else self.law.cap


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One of the six groups."""

    id: str
    number: int
    name: str
    points: Fraction
    maximum: Fraction
    indicators: tuple[IndicatorRow, ...]
    week: Fraction | None = None
    """change in seven days; ``None`` where the history does not tell"""
    month: tuple[Fraction, ...] = ()
    """points of the last thirty days, oldest first"""

    @property
    def lost(self) -> Fraction:
        return self.maximum - self.points


@dataclass(frozen=True, slots=True)
class Change:
    """The total against an earlier instant."""

    key: str
    at: int
    total: Fraction | None
    by: Fraction | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A score, ready to be shown."""

    raw: Mapping[str, Any]
    total: Fraction
    maximum: Fraction
    band_id: str
    band: str
    bands: tuple[ScaleBand, ...]
    groups: tuple[GroupRow, ...]
    changes: tuple[Change, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    """(ISO day, total) of the history"""
    history_complete: bool = True
    week: Fraction | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lost(self) -> Fraction:
        return self.maximum - self.total

    @property
    def gap(self) -> Fraction:
        """Points still missing to the target; negative beyond it."""
        return TARGET - self.total

    @property
    def published(self) -> bool:
        return self.raw.get("source") == "published"

    @property
    def indicators(self) -> list[IndicatorRow]:
        return [row for group in self.groups for row in group.indicators]

    @property
    def losses(self) -> list[IndicatorRow]:
        """Indicators that lost points, most first."""
        return sorted((row for row in self.indicators if row.lost > 0), key=lambda row: (-row.lost, row.id))

    @property
    def worst(self) -> GroupRow:
        """The group that lost most."""
        return max(self.groups, key=lambda group: group.lost)


def _order(identity: str) -> tuple[int, int, str]:
    chapter, _, rest = identity.partition(".")
    digits = "".join(sign for sign in rest if sign.isdigit())
    return int(chapter), int(digits or 0), rest


def _indicators(
    raw: Mapping[str, Any], group: str, law: LawVersion | None, lang: str
) -> tuple[IndicatorRow, ...]:
    told: Mapping[str, Mapping[str, Any]] = raw.get("indicators") or {}
    rows = []
    for identity in sorted(told, key=_order):
        rule = law.indicators.get(identity) if law is not None else None
        if rule is None or rule.group != group:
            continue
        value = told[identity]
        rows.append(
            IndicatorRow(
                id=identity,
                name=rule.names[lang],
                points=exact(value["points"]),
                maximum=exact(str(value.get("max", rule.maximum))),
                n=value.get("n"),
                d=value.get("d"),
                no_data=bool(value.get("no_data")),
                inherited=bool(value.get("inherited")),
                law=rule,
                interval=_interval(value.get("interval")),
                few=bool(value.get("few")),
            )
        )
    return tuple(rows)


def _interval(told: Mapping[str, str] | None) -> tuple[Fraction, Fraction] | None:
    return None if told is None else (exact(told["low"]), exact(told["high"]))


def _unknown(members: Sequence[IndicatorRow], earned: Fraction) -> bool:
    """Whether a published group stands alone: none of its indicators has data, yet it has other points."""
    return all(row.no_data for row in members if row.maximum) and earned != sum(row.points for row in members)


def _at_or_before(rows: Sequence[Mapping[str, Any]], at: int) -> Mapping[str, Any] | None:
    found = None
    for row in rows:
        instant = as_instant(row["at"])
        if instant is not None and instant <= at:
            found = row
    return found


def changes(total: Fraction, rows: Sequence[Mapping[str, Any]], at: int) -> tuple[Change, ...]:
    """The total against a day, a week and a month before ``at``, as the history knows them.

    A step back is looked up at the history's row at or before that instant, never more than two days before.
    """
    found = []
    for key, days in (("day", 1), ("week", 7), ("month", 30)):
        wanted = at - days * DAY
        row = _at_or_before(rows, wanted)
        seen = None if row is None else as_instant(row["at"])
        if row is None or seen is None or wanted - seen > 2 * DAY:
            found.append(Change(key, wanted, None, None))
        else:
            before = exact(row["total"])
            found.append(Change(key, seen, before, total - before))
    return tuple(found)


def sheet(
    raw: Mapping[str, Any], law: LawVersion, lang: str, history: Mapping[str, Any] | None = None
) -> Sheet:
    """Reads a score with the law that made it and, where there is one, the unit's history."""
    # A day on which nothing had come in yet says nothing.
    rows = [row for row in (history or {}).get("rows") or [] if row.get("dossiers", 1)]
    at = as_instant(raw.get("at"))
    if at is not None:
        rows = [row for row in rows if (as_instant(row["at"]) or 0) <= at]
    total = exact(raw["total"])
    groups = []
    for number, identity in enumerate(law.groups, 1):
        rule = law.groups[identity]
        told = raw["groups"].get(identity) or {}
        earned = exact(told.get("points") or "0")
        line = [exact(row["groups"][identity]) for row in rows[-30:] if identity in (row.get("groups") or {})]
        week = None
        if at is not None:
            past = _at_or_before(rows, at - 7 * DAY)
            if past is not None and identity in (past.get("groups") or {}):
                week = earned - exact(past["groups"][identity])
        members = _indicators(raw, identity, law, lang)
        if raw.get("source") == "published" and _unknown(members, earned):
            members = ()
        groups.append(
            GroupRow(
                id=identity,
                number=number,
                name=rule.names[lang],
                points=earned,
                maximum=exact(str(told.get("max", rule.maximum))),
                indicators=members,
                week=week,
                month=(*line, earned) if line else (),
            )
        )
    band = law.band(Decimal(str(raw["total"])))
    steps = changes(total, rows, at) if at is not None else ()
    days = {str(row["at"])[:10]: str(row["total"]) for row in rows}
    if at is not None:
        # What is judged at midnight belongs to the day that ended then.
        days = {_day_told(as_instant(row["at"]) or 0): str(row["total"]) for row in rows}
        days[_day_told(at)] = str(raw["total"])
    return Sheet(
        raw=raw,
        total=total,
        maximum=exact(str(raw.get("max", 100))),
        band_id=band.id,
        band=band.names[lang],
        bands=tuple(ScaleBand(one.id, one.names[lang], one.floor) for one in reversed(law.bands)),
        groups=tuple(groups),
        changes=steps,
        days=tuple(sorted(days.items())),
        history_complete=bool((history or {}).get("complete", True)),
        week=next((step.by for step in steps if step.key == "week"), None),
    )


def _day_told(at: int) -> str:
    day = day_of(at)
    return day_of(at - 1).isoformat() if at == midnight(day) else day.isoformat()
