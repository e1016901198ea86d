"""DUPLICATE_DOSSIER (22): one dossier under two codes, of which one was finished and the other forgotten.

A random code that a sender makes when it saves again (mistake 8) leaves the first one open for ever.  Two
codes are one dossier where owner, procedure and instant of receipt are the same.  Undone, the overdue one is
not there: its twin counts already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Array
from chiso.insight.lateness.judging import ON_TIME, Judging

if TYPE_CHECKING:
    from chiso.engine.columns import Roster
    from chiso.engine.ground import Ground
    from chiso.folder.state import DataFolder

Bools = NDArray[np.bool_]


def twins_of(folder: DataFolder, roster: Roster, among: Array) -> list[list[int]]:
    """Dossiers (numbers) that are told under several codes, those of one dossier together, in their order.

    ``among``: only groups that were received in the same second as one of these.
    """
    number = roster.column("dossier")
    received, procedure = roster.column("received_at"), roster.column("procedure")
    among = among[among <= roster.top]
    alike = np.isin(received, received[among]) & (roster.column("version") > 0)
    places = np.flatnonzero(alike)
    order = places[np.lexsort((number[places], received[places], procedure[places]))]
    same = np.ones(max(len(order) - 1, 0), bool)
    for column in (received, procedure):
        values = column[order]
        same &= values[1:] == values[:-1]
    doubtful = order[np.r_[same, False] | np.r_[False, same]] if len(order) else order
    groups: dict[tuple[str, int, int], list[int]] = {}
    for dossier, facts in sorted(folder.ledger.facts(doubtful.tolist()).items()):
        if facts.message is not None and facts.message.owner:
            whose = facts.message.owner, int(procedure[dossier]), int(received[dossier])
            groups.setdefault(whose, []).append(dossier)
    return [group for group in groups.values() if len(group) > 1]


def twins_on_time(
    folder: DataFolder, roster: Roster, ground: Ground, start: int, judged_at: int, overdue: Array
) -> dict[int, int]:
    """Of overdue dossiers (numbers) those that have a twin on time, with the number of that twin."""
    groups = twins_of(folder, roster, overdue)
    if not groups:
        return {}
    rows = roster.rows_of(np.array([one for group in groups for one in group], np.int64))
    n, d = Judging(rows, ground, start, judged_at).entered(ON_TIME)
    on_time = set(rows["dossier"][n & d].tolist())
    wanted = set(overdue.tolist())
    found: dict[int, int] = {}
    for group in groups:
        standing = min((one for one in group if one in on_time), default=None)
        if standing is not None:
            found.update(dict.fromkeys((one for one in group if one in wanted), standing))
    return found
