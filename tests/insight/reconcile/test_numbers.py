"""Sets of dossiers against Python's own sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.engine.columns import Columns
from chiso.insight.reconcile.numbers import common, distinct, only, placed, without

some = st.lists(st.integers(0, 60), max_size=30)


@given(some, some)
def test_they_are_sets(one: list[int], other: list[int]) -> None:
    a, b = placed(one), placed(other)
    assert a.tolist() == sorted(set(one))
    assert distinct(a, b).tolist() == sorted({*one, *other})
    assert common(a, b).tolist() == sorted({*one} & {*other})
    assert without(a, b).tolist() == sorted({*one} - {*other})


@given(some, some)
def test_rows_of_some_dossiers(one: list[int], other: list[int]) -> None:
    rows = Columns({"dossier": np.array(one, np.int32)}, len(one))
    assert only(rows, placed(other))["dossier"].tolist() == [number for number in one if number in other]
