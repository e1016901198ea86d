"""``chiso watch``: from the command line, killed and gone on with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso import cli
from chiso.folder import DataFolder
from chiso.instants import parse_instant, utc_now
from chiso.ledger.clock import Clock
from tests.support.portal_server import PlayedPortal, playing
from tests.test_documents import alike, example

PROVINCES = ("H01", "H20", "H44")
ALL = 1 + 6 * len(PROVINCES)


@pytest.fixture
def played() -> Iterator[PlayedPortal]:
    with playing("2026-10-10") as portal:
        portal.provinces = PROVINCES
        yield portal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    with DataFolder.open(path) as opened:
        opened.ledger.clock.set(Clock(parse_instant("2026-10-10T06:00"), utc_now()))
    return path


def words(folder: Path, played: PlayedPortal, *more: str) -> list[str]:
    return ["watch", "--once", "--data", str(folder), "--portal", played.address, "--pause", "0", *more]


def run(capsys: pytest.CaptureFixture[str], *given: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = cli.run(list(given))
    return (status, *capsys.readouterr())


def test_one_run_as_json(capsys: pytest.CaptureFixture[str], folder: Path, played: PlayedPortal) -> None:
    status, out, err = run(capsys, *words(folder, played, "--units", "H01,H44", "--json"))
    told = json.loads(out)
    assert (status, told["state"], told["kept"], told["done"], told["of"]) == (0, "complete", ALL, ALL, ALL)
    alike(example("watch"), told)
    assert "[19/19] Complete: 19 requests, 19 new answers, 0 unrefreshed." in err
    assert re.search(
        r"^2026-10-10T06:00:\d\d\+07:00 \[7/19\] H01 UBND tỉnh An Giang: 6 new", err, re.MULTILINE
    )
    status, out, _ = run(capsys, *words(folder, played, "--json"))
    assert (status, json.loads(out)["resumed"]) == (0, ALL)
    status, out, _ = run(capsys, "rank", "--data", str(folder), "--source", "published", "--json")
    assert [(row["unit"], row["total"]) for row in json.loads(out)["rows"]] == [
        ("H20", "68.80"), ("H44", "62.18"), ("H01", "59.18"),
    ]  # fmt: skip


def test_one_run_for_people(capsys: pytest.CaptureFixture[str], folder: Path, played: PlayedPortal) -> None:
    status, out, _ = run(capsys, *words(folder, played, "--period", "2026-Q3", "--period", "2026-08"))
    assert status == 0
    assert "Tiến độ, kết quả giải quyết" in out
    assert {body.get("quarter", body.get("month")) for _, body in played.requests} >= {3, 8}


def test_a_refusal_is_told_and_the_status_is_one(
    capsys: pytest.CaptureFixture[str], folder: Path, played: PlayedPortal
) -> None:
    played.plant("403", "service-results")
    status, out, err = run(capsys, *words(folder, played, "--json"))
    assert (status, json.loads(out)["state"]) == (1, "refused")
    assert "The portal refuses, status 403, at service-results 2026" in err


def test_the_portal_may_be_a_setting(
    capsys: pytest.CaptureFixture[str], folder: Path, played: PlayedPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["watch", "--once", "--data", str(folder), "--pause", "0"]
    status, _, err = run(capsys, *given)
    assert (status, "set portal in chiso.toml" in err) == (2, True)
    (folder / "chiso.toml").write_text(
        f'portal = "{played.address}"\nwatch_units = "H44"\n', encoding="utf-8"
    )
    assert run(capsys, *given)[0] == 0
    monkeypatch.setenv("CHISO_PORTAL", "nowhere")
    assert run(capsys, *given)[0] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ["--hour", "06:00", "--every", "6"],
        ["--hour", "6 giờ"],
        ["--every", "0"],
        ["--units", "H99"],
        ["--procedures", "x"],
        ["--period", "2026-H1"],
        ["--pause", "-1"],
    ],
)
def test_wrong_use(
    capsys: pytest.CaptureFixture[str], folder: Path, played: PlayedPortal, wrong: list[str]
) -> None:
    assert run(capsys, *words(folder, played, *wrong))[0] == 2
    assert played.requests == []


def test_json_is_of_one_run(capsys: pytest.CaptureFixture[str], folder: Path, played: PlayedPortal) -> None:
    given = [one for one in words(folder, played, "--json") if one != "--once"]
    status, _, err = run(capsys, *given)
    assert (status, "--once" in err) == (2, True)


def started(folder: Path, played: PlayedPortal, *more: str) -> subprocess.Popen[bytes]:
    given = [sys.executable, "-m", "chiso.cli", *words(folder, played, *more)]
    return subprocess.Popen(given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(held: Any) -> None:
    for _ in range(600):
        if held():
            return
        time.sleep(0.05)
    pytest.fail("it did not come so far")


@pytest.mark.slow
def test_killed_in_the_middle_it_asks_only_for_what_is_missing(
    capsys: pytest.CaptureFixture[str], folder: Path, played: PlayedPortal
) -> None:
    played.slow = 3
    played.plant("slow", "transparency", "H20")  # there it hangs, and dies
    process = started(folder, played, "--units", "H44")
    try:
        wait_for(lambda: played.asked("transparency", "H20"))
        status, _, err = run(capsys, *words(folder, played))
        assert (status, "another chiso watch of this data folder is at work" in err) == (1, True)
    finally:
        process.kill()
        process.wait()
    before = len(played.requests)
    status, out, _ = run(capsys, *words(folder, played, "--units", "H44", "--json"))
    told = json.loads(out)
    assert (status, told["state"], told["resumed"], told["requests"]) == (
        0,
        "complete",
        before - 1,
        ALL - before + 1,
    )
    asked = [(name, body.get("rootDepartmentId")) for name, body in played.requests]
    assert len(asked) == ALL + 1  # the one that it died at was asked once more
    assert len(set(asked)) == ALL
    with DataFolder.open(folder) as opened:
        assert sum(entry.door == "watch" for entry in opened.ledger.journal()) == ALL
        rows = opened.rank("provinces", source="published")["rows"]
    assert [(row["unit"], row["total"]) for row in rows] == [
        ("H20", "68.80"),
        ("H44", "62.18"),
        ("H01", "59.18"),
    ]


@pytest.mark.slow
def test_on_schedule_until_it_is_stopped(folder: Path, played: PlayedPortal) -> None:
    given = [one for one in words(folder, played) if one != "--once"]
    process = subprocess.Popen(
        [sys.executable, "-m", "chiso.cli", *given], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        wait_for(lambda: len(played.requests) == ALL)
        time.sleep(0.5)
    finally:
        process.send_signal(2)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"stop with Ctrl-C at any time" in err
    assert b"Complete: 19 requests" in err
