"""What late and wrong data cost elsewhere: in 1.4, 3.6, 4.1, 4.2, 4.3 and 4.5b, dossier by dossier.

Late: a dossier that an indicator missed by what was known then, and has by what is known now, though what it
misses had happened by the judging instant.  Flags carry no date (law data, mark I), so what dates them is:

- 4.1 and 4.2: the end of the dossier, for its result and papers belong to it;
- 4.3: its receipt, for what is reused was handed in with it;
- 3.6: a payment record of that time;
- 1.4: its receipt.

Wrong, by what is known now:

- 3.6: a payment record says that it was paid online, the flag does not;
- 4.5b: its sender never says that VNeID was used (mistake 4).  Undone for what persons filed online, since
  only an account of VNeID can (from memory, mark M); of what was handed in at a desk nothing is known, so it
  costs this much at least;
- 1.4: known by a table alone; it was never synchronised as a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Array, Columns, Roster
from chiso.folder.habits import never_vneid
from chiso.folder.sent import memory
from chiso.insight.lateness.judging import Judging, units_at
from chiso.insight.lateness.told import Histories
from chiso.instants import NEVER, year_of
from chiso.intake.records import Has

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.folder.state import DataFolder
    from chiso.insight.lateness.classes import Sides

Bools = NDArray[np.bool_]

ONLINE: Final = 2
PERSON: Final = 1
PAID_NATIONALLY: Final = 1
SYNCED: Final = "1.4"
PAID: Final = "3.6"
VNEID: Final = "4.5b"
RESULTS: Final = ("4.1", "4.2")
REUSED: Final = "4.3"
INDICATORS: Final = (SYNCED, PAID, *RESULTS, REUSED, VNEID)


@dataclass(frozen=True, eq=False)
class Cost:
    """The dossiers that one indicator misses because of late, or of wrong, data."""

    indicator: str
    kind: str
    """``late_data`` or ``wrong_data``"""
    why: str
    """``told_later``, ``paid_not_flagged``, ``vneid_never``, ``table_only``"""
    numbers: Array
    unit: Array
    """unit of each, in the tree of the judging instant"""
    told_at: Array
    """when it was told; ``NEVER`` for what never was"""

    def __len__(self) -> int:
        return len(self.numbers)


class Elsewhere:
    """The costs of a question in the indicators above, for the whole folder."""

    def __init__(self, folder: DataFolder, sides: Sides) -> None:
        self._sides = sides
        known = sides.question.law.indicators
        self._room = sides.now.top + 1
        sent = memory(folder)
        with sent.lock:
            sent.read(folder)
            paid = sent.paid_at[: self._room] <= sides.judged_at
        self._paid = np.zeros(self._room, bool)
        """by number: whether a payment had succeeded by the judging instant"""
        self._paid[: len(paid)] = paid
        self.costs: list[Cost] = []
        if not sides.at_once:
            self._late()
        for indicator, wrong in ((SYNCED, self._unsynced), (PAID, self._unflagged), (VNEID, self._no_vneid)):
            if indicator in known:
                wrong()
        self.costs = [one for one in self.costs if one.indicator in known and len(one)]

    def _judged(self, rows: Columns, ground: Ground) -> Judging:
        return Judging(rows, ground, self._sides.start, self._sides.judged_at)

    def _among(self, numbers: Array) -> Bools:
        """Dossiers as a truth by number."""
        found = np.zeros(self._room, bool)
        found[numbers] = True
        return found

    def _units(self, numbers: Array) -> Array:
        """The unit of dossiers as known then, of those not known then as known now."""
        both = self._sides
        found = np.zeros(len(numbers), np.int64)
        for roster, ground in ((both.now, both.ground_now), (both.then, both.ground)):
            rows = _first_spans(roster, numbers)
            found[rows[0]] = units_at(rows[1], ground, both.judged_at)
        return found

    def _add(self, indicator: str, kind: str, why: str, numbers: Array, told: Array | None = None) -> None:
        never = np.full(len(numbers), NEVER, np.int64)
        self.costs.append(
            Cost(indicator, kind, why, numbers, self._units(numbers), never if told is None else told)
        )

    # -- late -----------------------------------------------------------------------------------------

    def _late(self) -> None:
        """What is there now and was not then, told in time and dated before the judging instant."""
        both = self._sides
        changed = _changed(both.then, both.now)
        if not len(changed):
            return
        then, now = both.then.rows_of(changed), both.now.rows_of(changed)
        judged_then, judged_now = self._judged(then, both.ground), self._judged(now, both.ground_now)
        histories: Histories | None = None
        every = np.ones(self._room, bool)
        ended = self._among(now["dossier"][now["ended_at"] <= both.judged_at])
        dated = {SYNCED: every, REUSED: every, PAID: self._paid} | dict.fromkeys(RESULTS, ended)
        for indicator, of in dated.items():
            if indicator not in both.question.law.indicators:
                continue
            n_now, d_now = judged_now.entered(indicator)
            n_then, d_then = judged_then.entered(indicator)
            late = self._among(now["dossier"][n_now & d_now]) & of
            if indicator == SYNCED:  # also what was not known at all
                late &= ~self._among(then["dossier"][n_then & d_then])
            else:
                late &= self._among(then["dossier"][d_then & ~n_then])
            numbers = np.flatnonzero(late)
            if len(numbers):
                histories = histories or Histories(both.stored, both.ground_now, changed, both.version)
                told, timely = self._since(histories, indicator, numbers)
                self._add(indicator, "late_data", "told_later", numbers[timely], told[timely])

    def _since(self, histories: Histories, indicator: str, numbers: Array) -> tuple[Array, Bools]:
        """Since when dossiers enter an indicator's numerator, and whether we know when that was told."""
        n, d = self._judged(histories.rows, self._sides.ground_now).entered(indicator)
        since = histories.since(histories.any(n & d))[histories.place(numbers)]
        return histories.known_at[since], histories.timely[since]

    # -- wrong ----------------------------------------------------------------------------------------

    def _still_missed(self, indicator: str, numbers: Array) -> Array:
        """Of dossiers those that an indicator misses both then and now."""
        both = self._sides
        found = numbers
        for roster, ground in ((both.then, both.ground), (both.now, both.ground_now)):
            rows = roster.rows_of(found)
            found = np.flatnonzero(self._among(rows["dossier"][self._judged(rows, ground).missed(indicator)]))
        return found

    def _unflagged(self) -> None:
        found = self._still_missed(PAID, np.flatnonzero(self._paid))
        self._add(PAID, "wrong_data", "paid_not_flagged", found)

    def _no_vneid(self) -> None:
        rows, year = self._sides.now.first_spans(), year_of(self._sides.judged_at - 1)
        sent = (rows["version"] > 0) & (rows["received_at"] >= year.start) & (rows["received_at"] < year.end)
        places = np.flatnonzero(sent)
        never = places[never_vneid(rows["sender"][places], rows["has"][places])]
        filed = never[(rows["channel"][never] == ONLINE) & (rows["subject"][never] == PERSON)]
        self._add(VNEID, "wrong_data", "vneid_never", self._still_missed(VNEID, filed))

    def _unsynced(self) -> None:
        both = self._sides
        found = np.ones(self._room, bool)
        for roster in (both.then, both.now):
            rows = roster.first_spans()
            received = (rows["received_at"] >= both.start) & (rows["received_at"] < both.judged_at)
            table = ((rows["has"] & Has.SYNCED) == 0) & (rows["filed"] != 1) & (rows["version"] > 0)
            found &= self._among(np.flatnonzero(received & table))
        self._add(SYNCED, "wrong_data", "table_only", np.flatnonzero(found))

    # -- what it would be -----------------------------------------------------------------------------

    def touched(self, kind: str, indicator: str | None = None) -> Bools:
        """By number: the dossiers of a kind of cost."""
        found = np.zeros(self._room, bool)
        for one in self.costs:
            if one.kind == kind and indicator in (None, one.indicator):
                found[one.numbers] = True
        return found

    def corrected(self, rows: Columns) -> Columns:
        """Rows without what is wrong in their flags."""
        found = Columns({name: values.copy() for name, values in rows.arrays.items()}, rows.size)
        dossiers = found["dossier"]
        found["payment"][self.touched("wrong_data", PAID)[dossiers]] = PAID_NATIONALLY
        for indicator, bit in ((VNEID, Has.VNEID), (SYNCED, Has.SYNCED)):
            found["has"][self.touched("wrong_data", indicator)[dossiers]] |= np.uint32(bit)
        return found


def _changed(then: Roster, now: Roster) -> Array:
    """Dossiers of which another version is known now than then, or none was."""
    versions = now.column("version")
    before = np.zeros(len(versions), np.int64)
    known = then.column("version")[: len(versions)]
    before[: len(known)] = known
    return np.flatnonzero((versions != before) & (versions > 0))


def _first_spans(roster: Roster, numbers: Array) -> tuple[Array, Columns]:
    """(places in ``numbers``, rows) of the dossiers that a roster holds."""
    places = np.flatnonzero(numbers <= roster.top)
    places = places[roster.column("version")[numbers[places]] > 0]
    return places, roster.first_spans().take(numbers[places])
