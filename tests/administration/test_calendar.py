from __future__ import annotations

from pathlib import Path

import pytest

from chiso.administration import calendar
from chiso.folder import DataFolder, QuestionError
from chiso.folder.registers import own_days
from chiso.instants import parse_instant
from chiso.intake.records import Arrival, Dossier, Procedure
from chiso.ledger.clock import Clock
from chiso.people.audit import Audit
from chiso.steering.entering import by_command

FRIDAY = parse_instant("2026-03-06T08:00+07:00")
TUESDAY = parse_instant("2026-03-10T09:00+07:00")


@pytest.fixture
def waiting(tmp_path: Path) -> DataFolder:
    """Two dossiers of a Friday with a limit of one working day, looked at on Tuesday."""
    folder = DataFolder.open(tmp_path, standing=True)
    folder.ledger.clock.set(Clock(TUESDAY))
    told = [
        Dossier(f"{unit}-260306-1", "1.000001", 4, unit=unit, desk=unit, received_at=FRIDAY)
        for unit in ("H01.113", "H01.06")
    ]
    one_day = Procedure("1.000001", "Một", level="commune province", limit_days=1)
    folder.ledger.accept(
        [Arrival("procedures", [one_day], b"[]"), Arrival("dossiers", list(told), b"[]")], FRIDAY
    )
    folder.refresh()
    return folder


def on_time(folder: DataFolder, unit: str) -> int:
    return int(folder.score(unit)["indicators"]["2.1"]["n"])


def test_what_a_day_off_promises_is_what_comes_at_once_and_may_be_taken_back(waiting: DataFolder) -> None:
    with waiting as folder:
        rule = calendar.rule_of(folder, "2026-03-09", False, "Bão số 3", "Công điện 15/CĐ-UBND", "H01.113")
        rules = calendar.with_rule(folder, rule)
        shown = calendar.proposed(folder, rules)
        assert shown.dossiers == 1
        assert on_time(folder, "H01.113") == 0
        calendar.set_day(folder, rule, by_command(folder))
        assert (on_time(folder, "H01.113"), on_time(folder, "H01.06")) == (1, 0)
        line = shown.of("H01.113")
        assert line is not None
        assert folder.score("H01.113")["total"] == f"{line.after:.2f}"
        assert own_days(folder.path) == [rule]
        assert Audit(folder.ledger.database).entries()[-1].what == "day_set"
        calendar.unset_day(folder, rule.day, rule.unit, by_command(folder))
        assert on_time(folder, "H01.113") == 0


def test_a_file_changed_by_hand_is_counted_by_at_the_next_look(waiting: DataFolder) -> None:
    with waiting as folder:
        text = "day,working,name,source,unit\n2026-03-09,0,Bão,Công điện 15,\n"
        (folder.path / "calendar.csv").write_text(text, encoding="utf-8")
        folder.refresh()
        assert on_time(folder, "H01.06") == 1


@pytest.mark.parametrize(
    ("day", "name", "source", "unit"),
    [
        ("", "Bão", "Công điện", ""),
        ("31/02/2026", "Bão", "Công điện", ""),
        ("2019-01-01", "Bão", "Công điện", ""),
        ("2026-03-09", "", "Công điện", ""),
        ("2026-03-09", "Bão", "", ""),
        ("2026-03-09", "Bão\n2026-03-10,0", "Công điện", ""),
        ("2026-03-09", "Bão", "x" * 201, ""),
        ("2026-03-09", "Bão", "Công điện", "H01.9999"),
    ],
)
def test_a_day_without_its_reason_is_refused(
    waiting: DataFolder, day: str, name: str, source: str, unit: str
) -> None:
    with waiting as folder, pytest.raises(QuestionError) as told:
        calendar.rule_of(folder, day, False, name, source, unit)
    assert told.value.message_vi


def test_a_day_of_the_state_is_not_taken_back(waiting: DataFolder) -> None:
    with waiting as folder, pytest.raises(QuestionError):
        calendar.without_rule(folder, folder.calendar.rules()[0].day, "")
