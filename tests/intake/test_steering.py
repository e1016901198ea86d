from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chiso.instants import parse_instant
from chiso.intake.doors import read_body
from chiso.intake.records import (
    AlertRule,
    DirectingDocument,
    Item,
    ListedUnit,
    Reminder,
    Report,
    Target,
    Task,
)

from .samples import context, encode

A, B = "a" * 64, "b" * 64
TARGET = {"document": "308/UBND-TH", "what": "tổng điểm", "threshold": "80", "by": "15/12/2026"}
RULE = {"id": "duoi-80", "name": "Dưới 80 điểm", "what": "total", "side": "below", "threshold": "80"}

RECORDS: list[tuple[str, dict[str, Any], Item]] = [
    (
        "documents",
        {"number": "308/UBND-TH", "date": "2023-03-28", "issuer": "UBND tỉnh", "subject": "Đôn đốc"},
        DirectingDocument("308/UBND-TH", "2023-03-28", "UBND tỉnh", "Đôn đốc"),
    ),
    (
        "documents",
        {"number": "1", "date": "2026-03-28", "issuer": "x", "file": "a.pdf", "digest": A, "withdrawn": 1},
        DirectingDocument("1", "2026-03-28", "x", "", "a.pdf", A, True),
    ),
    (
        "targets",
        {**TARGET, "unit": "h01.113"},
        Target("308/UBND-TH", "H01.113", "", "", "total", "80", "2026-12-15"),
    ),
    (
        "targets",
        {**TARGET, "what": "Tiến độ giải quyết hồ sơ", "what ": "", "unit": "H01", "among": "xã"}
        | {"what": "TDGQ", "threshold": "95 %", "period": "quý 3/2026", "note": "phải đạt"},
        Target(
            "308/UBND-TH", "H01", "communes", "", "processing", "95%", "2026-12-15", "", "2026-Q3", "phải đạt"
        ),
    ),
    (
        "targets",
        {**TARGET, "list": "97 đơn vị", "what": "chứng thực điện tử", "threshold": 1, "at_least": "100 %"},
        Target("308/UBND-TH", "", "", "97 đơn vị", "certified_copies", "1", "2026-12-15", "100%"),
    ),
    (
        "tasks",
        {"document": "308/UBND-TH", "unit": "H01.06", "task": "Số hóa", "due": "30/09/2026"},
        Task("308/UBND-TH", "H01.06", "Số hóa", "2026-09-30"),
    ),
    (
        "tasks",
        {
            "document": "1", "unit": "H01.06", "task": "Số hóa", "due": "2026-09-30", "report": "kết quả",
            "what": "4.2", "threshold": "60%",
        },
        Task("1", "H01.06", "Số hóa", "2026-09-30", "kết quả", "4.2", "60%"),
    ),
    ("unit_lists", {"list": "cần đôn đốc", "unit": "H01.113"}, ListedUnit("cần đôn đốc", "H01.113")),
    (
        "reports",
        {"document": "1", "unit": "H01.06", "task": "Số hóa", "content": A, "files": f"{B} {A}",
         "disputed": "2.1 total"},
        Report("1", "H01.06", "Số hóa", A, (B, A), ("2.1", "total")),
    ),
    (
        "reminders",
        {"document": "1", "unit": "H01.06", "task": "Số hóa", "at": "2026-09-20T08:00"},
        Reminder("1", "H01.06", "Số hóa", parse_instant("2026-09-20T08:00")),
    ),
    (
        "alert_rules",
        {**RULE, "clear": "80,5", "among": "xã", "hold": 60, "recover": 120, "weight": "khẩn", "to": "both"},
        AlertRule(
            "duoi-80", "Dưới 80 điểm", "total", "below", "80", "80.5", among="communes", hold=60, recover=120,
            weight="urgent", to="both",
        ),
    ),
    (
        "alert_rules",
        {"id": "tut", "name": "Tụt hạng", "what": "hạng", "side": "trên", "threshold": 2, "span": 7,
         "unit": "H01", "active": "0"},
        AlertRule("tut", "Tụt hạng", "rank", "above", "2", unit="H01", span=7, active=False),
    ),
    (
        "alert_rules",
        {"id": "han", "name": "Đến hạn", "what": "đến hạn", "side": "above", "threshold": "50", "span": 24},
        AlertRule("han", "Đến hạn", "due", "above", "50", span=24),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "record", "meant"), RECORDS)
def test_records_and_their_replay(kind: str, record: dict[str, Any], meant: Item) -> None:
    first = read_body(encode([record]), None, context())
    assert first.refusals == []
    assert first.kind == kind
    assert first.items == [meant]
    assert read_body(first.payload, kind, context()).items == [meant]


UNIT = {**TARGET, "unit": "H01.113"}


@pytest.mark.parametrize(
    ("kind", "record", "field", "reason"),
    [
        ("documents", {"number": "1", "date": "khi nào"}, "date", "bad_date"),
        ("documents", {"number": "1", "date": None}, "date", "missing"),
        ("documents", {"number": "1", "date": "2026-01-01", "digest": "xyz"}, "digest", "bad_digest"),
        ("targets", TARGET, "unit", "missing"),
        ("targets", {**UNIT, "by": ""}, "by", "missing"),
        ("targets", {**UNIT, "list": "x"}, "list", "one_of_three"),
        ("targets", {**UNIT, "at_least": "5"}, "at_least", "needs_many_units"),
        ("targets", {**TARGET, "among": "xã", "at_least": "101%"}, "at_least", "bad_threshold"),
        ("targets", {**TARGET, "among": "xã", "at_least": "vài"}, "at_least", "bad_threshold"),
        ("targets", {**TARGET, "among": "thôn"}, "among", "unknown_code"),
        ("targets", {**UNIT, "what": "vui vẻ"}, "what", "unknown_measure"),
        ("targets", {**UNIT, "what": "2.2"}, "what", "gives_no_points"),
        ("targets", {**UNIT, "threshold": "rất cao"}, "threshold", "bad_threshold"),
        ("targets", {**UNIT, "threshold": "101"}, "threshold", "above_maximum"),
        ("targets", {**UNIT, "period": "2027"}, "period", "period_after_deadline"),
        ("targets", {**UNIT, "document": ""}, "document", "missing"),
        ("tasks", {"unit": "H01.06", "task": "x", "what": "2.1", "threshold": "5%"}, "due", "missing"),
        ("tasks", {"unit": "H01.06", "task": "x", "what": "2.1", "due": "2026-12-1"}, "due", "bad_date"),
        ("reports", {"unit": "H01.06", "task": "x", "content": ""}, "content", "missing"),
        ("reports", {"unit": "H01.06", "task": "x", "content": A, "files": "tệp"}, "files", "bad_digest"),
        ("reminders", {"unit": "H01.06", "task": "x", "at": ""}, "at", "missing"),
        ("alert_rules", {**RULE, "clear": "79"}, "clear", "clear_on_wrong_side"),
        ("alert_rules", {**RULE, "side": "above", "clear": "81"}, "clear", "clear_on_wrong_side"),
        ("alert_rules", {**RULE, "side": "bên"}, "side", "unknown_code"),
        ("alert_rules", {**RULE, "what": "band"}, "what", "unknown_measure"),
        ("alert_rules", {**RULE, "what": "due", "threshold": "5%"}, "threshold", "bad_threshold"),
        ("alert_rules", {**RULE, "span": 7, "threshold": ""}, "threshold", "missing"),
        ("alert_rules", {**RULE, "threshold": "120"}, "threshold", "above_maximum"),
    ],
)
def test_refusals(kind: str, record: dict[str, Any], field: str, reason: str) -> None:
    (refusal,) = read_body(encode([record]), kind, context()).refusals
    assert (refusal.field, refusal.reason) == (field, reason)


def test_a_unit_that_is_no_more_names_what_continues_it() -> None:
    def ended(code: str, day: date) -> str | None:
        return "H01.113 Phường Long Xuyên" if code == "gso:883" and day.year >= 2026 else None

    house = context(ended=ended)
    target = {**TARGET, "unit": "gso:883"}
    (refusal,) = read_body(encode([target]), "targets", house).refusals
    assert refusal.reason == "unit_ended"
    assert "15/12/2026" in refusal.message_vi
    assert "H01.113 Phường Long Xuyên" in refusal.message_vi
    then = read_body(encode([{**target, "by": "2023-04-15"}]), "targets", house)
    assert (then.refusals, len(then.items)) == ([], 1)
    task = {"document": "1", "unit": "gso:883", "task": "x", "due": "2026-01-15"}
    assert read_body(encode([task]), "tasks", house).refusals[0].reason == "unit_ended"
