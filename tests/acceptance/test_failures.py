"""When things break: nothing accepted is lost, nothing counts twice, and the page says what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
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
from tests.acceptance import killer
from tests.support.messages import dossier
from tests.support.postgres import Postgres
from tests.support.serving import Serving, soon
from tests.web.test_stream import Reader, count


@dataclass
class Place:
    folder: Path
    key: str
    serving: Serving
    client: httpx.Client

    def post(self, *numbers: int, padding: int = 0) -> httpx.Response:
        told = [
            dossier(f"H01.113-261009-{one:05d}", UNTIL - DAY, UNTIL + DAY, GhiChu="x" * padding)
            for one in numbers
        ]
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.client.post("/dvcqg/DongBoHoSoMC", json=told, headers=headers)

    def counted(self) -> int:
        return count(self.client.get("/api/v1/units/H01/score").json())

    def troubled(self) -> str:
        """The page, where it says that something is wrong; else nothing."""
        text = self.client.get("/units").text
        return text if "data-trouble" in text else ""

    def ready(self) -> tuple[int, str]:
        answer = self.client.get("/readyz")
        return answer.status_code, answer.text


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, str]:
    folder = tmp_path / "data"
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        return folder, opened.ledger.senders.add("một cửa", "H01", UNTIL).key


@pytest.fixture
def place(made: tuple[Path, str], tmp_path: Path) -> Iterator[Place]:
    with (
        Serving(made[0], tmp_path / "log") as serving,
        httpx.Client(base_url=serving.address, timeout=60, trust_env=False) as client,
    ):
        yield Place(*made, serving, client)


def sound(folder: Path, dossiers: int) -> None:
    found = recount(folder, deep=True, say=print)
    assert found.agrees, found.differences[:3]
    assert found.dossiers == dossiers


@pytest.mark.slow
def test_a_full_disk(place: Place) -> None:
    if shutil.which("prlimit") is None:
        pytest.skip("no prlimit is installed (package util-linux)")

    def limit(size: int | str) -> None:
        assert place.serving.process is not None
        pid = str(place.serving.process.pid)
        subprocess.run(("prlimit", "--pid", pid, f"--fsize={size}:unlimited"), check=True)

    assert place.post(1).status_code == 200
    # files may not grow beyond this: what a full disk says, by the same errors of the system
    biggest = max(path.stat().st_size for path in place.folder.glob("chiso.sqlite*"))
    limit(biggest + 200_000)
    accepted = 1
    for number in range(2, 400):
        answer = place.post(number, padding=2_000)
        if answer.status_code != 200:
            break
        accepted += 1
    assert answer.status_code == 503
    assert answer.json()["error_code"] == "-1"
    assert "chưa được nhận" in answer.json()["message"]
    assert int(answer.headers["retry-after"]) > 0
    # it goes on showing what it knows, and says what is wrong
    assert place.counted() == accepted
    page = soon(place.troubled, "the page says it")
    assert "Không ghi được vào sổ cái." in page
    assert place.ready()[0] == 503
    assert "full" in place.ready()[1]
    # there is room again: it finds out by itself
    limit("unlimited")
    soon(lambda: place.ready()[0] == 200, "it is ready again")
    assert place.troubled() == ""
    assert place.post(number).status_code == 200
    assert place.counted() == accepted + 1
    sound(place.folder, accepted + 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real filesystem with little room, where the machine lets one be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place))
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no filesystem may be mounted here")
    try:
        yield place
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)


@pytest.mark.slow
def test_a_filesystem_without_room(small_disk: Path, tmp_path: Path) -> None:
    with DataFolder.open(small_disk / "data") as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        key = opened.ledger.senders.add("một cửa", "H01", UNTIL).key
    with (
        Serving(small_disk / "data", tmp_path / "log") as serving,
        httpx.Client(base_url=serving.address, timeout=60, trust_env=False) as client,
    ):
        place = Place(small_disk / "data", key, serving, client)
        assert place.post(1).status_code == 200
        filler = small_disk / "filler"
        room = shutil.disk_usage(small_disk).free - 200_000
        filler.write_bytes(b"x" * room)
        accepted = 1
        for number in range(2, 2_000):
            answer = place.post(number, padding=2_000)
            if answer.status_code != 200:
                break
            accepted += 1
        assert answer.status_code == 503
        assert "chưa được nhận" in answer.json()["message"]
        assert int(answer.headers["retry-after"]) > 0
        assert place.counted() == accepted
        assert "Không ghi được vào sổ cái." in soon(place.troubled, "the page says it")
        assert place.ready()[0] == 503
        assert "full" in place.ready()[1]
        # killed while there is no room: what was accepted is there again, and it comes up to say so
        serving.kill()
        serving.start(wait=False)
        soon(lambda: place.counted() == accepted, "it counts what it had accepted")
        filler.unlink()
        soon(lambda: place.ready()[0] == 200, "it is ready again")
        assert place.post(number).status_code == 200
        assert place.counted() == accepted + 1
        sound(small_disk / "data", accepted + 1)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_database_that_is_gone_and_comes_back(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHISO_DATABASE", postgres.database())
    folder = tmp_path / "data"
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        key = opened.ledger.senders.add("một cửa", "H01", UNTIL).key
    with (
        Serving(folder, tmp_path / "log") as serving,
        httpx.Client(base_url=serving.address, timeout=60, trust_env=False) as client,
    ):
        place = Place(folder, key, serving, client)
        reader = Reader(f"{serving.address}/api/v1/stream?unit=H01")
        reader.wait("score", 1)
        assert place.post(1, 2, 3).status_code == 200
        postgres.stop("immediate")
        try:
            answer = place.post(4)
            assert answer.status_code == 503
            assert answer.json()["error_code"] == "-1"
            soon(lambda: "cannot be read" in place.ready()[1], "it says what is wrong")
            assert place.ready()[0] == 503
            answer = client.get("/data")
            assert answer.status_code == 503
            assert "Cơ sở dữ liệu chưa trả lời" in answer.text
            assert client.get("/healthz").text == "ok"
            assert client.get("/metrics").status_code == 200
        finally:
            postgres.start()
        soon(lambda: place.ready()[0] == 200, "it finds the database again")
        assert place.post(4, 5).status_code == 200
        reader.until("score", lambda score: count(score) == 5)
        assert client.get("/data").status_code == 200
        sound(folder, 5)


@pytest.mark.slow
def test_a_clock_that_jumps(place: Place) -> None:
    def at(instant: int) -> None:
        with DataFolder.open(place.folder) as opened:
            opened.ledger.clock.set(Clock(instant))

    assert place.post(1, 2).status_code == 200
    # a day ahead by mistake, and messages come meanwhile
    at(UNTIL + 2 * DAY)
    soon(lambda: place.client.get("/api/v1/units/H01/score").json()["at"] > "2026-10-12", "the clock moved")
    assert place.post(2, 3).status_code == 200
    # and back: known at an instant that has not come yet
    at(UNTIL + 60)
    page = soon(place.troubled, "the page says it")
    assert "Đồng hồ máy chủ không đúng." in page
    assert place.ready()[0] == 200  # it takes in all the same
    assert "clock" in place.ready()[1]
    assert place.post(3, 4).status_code == 200
    assert place.post(1).status_code == 200
    # time goes on: nothing is lost, nothing counts twice
    at(UNTIL + 3 * DAY)
    soon(lambda: place.ready()[1] == "ready", "the clock is right again")
    assert place.troubled() == ""
    assert place.counted() == 4
    sound(place.folder, 4)


@pytest.mark.slow
def test_a_stop_in_order_under_load(place: Place) -> None:
    told = killer.Told()
    reader = Reader(f"{place.serving.address}/api/v1/stream?unit=H01")
    reader.wait("score", 1)
    stopping = threading.Event()
    failed: list[Any] = []

    def send() -> None:
        number = 0
        with httpx.Client(base_url=place.serving.address, timeout=30, trust_env=False) as client:
            while not stopping.is_set():
                number += 1
                code = f"H01.113-261009-{number:05d}"
                body = [killer.message(code, ended=False)]
                try:
                    answer = client.post(
                        "/dvcqg/DongBoHoSoMC", json=body, headers={"Authorization": f"Bearer {place.key}"}
                    )
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    told.accepted[code] = False
                elif answer.status_code != 503:
                    failed.append(answer.text)

    hand = threading.Thread(target=send)
    hand.start()
    soon(lambda: len(told.accepted) > 20, "load")
    assert place.serving.stop() == 0
    stopping.set()
    hand.join()
    assert reader.ended.wait(10)
    assert failed == []
    with DataFolder.open(place.folder) as opened:
        known = {code for _, code, _ in opened.ledger.all_facts()}
    assert told.accepted.keys() <= known
    assert len(known) <= len(told.accepted) + 1


@pytest.mark.slow
def test_kills_at_random_instants(tmp_path: Path) -> None:
    found = killer.run(tmp_path / "data", 10, 1, 1)
    assert found["wrong"] == []
    assert found["kills"] >= 1
    assert found["dossiers"] > 0


@pytest.mark.slow
@pytest.mark.postgres
def test_kills_of_one_of_several(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHISO_DATABASE", postgres.database())
    found = killer.run(tmp_path / "data", 10, 2, 2)
    assert found["wrong"] == []
    assert found["kills"] >= 1
    assert found["dossiers"] > 0
