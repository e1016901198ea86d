"""What a reconciliation says in words that need its figures."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from chiso.instants import Period
from chiso.text import day, moment, number

if TYPE_CHECKING:
    from chiso.insight.reconcile.flaws import Flaw
    from chiso.insight.reconcile.solve import OtherDate, Reconciliation


def period_words(period: Period) -> str:
    """Năm 2026, Tháng 9/2026, Quý 3/2026, 6 tháng đầu năm 2026, 01/01/2023 – 27/03/2023."""
    first = period.first_day
    if period.kind == "year":
        return f"Năm {first.year}"
    if period.kind == "month":
        return f"Tháng {first.month}/{first.year}"
    if period.kind == "quarter":
        return f"Quý {(first.month + 2) // 3}/{first.year}"
    if period.kind == "half":
        return f"6 tháng {'đầu' if first.month == 1 else 'cuối'} năm {first.year}"
    return f"{day(first)} – {day(period.last_day)}"


def other_date_words(found: Reconciliation, one: OtherDate, language: str) -> str:
    """Which group is of another date, and of which."""
    group = found.case.law.groups[one.group].names[language]
    captured, fits = moment(one.captured_at, language), moment(one.data_at, language)
    newest = moment(found.gathered.question.told.newest_group, language)
    if one.data_at != one.captured_at:
        if language == "vi":
            return f"{group}: chốt lúc {captured} nhưng số liệu chưa làm mới, vẫn là của {fits}."
        return f"{group}: captured at {captured}, yet not refreshed; the figures are of {fits}."
    if language == "vi":
        return f"{group}: chốt lúc {captured}, trong khi nhóm mới nhất chốt lúc {newest}."
    return f"{group}: captured at {captured}, while the newest group was captured at {newest}."


def flaw_words(found: Reconciliation, flaw: Flaw, language: str) -> str:
    """What the published figures say against themselves."""
    law = found.case.law
    vi = language == "vi"
    indicator = f"{flaw.indicator} {law.indicators[flaw.indicator].names[language]}" if flaw.indicator else ""
    group = law.groups[flaw.group].names[language] if flaw.group else ""
    told, own = _shown(flaw.published, language), _shown(flaw.by_own, language)
    if flaw.kind == "points":
        if vi:
            return f"{indicator}: công bố {told} điểm, nhưng tử số và mẫu số đã công bố cho {own} điểm."
        return f"{indicator}: {told} points published, yet its published numbers give {own}."
    if flaw.kind == "group":
        if vi:
            return f"Nhóm {group}: công bố {told} điểm, nhưng các chỉ số của nhóm cho {own} điểm."
        return f"Group {group}: {told} points published, yet its indicators give {own}."
    if flaw.kind == "total":
        if vi:
            return f"Tổng điểm công bố {told}, nhưng sáu nhóm cộng lại là {own}."
        return f"The published total is {told}, yet the six groups sum to {own}."
    if flaw.kind == "more_than_all":
        if vi:
            return f"{indicator}: tử số {told} lớn hơn mẫu số {own}."
        return f"{indicator}: the numerator {told} is greater than the denominator {own}."
    if flaw.kind == "not_inherited":
        if vi:
            return f"{indicator}: lẽ ra chép từ tỉnh ({own}), nhưng công bố là {told}."
        return f"{indicator}: should be the province's ({own}), yet {told} was published."
    what = indicator or group
    if vi:
        return f"{what}: công bố {told} điểm, vượt mức tối đa {own}."
    return f"{what}: {told} points published, above the maximum of {own}."


def _shown(value: str, language: str) -> str:
    """A number of a flaw as people write it; pairs stay as they are."""
    try:
        return number(Decimal(value), None, language)
    except InvalidOperation:
        return " / ".join(_shown(one, language) for one in value.split("/"))
