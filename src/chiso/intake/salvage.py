"""What can still be read of a refused dossier: the message without the fields for which it was refused.

Nothing of it is taken in; it shows what the piece would have counted.  A field that cannot be read counts as
not told; a procedure that is no code as one that no catalogue knows; a state that is none follows from the
dates, as in a dossier table.  Without a code or a receipt there is nothing to count.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from chiso.intake.batches import DECODE_ERRORS
from chiso.intake.context import Context
from chiso.intake.messages import dossier_of
from chiso.intake.records import Dossier
from chiso.intake.refusals import RefusedError
from chiso.intake.rows import message_of_row
from chiso.intake.shapes import DossierMessage

TRIES: Final = 40
"""Fields that are left out before a piece is given up."""
NO_PROCEDURE: Final = "0.000000"
"""Stands for a procedure whose code cannot be read."""

_OF_A_TABLE: Final = re.compile(r"(?:^|!)row \d+$").search
_PATH: Final = re.compile(r"at `\$\.?([^`]*)`")
_ANY: Final = msgspec.json.Decoder()
_MESSAGE: Final = msgspec.json.Decoder(DossierMessage)


def salvaged(raw: bytes, place: str, context: Context) -> tuple[Dossier, tuple[str, ...]] | None:
    """The dossier that a refused piece tells of, and the fields that were left out; ``None`` for none.

    Pieces of other provinces are none of ours.
    """
    try:
        told = _ANY.decode(raw)
    except DECODE_ERRORS:
        return None
    if not isinstance(told, dict):
        return None
    of_a_table = bool(_OF_A_TABLE(place))
    left_out: list[str] = []
    for _ in range(TRIES):
        try:
            message = message_of_row(told) if of_a_table else _MESSAGE.decode(msgspec.json.encode(told))
            dossier = dossier_of(message, context, synced=not of_a_table)
        except RefusedError as error:
            if error.reason == "other_province":
                return None
            path = error.field
        except DECODE_ERRORS as error:
            found = _PATH.search(str(error))
            path = found[1] if found else ""
        else:
            if dossier.procedure == NO_PROCEDURE:
                dossier.procedure = ""
            return (dossier, tuple(dict.fromkeys(left_out))) if dossier.received_at is not None else None
        name = _leave_out(told, path)
        if not name:
            return None
        left_out.append(name)
    return None


def _leave_out(told: dict[str, Any], path: str) -> str:
    """Takes the field of a path out of a message; gives its name, empty where there is nothing left to do."""
    name, *inner = re.sub(r"\[[^\]]*\]", "", path).split(".")
    if name in ("", "MaHoSo", "NgayTiepNhan"):
        return ""
    if name == "MaTTHC":
        if told.get(name) == NO_PROCEDURE:
            return ""
        told[name] = NO_PROCEDURE
    elif name == "TrangThaiHoSo":
        state = "10" if told.get("NgayTra") else "9" if told.get("NgayKetThucXuLy") else "4"
        if told.get(name) == state:
            return ""
        told[name] = state
    elif inner and isinstance(told.get(name), list):
        held = [one for one in told[name] if isinstance(one, dict) and inner[0] in one]
        if not held:
            del told[name]
        for one in held:
            del one[inner[0]]
    elif name in told:
        del told[name]
    else:
        return ""
    return path
