"""The life of a dossier: from what senders told to when it was open, waiting, ended.

Source: the technical document "Mô tả công thức tính chỉ số 766" (2026), indicators 2.1 and 2.2; where it is
silent, the rules marked I in the law data (``rules`` in ``law/data/qd766/index.yaml``), some switched here.

A life is a list of spans, disjoint in the judging instant J.  In a span every instant later than J has not
happened yet, so that one span serves all of a plain life, before and after its end.  Only a dossier that was
reopened needs more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from chiso.instants import NEVER
from chiso.law.states import END_RANK, State

BEGINNING: Final = -NEVER


@dataclass(frozen=True, slots=True)
class LifeRules:
    """The switches of this module.  The values given here are those of the portal of 2026."""

    later_open_step_reopens: bool = True
    """an open step dated after an end state opens the dossier again"""
    steps_stand_in_for_requests: bool = True
    """steps of state 5 are supplement requests where the message lists none"""
    end_time_by_precedence: bool = True
    """the end is the last step in the end state of highest precedence; otherwise the newest end step"""


PORTAL_RULES: Final = LifeRules()


class Span(NamedTuple):
    """What holds of a dossier while ``judged_from <= J < judged_to``.  Missing instants are ``NEVER``."""

    judged_from: int
    judged_to: int
    ended_at: int
    end_state: int
    requested_at: int
    completed_at: int
    second_requested_at: int


class Told(NamedTuple):
    """What a dossier's newest message and all its steps tell."""

    state: int
    finished_at: int | None
    returned_at: int | None
    refused_at: int | None
    steps: Sequence[tuple[int, int]]
    """(instant, state)"""
    requests: Sequence[tuple[str, int | None, int | None]]
    """(HoSoBoSungId, requested, completed)"""


def message_end(told: Told) -> int | None:
    """The instant of the message's own end state: NgayKetThucXuLy, NgayTra (10), NgayTuChoi (3)."""
    if told.state not in END_RANK:
        return None
    if told.finished_at is not None:
        return told.finished_at
    if told.state == State.RETURNED:
        return told.returned_at
    if told.state == State.REFUSED:
        return told.refused_at
    return None


def _supplements(told: Told, rules: LifeRules) -> tuple[int, int, int]:
    """First request, its completion, and the second request; ``NEVER`` where there is none."""
    known: list[tuple[int, int]] = []
    if told.requests:
        distinct: dict[str, tuple[int, int]] = {}
        for identity, requested, completed in told.requests:
            if requested is None:
                continue
            done = NEVER if completed is None or completed < requested else completed
            before = distinct.get(identity)
            if before is None:
                distinct[identity] = (requested, done)
            else:
                distinct[identity] = (min(before[0], requested), min(before[1], done))
        known = sorted(distinct.values())
    elif rules.steps_stand_in_for_requests:
        for at, state in told.steps:
            if state == State.SUPPLEMENT:
                later = [t for t, s in told.steps if t > at and s != State.SUPPLEMENT and s not in END_RANK]
                known.append((at, min(later, default=NEVER)))
        known = sorted(set(known))
    if not known:
        return NEVER, NEVER, NEVER
    return known[0][0], known[0][1], known[1][0] if len(known) > 1 else NEVER


def _end_time(steps: Sequence[tuple[int, int]], until: int, newest: int, rules: LifeRules) -> int:
    """When handling ended, judged at ``until``: ``newest`` is the instant of the newest fact, an end."""
    ends = [(END_RANK[state], at) for at, state in steps if at <= until and state in END_RANK]
    if not ends:
        return newest
    if not rules.end_time_by_precedence:
        return max([newest, *(at for _, at in ends)])
    best = min(rank for rank, _ in ends)
    return max(at for rank, at in ends if rank == best)


def spans(told: Told, rules: LifeRules = PORTAL_RULES) -> list[Span]:
    """The life of a dossier.  Empty where it is counted at no judging instant (state 1 throughout)."""
    requested, completed, second = _supplements(told, rules) if told.requests or told.steps else (NEVER,) * 3
    end = message_end(told)
    if not told.steps:
        if told.state == State.REGISTERED:
            return []
        if end is None:
            return [Span(BEGINNING, NEVER, NEVER, 0, requested, completed, second)]
        return [Span(BEGINNING, NEVER, end, told.state, requested, completed, second)]

    # An end outranks an open state of the same instant; among ends the precedence decides.
    facts: dict[int, int] = {}
    dated = list(told.steps) if end is None else [*told.steps, (end, told.state)]
    for at, state in dated:
        held = facts.get(at)
        if held is None or END_RANK.get(state, 9) < END_RANK.get(held, 9):
            facts[at] = state
        elif held not in END_RANK and state not in END_RANK:
            facts[at] = max(held, state)  # of two open states at one instant the further one

    instants = sorted(facts)
    found: list[Span] = []

    def add(start: int, stop: int, ended_at: int, end_state: int) -> None:
        if found and found[-1].judged_to == start:
            last = found[-1]
            same = (last.ended_at, last.end_state) == (ended_at, end_state)
            ends_here = last.end_state == 0 and end_state != 0 and ended_at == start
            if same or ends_here or (last.end_state != 0 and last.ended_at == ended_at):
                found[-1] = last._replace(judged_to=stop, ended_at=ended_at, end_state=end_state)
                return
        found.append(Span(start, stop, ended_at, end_state, requested, completed, second))

    if told.state != State.REGISTERED:
        add(BEGINNING, instants[0], NEVER, 0)
    closed: tuple[int, int] | None = None
    for index, at in enumerate(instants):
        state = facts[at]
        stop = instants[index + 1] if index + 1 < len(instants) else NEVER
        if state in END_RANK:
            closed = (_end_time(told.steps, at, at, rules), state)
            add(at, stop, *closed)
        elif closed is not None and not rules.later_open_step_reopens:
            add(at, stop, *closed)
        elif state != State.REGISTERED:
            add(at, stop, NEVER, 0)
    return found
