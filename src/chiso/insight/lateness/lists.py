"""The dossiers (and petitions) behind the numbers: what happened when, when we were told, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from chiso.folder.answers import QuestionError, provenance
from chiso.folder.drill import MOST, PAGE, subtree_mask
from chiso.insight.lateness import petitions
from chiso.insight.lateness.answer import asked_of, name_of
from chiso.insight.lateness.classes import CLASSES, LATE_DATA
from chiso.insight.lateness.findings import Findings, findings
from chiso.insight.lateness.judging import ON_TIME
from chiso.instants import NEVER, iso

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.engine.columns import Array
    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder

Bools = NDArray[np.bool_]

SHOWN: Final = "shown"
KINDS: Final = (*CLASSES, SHOWN)
FILES: Final = "-"
"""Stands for files loaded by a command, which no sender sent."""
PETITIONS: Final = (petitions.ON_TIME, petitions.SATISFIED)

Row = dict[str, Any]


def dossiers(
    folder: DataFolder,
    unit: str,
    kind: str | None = None,
    *,
    indicator: str = ON_TIME,
    mistake: str | None = None,
    sender: str | None = None,
    limit: int = PAGE,
    offset: int = 0,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The dossiers behind a number of :func:`chiso.insight.lateness.lateness`.

    Args:
        folder: the data folder.
        unit: code of the unit; those below it are included.
        kind: a class, or ``shown`` for those on time that were shown as overdue; all classes without it.
        indicator: 2.1 for the overdue ones, or another one that late or wrong data costs points in.
        mistake: only those with this mistake of their sender (its name, or several joined by ``+``).
        sender: only those told by this sender; ``-`` for files.
        limit: at most so many.
        offset: how many to leave out before.
        question: ``period``, ``at``, ``as_of``, ``law``.
    """
    wanted, one = asked_of(folder, unit, question)
    if kind is not None and kind not in KINDS:
        raise QuestionError(
            f"Loại “{kind}” không có; chọn {', '.join(KINDS)}.",
            f"no class {kind!r}; choose one of {', '.join(KINDS)}",
            wrong=True,
        )
    found = findings(folder, wanted)
    inside = subtree_mask(found.ground, one.index, found.judged_at)
    low, high = max(0, offset), max(0, offset) + max(0, min(limit, MOST))
    if indicator in PETITIONS:
        total, rows = _petitions(folder, found, inside, kind, low, high)
    elif indicator != ON_TIME:
        total, rows = _elsewhere(folder, found, inside, indicator, kind, low, high)
    elif kind == SHOWN:
        total, rows = _shown(folder, found, inside, sender, low, high)
    else:
        total, rows = _overdue(folder, found, inside, kind, mistake, sender, low, high)
    return {
        **provenance(folder, wanted, one, "computed"),
        "known_now": iso(found.known_now),
        "indicator": indicator,
        "class": kind,
        "mistake": mistake,
        "sender": sender,
        "total": total,
        "rows": rows,
    }


def _term(folder: DataFolder, sender: str) -> int:
    text = "" if sender == FILES else sender
    return folder.terms.index(text) if text in folder.terms else -1


def _lag(happened: int, told: int) -> int | None:
    return None if NEVER in (happened, told) else told - happened


def _heads(folder: DataFolder, found: Findings, numbers: Array, terms: Array, units: Array) -> list[Row]:
    """Code, procedure and unit of dossiers."""
    codes = folder.ledger.codes(numbers.tolist())
    catalogue, known = found.ground.catalogue, found.ground.units
    rows = []
    for number, term, unit in zip(numbers.tolist(), terms.tolist(), units.tolist(), strict=True):
        procedure = catalogue.get(folder.terms[term])
        rows.append(
            {
                "code": codes.get(number, ""),
                "procedure": folder.terms[term],
                "procedure_name": "" if procedure is None else procedure.name,
                "unit": known.all[unit].code,
                "unit_name": known.name(unit, found.judged_at - 1),
            }
        )
    return rows


def _overdue(
    folder: DataFolder,
    found: Findings,
    inside: Bools,
    kind: str | None,
    mistake: str | None,
    sender: str | None,
    low: int,
    high: int,
) -> tuple[int, list[Row]]:
    verdict = found.verdict
    chosen = inside[verdict.unit]
    if kind is not None:
        chosen = chosen & verdict.of(CLASSES.index(kind))
    if sender is not None:
        chosen = chosen & (verdict.rows["sender"] == _term(folder, sender))
    if mistake is not None:
        wanted = mistake.upper().split("+")
        numbers = [number for number, one in verdict.undone.items() if name_of(one.mistakes) == wanted]
        chosen = chosen & np.isin(verdict.numbers, np.array(numbers, np.int64))
    due = np.minimum(verdict.rows["due_at"], verdict.rows["limit_due_at"])
    places = _ordered(chosen, due, verdict.numbers)[low:high]
    rows = _heads(
        folder, found, verdict.numbers[places], verdict.rows["procedure"][places], verdict.unit[places]
    )
    # of a dossier elsewhere not even the code is told
    here = [one.twin for one in verdict.undone.values() if one.twin and inside[one.twin_unit]]
    twins = folder.ledger.codes(here)
    for row, place in zip(rows, places.tolist(), strict=True):
        row |= {
            "class": CLASSES[verdict.classes[place]],
            "why": _why(found, place),
            "received_at": iso(int(verdict.rows["received_at"][place])),
            "due_at": iso(int(due[place])),
            "ended_at": iso(int(verdict.ended_at[place])),
            "told_at": iso(int(verdict.told_at[place])),
            "lag": _lag(int(verdict.ended_at[place]), int(verdict.told_at[place])),
            "sender": folder.terms[int(verdict.rows["sender"][place])],
            "undone": _undone(found, int(verdict.numbers[place]), twins),
        }
    return int(chosen.sum()), rows


def _ordered(chosen: Bools, by: Array, numbers: Array) -> Array:
    index = np.flatnonzero(chosen)
    return index[np.lexsort((numbers[index], by[index]))]


def _why(found: Findings, place: int) -> str | None:
    """What is special about a dossier within its class."""
    verdict = found.verdict
    kind = verdict.classes[place]
    if kind == LATE_DATA:
        return "gone" if verdict.gone[place] else "mended" if verdict.mended[place] else None
    if CLASSES[kind] == "undecidable":
        return "untold" if verdict.untold[place] else "open"
    return None


def _undone(found: Findings, number: int, twins: dict[int, str]) -> Row | None:
    """The mistakes undone, and the dossier as it would be without them."""
    one = found.verdict.undone.get(number)
    if one is None:
        return None
    row: Row = {"mistakes": name_of(one.mistakes), "due_at": None, "ended_at": None, "wait": None}
    row["twin"] = twins.get(one.twin) if one.twin else None
    judged = found.judged_at
    for place in range(len(one.rows)):
        told = {name: int(one.rows[name][place]) for name in ("due_at", "limit_due_at", "ended_at")}
        if one.rows["judged_from"][place] <= judged < one.rows["judged_to"][place]:
            requested, completed = (int(one.rows[name][place]) for name in ("requested_at", "completed_at"))
            row["due_at"] = iso(min(told["due_at"], told["limit_due_at"]))
            row["ended_at"] = iso(told["ended_at"]) if told["ended_at"] <= judged else None
            row["wait"] = _lag(requested, completed)
    return row


def _shown(
    folder: DataFolder, found: Findings, inside: Bools, sender: str | None, low: int, high: int
) -> tuple[int, list[Row]]:
    shown = found.shown
    chosen = inside[shown.unit]
    if sender is not None:
        chosen = chosen & (shown.rows["sender"] == _term(folder, sender))
    places = _ordered(chosen, -shown.seconds, shown.rows["dossier"])[low:high]
    columns = shown.rows.take(places)
    rows = _heads(folder, found, columns["dossier"], columns["procedure"], shown.unit[places])
    due = np.minimum(columns["due_at"], columns["limit_due_at"]).tolist()
    for number, (row, place) in enumerate(zip(rows, places.tolist(), strict=True)):
        row |= {
            "class": SHOWN,
            "why": None,
            "received_at": iso(int(columns["received_at"][number])),
            "due_at": iso(due[number]),
            "ended_at": iso(int(columns["ended_at"][number])),
            "told_at": iso(int(shown.told_at[place])),
            "lag": _lag(int(columns["ended_at"][number]), int(shown.told_at[place])),
            "sender": folder.terms[int(columns["sender"][number])],
            "undone": None,
            "shown_since": iso(int(shown.since[place])),
            "shown_until": iso(int(shown.until[place])),
            "shown_seconds": int(shown.seconds[place]),
        }
    return int(chosen.sum()), rows


def _elsewhere(
    folder: DataFolder,
    found: Findings,
    inside: Bools,
    indicator: str,
    kind: str | None,
    low: int,
    high: int,
) -> tuple[int, list[Row]]:
    entries: list[tuple[int, int, int, str, str]] = []
    for cost in found.costs:
        if cost.indicator == indicator and kind in (None, cost.kind):
            here = inside[cost.unit]
            columns = (cost.numbers[here].tolist(), cost.unit[here].tolist(), cost.told_at[here].tolist())
            entries += [(*one, cost.kind, cost.why) for one in zip(*columns, strict=True)]
    page = entries[low:high]
    numbers = [number for number, *_ in page]
    facts = folder.ledger.facts(numbers)
    terms = {text: number for number, text in enumerate(folder.terms)}
    procedures = [terms.get(_procedure(facts, number), 0) for number in numbers]
    rows = _heads(
        folder, found, np.array(numbers, np.int64), np.array(procedures, np.int64),
        np.array([unit for _, unit, *_ in page], np.int64),
    )  # fmt: skip
    for row, (number, _, told, cls, why) in zip(rows, page, strict=True):
        one = facts[number]
        message = one.message
        row |= {
            "class": cls,
            "why": why,
            "received_at": iso(None if message is None else message.received_at),
            "due_at": iso(None if message is None else message.due_at),
            "ended_at": iso(None if message is None else message.finished_at or message.returned_at),
            "told_at": iso(told),
            "lag": None,
            "sender": folder.terms[one.sender],
            "undone": None,
        }
    return len(entries), rows


def _procedure(facts: dict[int, Any], number: int) -> str:
    message = facts[number].message if number in facts else None
    return "" if message is None else str(message.procedure)


def _petitions(
    folder: DataFolder, found: Findings, inside: Bools, kind: str | None, low: int, high: int
) -> tuple[int, list[Row]]:
    late = found.petitions
    places: Sequence[int] = np.flatnonzero(inside[late.unit]).tolist()
    if kind not in (None, CLASSES[LATE_DATA]):
        places = ()
    rows = []
    for place in places[low:high]:
        one, unit = late.petitions[place], int(late.unit[place])
        handled = [at for at in (one.refused_at, one.resolved_at, one.published_at) if at is not None]
        rows.append(
            {
                "petition": one.code,
                "unit": found.ground.units.all[unit].code,
                "unit_name": found.ground.units.name(unit, found.judged_at - 1),
                "class": CLASSES[LATE_DATA],
                "sent_at": iso(one.sent_at),
                "handled_at": iso(min(handled, default=None)),
                "told_at": iso(late.told_at[place]),
            }
        )
    return len(places), rows
