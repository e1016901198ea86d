"""The national messages as they are decoded, and, once made anonymous, as they are written down again.

Only what stands here is read; every other field (free text, file names, addresses) is skipped while decoding
and so never kept.  Field names and meanings: the senders' own code (national-api, sections 2 and 3).
"""

from __future__ import annotations

from msgspec import Raw, Struct, field

Scalar = str | int | float | bool | None


class Component(Struct, omit_defaults=True, gc=False):
    """A paper handed in (TaiLieuNop[], DanhSachGiayToBoSung[])."""

    deleted: Scalar = field(name="IsDeleted", default="")
    paper: Scalar = field(name="MaThanhPhanHoSo", default="")
    link: Scalar = field(name="DuongDanTaiTepTin", default="")
    digitised: Scalar = field(name="DuocSoHoa", default="")
    reused: Scalar = field(name="DuocTaiSuDung", default="")
    from_store: Scalar = field(name="DuocLayTuKhoDMQG", default="")


class Fee(Struct, omit_defaults=True, gc=False):
    """A fee (DanhSachLePhi[], DanhSachLePhiBoSung[])."""

    price: Scalar = field(name="Gia", default="")


class Database(Struct, omit_defaults=True, gc=False):
    """A database that was queried (DSKetNoiCSDL[])."""

    code: Scalar = field(name="MaCSDL", default="")


class Identity(Struct, omit_defaults=True, gc=False):
    """A number of the owner (DinhDanhCHS[])."""

    kind: Scalar = field(name="LoaiDinhDanh", default="")
    number: Scalar = field(name="SoDinhDanh", default="")


class Result(Struct, omit_defaults=True, gc=False):
    """A result (DanhSachGiayToKetQua[])."""

    code: Scalar = field(name="MaGiayToKetQua", default="")
    link: Scalar = field(name="DuongDanTepTinKetQua", default="")


class SupplementRequest(Struct, omit_defaults=True, gc=False):
    """A request to supplement (DanhSachHoSoBoSung[])."""

    id: Scalar = field(name="HoSoBoSungId", default="")
    requested_at: Scalar = field(name="NgayBoSung", default="")
    completed_at: Scalar = field(name="NgayTiepNhanBoSung", default="")
    due_before: Scalar = field(name="NgayHenTraTruoc", default="")
    due_after: Scalar = field(name="NgayHenTraMoi", default="")
    components: list[Component] | str | None = field(name="DanhSachGiayToBoSung", default="")
    fees: list[Fee] | str | None = field(name="DanhSachLePhiBoSung", default="")


class DossierMessage(Struct, omit_defaults=True, gc=False):
    """One dossier (an element of ``data`` of DongBoHoSoMC)."""

    code: Scalar = field(name="MaHoSo", default="")
    procedure: Scalar = field(name="MaTTHC", default="")
    field_code: Scalar = field(name="MaLinhVuc", default="")
    channel: Scalar = field(name="KenhThucHien", default="")
    filed: Scalar = field(name="NoiNopHoSo", default="")
    subject: Scalar = field(name="LoaiDoiTuong", default="")
    owner_number: Scalar = field(name="SoGiayToChuHoSo", default="")
    owner_name: Scalar = field(name="ChuHoSo", default="")
    owner_phone: Scalar = field(name="SoDienThoai", default="")
    identities: list[Identity] | str | None = field(name="DinhDanhCHS", default="")
    submitted_at: Scalar = field(name="NgayNopHoSo", default="")
    received_at: Scalar = field(name="NgayTiepNhan", default="")
    due_at: Scalar = field(name="NgayHenTra", default="")
    finished_at: Scalar = field(name="NgayKetThucXuLy", default="")
    returned_at: Scalar = field(name="NgayTra", default="")
    refused_at: Scalar = field(name="NgayTuChoi", default="")
    state: Scalar = field(name="TrangThaiHoSo", default="")
    unit: Scalar = field(name="DonViXuLy", default="")
    digitised: Scalar = field(name="HoSoCoThanhPhanSoHoa", default="")
    vneid: Scalar = field(name="TaiKhoanDuocXacThucVoiVNeID", default="")
    payment: Scalar = field(name="DuocThanhToanTrucTuyen", default="")
    databases: list[Database] | str | None = field(name="DSKetNoiCSDL", default="")
    components: list[Component] | str | None = field(name="TaiLieuNop", default="")
    fees: list[Fee] | str | None = field(name="DanhSachLePhi", default="")
    supplements: list[SupplementRequest] | str | None = field(name="DanhSachHoSoBoSung", default="")
    results: list[Result] | str | None = field(name="DanhSachGiayToKetQua", default="")


class ProgressMessage(Struct, omit_defaults=True, gc=False):
    """One step (an element of ``data`` of CapNhatTienDoHoSoMC)."""

    code: Scalar = field(name="MaHoSo", default="")
    at: Scalar = field(name="ThoiDiemXuLy", default="")
    state: Scalar = field(name="TrangThai", default="")
    content: Scalar = field(name="NoiDungXuLy", default="")
    officer: Scalar = field(name="NguoiXuLy", default="")


NOTHING = Raw(b"")


class Probe(Struct, gc=False):
    """Just enough of a JSON object to tell what it is."""

    service: Scalar = ""
    unit: Scalar = field(name="madonvi", default="")
    data: Raw = NOTHING
    received_at: Raw = NOTHING
    message: Raw = NOTHING
    sender: Scalar = ""
    """of a journal line: who sent the message"""
    kind: Scalar = ""
    """of a journal line: the kind of records in the message, where it is not a national one"""
    dossier: Raw = field(name="MaHoSo", default=NOTHING)
    procedure: Raw = field(name="MaTTHC", default=NOTHING)
    dossier_state: Raw = field(name="TrangThaiHoSo", default=NOTHING)
    step_at: Raw = field(name="ThoiDiemXuLy", default=NOTHING)
    step_state: Raw = field(name="TrangThai", default=NOTHING)
    petition: Raw = field(name="MaPAKN", default=NOTHING)
    payment: Raw = field(name="LoaiBanTin", default=NOTHING)
    rating: Raw = field(name="DanhGia", default=NOTHING)
    certified: Raw = field(name="ChungThucDienTu", default=NOTHING)
    store: Raw = field(name="TenGiayToKetQua", default=NOTHING)
    received: Raw = field(name="NgayTiepNhan", default=NOTHING)
