"""What a plan can be asked for, and what work costs."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.folder.answers import Asked, asked
from chiso.insight.plan.asked import costs, hours_of, others_now, shares_of, target_of


def wanted(folder: DataFolder) -> Asked:
    return asked(folder)


@pytest.mark.parametrize(
    ("text", "kind", "hundredths"),
    [("80", "total", 8000), (" 65,5 ", "total", 6550), ("Tốt", "band", 8000), ("kha", "band", 7000),
     ("xuất sắc", "band", 9000)],
)  # fmt: skip
def test_points_and_bands(province: DataFolder, text: str, kind: str, hundredths: int) -> None:
    unit = province.registry.units.home
    found = target_of(province, wanted(province), unit, text)
    assert (found.goal.kind, found.hundredths) == (kind, hundredths)


@pytest.mark.parametrize("text", ["rank:2", "Rank 2", "hạng 2", "thứ hạng: 2"])
def test_a_rank_is_the_total_that_it_takes(province: DataFolder, text: str) -> None:
    unit = province.registry.units.find("H01.113")
    assert unit is not None
    others = others_now(province, wanted(province), unit)
    assert others == sorted(others, reverse=True)
    assert target_of(province, wanted(province), unit, text).hundredths == others[1]


def test_hours_and_shares() -> None:
    assert hours_of("due=2, digitise=0,25;pay=1") == {
        "due": Fraction(2), "digitise": Fraction(1, 4), "pay": Fraction(1)
    }  # fmt: skip
    assert hours_of("") == {}
    assert shares_of("due=100,digitise=50") == {"due": 100, "digitise": 50}
    for text in ("due", "due=x", "work=1", "due=50%", "due=2000"):
        with pytest.raises(QuestionError):
            hours_of(text)
    with pytest.raises(QuestionError):
        shares_of("due=101")


def test_things_cost_one_and_hours_are_minutes() -> None:
    assert costs(None)(("due", "result")) == 1
    cost = costs({"due": Fraction(2), "digitise": Fraction(1, 4)})
    assert cost(("due",)) == 120
    assert cost(("due", "result", "digitise")) == 195
