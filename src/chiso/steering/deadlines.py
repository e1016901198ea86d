"""The counts judged at every deadline, kept up by difference while dossiers and records become known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.engine.board import Board, board
from chiso.engine.columns import in_pieces
from chiso.engine.standing import Standing
from chiso.instants import NEVER, Period, midnight
from chiso.intake.records import Decision, Petition

if TYPE_CHECKING:
    from chiso.engine.columns import Structured
    from chiso.engine.ground import Ground
    from chiso.law.model import LawVersion

AT_ONCE: Final = 50_000
"""Rows counted in one step."""
BESIDE: Final = ("petition", "decision", "total", "procedure", "unit")
"""Records that may change a figure."""


@dataclass
class Deadline:
    """A period judged at an instant."""

    period: Period
    judged_at: int
    stale: bool = True
    """whether anything was told that may concern it since it was looked at"""


@dataclass
class Deadlines:
    """All deadlines that are counted by one law."""

    law: LawVersion
    ground_at: Callable[[int], Ground]
    all: list[Deadline] = field(default_factory=list)
    standing: Standing | None = None

    def place(self, period: Period, judged_at: int) -> int | None:
        for place, one in enumerate(self.all):
            if one.judged_at == judged_at and one.period == period:
                return place
        return None

    def find(self, period: Period, judged_at: int) -> Deadline | None:
        place = self.place(period, judged_at)
        return None if place is None else self.all[place]

    def add(self, period: Period, judged_at: int, day: int) -> None:
        """One more deadline, as known at a day's end."""
        self.all.append(Deadline(period, judged_at))
        if self.standing is not None:
            self.standing.at = self._last
            self.standing.rebase(self.ground_at(day), self._spans())

    @property
    def _last(self) -> int:
        return max(one.judged_at for one in self.all)

    def _spans(self) -> tuple[Period, ...]:
        """The periods, each cut off at its judging instant: a standing count judges all of them at one."""
        return tuple(
            Period(one.period.start, one.judged_at, one.period.kind, one.period.label) for one in self.all
        )

    def move_on(self, rows: Structured | None, day: int, touched: int) -> None:
        """Takes in what became known by a day's end.

        ``touched``: the earliest instant that any record which became known is about.
        """
        ground = self.ground_at(day)
        if self.standing is None:
            self.standing = Standing(ground, self._spans(), self._last)
            self.standing.fill([] if rows is None else [rows])
            return
        if ground is not self.standing.ground:
            self.standing.rebase(ground)
            touched = -NEVER
        if rows is not None and len(rows):
            touched = min(touched, int(rows["received_at"].min()))
            before = self.standing.roster.rows_of(np.unique(rows["dossier"]))
            touched = min(touched, int(before["received_at"].min(initial=NEVER)))
            for piece in in_pieces(rows, AT_ONCE):
                self.standing.apply(piece)
        for one in self.all:
            # what was received at a judging instant or later counts in nothing that is judged there
            one.stale |= touched < one.judged_at

    def board(self, period: Period, judged_at: int) -> Board | None:
        """The board of a deadline as it stands."""
        place, standing = self.place(period, judged_at), self.standing
        if place is None or standing is None:
            return None
        cells, distinct = standing.cells[:, place].copy(), standing.distinct[:, place].copy()
        return board(standing.ground, period, judged_at, cells, distinct)


class Touched:
    """Which past the records are about that become known on a day."""

    def __init__(self) -> None:
        self._arrived: dict[str, int] = {}

    def __call__(self, told: Iterable[tuple[int, str, Any]]) -> int:
        """The earliest instant that any of these records is about; a petition keeps the first one told."""
        found: int = NEVER
        for _, _, record in told:
            if isinstance(record, Petition):
                instants = (record.sent_at, record.received_at, record.forwarded_at)
                arrived = min((one for one in instants if one is not None), default=0)
                arrived = min(arrived, self._arrived.get(record.code, arrived))
                self._arrived[record.code] = arrived
                found = min(found, arrived)
            elif isinstance(record, Decision):
                found = min(found, midnight(date.fromisoformat(record.date)))
            else:
                return -NEVER
        return found
