from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from chiso.ledger import database as module
from chiso.ledger.database import Database, LedgerBusyError, LedgerError, NewerLedgerError
from chiso.ledger.schema import HEAD, KNOWN, metadata
from chiso.ledger.store import Ledger
from tests.ledger.samples import T0, arrive, dossier
from tests.support.postgres import Postgres


def test_the_migrations_make_the_tables_of_the_program(ledger: Ledger) -> None:
    with ledger.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_program_knows_its_own_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert {one.revision for one in scripts.walk_revisions()} == KNOWN


def test_a_newer_schema_is_refused(address: tuple[Path, str | None]) -> None:
    with Ledger.open(*address) as ledger, ledger.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerLedgerError, match=r"'9999'.*upgrade chiso"):
        Ledger.open(*address)


def test_opening_again_keeps_everything(address: tuple[Path, str | None]) -> None:
    with Ledger.open(*address) as ledger:
        ledger.accept([arrive(dossier())], T0)
        position = ledger.position()
    with Ledger.open(*address) as ledger:
        assert ledger.position() == position
        assert ledger.facts([1])[1].message == dossier()


def test_several_that_open_an_empty_folder_at_once_agree(address: tuple[Path, str | None]) -> None:
    opened: list[Ledger] = []
    threads = [
        threading.Thread(target=lambda: opened.append(Ledger.open(*address, patience=60))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ledger.keys.fingerprint for ledger in opened}) == 1
    assert len(opened) == 4
    for ledger in opened:
        ledger.close()


def test_sqlite_syncs_every_commit(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger, ledger.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_write_that_fails_leaves_nothing(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.database.write() as connection:
            connection.execute(sa.text("INSERT INTO meta (key, value) VALUES ('a', 'b')"))
            raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="mind"):
        fail()
    assert ledger.meta.get("a") is None


def test_only_known_databases_are_opened(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="SQLite and PostgreSQL"):
        Database("mysql://localhost/x")
    with pytest.raises(LedgerError, match="memory"):
        Database("sqlite://")


def test_a_server_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(LedgerBusyError, match="cannot be reached"):
        Ledger.open(tmp_path, "postgresql://chiso:secret-word@127.0.0.1:1/none", patience=1)


@pytest.mark.postgres
def test_a_plain_postgresql_address_will_do(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.database().replace("+psycopg", "")
    with Ledger.open(tmp_path, url) as ledger:
        assert ledger.database.postgres
        ledger.accept([arrive(*(dossier(f"H01.1-{n}") for n in range(50)))], T0)
        assert ledger.position().version == 50
