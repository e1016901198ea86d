"""What became of a run: counted by group, told in sentences."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct, field

from chiso.instants import iso, parse_instant
from chiso.watch.words import GROUP_NAMES, Note, note, when

NOTES: Final = 100
"""Sentences that a run keeps; the last ones."""
GOOD: Final = frozenset({"complete", "running"})
DAYS_KEPT: Final = 400


class Tally(Struct):
    """One group in one period."""

    period: str
    group: str
    """empty: the overall list"""
    kept: int = 0
    unrefreshed: int = 0
    failed: int = 0
    resumed: int = 0
    """taken earlier, not asked again"""
    figures: int = 0
    since: str | None = None
    """the unrefreshed ones have been shown since this capture at least"""


class Placeholder(Struct):
    """Points that are a placeholder of the portal."""

    period: str
    indicator: str
    status: str
    """the portal's word for it; ``constant``: the same for every unit"""
    units: int = 0


class Taken(Struct):
    """What became of one question."""

    address: str
    period: str
    what: str
    """kept, unrefreshed or failed"""
    at: str | None = None
    since: str | None = None
    """since which capture these figures have been shown"""
    unit: str = ""
    department: str = ""
    procedure: str = ""


class Outcome(Struct):
    """A run, and where it stands."""

    portal: str
    periods: list[str]
    began: str | None
    state: str = "running"
    """``complete``; ``incomplete``: single answers could not be had; ``failed``: the portal did not answer;
    ``silent``: it asked to be left alone; ``refused``, ``changed``: it refused, or its answers have another
    form; ``stopped``: by somebody; ``running``, for good where it was killed"""
    ended: str | None = None
    requests: int = 0
    """sent, further attempts included"""
    done: int = 0
    of: int = 0
    kept: int = 0
    unrefreshed: int = 0
    failed: int = 0
    resumed: int = 0
    figures: int = 0
    groups: list[Tally] = field(default_factory=list)
    placeholders: list[Placeholder] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.state in GOOD

    def tally(self, period: str, group: str) -> Tally:
        """The line of a group in a period."""
        for one in self.groups:
            if (one.period, one.group) == (period, group):
                return one
        self.groups.append(Tally(period, group))
        return self.groups[-1]

    def placeholder(self, period: str, indicator: str, status: str) -> Placeholder:
        """The line of a placeholder."""
        for one in self.placeholders:
            if (one.period, one.indicator, one.status) == (period, indicator, status):
                return one
        self.placeholders.append(Placeholder(period, indicator, status))
        return self.placeholders[-1]

    def say(self, told: Note) -> None:
        """Keeps a sentence."""
        self.notes.append(told)
        del self.notes[:-NOTES]

    def closing(self) -> list[Note]:
        """The sentences that end a run."""
        found = []
        for one in self.groups:
            if one.unrefreshed and one.since and one.group:
                of = one.unrefreshed + one.kept
                share = f" ({one.unrefreshed}/{of})" if of > one.unrefreshed else ""
                since, group = when(parse_instant(one.since)), GROUP_NAMES[one.group]
                found.append(note("unrefreshed", group=group, period=one.period, since=since, share=share))
        for two in self.placeholders:
            told = note("placeholder", indicator=two.indicator, status=two.status, count=two.units)
            found.append(told)
        if self.resumed:
            found.append(note("resumed", count=self.resumed))
        if self.state == "complete":
            how = {"asked": self.requests, "kept": self.kept, "unrefreshed": self.unrefreshed}
            found.append(note("complete", **how) if self.requests else note("nothing_left"))
        elif self.state == "incomplete":
            found.append(note("incomplete", failed=self.failed))
        return found


class Day(Struct):
    """What a day brought."""

    day: str
    state: str
    kept: int = 0
    unrefreshed: int = 0
    failed: int = 0


_DAYS: Final = msgspec.json.Decoder(list[Day])


def days_told(held: str | None) -> list[Day]:
    """The days told so far, oldest first."""
    return _DAYS.decode(held) if held else []


def with_day(held: str | None, at: int, outcome: Outcome) -> str:
    """The days told so far with what a run brought that began at an instant."""
    days, label = days_told(held), (iso(at) or "")[:10]
    known = next((one for one in days if one.day == label), None)
    if known is None:
        known = Day(label, outcome.state)
        days.append(known)
    known.state, known.failed = outcome.state, outcome.failed
    known.kept += outcome.kept
    known.unrefreshed += outcome.unrefreshed
    return msgspec.json.encode(days[-DAYS_KEPT:]).decode()
