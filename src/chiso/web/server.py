"""Serving a data folder: ``chiso serve``, and a server in a thread for the demo and for tests."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn

from chiso.folder import DataFolder
from chiso.web.app import create_app
from chiso.web.house import House

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
    config = uvicorn.Config(
        create_app(folder, house),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSING_WITHIN,
        h11_max_incomplete_event_size=64 * 1024,
        ws="none",
    )
    return _Server(config, house)


def serve(data: Path, *, host: str = "127.0.0.1", port: int = 8766) -> int:
    """Serves a data folder until it is told to stop; gives the exit status."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    folder = DataFolder.open(data, standing=True)
    with closing(folder):
        print(f"http://{host}:{port}/", file=sys.stderr, flush=True)  # noqa: T201 - for whoever started it
        server = _server(folder, House(folder), host, port)
        server.run()
        return 0 if server.started else 1


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
        thread = threading.Thread(target=server.run, args=([listening],), name="server", daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise OSError(f"the server on {host}:{port} did not start")
                thread.join(0.02)
            yield Served(folder, house, f"http://{host}:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()
