"""Loading: from files of messages to points, durable, beside what decoding and the disk alone allow."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from chiso.bench import messages
from chiso.bench.report import Line, Report
from chiso.bench.timing import append_rate, clock, timed
from chiso.commands.loading import context_of, gathered
from chiso.folder import DataFolder
from chiso.intake.doors import read_file
from chiso.intake.shapes import DossierMessage

TITLE: Final = "Loading"
MOST: Final = 100_000
"""Messages that tell enough."""
JOURNAL_LINES: Final = 4_000
REACH: Final = 20_000.0


@dataclass(frozen=True)
class Loaded:
    """A file loaded into a fresh folder that keeps its scores up."""

    seconds: float
    processor: float
    """seconds of processor time: what it costs where other work takes turns"""
    items: int

    def line(self, name: str, note: str, reach: float | None = None) -> Line:
        note += f"; {self.processor / self.items * 1e6:.0f} µs of processor time each"
        return Line(name, self.items / self.seconds, "/s", reach, note)


def loaded(source: Path, data: Path) -> Loaded:
    """Loads a file into a fresh folder."""
    with DataFolder.open(data, standing=True) as folder:
        context = context_of(folder.ledger, folder.registry.units, folder.settings)
        read = 0
        began, spent = clock(), time.process_time()
        for group in gathered(read_file(source, context)):
            receipt = folder.ledger.accept(group, folder.now())
            folder.take(receipt)
            read += sum(taken.read for taken in receipt.arrivals)
        return Loaded(clock() - began, time.process_time() - spent, read)


def measure(report: Report, count: int) -> None:
    count = min(count, MOST)
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as place:
        folder = Path(place)
        told = messages.dossiers(count)
        size = messages.write(folder / "full.jsonl", told)
        full = loaded(folder / "full.jsonl", folder / "full")
        note = f"{full.items:,} messages of {size // len(told):,} bytes"
        report.add(TITLE, full.line("full messages, durable and scored", note, REACH))
        decoder = msgspec.json.Decoder(DossierMessage)
        some = told[:20_000]
        decoding, _ = timed(lambda: [decoder.decode(one) for one in some], 3)
        report.add(TITLE, Line("roof: decoding the same messages", len(some) / decoding, "/s"))
        report.add(TITLE, Line("roof: durable appends", append_rate(folder), "/s", note="4 KiB, fdatasync"))
        messages.write_journal(folder / "year.jsonl", count, min(JOURNAL_LINES, count))
        year = loaded(folder / "year.jsonl", folder / "year")
        note = f"{year.items:,} items, most of them steps, in small envelopes"
        report.add(TITLE, year.line("a journal, durable and scored", note))
