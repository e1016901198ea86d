"""Column headings as officials write them, and the columns they mean.

Headings are compared folded (no accents, lower case).  A table's kind is the one whose needed columns are all
there and which knows the most of its headings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from chiso.intake.scalars import fold


class Layout(NamedTuple):
    """What a table of one kind must hold: each of ``needed``, a name or alternatives joined by ``|``."""

    columns: dict[str, tuple[str, ...]]
    needed: tuple[str, ...]


_DOSSIER: Final[dict[str, tuple[str, ...]]] = {
    "MaHoSo": ("ma ho so", "so ho so", "ma hs", "ma so ho so", "so hs", "ma ho so dich vu cong"),
    "MaTTHC": ("ma thu tuc", "ma tthc", "ma thu tuc hanh chinh", "ma tthc quoc gia", "ma so thu tuc"),
    "MaLinhVuc": ("ma linh vuc",),
    "KenhThucHien": (
        "hinh thuc nop", "kenh", "kenh thuc hien", "hinh thuc tiep nhan", "kenh nop", "kenh tiep nhan",
        "hinh thuc nop ho so", "nguon tiep nhan", "kenh nop ho so",
    ),
    "NoiNopHoSo": ("noi nop", "noi nop ho so", "cong nop"),
    "LoaiDoiTuong": ("loai doi tuong", "doi tuong", "doi tuong nop"),
    "SoGiayToChuHoSo": (
        "so dinh danh", "cccd", "so cccd", "so giay to", "cmnd/cccd", "so cmnd/cccd", "so dinh danh ca nhan",
        "so giay to chu ho so", "cmnd",
    ),
    "ChuHoSo": ("chu ho so", "nguoi nop", "ho ten", "ho va ten", "ten nguoi nop", "nguoi nop ho so",
                "ten chu ho so", "to chuc, ca nhan nop ho so"),
    "SoDienThoai": ("dien thoai", "so dien thoai", "sdt"),
    "NgayNopHoSo": ("ngay nop", "ngay nop ho so", "thoi gian nop", "ngay gio nop"),
    "NgayTiepNhan": ("ngay tiep nhan", "ngay nhan", "ngay nhan ho so", "ngay tiep nhan ho so",
                     "thoi gian tiep nhan", "thoi diem tiep nhan", "ngay gio tiep nhan"),
    "NgayHenTra": ("ngay hen tra", "ngay hen", "hen tra", "ngay hen tra ket qua", "han tra",
                   "ngay hen tra kq", "han giai quyet", "han xu ly", "thoi gian hen tra", "ngay den han"),
    "NgayKetThucXuLy": ("ngay ket thuc", "ngay ket thuc xu ly", "ngay xu ly xong", "ngay hoan thanh",
                        "ngay co ket qua", "ngay giai quyet xong", "ngay giai quyet", "thoi gian ket thuc"),
    "NgayTra": ("ngay tra", "ngay tra ket qua", "ngay tra kq", "thoi gian tra", "ngay da tra"),
    "NgayTuChoi": ("ngay tu choi",),
    "TrangThaiHoSo": ("trang thai", "trang thai ho so", "tinh trang", "tinh trang ho so", "trang thai xu ly",
                      "tinh trang xu ly"),
    "DonViXuLy": ("don vi xu ly", "don vi", "co quan xu ly", "co quan giai quyet", "don vi giai quyet",
                  "ma don vi", "don vi tiep nhan", "co quan thuc hien", "don vi thuc hien",
                  "ma don vi xu ly"),
    "DuocThanhToanTrucTuyen": ("thanh toan truc tuyen", "da thanh toan truc tuyen", "hinh thuc thanh toan",
                               "thanh toan"),
    "HoSoCoThanhPhanSoHoa": ("so hoa thanh phan ho so", "co so hoa", "da so hoa", "so hoa ho so",
                             "so hoa tphs",                             "co thanh phan so hoa"),
    "TaiKhoanDuocXacThucVoiVNeID": ("vneid", "tai khoan vneid", "xac thuc vneid", "dinh danh vneid"),
    "CoTepKetQua": ("co file ket qua", "file ket qua", "co ket qua dien tu", "ket qua dien tu", "tep ket qua",
                    "co tep ket qua", "so hoa ket qua", "da so hoa ket qua"),
    "CoTepThanhPhan": ("co file thanh phan", "file thanh phan", "tep thanh phan", "co tep thanh phan",
                       "co file dinh kem", "file dinh kem"),
    "TaiSuDung": ("tai su dung", "co tai su dung", "su dung lai", "tai su dung giay to"),
    "LayTuKho": ("lay tu kho", "lay tu kho du lieu", "khai thac tu kho", "kho du lieu dien tu"),
    "Gia": ("phi, le phi", "phi le phi", "le phi", "so tien", "phi", "tong phi", "phi/le phi", "tong le phi"),
    "NgayYeuCauBoSung": ("ngay yeu cau bo sung", "ngay yc bo sung", "ngay dung cho bo sung"),
    "NgayNhanBoSung": ("ngay nhan bo sung", "ngay nop bo sung", "ngay tiep nhan bo sung",
                       "ngay bo sung xong"),
}  # fmt: skip

_PUBLISHED: Final[dict[str, tuple[str, ...]]] = {
    "unit": ("ma_coquan", "ma don vi", "ma co quan", "ma dinh danh", "ma", "code"),
    "name": ("ten_coquan", "ten don vi", "ten co quan", "don vi", "co quan", "ten", "province", "tinh",
             "tinh, thanh pho", "ten tinh", "ten don vi, dia phuong"),
    "department": ("id_coquan", "id", "departmentid"),
    "period": ("ky", "ky danh gia", "ky bao cao"),
    "at": ("date", "ngay", "thoi diem", "ngay so lieu", "thoi diem so lieu"),
    "transparency": ("ckmb", "cong khai, minh bach", "cong khai minh bach", "diem cong khai, minh bach"),
    "processing": ("tdgq", "tien do, ket qua giai quyet", "tien do giai quyet", "tien do giai quyet ho so",
                   "tien do ket qua giai quyet", "tien do"),
    "online_services": ("clgq", "cung cap dich vu truc tuyen", "dich vu cong truc tuyen",
                        "dich vu truc tuyen", "dvctt", "cung cap dich vu cong truc tuyen"),
    "online_payment": ("tttt", "thanh toan truc tuyen"),
    "satisfaction": ("mdhl", "muc do hai long", "hai long"),
    "digitisation": ("mdsh", "so hoa ho so", "muc do so hoa ho so", "muc do so hoa", "so hoa"),
    "total": ("tong_score", "tong diem", "tong", "tong so diem", "diem", "tong cong"),
    "rank": ("row_stt", "xep hang", "hang", "thu hang", "vi tri"),
    "kind": ("cap", "loai"),
    "law": (),
}  # fmt: skip

_PROCEDURE: Final[dict[str, tuple[str, ...]]] = {
    "code": ("ma thu tuc", "ma tthc", "ma"),
    "name": ("ten thu tuc", "ten tthc", "ten thu tuc hanh chinh", "ten"),
    "field": ("linh vuc", "ten linh vuc"),
    "level": ("cap thuc hien", "cap", "cap giai quyet"),
    "online": ("muc do", "muc do dvc", "loai dich vu", "muc do cung cap dich vu", "dvc truc tuyen"),
    "has_fee": ("co phi", "co phi, le phi", "phi, le phi", "thu phi"),
    "returns_paper": ("tra giay to", "co ket qua giay", "tra ket qua giay"),
    "for_person": ("cho ca nhan", "doi tuong ca nhan"),
    "limit_days": ("thoi han", "thoi han giai quyet", "thoi gian giai quyet", "so ngay"),
    "limit_unit": ("don vi tinh", "don vi thoi han"),
    "announced_on": ("ngay cong bo",),
    "effective_on": ("ngay hieu luc",),
    "decision": ("quyet dinh", "so quyet dinh", "quyet dinh cong bo"),
    "published_on": ("ngay cong khai",),
    "complete": ("day du noi dung", "day du"),
    "unit": ("don vi ap dung", "don vi", "don vi thuc hien"),
    "publisher": ("co quan cong bo",),
    "specific": ("dac thu", "tthc dac thu"),
    "state": ("trang thai", "tinh trang"),
    "valid_to": ("ngay het hieu luc",),
}

_LOCAL: Final = ("code", "name", "online", "has_fee", "limit_days", "limit_unit", "decision", "unit", "state",
                 "valid_to")  # fmt: skip

LAYOUTS: Final[dict[str, Layout]] = {
    "dossiers": Layout(
        _DOSSIER, ("MaHoSo", "MaTTHC", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo|NgayKetThucXuLy|NgayTra")
    ),
    "published": Layout(
        _PUBLISHED,
        (
            "unit|department",
            "total|transparency|processing|online_services|online_payment|satisfaction|digitisation|rank",
        ),
    ),
    "procedures": Layout(_PROCEDURE, ("code", "name", "level|online")),
    "local_procedures": Layout(
        {name: _PROCEDURE[name] for name in _LOCAL},
        ("code", "name"),
    ),
    "decisions": Layout(
        {
            "code": ("ma thu tuc", "ma tthc"),
            "decision": ("quyet dinh", "so quyet dinh", "quyet dinh cong bo"),
            "date": ("ngay quyet dinh", "ngay ban hanh", "ngay cong bo"),
            "legal_effective_on": ("ngay hieu luc can cu", "ngay van ban co hieu luc", "ngay hieu luc"),
            "kind": ("loai", "hinh thuc", "loai cong bo"),
            "published_on": ("ngay cong khai",),
        },
        ("code", "decision", "date"),
    ),
    "units": Layout(
        {
            "code": ("ma don vi", "ma", "ma dinh danh"),
            "name": ("ten don vi", "ten"),
            "kind": ("loai", "cap", "loai don vi"),
            "parent": ("don vi cap tren", "ma cha", "ma don vi cap tren"),
            "valid_from": ("hieu luc tu", "tu ngay"),
            "valid_to": ("hieu luc den", "den ngay"),
            "successor": ("don vi ke thua", "ma ke thua"),
            "gso_code": ("ma gso", "ma tong cuc thong ke", "ma hanh chinh"),
        },
        ("code", "name", "kind"),
    ),
    "totals": Layout(
        {
            "unit": ("ma don vi", "don vi"),
            "period": ("ky", "ky bao cao"),
            "received": ("tiep nhan", "so ho so tiep nhan", "tong tiep nhan", "ho so tiep nhan"),
        },
        ("unit", "period", "received"),
    ),
    "band_counts": Layout(
        {
            "at": ("thoi diem", "ngay"),
            "among": ("nhom don vi", "loai don vi", "cap"),
            "under": ("thuoc", "don vi cap tren", "tinh"),
            "band": ("xep loai", "muc xep loai", "loai"),
            "count": ("so luong", "so don vi"),
        },
        ("at", "among", "band", "count"),
    ),
    "documents": Layout(
        {
            "number": ("so van ban", "so hieu", "so, ky hieu", "so ky hieu"),
            "date": ("ngay ban hanh", "ngay", "ngay van ban"),
            "issuer": ("co quan ban hanh", "noi ban hanh"),
            "subject": ("trich yeu", "noi dung"),
            "file": ("tep", "ten tep"),
            "digest": ("sha-256", "ma tep"),
            "withdrawn": ("da thu hoi", "thu hoi"),
        },
        ("number", "date", "issuer|subject"),
    ),
    "targets": Layout(
        {
            "document": ("van ban", "so van ban"),
            "unit": ("ma don vi", "don vi", "don vi thuc hien"),
            "among": ("loai don vi", "nhom don vi"),
            "list": ("danh sach", "ten danh sach"),
            "what": ("chi tieu", "noi dung chi tieu"),
            "threshold": ("muc", "muc yeu cau", "muc tieu"),
            "by": ("han", "thoi han", "den ngay"),
            "at_least": ("toi thieu", "so don vi toi thieu"),
            "period": ("ky", "ky danh gia"),
            "note": ("ghi chu",),
            "withdrawn": ("da thu hoi", "thu hoi"),
        },
        ("document", "unit|among|list", "what", "threshold", "by"),
    ),
    "tasks": Layout(
        {
            "document": ("van ban", "so van ban"),
            "unit": ("ma don vi", "don vi", "don vi thuc hien"),
            "task": ("nhiem vu", "noi dung nhiem vu"),
            "due": ("han", "thoi han", "han hoan thanh"),
            "report": ("bao cao", "noi dung bao cao"),
            "what": ("chi tieu", "do bang"),
            "threshold": ("muc", "muc yeu cau"),
            "period": ("ky", "ky danh gia"),
            "withdrawn": ("da thu hoi", "thu hoi"),
        },
        ("unit", "task", "due"),
    ),
    "unit_lists": Layout(
        {"list": ("danh sach", "ten danh sach"), "unit": ("ma don vi", "don vi")}, ("list", "unit")
    ),
    "alert_rules": Layout(
        {
            "id": ("ma quy tac",),
            "name": ("ten quy tac",),
            "what": ("theo doi",),
            "side": ("phia",),
            "threshold": ("nguong",),
            "clear": ("nguong yen",),
            "unit": ("ma don vi", "don vi"),
            "among": ("loai don vi",),
            "list": ("danh sach",),
            "span": ("khoang",),
            "hold": ("cho",),
            "recover": ("hoi phuc",),
            "weight": ("muc do",),
            "to": ("nguoi nhan",),
            "active": ("dang dung",),
            "silent_until": ("im den",),
        },
        ("id", "name", "what", "side", "threshold"),
    ),
    "petitions": Layout(
        {
            "MaPAKN": ("ma pakn", "ma phan anh", "ma phan anh, kien nghi", "so pakn"),
            "MaDonVi": ("ma don vi", "don vi", "don vi xu ly"),
            "MaHoSo": ("ma ho so",),
            "TrangThai": ("trang thai", "tinh trang"),
            "NgayGui": ("ngay gui",),
            "NgayChuyen": ("ngay chuyen",),
            "NgayTiepNhan": ("ngay tiep nhan",),
            "NgayYeuCauBoSung": ("ngay yeu cau bo sung",),
            "NgayNhanBoSung": ("ngay nhan bo sung",),
            "NgayTuChoi": ("ngay tu choi",),
            "NgayXuLyXong": ("ngay xu ly xong",),
            "NgayCongKhai": ("ngay cong khai",),
            "SoLuotThich": ("so luot thich", "luot thich"),
            "SoLuotKhongThich": ("so luot khong thich", "luot khong thich"),
            "LapLai": ("lap lai",),
            "PhanLoai": ("phan loai",),
        },
        ("MaPAKN", "NgayGui|NgayChuyen|NgayTiepNhan"),
    ),
    "ratings": Layout(
        {
            "MaHoSo": ("ma ho so",),
            "DanhGia": ("danh gia", "muc danh gia", "muc do hai long"),
            "ThoiDiemDanhGia": ("ngay danh gia", "thoi diem danh gia", "thoi gian danh gia"),
        },
        ("MaHoSo", "DanhGia"),
    ),
    "certified_copies": Layout(
        {
            "MaHoSo": ("ma ho so",),
            "NgayChungThuc": ("ngay chung thuc", "thoi diem chung thuc"),
            "So": ("so chung thuc", "so"),
            "QuyenSo": ("quyen so",),
            "ChungThucDienTu": ("chung thuc dien tu", "ban sao dien tu"),
        },
        ("MaHoSo", "NgayChungThuc", "ChungThucDienTu"),
    ),
}

RECOGNISED: Final = tuple(kind for kind in LAYOUTS if kind != "local_procedures")
"""The kinds that a heading may tell.  A list of procedures is the catalogue unless it is said to be local."""

DAYS_AND_INSTANTS: Final = frozenset(
    {name for layout in LAYOUTS.values() for name in layout.columns if name.startswith("Ngay")}
    | {"at", "by", "date", "due", "announced_on", "effective_on", "published_on", "legal_effective_on",
       "valid_from",       "valid_to", "ThoiDiemDanhGia"}
)  # fmt: skip
"""Columns in which a bare number is a spreadsheet's day."""

_BY_HEADING: Final[dict[str, dict[str, str]]] = {
    kind: {
        heading: column
        for column, synonyms in layout.columns.items()
        for heading in (fold(column), fold(column).replace("_", " "), *synonyms)
    }
    for kind, layout in LAYOUTS.items()
}
_NOISE: Final = re.compile(r"\s*(?:\((?:vnd|dong|%|\d{1,2}|[dmyhgips/ :.-]{2,30})\)|\*|:)\s*$")


def plain(heading: object) -> str:
    """A heading folded, without notes such as "(dd/mm/yyyy)", "(5)" or an asterisk behind it."""
    text = fold(str(heading)) if heading is not None else ""
    return _NOISE.sub("", text).strip()


class Found(NamedTuple):
    """How a row reads as the heading of a kind of table."""

    kind: str
    columns: dict[int, str]
    """position → column"""
    missing: tuple[str, ...]

    @property
    def known(self) -> int:
        return len(self.columns)


def read_heading(row: Sequence[object], kind: str, mapping: Mapping[str, str]) -> Found:
    """A row as the heading of a table of ``kind``; ``mapping`` (folded heading → column) goes first."""
    layout = LAYOUTS[kind]
    known = _BY_HEADING[kind]
    columns: dict[int, str] = {}
    for position, cell in enumerate(row):
        if not isinstance(cell, str) or len(cell) > 200:
            continue
        heading = plain(cell)
        column = mapping.get(fold(cell)) or mapping.get(heading) or known.get(heading)
        if column in layout.columns and column not in columns.values():
            columns[position] = column
    held = set(columns.values())
    missing = tuple(needed for needed in layout.needed if not held & set(needed.split("|")))
    return Found(kind, columns, missing)


def best_heading(row: Sequence[object], kinds: Sequence[str], mapping: Mapping[str, str]) -> Found | None:
    """The kind that a row heads: complete before incomplete, then the most columns known."""
    found = [read_heading(row, kind, mapping) for kind in kinds]
    found = [one for one in found if one.columns]
    return max(found, key=lambda one: (not one.missing, one.known, -len(one.missing)), default=None)


def shown_column(kind: str, needed: str) -> str:
    """A needed column in words: its first Vietnamese heading and its name."""
    names = []
    for name in needed.split("|"):
        synonyms = LAYOUTS[kind].columns[name]
        names.append(f"{name} ({VIETNAMESE.get(name, synonyms[0] if synonyms else name)})")
    return " / ".join(names)


VIETNAMESE: Final = {
    "MaHoSo": "Mã hồ sơ",
    "MaTTHC": "Mã thủ tục",
    "NgayTiepNhan": "Ngày tiếp nhận",
    "NgayHenTra": "Ngày hẹn trả",
    "NgayKetThucXuLy": "Ngày kết thúc",
    "NgayTra": "Ngày trả",
    "TrangThaiHoSo": "Trạng thái",
    "unit": "Mã đơn vị",
    "department": "ID",
    "code": "Mã",
    "name": "Tên",
    "total": "Tổng điểm",
}
