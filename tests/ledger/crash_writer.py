"""A process that writes until it is killed: ``python -m tests.ledger.crash_writer FOLDER FIRST [URL]``.

Says the number of every batch on standard output once the ledger has accepted it.
"""

from __future__ import annotations

import itertools
import sys

from chiso.intake.records import Arrival
from chiso.ledger.store import Ledger
from tests.ledger.samples import T0, arrive, dossier, refusal, step

SIZE = 40


def batch(number: int) -> list[Arrival]:
    """Half new dossiers, half changes of those of the batch before; steps; a refusal."""
    new = [dossier(f"H01.{number}-{place}") for place in range(SIZE)]
    old = [dossier(f"H01.{number - 1}-{place}", 9, finished_at=T0 + number) for place in range(SIZE)]
    steps = [step(T0 + number, 4, f"H01.{number}-{place}") for place in range(SIZE)]
    first = arrive(*new, *old, known_at=T0 + number, refusals=[refusal(f"B{number}")])
    first.payload *= 50
    return [first, arrive(*steps, known_at=T0 + number)]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(folder: str, first: int, url: str | None) -> None:
    with Ledger.open(folder, url) as ledger:
        say("open")
        for number in itertools.count(first):
            ledger.accept(batch(number), T0)
            say(str(number))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
