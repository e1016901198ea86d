"""The systems that may send: who they are, and their keys."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from chiso.commands.options import Data, Json, opened, wrong

sender_app = App(name="sender", help="Systems that may send messages.")


@sender_app.command(name="add")
def sender_add(
    name: str,
    *,
    unit: Annotated[str, Parameter(help="The unit it sends for.")],
    data: Data = None,
    json: Json = False,
) -> int:
    """Make a sender: its user, password and key are shown once.

    Parameters
    ----------
    name
        A name to know it by.
    """
    from chiso.commands import output

    with opened(data) as folder:
        found = folder.registry.units.find(unit)
        if found is None:
            raise SystemExit(wrong(f"no unit has the code {unit!r}"))
        made = folder.ledger.senders.add(name, found.code, folder.now())
    body = {"name": name, "unit": found.code, "user": made.user, "password": made.password, "key": made.key}
    if json:
        output.print_json(body)
    else:
        output.table("Shown once; keep it safe", ("", ""), list(body.items()), set())
    return 0


@sender_app.command(name="list")
def sender_list(*, data: Data = None, json: Json = False) -> int:
    """The senders, and when each was last heard of."""
    from chiso.commands import output
    from chiso.instants import iso

    with opened(data) as folder:
        rows = [
            {"name": one.name, "unit": one.unit, "active": one.active, "last_used": iso(one.last_used_at)}
            for one in folder.ledger.senders.list()
        ]
    if json:
        output.print_json(rows)
    else:
        output.table(
            "", ("Name", "Unit", "Active", "Last used"), [tuple(row.values()) for row in rows], set()
        )
    return 0
