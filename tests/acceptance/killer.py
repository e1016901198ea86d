"""Kills a serving process under load, again and again: ``python -m tests.acceptance.killer SECONDS``.

``--processes N``: as many processes, of which one is killed each time, else the only one; ``--database URL``;
``--seed N``.  Senders send again what was not answered.  Prints what happened as JSON; exit status 1 where
anything that was answered is missing, anything counts twice, or the recount differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from chiso.commands.recounting import recount
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from chiso.ledger.store import Ledger
from tests.support.messages import dossier
from tests.support.serving import Serving

HANDS = 4
BATCH = 5
PATIENCE = 90.0


@dataclass
class Told:
    """What senders know."""

    accepted: dict[str, bool] = field(default_factory=dict)
    """code → whether its end was accepted too"""
    answers: int = 0
    again: int = 0
    """posts that had to be sent again"""
    lock: threading.Lock = field(default_factory=threading.Lock)


def message(code: str, *, ended: bool) -> dict[str, Any]:
    return dossier(code, UNTIL - DAY, UNTIL + DAY, UNTIL - 60 if ended else None)


def sender(hand: int, ports: list[int], key: str, told: Told, stopping: threading.Event) -> None:
    """Posts new dossiers and ends of old ones, each until it is answered."""
    chance = random.Random(hand)
    number = 0
    mine: list[str] = []
    clients = {port: httpx.Client(timeout=20, trust_env=False) for port in ports}
    headers = {"Authorization": f"Bearer {key}"}
    while not stopping.is_set():
        number += 1
        codes = [f"H01.{101 + hand}-261009-{number * BATCH + place:06d}" for place in range(BATCH)]
        ended = bool(mine) and chance.random() < 0.4
        if ended:
            codes = chance.sample(mine, min(BATCH, len(mine)))
        body = [message(code, ended=ended) for code in codes]
        until = time.monotonic() + PATIENCE
        while True:
            port = chance.choice(ports)
            try:
                answer = clients[port].post(
                    f"http://127.0.0.1:{port}/dvcqg/DongBoHoSoMC", json=body, headers=headers
                )
                if answer.status_code == 200 and answer.json()["error_code"] == "0":
                    break
            except httpx.HTTPError:
                pass
            if time.monotonic() > until:
                raise AssertionError(f"nobody took it for {PATIENCE:.0f} s")
            with told.lock:
                told.again += 1
            time.sleep(0.05)
        with told.lock:
            told.answers += 1
            for code in codes:
                told.accepted[code] = ended or told.accepted.get(code, False)
        if not ended:
            mine += codes
    for client in clients.values():
        client.close()


@contextmanager
def sending(ports: list[int], key: str, told: Told) -> Iterator[list[BaseException]]:
    """Senders at work; gives what went wrong with them."""
    stopping, failed = threading.Event(), list[BaseException]()

    def work(hand: int) -> None:
        try:
            sender(hand, ports, key, told, stopping)
        except BaseException as error:
            failed.append(error)

    hands = [threading.Thread(target=work, args=(hand,)) for hand in range(HANDS)]
    for one in hands:
        one.start()
    try:
        yield failed
    finally:
        stopping.set()
        for one in hands:
            one.join()


def check(folder: Path, told: Told) -> list[str]:
    """What is wrong with the ledger, in sentences."""
    found = recount(folder, deep=True, say=lambda _: None)
    wrong = [f"recount: {one}" for one in found.differences[:5]]
    with DataFolder.open(folder) as opened:
        facts = {code: one for _, code, one in opened.ledger.all_facts()}
        missing = [code for code in told.accepted if code not in facts]
        unended = [
            code
            for code, ended in told.accepted.items()
            if ended and code in facts and not (facts[code].message and facts[code].message.finished_at)
        ]
        wrong += [f"accepted and lost: {code}" for code in missing[:5]]
        wrong += [f"its end was accepted and lost: {code}" for code in unended[:5]]
        counted = opened.score("H01")["indicators"]["2.1"]["d"]
        if counted != len(facts):
            wrong.append(f"{len(facts)} dossiers are known and {counted} counted")
        # what was sent and not answered may be there, as a whole batch
        if (len(facts) - len(told.accepted)) % BATCH:
            wrong.append(
                f"{len(facts)} dossiers are known, {len(told.accepted)} accepted: half a batch is there"
            )
        numbers = [entry.seq for entry in opened.ledger.journal()]
        if numbers != list(range(1, len(numbers) + 1)):
            wrong.append("the journal's numbers have gaps")
    return wrong


def run(folder: Path, seconds: float, processes: int, seed: int) -> dict[str, Any]:
    """Load and kills for some seconds, then the check."""
    chance = random.Random(seed)
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        key = opened.ledger.senders.add("một cửa", "H01", UNTIL).key
    told, kills = Told(), 0
    more = ("--processes", str(processes)) if processes > 1 else ()
    with Serving(folder, folder.parent / "killer.log", *more) as serving:
        ports = [serving.port + 1 + one for one in range(processes)] if processes > 1 else [serving.port]
        for port in ports:
            serving.ready(port)
        with sending(ports, key, told) as failed:
            until = time.monotonic() + seconds
            while time.monotonic() < until and not failed:
                time.sleep(chance.uniform(0.2, 6.0))
                if processes == 1:
                    serving.kill()
                    serving.start(wait=False)
                else:
                    victim = serving.told().get(chance.choice(ports))
                    if victim is None:
                        continue
                    try:
                        os.kill(victim["pid"], signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                kills += 1
            for port in ports:
                serving.ready(port)
        wrong = [f"sender: {error}" for error in failed]
        wrong += check(folder, told)
        time.sleep(2)
        scores = [
            httpx.get(f"http://127.0.0.1:{port}/api/v1/units/H01/score", timeout=60, trust_env=False).json()
            for port in ports
        ]
        if any(one["indicators"] != scores[0]["indicators"] for one in scores):
            wrong.append("the processes show different figures")
        status = serving.stop()
    with Ledger.open(folder, os.environ.get("CHISO_DATABASE") or None) as ledger:
        entries = ledger.position().journal
    return {
        "seconds": seconds, "kills": kills, "answers": told.answers, "sent_again": told.again,
        "dossiers": len(told.accepted), "journal": entries, "exit_status": status, "wrong": wrong,
    }  # fmt: skip


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("seconds", type=float)
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--database", default="")
    asked.add_argument("--seed", type=int, default=766)
    words = asked.parse_args()
    if words.database:
        os.environ["CHISO_DATABASE"] = words.database
    place = Path(tempfile.mkdtemp(prefix="chiso-killer-"))
    found = run(place / "data", words.seconds, words.processes, words.seed)
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    if not found["wrong"]:
        shutil.rmtree(place)
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
