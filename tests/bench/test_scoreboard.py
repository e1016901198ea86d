"""All engines give the same report on the same dossiers; what is drawn is what it is said to be."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.bench import data, scoreboard
from chiso.bench.elephant import Elephant, binaries
from chiso.bench.frames import Frames
from chiso.bench.report import Report
from chiso.bench.rivals import Answer, Duck, flat
from chiso.engine.standing import Standing
from chiso.instants import NEVER, Period, parse_period

COUNT = 6_000
PERIODS = [data.YEAR, parse_period("2026-03"), parse_period("2026-Q4")]
"""The year so far, a month that is over, and a quarter that has just begun."""


@pytest.fixture(scope="module")
def standing() -> Standing:
    return scoreboard.filled(data.world(), COUNT, crowd=300)


@pytest.fixture(scope="module")
def table(standing: Standing) -> dict[str, np.ndarray]:
    return flat(standing, data.YEAR)


def check(standing: Standing, found: Answer, period: Period) -> None:
    wanted = scoreboard.answer(standing, period)
    assert np.array_equal(wanted.cells, found.cells)
    assert np.array_equal(wanted.distinct, found.distinct)
    home = standing.ground.units.home.index
    assert found.cells[standing.ground.plan.in_period_cell, home] > 0
    assert found.distinct[:, home].min() > 0


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_duckdb_gives_the_same_report(
    standing: Standing, table: dict[str, np.ndarray], period: Period
) -> None:
    rival = Duck(standing.ground, table, standing.at)
    check(standing, rival.report(period, standing.at), period)
    rival.close()


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_polars_gives_the_same_report(
    standing: Standing, table: dict[str, np.ndarray], period: Period
) -> None:
    pytest.importorskip("polars")
    rival = Frames(standing.ground, table, standing.at)
    check(standing, rival.report(period, standing.at), period)
    rival.close()


@pytest.mark.postgres
@pytest.mark.skipif(binaries() is None, reason="no PostgreSQL server is installed")
def test_postgresql_gives_the_same_report(standing: Standing, table: dict[str, np.ndarray]) -> None:
    rival = Elephant(standing.ground, table, standing.at)
    try:
        for period in PERIODS:
            check(standing, rival.report(period, standing.at), period)
    finally:
        rival.close()
    assert not rival.server.folder.exists()


def test_two_provinces_are_counted_apart() -> None:
    world = data.world(2)
    standing = scoreboard.filled(world, 3_000)
    rival = Duck(standing.ground, flat(standing, data.YEAR), standing.at)
    check(standing, rival.report(data.YEAR, standing.at), data.YEAR)
    board = scoreboard.scored(standing)
    provinces = [unit.index for unit in world.ground.units.league("provinces", at=data.NOW)]
    assert np.count_nonzero(board.dossiers[provinces]) == 2
    rival.close()


def test_a_difference_is_told(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def __init__(self, ground: object, *_: object) -> None:
            self.ground = ground

        def report(self, *_: object) -> Answer:
            found = scoreboard.answer(standing)
            found.cells[0, 0] += 1
            return found

        def close(self) -> None:
            pass

    class Absent:
        def __init__(self, *_: object) -> None:
            raise ImportError("not here")

    monkeypatch.setattr(scoreboard, "RIVALS", {"Wrong": Wrong, "Absent": Absent})
    report = Report()
    scoreboard.measure(report, standing, "A", 1.0, 1e9)
    assert report.differences == ["A: Wrong in 1 counts"]
    names = {line.name: line for line in report.parts["A"]}
    assert names["Absent"].value is None
    assert names["Absent"].note == "not here"
    assert names["standing scoreboard"].reach == 1.0


def test_a_board_made_anew_says_the_same(standing: Standing) -> None:
    warm, cold = scoreboard.scored(standing), scoreboard.scored_anew(standing)
    assert np.array_equal(warm.n, cold.n)
    assert np.array_equal(warm.d, cold.d)
    assert np.array_equal(warm.table.totals, cold.table.totals)


def test_the_same_arguments_draw_the_same_dossiers() -> None:
    world = data.world()
    one, other = (data.rows(world, 2_000, first=11, crowd=50) for _ in range(2))
    assert np.array_equal(one, other)
    assert sorted(set(one["dossier"].tolist())) == list(range(11, 2_011))
    due = (one["due_at"] == data.CROWD_DUE) & (one["ended_at"] >= NEVER)
    assert due.sum() >= 50
    spans = np.bincount(one["dossier"])
    assert set(spans[11:].tolist()) == {1, 3}
    reopened = one[one["dossier"] == int(np.argmax(spans))]
    assert (reopened["judged_to"][:-1] == reopened["judged_from"][1:]).all()
