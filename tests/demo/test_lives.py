"""Lives keep to their targets and to themselves."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.demo import lives, turns, world
from chiso.demo.shape import Kind, Lives
from chiso.demo.world import START, UNTIL


def drawn(dossiers: int, seed: int) -> tuple[world.World, Lives]:
    made = world.make(dossiers, seed)
    return made, lives.make(made)


@pytest.mark.parametrize(("dossiers", "seed"), [(400, 1), (5_000, 2), (20_000, 3), (20_000, 766)])
def test_lateness_is_what_the_times_say(dossiers: int, seed: int) -> None:
    made, table = drawn(dossiers, seed)
    assert table.counted.sum() == dossiers
    assert table.carried.sum() == made.targets.carried
    assert table.late.sum() == made.targets.late
    np.testing.assert_array_equal(turns.verdict(table), table.late)


@pytest.fixture(scope="module")
def table() -> Lives:
    return drawn(40_000, 766)[1]


def test_times_follow_each_other(table: Lives) -> None:
    assert (table.ended >= table.received).all()
    asked = table.requested > 0
    assert (table.requested[asked] >= table.received[asked]).all()
    answered = table.completed > 0
    assert (table.completed[answered] > table.requested[answered]).all()
    assert (table.ended[answered] > table.completed[answered]).all()
    again = table.kind == Kind.REOPENED
    assert again.any()
    assert (table.ended_first[again] < table.reopened[again]).all()
    assert (table.reopened[again] < table.ended[again]).all()
    assert (table.reopened[again] < UNTIL).all()


def test_the_carried_over_came_before_the_year_and_ended_in_it(table: Lives) -> None:
    assert (table.received[table.carried] < START).all()
    assert (table.ended[table.carried] >= START).all()
    assert (table.received[table.within] >= START).all()
    assert (table.received < UNTIL).all()


def test_a_plausible_number_is_still_open(table: Lives) -> None:
    still = table.counted & (table.ended > UNTIL)
    assert 0.01 < still.mean() < 0.04
    soon = still & (table.judged_due > UNTIL) & (table.judged_due < UNTIL + 4 * 86_400)
    assert soon.sum() > 20
    assert (still & table.late).any()


def test_every_kind_occurs_and_codes_are_unique(table: Lives) -> None:
    assert set(table.kind.tolist()) == {int(kind) for kind in Kind}
    day = (table.received + 25_200) // 86_400
    keys = set(zip(table.desk.tolist(), day.tolist(), table.serial.tolist(), strict=True))
    assert len(keys) == len(table)


def test_too_small_a_province_is_refused() -> None:
    with pytest.raises(ValueError, match="200"):
        world.make(10)


def test_targets_scale() -> None:
    whole = world.Targets(world.FULL)
    assert (whole.on_time, whole.satisfied, whole.stored) == (354_437, 354_189, 6_200)
    assert whole.filed_on_portal + whole.synced + whole.carried == world.FULL
    tenth = world.Targets(world.FULL // 10)
    assert abs(tenth.on_time * 10 - whole.on_time) <= 15
