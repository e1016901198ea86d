"""Fills a demo folder: the generator's stream through the file door, in processes of their own.

``python -m chiso.demo.feed`` runs the generator beside itself and loads what it writes, as a journal known at
its own instants.  How far it has come stands in the ledger, so that the server's pages can show it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import msgspec

from chiso.commands import output, samples
from chiso.commands.loading import opened
from chiso.demo.world import FULL
from chiso.folder.state import LOADING

RECORDS_A_DOSSIER: Final = 2.673
"""Records of the stream for each dossier counted; others do not grow with it: for the progress bar."""
OTHER_RECORDS: Final = 3_600
BEAT: Final = 0.5
"""Seconds between two notes of progress."""


def feed(folder: Path, dossiers: int) -> dict[str, int]:
    """Generates and loads.  Gives the counts of what was taken in."""
    total = round(dossiers * RECORDS_A_DOSSIER) + OTHER_RECORDS
    command = [sys.executable, "-m", "chiso.demo", "--dossiers", str(dossiers), "--quiet"]
    told = 0.0
    with (
        opened(folder) as target,
        output.progress(total, "An Giang 2026") as shown,
        subprocess.Popen(command, stdout=subprocess.PIPE) as generator,
    ):
        meta = target.ledger.meta

        def note(done: int) -> None:
            nonlocal told
            shown(min(done, total))
            if time.monotonic() - told >= BEAT:
                told = time.monotonic()
                state = {"done": min(done, total), "total": total}
                meta.set(LOADING, msgspec.json.encode(state).decode())

        note(0)
        with samples.opened(samples.AN_GIANG_2023) as tables:
            target.load(list(tables))
        assert generator.stdout is not None
        try:
            outcome = target.load([generator.stdout], progress=note)
        finally:
            meta.set(LOADING, None)
            generator.stdout.close()
        if generator.wait() != 0:
            raise RuntimeError("the generator of the demo's messages failed")
    return outcome.counts


def main() -> int:
    """Feeds the folder named; counts as JSON on standard output."""
    parser = argparse.ArgumentParser(prog="python -m chiso.demo.feed")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--dossiers", type=int, default=FULL)
    given = parser.parse_args()
    counts = feed(given.data, given.dossiers)
    output.print_json(counts)
    return 1 if counts["refused"] else 0


if __name__ == "__main__":
    sys.exit(main())
