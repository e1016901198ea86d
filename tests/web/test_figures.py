from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chiso.folder import DataFolder
from chiso.instants import DAY, iso
from chiso.law import load
from chiso.web import figures
from tests.web.world import NOW

LAW = load("qd766").at(date(2026, 10, 10))


def rows(*totals: str, end: int = NOW) -> list[dict[str, Any]]:
    first = end - (len(totals) - 1) * DAY
    groups = dict.fromkeys(LAW.groups, "1.00")
    return [
        {"at": iso(first + place * DAY), "total": total, "groups": groups}
        for place, total in enumerate(totals)
    ]


def test_changes_look_back_a_day_a_week_a_month() -> None:
    told = rows(*[f"{50 + place}.00" for place in range(40)])
    day, week, month = figures.changes(Fraction("89"), told, NOW)
    assert (day.by, week.by, month.by) == (1, 7, 30)
    assert month.total == Fraction(59)


def test_changes_say_nothing_where_the_history_is_too_short() -> None:
    told = rows("50.00", "51.00", "52.00")
    day, week, month = figures.changes(Fraction("52"), told, NOW)
    assert day.by == 1
    assert week.by is None
    assert month.by is None
    gap = rows("50.00", end=NOW - 12 * DAY)
    assert all(step.by is None for step in figures.changes(Fraction(52), gap, NOW)[:2])


def test_a_sheet_adds_up_and_orders_what_was_lost(folder: DataFolder) -> None:
    raw = folder.score("H01")
    sheet = figures.sheet(raw, LAW, "vi", folder.history("H01"))
    assert sum(group.points for group in sheet.groups) == sheet.total == Fraction(raw["total"])
    assert [group.number for group in sheet.groups] == [1, 2, 3, 4, 5, 6]
    assert sheet.total + sheet.lost == 100
    assert sheet.gap == 80 - sheet.total
    lost = [row.lost for row in sheet.losses]
    assert lost == sorted(lost, reverse=True)
    assert all(value > 0 for value in lost)
    assert sheet.band == raw["band"]
    assert sheet.days[-1] == ("2026-10-10", raw["total"])
    for group in sheet.groups:
        assert group.month[-1] == group.points
        assert len(group.month) == 31


def test_indicators_know_what_can_be_listed(folder: DataFolder) -> None:
    sheet = figures.sheet(folder.score("H01.113"), LAW, "en")
    by_id = {row.id: row for row in sheet.indicators}
    assert by_id["2.1"].of_dossiers
    assert by_id["2.1"].missed == (by_id["2.1"].d or 0) - (by_id["2.1"].n or 0)
    assert by_id["1.1"].inherited
    assert not by_id["1.1"].of_procedures
    assert by_id["2.2"].duration
    assert by_id["2.2"].missed is None
    assert by_id["3.3"].full_at == Fraction(1, 2)
    assert by_id["2.1"].full_at is None


def test_days_without_any_dossier_are_left_out() -> None:
    told = rows("10.00", "50.00", "51.00")
    told[0]["dossiers"] = 0
    raw = {
        "total": "51.00", "at": iso(NOW), "max": 100, "groups": {}, "indicators": {}, "period": "2026"
    }  # fmt: skip
    sheet = figures.sheet(raw, LAW, "vi", {"rows": told})
    assert [total for _, total in sheet.days] == ["50.00", "51.00"]
    assert sheet.band == LAW.band(Decimal("51.00")).names.vi


def test_short_names_drop_what_all_begin_with(folder: DataFolder) -> None:
    sheet = figures.sheet(folder.score("H01"), LAW, "vi")
    assert not any(row.short.startswith("Tỷ lệ") for row in sheet.indicators)
    assert all(row.short[0].isupper() for row in sheet.indicators)
