"""A folder keeps in step: with its own writer, with other processes, with the clock, with the past."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import numpy as np
import pytest

from chiso.demo.world import UNTIL
from chiso.engine.standing import Standing
from chiso.folder import DataFolder
from chiso.folder.history import SETTLE, STEP, sample_instants
from chiso.folder.settings import SettingError, Settings
from chiso.instants import DAY, parse_period, utc_now, year_of
from chiso.ledger.clock import Clock
from tests.folder.conftest import DOSSIERS
from tests.support.messages import dossier, tell
from tests.support.provinces import journal, load_lines


def same(one: DataFolder, other: DataFolder) -> None:
    assert np.array_equal(one.standing.cells, other.standing.cells)
    assert np.array_equal(one.standing.distinct, other.standing.distinct)
    assert one.score("H01") == other.score("H01")
    assert one.score("H01.113") == other.score("H01.113")


def recounted(folder: DataFolder) -> None:
    standing = folder.standing
    fresh = Standing(standing.ground, standing.periods, standing.at, standing.roster).count_all()
    assert np.array_equal(standing.cells, fresh.cells)
    assert np.array_equal(standing.distinct, fresh.distinct)


def test_what_another_process_writes_is_seen(tmp_path: Path) -> None:
    lines = [line for _, line in journal(DOSSIERS)]
    load_lines(tmp_path, lines[:2])
    with DataFolder.open(tmp_path, standing=True) as watching:
        for start in range(2, len(lines), 1 + len(lines) // 4):
            load_lines(tmp_path, lines[start : start + 1 + len(lines) // 4])
            assert watching.refresh()
            recounted(watching)
        assert not watching.refresh()
        with DataFolder.open(tmp_path, standing=True) as fresh:
            same(watching, fresh)


def test_taking_equals_refreshing_equals_opening(own_path: Path) -> None:
    chance = random.Random(4)
    with (
        DataFolder.open(own_path, standing=True) as writing,
        DataFolder.open(own_path, standing=True) as watching,
    ):
        for number in range(30):
            code = f"H01.{chance.choice((113, 101))}-261009-7{chance.randrange(12):04d}"
            ended = UNTIL - 60 * number if chance.random() < 0.5 else None
            procedure = chance.choice(("2.000815", f"9.9{number:05d}"))
            one = dossier(code, UNTIL - DAY - number, UNTIL + number, ended, MaTTHC=procedure)
            # some of them come through somebody else's writer
            tell(writing, "dossiers", one, take=chance.random() < 0.6)
            if number % 7 == 0:
                watching.refresh()
        writing.refresh()
        watching.refresh()
        same(writing, watching)
        recounted(writing)
        with DataFolder.open(own_path, standing=True) as fresh:
            same(writing, fresh)


def test_records_of_others_are_not_passed_over_by_own_ones(own_path: Path) -> None:
    petition = {
        "MaPAKN": "PA-1",
        "MaDonVi": "H01.113",
        "NgayGui": "20261008080000",
        "TrangThai": "Đang xử lý",
    }
    new = {"code": "9.777777", "name": "Thủ tục mới", "level": "commune", "online": "full"}
    with DataFolder.open(own_path, standing=True) as one, DataFolder.open(own_path, standing=True) as other:
        before = one.score("H01.113")["indicators"]["3.2"]["d"]
        tell(other, "procedures", new)
        tell(one, "petitions", petition)
        assert one.score("H01.113")["indicators"]["3.2"]["d"] == before + 1
        other.refresh()
        same(one, other)


def test_a_folder_can_be_opened_and_asked_while_another_process_writes(tmp_path: Path) -> None:
    lines = [line for _, line in journal(DOSSIERS)]
    load_lines(tmp_path, lines[:5])
    failed: list[BaseException] = []
    done = threading.Event()

    def write() -> None:
        try:
            for start in range(5, len(lines), 40):
                load_lines(tmp_path, lines[start : start + 40])
        except BaseException as error:
            failed.append(error)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        with DataFolder.open(tmp_path, standing=True) as folder:
            folder.refresh()
            folder.score("H01")
            folder.score("H01", as_of=UNTIL - 100 * DAY)
    writer.join()
    assert failed == []
    with DataFolder.open(tmp_path, standing=True) as folder:
        assert folder.score("H01")["dossiers"] == DOSSIERS


def test_the_clock_moves_counts_and_goes_over_into_the_next_year(own: DataFolder) -> None:
    before = own.score("H01")["indicators"]["2.1"]
    own.ledger.clock.set(Clock(UNTIL + 30 * DAY))
    assert own.refresh()
    assert own.score("H01")["indicators"]["2.1"]["n"] < before["n"]
    recounted(own)
    own.ledger.clock.set(Clock(UNTIL + 100 * DAY))
    own.refresh()
    told = own.score("H01")
    assert told["period"] == "2027"
    assert 0 < told["indicators"]["2.1"]["d"] < DOSSIERS  # what is still open is carried over
    recounted(own)
    own.ledger.clock.set(Clock(UNTIL))
    own.refresh()
    assert own.score("H01")["indicators"]["2.1"] == before
    recounted(own)


def test_new_units_and_procedures_make_everything_anew(own: DataFolder) -> None:
    code = "H01.900-261009-00001"
    tell(own, "dossiers", dossier(code, UNTIL - DAY, UNTIL + DAY))
    assert own.dossier(code)["unassigned"]
    tell(own, "units", {"code": "H01.900", "name": "Trung tâm mới", "kind": "department", "parent": "H01"})
    assert own.dossier(code)["unit"] == "H01.900"
    assert own.score("H01.900")["dossiers"] == 1
    recounted(own)


def test_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.read(tmp_path) == Settings()
    (tmp_path / "chiso.toml").write_text('home = "H44"\nbody_limit = 5\n', encoding="utf-8")
    assert Settings.read(tmp_path) == Settings(home="H44", body_limit=5)
    monkeypatch.setenv("CHISO_BODY_LIMIT", "77")
    assert Settings.read(tmp_path).body_limit == 77
    monkeypatch.setenv("CHISO_BODY_LIMIT", "viel")
    with pytest.raises(SettingError, match="body_limit takes a whole number"):
        Settings.read(tmp_path)
    (tmp_path / "chiso.toml").write_text("hom = 1\n", encoding="utf-8")
    with pytest.raises(SettingError, match="unknown setting 'hom'"):
        Settings.read(tmp_path)
    (tmp_path / "chiso.toml").write_text("home = \n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"chiso\.toml"):
        Settings.read(tmp_path)


def counts_of_all(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Grows by one for every count of all dossiers; true where the folder's lock was free meanwhile."""
    found: list[bool] = []
    plain = Standing.count_all

    def look() -> None:  # in a thread of its own: the one that counts could always take the lock again
        if free := folder.lock.acquire(blocking=False):
            folder.lock.release()
        found.append(free)

    def counting(self: Standing) -> Standing:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return plain(self)

    monkeypatch.setattr(Standing, "count_all", counting)
    return found


def test_a_second_that_passes_counts_nothing_again(own: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [own.now()]
    monkeypatch.setattr(own, "now", lambda: now[0])
    counts = counts_of_all(own, monkeypatch)
    before = own.score("H01")
    for _ in range(5):
        now[0] += 1  # and the clock's own thread has not come by yet
        assert own.score("H01")["total"] == before["total"]
        assert own.rank("communes")["rows"]
    assert counts == []
    assert own.score("H01")["at"] > before["at"]


def test_what_is_not_kept_up_is_counted_beside_those_who_take_in(
    own: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = counts_of_all(own, monkeypatch)
    told = own.rank("communes", "H01", period="2025", law="qd766")["rows"]
    assert counts == [True]
    with own.lock:  # who holds the lock counts under it, and waits for nobody
        own._boards.clear()
        assert own.rank("communes", "H01", period="2025", law="qd766")["rows"] == told
    assert counts == [True, False]
    period = parse_period("2025")
    law = own.law_of(period, "qd766")
    beside = own.board(period, law=law)
    own._boards.clear()
    under = own.view(period, law=law).board
    assert under is not beside
    assert (under.n == beside.n).all()
    assert (under.d == beside.d).all()
    assert (under.dossiers == beside.dossiers).all()


def test_what_is_known_in_the_second_of_a_sample_breaks_no_days(own: DataFolder) -> None:
    at = own.now()
    assert at in sample_instants(year_of(at))
    own.ledger.clock.set(Clock(at, utc_now(), rate=0))  # a clock that runs, though slowly
    own.refresh()
    trail = own.year_trail()
    assert trail.samples[-1].at < at
    tell(own, "dossiers", dossier("H01.113-261009-79001", at - DAY, at + DAY))
    trail.tick()
    assert not trail.trail.broken
    own.ledger.clock.set(Clock(at + SETTLE, utc_now(), rate=0))
    own.refresh()
    trail.tick()
    assert not trail.trail.broken
    assert trail.samples[-1].at == at
    walked = own.walk_days()
    walked.tick()
    fresh = walked.samples[-1]
    assert fresh.at == at
    assert (trail.samples[-1].totals == fresh.totals).all()
    assert (trail.samples[-1].dossiers == fresh.dossiers).all()


def test_a_clock_that_stands_has_the_sample_of_its_instant(own: DataFolder) -> None:
    at = own.now()
    assert own.year_trail().samples[-1].at < at  # what was known last was known just before
    own.year_trail().tick()
    assert own.year_trail().samples[-1].at == at


def test_the_turn_of_the_year_holds_nobody_up(own: DataFolder) -> None:
    trail = own.year_trail()
    assert not trail.over
    own.ledger.clock.set(Clock(year_of(own.now()).end + STEP))
    own.refresh()
    assert trail.over
    with own.lock:  # somebody takes in
        ticking = threading.Thread(target=trail.tick, daemon=True)
        ticking.start()
        ticking.join(60)
        assert not ticking.is_alive()
    fresh = own.walk_days()
    assert not fresh.over
    assert own.trail is fresh
    assert fresh.period.label == "2027"
