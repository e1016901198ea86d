"""The watch of a data folder: one run, or runs for good on a schedule; and what is told of it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from chiso.folder.answers import QuestionError
from chiso.folder.settings import SettingError
from chiso.instants import Period, iso, parse_period, year_of
from chiso.registry.codes import procedure_code
from chiso.watch import memory
from chiso.watch.asking import named
from chiso.watch.client import Client
from chiso.watch.outcome import Outcome, Taken, days_told
from chiso.watch.run import Plan, Run
from chiso.watch.schedule import BusyError, Schedule, alone, at_work
from chiso.watch.words import Note

if TYPE_CHECKING:
    from chiso.folder.settings import Settings
    from chiso.intake.context import Context
    from chiso.ledger.store import Ledger
    from chiso.registry.units import Units

STEP: Final = 30.0
"""Seconds slept at a time between runs: the folder's clock may have been moved meanwhile."""


@dataclass(frozen=True)
class Wanted:
    """What is watched, and how."""

    portal: str
    schedule: Schedule
    units: frozenset[str]
    procedures: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    """none: the year of now"""
    pause: float = 2.0
    timeout: float = 60.0


def wanted(
    settings: Settings,
    units: Units,
    *,
    schedule: Schedule | None = None,
    portal: str | None = None,
    chosen: str | None = None,
    procedures: str | None = None,
    periods: tuple[str, ...] = (),
    pause: float | None = None,
    timeout: float | None = None,
) -> Wanted:
    """What a command or the settings want, checked.  SettingError or QuestionError where it cannot be."""
    address = (portal or settings.portal).strip()
    if not address:
        raise SettingError("no portal is known: set portal in chiso.toml (or CHISO_PORTAL), or give --portal")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(f"portal is an address such as https://portal.example.vn, not {address!r}")
    codes = []
    for text in _listed(chosen if chosen is not None else settings.watch_units or settings.home):
        unit = units.find(text)
        if unit is None or unit.kind != "province":
            raise QuestionError(
                f"“{text}” không phải là mã tỉnh.", f"{text!r} is not the code of a province", wrong=True
            )
        codes.append(unit.code)
    names = []
    for text in _listed(procedures if procedures is not None else settings.watch_procedures):
        code = procedure_code(text)
        if code is None:
            raise QuestionError(
                f"“{text}” không phải là mã thủ tục.", f"{text!r} is not the code of a procedure", wrong=True
            )
        names.append(code)
    asked = tuple(parse_period(text) for text in periods)
    for period in asked:
        named(period)  # only those that the portal publishes
    if pause is not None and pause < 0:
        raise SettingError(f"a pause is a number of seconds, not {pause:g}")
    if timeout is not None and timeout <= 0:
        raise SettingError(f"a timeout is a number of seconds, not {timeout:g}")
    return Wanted(
        address, schedule or Schedule(), frozenset(codes), tuple(dict.fromkeys(names)), asked,
        2.0 if pause is None else pause, timeout or 60.0,
    )  # fmt: skip


def _listed(text: str) -> list[str]:
    return [one for one in re.split(r"[,;\s]+", text) if one]


@dataclass
class Watch:
    """One data folder's watch.  ``wait`` sleeps for seconds and gives whether to stop."""

    folder: Path
    ledger: Ledger
    units: Units
    context: Context
    now: Callable[[], int]
    wanted: Wanted
    wait: Callable[[float], bool]
    tell: Callable[[Note], None] = lambda told: None
    progress: Callable[[int, int], None] = lambda done, of: None
    taken: list[Taken] = field(default_factory=list)
    """what became of each question of the newest run"""

    def once(self) -> Outcome:
        """One run.  BusyError where another process is at one."""
        want = self.wanted
        began = self.now()
        periods = want.periods or (year_of(began),)
        plan = Plan(periods, want.schedule.since(began), want.units, want.procedures)
        with (
            alone(self.folder),
            Client(want.portal, pause=want.pause, timeout=want.timeout, wait=self.wait) as client,
        ):
            run = Run(self.ledger, self.units, self.context, self.now, client, plan, self.tell, self.progress)
            outcome = run.go()
            self.taken = run.keeper.taken
        return outcome

    def always(self) -> None:
        """Runs on schedule until ``wait`` says to stop."""
        schedule = self.wanted.schedule
        now = self.now()
        due = now if schedule.due(now) else schedule.next(now)
        self._note_next(due)
        while True:
            if self.now() < due:
                if self.wait(STEP):
                    return
                continue
            state = "failed"
            try:
                state = self.once().state
            except BusyError:
                state = "incomplete"  # whoever is at it may not finish: look again
            if state == "stopped":
                return
            # those who watch at the same hour need not all ask in the same second
            due = schedule.after(self.now(), state, self._silent_until()) + round(
                self.wanted.pause * random.uniform(0, 30)  # noqa: S311 - spreads requests
            )
            self._note_next(due)

    def _note_next(self, due: int) -> None:
        self.ledger.meta.set(memory.NEXT, str(due))

    def _silent_until(self) -> int:
        return int(self.ledger.meta.get(memory.SILENCE) or 0)


def status(folder: Path, ledger: Ledger, settings: Settings, now: int) -> dict[str, Any]:
    """What is told of a folder's watch: the newest run, whether one is at work, the last days, the next."""
    held = ledger.meta.get(memory.STATUS)
    run: dict[str, Any] | None = msgspec.json.decode(held) if held else None
    working = at_work(folder)
    if run is not None and run["state"] == "running" and not working:
        run["state"] = "interrupted"
    silence = int(ledger.meta.get(memory.SILENCE) or 0)
    upcoming = int(ledger.meta.get(memory.NEXT) or 0)
    return {
        "portal": settings.portal or None,
        "scheduled": bool(settings.watch),
        "working": working,
        "next": iso(upcoming) if upcoming > now else None,
        "silent_until": iso(silence) if silence > now else None,
        "run": run,
        "days": [msgspec.to_builtins(one) for one in reversed(days_told(ledger.meta.get(memory.DAYS))[-31:])],
    }
