"""When senders push what: every fact of the year, and the message or step that first told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chiso.demo import hours
from chiso.demo.hours import WORK_DAY, Instants
from chiso.demo.shape import Bools, Kind, Lives
from chiso.demo.world import UNTIL, World
from chiso.instants import DAY, midnight
from chiso.law.states import State

CREATE: Final = 0
UPDATE: Final = 1
PROGRESS: Final = 2

LAST_PUSH: Final = UNTIL - 1800
"""What is late is caught up on the night before the end, so that all is known then"""


@dataclass
class Pushes:
    """What is sent, in the order of sending."""

    at: Instants
    sender: NDArray[np.int16]
    kind: NDArray[np.int8]
    dossier: NDArray[np.int32]
    step_at: Instants  # of PROGRESS
    step_state: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.at)


def sent_at(world: World, sender: Instants, told: Instants, rng: np.random.Generator) -> Instants:
    """When senders push facts of the instants ``told``."""
    cadence = np.array([("quick", "hourly", "nightly", "late").index(s.cadence) for s in world.senders])
    how = cadence[sender]
    how = np.where((how < 2) & (rng.random(len(told)) < 0.012), 2, how)  # failed: tried again at night
    offset = (sender * 37) % 240
    quick = (told + 40) // 600 * 600 + 600 + offset % 60
    hourly = (told + 60) // 3600 * 3600 + 3600 + offset
    nights = np.where(how == 3, rng.integers(1, 6, len(told)), 0)
    night = hours.day_start(hours.local_day(told) + 1 + nights) + 1800 + offset
    at = np.where(how == 0, quick, np.where(how == 1, hourly, night))
    for number, one in enumerate(world.senders):
        if one.outage:
            first, last = (midnight(date.fromisoformat(day)) for day in one.outage)
            silent = (sender == number) & (at >= first) & (at < last + DAY)
            at = np.where(silent, last + DAY + 5 * 3600 + rng.integers(0, 8, len(at)) * 900, at)
    caught_up = LAST_PUSH - 900 * (sender % 3)
    return np.where(at > caught_up, np.maximum(caught_up, told + 60), at)


def facts_of(lives: Lives) -> list[tuple[Instants, Bools]]:
    """Instants at which a dossier is worth a full message, in the order of every life."""
    never = np.zeros(len(lives), np.int64)
    steps_only = np.zeros(len(lives), bool)
    end = np.maximum(lives.ended, lives.returned)
    one = lives.received, lives.received > never
    return [
        one,
        (lives.requested, (lives.requested > 0) & ~steps_only),
        (lives.completed, lives.completed > 0),
        (lives.requested_again, lives.requested_again > 0),
        (lives.ended_first, lives.ended_first > 0),
        (end, np.isin(lives.kind, [Kind.EXTRA_REGISTERED, Kind.WAITING], invert=True)),
    ]


def plan(world: World, lives: Lives, by_steps: Bools) -> Pushes:
    """All pushes up to the end, ordered by instant, sender and kind."""
    rng = world.rng("pushes")
    sender = world.sender_of[lives.unit]
    parts: list[tuple[Instants, ...]] = []
    newest = np.full(len(lives), -1, np.int64)
    # Certifications done while the citizen waits are entered once, with their result.
    at_once = lives.counted & (lives.ended - lives.received < 3 * 3600) & (rng.random(len(lives)) < 0.45)
    for number, (fact, there) in enumerate(facts_of(lives)):
        wanted = there & (fact <= UNTIL) & (fact > newest)
        if number in (1, 2, 3):
            wanted &= ~by_steps
        if number == 0:
            wanted &= ~(at_once & (lives.ended <= UNTIL))
        index = np.flatnonzero(wanted)
        at = sent_at(world, sender[index], fact[index], rng)
        at = np.maximum(at, newest[index] + 60)
        kind = np.where(newest[index] < 0, CREATE, UPDATE)
        newest[index] = at
        none = np.zeros(len(index), np.int64)
        parts.append((at, sender[index], kind, index, none, none))
    first_push = np.full(len(lives), UNTIL, np.int64)
    np.minimum.at(first_push, parts[0][3], parts[0][0])
    for at, _, _, index, _, _ in parts[1:]:
        np.minimum.at(first_push, index, at)
    for all_rows, instants, states in steps_of(world, lives, by_steps, rng):
        index, step_at, state = (part[instants <= UNTIL] for part in (all_rows, instants, states))
        at = sent_at(world, sender[index], step_at, rng)
        at = np.maximum(at, first_push[index])
        parts.append((at, sender[index], np.full(len(index), PROGRESS), index, step_at, state))
    at, who, kind, dossier, step_at, state = (np.concatenate([p[i] for p in parts]) for i in range(6))
    order = np.lexsort((state, step_at, dossier, kind, who, at))
    return Pushes(
        at[order], who[order].astype(np.int16), kind[order].astype(np.int8), dossier[order].astype(np.int32),
        step_at[order], state[order].astype(np.int8),
    )  # fmt: skip


def steps_of(
    world: World, lives: Lives, by_steps: Bools, rng: np.random.Generator
) -> list[tuple[Instants, Instants, Instants]]:
    """(dossier, instant, state) of the steps that are sent apart, those after the end included."""
    count = len(lives)
    share = np.array([s.steps for s in world.senders])[world.sender_of[lives.unit]] * 0.45
    told = rng.random(count) < share
    told |= by_steps | np.isin(lives.kind, [Kind.REOPENED, Kind.REGISTERED_AGAIN])
    told |= (lives.kind == Kind.WITHDRAWN) & (rng.random(count) < 0.5)
    silent = [Kind.AT_RECEIPT, Kind.RETURNED_ONLY]
    told &= lives.counted & ~np.isin(lives.kind, silent)
    found: list[tuple[Instants, Instants, Instants]] = []

    def add(which: Bools, at: Instants, state: int | Instants) -> None:
        index = np.flatnonzero(which)
        states = state[index] if isinstance(state, np.ndarray) else np.full(len(index), state)
        found.append((index, at[index], states.astype(np.int64)))

    start = hours.to_work(lives.received)
    length = hours.to_work(np.minimum(lives.ended, UNTIL + 60 * DAY)) - start
    add(told & (rng.random(count) < 0.6) | by_steps, lives.received, State.RECEIVED)
    plain = ~by_steps & (lives.kind != Kind.REOPENED)
    passed_on = hours.to_instant(start + (length * 0.3).astype(np.int64))
    add(told & plain & (length > WORK_DAY // 2), passed_on, State.PROCESSING)
    asks = by_steps & (lives.requested > 0)
    add(asks, lives.requested, State.SUPPLEMENT)
    add(asks & (lives.completed > 0), lives.completed, State.PROCESSING)
    add(asks & (lives.requested_again > 0), lives.requested_again, State.SUPPLEMENT)
    again = lives.kind == Kind.REOPENED
    add(again, lives.ended_first, State.FINISHED)
    add(again, lives.reopened, State.PROCESSING)
    back = lives.kind == Kind.REGISTERED_AGAIN
    add(back, hours.to_instant(start + (length * 0.6).astype(np.int64)), State.REGISTERED)

    ends = told & (lives.kind != Kind.ENDLESS)
    last = np.where(lives.state == State.RETURNED, int(State.FINISHED), lives.state)
    add(ends, lives.ended, last)
    add(ends & (lives.state == State.RETURNED) & (rng.random(count) < 0.5), lives.returned, State.RETURNED)
    # Finished in time, fetched days later: the finishing counts, not the fetching.
    fetched = hours.to_instant(
        hours.to_work(np.minimum(lives.ended, UNTIL)) + WORK_DAY + (lives.serial * 977) % (3 * WORK_DAY)
    )
    add(ends & (lives.state == State.FINISHED) & (rng.random(count) < 0.15), fetched, State.RETURNED)
    return found
