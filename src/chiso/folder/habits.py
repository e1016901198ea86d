"""What a sender always or never does, over arrays: a row a dossier, ``senders`` the term of who sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.instants import DAY, NEVER, OFFSET
from chiso.intake.records import Has

if TYPE_CHECKING:
    from chiso.folder.sent import Sent

Bools = NDArray[np.bool_]

ENOUGH: Final = 50
"""Dossiers from which on "never" and "always" say something of a sender: even where only one dossier in ten
shows a thing, none in fifty happens by chance once in two hundred senders."""
NIGHT: Final = (20 * 3600, 6 * 3600)
"""From when until when, as seconds of the day, no office closes dossiers."""
STAMPED_WITHIN: Final = 900
"""Seconds that a push may take from stamping a dossier to sending it."""
ALMOST_ALL: Final = (19, 20)


def by_sender(senders: np.ndarray, chosen: Bools) -> np.ndarray:
    """How many of the chosen each sender (term) has."""
    return np.bincount(senders[chosen], minlength=int(senders.max(initial=0)) + 1)


def never_vneid(senders: np.ndarray, has: np.ndarray) -> Bools:
    """Synced dossiers of senders of whom none says that VNeID was used (mistake 4)."""
    synced = (has & Has.SYNCED) != 0
    without = by_sender(senders, synced) >= ENOUGH
    without &= by_sender(senders, synced & ((has & Has.VNEID) != 0)) == 0
    found: Bools = synced & without[senders]
    return found


def at_night(instants: np.ndarray) -> Bools:
    """Whether instants fall between 20:00 and 06:00."""
    of_day = (instants + OFFSET) % DAY
    found: Bools = (of_day >= NIGHT[0]) | (of_day < NIGHT[1])
    return found


def closed_at_push(sent: Sent, senders: np.ndarray, numbers: np.ndarray) -> tuple[Bools, Bools]:
    """Dossiers dated as closed when they were pushed, of senders who do so always (mistake 26); and all of
    which it is known when their end was told."""
    seen = numbers < len(sent.end_at)
    if not seen.any():  # nothing was ever sent
        return seen, seen
    places = np.where(seen, numbers, 0)
    end, known = sent.end_at[places], sent.end_known[places]
    told: Bools = seen & (end < NEVER) & (known < NEVER) & (known > -NEVER)
    stamped = told & (known >= end) & (known - np.minimum(end, known) <= STAMPED_WITHIN) & at_night(end)
    all_told, all_stamped = by_sender(senders, told), by_sender(senders, stamped)
    part, whole = ALMOST_ALL
    always = (all_told >= ENOUGH) & (whole * all_stamped >= part * all_told)
    return stamped & always[senders], told
