"""Counts go up the tree as a walk from unit to unit would carry them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.engine.board import roll_up
from chiso.instants import parse_instant
from tests.engine.worlds import ground

GROUND, _ = ground()
UNITS = GROUND.unit_count
INSTANTS = [parse_instant(text) for text in ("2023-06-01", "2025-03-01", "2026-10-10")]
"""In three eras of the units."""


@pytest.mark.parametrize("at", INSTANTS)
@given(st.lists(st.tuples(st.integers(0, UNITS - 1), st.integers(-9, 1 << 40)), max_size=12))
def test_a_unit_counts_itself_and_all_below_it(at: int, told: list[tuple[int, int]]) -> None:
    cells = np.zeros((2, UNITS), np.int64)
    wanted = np.zeros_like(cells)
    parent = GROUND.parents(at)
    for unit, number in told:
        cells[:, unit] += (number, 1)
        above = unit
        while above >= 0:
            wanted[:, above] += (number, 1)
            above = int(parent[above])
    assert np.array_equal(roll_up(cells, GROUND, at), wanted)
    assert np.array_equal(roll_up(cells[0], GROUND, at), wanted[0])
