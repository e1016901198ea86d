"""How long a dossier on time was shown as overdue; the slow twin is in test_classes.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder, Settings
from chiso.insight.lateness import dossiers, lateness
from chiso.instants import DAY, parse_instant
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, tell

NOW = parse_instant("2026-10-10T06:00+07:00")
RECEIVED = parse_instant("2026-09-07T08:00+07:00")
DUE = parse_instant("2026-09-10T17:00+07:00")
CODE = "H01.113-260907-00001"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as opened:
        opened.ledger.clock.set(Clock(NOW))
        opened.refresh()
        yield opened


def told(folder: DataFolder, known_at: int, **more: Any) -> None:
    tell(folder, "dossiers", dossier(CODE, RECEIVED, DUE, **more), known_at=known_at)


def shown(folder: DataFolder, **question: Any) -> list[dict[str, Any]]:
    asked = {"period": "2026-09"} | question
    found = dossiers(folder, "H01", "shown", **asked)
    assert found["total"] == lateness(folder, "H01", **asked)["shown"]["count"]
    rows: list[dict[str, Any]] = found["rows"]
    return rows


def test_from_the_due_time_until_it_was_told(folder: DataFolder) -> None:
    told(folder, RECEIVED + 600)
    told(folder, DUE + 8 * 3600, ended=DUE - 3600)
    (row,) = shown(folder)
    assert parse_instant(row["shown_since"]) == DUE + 1
    assert parse_instant(row["shown_until"]) == parse_instant(row["told_at"]) == DUE + 8 * 3600
    assert row["shown_seconds"] == 8 * 3600 - 1


def test_what_was_told_in_time_or_at_once_was_never_shown(folder: DataFolder) -> None:
    told(folder, DUE + DAY, ended=DUE - 3600)
    assert shown(folder) == [], "first heard of when it was over"


def test_what_is_really_late_was_rightly_shown(folder: DataFolder) -> None:
    told(folder, RECEIVED + 600)
    told(folder, DUE + DAY, ended=DUE + 3600)
    assert shown(folder) == []
    # of a dossier whose promise was moved, the time before that is wrong and the time after it right
    told(folder, DUE + 2 * DAY, ended=DUE + 3600, NgayHenTra="20260911170000")
    (row,) = shown(folder)
    assert parse_instant(row["shown_since"]) == DUE + 1
    assert row["shown_seconds"] == 2 * DAY - 1


def test_up_to_the_instant_that_is_asked_for(folder: DataFolder) -> None:
    told(folder, RECEIVED + 600)
    told(folder, DUE + DAY, ended=DUE - 3600)
    at = DUE + 3600
    (row,) = shown(folder, at=at)
    assert row["shown_seconds"] == 3600 - 1
    assert parse_instant(row["shown_until"]) == at
    assert parse_instant(row["told_at"]) == DUE + DAY
    assert shown(folder, at=DUE) == []
