"""The systems that may send: who they are, what they may send, and their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from chiso.commands.accounts import MACHINE
from chiso.commands.options import RUNNING, Data, Json, family, instant, opened, wrong

if TYPE_CHECKING:
    from chiso.folder import DataFolder

sender_app = family("sender", "Systems that may send messages.", RUNNING)

Kinds = Annotated[
    list[str] | None,
    Parameter(name="--kind", negative="", help="A kind of records that it may send; else all. Repeatable."),
]
Only = Annotated[
    list[str] | None,
    Parameter(name="--only", negative="", help="A unit that it may speak of; else all. Repeatable."),
]
Expires = Annotated[str | None, Parameter(help="The key holds until this instant; else for good.")]


def _unit(folder: DataFolder, code: str) -> str:
    found = folder.registry.units.find(code)
    if found is None:
        raise SystemExit(wrong(f"no unit has the code {code!r}"))
    return found.code


def _kinds(kinds: list[str] | None) -> list[str]:
    from chiso.ledger.senders import KINDS

    for one in kinds or []:
        if one not in KINDS:
            raise SystemExit(wrong(f"nothing of the kind {one!r} can be sent; there are {', '.join(KINDS)}"))
    return kinds or []


@sender_app.command(name="add")
def sender_add(
    name: str,
    *,
    unit: Annotated[str, Parameter(help="The unit it sends for.")],
    kind: Kinds = None,
    only: Only = None,
    expires: Expires = None,
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
    from chiso.people.house import People

    with opened(data) as folder:
        made = People(folder.ledger).senders.add(
            MACHINE,
            name,
            _unit(folder, unit),
            folder.now(),
            kinds=_kinds(kind),
            units=[_unit(folder, one) for one in only or []],
            expires_at=instant(expires),
        )
    body = {"name": name, "unit": made.unit, "user": made.user, "password": made.password, "key": made.key}
    if json:
        output.print_json(body)
    else:
        output.table("Shown once; keep it safe", ("", ""), list(body.items()), set())
    return 0


@sender_app.command(name="list")
def sender_list(*, data: Data = None, json: Json = False) -> int:
    """The senders, what they may send, their keys, and when each was last heard of."""
    from chiso.commands import output
    from chiso.people.desk import told
    from chiso.people.house import People

    with opened(data) as folder:
        rows = [told(one, keys) for one, keys in People(folder.ledger).senders.list()]
    if json:
        output.print_json(rows)
        return 0
    shown = [
        (
            row["name"], row["unit"], " ".join(row["units"]), " ".join(row["kinds"]), row["active"],
            row["last_used"], _living(row["keys"]),
        )
        for row in rows
    ]  # fmt: skip
    output.table("", ("Name", "Unit", "Only", "Kinds", "Active", "Last used", "Live keys"), shown, set())
    return 0


def _living(keys: list[dict[str, Any]]) -> str:
    return ", ".join(
        f"{one['id']}" + (f" until {one['expires']}" if one["expires"] else "")
        for one in keys
        if one["state"] == "live"
    )


@sender_app.command(name="change")
def sender_change(
    name: str,
    *,
    active: Annotated[
        bool | None, Parameter(help="Switch the sender on or off; off ends its sessions.")
    ] = None,
    kind: Kinds = None,
    only: Only = None,
    anything: Annotated[
        bool, Parameter(negative="", help="Take the limits to kinds and units off first.")
    ] = False,
    new_password: Annotated[
        bool, Parameter(negative="", help="Make a new password for the national session, shown once.")
    ] = False,
    data: Data = None,
) -> int:
    """Change a sender: what it may send, its password, or whether it may send at all.

    Parameters
    ----------
    name
        The sender.
    """
    from chiso.commands import output
    from chiso.people.house import People

    with opened(data) as folder:
        _, made = People(folder.ledger).senders.change(
            MACHINE,
            name,
            active=active,
            kinds=_kinds(kind) if kind or anything else None,
            units=[_unit(folder, one) for one in only or []] if only or anything else None,
            new_password=new_password,
        )
    if made is not None:
        output.say(f"new password of {name}, shown once: {made}")
    return 0


@sender_app.command(name="rotate")
def sender_rotate(
    name: str,
    *,
    overlap: Annotated[float, Parameter(help="Days for which the old key holds beside the new one.")] = 7,
    expires: Expires = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Give a sender a new key, shown once.

    Parameters
    ----------
    name
        The sender.
    """
    from chiso.commands import output
    from chiso.instants import DAY
    from chiso.people.house import People

    with opened(data) as folder:
        made, key = People(folder.ledger).senders.rotate(
            MACHINE, name, overlap=int(overlap * DAY), expires_at=instant(expires)
        )
    body = {"name": name, "id": made.id, "key": key}
    if json:
        output.print_json(body)
    else:
        output.table("Shown once; keep it safe", ("", ""), list(body.items()), set())
    return 0


@sender_app.command(name="revoke")
def sender_revoke(name: str, number: int, *, data: Data = None) -> int:
    """End a key at once, as after it was lost.

    Parameters
    ----------
    name
        The sender.
    number
        The key, as `chiso sender list` tells it.
    """
    from chiso.people.house import People

    with opened(data) as folder:
        People(folder.ledger).senders.revoke(MACHINE, name, number)
    return 0
