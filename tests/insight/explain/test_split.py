"""The split of one indicator's change: exact, symmetric, and in words that mean what they say."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.insight.explain.split import Side, Term, split
from chiso.insight.parts import EMPTY, Parts
from chiso.insight.tenths import WHOLE, tenths
from chiso.law.loader import load
from chiso.law.model import Indicator
from chiso.law.scoring import exact_points

LAW = load("qd766").at(date(2026, 1, 1))
DOCUMENT = load("qd766-document").at(date(2026, 1, 1))
RULES = [LAW.indicators[name] for name in ("2.1", "3.3", "4.3", "5.2", "5.4")] + [DOCUMENT.indicators["3.3"]]
Cells = dict[int, tuple[int, int]]

pair = (
    st.integers(0, 60).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))).filter(lambda p: p[1] > 0)
)
cells = st.dictionaries(st.integers(0, 7), pair, max_size=8)
factors = st.sampled_from([Fraction(1), Fraction(1), Fraction(2, 3), Fraction(1, 7), Fraction(0)])


def parts(told: Cells) -> Parts:
    keys = sorted(told)
    if not keys:
        return EMPTY
    return Parts(
        np.array(keys),
        np.array([key // 3 for key in keys]),
        np.array([f"p{key % 3}" for key in keys], object),
        np.array([told[key][0] for key in keys], np.int64),
        np.array([told[key][1] for key in keys], np.int64),
    )


def side(rule: Indicator, told: Cells, factor: Fraction = Fraction(1)) -> Side:
    n, d = (sum(one[index] for one in told.values()) for index in (0, 1))
    return Side(parts(told), exact_points(rule, n, d, factor), factor)


def slowly(rule: Indicator, before: Side, after: Side) -> dict[tuple[str, int, str], Fraction]:
    """The documented formulas in plain fractions, part by part."""
    a, b = (
        {
            int(key): (int(n), int(d))
            for key, n, d in zip(one.parts.keys, one.parts.n, one.parts.d, strict=True)
        }
        for one in (before, after)
    )
    found: dict[tuple[str, int, str], Fraction] = {}
    sums = [tuple(map(sum, zip(*told.values(), strict=True))) if told else (0, 0) for told in (a, b)]
    if not a and not b:
        return {}
    if not a or not b:
        told, sign, kind = (b, 1, "new") if b else (a, -1, "gone")
        n, d = sums[1] if b else sums[0]
        points = (after if b else before).points
        for key, (own_n, own_d) in told.items():
            brought = (points * own_n / n if n else Fraction(0)) - rule.no_data * own_d / d
            found[kind, key // 3, f"p{key % 3}"] = sign * brought
        return found
    ratios = [Fraction(n, d) for n, d in sums]
    xs = [ratio * one.factor for ratio, one in zip(ratios, (before, after), strict=True)]
    if xs[0] != xs[1]:
        slope = (after.points - before.points) / (xs[1] - xs[0])
    else:
        slope = rule.maximum / rule.cap if xs[0] < rule.cap else Fraction(0)
    mean, size = sum(ratios) / 2, Fraction(sums[0][1] + sums[1][1], 2)
    scale = slope * (before.factor + after.factor) / 2 / size
    for key in a.keys() | b.keys():
        label = (key // 3, f"p{key % 3}")
        n, d = a.get(key, (0, 0))
        then_n, then_d = b.get(key, (0, 0))
        if key not in a:
            found["new", *label] = scale * (then_n - mean * then_d)
        elif key not in b:
            found["gone", *label] = -scale * (n - mean * d)
        else:
            rates = Fraction(n, d), Fraction(then_n, then_d)
            found["rate", *label] = scale * Fraction(d + then_d, 2) * (rates[1] - rates[0])
            found["mix", *label] = scale * (sum(rates) / 2 - mean) * (then_d - d)
    if before.factor != after.factor:
        key_of_all = ("rate", 99, "")
        found[key_of_all] = slope * mean * (after.factor - before.factor)
    return {key: value for key, value in found.items() if value}


@given(st.sampled_from(RULES), cells, cells, factors, factors)
def test_terms_are_the_formulas_and_sum_exactly(
    rule: Indicator, one: Cells, other: Cells, factor: Fraction, then: Fraction
) -> None:
    before, after = side(rule, one, factor), side(rule, other, then)
    found = split(rule, 99, before, after)
    assert sum(term.tenths for term in found) == tenths(after.points - before.points)
    wanted = slowly(rule, before, after)
    assert sum(wanted.values()) == after.points - before.points
    told = {(term.kind, term.unit, term.procedure): term.tenths for term in found}
    assert len(told) == len(found)
    assert told.keys() <= wanted.keys()
    for key, points in wanted.items():
        assert abs(told.get(key, 0) - points * WHOLE) < 2, key


@given(st.sampled_from(RULES), cells, cells, factors, factors)
def test_the_way_back_has_the_same_terms_with_the_other_sign(
    rule: Indicator, one: Cells, other: Cells, factor: Fraction, then: Fraction
) -> None:
    before, after = side(rule, one, factor), side(rule, other, then)
    there, back = split(rule, 9, before, after), split(rule, 9, after, before)
    turned = {"new": "gone", "gone": "new"}

    def by(terms: list[Term], sign: int) -> dict[tuple[str, int, str], int]:
        return {
            (turned.get(t.kind, t.kind) if sign < 0 else t.kind, t.unit, t.procedure): sign * t.tenths
            for t in terms
        }

    left, right = by(there, 1), by(back, -1)
    assert all(abs(left.get(key, 0) - right.get(key, 0)) <= 2 for key in left.keys() | right.keys())


@given(st.sampled_from(RULES), cells, cells)
def test_one_kind_for_all_has_a_term_a_part(rule: Indicator, one: Cells, other: Cells) -> None:
    before, after = side(rule, one), side(rule, other)
    found = split(rule, 9, before, after, "late_data")
    assert {term.kind for term in found} <= {"late_data"}
    assert sum(term.tenths for term in found) == tenths(after.points - before.points)
    moved = {(key // 3, f"p{key % 3}") for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    assert {(term.unit, term.procedure) for term in found} <= moved
    assert len(found) == len({(term.unit, term.procedure) for term in found})


def test_what_has_not_moved_has_no_term() -> None:
    rule = LAW.indicators["2.1"]
    found = split(rule, 9, side(rule, {0: (5, 10), 1: (7, 9)}), side(rule, {0: (5, 10), 1: (8, 9)}))
    assert [(term.kind, term.unit, term.procedure) for term in found] == [("rate", 0, "p1")]
    assert found[0].tenths == tenths(Fraction(20, 19))


def test_above_the_cap_nothing_matters_and_across_it_only_what_lies_below() -> None:
    rule = LAW.indicators["3.3"]  # full at 50%
    assert split(rule, 9, side(rule, {0: (6, 10)}), side(rule, {0: (9, 10)})) == []
    found = split(rule, 9, side(rule, {0: (2, 10), 1: (2, 10)}), side(rule, {0: (8, 10), 1: (8, 10)}))
    assert [term.tenths for term in found] == [tenths(Fraction(9, 5))] * 2


def test_where_there_was_no_data_all_is_new_in_place_of_what_is_given_without() -> None:
    rule = LAW.indicators["5.2"]  # 6 points without data
    found = split(rule, 9, side(rule, {}), side(rule, {0: (1, 2), 1: (0, 1)}))
    assert [(term.kind, term.tenths) for term in found] == [
        ("new", tenths(Fraction(6, 3) - Fraction(6 * 2, 3))),
        ("new", tenths(Fraction(-6, 3))),
    ]
    assert split(rule, 9, side(rule, {}), side(rule, {})) == []
