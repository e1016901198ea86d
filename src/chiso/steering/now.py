"""The states of duties at one instant, through the folder's own views: now, or as known on a past day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from chiso.insight.keeping import kept
from chiso.steering.copies import Copies
from chiso.steering.figures import Made
from chiso.steering.register import Duty, Register, Tellings
from chiso.steering.states import Lines, lines_of

if TYPE_CHECKING:
    from chiso.engine.board import Board
    from chiso.folder.state import DataFolder

REFRESHED: Final = 60
"""Seconds for which the states of now are kept: a deadline is judged by the day."""


def tellings(folder: DataFolder) -> Tellings:
    """Everything that was ever told of what directs; kept while no record is added."""
    key = ("steering tellings", folder.record)
    return kept(folder, key, lambda: Tellings(folder.ledger, folder.calendar))


def copies(folder: DataFolder) -> Copies:
    key = ("steering copies", folder.record, folder.registry.units.version)
    return kept(folder, key, lambda: Copies(folder.ledger, folder.registry.units))


def register(folder: DataFolder, as_of: int | None = None) -> Register:
    """The register as known at an instant, else now."""
    if as_of is not None:
        return tellings(folder).at(as_of)
    key = ("steering register", folder.record)
    return kept(folder, key, lambda: tellings(folder).at(folder.now()))


def figures_then(folder: DataFolder, as_of: int | None) -> Made:
    """The figures that duties are measured by, as known at an instant, else now."""

    def board_of(duty: Duty) -> Board | None:
        law = folder.law_of(duty.period)
        return None if law.groups_only else folder.view(duty.period, duty.judged_at, as_of, law).board

    known = folder.now() if as_of is None else as_of
    return Made(folder, known, folder.law_of, board_of, copies(folder))


def states(folder: DataFolder, as_of: int | None = None, duties: Iterable[Duty] | None = None) -> Lines:
    """The lines of duties (else of all) as known at an instant, else now."""
    known = register(folder, as_of)
    at = folder.now() if as_of is None else as_of
    figures = figures_then(folder, as_of)
    found = Lines(at, known)
    for duty in known.duties.values() if duties is None else duties:
        found.lines += lines_of(duty, known, folder.registry.units, figures, at)
    return found


def current(folder: DataFolder) -> Lines:
    """The lines of all duties now; kept for a minute while no record of them is added.

    Dossiers come all the time; a minute's delay changes no day's state.
    """
    minute = folder.now() // REFRESHED
    return kept(folder, ("steering states", folder.record, minute), lambda: states(folder))
