"""The workbook for the portal's operators: what it holds, and what it never does."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from chiso.insight.exports.book import LONGEST_NAME
from chiso.insight.exports.cells import RISKY
from chiso.insight.reconcile.sheet import SHEETS, fact_words, write_sheet
from chiso.instants import DAY, parse_instant
from tests.insight.reconcile.conftest import CAPTURE, HOUR, Small, everywhere

SEPTEMBER = parse_instant("2026-09-20")


def written(small: Small, asked_by: str = "") -> tuple[bytes, dict[str, list[list[Any]]]]:
    target = io.BytesIO()
    write_sheet(small.reconcile(), target, asked_by)
    book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
    return target.getvalue(), {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture
def late(small: Small) -> Small:
    """Two dossiers known later, one of them with a code that a spreadsheet might run."""
    odd = {**small.one(51, SEPTEMBER), "MaHoSo": "=HYPERLINK(A1)-1", "DonViXuLy": "Phường Long Phú (H01.113)"}
    small.tell(small.one(50, SEPTEMBER), odd, known_at=CAPTURE + HOUR)
    changes = {key: (2 * n, 2 * d) for key, (n, d) in everywhere(-1, -1).items()}
    small.publish(small.differ(**{**changes, "i5_2": (0, 1)}))
    return small


def test_what_it_holds(late: Small) -> None:
    _, sheets = written(late, "Trung tâm Phục vụ hành chính công tỉnh An Giang")
    assert list(sheets) == ["Bìa", "Tổng hợp", "Nguyên nhân", "Biết sau, hồ sơ mới"]
    cover = {row[0]: row[1] for row in sheets["Bìa"] if row[0]}
    assert cover["Đơn vị"].endswith("(H01.113)")
    assert cover["Kỳ"] == "Năm 2026"
    assert cover["Bên đề nghị đối chiếu"] == "Trung tâm Phục vụ hành chính công tỉnh An Giang"
    assert "06:00 08/10/2026" in cover["Số liệu công bố chốt lúc"]
    assert cover["Bộ quy tắc"].startswith("qd766, phiên bản ")
    assert isinstance(cover["Chênh lệch"], float)
    summary = {row[0]: row for row in sheets["Tổng hợp"]}
    assert summary["2.1"][3:9] == [10, 10, 12, 12, -2, -2]
    assert summary["2.1"][12] == "Biết sau khi Cổng chốt số (-2 / -2)"
    assert summary["5.2"][13:15] == [0, 1]
    dossiers = sheets["Biết sau, hồ sơ mới"]
    assert dossiers[0][:2] == ["Stt", "Mã hồ sơ"]
    assert {row[1] for row in dossiers[1:]} == {"H01.113-260901-00050", "=HYPERLINK(A1)-1"}
    assert dossiers[1][5] == datetime(2026, 9, 20, 8)  # noqa: DTZ001 - a wall clock, as sheets have it


def test_groups_known_by_points_only_stand_under_their_names(small: Small) -> None:
    small.publish(small.differ(i2_1=(-1, 0)), {"satisfaction": "12.00"})
    small.publish({}, {"transparency": "7.50"}, at=CAPTURE + DAY)
    _, sheets = written(small)
    rows = [row for row in sheets["Tổng hợp"] if row[0] == "Nhóm"]
    assert [(row[1], row[3:9]) for row in rows] == [("Công khai, minh bạch", [""] * 6)]
    assert rows[0][9] == 7.5


def test_headings_stay_and_can_be_filtered(late: Small) -> None:
    body, _ = written(late)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        for number in (2, 3, 4):
            text = package.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert 'state="frozen"' in text
            assert "<autoFilter" in text


def test_texts_are_never_formulas(late: Small) -> None:
    body, _ = written(late, "=cmd|' /C calc'!A0")
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        for name in package.namelist():
            text = package.read(name).decode("utf-8", "replace")
            assert "<f>" not in text
            assert "hyperlink" not in text or name.endswith("sharedStrings.xml")
        assert 'quotePrefix="1"' in package.read("xl/styles.xml").decode()
    assert all(one in RISKY for one in "=+-@")


def test_nothing_personal_is_in_it(late: Small) -> None:
    body, _ = written(late)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        text = package.read("xl/sharedStrings.xml").decode()
    assert "Nguyễn Văn A" not in text
    assert "089000" not in text


def test_every_cause_has_a_sheet_of_its_own(small: Small) -> None:
    small.tell(small.one(63, SEPTEMBER, MaTTHC="1.001193"), known_at=CAPTURE - DAY)
    small.tell(small.one(64, SEPTEMBER, DanhSachGiayToKetQua=[], KenhThucHien="2"), known_at=CAPTURE - DAY)
    small.publish(small.differ(i4_1=(-1, -1), i3_3=(-1, 0)))
    _, sheets = written(small)
    assert list(sheets)[3:] == ["Tài liệu công thức 3.3", "Tài liệu công thức 4.1"]
    assert all(len(name) <= LONGEST_NAME for name in SHEETS.values())


def test_facts_as_people_read_them() -> None:
    assert fact_words("2026-10-10T06:00:00+07:00") == "06:00 10/10/2026"
    assert fact_words("H01.113") == "H01.113"
    assert fact_words(None) == "–"
