"""Days off that a data folder adds: limits in working days end later, for everybody or for one unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from chiso.folder import DataFolder
from chiso.folder.registers import CALENDAR_FILE
from chiso.folder.settings import SettingError
from chiso.instants import parse_instant
from chiso.intake.records import Arrival, Dossier, Procedure
from chiso.ledger.clock import Clock

FRIDAY = parse_instant("2026-03-06T08:00+07:00")
TUESDAY = parse_instant("2026-03-10T09:00+07:00")


def filled(path: Path) -> None:
    """Two dossiers received on Friday 06/03/2026 with no NgayHenTra but a limit of one working day."""
    with DataFolder.open(path) as folder:
        folder.ledger.clock.set(Clock(TUESDAY))
        told = [
            Dossier(f"{unit}-260306-1", "1.000001", 4, unit=unit, desk=unit, received_at=FRIDAY)
            for unit in ("H01.113", "H01.06")
        ]
        one_day = Procedure("1.000001", "Một", level="commune province", limit_days=1)
        arrivals = [Arrival("procedures", [one_day], b"[]"), Arrival("dossiers", list(told), b"[]")]
        folder.ledger.accept(arrivals, FRIDAY)


def on_time(path: Path) -> dict[str, int]:
    with DataFolder.open(path) as folder:
        return {
            unit: folder.score(unit, period="2026-03")["indicators"]["2.1"]["n"]
            for unit in ("H01.113", "H01.06")
        }


def test_without_it_the_built_in_days_hold(tmp_path: Path) -> None:
    filled(tmp_path)
    assert on_time(tmp_path) == {"H01.113": 0, "H01.06": 0}


def test_a_closure_of_one_unit_moves_its_due_times_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    with DataFolder.open(tmp_path) as folder:
        before = folder.registry.calendar.version
    text = "day,working,name,source,unit\n2026-03-09,0,Bão,Công điện 15,H01.113\n"
    (tmp_path / CALENDAR_FILE).write_text(text, encoding="utf-8")
    assert on_time(tmp_path) == {"H01.113": 1, "H01.06": 0}
    with DataFolder.open(tmp_path) as folder:
        assert folder.score("H01")["calendar_version"] == folder.registry.calendar.version != before


def test_a_day_off_for_everybody_moves_all(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / CALENDAR_FILE).write_text("day,working\n2026-03-09,0\n", encoding="utf-8")
    assert on_time(tmp_path) == {"H01.113": 1, "H01.06": 1}


@pytest.mark.parametrize("line", ["09/03/2026,0", "2026-03-09,nghỉ", "2026-03-09"])
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / CALENDAR_FILE).write_text(f"day,working\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingError, match="line 2"):
        DataFolder.open(tmp_path)
