from __future__ import annotations

from typing import Any

import pytest

from chiso.instants import parse_instant
from chiso.intake.doors import read_body
from chiso.intake.records import BandCount, Item, ReportingTotal, UnitRecord

from .samples import context, encode

RECORDS: list[tuple[str, dict[str, Any], Item]] = [
    (
        "units",
        {
            "code": "000.00.13.H01",
            "name": "Ban Quản lý",
            "kind": "sở",
            "parent": "h01",
            "valid_from": "01/07/2025",
        },
        UnitRecord("H01.13", "Ban Quản lý", "department", "H01", "2025-07-01"),
    ),
    (
        "units",
        {
            "code": "gso:883",
            "name": "Long Xuyên",
            "kind": "district",
            "valid_to": "2025-06-30",
            "gso_code": 883,
        },
        UnitRecord("gso:883", "Long Xuyên", "district", valid_to="2025-06-30", gso_code="883"),
    ),
    (
        "totals",
        {"unit": "H01", "period": "2026-q3", "received": "389.256"},
        ReportingTotal("H01", "2026-Q3", 389256),
    ),
    (
        "band_counts",
        {"at": "2023-05-31T17:00", "among": "xã", "under": "H01", "band": "khá", "count": 118},
        BandCount(parse_instant("2023-05-31T17:00"), "communes", "H01", "Khá", 118),
    ),
]


@pytest.mark.parametrize(("kind", "record", "meant"), RECORDS)
def test_records_and_their_replay(kind: str, record: dict[str, Any], meant: Item) -> None:
    first = read_body(encode([record]), None, context())
    assert first.refusals == []
    assert first.kind == kind
    assert first.items == [meant]
    assert read_body(first.payload, kind, context()).items == [meant]


@pytest.mark.parametrize(
    ("kind", "record", "field", "reason"),
    [
        ("units", {"code": "Sở", "name": "x", "kind": "sở"}, "code", "bad_unit_code"),
        ("units", {"code": "H01.1", "name": "x", "kind": "sở"}, "code", "bad_unit_code"),
        ("units", {"code": "H01.13", "name": "x", "kind": "đội"}, "kind", "unknown_code"),
        ("totals", {"unit": "H22", "period": "2026", "received": 1}, "unit", "other_province"),
        ("totals", {"unit": "H01", "period": "2026-13", "received": 1}, "period", "bad_period"),
        ("totals", {"unit": "H01", "period": "2026"}, "received", "missing"),
        ("band_counts", {"at": "", "among": "xã", "band": "khá", "count": 1}, "at", "missing"),
    ],
)
def test_refusals(kind: str, record: dict[str, Any], field: str, reason: str) -> None:
    (refusal,) = read_body(encode([record]), kind, context()).refusals
    assert (refusal.field, refusal.reason) == (field, reason)
