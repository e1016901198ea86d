"""Loading: from files of messages to points, durable, beside what decoding and the disk alone allow."""

from __future__ import annotations

import tempfile
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


def loaded(source: Path, data: Path) -> tuple[float, int]:
    """Seconds to load a file into a fresh folder that keeps its scores up, and how many items were in it."""
    with DataFolder.open(data, standing=True) as folder:
        context = context_of(folder.ledger, folder.registry.units, folder.settings)
        read = 0
        began = clock()
        for group in gathered(read_file(source, context)):
            receipt = folder.ledger.accept(group, folder.now())
            folder.take(receipt)
            read += sum(taken.read for taken in receipt.arrivals)
        return clock() - began, read


def measure(report: Report, count: int) -> None:
    count = min(count, MOST)
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as place:
        folder = Path(place)
        told = messages.dossiers(count)
        size = messages.write(folder / "full.jsonl", told)
        seconds, read = loaded(folder / "full.jsonl", folder / "full")
        note = f"{read:,} messages of {size // len(told):,} bytes"
        report.add(TITLE, Line("full messages, durable and scored", read / seconds, "/s", REACH, note))
        decoder = msgspec.json.Decoder(DossierMessage)
        some = told[:20_000]
        decoding, _ = timed(lambda: [decoder.decode(one) for one in some], 3)
        report.add(TITLE, Line("roof: decoding the same messages", len(some) / decoding, "/s"))
        report.add(TITLE, Line("roof: durable appends", append_rate(folder), "/s", note="4 KiB, fdatasync"))
        messages.write_journal(folder / "year.jsonl", count, min(JOURNAL_LINES, count))
        seconds, read = loaded(folder / "year.jsonl", folder / "year")
        note = f"{read:,} items, most of them steps, in small envelopes"
        report.add(TITLE, Line("a journal, durable and scored", read / seconds, "/s", note=note))
