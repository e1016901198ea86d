"""Refused input put right: one piece, or all of one kind at once, tried before it is taken in.

A piece stays in quarantine whatever becomes of it; what is refused once more waits there under a new number.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from chiso.folder.answers import QuestionError
from chiso.intake.context import Context
from chiso.intake.doors import read_file
from chiso.intake.records import Arrival, Refusal
from chiso.ledger.quarantine import Refused
from chiso.steering.entering import Hand, note

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

LARGEST: Final = (1 << 62) - 1
"""Number of a piece, at most."""
AT_ONCE: Final = 1_000
"""Pieces that one bulk correction takes."""
_PART: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True)
class Correction:
    """What is done to each of many pieces: a field set to a value, or nothing: tried as they are."""

    field: str = ""
    value: str = ""
    only: str | None = None
    """only where the field says this; ``None``: whatever it says"""


@dataclass
class Trial:
    """What became, or would become, of pieces."""

    accepted: int = 0
    refused: int = 0
    untouched: int = 0
    """pieces that have no such field, or whose field says something else"""
    unreadable: int = 0
    """pieces that are no readable message: they are mended one by one"""
    reasons: Counter[str] = field(default_factory=Counter)
    """why pieces would still be refused, in words (Vietnamese)"""
    reasons_en: Counter[str] = field(default_factory=Counter)

    def add(self, refusals: Sequence[Refusal], accepted: int) -> None:
        """Counts one piece."""
        if refusals or not accepted:
            self.refused += 1
            for one in refusals[:1]:
                self.reasons[one.message_vi] += 1
                self.reasons_en[one.message_en] += 1
        else:
            self.accepted += 1


def context_of(folder: DataFolder) -> Context:
    """How intake sees the folder for whoever administers it."""
    units = folder.registry.units
    return Context(
        home=folder.settings.home,
        is_foreign=units.foreign,
        ended=units.ended,
        key=folder.ledger.keys.hashing,
        administrator=True,
    )


def groups(folder: DataFolder, state: str = "open") -> list[dict[str, Any]]:
    """Refused pieces that look alike: reason, field, sender and kind, with how many there are."""
    found: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for one in folder.ledger.quarantine.list(state, limit=1 << 31):
        key = (one.reason, one.field, one.sender, one.kind)
        line = found.setdefault(
            key,
            {"reason": one.reason, "field": one.field, "sender": one.sender, "kind": one.kind, "count": 0,
             "newest": one, "values": Counter()},
        )  # fmt: skip
        line["count"] += 1
        line["values"][one.value] += 1
    return sorted(found.values(), key=lambda line: (-line["count"], line["reason"], line["field"]))


def alike(folder: DataFolder, reason: str, name: str, sender: str, kind: str) -> list[Refused]:
    """The open pieces of one group, at most :data:`AT_ONCE`, the newest first."""
    held = folder.ledger.quarantine.list("open", sender, reason, limit=1 << 31)
    return [one for one in held if one.field == name and one.kind == kind][:AT_ONCE]


def corrected(raw: bytes, correction: Correction) -> bytes | None:
    """A piece with its field set; ``None`` where it has no such field or says something else there.

    ValueError where the piece is no readable message.
    """
    if not correction.field:
        return raw
    told = msgspec.json.decode(raw)
    parts = [name or int(place) for name, place in _PART.findall(correction.field)]
    if not parts:
        return None
    held: Any = told
    for part in parts[:-1]:
        held = _step(held, part)
    last = parts[-1]
    if isinstance(last, int):
        if not isinstance(held, list) or last >= len(held):
            return None
    elif not isinstance(held, dict):
        return None
    before = _step(held, last)
    if correction.only is not None and _text(before) != correction.only:
        return None
    held[last] = correction.value
    return msgspec.json.encode(told)


def _step(held: Any, part: str | int) -> Any:
    if isinstance(part, int):
        return held[part] if isinstance(held, list) and part < len(held) else None
    return held.get(part) if isinstance(held, dict) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def tried(folder: DataFolder, pieces: Sequence[Refused], correction: Correction) -> Trial:
    """What would become of pieces; nothing is written."""
    trial, context = Trial(), context_of(folder)
    for one in pieces:
        raw = _mended(folder, one, correction, trial)
        if raw is not None:
            arrivals = read(raw, one, context)
            refusals = [refusal for arrival in arrivals for refusal in arrival.refusals]
            trial.add(refusals, sum(len(arrival.items) for arrival in arrivals))
    return trial


def _mended(folder: DataFolder, one: Refused, correction: Correction, trial: Trial) -> bytes | None:
    try:
        raw = corrected(folder.ledger.quarantine.raw(one.id), correction)
    except (ValueError, RecursionError):
        trial.unreadable += 1
        return None
    if raw is None:
        trial.untouched += 1
    return raw


def read(raw: bytes, one: Refused, context: Context) -> list[Arrival]:
    """A piece through the door that it came by, as its sender's."""
    arrivals = list(read_file(io.BytesIO(raw), context, kind=one.kind or None))
    for arrival in arrivals:
        arrival.sender = one.sender
    return arrivals


def taken_in(folder: DataFolder, pieces: Sequence[Refused], correction: Correction, hand: Hand) -> Trial:
    """Takes pieces in for good, as :func:`tried` showed, and notes who did it.

    A piece that is still refused stays as it is: it does not come back under another number.
    """
    trial, context = Trial(), context_of(folder)
    for one in pieces:
        raw = _mended(folder, one, correction, trial)
        if raw is None:
            continue
        arrivals = read(raw, one, context)
        refusals = [refusal for arrival in arrivals for refusal in arrival.refusals]
        accepted = sum(len(arrival.items) for arrival in arrivals)
        trial.add(refusals, accepted)
        if not refusals and accepted:
            _keep(folder, one, raw, arrivals, hand, mended=bool(correction.field))
    if trial.accepted:
        first = pieces[0]
        note(
            folder, hand, "refused_taken_in", first.reason, count=trial.accepted, kind=first.kind,
            sender=first.sender, field=correction.field,
        )  # fmt: skip
    return trial


def _keep(
    folder: DataFolder, one: Refused, raw: bytes, arrivals: Sequence[Arrival], hand: Hand, *, mended: bool
) -> None:
    quarantine, now = folder.ledger.quarantine, folder.now()
    if mended:
        quarantine.correct(one.id, raw, now, hand.who)
    for arrival in arrivals:
        hand.accept(arrival)
    quarantine.release(one.id, folder.ledger.position().journal, now, hand.who)


def put_right(folder: DataFolder, number: int, text: str, hand: Hand) -> None:
    """Takes one piece in as somebody wrote it anew.  QuestionError says why where it is still wrong."""
    one = open_piece(folder, number)
    raw = text.encode()
    arrivals = read(raw, one, context_of(folder))
    refusals = [refusal for arrival in arrivals for refusal in arrival.refusals]
    if refusals:
        place = f"{refusals[0].place}: " if refusals[0].place else ""
        raise QuestionError(
            f"Vẫn chưa nhận được: {place}{refusals[0].message_vi}",
            f"still refused: {place}{refusals[0].message_en}",
            wrong=True,
        )
    if not any(arrival.items for arrival in arrivals):
        raise QuestionError("Không có gì để nhận trong đoạn này.", "there is nothing in it", wrong=True)
    _keep(folder, one, raw, arrivals, hand, mended=True)
    note(folder, hand, "refused_put_right", str(number), reason=one.reason, code=one.code)


def put_aside(folder: DataFolder, pieces: Sequence[Refused], hand: Hand) -> int:
    """Puts pieces aside: they are kept, and will not be taken in.  Gives how many."""
    now = folder.now()
    for one in pieces:
        folder.ledger.quarantine.dismiss(one.id, now, hand.who)
    if pieces:
        first = pieces[0]
        note(
            folder, hand, "refused_put_aside", first.reason, count=len(pieces), kind=first.kind,
            sender=first.sender, field=first.field,
        )  # fmt: skip
    return len(pieces)


def open_piece(folder: DataFolder, number: int) -> Refused:
    """An open piece.  QuestionError where there is none, or it is settled already."""
    held = 0 < number < LARGEST
    found = (
        next(iter(folder.ledger.quarantine.list(None, before=number + 1, limit=1)), None) if held else None
    )
    if found is None or found.id != number:
        raise QuestionError(
            f"Không có mục bị giữ số {number}.",
            f"nothing in quarantine has the number {number}",
            unknown=True,
        )
    if found.state not in ("open", "corrected"):
        raise QuestionError(
            f"Mục số {number} đã xử lý xong.", f"number {number} is {found.state} already", wrong=True
        )
    return found
