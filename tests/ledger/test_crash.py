"""A writer killed at any instant loses nothing that it had accepted, and leaves no half of a batch."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from chiso.ledger.database import LedgerBusyError
from chiso.ledger.recount import differences
from chiso.ledger.store import Ledger
from chiso.ledger.writer import Writer
from tests.ledger.crash_writer import SIZE, batch
from tests.ledger.samples import T0
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[2]


def write_and_kill(address: Any, first: int, after: int, delay: float) -> int:
    """Lets a process write from batch ``first`` on and kills it; gives the last one it said was accepted."""
    folder, url = address
    command = [sys.executable, "-m", "tests.ledger.crash_writer", str(folder), str(first)]
    writer = subprocess.Popen(
        command + ([url] if url else []), cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert writer.stdout is not None
    with writer, writer.stdout:
        said = writer.stdout.readline()
        assert said == "open\n"
        last = first - 1
        for _ in range(after):
            last = int(writer.stdout.readline())
        killer = threading.Timer(delay, lambda: os.kill(writer.pid, signal.SIGKILL))
        killer.start()
        for line in writer.stdout:
            if line.endswith("\n"):
                last = int(line)
        killer.join()
    return last


def check(ledger: Ledger, accepted: int) -> int:
    """All of every accepted batch is there, and of at most one more all or nothing; gives the last one."""
    journal, versions, *_ = ledger.position()
    assert journal % 2 == 0
    last = journal // 2
    assert accepted <= last <= accepted + 1
    assert versions == last * 3 * SIZE
    entries = list(ledger.journal())
    assert [entry.seq for entry in entries] == list(range(1, journal + 1))
    expected = [arrival for number in range(1, last + 1) for arrival in batch(number)]
    assert [entry.payload for entry in entries] == [arrival.payload for arrival in expected]
    assert [entry.items() for entry in entries] == [arrival.items for arrival in expected]
    assert ledger.quarantine.count() == {"bad_date": last}
    counted = sum(one.read for one in ledger.counters.arrivals())
    assert counted == last * (3 * SIZE + 1)
    assert list(differences(ledger)) == []
    return last


def test_a_killed_writer_loses_nothing(address: Any) -> None:
    chance = random.Random(766)
    last = 0
    Ledger.open(*address).close()
    for _ in range(5):
        accepted = write_and_kill(address, last + 1, chance.randrange(3), chance.random() * 0.15)
        with Ledger.open(*address) as ledger:
            last = check(ledger, accepted)
    assert last > 0
    with Ledger.open(*address) as ledger:
        ledger.accept(batch(last + 1), T0)
        check(ledger, last + 1)


@pytest.mark.postgres
def test_a_killed_server_loses_nothing(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.database()
    with Ledger.open(tmp_path, url, patience=5) as ledger:
        for number in range(1, 6):
            ledger.accept(batch(number), T0)
        # The server's processes end at once, without writing anything more.
        postgres.stop("immediate")
        postgres.start()
        check(ledger, 5)
        ledger.accept(batch(6), T0)
        check(ledger, 6)


@pytest.mark.postgres
def test_a_server_that_goes_away_fails_the_waiting_and_is_found_again(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.database()
    with Ledger.open(tmp_path, url, patience=2) as ledger, Writer(ledger) as writer:
        writer.submit(batch(1), T0).result(60)
        postgres.stop("immediate")
        try:
            with pytest.raises(LedgerBusyError, match="cannot be reached"):
                writer.submit(batch(2), T0).result(60)
        finally:
            postgres.start()
        writer.submit(batch(2), T0).result(60)
        check(ledger, 2)
