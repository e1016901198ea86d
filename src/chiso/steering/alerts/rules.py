"""The rules of a folder: those that a province begins with, and those of its ledger that replace them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import AlertRule

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder


@cache
def _written() -> list[dict[str, Any]]:
    text = (files("chiso.steering") / "data" / "alerts.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


@cache
def starter() -> tuple[AlertRule, ...]:
    """The rules that a province begins with, for H01."""
    rows = [{name: value for name, value in row.items() if name != "name_en"} for row in _written()]
    found = read_body(msgspec.json.encode(rows), "alert_rules", Context())
    assert not found.refusals, found.refusals[0].message_en
    return tuple(one for one in found.items if isinstance(one, AlertRule))


def name_in(rule: AlertRule, lang: str) -> str:
    """A rule's name; one that a province begins with has an English one too."""
    if lang != "en":
        return rule.name
    known = (row for row in _written() if (row["id"], row["name"]) == (rule.id, rule.name))
    return next((str(row["name_en"]) for row in known), rule.name)


def rules(folder: DataFolder) -> list[AlertRule]:
    """All rules of a folder, also those that are switched off."""
    home = folder.settings.home
    found = {
        one.id: msgspec.structs.replace(one, unit=home) if one.unit == "H01" else one for one in starter()
    }
    for _, record in folder.ledger.records("alert_rule"):
        found[record.id] = record
    return list(found.values())
