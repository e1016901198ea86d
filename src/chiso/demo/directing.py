"""A life of steering for the demo: documents, targets, tasks, reports, reminders, alert rules and letters.

``python -m chiso.demo.directing`` enters it beside a server whose year has come in, by what the commands and
pages enter with, each thing since its own instant; what it leads to (states, alerts, figures of reports and
letters) is measured.  Entered again nothing changes.  Data: ``data/steering.yaml``, invented but for Decision
766/QĐ-TTg itself.  Nobody is told by mail: the demo has no contacts and no mail server.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from chiso.folder import DataFolder, Settings
from chiso.instants import parse_instant
from chiso.steering import now
from chiso.steering.alerts.answers import change_rule
from chiso.steering.alerts.rules import rules
from chiso.steering.entering import by_command, enter, enter_document, enter_duties
from chiso.steering.letters.make import make
from chiso.steering.letters.register import entered
from chiso.steering.letters.request import Request
from chiso.steering.register import Duty
from chiso.steering.reports import answer, remind, task_of

DONE: Final = "demo steering"
"""Key under which the folder tells that its steering has been entered."""
ISSUED: Final = "T10:00"
"""The hour of its day since which a document and what it asks for are known."""


def plan() -> dict[str, Any]:
    """What is entered."""
    found: dict[str, Any] = yaml.safe_load(
        (files("chiso.demo") / "data" / "steering.yaml").read_text(encoding="utf-8")
    )
    return found


def direct(folder: DataFolder) -> None:
    """Enters everything, into a folder whose year has come in."""
    told = plan()
    known = {
        one["number"]: parse_instant(one.get("at") or f"{one['date']}{ISSUED}") for one in told["documents"]
    }
    for one in told["documents"]:
        row = {name: str(one[name]) for name in ("number", "date", "issuer", "subject")}
        enter_document(folder, row, by_command(folder, known[one["number"]]))
    for name, codes in told["lists"].items():
        rows = [{"list": name, "unit": code} for code in codes]
        enter(folder, "unit_lists", rows, by_command(folder, min(known.values())))
    for kind in ("targets", "tasks"):
        for number, at in known.items():
            rows = [
                row for one in told[kind] if one["document"] == number for row in _rows(folder, told, one)
            ]
            if rows:
                enter_duties(folder, kind, rows, by_command(folder, at), now.register(folder))
    for one in told["withdrawn"]:
        rows = list(_rows(folder, told, one))
        register = now.register(folder)
        enter_duties(folder, "tasks", rows, by_command(folder, known[one["document"]]), register)
        rows = [row | {"withdrawn": True} for row in rows]
        enter(folder, "tasks", rows, by_command(folder, parse_instant(one["at"])))
    for one in told["reports"]:
        _report(folder, one)
    for one in told["reminders"]:
        hand = by_command(folder, parse_instant(one["at"]))
        remind(folder, _given(folder, one), hand)
    for name, changes in told["rules"].items():
        rule = next(one for one in rules(folder) if one.id == name)
        if any(getattr(rule, field) != value for field, value in changes.items()):
            change_rule(folder, name, changes, by_command(folder))
    for one in told["letters"]:
        _letter(folder, one)


def _rows(folder: DataFolder, told: dict[str, Any], one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A target as it stands; a task once for each unit that it is given to."""
    row = {name: str(value) for name, value in one.items() if name not in ("units", "at")}
    if "task" not in row:
        yield row
        return
    units = one.get("units") or told["lists"].get(one.get("list"))
    if units is None:
        units = [found.code for found in folder.registry.units.league(one["among"], None, folder.now())]
    row = {name: value for name, value in row.items() if name not in ("list", "among")}
    for code in units:
        yield row | {"unit": code}


def _given(folder: DataFolder, one: dict[str, Any]) -> list[Duty]:
    """The task of a row at each unit that has it."""
    register = now.register(folder)
    return [
        duty
        for duty in register.duties.values()
        if duty.document == one["document"] and task_of(duty) == one["task"]
    ]


def _report(folder: DataFolder, one: dict[str, Any]) -> None:
    hand = by_command(folder, parse_instant(one["at"]))
    disputed = {key: (claimed, why) for key, (claimed, why) in one.get("disputed", {}).items()}
    attached = [(one["file"]["name"], one["file"]["text"].encode())] if "file" in one else []
    for duty in _given(folder, one):
        if duty.record.unit in one["units"]:
            answer(folder, duty, duty.record.unit, one["text"], attached, disputed, hand)


def _letter(folder: DataFolder, one: dict[str, Any]) -> None:
    """Made at its instant, from what was known then; without a number it is a draft."""
    at = parse_instant(one["at"])
    if any(known.made_at == at for known in folder.ledger.letters.list(None)):
        return
    request = msgspec.convert({**one, "at": at, "as_of": at}, Request)
    entered(folder, make(folder, request, anyway=True), at=at)


def is_done(folder: DataFolder) -> bool:
    """Whether the folder's steering has been entered."""
    return folder.ledger.meta.get(DONE) is not None


def main() -> int:
    """Enters it into the folder named."""
    parser = argparse.ArgumentParser(prog="python -m chiso.demo.directing")
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    with DataFolder.open(given.data, settings=Settings()) as folder:
        direct(folder)
        folder.ledger.meta.set(DONE, "1")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
