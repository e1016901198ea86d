"""Typical mistakes of senders that a single message shows (national-api, section 4).

They are flagged and counted, never a reason to refuse.  Those that need earlier messages, the catalogue or
payment records (4, 5, 7, 10, 11, 13, 14, 15, 17 of that table) are found where those are known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from chiso.intake.records import Has, Mistake, Supplement
from chiso.law.states import END_RANK, State

_CODE: Final = re.compile(r"[^-]+-\d{6}-\d+").fullmatch
_RESULT_FILE: Final = int(Has.RESULT_FILE)
_FINISHED: Final = int(State.FINISHED)
_RETURNED: Final = int(State.RETURNED)
_REFUSED: Final = int(State.REFUSED)

NO_DUE: Final = int(Mistake.NO_DUE)
SUBMITTED_EQUALS_RECEIVED: Final = int(Mistake.SUBMITTED_EQUALS_RECEIVED)
FINISHED_WITHOUT_WORK: Final = int(Mistake.FINISHED_WITHOUT_WORK)
FOREIGN_CODE: Final = int(Mistake.FOREIGN_CODE)
BEFORE_RECEIPT: Final = int(Mistake.BEFORE_RECEIPT)
END_WITHOUT_TIME: Final = int(Mistake.END_WITHOUT_TIME)
UNASSIGNED_UNIT: Final = int(Mistake.UNASSIGNED_UNIT)
SUPPLEMENT_WITHOUT_DATE: Final = int(Mistake.SUPPLEMENT_WITHOUT_DATE)
DUE_MOVED_AND_WAITED: Final = int(Mistake.DUE_MOVED_AND_WAITED)
REQUEST_REPEATED: Final = int(Mistake.REQUEST_REPEATED)


def of_message(
    code: str,
    state: int,
    unit: str,
    desk: str,
    submitted: int | None,
    received: int | None,
    due: int | None,
    finished: int | None,
    returned: int | None,
    refused: int | None,
    has: int,
) -> int:
    """The bits that the plain fields of a message set.

    A random or foreign code (8) is one without a unit in front or not of the form ``<unit>-yyMMdd-<number>``.
    """
    found = 0
    if due is None:
        found = NO_DUE
    if not desk:
        found |= FOREIGN_CODE if unit else FOREIGN_CODE | UNASSIGNED_UNIT
    elif not _CODE(code):
        found |= FOREIGN_CODE
    if state in END_RANK:
        if state == _FINISHED and (not has & _RESULT_FILE or (finished is not None and finished == received)):
            found |= FINISHED_WITHOUT_WORK
        if (
            finished is None
            and not (state == _RETURNED and returned is not None)
            and not (state == _REFUSED and refused is not None)
        ):
            found |= END_WITHOUT_TIME
    if received is not None:
        if submitted == received:
            found |= SUBMITTED_EQUALS_RECEIVED
        if (
            (finished is not None and finished < received)
            or (due is not None and due < received)
            or (returned is not None and returned < received)
            or (refused is not None and refused < received)
        ):
            found |= BEFORE_RECEIPT
    return found


def of_supplement(request: Supplement, received: int | None) -> int:
    """The bits that one supplement request sets."""
    found = 0
    requested, completed = request.requested_at, request.completed_at
    if requested is None or (completed is not None and completed < requested):
        found = SUPPLEMENT_WITHOUT_DATE
    if received is not None and (
        (requested is not None and requested < received) or (completed is not None and completed < received)
    ):
        found |= BEFORE_RECEIPT
    moved = request.due_after is not None and request.due_after != request.due_before
    if moved and requested is not None and completed is not None and completed > requested:
        found |= DUE_MOVED_AND_WAITED
    return found


def same_request(one: Supplement, other: Supplement) -> bool:
    """Whether two requests of a dossier are one: nobody asks, or is answered, twice in the same second."""
    asked = one.requested_at is not None and one.requested_at == other.requested_at
    return asked or (one.completed_at is not None and one.completed_at == other.completed_at)


def of_requests(requests: Sequence[Supplement]) -> int:
    """The bits that the requests of a dossier set together."""
    again = any(one.id != other.id and same_request(one, other) for one, other in combinations(requests, 2))
    return REQUEST_REPEATED if again else 0
