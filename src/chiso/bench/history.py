"""Ten years of daily published results: how fast a league answers."""

from __future__ import annotations

import http.client
import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from chiso.bench import data, serving
from chiso.bench.report import Line, Report
from chiso.bench.timing import clock, timed
from chiso.folder import DataFolder
from chiso.instants import day_of, midnight
from chiso.ledger.clock import Clock
from chiso.ledger.database import Hot
from chiso.ledger.publishing import NEWS, Capture, Figure

TITLE: Final = "League of provinces, ten years of days"
YEARS: Final = 10
UNITS: Final = 4_000
REACH: Final = 50.0
POOL: Final = 5_000
AT_ONCE: Final = 200_000
SHARES: Final = {
    "transparency": 18, "processing": 20, "online_services": 12, "online_payment": 10, "satisfaction": 18,
    "digitisation": 22,
}  # fmt: skip


def _captures(count: int) -> list[bytes]:
    """Drawn results of a unit on a day, as the ledger keeps them."""
    chance = random.Random(766)  # noqa: S311 - not a secret
    made = []
    for _ in range(count):
        hundredths = {group: chance.randrange(30 * most, 95 * most) for group, most in SHARES.items()}
        figures = {
            group: Figure(f"{points // 100}.{points % 100:02d}") for group, points in hundredths.items()
        }
        total = sum(hundredths.values())
        figures["total"] = Figure(f"{total // 100}.{total % 100:02d}")
        made.append(msgspec.msgpack.encode(Capture(figures)))
    return made


def _days(last: date) -> Iterator[date]:
    first = last.replace(year=last.year - YEARS)
    while first < last:
        first += timedelta(days=1)
        yield first


def fill(folder: Path, units: int) -> int:
    """A folder with a result a day of all provinces and of so many units below them.  Gives how many rows."""
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(data.NOW))
        provinces = opened.registry.units.league("provinces", None, data.NOW)
        codes = [one.code for one in provinces]
        codes += [f"{one.code}.9{place}" for place in range(units // len(codes) + 1) for one in provinces]
        codes = sorted(codes[: len(provinces) + units])
        pool = _captures(POOL)
        days = [(f"{day.year}", midnight(day) + 6 * 3600) for day in _days(day_of(data.NOW))]
        rows: list[tuple[Any, ...]] = []
        count = 0
        with opened.ledger.database.write() as connection:
            hot = Hot(connection)

            def flush() -> None:
                hot.insert("published", ("unit", "period", "captured_at", "seq", "body"), rows)
                rows.clear()

            for unit in codes:
                for period, at in days:
                    rows.append((unit, period, at, 1, pool[count * 7919 % POOL]))
                    count += 1
                if len(rows) >= AT_ONCE:
                    flush()
            flush()
            hot.run("INSERT INTO meta (key, value) VALUES (?, ?)", (NEWS, "1"))
            hot.close()
    return count


def _asked(port: int) -> tuple[float, int]:
    """Seconds until the league of provinces has answered, and how many rows it has."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        began = clock()
        connection.request("GET", "/api/v1/rank?among=provinces")
        answer = connection.getresponse().read()
        taken = clock() - began
        return taken, len(msgspec.json.decode(answer)["rows"])
    finally:
        connection.close()


def measure(report: Report, units: int = UNITS) -> None:
    """Asks a real server for the league of provinces."""
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as place:
        folder = Path(place)
        seconds, rows = timed(lambda: fill(folder, units))
        note = f"{units:,} units and 34 provinces, drawn results"
        report.add(TITLE, Line(f"{rows:,} results written", rows / seconds, "/s", note=note))
        try:
            with serving.Served(folder) as served:
                first, count = _asked(served.port)
                if count != 34:
                    report.differences.append(f"league of provinces: {count} rows")
                report.add(TITLE, Line("GET /api/v1/rank, the first after a start", first * 1e3, "ms", REACH))
                later, _ = timed(lambda: _asked(served.port), 21)
                report.add(TITLE, Line("GET /api/v1/rank, the median of 21 more", later * 1e3, "ms", REACH))
        except serving.NoServerError as error:
            report.add(TITLE, Line("GET /api/v1/rank", None, "ms", REACH, str(error)))
        size = sum(path.stat().st_size for path in folder.glob("chiso.sqlite*"))
        report.add(TITLE, Line("bytes of a result on disk", size / max(1, rows), "B"))
