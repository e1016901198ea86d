"""Whose turn it is at what one process does for all: telling alerts, asking the portal.

Several processes may serve one ledger.  The turn is a lock that ends with its holder, however that ends: on
PostgreSQL an advisory lock of a session, on SQLite a lock on a file of the data folder.
"""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from typing import IO, Final

import sqlalchemy as sa

from chiso.ledger.database import Database

TURN_LOCK: Final = 0x63686974
"""Key of PostgreSQL's advisory lock."""
FILE: Final = "turn.lock"


class Turn:
    """A turn that is taken when it is free, and kept until :meth:`leave` or the end of the process."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database: Final = database
        self._path: Final = folder / FILE
        self._lock: Final = threading.Lock()
        self._connection: sa.Connection | None = None
        self._file: IO[bytes] | None = None
        self._left = False
        self.held = False
        """whether it was this process's turn when last asked"""

    def mine(self) -> bool:
        """Whether it is this process's turn now; takes it where nobody has it."""
        with self._lock:
            if self._left:
                return False
            held = self._session() if self._database.postgres else self._flock()
            self.held = held
            return held

    def leave(self) -> None:
        """Lets another process have it.  It is not taken again."""
        with self._lock:
            self._left, self.held = True, False
            self._drop()
            if self._file is not None:
                self._file.close()
                self._file = None

    def _flock(self) -> bool:
        if self._file is None:
            file = self._path.open("ab")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._file = file
        return True

    def _session(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(sa.text("SELECT 1"))
                return True
            self._connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            taken = self._connection.execute(sa.select(sa.func.pg_try_advisory_lock(TURN_LOCK))).scalar()
            if not taken:
                self._drop()
            return bool(taken)
        except sa.exc.DBAPIError:
            self._drop()  # gone, and the turn with it
            return False

    def _drop(self) -> None:
        if self._connection is not None:
            # Back in the pool it would keep the lock.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
