"""One dossier under two codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chiso.folder import DataFolder, Settings
from chiso.insight.lateness import dossiers, lateness
from chiso.insight.lateness.twins import twins_on_time
from chiso.instants import DAY, parse_instant, parse_period
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, tell

NOW = parse_instant("2026-10-10T06:00+07:00")
RECEIVED = parse_instant("2026-09-07T08:00+07:00")
DUE = RECEIVED + 3 * DAY
PERIOD = parse_period("2026-09")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as opened:
        opened.ledger.clock.set(Clock(NOW))
        opened.refresh()
        yield opened


def told(folder: DataFolder, code: str, ended: int | None = None, at: int = RECEIVED, **more: Any) -> None:
    fields = {"SoGiayToChuHoSo": "089000000001"} | more
    tell(folder, "dossiers", dossier(code, at, DUE, ended, **fields), known_at=DUE - DAY)


def twins(folder: DataFolder) -> dict[str, str]:
    roster = folder.standing.roster
    every = np.arange(1, roster.top + 1)
    found = twins_on_time(folder, roster, folder.ground, PERIOD.start, PERIOD.end, every)
    codes = folder.ledger.codes([*found, *found.values()])
    return {codes[one]: codes[other] for one, other in found.items() if one != other}


def test_owner_procedure_and_instant_make_a_twin(folder: DataFolder) -> None:
    told(folder, "H01.113-260907-00001", DUE - 2 * DAY)
    told(folder, "H01.113-260907-00002")
    told(folder, "H01.113-260907-00003", at=RECEIVED + 1)
    told(folder, "H01.113-260907-00004", SoGiayToChuHoSo="089000000002")
    told(folder, "H01.113-260907-00005", MaTTHC="1.001193")
    told(folder, "H01.113-260907-00006", SoGiayToChuHoSo="", ChuHoSo="")
    told(folder, "H01.113-260907-00007", SoGiayToChuHoSo="", ChuHoSo="")
    assert twins(folder) == {"H01.113-260907-00002": "H01.113-260907-00001"}


def test_a_twin_that_is_overdue_itself_excuses_nobody(folder: DataFolder) -> None:
    told(folder, "H01.113-260907-00001", DUE + DAY)
    told(folder, "H01.113-260907-00002")
    assert twins(folder) == {}


def test_without_its_twin_a_dossier_is_not_there(folder: DataFolder) -> None:
    told(folder, "H01.113-260907-00001", DUE - 2 * DAY)
    told(folder, "H01.113-260907-00002")
    boards = lateness(folder, "H01", period="2026-09")
    score = folder.score("H01", period="2026-09")["indicators"]["2.1"]
    assert (score["n"], score["d"]) == (1, 2)
    assert boards["classes"]["wrong_data"]["count"] == 1
    gain = {name: one["exact"] for name, one in boards["scores"].items()}
    assert gain["right"] > gain["as_is"]


def test_of_a_twin_elsewhere_not_even_the_code_is_told(folder: DataFolder) -> None:
    told(folder, "H01.06-260907-00001", DUE - 2 * DAY)
    told(folder, "H01.113-260907-00002")
    (row,) = dossiers(folder, "H01.113", period="2026-09")["rows"]
    assert (row["class"], row["undone"]["twin"]) == ("wrong_data", None)
    (row,) = dossiers(folder, "H01", period="2026-09")["rows"]
    assert row["undone"]["twin"] == "H01.06-260907-00001"
