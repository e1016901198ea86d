"""An opened data folder: its ledger, registry, law, standing counts and clock, kept in step.

Other processes may write to the same ledger: :meth:`DataFolder.refresh` reads on from where it stands.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

import msgspec
import numpy as np

from chiso.engine.board import Board, board
from chiso.engine.cells import Cells, count_cells
from chiso.engine.columns import Roster, Structured, in_pieces
from chiso.engine.ground import Ground
from chiso.engine.standing import Standing
from chiso.engine.trail import Sample
from chiso.folder.history import YearTrail
from chiso.folder.past import GroundThen
from chiso.folder.published import Published
from chiso.folder.registers import (
    BESIDE_KINDS,
    GROUND_KINDS,
    Registry,
    calendar_stamp,
    read_calendar,
    read_registry,
    records_beside,
)
from chiso.folder.settings import Settings
from chiso.instants import Period, day_of, standing_periods, utc_now, year_of
from chiso.law.life import LifeRules
from chiso.law.loader import default_law, load
from chiso.law.model import LawVersion
from chiso.ledger.facts import derive
from chiso.ledger.receipt import Receipt
from chiso.ledger.rows import ROW
from chiso.ledger.store import Ledger
from chiso.registry.units import Unit

COMPUTING_LAW: Final = "qd766"
"""The law that dossiers are counted by where the period's own law knows groups only."""
LOADING: Final = "loading"
"""Key under which a long load tells how far it has come."""
PAST_KEPT: Final = 3
"""Pasts (rosters as of an instant) kept in memory."""
BOARDS_KEPT: Final = 64
BOARDS_BYTES: Final = 128 << 20
"""Bytes of kept boards: one of a country's units takes some MB.  The newest stays whatever it takes."""
CELLS_KEPT: Final = 6
"""Boards whose counts by unit and procedure are kept: a province's take some MB each."""
STEP: Final = 4_000
"""Rows counted while the lock is held."""
RETOLD_AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class View:
    """One period judged at one instant, as known at one instant: what questions are answered from."""

    board: Board
    roster: Roster
    at: int
    as_of: int
    journal: int

    @property
    def ground(self) -> Ground:
        return self.board.ground

    @property
    def period(self) -> Period:
        return self.board.period


@dataclass(frozen=True)
class _Past:
    """What was known at an instant.  ``number`` tells it from every other one kept before."""

    roster: Roster
    registry: Registry
    number: int


class DataFolder:
    """An opened data folder.  Any thread may ask; changes come in under ``lock``."""

    def __init__(self, path: Path, ledger: Ledger, settings: Settings, *, standing: bool) -> None:
        self.path = path
        self.ledger = ledger
        self.settings = settings
        self.lock = threading.RLock()
        self._beside = threading.Lock()
        self.terms: list[str] = [""]
        self.published = Published(ledger.published)
        self.journal = self.version = self.record = self.news = 0
        self.keeps_standing = standing
        self.loading = False
        """whether a long load is under way: what is known of past instants may still grow"""
        self._trail: YearTrail | None = None
        self.stopping = threading.Event()
        """set when the folder is about to be closed: long walks end early"""
        self._held_at = -1
        self._held_now = np.empty(0, bool)
        self._clock = ledger.clock.get()
        self._boards: OrderedDict[tuple[object, ...], Board] = OrderedDict()
        self._cells: OrderedDict[Board, Cells] = OrderedDict()
        self._pasts: OrderedDict[int, _Past] = OrderedDict()
        self._past_number = 0
        at = self.now()
        self._days = calendar_stamp(path)
        self.calendar = read_calendar(path)
        learned = self.published.units()
        self._learned = len(learned)
        self.registry = read_registry(ledger, settings.home, self.calendar, learned)
        law = self.law_of(year_of(at))
        if law.groups_only:
            law = load(COMPUTING_LAW).at(day_of(at))
        periods = standing_periods(at) if standing else ()
        self.standing = Standing(self.registry.ground(law, self.terms), periods, at)
        self._fill()

    @classmethod
    def open(cls, path: Path | str, *, standing: bool = False, settings: Settings | None = None) -> Self:
        """Opens (and where needed makes) a data folder.

        ``standing``: keep the counts of the year's periods up at all times, as a server does.
        """
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        settings = settings or Settings.read(folder)
        ledger = Ledger.open(folder, settings.database or None)
        return cls(folder, ledger, settings, standing=standing)

    def close(self) -> None:
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- clock and law ------------------------------------------------------------------------------

    def now(self) -> int:
        """The instant that it is for this folder."""
        clock = self._clock
        return utc_now() if clock is None else clock.now(utc_now())

    @property
    def clock_stands(self) -> bool:
        """Whether the folder's clock is set to one instant for good."""
        return self._clock is not None and self._clock.since is None

    def law_of(self, period: Period, law_id: str | None = None) -> LawVersion:
        """The law that a period is scored by: the one named, else the portal's of that time."""
        first = period.first_day
        return load(law_id or default_law(first)).at(first)

    def standing_year(self) -> Period:
        """The year of now."""
        return year_of(self.now())

    def moment(self) -> int:
        """Now, to ask at: where counts are kept up, the instant to which they have just been brought.

        An instant that the counts have not reached, or have just left, costs a count of all dossiers.
        """
        if not self.keeps_standing:
            return self.now()
        with self.lock:
            self.tick()
            return self.standing.at

    @property
    def ground(self) -> Ground:
        return self.standing.ground

    # -- keeping in step ------------------------------------------------------------------------------

    def _fill(self) -> None:
        position = self.ledger.position()
        self.standing.fill(self.rows(newest_first=True))
        self.journal, self.version, self.record, self.news = position
        held = self.standing.roster.column("version")
        self.version = max(position.version, int(held.max(initial=0)))

    def _read_terms(self) -> None:
        with self.lock:
            self.terms.extend(text for _, text in self.ledger.terms(len(self.terms) - 1))

    def rows(self, after: int = 0, *, newest_first: bool = False) -> Iterator[Structured]:
        """Rows of the ledger later than a version, in large pieces, once all terms they speak in are known.

        Another process may be writing: terms are read after the rows, for a row never comes before its terms.
        """
        for rows in self.ledger.rows(after, newest_first=newest_first):
            self._read_terms()
            yield rows

    def refresh(self) -> bool:
        """Takes in what was written since, by whomever, and moves the clock.  Gives whether counts moved."""
        with self.lock:
            before = self.standing.changes
            self._clock = self.ledger.clock.get()
            self.loading = self.ledger.meta.get(LOADING) is not None
            self._read_days()
            position = self.ledger.position()
            if position.record > self.record or position.published > self.news:
                self._read_records(position.published)
            version = self.version
        if position.version > version:
            # read beside those who ask, and counted in small steps: a backlog holds nobody up for long
            for rows in self.rows(version):
                for piece in in_pieces(rows, STEP):
                    with self.lock:
                        self._apply(piece)
        with self.lock:
            self.journal = max(self.journal, position.journal)
            self.tick()
            return self.standing.changes != before

    def take(self, receipt: Receipt) -> bool:
        """Takes in what the writer of this process just committed."""
        with self.lock:
            before = self.standing.changes
            rows = receipt.rows
            if int(rows["version"][0] if len(rows) else receipt.position.version + 1) != self.version + 1:
                return self.refresh()  # another process wrote in between
            if receipt.kinds:
                self._read_records(receipt.position.published)
            if len(rows):
                names = ("unit", "desk", "procedure", "sender", "databases")
                if max(int(rows[name].max()) for name in names) >= len(self.terms):
                    self._read_terms()
                self._apply(rows)
            self.journal = receipt.position.journal
            self.tick()
            return self.standing.changes != before

    def _apply(self, rows: Structured) -> None:
        self.standing.apply(rows)
        if self._trail is not None:
            self._trail.feed(rows)
        self.version = max(self.version, int(rows["version"][-1]))
        known = int(rows["known_at"].min())
        for as_of in [one for one in self._pasts if one >= known]:
            del self._pasts[as_of]

    def _read_days(self) -> None:
        """Counts by other working days once ``calendar.csv`` says others."""
        stamp = calendar_stamp(self.path)
        if stamp == self._days:
            return
        self._days = stamp
        calendar = read_calendar(self.path)
        if calendar.version != self.calendar.version:
            self.calendar = calendar
            old = self.registry
            self.registry = Registry(old.units, old.catalogue, calendar, old.records)
            self.standing.rebase(self.registry.ground(self.ground.law, self.terms))
            self._pasts.clear()

    def _read_records(self, news: int) -> None:
        """Takes in all records kept since, also those that other processes wrote in between.

        ``news``: the journal entry that last changed published results.
        """
        fresh = [(number, kind) for number, kind, _, _ in self.ledger.records_after(self.record)]
        kinds = {kind for _, kind in fresh}
        if fresh:
            self.record = fresh[-1][0]
        if news > self.news:
            kinds.add("published")
            self.news = news
        if kinds:
            self._take_records(kinds)

    def _take_records(self, kinds: set[str]) -> None:
        new_units = False
        learned = self.published.units() if kinds & {"published", *GROUND_KINDS} else []
        if "published" in kinds:
            new_units, self._learned = len(learned) > self._learned, len(learned)
        if kinds & GROUND_KINDS or new_units:
            self.registry = read_registry(self.ledger, self.settings.home, self.calendar, learned)
            self.standing.rebase(self.registry.ground(self.ground.law, self.terms))
        elif kinds & BESIDE_KINDS:
            self.registry.records = records_beside(self.ledger)
            self.ground.records_changed(self.registry.records)
        self.standing.changes += 1
        self._pasts.clear()

    def tick(self) -> None:
        """Moves the standing counts to now."""
        with self.lock:
            now = self.now()
            standing = self.standing
            if self.keeps_standing and year_of(now) != year_of(standing.at):
                standing.at = now
                law = self.law_of(year_of(now))
                standing.rebase(self.registry.ground(law, self.terms), standing_periods(now))
            standing.advance(now)

    # -- views ----------------------------------------------------------------------------------------

    def view(
        self,
        period: Period,
        at: int | None = None,
        as_of: int | None = None,
        law: LawVersion | None = None,
        *,
        restated: bool = False,
    ) -> View:
        """A period, judged at ``at`` (else now), as known at ``as_of`` (else now).

        ``restated``: counted at the units of now's tree; otherwise at those of the judging instant's.
        """
        law = law or self.law_of(period)
        if as_of is not None:
            return self._past_view(period, self.now() if at is None else at, as_of, law, restated)
        with self.lock:
            standing = self.standing
            now = standing.at if at is None else at
            key, found = self._at_hand(period, now, law, restated)
            if found is None:
                registry = self.registry.restated(self.now()) if restated else self.registry
                plain = law.version == self.ground.law.version and not restated
                ground = self.ground if plain else registry.ground(law, self.terms)
                roster = standing.roster
                if law.life_rules != self.ledger.rules:
                    roster = self.retold(law.life_rules)
                found = self._counted(ground, period, now, roster)
                self._keep_board(key, found)
            return View(found, standing.roster, now, max(now, standing.at), self.journal)

    def board(
        self,
        period: Period,
        at: int | None = None,
        as_of: int | None = None,
        law: LawVersion | None = None,
        *,
        restated: bool = False,
    ) -> Board:
        """The board of :meth:`view`, for whoever needs no rows.

        What is not kept up is counted on a copy of the rows: whoever takes in, or reads what is kept up, need
        not wait for it.  One copy at a time; who asks meanwhile waits like the others.
        """
        law = law or self.law_of(period)
        plain = self.keeps_standing and as_of is None and law.life_rules == self.ledger.rules
        if not plain or not self._beside.acquire(blocking=False):
            return self.view(period, at, as_of, law, restated=restated).board
        try:
            with self.lock:
                now = self.standing.at if at is None else at
                key, found = self._at_hand(period, now, law, restated)
                if found is not None:
                    return found
                registry = self.registry.restated(self.now()) if restated else self.registry
                roster, terms = self.standing.roster.copy(), self.terms.copy()
            found = self._counted(registry.ground(law, terms), period, now, roster)
        finally:
            self._beside.release()
        self._keep_board(key, found)
        return found

    def _at_hand(
        self, period: Period, now: int, law: LawVersion, restated: bool
    ) -> tuple[tuple[object, ...], Board | None]:
        """Under ``lock``: the name of a board, and the board itself where it is kept or its counts are."""
        standing = self.standing
        key = (period.label, period.judged_at(now), law.version, standing.changes, restated)
        found = self._boards.get(key)
        kept_up = period in standing.periods and now == standing.at and not restated
        if found is None and kept_up and law.version == self.ground.law.version:
            place = standing.periods.index(period)
            found = board(self.ground, period, now, standing.cells[:, place], standing.distinct[:, place])
            self._keep_board(key, found)
        return key, found

    @staticmethod
    def _counted(ground: Ground, period: Period, now: int, roster: Roster) -> Board:
        counted = Standing(ground, (period,), now, roster).count_all()
        return board(ground, period, now, counted.cells[:, 0], counted.distinct[:, 0])

    def _past_view(self, period: Period, at: int, as_of: int, law: LawVersion, restated: bool) -> View:
        past = self._past(as_of, law)
        key = (period.label, period.judged_at(at), law.version, "as of", past.number, restated)
        found = self._boards.get(key)
        if found is None:
            registry = past.registry.restated(self.now()) if restated else past.registry
            ground = registry.ground(law, self.terms)
            found = self._counted(ground, period, at, past.roster)
            self._keep_board(key, found)
        return View(found, past.roster, at, as_of, self.journal)

    def _past(self, as_of: int, law: LawVersion) -> _Past:
        held = self._pasts.get(as_of)
        if held is not None:
            return held
        before = self.standing.changes
        registry = read_registry(self.ledger, self.settings.home, self.calendar, (), as_of, self.registry)
        standing = Standing(registry.ground(law, self.terms), (), as_of)
        standing.fill(rows[rows["known_at"] <= as_of] for rows in self.rows())
        with self.lock:
            self._past_number += 1
            held = _Past(standing.roster, registry, self._past_number)
            if self.standing.changes == before:  # nothing came in meanwhile that could belong to it
                self._pasts[as_of] = held
                while len(self._pasts) > PAST_KEPT:
                    self._pasts.popitem(last=False)
        return held

    def registry_of(self, as_of: int | None, law: LawVersion) -> Registry:
        """Units, catalogue and the records beside the dossiers, as known at an instant (else now)."""
        return self.registry if as_of is None else self._past(as_of, law).registry

    def _keep_board(self, key: tuple[object, ...], found: Board) -> None:
        with self.lock:
            self._boards[key] = found
            total = sum(one.nbytes for one in self._boards.values())
            while len(self._boards) > 1 and (len(self._boards) > BOARDS_KEPT or total > BOARDS_BYTES):
                total -= self._boards.popitem(last=False)[1].nbytes

    def cells(self, view: View) -> Cells:
        """The counts of a view by unit and procedure.  :func:`chiso.folder.answers.counted` gives both.

        A view of now and its cells must be taken under one hold of ``lock``, or they may not sum to it.
        """
        with self.lock:
            found = self._cells.get(view.board)
            if found is None:
                board = view.board
                found = count_cells(view.roster.parts(), board.ground, board.period, board.judged_at)
                self._cells[board] = found
                while len(self._cells) > CELLS_KEPT:
                    self._cells.popitem(last=False)
            return found

    def retold(self, rules: LifeRules) -> Roster:
        """A roster in which every dossier's life is read by other rules, made anew from its facts."""
        terms = {text: number for number, text in enumerate(self.terms)}
        standing = Standing(self.ground, (), self.now())

        def chunks() -> Iterator[Structured]:
            packed: list[bytes] = []
            for number, _, facts in self.ledger.all_facts():
                packed.append(derive(facts, 1, number, facts.known_at, terms, rules))
                if len(packed) >= RETOLD_AT_ONCE:
                    yield np.frombuffer(b"".join(packed), ROW)
                    packed = []
            yield np.frombuffer(b"".join(packed), ROW)

        standing.fill(chunks())
        return standing.roster

    def ground_then(self, law: LawVersion) -> GroundThen:
        """Grounds as they were known, for a walk through the past."""
        return GroundThen(self.ledger, self.registry, law, self.terms)

    def loading_progress(self) -> dict[str, Any] | None:
        """How far a long load has come, ``{"done", "total"}``; ``None`` where none is under way.

        Whoever loads keeps it in the ledger, so that other processes can show it.
        """
        text = self.ledger.meta.get(LOADING)
        return msgspec.json.decode(text) if text else None

    def year_trail(self) -> YearTrail:
        """The samples of the year of now; walked when first asked for."""
        return self._trail or self.walk_days()

    def walk_days(self) -> YearTrail:
        """Walks the year anew beside the samples that are kept, which serve and are fed until it is done."""
        trail = YearTrail(self)
        trail.walk()
        with self.lock:
            for rows in self.rows(trail.version):
                trail.feed(rows)
            self._trail = trail
        return trail

    @property
    def trail(self) -> YearTrail | None:
        """The samples of the year, where they are kept already."""
        return self._trail

    def sample_at(self, at: int) -> Sample | None:
        """The newest sample of the year not later than an instant; ``None`` where none is kept."""
        return None if self._trail is None else self._trail.trail.at(at)

    def computed_then(self, unit: Unit, period: Period, at: int) -> Decimal | None:
        """The computed total of a unit's period as known at a past instant; ``None`` where not known."""
        if period != year_of(at):
            return None
        sample = self.sample_at(at)
        if sample is not None:
            totals = sample.totals
        elif self.keeps_standing:
            return None  # a server keeps samples; until it has them nobody waits for them
        else:
            totals = self.view(period, at, at).board.table.totals
        if unit.index >= len(totals):
            return None
        return Decimal(int(totals[unit.index])) / 100

    def places_of(self, code: str) -> tuple[str, ...]:
        """The units that a dossier lies with: the one that handles it and the desk that received it."""
        number = self.ledger.ids([code]).get(code)
        if number is None:
            return ()
        with self.lock:
            rows = self.standing.roster.rows_of(np.array([number]))
        units = self.ground.units.all
        places = {units[int(index)].code for name in ("unit_index", "desk_index") for index in rows[name]}
        return tuple(sorted(places))

    def holds(self, unit: int) -> bool:
        """Whether the ledger holds any dossier of a unit or below it."""
        return bool(self._held()[unit])

    def _held(self) -> np.ndarray:
        with self.lock:
            key = self.standing.changes
            if self._held_at != key:
                rows = self.standing.roster.first_spans()
                real = rows["version"] > 0
                units = np.unique(rows["unit_index"][real])
                held = np.zeros(self.ground.unit_count, bool)
                for level in self.ground.ancestor_levels(self.standing.at):
                    above = level[self.ground.units.today_map(self.standing.at)[units]]
                    held[above[above >= 0]] = True
                self._held_now, self._held_at = held, key
            return self._held_now
