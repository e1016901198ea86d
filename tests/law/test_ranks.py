from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.law import LawError
from chiso.law.ranks import line, ranks


def test_ties_share_the_best_place() -> None:
    assert ranks([70, 90, 80, 80]) == [4, 1, 2, 2]
    assert ranks([70, 90, 80, 80], "1223") == [3, 1, 2, 2]
    assert ranks([70, 90, 80, 80], "1334") == [4, 1, 3, 3]
    assert ranks([]) == []


@given(st.lists(st.integers(0, 20)))
def test_a_rank_is_one_more_than_those_ahead(totals: list[int]) -> None:
    assert ranks(totals) == [1 + sum(other > mine for other in totals) for mine in totals]


def test_the_line_sums_rounded_means() -> None:
    units = [{"a": Decimal("1.01"), "b": Decimal("2.00")}, {"a": Decimal("1.02"), "b": Decimal("2.01")}]
    found = line(units)
    assert found.groups == {"a": Decimal("1.02"), "b": Decimal("2.00")}  # 1.015 and 2.005, ties to even
    assert found.total == Decimal("3.02")


def test_a_league_without_units_or_groups_has_no_line() -> None:
    with pytest.raises(LawError, match="has no units"):
        line([])
    with pytest.raises(LawError, match="not known for every unit"):
        line([{"a": Decimal(1)}, {}])
    with pytest.raises(LawError, match="must be 1224"):
        ranks([1], "1111")
