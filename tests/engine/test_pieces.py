"""Rows in pieces: no version is cut in two."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.engine.columns import in_pieces
from chiso.ledger.rows import ROW


@given(st.lists(st.integers(1, 4), max_size=30), st.integers(1, 7))
def test_pieces_are_whole_versions_in_order(spans: list[int], size: int) -> None:
    rows = np.zeros(sum(spans), ROW)
    rows["version"] = np.repeat(np.arange(len(spans)) + 1, spans)
    pieces = list(in_pieces(rows, size))
    assert np.array_equal(np.concatenate([rows[:0], *pieces]), rows)
    for before, after in pairwise(pieces):
        assert before["version"][-1] != after["version"][0]
    assert all(len(piece) < size + 4 for piece in pieces)
