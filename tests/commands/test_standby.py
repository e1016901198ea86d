"""A primary under load is killed; its standby takes its place with everything that was shipped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from chiso.cli import run
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, tell
from tests.support.serving import Serving, free_port, soon


class Following:
    """``chiso standby follow`` in a process of its own."""

    def __init__(self, folder: Path, primary: str, key: str, log: Path) -> None:
        self.port = free_port(0)
        code = "import sys; from chiso.cli import main; sys.exit(main())"
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            (sys.executable, "-c", code, "standby", "follow", primary, "--data", str(folder),
             "--port", str(self.port)),
            env={**os.environ, "CHISO_STANDBY_KEY": key}, stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def health(self) -> tuple[int, str]:
        answer = httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=10, trust_env=False)
        return answer.status_code, answer.text

    def measure(self, name: str) -> float:
        text = httpx.get(f"http://127.0.0.1:{self.port}/metrics", timeout=10, trust_env=False).text
        return float(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))

    def end(self, sign: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sign)
        self._log.close()
        return self.process.wait(60)


Started = Callable[[], Following]


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    primary, standby = tmp_path / "primary", tmp_path / "standby"
    with DataFolder.open(primary) as folder:
        folder.ledger.clock.set(Clock(UNTIL))
    standby.mkdir()
    shutil.copy(primary / "secret.key", standby / "secret.key")
    return primary, standby


def made(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_a_killed_primary_is_replaced(
    places: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    primary, standby = places
    sender = made(capsys, "sender", "add", "một cửa", "--unit", "H01", "--data", str(primary))
    key = made(capsys, "standby", "key", "--data", str(primary))["key"]
    accepted: list[int] = []
    stopping = threading.Event()

    def post(serving: Serving) -> None:
        number = 0
        with httpx.Client(timeout=60, trust_env=False) as client:
            while not stopping.is_set():
                number += 1
                told = [dossier(f"H01.113-261009-{number:05d}", UNTIL - DAY, UNTIL + DAY)]
                if number % 5 == 0:
                    told.append(
                        {**dossier(f"H01.113-261009-9{number:04d}", UNTIL), "NgayTiepNhan": "hôm qua"}
                    )
                try:
                    answer = client.post(
                        f"{serving.address}/dvcqg/DongBoHoSoMC", json=told,
                        headers={"Authorization": f"Bearer {sender['key']}"},
                    )  # fmt: skip
                except httpx.HTTPError:
                    return
                assert answer.status_code == 200
                accepted.append(number)

    with Serving(primary, tmp_path / "log") as serving:
        follower = Following(standby, serving.address, key, tmp_path / "log2")
        load = threading.Thread(target=post, args=(serving,))
        load.start()
        try:
            soon(lambda: follower.measure("chiso_standby_journal") > 20, "entries are shipped")
            assert follower.health()[0] == 200
            # a break: the standby is killed and goes on where it stood
            assert follower.end(signal.SIGKILL) == -signal.SIGKILL
            before = len(accepted)
            soon(lambda: len(accepted) > before + 20, "load goes on")
            follower = Following(standby, serving.address, key, tmp_path / "log2")
            soon(lambda: follower.measure("chiso_standby_journal") > before, "it has caught up")
            assert run(["standby", "promote", "--data", str(standby)]) == 2
            assert "still being followed" in capsys.readouterr().err
            serving.kill()
        finally:
            stopping.set()
            load.join()
        soon(lambda: follower.health()[0] == 503, "it says that it is cut off")
        assert "cut off" in follower.health()[1]
        assert follower.end() == 0

    assert run(["serve", "--data", str(standby), "--port", str(free_port())]) == 1
    assert "is a standby" in capsys.readouterr().err
    told = made(capsys, "standby", "state", "--data", str(standby))
    assert told["primary"] == serving.address
    promoted = made(capsys, "standby", "promote", "--data", str(standby))
    assert promoted == told
    assert promoted["contact_at"] is not None
    assert promoted["tables_at"] is not None
    found = made(capsys, "recount", "--deep", "--data", str(standby))
    assert found["agrees"]
    shipped = promoted["journal"]
    with DataFolder.open(primary) as old, DataFolder.open(standby) as new:
        theirs = [entry for entry in old.ledger.journal() if entry.seq <= shipped]
        assert list(new.ledger.journal()) == theirs
        assert new.score("H01")["indicators"]["2.1"]["d"] == found["dossiers"]
        lost = old.ledger.position().journal - shipped
        # what was answered and not shipped: no more than the command names or came after its last contact
        assert promoted["missing"] <= lost
    # it serves now, and takes in again what senders send again
    with Serving(standby, tmp_path / "log4") as serving:
        told_again = [dossier(f"H01.113-261009-{one:05d}", UNTIL - DAY, UNTIL + DAY) for one in accepted]
        answer = httpx.post(
            f"{serving.address}/dvcqg/DongBoHoSoMC", json=told_again, timeout=60, trust_env=False,
            headers={"Authorization": f"Bearer {sender['key']}"},
        )  # fmt: skip
        assert answer.json()["error_code"] == "0"
        score = httpx.get(f"{serving.address}/api/v1/units/H01/score", trust_env=False, timeout=30).json()
        assert score["indicators"]["2.1"]["d"] == len(accepted)


@pytest.mark.slow
def test_what_is_wrong_is_said(
    places: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    primary, standby = places
    key = made(capsys, "standby", "key", "--data", str(primary))["key"]
    assert run(["standby", "promote", "--data", str(standby)]) == 2
    assert run(["standby", "state", "--data", str(standby)]) == 2
    assert run(["standby", "follow", "http://127.0.0.1:9", "--data", str(standby)]) == 2
    assert "CHISO_STANDBY_KEY" in capsys.readouterr().err
    assert run(["standby", "follow", "nowhere", "--key", "x", "--data", str(standby)]) == 2
    empty = tmp_path / "empty"
    assert run(["standby", "follow", "http://127.0.0.1:9", "--key", "x", "--data", str(empty)]) == 2
    with Serving(primary, tmp_path / "log") as serving:
        assert run(["standby", "follow", serving.address, "--key", "wrong", "--data", str(standby)]) == 1
        assert "401" in capsys.readouterr().err
        # a ledger that is being served is no standby
        assert run(["standby", "follow", serving.address, "--key", key, "--data", str(primary)]) == 2
        assert "being served" in capsys.readouterr().err
        # another secret
        other = tmp_path / "other"
        DataFolder.open(other).close()
        assert run(["standby", "follow", serving.address, "--key", key, "--data", str(other)]) == 1
        assert "another secret" in capsys.readouterr().err
        # a journal of its own
        with DataFolder.open(standby) as folder:
            tell(folder, "dossiers", dossier("H01.113-261009-00001", UNTIL - DAY, UNTIL + DAY))
        assert run(["standby", "follow", serving.address, "--key", key, "--data", str(standby)]) == 1
        assert "parted" in capsys.readouterr().err
        with DataFolder.open(standby) as folder:
            assert not folder.ledger.following()


def test_a_secret_that_a_file_gives_is_enough_to_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    follow = ["standby", "follow", "http://127.0.0.1:9", "--key", "x", "--data", str(tmp_path / "standby")]
    assert run(follow) == 2
    assert "copy the primary's secret.key" in capsys.readouterr().err
    (tmp_path / "vault").write_text("sáu mươi tư chữ cái và số")
    monkeypatch.setenv("CHISO_SECRET_FILE", str(tmp_path / "vault"))
    assert run(follow) == 1
    assert "ConnectError" in capsys.readouterr().err
