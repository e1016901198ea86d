"""A year of generated life with 30 documents, 400 tasks and 117 units.

Every day's states are held to the folder's own views asked for that day, and these on some days to what
``score`` prints, read by a few lines that know nothing of the rest.  Then the year is lived through once more
as it came, with the rules of alerts looked at as it goes and a real mail server at the other end.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from email.utils import parsedate_to_datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from chiso.commands.loading import context_of, load
from chiso.folder import DataFolder, QuestionError
from chiso.folder.settings import Settings
from chiso.instants import DAY, day_of, midnight, parse_instant
from chiso.intake.records import Report
from chiso.ledger.clock import Clock
from chiso.ledger.recount import differences
from chiso.registry.codes import dossier_prefix
from chiso.steering import now
from chiso.steering.alerts.answers import add_contact
from chiso.steering.alerts.hours import Hours
from chiso.steering.alerts.machine import amount
from chiso.steering.alerts.round import look
from chiso.steering.alerts.rules import rules
from chiso.steering.alerts.sending import deliver
from chiso.steering.alerts.service import notices
from chiso.steering.alerts.values import Eyes
from chiso.steering.entering import by_command
from chiso.steering.register import ident
from chiso.steering.walk import Walk, days
from chiso.text import moment
from tests.steering.support import FIRST, direct
from tests.support.mailbox import mailbox
from tests.support.messages import tell
from tests.support.provinces import build, journal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
DOSSIERS, DOCUMENTS, TASKS = 1_500, 30, 400
START = midnight(day_of(FIRST)) + DAY


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    path = build(tmp_path_factory.mktemp("year") / "data", DOSSIERS)
    with DataFolder.open(path, standing=True) as folder:
        copies = [
            {
                "MaHoSo": row["code"],
                "ChungThucDienTu": True,
                "So": str(place),
                "NgayChungThuc": row["ended_at"],
            }
            for place, row in enumerate(folder.dossiers("H01", "2.1", "d", limit=600)["rows"])
            if row["ended_at"]
        ]
        for place, row in enumerate(copies):
            tell(folder, "certified_copies", row, known_at=parse_instant(row["NgayChungThuc"]) + place * 60)
        direct(folder, DOCUMENTS, TASKS, every=15)
        assert (
            len(folder.registry.units.league("communes")) + len(folder.registry.units.league("departments"))
            == 117
        )
        yield folder


@pytest.fixture(scope="module")
def walk(year: DataFolder) -> Walk:
    found = Walk(year)
    found.advance()
    return found


def walked(walk: Walk, day: int) -> dict[tuple[str, int], str]:
    found = {}
    for key in walk.lines():
        state = next((state for at, state in days(walk.history(*key), day) if at == day), None)
        if state is not None:
            found[key] = state
    return found


@pytest.mark.parametrize("quarter", range(4))
def test_the_states_are_right_at_every_day(year: DataFolder, walk: Walk, quarter: int) -> None:
    ends = range(START, walk.until + 1, DAY)
    seen: Counter[str] = Counter()
    for day in ends[len(ends) * quarter // 4 : len(ends) * (quarter + 1) // 4]:
        expected = {one.key: one.state for one in now.states(year, day).lines}
        assert walked(walk, day) == expected, day_of(day)
        seen.update(expected.values())
    assert sum(seen.values()) > 1_000
    assert {"on_course", "at_risk"} <= set(seen)
    if quarter:
        assert {"met", "missed"} <= set(seen)


# -- the same from what is printed ---------------------------------------------------------------------------


class Naive:
    """States of a day from the records themselves and the scores that are printed."""

    def __init__(self, folder: DataFolder, day: int) -> None:
        self.folder, self.day = folder, day
        self.scores: dict[tuple[str, str, int], dict[str, Any] | None] = {}
        self.ranks: dict[tuple[str, int, str], dict[str, int]] = {}
        self.told: dict[tuple[str, str], Any] = {}
        kinds = ("document", "target", "task", "listed_unit", "report", "certified_copy")
        for known_at, kind, record in folder.ledger.tellings(kinds):
            if known_at <= day:
                self.told[kind, ident(kind, record)] = record

    def of(self, kind: str) -> list[tuple[str, Any]]:
        return [(id, record) for (what, id), record in self.told.items() if what == kind]

    def states(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        documents = {one.number: one.date for _, one in self.of("document")}
        for id, target in self.of("target"):
            if target.withdrawn:
                continue
            deadline = parse_instant(target.by) + DAY
            values = {
                unit: self.value(target.what, target.threshold, unit, target.by)
                for unit in self.units(target)
            }
            if not target.at_least:
                for unit, value in values.items():
                    found[id, unit] = self.one(target, value, deadline, documents)
                continue
            share = target.at_least.endswith("%")
            told = Fraction(target.at_least.rstrip("%"))
            needed = -((-told * len(values)) // 100) if share else int(told)
            done = sum(value is not None and self.holds(target, value) for value in values.values())
            if all(value is None for value in values.values()):
                found[id, ""] = "no_data"
            elif self.day >= deadline:
                found[id, ""] = "met" if done >= needed else "missed"
            else:
                found[id, ""] = self.ahead(target, done >= needed, done, needed, deadline, documents)
        for id, task in self.of("task"):
            if task.withdrawn:
                continue
            deadline = parse_instant(task.due) + DAY
            states = []
            if task.what:
                value = self.value(task.what, task.threshold, task.unit, task.due)
                states.append(self.one(task, value, deadline, documents))
            if task.report or not task.what:
                answered = ("report", ident("report", Report(task.document, task.unit, task.task, "")))
                late = self.day >= deadline
                waiting = "missed" if late else self.quiet(task.due)
                states.append("met" if answered in self.told else waiting)
            worst = ("missed", "at_risk", "no_data", "on_course", "met")
            found[id, task.unit] = min(states, key=worst.index)
        return found

    def units(self, target: Any) -> list[str]:
        if target.list:
            return [one.unit for _, one in self.of("listed_unit") if one.list == target.list]
        if target.among:
            return [one.code for one in self.folder.registry.units.league(target.among)]
        return [target.unit]

    def holds(self, asked: Any, value: Fraction) -> bool:
        threshold = {"Trung bình": "50"}.get(asked.threshold, asked.threshold).rstrip("%")
        needed = Fraction(threshold) / (100 if asked.threshold.endswith("%") else 1)
        return value <= needed if asked.what == "rank" else value >= needed

    def one(self, asked: Any, value: Fraction | None, deadline: int, documents: dict[str, str]) -> str:
        if value is None:
            return "no_data"
        if self.day >= deadline:
            return "met" if self.holds(asked, value) else "missed"
        done = int(value) if asked.what == "certified_copies" else 0
        return self.ahead(asked, self.holds(asked, value), done, 1, deadline, documents)

    def ahead(
        self, asked: Any, reached: bool, done: int, needed: int, deadline: int, documents: dict[str, str]
    ) -> str:
        lasting = asked.what == "certified_copies"
        if reached:
            return "met" if lasting else "on_course"
        if lasting and self.quiet(day_of(deadline - 1).isoformat()) == "on_course":
            began = parse_instant(documents[asked.document])
            if done * (deadline - began) >= needed * (self.day - began) - (deadline - began) + 1:
                return "on_course"
        return "at_risk"

    def quiet(self, due: str) -> str:
        """Nothing has come: at risk from three working days before the last day."""
        left, day = 0, midnight(day_of(parse_instant(due)))
        while left < 3:
            day -= DAY
            left += self.folder.calendar.is_working(day_of(day))
        return "at_risk" if self.day >= day else "on_course"

    def value(self, what: str, threshold: str, unit: str, by: str) -> Fraction | None:
        at = parse_instant(by) + DAY
        if what == "certified_copies":
            return Fraction(
                sum(
                    one.electronic
                    and dossier_prefix(one.dossier) == unit
                    and parse_instant("2026-01-01") <= one.certified_at < at
                    for _, one in self.of("certified_copy")
                )
            )
        if what == "rank":
            return self.rank(unit, at)
        told = self.score(unit, at)
        if told is None:
            return None
        share = threshold.endswith("%")
        if what in ("total", "band"):
            return Fraction(told["total"]) / (100 if share else 1)
        if what in told["groups"]:
            group = told["groups"][what]
            return Fraction(group["points"]) / (group["max"] if share else 1)
        one = told["indicators"][what]
        if one.get("no_data") or not one.get("d"):
            return None
        return Fraction(one["n"], one["d"]) if share else Fraction(one["points"])

    def score(self, unit: str, at: int) -> dict[str, Any] | None:
        key = (unit, "2026", at)
        if key not in self.scores:
            try:
                told = self.folder.score(unit, period="2026", at=at, as_of=self.day, source="computed")
                self.scores[key] = told if told["dossiers"] else None
            except QuestionError:
                self.scores[key] = None
        return self.scores[key]

    def rank(self, unit: str, at: int) -> Fraction | None:
        kind = self.folder.registry.units.find(unit).kind  # type: ignore[union-attr]
        if kind == "province":
            return None
        key = ("2026", at, kind)
        if key not in self.ranks:
            units = [one.code for one in self.folder.registry.units.league(f"{kind}s")]
            totals = {code: Decimal(told["total"]) for code in units if (told := self.score(code, at))}
            self.ranks[key] = {
                code: 1 + sum(other > total for other in totals.values()) for code, total in totals.items()
            }
        place = self.ranks[key].get(unit)
        return None if place is None else Fraction(place)


@pytest.mark.parametrize("share", range(1, 8))
def test_some_days_from_the_printed_scores(year: DataFolder, walk: Walk, share: int) -> None:
    ends = range(START, walk.until + 1, DAY)
    day = ends[len(ends) * share // 8]
    units = year.registry.units.all
    fast = {
        (duty, units[unit].code if unit >= 0 else ""): state
        for (duty, unit), state in walked(walk, day).items()
    }
    assert fast == Naive(year, day).states()


# -- alerts through the year ---------------------------------------------------------------------------------


HOURS = (8 * 3600, 22 * 3600)
"""When the rules are looked at on each day of the test's year: in the office day, and in quiet hours."""


def expected(rule: Any, values: list[tuple[int, Fraction | None]]) -> list[tuple[int, str]]:
    """What a rule has to tell of one subject, from all that was seen of it, looked up backwards each time."""
    bound, clear = amount(rule.threshold), amount(rule.clear or rule.threshold)
    below = rule.side == "below"
    told: list[tuple[int, str]] = []

    def wrong(value: Fraction | None) -> bool:
        return value is not None and (value < bound if below else value > bound)

    def right(value: Fraction | None) -> bool:
        return value is not None and not wrong(value) and (value >= clear if below else value <= clear)

    for place, (at, value) in enumerate(values):
        check, span, event = (right, rule.recover, "over") if len(told) % 2 else (wrong, rule.hold, "alert")
        if not check(value):
            continue
        begin = place
        while begin > 0 and check(values[begin - 1][1]) and (not told or values[begin - 1][0] > told[-1][0]):
            begin -= 1
        if at - values[begin][0] >= span * 60:
            told.append((at, event))
    return told


def test_alerts_fire_once_recover_and_never_flap_and_the_mails_arrive(tmp_path: Path) -> None:
    lines = journal(DOSSIERS)
    begin = parse_instant("2026-01-05")
    with (
        mailbox() as box,
        DataFolder.open(tmp_path / "year", standing=True, settings=Settings(mail=box.address)) as folder,
    ):
        set_clock(folder, begin)
        direct_ahead(folder)
        hand = by_command(folder)
        for unit in ("H01", "H01.113", "H01.01"):
            add_contact(folder, unit, "", f"{unit.lower()}@example.vn", hand)
        folder.ledger.senders.add("Một cửa", "H01", begin)
        own = {
            "id": "dung-han-tinh", "name": "Đúng hạn của tỉnh dưới 90%", "what": "2.1", "side": "below",
            "threshold": "90%", "clear": "91%", "unit": "H01", "hold": 840, "recover": 600,
            "weight": "urgent", "to": "home",
        }  # fmt: skip
        tell(folder, "alert_rules", own)
        seen: defaultdict[tuple[str, str], list[tuple[int, Fraction | None]]] = defaultdict(list)
        context = context_of(folder.ledger, folder.registry.units, folder.settings)
        place = 0
        last = midnight(day_of(lines[-1][0]))
        for day in range(begin, last, DAY):
            for hour in HOURS:
                at = day + hour
                stop = place
                while stop < len(lines) and lines[stop][0] <= at:
                    stop += 1
                set_clock(folder, at)
                if stop > place:
                    source = io.BytesIO(b"".join(line for _, line in lines[place:stop]))
                    source.name = "journal.jsonl"  # type: ignore[attr-defined]
                    load(folder.ledger, [source], context, folder.now)
                    place = stop
                    folder.refresh()
                eyes = Eyes(folder)
                for rule in rules(folder):
                    if rule.active:
                        for one in eyes.see(rule):
                            seen[rule.id, one.subject].append((at, one.value))
                look(folder)
                deliver(folder)
        set_clock(folder, last + 4 * DAY + HOURS[0])
        deliver(folder)
        told = notices(folder, limit=1_000_000)
        known = {rule.id: rule for rule in rules(folder)}
        events: defaultdict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        for one in reversed(told):
            events[one["rule"], one["subject"]].append((one["at"], one["kind"]))
        # as a plain look backwards at all that was seen says, for every rule and subject
        should = {key: found for key, values in seen.items() if (found := expected(known[key[0]], values))}
        assert dict(events) == should
        kinds = Counter(one["kind"] for one in told)
        assert kinds["alert"] > 30
        assert kinds["over"] > 10
        for (name, _), found in events.items():
            assert [kind for _, kind in found] == (["alert", "over"] * len(found))[: len(found)]
            rule = known[name]
            for (one, _), (other, kind) in pairwise(found):
                assert other - one >= 60 * (rule.hold if kind == "alert" else rule.recover)
        # every notice reached each of its people exactly once, or was taken back before anybody heard of it
        states = Counter(
            state for one in told for state, count in one["deliveries"].items() for _ in range(count)
        )
        assert set(states) <= {"sent", "dropped"}
        lines_told = Counter(
            line[2:]
            for _, message in box.mails
            for line in message.get_content().splitlines()
            if line[:2] == "- "
        )
        sent = Counter(
            f"{moment(one['at'])}: {one['words']}"
            for one in told
            for _ in range(one["deliveries"].get("sent", 0))
        )
        assert lines_told == sent
        identities = [message["Message-ID"] for _, message in box.mails]
        assert len(identities) == len(set(identities))
        # at night and on days off nobody heard anything but what is urgent
        urgent = {f"- {moment(one['at'])}: {one['words']}" for one in told if one["weight"] == "urgent"}
        hours = Hours.of(folder.settings, folder.calendar)
        disturbed = [
            line
            for _, message in box.mails
            if hours.quiet(int(parsedate_to_datetime(message["Date"]).timestamp()))
            for line in message.get_content().splitlines()
            if line[:2] == "- "
        ]
        assert disturbed
        assert set(disturbed) <= urgent
        # the reports of this year say digests of files that nobody handed in
        assert [one for one in differences(folder.ledger) if one.what != "attachment"] == []


def set_clock(folder: DataFolder, at: int) -> None:
    folder.ledger.clock.set(Clock(at))
    folder.refresh()


def direct_ahead(folder: DataFolder) -> None:
    """The year's documents, known at their own instants though they are loaded now."""
    direct(folder, DOCUMENTS, TASKS, every=15, until=parse_instant("2026-10-10"))
