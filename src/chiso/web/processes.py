"""Several processes that serve one data folder at one address: ``chiso serve --processes N``.

Each is a whole server with counts of its own; they meet in the database alone (docs/decisions/0016).  The
parent opens the address, starts them, starts those again that end, and passes on the word to stop.  Besides
the common address each listens on a port of its own on this machine, for whoever watches it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from contextlib import closing
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

MOST: Final = 64
STOPPING_WITHIN: Final = 30.0
"""Seconds that a process has to end in order before it is killed."""
SHORT: Final = 10.0
"""A process that lives less long than so many seconds has not come up."""
TRIES: Final = 3
"""So many that do not come up, one after another, end the whole: whoever supervises is told."""
BREATH: Final = 1.0
BACKLOG: Final = 2048


def supervise(data: Path, host: str, port: int, processes: int) -> int:
    """Serves with several processes until told to stop; gives the exit status."""
    from chiso.folder.settings import Settings  # noqa: PLC0415 - the parent itself counts nothing
    from chiso.ledger.store import Ledger  # noqa: PLC0415

    # One makes or migrates the tables, before many would.
    Ledger.open(data, Settings.read(data).database or None).close()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        return _Family(data, listening, processes).run()


def own_port(port: int, number: int) -> int:
    """The port on this machine that the process ``number`` (from 0) has to itself."""
    return port + 1 + number


class _Family:
    """The processes and their parent."""

    def __init__(self, data: Path, listening: socket.socket, processes: int) -> None:
        self._data = data
        self._listening = listening
        self._members: list[BaseProcess | None] = [None] * processes
        self._born = [0.0] * processes
        self._stopping = False

    def run(self) -> int:
        for sign in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sign, self._told_to_stop)
        host, port = self._listening.getsockname()[:2]
        print(f"http://{host}:{port}/", file=sys.stderr, flush=True)  # noqa: T201 - for whoever started it
        failed = 0
        while not self._stopping and failed < TRIES:
            for number, member in enumerate(self._members):
                if member is None:
                    self._start(number)
            ended = self._ended()
            for number in ended:
                lived = time.monotonic() - self._born[number]
                member = self._members[number]
                status = None if member is None else member.exitcode
                said = f"process {number} ended ({status}) after {lived:.0f} s"
                print(said, file=sys.stderr, flush=True)  # noqa: T201
                if lived >= SHORT:
                    failed = 0
                elif status is not None and status >= 0:  # killed from outside is no failure of its own
                    failed += 1
                self._members[number] = None
            if ended and not self._stopping:
                time.sleep(BREATH)
        self._end_all()
        return 0 if self._stopping else 1

    def _start(self, number: int) -> None:
        # A fresh interpreter, not a fork: the parent's locks and descriptors are no child's business.
        process = multiprocessing.get_context("spawn").Process(
            target=_work, args=(self._data, self._listening, number), name=f"serve-{number}"
        )
        process.start()
        self._members[number], self._born[number] = process, time.monotonic()

    def _ended(self) -> list[int]:
        sentinels = {one.sentinel: number for number, one in enumerate(self._members) if one is not None}
        return [sentinels[int(one)] for one in wait(list(sentinels), timeout=0.5) if isinstance(one, int)]

    def _told_to_stop(self, *_: object) -> None:
        self._stopping = True

    def _end_all(self) -> None:
        members = [one for one in self._members if one is not None]
        for one in members:
            one.terminate()
        until = time.monotonic() + STOPPING_WITHIN
        for one in members:
            one.join(max(0.0, until - time.monotonic()))
            if one.exitcode is None:
                one.kill()
                one.join()


def _work(data: Path, listening: socket.socket, number: int) -> None:
    from chiso.web.server import serve_on  # noqa: PLC0415 - in the child alone

    _end_with_parent()
    # Ctrl-C reaches every process of a terminal: the parent says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    port = listening.getsockname()[1]
    with closing(socket.socket()) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.bind(("127.0.0.1", own_port(port, number)))
        sys.exit(serve_on(data, [listening, own], own.getsockname()[:2]))


def _end_with_parent() -> None:
    """Ends this process in order once its parent is gone, however it went."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
