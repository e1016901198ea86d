"""Pages of letters: the register, the editor with its preview, a letter with where its figures came from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Response
from markupsafe import Markup

from chiso.folder import DataFolder, QuestionError
from chiso.instants import BadInstantError
from chiso.ledger.letters import Entry
from chiso.steering import wording
from chiso.steering.letters import pdf, sources
from chiso.steering.letters.check.checks import Broken, check
from chiso.steering.letters.effect import effect
from chiso.steering.letters.make import Made, make, older
from chiso.steering.letters.packing import bundled
from chiso.steering.letters.register import document_of, entered, entry_of, facts_of, numbered
from chiso.web.directing import hand_of, may_write
from chiso.web.forms import form_token
from chiso.web.letter_forms import CARRIED, MOST_UNITS, Fields, choices, filled, request_of, units_asked
from chiso.web.letter_sheet import sheet
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.rights import person_of
from chiso.web.sight import NotHereError, ask
from chiso.web.view import View

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEMPLATE_LIMIT: Final = 10 * 1024 * 1024
"""bytes of an office's template"""
KEPT: Final = 16
"""documents of which it is kept how they look: the check of a long one takes a second"""

AnyRequest = Request[Any, Any, Any]


@dataclass
class Draft:
    """A letter as the editor shows it, or why it cannot be made."""

    made: Made | None = None
    problem: str = ""
    warnings: list[str] = field(default_factory=list)
    older: str = ""
    broken: list[Broken] = field(default_factory=list)
    paper: Markup = Markup("")  # noqa: RUF009 - immutable
    more: int = 0
    """letters to further units"""


def in_words(view: View, pair: tuple[str, str]) -> str:
    return pair[view.lang == "en"]


def draft(folder: DataFolder, view: View, fields: Fields) -> Draft:
    """Makes a letter for the eyes; what is wrong is said in the reader's language."""
    try:
        units = units_asked(fields, folder.settings.home)
        made = make(folder, request_of(fields, units[0]), anyway=True)
    except QuestionError as error:
        return Draft(problem=in_words(view, (error.message_vi, error.message_en)))
    except BadInstantError as error:
        return Draft(problem=str(error))
    broken, paper = _looked_at(made.document, say(view.lang, "letters.more_rows", count="{count}"))
    return Draft(
        made,
        "",
        [in_words(view, one) for one in made.warnings],
        in_words(view, older(made)) if made.older_than is not None else "",
        broken,
        paper,
        len(units) - 1 if made.facts.kind == "unit" else 0,
    )


@lru_cache(maxsize=KEPT)
def _looked_at(document: bytes, more: str) -> tuple[list[Broken], Markup]:
    """The layout rules that a document breaks, and the document as paper: the same bytes look the same."""
    return check(document), sheet(document, more)


def _number(entry: Entry) -> str:
    return f"{'…' if entry.number is None else format(entry.number, '02d')}/{entry.symbol}"


def _named(folder: DataFolder, code: str) -> str:
    found = folder.registry.units.find(code)
    return found.name if found else code


@get("/steering/letters", sync_to_thread=True, include_in_schema=False)
def register(request: AnyRequest) -> Response[Any]:
    """The letters made."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    made = _ids(request.query_params.get("made", ""))
    entries = folder.ledger.letters.list(request.query_params.get("unit") or None)
    known = {one.id for one in entries}
    rows = [{"entry": one, "number": _number(one), "name": _named(folder, one.unit)} for one in entries]
    text = page(
        "letters.html",
        view,
        section="steering",
        rows=rows,
        made=[one for one in made if one in known],
        writes=may_write(request),
        json=view.api("/letters"),
        **shared(request, view),
    )
    return html(request, text)


@get("/steering/letters/new", sync_to_thread=True, include_in_schema=False)
def editor(request: AnyRequest) -> Response[Any]:
    """A letter being written, with what it looks like."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    fields = Fields.of(request.query_params)
    text = page(
        "letter_new.html",
        view,
        section="steering",
        draft=draft(folder, view, fields),
        f=fields,
        offered=choices(folder),
        carried=filled(fields, CARRIED),
        token=form_token(request),
        writes=may_write(request),
        home=folder.settings.home,
        json=view.api("/letters"),
        **shared(request, view),
    )
    return html(request, text)


@get("/steering/letters/preview", sync_to_thread=True, include_in_schema=False)
def preview(request: AnyRequest) -> Response[Any]:
    """The part of the editor that changes as one writes."""
    folder, view = folder_of(request), asked(request)
    fields = Fields.of(request.query_params)
    text = page(
        "_letter_draft.html",
        view,
        draft=draft(folder, view, fields),
        carried=filled(fields, CARRIED),
        token=form_token(request),
        writes=may_write(request),
    )
    return Response(text, media_type="text/html", headers={"Cache-Control": "no-store"})


@post("/steering/letters/new", include_in_schema=False)
async def create(request: AnyRequest) -> Response[Any]:
    """Makes the letters that were previewed and enters them."""
    form = await request.form()
    sent = form.get("template")
    template: bytes | None = None
    if isinstance(sent, UploadFile):
        template = await sent.read(TEMPLATE_LIMIT + 1) or None
        if template is not None and len(template) > TEMPLATE_LIMIT:
            raise QuestionError(
                "Tệp mẫu quá lớn.", f"a template has {TEMPLATE_LIMIT} bytes at most", wrong=True
            )

    def work() -> Response[Any]:
        entries = made_and_entered(request, Fields.of(form), template, anyway=form.get("anyway") == "1")
        where = f"/steering/letters/{entries[0].id}"
        if len(entries) > 1:
            where = f"/steering/letters?made={','.join(str(one.id) for one in entries)}"
        return Redirect(where, status_code=303)

    return await asyncio.to_thread(_asked_well, work)


def _asked_well(work: Any) -> Response[Any]:
    found: Response[Any] = ask(work)
    return found


def made_and_entered(
    request: AnyRequest, fields: Fields, template: bytes | None, *, anyway: bool
) -> list[Entry]:
    """Makes the letters that fields ask for, all or none, and enters them; the record says who did."""
    folder = folder_of(request)
    hand_of(request)
    units = units_asked(fields, folder.settings.home)
    first = request_of(fields, units[0])
    wanted = [first] if first.kind == "urge" else [request_of(fields, code) for code in units]
    if len(wanted) > 1 and first.number is not None:
        raise QuestionError(
            "Nhiều công văn không thể dùng chung một số; hãy cho số sau, từng công văn.",
            "several letters cannot have one number; give each its own later",
            wrong=True,
        )
    all_made = [make(folder, one, template, anyway=anyway) for one in wanted]
    entries = [entered(folder, made, template) for made in all_made]
    for entry in entries:
        note(request, "letter_made", entry)
    return entries


def note(request: AnyRequest, what: str, entry: Entry) -> None:
    """Writes into the record who made or changed a letter."""
    person = person_of(request)
    house = request.app.state.house
    house.people.audit.note(
        house.wall(), person.login if person else "-", what, str(entry.id), digest=entry.digest
    )


def _entry(request: AnyRequest, number: int) -> Entry:
    try:
        return entry_of(folder_of(request), number)
    except QuestionError as error:
        raise NotHereError(str(number)) from error


@get("/steering/letters/{number:int}", sync_to_thread=True, include_in_schema=False)
def letter(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
    """A letter: what it looks like, where each figure came from, whether it worked."""
    if moved := redirected(request):
        return moved
    return _letter_page(request, number)


def _letter_page(request: AnyRequest, number: int, problem: str = "") -> Response[Any]:
    folder, view = folder_of(request), asked(request)
    entry = _entry(request, number)
    facts = facts_of(folder, entry)
    document = document_of(folder, entry)
    broken, paper = _looked_at(document, say(view.lang, "letters.more_rows", count="{count}"))
    text = page(
        "letter.html",
        view,
        section="steering",
        entry=entry,
        number=_number(entry),
        name=_named(folder, entry.unit),
        facts=facts,
        figures=sources.sourced(facts),
        effect=effect(folder, entry, facts),
        effect_what=wording.PLAIN["total"][view.lang == "en"],
        broken=broken,
        paper=paper,
        has_pdf=(has_pdf := pdf.program() is not None),
        odd_font=in_words(view, odd) if has_pdf and (odd := pdf.font_missing()) is not None else "",
        token=form_token(request),
        writes=may_write(request),
        problem=problem,
        names={code: _named(folder, code) for code in entry.addressees},
        json=view.api(f"/letters/{entry.id}"),
        **shared(request, view),
    )
    return html(request, text, 400 if problem else 200)


@post("/steering/letters/{number:int}/number", include_in_schema=False)
async def give_number(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
    """Gives a letter its number and day."""
    form = await request.form()

    def work() -> Response[Any]:
        hand_of(request)
        entry = _entry(request, number)
        text = str(form.get("number", "")).strip()
        try:
            if text and not (text.isascii() and text.isdigit() and len(text) < 10):
                raise QuestionError(f"“{text}” không phải là số.", f"{text!r} is no number", wrong=True)
            day = str(form.get("date", "")).strip()[:40]
            changed = numbered(folder_of(request), entry, int(text) if text else None, day)
        except QuestionError as error:
            return _letter_page(
                request, number, in_words(asked(request), (error.message_vi, error.message_en))
            )
        note(request, "letter_numbered", changed)
        return Redirect(f"/steering/letters/{number}", status_code=303)

    return await asyncio.to_thread(work)


def file_name(entry: Entry, ending: str) -> str:
    """308-UBND-TH.docx, or the id while there is no number."""
    stem = f"cong-van-{entry.id}" if entry.number is None else f"{entry.number:02d}-{entry.symbol}"
    return f"{stem.replace('/', '-')}.{ending}"


def attached(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file to be saved under a name."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-cache",
        },
    )


@get("/steering/letters/{number:int}/document.docx", sync_to_thread=True, include_in_schema=False)
def as_docx(request: AnyRequest, number: FromPath[int]) -> Response[bytes]:
    """The document."""
    entry = _entry(request, number)
    return attached(document_of(folder_of(request), entry), DOCX, file_name(entry, "docx"))


def _ids(text: str) -> list[int]:
    """Ids of letters, as 3,4,5."""
    found = [int(one) for one in text.split(",") if one.isascii() and one.isdigit() and len(one) < 10]
    return list(dict.fromkeys(found))[:MOST_UNITS]


@get("/steering/letters/documents.zip", sync_to_thread=True, include_in_schema=False)
def as_zip(request: AnyRequest) -> Response[bytes]:
    """The documents of several letters in one archive."""
    folder = folder_of(request)
    entries = [_entry(request, one) for one in _ids(request.query_params.get("ids", ""))]
    if not entries:
        raise NotHereError("ids")
    files = {f"{one.id}-{one.unit}-{file_name(one, 'docx')}": document_of(folder, one) for one in entries}
    return attached(bundled(files), "application/zip", "cong-van.zip")


@get("/steering/letters/{number:int}/document.pdf", sync_to_thread=True, include_in_schema=False)
def as_pdf(request: AnyRequest, number: FromPath[int]) -> Response[bytes]:
    """The document as PDF, where LibreOffice is at hand."""
    entry = _entry(request, number)
    content: bytes = ask(pdf.as_pdf, document_of(folder_of(request), entry))
    return attached(content, "application/pdf", file_name(entry, "pdf"))


router = Router(
    "/", route_handlers=[register, editor, preview, create, letter, give_number, as_docx, as_pdf, as_zip]
)
