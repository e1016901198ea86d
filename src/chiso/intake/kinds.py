"""What kind of records something holds, told from its field names or column headings."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from chiso.intake.records import Arrival

MESSAGES: Final = "messages"
"""Dossiers or progress, each message telling which."""

TABLE: Final = "table"
"""A table whose headings have not been read yet."""

_ALIASES: Final = {
    "message": MESSAGES, "dossier": "dossiers", "dongbohosomc": "dossiers", "capnhattiendohosomc": "progress",
    "steps": "progress", "petition": "petitions", "rating": "ratings", "payment": "payments",
    "certified-copies": "certified_copies", "store-records": "store_records", "store": "store_records",
    "procedure": "procedures", "catalogue": "procedures",
    "local-procedures": "local_procedures", "local-procedure": "local_procedures",
    "decision": "decisions", "unit": "units",
    "total": "totals", "portal": "published", "results": "published", "bands": "band_counts",
    "band-counts": "band_counts", "document": "documents", "task": "tasks", "lists": "unit_lists",
    "unit-lists": "unit_lists", "list": "unit_lists", "target": "targets", "report": "reports",
    "reminder": "reminders", "alert-rules": "alert_rules", "rules": "alert_rules", "rule": "alert_rules",
}  # fmt: skip


def kind_named(word: str) -> str | None:
    """A kind as people write it after ``--as``; ``None`` where it is none."""
    word = word.strip().lower()
    if word in Arrival.KINDS or word in {MESSAGES, TABLE}:
        return word
    return _ALIASES.get(word) or _ALIASES.get(word.replace("_", "-"))


_RULES: Final[tuple[tuple[str, tuple[frozenset[str], ...]], ...]] = tuple(
    (kind, tuple(frozenset(needed.split()) for needed in alternatives))
    for kind, alternatives in (
        (MESSAGES, ("received_at message", "service data", "session data")),
        ("petitions", ("MaPAKN",)),
        ("payments", ("LoaiBanTin", "MaThamChieu MaLoi")),
        ("certified_copies", ("ChungThucDienTu", "LaHoSoChungThuc", "NgayChungThuc MaHoSo")),
        ("ratings", ("MaHoSo DanhGia",)),
        ("store_records", ("MaHoSo TenGiayToKetQua", "MaHoSo MaChuGiayTo", "MaHoSo NgayLuuKho")),
        ("progress", ("MaHoSo ThoiDiemXuLy", "MaHoSo TrangThai")),
        ("dossiers", ("MaHoSo TrangThaiHoSo", "MaHoSo MaTTHC", "MaHoSo NgayTiepNhan")),
        ("published", (
            "captured_at answer", "departmentId metrics", "departmentId totalReceived",
            "departmentId totalScore", "parent children", "overview evaluation",
            "TEN_COQUAN TONG_SCORE", "MA_COQUAN TONG_SCORE", "MA_COQUAN TDGQ",
            "unit period total", "unit at total", "unit period transparency", "unit at rank",
            "code CKMB TDGQ", "TEN_COQUAN TDGQ",
        )),
        ("procedures", ("MATTHC", "publishingDepartmentIds code", "code name online", "code name level")),
        ("decisions", ("code decision date",)),
        ("units", ("code name kind",)),
        ("totals", ("unit period received",)),
        ("band_counts", ("among band count",)),
        ("documents", ("number issuer", "number date subject")),
        ("alert_rules", ("id what side threshold",)),
        ("targets", ("what threshold by",)),
        ("reports", ("unit task content",)),
        ("reminders", ("unit task at",)),
        ("tasks", ("document task", "unit task")),
        ("unit_lists", ("list unit",)),
        ("progress", ("ThoiDiemXuLy",)),
        ("dossiers", ("MaHoSo",)),
    )
)  # fmt: skip


def kind_of_keys(keys: Collection[str]) -> str:
    """The kind whose telling names are all among ``keys``; empty where none fits."""
    held = frozenset(keys)
    for kind, alternatives in _RULES:
        if any(needed <= held for needed in alternatives):
            return kind
    return ""


_KEY: Final = re.compile(rb'\\?"([A-Za-z_0-9]{2,60})\\?"\s*:')


def keys_in(head: bytes) -> set[str]:
    """All field names in the beginning of a JSON text, nested and double-encoded ones too."""
    return {found.decode() for found in _KEY.findall(head)}
