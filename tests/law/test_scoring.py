"""Points of one unit, exactly; and the fast twin for many units."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chiso.law import LawError, load
from chiso.law.scoring import decimals, exact_points, points, points_table, ratio_points, rounded, score

DAY = date(2026, 10, 10)
LAW = load("qd766").at(DAY)
DOCUMENT = load("qd766-document").at(DAY)

counts = st.integers(0, 100_000_000) | st.integers(0, 400)
figures = st.tuples(counts, counts).map(lambda pair: (min(pair), max(pair)))


@given(pair=figures, name=st.sampled_from(list(LAW.indicators)))
def test_points_are_the_decimal_rounding_of_the_exact_ones(pair: tuple[int, int], name: str) -> None:
    one = LAW.indicators[name]
    exact = exact_points(one, *pair)
    with localcontext() as context:
        context.prec = 60
        way = ROUND_HALF_UP if one.rounding.ties == "up" else ROUND_HALF_EVEN
        # 60 digits tell a tie from its neighbours: denominators stay below 10^9
        long = Decimal(exact.numerator) / Decimal(exact.denominator)
        assert points(one, *pair) == long.quantize(Decimal("0.01"), way)
    assert 0 <= exact <= one.maximum


@settings(max_examples=200, deadline=None)
@given(data=st.data(), law=st.sampled_from([LAW, DOCUMENT]))
def test_the_fast_twin_gives_the_same_points(data: st.DataObject, law: object) -> None:
    version = law  # type: ignore[assignment]
    names = list(version.indicators)  # type: ignore[attr-defined]
    units = data.draw(
        st.lists(st.lists(figures, min_size=len(names), max_size=len(names)), min_size=1, max_size=4)
    )
    levels = data.draw(
        st.lists(
            st.sampled_from(["province", "department", "commune"]), min_size=len(units), max_size=len(units)
        )
    )
    table = points_table(
        version,  # type: ignore[arg-type]
        np.array([level == "province" for level in levels]),
        np.array([[n for n, _ in unit] for unit in units], np.int64),
        np.array([[d for _, d in unit] for unit in units], np.int64),
    )
    for row, (unit, level) in enumerate(zip(units, levels, strict=True)):
        slow = score(version, level, dict(zip(names, unit, strict=True)))  # type: ignore[arg-type]
        assert [Decimal(v) / 100 for v in table.indicators[row].tolist()] == [
            one.points for one in slow.indicators.values()
        ]
        assert [Decimal(v) / 100 for v in table.groups[row].tolist()] == [
            g.points for g in slow.groups.values()
        ]
        assert Decimal(int(table.totals[row])) / 100 == slow.total


@pytest.mark.parametrize("name", list(LAW.indicators))
def test_the_fast_twin_meets_every_tie(name: str) -> None:
    """All small fractions of every indicator, ties among them, and the largest counts."""
    column = list(LAW.indicators).index(name)
    pairs = [(n, d) for d in range(130) for n in range(d + 1)]
    pairs += [(10**8 - k, 10**8) for k in (0, 1, 4, 62_500, 12_500_000, 99_999_999)]
    n = np.zeros((len(pairs), len(LAW.indicators)), np.int64)
    d = np.zeros_like(n)
    n[:, column], d[:, column] = zip(*pairs, strict=True)
    one = LAW.indicators[name]
    table = points_table(LAW, np.ones(len(pairs), bool), n, d)
    assert table.indicators[:, column].tolist() == [int(points(one, *pair) * 100) for pair in pairs]
    group = LAW.groups[one.group]
    if group.computed_from == "ratios":
        found = table.groups[:, list(LAW.groups).index(group.id)].tolist()
        assert found == [int(ratio_points(one, *pair) * 100) for pair in pairs]


def test_seconds_of_handling_do_not_overflow_the_table() -> None:
    names = list(LAW.indicators)
    n = np.zeros((1, len(names)), np.int64)
    d = np.ones_like(n)
    n[0, names.index("2.2")] = 10**17
    assert points_table(LAW, np.array([True]), n, d).indicators[0, names.index("2.2")] == 0


def test_a_multiplier_that_is_unknown_gives_nothing() -> None:
    """Boards write -1 where an indicator has no figures."""
    names = list(DOCUMENT.indicators)
    n, d = (np.full((1, len(names)), value, np.int64) for value in (-1, -1))
    n[0, names.index("3.3")] = d[0, names.index("3.3")] = 5
    assert points_table(DOCUMENT, np.array([True]), n, d).indicators[0, names.index("3.3")] == 0


def test_a_law_of_groups_alone_has_no_table() -> None:
    with pytest.raises(LawError, match="only groups are known"):
        points_table(
            load("qd766-2022").at(date(2023, 5, 31)), np.array([True]), np.zeros((1, 0)), np.zeros((1, 0))
        )


def test_the_exact_total_is_before_any_rounding() -> None:
    found = score(LAW, "province", {"1.1": (1, 48), "2.1": (1, 3)})
    assert found.exact == Fraction(1, 8) + Fraction(20, 3) + 6 + 6 + 2
    assert found.as_json()["exact"] == "20.7916666667"
    assert found.as_json()["total"] == "20.79"


def test_json_has_the_form_of_score() -> None:
    found = score(LAW, "commune", {"1.1": (0, 54), "2.1": (5, 10), "3.6": (0, 0)}).as_json()
    assert list(found) == ["total", "exact", "max", "band", "groups", "indicators"]
    assert found["max"] == 100
    assert list(found["groups"]) == [
        "transparency", "processing", "online_services", "online_payment", "satisfaction", "digitisation",
    ]  # fmt: skip
    assert found["groups"]["processing"] == {"points": "10.00", "max": 20}
    indicators = found["indicators"]
    assert indicators["1.1"] == {"n": 0, "d": 54, "points": "0.00", "max": 6, "inherited": True}
    assert indicators["1.2"] == {"points": "0.00", "max": 4, "no_data": True, "inherited": True}
    assert indicators["2.1"] == {"n": 5, "d": 10, "points": "10.00", "max": 20}
    assert indicators["3.1"] == {"points": "0.00", "max": 2}
    assert indicators["3.6"] == {"n": 0, "d": 0, "points": "0.00", "max": 6, "no_data": True}
    assert indicators["4.6"] == {"points": "2.00", "max": 2, "no_data": True}
    assert indicators["5.2"] == {"points": "6.00", "max": 6, "no_data": True}


def test_what_is_known_by_points_only_has_no_figures() -> None:
    found = score(LAW, "province", {}, {"online_services": Decimal("6.97"), "3.5": Decimal("0.51")})
    assert found.groups["online_services"].points == Decimal("6.97")
    assert "3.2" not in found.indicators
    assert found.indicators["3.5"].as_json() == {"points": "0.51", "max": 2}
    assert found.groups["online_payment"].points == Decimal("0.51")
    inherited = score(LAW, "commune", {}, {"1.3": Decimal("1.96")})
    assert inherited.groups["transparency"].points == Decimal("1.96")


@pytest.mark.parametrize(
    ("level", "figures", "given", "reason"),
    [
        ("village", {}, {}, "level: is 'village'"),
        ("province", {"9.9": (1, 1)}, {}, "figures: 9.9: qd766 has no such indicator"),
        ("province", {"2.1": (-1, 1)}, {}, "figures: 2.1: is -1/1"),
        ("province", {}, {"speed": Decimal(1)}, "given: speed"),
        (
            "province",
            {},
            {"processing": Decimal("20.01")},
            "given: processing: is 20.01, must lie between 0 and 20",
        ),
        ("province", {}, {"processing": Decimal("NaN")}, "given: processing"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    level: str, figures: dict[str, tuple[int, int]], given: dict[str, Decimal], reason: str
) -> None:
    with pytest.raises(LawError, match=reason.replace(".", r"\.")):
        score(LAW, level, figures, given)


def test_a_group_that_is_not_known_at_all_is_refused() -> None:
    old = load("qd766-2022").at(date(2023, 3, 27))
    with pytest.raises(LawError, match=r"groups\.processing: has no known indicators"):
        score(old, "province", {}, {"transparency": Decimal("12.2")})


def test_more_than_all_gives_the_maximum() -> None:
    assert points(LAW.indicators["2.1"], 7, 5) == Decimal("20.00")
    assert ratio_points(LAW.indicators["1.1"], 7, 5) == Decimal("6.00")


def test_small_exact_numbers_are_printed_plainly() -> None:
    assert decimals(Fraction(1, 10**10)) == "0.0000000001"
    assert decimals(Fraction(-1, 3)) == "-0.3333333333"
    assert decimals(Fraction(-1, 10**12)) == "0.0000000000"
    assert str(rounded(Fraction(5, 1000))) == "0.00"


@given(st.fractions(max_denominator=4 * 10**10), st.sampled_from((0, 1, 2, 10)))
@example(Fraction(1, 2 * 10**10), 10)
@example(Fraction(-3, 2), 0)
def test_exact_numbers_are_printed_rounded_to_even(value: Fraction, places: int) -> None:
    whole = Decimal(round(value * 10**places))
    with localcontext() as context:
        context.prec = 200
        assert decimals(value, places) == f"{whole.scaleb(-places):.{places}f}"
