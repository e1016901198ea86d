"""What the clock will do, against the folder's own answers."""

from __future__ import annotations

import pytest

from chiso.folder import DataFolder
from chiso.instants import DAY, parse_instant
from chiso.ledger.clock import Clock
from chiso.web.ahead import ROWS, Lookout, look
from tests.web.world import NOW, accept, message


def test_open_overdue_and_coming_agree_with_the_lists(folder: DataFolder) -> None:
    for code in ("H01", "H01.113"):
        seen = look(folder, code)
        listed = folder.dossiers(code, "2.1", "open", limit=10_000)
        assert seen.open == listed["total"]
        assert seen.overdue == sum(not row["on_time"] for row in listed["rows"])
        assert len(seen.rows) <= ROWS
        for row in seen.rows:
            assert row.at > NOW
        coming = sum(row["on_time"] for row in listed["rows"])
        assert sum(row.count for row in seen.rows) <= coming


def test_half_days_and_the_fall(own: DataFolder) -> None:
    noon, evening = parse_instant("2026-10-10T11:30+07:00"), parse_instant("2026-10-10T17:00+07:00")
    before = look(own, "H01.101")
    told = [message(f"H01.101-261010-{number:05d}", NOW - DAY, noon) for number in range(3)]
    told += [message(f"H01.101-261010-{number:05d}", NOW - DAY, evening) for number in range(10, 14)]
    accept(own, told, "dossiers")
    seen = look(own, "H01.101")
    assert seen.open == before.open + 7
    halves = {row.at: row.count for row in seen.rows}
    had = {row.at: row.count for row in before.rows}
    assert halves[parse_instant("2026-10-10T12:00+07:00")] == 3 + had.get(noon + 1800, 0)
    assert halves[evening] == 4 + had.get(evening, 0)
    assert seen.until == evening
    today = sum(count for at, count in halves.items() if at <= evening)
    assert seen.falling == today
    own.ledger.clock.set(Clock(evening + 1))
    own.refresh()
    assert own.score("H01.101")["total"] == seen.total_then
    assert look(own, "H01.101").overdue == seen.overdue + today


def test_what_was_seen_is_kept_a_minute(own: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    lookout = Lookout(own)
    first = lookout.of("H01")
    accept(own, [message("H01.113-261009-00001", NOW - DAY, NOW + DAY)], "dossiers")
    assert lookout.of("H01") is first
    own.ledger.clock.set(Clock(NOW + DAY))
    own.refresh()
    assert lookout.of("H01").overdue >= first.overdue
    monkeypatch.setattr("chiso.web.ahead.KEPT_FOR", 0.0)
    assert lookout.of("H01").open == first.open + 1


def test_an_unknown_unit(folder: DataFolder) -> None:
    with pytest.raises(LookupError):
        look(folder, "H99")
