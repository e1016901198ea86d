"""Local records beside the dossiers: petitions, ratings, payments, certified e-copies, store records.

Forms: national-api, sections 3.3, 6 and 7.  Names, telephones, comments and file names in them are not read.
"""

from __future__ import annotations

import re
from typing import Final

from chiso.intake import scalars
from chiso.intake.objects import Fields, Reader
from chiso.intake.records import CertifiedCopy, Payment, Petition, Rating, StoreRecord
from chiso.intake.refusals import RefusedError

_DOSSIER_WITHIN: Final = re.compile(r"[0-9A-Za-z.]{2,30}-\d{6}-\d{1,12}")

_LEVELS: Final = {
    "rat hai long": 2,
    "rat_hai_long": 2,
    "2": 2,
    "hai long": 1,
    "hai_long": 1,
    "1": 1,
    "khong hai long": 0,
    "khong_hai_long": 0,
    "chua hai long": 0,
    "0": 0,
}

_STORED: Final = ("NgayLuuKho", "NgayDongBo", "NgayCap", "NgayTra")


def petition(fields: Fields) -> Petition:
    """PAKN.  Without a code in MaDonVi it counts at the province; it must say when it came in."""
    code = fields.key("MaPAKN")
    unit = fields.scalar("MaDonVi")
    home = fields.context.home
    found = Petition(
        code,
        fields.unit("MaDonVi") if unit is not None else home,
        state_word(fields.text("TrangThai", 60)),
        sent_at=fields.instant("NgayGui"),
        forwarded_at=fields.instant("NgayChuyen"),
        received_at=fields.instant("NgayTiepNhan"),
        requested_at=fields.instant("NgayYeuCauBoSung"),
        supplied_at=fields.instant("NgayNhanBoSung"),
        refused_at=fields.instant("NgayTuChoi"),
        resolved_at=fields.instant("NgayXuLyXong"),
        published_at=fields.instant("NgayCongKhai"),
        dossier=fields.dossier(required=False),
        likes=fields.whole("SoLuotThich", 0),
        dislikes=fields.whole("SoLuotKhongThich", 0),
        repeated=fields.flag("LapLai"),
        about=_about(fields.text("PhanLoai", 100)),
    )
    if found.sent_at is None and found.forwarded_at is None and found.received_at is None:
        raise RefusedError("NgayTiepNhan", "", "missing")
    return found


def state_word(text: str) -> str:
    """A state as one folded word: "Đã công khai" and "da_cong_khai" alike."""
    return re.sub(r"[^0-9a-z]+", "_", scalars.fold(text)).strip("_")


def _about(text: str) -> str:
    folded = scalars.fold(text)
    if any(word in folded for word in ("staff", "can bo", "cong chuc", "hanh vi", "thai do")):
        return "staff"
    if any(word in folded for word in ("procedure", "tthc", "thu tuc", "quy dinh")):
        return "procedure"
    return ""


def rating(fields: Fields) -> Rating:
    """DanhGiaHaiLong."""
    dossier = fields.dossier()
    word = scalars.text(fields.scalar("DanhGia"))
    if not word:
        raise RefusedError("DanhGia", "", "missing")
    level = _LEVELS.get(scalars.fold(word))
    if level is None:
        allowed = "RẤT HÀI LÒNG, HÀI LÒNG, KHÔNG HÀI LÒNG"
        raise RefusedError("DanhGia", word, "unknown_code", allowed=allowed)
    at = fields.instant("ThoiDiemDanhGia")
    return Rating(dossier, fields.instant("ThoiGianDanhGia") if at is None else at, level)


def payment(fields: Fields) -> Payment:
    """A CONFIRM of the payment platform; MaLoi "00" is success.

    The dossier stands in MaHoSo, in ThongTinBienLai, or somewhere in the text of ThongTinGiaoDich.
    """
    kind = fields.key("LoaiBanTin", 30)
    if kind.upper() != "CONFIRM":
        raise RefusedError("LoaiBanTin", kind, "unknown_code", allowed="CONFIRM")
    reference = fields.key("MaThamChieu")
    receipt = fields.given.get("ThongTinBienLai")
    if not fields.given.get("MaHoSo") and isinstance(receipt, dict) and receipt.get("MaHoSo"):
        fields.given = {**fields.given, "MaHoSo": receipt["MaHoSo"]}
    if not fields.given.get("MaHoSo"):
        told = _DOSSIER_WITHIN.search(scalars.text(fields.scalar("ThongTinGiaoDich"))[:2000])
        fields.kept.pop("ThongTinGiaoDich", None)
        if told:
            fields.given = {**fields.given, "MaHoSo": told[0]}
    dossier = fields.dossier(required=False)
    amount = fields.scalar("SoTien")
    paid = scalars.price(amount)
    if paid is None:
        raise RefusedError("SoTien", amount, "missing" if amount is None else "bad_number")
    succeeded = fields.text("MaLoi", 10) == "00"
    return Payment(reference, dossier, fields.instant("ThoiGianGD"), paid, succeeded)


def certified_copy(fields: Fields) -> CertifiedCopy:
    """HoSoChungThuc; its number is So and, where given, the book QuyenSo."""
    dossier = fields.dossier()
    number = f"{fields.text('So', 50)} {fields.text('QuyenSo', 50)}".strip()
    number = number or fields.text("SoChungThucDienTu", 50)
    electronic = fields.flag("ChungThucDienTu") or fields.flag("DaChungThucDienTu")
    return CertifiedCopy(dossier, number, fields.instant("NgayChungThuc"), electronic)


def store_record(fields: Fields) -> StoreRecord:
    """A push to the national e-document store; its instant is the first of NgayLuuKho, NgayDongBo, NgayCap,
    NgayTra that is told."""
    dossier = fields.dossier()
    instants = [fields.instant(name) for name in _STORED]
    return StoreRecord(dossier, next((at for at in instants if at is not None), None))


READERS: Final[dict[str, Reader]] = {
    "petitions": petition,
    "ratings": rating,
    "payments": payment,
    "certified_copies": certified_copy,
    "store_records": store_record,
}
