"""Working days changed by hand: days off and make-up days of the folder's own, with their effect first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from chiso.administration.effect import Effect, effect
from chiso.administration.files import one_at_a_time, replace
from chiso.administration.refusing import wrong
from chiso.folder.registers import CALENDAR_FILE, Registry, own_days, read_calendar
from chiso.instants import day_of
from chiso.registry.calendar import Calendar, DayRule
from chiso.registry.codes import unit_code
from chiso.steering.entering import Hand, note
from chiso.text import day as day_words

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

FIELDS: Final = ("day", "working", "name", "source", "unit")
LONGEST: Final = 200


def rule_of(folder: DataFolder, day: str, working: bool, name: str, source: str, unit: str) -> DayRule:
    """A rule from a form's fields.  QuestionError says what is wrong with them."""
    try:
        when = date.fromisoformat(day.strip())
    except ValueError:
        raise wrong("Chưa chọn ngày (ngày/tháng/năm).", "a day is needed (2026-08-31)") from None
    this_year = day_of(folder.now()).year
    if not this_year - 4 <= when.year <= this_year + 3:
        raise wrong(
            f"Ngày {day_words(when)} ngoài khoảng {this_year - 4} đến {this_year + 3}.",
            f"{when} is not between {this_year - 4} and {this_year + 3}",
        )
    name, source = name.strip(), source.strip()
    if not name or not source or max(len(name), len(source)) > LONGEST:
        raise wrong(
            "Ghi rõ lý do và văn bản làm căn cứ (mỗi ô đến 200 ký tự).",
            "a reason and the document it rests on are needed, up to 200 characters each",
        )
    if not (name + source).isprintable():
        raise wrong("Lý do và căn cứ viết trên một dòng.", "reason and document take one line each")
    code = ""
    if asked := unit.strip().partition(" ")[0]:
        found = folder.registry.units.find(unit_code(asked) or asked)
        if found is None:
            raise wrong(f"Không có đơn vị mang mã “{asked}”.", f"no unit has the code {asked!r}")
        code = found.code
    return DayRule(when, working, name, source, code)


def proposed(folder: DataFolder, rules: Sequence[DayRule]) -> Effect:
    """What other days of the folder's own would do to this year's points."""
    registry = folder.registry
    calendar = Calendar.load(*_parted(rules))
    return effect(folder, Registry(registry.units, registry.catalogue, calendar, registry.records))


def with_rule(folder: DataFolder, rule: DayRule) -> list[DayRule]:
    """The folder's own days with one more; it takes the place of one for the same day and unit."""
    kept = [one for one in own_days(folder.path) if (one.day, one.unit) != (rule.day, rule.unit)]
    return sorted([*kept, rule], key=lambda one: (one.day, one.unit))


def without_rule(folder: DataFolder, day: date, unit: str) -> list[DayRule]:
    """The folder's own days without one.  QuestionError where it is none of them."""
    held = own_days(folder.path)
    kept = [one for one in held if (one.day, one.unit) != (day, unit)]
    if len(kept) == len(held):
        raise wrong(
            f"Ngày {day_words(day)} không phải ngày do tỉnh thêm.", f"{day} is no day that was added here"
        )
    return kept


def set_day(folder: DataFolder, rule: DayRule, hand: Hand) -> None:
    """Adds a day to the folder's own, or gives it another rule; counted by at once."""
    with one_at_a_time(folder.path):
        _keep(folder, with_rule(folder, rule))
    _tell(folder, hand, "day_set", rule)


def unset_day(folder: DataFolder, day: date, unit: str, hand: Hand) -> None:
    """Takes a day of the folder's own back.  QuestionError where it is none of them."""
    with one_at_a_time(folder.path):
        rules = without_rule(folder, day, unit)
        rule = next(one for one in own_days(folder.path) if (one.day, one.unit) == (day, unit))
        _keep(folder, rules)
    _tell(folder, hand, "day_unset", rule)


def _keep(folder: DataFolder, rules: Sequence[DayRule]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for one in rules:
        writer.writerow([one.day.isoformat(), int(one.working), one.name, one.source, one.unit])
    path = folder.path / CALENDAR_FILE
    replace(path, text.getvalue(), lambda fresh: read_calendar(folder.path, fresh))


def _tell(folder: DataFolder, hand: Hand, what: str, rule: DayRule) -> None:
    folder.refresh()
    note(
        folder, hand, what, rule.day.isoformat(), working=rule.working, name=rule.name, source=rule.source,
        unit=rule.unit,
    )  # fmt: skip


def _parted(rules: Sequence[DayRule]) -> tuple[list[DayRule], list[DayRule]]:
    """(days for everybody, days of single units)"""
    return [one for one in rules if not one.unit], [one for one in rules if one.unit]
