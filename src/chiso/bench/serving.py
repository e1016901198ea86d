"""A real server in a process of its own, and clients that post to it and listen."""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from chiso.bench import data, messages
from chiso.bench.report import Line, Report
from chiso.bench.timing import clock, percentile
from chiso.folder import DataFolder
from chiso.instants import year_of
from chiso.ledger.clock import Clock

TITLE: Final = "HTTP"
CLIENTS: Final = 8
BATCH: Final = 100
SINGLES: Final = 3_000
BATCHES: Final = 200
BATCH_REACH: Final = 3_000.0
SINGLE_REACH: Final = 500.0
EVENT_REACH: Final = 250.0
PATIENCE: Final = 120.0

_ANY: Final = msgspec.json.Decoder()


class NoServerError(RuntimeError):
    """The server is not part of this installation, or did not start."""


class Served:
    """A folder served by a process of its own while the context lasts."""

    def __init__(self, folder: Path, *more: str) -> None:
        if importlib.util.find_spec("chiso.web.server") is None:
            raise NoServerError("there is no server in this installation")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server
        code = "import sys; from chiso.cli import main; sys.exit(main())"
        began = clock()
        self._process = subprocess.Popen(
            (sys.executable, "-c", code, "serve", "--data", str(folder), "--port", str(self.port),
             *more),
            stdout=self._log, stderr=self._log,
        )  # fmt: skip
        try:
            self._wait(began)
        except BaseException:
            self._stop()
            raise
        self.ready_after = clock() - began
        """seconds from starting the process to the first question answered"""

    def _wait(self, began: float) -> None:
        while True:
            if self._process.poll() is not None:
                self._log.seek(0)
                raise NoServerError(self._log.read()[-300:].decode("utf-8", "replace").strip())
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            if clock() - began > PATIENCE:
                raise NoServerError("the server was not ready in time")
            time.sleep(0.02)

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()


@dataclass
class Posted:
    """What became of posts."""

    seconds: float
    accepted: list[tuple[float, int]] = field(default_factory=list)
    """when each was answered, and how many messages it held"""
    refused: int = 0

    @property
    def messages(self) -> int:
        return sum(number for _, number in self.accepted)


@dataclass
class Heard:
    """Score events of a unit: when each came, and how many dossiers it counted."""

    events: list[tuple[float, int]] = field(default_factory=list)
    listening: asyncio.Event = field(default_factory=asyncio.Event)


async def listen(port: int, unit: str, heard: Heard) -> None:
    """Hears the score events of a unit until it is cancelled."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        request = (
            f"GET /api/v1/stream?unit={unit} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n"
        )
        writer.write(request.encode())
        event = ""
        while line := await reader.readline():
            text = line.decode().strip()
            if text.startswith("event:"):
                event = text[6:].strip()
            elif text.startswith("data:") and event == "score":
                heard.events.append((clock(), dossiers_in(_ANY.decode(text[5:]))))
                heard.listening.set()
    finally:
        writer.close()


def dossiers_in(score: dict[str, Any]) -> int:
    """How many dossiers a score counts: the denominator of 2.1."""
    return int(score["indicators"].get("2.1", {}).get("d", 0) or 0)


async def post_all(port: int, key: str, bodies: list[tuple[bytes, int]], clients: int) -> Posted:
    """Posts bodies (JSON, how many messages) over some connections that stay open."""
    waiting = iter(bodies)
    posted = Posted(0.0)
    head = (
        "POST /dvcqg/DongBoHoSoMC?MaDinhDanhDV=H01&isUpdating=False HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: "
    ).encode()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for body, number in waiting:
                writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
                status, answer = await answered(reader)
                if status == 200 and _ANY.decode(answer).get("error_code") == "0":
                    posted.accepted.append((clock(), number))
                else:
                    posted.refused += number
        finally:
            writer.close()

    began = clock()
    await asyncio.gather(*(client() for _ in range(clients)))
    posted.seconds = clock() - began
    return posted


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and body of an answer of known length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split()[1])
    length = next(int(line[15:]) for line in head if line.lower().startswith("content-length:"))
    return status, await reader.readexactly(length)


def delays(posted: Posted, heard: Heard) -> list[float]:
    """Seconds from each accepted answer to the first event that counts so many new dossiers.

    The nth answer is held against the first event with n dossiers more than before: an event may count
    others first, so this is never less than the true delay.
    """
    if not heard.events:
        return []
    found: list[float] = []
    before = heard.events[0][1]
    events = iter(heard.events)
    at, counted = next(events)
    total = 0
    for answered, number in sorted(posted.accepted):
        total += number
        while counted < before + total:
            following = next(events, None)
            if following is None:
                return found
            at, counted = following
        found.append(max(0.0, at - answered))
    return found


async def _run(port: int, key: str, bodies: list[tuple[bytes, int]], clients: int) -> tuple[Posted, Heard]:
    heard = Heard()
    listener = asyncio.create_task(listen(port, "H01", heard))
    await asyncio.wait_for(heard.listening.wait(), PATIENCE)
    posted = await post_all(port, key, bodies, clients)
    expected = heard.events[0][1] + posted.messages
    deadline = clock() + 10
    while heard.events[-1][1] < expected and clock() < deadline:
        await asyncio.sleep(0.05)
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)
    return posted, heard


def within(told: list[bytes], count: int) -> list[bytes]:
    """So many of the messages, of dossiers that count in the year."""
    year = str(year_of(data.NOW).first_day.year).encode()
    return [one for one in told if b'"NgayTiepNhan":"' + year in one][:count]


def measure(report: Report, batches: int = BATCHES, singles: int = SINGLES) -> None:
    """Posts batches and single messages to a real server with an empty folder."""
    wanted = batches * BATCH + singles
    told = within(messages.dossiers(wanted + wanted // 5 + 500), wanted)
    parts = [told[start : start + BATCH] for start in range(0, batches * BATCH, BATCH)]
    bodies = [(b"[" + b",".join(part) + b"]", len(part)) for part in parts if part]
    alone = [(b"[" + one + b"]", 1) for one in told[batches * BATCH :]]
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as place:
        folder = Path(place)
        with DataFolder.open(folder) as opened:
            opened.ledger.clock.set(Clock(data.NOW))
            key = opened.ledger.senders.add("bench", "H01", data.NOW).key
        try:
            with Served(folder) as served:
                for name, some, reach in (
                    (f"batches of {BATCH}", bodies, BATCH_REACH),
                    ("single posts", alone, SINGLE_REACH),
                ):
                    posted, heard = asyncio.run(_run(served.port, key, some, CLIENTS))
                    note = f"{posted.messages:,} messages, {CLIENTS} connections"
                    if posted.refused:
                        report.differences.append(f"HTTP, {name}: {posted.refused} messages refused")
                    report.add(TITLE, Line(name, posted.messages / posted.seconds, "/s", reach, note))
                    waited = delays(posted, heard)
                    late = percentile(waited, 0.99) * 1e3 if waited else None
                    title = f"{name}: accepted to score event, p99"
                    note = f"{len(heard.events)} events"
                    report.add(TITLE, Line(title, late, "ms", EVENT_REACH, note))
        except NoServerError as error:
            report.add(TITLE, Line("posts", None, "/s", BATCH_REACH, str(error)))
