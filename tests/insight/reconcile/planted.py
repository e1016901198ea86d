"""A province with planted reasons to differ from the portal, told through the real doors."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

VN = timezone(timedelta(hours=7))
UNIT, OTHER = "H01.113", "H01.101"
PAPER, NO_PAPER, FEE = "2.000884", "2.001035", "2.000815"
"""Procedures of communes: with a paper for a result, without one (both with a fee)."""


def stamp(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}"


def message(code: str, received: datetime, **fields: Any) -> dict[str, Any]:
    """A whole dossier, finished two hours after its receipt and well in time."""
    ended = fields.pop("ended", received + timedelta(hours=2))
    due = fields.pop("due", received + timedelta(days=3))
    online = fields.pop("online", True)
    result = fields.pop("result", True)
    over = ended is not None
    return {
        "MaHoSo": code, "MaTTHC": PAPER, "TenTTHC": "…", "MaLinhVuc": "G15-TP05", "TenLinhVuc": "Chứng thực",
        "KenhThucHien": "2" if online else "1", "NoiNopHoSo": "2", "ChuHoSo": "Nguyễn Văn A",
        "LoaiDoiTuong": "1", "SoGiayToChuHoSo": f"0890{zlib.crc32(code.encode()) % 10**8:08d}",
        "DinhDanhCHS": [],
        "NgayNopHoSo": stamp(received - timedelta(minutes=20)), "NgayTiepNhan": stamp(received),
        "NgayHenTra": stamp(due), "NgayKetThucXuLy": stamp(ended) if over else "", "NgayTra": "",
        "NgayTuChoi": "", "TrangThaiHoSo": "9" if over else "4", "DonViXuLy": "UBND phường Long Phú",
        "HoSoCoThanhPhanSoHoa": "1", "TaiKhoanDuocXacThucVoiVNeID": "1", "DuocThanhToanTrucTuyen": "1",
        "DSKetNoiCSDL": [],
        "TaiLieuNop": [{"TenTepDinhKem": "a.pdf", "IsDeleted": "False", "DuocSoHoa": "1",
                        "DuocTaiSuDung": "0", "DuocLayTuKhoDMQG": "0",
                        "DuongDanTaiTepTin": f"https://dvc.example.vn/tep/{code}"}],
        "DanhSachLePhi": [{"Gia": "10000"}], "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": (
            [{"DuongDanTepTinKetQua": f"https://dvc.example.vn/kq/{code}"}] if result else []
        ),
        **fields,
    }  # fmt: skip


def entry(at: datetime, messages: list[dict[str, Any]], *, update: bool = False) -> tuple[int, bytes]:
    """(instant, journal line) of messages told at an instant."""
    body = {
        "received_at": at.isoformat(),
        "sender": UNIT,
        "message": {
            "session": "", "madonvi": UNIT, "service": "DongBoHoSoMC", "isUpdating": str(update),
            "data": messages,
        },
    }  # fmt: skip
    return int(at.timestamp()), json.dumps(body, ensure_ascii=False).encode() + b"\n"


class Planted:
    """The planted dossiers of a unit: ``count`` of every kind that has dossiers."""

    def __init__(self, count: int, capture: datetime, now: datetime) -> None:
        self.count, self.capture, self.now = count, capture, now
        self.codes: dict[str, set[str]] = {}
        self.lines: list[tuple[int, bytes]] = []
        self.refused: list[dict[str, Any]] = []
        for kind in ("plain", "new", "changed", "broken", "twins", "elsewhere", "edges", "by_day", "rules"):
            getattr(self, kind)()

    def _times(self, first: datetime, minutes: int = 7) -> Iterator[tuple[int, datetime]]:
        for number in range(self.count):
            yield number, first + timedelta(minutes=minutes * number)

    def _code(self, kind: int, number: int, at: datetime, desk: str = UNIT) -> str:
        return f"{desk}-{at:%y%m%d}-{kind}{number:04d}"

    def _tell(self, at: datetime, messages: list[dict[str, Any]], *, update: bool = False) -> None:
        for start in range(0, len(messages), 250):
            self.lines.append(entry(at, messages[start : start + 250], update=update))

    def plain(self) -> None:
        """Dossiers that everybody counts alike."""
        told = [
            message(self._code(10, number, at), at, online=number % 3 > 0, result=number % 4 > 0)
            for number, at in self._times(datetime(2026, 3, 2, 8, tzinfo=VN))
        ]
        self._tell(datetime(2026, 3, 6, tzinfo=VN), told)

    def new(self) -> None:
        told = [
            message(self._code(11, number, at), at, online=number % 2 > 0)
            for number, at in self._times(datetime(2026, 9, 1, 8, tzinfo=VN))
        ]
        self.codes["new"] = {one["MaHoSo"] for one in told}
        self._tell(self.capture + timedelta(hours=5), told)

    def changed(self) -> None:
        """Open and late when the figures were captured; told afterwards that they had ended in time."""
        for ended, when, update in (
            (False, datetime(2026, 6, 20, tzinfo=VN), False),
            (True, self.capture + timedelta(hours=6), True),
        ):
            told = [
                message(self._code(12, number, at), at, result=ended, **({} if ended else {"ended": None}))
                for number, at in self._times(datetime(2026, 6, 8, 8, tzinfo=VN))
            ]
            self.codes["changed"] = {one["MaHoSo"] for one in told}
            self._tell(when, told, update=update)

    def broken(self) -> None:
        """Refused for a flag that nobody can read."""
        self.refused = [
            message(
                self._code(13, number, at), at, TaiKhoanDuocXacThucVoiVNeID="có lẽ", online=number % 5 > 0,
                MaTTHC=FEE,
            )
            for number, at in self._times(datetime(2026, 4, 6, 8, tzinfo=VN))
        ]  # fmt: skip
        self.codes["quarantined"] = {one["MaHoSo"] for one in self.refused}
        self._tell(datetime(2026, 4, 12, tzinfo=VN), self.refused)

    def twins(self) -> None:
        first, second = [], []
        for number, at in self._times(datetime(2026, 5, 4, 8, tzinfo=VN)):
            owner = {"SoGiayToChuHoSo": f"0891{number:08d}"}
            first.append(message(self._code(14, number, at), at, **owner))
            second.append(message(self._code(15, number, at), at, result=number % 2 > 0, **owner))
        self.codes["duplicate"] = {one["MaHoSo"] for one in second}
        self._tell(datetime(2026, 5, 10, tzinfo=VN), first)
        self._tell(datetime(2026, 5, 11, tzinfo=VN), second)

    def elsewhere(self) -> None:
        """Handled by another unit, received at the desk of this one."""
        told = [
            message(self._code(16, number, at), at, DonViXuLy=f"UBND phường khác ({OTHER})")
            for number, at in self._times(datetime(2026, 2, 2, 8, tzinfo=VN))
        ]
        self.codes["desk"] = {one["MaHoSo"] for one in told}
        self._tell(datetime(2026, 2, 8, tzinfo=VN), told)

    def edges(self) -> None:
        """Half of them received on New Year's Day and filed the day before, half after the capture."""
        half = self.count // 2
        new_year = datetime(2026, 1, 1, 7, tzinfo=VN)
        first = [
            message(self._code(17, number, at), at, NgayNopHoSo=stamp(new_year - timedelta(hours=9)))
            for number in range(half)
            for at in [new_year + timedelta(minutes=number)]
        ]
        second = [
            message(
                self._code(18, number, at), at, NgayNopHoSo=stamp(self.capture - timedelta(hours=3)),
                ended=None, result=False,
            )
            for number in range(self.count - half)
            for at in [self.capture + timedelta(hours=1, minutes=number)]
        ]  # fmt: skip
        self.codes["submitted"] = {one["MaHoSo"] for one in (*first, *second)}
        self._tell(datetime(2026, 1, 3, tzinfo=VN), first)
        self._tell(self.capture + timedelta(hours=20), second)

    def by_day(self) -> None:
        told = []
        for number, at in self._times(datetime(2026, 7, 6, 8, tzinfo=VN)):
            due = (at + timedelta(days=2)).replace(hour=9, minute=0)
            told.append(message(self._code(19, number, at), at, due=due, ended=due.replace(hour=17)))
        self.codes["by_day"] = {one["MaHoSo"] for one in told}
        self._tell(datetime(2026, 7, 14, tzinfo=VN), told)

    def rules(self) -> None:
        """Without a paper for a result (4.1), and filed online without an electronic result (3.3)."""
        paperless = [
            message(self._code(20, number, at), at, MaTTHC=NO_PAPER, online=False)
            for number, at in self._times(datetime(2026, 8, 3, 8, tzinfo=VN))
        ]
        bare = [
            message(self._code(21, number, at), at, result=False)
            for number, at in self._times(datetime(2026, 8, 10, 8, tzinfo=VN))
        ]
        self.codes["4.1"] = {one["MaHoSo"] for one in paperless}
        self.codes["3.3"] = {one["MaHoSo"] for one in bare}
        self._tell(datetime(2026, 8, 9, tzinfo=VN), paperless)
        self._tell(datetime(2026, 8, 16, tzinfo=VN), bare)
