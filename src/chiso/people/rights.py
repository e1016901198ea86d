"""Roles bound to a unit and all below it, and what each role may do there.

A right is what an address asks for; a role is a set of rights.  Nothing is allowed that is not named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chiso.registry.units import Units


class Right(StrEnum):
    """What an address asks for."""

    POINTS = "points"
    """scores, ranks, counts, of any unit: what the decision wants published, with the whole of its parts"""
    DOSSIERS = "dossiers"
    """single dossiers of a unit and of those below it"""
    OFFICERS = "officers"
    """names of the officers whom messages name, of a unit and of those below it"""
    WORK = "work"
    """tick off, assign and report for a unit"""
    FLOW = "flow"
    """what arrives, from whom, what was refused and why"""
    STEERING = "steering"
    """see documents, targets, tasks, reports and letters"""
    STEER = "steer"
    """change them"""
    ADMINISTER = "administer"
    """accounts, senders, units, calendar, settings, refused pieces themselves"""
    AUDIT = "audit"
    """the record of who did what"""


class Role(StrEnum):
    """What a person is, for a unit and all below it."""

    LEADER = "leader"
    CONTROLLER = "controller"
    STAFF = "staff"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLES: Final[dict[Role, frozenset[Right]]] = {
    Role.LEADER: frozenset({Right.POINTS, Right.DOSSIERS, Right.OFFICERS, Right.FLOW, Right.STEERING}),
    Role.CONTROLLER: frozenset(
        {Right.POINTS, Right.DOSSIERS, Right.OFFICERS, Right.WORK, Right.FLOW, Right.STEERING, Right.STEER}
    ),
    Role.STAFF: frozenset({Right.POINTS, Right.DOSSIERS, Right.OFFICERS, Right.WORK}),
    Role.AUDITOR: frozenset({Right.POINTS, Right.DOSSIERS, Right.FLOW, Right.STEERING, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Right.POINTS, Right.FLOW, Right.ADMINISTER, Right.AUDIT}),
}
"""An administrator runs the system and reads no dossiers by that; who does both has both roles."""

EVERYWHERE: Final = frozenset({Right.POINTS})
"""Rights that hold for every unit once a person has them for one."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for a unit (its code) and all below it."""

    role: Role
    unit: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in."""

    account: int
    login: str
    name: str
    grants: tuple[Grant, ...]
    must_change: bool = False
    """their password was made for them: until it is changed they reach their own account alone"""
    must_enrol: bool = False
    """a second factor is asked of their role: until it is set they reach their own account alone"""

    def may(self, right: Right, unit: str | None, units: Units, at: int) -> bool:
        """Whether a right is held for a unit (a code) in the tree of an instant.

        ``None`` asks for a right that is about no unit: it is held by who has it for the home province.
        """
        holding = [grant.unit for grant in self.grants if right in ROLES[grant.role]]
        if not holding:
            return False
        if right in EVERYWHERE:
            return True
        return below(units.home.code if unit is None else unit, holding, units, at)

    def units_of(self, right: Right) -> tuple[str, ...]:
        """The units for which (with all below them) a right is held."""
        return tuple(dict.fromkeys(grant.unit for grant in self.grants if right in ROLES[grant.role]))


def below(code: str, tops: Iterable[str], units: Units, at: int) -> bool:
    """Whether a unit is one of some units, or below one, in the tree of an instant or where it stood."""
    wanted = set(tops)
    found = units.find(code, at) or units.find(code)
    seen = 0
    while found is not None and seen < 10:
        if found.code in wanted:
            return True
        found = units.all[found.parent] if found.parent >= 0 else None
        seen += 1
    return False
