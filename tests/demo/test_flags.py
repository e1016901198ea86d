"""Flags keep to their quotas and to the habits of senders."""

from __future__ import annotations

import numpy as np

from chiso.demo import stream
from chiso.demo.shape import STRANGERS


def test_quotas(province: stream.Province) -> None:
    flags, table, targets = province.flags, province.lives, province.world.targets
    counted, within = table.counted, table.within
    assert (within & (flags.channel == 2)).sum() == targets.online
    assert (within & (flags.filed == 1)).sum() == targets.filed_on_portal
    assert flags.result.sum() == targets.result
    assert (flags.result & flags.component).sum() == targets.digitised
    assert (flags.from_store | flags.store_record).sum() == targets.stored
    assert (counted & (flags.vneid | flags.from_store)).sum() == targets.population
    angry = flags.dissatisfied & ~table.late
    assert angry.sum() == targets.on_time - targets.satisfied


def test_nothing_contradicts_itself(province: stream.Province) -> None:
    flags, table, c = province.flags, province.lives, province.world.catalogue
    assert (flags.channel[flags.filed == 1] == 2).all()
    assert table.closed[flags.result].all()
    assert not (flags.from_store & flags.store_record).any()
    charged = np.append(c.fee > 0, np.zeros(STRANGERS, bool))[table.procedure]
    paid = np.isin(flags.payment, [1, 2])
    assert charged[paid].all()
    assert (flags.fees[paid] != 1).all()
    assert charged[flags.fees == 2].all()
    assert table.closed[flags.dissatisfied].all()


def test_a_sender_that_hard_codes_vneid_never_has_it(province: stream.Province) -> None:
    blind = province.world.with_habit("no-vneid")[province.lives.unit]
    assert blind.any()
    assert not province.flags.vneid[blind].any()
