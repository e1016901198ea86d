"""Petitions that were handled in time, and told too late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder, Settings
from chiso.insight.lateness import dossiers, lateness
from chiso.instants import DAY, parse_instant
from chiso.intake.records import Arrival, Petition
from chiso.ledger.clock import Clock

JUDGED = parse_instant("2026-10-01T00:00+07:00")
NOW = parse_instant("2026-10-10T06:00+07:00")
SENT = parse_instant("2026-09-01T08:00+07:00")
QUESTION: dict[str, Any] = {"period": "2026-09", "as_of": JUDGED}


def petition(code: str, **more: Any) -> Petition:
    return Petition(code, "H01.113", "dang_xu_ly", sent_at=SENT, received_at=SENT, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as opened:
        opened.ledger.clock.set(Clock(NOW))
        opened.refresh()

        def tell(told: list[Petition], known_at: int, *, timely: bool = True) -> None:
            arrival = Arrival("petitions", list(told), b"{}", known_at=known_at, timely=timely)
            opened.take(opened.ledger.accept([arrival], NOW))

        names = ("late", "late file", "slow", "open", "done", "lost")
        tell([petition(name) for name in names], SENT + 60)
        in_time = {"resolved_at": SENT + 5 * DAY, "published_at": SENT + 6 * DAY}
        tell([petition("done", **in_time)], SENT + 7 * DAY)
        tell([petition("late", **in_time), petition("new", **in_time)], JUDGED + DAY)
        tell([petition("late file", **in_time)], JUDGED + DAY, timely=False)
        slow = {"resolved_at": SENT + 28 * DAY, "published_at": SENT + 29 * DAY}
        tell([petition("slow", **slow)], JUDGED + DAY)
        yield opened


def test_only_what_was_handled_in_time_and_told_late_counts(folder: DataFolder) -> None:
    told = lateness(folder, "H01", **QUESTION)
    rows = {row["indicator"]: row for row in told["elsewhere"]}
    assert set(rows) == {"5.2", "5.3"}
    score = folder.score("H01", **QUESTION)["indicators"]["5.2"]
    assert (score["n"], score["d"]) == (1, 6)
    assert (rows["5.2"]["count"], rows["5.2"]["class"], rows["5.2"]["points"]) == (
        1,
        "late_data",
        "1.0000000000",
    )
    assert rows["5.3"]["points"] == "1.0000000000"
    assert told["scores"]["everywhere"]["exact"] != told["scores"]["as_is"]["exact"]
    own = lateness(folder, "H01.113", **QUESTION)
    assert [row["points"] for row in own["elsewhere"]] == ["1.0000000000"] * 2
    assert lateness(folder, "H01.06", **QUESTION)["elsewhere"] == []


def test_they_are_listed(folder: DataFolder) -> None:
    found = dossiers(folder, "H01", indicator="5.2", **QUESTION)
    assert [row["petition"] for row in found["rows"]] == ["late"]
    row = found["rows"][0]
    assert (row["unit"], row["told_at"]) == ("H01.113", "2026-10-02T00:00:00+07:00")
    assert row["handled_at"] == "2026-09-06T08:00:00+07:00"
    assert dossiers(folder, "H01", "wrong_data", indicator="5.2", **QUESTION)["total"] == 0
    assert dossiers(folder, "H01", indicator="5.2", period="2026-09")["total"] == 0
