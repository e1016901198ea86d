"""The scoreboard: every indicator of every unit, from standing counts, and by the report of other engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from chiso.bench import data
from chiso.bench.elephant import Elephant
from chiso.bench.frames import Frames
from chiso.bench.report import Line, Report
from chiso.bench.rivals import Answer, Duck, bytes_needed, flat
from chiso.bench.timing import timed
from chiso.engine.board import Board, board, roll_up
from chiso.engine.standing import Standing
from chiso.instants import Period, standing_periods

RIVALS: Final[dict[str, Callable[..., Any]]] = {"PostgreSQL": Elephant, "DuckDB": Duck, "Polars": Frames}
REACH: Final = {"PostgreSQL": 1_000.0, "DuckDB": 100.0}
"""How many times faster than each the standing scoreboard is to be."""
AT_ONCE: Final = 200_000


def filled(world: data.World, count: int, *, crowd: int = 0) -> Standing:
    """Standing counts of so many dossiers."""
    standing = Standing(world.ground, standing_periods(data.NOW), data.NOW)
    standing.roster.reserve(count)

    def parts() -> Any:
        first = 1
        while first <= count:
            size = min(AT_ONCE * 5, count - first + 1)
            drawn = data.rows(world, size, first=first, crowd=crowd * size // count)
            yield from (drawn[start : start + AT_ONCE] for start in range(0, len(drawn), AT_ONCE))
            first += size

    standing.fill(parts())
    return standing


def scored(standing: Standing, period: Period = data.YEAR) -> Board:
    """The whole board from standing counts, points included; nothing of an earlier board is used."""
    place = standing.periods.index(period)
    cells, distinct = standing.cells[:, place], standing.distinct[:, place]
    found = board(standing.ground, period, standing.at, cells, distinct)
    assert len(found.table.totals) == standing.ground.unit_count
    return found


def scored_anew(standing: Standing, period: Period = data.YEAR) -> Board:
    """The same, with the counts of the catalogue and of petitions made anew as well."""
    standing.ground.forget_registers()
    return scored(standing, period)


def answer(standing: Standing, period: Period = data.YEAR) -> Answer:
    """The counts that the report asks for, from standing counts."""
    place = standing.periods.index(period)
    judged = period.judged_at(standing.at)
    return Answer(roll_up(standing.cells[:, place], standing.ground, judged), standing.distinct[:, place])


def measure(report: Report, standing: Standing, title: str, reach: float, scan: float) -> None:
    """Our scoreboard, the roof of a scan, and the others, into the report."""
    count = len(standing.roster)
    seconds, _ = timed(lambda: scored(standing), 50)
    report.add(title, Line("standing scoreboard", seconds * 1e3, "ms", reach))
    anew, _ = timed(lambda: scored_anew(standing), 5)
    report.add(title, Line("… catalogue and petitions counted anew", anew * 1e3, "ms"))
    again, _ = timed(standing.count_all, 3)
    report.add(title, Line("all periods counted anew from the columns", again * 1e3, "ms"))
    table = flat(standing, data.YEAR)
    roof = bytes_needed(table) * count / scan
    note = f"{bytes_needed(table)} bytes a dossier"
    report.add(title, Line("roof of any scan: memory bandwidth", roof * 1e3, "ms", note=note))
    wanted = answer(standing)
    for name, rival in RIVALS.items():
        try:
            other = rival(standing.ground, table, standing.at)
        except (ImportError, FileNotFoundError) as error:
            report.add(title, Line(name, None, "ms", note=str(error)))
            continue
        try:
            taken, found = timed(partial(other.report, data.YEAR, standing.at), 5)
        finally:
            other.close()
        report.add(title, Line(f"{name}: the report", taken * 1e3, "ms"))
        report.add(title, Line(f"ratio to {name}", taken / seconds, "×", REACH.get(name)))
        if not wanted.same(found):
            wrong = int(np.count_nonzero(wanted.cells != found.cells))
            wrong += int(np.count_nonzero(wanted.distinct != found.distinct))
            report.differences.append(f"{title}: {name} in {wrong} counts")
