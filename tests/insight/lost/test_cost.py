"""What one dossier costs is what mending it by a message gives back, for the unit and each one above it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.lost import cost_of
from chiso.insight.lost.cost import gain
from chiso.instants import DAY, year_of
from tests.support.messages import dossier, tell

RESULT = {
    "DanhSachGiayToKetQua": [{"TenGiayTo": "b.pdf", "DuongDanTepTinKetQua": "https://dvc.example.vn/r-1"}]
}


def exact(folder: DataFolder, *units: str) -> list[Fraction]:
    board = folder.view(year_of(folder.now())).board
    found = []
    for code in units:
        unit = folder.registry.units.find(code)
        assert unit is not None
        found.append(board.score(unit.index).exact)
    return found


def test_a_missing_result_costs_what_sending_it_gives(own: DataFolder) -> None:
    now = own.now()
    code = "H01.113-261009-77001"
    told = (code, now - 2 * DAY, now + DAY, now - DAY)
    tell(own, "dossiers", dossier(*told))
    costs = cost_of(own, "H01.113", "4.1")
    assert [one.unit.code for one in costs] == ["H01.113", "H01"]
    before = exact(own, "H01.113", "H01")
    tell(own, "dossiers", dossier(*told, **RESULT))
    after = exact(own, "H01.113", "H01")
    assert [now - then for now, then in zip(after, before, strict=True)] == [one.points for one in costs]
    assert costs[0].points > costs[1].points > 0


def test_an_overdue_dossier_misses_two_indicators_at_once(own: DataFolder) -> None:
    now = own.now()
    late = ("H01.06-261009-77002", now - 4 * DAY, now - 2 * DAY, now - DAY)
    in_time = (late[0], late[1], now + DAY, late[3])
    tell(own, "dossiers", dossier(*late))
    costs = cost_of(own, "H01.06", ("2.1", "5.4"))
    before = exact(own, "H01.06", "H01")
    tell(own, "dossiers", dossier(*in_time))
    after = exact(own, "H01.06", "H01")
    assert [now - then for now, then in zip(after, before, strict=True)] == [one.points for one in costs]


def test_beyond_a_cap_and_without_data_nothing_can_be_gained(province: DataFolder) -> None:
    assert province.score("H01")["indicators"]["3.3"]["points"] == "6.00"
    assert [one.points for one in cost_of(province, "H01", "3.3")] == [0]
    assert cost_of(province, "H01.113", "3.1")[0].points == 0
    assert all(one.points == 0 for one in cost_of(province, "H01", "2.1", period="2027"))


def test_more_of_several_indicators_gain_together(province: DataFolder) -> None:
    board = province.view(year_of(province.now())).board
    home = province.registry.units.home.index
    alone = [gain(board, home, {name: 3}) for name in ("2.1", "4.1")]
    assert gain(board, home, {"2.1": 3, "4.1": 3}) == sum(alone)
    assert alone[0] == 3 * gain(board, home, {"2.1": 1})


def test_unknown_indicators_are_refused(province: DataFolder) -> None:
    with pytest.raises(QuestionError):
        cost_of(province, "H01", "9.9")
    with pytest.raises(QuestionError):
        cost_of(province, "H01", "2.1", period="2023")
