"""What is answered about alerts: the JSON forms of docs/commands.md."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from chiso.folder.answers import QuestionError
from chiso.instants import iso
from chiso.steering.alerts.machine import STATES
from chiso.steering.alerts.round import SEEN_AT, Look, exact
from chiso.steering.alerts.rules import name_in, rules
from chiso.steering.alerts.sending import check_address, check_settings
from chiso.steering.alerts.service import notices, standing
from chiso.steering.entering import Entered, Hand, enter, note, row_of
from chiso.steering.now import register
from chiso.text import fold

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.intake.records import AlertRule


def rule_row(rule: AlertRule) -> dict[str, Any]:
    """A rule as data."""
    return {
        "id": rule.id, "name": rule.name, "what": rule.what, "side": rule.side,
        "threshold": rule.threshold, "clear": rule.clear or rule.threshold, "unit": rule.unit or None,
        "among": rule.among or None, "list": rule.list or None, "span": rule.span, "hold": rule.hold,
        "recover": rule.recover, "weight": rule.weight, "to": rule.to, "active": rule.active,
        "silent_until": iso(rule.silent_until) if rule.silent_until else None,
    }  # fmt: skip


def alerts(folder: DataFolder, *, everything: bool = False) -> dict[str, Any]:
    """How the alerts stand, as looked at last; without ``everything`` those that are not normal."""
    known = {one.id: one for one in rules(folder)}
    rows = []
    for one in standing(folder):
        rule = known.get(one["rule"])
        if rule is None or (not everything and one["state"] == "normal"):
            continue
        unit = folder.registry.units.find(one["subject"], folder.now())
        rows.append(
            {
                "rule": rule.id,
                "name": rule.name,
                "name_en": name_in(rule, "en"),
                "subject": one["subject"],
                "unit_name": unit.name if unit is not None else one["subject"],
                "state": one["state"],
                "since": iso(one["since"]),
                "open_since": iso(one["open_since"]),
                "value": one["value"],
                "threshold": rule.threshold,
                "side": rule.side,
                "weight": rule.weight,
            }
        )
    rows.sort(key=lambda row: (STATES.index(row["state"]), row["rule"], row["subject"]))
    seen = folder.ledger.meta.get(SEEN_AT)
    return {
        "at": iso(int(seen)) if seen else None,
        "states": dict(Counter(row["state"] for row in rows)),
        "rows": rows,
        "notices": [
            {
                "id": one["id"], "at": iso(one["at"]), "kind": one["kind"], "weight": one["weight"],
                "rule": one["rule"], "subject": one["subject"], "unit": one["unit"],
                "value": one["value"], "words": one["words"], "deliveries": one["deliveries"],
                "error": one["error"],
            }
            for one in notices(folder)
        ],
        "mail": "set" if folder.settings.mail else "not set",
        "problem": check_settings(folder.settings),
    }  # fmt: skip


def looked(folder: DataFolder, found: list[Look]) -> dict[str, Any]:
    """What one look at the rules saw."""
    return {
        "at": iso(folder.now()),
        "states": dict(Counter(one.standing.state for one in found)),
        "rows": [
            {
                "rule": one.rule.id,
                "subject": one.seen.subject,
                "value": exact(one.seen.value),
                "state": one.standing.state,
                "event": one.event,
            }
            for one in found
            if one.standing.state != "normal" or one.event is not None
        ],
    }


def contacts(folder: DataFolder, *, masked: bool = False) -> list[dict[str, Any]]:
    """Whom to tell, by unit; ``masked``: with addresses that only hint."""
    return [
        {
            "id": one.id,
            "unit": one.unit,
            "name": one.name,
            "address": one.masked if masked else one.address,
            "added_at": iso(one.added_at),
        }
        for one in folder.ledger.contacts.all()
    ]


def add_contact(folder: DataFolder, unit: str, name: str, address: str, hand: Hand) -> int:
    """Adds somebody, or a channel, to be told of a unit.  Gives the number."""
    found = folder.registry.units.find(unit, folder.now()) or folder.registry.units.find(unit)
    if found is None:
        raise QuestionError(
            f"Không có đơn vị mang mã “{unit}”.", f"no unit has the code {unit!r}", unknown=True
        )
    address = check_address(address)
    if any(one.unit == found.code and one.address == address for one in folder.ledger.contacts.all()):
        raise QuestionError(
            "Đơn vị đã có người nhận với địa chỉ này.", "the unit has this address already", wrong=True
        )
    number = folder.ledger.contacts.add(found.code, name.strip()[:100], address, folder.now())
    note(folder, hand, "contact_added", found.code, number=number)
    return number


def remove_contact(folder: DataFolder, number: int, hand: Hand) -> None:
    """Removes a contact for good."""
    if all(one.id != number for one in folder.ledger.contacts.all()):
        raise QuestionError(
            f"Không có người nhận số {number}.", f"no contact has the number {number}", unknown=True
        )
    folder.ledger.contacts.remove(number)
    note(folder, hand, "contact_removed", str(number))


def change_rule(folder: DataFolder, name: str, changes: dict[str, Any], hand: Hand) -> Entered:
    """Changes fields of a rule: its new version replaces it from now on."""
    rule = next((one for one in rules(folder) if one.id == name), None)
    if rule is None:
        raise QuestionError(f"Không có quy tắc “{name}”.", f"no rule has the id {name!r}", unknown=True)
    row = row_of(rule) | {"active": rule.active, "silent_until": iso(rule.silent_until or None)} | changes
    found = enter(folder, "alert_rules", [row], hand)
    note(folder, hand, "alert_rule_changed", name, changes=sorted(changes))
    return found


LONGEST_SILENCE: Final = 31 * 24
"""Hours that a rule may be silenced for."""


def silence_rule(folder: DataFolder, name: str, hours: int, hand: Hand) -> Entered:
    """Silences a rule for so many hours; 0 ends a silence.

    Until then nobody looks at it.  Afterwards it goes on as it stood: what was told of is told to be over, or
    is still open; what was not is told if it is wrong then.
    """
    if not 0 <= hours <= LONGEST_SILENCE:
        raise QuestionError(
            f"Một quy tắc tạm im tối đa {LONGEST_SILENCE} giờ; muốn lâu hơn thì tắt hẳn.",
            f"a rule can be silenced for {LONGEST_SILENCE} hours at most; switch it off for longer",
            wrong=True,
        )
    until = folder.now() + hours * 3600 if hours else None
    return change_rule(folder, name, {"silent_until": iso(until)}, hand)


def add_rule(folder: DataFolder, row: dict[str, Any], hand: Hand) -> Entered:
    """Enters a new rule under an id made from its name.  QuestionError says what is wrong with it."""
    known = {one.id for one in rules(folder)}
    words = "".join(sign if sign.isalnum() else " " for sign in fold(row.get("name", ""))).split()
    stem = "-".join(words)[:50]
    name, place = stem, 1
    while name in known:
        place += 1
        name = f"{stem}-{place}"
    unit, listed = row.get("unit", ""), row.get("list", "")
    if unit and folder.registry.units.find(unit) is None:
        raise QuestionError(
            f"Không có đơn vị mang mã “{unit}”. Tìm đơn vị ở trang Đơn vị.",
            f"no unit has the code {unit!r}",
            unknown=True,
        )
    if listed and listed not in register(folder).lists:
        raise QuestionError(
            f"Chưa có danh sách đơn vị “{listed}”.", f"no list of units is called {listed!r}", unknown=True
        )
    if not (unit or listed or row.get("among") or row.get("what") == "silence"):
        raise QuestionError(
            "Hãy chọn đơn vị mà quy tắc theo dõi.", "say which units the rule watches", wrong=True
        )
    found = enter(folder, "alert_rules", [{**row, "id": name}], hand)
    note(folder, hand, "alert_rule_added", name)
    return found
