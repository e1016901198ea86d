"""The page for everybody: kept as bytes, against the same page made for every reader."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from chiso.bench import folders
from chiso.bench.report import Line, Report
from chiso.bench.serving import NoServerError, Served
from chiso.bench.timing import clock, percentile
from chiso.folder.settings import FILE

TITLE: Final = "Public page"
READERS: Final = 8
KEPT: Final = 4_000
MADE: Final = 120
RATIO_REACH: Final = 10.0
"""Times as many readers a second as without keeping."""
PATHS: Final = ("/public", "/public?among=departments", "/public?lang=en", "/public/units/H01")


@dataclass
class Read:
    """What became of a number of readings."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds


async def read(port: int, count: int, readers: int = READERS) -> Read:
    """Reads the pages in turn over some connections that stay open."""
    found = Read()
    waiting = iter(range(count))

    async def reader() -> None:
        stream, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        try:
            for number in waiting:
                path = PATHS[number % len(PATHS)]
                began = clock()
                writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n".encode())
                head = (await stream.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
                length = next(int(line[15:]) for line in head if line.startswith("content-length:"))
                await stream.readexactly(length)
                found.waits.append(clock() - began)
                found.wrong += head[0].split()[1] != "200"
        finally:
            writer.close()

    began = clock()
    await asyncio.gather(*(reader() for _ in range(readers)))
    found.seconds = clock() - began
    return found


def measure(report: Report, dossiers: int, kept: int = KEPT, made: int = MADE) -> None:
    """A real server asked over HTTP, once as it is and once with the setting that keeps nothing."""
    rates = []
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as place:
        folder = Path(place)
        folders.make(folder, dossiers)
        try:
            for seconds, count, name in ((3, kept, "kept as bytes"), (0, made, "made for every reader")):
                (folder / FILE).write_text(f"public_keep = {seconds}\n", encoding="utf-8")
                with Served(folder) as served:
                    asyncio.run(read(served.port, len(PATHS)))
                    found = asyncio.run(read(served.port, count))
                if found.wrong:
                    report.differences.append(f"public page, {name}: {found.wrong} answers were not 200")
                rates.append(found.rate)
                slowest = percentile(found.waits, 0.99) * 1e3
                note = f"{count:,} readings, {READERS} connections, p99 {slowest:.1f} ms"
                report.add(TITLE, Line(name, found.rate, "/s", note=note))
            ratio = rates[0] / rates[1]
            report.add(TITLE, Line("kept against made", ratio, "×", RATIO_REACH, f"{dossiers:,} dossiers"))
        except NoServerError as error:
            report.add(TITLE, Line("readings", None, "/s", note=str(error)))
