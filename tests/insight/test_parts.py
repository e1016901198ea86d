"""The parts of every indicator of every unit sum to its n and d, and are those that lists show."""

from __future__ import annotations

import pytest

from chiso.engine.board import UNKNOWN
from chiso.folder import DataFolder
from chiso.folder.answers import asked, view_of
from chiso.insight.parts import EMPTY, Parts, parts_of
from chiso.instants import parse_instant
from chiso.intake.records import Petition
from tests.support.messages import tell

QUESTIONS: list[dict[str, object]] = [
    {},
    {"period": "2026-05"},
    {
        "period": "2026-Q2",
        "at": parse_instant("2026-05-20T10:00"),
        "as_of": parse_instant("2026-05-20T10:00"),
    },
    {"law": "qd766-document"},
]
WORDS = ["year", "month", "as of", "document"]


def parts(folder: DataFolder, unit: str, indicator: str, **question: object) -> Parts:
    told = {name: question.get(name) for name in ("period", "at", "as_of", "law")}
    wanted = asked(folder, **told)  # type: ignore[arg-type]
    view = view_of(folder, wanted)
    found = folder.registry.units.find(unit)
    assert found is not None
    return parts_of(folder.cells(view), view.board, found.index, indicator)


@pytest.mark.parametrize("question", QUESTIONS, ids=WORDS)
def test_parts_of_all_units_sum_to_the_board(province: DataFolder, question: dict[str, object]) -> None:
    told = {name: question.get(name) for name in ("period", "at", "as_of", "law")}
    wanted = asked(province, **told)  # type: ignore[arg-type]
    view = view_of(province, wanted)
    cells, board = province.cells(view), view.board
    alone = set()
    for unit in province.units():
        index = province.registry.units.find(unit["code"]).index  # type: ignore[union-attr]
        for place, (name, one) in enumerate(board.law.indicators.items()):
            found = parts_of(cells, board, index, name)
            n, d = int(board.n[index, place]), int(board.d[index, place])
            if d in (0, UNKNOWN):
                assert found is EMPTY
                continue
            assert (int(found.n.sum()), int(found.d.sum())) == (n, d)
            assert (found.n >= 0).all()
            assert (found.d >= 0).all()
            if found.keys.tolist() == [-1] and unit["code"].startswith("H01"):
                alone.add(name)
            below = index in province.registry.units.tree(board.judged_at - 1).subtree(index)
            assert below or one.below_province == "inherited"
    assert not alone


@pytest.mark.parametrize("question", QUESTIONS, ids=WORDS)
@pytest.mark.parametrize("unit", ["H01", "H01.113", "H01.06"])
@pytest.mark.parametrize("indicator", ["2.1", "3.2", "3.3", "3.5b", "3.6", "4.1", "4.5a", "5.4"])
def test_parts_are_the_procedures_of_the_lists(
    province: DataFolder, unit: str, indicator: str, question: dict[str, object]
) -> None:
    found = parts(province, unit, indicator, **question)
    told: dict[str, list[int]] = {}
    for code, n, d in zip(found.procedure.tolist(), found.n.tolist(), found.d.tolist(), strict=True):
        sums = told.setdefault(code, [0, 0])
        sums[0] += n
        sums[1] += d
    rows = province.procedures(unit, indicator, **question)["rows"]
    assert {code: both for code, both in told.items() if both[1]} == {
        row["code"]: [row["n"], row["d"]] for row in rows
    }


def test_a_procedure_lies_at_the_lowest_unit_that_has_it_all(province: DataFolder) -> None:
    found = parts(province, "H01", "3.2")
    units, catalogue = province.registry.units, province.registry.catalogue
    applies = catalogue.applies()
    tree = units.tree(province.now())
    places = set()
    for code, unit in zip(found.procedure.tolist(), found.unit.tolist(), strict=True):
        having = applies[:, catalogue.place(code)]
        assert having[unit]
        below = [one for one in tree.children(unit).tolist() if having[one]]
        assert len(below) != 1
        outside = set(range(len(units))) - set(tree.subtree(unit).tolist())
        above = tree.ancestors(unit)
        home = set(tree.subtree(units.home.index).tolist())
        assert not [one for one in outside & home if having[one] and one not in above]
        places.add(units.all[unit].kind)
    assert {"province", "department"} <= places


def test_announcements_and_own_procedures_are_told_one_by_one(province: DataFolder) -> None:
    for indicator in ("1.1", "1.2", "1.3", "3.1"):
        found = parts(province, "H01", indicator)
        assert len(found) == len(set(found.procedure.tolist())) == found.d.sum() > 50
        assert set(found.unit.tolist()) == {province.registry.units.home.index}
    assert (
        parts(province, "H01.113", "1.1").procedure.tolist()
        == parts(province, "H01", "1.1").procedure.tolist()
    )
    assert parts(province, "H01.113", "3.1") is EMPTY


def test_petitions_are_told_by_unit(province: DataFolder) -> None:
    found = parts(province, "H01", "5.2")
    petitions = [one for one in province.registry.records.petitions if isinstance(one, Petition)]
    assert found.d.sum() == len(petitions) == 298
    assert len(found) == len({one.unit for one in petitions})
    assert not any(found.procedure)


def test_synchronised_dossiers_by_unit_as_far_as_reports_tell(own: DataFolder) -> None:
    board = own.view(own.standing_year()).board
    place = list(board.law.indicators).index("1.4")
    units = own.registry.units
    first, second = (units.find(code).index for code in ("H01.113", "H01.06"))  # type: ignore[union-attr]
    province = int(board.n[units.home.index, place])
    tell(
        own,
        "totals",
        {"unit": "H01", "period": "2026", "received": province + 100},
        {"unit": "H01.113", "period": "2026", "received": int(board.n[first, place]) + 30},
        {"unit": "H01.06", "period": "2026", "received": 1},
    )
    found = parts(own, "H01", "1.4")
    missed = dict(zip(found.unit.tolist(), found.missed.tolist(), strict=True))
    assert missed[first] == 30
    assert missed.get(second, 0) == 0
    assert missed[units.home.index] == 70
    assert sum(missed.values()) == 100
    # a report smaller than those below it cannot be told apart
    tell(own, "totals", {"unit": "H01", "period": "2026", "received": province + 10})
    found = parts(own, "H01", "1.4")
    assert (found.unit.tolist(), found.missed.tolist()) == ([units.home.index], [10])
