"""What a portal with habits of its own would publish: counted dossier by dossier, from the messages alone.

Written from the rules and not from the house; it shares with it only the messages.  Each habit is one way in
which a portal may count otherwise; a *world* is the set of habits that it has.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from tests.demo.plain_counter import Book, Told, life, on_time, stamp

Pair = tuple[int, int]
World = frozenset[str]
START = "20260101000000"
ORDER = ("new", "changed", "quarantined", "duplicate", "desk", "submitted", "by_day", "3.3", "4.1")
"""Habits in the order in which causes are believed."""
OF_DOSSIERS = ("1.4", "2.1", "3.3", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b", "5.4")
OF_PROCEDURES = ("3.2", "3.5", "3.5b", "4.5a")
Marks = dict[str, tuple[bool, bool]]


def later(text: str, **by: int) -> str:
    """A stamp moved on."""
    at = stamp(text)
    assert at is not None
    return f"{at + timedelta(**by):%Y%m%d%H%M%S}"


@dataclass
class SlowPortal:
    """A portal as of one capture."""

    unit: str
    judged: str
    now: Book
    """what we know today"""
    then: Book
    """what was known at the capture"""
    refused: dict[str, Told] = field(default_factory=dict)
    submitted: dict[str, str] = field(default_factory=dict)
    """NgayNopHoSo by code"""
    owners: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.catalogue = self.now.records["procedures"]
        self.unhappy, self.unhappy_then = self._unhappy(self.now), self._unhappy(self.then)
        self.twins = self._twins()

    @staticmethod
    def _unhappy(book: Book) -> set[str]:
        bad = {r["MaHoSo"] for r in book.records["ratings"].values() if r["DanhGia"] == "KHÔNG HÀI LÒNG"}
        return bad | {p["MaHoSo"] for p in book.records["petitions"].values() if p["MaHoSo"]}

    def _twins(self) -> set[str]:
        """The later codes of dossiers with one owner, procedure and instant of receipt."""
        groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for code, told in self.now.dossiers.items():
            if self.owners.get(code) and told.received:
                groups[self.owners[code], told.procedure, told.received].append(code)
        return {code for codes in groups.values() for code in codes[1:]}

    def codes(self) -> set[str]:
        return {*self.now.dossiers, *self.refused}

    def marks(self, code: str, world: World) -> tuple[Marks, dict[str, str]]:
        """indicator → (in n, in d) of a dossier; and of distinct procedures the one that it makes count."""
        told, steps, unhappy = self._known(code, world)
        if told is None or not told.received:
            return {}, {}
        received = told.received
        if "submitted" in world and self._near_edge(received) and self.submitted.get(code):
            received = self.submitted[code]
        unit = code.partition("-")[0] if "desk" in world else told.unit
        if self.unit not in ("H01", unit) or received >= self.judged:
            return {}, {}
        counted, end = life(told, steps, self.judged)
        if not counted:
            return {}, {}
        found: Marks = {}
        sets: dict[str, str] = {}
        p = self.catalogue.get(told.procedure)
        if received >= START:
            found["1.4"] = (told.filed != "1",) * 2
            online = told.online
            if "3.3" in world:
                online = online and (told.result or not (p and p["returns_paper"]))
            found["3.3"] = online, True
            if told.online:
                sets["3.2"] = told.procedure
            if p and p["has_fee"]:
                paid = told.payment in ("1", "2")
                if not (told.fees and all(fee == "0" for fee in told.fees)):
                    found["3.6"] = paid, True
                if any(fee != "0" for fee in told.fees):
                    sets["3.5"] = told.procedure
                if paid:
                    sets["3.5b"] = told.procedure
        elif end and end < START:
            return {}, {}
        limit = (p["limit_days"], p["limit_unit"]) if p and p["limit_days"] is not None else None
        judged_by = told
        if "by_day" in world and told.due:
            judged_by = copy.copy(told)
            judged_by.due = told.due[:8] + "235959"
        good = on_time(judged_by, steps, end, self.judged, limit)
        found["2.1"] = good, True
        found["5.4"] = good and code not in unhappy, True
        paper = bool(p and p["returns_paper"])
        found["4.1"] = (told.result and paper, paper) if "4.1" in world else (told.result, True)
        found["4.2"] = told.result and any(c[0] for c in told.live), True
        reused = any(c[2] in ("1", "2") for c in told.live)
        reused |= any(c[1] == "1" for c in told.live) if told.filed == "1" else told.flag
        found["4.3"] = reused, True
        from_store = any(c[3] == "1" for c in told.live)
        stored = (self.then if "changed" in world and code in self.then.dossiers else self.now).records
        found["4.4"] = from_store or code in stored["store-records"], True
        found["4.5b"] = told.vneid or from_store, True
        if told.vneid or from_store:
            sets["4.5a"] = told.procedure
        return found, sets

    def _known(self, code: str, world: World) -> tuple[Told | None, set, set[str]]:
        """The message, the steps and who is unhappy, in a world."""
        if "duplicate" in world and code in self.twins:
            return None, set(), set()
        told, steps, unhappy = self.now.dossiers.get(code), self.now.steps.get(code, set()), self.unhappy
        heard = code in self.then.dossiers or code in self.then.steps
        before = told is not None and told.received < self.judged
        if "new" in world and not heard and before:
            return None, set(), set()
        if "changed" in world and heard:
            told, steps = self.then.dossiers.get(code), self.then.steps.get(code, set())
            unhappy = self.unhappy_then
        if "quarantined" in world and code in self.refused:
            told = self.refused[code]
        return told, steps, unhappy

    def _near_edge(self, received: str) -> bool:
        return any(later(edge, days=-1) <= received <= later(edge, days=1) for edge in (START, self.judged))

    def pairs(self, world: World) -> dict[str, Pair]:
        """n and d of what is counted of dossiers."""
        found: dict[str, list[int]] = {name: [0, 0] for name in OF_DOSSIERS}
        sets: dict[str, set[str]] = defaultdict(set)
        for code in self.codes():
            marks, made = self.marks(code, world)
            for name, (n, d) in marks.items():
                found[name][0] += n
                found[name][1] += d
            for name, procedure in made.items():
                sets[name].add(procedure)
        applying = {
            code: p
            for code, p in self.catalogue.items()
            if self.unit == "H01" or p["unit"] == self.unit or (not p["unit"] and len(self.unit) == 7)
        }
        services = {c for c, p in applying.items() if p["online"] != "information" and p["state"] != "closed"}
        fees = {c for c, p in applying.items() if p["has_fee"]}
        persons = {c for c, p in applying.items() if p["for_person"]}
        for name, among in (("3.2", services), ("3.5", fees), ("3.5b", fees), ("4.5a", persons)):
            found[name] = [len(sets[name] & among), len(among)]
        return {name: (n, d) for name, (n, d) in found.items()}


def listed(portals: dict[str, SlowPortal], world: World) -> dict[str, set[str]]:
    """Habit → the dossiers that count otherwise from it on, each under one; ``portals`` by indicator."""
    habits = [one for one in ORDER if one in world]
    worlds = [frozenset(habits[:count]) for count in range(len(habits) + 1)]
    found: dict[str, set[str]] = {one: set() for one in habits}
    apart = list({id(portal): portal for portal in portals.values()}.values())
    for code in {code for portal in apart for code in portal.codes()}:
        lives = []
        for then in worlds:
            told = {}
            for portal in apart:
                marks, made = portal.marks(code, then)
                own = {name for name, one in portals.items() if one is portal}
                told |= {name: mark for name, mark in marks.items() if name in own and mark != (False, False)}
                told |= {name: (made[name], "") for name in made if name in own}  # type: ignore[misc]
            lives.append(told)
        if lives[-1] != lives[0]:
            first = next(place for place, life_ in enumerate(lives) if life_ != lives[0])
            found[habits[first - 1]].add(code)
    return found


__all__ = [
    "OF_DOSSIERS",
    "OF_PROCEDURES",
    "ORDER",
    "START",
    "SlowPortal",
    "World",
    "later",
    "listed",
    "stamp",
]
