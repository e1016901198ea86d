"""A storm ends as calm: shuffled between dossiers, sent twice, the loader killed in between."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chiso import cli
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.ledger.clock import Clock
from chiso.ledger.store import Ledger
from tests.support.provinces import journal, load_lines

HANGS = 60


def told(dossiers: int) -> tuple[list[bytes], list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines of other records; dossier messages and progress steps one by one, in the order of the year."""
    others, messages, steps = [], [], []
    for _, line in journal(dossiers):
        entry = json.loads(line)
        message = entry["message"]
        if isinstance(message, dict) and "service" in message:
            (messages if message["service"] == "DongBoHoSoMC" else steps).extend(message["data"])
        else:
            others.append(line)
    return others, messages, steps


def storm(messages: list[dict[str, Any]], steps: list[dict[str, Any]], chance: random.Random) -> bytes:
    """All of them in a wild order that keeps the order of the messages of each dossier."""
    places = [message["MaHoSo"] for message in messages]
    waiting: dict[str, list[dict[str, Any]]] = {}
    for message in messages:
        waiting.setdefault(message["MaHoSo"], []).append(message)
    for own in waiting.values():
        own.reverse()
    # a place in the order is a message of its dossier, or a step that may come at any time
    order: list[str | dict[str, Any]] = [*places, *steps]
    chance.shuffle(order)
    wild = [waiting[one].pop() if isinstance(one, str) else one for one in order]
    return lines(wild)


def lines(items: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in items)


def loader(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "chiso.cli", "load", "-", "--data", str(folder), "--json"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def pour_and_kill(folder: Path, poured: bytes) -> int:
    """Pours a part of a storm into a loader, kills it once something is written; gives how much was."""
    with Ledger.open(folder) as ledger:
        start = ledger.position().version
        process = loader(folder)
        pouring = threading.Thread(target=pour, args=(process, poured))
        pouring.start()
        try:
            until = time.monotonic() + HANGS
            while (written := ledger.position().version - start) == 0:
                assert process.poll() is None
                assert time.monotonic() < until, "nothing is written"
                time.sleep(0.002)
        finally:
            process.kill()
            process.wait()
            pouring.join()
            assert process.stdout is not None
            process.stdout.close()
    return written


def pour(process: subprocess.Popen[bytes], poured: bytes) -> None:
    """Writes until the reader is gone."""
    assert process.stdin is not None
    try:
        process.stdin.write(poured)
        process.stdin.flush()
    except BrokenPipeError:
        pass
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def scores(folder: DataFolder) -> dict[str, Any]:
    found = {}
    for unit in folder.units():
        if unit["code"].startswith("H01"):
            one = folder.score(unit["code"])
            found[unit["code"]] = {name: value for name, value in one.items() if name != "journal"}
    return found


@pytest.mark.parametrize("dossiers", [2_400, pytest.param(92_000, marks=pytest.mark.slow)])
def test_a_storm_ends_as_calm(tmp_path: Path, dossiers: int) -> None:
    others, messages, steps = told(dossiers)
    assert len(messages) + len(steps) > dossiers * 2.1
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    for folder in (calm, wild):
        load_lines(folder, others)
    assert load_lines(calm, [lines(messages), lines(steps)]).counts["refused"] == 0

    stream = storm(messages, steps, random.Random(766))
    # a small one is written at once: there the middle is in the second sending
    poured = stream[: len(stream) * 2 // 3] if dossiers > 10_000 else stream + stream[: len(stream) // 2]
    killed = pour_and_kill(wild, poured)
    process = loader(wild)
    out, _ = process.communicate(stream + stream)
    assert process.returncode == 0
    counts = json.loads(out)
    assert counts["read"] == 2 * (len(messages) + len(steps))
    assert counts["same"] > 0
    assert killed > 0

    with DataFolder.open(calm, standing=True) as one, DataFolder.open(wild, standing=True) as other:
        assert one.now() == other.now() == UNTIL
        assert np.array_equal(one.standing.cells, other.standing.cells)
        assert np.array_equal(one.standing.distinct, other.standing.distinct)
        assert scores(one) == scores(other)
        assert other.score("H01")["dossiers"] == dossiers
    assert cli.run(["recount", "--deep", "--data", str(wild)]) == 0


def test_the_second_time_everything_is_the_same(tmp_path: Path) -> None:
    lines_of_year = [line for _, line in journal(400)]
    first = load_lines(tmp_path, lines_of_year)
    with DataFolder.open(tmp_path) as folder:
        position = folder.ledger.position()
        before = scores(folder)
    again = load_lines(tmp_path, lines_of_year)
    assert again.counts["same"] == again.counts["read"] == first.counts["read"]
    assert (again.counts["new"], again.counts["changed"]) == (0, 0)
    with DataFolder.open(tmp_path) as folder:
        folder.ledger.clock.set(Clock(UNTIL))
        assert folder.ledger.position()[1:] == position[1:]
        assert scores(folder) == before
