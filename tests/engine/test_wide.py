"""Counting many rows at once gives what counting pair by pair gives, for whatever lives, periods and laws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.engine import wide
from chiso.engine.ahead import ahead
from chiso.engine.columns import Columns, Roster, newest_spans
from chiso.engine.count import Tally, Window, count
from chiso.engine.plan import Cell
from chiso.instants import DAY, NEVER, midnight, parse_period
from chiso.intake.records import Dossier
from chiso.law.expression import Parser
from chiso.law.loader import load
from chiso.ledger.rows import ROW
from tests.engine.worlds import FIRST, LAST, PERIODS, Event, World, events, instants

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
LAWS = {name: load(name).at(date(2026, 1, 1)) for name in ("qd766", "qd766-document")}
lives = st.lists(events(dossiers=6), min_size=1, max_size=16)
MESSAGE = Dossier("D1", "1.000001", 4, "H01.06", "H01.06", received_at=midnight(date(2026, 1, 5)))
ERAS = parse_period("2025-06-01..2026-06-30")
"""A period over two changes of the units."""


def world_of(life: list[Event], law: str) -> tuple[World, Columns]:
    world = World.new(LAWS[law])
    rows = np.concatenate([world.tell(event, FIRST + number) for number, event in enumerate(life)])
    columns = Columns.of_rows(newest_spans(rows))
    world.ground.derive(columns)
    return world, columns


def summed(tally: Tally) -> list[dict[int, int]]:
    """Times by key; keys that come twice are added up, those that cancel are gone."""
    found = []
    for keys, times in tally.distinct:
        one: dict[int, int] = {}
        for key, number in zip(keys.tolist(), times.tolist(), strict=True):
            one[key] = one.get(key, 0) + number
        found.append({key: number for key, number in one.items() if number})
    return found


@pytest.fixture(params=[1, 1 << 16])
def always_wide(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide, "WIDE_FROM", 0)
    monkeypatch.setattr(wide, "PART", request.param)


@pytest.mark.usefixtures("always_wide")
@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(lives, st.integers(FIRST, LAST), st.sampled_from(sorted(LAWS)))
def test_rows_together_count_like_pairs(life: list[Event], at: int, law: str) -> None:
    world, columns = world_of(life, law)
    window = Window.of((*PERIODS, ERAS), at)
    slow, fast = count(columns, world.ground, window), wide.tally(columns, world.ground, window)
    assert np.array_equal(slow.cells, fast.cells)
    assert summed(slow) == summed(fast)


@pytest.mark.usefixtures("always_wide")
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(lives, st.integers(FIRST, LAST), st.integers(0, 40 * DAY))
def test_a_change_is_the_difference_of_two_counts(life: list[Event], at: int, further: int) -> None:
    world, columns = world_of(life, "qd766")
    before, after = (Window.of((*PERIODS, ERAS), moment) for moment in (at, at + further))
    slow = count(columns, world.ground, after).minus(count(columns, world.ground, before))
    fast = wide.change(columns, world.ground, before, after)
    assert np.array_equal(slow.cells, fast.cells)
    assert summed(slow) == summed(fast)


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(lives, instants, instants)
def test_a_row_counts_alike_between_two_of_its_turns(life: list[Event], one: int, other: int) -> None:
    world, columns = world_of(life, "qd766")
    early, late = sorted((one, other))
    still = (wide.next_turn(columns, early) > late) & (wide.last_turn(columns, late) <= early)
    assert np.array_equal(wide.next_turn(columns, early) > late, wide.last_turn(columns, late) <= early)
    rows = columns.take(np.flatnonzero(still))
    open_period = parse_period("2025-01-01..2027-01-01")
    first, second = (count(rows, world.ground, Window.of((open_period,), at)) for at in (early, late))
    assert np.array_equal(first.cells, second.cells)
    assert summed(first) == summed(second)


def test_numbers_too_great_for_floating_point_are_summed_exactly() -> None:
    counts = np.zeros(3, np.int64)
    wide._add_numbers(counts, np.array([0, 0, 2]), np.array([NEVER - 1, 3, -NEVER]))
    assert counts.tolist() == [NEVER + 2, 0, -NEVER]


@pytest.mark.usefixtures("always_wide")
def test_a_law_that_asks_when_the_period_began_is_counted_pair_by_pair() -> None:
    world, columns = world_of([Event(1, message=MESSAGE)], "qd766")
    assert wide.can_count_wide(world.ground)
    asking = Cell(Parser().parse("received_at >= period_start"), None, received_only=False)
    world.ground.plan = replace(world.ground.plan, cells=(*world.ground.plan.cells, asking))
    assert not wide.can_count_wide(world.ground)
    window = Window.of(PERIODS, LAST)
    found = wide.tally(columns, world.ground, window)
    # in January, the first quarter and the year, and not in what it was only carried into
    assert found.cells[-1].sum(axis=1).tolist() == [1, 0, 0, 1, 1, 0]


rows_of_versions = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=12
)


@given(rows_of_versions, st.booleans())
def test_the_newest_version_of_each_dossier_is_kept_whole(
    told: list[tuple[int, int, int]], in_order: bool
) -> None:
    versions = sorted(told, key=lambda one: one[1]) if in_order else told
    rows = np.zeros(sum(spans for _, _, spans in versions), ROW)
    place = 0
    best: dict[int, tuple[int, int, int]] = {}
    for version, (dossier, known, spans) in enumerate(versions, 1):
        for span in range(spans):
            rows[place] = np.zeros((), ROW)
            rows["version"][place], rows["dossier"][place] = version, dossier
            rows["known_at"][place], rows["judged_from"][place] = known, span
            place += 1
        best[dossier] = max(best.get(dossier, (-1, 0, 0)), (known, version, spans))
    kept = newest_spans(rows)
    found: dict[int, list[tuple[int, int]]] = {}
    for row in kept:
        found.setdefault(int(row["dossier"]), []).append((int(row["version"]), int(row["judged_from"])))
    assert found == {
        dossier: [(version, span) for span in range(spans)] for dossier, (_, version, spans) in best.items()
    }
    numbers = kept["dossier"]
    assert int((numbers[1:] != numbers[:-1]).sum()) + 1 == len(best)


def test_a_roster_forgets_the_spans_of_a_life_that_is_told_anew() -> None:
    rows = np.zeros(4, ROW)
    rows["version"], rows["dossier"] = [1, 1, 2, 2], [7, 7, 9, 9]
    rows["judged_from"] = [0, 5, 0, 6]
    roster = Roster(capacity=4)
    roster.reserve(8)

    def put(some: np.ndarray) -> None:
        columns = Columns.of_rows(roster.superseding(some))
        columns.arrays |= {
            name: np.zeros(columns.size, kind)
            for name, kind in (("unit_index", np.int32), ("desk_index", np.int32), ("limit_due_at", np.int64))
        }
        roster.replace(columns)

    put(rows)
    assert roster.further_spans()["dossier"].tolist() == [7, 9]
    assert sorted(roster.rows_of(np.array([7, 9, 11]))["judged_from"].tolist()) == [0, 0, 5, 6]
    plain = rows[:1].copy()
    plain["version"] = 3
    put(plain)
    assert roster.further_spans()["dossier"].tolist() == [9]
    assert roster.rows_of(np.array([7]))["version"].tolist() == [3]
    assert len(roster) == 2


def test_pieces_are_read_ahead_in_their_order_and_errors_come_through() -> None:
    def pieces() -> Iterator[int]:
        yield from range(5)
        raise ValueError("broken off")

    found: list[int] = []

    def take() -> None:
        for piece in ahead(pieces()):
            found.append(piece)  # noqa: PERF402 - what came before the error counts

    with pytest.raises(ValueError, match="broken off"):
        take()
    assert found == [0, 1, 2, 3, 4]
    assert list(ahead(iter([1, 2, 3]))) == [1, 2, 3]
    assert list(ahead([])) == []
