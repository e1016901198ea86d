"""Alerts and reminders in words, as officials read them: Vietnamese."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from chiso.law.goals import number
from chiso.text import number as written
from chiso.text import percent

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.intake.records import AlertRule
    from chiso.steering.alerts.machine import Event
    from chiso.steering.alerts.values import Seen

COUNTED = {
    "due": "hồ sơ",
    "overdue": "hồ sơ",
    "petitions": "phản ánh, kiến nghị",
    "duties": "chỉ tiêu, nhiệm vụ",
    "silence": "giờ làm việc",
}


def shown(rule: AlertRule, value: Fraction | None) -> str:
    """A value of a rule with its unit: 79,5 điểm, 94,20%, 12 hồ sơ, hạng 31."""
    if value is None:
        return "chưa có số liệu"
    if rule.what in COUNTED:
        places = 1 if rule.what == "silence" and value.denominator != 1 else 0
        return f"{written(value, places)} {COUNTED[rule.what]}"
    if rule.what == "rank":
        return f"{written(value, 0)} bậc" if rule.span else f"hạng {written(value, 0)}"
    if rule.threshold.endswith("%"):
        return percent(value, 2)
    return f"{written(value, 2)} điểm"


def sentence(folder: DataFolder, rule: AlertRule, seen: Seen, event: Event) -> str:
    """One line: who, what, how much, against which threshold."""
    unit = folder.registry.units.find(seen.unit, folder.now()) or folder.registry.units.find(seen.unit)
    who = seen.subject if rule.what == "silence" else unit.name if unit else seen.subject
    found = number(rule.threshold)
    bound = shown(rule, found[0] if found else None)
    value = shown(rule, seen.value)
    if event == "over":
        return f"{who}: hết cảnh báo “{rule.name}”; hiện là {value}."
    side = "dưới" if rule.side == "below" else "trên"
    changed = ""
    if rule.span and rule.what not in COUNTED:
        changed = f"giảm so với {rule.span} ngày trước: "
    return f"{who}: {rule.name}; {changed}{value} (ngưỡng {side} {bound})."
