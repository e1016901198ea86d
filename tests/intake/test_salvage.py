"""What can still be read of refused dossiers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import Dossier, Has
from chiso.intake.salvage import salvaged
from chiso.law.states import State
from chiso.registry.units import Units

UNITS = Units.load()
CONTEXT = Context(home="H01", is_foreign=UNITS.foreign, key=b"k" * 16)
WHOLE = {
    "MaHoSo": "H01.113-261012-00045", "MaTTHC": "2.000815", "TrangThaiHoSo": "9", "KenhThucHien": "2",
    "NgayTiepNhan": "20261012080500", "NgayHenTra": "20261013170000", "NgayKetThucXuLy": "20261012143000",
    "TaiKhoanDuocXacThucVoiVNeID": "1",
    "TaiLieuNop": [{"DuongDanTaiTepTin": "https://dvc.example.vn/1", "DuocSoHoa": "1", "IsDeleted": "0"}],
}  # fmt: skip


def read(told: dict[str, Any], place: str = "data[0]") -> tuple[Dossier, tuple[str, ...]] | None:
    return salvaged(json.dumps(told).encode(), place, CONTEXT)


def test_a_sound_message_is_read_as_the_door_reads_it() -> None:
    arrival = read_body(json.dumps([WHOLE]).encode(), "dossiers", CONTEXT)
    assert read(WHOLE) == (arrival.items[0], ())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("NgayHenTra", "31/02/2026"),
        ("NgayKetThucXuLy", "hôm qua"),
        ("TaiKhoanDuocXacThucVoiVNeID", "có lẽ"),
        ("KenhThucHien", "9"),
        ("DuocThanhToanTrucTuyen", "x"),
        ("DanhSachGiayToKetQua", {"a": 1}),
    ],
)
def test_a_field_that_cannot_be_read_is_not_told(field: str, value: object) -> None:
    broken = {**WHOLE, field: value}
    assert read_body(json.dumps([broken]).encode(), "dossiers", CONTEXT).refusals
    found = read(broken)
    without = read({name: told for name, told in WHOLE.items() if name != field})
    assert found is not None
    assert without is not None
    assert found[0] == without[0]
    assert found[1] == (field,)


def test_inside_lists_only_the_field_is_left_out() -> None:
    found = read({**WHOLE, "TaiLieuNop": [{**WHOLE["TaiLieuNop"][0], "DuocSoHoa": "?"}]})  # type: ignore[dict-item]
    assert found is not None
    assert found[0].has & Has.COMPONENT_FILE
    assert not found[0].has & Has.COMPONENT_DIGITISED


def test_a_procedure_that_is_no_code_is_none() -> None:
    found = read({**WHOLE, "MaTTHC": "chứng thực"})
    assert found is not None
    assert found[0].procedure == ""


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({}, State.FINISHED),
        ({"NgayTra": "20261013080000"}, State.RETURNED),
        ({"NgayKetThucXuLy": ""}, State.PROCESSING),
    ],
)
def test_a_state_that_is_none_follows_from_the_dates(dates: dict[str, str], state: int) -> None:
    found = read({**WHOLE, "TrangThaiHoSo": "xong rồi", **dates})
    assert found is not None
    assert found[0].state == state


def test_rows_of_tables_are_read_as_such_and_were_not_synchronised() -> None:
    row = {"MaHoSo": "H01.113-261012-00045", "MaTTHC": "2.000815", "TrangThaiHoSo": "Đã trả kết quả",
           "NgayTiepNhan": "12/10/2026 08:05", "NgayHenTra": "13/13/2026", "CoTepKetQua": "có"}  # fmt: skip
    found = read(row, "row 17")
    assert found is not None
    assert found[0].state == State.RETURNED
    assert found[0].has & Has.RESULT_FILE
    assert not found[0].has & Has.SYNCED


@pytest.mark.parametrize(
    "told",
    [
        {**WHOLE, "NgayTiepNhan": "hôm qua"},
        {**WHOLE, "NgayTiepNhan": ""},
        {**WHOLE, "MaHoSo": ""},
        {**WHOLE, "MaHoSo": "H44.01-261012-00045"},
        {},
    ],
)
def test_without_code_or_receipt_or_from_elsewhere_there_is_nothing(told: dict[str, Any]) -> None:
    assert read(told) is None


@pytest.mark.parametrize("raw", [b"", b"[1]", b"{", b'"x"', b"\xff\xfe"])
def test_what_is_no_message_is_none(raw: bytes) -> None:
    assert salvaged(raw, "data[0]", CONTEXT) is None
