"""What the rules see: the value of every subject of a rule at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.instants import DAY, Period, tree_instant, year_of
from chiso.intake.records import AlertRule
from chiso.law.goals import Goal, law_on, read_what
from chiso.steering import now
from chiso.steering.alerts.dossiers import old_petitions, open_dossiers
from chiso.steering.alerts.hours import office_seconds
from chiso.steering.figures import Figures
from chiso.steering.past import Past, results_then

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chiso.folder.state import DataFolder, View
    from chiso.law.model import LawVersion
    from chiso.steering.register import Register

STILL_TOLD: Final = 30 * DAY
"""A duty that was missed longer ago than this is no longer news."""


@dataclass(frozen=True)
class Seen:
    """What a rule sees of one subject."""

    subject: str
    unit: str
    """whose people are told"""
    value: Fraction | None


class Eyes:
    """A folder at one instant.  What several rules look at is made once."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.at = folder.now()
        self._due: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._before: dict[int, Past | None] = {}

    def see(self, rule: AlertRule) -> list[Seen]:
        """The value of every subject of a rule."""
        if rule.what == "silence":
            return self._senders(rule)
        found = []
        for unit in self._units(rule):
            code = self._folder.registry.units.all[unit].code
            found.append(Seen(code, code, self._value(rule, unit)))
        return found

    def _units(self, rule: AlertRule) -> list[int]:
        units = self._folder.registry.units
        then = tree_instant(self.at)
        if rule.among:
            above = units.find(rule.unit, then) if rule.unit else None
            if rule.unit and above is None:
                return []
            return [one.index for one in units.league(rule.among, above.index if above else None, then)]
        codes = self._register.lists.get(rule.list, ()) if rule.list else (rule.unit,)
        found = [units.find(code, then) or units.find(code) for code in codes if code]
        return list(dict.fromkeys(units.today(one.index, then) for one in found if one is not None))

    def _value(self, rule: AlertRule, unit: int) -> Fraction | None:
        if rule.what in ("due", "overdue"):
            if not self._folder.holds(unit):
                return None
            hours = rule.span or 24
            return Fraction(int(self._dossiers(hours)[rule.what == "overdue"][unit]))
        if rule.what == "petitions":
            return Fraction(int(self._petitions(rule.span or 12)[unit]))
        if rule.what == "duties":
            return self._duties.get(unit, Fraction(0))
        kind, key = read_what(rule.what, law_on(self.period.first_day))
        goal = Goal(kind, key, Fraction(0), rule.threshold.endswith("%"))
        value = self._figures.value(goal, unit)
        if rule.span == 0 or value is None:
            return value
        before = self._then(rule.span)
        was = None if before is None else before.value(goal, unit)
        if was is None:
            return None
        return value - was if goal.falling else was - value

    # -- what is looked at -----------------------------------------------------------------------------------

    @cached_property
    def period(self) -> Period:
        return year_of(self.at)

    @cached_property
    def _view(self) -> View:
        return self._folder.view(self.period)

    @cached_property
    def _law(self) -> LawVersion:
        return self._folder.law_of(self.period)

    @cached_property
    def _figures(self) -> Figures:
        folder, at = self._folder, self.at
        return Figures(
            folder.registry.units,
            self._law,
            self.period,
            at,
            at,
            lambda: None if self._law.groups_only else self._view.board,
            folder.published,
            np.zeros(len(folder.registry.units), np.int64),
        )

    def _dossiers(self, hours: int) -> tuple[np.ndarray, np.ndarray]:
        if hours not in self._due:
            self._due[hours] = open_dossiers(self._view, self.at + hours * 3600)
        return self._due[hours]

    def _petitions(self, days: int) -> np.ndarray:
        return old_petitions(self._view, days)

    @cached_property
    def _register(self) -> Register:
        return now.register(self._folder)

    @cached_property
    def _duties(self) -> Mapping[int, Fraction]:
        """Per unit: duties at risk, or missed not long ago."""
        found: dict[int, Fraction] = {}
        for line in now.current(self._folder).lines:
            lately = line.duty.deadline > self.at - STILL_TOLD
            if line.unit >= 0 and (line.state == "at_risk" or (line.state == "missed" and lately)):
                found[line.unit] = found.get(line.unit, Fraction(0)) + 1
        return found

    def _then(self, days: int) -> Past | None:
        """The results so many days ago; ``None`` where they are not known, or belong to another year."""
        if days not in self._before:
            then = self.at - days * DAY
            known = then >= self.period.start and not self._law.groups_only
            self._before[days] = results_then(self._folder, self.period, then) if known else None
        return self._before[days]

    # -- senders ---------------------------------------------------------------------------------------------

    def _senders(self, rule: AlertRule) -> list[Seen]:
        """Office hours since each sender was last heard of."""
        folder = self._folder
        found = []
        for sender in folder.ledger.senders.list():
            if not sender.active or (rule.unit and not f"{sender.unit}.".startswith(f"{rule.unit}.")):
                continue
            since = sender.created_at if sender.last_used_at is None else sender.last_used_at
            seconds = office_seconds(folder.calendar, since, self.at, sender.unit)
            found.append(Seen(sender.name, sender.unit, Fraction(seconds, 3600)))
        return found
