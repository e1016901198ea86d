"""Dossiers of which only steps have come: the rows that they would make if their messages came now.

Nobody knows what such a message says.  It is taken to say what the steps say and nothing more: received at
the first step that is one of a received dossier, ended as the steps end it, procedure unknown, nothing
attached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from chiso.instants import NEVER
from chiso.intake.records import Dossier, Has
from chiso.law.states import END_RANK, State
from chiso.ledger.facts import Facts, derive
from chiso.ledger.rows import ROW
from chiso.registry.codes import dossier_prefix

if TYPE_CHECKING:
    from chiso.engine.columns import Roster, Structured
    from chiso.folder.state import DataFolder

_made: WeakKeyDictionary[DataFolder, dict[int, tuple[int, bytes]]] = WeakKeyDictionary()
"""dossier → the version looked at, and the rows made of it"""


class _Known(dict[str, int]):
    """Terms of the ledger; a text that is not among them reads as none."""

    def __missing__(self, text: str) -> int:
        return 0


def unheard_rows(folder: DataFolder, roster: Roster) -> Structured:
    """Rows of finished dossiers that no message has told of."""
    versions = roster.column("version")
    silent = np.flatnonzero((versions > 0) & (roster.column("received_at") >= NEVER))
    held = _made.setdefault(folder, {})
    wanted = [one for one in silent.tolist() if held.get(one, (0, b""))[0] != versions[one]]
    if wanted:
        codes, facts = folder.ledger.codes(wanted), folder.ledger.facts(wanted)
        terms = _Known((text, number) for number, text in enumerate(folder.terms))
        for number in wanted:
            told = facts.get(number)
            made = b"" if told is None else _row(codes[number], number, told, terms)
            held[number] = (int(versions[number]), made)
    return np.frombuffer(b"".join(held[one][1] for one in silent.tolist()), ROW)


def _row(code: str, number: int, told: Facts, terms: _Known) -> bytes:
    steps = [step for step in told.steps if step.state != State.REGISTERED]
    if told.message is not None or not steps or steps[-1].state not in END_RANK:
        return b""
    desk = dossier_prefix(code) or ""
    message = Dossier(code, "", steps[-1].state, desk=desk, received_at=steps[0].at, has=int(Has.SYNCED))
    facts = Facts(message, told.known_at, told.steps, told.dissatisfied_at, told.stored_at, told.sender)
    return derive(facts, 1, number, told.known_at, terms)
