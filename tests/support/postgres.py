"""A private PostgreSQL server for tests: its own data, its own port on loopback, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class Postgres:
    """A server in a folder of its own.  Start it, ask :meth:`database` for fresh databases, stop it."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        # Not under pytest's folder: that one is closed to the user the server runs as.
        self.folder = Path(tempfile.mkdtemp(prefix="chiso-postgres-"))
        self.port = _free_port()
        self._made = 0
        self._user: str | None = None
        if os.geteuid() == 0:
            self._user = next(name for name in ("postgres", "nobody") if _exists(name))
            shutil.chown(self.folder, self._user)

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, user=self._user, cwd=self.folder, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")

    def start(self) -> None:
        data = self.folder / "data"
        if not data.exists():
            self._run(
                *(str(self.binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--no-sync", "--no-instructions"),
            )
        # The server is killed in tests, the machine never: what the system holds is safe without being
        # forced to disk, and a start after a kill need not force every file first.
        options = (
            f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
            " -c fsync=off"
        )
        self._run(
            *(str(self.binaries / "pg_ctl"), "-D", str(data), "-w", "-t", "600", "-l"),
            *(str(self.folder / "log"), "-o", options, "start"),
        )

    def stop(self, how: str = "immediate") -> None:
        data = str(self.folder / "data")
        self._run(str(self.binaries / "pg_ctl"), "-D", data, "-m", how, "-w", "stop")

    def remove(self) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def database(self) -> str:
        """The address of a new, empty database."""
        self._made += 1
        name = f"chiso{self._made}"
        self._run(
            *(str(self.binaries / "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"),
            *("-T", "template0", name),
        )
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"


def find_binaries() -> Path | None:
    """The newest installed server's programs, ``None`` where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
