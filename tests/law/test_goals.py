from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from chiso.law.goals import Goal, GoalError, law_on, plain, read_goal, read_what

LAW = law_on(date(2026, 10, 10))
OLD = law_on(date(2023, 4, 15))


@pytest.mark.parametrize(
    ("word", "kind", "key"),
    [
        ("Tổng điểm", "total", ""),
        ("total", "total", ""),
        ("XẾP LOẠI", "band", ""),
        ("hạng", "rank", ""),
        ("Chứng thực điện tử", "certified_copies", ""),
        ("processing", "group", "processing"),
        ("CLGQ", "group", "online_services"),
        ("Thanh toán trực tuyến", "group", "online_payment"),
        ("online services", "group", "online_services"),
        ("2.1", "indicator", "2.1"),
        ("3.5b", "indicator", "3.5b"),
    ],
)
def test_figures_by_the_words_of_officials(word: str, kind: str, key: str) -> None:
    assert read_what(word, LAW) == (kind, key)


def test_every_indicator_and_group_is_found_by_its_names() -> None:
    for one in LAW.indicators.values():
        assert read_what(one.id, LAW)[0] == "indicator"
    for group in LAW.groups.values():
        for word in (group.id, group.code, group.names.vi, group.names.en):
            assert read_what(word, LAW) == ("group", group.id)


@pytest.mark.parametrize(
    ("what", "threshold", "goal", "text"),
    [
        ("total", "80", Goal("total", "", Fraction(80)), "80"),
        ("total", "65,2", Goal("total", "", Fraction(326, 5)), "65.2"),
        ("total", "80%", Goal("total", "", Fraction(4, 5), percent=True), "80%"),
        ("processing", "90 %", Goal("group", "processing", Fraction(9, 10), percent=True), "90%"),
        ("2.1", "99.5%", Goal("indicator", "2.1", Fraction(199, 200), percent=True), "99.5%"),
        ("2.1", "18", Goal("indicator", "2.1", Fraction(18)), "18"),
        ("band", "khá", Goal("band", "", Fraction(70), band="Khá"), "Khá"),
        ("rank", "10", Goal("rank", "", Fraction(10)), "10"),
        ("certified_copies", "1", Goal("certified_copies", "", Fraction(1)), "1"),
    ],
)
def test_goals_as_they_are_written(what: str, threshold: str, goal: Goal, text: str) -> None:
    found = read_goal(what, threshold, LAW)
    assert found == goal
    assert found.text == text
    assert read_goal(found.what, found.text, LAW) == goal


@pytest.mark.parametrize(
    ("what", "threshold", "reason"),
    [
        ("vui vẻ", "80", "unknown_measure"),
        ("2.2", "80%", "gives_no_points"),
        ("total", "cao", "bad_threshold"),
        ("total", "-5", "bad_threshold"),
        ("rank", "0", "bad_threshold"),
        ("rank", "5%", "bad_threshold"),
        ("certified_copies", "1.5", "bad_threshold"),
        ("band", "Siêu", "unknown_code"),
        ("total", "100.5", "above_maximum"),
        ("processing", "20.01", "above_maximum"),
        ("2.1", "100.1%", "above_maximum"),
        ("3.1", "3", "above_maximum"),
    ],
)
def test_goals_that_cannot_be(what: str, threshold: str, reason: str) -> None:
    with pytest.raises(GoalError) as error:
        read_goal(what, threshold, LAW)
    assert error.value.reason == reason


def test_the_law_of_the_day_decides() -> None:
    assert OLD.law == "qd766-2022"
    assert read_goal("TDGQ", "20", OLD).key == "processing"
    assert read_goal("2.1", "90%", OLD).key == "2.1"  # only later laws know indicators
    assert law_on(date(2020, 1, 1)).law == "qd766-2022"


def test_less_is_better_for_ranks_alone() -> None:
    rank, total = read_goal("rank", "10", LAW), read_goal("total", "80", LAW)
    assert rank.met(Fraction(10))
    assert not rank.met(Fraction(11))
    assert rank.gap(Fraction(13)) == 3
    assert rank.gap(Fraction(4)) == 0
    assert total.met(Fraction(80))
    assert total.gap(Fraction(652, 10)) == Fraction(148, 10)
    assert plain(total.gap(Fraction(652, 10))) == "14.8"
