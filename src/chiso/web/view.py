"""What a page is asked: whose figures, over which period, judged when, as known when, in which language.

Every page and every link carries the same few query fields, ``period``, ``at``, ``as_of``, ``law`` and
``source``, so that a reader who travels in time stays there until they return to now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from chiso.folder.answers import QuestionFields
from chiso.instants import (
    DAY,
    BadInstantError,
    Period,
    day_of,
    iso,
    midnight,
    parse_instant,
    parse_period,
    year_of,
)
from chiso.web import formatting
from chiso.web.messages import say

LANGUAGES: Final = ("vi", "en")
THEMES: Final = ("auto", "light", "dark")
CARRIED: Final = ("period", "at", "as_of", "law", "source")


class AskedWrongError(ValueError):
    """A question that cannot be answered.

    Carries the query field and what stood there, the key of the sentence that says so, and (vi, en) words
    that say more than the key does.
    """

    def __init__(self, field: str, value: str, key: str, words: tuple[str, str] | None = None) -> None:
        self.field, self.value, self.key, self.words = field, value, key, words
        super().__init__(words[1] if words else f"{field}={value}: {say('en', key)}")


def _instant(query: Mapping[str, str], field: str) -> int | None:
    text = query.get(field, "").strip()
    if not text:
        return None
    try:
        return parse_instant(text.replace(" ", "+"))  # a plus sign that a query string has eaten
    except BadInstantError:
        raise AskedWrongError(field, text, "error.instant") from None


def _period(query: Mapping[str, str]) -> Period | None:
    text = query.get("period", "").strip()
    if not text:
        return None
    try:
        return parse_period(text)
    except BadInstantError:
        raise AskedWrongError("period", text, "error.period") from None


def whole(query: Mapping[str, str], field: str, default: int, least: int, most: int) -> int:
    """A whole number of the query, kept within bounds."""
    text = query.get(field, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise AskedWrongError(field, text, "error.number")
    return min(most, max(least, int(text[:12])))


EXPORTED: Final = 10_000
"""Rows of a list at most where a page is taken as a file."""
FORMATS: Final = ("csv", "xlsx")


def per_page(query: Mapping[str, str], usual: int) -> int:
    """Rows of a page of a list: all of them where the page is taken as a file."""
    return EXPORTED if query.get("format") in FORMATS else usual


@dataclass(frozen=True, slots=True)
class View:
    """One reader's question and manner of reading."""

    path: str
    now: int
    period: Period | None = None
    at: int | None = None
    as_of: int | None = None
    law: str = ""
    source: str = ""
    lang: str = "vi"
    theme: str = "auto"

    @classmethod
    def of(cls, path: str, query: Mapping[str, str], cookies: Mapping[str, str], now: int) -> View:
        """Reads a request.  Raises :class:`AskedWrongError` naming the field that cannot be read."""
        lang = query.get("lang") or cookies.get("lang", "")
        theme = cookies.get("theme", "")
        return cls(
            path=path,
            now=now,
            period=_period(query),
            at=_instant(query, "at"),
            as_of=_instant(query, "as_of"),
            law=query.get("law", "").strip(),
            source=query.get("source", "").strip(),
            lang=lang if lang in LANGUAGES else "vi",
            theme=theme if theme in THEMES else "auto",
        )

    @property
    def asked_period(self) -> Period:
        """The period that figures are about: the one named, else the year of the instant looked at."""
        return self.period or year_of(self.looked_at)

    @property
    def looked_at(self) -> int:
        """The instant at which things are judged, before the period's end is considered."""
        return self.now if self.at is None else self.at

    @property
    def judged_at(self) -> int:
        return self.asked_period.judged_at(self.looked_at)

    @property
    def live(self) -> bool:
        """Whether what is shown follows the present."""
        return self.at is None and self.as_of is None and self.asked_period.end > self.now

    @property
    def travelling(self) -> bool:
        """Whether the reader has gone to another instant than now."""
        return self.at is not None or self.as_of is not None

    def question(self) -> QuestionFields:
        """Keyword arguments for the questions of a data folder."""
        return {
            "period": None if self.period is None else self.period.label,
            "at": self.at,
            "as_of": self.as_of,
            "law": self.law or None,
            "source": self.source or None,
        }

    def carried(self) -> dict[str, str]:
        """The query fields that links carry on."""
        fields = {
            "period": "" if self.period is None else self.period.label,
            "at": iso(self.at) or "",
            "as_of": iso(self.as_of) or "",
            "law": self.law,
            "source": self.source,
        }
        return {name: value for name, value in fields.items() if value}

    def link(self, path: str, anchor: str = "", **fields: object) -> str:
        """An address that keeps the reader where and when they are; a field of ``None`` is dropped."""
        query = self.carried()
        for name, value in fields.items():
            if value is None or value == "":
                query.pop(name, None)
            elif name in ("at", "as_of") and isinstance(value, int):
                query[name] = iso(value) or ""
            else:
                query[name] = str(value)
        address = quote(path, safe="/.:~-_")
        if query:
            address += "?" + urlencode(query)
        return f"{address}#{anchor}" if anchor else address

    def api(self, path: str, **fields: object) -> str:
        """The address of the same answer as JSON."""
        return self.link("/api/v1" + path, "", **fields)

    def here(self, **fields: object) -> str:
        """The same page with other fields."""
        return self.link(self.path, "", **fields)

    def points(self, value: formatting.Exact | None) -> str:
        return formatting.points(value, self.lang)

    def number(self, value: formatting.Exact | None, places: int = 0) -> str:
        return formatting.number(value, places, self.lang)

    def percent(self, part: formatting.Exact | None, all_of: formatting.Exact | None) -> str:
        return formatting.percent(part, all_of, self.lang)

    def signed(self, value: formatting.Exact | None, places: int = 2) -> str:
        return formatting.signed(value, self.lang, places)

    def span(self, seconds: int | None) -> str:
        return formatting.span(seconds, self.lang)


def hour(by: int, view: View) -> str:
    """By when, as people say it: 11:30 today, 17:00 12/10, within the period."""
    lang = view.lang
    if by >= view.asked_period.end:
        return say(lang, "todo.in_period")
    # what ends at midnight, or a second before it, ends with the day
    shown = formatting.clock(by)
    day = day_of(by)
    if by in (midnight(day), midnight(day) + DAY - 1):
        day = day_of(by - 1)
        shown = "24:00"
    today = day_of(view.looked_at)
    if day == today:
        return say(lang, "todo.today", hour=shown)
    return f"{shown} {day:%d/%m}" if day.year == today.year else f"{shown} {day:%d/%m/%Y}"
