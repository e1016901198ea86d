"""How many dossiers of a unit stand behind each procedure that counts: what distinct procedures hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.count import Pairs, Window, pairs_of
from chiso.engine.each import each
from chiso.folder.drill import subtree_mask

if TYPE_CHECKING:
    from chiso.folder.state import View


def procedures_of(view: View, unit: int) -> list[dict[int, int]]:
    """Per procedure counter of the law's plan: procedure (term) → dossiers of the subtree that ask for it."""
    ground = view.ground
    window = Window.of((view.period,), view.at)
    inside = subtree_mask(ground, unit, int(window.judged_at[0]))
    times = np.zeros((len(ground.plan.procedures), len(ground.terms)), np.int64)
    for rows in view.roster.parts():
        row, period = pairs_of(rows, window)
        pairs = Pairs(rows, window, row, period, ground)
        chosen = inside[pairs.unit()]
        if chosen.any():
            pairs = Pairs(rows, window, row[chosen], period[chosen], ground)
            asked = each(pairs, ground).asked
            for counter, wanted in enumerate(asked):
                times[counter] += np.bincount(pairs.raw("procedure")[wanted], minlength=times.shape[1])
    return [{int(term): int(one[term]) for term in np.flatnonzero(one).tolist()} for one in times]
