"""Which overdue dossiers are on time once a recognised mistake of their sender is undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Columns
from chiso.folder.habits import closed_at_push
from chiso.folder.sent import memory
from chiso.insight.lateness.judging import Judging, units_at
from chiso.insight.lateness.told import Histories
from chiso.insight.lateness.twins import twins_on_time
from chiso.insight.lateness.undoing import UNDOINGS, Case
from chiso.instants import NEVER
from chiso.intake.records import Mistake
from chiso.ledger.facts import Facts, derive
from chiso.ledger.rows import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chiso.engine.columns import Roster
    from chiso.engine.ground import Ground
    from chiso.folder.state import DataFolder

Bools = NDArray[np.bool_]

SHOWN: Final = (
    Mistake.NO_DUE
    | Mistake.BEFORE_RECEIPT
    | Mistake.END_WITHOUT_TIME
    | Mistake.SUPPLEMENT_WITHOUT_DATE
    | Mistake.REGISTERED_AGAIN
    | Mistake.REQUEST_REPEATED
)
"""Mistakes that a dossier's own row shows."""


@dataclass(frozen=True, slots=True)
class Undone:
    """An overdue dossier without a sender's mistake."""

    mistakes: tuple[Mistake, ...]
    """the one whose undoing is enough, else the fewest that must be undone together"""
    rows: Columns
    """the spans of its life then; none where it would not be there"""
    twin: int = 0
    """number of the dossier as which it is told once more; 0 for none"""
    twin_unit: int = -1
    """the unit at which that one counts"""


@dataclass(frozen=True, slots=True)
class _Attempt:
    number: int
    mistakes: tuple[Mistake, ...]
    packed: bytes


def undone(
    folder: DataFolder,
    roster: Roster,
    ground: Ground,
    start: int,
    judged_at: int,
    overdue: Columns,
    histories: Histories,
) -> dict[int, Undone]:
    """By number, the dossiers that are not overdue once a mistake is undone.

    Args:
        folder: the data folder.
        roster: all dossiers as known now.
        ground: what is counted on, as known now.
        start: first instant of the period.
        judged_at: the judging instant.
        overdue: rows, as known now, of the dossiers that are overdue at it.
        histories: the versions of (at least) these dossiers.
    """
    if not len(overdue):
        return {}
    cases = dict(cases_of(folder, roster, ground, overdue, histories))
    terms = {text: number for number, text in folder.ledger.terms()} | {"": 0}

    def told(number: int, facts: Facts, mistakes: tuple[Mistake, ...]) -> _Attempt:
        packed = derive(facts, facts.version, number, facts.known_at, terms, ground.law.life_rules)
        return _Attempt(number, mistakes, packed)

    single = [
        told(number, facts, (mistake,))
        for number, case in cases.items()
        for mistake, undo in UNDOINGS
        if (facts := undo(case)) is not None
    ]
    twins = twins_on_time(folder, roster, ground, start, judged_at, overdue["dossier"])
    found = {
        number: Undone((Mistake.DUPLICATE_DOSSIER,), Columns.empty(), twin, unit)
        for (number, twin), unit in zip(twins.items(), _units(roster, ground, judged_at, twins), strict=True)
    }
    for one, rows in _enough(single, ground, start, judged_at):
        before = found.get(one.number)
        if before is None or one.mistakes < before.mistakes:
            found[one.number] = Undone(one.mistakes, rows)
    several = [
        told(number, *made)
        for number in {one.number for one in single} - found.keys()
        for made in _together(cases[number])
    ]
    for one, rows in _enough(several, ground, start, judged_at):
        before = found.get(one.number)
        if before is None or _fewer(one.mistakes, before.mistakes):
            found[one.number] = Undone(one.mistakes, rows)
    return found


def _units(roster: Roster, ground: Ground, judged_at: int, twins: Mapping[int, int]) -> list[int]:
    """The units of the twins, in their order."""
    rows = roster.first_spans().take(np.fromiter(twins.values(), np.int64, len(twins)))
    found: list[int] = units_at(rows, ground, judged_at).tolist()
    return found


def _fewer(some: tuple[Mistake, ...], others: tuple[Mistake, ...]) -> bool:
    return (len(some), some) < (len(others), others)


def cases_of(
    folder: DataFolder, roster: Roster, ground: Ground, rows: Columns, histories: Histories
) -> Iterator[tuple[int, Case]]:
    """Dossiers of which a row shows that something may be wrong, by number.

    ``histories``: the versions of (at least) the dossiers of ``rows``.
    """
    sent = memory(folder)
    with sent.lock:
        sent.read(folder)
        numbers = roster.column("dossier")
        stamped, _ = closed_at_push(sent, roster.column("sender"), numbers)
    stamps = set(numbers[stamped].tolist())
    dossiers = rows["dossier"]
    shown = (rows["mistakes"] & np.uint32(SHOWN)) != 0
    shown |= (rows["requested_at"] < NEVER) | (rows["judged_from"] > -NEVER)
    shown |= np.isin(dossiers, numbers[stamped])
    facts: Mapping[int, Facts] = folder.ledger.facts(dossiers[shown].tolist())
    for number, one in facts.items():
        if one.message is not None:
            yield (
                number,
                Case(one, histories.known(number), number in stamps, ground.calendar, ground.law.life_rules),
            )


def _together(case: Case, made: tuple[Mistake, ...] = ()) -> Iterator[tuple[Facts, tuple[Mistake, ...]]]:
    """A dossier without two or more of its mistakes, in every choice of them, undone in their order."""
    for mistake, undo in UNDOINGS:
        if (not made or mistake > made[-1]) and (facts := undo(case)) is not None:
            if made:
                yield facts, (*made, mistake)
            yield from _together(replace(case, facts=facts), (*made, mistake))


def _enough(
    attempts: list[_Attempt], ground: Ground, start: int, judged_at: int
) -> Iterator[tuple[_Attempt, Columns]]:
    """The attempts that leave a dossier not overdue, with its rows then."""
    if not attempts:
        return
    stored = np.frombuffer(b"".join(one.packed for one in attempts), ROW)
    rows = Columns.of_rows(stored)
    ground.derive(rows)
    missed = Judging(rows, ground, start, judged_at).missed()
    stops = np.cumsum([len(one.packed) // ROW.itemsize for one in attempts]).tolist()
    for one, begin, stop in zip(attempts, [0, *stops], stops, strict=False):
        if not missed[begin:stop].any():
            yield one, rows.take(slice(begin, stop))
