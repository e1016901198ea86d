"""Targets and tasks in words, in both languages."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from chiso.law.goals import Goal, law_on, plain, with_indicators
from chiso.text import number, percent

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.steering.register import Duty

PLAIN: Final = {
    "total": ("Tổng điểm", "Total"),
    "band": ("Xếp loại", "Band"),
    "rank": ("Xếp hạng", "Rank"),
    "certified_copies": ("Chứng thực bản sao điện tử", "Certified e-copies"),
}
AMONG: Final = {
    "provinces": ("các tỉnh", "all provinces"),
    "departments": ("các sở, ban, ngành", "all departments"),
    "districts": ("các huyện", "all districts"),
    "communes": ("các xã, phường, đặc khu", "all communes"),
}


def figure(duty: Duty, lang: str) -> str:
    """The figure of a duty: Tiến độ, kết quả giải quyết · 2.1 Hồ sơ xử lý đúng hạn."""
    goal = duty.goal
    if goal is None:
        return ("Báo cáo", "Report")[lang == "en"]
    if goal.kind in PLAIN:
        return PLAIN[goal.kind][lang == "en"]
    law = law_on(duty.by)
    if goal.kind == "group":
        return str(law.groups[goal.key].names[lang])
    return f"{goal.key} {with_indicators(law).indicators[goal.key].names[lang]}"


def threshold(goal: Goal, lang: str) -> str:
    """≥ 80 điểm, ≥ 95%, từ Khá trở lên, từ 10 trở lên, ≥ 1."""
    en = lang == "en"
    if goal.kind == "band":
        return f"{goal.band} or better" if en else f"từ {goal.band} trở lên"
    if goal.kind == "rank":
        place = plain(goal.threshold)
        return f"{place} or better" if en else f"từ {place} trở lên"
    if goal.percent:
        return f"≥ {_few(goal.threshold * 100, lang)}%"
    if goal.kind == "certified_copies":
        return f"≥ {_few(goal.threshold, lang)}"
    return f"≥ {_few(goal.threshold, lang)} {'points' if en else 'điểm'}"


def value(goal: Goal | None, found: Fraction | None, lang: str) -> str:
    """A figure in the unit of its threshold; an en dash where there is none."""
    if found is None or goal is None:
        return "–"
    if goal.percent:
        return percent(found, 2, lang)
    if goal.kind in ("rank", "certified_copies"):
        return number(found, 0, lang)
    return number(found, 2, lang)


def whose(folder: DataFolder, duty: Duty, lang: str) -> str:
    """The units of a duty: a name, a kind of units, a list."""
    record, units = duty.record, folder.registry.units
    among, listed = getattr(record, "among", ""), getattr(record, "list", "")
    unit = units.find(record.unit, duty.judged_at - 1) or units.find(record.unit) if record.unit else None
    name = unit.name if unit is not None else record.unit
    if listed:
        return f"“{listed}”"
    if among:
        words = AMONG[among][lang == "en"]
        return f"{words} ({name})" if name else words
    return name


def title(folder: DataFolder, duty: Duty, lang: str) -> str:
    """A duty in one line, without its deadline."""
    if duty.kind == "task":
        return str(getattr(duty.record, "task", ""))
    assert duty.goal is not None or duty.unreadable
    goal = duty.goal
    if goal is None:
        return str(duty.record.what)
    words = f"{figure(duty, lang)} {threshold(goal, lang)}"
    if duty.at_least is not None:
        amount, share = duty.at_least
        many = f"{plain(amount * 100)}%" if share else plain(amount)
        units = "đơn vị" if lang != "en" else "of the units" if share else "units"
        return f"{many} {units}: {words}"
    return words


def _few(amount: Fraction, lang: str) -> str:
    """A number with the decimals that it has."""
    text = plain(amount)
    places = len(text.partition(".")[2])
    return number(amount, places, lang)
