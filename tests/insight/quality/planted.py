"""A sender with every mistake that can be undone, each told as senders tell it, and told right afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from chiso.folder import DataFolder
from chiso.instants import DAY, day_of, midnight, parse_instant
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.ledger.clock import Clock
from tests.support.messages import stamp

HOUR = 3600
NOW = parse_instant("2026-10-10T06:00+07:00")
UNIT = "H01.113"
BEGIN = parse_instant("2026-09-07T08:00+07:00")
"""A Monday morning"""
RESULT = [{"TenGiayTo": "b.pdf", "DuongDanTepTinKetQua": "https://tep.example.vn/b"}]
PAPER = {
    "TepDinhKemId": "1", "TenTepDinhKem": "a.pdf", "IsDeleted": "False", "MaThanhPhanHoSo": "KQ.1",
    "DuongDanTaiTepTin": "https://tep.example.vn/a", "DuocSoHoa": "0", "DuocTaiSuDung": "0",
    "DuocLayTuKhoDMQG": "0",
}  # fmt: skip

Item = dict[str, Any]


def say(folder: DataFolder, sender: str, kind: str, *items: Item, known_at: int | None = None) -> None:
    """A sender tells something through the door."""
    context = Context(
        home="H01", is_foreign=folder.registry.units.foreign, key=folder.ledger.keys.hashing, sender=sender
    )
    arrival = read_body(json.dumps(items).encode(), kind, context)
    assert arrival.refusals == []
    arrival.known_at, arrival.timely = known_at, True
    folder.take(folder.ledger.accept([arrival], folder.now()))


def message(number: int, **more: Any) -> Item:
    """A dossier as it should be told: received one morning, due four days later, finished in time."""
    received = BEGIN + number
    return {
        "MaHoSo": f"{UNIT}-260907-{number:05d}", "MaTTHC": "2.000815", "KenhThucHien": "2", "NoiNopHoSo": "2",
        "LoaiDoiTuong": "1", "ChuHoSo": f"Người {number}",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": f"0890000{number:05d}"}],
        "NgayTiepNhan": stamp(received), "NgayHenTra": stamp(due(number)),
        "NgayKetThucXuLy": stamp(received + 2 * DAY), "TrangThaiHoSo": "9", "HoSoCoThanhPhanSoHoa": "0",
        "TaiKhoanDuocXacThucVoiVNeID": "0", "DuocThanhToanTrucTuyen": "0", "DSKetNoiCSDL": [],
        "TaiLieuNop": [PAPER], "DanhSachLePhi": [{"TenPhiLePhi": "Phí", "MaPhiLePhi": "1", "Gia": "4000"}],
        "DanhSachHoSoBoSung": [], "DanhSachGiayToKetQua": RESULT, **more,
    }  # fmt: skip


def due(number: int) -> int:
    del number
    return midnight_of(BEGIN) + 4 * DAY + 17 * HOUR


def midnight_of(at: int) -> int:
    return midnight(day_of(at))


def request(asked: int | None, answered: int | None, number: str = "1", **more: Any) -> Item:
    return {
        "HoSoBoSungId": number, "NgayBoSung": "" if asked is None else stamp(asked),
        "NgayTiepNhanBoSung": "" if answered is None else stamp(answered), **more,
    }  # fmt: skip


def step(code: str, at: int, state: str) -> Item:
    return {"MaHoSo": code, "ThoiDiemXuLy": stamp(at), "TrangThai": state, "NguoiXuLy": "A",
            "NoiDungXuLy": state}  # fmt: skip


def ordinary(folder: DataFolder, sender: str = "đúng", first: int = 0, count: int = 30) -> None:
    """Dossiers that are told right, so that a score is there."""
    say(folder, sender, "dossiers", *(message(first + one) for one in range(count)))


Telling = Callable[[DataFolder], None]
Case = tuple[str, Telling, Telling]
"""(mistake, how it is told wrong, how it is told right)"""


def _twice(wrong: list[Item], right: list[Item], sender: str = "sai") -> tuple[Telling, Telling]:
    return (
        lambda folder: say(folder, sender, "dossiers", *wrong),
        lambda folder: say(folder, sender, "dossiers", *right),
    )


def _case(name: str, wrong: Item, right: Item) -> Case:
    return (name, *_twice([message(900, **wrong)], [message(900, **right)]))


def _habit(name: str, wrong: Item, right: Item, more: Item | None = None, count: int = 50) -> Case:
    told = [message(500 + one, **wrong, **(more or {})) for one in range(count)]
    mended = [message(500 + one, **{**wrong, **(more or {}), **right}) for one in range(count)]
    return (name, *_twice(told, mended))


LATE = BEGIN + 900 + 6 * DAY
"""An end after the due time of dossier 900"""
ASKED, ANSWERED = BEGIN + DAY, BEGIN + 4 * DAY


def _no_due() -> Case:
    """Promised first, then told without: three working days of the law stand in."""

    def wrong(folder: DataFolder) -> None:
        say(
            folder,
            "sai",
            "dossiers",
            message(900, TrangThaiHoSo="4", NgayKetThucXuLy=""),
            known_at=BEGIN + DAY,
        )
        say(folder, "sai", "dossiers", message(900, NgayHenTra="", NgayKetThucXuLy=stamp(due(900) - HOUR)))

    right = message(900, NgayKetThucXuLy=stamp(due(900) - HOUR))
    return "no_due", wrong, lambda folder: say(folder, "sai", "dossiers", right)


def _registered_again() -> Case:
    code = message(900)["MaHoSo"]

    def steps(state: str) -> list[Item]:
        told = (("2", BEGIN + 900), (state, ASKED), ("4", ANSWERED), ("9", due(900) + DAY))
        return [
            {
                "MaHoSo": code,
                "ThoiDiemXuLy": stamp(at),
                "TrangThai": one,
                "NguoiXuLy": "A",
                "NoiDungXuLy": one,
            }
            for one, at in told
        ]

    def wrong(folder: DataFolder) -> None:
        say(folder, "sai", "dossiers", message(900, NgayKetThucXuLy=stamp(due(900) + DAY)))
        say(folder, "sai", "dossiers", message(900, TrangThaiHoSo="1", NgayKetThucXuLy=""))
        say(folder, "sai", "progress", *steps("1"))

    def right(folder: DataFolder) -> None:
        asked = [request(ASKED, ANSWERED)]
        told = message(900, NgayKetThucXuLy=stamp(due(900) + DAY), DanhSachHoSoBoSung=asked)
        say(folder, "sai", "dossiers", told)

    return "registered_again", wrong, right


def _before_receipt() -> Case:
    """Finished at 14:30, written as 02:30; the step of receipt then seems to open it again."""

    def wrong(folder: DataFolder) -> None:
        told = message(900, NgayKetThucXuLy=stamp(midnight_of(BEGIN) + 2 * HOUR + 1800))
        say(folder, "sai", "dossiers", told)
        say(folder, "sai", "progress", step(told["MaHoSo"], BEGIN + 900, "2"))

    right = message(900, NgayKetThucXuLy=stamp(midnight_of(BEGIN) + 14 * HOUR + 1800))
    return "before_receipt", wrong, lambda folder: say(folder, "sai", "dossiers", right)


def _duplicate() -> Case:
    """Saved twice under two codes: the second one stays open and is taken back."""
    person = {"DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "089099999999"}], "ChuHoSo": "Trùng",
              "NgayTiepNhan": stamp(BEGIN)}  # fmt: skip
    first, second = message(900, **person), message(901, TrangThaiHoSo="4", NgayKetThucXuLy="", **person)
    return ("duplicate_dossier", *_twice([first, second], [{**second, "TrangThaiHoSo": "1"}]))


def _silent() -> Case:
    code = message(900)["MaHoSo"]

    def wrong(folder: DataFolder) -> None:
        told = (("2", BEGIN), ("9", BEGIN + DAY))
        steps = [
            {
                "MaHoSo": code,
                "ThoiDiemXuLy": stamp(at),
                "TrangThai": one,
                "NguoiXuLy": "A",
                "NoiDungXuLy": one,
            }
            for one, at in told
        ]
        say(folder, "sai", "progress", *steps, known_at=BEGIN + 2 * DAY)

    minimal = {
        "MaHoSo": code, "MaTTHC": "9.999999", "KenhThucHien": "1", "NoiNopHoSo": "", "TrangThaiHoSo": "9",
        "NgayTiepNhan": stamp(BEGIN), "NgayKetThucXuLy": stamp(BEGIN + DAY),
    }  # fmt: skip
    return "silent_loss", wrong, lambda folder: say(folder, "sai", "dossiers", minimal)


def _stamped() -> Case:
    """Fifty dossiers stamped at 22:00 by the push; five of them were due at 17:00 of that day."""
    night = midnight_of(BEGIN) + 4 * DAY + 22 * HOUR

    def wrong(folder: DataFolder) -> None:
        told = [message(500 + one, NgayKetThucXuLy=stamp(night)) for one in range(50)]
        say(folder, "sai", "dossiers", *told, known_at=night + 60)

    closed = [message(500 + one, NgayKetThucXuLy=stamp(due(0))) for one in range(50)]
    return "closed_at_push", wrong, lambda folder: say(folder, "sai", "dossiers", *closed)


CASES: tuple[Case, ...] = (
    _no_due(),
    _habit("vneid_never", {}, {"TaiKhoanDuocXacThucVoiVNeID": "1"}),
    _habit(
        "always_digitised",
        {"TaiLieuNop": [PAPER | {"DuocSoHoa": "1"}], "HoSoCoThanhPhanSoHoa": "1", "NoiNopHoSo": "1"},
        {"TaiLieuNop": [PAPER], "HoSoCoThanhPhanSoHoa": "0"},
    ),
    _case(
        "result_is_input",
        {"DanhSachGiayToKetQua": [
            {"TenGiayTo": "a.pdf", "DuongDanTepTinKetQua": PAPER["DuongDanTaiTepTin"]}]},
        {"DanhSachGiayToKetQua": []},
    ),
    _case(
        "placeholder_id",
        {"DinhDanhCHS": [{"LoaiDinhDanh": "2", "SoDinhDanh": "000000001"}],
         "TaiKhoanDuocXacThucVoiVNeID": "1"},
        {"TaiKhoanDuocXacThucVoiVNeID": "0"},
    ),
    _habit("database_constant", {"DSKetNoiCSDL": [{"MaCSDL": "7"}]}, {"DSKetNoiCSDL": []}),
    _registered_again(),
    _before_receipt(),
    _case(
        "end_without_time",
        {"NgayKetThucXuLy": "", "NgayTra": stamp(due(900) - HOUR), "TrangThaiHoSo": "9"},
        {"NgayKetThucXuLy": stamp(due(900) - HOUR), "NgayTra": stamp(due(900) - HOUR)},
    ),
    _case(
        "supplement_without_date",
        {"NgayKetThucXuLy": stamp(due(900) + DAY), "DanhSachHoSoBoSung": [request(ANSWERED, ASKED)]},
        {"NgayKetThucXuLy": stamp(due(900) + DAY), "DanhSachHoSoBoSung": [request(ASKED, ANSWERED)]},
    ),
    _case(
        "due_moved_and_waited",
        {"NgayHenTra": stamp(due(900) + 3 * DAY), "NgayKetThucXuLy": stamp(due(900) + 5 * DAY),
         "DanhSachHoSoBoSung": [request(ASKED, ANSWERED, NgayHenTraTruoc=stamp(due(900)),
                                        NgayHenTraMoi=stamp(due(900) + 3 * DAY))]},
        {"NgayHenTra": stamp(due(900)), "NgayKetThucXuLy": stamp(due(900) + 5 * DAY),
         "DanhSachHoSoBoSung": [request(ASKED, ANSWERED)]},
    ),
    _duplicate(),
    _case(
        "request_repeated",
        {"DanhSachHoSoBoSung": [request(ASKED, ANSWERED), request(ASKED, ANSWERED, "2")]},
        {"DanhSachHoSoBoSung": [request(ASKED, ANSWERED)]},
    ),
    _stamped(),
    _silent(),
)  # fmt: skip
"""Every mistake that undoing has a meaning for, but the one that needs payments."""


def clocked(folder: DataFolder) -> DataFolder:
    """A folder whose clock stands still."""
    folder.ledger.clock.set(Clock(NOW))
    folder.refresh()
    return folder
