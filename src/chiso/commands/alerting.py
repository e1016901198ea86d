"""``chiso alerts``: how alerts stand, whom they are told, their rules."""

from __future__ import annotations

import sys
from typing import Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import DIRECTING, FAILED, Data, Json, family, opened

alerts_app = family("alerts", "Alerts: how they stand, their rules, whom they are told.", DIRECTING)


@alerts_app.command(name="list")
def alerts_list(
    *,
    everything: Annotated[bool, Parameter(name="--all", negative="", help="Also what is normal.")] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """How every rule stands with its subjects, as looked at last, and what was told lately."""
    from chiso.commands import output
    from chiso.steering.alerts.answers import alerts

    with opened(data) as folder:
        body = alerts(folder, everything=everything)
    if json:
        output.print_json(body)
        return 0
    rows = [
        (row["state"], row["unit_name"], row["name"], row["value"] or "–", row["threshold"], row["since"])
        for row in body["rows"]
    ]
    headings = ("Trạng thái", "Đối tượng", "Quy tắc", "Đo được", "Ngưỡng", "Từ lúc")
    output.table(f"Xem lúc {body['at'] or '–'}", headings, rows, {3, 4})
    if body["problem"]:
        output.say(body["problem"])
    return 0


@alerts_app.command(name="check")
def alerts_check(
    *,
    dry_run: Annotated[bool, Parameter(negative="", help="Only say what would be; write nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """Look at all rules once, and tell what is due.  A running server does the same every minute."""
    from chiso.commands import output
    from chiso.steering.alerts.answers import looked
    from chiso.steering.alerts.round import look
    from chiso.steering.alerts.sending import deliver

    with opened(data) as folder:
        found = look(folder, keep=not dry_run)
        body: dict[str, Any] = looked(folder, found)
        body["messages"] = 0 if dry_run else deliver(folder)
    if json:
        output.print_json(body)
    else:
        rows = [
            (row["state"], row["subject"], row["rule"], row["value"] or "–", row["event"] or "")
            for row in body["rows"]
        ]
        headings = ("Trạng thái", "Đối tượng", "Quy tắc", "Đo được", "Mới")
        output.table(f"{body['at']} · {body['messages']} tin đã gửi", headings, rows, {3})
    return 0


@alerts_app.command(name="test")
def alerts_test(contact: int, *, data: Data = None, json: Json = False) -> int:
    """Send a test message to one contact, now.

    Parameters
    ----------
    contact
        Its number among the contacts.
    """
    from chiso.commands import output
    from chiso.steering.alerts.sending import deliver
    from chiso.steering.alerts.service import outcome, try_contact

    with opened(data) as folder:
        number = try_contact(folder, contact)
        deliver(folder)
        state, error = outcome(folder, number)
    if json:
        output.print_json({"contact": contact, "state": state, "error": error})
    else:
        output.say(f"{state}{': ' if error else ''}{error}")
    return 0 if state == "sent" else FAILED


@alerts_app.command(name="rules")
def alerts_rules(*, data: Data = None, json: Json = False) -> int:
    """The rules, also those that are switched off."""
    from chiso.commands import output
    from chiso.steering.alerts.answers import rule_row
    from chiso.steering.alerts.rules import rules

    with opened(data) as folder:
        rows = [rule_row(one) for one in rules(folder)]
    if json:
        output.print_json(rows)
        return 0
    told = [
        (
            row["id"], row["name"], row["what"],
            f"{'<' if row['side'] == 'below' else '>'} {row['threshold']}",
            row["clear"], row["hold"], row["recover"], row["weight"], "" if row["active"] else "tắt",
        )
        for row in rows
    ]  # fmt: skip
    headings = ("Mã", "Tên", "Theo dõi", "Ngưỡng", "Yên từ", "Chờ", "Hồi phục", "Mức", "")
    output.table("", headings, told, {3, 4, 5, 6})
    return 0


@alerts_app.command(name="rule")
def alerts_rule(
    rule: str,
    *,
    threshold: Annotated[str | None, Parameter(help="A new threshold.")] = None,
    clear: Annotated[str | None, Parameter(help="Right again only from here on.")] = None,
    hold: Annotated[int | None, Parameter(help="Minutes that it must be wrong first.")] = None,
    recover: Annotated[int | None, Parameter(help="Minutes that it must be right again.")] = None,
    weight: Annotated[str | None, Parameter(help="urgent, normal or digest.")] = None,
    active: Annotated[
        bool | None, Parameter(name="--on", negative="--off", help="Switch it on, or off.")
    ] = None,
    silence: Annotated[int | None, Parameter(help="Hours that nobody looks at it; 0 ends that.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Change a rule; new ones are loaded as a table (chiso load), or entered on the page of alerts.

    Parameters
    ----------
    rule
        Its id.
    """
    from chiso.commands import output
    from chiso.steering.alerts.answers import change_rule, rule_row, silence_rule
    from chiso.steering.entering import by_command

    told = {
        "threshold": threshold, "clear": clear, "hold": hold, "recover": recover, "weight": weight,
        "active": active,
    }  # fmt: skip
    changes = {name: value for name, value in told.items() if value is not None}
    with opened(data) as folder:
        if silence is not None:
            found = silence_rule(folder, rule, silence, by_command(folder))
        if changes or silence is None:
            found = change_rule(folder, rule, changes, by_command(folder))
        body = rule_row(found.records[0])
    if json:
        output.print_json(body)
    else:
        output.table("", ("", ""), [(key, value) for key, value in body.items()], set())
    return 0


@alerts_app.command(name="contacts")
def alerts_contacts(*, data: Data = None, json: Json = False) -> int:
    """Whom to tell, by unit, with their addresses."""
    from chiso.commands import output
    from chiso.steering.alerts.answers import contacts

    with opened(data) as folder:
        rows = contacts(folder)
    if json:
        output.print_json(rows)
    else:
        told = [(row["id"], row["unit"], row["name"], row["address"]) for row in rows]
        output.table("", ("Số", "Đơn vị", "Tên", "Địa chỉ"), told, {0})
    return 0


@alerts_app.command(name="tell")
def alerts_tell(
    unit: str,
    address: str,
    *,
    name: Annotated[str, Parameter(help="A name to know it by.")] = "",
    data: Data = None,
    json: Json = False,
) -> int:
    """Add somebody, or a channel, to be told of a unit's alerts and reminders.

    Parameters
    ----------
    unit
        Code of a unit.
    address
        A mail address, or an address of apprise (slack://…, json://…).
    """
    from chiso.commands import output
    from chiso.steering.alerts.answers import add_contact
    from chiso.steering.entering import by_command

    with opened(data) as folder:
        number = add_contact(folder, unit, name, address, by_command(folder))
    if json:
        output.print_json({"id": number})
    else:
        sys.stdout.write(f"{number}\n")
    return 0


@alerts_app.command(name="forget")
def alerts_forget(contact: int, *, data: Data = None) -> int:
    """Remove a contact for good.

    Parameters
    ----------
    contact
        Its number among the contacts.
    """
    from chiso.steering.alerts.answers import remove_contact
    from chiso.steering.entering import by_command

    with opened(data) as folder:
        remove_contact(folder, contact, by_command(folder))
    return 0
