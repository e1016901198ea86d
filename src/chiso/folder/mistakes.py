"""The typical mistakes of senders that only a whole stream shows, or the catalogue, the payments, the clock.

What one message shows is counted as it arrives (``intake/mistakes.py``); here is what takes more than that.
Both look at dossiers received in the year of now.  None of it blocks anything: it is for whoever sets a
sender right.  Source of the list: the known habits of one-stop systems (``records.Mistake``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from chiso.folder import drill
from chiso.folder.answers import unit_named
from chiso.folder.habits import ENOUGH, by_sender, closed_at_push, never_vneid
from chiso.folder.sent import Sent, memory
from chiso.instants import DAY, NEVER, OFFSET, day_of, iso, year_of
from chiso.intake.records import Has, Mistake

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.folder.drill import Bools
    from chiso.folder.state import DataFolder

STREAM: Final = (
    Mistake.VNEID_NEVER
    | Mistake.ALWAYS_DIGITISED
    | Mistake.PAID_WITHOUT_RECORD
    | Mistake.DUPLICATE_DOSSIER
    | Mistake.DATABASE_CONSTANT
    | Mistake.UNKNOWN_PROCEDURE
    | Mistake.SENT_LATE
    | Mistake.SILENT_LOSS
    | Mistake.COMPARED_BY_DAY
    | Mistake.CLOSED_AT_PUSH
    | Mistake.NO_LIMIT_KNOWN
    | Mistake.UNASSIGNED_UNIT
)
"""The kinds found here.  Two of them intake flags as well, by what it knows at that instant: an unknown
procedure may be in the catalogue by now.  So these are never taken from what was counted on arrival."""

LATE: Final = DAY
"""Seconds: who sends once a night is not late, who leaves a night out is."""
PAYMENT_GRACE: Final = DAY
"""Seconds that a payment may be told after the dossier that it paid for: platforms report within hours."""
MESSAGE_GRACE: Final = 2 * DAY
"""Seconds that a dossier's message may come after its first step: what failed is tried again at night."""
BUSY: Final = 20
"""Messages on a usual working day from which on a day without any is no chance: a sender of twenty a day has
such a day once in 400 million."""
USUAL: Final = 5
"""Days of the same sort that must be known to say what is usual."""

MINIMUM_AGE: Final = 30.0
"""Seconds for which an answer serves although something came in since: pages are asked more often."""
SHARE: Final = 20
"""An answer also serves this many times as long as it took: looking takes a twentieth of one core at most."""
SAMPLE: Final = 5

_COLUMNS: Final = (
    "dossier", "version", "known_at", "sender", "unit", "desk", "procedure", "databases", "received_at",
    "due_at", "limit_due_at", "has", "mistakes", "payment", "unit_index",
)  # fmt: skip
_PIECE: Final = 1 << 16


@dataclass
class _Table:
    """Dossiers received in the year of now, one a place, and those that have no receipt."""

    columns: dict[str, np.ndarray]
    unheard: Array
    """numbers of dossiers that no message with a receipt has told of"""
    unheard_version: Array
    unheard_known: Array

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]


@dataclass
class _Held:
    """What is remembered of one folder."""

    lock: threading.Lock
    sent: Sent
    key: tuple[object, ...] = ()
    until: float = 0.0
    """on the monotonic clock: the answer serves until then whatever comes in"""
    lines: list[dict[str, Any]] | None = None


_held: WeakKeyDictionary[DataFolder, _Held] = WeakKeyDictionary()
_holding = threading.Lock()


def sender_mistakes(folder: DataFolder, unit: str | None = None) -> list[dict[str, Any]]:
    """What senders' streams show: ``{sender, mistake, number, count, of, sample}``, the most first.

    ``count`` of ``of`` dossiers, ``sample`` up to five codes of them.  With ``"days": true`` both are working
    days, and the sample names the newest ones.  ``unit`` leaves the dossiers of a unit and of those below it;
    whether a sender has a habit is still judged by all that it sends.
    """
    with _holding:
        held = _held.setdefault(folder, _Held(threading.Lock(), memory(folder)))
    if unit is not None:
        with held.lock:
            return _look(folder, held.sent, unit)
    lines = held.lines
    if lines is not None and (time.monotonic() < held.until or held.key == _key(folder)):
        return lines
    if not held.lock.acquire(blocking=lines is None):
        assert lines is not None
        return lines  # somebody looks already
    try:
        key, began = _key(folder), time.monotonic()
        if held.lines is None or held.key != key:
            held.lines, held.key = _look(folder, held.sent, None), key
            took = time.monotonic() - began
            held.until = time.monotonic() + max(MINIMUM_AGE, SHARE * took)
        return held.lines
    finally:
        held.lock.release()


def message_mistakes(folder: DataFolder, unit: str | None = None) -> list[dict[str, Any]]:
    """The same of the kinds that messages show: by dossiers, as their newest messages stand.

    What was counted on arrival counts messages, also those that were corrected since.
    """
    table = _table(folder)
    found = _Lines(folder, table, _inside(folder, table, unit))
    for bit in Mistake:
        if bit.name and not bit & STREAM:
            found.add(bit, (table["mistakes"] & bit) != 0)
    return found.done()


def mistaken(folder: DataFolder) -> dict[Mistake, Array]:
    """By kind of those that streams show: the dossiers concerned (numbers), received in the year of now."""
    sent = memory(folder)
    with sent.lock:
        sent.read(folder)
        table = _table(folder)
        found = _Numbers(folder, table, None)
        _search(folder, sent, table, found, None)
    return {kind: np.unique(np.concatenate(numbers)) for kind, numbers in found.numbers.items()}


def told(folder: DataFolder, unit: str | None = None) -> dict[str, Any]:
    """All kinds together, by sender, as ``chiso mistakes --json`` prints them."""
    rows = [*message_mistakes(folder, unit), *sender_mistakes(folder, unit)]
    now = folder.now()
    return {
        "at": iso(now),
        "period": year_of(now).label,
        "unit": None if unit is None else unit_named(folder, unit, now).code,
        "journal": folder.journal,
        "rows": _ordered(rows),
    }


def _ordered(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: (-line["count"], line["number"], line["sender"]))


def _key(folder: DataFolder) -> tuple[object, ...]:
    # days too: some mistakes show only once a time of grace has passed
    return folder.standing.changes, folder.version, folder.record, day_of(folder.now())


def _table(folder: DataFolder) -> _Table:
    """Copies what is looked at, in pieces: who writes waits for no more than one of them."""
    now = folder.now()
    start = year_of(now).start
    roster = folder.standing.roster
    pieces: list[dict[str, np.ndarray]] = []
    unheard: list[np.ndarray] = []
    for low in range(1, roster.top + 1, _PIECE):
        with folder.lock:
            rows = roster.first_spans().take(slice(low, low + _PIECE))
            received = rows["received_at"]
            chosen = (received >= start) & (received <= now) & (rows["version"] > 0)
            pieces.append({name: rows[name][chosen] for name in _COLUMNS})
            none = (received >= NEVER) & (rows["version"] > 0)
            unheard.append(np.stack([rows[name][none].astype(np.int64) for name in _COLUMNS[:3]]))
    if not pieces:
        empty = roster.first_spans().take(slice(0, 0))
        pieces = [{name: empty[name] for name in _COLUMNS}]
        unheard = [np.zeros((3, 0), np.int64)]
    columns = {name: np.concatenate([piece[name] for piece in pieces]) for name in _COLUMNS}
    numbers, versions, known = np.concatenate(unheard, axis=1)
    return _Table(columns, numbers, versions, known)


def _inside(folder: DataFolder, table: _Table, unit: str | None) -> Bools | None:
    """Which dossiers count at a unit or below it; ``None`` for all."""
    if unit is None:
        return None
    inside: Bools = _units_below(folder, unit)[table["unit_index"]]
    return inside


def _units_below(folder: DataFolder, unit: str) -> Bools:
    """Over all units: whether they, or what continues them, are the unit or below it."""
    now = folder.now()
    mask = drill.subtree_mask(folder.ground, unit_named(folder, unit, now).index, now)
    below: Bools = mask[folder.ground.units.today_map(now)]
    return below


class _Lines:
    """Collects what is found, by sender."""

    def __init__(self, folder: DataFolder, table: _Table, inside: Bools | None) -> None:
        self._folder = folder
        self._table = table
        self._inside = inside
        self._lines: list[dict[str, Any]] = []
        self._samples: list[tuple[dict[str, Any], list[int]]] = []

    def add(self, mistake: Mistake, found: Bools, of: Bools | None = None) -> None:
        """Dossiers of the table with a mistake, of those that could have it."""
        among = np.ones(len(found), bool) if of is None else of
        if self._inside is not None:
            found, among = found & self._inside, among & self._inside
        senders, numbers = self._table["sender"], self._table["dossier"]
        self.add_numbers(mistake, senders[found], numbers[found], senders[among])

    def add_numbers(self, mistake: Mistake, senders: Array, numbers: Array, of: Array) -> None:
        """Dossiers by number with their senders; ``of``: the senders of all that could have it."""
        total = np.bincount(of, minlength=1) if len(of) else np.zeros(1, np.int64)
        order = np.lexsort((-numbers, senders))
        who, starts, counts = np.unique(senders[order], return_index=True, return_counts=True)
        for sender, start, count in zip(who.tolist(), starts.tolist(), counts.tolist(), strict=True):
            line = self.line(sender, mistake, count, int(total[sender]) if sender < len(total) else 0)
            self._samples.append((line, numbers[order[start : start + min(count, SAMPLE)]].tolist()))

    def line(self, sender: int | str, mistake: Mistake, count: int, of: int) -> dict[str, Any]:
        name = sender if isinstance(sender, str) else self._folder.terms[sender]
        number = mistake.bit_length()
        self._lines.append(
            {
                "sender": name,
                "mistake": mistake.name,
                "number": number,
                "count": count,
                "of": of,
                "sample": [],
            }
        )
        return self._lines[-1]

    def done(self) -> list[dict[str, Any]]:
        codes = self._folder.ledger.codes(sorted({one for _, numbers in self._samples for one in numbers}))
        for line, numbers in self._samples:
            line["sample"] = [codes[one] for one in numbers if one in codes]
        return _ordered(self._lines)


class _Numbers(_Lines):
    """Keeps the numbers of what is found, by kind alone."""

    def __init__(self, folder: DataFolder, table: _Table, inside: Bools | None) -> None:
        super().__init__(folder, table, inside)
        self.numbers: dict[Mistake, list[Array]] = {}

    def add_numbers(self, mistake: Mistake, senders: Array, numbers: Array, of: Array) -> None:
        self.numbers.setdefault(mistake, []).append(numbers.astype(np.int64))


def _look(folder: DataFolder, sent: Sent, unit: str | None) -> list[dict[str, Any]]:
    """All of it, from the columns as they are now."""
    with sent.lock:
        return _looked(folder, sent, unit)


def _looked(folder: DataFolder, sent: Sent, unit: str | None) -> list[dict[str, Any]]:
    sent.read(folder)
    table = _table(folder)
    found = _Lines(folder, table, _inside(folder, table, unit))
    _search(folder, sent, table, found, unit)
    if unit is None:
        for sender, days, of in _silent_days(folder):
            line = found.line(sender, Mistake.SILENT_LOSS, len(days), of)
            line |= {"sample": [day.isoformat() for day in days[-SAMPLE:][::-1]], "days": True}
    return found.done()


def _search(folder: DataFolder, sent: Sent, table: _Table, found: _Lines, unit: str | None) -> None:
    """All kinds that dossiers have, whatever becomes of what is found."""
    _habits(table, found)
    _paid(folder, sent, table, found)
    known = folder.ground.procedure_columns["procedure_known"][table["procedure"]]
    found.add(Mistake.UNKNOWN_PROCEDURE, ~known)
    found.add(Mistake.NO_LIMIT_KNOWN, (table["due_at"] >= NEVER) & (table["limit_due_at"] >= NEVER))
    found.add(Mistake.UNASSIGNED_UNIT, _unassigned(folder, table))
    _late(sent, table, found)
    found.add(Mistake.CLOSED_AT_PUSH, *closed_at_push(sent, table["sender"], table["dossier"]))
    _by_day(folder, found, unit)
    _from_facts(folder, sent, table, found, unit)


def _habits(table: _Table, found: _Lines) -> None:
    """VNeID never, everything digitised, always the same database: only full messages tell of these."""
    senders, has, databases = table["sender"], table["has"], table["databases"]
    synced = (has & Has.SYNCED) != 0
    sent = by_sender(senders, synced)
    enough = sent >= ENOUGH
    found.add(Mistake.VNEID_NEVER, never_vneid(senders, has), synced)

    filed = synced & ((has & Has.COMPONENT_FILE) != 0)
    digitised = filed & ((has & Has.COMPONENT_DIGITISED) != 0)
    files = by_sender(senders, filed)
    always = (files >= ENOUGH) & (by_sender(senders, digitised) == files)
    found.add(Mistake.ALWAYS_DIGITISED, digitised & always[senders], filed)

    first = np.zeros(len(sent), databases.dtype)
    first[senders[synced]] = databases[synced]  # any one of the sender's: all must be like it
    alike = synced & (databases == first[senders]) & (databases != 0)
    constant = enough & (by_sender(senders, alike) == sent)
    found.add(Mistake.DATABASE_CONSTANT, synced & constant[senders], synced)


def _paid(folder: DataFolder, sent: Sent, table: _Table, found: _Lines) -> None:
    """Said to be paid online, and no payment is known; what no payment record can be of is left out."""
    settled = table["known_at"] < folder.now() - PAYMENT_GRACE
    said = np.isin(table["payment"], (1, 2)) & settled & (table["received_at"] >= sent.paid_since)
    numbers = table["dossier"]
    told = numbers < len(sent.paid_at)
    told[told] = sent.paid_at[numbers[told]] < NEVER
    found.add(Mistake.PAID_WITHOUT_RECORD, said & ~told, said)


def _unassigned(folder: DataFolder, table: _Table) -> Bools:
    """Neither DonViXuLy nor MaHoSo holds the code of a known unit."""
    units = folder.ground.units
    away: Bools = table["unit_index"] == units.home.index
    places = np.flatnonzero(away)
    received = table["received_at"][places]
    eras = np.searchsorted(units.eras, received, side="right")
    named = np.stack([table["unit"][places], table["desk"][places], eras])
    _, first, back = np.unique(named, axis=1, return_index=True, return_inverse=True)
    nobody = np.zeros(len(first), bool)
    for number, place in enumerate(first.tolist()):
        codes = [folder.terms[term] for term in named[:2, place].tolist() if term]
        nobody[number] = all(units.is_unassigned(code, int(received[place])) for code in codes)
    away[places] = nobody[back.reshape(-1)]
    return away


def _late(sent: Sent, table: _Table, found: _Lines) -> None:
    """The receipt or the end became known more than a day after it."""
    numbers, received = table["dossier"], table["received_at"]
    seen = numbers < len(sent.first_known)
    numbers = np.where(seen, numbers, 0)
    known, end, end_known = sent.first_known[numbers], sent.end_at[numbers], sent.end_known[numbers]
    told = seen & (known > -NEVER) & (known < NEVER)
    late = told & (known - received > LATE)
    late |= seen & (end < NEVER) & (end_known < NEVER) & (end_known - np.minimum(end, end_known) > LATE)
    found.add(Mistake.SENT_LATE, late, told | late)


def _by_day(folder: DataFolder, found: _Lines, unit: str | None) -> None:
    """Overdue by the instant, in time by the day: a sender's own figures then show more in time than 2.1."""
    view = folder.view(year_of(folder.now()))
    if "2.1" not in view.board.law.indicators:
        return
    ground = view.ground
    root = ground.units.home
    while root.parent >= 0:
        root = ground.units.all[root.parent]
    behind = drill.behind(view, root.index, "2.1")
    rows, counted = behind.rows, behind.d
    if not len(rows):
        return
    if unit is not None:
        counted = counted & _units_below(folder, unit)[rows["unit_index"]]
    # A limit in days ends with the last instant of its last day, which is stated as the first one after it.
    last = np.where(rows["due_at"] < NEVER, behind.due, behind.due - 1)
    ended = rows["ended_at"]
    same_day = (ended + OFFSET) // DAY <= (last + OFFSET) // DAY
    late = counted & ~behind.open & ~behind.on_time & (ended > behind.due) & same_day
    found.add_numbers(
        Mistake.COMPARED_BY_DAY, rows["sender"][late], rows["dossier"][late], rows["sender"][counted]
    )


def _from_facts(folder: DataFolder, sent: Sent, table: _Table, found: _Lines, unit: str | None) -> None:
    """Two codes for one dossier; steps of dossiers whose message never came."""
    # The owner is not in the columns: looked up only where procedure and instant of receipt are the same.
    order = np.lexsort((table["dossier"], table["received_at"], table["procedure"]))
    same = np.ones(max(len(order) - 1, 0), bool)
    for name in ("received_at", "procedure"):
        values = table[name][order]
        same &= values[1:] == values[:-1]
    doubtful = order[np.r_[same, False] | np.r_[False, same]] if len(order) else order
    waited = table.unheard_known < folder.now() - MESSAGE_GRACE
    numbers = np.concatenate([table["dossier"][doubtful], table.unheard[waited]])
    versions = np.concatenate([table["version"][doubtful], table.unheard_version[waited]])
    briefs = sent.briefs(folder, numbers, versions)

    seen: set[tuple[str, int, int]] = set()
    again = np.zeros(len(order), bool)
    for place in doubtful.tolist():
        brief = briefs.get(int(table["dossier"][place]))
        if brief is None or not brief.owner:
            continue
        whose = brief.owner, int(table["procedure"][place]), int(table["received_at"][place])
        again[place] = whose in seen
        seen.add(whose)
    found.add(Mistake.DUPLICATE_DOSSIER, again)

    if unit is None:  # a dossier without a message is at no unit
        start = year_of(folder.now()).start
        lost = [
            (number, briefs[number].sender)
            for number in table.unheard[waited].tolist()
            if number in briefs and briefs[number].steps_only and briefs[number].last_step >= start
        ]
        told = np.array(lost, np.int64).reshape(-1, 2)
        of = np.concatenate([table["sender"], told[:, 1]])
        found.add_numbers(Mistake.SILENT_LOSS, told[:, 1], told[:, 0], of)


def _silent_days(folder: DataFolder) -> Iterator[tuple[str, list[date], int]]:
    """(sender, days, of): working days on which a usually busy sender sent nothing, of all since its first.

    Days after a day off are compared among themselves: who sends by night has nothing to send after a Sunday.
    """
    now = folder.now()
    today = day_of(now)
    sums: dict[str, dict[date, int]] = {}
    for one in folder.ledger.counters.arrivals(since=year_of(now).start, until=now + 1):
        if one.sender and one.kind in ("dossiers", "progress"):
            days = sums.setdefault(one.sender, {})
            day = date.fromisoformat(one.day)
            days[day] = days.get(day, 0) + one.read
    works = folder.registry.calendar.is_working
    for sender, days in sorted(sums.items()):
        first = min(days)
        span = [first + timedelta(days=number) for number in range((today - first).days)]
        working = [day for day in span if works(day)]
        silent: list[date] = []
        for after_work in (True, False):
            alike = [day for day in working if works(day - timedelta(days=1)) == after_work]
            if len(alike) >= USUAL and median_low(days.get(day, 0) for day in alike) >= BUSY:
                silent += [day for day in alike if day not in days]
        if silent:
            yield sender, sorted(silent), len(working)
