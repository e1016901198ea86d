"""Keeping a province: recount, restart, memory, and a crowd of dossiers that falls due at one instant."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from chiso.bench import data, folders, memory, serving
from chiso.bench.report import Line, Report
from chiso.bench.timing import clock, timed
from chiso.engine.standing import Standing
from chiso.instants import standing_periods
from chiso.ledger.store import Ledger

TITLE: Final = "Keeping"
RECOUNT: Final = 2.0
RESTART: Final = 5.0
MEMORY: Final = 300.0
CROWD: Final = 200.0


def recounted(folder: Path) -> Standing:
    """Standing counts from the ledger's versions alone."""
    world = data.world()
    with Ledger.open(folder) as ledger:
        return _filled(ledger, world)


def _filled(ledger: Ledger, world: data.World) -> Standing:
    standing = Standing(world.ground, standing_periods(data.NOW), data.NOW)
    standing.fill(ledger.rows(newest_first=True))
    return standing


def crossing(standing: Standing) -> tuple[float, int]:
    """Seconds that the crowd's due time takes to pass, and how many dossiers were counted again."""
    before = standing.cells.copy()
    began = clock()
    turned = standing.advance(data.CROWD_DUE + 1)
    taken = clock() - began
    assert not np.array_equal(before, standing.cells)
    return taken, turned


def measure(report: Report, count: int, crowd: int) -> None:
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as place:
        base, folder = Path(place) / "base", Path(place) / "full"
        folders.make(base, 100)
        versions = folders.make(folder, count, crowd=crowd)
        world = data.world()
        with Ledger.open(folder) as ledger:
            seconds, standing = timed(lambda: _filled(ledger, world), 3)
        note = f"{versions:,} versions, {len(standing.periods)} periods"
        report.add(TITLE, Line(f"recount of {count:,} dossiers (SQLite)", seconds, "s", RECOUNT, note))
        found, turned = crossing(standing)
        times = [found]
        for _ in range(2):
            standing.advance(data.NOW)
            times.append(crossing(standing)[0])
        name = f"{turned:,} dossiers crossing their due time"
        reach = CROWD if turned >= data.CROWD else None
        report.add(TITLE, Line(name, sorted(times)[1] * 1e3, "ms", reach))
        del standing
        empty, full = memory.asked(base), memory.asked(folder)
        each = (full.bytes - empty.bytes) / max(1, full.dossiers - empty.dossiers)
        note = f"base {empty.bytes >> 20} MiB"
        report.add(TITLE, Line("resident memory of a dossier", each, "B", MEMORY, note))
        report.add(TITLE, Line("folder opened and counted", full.seconds, "s"))
        try:
            with serving.Served(folder) as served:
                report.add(TITLE, Line("restart to ready", served.ready_after, "s", RESTART))
        except serving.NoServerError as error:
            report.add(TITLE, Line("restart to ready", None, "s", RESTART, str(error)))
