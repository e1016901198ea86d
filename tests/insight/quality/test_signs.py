"""Suspicious patterns: every threshold at its edge, told through the doors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder
from chiso.insight.quality import findings
from chiso.insight.quality.answer import dossiers, quality
from chiso.insight.quality.signs import DETECTORS, patterns
from chiso.instants import DAY
from tests.insight.quality.planted import BEGIN, HOUR, PAPER, UNIT, clocked, due, message, request, say
from tests.support.messages import stamp

DUE = due(0)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataFolder]:
    monkeypatch.setattr(findings, "SHARE", 0)
    with DataFolder.open(tmp_path / "data") as folder:
        yield clocked(folder)


def shown(folder: DataFolder, sign: str) -> tuple[set[int], int]:
    """Numbers of the dossiers that show a pattern, and how many could."""
    found = dossiers(folder, UNIT, sign, limit=1000)
    told = [row for row in quality(folder, UNIT)["signs"] if row["sign"] == sign]
    assert [row["count"] for row in told] == ([found["total"]] if found["total"] else [])
    return {int(row["code"][-5:]) for row in found["rows"]}, told[0]["of"] if told else 0


def told(folder: DataFolder, known_at: int | None, *items: Any) -> None:
    say(folder, "nơi gửi", "dossiers", *items, known_at=known_at)


def test_completions_dated_back(empty: DataFolder) -> None:
    edge = DUE - 4 * HOUR
    long_after = edge + 3 * DAY
    told(empty, long_after + 1, message(1, NgayKetThucXuLy=stamp(edge)))
    told(empty, long_after + 1, message(2, NgayKetThucXuLy=stamp(edge - 1)))  # earlier in the day
    told(empty, long_after, message(3, NgayKetThucXuLy=stamp(edge)))  # told in three days
    told(empty, DUE + 9 * DAY, message(4, NgayKetThucXuLy=stamp(DUE)))
    told(empty, DUE + 9 * DAY, message(5, NgayKetThucXuLy=stamp(DUE + 1)))  # late: no sign of anything
    day = {"NgayTiepNhan": stamp(DUE - 8 * HOUR)}
    told(empty, DUE + 9 * DAY, message(6, NgayKetThucXuLy=stamp(edge), **day))  # due on the day of receipt
    told(empty, None, message(7, NgayKetThucXuLy=""))
    assert shown(empty, "dated_back") == ({1, 4}, 5)


def test_an_end_told_in_time_and_told_again_is_not_dated_back(empty: DataFolder) -> None:
    end = stamp(DUE - HOUR)
    told(empty, DUE, message(1, NgayKetThucXuLy=end))
    told(empty, DUE + 9 * DAY, message(1, NgayKetThucXuLy=end, DuocThanhToanTrucTuyen="1"))
    assert shown(empty, "dated_back") == (set(), 0)


def test_supplements_asked_for_just_before_due(empty: DataFolder) -> None:
    def asked(at: int) -> dict[str, Any]:
        return {"DanhSachHoSoBoSung": [request(at, at + DAY)]}

    told(empty, None, message(1, **asked(DUE - 4 * HOUR)), message(2, **asked(DUE - 4 * HOUR - 1)))
    told(empty, None, message(3, **asked(DUE)), message(4, **asked(DUE + 1)), message(5))
    told(empty, BEGIN + DAY, message(6, NgayKetThucXuLy="", TrangThaiHoSo="4"))
    told(empty, None, message(6, NgayHenTra=stamp(DUE + 5 * DAY), **asked(DUE - HOUR)))  # and then moved
    assert shown(empty, "supplement_before_due") == ({1, 3, 6}, 5)


def test_due_dates_moved_after_they_had_passed(empty: DataFolder) -> None:
    moved = stamp(DUE + 5 * DAY)
    for number, at in ((1, DUE + 1), (2, DUE)):
        told(empty, BEGIN + DAY, message(number, NgayKetThucXuLy="", TrangThaiHoSo="4"))
        told(empty, at, message(number, NgayHenTra=moved, NgayKetThucXuLy=stamp(DUE + DAY)))
    told(empty, BEGIN + DAY, message(3))
    told(empty, DUE + DAY, message(3, NgayHenTra=stamp(DUE - DAY)))  # brought forward
    assert shown(empty, "due_moved_after") == ({1}, 3)


def test_everything_digitised(empty: DataFolder) -> None:
    paper = {"TaiLieuNop": [PAPER | {"DuocSoHoa": "1"}]}
    say(empty, "năm mươi", "dossiers", *(message(one, **paper) for one in range(100, 150)))
    say(empty, "bốn chín", "dossiers", *(message(one, **paper) for one in range(200, 249)))
    say(empty, "gần hết", "dossiers", message(300), *(message(one, **paper) for one in range(301, 360)))
    assert shown(empty, "all_digitised") == (set(range(100, 150)), 159)
    (row,) = (one for one in quality(empty, UNIT)["signs"] if one["sign"] == "all_digitised")
    assert row["senders"] == [{"sender": "năm mươi", "count": 50, "of": 50}]
    assert row["everywhere"] == {"count": 50, "of": 159}


def test_closed_in_one_minute(empty: DataFolder) -> None:
    first, second = DUE - DAY, DUE - DAY + 3600
    first -= first % 60
    second -= second % 60
    told(empty, None, *(message(100 + n, NgayKetThucXuLy=stamp(first + n % 60)) for n in range(20)))
    told(empty, None, *(message(200 + n, NgayKetThucXuLy=stamp(second + n)) for n in range(19)))
    elsewhere = [message(300 + n, NgayKetThucXuLy=stamp(second + n)) for n in range(19)]
    told(empty, None, *({**one, "MaHoSo": f"H01.101{one['MaHoSo'][7:]}"} for one in elsewhere))
    assert shown(empty, "burst") == (set(range(100, 120)), 39)


def test_finished_on_the_second(empty: DataFolder) -> None:
    told(empty, None, message(1, NgayKetThucXuLy=stamp(DUE)), message(2, NgayKetThucXuLy=stamp(DUE - 1)))
    assert shown(empty, "on_the_second") == ({1}, 2)


def test_a_sign_never_enters_the_score(empty: DataFolder) -> None:
    told(empty, DUE + 9 * DAY, message(1, NgayKetThucXuLy=stamp(DUE)))
    body = quality(empty, UNIT)
    assert {row["sign"] for row in body["signs"]} == {"dated_back", "on_the_second"}
    assert body["together"]["points"] == "0.0000000000"
    assert all("points" not in row for row in body["signs"])


def test_patterns_are_data() -> None:
    assert set(patterns()) == set(DETECTORS)
    for one in patterns().values():
        for words in (one.words.vi, one.words.en):
            assert "{" not in words
            for value in one.threshold.values():
                assert str(value) in words or value in (2, 60)
