"""The pages of the office: the control room, the register, a document, a target or task, who has reported."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from chiso.folder import DataFolder, QuestionError
from chiso.instants import day_of
from chiso.steering import answers, effect, now, wording
from chiso.steering.alerts.answers import alerts
from chiso.steering.entering import find_document, find_duty
from chiso.steering.register import Duty
from chiso.steering.reports import remindable
from chiso.text import collation_key
from chiso.web.directing import AnyRequest, Given, bundled, choices, context, history_of
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected
from chiso.web.render import page
from chiso.web.sight import NotHereError, ask
from chiso.web.view import View

FEW: Final = 6
"""Units named before the rest is folded away."""
LONG: Final = 60
"""Rows of a table before the rest is left to the duty's own page."""
UNANSWERED: Final = ("missing", "waiting")
"""Reports that have not come."""


@get("/steering", sync_to_thread=True, include_in_schema=False)
def room(request: AnyRequest) -> Response[Any]:
    """The control room: what is due, who is late, what is at risk, what to do next."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    body = ask(answers.room, folder, as_of=view.as_of)
    standing = alerts(folder)
    failed = sum(one["deliveries"].get("failed", 0) for one in standing["notices"])
    text = page(
        "steering.html",
        view,
        body=body,
        due=bundled(body["due"]),
        risks=_risks(body["at_risk"]),
        late=body["late"][:LONG],
        late_count=len(body["late"]),
        open_alerts=[row for row in standing["rows"] if row["open_since"]],
        failed=failed,
        remindable=0 if view.travelling else len(remindable(folder)),
        few=FEW,
        today=day_of(view.now if view.as_of is None else view.as_of).isoformat(),
        json=view.api("/steering"),
        **context(request, view, "room"),
    )
    return html(request, text)


def _risks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is at risk, one a target or task as people think of it, with the units that fall short."""
    found = bundled({row["id"]: row for row in rows}.values())
    for one in found:
        ids = {row["id"] for row in one["rows"]}
        one["lines"] = [row["line"] for row in rows if row["id"] in ids]
    return found


@get("/steering/documents", sync_to_thread=True, include_in_schema=False)
def documents(request: AnyRequest) -> Response[Any]:
    """The register of directing documents."""
    if moved := redirected(request):
        return moved
    return documents_page(request)


def documents_page(
    request: AnyRequest, problem: str = "", given: dict[str, str] | None = None
) -> Response[Any]:
    """The register; after a form that was refused with what was wrong and what stood there."""
    folder, view = folder_of(request), asked(request)
    text = page(
        "documents.html",
        view,
        body=ask(answers.documents, folder, view.as_of),
        gone=_gone(request),
        problem=problem,
        given=Given(given or {}),
        today=day_of(view.now).isoformat(),
        json=view.api("/documents"),
        **context(request, view, "documents"),
    )
    return html(request, text, 400 if problem else 200)


@get("/steering/documents/{id:str}", sync_to_thread=True, include_in_schema=False)
def document(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """A document with its targets and tasks."""
    if moved := redirected(request):
        return moved
    return document_page(request, id)


def document_page(
    request: AnyRequest, id: str, problem: str = "", form: str = "", given: dict[str, str] | None = None
) -> Response[Any]:
    """A document; after a form (``target`` or ``task``) that was refused with what was wrong."""
    folder, view = folder_of(request), asked(request)
    body = ask_known(view, answers.document, folder, id, view.as_of)
    bundles = bundled(body["duties"])
    drawn = {one["id"]: _history(request, view, [row["id"] for row in one["rows"]]) for one in bundles}
    text = page(
        "document.html",
        view,
        body=body,
        bundles=bundles,
        gone=_gone(request),
        drawn=drawn,
        effect=None if view.travelling else ask_known(view, effect.of_document, folder, id),
        effect_what=wording.PLAIN["total"][view.lang == "en"],
        offered=choices(folder, view),
        problem=problem,
        target_given=Given(given or {} if form == "target" else {}),
        task_given=Given(given or {} if form == "task" else {}),
        json=view.api(f"/documents/{id}"),
        **context(request, view, "documents"),
    )
    return html(request, text, 400 if problem else 200)


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _gone(request: AnyRequest) -> str:
    """The id of what was withdrawn just now, if it still is."""
    id = request.query_params.get("gone", "")
    return id if any(one.id == id for one in now.register(folder_of(request)).withdrawn) else ""


def ask_known(view: View, question: Any, *arguments: Any, **named: Any) -> Any:
    """A question about something of the register; what it does not hold is not here."""
    try:
        return question(*arguments, **named)
    except QuestionError as error:
        if error.unknown:
            raise NotHereError(error.message_en if view.lang == "en" else error.message_vi) from error
        raise


def _history(request: AnyRequest, view: View, ids: list[str]) -> dict[str, Any] | None:
    """How some targets or tasks stood, drawn together; nothing while the reader looks at another instant."""
    if view.travelling:
        return None
    found = now.current(folder_of(request))
    duties = [found.register.duties[id] for id in ids if id in found.register.duties]
    return history_of(folder_of(request), [line.key for duty in duties for line in found.of(duty)])


@get("/steering/documents/{id:str}/file", sync_to_thread=True, include_in_schema=False)
def document_file(request: AnyRequest, id: FromPath[str]) -> Response[bytes]:
    """The file that is attached to a document."""
    folder, view = folder_of(request), asked(request)
    found = ask_known(view, find_document, now.register(folder), id)
    if not found.record.digest:
        raise NotHereError(say(view.lang, "document.no_file"))
    return attachment(found.record.file, folder.ledger.attachments.get(found.record.digest))


def attachment(name: str, content: bytes) -> Response[bytes]:
    """A file to be saved, never to be shown: what somebody attached is not to run here."""
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name or 'file')}",
            "Cache-Control": "private, no-store",
        },
    )


@get("/steering/duties/{id:str}", sync_to_thread=True, include_in_schema=False)
def duty(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """One target or task, unit by unit, with how it came."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    body = ask_known(view, answers.duty, folder, id, "", view.as_of)
    one = find_duty(now.register(folder, view.as_of), id)
    units = folder.registry.units
    places = {
        line["unit"]: found.index
        for line in body["lines"]
        if line["unit"] and (found := units.find(line["unit"], view.now)) is not None
    }
    text = page(
        "duty.html",
        view,
        body=body,
        places=places,
        drawn=_history(request, view, [id]),
        members=_members(folder, body["lines"][0], view) if one.together else None,
        effect=None if view.travelling else (worked := effect.of_duty(folder, id)),
        effect_what="" if view.travelling else _effect_words(one, worked, view),
        json=view.api(f"/duties/{id}", history="true"),
        **context(request, view, "documents"),
    )
    return html(request, text)


def _effect_words(duty: Duty, worked: dict[str, Any], view: View) -> str:
    """What is held against itself: the duty's own figure, else the total."""
    if worked["what"] == "total":
        what = wording.PLAIN["total"][view.lang == "en"]
    else:
        what = wording.figure(duty, view.lang)
    return say(view.lang, "effect.percent", what=what) if worked["unit"] == "%" else what


def _members(folder: DataFolder, line: dict[str, Any], view: View) -> dict[str, list[tuple[str, str]]]:
    """(code, name) of the units of a duty of many: those that lack what is asked, and those that have it."""
    units = folder.registry.units
    found: dict[str, list[tuple[str, str]]] = {"lacking": [], "having": []}
    for code in line["units"]:
        unit = units.find(code, view.now) or units.find(code)
        name = unit.name if unit is not None else code
        found["lacking" if code in line["lacking"] else "having"].append((code, name))
    return {key: sorted(rows, key=lambda row: collation_key(row[1])) for key, rows in found.items()}


@get("/steering/reports", sync_to_thread=True, include_in_schema=False)
def reports(request: AnyRequest) -> Response[Any]:
    """Who was asked to report, and who has."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    body = ask(answers.reports, folder, as_of=view.as_of)
    chosen = request.query_params.get("report", "")
    wanted = UNANSWERED if chosen == "unanswered" else (chosen,)
    rows = [row for row in body["rows"] if not chosen or row["report"] in wanted]
    reminded, people = (_count(request.query_params.get(name, "")) for name in ("reminded", "told"))
    text = page(
        "reports.html",
        view,
        body=body,
        rows=rows[: LONG * 4],
        count=len(rows),
        chosen=chosen,
        unanswered=sum(body["counts"].get(key, 0) for key in UNANSWERED),
        remindable=0 if view.travelling else len(remindable(folder)),
        reminded=reminded,
        people=people or 0,
        json=view.api("/reports"),
        **context(request, view, "reports"),
    )
    return html(request, text)


handlers: Final = [room, documents, document, document_file, duty, reports]
