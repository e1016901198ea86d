"""What each role may do, and where."""

from __future__ import annotations

import pytest

from chiso.instants import parse_instant
from chiso.people.rights import ROLES, Grant, Person, Right, Role
from chiso.registry.units import Units

UNITS = Units.load()
NOW = parse_instant("2026-10-10T06:00+07:00")
OLD = parse_instant("2023-03-27")


def person(role: Role, unit: str) -> Person:
    return Person(1, "x", "X", (Grant(role, unit),))


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.POINTS, set(Role)),
        (Right.DOSSIERS, {Role.LEADER, Role.CONTROLLER, Role.STAFF, Role.AUDITOR}),
        (Right.WORK, {Role.CONTROLLER, Role.STAFF}),
        (Right.FLOW, {Role.LEADER, Role.CONTROLLER, Role.AUDITOR, Role.ADMINISTRATOR}),
        (Right.STEERING, {Role.LEADER, Role.CONTROLLER, Role.AUDITOR}),
        (Right.STEER, {Role.CONTROLLER}),
        (Right.ADMINISTER, {Role.ADMINISTRATOR}),
        (Right.AUDIT, {Role.AUDITOR, Role.ADMINISTRATOR}),
    ],
)
def test_who_has_a_right(right: Right, roles: set[Role]) -> None:
    assert {role for role in Role if right in ROLES[role]} == roles
    for role in Role:
        assert person(role, "H01").may(right, None, UNITS, NOW) == (role in roles)


def test_dossiers_are_those_of_the_own_unit_and_below() -> None:
    staff = person(Role.STAFF, "H01.113")
    assert staff.may(Right.DOSSIERS, "H01.113", UNITS, NOW)
    for other in ("H01.101", "H01.06", "H01", "H20", "VN", "nothing"):
        assert not staff.may(Right.DOSSIERS, other, UNITS, NOW)
        assert staff.may(Right.POINTS, other, UNITS, NOW)
    assert not staff.may(Right.FLOW, None, UNITS, NOW)
    leader = person(Role.LEADER, "H01")
    for below in ("H01.113", "H01.06", "H01", "gso:883"):
        assert leader.may(Right.DOSSIERS, below, UNITS, NOW), below
    assert not leader.may(Right.DOSSIERS, "H20", UNITS, NOW)


def test_a_district_sees_its_communes_of_that_time() -> None:
    district = person(Role.LEADER, "gso:883")
    commune = next(one for one in UNITS.all if one.parent == UNITS.find("gso:883", OLD).index)  # type: ignore[union-attr]
    assert district.may(Right.DOSSIERS, commune.code, UNITS, OLD)
    assert not district.may(Right.DOSSIERS, "H01.113", UNITS, NOW)


def test_nobody_without_a_role_may_anything() -> None:
    nobody = Person(1, "x", "X", ())
    assert not any(nobody.may(right, unit, UNITS, NOW) for right in Right for unit in (None, "H01"))
