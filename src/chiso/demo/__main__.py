"""``python -m chiso.demo``: the stream on standard output, progress on standard error."""

from __future__ import annotations

import argparse
import sys
import time

from chiso.demo import stream
from chiso.demo.world import FULL, UNTIL
from chiso.instants import iso, parse_instant


def main() -> int:
    """Writes the stream."""
    parser = argparse.ArgumentParser(
        prog="python -m chiso.demo", description="An Giang's year 2026 as messages"
    )
    parser.add_argument(
        "--dossiers", type=int, default=FULL, help="dossiers in the period (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=766)
    parser.add_argument("--until", default=str(iso(UNTIL)), help="last instant of the stream")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    given = parser.parse_args()
    began = time.monotonic()
    try:
        until, province = parse_instant(given.until), stream.make(given.dossiers, given.seed)
    except ValueError as error:
        parser.error(str(error))
    out, lines, size, shown = sys.stdout.buffer, 0, 0, began
    for at, line in stream.timed_lines(province, until):
        out.write(line)
        lines += 1
        size += len(line)
        if not given.quiet and lines % 500 == 0 and time.monotonic() - shown > 1:
            shown = time.monotonic()
            sys.stderr.write(f"\r{iso(at)}  {lines:,} lines  {size / 1e6:,.0f} MB ")
    out.flush()
    if given.quiet:
        return 0
    sys.stderr.write(f"\r{lines:,} lines, {size / 1e6:,.0f} MB in {time.monotonic() - began:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
