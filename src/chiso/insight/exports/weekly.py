"""The message of the week for chat groups: who is under 80 and 90 points, in plain words and few."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from chiso.folder.answers import QuestionError, score, unit_named
from chiso.folder.league import place_of, rank
from chiso.insight.reconcile.words import period_words
from chiso.instants import parse_instant, parse_period
from chiso.registry.units import LEAGUES
from chiso.text import moment, number

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder

THRESHOLDS: Final = (80, 90)
LONGEST: Final = 2_000
"""Signs that a message has at most: what chat programs take in one piece."""
SHORTEST: Final = 300
MOST_NAMES: Final = 15
"""Names of a list at most: nobody reads more in a chat."""
NAMES: Final = {
    "departments": ("Sở, ban, ngành", "departments"),
    "districts": ("Huyện, thị xã, thành phố", "districts"),
    "communes": ("Xã, phường, đặc khu", "communes"),
}
"""Leagues that a message speaks of."""
WORDS: Final = {
    "vi": {
        "head": "CHỈ SỐ 766",
        "of": "{period}, tính đến {at}.",
        "total": "Tổng điểm: {total}/100 ({band}){standing}{change}.",
        "rank": ", hạng {rank}/{of}",
        "rose": ", tăng {points} so với tuần trước",
        "fell": ", giảm {points} so với tuần trước",
        "units": "{count} đơn vị",
        "below": "Dưới {high} điểm",
        "between": "Từ {low} đến dưới {high} điểm",
        "reached": "• Từ {low} điểm: {count} đơn vị.",
        "nobody": "Chưa có điểm của đơn vị trực thuộc.",
        "lowest": ", thấp nhất: {shown} … và {rest} đơn vị khác.",
    },
    "en": {
        "head": "INDEX 766",
        "of": "Period {period}, as of {at}.",
        "total": "Total: {total}/100 ({band}){standing}{change}.",
        "rank": ", rank {rank} of {of}",
        "rose": ", up {points} on a week before",
        "fell": ", down {points} on a week before",
        "units": "units: {count}",
        "below": "Below {high} points",
        "between": "From {low} to below {high} points",
        "reached": "• {low} points or more: {count}.",
        "nobody": "No unit below it has points yet.",
        "lowest": ", lowest: {shown} … and {rest} more.",
    },
}
"""What the message says; names of units and bands are what they are."""


def weekly(
    folder: DataFolder,
    unit_code: str,
    *,
    thresholds: tuple[int, ...] = THRESHOLDS,
    limit: int = LONGEST,
    lang: str = "vi",
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The message about the units below one: totals, change in a week, who is under each threshold.

    ``lang``: vi or en.  ``text`` never has more than ``limit`` signs: of a long list the lowest are named and
    the others counted.
    """
    if not thresholds or any(not 0 < one <= 100 for one in thresholds):
        raise QuestionError(
            "Ngưỡng là những số điểm từ 1 đến 100.", "thresholds are points from 1 to 100", wrong=True
        )
    if limit < SHORTEST:
        raise QuestionError(
            f"Bản tin cần ít nhất {SHORTEST} ký tự.", f"a message takes {SHORTEST} signs at least", wrong=True
        )
    marks = sorted(set(thresholds))
    head = score(folder, unit_code, **question)
    top = unit_named(folder, head["unit"], parse_instant(head["at"]))
    own = _league(folder, next((name for name, kind in LEAGUES.items() if kind == top.kind), ""), question)
    place = next((row for row in (own or {"rows": ()})["rows"] if row["unit"] == head["unit"]), None)
    leagues = []
    for name in NAMES:
        rows = (_league(folder, name, question, top.code) or {"rows": []})["rows"]
        if not rows:
            continue
        worst = sorted(rows, key=lambda row: (Decimal(row["total"]), row["unit"]))
        parts, below = [], 0
        for mark in marks:
            some = [row for row in worst if below <= Decimal(row["total"]) < mark]
            parts.append(
                {"from": below, "under": mark, "count": len(some), "units": [_brief(one) for one in some]}
            )
            below = mark
        reached = sum(Decimal(row["total"]) >= marks[-1] for row in rows)
        leagues.append({"among": name, "count": len(rows), "parts": parts, "reached": reached})
    body: dict[str, Any] = {
        "unit": head["unit"],
        "name": head["name"],
        "period": head["period"],
        "at": head["at"],
        "as_of": head["as_of"],
        "law": head["law"],
        "law_version": head["law_version"],
        "total": head["total"],
        "band": head["band"],
        "rank": place_of(own, head["unit"]),
        "week": None if place is None else (place.get("points_change") or {}).get("week"),
        "thresholds": marks,
        "leagues": leagues,
    }
    body["text"] = told(body, limit, lang)
    return body


def _league(
    folder: DataFolder, among: str, question: QuestionFields, under: str | None = None
) -> dict[str, Any] | None:
    try:
        return rank(folder, among, under, **question) if among else None
    except QuestionError:
        return None


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    return {"unit": row["unit"], "name": row["name"], "total": row["total"]}


def told(body: dict[str, Any], limit: int, lang: str = "vi") -> str:
    """The message in words: as many names as fit, the lowest first, shared evenly among the lists."""
    most = max((part["count"] for league in body["leagues"] for part in league["parts"]), default=0)
    low, high = 0, min(most, MOST_NAMES)
    while low < high:  # the most names a list for which everything fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(_text(body, middle, lang)) <= limit else (low, middle - 1)
    text = _text(body, low, lang)
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"


def _text(body: dict[str, Any], names: int, lang: str) -> str:
    say, en = WORDS[lang], lang == "en"
    week = Decimal(body["week"] or 0)
    change = ""
    if week:
        change = say["rose" if week > 0 else "fell"].format(points=number(abs(week), 2, lang))
    place = body["rank"]
    period = parse_period(body["period"])
    words = [
        f"{say['head']} – {body['name'].upper()}",
        say["of"].format(
            period=period.label if en else period_words(period), at=moment(parse_instant(body["at"]), lang)
        ),
        say["total"].format(
            total=number(Decimal(body["total"]), 2, lang),
            band=body["band"],
            standing="" if place is None else say["rank"].format(**place),
            change=change,
        ),
    ]
    for league in body["leagues"]:
        heading = NAMES[league["among"]][en].upper()
        words += ["", f"{heading} ({say['units'].format(count=league['count'])})"]
        for part in league["parts"]:
            span = say["between" if part["from"] else "below"].format(low=part["from"], high=part["under"])
            words.append(f"• {span}: {say['units'].format(count=part['count'])}{_names(part, names, lang)}")
        words.append(say["reached"].format(low=body["thresholds"][-1], count=league["reached"]))
    if not body["leagues"]:
        words += ["", say["nobody"]]
    return "\n".join(words)


def _names(part: dict[str, Any], most: int, lang: str) -> str:
    if not part["count"] or not most:
        return "."
    shown = ", ".join(
        f"{one['name']} ({number(Decimal(one['total']), 2, lang)})" for one in part["units"][:most]
    )
    rest = part["count"] - most
    return WORDS[lang]["lowest"].format(shown=shown, rest=rest) if rest > 0 else f": {shown}."
