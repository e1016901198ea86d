"""A data folder at work: its one writer, its clock, its listeners and its senders."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from typing import Final

import structlog

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.intake.context import Context, nothing_is_foreign
from chiso.intake.records import Arrival
from chiso.ledger.receipt import Receipt
from chiso.ledger.senders import Sender
from chiso.ledger.turn import Turn
from chiso.ledger.writer import Writer
from chiso.people.house import People
from chiso.people.oidc import provider_of
from chiso.people.rights import Person, below
from chiso.steering.alerts.service import Service
from chiso.steering.walk import walk_of
from chiso.web.ahead import Lookout
from chiso.web.best import Keeper
from chiso.web.hub import Hub
from chiso.web.tries import Tries
from chiso.web.troubles import Trouble, Troubles
from chiso.web.watching import Watching

REMEMBERED_FOR: Final = 5.0
"""Seconds for which a key or a session is believed without asking the ledger: so long may one that was just
switched off still send."""
REMEMBERED: Final = 10_000
BEAT: Final = 0.5
MENDING: Final = 5.0
"""Seconds of rest before the days of the year are walked again, at least."""
REST: Final = 3.0
"""Seconds of rest for every second that such a walk took: whoever reads and sends goes first."""
DUTIES_EVERY: Final = 5.0

log = structlog.get_logger(__name__)


class House:
    """All that serves one data folder.  ``start`` before the first request, ``stop`` after the last."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.hub = Hub(folder)
        self.lookout = Lookout(folder)
        self.best = Keeper(folder)
        self.turn = Turn(folder.ledger.database, folder.path)
        """at what one process does for all that serve this ledger"""
        self.watching = Watching(folder, self.turn.mine)
        self.writer: Writer | None = None
        self.accepted = 0
        """records taken in by this house's writer since it started"""
        self.refused = 0
        self.token = secrets.token_urlsafe(24)
        """asks for the standing counts; told to the owner of the data folder alone"""
        self._known: OrderedDict[tuple[str, str], tuple[float, Sender]] = OrderedDict()
        self.people = People(folder.ledger)
        self.sso = provider_of(folder.settings)
        """the provider of single sign-on"""
        self._visitors: OrderedDict[str, tuple[float, Person | None]] = OrderedDict()
        self._closed = self.sso is not None
        self._looked_at = -REMEMBERED_FOR
        self._contexts: dict[tuple[str, tuple[str, ...]], Context] = {}
        self.tries = Tries()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.troubles = Troubles(folder)
        self.alerts = Service(folder, self._stopping.wait, self.turn.mine)

    # -- life -------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.folder.stopping.clear()
        self.writer = Writer(self.folder.ledger, on_commit=self._committed, now=self.folder.now)
        self.turn.mine()
        self.hub.start()
        for name, work in (
            ("folder-clock", self._keep_time),
            ("folder-days", self._keep_days),
            ("folder-alerts", self.alerts.run),
            ("folder-duties", self._keep_duties),
        ):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
        self.watching.start()

    def stop(self) -> None:
        """Writes what is waiting, ends streams and threads.  The folder stays open."""
        self._stopping.set()
        self.folder.stopping.set()
        self.watching.stop()
        self.hub.stop()
        if self.writer is not None:
            self.writer.stop()
        for thread in self._threads:
            thread.join()
        self.turn.leave()

    # -- people -----------------------------------------------------------------------------------------

    def visitor(self, token: str) -> tuple[Person | None, bool]:
        """Who holds a session's token, and whether anybody must sign in.

        Believed for :data:`REMEMBERED_FOR` seconds: so long may one that was just ended still read.
        """
        now = time.monotonic()
        if not self._closed and now - self._looked_at >= REMEMBERED_FOR:
            self._closed, self._looked_at = self.people.accounts.exist(), now
        if not token:
            return None, self._closed
        with self._lock:
            held = self._visitors.get(token)
        if held is not None and now - held[0] < REMEMBERED_FOR:
            return held[1], self._closed
        person = self._person(token, used=True)
        with self._lock:
            self._visitors[token] = (now, person)
            while len(self._visitors) > REMEMBERED:
                self._visitors.popitem(last=False)
        return person, self._closed

    def still(self, token: str) -> tuple[Person | None, bool]:
        """As :meth:`visitor`, asked anew, of what somebody left open: it keeps no session from ageing."""
        self._closed = self._closed or self.people.accounts.exist()
        return self._person(token, used=False) if token else None, self._closed

    def _person(self, token: str, *, used: bool) -> Person | None:
        session = self.people.sessions.find(token, utc_now(), used=used)
        if session is None:
            return None
        # Whoever comes by single sign-on has the second factor of its provider.
        lacks = not session.issuer and session.account.lacks_factor(self.folder.settings.factor_roles)
        return replace(session.account.person, must_enrol=lacks)

    def forget(self, token: str) -> None:
        """A session that has just ended is not believed any longer."""
        with self._lock:
            self._visitors.pop(token, None)

    def forget_all(self) -> None:
        """Accounts have changed: nobody is believed any longer without asking."""
        with self._lock:
            self._visitors.clear()
            self._looked_at = -REMEMBERED_FOR

    @property
    def ready(self) -> bool:
        """Whether it takes in and answers."""
        return self.writer is not None and not self._stopping.is_set()

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong right now, if anything."""
        return self.troubles.worst

    def _committed(self, receipt: Receipt) -> None:
        self.folder.take(receipt)
        self.accepted += sum(one.new + one.changed + one.same for one in receipt.arrivals)
        self.refused += sum(one.refused for one in receipt.arrivals)
        self.hub.changed()

    def _keep_time(self) -> None:
        """Moves the clock, and takes in what other processes wrote."""
        while not self._stopping.wait(BEAT):
            try:
                if self.folder.refresh():
                    self.hub.changed()
                self.troubles.read(None)
                self.troubles.look(self.writer)
            except Exception as error:
                self.troubles.read(error)
            self.troubles.written(self.writer)

    def _keep_days(self) -> None:
        """Keeps the days of the year: walked once, then fed on; walked again where the past was added to."""
        rests_until = 0.0
        while not self._stopping.wait(BEAT):
            try:
                if self.folder.loading_progress() is not None:
                    continue
                trail = self.folder.trail
                began = time.monotonic()
                if trail is None:
                    self.folder.year_trail()
                elif trail.trail.broken or trail.over:
                    if began >= rests_until:
                        self.folder.walk_days()
                        ended = time.monotonic()
                        rests_until = ended + max(MENDING, REST * (ended - began))
                else:
                    trail.tick()
            except Exception:
                log.exception("days_failed")

    def _keep_duties(self) -> None:
        """Walks the days of what directs, in its own time."""
        while not self._stopping.wait(DUTIES_EVERY):
            try:
                if self.folder.loading_progress() is None:
                    walk_of(self.folder).advance(stopped=self._stopping.is_set)
            except Exception:
                log.exception("duties_failed")

    # -- taking in ----------------------------------------------------------------------------------------

    def context(self, sender: Sender) -> Context:
        """How intake sees this house when a sender sends."""
        which = (sender.name, sender.units)
        found = self._contexts.get(which)
        if found is None:
            found = Context(
                home=self.folder.settings.home,
                is_foreign=self._foreign,
                ended=self._ended,
                key=self.folder.ledger.keys.hashing,
                sender=sender.name,
                is_outside=self._outside(sender.units) if sender.units else nothing_is_foreign,
            )
            if len(self._contexts) > REMEMBERED:
                self._contexts.clear()
            self._contexts[which] = found
        return found

    def _foreign(self, code: str) -> bool:
        # The registry is another one once units came in.
        return self.folder.registry.units.foreign(code)

    def _outside(self, tops: tuple[str, ...]) -> Callable[[str], bool]:
        """Whether a unit is none of some units, and below none of them."""
        return lambda code: not below(code, tops, self.folder.registry.units, self.folder.now())

    def _ended(self, code: str, day: date) -> str | None:
        return self.folder.registry.units.ended(code, day)

    def submit(self, arrival: Arrival, timeout: float | None = None) -> Future[Receipt]:
        """Hands an arrival to the writer.  The future resolves when it is durable and counted."""
        if self.writer is None:
            raise RuntimeError("the house has not been started")
        return self.writer.submit([arrival], timeout=timeout)

    # -- senders ------------------------------------------------------------------------------------------

    def by_key(self, key: str) -> Sender | None:
        """The sender of a key."""
        return self._sender("key", key)

    def by_session(self, token: str) -> Sender | None:
        """The sender of a session that has not expired."""
        return self._sender("session", token)

    def remembered(self, kind: str, secret: str) -> Sender | None:
        """The sender of a ``key`` or ``session`` that was asked for just now, without asking the ledger."""
        with self._lock:
            held = self._known.get((kind, secret))
        return held[1] if held is not None and time.monotonic() - held[0] < REMEMBERED_FOR else None

    def _sender(self, kind: str, secret: str) -> Sender | None:
        if not secret or len(secret) > 200:
            return None
        if (remembered := self.remembered(kind, secret)) is not None:
            return remembered
        now = time.monotonic()
        senders = self.folder.ledger.senders
        found = (
            senders.by_key(secret, self.wall()) if kind == "key" else senders.by_session(secret, self.wall())
        )
        with self._lock:
            if found is None:
                self._known.pop((kind, secret), None)
            else:
                self._known[kind, secret] = (now, found)
                self._known.move_to_end((kind, secret))
                while len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
        return found

    def why_no_key(self, key: str) -> str:
        """Why a key does not hold: ``unknown``, ``expired``, ``revoked`` or ``off``."""
        if not key or len(key) > 200:
            return "unknown"
        return self.folder.ledger.senders.why_not(key, self.wall()) or "unknown"

    @staticmethod
    def wall() -> int:
        """The wall clock: sessions age by it, whatever clock the folder carries."""
        return int(time.time())

    def login(self, user: str, password: str) -> str | None:
        """A new session's token, or ``None`` for a wrong user or password."""
        senders = self.folder.ledger.senders
        found = senders.by_password(user, password)
        return None if found is None else senders.open_session(found.name, self.wall())
