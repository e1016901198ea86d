"""Several processes at one ledger: each accepts, all count alike, events go across, one may be killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from chiso.commands.recounting import recount
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from tests.support.messages import dossier
from tests.support.postgres import Postgres
from tests.support.serving import Serving, free_port, soon
from tests.web.test_stream import Reader, count

PROCESSES = 3


@dataclass
class Several:
    serving: Serving
    ports: list[int]
    key: str

    def post(self, port: int, *numbers: int, ended: bool = False) -> httpx.Response:
        told = [
            dossier(f"H01.113-261009-{one:05d}", UNTIL - DAY, UNTIL + DAY, UNTIL - 60 if ended else None)
            for one in numbers
        ]
        return httpx.post(
            f"http://127.0.0.1:{port}/dvcqg/DongBoHoSoMC", json=told, timeout=60, trust_env=False,
            headers={"Authorization": f"Bearer {self.key}"},
        )  # fmt: skip

    def score(self, port: int) -> dict[str, Any]:
        address = f"http://127.0.0.1:{port}/api/v1/units/H01/score"
        found: dict[str, Any] = httpx.get(address, timeout=30, trust_env=False).json()
        return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.database()


@pytest.fixture
def several(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Several]:
    monkeypatch.setenv("CHISO_DATABASE", database)
    folder = tmp_path / "data"
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        key = opened.ledger.senders.add("một cửa", "H01", UNTIL).key
    port = free_port()
    with Serving(folder, tmp_path / "log", "--processes", str(PROCESSES), port=port) as serving:
        ports = [port + 1 + number for number in range(PROCESSES)]
        for own in ports:
            serving.ready(own)
        yield Several(serving, ports, key)


@pytest.mark.slow
def test_all_accept_and_all_reach_the_same_figures(several: Several) -> None:
    heard = [Reader(f"http://127.0.0.1:{port}/api/v1/stream?unit=H01") for port in several.ports]
    before = count(heard[0].wait("score", 1))
    assert before == 0
    killed: list[int] = []

    def post(number: int) -> list[int]:
        """The numbers that were accepted, each told to a process in turn until one takes it."""
        told = [number * 3, number * 3 + 1, number * 3 + 2] if number % 4 else [(number - 1) * 3]
        for turn in range(50):
            port = several.ports[(number + turn) % PROCESSES]
            try:
                answer = several.post(port, *told, ended=not number % 4)
            except httpx.HTTPError:
                continue  # it was killed: whoever sends does so again, elsewhere
            if answer.status_code == 200:
                assert answer.json()["error_code"] == "0"
                if number == 40 and not killed:
                    victim = several.serving.told()[several.ports[1]]["pid"]
                    killed.append(victim)
                    os.kill(victim, signal.SIGKILL)
                return told
        raise AssertionError("nobody took it")

    with ThreadPoolExecutor(6) as hands:
        accepted = {one for told in hands.map(post, range(1, 121)) for one in told}
    assert killed
    for place, port in enumerate(several.ports):
        soon(lambda port=port: count(several.score(port)) == len(accepted), f"{port} counts all")
        if place != 1:  # that one's streams ended with it
            heard[place].until("score", lambda score: count(score) == len(accepted))
    assert heard[1].ended.wait(30)
    scores = [several.score(port) for port in several.ports]
    assert scores[0] == scores[1] == scores[2]
    assert count(several.score(several.serving.port)) == len(accepted)

    found = recount(several.serving.folder, deep=True, say=print)
    assert found.agrees, found.differences[:3]
    assert sum("running server" in one for one in found.compared) == PROCESSES
    with DataFolder.open(several.serving.folder) as folder:
        numbers = [entry.seq for entry in folder.ledger.journal()]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 120  # what was told twice, for its answer was lost, stands twice


@pytest.mark.slow
def test_an_event_of_one_is_heard_at_another_and_all_stop_in_order(several: Several) -> None:
    first, *_, last = several.ports
    reader = Reader(f"http://127.0.0.1:{last}/api/v1/stream?unit=H01.113")
    before = count(reader.wait("score", 1))
    assert several.post(first, 1, 2).status_code == 200
    reader.until("score", lambda score: count(score) == before + 2)

    def turns() -> int:
        pages = [httpx.get(f"http://127.0.0.1:{one}/metrics", timeout=30) for one in several.ports]
        return sum("chiso_turn 1.0" in page.text for page in pages)

    soon(lambda: turns() == 1, "one process tells alerts")
    assert several.serving.stop() == 0
    assert reader.ended.wait(10)
    assert several.serving.told() == {}
