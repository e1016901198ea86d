"""Intervals of points: against exact fractions, by the law, and in leagues."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.folder import DataFolder
from chiso.folder.fairness import (
    LARGEST,
    PART,
    chances,
    chances_of,
    chancy,
    standings,
    told,
    wilson,
)
from chiso.instants import year_of
from chiso.law.loader import load
from chiso.law.model import LawVersion
from chiso.law.scoring import exact_points

LAW = load("qd766").at(date(2026, 10, 10))
DOCUMENT = load("qd766-document").at(date(2026, 10, 10))
Z = Fraction(49, 25)
FINE = 10**12


def root(value: Fraction) -> tuple[Fraction, Fraction]:
    """The square root between two fractions."""
    whole = isqrt(value.numerator * value.denominator * FINE**2)
    return Fraction(whole, value.denominator * FINE), Fraction(whole + 1, value.denominator * FINE)


def slow_wilson(n: int, d: int) -> tuple[Fraction, Fraction]:
    """The textbook's formula, its ends rounded outwards by less than a thousandth of a millionth."""
    rate = Fraction(n, d)
    least, most = root(rate * (1 - rate) / d + Z**2 / (4 * d**2))
    middle, scale = rate + Z**2 / (2 * d), 1 + Z**2 / d
    del least
    return max(Fraction(0), (middle - Z * most) / scale), min(Fraction(1), (middle + Z * most) / scale)


figures = st.integers(1, LARGEST).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
small = st.integers(1, 60).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


@given(figures | small)
def test_the_ends_of_a_rate_are_wilsons_rounded_outwards(figure: tuple[int, int]) -> None:
    n, d = figure
    low, high = (int(one[0]) for one in wilson(np.array([n]), np.array([d])))
    least, most = slow_wilson(n, d)
    tiny = Fraction(1, 1_000_000) * (1 + Fraction(500, d))  # a millionth, and the root's hundredth
    assert least - tiny <= Fraction(low, 1_000_000) <= least + Fraction(1, 10**9)
    assert most - Fraction(1, 10**9) <= Fraction(high, 1_000_000) <= most + tiny
    assert low * d <= n * 1_000_000 <= high * d


def test_known_ends() -> None:
    """Values of R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    known = {(81, 263): (2553, 3662), (15, 148): (624, 1605), (0, 20): (0, 1611), (1, 29): (61, 1718)}
    for (n, d), ends in known.items():
        low, high = wilson(np.array([n]), np.array([d]))
        assert (round(int(low[0]) / 100), round(int(high[0]) / 100)) == ends


def slow_chances(
    law: LawVersion, province: bool, of: dict[str, tuple[int, int]]
) -> tuple[dict[str, tuple[Fraction, Fraction]], Fraction, Fraction]:
    """Intervals of the indicators, and the squares of both widths of the total, in fractions."""
    found: dict[str, tuple[Fraction, Fraction]] = {}
    down = {"dossiers": Fraction(0), "petitions": Fraction(0)}
    up = dict(down)
    for name, one in law.indicators.items():
        if not chancy(one) or name not in of or not of[name][1] or of[name][0] > of[name][1]:
            continue
        if not province and one.below_province != "own":
            continue
        n, d = of[name]
        factor = Fraction(1)
        if one.times:
            by = of.get(one.times, (0, 0))
            factor = Fraction(*by) if by[1] else Fraction(0)
        low, high = (exact_points(one, end.numerator, end.denominator, factor) for end in slow_wilson(n, d))
        points = exact_points(one, n, d, factor)
        found[name] = low, high
        down[one.unit] += points - low
        up[one.unit] += high - points
    return (
        found,
        sum((one**2 for one in down.values()), Fraction(0)),
        sum((one**2 for one in up.values()), Fraction(0)),
    )


@given(
    st.sampled_from([LAW, DOCUMENT]), st.booleans(),
    st.lists(figures | small | st.just((0, 0)), min_size=30, max_size=30),
)  # fmt: skip
@settings(max_examples=60)
def test_points_are_those_of_the_ends_by_the_law(
    law: LawVersion, province: bool, drawn: list[tuple[int, int]]
) -> None:
    names = list(law.indicators)
    of = dict(zip(names, drawn, strict=False))
    n, d = (np.array([[of[name][side] for name in names]]) for side in (0, 1))
    found = chances_of(law, np.array([province]), n, d)
    ends, down, up = slow_chances(law, province, of)
    near = Fraction(3, 100)  # hundredths outwards, and the roots of small denominators
    for place, name in enumerate(names):
        low, high = (Fraction(int(one[0, place]), PART) for one in (found.low, found.high))
        assert (low >= 0) == (name in ends)
        if name in ends:
            least, most = ends[name]
            assert least - near <= low <= least + Fraction(1, 10**6)
            assert most - Fraction(1, 10**6) <= high <= most + near
    for width, square in ((found.down, down), (found.up, up)):
        wide = Fraction(int(width[0]), PART)
        assert wide**2 >= square - Fraction(1, 10**4) or wide >= root(square)[0] - Fraction(1, 10**5)
        assert wide <= root(square)[1] + Fraction(1, 4)


def test_three_petitions_are_no_trend_and_three_thousand_are() -> None:
    names = list(LAW.indicators)
    place = names.index("5.2")
    n, d = np.full((2, len(names)), -1), np.full((2, len(names)), -1)
    n[:, place], d[:, place] = (1, 1000), (3, 3000)
    found = chances_of(LAW, np.array([True, True]), n, d)
    assert found.indicators(0) == {"5.2": {"interval": {"low": "0.36", "high": "4.76"}, "few": True}}
    assert found.indicators(1) == {"5.2": {"interval": {"low": "1.90", "high": "2.11"}}}
    assert found.down[0] > 16_000
    assert found.down[1] < 1_100


def test_chance_plays_no_part_in_what_is_counted_once_and_for_all() -> None:
    acted_on = [name for name, one in LAW.indicators.items() if chancy(one)]
    assert acted_on == ["2.1", "3.3", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b", "5.2", "5.3", "5.4"]


def test_an_interval_is_written_outwards() -> None:
    assert told(12_345, 12_345) == {"low": "1.23", "high": "1.24"}
    assert told(0, 60_000) == {"low": "0.00", "high": "6.00"}


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 60_000), st.integers(0, 60_000)), max_size=9)
)
def test_places_are_those_of_units_clearly_apart(drawn: list[tuple[int, int, int]]) -> None:
    found = standings([one[0] for one in drawn], [one[1] for one in drawn], [one[2] for one in drawn])
    for own, one in zip(drawn, found, strict=True):

        def clearly(higher: tuple[int, int, int], lower: tuple[int, int, int]) -> bool:
            return (100 * (higher[0] - lower[0])) ** 2 > higher[1] ** 2 + lower[2] ** 2

        above = [other for other in drawn if other[0] > own[0]]
        below = [other for other in drawn if other[0] < own[0]]
        assert one.best == 1 + sum(clearly(other, own) for other in above)
        assert one.worst == len(drawn) - sum(clearly(own, other) for other in below)
        next_up = [other for other in above if other[0] == min(above)[0]]
        next_down = [other for other in below if other[0] == max(below)[0]]
        assert ("up" in one.even) == any(not clearly(other, own) for other in next_up)
        assert ("down" in one.even) == any(not clearly(own, other) for other in next_down)


def test_a_league_says_how_far_its_totals_may_lie_apart(province: DataFolder) -> None:
    rows = province.rank("communes")["rows"]
    board = province.view(year_of(province.now())).board
    open_to = chances(board)
    for row in rows:
        unit = province.registry.units.find(row["unit"])
        assert unit is not None
        assert row["interval"] == open_to.total(unit.index, int(board.table.totals[unit.index]))
        assert Fraction(row["interval"]["low"]) <= Fraction(row["total"]) <= Fraction(row["interval"]["high"])
        assert row["places"]["best"] <= row["rank"] <= row["places"]["worst"]
        assert set(row["even"]) <= {"up", "down"}
        if row["rank"] == 1:
            assert row["places"]["best"] == 1
    # some five dossiers a commune: nobody is told apart from the next one
    assert all("up" in row["even"] for row in rows[1:] if "up" in row["gap"])


def test_a_score_says_it_of_the_total_and_of_each_indicator(province: DataFolder) -> None:
    score = province.score("H01")
    assert Fraction(score["interval"]["low"]) < Fraction(score["total"]) < Fraction(score["interval"]["high"])
    for name, one in score["indicators"].items():
        if name in ("1.1", "1.4", "3.2", "4.6"):
            assert "interval" not in one
        elif "interval" in one:
            low, high = (Fraction(one["interval"][end]) for end in ("low", "high"))
            assert low <= Fraction(one["points"]) <= high
            assert ("few" in one) or high - low <= Fraction(one["max"]) / 4 + Fraction(2, 100)
    assert "interval" in score["indicators"]["2.1"]


def test_what_was_published_by_totals_alone_has_none(province: DataFolder) -> None:
    rows = province.rank("provinces")["rows"]
    assert all("interval" not in row for row in rows if row["source"] == "published")
    assert all("places" not in row for row in rows) or len({row["source"] for row in rows}) == 1


@pytest.mark.parametrize("figure", [(-1, 5), (5, -1), (3, 2), (0, 0), (1, LARGEST + 1)])
def test_what_is_no_ratio_has_no_interval(figure: tuple[int, int]) -> None:
    names = list(LAW.indicators)
    n, d = np.full((1, len(names)), figure[0]), np.full((1, len(names)), figure[1])
    found = chances_of(LAW, np.array([True]), n, d)
    assert (found.low == -1).all()
    assert not found.down.any()
    assert not found.up.any()
