"""The slow twin: plain Python, one dossier at a time, from the ledger's history of it.

What a mistake's undoing means is asked of the same named functions: they are the definition.  All else is
worked out here by itself, as docs/lateness.md says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from chiso.folder import DataFolder
from chiso.insight.lateness.undoing import UNDOINGS, Case, Known
from chiso.instants import NEVER, Period
from chiso.intake.records import Mistake
from chiso.law.life import PORTAL_RULES
from chiso.ledger.facts import derive
from chiso.ledger.reading import Told
from chiso.ledger.rows import ROW

Row = Mapping[str, Any]


def in_force(rows: Any, at: int) -> Row | None:
    """The one span of a version that holds at an instant."""
    for row in rows:
        if row["judged_from"] <= at < row["judged_to"]:
            return {name: int(row[name]) for name in ROW.names or ()}
    return None


def overdue(row: Row | None, limit: int, start: int, at: int) -> bool:
    """Whether a dossier counts in 2.1 at an instant, and not as on time (scoring rules, 2.1)."""
    if row is None or at <= start:
        return False
    received, ended = row["received_at"], row["ended_at"]
    if received >= at or (received < start and ended < start):
        return False

    def happened(name: str) -> int | None:
        return row[name] if row[name] <= at else None

    if happened("second_requested_at") is not None:
        return True
    due = row["due_at"] if row["due_at"] < NEVER else limit
    if due >= NEVER:
        return False
    end, asked, answered = happened("ended_at"), happened("requested_at"), happened("completed_at")
    wait = 0 if asked is None or answered is None else answered - asked
    until = end if end is not None else asked if asked is not None and answered is None else at
    return until - wait > due


@dataclass
class Twin:
    """One question, asked of dossiers one by one."""

    folder: DataFolder
    period: Period
    judged: int
    then: int | None
    """the instant as of which it is asked; ``None`` for now"""

    def __post_init__(self) -> None:
        self.terms = {text: number for number, text in self.folder.ledger.terms()} | {"": 0}
        self.procedures = {number: text for text, number in self.terms.items()}

    def limit(self, row: Row | None) -> int:
        if row is None or row["due_at"] < NEVER or row["received_at"] >= NEVER:
            return NEVER
        procedure = self.folder.registry.catalogue.get(self.procedures[row["procedure"]])
        if procedure is None or procedure.limit_days is None:
            return NEVER
        return self.folder.registry.calendar.due(
            row["received_at"], procedure.limit_days, procedure.limit_unit
        )

    def late(self, rows: Any, at: int | None = None) -> bool:
        judged = self.judged if at is None else at
        row = in_force(rows, judged)
        return overdue(row, self.limit(row), self.period.start, judged)

    def versions(self, code: str) -> list[Told]:
        """Of versions known since one instant the last one alone."""
        found: dict[int, Told] = {}
        for one in self.folder.ledger.history(code):
            found[one.known_at] = one
        return [found[at] for at in sorted(found)]

    def classed(self, code: str, stamped: frozenset[str] = frozenset()) -> tuple[str, tuple[str, ...]] | None:
        """The class of a dossier with the mistakes that were undone; ``None`` where it is not overdue."""
        versions = self.versions(code)
        known = [one for one in versions if self.then is None or one.known_at <= self.then]
        if not known or not self.late(known[-1].rows):
            return None
        newest = versions[-1]
        if not self.late(newest.rows):
            told = newest
            for one in reversed(versions):
                if self.late(one.rows):
                    break
                told = one
            return ("late_data", ()) if timely(told) else ("undecidable", ())
        if mistakes := self.undone(code, versions, code in stamped):
            return "wrong_data", mistakes
        end = last_end(newest)
        if end >= NEVER:
            return "undecidable", ()
        told = newest
        for one in reversed(versions):
            if last_end(one) != end:
                break
            told = one
        return ("late_work" if timely(told) else "undecidable"), ()

    def undone(self, code: str, versions: list[Told], stamped: bool) -> tuple[str, ...]:
        number = self.folder.ledger.ids([code])[code]
        facts = self.folder.ledger.facts([number])[number]
        if facts.message is None:
            return ()
        known = [
            Known(one.known_at, timely(one), int(one.rows[0]["due_at"]), int(one.rows[0]["mistakes"]))
            for one in versions
        ]
        case = Case(facts, known, stamped, self.folder.registry.calendar, PORTAL_RULES)

        def fine(altered: Any) -> bool:
            packed = derive(altered, 1, number, 1, self.terms)
            return not self.late(np.frombuffer(packed, ROW))

        single = [mistake for mistake, undo in UNDOINGS if (made := undo(case)) is not None and fine(made)]
        if self.twin(code):
            single.append(Mistake.DUPLICATE_DOSSIER)
        if single:
            return (str(min(single).name),)
        for count in range(2, len(UNDOINGS) + 1):
            for chosen in combinations(UNDOINGS, count):
                altered: Case | None = case
                for _, undo in chosen:
                    made = undo(altered) if altered is not None else None
                    altered = replace(case, facts=made) if made is not None else None
                if altered is not None and fine(altered.facts):
                    return tuple(str(mistake.name) for mistake, _ in chosen)
        return ()

    def twin(self, code: str) -> bool:
        """Whether the same dossier stands under another code, on time."""
        everything = {told: facts for _, told, facts in self.folder.ledger.all_facts()}
        own = everything[code].message
        for other, facts in everything.items():
            message = facts.message
            if other == code or own is None or message is None or not own.owner:
                continue
            key = (message.owner, message.procedure, message.received_at)
            if key == (own.owner, own.procedure, own.received_at):
                rows = self.versions(other)[-1].rows
                if self.counted(rows) and not self.late(rows):
                    return True
        return False

    def counted(self, rows: Any) -> bool:
        row = in_force(rows, self.judged)
        return row is not None and row["received_at"] < self.judged and (
            row["received_at"] >= self.period.start or row["ended_at"] >= self.period.start
        )  # fmt: skip

    def shown(self, code: str, grid: int) -> tuple[int, int, int] | None:
        """(since, until, seconds) for which a dossier on time was shown as overdue, second by second but for
        stretches between multiples of ``grid``, in which nothing happens."""
        versions = self.versions(code)
        if self.late(versions[-1].rows):
            return None
        since, until, seconds = NEVER, 0, 0
        for begin in range(self.period.start, self.judged, grid):
            for at, length in ((begin, 1), (begin + 1, grid - 1)):
                known = [place for place, one in enumerate(versions) if one.known_at <= at]
                if not known or known[-1] == len(versions) - 1 or not timely(versions[known[-1] + 1]):
                    continue
                if self.late(versions[known[-1]].rows, at) and not self.late(versions[-1].rows, at):
                    since, until, seconds = min(since, at), at + length, seconds + length
        return (since, until, seconds) if seconds else None


def timely(version: Told) -> bool:
    return bool(version.rows[0]["timely"])


def last_end(version: Told) -> int:
    """The end that a version tells, whenever it lies."""
    return int(max(version.rows, key=lambda row: int(row["judged_from"]))["ended_at"])
