"""The commands of chiso.  Every command imports what it uses when it is used.

Exit status: 0 done, 1 the work failed or some input was refused, 2 wrong use.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from chiso import __version__
from chiso.commands import backing
from chiso.commands.accounts import account_app, audit_app
from chiso.commands.alerting import alerts_app
from chiso.commands.exporting import export, message
from chiso.commands.lateness import lateness
from chiso.commands.letters import letter_app
from chiso.commands.options import (
    ARGUMENTS,
    ASKING,
    FAILED,
    KEEPING,
    OPTIONS,
    RUNNING,
    WHY,
    WRONG_USE,
    Data,
    Json,
    PeriodOption,
    Question,
    Restated,
    data_dir,
    family,
    instant,
    opened,
    wrong,
)
from chiso.commands.outlook import outlook
from chiso.commands.plan import plan
from chiso.commands.procedures import procedures
from chiso.commands.quality import quality
from chiso.commands.quarantine import quarantine_app
from chiso.commands.reconciling import reconcile
from chiso.commands.reporting import report_app
from chiso.commands.secret import secret_app
from chiso.commands.senders import sender_app
from chiso.commands.sso import sso_app
from chiso.commands.standby import standby_app
from chiso.commands.steering import document_app, target_app, task_app
from chiso.commands.todo import todo
from chiso.commands.watching import watch
from chiso.commands.why import explain, lost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

app = App(
    name="chiso",
    help="""The public service index of Vietnam (Decision 766/QĐ-TTg): counted, explained and directed the
moment something happens.

To look at it:    chiso demo
For a province:   chiso sender add, chiso account add, chiso serve
Step by step:     docs/handbook.md
Where data lies:  --data, else CHISO_DATA, else ./chiso-data
More of each:     chiso COMMAND --help""",
    version=__version__,
    help_format="plaintext",
    group_parameters=OPTIONS,
    group_arguments=ARGUMENTS,
)
law_app = family("law", "The index as dated data.", ASKING)
for part in (sender_app, law_app, quarantine_app, account_app, audit_app, sso_app, secret_app):
    app.command(part)
app.command(letter_app)
app.command(backing.backup, group=KEEPING)
app.command(backing.restore, group=KEEPING)
app.command(standby_app)
app.command(outlook, group=WHY)
app.command(lost, group=WHY)
app.command(explain, group=WHY)
app.command(lateness, group=WHY)
app.command(watch, group=RUNNING)
app.command(todo, group=WHY)
app.command(procedures, group=WHY)
app.command(plan, group=WHY)
app.command(quality, group=WHY)
app.command(reconcile, group=WHY)
app.command(export, group=ASKING)
app.command(message, group=ASKING)
for part in (document_app, target_app, task_app, report_app, alerts_app):
    app.command(part)


@app.command(group=ASKING)
def score(
    unit: str | None = None,
    *,
    question: Question = Question(),
    restated: Restated = False,
    figures: Annotated[
        Path | None, Parameter(help="Score numerators and denominators from a YAML or JSON file alone.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """The index of a unit: total, groups, indicators.

    Without figures of its own dossiers, the published figures are given.

    For example: chiso score H01.113 --period 2026-09

    Parameters
    ----------
    unit
        Code of a unit: H01, H01.113; the old form 000.00.01.H01 is accepted.
    """
    if figures is not None:
        return score_figures(figures, as_json=json)
    if unit is None:
        raise SystemExit(wrong("score takes a unit, or --figures FILE"))
    with opened(data) as folder:
        body = folder.score(unit, **question.asked(restated=restated))
    return _show(body, json)


def score_figures(path: Path, *, as_json: bool) -> int:
    """Points from numerators and denominators alone.  Imports no more than it needs: it starts at once."""
    from chiso.law.figures import read_figures

    if not path.is_file():
        return wrong(f"no such file: {path}")
    found = read_figures(path)
    return _show(found.as_json(), as_json)


def _show(body: dict[str, Any], as_json: bool) -> int:
    from chiso.commands import output

    if as_json:
        output.print_json(body)
    else:
        output.print_score(body)
    return 0


@app.command(group=ASKING)
def rank(
    *,
    among: Annotated[
        str | None, Parameter(help="provinces (default), departments, districts or communes.")
    ] = None,
    under: Annotated[str | None, Parameter(help="Only units below this one.")] = None,
    question: Question = Question(),
    restated: Restated = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """The league: units by total, with what moved since a day and a week ago."""
    from chiso.commands import output

    with opened(data) as folder:
        body = folder.rank(among, under, **question.asked(restated=restated))
    if json:
        output.print_json(body)
        return 0
    from decimal import Decimal

    from chiso.text import number

    def moved(row: dict[str, Any], name: str) -> str:
        places = row["change"].get(name)
        return "" if places is None else f"▲ {places}" if places > 0 else f"▼ {-places}" if places else "="

    rows = [
        (
            row["rank"] or "–", row["unit"], row["name"], number(Decimal(row["total"]), 2), row["band"],
            moved(row, "day"), moved(row, "week"), moved(row, "month"), row["source"],
        )
        for row in body["rows"]
    ]  # fmt: skip
    headings = ("Hạng", "Mã", "Đơn vị", "Điểm", "Xếp loại", "Hôm qua", "Tuần", "Tháng", "Nguồn")
    output.table(f"{body['among']} · kỳ {body['period']} · {body['at']}", headings, rows, {0, 3, 5, 6, 7})
    if len(rows) < body["of"]:
        output.say(f"Mới biết kết quả của {len(rows)} trên {body['of']} đơn vị.")
    if body.get("line", {}).get("total"):
        output.say(f"Cả bảng: {number(Decimal(body['line']['total']), 2)}")
    if "median" in body["spread"]:
        q1, median, q3 = (number(Decimal(body["spread"][name]), 2) for name in ("q1", "median", "q3"))
        output.say(f"Trung vị {median}, một nửa số đơn vị từ {q1} đến {q3}")
    return 0


@app.command(group=RUNNING)
def load(
    *files: Annotated[str, Parameter(allow_leading_hyphen=True)],
    kind: Annotated[
        str | None, Parameter(name="--as", help="Kind of record, where a file leaves a doubt.")
    ] = None,
    period: Annotated[str | None, Parameter(help="Period of answers that do not say theirs.")] = None,
    at: Annotated[str | None, Parameter(name="--at", help="Instant of capture of such answers.")] = None,
    known_at: Annotated[
        str | None, Parameter(name="--known-at", help="Backfill: known to us since this instant.")
    ] = None,
    heading: Annotated[
        dict[str, str] | None,
        Parameter(
            name="--heading", help='Meaning of an unknown heading: --heading."Số HS" MaHoSo; remembered.'
        ),
    ] = None,
    sample: Annotated[
        str | None, Parameter(help="Results that come with chiso: an-giang-2023, the story of March 2023.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Take in files of any known form; - is standard input.

    National messages, petitions, ratings, payments, certified copies, procedures, decisions, units, reporting
    totals, published results, dossier tables: JSON, JSON lines, CSV, XLSX, Parquet; also gzipped.  What is
    refused stays in quarantine with its reason.

    For example: chiso load units.csv dossiers-2026.jsonl.gz

    Parameters
    ----------
    files
        Files to take in.
    """
    from chiso.commands import loading, output, samples
    from chiso.intake.kinds import kind_named
    from chiso.intake.records import Arrival

    if sample is not None and sample not in samples.names():
        raise SystemExit(wrong(f"no sample {sample!r}; there is {', '.join(samples.names())}"))
    if kind is not None and kind_named(kind) is None:
        raise SystemExit(wrong(f"no kind {kind!r}; kinds are {', '.join(Arrival.KINDS)}"))
    if not files and sample is None:
        raise SystemExit(wrong("load takes at least one file, or - for standard input, or --sample"))
    missing = [name for name in files if name != "-" and not Path(name).is_file()]
    if missing:
        raise SystemExit(wrong(f"no such file: {missing[0]}"))
    with (
        loading.opened(data_dir(data)) as target,
        samples.opened(sample) as more,
        output.progress(None, "Loading") as shown,
    ):
        outcome = target.load(
            [*files, *more], kind=kind, period=period, at=instant(at), known_at=instant(known_at),
            mapping=heading, progress=shown,
        )  # fmt: skip
        loading.note(target.ledger, [Path(name).name for name in files], outcome)
    if json:
        output.print_json(outcome.as_json())
    else:
        output.table("", ("", "Records"), list(outcome.counts.items()), {1})
        for number, one in outcome.refusals:
            output.say(f"refused #{number} {one.place} {one.field}: {one.message_en}")
        hidden = outcome.counts["refused"] - len(outcome.refusals)
        if hidden > 0:
            output.say(f"… and {hidden} more: chiso quarantine list")
    return FAILED if outcome.counts["refused"] else 0


@app.command(group=WHY)
def mistakes(
    *,
    unit: Annotated[str | None, Parameter(help="Only dossiers of this unit and of those below it.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """The typical mistakes of senders this year, by sender and kind, with dossiers that show them."""
    from chiso.commands import output
    from chiso.folder.mistakes import told

    with opened(data) as folder:
        body = told(folder, unit)
    if json:
        output.print_json(body)
        return 0
    rows = [
        (
            row["sender"] or "–",
            row["number"],
            row["mistake"].lower(),
            row["count"],
            row["of"],
            row["sample"][0],
        )
        for row in body["rows"]
    ]
    headings = ("Sender", "No", "Mistake", "Count", "Of", "For example")
    output.table(f"{body['unit'] or ''} {body['period']} · {body['at']}".strip(), headings, rows, {1, 3, 4})
    return 0


@app.command(group=KEEPING)
def recount(
    *,
    deep: Annotated[
        bool, Parameter(negative="", help="Also make every dossier anew from the journal and compare.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> int:
    """Count everything again from the ledger and compare with the standing counts."""
    from chiso.commands import output, recounting

    found = recounting.recount(data_dir(data), deep=deep, say=output.say)
    if json:
        output.print_json(found.as_json())
    else:
        for line in found.lines():
            output.say(line)
    return 0 if found.agrees else FAILED


@app.command(group=RUNNING)
def serve(
    *,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on.")] = 8766,
    processes: Annotated[
        int, Parameter(help="How many processes; each also has a port of its own after the common one.")
    ] = 1,
    data: Data = None,
) -> int:
    """Serve a data folder: pages, addresses for senders, live stream."""
    if processes > 1:
        from chiso.web.processes import MOST, supervise

        if processes > MOST:
            return wrong(f"--processes takes 1 to {MOST}")
        return supervise(data_dir(data), host, port, processes)
    from chiso.web.server import serve as run

    return run(data_dir(data), host=host, port=port)


@app.command(group=RUNNING)
def demo(
    *,
    port: Annotated[int, Parameter(help="Port to listen on.")] = 8766,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    dossiers: Annotated[int | None, Parameter(help="How many dossiers; 389,256 by default.")] = None,
    trickle: Annotated[bool, Parameter(help="Go on with a live trickle when all is in.")] = True,
    data: Data = None,
) -> int:
    """An Giang 2026 on a clock of its own, sent as real messages through the real doors."""
    from chiso.demo.show import show

    folder = data or Path(os.environ.get("CHISO_DATA") or "demo-data")
    return show(folder, host=host, port=port, dossiers=dossiers, trickle=trickle)


@app.command(group=KEEPING)
def bench(
    *,
    dossiers: Annotated[int, Parameter(help="Dossiers of the table.")] = 1_000_000,
    large: Annotated[
        bool, Parameter(negative="", help="Also 34 provinces with 10 million dossiers.")
    ] = False,
    load: Annotated[
        bool, Parameter(negative="", help="Instead: public readers, live streams and senders at once.")
    ] = False,
    readers: Annotated[int, Parameter(help="Of --load: public readers, a page every 10 s each.")] = 2_000,
    streams: Annotated[int, Parameter(help="Of --load: signed-in live streams.")] = 200,
    rate: Annotated[int, Parameter(help="Of --load: messages a second.")] = 500,
    seconds: Annotated[int, Parameter(help="Of --load: how long.")] = 60,
    processes: Annotated[int, Parameter(help="Of --load: processes of the server.")] = 2,
    json: Json = False,
) -> int:
    """The project's own benchmark, with ratios against the alternatives on the same data."""
    if load:
        from chiso.bench.load import Plan
        from chiso.bench.run import load as run_load

        plan = Plan(readers=readers, streams=streams, rate=rate, seconds=seconds, processes=processes)
        return run_load(plan, as_json=json)
    from chiso.bench.run import run

    return run(dossiers, large=large, as_json=json)


@law_app.command(name="diff")
def law_diff(
    a: str,
    b: str,
    *,
    unit: Annotated[str | None, Parameter(help="Also what this unit and all below it gain and lose.")] = None,
    period: PeriodOption = None,
    option: Annotated[
        list[str] | None,
        Parameter(name="--option", negative="", help="rule=option to switch in B before comparing."),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """What changes from law A to law B, in words and in points, before it is switched on.

    Parameters
    ----------
    a
        Law id: qd766, qd766-document, qd766-2022.
    b
        Law id.
    """
    from chiso.commands import output
    from chiso.commands.lawdiff import compare

    found = compare(data_dir(data), a, b, unit, period, option or [])
    if json:
        output.print_json(found)
        return 0
    for line in found["words"]:
        output.say(line["en"])
    if found["rows"]:
        headings = ("Code", "Unit", "A", "B", "Change")
        rows = [(r["unit"], r["name"], r["a"], r["b"], r["change"]) for r in found["rows"]]
        output.table(f"{a} → {b}, {found['period']}", headings, rows, {2, 3, 4})
    return 0


@law_app.command(name="show")
def law_show(law: str = "qd766", *, day: str | None = None, data: Data = None, json: Json = False) -> int:
    """The indicators, maxima, caps and references of a law on a day.

    Parameters
    ----------
    law
        Law id.
    day
        A day, 2026-01-01; else the first day of the law's newest values.
    """
    from chiso.commands import output
    from chiso.commands.lawdiff import described

    del data  # laws come with the package; every command takes a data folder
    found = described(law, day)
    if json:
        output.print_json(found)
        return 0
    rows = [(r["id"], r["name"], r["max"], r["cap"], r["mark"], r["source"]) for r in found["indicators"]]
    headings = ("No", "Indicator", "Max", "Full at", "Mark", "Source")
    output.table(f"{found['law']} {found['version']}", headings, rows, {2, 3})
    return 0


def _figures_only(words: Sequence[str]) -> Callable[[], int] | None:
    """``score --figures FILE [--json]`` without the command parser, which takes longer than the work."""
    rest = [word for word in words if word != "--json"]
    if len(rest) == 3 and rest[0] == "score" and rest[1] == "--figures" and not rest[2].startswith("-"):
        return lambda: score_figures(Path(rest[2]), as_json=len(rest) != len(words))
    if len(rest) == 2 and rest[0] == "score" and rest[1].startswith("--figures="):
        return lambda: score_figures(Path(rest[1].partition("=")[2]), as_json=len(rest) != len(words))
    return None


def main(words: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit status."""
    raise SystemExit(run(sys.argv[1:] if words is None else words))


def run(words: Sequence[str]) -> int:
    """Runs a command.  Gives its exit status."""
    try:
        quick = _figures_only(words)
        if quick is not None:
            return quick()
        status = app(list(words), exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        return WRONG_USE
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else WRONG_USE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except Exception as error:
        from chiso.commands.failures import explained

        message, status = explained(error)
        sys.stderr.write(f"chiso: {message}\n")
        if os.environ.get("CHISO_TRACE"):
            raise
        return status
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    main()
