"""Did it work: the totals of the units addressed before and after a letter, against units that got none."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chiso.folder import DataFolder, league
from chiso.folder.answers import asked
from chiso.instants import day_of, iso, midnight, parse_instant, parse_period
from chiso.ledger.letters import Entry
from chiso.registry.units import LEAGUES
from chiso.steering.letters import phrases
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.shift import Shift, shift


def effect(folder: DataFolder, entry: Entry, facts: Facts, until: int | None = None) -> dict[str, Any]:
    """What became of the units that a letter went to (docs/letters.md, "Did it work").

    ``until``: the instant up to which is looked (else now), at most the end of the letter's period.  Totals
    are as known then.  ``{"from", "until", "leagues": [...]}``; a league not known at both is absent.
    """
    period = parse_period(facts.standing.origin.period)
    since = sent_at(entry)
    end = min(folder.now() if until is None else until, period.end - 1)
    body: dict[str, Any] = {"letter": entry.id, "period": period.label, "from": iso(since), "until": iso(end)}
    body["leagues"] = [] if end <= since else _leagues(folder, entry, facts, since, end)
    return body


def sent_at(entry: Entry) -> int:
    """When a letter went out: the end of its day, else the instant at which it was made."""
    if entry.signed_on:
        return midnight(date.fromisoformat(entry.signed_on) + timedelta(days=1))
    return entry.made_at


def _leagues(folder: DataFolder, entry: Entry, facts: Facts, since: int, end: int) -> list[dict[str, Any]]:
    origin = facts.standing.origin
    source = origin.source if origin.source in ("computed", "published") else None
    question = asked(folder, origin.period, end, None, origin.law, source)
    units = folder.registry.units
    addressed = set(entry.addressees)
    found = []
    for among in ("departments", "districts", "communes"):
        kind = LEAGUES[among]
        listed = league.units_of(folder, among, units.home, since)
        if not any(unit.code in addressed and unit.kind == kind for unit in listed):
            continue
        members = league.ranked(folder, question, listed)
        before = league.totals_then(folder, question, members, since)
        after = league.totals_then(folder, question, members, end)
        rows = [
            {
                "unit": one.unit.code,
                "name": one.name,
                "addressed": one.unit.code in addressed,
                "before": f"{before[one.unit.code]:.2f}",
                "after": f"{after[one.unit.code]:.2f}",
                "change": f"{after[one.unit.code] - before[one.unit.code]:.2f}",
            }
            for one in members
            if one.unit.code in before and one.unit.code in after
        ]
        if any(row["addressed"] for row in rows):
            found.append(_compared(among, rows))
    return found


def _hundredths(rows: list[dict[str, Any]], key: str, addressed: bool) -> list[int]:
    return [int(Decimal(row[key]) * 100) for row in rows if row["addressed"] is addressed]


def _mean(values: list[int]) -> str | None:
    if not values:
        return None
    return f"{Decimal(round(Fraction(sum(values), len(values)))) / 100:.2f}"


def _compared(among: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    theirs, others = _hundredths(rows, "change", True), _hundredths(rows, "change", False)
    told = shift(theirs, others)
    rows.sort(key=lambda row: (not row["addressed"], -Decimal(row["change"]), row["unit"]))
    body: dict[str, Any] = {
        "among": among,
        "addressed": len(theirs),
        "others": len(others),
        "before": _mean(_hundredths(rows, "before", True)),
        "after": _mean(_hundredths(rows, "after", True)),
        "change": _mean(theirs),
        "others_change": _mean(others),
        "difference": None if told is None else f"{Decimal(round(told.difference)) / 100:.2f}",
        "low": _points(None if told is None else told.low),
        "high": _points(None if told is None else told.high),
        "p": None if told is None or told.p is None else f"{Decimal(round(told.p * 1000)) / 1000:.3f}",
        "verdict": _verdict(told),
        "units": rows,
    }
    return body


def _points(value: int | None) -> str | None:
    return None if value is None else f"{Decimal(value) / 100:.2f}"


def _verdict(told: Shift | None) -> str:
    """all: nobody to compare with; few: too few; more, less: beyond chance; chance: within it."""
    if told is None:
        return "all"
    if told.low is None or told.high is None:
        return "few"
    if told.low > 0:
        return "more"
    return "less" if told.high < 0 else "chance"


def words(body: dict[str, Any]) -> list[str]:
    """A sentence a league, in Vietnamese, for whoever reads no tables."""
    mark = phrases.points
    found = []
    for one in body["leagues"]:
        kind = phrases.LEAGUE_WORDS[one["among"]]
        head = f"{one['addressed']} {kind} nhận công văn thay đổi bình quân {mark(one['change'])} điểm"
        tail = {
            "all": "; mọi đơn vị cùng loại đều nhận công văn nên không có đơn vị để so sánh.",
            "few": f"; {one['others']} đơn vị không nhận công văn: quá ít đơn vị để kết luận.",
        }.get(one["verdict"])
        if tail is None:
            tail = (
                f", {one['others']} đơn vị không nhận thay đổi {mark(one['others_change'])} điểm; chênh lệch "
                f"{mark(one['difference'])} điểm (khoảng tin cậy 95%: {mark(one['low'])} đến "
                f"{mark(one['high'])})."
            )
        found.append(head + tail)
    if not found:
        since = phrases.short_day(day_of(parse_instant(body["from"])))
        found.append(f"Chưa có số liệu sau ngày {since} để so sánh.")
    return found
