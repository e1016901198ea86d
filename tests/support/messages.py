"""Messages told to a folder as a sender tells them."""

from __future__ import annotations

import json
from typing import Any

from chiso.folder import DataFolder
from chiso.instants import moment_of
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.ledger.receipt import Receipt


def stamp(at: int) -> str:
    return f"{moment_of(at):%Y%m%d%H%M%S}"


def dossier(
    code: str, received: int, due: int | None = None, ended: int | None = None, **more: Any
) -> dict[str, Any]:
    """A dossier of Chứng thực bản sao, finished where ``ended`` is given."""
    return {
        "MaHoSo": code,
        "MaTTHC": "2.000815",
        "KenhThucHien": "2",
        "NoiNopHoSo": "2",
        "LoaiDoiTuong": "1",
        "ChuHoSo": "Nguyễn Văn A",
        "NgayTiepNhan": stamp(received),
        "NgayHenTra": stamp(due) if due else "",
        "NgayKetThucXuLy": stamp(ended) if ended else "",
        "TrangThaiHoSo": "9" if ended else "4",
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachGiayToKetQua": [],
        **more,
    }


def tell(
    folder: DataFolder, kind: str, *items: dict[str, Any], known_at: int | None = None, take: bool = True
) -> Receipt:
    """Accepts items in a folder; with ``take`` the folder takes them in as its own writer's."""
    context = Context(
        home="H01", is_foreign=folder.registry.units.foreign, key=folder.ledger.keys.hashing, sender="thử"
    )
    arrival = read_body(json.dumps(items).encode(), kind, context)
    assert arrival.refusals == []
    arrival.known_at = known_at
    receipt = folder.ledger.accept([arrival], folder.now())
    if take:
        folder.take(receipt)
    return receipt
