"""The two ends that the page of why looks at: as asked, as usual, and as its choosers offer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from chiso.folder import DataFolder
from chiso.folder.answers import Settled
from chiso.folder.history import DAILY_HOUR, STEP
from chiso.insight.explain.ends import End
from chiso.instants import DAY, BadInstantError, Period, day_of, iso, midnight, parse_period, year_of
from chiso.law.model import LawError
from chiso.web import formatting
from chiso.web.messages import say
from chiso.web.render import period_name
from chiso.web.view import AskedWrongError, View

BACK: Final = (("day", 1), ("week", 7), ("month", 30))
"""Instants offered, with the days that they lie before the second end."""


@dataclass(frozen=True)
class Choice:
    """A pair of ends that is offered."""

    words: str
    a: str
    b: str


def sampled(at: int) -> int:
    """The instant at 06:00 or 18:00 up to another one: those at which the course of the year is kept."""
    start = midnight(day_of(at)) + DAILY_HOUR
    return start + (at - start) // STEP * STEP


def before(period: Period) -> Period:
    """The period of the same kind before this one; before a range one of as many days."""
    last = period.first_day - timedelta(days=1)
    year, month = last.year, last.month
    labels = {
        "year": f"{year}",
        "half": f"{year}-H{1 if month <= 6 else 2}",
        "quarter": f"{year}-Q{(month + 2) // 3}",
        "month": f"{year}-{month:02d}",
    }
    days = (period.last_day - period.first_day).days
    return parse_period(labels.get(period.kind) or f"{last - timedelta(days=days)}..{last}")


def _groups_only(folder: DataFolder, period: Period) -> bool | None:
    """Whether only points of groups are known of a period; ``None`` where no law holds in it."""
    try:
        return folder.law_of(period).groups_only
    except LawError:
        return None


def asked_ends(folder: DataFolder, view: View, code: str, query: Mapping[str, str]) -> tuple[str, str]:
    """The ends that a request names, else the usual ones: the last day, or the period before.

    The first period of a new measure has none before it: it is looked at from its middle on.  A period of
    which the unit's results were published, and none before it, is looked at from its first capture on.
    """
    a, b = (query.get(name, "").strip().replace(" ", "+") for name in ("a", "b"))
    if a and b:
        return a, b
    if view.period is not None and view.period != year_of(view.looked_at):
        moment = f"@{iso(view.as_of if view.as_of is not None else view.at)}" if view.travelling else ""
        earlier = before(view.period)
        usual = earlier.label + moment
        if _groups_only(folder, earlier) is not _groups_only(folder, view.period):
            middle = (view.period.start + view.judged_at) // 2
            usual = f"{view.period.label}@{iso(sampled(middle))}"
        elif _groups_only(folder, view.period) and not folder.published.first([code], earlier.label):
            known = folder.published.instants(code, view.period.label)
            if len(known) > 1:
                usual = f"{view.period.label}@{iso(known[0])}"
        return a or usual, b or view.period.label + moment
    last = view.looked_at
    return a or (iso(sampled(last - DAY)) or ""), b or (iso(last) or "")


def chosen(view: View, query: Mapping[str, str]) -> dict[str, str] | None:
    """What the choosers' plain forms ask for, as ``a`` and ``b``; ``None`` where none was sent.

    A day means its end, today means now.
    """
    if query.get("day_a") and query.get("day_b"):
        return {"a": _day(view, query["day_a"]), "b": _day(view, query["day_b"])}
    if query.get("period_a") and query.get("period_b"):
        return {"a": query["period_a"].strip(), "b": query["period_b"].strip()}
    return None


def _day(view: View, text: str) -> str:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise AskedWrongError("day", text, "error.instant") from None
    return iso(min(midnight(day) + DAY, view.now)) or ""


def choices(view: View) -> list[Choice]:
    """Pairs of ends that are offered: the last day, week, month, the year, this period against the last."""
    now, lang = view.now, view.lang
    last = iso(now) or ""
    found = [
        Choice(say(lang, f"why.since.{key}"), iso(sampled(now - days * DAY)) or "", last)
        for key, days in BACK
    ]
    year = year_of(now)
    first = midnight(date(year.first_day.year, 2, 1))
    if first < now - DAY:
        # the first days of a year have hardly any dossiers
        found.append(Choice(say(lang, "why.since.year"), iso(first) or "", last))
    today = day_of(now)
    for key, label in (
        ("month", f"{today.year}-{today.month:02d}"),
        ("quarter", f"{today.year}-Q{(today.month + 2) // 3}"),
    ):
        period = parse_period(label)
        found.append(Choice(say(lang, f"why.between.{key}"), before(period).label, period.label))
    return found


def periods_offered(view: View) -> list[Period]:
    """The periods that may be chosen: those of the year that have begun, and the last year."""
    year = day_of(view.now).year
    labels = [f"{year}-{month:02d}" for month in range(12, 0, -1)]
    labels += [f"{year}-Q{part}" for part in range(4, 0, -1)]
    labels += [f"{year}-H2", f"{year}-H1", f"{year}", f"{year - 1}"]
    return [period for period in map(parse_period, labels) if period.start <= view.now]


def is_period(asked: End) -> bool:
    """Whether an end is a whole period, and not the year to date."""
    try:
        parse_period(asked.text.partition("@")[0])
    except BadInstantError:
        return False
    return True


def words(end: End, lang: str) -> str:
    """An end in words: 06:00 09/10/2026, tháng 8/2026, tháng 8/2026 as it was at 06:00 05/09/2026."""
    if not is_period(end):
        return formatting.instant(end.at)
    name = period_name(end.period, lang)
    name = name[:1].lower() + name[1:]
    return say(lang, "why.end.both", period=name, at=formatting.instant(end.at)) if "@" in end.text else name


def fields(question: Settled, now: int) -> dict[str, Any]:
    """The query fields by which another page shows what an end looked at."""
    asked = question.question
    return {
        "period": None if asked.period == year_of(now) else asked.period.label,
        "at": None if asked.as_of is None and asked.at <= now else asked.at,
        "as_of": asked.as_of,
        "source": question.source if question.source == "published" else None,
    }
