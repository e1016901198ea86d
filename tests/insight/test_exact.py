"""The exact total of many states equals the law's own, one by one."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.engine.board import UNKNOWN
from chiso.insight.exact import Exact
from chiso.law.loader import load
from chiso.law.scoring import decimals, score

LAW = {name: load(name).at(date(2026, 10, 10)) for name in ("qd766", "qd766-document")}
figure = st.just((UNKNOWN, UNKNOWN)) | st.tuples(st.integers(0, 60), st.integers(0, 50))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(LAW)), st.sampled_from(["province", "commune"]))
def test_totals_are_those_of_the_law(data: st.DataObject, name: str, level: str) -> None:
    law = LAW[name]
    size = len(law.indicators)
    states = [data.draw(st.lists(figure, min_size=size, max_size=size))]
    for _ in range(4):  # states that follow each other differ little
        changed = list(states[-1])
        changed[data.draw(st.integers(0, size - 1))] = data.draw(figure)
        states.append(changed)
    n, d = np.moveaxis(np.array(states, np.int64), 2, 0)
    exact = Exact(law, below=level != "province")
    wanted = [
        score(
            law,
            level,
            {key: told for key, told in zip(law.indicators, state, strict=True) if UNKNOWN not in told},
        ).exact
        for state in states
    ]
    assert exact.totals(n, d) == wanted
    assert exact.printed(n, d) == [decimals(one) for one in wanted]
    assert [exact.total(row_n, row_d) for row_n, row_d in zip(n.tolist(), d.tolist(), strict=True)] == wanted


@pytest.mark.parametrize("name", sorted(LAW))
def test_a_multiplied_indicator_moves_with_the_one_that_multiplies_it(name: str) -> None:
    law = LAW[name]
    n = np.zeros((2, len(law.indicators)), np.int64)
    d = np.full_like(n, 10)
    n[:, list(law.indicators).index("3.3")] = 4
    n[1, list(law.indicators).index("1.4")] = 5
    before, after = Exact(law, below=False).totals(n, d)
    moved = Fraction(6 * 5, 10)
    if name == "qd766-document":
        moved += 6 * Fraction(4, 10) * Fraction(5, 10) / law.indicators["3.3"].cap
    assert after - before == moved


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_tenth_decimal_in_doubt_is_reckoned_exactly(more: int) -> None:
    """2 of 40,000,000,000 is half of the tenth decimal: printed as the exact total is, to the even one."""
    law = LAW["qd766"]
    n = np.zeros((2, len(law.indicators)), np.int64)
    d = np.full_like(n, 4 * 10**10)
    n[:, list(law.indicators).index("1.3")] = 10**9 + more
    n[1, list(law.indicators).index("2.1")] = 3
    exact = Exact(law, below=False)
    assert exact.printed(n, d) == [decimals(one) for one in exact.totals(n, d)]
