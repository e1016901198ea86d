"""A small province with a year behind it, made through the same doors as a real one."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec

from chiso.folder import DataFolder
from chiso.instants import DAY, moment_of, parse_instant
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.ledger.clock import Clock
from chiso.ledger.senders import Credentials

NOW = parse_instant("2026-10-10T06:00+07:00")
FIRST = parse_instant("2026-07-01")
UNITS = ("H01.113", "H01.101", "H01.06", "H01.155")
SENDER = "một cửa"
GROUPS = {
    "transparency": "7.96",
    "processing": "17.35",
    "online_services": "8.41",
    "online_payment": "6.67",
    "satisfaction": "12.25",
    "digitisation": "8.75",
    "total": "61.39",
}


def stamp(at: int) -> str:
    return f"{moment_of(at):%Y%m%d%H%M%S}"


def message(code: str, received: int, due: int, ended: int | None = None, **fields: Any) -> dict[str, Any]:
    """A dossier as a sender tells it."""
    return {
        "MaHoSo": code,
        "MaTTHC": "2.000815",
        "KenhThucHien": "2",
        "NoiNopHoSo": "2",
        "ChuHoSo": "Nguyễn Văn A",
        "LoaiDoiTuong": "1",
        "NgayTiepNhan": stamp(received),
        "NgayHenTra": stamp(due),
        "NgayKetThucXuLy": stamp(ended) if ended else "",
        "TrangThaiHoSo": "9" if ended else "4",
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachGiayToKetQua": [],
        **fields,
    }


def procedures() -> list[dict[str, Any]]:
    return [
        {
            "code": "2.000815",
            "name": "Chứng thực bản sao <từ bản chính>",
            "level": "commune",
            "online": "full",
        },
        {"code": "1.001193", "name": "Đăng ký khai sinh", "level": "commune", "online": "partial"},
    ]


def accept(folder: DataFolder, body: object, kind: str, known_at: int | None = None) -> None:
    context = Context(
        home="H01", is_foreign=folder.registry.units.foreign, key=folder.ledger.keys.hashing, sender=SENDER
    )
    arrival = read_body(msgspec.json.encode(body), kind, context)
    arrival.known_at, arrival.timely = known_at, known_at is not None
    folder.take(folder.ledger.accept([arrival], folder.now()))


def build(path: Path) -> Credentials:
    """Makes the folder; gives the credentials of one sender."""
    chance = random.Random(766)
    with DataFolder.open(path, standing=True) as folder:
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        made = folder.ledger.senders.add(SENDER, "H01", NOW)
        accept(folder, procedures(), "procedures", FIRST)
        for day in range(100):
            start = FIRST + day * DAY
            told = []
            for number in range(4):
                received = start + 8 * 3600 + number * 977
                due = received + chance.choice((1, 3, 9)) * DAY
                ended = received + chance.randrange(3600, 5 * DAY)
                code = f"{chance.choice(UNITS)}-{moment_of(received):%y%m%d}-{number:05d}"
                procedure = chance.choice(("2.000815", "1.001193"))
                told.append(message(code, received, due, ended if ended < NOW else None, MaTTHC=procedure))
            accept(folder, told, "dossiers", start + 17 * 3600)
        broken = message("H01.113-261009-09999", NOW - DAY, NOW, MaTTHC="<b>x</b>")
        accept(folder, [broken], "dossiers", NOW - 3600)
        published = [
            {"unit": unit, "period": "2026", "at": f"2026-10-{day:02d}", **groups}
            for unit, groups in (
                ("H44", GROUPS),
                ("H20", {**GROUPS, "processing": "19.30", "total": "63.34"}),
            )
            for day in (8, 10)
        ]
        accept(folder, published, "published")
    return made
