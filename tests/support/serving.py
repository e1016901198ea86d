"""A real ``chiso serve`` in processes of its own, to be asked, stopped and killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 60.0


def free_port(room: int = 8) -> int:
    """A port that is free, as are the ``room`` after it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port + room < 65_000 and all(_free(port + one) for one in range(room + 1)):
            return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def soon(holds: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """What ``holds`` gives once it is true; what cannot be reached yet is not true."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if found := holds():
                return found
        except (httpx.HTTPError, OSError):
            pass
        time.sleep(0.05)
    raise AssertionError(f"waited {patience:.0f} s in vain: {what}")


class Serving:
    """``chiso serve`` of a folder while the context lasts; its words go to ``log``."""

    def __init__(
        self, folder: Path, log: Path, *more: str, environment: dict[str, str] | None = None, port: int = 0
    ) -> None:
        self.folder, self.log = folder, log
        self.port = port or free_port()
        self._more = more
        self._environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Serving:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, wait: bool = True) -> Serving:
        code = "import sys; from chiso.cli import main; sys.exit(main())"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                (sys.executable, "-c", code, "serve", "--data", str(self.folder), "--port", str(self.port),
                 *self._more),
                stdout=log, stderr=log, env=self._environment, start_new_session=True,
            )  # fmt: skip
        if wait:
            self.ready()
        return self

    def ready(self, port: int = 0) -> None:
        address = f"http://127.0.0.1:{port or self.port}/readyz"
        soon(lambda: httpx.get(address, timeout=5, trust_env=False).status_code == 200, f"{address} ready")

    def stop(self, patience: float = 40) -> int:
        """Asks it to end in order; gives its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)

    def kill(self) -> None:
        """Kills it and all of its processes at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def told(self) -> dict[int, dict[str, Any]]:
        """By port, what each process says of itself in the folder."""
        return {
            int(path.stem.partition("-")[2]): json.loads(path.read_text())
            for path in self.folder.glob("server-*.json")
        }

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")
