"""Messages to test with.  Persons, files and numbers are invented."""

from __future__ import annotations

import json
from typing import Any

from chiso.intake.context import Context
from chiso.registry.codes import province_of

KEY = b"a key of thirty-two bytes, no less"


def is_foreign(code: str) -> bool:
    province = province_of(code)
    return province is not None and province not in {"H01", "H33"}


def context(**changes: Any) -> Context:
    given: dict[str, Any] = {"home": "H01", "is_foreign": is_foreign, "key": KEY, "sender": "một cửa"}
    return Context(**(given | changes))


def dossier(**changes: Any) -> dict[str, Any]:
    """A whole dossier message; a change to ``...`` takes the field away."""
    message: dict[str, Any] = {
        "MaHoSo": "H01.120-260911-00812",
        "MaTTHC": "1.004873",
        "TenTTHC": "Xác nhận tình trạng hôn nhân",
        "MaLinhVuc": "G15-TP02",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "2",
        "NoiNopHoSo": "2",
        "ChuHoSo": "Lê Thị Thử Nghiệm",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "tech-77812",
        "SoGiayToChuHoSo": "089199001234",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "089199001234"}],
        "ThongTinKhac": "gọi bác Sáu",
        "Email": "thu.nghiem@example.vn",
        "Fax": "02963000111",
        "SoDienThoai": "0911222333",
        "TrichYeuHoSo": "Xin xác nhận cho bà Thử Nghiệm",
        "NgayNopHoSo": "20260911071500",
        "NgayTiepNhan": "20260911080000",
        "NgayHenTra": "20260916170000",
        "NgayKetThucXuLy": "20260914093000",
        "NgayTra": "",
        "NgayTuChoi": "",
        "TrangThaiHoSo": "9",
        "ThongTinTra": "trả tại nhà bà Nghiệm",
        "HinhThuc": "0",
        "DonViXuLy": "UBND xã thử nghiệm",
        "GhiChu": "khách quen",
        "HoSoCoThanhPhanSoHoa": "1",
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "DuocThanhToanTrucTuyen": "1",
        "DSKetNoiCSDL": [{"MaCSDL": "7"}],
        "TaiLieuNop": [
            {
                "TepDinhKemId": "a1",
                "TenTepDinhKem": "to_khai_thu_nghiem.pdf",
                "IsDeleted": "False",
                "MaThanhPhanHoSo": "KQ.G15.000077",
                "DuongDanTaiTepTin": "https://tep.example.vn/thu-nghiem/a1",
                "DuocSoHoa": "1",
                "DuocTaiSuDung": "0",
                "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": None,
            }
        ],
        "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "2", "HinhThucThu": "1", "Gia": "15000"}],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [
            {
                "TenGiayTo": "giay_xac_nhan_thu_nghiem.pdf",
                "MaThanhPhanHoSo": "",
                "GiayToId": "k1",
                "MaGiayToKetQua": "KQ.G15.000099",
                "DuongDanTepTinKetQua": "https://tep.example.vn/thu-nghiem/k1",
            }
        ],
    }
    message |= changes
    return {name: value for name, value in message.items() if value is not ...}


def step(**changes: Any) -> dict[str, Any]:
    message: dict[str, Any] = {
        "MaHoSo": "H01.120-260911-00812",
        "NguoiXuLy": "Phan Văn Cán Bộ",
        "ChucDanh": "Công chức tư pháp",
        "ThoiDiemXuLy": "20260911080000",
        "PhongBanXuLy": "Bộ phận một cửa",
        "NoiDungXuLy": "Tiếp nhận của bà Nghiệm",
        "TrangThai": "2",
        "NgayBatDau": "",
        "NgayKetThucTheoQuyDinh": "20260916170000",
    }
    message |= changes
    return {name: value for name, value in message.items() if value is not ...}


def envelope(data: Any, service: str = "DongBoHoSoMC", **changes: Any) -> dict[str, Any]:
    return {
        "session": "s-1",
        "madonvi": "H01",
        "service": service,
        "isUpdating": "False",
        "data": data,
    } | changes


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


PERSONAL = (
    "Thử Nghiệm", "Nghiệm", "089199001234", "thu.nghiem@example.vn", "0911222333", "02963000111",
    "tech-77812",
    "bác Sáu", "khách quen", "thu_nghiem", "thu-nghiem", "tep.example.vn",
)  # fmt: skip
"""What of the sample messages must never be written down."""
