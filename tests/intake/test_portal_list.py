"""Lists of the portal: whatever their headings, read for one question."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import xlsxwriter

from chiso.instants import parse_instant
from chiso.intake.portal_list import ListedDossier, read_list
from chiso.intake.streams import BrokenStreamError
from chiso.law.states import State

CODE = "H01.113-261012-00045"


def csv(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


def test_headings_of_officials_are_recognised() -> None:
    found = read_list(
        csv(
            "DANH SÁCH HỒ SƠ\n"
            "STT;Mã hồ sơ;Ngày tiếp nhận;Ngày hẹn trả;Ngày kết thúc;Trạng thái;Đúng hạn;Chủ hồ sơ\n"
            f"1;{CODE};12/10/2026 08:05;13/10/2026;12/10/2026 14:30:00;Đã giải quyết;Đúng hạn;Nguyễn Văn A\n"
        ),
        "x.csv",
    )
    assert found.dossiers == {
        CODE: ListedDossier(
            CODE,
            parse_instant("2026-10-12T08:05+07:00"),
            parse_instant("2026-10-14"),
            parse_instant("2026-10-12T14:30+07:00"),
            State.FINISHED,
            True,
            frozenset({"due_at"}),
        )
    }
    assert found.columns == (
        "MaHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "TrangThaiHoSo", "on_time",
    )  # fmt: skip


def test_a_list_of_codes_alone_is_enough() -> None:
    found = read_list(csv(f"MaHoSo\n{CODE}\nH01.113-261012-00046\n{CODE}\n\n"), "x.csv")
    assert list(found.dossiers) == [CODE, "H01.113-261012-00046"]
    assert found.dossiers[CODE] == ListedDossier(CODE)
    assert (found.rows, found.again) == (3, 1)


@pytest.mark.parametrize(
    ("heading", "value", "wanted"),
    [
        ("Đúng hạn", "x", True),
        ("Đúng hạn", "Không", False),
        ("Quá hạn", "1", False),
        ("Quá hạn", "0", True),
        ("Tiến độ", "Trước hạn", True),
        ("Kết quả xử lý", "Đang xử lý, quá hạn", False),
        ("on_time", "", None),
    ],
)
def test_verdicts_on_time(heading: str, value: str, wanted: bool | None) -> None:
    found = read_list(csv(f"Mã hồ sơ;{heading};Ghi chú\n{CODE};{value};…\n"), "x.csv")
    assert found.dossiers[CODE].on_time is wanted


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    found = read_list(csv(f"Mã hồ sơ;Ngày hẹn trả\n{CODE};mai\n;12/10/2026\nH01.1-1-1;13/10/2026\n"), "x.csv")
    assert list(found.dossiers) == ["H01.1-1-1"]
    assert found.unread == ["row 2", "row 3"]


def test_workbooks_and_json(tmp_path: Path) -> None:
    path = tmp_path / "ds.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for column, heading in enumerate(("Mã hồ sơ", "Ngày tiếp nhận")):
            sheet.write(2, column, heading)
        sheet.write(3, 0, CODE)
        sheet.write(3, 1, 46307.5, book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
    told = read_list(path).dossiers[CODE]
    assert told.received_at == parse_instant("2026-10-12T12:00+07:00")
    for body in (
        [{"maHoSo": CODE, "NgayTiepNhan": "20261012120000"}],
        {"data": [{"MaHoSo": CODE, "Ngày tiếp nhận": "2026-10-12T12:00:00"}]},
    ):
        assert read_list(io.BytesIO(json.dumps(body).encode()), "x.json").dossiers[CODE] == told


@pytest.mark.parametrize(
    "body", [b"", b"a;b\n1;2\n", b"[1, 2]", b"{}", b'[{"x": 1}]', b'[{"x": ', b"PK\x03\x04x"]
)
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(BrokenStreamError):
        read_list(io.BytesIO(body), "x")
