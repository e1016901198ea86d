"""A backup restores to the same, on either database, or not at all."""

from __future__ import annotations

import shutil
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from chiso.intake.records import Arrival, PublishedFigure
from chiso.ledger import backup
from chiso.ledger.backup import BackupError
from chiso.ledger.database import Database, LedgerError
from chiso.ledger.keys import load_keys
from chiso.ledger.recount import differences
from chiso.ledger.schema import metadata
from chiso.ledger.store import Ledger
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from tests.ledger.crash_writer import batch
from tests.ledger.samples import T0
from tests.support.postgres import Postgres


def fill(ledger: Ledger, batches: int = 4) -> None:
    for number in range(1, batches + 1):
        ledger.accept(batch(number), T0)
    ledger.accept(
        [Arrival("published", [PublishedFigure("H01", "", "", "2026", T0, "total", "59.18")], b"[]")], T0
    )
    ledger.senders.add("một cửa", "H01", T0)
    people = People(ledger)
    people.accounts.add("an", "An", [Grant(Role.STAFF, "H01.113")], T0, "lúa vàng đồng xa")
    people.audit.note(T0, "an", "sign_in")


def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every table, switches as booleans and rows in order."""
    found = {}
    with database.read() as connection:
        for table in metadata.sorted_tables:
            rows = [tuple(row) for row in connection.execute(table.select())]
            found[table.name] = sorted(rows, key=repr)
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest) -> str | None:
    """Where the backup is restored: nowhere in particular, or an empty database of a server."""
    if request.param == "sqlite":
        return None
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.database()


def restored(source: Path, secret: Path, folder: Path, url: str | None) -> None:
    folder.mkdir()
    shutil.copy(secret, folder / "secret.key")
    database = Database(url or f"sqlite:///{folder / 'chiso.sqlite'}")
    try:
        backup.restore(database, load_keys(folder, make=False), folder, source)
    finally:
        database.close()


def test_everything_comes_back(
    address: tuple[Path, str | None], elsewhere: str | None, tmp_path: Path
) -> None:
    folder, _ = address
    with Ledger.open(*address) as ledger:
        fill(ledger)
        (folder / "calendar.csv").write_text("day,working\n2026-08-31,0\n")
        told = backup.write(ledger.database, ledger.keys, folder, tmp_path / "a.backup", T0)
        before, position = content(ledger.database), ledger.position()
    assert told.journal == position.journal
    assert {one.name: one.rows for one in told.tables}["journal"] == position.journal
    new = tmp_path / "new"
    restored(tmp_path / "a.backup", folder / "secret.key", new, elsewhere)
    with Ledger.open(new, elsewhere) as ledger:
        assert content(ledger.database) == before
        assert ledger.position() == position
        assert list(differences(ledger)) == []
        ledger.accept(batch(5), T0)
    assert (new / "calendar.csv").read_text() == "day,working\n2026-08-31,0\n"


def test_a_backup_is_of_one_instant_while_much_is_written(
    address: tuple[Path, str | None], tmp_path: Path
) -> None:
    folder, _ = address
    stopping = threading.Event()
    with Ledger.open(*address) as ledger:
        fill(ledger, 2)

        def write() -> None:
            number = 3
            while not stopping.is_set():
                ledger.accept(batch(number), T0)
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                backup.write(ledger.database, ledger.keys, folder, tmp_path / f"{number}.backup", T0)
        finally:
            stopping.set()
            writer.join()
    for number in range(3):
        new = tmp_path / f"new{number}"
        restored(tmp_path / f"{number}.backup", folder / "secret.key", new, None)
        with Ledger.open(new) as ledger:
            assert list(differences(ledger)) == []


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    """A backup and the secret it takes."""
    with Ledger.open(tmp_path / "data") as ledger:
        fill(ledger, 1)
        backup.write(ledger.database, ledger.keys, tmp_path / "data", tmp_path / "a.backup", T0)
    return tmp_path / "a.backup", tmp_path / "data" / "secret.key"


def test_a_damaged_backup_is_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    source, secret = made
    whole = source.read_bytes()
    with tarfile.open(source) as archive:
        journal = archive.getmember("tables/journal")
    middle = journal.offset_data + journal.size // 2
    for place, spoiled in enumerate(
        (
            whole[: len(whole) // 2],
            b"nothing of the kind",
            whole.replace(b'"rows": 3', b'"rows": 4', 1),
            whole.replace(b"tables/journal", b"tables/jxurnal", 1),
            whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        )
    ):
        assert spoiled != whole, place
        other = tmp_path / f"{place}.backup"
        other.write_bytes(spoiled)
        with pytest.raises(BackupError):
            restored(other, secret, tmp_path / f"new{place}", None)


def test_another_secret_and_a_ledger_in_use_are_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    source, secret = made
    (tmp_path / "other.key").write_text("x" * 40)
    with pytest.raises(BackupError, match="secret"):
        restored(source, tmp_path / "other.key", tmp_path / "new", None)
    restored(source, secret, tmp_path / "there", None)
    database = Database(f"sqlite:///{tmp_path / 'there' / 'chiso.sqlite'}")
    with pytest.raises(LedgerError, match="holds tables"):
        backup.restore(database, load_keys(tmp_path / "there", make=False), tmp_path / "there", source)
    database.close()


def test_a_backup_is_never_written_over(made: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = made
    before = source.read_bytes()
    with Ledger.open(tmp_path / "data") as ledger, pytest.raises(BackupError, match="exists"):
        backup.write(ledger.database, ledger.keys, tmp_path / "data", source, T0)
    assert source.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_backup_of_a_newer_program_is_refused(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "KNOWN", frozenset({"0001"}))
    with pytest.raises(BackupError, match="newer"):
        backup.read_manifest(made[0])
