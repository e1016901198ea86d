"""``chiso standby``: a second copy of a ledger that follows the first, and takes its place."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import FAILED, KEEPING, Data, Json, data_dir, family, wrong

if TYPE_CHECKING:
    from chiso.ledger.store import Ledger

standby_app = family("standby", "A second copy of a ledger that follows the first one.", KEEPING)


def _opened(folder: Path) -> Ledger:
    from chiso.folder.settings import Settings
    from chiso.ledger.store import Ledger

    return Ledger.open(folder, Settings.read(folder).database or None)


@standby_app.command(name="key")
def standby_key(*, data: Data = None, json: Json = False) -> int:
    """On the primary: a new key for its standby, shown once; the one before is good no longer."""
    from chiso.commands import output
    from chiso.commands.accounts import MACHINE
    from chiso.instants import utc_now
    from chiso.ledger import shipping
    from chiso.people.house import People

    with _opened(data_dir(data)) as ledger:
        key = shipping.new_key(ledger)
        People(ledger).audit.note(utc_now(), MACHINE, "standby_key_made")
    if json:
        output.print_json({"key": key})
    else:
        output.say("Shown once; keep it safe (CHISO_STANDBY_KEY of the standby):")
        sys.stdout.write(key + "\n")
    return 0


@standby_app.command(name="follow")
def standby_follow(
    primary: str,
    *,
    key: Annotated[str | None, Parameter(help="Of chiso standby key; else CHISO_STANDBY_KEY.")] = None,
    host: Annotated[str, Parameter(help="Address of its own /healthz and /metrics.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port of its own /healthz and /metrics.")] = 8780,
    data: Data = None,
) -> int:
    """On the standby: follow a primary until told to stop; goes on where it stood.

    The data folder holds the primary's secret.key, and is empty, a restored backup, or followed before.

    Parameters
    ----------
    primary
        Address of the primary's server: https://chiso.example.vn.
    """
    from chiso.commands import output
    from chiso.commands.following import Follower, watched
    from chiso.ledger.keys import FILE as SECRET
    from chiso.ledger.keys import given_secret
    from chiso.ledger.turn import Turn

    folder = data_dir(data)
    key = key or os.environ.get("CHISO_STANDBY_KEY")
    if not key:
        return wrong("standby follow takes the key of chiso standby key: --key or CHISO_STANDBY_KEY")
    if not primary.startswith(("http://", "https://")):
        return wrong(f"{primary!r} is no address: https://chiso.example.vn")
    if not (folder / SECRET).is_file() and given_secret() is None:
        return wrong(f"copy the primary's secret.key into {folder} first")
    stopping = threading.Event()
    with _opened(folder) as ledger:
        turn = Turn(ledger.database, folder)
        if not turn.mine():
            return wrong(f"{folder} is being served or followed already: stop that first")
        try:
            with closing(Follower(ledger, primary, key, stopping.wait)) as follower:
                follower.beat(wait=0)  # a wrong key, secret or journal is said at once
                for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    signal.signal(sign, lambda *_: stopping.set())
                server = watched(follower, host, port)
                output.say(f"following {primary}; http://{host}:{server.server_port}/healthz says how far")
                try:
                    follower.run()
                finally:
                    server.shutdown()
                    server.server_close()
                follower.remember()
                if follower.parted:
                    sys.stderr.write(f"chiso: {follower.trouble}\n")
                    return FAILED
        finally:
            turn.leave()
    return 0


@standby_app.command(name="state")
def standby_state(*, data: Data = None, json: Json = False) -> int:
    """On the standby: how far the copy goes."""
    from chiso.commands import output

    folder = data_dir(data)
    with _opened(folder) as ledger:
        told = _state(ledger)
    if told is None:
        return wrong(f"{folder} follows no primary")
    _show(told, as_json=json)
    if not json:
        output.say("It takes in nothing of its own until chiso standby promote.")
    return 0


@standby_app.command(name="promote")
def standby_promote(*, data: Data = None, json: Json = False) -> int:
    """On the standby: take the primary's place; says what is here and what may be missing."""
    from chiso.commands import output
    from chiso.commands.accounts import MACHINE
    from chiso.instants import utc_now
    from chiso.ledger.store import FOLLOWING
    from chiso.ledger.turn import Turn
    from chiso.people.house import People

    folder = data_dir(data)
    with _opened(folder) as ledger:
        told = _state(ledger)
        if told is None:
            return wrong(f"{folder} follows no primary: there is nothing to promote")
        turn = Turn(ledger.database, folder)
        if not turn.mine():
            return wrong(f"{folder} is still being followed: stop chiso standby follow first")
        ledger.meta.set(FOLLOWING, None)
        People(ledger).audit.note(
            utc_now(), MACHINE, "standby_promoted", told["primary"], journal=told["journal"]
        )
        turn.leave()
    _show(told, as_json=json)
    if not json:
        output.say("Promoted: chiso serve may serve it now.  Let the old primary come up no more.")
    return 0


def _state(ledger: Ledger) -> dict[str, Any] | None:
    from chiso.commands.following import note_of
    from chiso.instants import iso

    note = note_of(ledger)
    if note is None:
        return None
    journal = ledger.position().journal
    return {
        "primary": note.primary,
        "journal": journal,
        "primary_journal": note.head,
        "missing": max(0, note.head - journal),
        "contact_at": iso(note.contact_at) if note.contact_at else None,
        "tables_at": iso(note.tables_at) if note.tables_at else None,
    }


def _show(told: dict[str, Any], *, as_json: bool) -> None:
    from chiso.commands import output

    if as_json:
        output.print_json(told)
        return
    output.say(f"Primary {told['primary']}: here up to journal entry {told['journal']:,}.")
    if told["missing"]:
        first, last = told["journal"] + 1, told["primary_journal"]
        output.say(f"Known at the primary and missing here: entries {first:,} to {last:,}.")
    output.say(
        f"What the primary accepted after {told['contact_at']} is not known here: let senders send again "
        "what they sent since shortly before; what is here already counts once."
    )
    output.say(f"Quarantine, accounts, letters and the like are as of {told['tables_at']}.")
