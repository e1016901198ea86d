"""Quotas are met exactly."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.demo.shape import choose, largest_remainder


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40), st.integers(0, 10_000))
def test_largest_remainder(weights: list[float], total: int) -> None:
    parts = largest_remainder(np.array(weights), total)
    assert parts.sum() == total
    exact = np.array(weights) / sum(weights) * total
    assert (np.abs(parts - exact) < 1 + 1e-6).all()


@given(st.integers(1, 200), st.integers(0, 250), st.integers(0, 2**32), st.data())
def test_choose(size: int, count: int, seed: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    among = rng.random(size) < 0.7
    forced = among & (rng.random(size) < data.draw(st.sampled_from([0.0, 0.1])))
    count = max(count, int(forced.sum()))
    chosen = choose(rng.normal(size=size), among, count, rng, forced)
    assert chosen.sum() == min(count, among.sum())
    assert not (chosen & ~among).any()
    assert chosen[forced].all()


def test_higher_odds_are_chosen_more_often() -> None:
    score = np.where(np.arange(4_000) < 2_000, 2.0, 0.0)
    chosen = choose(score, np.ones(4_000, bool), 1_000, np.random.default_rng(1))
    assert chosen[:2_000].sum() > 3 * chosen[2_000:].sum()
