"""Dossiers still to come are those of the stretch just past, by working days."""

from __future__ import annotations

import numpy as np

from chiso.folder import DataFolder
from chiso.insight.plan.inflow import inflow
from chiso.insight.scene import scene
from chiso.instants import DAY, day_of, year_of


def test_as_many_a_working_day_as_before(province: DataFolder) -> None:
    now = province.now()
    home = province.registry.units.home
    here = scene(province.view(year_of(now)), home.index)
    until = now + 28 * DAY
    found = inflow(here, until)
    recent = np.count_nonzero(here.rows["received_at"] >= now - 28 * DAY)
    calendar = province.registry.calendar

    def working(start: int) -> int:
        days = [day_of(start + one * DAY) for one in range(28)]
        return sum(calendar.is_working(day, home.code) for day in days)

    assert found.dossiers == recent * working(now) // working(now - 28 * DAY)
    names = list(here.ground.law.indicators)
    all_of_them = names.index("2.1")
    assert 0 < found.n[all_of_them] <= found.d[all_of_them] <= found.dossiers + 1
    registers = [names.index(one) for one in ("1.1", "3.1", "5.2", "3.2")]
    assert not found.d[registers].any()
    assert not found.n[registers].any()


def test_nothing_comes_where_nothing_came(province: DataFolder) -> None:
    now = province.now()
    here = scene(province.view(year_of(now)), province.registry.units.home.index)
    here.rows = here.rows.take(np.empty(0, np.int64))
    found = inflow(here, now + DAY)
    assert (found.dossiers, found.n.any(), found.d.any()) == (0, False, False)
