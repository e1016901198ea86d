"""What is known of one dossier, how a piece of news changes it, and the row it makes.

``Facts`` is the whole memory of a dossier at one known instant; the ledger keeps the newest of each and can
make any earlier one again from the journal.  The functions ``tell_*`` are the only places that change facts:
the fast path, a backfill and a recount all go through them, so that they cannot disagree.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from chiso.instants import NEVER
from chiso.intake.records import Dossier, Mistake, Petition, Rating, Step, StoreRecord
from chiso.law.life import PORTAL_RULES, LifeRules, Told, spans
from chiso.law.states import State

PACKED: Final = struct.Struct("<qiqiiiiiqqqqqqqqqqIIbbbbbb")
"""The layout of :data:`chiso.ledger.rows.ROW`, field by field."""

_AGAIN: Final = int(Mistake.REGISTERED_AGAIN)
_MOVED: Final = int(Mistake.DUE_MOVED_AND_WAITED)
_EARLY: Final = int(Mistake.BEFORE_RECEIPT)


class Facts(Struct, array_like=True, gc=False):
    """One dossier as known since ``known_at``."""

    message: Dossier | None = None
    """the newest message; ``None`` while only steps or petitions of the dossier have come"""
    message_known_at: int = 0
    """instant since which that message is known; 0 without one"""
    steps: list[Step] = []
    """all steps, each once, in the order of :func:`step_order`"""
    dissatisfied_at: int | None = None
    """first petition about it, or rating KHÔNG HÀI LÒNG"""
    stored_at: int | None = None
    """first record that its result is in the national e-document store"""
    sender: int = 0
    """term: who sent the newest message, or the newest step while there is no message"""
    timely: bool = True
    """whether known_at tells when the province knew of the newest message or step"""
    mistakes: int = 0
    """bits of Mistake that only two messages in succession show"""
    known_at: int = 0
    """the greatest known instant of anything told about this dossier"""
    version: int = 0
    """number of the version appended last; each version names the one before it"""


ENCODER: Final = msgspec.msgpack.Encoder()
FACTS: Final = msgspec.msgpack.Decoder(Facts)


def step_order(step: Step) -> tuple[int, int, str, str]:
    """The order in which steps are kept: by instant, then state, then what tells equal ones apart."""
    return (step.at, step.state, step.content, step.officer)


def tell_message(facts: Facts, message: Dossier, known_at: int, sender: int, timely: bool) -> bool:
    """Takes in a message; true where it changes the facts (an exact repeat of the newest does not)."""
    before = facts.message
    if before is not None:
        if before == message:
            return False
        found = 0
        if message.state == State.REGISTERED:
            found = _AGAIN if before.state != State.REGISTERED else facts.mistakes & _AGAIN
        if message.supplements and before.due_at is not None and message.due_at is not None:
            found |= _MOVED if before.due_at != message.due_at else facts.mistakes & _MOVED
        facts.mistakes = found
    facts.message = message
    facts.message_known_at = known_at
    facts.sender = sender
    facts.timely = timely
    return True


def tell_step(facts: Facts, step: Step, sender: int, timely: bool) -> bool:
    """Takes in a step; true where it is not known yet.  The order in which steps come does not matter."""
    steps = facts.steps
    if not steps or step_order(steps[-1]) < step_order(step):
        steps.append(step)
    else:
        place = bisect_left(steps, step_order(step), key=step_order)
        if steps[place] == step:
            return False
        steps.insert(place, step)
    facts.timely = timely
    if facts.message is None:
        facts.sender = sender
    return True


def tell_dissatisfied(facts: Facts, at: int) -> bool:
    """Takes in an instant of dissatisfaction; true where it is the earliest one told."""
    if facts.dissatisfied_at is not None and facts.dissatisfied_at <= at:
        return False
    facts.dissatisfied_at = at
    return True


def tell_stored(facts: Facts, at: int) -> bool:
    """Takes in an instant of storing; true where it is the earliest one told."""
    if facts.stored_at is not None and facts.stored_at <= at:
        return False
    facts.stored_at = at
    return True


def tell_about(facts: Facts, item: Petition | Rating | StoreRecord, known_at: int) -> bool:
    """Takes in a petition, a bad rating or a store record; true where it changes the dossier.

    What has no instant of its own is dated by when it became known.
    """
    if type(item) is Petition:
        for at in (item.sent_at, item.received_at, item.forwarded_at):
            if at is not None:
                return tell_dissatisfied(facts, at)
        return tell_dissatisfied(facts, known_at)
    if type(item) is Rating:
        return tell_dissatisfied(facts, known_at if item.rated_at is None else item.rated_at)
    assert type(item) is StoreRecord
    return tell_stored(facts, known_at if item.stored_at is None else item.stored_at)


def derive(
    facts: Facts,
    version: int,
    dossier: int,
    known_at: int,
    terms: Mapping[str, int],
    rules: LifeRules = PORTAL_RULES,
) -> bytes:
    """The rows of a dossier version, packed as :data:`chiso.ledger.rows.ROW`, one for each span of its life.

    A dossier that counts at no instant (no message, no receipt, or only registered) gives one row with
    ``received_at`` NEVER: it counts nowhere and supersedes what was known before.
    """
    message = facts.message
    if message is None:
        return _nothing(facts, version, dossier, known_at)
    mistakes = message.mistakes | facts.mistakes
    told_steps: list[tuple[int, int]] = []
    received = message.received_at
    if facts.steps:
        told_steps = [(step.at, step.state) for step in facts.steps]
        if received is not None:
            for at, state in told_steps:
                if at >= received:
                    break
                if state != 1:
                    mistakes |= _EARLY
                    break
    requests = (
        [(one.id, one.requested_at, one.completed_at) for one in message.supplements]
        if message.supplements
        else ()
    )
    lives = (
        ()
        if received is None
        else spans(
            Told(
                message.state,
                message.finished_at,
                message.returned_at,
                message.refused_at,
                told_steps,
                requests,
            ),
            rules,
        )
    )
    unit, desk, procedure = terms[message.unit], terms[message.desk], terms[message.procedure]
    databases = terms[";".join(message.databases)] if message.databases else 0
    due = message.due_at
    dissatisfied, stored = facts.dissatisfied_at, facts.stored_at
    packed = [
        PACKED.pack(
            version,
            dossier,
            known_at,
            unit,
            desk,
            procedure,
            facts.sender,
            databases,
            received,
            NEVER if due is None else due,
            life.ended_at,
            life.requested_at,
            life.completed_at,
            life.second_requested_at,
            NEVER if dissatisfied is None else dissatisfied,
            NEVER if stored is None else stored,
            life.judged_from,
            life.judged_to,
            message.has,
            mistakes,
            message.channel,
            message.filed,
            message.payment,
            life.end_state,
            message.subject,
            facts.timely,
        )
        for life in lives
    ]
    if not packed:
        return _nothing(facts, version, dossier, known_at)
    return packed[0] if len(packed) == 1 else b"".join(packed)


def _nothing(facts: Facts, version: int, dossier: int, known_at: int) -> bytes:
    return PACKED.pack(
        *(version, dossier, known_at, 0, 0, 0, facts.sender, 0),
        *(NEVER,) * 8,
        *(-NEVER, NEVER, 0, 0, 0, 0, 0, 0, 0, facts.timely),
    )
