"""What happens in the lives: supplements, reopenings, lateness and ends."""

from __future__ import annotations

from typing import Final

import numpy as np

from chiso.demo import hours
from chiso.demo.hours import WORK_DAY, Instants
from chiso.demo.shape import NO_LIMIT, Bools, Kind, Lives, choose
from chiso.demo.world import START, UNTIL, World
from chiso.instants import OFFSET, parse_instant
from chiso.law.states import State

MARGIN: Final = 3600

RATES: Final = (
    (Kind.SUPPLEMENT, 0.022),
    (Kind.SUPPLEMENT_UNDATED, 0.0006),
    (Kind.SECOND_REQUEST, 0.0011),
    (Kind.REOPENED, 0.0014),
    (Kind.ENDLESS, 0.0004),
    (Kind.REFUSED, 0.011),
    (Kind.WITHDRAWN, 0.006),
    (Kind.STOPPED, 0.0022),
    (Kind.RETURNED_ONLY, 0.003),
    (Kind.REGISTERED_AGAIN, 0.0003),
)
MONTH_LATE: Final = (-0.25, 0.5, 0.3, 0.15, 0.1, 0.05, 0.0, -0.1, -0.2, -0.25)
"""Log-odds of being late by month of receipt: the backlog after Tết, then steady work on it"""


DEMONSTRATION: Final = (
    "2026-10-10T06:03",
    "2026-10-10T06:08",
    "2026-10-10T06:20",
    "2026-10-10T07:00",
    "2026-10-10T11:30",
    "2026-10-10T11:30",
    "2026-10-10T11:30",
    "2026-10-10T17:00",
    "2026-10-10T17:00",
    "2026-10-10T17:00",
    "2026-10-10T17:00",
    "2026-10-12T08:00",
    "2026-10-12T11:30",
    "2026-10-12T17:00",
    "2026-10-12T17:00",
)
"""Due times at the demonstrated commune: a Saturday worked at its desk, then Monday"""


def _work(instants: Instants) -> Instants:
    return hours.to_work(np.minimum(instants, UNTIL + 200 * 86_400))


def _now() -> int:
    return int(hours.to_work(np.array([UNTIL]))[0])


def _window(lives: Lives) -> tuple[Instants, Instants]:
    """Work seconds at receipt, and given for handling (at least half an hour)."""
    start = hours.to_work(lives.received)
    aim = np.where(lives.judged_due >= NO_LIMIT, start + 5 * WORK_DAY, _work(lives.judged_due))
    return start, np.maximum(aim - start, 1800)


def mark_kinds(world: World, lives: Lives, limit: Instants, rng: np.random.Generator) -> None:
    """Draws which lives are special, among those whose dates allow it."""
    count = len(lives)
    start, span = _window(lives)
    free = lives.counted & ~lives.anchor & ~lives.carried
    dated = free & (lives.due > 0)
    roomy = dated & (span >= 2 * WORK_DAY)
    now = _now()
    fits = {
        Kind.SUPPLEMENT: roomy & (start + 4 * WORK_DAY < now),
        Kind.SUPPLEMENT_UNDATED: roomy & (start + span + 30 * WORK_DAY < now),
        Kind.SECOND_REQUEST: roomy & (start + 12 * WORK_DAY < now),
        Kind.REOPENED: roomy & (start + span < now),
        Kind.ENDLESS: dated & (lives.judged_due < UNTIL - MARGIN),
        Kind.REGISTERED_AGAIN: dated & (start + span + 60 * WORK_DAY < now),
    }
    # Rates are of all dossiers: where few can have a kind, those few have it more often.
    taken = ~free
    for kind, rate in RATES:
        able = fits.get(kind, free) & ~taken
        if not able.any():
            continue
        chance = min(0.5, rate * lives.counted.sum() / able.sum())
        mine = able & (rng.random(count) < chance)
        lives.kind[mine] = kind
        taken |= mine
    recent = roomy & ~taken & (start > now - 25 * WORK_DAY) & (limit >= 5)
    lives.kind[recent & (rng.random(count) < 0.04)] = Kind.WAITING
    hasty = free & ~taken & world.with_habit("closes-at-receipt")[lives.unit] & (lives.kind == Kind.PLAIN)
    lives.kind[hasty & (rng.random(count) < 0.01)] = Kind.AT_RECEIPT


def supplements(lives: Lives, rng: np.random.Generator) -> None:
    """Requests and completions; a life into which they do not fit becomes a plain one."""
    count = len(lives)
    start, span = _window(lives)
    asks = np.isin(lives.kind, [Kind.SUPPLEMENT, Kind.SUPPLEMENT_UNDATED, Kind.SECOND_REQUEST, Kind.WAITING])
    at = start + (span * rng.uniform(0.08, 0.45, count)).astype(np.int64)
    wait = (WORK_DAY * rng.gamma(2.0, 1.0, count)).astype(np.int64) + 3600
    requested = hours.to_instant(at)
    completed = hours.to_instant(at + wait)
    again = hours.to_instant(at + wait + (WORK_DAY * rng.uniform(0.2, 2.0, count)).astype(np.int64))

    one = lives.kind == Kind.SUPPLEMENT
    second = lives.kind == Kind.SECOND_REQUEST
    waiting = lives.kind == Kind.WAITING
    unfit = (one & (completed > UNTIL - MARGIN)) | (second & (again > UNTIL - MARGIN))
    unfit |= waiting & ((requested > UNTIL - MARGIN) | (requested > lives.judged_due))
    lives.kind[unfit] = Kind.PLAIN
    asks &= ~unfit
    lives.requested = np.where(asks, requested, 0)
    lives.completed = np.where((one | second) & asks, completed, 0)
    lives.requested_again = np.where(second & asks, again, 0)
    # Some desks move the promised date as well: it is what the newest message says.
    moved = (lives.kind == Kind.SUPPLEMENT) & (rng.random(count) < 0.02)
    later = np.where(moved, lives.due + wait, lives.due)
    lives.due = later
    lives.judged_due = np.where(moved, later, lives.judged_due)


def choose_late(world: World, lives: Lives, limit: Instants, rng: np.random.Generator) -> None:
    """Exactly the wanted number of overdue dossiers."""
    wait = np.where(lives.kind == Kind.SUPPLEMENT, lives.completed - lives.requested, 0)
    forced = (lives.kind == Kind.SECOND_REQUEST) | (lives.kind == Kind.ENDLESS)
    never = np.isin(lives.kind, [Kind.WAITING, Kind.AT_RECEIPT])
    can = lives.counted & ~never & (lives.judged_due + wait < UNTIL - MARGIN)
    month = ((lives.received + OFFSET) // 86_400).astype("datetime64[D]").astype("datetime64[M]").astype(
        np.int64
    ) % 12
    season = np.where(lives.carried, 0.4, np.array([*MONTH_LATE, 0.0, 0.0])[month])
    score = world.habits["late"][lives.unit] + season + 0.3 * np.log(np.maximum(limit, 1))
    score = score - np.where(np.isin(lives.kind, [Kind.REFUSED, Kind.WITHDRAWN]), 0.8, 0.0)
    lives.late = choose(score, can, world.targets.late, rng, forced)


def ends(lives: Lives, limit: Instants, rng: np.random.Generator) -> None:
    """When each life ends (perhaps after the stream), and in which state."""
    count = len(lives)
    start, span = _window(lives)
    quick = limit == 1
    fraction = np.where(quick, rng.beta(1.3, 2.6, count), rng.beta(2.6, 1.9, count)) * 0.96 + 0.015
    in_time = start + (span * fraction).astype(np.int64)
    first_of_year = hours.to_work(np.array([START]))[0] + 300
    held = np.maximum(start, first_of_year)
    in_time = np.where(lives.carried, held + ((start + span - held) * fraction).astype(np.int64), in_time)
    delay = np.maximum(600, WORK_DAY * np.exp(rng.normal(-0.1, 1.15, count))).astype(np.int64)

    one = lives.kind == Kind.SUPPLEMENT
    wait = np.where(one, lives.completed - lives.requested, 0)
    aim = np.where(lives.judged_due >= NO_LIMIT, hours.to_instant(start + span), lives.judged_due + wait)
    resumed = _work(np.where(one, lives.completed, lives.received))
    waited = resumed + ((_work(aim) - resumed) * fraction).astype(np.int64)
    in_time = np.where(one, np.maximum(waited, resumed + 60), in_time)
    twice = lives.kind == Kind.SECOND_REQUEST
    after = np.where(twice, _work(lives.requested_again) + WORK_DAY, _work(aim))
    work = np.where(lives.late, np.maximum(after, held) + delay, in_time)
    undated = lives.kind == Kind.SUPPLEMENT_UNDATED
    work = np.where(undated & ~lives.late, np.maximum(work, _work(lives.requested) + 60), work)
    ended = hours.to_instant(work)

    # Forgotten ones: overdue and still open.
    plain = lives.kind == Kind.PLAIN
    forgotten = lives.late & plain & (lives.judged_due > UNTIL - 75 * 86_400) & (rng.random(count) < 0.07)
    later = hours.to_instant(_now() + (WORK_DAY * rng.uniform(0.05, 14, count)).astype(np.int64))
    ended = np.where(forgotten | (lives.kind == Kind.WAITING), later, ended)
    ended = np.where(lives.kind == Kind.AT_RECEIPT, lives.received, ended)
    before = lives.kind == Kind.EXTRA_BEFORE
    ended = np.where(before, np.minimum(ended, START - 9 * 86_400), ended)
    lives.ended = ended

    # A reopened life: ended early, opened again, ended for good (or still open).
    again = lives.kind == Kind.REOPENED
    room = np.maximum(work - start, 1200)
    first = hours.to_instant(start + (room * 0.45).astype(np.int64))
    second = hours.to_instant(start + (room * 0.7).astype(np.int64))
    unfit = again & ((second > UNTIL - MARGIN) | (first >= second) | (second >= ended))
    lives.kind[unfit] = Kind.PLAIN
    again &= ~unfit
    lives.ended_first = np.where(again, first, 0)
    lives.reopened = np.where(again, second, 0)
    # Lives whose oddity needs an end, but which have none yet, are plain.
    needs_end = np.isin(lives.kind, [Kind.SUPPLEMENT_UNDATED, Kind.REGISTERED_AGAIN, Kind.RETURNED_ONLY])
    open_still = needs_end & (lives.ended > UNTIL)
    lives.requested = np.where(open_still, 0, lives.requested)
    lives.kind[open_still] = Kind.PLAIN

    returned = lives.ended + rng.integers(60, 1500, count)
    hand_over = (rng.random(count) < 0.62) & (returned <= UNTIL)
    lives.state = np.where(hand_over, State.RETURNED, State.FINISHED).astype(np.int8)
    for kind, state in (
        (Kind.REFUSED, State.REFUSED),
        (Kind.WITHDRAWN, State.WITHDRAWN),
        (Kind.STOPPED, State.STOPPED),
        (Kind.RETURNED_ONLY, State.RETURNED),
        (Kind.AT_RECEIPT, State.FINISHED),
        (Kind.ENDLESS, State.FINISHED),
        (Kind.EXTRA_REGISTERED, State.REGISTERED),
        (Kind.EXTRA_UNRECEIVED, State.REFUSED),
    ):
        lives.state[lives.kind == kind] = state
    lives.returned = np.where(lives.state == State.RETURNED, returned, 0)
    lives.returned = np.where(lives.kind == Kind.RETURNED_ONLY, lives.ended, lives.returned)


def verdict(lives: Lives) -> Bools:
    """Overdue at the end of the stream by the law's rules, from the planned times alone (checks the draw)."""
    one = lives.kind == Kind.SUPPLEMENT
    wait = np.where(one, lives.completed - lives.requested, 0)
    end = np.where(lives.closed, lives.ended, UNTIL) - wait
    end = np.where(lives.kind == Kind.WAITING, lives.requested, end)
    overdue = end > lives.judged_due
    return np.asarray(overdue | (lives.kind == Kind.SECOND_REQUEST)) & lives.counted


def demonstrate(commune: int, lives: Lives) -> None:
    """Gives one commune open dossiers that fall due while somebody watches: its newest ones in time."""
    able = (
        (lives.unit == commune)
        & (lives.kind == Kind.PLAIN)
        & ~lives.late
        & lives.within
        & ~lives.anchor
        & (lives.due > 0)
    )
    newest = np.flatnonzero(able)
    newest = newest[np.argsort(-lives.received[newest], kind="stable")]
    monday = int(hours.to_instant(np.array([_now()]))[0])
    for order, (row, text) in enumerate(zip(newest, DEMONSTRATION, strict=False)):
        due = parse_instant(text + "+07:00")
        lives.due[row] = lives.first_due[row] = lives.judged_due[row] = due
        lives.ended[row] = monday + 1800 + 900 * order
        lives.state[row], lives.returned[row] = State.FINISHED, 0
