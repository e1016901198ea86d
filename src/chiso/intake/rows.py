"""A row of a one-stop system's dossier table as the national message it would have been.

Words stand where the messages have codes: states, channels, ways of paying.  A yes in "paid online" says that
it was paid online, not where: it reads as the agency's own gateway (2), which scores the same.  A row
without a state is returned (10), finished (9) or being handled (4) as its dates tell.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from chiso.intake import scalars
from chiso.intake.refusals import RefusedError
from chiso.intake.shapes import Component, DossierMessage, Fee, Result, Scalar, SupplementRequest

_STATES: Final = {
    "moi dang ky": 1, "moi nop": 1, "cho tiep nhan": 1, "chua tiep nhan": 1,
    "duoc tiep nhan": 2, "da tiep nhan": 2, "moi tiep nhan": 2, "tiep nhan": 2, "da nhan": 2,
    "khong duoc tiep nhan": 3, "khong tiep nhan": 3, "tu choi": 3, "bi tu choi": 3,
    "dang xu ly": 4, "dang giai quyet": 4, "dang thu ly": 4, "chua xu ly": 4, "chua giai quyet": 4,
    "yeu cau bo sung": 5, "cho bo sung": 5, "dang cho bo sung": 5, "bo sung": 5, "tam dung cho bo sung": 5,
    "yeu cau thuc hien nghia vu tai chinh": 6, "nghia vu tai chinh": 6, "cho thanh toan": 6, "cho nop phi": 6,
    "cong dan yeu cau rut ho so": 7, "yeu cau rut": 7, "rut ho so": 7, "da rut": 7, "xin rut": 7,
    "dung xu ly": 8, "tam dung": 8, "tra lai": 8, "khong giai quyet": 8, "da huy": 8, "huy": 8,
    "da xu ly": 9, "xu ly xong": 9, "da giai quyet": 9, "giai quyet xong": 9, "hoan thanh": 9,
    "da hoan thanh": 9, "da co ket qua": 9, "co ket qua": 9, "cho tra ket qua": 9, "cho tra": 9,
    "da tra": 10, "tra ket qua": 10, "da tra ket qua": 10,
}  # fmt: skip
_CHANNELS: Final = {
    "truc tuyen": 2, "online": 2, "qua mang": 2, "dvc truc tuyen": 2, "dich vu cong": 2, "cong dvc": 2,
    "nop truc tuyen": 2, "cong dich vu cong": 2,
    "truc tiep": 1, "tai quay": 1, "mot cua": 1, "bo phan mot cua": 1, "nop truc tiep": 1,
    "buu chinh": 3, "buu dien": 3, "bcci": 3, "qua buu chinh": 3, "dich vu bcci": 3,
}  # fmt: skip
_PAYMENTS: Final = {
    "khong": 0, "chua": 0, "tien mat": 0, "chuyen khoan": 0, "truc tiep": 0, "mien phi": 0, "khong thu": 0,
    "false": 0,
    "cong dvc quoc gia": 1, "cong dvcqg": 1, "dvcqg": 1, "qua cong dich vu cong quoc gia": 1,
    "co": 2, "x": 2, "da thanh toan": 2, "truc tuyen": 2, "true": 2, "online": 2, "thanh toan truc tuyen": 2,
    "yeu cau": 3,
}  # fmt: skip
_SUBJECTS: Final = {
    "cong dan": 1, "ca nhan": 1, "nguoi dan": 1, "doanh nghiep": 2, "co quan nha nuoc": 3, "co quan": 3,
    "to chuc": 4, "khac": 4,
}  # fmt: skip
_PLACES: Final = {"cong dvc quoc gia": 1, "cong dich vu cong quoc gia": 1, "dvcqg": 1, "cong dvcqg": 1}

_PLAIN: Final = {
    "MaHoSo": "code",
    "MaTTHC": "procedure",
    "MaLinhVuc": "field_code",
    "SoGiayToChuHoSo": "owner_number",
    "ChuHoSo": "owner_name",
    "SoDienThoai": "owner_phone",
    "NgayNopHoSo": "submitted_at",
    "NgayTiepNhan": "received_at",
    "NgayHenTra": "due_at",
    "NgayKetThucXuLy": "finished_at",
    "NgayTra": "returned_at",
    "NgayTuChoi": "refused_at",
    "DonViXuLy": "unit",
    "HoSoCoThanhPhanSoHoa": "digitised",
    "TaiKhoanDuocXacThucVoiVNeID": "vneid",
}
_TOLD: Final = "#told"
"""Stands for a file that the table says exists."""


def message_of_row(record: dict[str, Any]) -> DossierMessage:
    """The message of one row (column → cell).  Raises RefusedError where a word is not known."""
    row: dict[str, Scalar] = record
    message = DossierMessage()
    for name, value in row.items():
        if name in _PLAIN:
            setattr(message, _PLAIN[name], value)
    message.state = _state(row)
    message.channel = _code(row.get("KenhThucHien"), "KenhThucHien", _CHANNELS, ("1", "2", "3"))
    message.payment = _code(
        row.get("DuocThanhToanTrucTuyen"), "DuocThanhToanTrucTuyen", _PAYMENTS, ("0", "1", "2", "3")
    )
    message.subject = _code(row.get("LoaiDoiTuong"), "LoaiDoiTuong", _SUBJECTS, ("1", "2", "3", "4"), "4")
    message.filed = _code(row.get("NoiNopHoSo"), "NoiNopHoSo", _PLACES, ("1", "2"), "2")
    if _exists(row.get("CoTepKetQua"), "CoTepKetQua"):
        message.results = [Result("", _link(row["CoTepKetQua"]))]
    file = _exists(row.get("CoTepThanhPhan"), "CoTepThanhPhan")
    reused = _exists(row.get("TaiSuDung"), "TaiSuDung")
    stored = _exists(row.get("LayTuKho"), "LayTuKho")
    if file or reused or stored:
        link = _link(row["CoTepThanhPhan"], "c") if file else ""
        message.components = [Component("", "-", link, "", "1" if reused else "", "1" if stored else "")]
    if row.get("Gia") is not None:
        message.fees = [Fee(row["Gia"])]
    requested, supplied = row.get("NgayYeuCauBoSung"), row.get("NgayNhanBoSung")
    if requested is not None or supplied is not None:
        message.supplements = [SupplementRequest("1", requested or "", supplied or "")]
    return message


def _state(row: dict[str, Scalar]) -> Scalar:
    value = row.get("TrangThaiHoSo")
    word = _folded(value)
    if not word:
        if row.get("NgayTra") is not None:
            return "10"
        return "9" if row.get("NgayKetThucXuLy") is not None else "4"
    if word.replace(".", "").isdigit():
        return value
    found = _word(word, _STATES)
    if found is None:
        raise RefusedError("TrangThaiHoSo", value, "unknown_state")
    return str(found)


def _code(
    value: Scalar, field: str, words: dict[str, int], codes: tuple[str, ...], other: str | None = None
) -> str:
    word = _folded(value)
    if not word:
        return ""
    if word in codes:
        return word
    found = _word(word, words)
    if found is not None:
        return str(found)
    if other is not None:
        return other
    raise RefusedError(field, value, "unknown_code", allowed=", ".join((*codes, *words)))


def _word(word: str, words: dict[str, int]) -> int | None:
    """The code of the longest known phrase with which the word begins ("đã giải quyết đúng hạn")."""
    while word:
        if (found := words.get(word)) is not None:
            return found
        word = word.rpartition(" ")[0]
    return None


def _folded(value: Scalar) -> str:
    if value is None or value == "":
        return ""
    text = scalars.text(value)
    return _fold_short(text) if len(text) <= 80 else scalars.fold(text[:500])


_fold_short = lru_cache(maxsize=10_000)(scalars.fold)


def _exists(value: Scalar, field: str) -> bool:
    """Whether a file is said to exist: a flag, a count, or the link itself."""
    if value is None:
        return False
    try:
        return scalars.flag(value, field)
    except RefusedError:
        if isinstance(value, int | float):
            return value > 0
        text = scalars.fold(str(value))
        if text.startswith(("chua", "khong")):
            return False
        if text.startswith(("co", "da")) or "/" in text or "." in text or text.isdigit():
            return True
        raise


def _link(value: Scalar, kind: str = "r") -> str:
    text = scalars.text(value)
    return text if "/" in text else f"{_TOLD}-{kind}"
