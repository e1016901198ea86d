"""``chiso watch``: takes what the national portal publishes, once or on a schedule."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from chiso.commands.options import FAILED, Data, Json, data_dir, wrong

if TYPE_CHECKING:
    from chiso.watch.outcome import Outcome
    from chiso.watch.words import Note


def watch(
    *,
    once: Annotated[bool, Parameter(negative="", help="One run, then end; else for good.")] = False,
    every: Annotated[int | None, Parameter(help="Hours between two runs, 1 to 24.")] = None,
    hour: Annotated[str | None, Parameter(help="The hour of the daily run; 06:00 by default.")] = None,
    units: Annotated[
        str | None, Parameter(help="Provinces of which all units are kept: H01,H44; else the home province.")
    ] = None,
    procedures: Annotated[
        str | None, Parameter(help="Procedures asked for one by one in those provinces: 2.000815,1.001193.")
    ] = None,
    period: Annotated[
        list[str] | None,
        Parameter(negative="", help="2026-09, 2026-Q3 or 2026; may be given again; else the year of now."),
    ] = None,
    portal: Annotated[str | None, Parameter(help="Address of the portal; else the setting.")] = None,
    pause: Annotated[float | None, Parameter(help="Mean seconds between two requests; 2 by default.")] = None,
    timeout: Annotated[float | None, Parameter(help="Seconds to wait for a sign; 60 by default.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Take what the national portal publishes, slowly, once or on a schedule.

    The overall list and every province's six groups; of chosen provinces all their units.  What was taken
    today is not asked for again; a refusal or another form of the answers ends the run.
    """
    import msgspec

    from chiso.commands import loading, output
    from chiso.watch.schedule import Schedule
    from chiso.watch.service import Watch, wanted

    if hour is not None and every is not None:
        raise SystemExit(wrong("watch takes --hour or --every, not both"))
    if json and not once:
        raise SystemExit(wrong("watch prints JSON of one run: give --once"))
    far = ""

    def tell(told: Note) -> None:
        output.say(f"{told.at} {far}{told.en}")

    def progress(done: int, of: int) -> None:
        nonlocal far
        far = f"[{done}/{max(done, of)}] "

    path = data_dir(data)
    with loading.opened(path) as target:
        want = wanted(
            target.settings, target.units, schedule=Schedule.of(hour, every), portal=portal, chosen=units,
            procedures=procedures, periods=tuple(period or ()), pause=pause, timeout=timeout,
        )  # fmt: skip
        made = Watch(
            path, target.ledger, target.units, target.context, target.now, want, _asleep, tell,
            progress,
        )  # fmt: skip
        if not once:
            output.say(f"watching {want.portal}; stop with Ctrl-C at any time, it goes on where it stopped")
            made.always()
            return 0
        outcome = made.once()
    if json:
        output.print_json(msgspec.to_builtins(outcome) | {"answers": msgspec.to_builtins(made.taken)})
    else:
        _tell(outcome)
    return 0 if outcome.good else FAILED


def _asleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _tell(outcome: Outcome) -> None:
    """A run for people: a line a period and group."""
    from chiso.commands import output
    from chiso.instants import parse_instant
    from chiso.text import moment
    from chiso.watch.words import GROUP_NAMES

    rows = [
        (
            one.period, GROUP_NAMES[one.group][0], one.kept, one.unrefreshed, one.failed, one.resumed,
            moment(parse_instant(one.since)) if one.since else "",
        )
        for one in outcome.groups
    ]  # fmt: skip
    headings = ("Kỳ", "Nhóm", "Mới", "Chưa cập nhật", "Không có", "Đã có", "Không đổi từ")
    output.table(f"{outcome.portal} · {outcome.state}", headings, rows, {2, 3, 4, 5})
