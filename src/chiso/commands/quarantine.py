"""``chiso quarantine``: what was refused, and what becomes of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import FAILED, KEEPING, Data, Json, data_dir, family, opened, wrong

if TYPE_CHECKING:
    from chiso.ledger.store import Ledger

quarantine_app = family("quarantine", "Input that was refused: list it, correct it, release it.", KEEPING)


def _note(ledger: Ledger, what: str, number: int, **detail: Any) -> None:
    from chiso.commands.accounts import MACHINE
    from chiso.instants import utc_now
    from chiso.people.audit import Audit

    Audit(ledger.database).note(utc_now(), MACHINE, what, str(number), **detail)


@quarantine_app.command(name="list")
def quarantine_list(
    *,
    state: Annotated[str, Parameter(help="open, corrected, released, dismissed or all.")] = "open",
    limit: int = 50,
    data: Data = None,
    json: Json = False,
) -> int:
    """What was refused, newest first, with its place and reason."""
    from chiso.commands import output
    from chiso.ledger.quarantine import STATES

    if state not in (*STATES, "all"):
        raise SystemExit(wrong(f"no state {state!r}; there are {', '.join(STATES)} and all"))
    with opened(data) as folder:
        body = folder.quarantine(limit, 0, state)
    if json:
        output.print_json(body)
        return 0
    rows = [(r["id"], r["place"], r["code"], r["field"], r["value"], r["message_en"]) for r in body["rows"]]
    output.table(f"{body['total']} refused", ("No", "Place", "Code", "Field", "Value", "Why"), rows, {0})
    return 0


@quarantine_app.command(name="show")
def quarantine_show(number: int, *, data: Data = None) -> int:
    """The refused piece itself, for administrators of the folder.

    Parameters
    ----------
    number
        Its number in the list.
    """
    with opened(data) as folder:
        piece = folder.ledger.quarantine.raw(number)
        _note(folder.ledger, "refused_piece_seen", number)
    sys.stdout.buffer.write(piece)
    return 0


@quarantine_app.command(name="release")
def quarantine_release(
    number: int,
    file: Annotated[
        Path | None, Parameter(help="The corrected piece; without it the piece is tried as it is.")
    ] = None,
    *,
    data: Data = None,
    json: Json = False,
) -> int:
    """Take a refused piece in again, corrected or as it is.

    Parameters
    ----------
    number
        Its number in the list.
    """
    from chiso.commands import loading, output

    if file is not None and not file.is_file():
        raise SystemExit(wrong(f"no such file: {file}"))
    with loading.opened(data_dir(data)) as target:
        outcome = target.release(number, file.read_bytes() if file else None)
        _note(target.ledger, "refused_piece_released", number, corrected=file is not None)
    if json:
        output.print_json(outcome.as_json())
    else:
        output.table("", ("", "Records"), list(outcome.counts.items()), {1})
        for _, one in outcome.refusals:
            output.say(f"still refused: {one.place} {one.field}: {one.message_en}")
    return FAILED if outcome.counts["refused"] else 0


@quarantine_app.command(name="dismiss")
def quarantine_dismiss(number: int, *, data: Data = None) -> int:
    """Put a refused piece aside for good; it is kept, and listed as dismissed.

    Parameters
    ----------
    number
        Its number in the list.
    """
    with opened(data) as folder:
        folder.ledger.quarantine.dismiss(number, folder.now())
        _note(folder.ledger, "refused_piece_dismissed", number)
    return 0
