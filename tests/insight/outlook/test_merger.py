"""A merger whose day lies ahead: the outlook over it is what a clock really moved shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chiso.administration.units import propose
from chiso.folder import DataFolder
from chiso.folder.answers import score_of_hundredths
from chiso.insight.asking import computed
from chiso.insight.outlook.answer import course_of, outlook
from chiso.insight.plan.answer import plan
from chiso.instants import DAY, day_of, iso, midnight, parse_instant, year_of
from chiso.ledger.clock import Clock
from tests.insight.work import petition
from tests.support.messages import dossier, tell

GONE, KEPT, OTHER = "H01.113", "H01.114", "H01.115"
CODES = ("H01", GONE, KEPT, OTHER, "H01.06")
AHEAD = 2
"""Days: Monday 12/10/2026, before which no petition's time runs out."""


def border_of(now: int) -> int:
    return midnight(day_of(now + AHEAD * DAY))


@pytest.fixture(params=[(KEPT, ""), (KEPT, "Phường Chung"), ("H01.900", "Phường Chung")],
                ids=["into one", "into one by another name", "into a new one"])  # fmt: skip
def ahead(own: DataFolder, request: pytest.FixtureRequest) -> DataFolder:
    """Two communes become one soon; petitions and dossiers fall due before and after."""
    now = own.now()
    into, name = request.param
    fields = {"codes": f"{GONE} {KEPT}", "into": into, "name": name, "day": f"{day_of(border_of(now))}"}
    tell(own, "units", *propose(own, "merge", fields).rows)
    dossiers = [
        dossier(f"{unit}-261001-9{place}{days}", now - 9 * DAY, now + days * DAY)
        for place, unit in enumerate((GONE, KEPT, OTHER))
        for days in (1, 2, 4, 5)
    ]
    # ended, in time and late: these have no turn of their own ahead
    dossiers += [
        dossier(f"{GONE}-261001-8{days}", now - 9 * DAY, now - 3 * DAY, now - days * DAY)
        for days in (1, 4, 5)
    ]
    tell(own, "dossiers", *dossiers)
    for number, (unit, sent) in enumerate(((GONE, 19), (GONE, 2), (KEPT, 20), (GONE, 16), (KEPT, 1))):
        tell(own, "petitions", petition(f"PM.{number}", unit, now - sent * DAY))
    return own


def test_the_outlook_goes_over_a_merger(ahead: DataFolder, tmp_path: Path) -> None:
    now = ahead.now()
    border = border_of(now)
    until = border + 4 * DAY
    period = year_of(now)
    told = {}
    for code in CODES:
        wanted, view, unit = computed(ahead, code, {})
        told[code] = course_of(ahead, wanted, view, unit, until)
        steps = outlook(ahead, code, until, foretell=False)["steps"]
        assert [parse_instant(one["at"]) for one in steps] == told[code].instants.tolist()
        assert (told[code].instants[1:] > told[code].instants[:-1]).all()
    instants = {int(at) + shift for one in told.values() for at in one.instants[1:] for shift in (-1, 0, 1)}
    instants |= {border + shift for shift in (-1, 0, 1, 2)} | {until}
    assert border + 1 in told[KEPT].instants
    for at in sorted(one for one in instants if now < one <= until):
        ahead.ledger.clock.set(Clock(at))
        ahead.refresh()
        boards = [ahead.view(period).board]
        if abs(at - border) < 3 or at == until:
            with DataFolder.open(Path(shutil.copytree(ahead.path, tmp_path / f"{at}"))) as again:
                boards.append(again.view(period).board)
        for code, course in told.items():
            units = ahead.registry.units
            unit = units.find(code, at - 1) or units.find(code)
            assert unit is not None
            place = course.place(at)
            for board in boards:
                assert course.n[place].tolist() == board.n[unit.index].tolist(), (code, iso(at))
                assert course.d[place].tolist() == board.d[unit.index].tolist(), (code, iso(at))
                assert course.totals[place] == board.table.totals[unit.index], (code, iso(at))


def test_a_plan_ends_with_its_unit(ahead: DataFolder) -> None:
    border = border_of(ahead.now())
    ends = ahead.registry.units.find(KEPT, border - 1) is not ahead.registry.units.find(KEPT, border)
    for code, last in ((GONE, True), (KEPT, ends), (OTHER, False)):
        for by in (border - 1, border + 9 * DAY):
            body = plan(ahead, code, "50", by)
            clamped = last and by > border
            assert body.get("unit_ends") == (iso(border) if clamped else None)
            assert body["by"] == iso(border if clamped else by)
            assert body["start"] == score_of_hundredths(
                followed_total(ahead, code, border if clamped else by)
            )


def followed_total(folder: DataFolder, code: str, at: int) -> int:
    wanted, view, unit = computed(folder, code, {})
    course = course_of(folder, wanted, view, unit, at)
    return int(course.totals[course.place(at)])


def test_the_days_of_a_year_with_a_merger(ahead: DataFolder) -> None:
    """The walk of the year shows after the border what a count of that instant shows."""
    border = border_of(ahead.now())
    ahead.year_trail()
    for days in range(-1, 3):
        ahead.ledger.clock.set(Clock(border + days * DAY + 8 * 3600))
        ahead.refresh()
        ahead.year_trail().tick()
    fed = ahead.year_trail()
    walked = ahead.walk_days()
    for trail in (fed, walked):
        late = [one for one in trail.samples if one.at > border - DAY]
        assert len(late) >= 6
        for sample in late:
            want = ahead.view(trail.period, sample.at, sample.at).board
            assert sample.totals.tolist() == want.table.totals.tolist(), iso(sample.at)
            assert sample.dossiers.tolist() == want.dossiers.tolist(), iso(sample.at)
