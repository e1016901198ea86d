"""``chiso backup`` and ``chiso restore``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from chiso.commands.options import FAILED, Data, Json, data_dir, wrong


def backup(file: Path, *, data: Data = None, json: Json = False) -> int:
    """Write everything into one file, beside a running server; the secret stays apart.

    Parameters
    ----------
    file
        The file to write; one that exists is left alone.
    """
    from chiso.commands import output
    from chiso.folder.settings import Settings
    from chiso.instants import utc_now
    from chiso.ledger import backup as work
    from chiso.ledger.store import Ledger

    folder = data_dir(data)
    if not folder.is_dir():
        return wrong(f"no data folder {folder}")
    with Ledger.open(folder, Settings.read(folder).database or None) as ledger:
        manifest = work.write(
            ledger.database,
            ledger.keys,
            folder,
            file,
            utc_now(),
            lambda name, rows: output.say(f"{name}: {rows:,}"),
        )
    if json:
        output.print_json(manifest)
    else:
        size = file.stat().st_size
        output.say(f"{file}: {size:,} bytes, up to journal entry {manifest.journal:,}.")
        output.say(f"Keep {folder / 'secret.key'} too, apart from it: restoring takes both.")
    return 0


def restore(
    file: Path,
    *,
    secret: Annotated[
        Path | None,
        Parameter(help="The secret.key of the folder backed up; else CHISO_SECRET or CHISO_SECRET_FILE."),
    ] = None,
    verify: Annotated[
        bool, Parameter(negative="", help="Then make everything anew from the journal and compare.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """Fill an empty data folder from a backup, into SQLite or the PostgreSQL of CHISO_DATABASE.

    Parameters
    ----------
    file
        What chiso backup wrote.
    """
    from chiso.commands import output, recounting
    from chiso.folder.settings import Settings
    from chiso.ledger import backup as work
    from chiso.ledger.database import Database
    from chiso.ledger.keys import FILE as SECRET
    from chiso.ledger.keys import load_keys
    from chiso.ledger.store import FILE as SQLITE

    folder = data_dir(data)
    if not file.is_file():
        return wrong(f"no such file: {file}")
    work.read_manifest(file)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / SQLITE).exists():
        return wrong(f"{folder} holds a ledger already: restore into an empty folder")
    if secret is not None:
        if not secret.is_file():
            return wrong(f"no such file: {secret}")
        if not (folder / SECRET).exists():
            shutil.copy(secret, folder / SECRET)
            (folder / SECRET).chmod(0o600)
    keys = load_keys(folder, make=False)
    settings = Settings.read(folder)
    database = Database(settings.database or f"sqlite:///{folder / SQLITE}")
    try:
        manifest = work.restore(
            database, keys, folder, file, lambda name, rows: output.say(f"{name}: {rows:,}")
        )
    except work.BackupError:
        if not settings.database:
            for path in folder.glob(f"{SQLITE}*"):
                path.unlink()
        raise
    finally:
        database.close()
    agrees = True
    if verify:
        found = recounting.recount(folder, deep=True, say=output.say)
        agrees = found.agrees
        for line in found.lines():
            output.say(line)
    if json:
        output.print_json(manifest)
    else:
        output.say(f"{folder}: restored up to journal entry {manifest.journal:,}.")
    return 0 if agrees else FAILED
