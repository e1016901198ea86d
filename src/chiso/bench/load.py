"""Load on one server from the same machine: public readers, signed-in live streams, senders, all at once.

``chiso bench --load``.  The server is a real ``chiso serve`` in processes of its own, the readers and senders
are connections of two other processes.  Every reader asks for a public page at its own pace, every stream is
opened by a session of an account, every batch of a sender must be accepted; afterwards the ledger must hold
every message that was accepted, counted once.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import secrets
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from chiso.bench import data, messages
from chiso.bench.report import Line, Report
from chiso.bench.serving import PATIENCE, Served, answered, within
from chiso.bench.timing import clock, percentile
from chiso.commands.recounting import recount
from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.ledger.clock import Clock
from chiso.people.house import People
from chiso.people.rights import Grant, Role

TITLE: Final = "Load"
BATCH: Final = 5
SENDERS: Final = 32
"""Connections of senders: one waits for its answer before it sends again."""
PAGES: Final = ("/public", "/public", "/public", "/public/units/H01", "/public/how")
"""What readers ask for, the first page most."""
UNITS: Final = ("H01", "H01.113", "H01.101", "H01.06")
"""What the streams are about."""
PAGE_REACH: Final = 1_000.0
POST_REACH: Final = 1_000.0

_ANY: Final = msgspec.json.Decoder()


@dataclass(frozen=True)
class Plan:
    """What is asked of the server."""

    readers: int = 2_000
    every: float = 10.0
    """seconds between two pages of a reader"""
    streams: int = 200
    rate: int = 500
    """messages a second"""
    seconds: int = 60
    processes: int = 2
    stock: int = 20_000
    """dossiers that are there before"""


@dataclass
class Seen:
    """What clients met."""

    pages: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    accepted: int = 0
    events: int = 0
    open: int = 0
    """streams that were open at the end"""
    wrong: Counter[str] = field(default_factory=Counter)
    late: float = 0.0
    """seconds by which a batch was sent behind its time at most"""
    seconds: float = 0.0
    """that the senders needed for all"""


class _Connection:
    """One connection that stays open, opened anew where the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and body of an answer."""
        for fresh in (False, True):
            if self._pair is None or fresh:
                self.close()
                self._pair = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
            reader, writer = self._pair
            try:
                writer.write(request)
                return await asyncio.wait_for(answered(reader), PATIENCE)
            except (ConnectionError, asyncio.IncompleteReadError):
                # a connection that was idle may have been closed by the server: only then is it asked again
                if fresh:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        if self._pair is not None:
            self._pair[1].close()
            self._pair = None


def _get(path: str, cookie: str = "") -> bytes:
    more = f"Cookie: chiso_session={cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n{more}\r\n".encode()


async def _reader(port: int, plan: Plan, seen: Seen, chance: random.Random, until: float) -> None:
    connection = _Connection(port)
    await asyncio.sleep(chance.uniform(0, plan.every))
    while clock() < until:
        path = chance.choice(PAGES)
        began = clock()
        try:
            status, _ = await connection.ask(_get(path))
            if status == 200:
                seen.pages.append(clock() - began)
            else:
                seen.wrong[f"page {path}: {status}"] += 1
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            seen.wrong[f"page: {type(error).__name__}"] += 1
        await asyncio.sleep(max(0.0, plan.every - (clock() - began)))
    connection.close()


async def _stream(port: int, unit: str, token: str, seen: Seen, until: float) -> None:
    writer = None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        writer.write(_get(f"/api/v1/stream?unit={unit}", token))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            seen.wrong[f"stream: {head.split()[1].decode()}"] += 1
            return
        seen.open += 1
        while (left := until - clock()) > 0:
            try:
                line = await asyncio.wait_for(reader.readline(), left)
            except TimeoutError:
                return
            if not line:
                seen.wrong["stream: closed"] += 1
                seen.open -= 1
                return
            seen.events += line.startswith(b"event: score")
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        seen.wrong[f"stream: {type(error).__name__}"] += 1
    finally:
        if writer is not None:
            writer.close()


async def _sender(port: int, key: str, bodies: list[tuple[float, bytes]], seen: Seen, begun: float) -> None:
    connection = _Connection(port)
    head = (
        "POST /dvcqg/DongBoHoSoMC?MaDinhDanhDV=H01&isUpdating=False HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: "
    ).encode()
    for due, body in bodies:
        await asyncio.sleep(max(0.0, begun + due - clock()))
        began = clock()
        try:
            status, answer = await connection.ask(head + str(len(body)).encode() + b"\r\n\r\n" + body)
            if status == 200 and _ANY.decode(answer).get("error_code") == "0":
                seen.accepted += BATCH
                seen.posts.append(clock() - began)
            else:
                seen.wrong[f"post: {status}"] += 1
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            seen.wrong[f"post: {type(error).__name__}"] += 1
        seen.late = max(seen.late, began - begun - due)
    connection.close()


async def _read(port: int, plan: Plan, tokens: list[str], seconds: float) -> Seen:
    seen, chance = Seen(), random.Random(data.SEED)  # noqa: S311 - spreads requests
    until = clock() + seconds
    work = [_reader(port, plan, seen, chance, until) for _ in range(plan.readers)]
    work += [
        _stream(port, UNITS[number % len(UNITS)], token, seen, until) for number, token in enumerate(tokens)
    ]
    await asyncio.gather(*work)
    return seen


async def _post(port: int, key: str, bodies: list[bytes], rate: int) -> Seen:
    seen, begun = Seen(), clock() + 0.2
    timed = [(number * BATCH / rate, body) for number, body in enumerate(bodies)]
    await asyncio.gather(*(_sender(port, key, timed[one::SENDERS], seen, begun) for one in range(SENDERS)))
    seen.seconds = max(clock() - begun, len(bodies) * BATCH / rate)
    return seen


def _reading(port: int, plan: Plan, tokens: list[str], told: Any) -> None:
    told.send(asyncio.run(_read(port, plan, tokens, plan.seconds)))


def _posting(port: int, key: str, bodies: list[bytes], rate: int, told: Any) -> None:
    told.send(asyncio.run(_post(port, key, bodies, rate)))


def _both(port: int, plan: Plan, key: str, tokens: list[str], bodies: list[bytes]) -> tuple[Seen, Seen]:
    """Readers and senders at once, each kind in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    pipes = [spawn.Pipe(duplex=False) for _ in range(2)]
    work = [
        spawn.Process(target=_reading, args=(port, plan, tokens, pipes[0][1])),
        spawn.Process(target=_posting, args=(port, key, bodies, plan.rate, pipes[1][1])),
    ]
    for one in work:
        one.start()
    try:
        found = [pipe.recv() for pipe, _ in pipes]
    finally:
        for one in work:
            one.join(PATIENCE)
            if one.exitcode is None:
                one.kill()
    return found[0], found[1]


def measure(report: Report, plan: Plan) -> None:
    """Fills a folder, serves it, loads it, and looks whether anything is missing."""
    wanted = plan.rate * plan.seconds // BATCH * BATCH
    told = within(messages.dossiers(plan.stock + wanted + wanted // 4 + 500), plan.stock + wanted)
    stock, fresh = told[: plan.stock], told[plan.stock :]
    bodies = [b"[" + b",".join(fresh[at : at + BATCH]) + b"]" for at in range(0, len(fresh), BATCH)]
    with tempfile.TemporaryDirectory(prefix="chiso-load-") as place:
        folder = Path(place) / "data"
        key, tokens = _made(folder, stock, plan)
        with Served(folder, "--processes", str(plan.processes)) as served:
            readers, senders = _both(served.port, plan, key, tokens, bodies)
            found = recount(folder, deep=False, say=lambda _: None)
        _tell(report, plan, readers, senders, found.dossiers - len(stock))
        report.differences += [f"recount: {one}" for one in found.differences[:5]]
        wrong = readers.wrong + senders.wrong
        report.differences += [f"{what} ({times} times)" for what, times in wrong.most_common(10)]


def _made(folder: Path, stock: list[bytes], plan: Plan) -> tuple[str, list[str]]:
    """A folder with dossiers, a sender and people; gives the sender's key and the people's sessions."""
    from chiso.commands.loading import opened  # noqa: PLC0415

    path = folder.parent / "stock.jsonl"
    messages.write(path, stock)
    with opened(folder) as target:
        target.ledger.clock.set(Clock(data.NOW))
        target.load([str(path)])
    with DataFolder.open(folder) as made:
        key = made.ledger.senders.add("bench", "H01", data.NOW).key
        people, now = People(made.ledger), utc_now()
        account, _ = people.accounts.add(
            "bench", "bench", [Grant(Role.LEADER, "H01")], now, secrets.token_urlsafe(24)
        )
        tokens = [people.sessions.open(account, now) for _ in range(plan.streams)]
    return key, tokens


def _tell(report: Report, plan: Plan, readers: Seen, senders: Seen, kept: int) -> None:
    note = f"{plan.processes} processes, {os.cpu_count()} processors for server and clients together"
    pages = len(readers.pages) / plan.seconds
    asked = plan.readers / plan.every
    report.add(TITLE, Line(f"pages to {plan.readers:,} readers", pages, "/s", asked * 0.9, note))
    for share, name in ((0.5, "half"), (0.99, "99 of 100")):
        value = percentile(readers.pages, share) * 1e3 if readers.pages else None
        report.add(TITLE, Line(f"pages, {name} within", value, "ms", PAGE_REACH))
    note = f"{readers.open} of {plan.streams} open at the end"
    report.add(TITLE, Line("score events heard", readers.events / plan.seconds, "/s", None, note))
    rate = senders.accepted / max(1e-9, senders.seconds)
    note = (
        f"{senders.accepted:,} accepted, {kept:,} new in the ledger, at most {senders.late:.1f} s behind time"
    )
    report.add(TITLE, Line("messages accepted", rate, "/s", plan.rate * 0.99, note))
    value = percentile(senders.posts, 0.99) * 1e3 if senders.posts else None
    report.add(TITLE, Line(f"batches of {BATCH}, 99 of 100 within", value, "ms", POST_REACH))
    if kept != senders.accepted:
        report.differences.append(f"{senders.accepted:,} messages were accepted and {kept:,} are counted")
    if readers.open != plan.streams:
        report.differences.append(f"{plan.streams - readers.open} streams ended before their time")
