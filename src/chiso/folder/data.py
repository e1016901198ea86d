"""What a data folder tells of its data: dossiers, arrivals, quarantine, units, and what the clock will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.folder import answers, drill
from chiso.folder.answers import QuestionError
from chiso.folder.mistakes import STREAM, sender_mistakes
from chiso.instants import DAY, iso, year_of
from chiso.intake.records import Has, Mistake

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.ledger.facts import Facts
    from chiso.registry.units import Unit

DOSSIER_KINDS: Final = ("dossiers", "progress")


def _names(flags: type[Has | Mistake], value: int) -> list[str]:
    return [bit.name.lower() for bit in flags if value & bit and bit.name]


def dossier(folder: DataFolder, code: str) -> dict[str, Any]:
    """One dossier: its life, what it shows, which counts of the year it enters, and its versions."""
    number = folder.ledger.ids([code]).get(code)
    if number is None:
        raise QuestionError(
            f"Chưa nhận được hồ sơ mang mã “{code}”.", f"no dossier has the code {code!r}", unknown=True
        )
    facts = folder.ledger.facts([number])[number]
    found: dict[str, Any] = {"code": code, "now": iso(folder.now())}
    found |= _facts(folder, facts)
    found["counts"] = _counts(folder, number)
    found["versions"] = [
        {
            "version": told.version,
            "known_at": iso(told.known_at),
            "journal": told.seq,
            "sender": told.sender,
            "door": told.door,
        }
        for told in folder.ledger.history(code)
    ]
    return found


def _facts(folder: DataFolder, facts: Facts) -> dict[str, Any]:
    message = facts.message
    found: dict[str, Any] = {
        # officers' names are for their own unit's staff: not told while nobody can sign in
        "steps": [{"at": iso(step.at), "state": step.state} for step in facts.steps],
        "dissatisfied_at": iso(facts.dissatisfied_at),
        "stored_at": iso(facts.stored_at),
        "message": message is not None,
    }
    if message is None:
        return found
    procedure = folder.registry.catalogue.get(message.procedure)
    strange = 0
    if procedure is None:
        strange |= Mistake.UNKNOWN_PROCEDURE
    if message.due_at is None and (procedure is None or procedure.limit_days is None):
        strange |= Mistake.NO_LIMIT_KNOWN
    received = message.received_at if message.received_at is not None else folder.now()
    units = folder.registry.units
    named = next(
        (one for one in (message.unit, message.desk) if one and not units.is_unassigned(one, received)), ""
    )
    unit = units.all[units.resolve(named, received) if named else units.home.index]
    return found | {
        "procedure": message.procedure,
        "procedure_name": procedure.name if procedure else "",
        "unit": unit.code,
        "unit_name": unit.name,
        "unassigned": not named,
        "desk": message.desk,
        "state": message.state,
        "channel": message.channel,
        "filed": message.filed,
        "payment": message.payment,
        "received_at": iso(message.received_at),
        "due_at": iso(message.due_at),
        "finished_at": iso(message.finished_at),
        "returned_at": iso(message.returned_at),
        "refused_at": iso(message.refused_at),
        "supplements": [
            {"requested_at": iso(one.requested_at), "completed_at": iso(one.completed_at)}
            for one in message.supplements
        ],
        "has": _names(Has, message.has),
        "mistakes": _names(Mistake, message.mistakes | facts.mistakes | strange),
    }


def _counts(folder: DataFolder, number: int) -> dict[str, dict[str, bool]]:
    """Of every indicator that looks at dossiers: whether this one is in d and in n, in the year of now."""
    view = folder.view(year_of(folder.now()))
    root = folder.registry.units.home.index
    found: dict[str, dict[str, bool]] = {}
    for name, indicator in view.board.law.indicators.items():
        if indicator.n is None or indicator.n.kind == "register":
            continue
        behind = drill.behind(view, root, name, np.array([number]))
        if len(behind.rows):
            found[name] = {"d": bool(behind.d[0]), "n": bool(behind.n[0])}
    return found


def units(folder: DataFolder, at: int | None = None) -> list[dict[str, Any]]:
    """All units in force at an instant: code, name, kind, parent."""
    moment = folder.now() if at is None else at
    known = folder.registry.units
    return [unit_line(folder, known.all[index], moment) for index in known.tree(moment).order.tolist()]


def unit_line(folder: DataFolder, unit: Unit, at: int) -> dict[str, Any]:
    """A unit in force at an instant: code, name, kind, parent."""
    known = folder.registry.units
    above = int(known.tree(at).parent[unit.index])
    return {
        "code": unit.code,
        "name": known.name(unit.index, at),
        "kind": unit.kind,
        "parent": known.all[above].code if above >= 0 else None,
        "gso_code": unit.gso_code,
    }


def arrivals(folder: DataFolder) -> dict[str, Any]:
    """What arrived from whom and how late, mistakes by sender, and how fresh the data is.

    Mistakes that a message shows are counted by message, as they arrived; those that a sender's stream shows
    by dossier of this year, or by working day (``"days": true``).
    """
    now = folder.now()
    since = now - 30 * DAY
    senders: dict[str, dict[str, Any]] = {}
    for one in folder.ledger.counters.arrivals():
        line = senders.setdefault(
            one.sender,
            {
                "sender": one.sender, "newest": None, "read": 0, "new": 0, "changed": 0, "same": 0,
                "flagged": 0, "refused": 0, "lag_sum": 0, "lag_count": 0, "lag_max": 0,
            },
        )  # fmt: skip
        for name in ("read", "new", "changed", "same", "flagged", "refused", "lag_sum", "lag_count"):
            line[name] += getattr(one, name)
        line["lag_max"] = max(line["lag_max"], one.lag_max)
        line["newest"] = max(line["newest"] or "", one.day)
    for line in senders.values():
        count = line.pop("lag_count")
        total = line.pop("lag_sum")
        line["mean_lag"] = round(total / count) if count else None
    mistakes: dict[tuple[str, int], int] = {}
    for mistake in folder.ledger.counters.mistakes():
        if not STREAM >> mistake.bit & 1:
            key = (mistake.sender, mistake.bit)
            mistakes[key] = mistakes.get(key, 0) + mistake.count
    lines = [
        {"sender": sender, "mistake": Mistake(1 << bit).name, "number": bit + 1, "count": count}
        for (sender, bit), count in mistakes.items()
    ]
    shown = ("sender", "mistake", "number", "count", "days")
    lines += [{key: one[key] for key in shown if key in one} for one in sender_mistakes(folder)]
    return {
        "now": iso(now),
        "newest": iso(newest_known(folder)),
        "journal": folder.journal,
        "dossiers": len(folder.standing.roster),
        "since": iso(since),
        "senders": sorted(senders.values(), key=lambda line: (-line["read"], line["sender"])),
        "mistakes": sorted(lines, key=lambda line: (-line["count"], line["number"], line["sender"])),
        "quarantine": folder.ledger.quarantine.count(None),
        "loading": folder.loading_progress(),
    }


def newest_known(folder: DataFolder) -> int | None:
    """When the newest dossier version became known."""
    with folder.lock:
        known = folder.standing.roster.column("known_at")
        newest = int(known.max(initial=0))
    return newest or None


def quarantine(folder: DataFolder, limit: int, offset: int, state: str) -> dict[str, Any]:
    """Refused pieces, newest first."""
    chosen = None if state in ("", "all") else state
    counts = folder.ledger.quarantine.count(chosen)
    rows = folder.ledger.quarantine.list(chosen, limit=limit + offset)[offset:]
    return {
        "total": sum(counts.values()),
        "reasons": counts,
        "rows": [
            {
                "id": one.id,
                "received_at": iso(one.received_at),
                "sender": one.sender,
                "kind": one.kind,
                "place": one.place,
                "code": one.code,
                "field": one.field,
                "value": one.value,
                "reason": one.reason,
                "message": one.message_vi,
                "message_en": one.message_en,
                "state": one.state,
            }
            for one in rows
        ],
    }


def next_falls(folder: DataFolder, unit_code: str, until: int) -> dict[str, Any]:
    """What an instant ahead will show if nobody acts: how many dossiers fall overdue, and the total then."""
    now = folder.now()
    unit = answers.unit_named(folder, unit_code, now)
    period = year_of(now)
    today = folder.view(period).board
    then = folder.view(period, until).board
    place = list(today.law.indicators).index("2.1")
    return {
        "until": iso(until),
        "falling": int(today.n[unit.index, place] - then.n[unit.index, place]),
        "total": answers.score_of_hundredths(today.table.totals[unit.index]),
        "total_then": answers.score_of_hundredths(then.table.totals[unit.index]),
        "exact": today.score(unit.index).as_json()["exact"],
        "exact_then": then.score(unit.index).as_json()["exact"],
    }
