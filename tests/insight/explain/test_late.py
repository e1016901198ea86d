"""What was told later of an instant: dates as told since, everything else as it was known then."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.engine.columns import STORED, Columns, Roster, newest_spans
from chiso.folder.registers import Registers, Registry
from chiso.insight.explain.late import UNDATED, before, registry_told_later, tell_later
from chiso.instants import NEVER
from chiso.intake.records import Decision, Petition, ReportingTotal
from chiso.registry.procedures import Catalogue
from tests.engine.worlds import CALENDAR, FIRST, LAST, UNITS, Event, World, events

Row = dict[str, int]


def rosters(life: list[Event], known_first: int) -> tuple[World, Roster, Roster]:
    """What was known after some events, and after all of them."""
    world = World.new()
    rows = [world.tell(event, FIRST + number) for number, event in enumerate(life)]
    found = []
    for some in (rows[:known_first], rows):
        roster = Roster()
        if some:
            columns = Columns.of_rows(newest_spans(np.concatenate(some)))
            world.ground.derive(columns)
            roster.replace(columns)
            roster.top = max(roster.top, int(columns["dossier"].max()))
        found.append(roster)
    return world, found[0], found[1]


def rows_of(parts: list[Columns]) -> list[Row]:
    return [
        {name: int(part[name][place]) for name in part.arrays} for part in parts for place in range(part.size)
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(events(dossiers=5), min_size=1, max_size=14), st.integers(0, 14), st.integers(FIRST, LAST))
def test_dates_are_told_later_and_nothing_else(life: list[Event], known_first: int, at: int) -> None:
    world, then, later = rosters(life, min(known_first, len(life)))
    parts = before(later, at)
    was = rows_of(parts)
    tell_later(parts, then, world.ground)
    held = {
        row["dossier"]: row
        for row in rows_of(list(then.parts()))
        if row["version"] and row["received_at"] < NEVER
    }
    for old, new in zip(was, rows_of(parts), strict=True):
        assert old["received_at"] == new["received_at"] < at
        known = held.get(old["dossier"])
        for name in STORED:
            wanted = known[name] if known is not None and name in UNDATED else old[name]
            assert new[name] == wanted, name
        alone = Columns({name: np.array([new[name]], part_dtype(name)) for name in STORED}, 1)
        world.ground.derive(alone)
        for name in ("unit_index", "desk_index", "limit_due_at"):
            assert new[name] == int(alone[name][0])


def part_dtype(name: str) -> np.dtype[np.generic]:
    return Columns.empty()[name].dtype


def test_what_is_looked_at_is_a_copy() -> None:
    world, _, later = rosters([], 0)
    assert before(later, LAST) == [] or all(part.size == 0 for part in before(later, LAST))
    assert world.ground is not None


def test_records_beside_the_dossiers() -> None:
    known = Petition("P1", "H01.113", "x", sent_at=FIRST, likes=3)
    told = Petition("P1", "H01.06", "y", sent_at=FIRST, resolved_at=LAST, dislikes=9)
    fresh = Petition("P2", "H01.06", "y", sent_at=FIRST)
    catalogue, other = Catalogue([], UNITS), Catalogue([], UNITS)
    then = Registry(UNITS, catalogue, CALENDAR, Registers((), (known,), (ReportingTotal("H01", "2026", 5),)))
    later = Registry(
        UNITS, other, CALENDAR, Registers((Decision("1", "a", "2026-01-05"),), (told, fresh), ())
    )
    found = registry_told_later(then, later)
    assert found.catalogue is catalogue
    assert found.records.decisions == later.records.decisions
    assert found.records.totals == then.records.totals
    first, second = found.records.petitions
    assert (first.unit, first.likes, first.dislikes, first.resolved_at) == ("H01.113", 3, 0, LAST)
    assert second is fresh
