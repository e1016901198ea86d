"""Live: who is told what, when, and how often."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from chiso.folder import DataFolder
from chiso.instants import DAY, utc_now
from chiso.ledger.clock import Clock
from chiso.ledger.senders import Credentials
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web import stream
from chiso.web.hub import LEAST_APART, Hub, Listener, identity_of
from chiso.web.rights import COOKIE
from chiso.web.server import Served, served
from tests.web.world import NOW, accept, message


class Reader:
    """Events of one stream, read in a thread."""

    def __init__(self, address: str, last: str = "", verify: Any = True, cookie: str = "") -> None:
        self._verify = verify
        self.events: list[tuple[float, str, str, Any]] = []
        self._headers = {"Last-Event-ID": last} if last else {}
        if cookie:
            self._headers["Cookie"] = cookie
        self._came = threading.Condition()
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(address,), daemon=True)
        self._thread.start()

    def _read(self, address: str) -> None:
        try:
            with httpx.stream(
                "GET", address, headers=self._headers, timeout=60, verify=self._verify
            ) as answer:
                told: dict[str, str] = {}
                for line in answer.iter_lines():
                    name, _, value = line.partition(":")
                    if line:
                        told[name] = value.strip()
                    elif "event" in told:
                        with self._came:
                            told_data = json.loads(told["data"])
                            event = (time.monotonic(), told["event"], told.get("id", ""), told_data)
                            self.events.append(event)
                            self._came.notify_all()
                        told = {}
                    else:
                        told = {}
        except httpx.HTTPError:
            pass
        finally:
            self.ended.set()

    def of(self, name: str) -> list[tuple[float, str, str, Any]]:
        return [event for event in self.events if event[1] == name]

    def wait(self, name: str, count: int) -> Any:
        """The data of the event of a name that has this count."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.of(name)) >= count, 30), self.events
        return self.of(name)[count - 1][3]

    def until(self, name: str, holds: Any) -> Any:
        with self._came:
            assert self._came.wait_for(lambda: any(holds(event[3]) for event in self.of(name)), 30)
        return next(event[3] for event in self.of(name) if holds(event[3]))


@pytest.fixture
def running(own: DataFolder) -> Iterator[Served]:
    with served(own) as house:
        yield house


def post(running: Served, credentials: Credentials, *numbers: int) -> None:
    told = [message(f"H01.113-261009-{number:05d}", NOW - DAY, NOW + DAY) for number in numbers]
    headers = {"Authorization": f"Bearer {credentials.key}"}
    answer = httpx.post(f"{running.address}/dvcqg/DongBoHoSoMC", json=told, headers=headers, timeout=30)
    assert answer.json()["error_code"] == "0"


def count(score: Any) -> int:
    return int(score["indicators"]["2.1"]["d"])


def test_a_message_reaches_the_listener(running: Served, credentials: Credentials) -> None:
    reader = Reader(f"{running.address}/api/v1/stream?unit=H01")
    first = reader.wait("score", 1)
    assert first == running.folder.score("H01")
    post(running, credentials, 1)
    told = reader.until("score", lambda score: count(score) == count(first) + 1)
    assert told["unit"] == "H01"
    reader.until("fresh", lambda fresh: fresh["newest"] == "2026-10-10T06:00:00+07:00")


def test_other_units_are_not_told(running: Served, credentials: Credentials) -> None:
    other = Reader(f"{running.address}/api/v1/stream?unit=H01.06")
    ours = Reader(f"{running.address}/api/v1/stream?unit=H01.113&period=2026-10")
    other.wait("score", 1)
    first = ours.wait("score", 1)
    post(running, credentials, 2)
    ours.until("score", lambda score: count(score) == count(first) + 1)
    assert len(other.of("score")) == 1


def test_at_most_four_a_second(running: Served, credentials: Credentials) -> None:
    reader = Reader(f"{running.address}/api/v1/stream?unit=H01")
    first = reader.wait("score", 1)
    for number in range(100, 160):
        post(running, credentials, number)
    reader.until("score", lambda score: count(score) == count(first) + 60)
    hub = running.house.hub
    assert hub.told <= (reader.of("score")[-1][0] - reader.of("score")[0][0]) / LEAST_APART + 2


def test_a_reader_that_comes_back_is_told_nothing_twice(running: Served, credentials: Credentials) -> None:
    address = f"{running.address}/api/v1/stream?unit=H01"
    reader = Reader(address)
    first = reader.wait("score", 1)
    identity = reader.of("score")[0][2]
    back = Reader(address, identity)
    back.wait("fresh", 1)
    assert not back.of("score")
    post(running, credentials, 3)
    assert count(back.wait("score", 1)) == count(first) + 1
    missed = Reader(address, identity)
    assert count(missed.wait("score", 1)) == count(first) + 1


def test_a_due_time_that_passes_is_told_without_a_message(running: Served, credentials: Credentials) -> None:
    post(running, credentials, 4)
    reader = Reader(f"{running.address}/api/v1/stream?unit=H01.113")
    before = reader.wait("score", 1)["indicators"]["2.1"]
    running.folder.ledger.clock.set(Clock(NOW + 2 * DAY))
    after = reader.until("score", lambda score: score["indicators"]["2.1"]["n"] < before["n"])
    assert after["indicators"]["2.1"]["d"] == before["d"]


def test_what_another_process_writes_is_told(running: Served) -> None:
    reader = Reader(f"{running.address}/api/v1/stream?unit=H01")
    first = reader.wait("score", 1)
    with DataFolder.open(running.folder.path) as beside:
        accept(beside, [message("H01.113-261009-00077", NOW - DAY, NOW + DAY)], "dossiers")
    reader.until("score", lambda score: count(score) == count(first) + 1)


def test_streams_end_when_the_server_stops(own: DataFolder) -> None:
    with served(own) as house:
        reader = Reader(f"{house.address}/api/v1/stream?unit=H01")
        reader.wait("score", 1)
    assert reader.ended.wait(10)
    assert house.house.hub.listeners == 0


def test_a_stream_ends_with_its_session(own: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PING_EVERY", 0.1)
    people, now = People(own.ledger), utc_now()
    tokens = {}
    for login in ("out", "others", "password", "off", "role", "factor", "stays"):
        role = Role.LEADER if login == "factor" else Role.CONTROLLER
        made, _ = people.accounts.add(login, "", [Grant(role, "H01")], now, "lúa vàng đồng xa")
        tokens[login] = people.sessions.open(made, now)
    with served(own) as house:
        address = f"{house.address}/api/v1/stream?unit=H01"
        readers = {login: Reader(address, cookie=f"{COOKIE}={token}") for login, token in tokens.items()}
        for reader in readers.values():
            reader.wait("score", 1)
        assert not any(reader.ended.is_set() for reader in readers.values())
        people.sessions.close(tokens["out"])
        people.sessions.end(people.accounts.by_login("others").id, "")
        people.accounts.set_password("password", "sông hậu chảy về biển")
        people.accounts.change("off", active=False)
        people.accounts.change("role", grants=[])
        own.settings = replace(own.settings, second_factor="leader")
        for login, reader in readers.items():
            assert login == "stays" or reader.ended.wait(30), login
        assert not readers["stays"].ended.is_set()


def test_a_port_that_is_taken_is_said(running: Served, own: DataFolder) -> None:
    port = int(running.address.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"), served(own, port=port):
        pass


def test_a_listener_of_a_closed_loop_is_left_alone(folder: DataFolder) -> None:
    loop = asyncio.new_event_loop()
    listener = Listener(loop)
    hub = Hub(folder)
    channel = hub.join("H01", None, listener)
    loop.close()
    listener.wake()
    hub.leave(channel, listener)
    assert hub.listeners == 0


def test_the_id_follows_the_figures_only(folder: DataFolder) -> None:
    score = folder.score("H01")
    same = {**score, "at": "later", "journal": 999_999}
    assert identity_of(same) == identity_of(score)
    moved = {**score, "indicators": {**score["indicators"], "2.1": {"n": 1, "d": 2}}}
    assert identity_of(moved) != identity_of(score)
