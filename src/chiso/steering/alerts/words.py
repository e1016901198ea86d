"""Alerts in words.  What is told to officials is Vietnamese; pages show values in their reader's language."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from chiso.law.goals import number
from chiso.text import number as written
from chiso.text import percent

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.intake.records import AlertRule
    from chiso.steering.alerts.machine import Event
    from chiso.steering.alerts.values import Seen

COUNTED: Final = {
    "due": ("hồ sơ", "dossier", "dossiers"),
    "overdue": ("hồ sơ", "dossier", "dossiers"),
    "petitions": ("phản ánh, kiến nghị", "petition", "petitions"),
    "duties": ("chỉ tiêu, nhiệm vụ", "target or task", "targets and tasks"),
    "silence": ("giờ làm việc", "office hour", "office hours"),
    "total": ("điểm", "point", "points"),
    "moved": ("bậc", "place", "places"),
}
"""Units of values: in Vietnamese, in English for one, and for any other number."""
ALONE: Final = frozenset(("due", "overdue", "petitions", "duties", "silence"))
"""What is counted beside the figures of the index."""


def shown(rule: AlertRule, value: Fraction | None, lang: str = "vi") -> str:
    """A value of a rule with its unit: 79,5 điểm, 94,20%, 12 hồ sơ, hạng 31."""
    en = lang == "en"
    if value is None:
        return "no data" if en else "chưa có số liệu"
    if rule.what == "rank" and not rule.span:
        return f"{'rank' if en else 'hạng'} {written(value, 0, lang)}"
    if rule.what == "rank" or rule.what in ALONE:
        name = "moved" if rule.what == "rank" else rule.what
        places = 1 if rule.what == "silence" and value.denominator != 1 else 0
    elif rule.threshold.endswith("%"):
        return percent(value, 2, lang)
    else:
        name, places = "total", 2
    vi, one, many = COUNTED[name]
    return f"{written(value, places, lang)} {(one if value == 1 else many) if en else vi}"


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
    if rule.span and rule.what not in ALONE:
        changed = f"giảm so với {rule.span} ngày trước: "
    return f"{who}: {rule.name}; {changed}{value} (ngưỡng {side} {bound})."
