"""Where every figure of a letter came from, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chiso.instants import day_of, iso
from chiso.steering.letters import phrases
from chiso.steering.letters.facts import Facts, Origin


@dataclass(frozen=True)
class Sourced:
    """A figure as the letter writes it, and its origin."""

    name: str
    value: str
    origin: Origin


def sourced(facts: Facts) -> list[Sourced]:
    """All figures of a letter and of its appendices' sums, in the order in which it tells them."""
    return list(_sourced(facts))


def _sourced(facts: Facts) -> Iterator[Sourced]:
    mark = facts.decimal_mark
    standing = facts.standing

    def points(value: str) -> str:
        return phrases.points(value, mark)

    if facts.movement is not None:
        for one in facts.movement.places:
            name = f"Thứ hạng ngày {phrases.short_day(day_of(one.at))}"
            yield Sourced(name, f"{one.rank}/{one.of}", facts.movement.origin)
    yield Sourced("Tổng điểm", f"{points(standing.total)}/{standing.most}", standing.origin)
    for group in standing.groups:
        yield Sourced(group.name, f"{points(group.points)}/{group.most}", standing.origin)
    if facts.due is not None:
        due = facts.due
        yield Sourced("Hồ sơ quá hạn chưa có kết quả", str(due.overdue_open), due.origin)
        day = phrases.short_day(day_of(due.until - 1))
        yield Sourced(f"Hồ sơ đến hạn đến hết ngày {day}", str(due.soon), due.origin)
    if facts.work is not None:
        yield Sourced("Việc cần làm", str(facts.work.count), facts.work.origin)
    for told in facts.coverage:
        yield Sourced(
            f"Đã chứng thực bản sao điện tử: {told.list}", f"{told.done}/{len(told.rows)}", told.origin
        )
    for league in facts.leagues:
        words = phrases.ADDRESSEE_WORDS.get(league.among, league.among)
        yield Sourced(f"Kết quả từng đơn vị: {words}", f"{len(league.rows)} đơn vị", league.origin)
    if facts.overdue is not None:
        yield Sourced("Hồ sơ quá hạn", str(facts.overdue.overdue), facts.overdue.origin)
    if facts.tasks is not None and facts.tasks.rows:
        yield Sourced("Nhiệm vụ chưa có báo cáo", str(len(facts.tasks.rows)), facts.tasks.origin)


def origin_json(origin: Origin) -> dict[str, Any]:
    """An origin with its instants as texts."""
    return {
        "source": origin.source,
        "law": origin.law,
        "law_version": origin.law_version,
        "units_version": origin.units_version,
        "calendar_version": origin.calendar_version,
        "journal": origin.journal,
        "period": origin.period,
        "at": iso(origin.at),
        "as_of": iso(origin.as_of),
        "captured_at": iso(origin.captured_at),
        "link": origin.link,
    }


def as_json(facts: Facts) -> list[dict[str, Any]]:
    """Every figure with its origin."""
    return [
        {"name": one.name, "value": one.value, "origin": origin_json(one.origin)} for one in sourced(facts)
    ]
