"""What single pairs count sums to what the counting function counts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.engine.columns import Columns
from chiso.engine.count import Pairs, Window, count_pairs, pairs_of
from chiso.engine.each import each
from tests.engine.worlds import FIRST, LAST, PERIODS, Event, World, events, law


@settings(max_examples=60, deadline=None)
@given(
    st.lists(events(), min_size=1, max_size=15),
    st.integers(FIRST, LAST),
    st.sampled_from(PERIODS),
    st.sampled_from(["qd766", "qd766-document"]),
)
def test_single_counts_sum_to_the_whole(life: list[Event], at: int, period: object, law_id: str) -> None:
    world = World.new(law(law_id))
    told = [world.tell(event, FIRST + number) for number, event in enumerate(life)]
    columns = Columns.of_rows(np.concatenate(told))
    world.ground.derive(columns)
    window = Window.of((period,), at)
    row, index = pairs_of(columns, window)
    pairs = Pairs(columns, window, row, index, world.ground)
    whole = count_pairs(pairs, world.ground)
    single = each(Pairs(columns, window, row, index, world.ground), world.ground)
    assert len(single) == len(row)
    assert np.array_equal(single.whole(), whole.cells[:, 0].sum(axis=1))
    assert np.array_equal(single.numbers().sum(axis=1), single.whole())
    for counter, (_, times) in enumerate(whole.distinct):
        assert single.asked[counter].sum() == times.sum()


@settings(max_examples=20, deadline=None)
@given(st.lists(events(), min_size=1, max_size=10), st.integers(FIRST, LAST), st.data())
def test_some_pairs_count_for_themselves(life: list[Event], at: int, data: st.DataObject) -> None:
    world = World.new()
    told = [world.tell(event, FIRST + number) for number, event in enumerate(life)]
    columns = Columns.of_rows(np.concatenate(told))
    world.ground.derive(columns)
    window = Window.of(PERIODS[4:5], at)
    row, index = pairs_of(columns, window)
    pairs = Pairs(columns, window, row, index, world.ground)
    inside = np.array(data.draw(st.lists(st.booleans(), min_size=len(row), max_size=len(row))), bool)
    some, every = each(pairs, world.ground, inside), each(pairs, world.ground)
    assert np.array_equal(some.whole(), every.whole(inside))
    assert not some.cells[:, ~inside].any()
    assert not some.asked[:, ~inside].any()
