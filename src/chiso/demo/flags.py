"""What the messages of each dossier show: channel, payment, files, digitisation, satisfaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiso.demo.shape import STRANGERS, Bools, Lives, choose
from chiso.demo.world import START, UNTIL, World
from chiso.law.states import State

Small = NDArray[np.int8]


@dataclass
class Flags:
    """Columns beside those of :class:`~chiso.demo.shape.Lives`."""

    channel: Small  # KenhThucHien
    filed: Small  # NoiNopHoSo
    subject: Small  # LoaiDoiTuong
    fees: Small  # 0 no list, 1 listed with Gia 0, 2 listed with a real fee
    payment: Small  # DuocThanhToanTrucTuyen in the newest message
    prepaid: Bools  # paid before the first message
    result: Bools  # a result with a file link
    component: Bools  # a live component with a file link
    digitised: Bools  # DuocSoHoa = 1
    reuse: Small  # DuocTaiSuDung
    digitised_flag: Bools  # HoSoCoThanhPhanSoHoa
    from_store: Bools  # DuocLayTuKhoDMQG
    vneid: Bools
    store_record: Bools  # a record of the national store says that the result is there
    dissatisfied: Bools


def _of(values: NDArray[np.bool_], lives: Lives) -> Bools:
    """A column of the catalogue, per dossier; unknown procedures have nothing."""
    return np.append(values, np.zeros(STRANGERS, bool))[lives.procedure]


def _channel(world: World, lives: Lives, rng: np.random.Generator) -> tuple[Small, Small]:
    c, targets, count = world.catalogue, world.targets, len(lives)
    able, within = _of(c.with_online, lives), lives.within
    year = (lives.received - START) / (UNTIL - START)
    score = world.habits["online"][lives.unit] + 0.9 * year
    online = choose(score, able & within, targets.online, rng, lives.anchor & able)
    online |= able & ~within & (rng.random(count) < 0.6)
    postal = rng.random(count) < 0.05
    channel = np.where(online, 2, np.where(postal, 3, 1))
    own_portal_only = world.with_habit("always-digitised")[lives.unit]
    portal = choose(np.zeros(count), online & within & ~own_portal_only, targets.filed_on_portal, rng)
    portal |= online & lives.carried & ~own_portal_only & (rng.random(count) < 0.2)
    return channel.astype(np.int8), np.where(portal, 1, 2).astype(np.int8)


def _money(world: World, lives: Lives, online: Bools, rng: np.random.Generator) -> tuple[Small, Small, Bools]:
    c, targets, count = world.catalogue, world.targets, len(lives)
    charged, within = _of(c.fee > 0, lives), lives.within
    spare = int((charged & within).sum()) - targets.obliged
    exempt = choose(np.zeros(count), charged & within & ~lives.anchor, max(spare, 0), rng)
    real = charged & ~exempt & _of(c.with_nonzero_fee, lives) & (lives.anchor | (rng.random(count) < 0.8))
    free_listed = exempt | (~charged & (rng.random(count) < 0.08))
    fees = np.where(real, 2, np.where(free_listed, 1, 0)).astype(np.int8)
    can_pay = charged & ~exempt & _of(c.with_payment, lives)
    year = (lives.received - START) / (UNTIL - START)
    score = world.habits["pay"][lives.unit] + 1.1 * online + 1.0 * year
    # In a small province fewer dossiers may be obliged than the quota says: then the ratio is kept.
    obliged = int((charged & within & ~exempt).sum())
    quota = (2 * targets.paid * obliged + targets.obliged) // (2 * targets.obliged)
    paid = choose(score, can_pay & within, quota, rng, lives.anchor & can_pay)
    paid |= can_pay & lives.carried & (rng.random(count) < 0.5)
    draw = rng.random(count)
    asked = charged & ~exempt & (draw < 0.3)
    payment = np.where(paid, np.where(draw < 0.84, 1, 2), np.where(asked, 3, 0)).astype(np.int8)
    prepaid = paid & ((rng.random(count) < 0.55) | (lives.ended > UNTIL) | lives.anchor)
    return fees, payment, prepaid


def make(world: World, lives: Lives) -> Flags:
    """Draws all flags, to the province's quotas."""
    rng = world.rng("flags")
    c, targets, count = world.catalogue, world.targets, len(lives)
    unit, counted = lives.unit, lives.counted
    year = np.clip((lives.received - START) / (UNTIL - START), 0, 1)
    habit = {name: values[unit] for name, values in world.habits.items()}

    channel, filed = _channel(world, lives, rng)
    online = channel == 2
    fees, payment, prepaid = _money(world, lives, online, rng)

    done = np.isin(lives.state, [State.FINISHED, State.RETURNED]) & lives.closed & counted
    quick = np.append(c.limit, np.full(STRANGERS, -1))[lives.procedure] <= 3
    result = choose(habit["result"] + 1.0 * year + 0.4 * quick, done, targets.result, rng)
    digital = habit["digitise"] + 0.7 * online + 1.2 * year
    component = choose(digital, result, targets.digitised, rng)
    component |= ~result & (rng.random(count) < 0.3)

    always = world.with_habit("always-digitised")[unit] & component & counted
    reused = choose(habit["reuse"] + 0.9 * component + 1.2 * year, counted, targets.reused, rng, always)
    draw = rng.random(count)
    flagged = reused & ((draw < 0.6) | always)
    reuse = np.where(reused & ~flagged | (reused & (draw < 0.2)), np.where(rng.random(count) < 0.7, 1, 2), 0)
    portal = filed == 1
    loose = rng.random(count)
    digitised = np.where(portal, flagged, always | (component & (loose < 0.4)))
    digitised_flag = np.where(portal, loose < 0.3, flagged)

    sees = _of(c.with_population, lives) & ~world.with_habit("no-vneid")[unit]
    population = choose(
        habit["population"] + 0.8 * online + 1.0 * year,
        sees & counted,
        targets.population,
        rng,
        lives.anchor & sees,
    )
    taken = targets.stored * 3 // 4
    from_store = choose(0.5 * habit["reuse"], population & ~lives.anchor, taken, rng)
    store_record = choose(year, result & ~from_store, targets.stored - int(from_store.sum()), rng)
    vneid = population & (~from_store | (rng.random(count) < 0.6))

    late_ended = lives.late & lives.closed
    angry = choose(
        0.8 * -habit["result"], counted & ~lives.late & lives.closed, targets.on_time - targets.satisfied, rng
    )
    angry |= choose(np.zeros(count), late_ended, (targets.on_time - targets.satisfied) * 7 // 10, rng)

    person = np.append(c.for_person, np.ones(STRANGERS, bool))[lives.procedure]
    who = rng.random(count)
    subject = np.where(
        person, np.where(who < 0.97, 1, 2), np.where(who < 0.86, 2, np.where(who < 0.93, 4, 3))
    )
    return Flags(
        channel=channel, filed=filed, subject=subject.astype(np.int8), fees=fees, payment=payment,
        prepaid=prepaid, result=result, component=component, digitised=digitised, reuse=reuse.astype(np.int8),
        digitised_flag=digitised_flag, from_store=from_store, vneid=vneid, store_record=store_record,
        dissatisfied=angry,
    )  # fmt: skip
