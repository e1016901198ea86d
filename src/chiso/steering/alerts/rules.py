"""The rules of a folder: those that a province begins with, and those of its ledger that replace them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
import yaml

from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import AlertRule

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder


@cache
def starter() -> tuple[AlertRule, ...]:
    """The rules that a province begins with, for H01."""
    text = (files("chiso.steering") / "data" / "alerts.yaml").read_text(encoding="utf-8")
    found = read_body(msgspec.json.encode(yaml.safe_load(text)), "alert_rules", Context())
    assert not found.refusals, found.refusals[0].message_en
    return tuple(one for one in found.items if isinstance(one, AlertRule))


def rules(folder: DataFolder) -> list[AlertRule]:
    """All rules of a folder, also those that are switched off."""
    home = folder.settings.home
    found = {
        one.id: msgspec.structs.replace(one, unit=home) if one.unit == "H01" else one for one in starter()
    }
    for _, record in folder.ledger.records("alert_rule"):
        found[record.id] = record
    return list(found.values())
