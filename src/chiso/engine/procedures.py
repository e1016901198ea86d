"""Registers: the counts that come from the catalogue and from announcement decisions, not from dossiers.

Sources: the formula document of 2026 for 1.1 to 1.3, 3.1, 3.2, 3.5 and 4.5; the reading of each number is
marked in the law data.  All functions are pure: records in, whole numbers per unit out.

Announcing and publishing is the province's own affair, so that those registers stand at the home province
alone; units below copy or leave them, as the law says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.instants import NEVER, Period, midnight, tree_instant
from chiso.registry.calendar import Calendar
from chiso.registry.procedures import Catalogue, iso_day
from chiso.registry.units import Units

if TYPE_CHECKING:
    from datetime import date

    from chiso.intake.records import Decision, ReportingTotal
    from chiso.law.model import LawVersion

Counts = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNKNOWN: Final = -1
"""In ``reporting_total``: nothing was reported."""

APPLYING: Final = ("online_services", "fee_procedures", "person_procedures")
"""Registers of procedures that apply to each unit."""
OWN: Final = ("public_own", "public_own_complete", "own_procedures", "own_online")
"""Registers of the home province's own procedures."""

_LIMITS: Final[Mapping[str, Mapping[str, int]]] = {
    "announce_before_effect": {"ministry": 20, "province": 5},
    "publish_after_decision": {"ministry": 10, "province": 5},
}
"""Working days of the formula document, where the law data does not say otherwise."""

_SHARES: Final = {"month": 12, "quarter": 4, "half": 2, "year": 1}


def register_counts(
    catalogue: Catalogue,
    units: Units,
    calendar: Calendar,
    law: LawVersion | None,
    decisions: Iterable[Decision],
    totals: Iterable[ReportingTotal],
    period: Period,
    judged_at: int,
) -> dict[str, Counts]:
    """All registers of a period judged at an instant, each an array over units (with all below them).

    ``reporting_total`` is ``UNKNOWN`` where nothing was reported, and so is ``reporting_total_last_year``:
    last year's figure divided by 12, 4, 2 or 1.  Days are whole: nothing here changes within a day.
    """
    judged_at = period.judged_at(judged_at)
    then = tree_instant(judged_at)
    home = units.today(units.home.index, then)
    found: dict[str, Counts] = {}
    applies = catalogue.applies(then)
    for register in APPLYING:
        columns = np.flatnonzero(_chosen(register, catalogue, judged_at))
        found[register] = np.count_nonzero(applies[:, columns], axis=1).astype(np.int64)
    for register in OWN:
        number = int(np.count_nonzero(_chosen(register, catalogue, judged_at)))
        found[register] = _at(home, len(units), number)
    announced = announced_in(decisions := list(decisions), units, calendar, law, period, judged_at)
    published = published_in(decisions, catalogue, units, calendar, law, period, judged_at)
    for register, verdicts in (("announced", announced), ("published_due", published)):
        found[register] = _at(home, len(units), len(verdicts))
        on_time = sum(verdict.on_time for verdict in verdicts.values())
        found["announced_on_time" if register == "announced" else "published_on_time"] = _at(
            home, len(units), on_time
        )
    totals = list(totals)
    found["reporting_total"] = reported(totals, units, period.label, then)
    found["reporting_total_last_year"] = _last_year(totals, units, period, then)
    return found


def membership(register: str, catalogue: Catalogue, units: Units, at: int | None = None) -> Bools:
    """``[unit, place in the catalogue]``: whether a procedure is in a register for a unit or any below it.

    Numerators that count distinct procedures are held to it.  Without an instant it is true where it ever is,
    in any tree.  ``KeyError`` for a register without procedures.
    """
    if at is None:
        kept = catalogue.memberships.get(register) if units is catalogue.units else None
        if kept is not None:
            return kept
        instants = [int(units.eras[0]) - 1, *units.eras.tolist()] if len(units.eras) else [0]
        found = membership(register, catalogue, units, instants[0])
        for instant in instants[1:]:
            found = found | membership(register, catalogue, units, instant)
        found.flags.writeable = False
        if units is catalogue.units:
            catalogue.memberships[register] = found
        return found
    chosen = _chosen(register, catalogue, at)
    if register in APPLYING:
        applying: Bools = catalogue.applies(at) & chosen
        return applying
    table = np.zeros((len(units), len(catalogue)), np.bool_)
    table[units.today(units.home.index, at)] = chosen
    return table


def members(register: str, catalogue: Catalogue, units: Units, judged_at: int) -> Bools:
    """``[unit, place in the catalogue]``: what :func:`register_counts` counts at an instant, of every unit.

    ``KeyError`` for a register without procedures.
    """
    then = tree_instant(judged_at)
    chosen = _chosen(register, catalogue, judged_at)
    if register in APPLYING:
        applying: Bools = catalogue.applies(then) & chosen
        return applying
    table = np.zeros((len(units), len(catalogue)), np.bool_)
    table[units.today(units.home.index, then)] = chosen
    return table


def _chosen(register: str, catalogue: Catalogue, at: int) -> Bools:
    """Per place of the catalogue: in the register, for the units to which it applies."""
    in_force = catalogue.in_force(at)
    found: Bools
    if register == "online_services":
        found = in_force & (catalogue.online > 0)
    elif register == "fee_procedures":
        found = in_force & catalogue.has_fee
    elif register == "person_procedures":
        found = in_force & catalogue.for_person
    elif register in OWN:
        found = in_force & catalogue.own & (catalogue.state == 0)
        if register == "public_own_complete":
            found = found & catalogue.complete
        elif register == "own_online":
            found = found & (catalogue.online > 0)
    else:
        raise KeyError(register)
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one procedure in 1.1 or 1.2, for drill-down."""

    code: str
    on_time: bool
    decision: str
    """the decision that decides: a late one where there is one"""
    due: date | None
    """last day that would have been in time; ``None`` where it cannot be told"""
    done: date | None
    """1.1: date of the decision; 1.2: day of publication, ``None`` while it is not public"""


def announced_in(
    decisions: Iterable[Decision],
    units: Units,
    calendar: Calendar,
    law: LawVersion | None,
    period: Period,
    judged_at: int,
) -> dict[str, Verdict]:
    """1.1: the procedures of announcement decisions dated in the period, by code.

    In time: so many working days before the newest effective date of its legal basis.  A procedure in several
    decisions counts once, late if any of them is.  A decision without an effective date is not shown to be in
    time, and counts as late.
    """
    newest: dict[tuple[str, str, date], date | None] = {}
    for one in decisions:
        decided = iso_day(one.date)
        if decided is None or midnight(decided) < period.start or not _happened(decided, period, judged_at):
            continue
        effects = [e for e in map(iso_day, one.legal_effective_on.replace(";", " ").split()) if e]
        key = (one.code, one.decision, decided)
        newest[key] = max(filter(None, [newest.get(key), *effects]), default=None)
    found: dict[str, Verdict] = {}
    for (code, decision, decided), effect in sorted(newest.items(), key=lambda item: item[0]):
        due = announce_by(effect, units, calendar, law) if effect else None
        verdict = Verdict(code, due is not None and decided <= due, decision, due, decided)
        if code not in found or (found[code].on_time and not verdict.on_time):
            found[code] = verdict
    return found


def announce_by(effect: date, units: Units, calendar: Calendar, law: LawVersion | None) -> date:
    """The last day on which a decision is in time for a legal basis that takes effect on a day."""
    return calendar.add_working_days(effect, -_limit(law, "announce_before_effect", units))


def publish_by(decided: date, units: Units, calendar: Calendar, law: LawVersion | None) -> date:
    """The last day on which what was decided on a day is made public in time."""
    return calendar.add_working_days(decided, _limit(law, "publish_after_decision", units))


def published_in(
    decisions: Iterable[Decision],
    catalogue: Catalogue,
    units: Units,
    calendar: Calendar,
    law: LawVersion | None,
    period: Period,
    judged_at: int,
) -> dict[str, Verdict]:
    """1.2: the procedures published in the period, and those due for publication by its end, by code.

    What was published before the period is no longer due in it.  The day of publication is the decision's,
    else the catalogue's if it is not before the decision.
    """
    days = _limit(law, "publish_after_decision", units)
    found: dict[str, Verdict] = {}
    for one in sorted(decisions, key=lambda d: (d.code, d.date, d.decision)):
        decided = iso_day(one.date)
        if decided is None or not _happened(decided, period, judged_at):
            continue
        published = iso_day(one.published_on)
        if published is None:
            known = catalogue.get(one.code)
            shown = iso_day(known.published_on) if known is not None else None
            published = shown if shown is not None and shown >= decided else None
        if published is not None and not _happened(published, period, judged_at):
            published = None
        due = publish_by(decided, units, calendar, law)
        past_due = calendar.due(midnight(decided), days) <= judged_at
        if published is not None and midnight(published) < period.start:
            continue
        if published is None and not past_due:
            continue
        on_time = published is not None and published <= due
        if one.code not in found or (found[one.code].on_time and not on_time):
            found[one.code] = Verdict(one.code, on_time, one.decision, due, published)
    return found


def changes(
    catalogue: Catalogue,
    decisions: Iterable[Decision],
    units: Units,
    calendar: Calendar,
    law: LawVersion | None,
) -> list[int]:
    """Every instant from which some register may differ with no message, sorted."""
    days = _limit(law, "publish_after_decision", units)
    instants = {*catalogue.ends.tolist(), *(units.eras + 1).tolist()}
    instants |= {midnight(day) for r in catalogue.records if (day := iso_day(r.published_on))}
    for one in decisions:
        instants |= {midnight(day) for day in (iso_day(one.date), iso_day(one.published_on)) if day}
        if decided := iso_day(one.date):
            instants.add(calendar.due(midnight(decided), days))
    return sorted(instant for instant in instants if -NEVER < instant < NEVER)


def next_change(
    catalogue: Catalogue,
    decisions: Iterable[Decision],
    units: Units,
    calendar: Calendar,
    law: LawVersion | None,
    at: int,
) -> int:
    """The next instant after ``at`` from which some register may differ with no message, or ``NEVER``."""
    found = changes(catalogue, decisions, units, calendar, law)
    return min((instant for instant in found if instant > at), default=NEVER)


def reported(totals: Iterable[ReportingTotal], units: Units, label: str, at: int) -> Counts:
    """National reporting: dossiers received in a period, per unit; ``UNKNOWN`` where nothing was reported.

    A unit without a figure of its own has the sum of the units directly below it that have one.  Of two
    figures for one unit the later one holds.
    """
    found = np.full(len(units), UNKNOWN, np.int64)
    tree = units.tree(at)
    for total in totals:
        if total.period.strip().upper() != label.upper():
            continue
        unit = units.find(total.unit, at) or units.find(total.unit)
        if unit is not None:
            found[units.today(unit.index, at)] = total.received
    # a walk through the year asks for every half day: only units above a figure are looked at
    above = {one for unit in np.flatnonzero(found != UNKNOWN).tolist() for one in tree.ancestors(unit)[1:]}
    for index in tree.order[::-1].tolist() if above else ():
        if index in above and found[index] == UNKNOWN:
            below = found[tree.children(index)]
            if (below != UNKNOWN).any():
                found[index] = below[below != UNKNOWN].sum()
    return found


def _last_year(totals: Iterable[ReportingTotal], units: Units, period: Period, at: int) -> Counts:
    """The formula document's stand-in for a missing figure: last year's, divided by 12, 4 or 1."""
    share = _SHARES.get(period.kind)
    if share is None:
        return np.full(len(units), UNKNOWN, np.int64)
    year = reported(totals, units, f"{period.first_day.year - 1}", at)
    shared = [UNKNOWN if value == UNKNOWN else round(Fraction(value, share)) for value in year.tolist()]
    return np.array(shared, np.int64)


def _happened(day: date, period: Period, judged_at: int) -> bool:
    """Whether a day of a record has come: it counts from its first instant on."""
    return midnight(day) <= judged_at and midnight(day) < period.end


def _limit(law: LawVersion | None, name: str, units: Units) -> int:
    """Working days of the law for the kind of the home unit."""
    kind = "ministry" if units.home.kind == "ministry" else "province"
    told = law.settings.get(name) if law is not None else None
    days = told.get(kind) if isinstance(told, Mapping) else None
    return days if isinstance(days, int) else _LIMITS[name][kind]


def _at(unit: int, size: int, value: int) -> Counts:
    found = np.zeros(size, np.int64)
    found[unit] = value
    return found
