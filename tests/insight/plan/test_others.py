"""Menus list every combination that no other one undercuts, with the figures that the engine makes."""

from __future__ import annotations

import numpy as np

from chiso.folder import DataFolder
from chiso.insight.gains import Worth
from chiso.insight.plan.asked import costs
from chiso.insight.plan.others import OPTIONS, Doing, Figures, _joined, _ranges, doings, menu, sorted_out
from chiso.insight.plan.problem import Problem
from chiso.insight.scene import scene
from chiso.instants import NEVER, year_of


def problem_of(folder: DataFolder, unit: str) -> tuple[Problem, Worth, list[Doing]]:
    found = folder.registry.units.find(unit)
    assert found is not None
    year = year_of(folder.now())
    then = folder.view(year, year.end)
    board = then.board
    worth = Worth(then, found.index)
    province = bool(then.ground.is_province[found.index])
    problem = Problem(board.law, province, board.n[found.index], board.d[found.index])
    return problem, worth, list(doings(folder.view(year), scene(then, found.index)))


def test_what_moves_a_denominator_is_on_a_menu(work_at_hand: DataFolder) -> None:
    problem, worth, found = problem_of(work_at_hand, "H01")
    others = sorted_out(found, worth, set())
    stocked = {what for what, _, _ in others.stocks}
    listed = {group[0].what for groups in others.menus for group in groups}
    assert {"petition", "complete"} <= stocked
    assert {"announce", "offer_online"} <= listed
    assert not stocked & listed
    for groups in others.menus:
        options = menu(problem, worth, groups, costs(None))
        gained = problem.gained(options)
        spent = [option.cost for option in options]
        assert options[0].cost == 0
        assert gained[0] == 0
        assert gained == sorted(set(gained))
        assert spent == sorted(set(spent))
        sizes = [len(group) for group in groups]
        every = np.array(np.meshgrid(*(range(size + 1) for size in sizes), indexing="ij"))
        n, d = Figures(worth, groups).of(every.reshape(len(groups), -1))
        totals = []
        for row_n, row_d in zip(n, d, strict=True):
            moved = Problem(problem.law, problem.province, row_n, row_d)
            totals.append(moved.start - problem.start)
        assert max(totals) == max(gained)


def test_what_hangs_on_dossiers_as_well_is_left_out(work_at_hand: DataFolder) -> None:
    problem, worth, found = problem_of(work_at_hand, "H01")
    place = list(problem.law.indicators).index("3.2")
    others = sorted_out(found, worth, {place})
    assert not any(group[0].what == "offer_online" for groups in others.menus for group in groups)
    assert not any(what == "offer_online" for what, _, _ in others.stocks)


def test_groups_that_share_an_indicator_go_together() -> None:
    assert _joined([{1}, {2}, {3}, {2, 3}]) == [[0], [1, 2, 3]]
    assert _joined([]) == []


def test_large_menus_are_looked_at_in_steps() -> None:
    assert [len(one) for one in _ranges([3, 4])] == [4, 5]
    ranges = _ranges([900, 800, 3])
    assert np.prod([len(one) for one in ranges]) <= OPTIONS
    assert [int(one[-1]) for one in ranges] == [900, 800, 3]
    assert all(one[0] == 0 for one in ranges)


def test_petitions_and_procedures_are_told_by_code(work_at_hand: DataFolder) -> None:
    _, _, found = problem_of(work_at_hand, "H01.113")
    assert {one.what for one in found} == {"petition"}
    assert all(one.code.startswith("P") and one.by < NEVER for one in found)
