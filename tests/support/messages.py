"""Messages told to a folder as a sender tells them."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from chiso.folder import DataFolder
from chiso.instants import moment_of
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import Dossier, Has
from chiso.ledger.receipt import Receipt


def stamp(at: int) -> str:
    return f"{moment_of(at):%Y%m%d%H%M%S}"


def dossier(
    code: str, received: int, due: int | None = None, ended: int | None = None, **more: Any
) -> dict[str, Any]:
    """A dossier of Chứng thực bản sao, finished where ``ended`` is given."""
    return {
        "MaHoSo": code,
        "MaTTHC": "2.000815",
        "KenhThucHien": "2",
        "NoiNopHoSo": "2",
        "LoaiDoiTuong": "1",
        "ChuHoSo": "Nguyễn Văn A",
        "NgayTiepNhan": stamp(received),
        "NgayHenTra": stamp(due) if due else "",
        "NgayKetThucXuLy": stamp(ended) if ended else "",
        "TrangThaiHoSo": "9" if ended else "4",
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachGiayToKetQua": [],
        **more,
    }


def again(record: Dossier, **changes: Any) -> dict[str, Any]:
    """The message that makes a dossier as it is known, with changes of the record's fields or its bits."""
    bits = int(changes.pop("bits", 0))
    has = Has(record.has | bits)
    told = msgspec.structs.replace(record, **changes)

    def at(instant: int | None) -> str:
        return "" if instant is None else stamp(instant)

    def flag(bit: Has) -> str:
        return "1" if has & bit else "0"

    shown = Has.COMPONENT_FILE | Has.COMPONENT_DIGITISED | Has.COMPONENT_REUSED | Has.COMPONENT_FROM_STORE
    component = {
        "TepDinhKemId": "1",
        "TenTepDinhKem": "a.pdf",
        "IsDeleted": "False",
        "MaThanhPhanHoSo": "KQ.1",
        "DuongDanTaiTepTin": "https://tep.example.vn/a" if has & Has.COMPONENT_FILE else "",
        "DuocSoHoa": flag(Has.COMPONENT_DIGITISED),
        "DuocTaiSuDung": flag(Has.COMPONENT_REUSED),
        "DuocLayTuKhoDMQG": flag(Has.COMPONENT_FROM_STORE),
    }
    fee = {"TenPhiLePhi": "Phí", "MaPhiLePhi": "1", "Gia": "4000" if has & Has.FEE_NONZERO else "0"}
    return {
        "MaHoSo": told.code,
        "MaTTHC": told.procedure,
        "KenhThucHien": str(told.channel),
        "NoiNopHoSo": str(told.filed) if told.filed else "",
        "LoaiDoiTuong": str(told.subject) if told.subject else "",
        "ChuHoSo": "Nguyễn Văn A",
        "DonViXuLy": told.unit,
        "NgayTiepNhan": at(told.received_at),
        "NgayHenTra": at(told.due_at),
        "NgayKetThucXuLy": at(told.finished_at),
        "NgayTra": at(told.returned_at),
        "NgayTuChoi": at(told.refused_at),
        "TrangThaiHoSo": str(told.state),
        "HoSoCoThanhPhanSoHoa": flag(Has.DIGITISED_FLAG),
        "TaiKhoanDuocXacThucVoiVNeID": flag(Has.VNEID),
        "DuocThanhToanTrucTuyen": str(told.payment),
        "DSKetNoiCSDL": [{"MaCSDL": one} for one in told.databases],
        "TaiLieuNop": [component] if has & shown else [],
        "DanhSachLePhi": [fee] if has & Has.FEE_LISTED else [],
        "DanhSachHoSoBoSung": [
            {
                "HoSoBoSungId": one.id,
                "NgayBoSung": at(one.requested_at),
                "NgayTiepNhanBoSung": at(one.completed_at),
            }
            for one in told.supplements
        ],
        "DanhSachGiayToKetQua": [{"TenGiayTo": "b.pdf", "DuongDanTepTinKetQua": "https://tep.example.vn/b"}]
        if has & Has.RESULT_FILE
        else [],
    }


def record_of(folder: DataFolder, code: str) -> Dossier:
    """A dossier as its newest message told it."""
    number = folder.ledger.ids([code])[code]
    message = folder.ledger.facts([number])[number].message
    assert message is not None
    return message


def tell(
    folder: DataFolder, kind: str, *items: dict[str, Any], known_at: int | None = None, take: bool = True
) -> Receipt:
    """Accepts items in a folder; with ``take`` the folder takes them in as its own writer's."""
    context = Context(
        home="H01", is_foreign=folder.registry.units.foreign, key=folder.ledger.keys.hashing, sender="thử"
    )
    arrival = read_body(json.dumps(items).encode(), kind, context)
    assert arrival.refusals == []
    arrival.known_at = known_at
    receipt = folder.ledger.accept([arrival], folder.now())
    if take:
        folder.take(receipt)
    return receipt
