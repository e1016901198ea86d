"""The lives of the dossiers: who handles what, since when, due when, ended when."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from chiso.demo import hours, turns
from chiso.demo.hours import WORK_DAY, Instants
from chiso.demo.shape import NO_LIMIT, STRANGERS, Bools, Kind, Lives, choose, largest_remainder
from chiso.demo.world import DEMONSTRATED, START, UNTIL, World
from chiso.instants import DAY, parse_instant

EXTRAS: Final = (
    (Kind.EXTRA_REGISTERED, 0.0015),
    (Kind.EXTRA_UNRECEIVED, 0.0008),
    (Kind.EXTRA_BEFORE, 0.002),
)

MONTH_VOLUME: Final = (0.97, 0.78, 1.08, 0.98, 0.97, 1.08, 1.14, 1.12, 1.04, 1.0)
TET_WEEK: Final = (parse_instant("2026-02-09"), parse_instant("2026-02-16"))


def _assign(world: World, rng: np.random.Generator) -> tuple[Instants, Instants, Bools]:
    """Unit, procedure and anchor mark of every counted dossier."""
    c, total = world.catalogue, world.targets.dossiers
    communes = np.flatnonzero(world.is_commune)
    index_of = {code: i for i, code in enumerate(world.codes)}
    used = np.flatnonzero(c.used)
    seeing = communes[~world.with_habit("no-vneid")[communes]]
    weights = world.volume[seeing] / world.volume[seeing].sum()
    spread = rng.choice(seeing, len(used), p=weights)
    anchors = np.array([index_of[c.home[p]] if c.home[p] else u for p, u in zip(used, spread, strict=True)])
    wanted = largest_remainder(world.volume, total)
    missing = np.maximum(wanted - np.bincount(anchors, minlength=len(wanted)), 0)
    rest = largest_remainder(missing.astype(float), total - len(used))
    unit = np.concatenate([anchors, np.repeat(np.arange(len(rest)), rest)]).astype(np.int64)
    procedure = np.concatenate([used, np.zeros(int(rest.sum()), np.int64)])
    homes = np.array(c.home)
    first = np.arange(len(unit)) >= len(used)
    town = np.array([name.startswith(("UBND phường", "UBND đặc khu")) for name in world.names])
    certifies = np.array([field == "G15-TP05" for field in c.field])
    for here, home, tilt in [
        *((unit == index_of[h], h, 1.0) for h in sorted(set(c.home)) if h),
        (world.is_commune[unit] & town[unit], "", 1.25),
        (world.is_commune[unit] & ~town[unit], "", 0.85),
    ]:
        rows = np.flatnonzero(here & first)
        chance = np.where(homes == home, c.share, 0.0) * np.where(certifies, tilt, 1.0)
        procedure[rows] = rng.choice(len(c), len(rows), p=chance / chance.sum())
    stranger = first & (rng.random(len(unit)) < 0.0005)
    procedure[stranger] = len(c) + rng.integers(0, STRANGERS, int(stranger.sum()))
    return unit, procedure, ~first


def _receipts(count: int, rng: np.random.Generator) -> Instants:
    """Instants of receipt over the year, in working time."""
    days = hours.WORKING_DAYS
    starts = hours.day_start(days)
    open_days = np.flatnonzero((starts >= START) & (starts + hours.OPENS < UNTIL))
    month = days[open_days].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    weekday = (days[open_days] + 3) % 7
    weight = np.array(MONTH_VOLUME)[month] * np.array([1.17, 1.04, 1.0, 0.97, 0.88, 0.6, 0.0])[weekday]
    before_tet = (starts[open_days] >= TET_WEEK[0]) & (starts[open_days] < TET_WEEK[1])
    weight = np.where(before_tet, weight * 0.55, weight)
    index = rng.choice(open_days, count, p=weight / weight.sum())
    morning = rng.random(count) < 0.6
    second = np.where(
        morning,
        rng.beta(1.5, 2.1, count) * hours.MORNING,
        hours.MORNING + rng.beta(1.4, 2.2, count) * (WORK_DAY - hours.MORNING),
    )
    return hours.to_instant(index * WORK_DAY + np.minimum(second.astype(np.int64), WORK_DAY - 60))


def promise(
    received: Instants, limit: Instants, rng: np.random.Generator, longer: Instants
) -> tuple[Instants, Instants]:
    """NgayHenTra as a desk sets it, and the days it gave; ``longer`` adds days."""
    days = np.where(limit < 0, 5, np.maximum(limit, 1)) + longer
    shorter = (rng.random(len(days)) < 0.12) & (days > 3)
    days = np.where(shorter, days - 1, days)
    work = hours.to_work(received)
    at_five = hours.day_start(hours.working_day_after(received, days)) + 17 * 3600
    same_hour = hours.to_instant(work + days * WORK_DAY)
    due = np.where(rng.random(len(days)) < 0.65, at_five, same_hour)
    early = (days == 1) & (work % WORK_DAY < hours.MORNING + 5400)
    today = hours.day_start(hours.local_day(received)) + 17 * 3600
    due = np.where((days == 1), np.where(early, today, at_five), due)
    return due, days


def make(world: World) -> Lives:
    """Draws all lives of the province."""
    rng = world.rng("lives")
    c, targets = world.catalogue, world.targets
    unit, procedure, anchor = _assign(world, rng)
    extra_kinds = np.concatenate(
        [np.full(max(1, round(rate * targets.dossiers)), int(kind)) for kind, rate in EXTRAS]
    )
    picked = rng.choice(len(unit), len(extra_kinds))
    unit, procedure = np.concatenate([unit, unit[picked]]), np.concatenate([procedure, procedure[picked]])
    anchor = np.concatenate([anchor, np.zeros(len(extra_kinds), bool)])
    count = len(unit)
    kind = np.zeros(count, np.int8)
    kind[targets.dossiers :] = extra_kinds
    counted = kind < Kind.EXTRA_REGISTERED

    limit = np.append(c.limit, np.full(STRANGERS, -1))[procedure]
    in_hours = np.append(c.in_hours, np.zeros(STRANGERS, bool))[procedure]
    limit = np.where(in_hours, 3, limit)
    received = _receipts(count, rng)
    carried = choose(
        np.log(np.maximum(limit, 1)) * 1.5, counted & ~anchor & (limit >= 3), targets.carried, rng
    )
    if int(carried.sum()) < targets.carried:
        carried |= choose(
            np.zeros(count), counted & ~anchor & ~carried, targets.carried - int(carried.sum()), rng
        )
    new_year = hours.to_work(np.array([START]))[0]
    back = carried | (kind == Kind.EXTRA_BEFORE)
    age = (
        rng.exponential(9 * WORK_DAY, count) + np.where(kind == Kind.EXTRA_BEFORE, 12 * WORK_DAY, 600)
    ).astype(np.int64)
    received = np.where(back, hours.to_instant(new_year - np.minimum(age, 60 * WORK_DAY)), received)
    # On 31 December 2025 no counter stays open to the last second.
    received = np.where(back & (received >= START), START - 5 * 3600 - 7 * DAY, received)

    gap = (new_year - hours.to_work(received)) // WORK_DAY + rng.integers(3, 10, count) - np.maximum(limit, 1)
    due, _ = promise(received, limit, rng, np.where(carried, np.maximum(gap, 0), 0))
    statutory = hours.day_start(hours.working_day_after(received, np.maximum(limit, 1)) + 1)
    hourly = np.append(c.limit, np.full(STRANGERS, -1))[procedure]
    statutory = np.where(in_hours, received + hourly * 3600, statutory)
    statutory = np.where(limit < 0, NO_LIMIT, statutory)
    silent = ~carried & (world.with_habit("no-due")[unit] | ((rng.random(count) < 0.002) & (limit >= 0)))
    judged = np.where(silent, statutory, due)
    due = np.where(silent, 0, due)

    lives = Lives(
        unit=unit,
        desk=_desks(world, unit, kind, rng),
        procedure=procedure,
        anchor=anchor,
        carried=carried,
        kind=kind,
        received=received,
        due=due,
        first_due=due.copy(),
        judged_due=judged,
        requested=np.zeros(count, np.int64),
        completed=np.zeros(count, np.int64),
        requested_again=np.zeros(count, np.int64),
        ended_first=np.zeros(count, np.int64),
        reopened=np.zeros(count, np.int64),
        ended=np.zeros(count, np.int64),
        returned=np.zeros(count, np.int64),
        state=np.zeros(count, np.int8),
        late=np.zeros(count, bool),
        serial=np.zeros(count, np.int64),
    )
    turns.mark_kinds(world, lives, limit, rng)
    turns.supplements(lives, rng)
    turns.choose_late(world, lives, limit, rng)
    turns.ends(lives, limit, rng)
    turns.demonstrate(world.codes.index(DEMONSTRATED), lives)
    lives.serial = _serials(lives)
    return lives


def _desks(world: World, unit: Instants, kind: NDArray[np.int8], rng: np.random.Generator) -> Instants:
    """Where a dossier was received: mostly its own unit; some of the departments' at a commune's desk."""
    communes = np.flatnonzero(world.is_commune)
    weights = world.volume[communes] / world.volume[communes].sum()
    elsewhere = ~world.is_commune[unit] & (rng.random(len(unit)) < 0.06)
    return np.where(elsewhere, rng.choice(communes, len(unit), p=weights), unit)


def _serials(lives: Lives) -> Instants:
    """Number of each dossier among those of its desk and day, in order of receipt, from 1."""
    day = hours.local_day(lives.received)
    order = np.lexsort((lives.received, day, lives.desk))
    key = lives.desk[order] * 100_000 + day[order]
    fresh = np.concatenate([[True], key[1:] != key[:-1]])
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(key)), 0))
    serial = np.empty(len(key), np.int64)
    serial[order] = np.arange(len(key)) - start + 1
    return serial
