"""``chiso letter``: official letters, their templates, their layout and their register."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from chiso.commands.options import DIRECTING, FAILED, Data, Json, Question, family, instant, opened, wrong

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.ledger.letters import Entry
    from chiso.steering.letters.make import Made
    from chiso.steering.letters.request import Request

letter_app = family("letter", "Official letters that urge the work on, and their register.", DIRECTING)


@Parameter(name="*")
@dataclass(frozen=True)
class Sheet:
    """What an office says of a letter, and what the letter wants."""

    number: Annotated[int | None, Parameter(help="Number of the letter; may be given later.")] = None
    date: Annotated[str | None, Parameter(help="Day of the letter, 2023-03-28; may be given later.")] = None
    deadline: Annotated[str | None, Parameter(help="Reports are due before this day.")] = None
    about: Annotated[str | None, Parameter(help="Number of the document to report on.")] = None
    document: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Number of a document to cite; else those that gave the tasks."),
    ] = ()
    list_: Annotated[
        tuple[str, ...],
        Parameter(
            negative="", name="--list", help="List of units that are to certify copies electronically."
        ),
    ] = ()
    list_by: Annotated[str | None, Parameter(help="Day by which all of them are to.")] = None
    required: Annotated[
        str | None, Parameter(help="Points required, 80-90 or 80; else the target and the band above it.")
    ] = None
    appendix: Annotated[
        tuple[str, ...],
        Parameter(
            negative="",
            help="units, under, work, overdue, coverage, tasks or none; else those with something to show.",
        ),
    ] = ()
    symbol: Annotated[str | None, Parameter(help="Symbol after the number, UBND-TH.")] = None
    issuer: Annotated[str | None, Parameter(help="Who issues it; else the province's council.")] = None
    issuer_parent: Annotated[str | None, Parameter(help="The body above the issuer.")] = None
    called: Annotated[str | None, Parameter(help="How the issuer calls itself in the text.")] = None
    place: Annotated[str | None, Parameter(help="Place before the date; else the province.")] = None
    role: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Office of the signer, a line each: 'KT. CHỦ TỊCH' 'PHÓ CHỦ TỊCH'."),
    ] = ()
    signer: Annotated[str | None, Parameter(help="Name of the signer.")] = None
    recipient: Annotated[
        tuple[str, ...], Parameter(negative="", help="A line of Nơi nhận after Như trên.")
    ] = ()
    template: Annotated[Path | None, Parameter(help="The office's own template, a .docx.")] = None
    decimal_mark: Annotated[str, Parameter(help="Comma as written in Vietnam, or point: , or .")] = ","
    pdf: Annotated[bool, Parameter(negative="", help="A PDF beside it, where LibreOffice is at hand.")] = (
        False
    )
    anyway: Annotated[bool, Parameter(negative="", help="Also from figures older than the newest data.")] = (
        False
    )


@letter_app.command
def urge(
    unit: str | None = None,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The .docx to write.")],
    to: Annotated[
        tuple[str, ...],
        Parameter(
            negative="", help="Whom: departments, districts, communes, or codes of units; else the usual."
        ),
    ] = (),
    question: Question = Question(),
    sheet: Sheet = Sheet(),
    data: Data = None,
    json: Json = False,
) -> int:
    """One letter to many: a unit's result, how its rank moved, and the tasks by kind of unit.

    Parameters
    ----------
    unit
        Unit whose figures it shows; else the home province.
    """
    if output.is_dir():
        raise SystemExit(wrong(f"{output} is a folder; name the file: -o {output / 'letter.docx'}"))
    with opened(data) as folder:
        request = _request("urge", unit or folder.settings.home, to, question, sheet)
        return _write(folder, [(request, output)], sheet, as_json=json)


@letter_app.command(name="unit")
def unit_(
    *units: str,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The .docx, or a folder for several.")],
    among: Annotated[
        str | None, Parameter(help="Each of departments, districts or communes, instead of named units.")
    ] = None,
    question: Question = Question(),
    sheet: Sheet = Sheet(),
    data: Data = None,
    json: Json = False,
) -> int:
    """A letter to each unit, with its own result, gap and to-do.

    Parameters
    ----------
    units
        Codes of units.
    """
    from chiso.folder.league import units_of

    if bool(units) == bool(among):
        raise SystemExit(wrong("letter unit takes codes of units, or --among communes"))
    several = len(units) != 1
    if several and output.suffix == ".docx":
        raise SystemExit(wrong(f"several letters go into a folder, not into {output}"))
    if sheet.number is not None and several:
        raise SystemExit(
            wrong("several letters cannot have one number; give each its own with chiso letter number")
        )
    with opened(data) as folder:
        codes = list(units)
        if among:
            home = folder.registry.units.home
            moment = instant(question.at)
            codes = [
                one.code for one in units_of(folder, among, home, folder.now() if moment is None else moment)
            ]
        wanted = [
            (
                _request("unit", code, (), question, sheet),
                _file(output, code, folder=several or output.is_dir()),
            )
            for code in codes
        ]
        return _write(folder, wanted, sheet, as_json=json)


def _file(output: Path, code: str, *, folder: bool) -> Path:
    return output / f"{code.replace(':', '-')}.docx" if folder else output


def _request(
    kind: str,
    unit: str,
    to: tuple[str, ...],
    question: Question,
    sheet: Sheet,
) -> Request:
    from chiso.steering.letters.request import Request

    none = sheet.appendix == ("none",)
    return Request(
        kind,
        unit,
        question.period or "",
        instant(question.at),
        instant(question.as_of),
        question.law or "",
        question.source or "",
        to,
        sheet.number,
        sheet.symbol or "",
        sheet.date or "",
        sheet.deadline or "",
        sheet.about or "",
        sheet.document,
        sheet.list_,
        sheet.list_by or "",
        _required(sheet.required),
        sheet.issuer or "",
        sheet.issuer_parent or "",
        sheet.called or "",
        sheet.place or "",
        sheet.role,
        sheet.signer or "",
        sheet.recipient,
        () if none else sheet.appendix or None,
        sheet.decimal_mark,
    )


def _required(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    low, dash, high = text.partition("-")
    if not low.isdigit() or (dash and not high.isdigit()):
        raise SystemExit(wrong(f"--required takes points as 80-90 or 80, not {text!r}"))
    return int(low), int(high or low)


def _write(folder: DataFolder, wanted: list[tuple[Request, Path]], sheet: Sheet, *, as_json: bool) -> int:
    """Makes letters, enters them and writes their files."""
    from chiso.commands import output
    from chiso.steering.letters import pdf
    from chiso.steering.letters.check.checks import check
    from chiso.steering.letters.register import as_json as entry_json
    from chiso.steering.letters.register import entered

    template = _template(sheet.template)
    if sheet.pdf and pdf.program() is None:
        pdf.as_pdf(b"")  # says what is missing before anything is made
    if sheet.pdf and (lacking := pdf.font_missing()) is not None:
        output.say(lacking[1])
    all_made = []
    for request, path in wanted:  # all or none: a wrong one is told before any is written
        made = _made(folder, request, template, anyway=sheet.anyway)
        if made is None:
            return FAILED
        all_made.append((made, path))
    bodies = []
    for made, path in all_made:
        entry = entered(folder, made, template)
        broken = check(made.document)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.document)
        body: dict[str, Any] = {**entry_json(folder, entry), "file": str(path)}
        if sheet.pdf:
            beside = path.with_suffix(".pdf")
            beside.write_bytes(pdf.as_pdf(made.document))
            body["pdf"] = str(beside)
        body["warnings"] = [en for _, en in made.warnings]
        body["broken"] = [
            {"rule": one.rule, "place": one.place, "message": one.en, "ref": one.ref} for one in broken
        ]
        bodies.append(body)
        for note in dict.fromkeys(en for _, en in made.warnings):
            output.say(f"{path.name}: {note}")
        for one in broken:
            output.say(f"{path.name}: layout: {one.en} ({one.ref}): {one.place}")
    if as_json:
        output.print_json({"letters": bodies})
    else:
        rows = [(body["id"], body["unit"], body["name"], body["file"], body["digest"]) for body in bodies]
        output.table("", ("No", "Code", "Unit", "File", "SHA-256"), rows, {0})
    return 0


def _template(path: Path | None) -> bytes | None:
    if path is None:
        return None
    if not path.is_file():
        raise SystemExit(wrong(f"no such file: {path}"))
    return path.read_bytes()


def _made(folder: DataFolder, request: Request, template: bytes | None, *, anyway: bool) -> Made | None:
    """A letter; of figures older than the newest data only after asking, ``None`` where it is not wanted."""
    from chiso.commands import output
    from chiso.steering.letters.make import OlderFiguresError, make

    try:
        return make(folder, request, template, anyway=anyway)
    except OlderFiguresError as error:
        output.say(f"{request.unit}: {error}")
        if sys.stdin.isatty():
            output.say("Make it all the same? [y/N] ")
            if sys.stdin.readline().strip().lower() in ("y", "yes", "c", "có"):
                return error.made
        else:
            output.say("not made; --anyway makes it all the same")
        return None


@letter_app.command
def template(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The .docx to write.")],
    json: Json = False,
) -> int:
    """Write the built-in template, to be changed in Word, and tell its fields."""
    from chiso.commands import output as out
    from chiso.steering.letters.template import BLOCK_FIELDS, LINE_FIELDS, NEEDED, built_in

    output.write_bytes(built_in())
    fields = {**LINE_FIELDS, **BLOCK_FIELDS}
    if json:
        needed = [list(choice) for choice in NEEDED]
        out.print_json({"file": str(output), "fields": fields, "needed": needed})
        return 0
    marks = {name: " | ".join(choice) for choice in NEEDED for name in choice}
    rows = [(f"{{{{{name}}}}}", words, marks.get(name, "")) for name, words in fields.items()]
    out.table(str(output), ("Field", "Says", "Needed"), rows, set())
    return 0


@letter_app.command(name="check")
def check_(file: Path, *, json: Json = False) -> int:
    """Hold a document against the layout rules of Nghị định 30/2020/NĐ-CP.

    Parameters
    ----------
    file
        A .docx.
    """
    from chiso.commands import output
    from chiso.steering.letters.check.checks import check, rule_names

    if not file.is_file():
        raise SystemExit(wrong(f"no such file: {file}"))
    try:
        broken = check(file)
    except ValueError as error:
        raise SystemExit(wrong(f"{file}: {error}")) from error
    if json:
        rows = [{"rule": one.rule, "place": one.place, "message": one.en, "ref": one.ref} for one in broken]
        output.print_json({"file": str(file), "rules": len(rule_names()), "broken": rows})
    elif broken:
        rules = [(one.rule, one.vi, one.ref, one.place) for one in broken]
        output.table(str(file), ("Rule", "Says", "Place in the decree", "Here"), rules, set())
    else:
        output.say(f"{file}: all {len(rule_names())} rules are kept")
    return FAILED if broken else 0


@letter_app.command
def register(
    *,
    unit: Annotated[str | None, Parameter(help="Only letters with its figures, or to it.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """The letters made, the newest first."""
    from chiso.commands import output
    from chiso.steering.letters.register import as_json

    with opened(data) as folder:
        code = folder.registry.units.find(unit) if unit else None
        if unit and code is None:
            raise SystemExit(wrong(f"no unit has the code {unit!r}"))
        bodies = [as_json(folder, one) for one in folder.ledger.letters.list(code.code if code else None)]
    if json:
        output.print_json({"letters": bodies})
        return 0
    rows = [
        (
            body["id"],
            _number(body),
            body["date"] or "–",
            body["name"],
            body["subject"],
            str(body["digest"])[:12],
        )
        for body in bodies
    ]
    output.table(f"{len(rows)} letters", ("No", "Number", "Date", "Unit", "Subject", "SHA-256"), rows, {0})
    return 0


def _number(body: dict[str, Any]) -> str:
    return f"{'…' if body['number'] is None else format(body['number'], '02d')}/{body['symbol']}"


@letter_app.command(name="number")
def number_(
    letter: int,
    *,
    number: Annotated[int | None, Parameter(help="Its number.")] = None,
    date: Annotated[str | None, Parameter(help="Its day, 2023-03-28.")] = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Also write the .docx.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Give a letter of the register its number and day; its document is made anew from the same facts.

    Parameters
    ----------
    letter
        Its id in the register.
    """
    from chiso.commands import output as out
    from chiso.steering.letters.register import as_json, document_of, entry_of, numbered

    if number is None and date is None and output is None:
        raise SystemExit(wrong("letter number takes --number, --date or both"))
    with opened(data) as folder:
        entry: Entry = entry_of(folder, letter)
        if number is not None or date is not None:
            entry = numbered(folder, entry, number, date or "")
        if output is not None:
            output.write_bytes(document_of(folder, entry))
        body = as_json(folder, entry)
    if json:
        out.print_json(body)
    else:
        out.table(
            "",
            ("", ""),
            [("Number", _number(body)), ("Date", body["date"]), ("SHA-256", body["digest"])],
            set(),
        )
    return 0
