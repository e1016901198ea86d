"""The one thread that writes: whatever is waiting goes into one commit.

A sender waits for one disk sync at most, however many send; the more wait, the more share a commit.
"""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from chiso.intake.records import Arrival
from chiso.ledger.database import LedgerBusyError, LedgerError
from chiso.ledger.receipt import Receipt
from chiso.ledger.store import Ledger

ITEMS_AT_ONCE: Final = 5_000
BYTES_AT_ONCE: Final = 16 << 20
"""One commit takes this much at most: longer ones make senders wait without being faster."""
ITEMS_WAITING: Final = 50_000
BYTES_WAITING: Final = 128 << 20
"""More than this does not wait in memory: :meth:`Writer.submit` blocks."""

log = structlog.get_logger(__name__)


class WriterStoppedError(LedgerError):
    """The writer takes nothing in any more."""


@dataclass(slots=True, eq=False)
class _Job:
    arrivals: Sequence[Arrival]
    now: int | None
    items: int
    size: int
    future: Future[Receipt]


class Writer:
    """Accepts arrivals from any thread, in the order of :meth:`submit`.

    ``on_commit`` is called in the writer's thread after each commit, in order, before the futures of that
    commit resolve: what it does is done when a sender is answered.  Its errors are logged; what was accepted
    stays accepted.
    """

    def __init__(
        self,
        ledger: Ledger,
        on_commit: Callable[[Receipt], None] | None = None,
        now: Callable[[], int] | None = None,
    ) -> None:
        """``now`` is asked once for each commit for those arrivals that came without an instant."""
        self._ledger: Final = ledger
        self._on_commit: Final = on_commit
        self._now: Final = now
        self._waiting: Final[deque[_Job]] = deque()
        self._items = 0
        self._size = 0
        self._stopping = False
        self.commits = self.failures = 0
        """commits since the start, and those of which nothing was accepted"""
        self.trouble = ""
        """why the database did not take the last commit; empty where it did"""
        self._change: Final = threading.Condition()
        self._thread: Final = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(
        self, arrivals: Sequence[Arrival], now: int | None = None, timeout: float | None = None
    ) -> Future[Receipt]:
        """Hands arrivals over; the future gives their own receipt once they are durable.

        The receipt's ``arrivals`` are those submitted; its rows and position are those of the whole commit.
        Blocks while too much is waiting.  The future fails with LedgerBusyError where the database is locked
        or gone: nothing of it was accepted then, as far as the database has said.
        Raises WriterStoppedError after :meth:`stop`, TimeoutError where ``timeout`` seconds made no room.
        """
        if now is None and self._now is None:
            raise ValueError("this writer has no clock: say now")
        items = sum(len(one.items) + len(one.refusals) for one in arrivals)
        size = sum(len(one.payload) for one in arrivals)
        job = _Job(arrivals, now, items, size, Future())
        with self._change:
            if not self._change.wait_for(lambda: self._stopping or self._room(job), timeout):
                raise TimeoutError("too much is waiting to be written")
            if self._stopping:
                raise WriterStoppedError("the ledger's writer has stopped")
            self._waiting.append(job)
            self._items += items
            self._size += size
            self._change.notify_all()
        return job.future

    @property
    def waiting(self) -> int:
        """Items that wait or are being written."""
        return self._items

    def stop(self) -> None:
        """Writes what is waiting, then ends.  May be called more than once."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _room(self, job: _Job) -> bool:
        # An oversized job is let in alone rather than never.
        return not self._waiting or (
            self._items + job.items <= ITEMS_WAITING and self._size + job.size <= BYTES_WAITING
        )

    def _take(self) -> list[_Job]:
        """The next commit's jobs, in order and known at one instant; empty when it is time to end."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._stopping)
            jobs: list[_Job] = []
            items = size = 0
            while self._waiting:
                job = self._waiting[0]
                full = items + job.items > ITEMS_AT_ONCE or size + job.size > BYTES_AT_ONCE
                if jobs and (full or job.now != jobs[0].now):
                    break
                jobs.append(self._waiting.popleft())
                items += job.items
                size += job.size
            return jobs

    def _run(self) -> None:
        while jobs := self._take():
            live = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            try:
                if live:
                    self._write(live)
            finally:
                with self._change:
                    self._items -= sum(job.items for job in jobs)
                    self._size -= sum(job.size for job in jobs)
                    self._change.notify_all()

    def _write(self, jobs: list[_Job]) -> None:
        try:
            now = jobs[0].now
            if now is None:
                assert self._now is not None
                now = self._now()
            receipt = self._ledger.accept([one for job in jobs for one in job.arrivals], now)
            self.commits += 1
            self.trouble = ""
        except LedgerBusyError as error:
            # Nobody's fault: one by one would only wait as many times as long.
            self.failures += 1
            self.trouble = str(error)
            self._fail(jobs, error)
            log.warning("ledger_busy", error=str(error), jobs=len(jobs))
        except Exception as error:
            if len(jobs) == 1:
                self.failures += 1
                self._fail(jobs, error)
                log.error("ledger_refused", kinds=[one.kind for one in jobs[0].arrivals], **told(error))
                return
            # One of them is at fault: each alone, so that it fails nobody else.
            for job in jobs:
                self._write([job])
        else:
            self._done(jobs, receipt)

    def _done(self, jobs: list[_Job], receipt: Receipt) -> None:
        if self._on_commit is not None:
            try:
                self._on_commit(receipt)
            except Exception as error:
                log.error("on_commit_failed", position=receipt.position, **told(error))
        place = 0
        for job in jobs:
            taken = receipt.arrivals[place : place + len(job.arrivals)]
            place += len(job.arrivals)
            job.future.set_result(Receipt(taken, receipt.rows, receipt.position, receipt.kinds, receipt.now))

    @staticmethod
    def _fail(jobs: list[_Job], error: BaseException) -> None:
        for job in jobs:
            job.future.set_exception(error)


def told(error: BaseException) -> dict[str, Any]:
    """An error for the log: its kind and where it happened, and nothing that people sent.

    The words of an error may quote what was sent; those of the ledger and of the operating system do not.
    """
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
    said = {"said": str(error)} if isinstance(error, (LedgerError, OSError)) else {}
    return {"error": type(error).__name__, **said, "where": where}
