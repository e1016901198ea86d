"""A whole that moves against its parts is pointed out in words."""

from __future__ import annotations

from pathlib import Path

from chiso.folder import DataFolder
from chiso.insight.explain import answer
from chiso.instants import DAY, parse_instant
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, tell

NOW = parse_instant("2026-10-10T06:00+07:00")
FIRST, LAST = parse_instant("2026-02-02T08:00"), parse_instant("2026-03-02T08:00")


def told(
    folder: DataFolder, unit: str, at: int, on_time: int, late: int, procedure: str = "2.000815"
) -> None:
    """Finished dossiers of a unit in a month, so many in time and so many late."""
    items = [
        dossier(
            f"{unit}-{at}-{procedure}-{number:05d}", at + number, at + number + DAY,
            at + number + (DAY // 2 if number < on_time else 2 * DAY), MaTTHC=procedure,
        )
        for number in range(on_time + late)
    ]  # fmt: skip
    tell(folder, "dossiers", *items)


def province(path: Path) -> DataFolder:
    folder = DataFolder.open(path)
    folder.ledger.clock.set(Clock(NOW))
    folder.refresh()
    return folder


def test_every_unit_rises_and_the_whole_falls(tmp_path: Path) -> None:
    with province(tmp_path) as folder:
        told(folder, "H01.101", FIRST, 90, 10)
        told(folder, "H01.113", FIRST, 2, 8)
        told(folder, "H01.101", LAST, 10, 1)
        told(folder, "H01.113", LAST, 30, 70)
        body = answer(folder, "H01", "2026-02", "2026-03")
        assert body["change"].startswith("-")
        kinds = {(note["kind"], note["indicator"]) for note in body["notes"]}
        assert ("reversal", "2.1") in kinds
        assert ("units_against", "") in kinds
        note = next(note for note in body["notes"] if note["indicator"] == "2.1")
        assert "cả 2 đơn vị" in note["vi"]
        assert "đều tăng hoặc giữ nguyên, nhưng tỷ lệ chung giảm" in note["vi"]
        assert "rose or stayed, and the whole fell" in note["en"]
        # and the way back
        body = answer(folder, "H01", "2026-03", "2026-02")
        note = next(note for note in body["notes"] if note["indicator"] == "2.1")
        assert "đều giảm hoặc giữ nguyên, nhưng tỷ lệ chung tăng" in note["vi"]


def test_within_the_procedures_of_one_unit_too(tmp_path: Path) -> None:
    with province(tmp_path) as folder:
        told(folder, "H01.101", FIRST, 90, 10)
        told(folder, "H01.101", FIRST, 2, 8, "1.001193")
        told(folder, "H01.101", LAST, 10, 1)
        told(folder, "H01.101", LAST, 30, 70, "1.001193")
        notes = answer(folder, "H01.101", "2026-02", "2026-03")["notes"]
        assert "2 thủ tục" in next(note["vi"] for note in notes if note["indicator"] == "2.1")


def test_parts_taken_together_against_the_whole(tmp_path: Path) -> None:
    with province(tmp_path) as folder:
        told(folder, "H01.101", FIRST, 90, 10)
        told(folder, "H01.113", FIRST, 2, 8)
        told(folder, "H01.06", FIRST, 10, 0)
        told(folder, "H01.101", LAST, 10, 0)
        told(folder, "H01.113", LAST, 30, 70)
        told(folder, "H01.06", LAST, 9, 1)  # not every part rises
        notes = answer(folder, "H01", "2026-02", "2026-03")["notes"]
        note = next(note for note in notes if note["indicator"] == "2.1")
        assert note["kind"] == "against"
        assert "trong từng phần tăng" in note["vi"]
        assert "chung lại giảm" in note["vi"]
        assert "in all it fell" in note["en"]


def test_where_all_move_one_way_nothing_is_said(tmp_path: Path) -> None:
    with province(tmp_path) as folder:
        told(folder, "H01.101", FIRST, 5, 5)
        told(folder, "H01.113", FIRST, 5, 5)
        told(folder, "H01.101", LAST, 8, 2)
        told(folder, "H01.113", LAST, 9, 1)
        assert answer(folder, "H01", "2026-02", "2026-03")["notes"] == []


def test_an_end_without_dossiers_or_without_the_unit_is_named(tmp_path: Path) -> None:
    with province(tmp_path) as folder:
        told(folder, "H01.101", LAST, 8, 2)
        notes = answer(folder, "H01", "2026-02", "2026-03")["notes"]
        assert [note["kind"] for note in notes] == ["empty_before"]
        notes = answer(folder, "H01.113", "2025-05", "2026-03", law="qd766")["notes"]
        assert [note["kind"] for note in notes][:2] == ["missing_before", "empty_after"]
