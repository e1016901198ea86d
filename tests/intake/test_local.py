from __future__ import annotations

from typing import Any

import pytest

from chiso.instants import parse_instant
from chiso.intake.doors import read_body
from chiso.intake.records import Arrival, CertifiedCopy, Payment, Petition, Rating, StoreRecord

from .samples import context, encode

PETITION = {
    "MaPAKN": "PAKN.20260905.0007",
    "MaHoSo": "",
    "MaDonVi": "H01.08",
    "NguonTiepNhan": "pakn",
    "TrangThai": "Đã công khai",
    "NgayGui": "20260904070000",
    "NgayChuyen": "20260905080000",
    "NgayTiepNhan": "20260905090000",
    "NgayXuLyXong": "20260910090000",
    "NgayCongKhai": "20260911090000",
    "SoLuotThich": 4,
    "SoLuotKhongThich": "1",
    "LapLai": False,
    "HoTen": "Lê Thị Thử Nghiệm",
    "NoiDung": "kể chuyện bà Nghiệm",
    "PhanLoai": "Hành vi của cán bộ",
}
RATING = {
    "MaHoSo": "H01.120-260911-00812",
    "LoaiDanhGia": "CongDan",
    "NguoiDanhGia": "Lê Thị Thử Nghiệm",
    "DanhGia": "KHÔNG HÀI LÒNG",
    "NoiDungDanhGia": "chờ lâu",
    "ThoiDiemDanhGia": "20260915100000",
}
PAYMENT = {
    "LoaiBanTin": "CONFIRM",
    "MaLoi": "00",
    "MaThamChieu": "AGG-0001",
    "SoTien": "15000",
    "ThoiGianGD": "20260911081000",
    "ThongTinGiaoDich": "Le Thi Nghiem nop cho H01.120-260911-00812 le phi",
    "MaXacThuc": "ab12",
}
COPY = {
    "MaHoSo": "H01.120-260911-00812",
    "LaHoSoChungThuc": True,
    "ChungThucDienTu": "1",
    "So": "57",
    "QuyenSo": "02/2026-SCT/BS",
    "NgayChungThuc": "20260911110000",
    "DuongDanTep": "https://tep.example.vn/nghiem",
}
STORE = {
    "MaHoSo": "H01.120-260911-00812",
    "MaTTHC": "1.004873",
    "MaChuGiayTo": "089199001234",
    "TrangThaiHoSo": "9",
    "TenGiayToKetQua": "Giấy của bà Nghiệm",
    "SoKyHieu": "57/XN",
    "NgayCap": "20260914",
}


def read(kind: str | None, *records: Any) -> Arrival:
    return read_body(encode(list(records)), kind, context())


def test_a_petition() -> None:
    assert read(None, PETITION).items == [
        Petition(
            "PAKN.20260905.0007",
            "H01.08",
            "da_cong_khai",
            sent_at=parse_instant("2026-09-04T07:00"),
            forwarded_at=parse_instant("2026-09-05T08:00"),
            received_at=parse_instant("2026-09-05T09:00"),
            resolved_at=parse_instant("2026-09-10T09:00"),
            published_at=parse_instant("2026-09-11T09:00"),
            likes=4,
            dislikes=1,
            about="staff",
        )
    ]


def test_a_petition_without_a_unit_is_the_province_s() -> None:
    (found,) = read("petitions", PETITION | {"MaDonVi": ""}).items
    assert isinstance(found, Petition)
    assert found.unit == "H01"


@pytest.mark.parametrize(
    ("word", "level"),
    [("RẤT HÀI LÒNG", 2), ("Hài lòng", 1), ("khong hai long", 0), ("KHÔNG HÀI LÒNG", 0), ("2", 2), (0, 0)],
)
def test_ratings(word: Any, level: int) -> None:
    assert read(None, RATING | {"DanhGia": word}).items == [
        Rating("H01.120-260911-00812", parse_instant("2026-09-15T10:00"), level)
    ]


def test_a_payment_finds_its_dossier() -> None:
    meant = Payment("AGG-0001", "H01.120-260911-00812", parse_instant("2026-09-11T08:10"), 15000, True)
    assert read(None, PAYMENT).items == [meant]
    assert read(None, PAYMENT | {"ThongTinGiaoDich": "", "MaHoSo": meant.dossier}).items == [meant]
    receipt = {"ThongTinGiaoDich": "?", "ThongTinBienLai": {"MaHoSo": meant.dossier}}
    assert read(None, PAYMENT | receipt).items == [meant]
    (failed,) = read(None, PAYMENT | {"MaLoi": "99", "SoTien": "15.000 đồng"}).items
    assert isinstance(failed, Payment)
    assert not failed.succeeded
    assert failed.amount == 15000


def test_certified_copies_and_store_records() -> None:
    assert read(None, COPY).items == [
        CertifiedCopy("H01.120-260911-00812", "57 02/2026-SCT/BS", parse_instant("2026-09-11T11:00"), True)
    ]
    assert read(None, STORE).items == [StoreRecord("H01.120-260911-00812", parse_instant("2026-09-14"))]


@pytest.mark.parametrize(
    ("kind", "record", "field", "reason"),
    [
        ("petitions", PETITION | {"MaPAKN": ""}, "MaPAKN", "missing"),
        ("petitions", PETITION | {"MaDonVi": "H22.01"}, "MaDonVi", "other_province"),
        ("petitions", PETITION | {"NgayXuLyXong": "20260931"}, "NgayXuLyXong", "impossible_date"),
        (
            "petitions",
            PETITION | dict.fromkeys(("NgayGui", "NgayChuyen", "NgayTiepNhan")),
            "NgayTiepNhan",
            "missing",
        ),
        ("petitions", PETITION | {"SoLuotThich": -1}, "SoLuotThich", "bad_number"),
        ("ratings", RATING | {"DanhGia": "tạm"}, "DanhGia", "unknown_code"),
        ("ratings", RATING | {"MaHoSo": "H22-1"}, "MaHoSo", "other_province"),
        ("payments", PAYMENT | {"LoaiBanTin": "INIT"}, "LoaiBanTin", "unknown_code"),
        ("payments", PAYMENT | {"SoTien": "nhiều"}, "SoTien", "bad_number"),
        ("certified_copies", COPY | {"MaHoSo": None}, "MaHoSo", "missing"),
        ("store_records", STORE | {"MaHoSo": ["x"]}, "MaHoSo", "wrong_type"),
    ],
)
def test_refusals(kind: str, record: Any, field: str, reason: str) -> None:
    arrival = read(kind, record, 5)
    assert [(one.field, one.reason) for one in arrival.refusals] == [(field, reason), ("", "not_a_record")]
    assert arrival.items == []


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("petitions", PETITION),
        ("ratings", RATING),
        ("payments", PAYMENT),
        ("certified_copies", COPY),
        ("store_records", STORE),
    ],
)
def test_payloads_read_again_and_hold_nothing_personal(kind: str, record: dict[str, Any]) -> None:
    first = read(None, record)
    assert first.kind == kind
    again = read_body(first.payload, kind, context())
    assert again.items == first.items
    assert again.payload == first.payload
    for personal in ("Nghiem", "Nghiệm", "089199001234", "chờ lâu", "tep.example"):
        assert personal not in first.payload.decode()


def test_an_object_instead_of_an_array() -> None:
    assert read_body(encode(RATING), "ratings", context()).items == read(None, RATING).items
    assert read_body(encode({"data": [RATING]}), "ratings", context()).items == read(None, RATING).items
