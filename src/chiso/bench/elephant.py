"""The report in PostgreSQL: a private server with its own data, on loopback, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg

from chiso.bench.rivals import ALWAYS, INSTANTS, SMALL, Answer, ancestors, members, report_sql
from chiso.engine.ground import Ground
from chiso.instants import NEVER, Period

AT_ONCE: Final = 50_000
"""Rows in one piece of a COPY."""
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "2GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "synchronous_commit": "off",
    "effective_cache_size": "8GB",
}


def binaries() -> Path | None:
    """The newest installed server's programs; ``None`` where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


class Server:
    """A server in a folder of its own."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="chiso-bench-"))
        self._user: str | None = None
        if os.geteuid() == 0:  # a server refuses to run as root
            names = [entry.pw_name for entry in pwd.getpwall()]
            self._user = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.folder, self._user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            (str(self.programs / program), *arguments),
            user=self._user, cwd=self.folder, capture_output=True, text=True, check=False,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def _start(self) -> None:
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "-o", options, "start")

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        )

    def stop(self) -> None:
        try:
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


class Elephant:
    """The table in PostgreSQL, with the indexes that such a report is given."""

    name = "PostgreSQL"

    def __init__(self, ground: Ground, table: dict[str, np.ndarray], at: int) -> None:
        """Raises FileNotFoundError where no server is installed."""
        programs = binaries()
        if programs is None:
            raise FileNotFoundError("no PostgreSQL server is installed")
        self.ground = ground
        self.server = Server(programs)
        try:
            self.connection = self.server.connect()
            self._fill(table, at)
        except BaseException:
            self.server.stop()
            raise

    def _fill(self, table: dict[str, np.ndarray], at: int) -> None:
        def kind(name: str, column: np.ndarray) -> str:
            if column.dtype == np.bool_:
                return "boolean"
            return "bigint" if name in INSTANTS else "smallint" if name in SMALL else "integer"

        unit, above = ancestors(self.ground, at)
        tables = {
            "dossier": table,
            "member": members(self.ground, table["procedure"]),
            "ancestor": {"unit": unit, "above": above},
        }
        for name, columns in tables.items():
            told = ", ".join(f"{key} {kind(key, column)}" for key, column in columns.items())
            self._do(f"CREATE TABLE {name} ({told})")
            with self.connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for piece in _lines(columns):
                    copy.write(piece)
        for index in (
            "dossier (received_at)", "dossier (unit, received_at)", "dossier (ended_at)",
            "dossier (unit, procedure)", "member (unit, procedure)", "ancestor (unit)",
        ):  # fmt: skip
            self._do(f"CREATE INDEX ON {index}")
        self._do("VACUUM ANALYZE")

    def _do(self, statement: str) -> None:
        self.connection.execute(statement.encode())

    def report(self, period: Period, at: int) -> Answer:
        statement = report_sql(self.ground, period, at, "postgres")
        return Answer.of_rows(self.ground, self.connection.execute(statement.encode()).fetchall())

    def close(self) -> None:
        self.connection.close()
        self.server.stop()


def _lines(columns: dict[str, np.ndarray]) -> Iterator[bytes]:
    """Columns as the lines of a COPY."""
    size = len(next(iter(columns.values())))
    for start in range(0, size, AT_ONCE):
        told = []
        for name, column in columns.items():
            part = column[start : start + AT_ONCE]
            if part.dtype == np.bool_:
                texts = np.where(part, "t", "f")
            else:
                texts = part.astype("U20")
                if name in INSTANTS and name not in ALWAYS:
                    texts[part >= NEVER] = "\\N"
            told.append(texts.tolist())
        yield ("\n".join(map("\t".join, zip(*told, strict=True))) + "\n").encode()
