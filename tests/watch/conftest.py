"""A played portal, and data folders that watch it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chiso.commands import loading
from chiso.folder import DataFolder
from chiso.instants import parse_instant, parse_period, utc_now
from chiso.ledger.clock import Clock
from chiso.watch.client import Client
from chiso.watch.outcome import Outcome
from chiso.watch.run import Plan, Run
from chiso.watch.schedule import Schedule
from chiso.watch.words import Note
from tests.support.portal_server import PlayedPortal, playing


@pytest.fixture
def played() -> Iterator[PlayedPortal]:
    with playing() as portal:
        yield portal


@dataclass
class Watched:
    """A data folder and the portal that it watches."""

    path: Path
    portal: PlayedPortal
    said: list[Note] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def at(self, day: str, hour: str = "06:00") -> None:
        """Sets the portal's day and the folder's clock, which goes on from there."""
        self.portal.day = day
        with loading.opened(self.path) as target:
            target.ledger.clock.set(Clock(parse_instant(f"{day}T{hour}"), utc_now()))

    def run(
        self,
        *units: str,
        procedures: tuple[str, ...] = (),
        periods: tuple[str, ...] = ("2026",),
        pause: float = 0.0,
        timeout: float = 5.0,
        attempts: int = 4,
        stop: Callable[[float], bool] | None = None,
    ) -> Outcome:
        """One run.  What it says and the waits that it wants are noted, not waited for."""

        def wait(seconds: float) -> bool:
            self.waits.append(seconds)
            return stop(seconds) if stop else False

        with (
            loading.opened(self.path) as target,
            Client(
                self.portal.address, pause=pause, timeout=timeout, attempts=attempts, wait=wait,
                chance=random.Random(766),
            ) as client,
        ):  # fmt: skip
            since = Schedule().since(target.now())
            plan = Plan(tuple(map(parse_period, periods)), since, frozenset(units), procedures)
            made = Run(
                target.ledger, target.units, target.context, target.now, client, plan, self.said.append
            )
            self.runs.append(made)
            return made.go()

    def codes(self) -> list[str]:
        return [one.code for one in self.said]

    def words(self) -> str:
        return "\n".join(one.en for one in self.said)

    def folder(self) -> DataFolder:
        return DataFolder.open(self.path)

    def journal(self) -> list[Any]:
        with loading.opened(self.path) as target:
            return list(target.ledger.journal())

    def quarantine(self) -> list[Any]:
        with loading.opened(self.path) as target:
            return target.ledger.quarantine.list()


@pytest.fixture
def watched(tmp_path: Path, played: PlayedPortal) -> Watched:
    """A folder that watches a portal of three provinces."""
    played.provinces = ("H01", "H20", "H44")
    made = Watched(tmp_path / "data", played)
    made.at("2026-10-06")
    return made
