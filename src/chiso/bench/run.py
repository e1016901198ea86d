"""``chiso bench``: everything measured in one run, beside what was to be reached."""

from __future__ import annotations

import os
import sys
from typing import Final

import msgspec

from chiso.bench import data, history, intake, keeping, public, scoreboard, serving
from chiso.bench.load import Plan
from chiso.bench.load import measure as measure_load
from chiso.bench.report import Line, Report
from chiso.bench.timing import load_average, scan_rate

PROVINCES: Final = 34
LARGE: Final = 10_000_000
PROVINCE_REACH: Final = 1.0
NATION_REACH: Final = 25.0


def run(dossiers: int, *, large: bool, as_json: bool) -> int:
    """Measures and prints.  Gives 1 where another engine counted otherwise.

    Args:
        dossiers: how many the province has.
        large: also 34 provinces with ten times as many (10 million for the usual million).
        as_json: JSON on standard output; progress goes to standard error either way.
    """
    report = measured(dossiers, large=large)
    if as_json:
        text = msgspec.json.format(msgspec.json.encode(report.as_json())).decode()
    else:
        text = "\n".join(report.text())
    sys.stdout.write(text + "\n")
    return 1 if report.differences else 0


def load(plan: Plan, *, as_json: bool) -> int:
    """Load on one server, and prints.  Gives 1 where anything failed or was lost."""
    report = Report(sound="no error, no message lost, none counted twice")
    words = f"{plan.readers:,} readers, {plan.streams} streams, {plan.rate} messages a second"
    _say(f"{words} for {plan.seconds} s")
    measure_load(report, plan)
    if as_json:
        text = msgspec.json.format(msgspec.json.encode(report.as_json())).decode()
    else:
        text = "\n".join(report.text())
    sys.stdout.write(text + "\n")
    return 1 if report.differences else 0


def measured(dossiers: int, *, large: bool = False) -> Report:
    """The whole benchmark."""
    report = Report()
    scan = scan_rate()
    note = f"{os.cpu_count()} processors, {load_average():.1f} busy with other work"
    report.add("Machine", Line("memory bandwidth, one thread", scan / 1e9, "GB/s", note=note))
    _say(f"a province of {dossiers:,} dossiers")
    title = f"Scoreboard of a province, {dossiers:,} dossiers"
    scoreboard.measure(report, scoreboard.filled(data.world(), dossiers), title, PROVINCE_REACH, scan)
    _say("recount, restart, memory, due times")
    keeping.measure(report, dossiers, min(data.CROWD, dossiers // 10))
    _say("loading")
    intake.measure(report, dossiers)
    _say("posting")
    share = min(1.0, dossiers / 100_000)
    serving.measure(report, max(2, int(serving.BATCHES * share)), max(20, int(serving.SINGLES * share)))
    _say("the page for everybody")
    public.measure(report, min(dossiers, 100_000))
    _say("the league of provinces over ten years")
    history.measure(report, int(history.UNITS * min(1.0, dossiers / 1_000_000)))
    if large:
        many = LARGE * dossiers // 1_000_000
        _say(f"{PROVINCES} provinces, {many:,} dossiers")
        standing = scoreboard.filled(data.world(PROVINCES), many)
        title = f"Scoreboard of {PROVINCES} provinces, {many:,} dossiers"
        scoreboard.measure(report, standing, title, NATION_REACH, scan)
    return report


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()
