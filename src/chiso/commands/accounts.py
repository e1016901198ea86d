"""Accounts and the record of what was done, from the machine itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import FAILED, KEEPING, RUNNING, Data, Json, family, instant, opened, wrong

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.people.audit import Wanted
    from chiso.people.rights import Grant

account_app = family("account", "People who may sign in.", RUNNING)
audit_app = family("audit", "The record of who did what.", KEEPING)

RoleOption = Annotated[
    list[str] | None,
    Parameter(
        name="--role",
        negative="",
        help="leader, controller, staff, auditor, administrator; ROLE@UNIT for another unit.",
    ),
]
MACHINE = "!"
"""Who did it, where it was done by a command on the machine."""


def grants_of(folder: DataFolder, roles: list[str], unit: str) -> list[Grant]:
    """Roles as they are typed, each for its unit.  SystemExit with the status of wrong use."""
    from chiso.people.rights import Grant, Role

    grants = []
    for word, _, code in (one.partition("@") for one in roles):
        if word not in list(Role):
            raise SystemExit(wrong(f"no role {word!r}; there are {', '.join(Role)}"))
        found = folder.registry.units.find(code or unit)
        if found is None:
            raise SystemExit(wrong(f"no unit has the code {code or unit!r}"))
        grants.append(Grant(Role(word), found.code))
    return grants


def _told(grants: Iterable[Grant]) -> list[str]:
    return [f"{one.role}@{one.unit}" for one in grants]


@account_app.command(name="add")
def account_add(
    login: str,
    *,
    role: RoleOption = None,
    unit: Annotated[str, Parameter(help="The unit of the roles.")] = "H01",
    name: Annotated[str, Parameter(help="The person's name.")] = "",
    mail: Annotated[str, Parameter(help="Where the person is told of changes to their sign-in.")] = "",
    password: Annotated[
        bool, Parameter(negative="", help="Read the password from standard input; else one is made.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """Make an account.  From the first one on everybody must sign in.

    For example: chiso account add an.nguyen --role staff --unit H01.113

    Parameters
    ----------
    login
        What the person signs in with.
    """
    from chiso.commands import output
    from chiso.instants import utc_now
    from chiso.people.house import People

    with opened(data) as folder:
        people = People(folder.ledger)
        given = sys.stdin.readline().rstrip("\n") if password else None
        grants = grants_of(folder, role or [], unit)
        made, secret = people.accounts.add(login, name, grants, utc_now(), given, mail)
        body: dict[str, Any] = {"login": made.login, "name": made.name, "roles": _told(made.grants)}
        people.audit.note(utc_now(), MACHINE, "account_added", made.login, roles=body["roles"])
    if given is None:
        body["password"] = secret
    if json:
        output.print_json(body)
    else:
        title = "The password is shown once" if given is None else "The account is made"
        output.table(title, ("", ""), list(body.items()), set())
    return 0


@account_app.command(name="list")
def account_list(*, data: Data = None, json: Json = False) -> int:
    """The accounts, their roles, and when each was last seen."""
    from chiso.commands import output
    from chiso.instants import iso
    from chiso.people.house import People

    with opened(data) as folder:
        rows: list[dict[str, Any]] = [
            {
                "login": one.login,
                "name": one.name,
                "roles": _told(one.grants),
                "active": one.active,
                "second_factor": one.two_factor,
                "last_seen": iso(one.last_seen_at),
            }
            for one in People(folder.ledger).accounts.list()
        ]
    if json:
        output.print_json(rows)
    else:
        shown = [
            (row["login"], row["name"], " ".join(row["roles"]), row["active"],
             row["second_factor"], row["last_seen"])
            for row in rows
        ]  # fmt: skip
        output.table("", ("Login", "Name", "Roles", "Active", "Second factor", "Last seen"), shown, set())
    return 0


@account_app.command(name="change")
def account_change(
    login: str,
    *,
    role: RoleOption = None,
    unit: Annotated[str, Parameter(help="The unit of the roles.")] = "H01",
    name: Annotated[str | None, Parameter(help="The person's name.")] = None,
    mail: Annotated[
        str | None, Parameter(help="Where the person is told of changes to their sign-in; empty: nowhere.")
    ] = None,
    active: Annotated[
        bool | None, Parameter(help="Switch the account on or off; off ends its sessions.")
    ] = None,
    new_password: Annotated[
        bool, Parameter(negative="", help="Make a new password, shown once and to be changed at once.")
    ] = False,
    no_second_factor: Annotated[
        bool, Parameter(negative="", help="Take the second factor off, as after a lost phone.")
    ] = False,
    data: Data = None,
) -> int:
    """Change an account: its roles (all of them anew), name, password, or whether it may sign in.

    Parameters
    ----------
    login
        What the person signs in with.
    """
    import secrets

    from chiso.commands import output
    from chiso.instants import utc_now
    from chiso.people.house import People

    with opened(data) as folder:
        people = People(folder.ledger)
        grants = None if role is None else grants_of(folder, role, unit)
        login = people.accounts.by_login(login).login
        done: dict[str, Any] = {}
        try:
            if mail is not None:  # first: it is what may be refused
                people.accounts.set_mail(login, mail)
                done["mail"] = True
            people.accounts.change(login, name=name, active=active, grants=grants)
            done |= {"roles": role, "active": active}
            if new_password:
                made = secrets.token_urlsafe(15)
                people.accounts.set_password(login, made, must_change=True)
                done["new_password"] = True
                output.say(f"new password of {login}, shown once: {made}")
            if no_second_factor:
                people.accounts.drop_second_factor(login, sessions=True)
                done["no_second_factor"] = True
        finally:  # whatever was done is in the record, also where what comes after it breaks
            if done:
                people.audit.note(utc_now(), MACHINE, "account_changed", login, **done)
    return 0


@audit_app.command(name="verify")
def audit_verify(*, data: Data = None) -> int:
    """Check the chain of the record: nothing taken away, changed or put in between."""
    from chiso.commands import output
    from chiso.people.house import People

    with opened(data) as folder:
        audit = People(folder.ledger).audit
        broken = audit.broken()
        last = audit.entries(newest_first=True, limit=1)
    if broken is not None:
        output.say(f"the chain is broken at entry {broken}")
        return FAILED
    if last:
        output.say(f"{last[0].number} entries, the chain is whole; its newest hash is {last[0].hash.hex()}")
    else:
        output.say("no entries yet")
    return 0


def _wanted(who: str, what: str, about: str, since: str | None, until: str | None) -> Wanted:
    from chiso.people.audit import Wanted

    return Wanted(who, what, about, instant(since), instant(until))


Who = Annotated[str, Parameter(help="A login; ! for commands on the machine, - where nobody had signed in.")]
What = Annotated[str, Parameter(help="A word such as sign_in, dossiers_seen, account_changed.")]
About = Annotated[str, Parameter(help="A unit, dossier, account or setting, with what lies below it.")]
Since = Annotated[str | None, Parameter(help="From this instant on (ISO 8601).")]
Until = Annotated[str | None, Parameter(help="Before this instant (ISO 8601).")]


@audit_app.command(name="list")
def audit_list(
    *,
    who: Who = "",
    what: What = "",
    about: About = "",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, Parameter(help="How many, the newest first.")] = 50,
    data: Data = None,
    json: Json = False,
) -> int:
    """What was done, by whom, newest first."""
    from chiso.commands import output
    from chiso.insight.exports.trail import entry_json
    from chiso.people.house import People

    wanted = _wanted(who, what, about, since, until)
    with opened(data) as folder:
        found = People(folder.ledger).audit.entries(newest_first=True, limit=limit, wanted=wanted)
    rows = [entry_json(one) for one in found]
    if json:
        output.print_json(rows)
    else:
        shown = [(row["number"], row["at"], row["who"], row["what"], row["about"]) for row in rows]
        output.table("", ("No", "At", "Who", "What", "About"), shown, {0})
    return 0


@audit_app.command(name="export")
def audit_export(
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"), help="The file: .csv or .jsonl.")],
    who: Who = "",
    what: What = "",
    about: About = "",
    since: Since = None,
    until: Until = None,
    data: Data = None,
) -> int:
    """Write the record into a file: CSV for a spreadsheet, or JSON lines with the chain's hashes."""
    from chiso.commands.output import say
    from chiso.insight.exports.trail import csv_lines, json_lines
    from chiso.instants import utc_now
    from chiso.people.house import People

    if output.suffix not in (".csv", ".jsonl"):
        return wrong("the record is written as .csv or .jsonl")
    wanted = _wanted(who, what, about, since, until)
    count = 0
    with opened(data) as folder, output.open("w", encoding="utf-8", newline="") as file:
        audit = People(folder.ledger).audit
        for line in (csv_lines if output.suffix == ".csv" else json_lines)(audit.walk(wanted)):
            file.write(line)
            count += 1
        audit.note(utc_now(), MACHINE, "audit_exported", output.name)
    say(f"{count - (output.suffix == '.csv')} entries in {output}")
    return 0
