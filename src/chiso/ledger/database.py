"""The database under the ledger: SQLite by default, PostgreSQL by URL; one writer at a time on either.

Ordinary statements are SQLAlchemy Core.  Hot paths use the driver's own cursor within the same transaction,
through :class:`Hot`, which knows the few places where the two databases differ.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from chiso.ledger.schema import HEAD, KNOWN, metadata

WRITER_LOCK: Final = 0x63686973
"""Key of PostgreSQL's advisory lock that only one writer holds."""

HANGING: Final = 300
"""Seconds without a word in a write transaction after which PostgreSQL ends it."""

_BINARY: Final[dict[type[Any], str]] = {
    sa.BigInteger: "int8",
    sa.Integer: "int4",
    sa.Boolean: "bool",
    sa.Text: "text",
    sa.LargeBinary: "bytea",
}
"""The types of columns as a binary COPY wants them named."""

Row = Sequence[Any]


class LedgerError(RuntimeError):
    """The ledger cannot do what was asked; the message says why, for an engineer."""


class LedgerBusyError(LedgerError):
    """Another process holds the ledger's writer lock, or the database cannot be reached.  Try again."""


class NewerLedgerError(LedgerError):
    """The database was made by a newer program than this one."""


class Hot:
    """The driver's cursor in an open transaction.  Statements are written with ``?`` and ``{among:name}``."""

    def __init__(self, connection: sa.Connection) -> None:
        self.postgres: Final = connection.dialect.name == "postgresql"
        driver: Any = connection.connection.driver_connection
        self._cursor: Any = driver.cursor(binary=True) if self.postgres else driver.cursor()

    def _text(self, statement: str) -> str:
        return statement.replace("?", "%s") if self.postgres else statement

    def run(self, statement: str, parameters: Row = ()) -> None:
        self._cursor.execute(self._text(statement), parameters)

    def all(self, statement: str, parameters: Row = ()) -> list[Any]:
        """All rows, as tuples."""
        self._cursor.execute(self._text(statement), parameters)
        found: list[Any] = self._cursor.fetchall()
        return found

    def among(self, statement: str, values: Sequence[str] | Sequence[int], parameters: Row = ()) -> list[Any]:
        """All rows of a statement whose ``{among}`` stands for a table of one column ``value``.

        The values go as one parameter, which must be the first of the statement.
        """
        if not values:
            return []
        if self.postgres:
            kind = "text" if isinstance(values[0], str) else "bigint"
            listed: Any = list(values)
            table = f"unnest(?::{kind}[]) AS wanted(value)"
        else:
            listed = json.dumps(values, ensure_ascii=False)
            table = "json_each(?) AS wanted"
        return self.all(statement.replace("{among}", table), (listed, *parameters))

    def numbers(self, codes: Sequence[str]) -> list[int]:
        """The numbers of very many dossiers in the order of their codes, 0 of an unknown one.

        They come as one value: a row for each would take longer than to find it.
        """
        if self.postgres:
            ((found,),) = self.all(
                "SELECT coalesce(array_agg(coalesce(dossier.id, 0) ORDER BY wanted.place), '{}') "
                "FROM unnest(?::text[]) WITH ORDINALITY AS wanted(value, place) "
                "LEFT JOIN dossier ON dossier.code = wanted.value",
                (list(codes),),
            )
            placed: list[int] = found
            return placed
        ((told,),) = self.all(
            "SELECT json_group_array(id) FROM (SELECT coalesce(dossier.id, 0) AS id "
            "FROM json_each(?) AS wanted LEFT JOIN dossier ON dossier.code = wanted.value "
            "ORDER BY wanted.key)",
            (json.dumps(codes, ensure_ascii=False),),
        )
        listed: list[int] = json.loads(told)
        return listed

    def many(self, statement: str, rows: Sequence[Row]) -> None:
        if rows:
            self._cursor.executemany(self._text(statement), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Inserts rows: COPY where the server knows it and it pays."""
        if not rows:
            return
        names = ", ".join(f'"{name}"' for name in columns)
        if self.postgres and len(rows) > 20:
            kinds = metadata.tables[table].c
            with self._cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types([_BINARY[type(kinds[name].type)] for name in columns])
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(columns))
        self.many(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - own names only

    def update_facts(self, rows: Sequence[tuple[bytes, int]]) -> None:
        """Replaces the newest facts of dossiers: (facts, id)."""
        if not rows:
            return
        if self.postgres:
            facts, ids = [row[0] for row in rows], [row[1] for row in rows]
            self.run(
                "UPDATE dossier SET facts = told.facts "
                "FROM unnest(?::bytea[], ?::bigint[]) AS told(facts, id) WHERE dossier.id = told.id",
                (facts, ids),
            )
        else:
            self.many("UPDATE dossier SET facts = ? WHERE id = ?", rows)

    def chunks(self, statement: str, parameters: Row, size: int) -> Iterator[list[Any]]:
        """The rows of a statement, ``size`` at a time."""
        self._cursor.execute(self._text(statement), parameters)
        while found := self._cursor.fetchmany(size):
            yield found

    def close(self) -> None:
        self._cursor.close()


class Database:
    """One database, opened.  ``read`` may be used by many threads; ``write`` lets one at a time through."""

    def __init__(self, url: str | sa.URL, patience: float = 20.0) -> None:
        """``patience``: seconds to wait for another process that writes."""
        address = sa.make_url(url)
        self.postgres: Final = address.get_backend_name() == "postgresql"
        self._patience: Final = patience
        self._turn: Final = threading.RLock()
        self.engine: sa.Engine
        if self.postgres:
            if address.drivername == "postgresql":
                address = address.set(drivername="postgresql+psycopg")
            self.engine = sa.create_engine(
                address,
                hide_parameters=True,  # errors say the statement, never what was sent
                pool_size=8,
                max_overflow=16,
                pool_pre_ping=True,
                connect_args={
                    "connect_timeout": max(2, int(patience)),
                    # a server that has vanished is noticed within a minute
                    "keepalives_idle": 30,
                    "keepalives_interval": 10,
                    "keepalives_count": 3,
                },
            )
        elif address.get_backend_name() == "sqlite":
            memory = address.database in (None, "", ":memory:")
            if memory:
                raise LedgerError("a ledger in memory keeps nothing: give a file or a PostgreSQL address")
            self.engine = sa.create_engine(
                address,
                hide_parameters=True,  # errors say the statement, never what was sent
                pool_size=8,
                max_overflow=16,
                connect_args={"timeout": patience, "check_same_thread": False, "cached_statements": 256},
            )
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        else:
            raise LedgerError(f"the ledger knows SQLite and PostgreSQL, not {address.get_backend_name()}")
        sa.event.listen(self.engine, "begin", self._begin)

    def _begin(self, connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        if not self.postgres:
            # The driver's own BEGIN is switched off: it would come too late and lock too little.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
        elif writing:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{int(self._patience * 1000)}ms'")
            # A process that hangs or is cut off with the lock in hand does not stop the others for ever.
            connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{HANGING}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """The one write transaction: committed at the end, rolled back on any error.

        Raises :class:`LedgerBusyError` where the database is locked for too long or gone.
        """
        with self._turn:
            try:
                with self.engine.connect().execution_options(writing=True) as connection, connection.begin():
                    yield connection
            except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
                raise LedgerBusyError(_why(error)) from error
            except Exception as error:
                if _is_driver_trouble(error):
                    self.engine.dispose()
                    raise LedgerBusyError(_why(error)) from error
                raise

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction; it sees one state throughout (SQLite) or per statement (PostgreSQL)."""
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            raise LedgerBusyError(_why(error)) from error
        except Exception as error:
            if _is_driver_trouble(error):
                self.engine.dispose()
                raise LedgerBusyError(_why(error)) from error
            raise

    @contextmanager
    def hot(self) -> Iterator[Hot]:
        """A read transaction with the driver's cursor."""
        with self.read() as connection:
            hot = Hot(connection)
            try:
                yield hot
            finally:
                hot.close()

    @contextmanager
    def snapshot(self) -> Iterator[Hot]:
        """A read transaction that sees one state throughout, on either database."""
        with self.engine.connect() as connection:
            if self.postgres:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                hot = Hot(connection)
                try:
                    yield hot
                finally:
                    hot.close()

    def empty_at(self, revision: str) -> None:
        """Makes the tables of a revision in a database that has none.  LedgerError where it has."""
        with self.write() as connection:
            if sa.inspect(connection).get_table_names():
                raise LedgerError(
                    f"{self.engine.url.render_as_string()} holds tables already: restore into an empty one"
                )
            _upgrade(connection, revision)

    def migrate(self) -> None:
        """Brings the tables up to this program; refuses those of a newer one."""
        if self._revision() == HEAD:
            return
        with self.write() as connection:
            # Under the writer lock: another process may have been faster.
            if self._revision(connection) != HEAD:
                _upgrade(connection)

    def _revision(self, connection: sa.Connection | None = None) -> str | None:
        if connection is None:
            with self.read() as opened:
                return self._revision(opened)
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found is not None and found not in KNOWN:
            raise NewerLedgerError(
                f"the ledger {self.engine.url.render_as_string()} has the schema {found!r}, "
                f"this program knows up to {HEAD!r}: a newer chiso wrote it; upgrade chiso to open it"
            )
        return None if found is None else str(found)

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL in WAL mode syncs every commit: an accepted batch survives the loss of power.
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -65536",
        "mmap_size = 1073741824",
        "wal_autocheckpoint = 8192",
        "journal_size_limit = 67108864",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(connection: sa.Connection, revision: str = "head") -> None:
    from alembic import command  # noqa: PLC0415 - slow to import and seldom needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _is_driver_trouble(error: BaseException) -> bool:
    """Whether an error of the driver itself (hot paths are not wrapped) says: locked, gone, out of reach."""
    return type(error).__name__ in {"OperationalError", "InterfaceError", "AdminShutdown"} or any(
        base.__name__ == "OperationalError" for base in type(error).__mro__
    )


def _why(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return f"the ledger's database is locked, full or cannot be reached: {str(cause).strip()}"
