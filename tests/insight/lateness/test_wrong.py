"""Which mistake is named where several would do, and where only several do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder, Settings
from chiso.insight.lateness import dossiers
from chiso.instants import DAY, parse_instant
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, stamp, tell

NOW = parse_instant("2026-10-10T06:00+07:00")
RECEIVED = parse_instant("2026-09-07T08:00+07:00")
DUE = RECEIVED + 3 * DAY
CODE = "H01.113-260907-00001"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as opened:
        opened.ledger.clock.set(Clock(NOW))
        opened.refresh()
        yield opened


def told(folder: DataFolder, known_at: int, **more: Any) -> None:
    tell(folder, "dossiers", dossier(CODE, RECEIVED, DUE, **more), known_at=known_at)


def mistakes(folder: DataFolder) -> list[str]:
    (row,) = dossiers(folder, "H01", period="2026-09")["rows"]
    found: list[str] = (row["undone"] or {}).get("mistakes", [])
    return found


def request(asked: int, answered: int, number: str = "1") -> dict[str, str]:
    return {"HoSoBoSungId": number, "NgayBoSung": stamp(asked), "NgayTiepNhanBoSung": stamp(answered)}


def test_the_first_mistake_that_is_enough_is_named(folder: DataFolder) -> None:
    # told to have ended by the due time, and by its dates returned before that too
    swapped = request(RECEIVED + 2 * DAY, RECEIVED + DAY)
    told(folder, RECEIVED + DAY, ended=DUE + 3600, DanhSachHoSoBoSung=[swapped])
    assert mistakes(folder) == ["SUPPLEMENT_WITHOUT_DATE"]
    told(folder, RECEIVED + 2 * DAY, ended=DUE + 3600, DanhSachHoSoBoSung=[swapped], NgayHenTra="")
    assert dossiers(folder, "H01", period="2026-09")["total"] == 0, "no limit is known: on time by rule"


def test_the_fewest_that_are_enough_together(folder: DataFolder) -> None:
    # asked once, told twice, and ended without a time: each undoing alone leaves it overdue
    twice = [request(RECEIVED + DAY, RECEIVED + 2 * DAY, number) for number in ("1", "2")]
    told(folder, DUE + 3600, TrangThaiHoSo="9", DanhSachHoSoBoSung=twice)
    assert mistakes(folder) == ["END_WITHOUT_TIME", "REQUEST_REPEATED"]


def test_a_mistake_that_explains_nothing_is_not_named(folder: DataFolder) -> None:
    short = request(RECEIVED + DAY + 600, RECEIVED + DAY)
    told(folder, DUE + DAY, ended=DUE + DAY, DanhSachHoSoBoSung=[short])
    assert mistakes(folder) == []
    (row,) = dossiers(folder, "H01", "late_work", period="2026-09")["rows"]
    assert row["code"] == CODE


def test_what_the_file_says_of_the_past_is_no_bound(folder: DataFolder) -> None:
    told(folder, RECEIVED + 600)
    tell(folder, "dossiers", dossier(CODE, RECEIVED, DUE, TrangThaiHoSo="9"), known_at=None)
    (row,) = dossiers(folder, "H01", period="2026-09")["rows"]
    assert (row["class"], row["why"]) == ("undecidable", "open")
