"""Backup and restore: all tables as of one instant in one file, for SQLite and PostgreSQL alike.

A backup is a tar file: ``tables/NAME`` (rows as msgpack, zstd), the settings and days off of the folder, and
last ``manifest.json`` with the schema's revision, the position, and the SHA-256 and row count of every table.
It is taken in one read transaction, beside a running server.  The secret is not in it: refused pieces stay
sealed, and restoring takes the secret that the folder was made with.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import sqlalchemy as sa

from chiso.ledger.database import Database, Hot, LedgerError
from chiso.ledger.keys import Keys
from chiso.ledger.schema import KNOWN, metadata

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMAT: Final = 1
BESIDE: Final = ("chiso.toml", "calendar.csv")
"""Files of the folder that belong to its state; the secret stays apart."""
AT_ONCE: Final = 2_000
LEVEL: Final = 3
_LENGTH: Final = 4

Progress = Callable[[str, int], None]


class BackupError(LedgerError):
    """A backup that cannot be written or restored; says what is wrong and what was left as it was."""


class Table(msgspec.Struct, frozen=True):
    """A table in a backup."""

    name: str
    columns: list[str]
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    format: int
    revision: str
    made_at: int
    journal: int
    fingerprint: str
    """of the secret that the folder was made with"""
    tables: list[Table]
    files: dict[str, str]
    """name → SHA-256"""


class _Measured:
    """Counts and hashes what is written."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target, self.hash = target, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self.target.write(data)


def _columns(table: sa.Table) -> list[str]:
    return [str(column.name) for column in table.columns]


def dumped(hot: Hot, table: sa.Table, target: IO[bytes]) -> Table:
    """Writes the rows of a table, in the order of its key.  Gives what was written."""
    columns = _columns(table)
    keys = [column.name for column in table.primary_key] or columns
    named = ", ".join(f'"{name}"' for name in columns)
    order = ", ".join(f'"{name}"' for name in keys)
    measured, rows = _Measured(target), 0
    compressor = zstd.ZstdCompressor(LEVEL)
    encode = msgspec.msgpack.encode
    for part in hot.chunks(f'SELECT {named} FROM "{table.name}" ORDER BY {order}', (), AT_ONCE):  # noqa: S608
        packed = encode([[bytes(one) if isinstance(one, memoryview) else one for one in row] for row in part])
        measured.write(compressor.compress(len(packed).to_bytes(_LENGTH, "little") + packed))
        rows += len(part)
    measured.write(compressor.flush())
    return Table(str(table.name), columns, rows, measured.hash.hexdigest())


def _added(archive: tarfile.TarFile, name: str, size: int, content: IO[bytes], at: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, at, 0o600
    archive.addfile(entry, content)


def write(
    database: Database, keys: Keys, folder: Path, target: Path, now: int, progress: Progress | None = None
) -> Manifest:
    """Writes a backup of everything as of one instant.  The file appears whole or not at all.

    ``now``: seconds since 1970, told in the manifest.
    """
    if target.exists():
        raise BackupError(f"{target} exists already: a backup is never written over")
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            manifest = _write(database, keys, folder, file, now, progress)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).rename(target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return manifest


def _write(
    database: Database, keys: Keys, folder: Path, file: IO[bytes], now: int, progress: Progress | None
) -> Manifest:
    tables: list[Table] = []
    files: dict[str, str] = {}
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        with database.snapshot() as hot:
            ((revision,),) = hot.all("SELECT version_num FROM alembic_version")
            ((journal,),) = hot.all("SELECT coalesce(max(seq), 0) FROM journal")
            for table in metadata.sorted_tables:
                with tempfile.TemporaryFile() as spool:
                    told = dumped(hot, table, spool)
                    size = spool.tell()
                    spool.seek(0)
                    _added(archive, f"tables/{table.name}", size, spool, now)
                tables.append(told)
                if progress is not None:
                    progress(table.name, told.rows)
        for name in BESIDE:
            path = folder / name
            if path.is_file():
                content = path.read_bytes()
                files[name] = hashlib.sha256(content).hexdigest()
                _added(archive, f"files/{name}", len(content), io.BytesIO(content), now)
        manifest = Manifest(FORMAT, revision, now, int(journal), keys.fingerprint, tables, files)
        told_of = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        _added(archive, "manifest.json", len(told_of), io.BytesIO(told_of), now)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What a backup says it holds.  BackupError where it is none, or of a newer program."""
    try:
        with tarfile.open(source, "r:") as archive:
            found = archive.extractfile("manifest.json")
            assert found is not None
            manifest = msgspec.json.decode(found.read(), type=Manifest)
    except (tarfile.TarError, KeyError, OSError, msgspec.DecodeError, AssertionError) as error:
        raise BackupError(f"{source} is no whole backup of chiso: {error}") from error
    if manifest.format != FORMAT or manifest.revision not in KNOWN:
        raise BackupError(
            f"{source} was made by a newer chiso (format {manifest.format}, schema {manifest.revision}): "
            "restore it with that one"
        )
    return manifest


def restore(
    database: Database, keys: Keys, folder: Path, source: Path, progress: Progress | None = None
) -> Manifest:
    """Fills an empty database from a backup, and the folder's files.  All of it or nothing.

    Every table is checked against its hash while it is read.
    """
    manifest = read_manifest(source)
    if manifest.fingerprint != keys.fingerprint:
        raise BackupError(
            "the secret here is not the one the backup was made with: put its secret.key into the "
            "folder, or set CHISO_SECRET or CHISO_SECRET_FILE"
        )
    database.empty_at(manifest.revision)
    told = {one.name: one for one in manifest.tables}
    with tarfile.open(source, "r:") as archive:
        with database.write() as connection:
            hot = Hot(connection)
            try:
                for table in metadata.sorted_tables:
                    one = told.get(table.name)
                    if one is None:
                        continue  # a table that came later
                    try:
                        member = archive.extractfile(f"tables/{one.name}")
                    except KeyError:
                        member = None
                    if member is None:
                        raise BackupError(f"{source}: the table {one.name} is missing")
                    hot.run(f'DELETE FROM "{one.name}"')  # noqa: S608 - own names only
                    rows = put(hot, table, one, read_rows(member, one, str(source)))
                    if rows != one.rows:
                        raise BackupError(f"{source}: {one.name} holds {rows} rows, {one.rows} were written")
                    if progress is not None:
                        progress(one.name, rows)
            finally:
                hot.close()
        for name, digest in manifest.files.items():
            member = archive.extractfile(f"files/{name}") if name in BESIDE else None
            content = member.read() if member is not None else b""
            if hashlib.sha256(content).hexdigest() != digest:
                raise BackupError(f"{source}: {name} is damaged")
            (folder / name).write_bytes(content)
    database.migrate()
    return manifest


def put(hot: Hot, table: sa.Table, told: Table, parts: Iterable[list[list[Any]]]) -> int:
    """Inserts the rows of a table that was written.  Gives how many."""
    rows = 0
    switches = [
        place for place, name in enumerate(told.columns) if isinstance(table.columns[name].type, sa.Boolean)
    ]
    for part in parts:
        for row in part:
            for place in switches:  # SQLite keeps them as 0 and 1
                row[place] = None if row[place] is None else bool(row[place])
        hot.insert(told.name, told.columns, part)
        rows += len(part)
    return rows


def read_rows(member: IO[bytes], table: Table, source: str) -> Iterator[list[list[Any]]]:
    """The rows of a table in pieces.  Raises at its end where the bytes are not those written.

    ``source`` is named in errors.
    """
    digest = hashlib.sha256()
    decompressor = zstd.ZstdDecompressor()
    held = bytearray()
    try:
        for block in _blocks(member):
            digest.update(block)
            held += decompressor.decompress(block)
            while len(held) >= _LENGTH:
                size = int.from_bytes(held[:_LENGTH], "little")
                if len(held) < _LENGTH + size:
                    break
                yield msgspec.msgpack.decode(bytes(held[_LENGTH : _LENGTH + size]))
                del held[: _LENGTH + size]
    except (zstd.ZstdError, EOFError, msgspec.DecodeError) as error:
        raise BackupError(f"{source}: the table {table.name} is damaged: {error}") from error
    if held or digest.hexdigest() != table.sha256:
        raise BackupError(f"{source}: the table {table.name} is damaged")


def _blocks(member: IO[bytes]) -> Iterable[bytes]:
    return iter(lambda: member.read(1 << 20), b"")
