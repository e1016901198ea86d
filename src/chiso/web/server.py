"""Serving a data folder: ``chiso serve``, and a server in a thread for the demo and for tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn

from chiso.commands.recounting import SERVER_FILE
from chiso.folder import DataFolder, QuestionError
from chiso.folder.sent import memory
from chiso.insight.plan import milp
from chiso.ledger.database import LedgerError
from chiso.web import charts, logs
from chiso.web.app import create_app
from chiso.web.house import House
from chiso.web.measures import Measured
from chiso.web.messages import catalogue
from chiso.web.patience import PatientProtocol
from chiso.web.view import LANGUAGES

CLOSING_WITHIN: Final = 5
"""Seconds that open requests have to end when the server stops."""


class _Server(uvicorn.Server):
    """Ends the open streams first, which would otherwise keep it from stopping."""

    def __init__(self, config: uvicorn.Config, house: House) -> None:
        super().__init__(config)
        self._house = house

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._house.hub.stop()
        await super().shutdown(sockets)


def _server(folder: DataFolder, house: House, host: str, port: int) -> _Server:
    app = create_app(folder, house)
    config = uvicorn.Config(
        Measured(app, app.state.measures),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSING_WITHIN,
        h11_max_incomplete_event_size=64 * 1024,
        http=PatientProtocol,
        ws="none",
    )
    logs.plainly()
    return _Server(config, house)


def _warm() -> None:
    """What takes long when it is first needed, one after another: the first readers are there already."""
    catalogue(LANGUAGES[0])
    charts.warm()
    milp.warm()


def serve(data: Path, *, host: str = "127.0.0.1", port: int = 8766) -> int:
    """Serves a data folder until it is told to stop; gives the exit status."""
    print(f"http://{host}:{port}/", file=sys.stderr, flush=True)  # noqa: T201 - for whoever started it
    return serve_on(data, None, (host, port))


def serve_on(data: Path, sockets: list[socket.socket] | None, own: tuple[str, int]) -> int:
    """Serves a data folder on sockets that are bound already; else on ``own``, host and port.

    ``own`` is where this very process can be asked.
    """
    logs.configure()
    folder = DataFolder.open(data, standing=True)
    with closing(folder):
        if folder.ledger.following():
            raise LedgerError(f"{data} is a standby: chiso standby promote makes it one to be served")
        house = House(folder)
        server = _server(folder, house, *own)
        threading.Thread(target=_warm, name="warm", daemon=True).start()
        reading = threading.Thread(target=_look_around, args=(house,), name="work-warm")
        reading.start()
        # the server ends in order and then raises the signal again: let the folder be closed first
        for sign in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.default_int_handler)
        with _announced(folder, house, *own), suppress(KeyboardInterrupt):
            server.run(sockets)
        reading.join()
        return 0 if server.started else 1


def _look_around(house: House) -> None:
    """Reads all payments and looks through the home's work, so that the first who asks need not wait."""
    folder = house.folder
    sent = memory(folder)
    with sent.lock:
        sent.read_payments(folder)
    if folder.loading_progress() is None:
        with suppress(QuestionError):
            house.best.of(folder.settings.home)


@contextmanager
def _announced(folder: DataFolder, house: House, host: str, port: int) -> Iterator[None]:
    """Tells in the data folder where its server listens, and the word that asks it for its counts.

    Readable by the folder's owner alone: ``chiso recount`` compares with what the server says.
    """
    path = folder.path / SERVER_FILE.format(port)
    near = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - not bound here
    text = json.dumps({"url": f"http://{near}:{port}", "token": house.token, "pid": os.getpid()})
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        yield
    finally:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            path.unlink()


@dataclass
class Served:
    """A folder being served from a thread of this process."""

    folder: DataFolder
    house: House
    address: str
    """http://host:port"""


@contextmanager
def served(folder: DataFolder, host: str = "127.0.0.1", port: int = 0) -> Iterator[Served]:
    """Serves an open folder while the context lasts; port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    house = House(folder)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        server = _server(folder, house, host, port)
        threading.Thread(target=_warm, name="warm", daemon=True).start()
        thread = threading.Thread(target=server.run, args=([listening],), name="server", daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise OSError(f"the server on {host}:{port} did not start")
                thread.join(0.02)
            taken = listening.getsockname()[1]
            with _announced(folder, house, host, taken):
                yield Served(folder, house, f"http://{host}:{taken}")
        finally:
            server.should_exit = True
            thread.join()
