"""The states of a dossier in the national messages, and which of them end its handling."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class State(IntEnum):
    """TrangThaiHoSo / TrangThai."""

    REGISTERED = 1
    RECEIVED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    PAYING = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10


END_PRECEDENCE: Final = (
    State.FINISHED,
    State.RETURNED,
    State.STOPPED,
    State.REFUSED,
    State.WITHDRAWN,
)
"""End states, the one that decides the end time first (formula document, indicator 2.1)."""

END_RANK: Final = {int(state): rank for rank, state in enumerate(END_PRECEDENCE)}
