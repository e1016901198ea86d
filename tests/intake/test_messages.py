from __future__ import annotations

from typing import Any

import pytest

from chiso.instants import parse_instant
from chiso.intake.doors import read_body
from chiso.intake.records import Arrival, Dossier, Has, Mistake, Progress, Step, Supplement
from chiso.intake.refusals import PERSONAL_FIELDS

from .samples import PERSONAL, context, dossier, encode, envelope, step

HOUR = 3600


def read(*messages: dict[str, Any], **changes: Any) -> Arrival:
    return read_body(encode(list(messages)), "dossiers", context(**changes))


def one(**changes: Any) -> Dossier:
    arrival = read(dossier(**changes))
    assert arrival.refusals == []
    (item,) = arrival.items
    assert isinstance(item, Dossier)
    return item


def refused(**changes: Any) -> tuple[str, str, str]:
    arrival = read(dossier(**changes))
    assert arrival.items == []
    (refusal,) = arrival.refusals
    assert refusal.raw
    assert refusal.message_vi
    assert refusal.message_en
    return refusal.field, refusal.value, refusal.reason


def test_a_whole_message() -> None:
    received = parse_instant("2026-09-11T08:00")
    assert one() == Dossier(
        code="H01.120-260911-00812",
        procedure="1.004873",
        state=9,
        unit="",
        desk="H01.120",
        field="G15-TP02",
        channel=2,
        filed=2,
        subject=1,
        payment=1,
        submitted_at=parse_instant("2026-09-11T07:15"),
        received_at=received,
        due_at=parse_instant("2026-09-16T17:00"),
        finished_at=parse_instant("2026-09-14T09:30"),
        has=int(
            Has.RESULT_FILE | Has.COMPONENT_FILE | Has.COMPONENT_DIGITISED | Has.DIGITISED_FLAG
            | Has.VNEID | Has.FEE_LISTED | Has.FEE_NONZERO | Has.SYNCED
        ),
        mistakes=0,
        databases=("7",),
        owner=one().owner,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        envelope([dossier()]),
        envelope([dossier()], session=..., madonvi="000.00.00.H01"),
        [dossier()],
        dossier(),
        envelope(dossier()),
        {"service": "dongbohosomc", "data": [dossier()]},
    ],
)
def test_the_variants_of_a_message_are_the_same_dossier(body: Any) -> None:
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if value is not ...}
    arrival = read_body(encode(body), None, context())
    assert arrival.kind == "dossiers"
    assert arrival.items == [one()]
    assert arrival.sender == "một cửa"
    assert arrival.read == 1


def test_scalars_of_any_json_type() -> None:
    assert one(
        KenhThucHien=2, NoiNopHoSo=2, LoaiDoiTuong=1.0, TrangThaiHoSo=9, HoSoCoThanhPhanSoHoa=True,
        TaiKhoanDuocXacThucVoiVNeID=1, DuocThanhToanTrucTuyen=1, NgayTiepNhan=20260911080000,
        SoGiayToChuHoSo=" 089199001234", DanhSachLePhi=[{"Gia": 15000}], NgayTra=None,
        DSKetNoiCSDL=[{"MaCSDL": 7}],
    ) == one()  # fmt: skip


def test_absent_null_and_blank_are_the_same() -> None:
    lists = ("DSKetNoiCSDL", "TaiLieuNop", "DanhSachLePhi", "DanhSachHoSoBoSung", "DanhSachGiayToKetQua")
    for nothing in (..., None, "", []):
        found = one(**dict.fromkeys(lists, nothing))
        assert found.databases == ()
        assert found.has == Has.SYNCED | Has.VNEID | Has.DIGITISED_FLAG
    for nothing in (..., None, ""):
        assert one(KenhThucHien=nothing).channel == 1
        assert one(DuocThanhToanTrucTuyen=nothing).payment == 0
        assert one(NoiNopHoSo=nothing, LoaiDoiTuong=nothing).filed == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"MaHoSo": ""}, ("MaHoSo", "", "missing")),
        ({"MaHoSo": ...}, ("MaHoSo", "", "missing")),
        ({"MaHoSo": "H01-" + "1" * 50}, ("MaHoSo", "H01-" + "1" * 50, "too_long")),
        ({"MaHoSo": "H01\n-1"}, ("MaHoSo", "H01\ufffd-1", "control_characters")),
        ({"MaTTHC": None}, ("MaTTHC", "", "missing")),
        ({"MaTTHC": "khai sinh"}, ("MaTTHC", "khai sinh", "bad_procedure_code")),
        ({"TrangThaiHoSo": "12"}, ("TrangThaiHoSo", "12", "unknown_state")),
        ({"TrangThaiHoSo": ""}, ("TrangThaiHoSo", "", "missing")),
        ({"NgayHenTra": "20260230170000"}, ("NgayHenTra", "20260230170000", "impossible_date")),
        ({"NgayTiepNhan": "18990101000000"}, ("NgayTiepNhan", "18990101000000", "date_out_of_range")),
        ({"KenhThucHien": "5"}, ("KenhThucHien", "5", "unknown_code")),
        ({"DuocThanhToanTrucTuyen": "4"}, ("DuocThanhToanTrucTuyen", "4", "unknown_code")),
        ({"HoSoCoThanhPhanSoHoa": "nhiều"}, ("HoSoCoThanhPhanSoHoa", "nhiều", "bad_flag")),
        ({"MaHoSo": "H22.04-260911-1"}, ("MaHoSo", "H22.04-260911-1", "other_province")),
        ({"MaHoSo": "000.00.04.H22-260911-1"}, ("MaHoSo", "000.00.04.H22-260911-1", "other_province")),
        ({"DonViXuLy": "Sở X (H22.04)"}, ("DonViXuLy", "Sở X (H22.04)", "other_province")),
        ({"TaiLieuNop": [{"DuocSoHoa": "7"}]}, ("TaiLieuNop[].DuocSoHoa", "7", "bad_flag")),
        ({"TaiLieuNop": "một tờ"}, ("TaiLieuNop", "một tờ", "wrong_type")),
        ({"NgayTra": ["20260911"]}, ("NgayTra", "array", "wrong_type")),
        ({"TaiLieuNop": [{"IsDeleted": {}}]}, ("TaiLieuNop[0].IsDeleted", "object", "wrong_type")),
        ({"SoGiayToChuHoSo": {"so": 1}}, ("SoGiayToChuHoSo", "", "wrong_type")),
        (
            {"DanhSachHoSoBoSung": [{"HoSoBoSungId": 1, "NgayBoSung": "20261301"}]},
            ("DanhSachHoSoBoSung[0].NgayBoSung", "20261301", "impossible_date"),
        ),
    ],
)
def test_what_is_refused_and_why(changes: dict[str, Any], told: tuple[str, str, str]) -> None:
    assert refused(**changes) == told


def test_a_personal_value_is_never_repeated() -> None:
    for name in ("ChuHoSo", "SoGiayToChuHoSo", "SoDienThoai"):
        assert name in PERSONAL_FIELDS
        arrival = read(dossier(**{name: ["Lê Thị Thử Nghiệm", "089199001234"]}))
        (refusal,) = arrival.refusals
        assert "Nghiệm" not in refusal.message_vi + refusal.message_en + refusal.value
        assert "089199001234" not in refusal.message_vi + refusal.message_en + refusal.value


def test_only_the_bad_ones_of_a_batch_are_refused() -> None:
    good = [dossier(MaHoSo=f"H01.120-260911-{n}") for n in range(4)]
    bad = [
        dossier(MaHoSo="H01.120-260911-90", TrangThaiHoSo={}),
        dossier(MaHoSo="H01.120-260911-91", MaTTHC="?"),
    ]
    arrival = read(good[0], bad[0], good[1], good[2], bad[1], "lạ", good[3])  # type: ignore[arg-type]
    assert [item.code for item in arrival.items if isinstance(item, Dossier)] == [m["MaHoSo"] for m in good]
    assert [(one.place, one.code, one.reason) for one in arrival.refusals] == [
        ("data[1]", "H01.120-260911-90", "wrong_type"),
        ("data[4]", "H01.120-260911-91", "bad_procedure_code"),
        ("data[5]", "", "not_a_record"),
    ]
    assert arrival.read == 7


def test_an_envelope_of_another_province_is_refused_whole() -> None:
    arrival = read_body(encode(envelope([dossier()], madonvi="000.00.00.H22")), None, context())
    assert arrival.items == []
    assert [(one.field, one.reason) for one in arrival.refusals] == [("madonvi", "other_province")]


def test_predecessors_and_units_without_a_province_are_ours() -> None:
    assert one(MaHoSo="H33.12-250101-7").desk == "H33.12"
    assert one(MaHoSo="H01-250101-7").desk == "H01"
    assert one(DonViXuLy="UBND phường (H01.113)").unit == "H01.113"
    assert one(MaTTHC="1.004873.000.00.00.H01").procedure == "1.004873"


def test_what_is_remembered_of_one_code_does_not_leak_into_another() -> None:
    house = context()
    codes = [
        "H01.113-260911-1",
        "H01.113",
        "H01.1130",
        "H22.01-260911-1",
        "H01.113-",
        "-H01.113",
        "H01.114-1",
    ]
    for _ in range(2):
        arrival = read_body(encode([dossier(MaHoSo=code) for code in codes]), "dossiers", house)
        desks = {item.code: item.desk for item in arrival.items if isinstance(item, Dossier)}
        assert desks == {
            "H01.113-260911-1": "H01.113",
            "H01.113": "",
            "H01.1130": "",
            "H01.113-": "H01.113",
            "-H01.113": "",
            "H01.114-1": "H01.114",
        }
        assert [one.reason for one in arrival.refusals] == ["other_province"]


def test_only_live_components_count() -> None:
    paper = dossier()["TaiLieuNop"][0]
    for deleted in ("True", "1", True, 1):
        gone = paper | {"IsDeleted": deleted, "DuocTaiSuDung": "1", "DuocLayTuKhoDMQG": "1"}
        has = one(TaiLieuNop=[gone]).has
        assert not has & (Has.COMPONENT_FILE | Has.COMPONENT_DIGITISED | Has.COMPONENT_REUSED)
        assert not has & Has.COMPONENT_FROM_STORE
    for live in ("False", "0", False, 0, None, ""):
        assert one(TaiLieuNop=[paper | {"IsDeleted": live}]).has & Has.COMPONENT_FILE
    assert one(TaiLieuNop=[paper | {"DuocTaiSuDung": "2"}]).has & Has.COMPONENT_REUSED
    assert one(TaiLieuNop=[paper | {"DuocLayTuKhoDMQG": 1}]).has & Has.COMPONENT_FROM_STORE
    assert not one(TaiLieuNop=[paper | {"DuongDanTaiTepTin": " "}]).has & Has.COMPONENT_FILE
    assert not one(DanhSachGiayToKetQua=[{"DuongDanTepTinKetQua": " "}]).has & Has.RESULT_FILE


@pytest.mark.parametrize(
    ("fees", "listed", "nonzero", "mistake"),
    [
        ([], False, False, False),
        ([{"Gia": "0"}], True, False, False),
        ([{"Gia": "không"}, {"Gia": 0}], True, False, False),
        ([{"Gia": "0"}, {"Gia": "4.000"}], True, True, False),
        ([{"Gia": "theo biểu"}], False, False, True),
        ([{"Gia": "0"}, {"Gia": ""}], False, False, True),
        ([{"Gia": "4000"}, {"Gia": "?"}], True, True, True),
    ],
)
def test_fees(fees: list[dict[str, Any]], listed: bool, nonzero: bool, mistake: bool) -> None:
    found = one(DanhSachLePhi=fees)
    assert bool(found.has & Has.FEE_LISTED) is listed
    assert bool(found.has & Has.FEE_NONZERO) is nonzero
    assert bool(found.mistakes & Mistake.UNREADABLE_FEE) is mistake


def test_supplements() -> None:
    request = {
        "HoSoBoSungId": 31,
        "NguoiYeuCauBoSung": "Phan Văn Cán Bộ",
        "NoiDungBoSung": "thiếu giấy của bà Nghiệm",
        "NgayBoSung": "2026-09-12T08:00:00",
        "NgayTiepNhanBoSung": "20260913080000",
        "TrangThaiBoSung": True,
        "NgayHenTraTruoc": "20260916170000",
        "NgayHenTraMoi": "",
        "DanhSachGiayToBoSung": [{"DuongDanTaiTepTin": "https://tep.example.vn/b", "DuocTaiSuDung": "1"}],
        "DanhSachLePhiBoSung": [{"Gia": "9000"}],
    }
    found = one(DanhSachHoSoBoSung=[request, {"NgayBoSung": "20260914"}], DanhSachLePhi=[], TaiLieuNop=[])
    start = parse_instant("2026-09-12T08:00")
    assert found.supplements[0] == Supplement(
        "31", start, start + 24 * HOUR, parse_instant("2026-09-16T17:00"), None
    )
    assert found.supplements[1].id == f"@{parse_instant('2026-09-14')}"
    assert found.has & Has.COMPONENT_REUSED
    assert found.has & Has.FEE_NONZERO


def test_open_code_lists_are_lenient() -> None:
    assert one(NoiNopHoSo="9", LoaiDoiTuong="7").filed == 0
    assert one(NoiNopHoSo="01", LoaiDoiTuong="bà Nghiệm").filed == 1
    assert one(LoaiDoiTuong="bà Nghiệm").subject == 4


def test_the_owner_is_a_hash_of_the_number_else_of_name_and_telephone() -> None:
    same = one().owner
    assert one(SoGiayToChuHoSo="", ChuHoSo="khác").owner == same, "the number in DinhDanhCHS"
    assert one(DinhDanhCHS=[], SoDienThoai="1").owner == same
    by_name = one(SoGiayToChuHoSo="", DinhDanhCHS=[]).owner
    assert by_name not in {same, ""}
    assert one(SoGiayToChuHoSo="", DinhDanhCHS=[], SoDienThoai="0900").owner != by_name
    assert one(SoGiayToChuHoSo="000000001", DinhDanhCHS=[]).owner == by_name
    assert one(SoGiayToChuHoSo="", DinhDanhCHS=[], ChuHoSo="", SoDienThoai="").owner == ""
    assert read(dossier(), key=b"another key").items[0].owner != same  # type: ignore[union-attr]


def test_nothing_personal_is_written_down() -> None:
    odd = dossier(
        MaHoSo="H01.120-260911-2", SoGiayToChuHoSo="", DinhDanhCHS=[], NoiNopHoSo="bà Nghiệm",
        DanhSachLePhi=[{"Gia": "bà Nghiệm trả"}],
        DanhSachGiayToKetQua=[{"DuongDanTepTinKetQua": "thu_nghiem"}],
    )  # fmt: skip
    arrival = read(dossier(), odd)
    assert len(arrival.items) == 2
    written = arrival.payload.decode() + repr(arrival.items)
    for personal in PERSONAL:
        assert personal not in written
    steps = read_body(encode([step()]), None, context())
    assert "Nghiệm" not in steps.payload.decode() + repr(steps.items)
    assert "Phan Văn Cán Bộ" in steps.payload.decode()


def test_a_step() -> None:
    arrival = read_body(encode(envelope([step()], "CapNhatTienDoHoSoMC")), None, context())
    (found,) = arrival.items
    assert isinstance(found, Progress)
    assert arrival.kind == "progress"
    assert found.step.content
    assert found == Progress(
        "H01.120-260911-00812",
        Step(parse_instant("2026-09-11T08:00"), 2, found.step.content, "Phan Văn Cán Bộ"),
    )
    again = read_body(encode([step(NoiDungXuLy="Tiếp nhận của bà Nghiệm ")]), None, context()).items
    other = read_body(encode([step(NoiDungXuLy="khác")]), None, context()).items
    assert again == [found]
    assert other != [found]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"ThoiDiemXuLy": ""}, "ThoiDiemXuLy", "missing"),
        ({"TrangThai": None}, "TrangThai", "missing"),
        ({"TrangThai": "0"}, "TrangThai", "unknown_state"),
        ({"MaHoSo": ...}, "MaHoSo", "missing"),
        ({"MaHoSo": "H22-260911-1"}, "MaHoSo", "other_province"),
        ({"NoiDungXuLy": []}, "NoiDungXuLy", "wrong_type"),
    ],
)
def test_steps_that_are_refused(changes: dict[str, Any], field: str, reason: str) -> None:
    arrival = read_body(encode([step(**changes)]), "progress", context())
    assert [(one.field, one.reason) for one in arrival.refusals] == [(field, reason)]


MISTAKES = [
    ({"NgayKetThucXuLy": "20260911080000"}, Mistake.FINISHED_WITHOUT_WORK),
    ({"DanhSachGiayToKetQua": []}, Mistake.FINISHED_WITHOUT_WORK),
    ({"NgayHenTra": ""}, Mistake.NO_DUE),
    ({"NgayNopHoSo": "20260911080000"}, Mistake.SUBMITTED_EQUALS_RECEIVED),
    (
        {"DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": "https://tep.example.vn/thu-nghiem/a1"}]},
        Mistake.RESULT_IS_INPUT,
    ),
    ({"MaHoSo": "7f3c2a11"}, Mistake.FOREIGN_CODE | Mistake.UNASSIGNED_UNIT),
    ({"MaHoSo": "7f3c2a11", "DonViXuLy": "H01.120"}, Mistake.FOREIGN_CODE),
    ({"MaHoSo": "H01.120-7f3c2a11"}, Mistake.FOREIGN_CODE),
    ({"SoGiayToChuHoSo": "000000001"}, Mistake.PLACEHOLDER_ID),
    ({"DinhDanhCHS": [{"LoaiDinhDanh": "2", "SoDinhDanh": "000000001"}]}, Mistake.PLACEHOLDER_ID),
    ({"TaiLieuNop": [{"DuongDanTaiTepTin": "https://tep.example.vn/x"}]}, Mistake.BLANK_COMPONENT),
    ({"NgayKetThucXuLy": "20260910093000"}, Mistake.BEFORE_RECEIPT),
    ({"NgayHenTra": "20260910170000"}, Mistake.BEFORE_RECEIPT),
    ({"NgayTra": "20260910170000"}, Mistake.BEFORE_RECEIPT),
    ({"NgayKetThucXuLy": ""}, Mistake.END_WITHOUT_TIME),
    ({"NgayKetThucXuLy": "", "TrangThaiHoSo": "10"}, Mistake.END_WITHOUT_TIME),
    ({"NgayKetThucXuLy": "", "TrangThaiHoSo": "10", "NgayTra": "20260914100000"}, Mistake(0)),
    ({"NgayKetThucXuLy": "", "TrangThaiHoSo": "3", "NgayTuChoi": "20260914100000"}, Mistake(0)),
    ({"NgayKetThucXuLy": "", "TrangThaiHoSo": "4"}, Mistake(0)),
    ({"DanhSachHoSoBoSung": [{"HoSoBoSungId": "1"}]}, Mistake.SUPPLEMENT_WITHOUT_DATE),
    (
        {"DanhSachHoSoBoSung": [{"NgayBoSung": "20260912080000", "NgayTiepNhanBoSung": "20260911090000"}]},
        Mistake.SUPPLEMENT_WITHOUT_DATE,
    ),
    ({"DanhSachHoSoBoSung": [{"NgayBoSung": "20260910080000"}]}, Mistake.BEFORE_RECEIPT),
    (
        {
            "DanhSachHoSoBoSung": [
                {
                    "NgayBoSung": "20260912080000",
                    "NgayTiepNhanBoSung": "20260913080000",
                    "NgayHenTraTruoc": "20260916170000",
                    "NgayHenTraMoi": "20260918170000",
                }
            ]
        },
        Mistake.DUE_MOVED_AND_WAITED,
    ),
    *(
        (
            {
                "DanhSachHoSoBoSung": [
                    {"HoSoBoSungId": "1", "NgayBoSung": "20260912080000"},
                    {"HoSoBoSungId": other, "NgayBoSung": asked},
                ]
            },
            mistake,
        )
        for other, asked, mistake in (
            ("2", "20260912080000", Mistake.REQUEST_REPEATED),
            ("2", "20260912080001", Mistake(0)),
            ("1", "20260912080000", Mistake(0)),
        )
    ),
    (
        {
            "DanhSachHoSoBoSung": [
                {"HoSoBoSungId": "1", "NgayBoSung": "20260912080000", "NgayTiepNhanBoSung": "20260913080000"},
                {"HoSoBoSungId": "2", "NgayBoSung": "20260912090000", "NgayTiepNhanBoSung": "20260913080000"},
            ]
        },
        Mistake.REQUEST_REPEATED,
    ),
]


@pytest.mark.parametrize(("changes", "mistake"), MISTAKES)
def test_mistakes_that_one_message_shows(changes: dict[str, Any], mistake: Mistake) -> None:
    assert Mistake(one(**changes).mistakes) == mistake


def test_an_unknown_but_well_formed_procedure_is_taken() -> None:
    assert one(MaTTHC="9.999999").procedure == "9.999999"


@pytest.mark.parametrize(("changes", "mistake"), [({}, Mistake(0)), *MISTAKES])
def test_a_payload_read_again_gives_the_same_items_and_itself(
    changes: dict[str, Any], mistake: Mistake
) -> None:
    del mistake
    first = read(dossier(**changes), dossier(SoGiayToChuHoSo="000000001"))
    again = read_body(first.payload, first.kind, context(), door="journal")
    assert again.items == first.items
    assert again.payload == first.payload
    assert again.refusals == []
