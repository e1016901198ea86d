"""The forms of the office: documents, targets, tasks, withdrawing, reminding.  They work without script.

What is entered leads back to its page; what is refused is said above the form, which keeps what stood there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Router, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.folder import DataFolder, QuestionError
from chiso.registry.units import LEAGUES
from chiso.steering import now
from chiso.steering.entering import (
    enter_document,
    enter_duties,
    find_document,
    find_duty,
    find_withdrawn,
    withdraw,
)
from chiso.steering.register import Document
from chiso.steering.reports import remind, to_remind
from chiso.web.directing import AnyRequest, form_of, hand_of, told
from chiso.web.pages import asked, folder_of
from chiso.web.steering import ask_known, document_page, documents_page, handlers

Fields = dict[str, str]
TARGET: tuple[str, ...] = ("what", "threshold", "by", "at_least", "period", "note")
TASK: tuple[str, ...] = ("task", "due", "report", "what", "threshold", "period")


def leads_to(address: str) -> Redirect:
    return Redirect(address, status_code=303)


async def handled(
    work: Callable[[], Response[Any]], refused: Callable[[QuestionError], Response[Any]]
) -> Response[Any]:
    """Does the work of a form beside the event loop; a refusal becomes the page that says so."""

    def do() -> Response[Any]:
        try:
            return work()
        except QuestionError as error:
            return refused(error)

    return await asyncio.to_thread(do)


@post("/steering/documents", include_in_schema=False)
async def add_document(request: AnyRequest) -> Response[Any]:
    """Enters a document, with its file if there is one."""
    fields, files = await form_of(request)

    def work() -> Response[Any]:
        row = {name: fields.get(name, "") for name in ("number", "date", "issuer", "subject")}
        file = next(iter(files.get("file", ())), None)
        found = enter_document(folder_of(request), row, hand_of(request), file)
        return leads_to(f"/steering/documents/{found.id}")

    return await handled(work, lambda error: documents_page(request, told(error, asked(request)), fields))


def whose(folder: DataFolder, fields: Fields) -> list[dict[str, str]]:
    """Whose a target is, as columns: a unit, a kind of units, a list."""
    chosen = fields.get("whose", "unit")
    if chosen.startswith("list:"):
        return [{"list": chosen.removeprefix("list:")}]
    if chosen != "unit":
        return [{"among": chosen}]
    return [{"unit": fields.get("unit", "").strip()}]


def each_of(folder: DataFolder, fields: Fields) -> list[dict[str, str]]:
    """Whose a task is: every unit by itself."""
    ((name, value),) = whose(folder, fields)[0].items()
    if name == "unit":
        return [{"unit": value}]
    if name == "list":
        return [{"unit": code} for code in now.register(folder).lists.get(value, ())]
    if value not in LEAGUES:
        raise QuestionError(f"Không có loại đơn vị “{value}”.", f"no kind of units {value!r}", wrong=True)
    return [{"unit": one.code} for one in folder.registry.units.league(value, None, folder.now())]


@post("/steering/documents/{id:str}/targets", include_in_schema=False)
async def add_target(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Enters a target of a document."""
    return await _add(request, id, "target")


@post("/steering/documents/{id:str}/tasks", include_in_schema=False)
async def add_task(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Enters a task of a document, for each of its units."""
    return await _add(request, id, "task")


async def _add(request: AnyRequest, id: str, kind: str) -> Response[Any]:
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        folder = folder_of(request)
        hand, register = hand_of(request), now.register(folder)
        document = ask_known(asked(request), find_document, register, id)
        names, units = (
            (TARGET, whose(folder, fields)) if kind == "target" else (TASK, each_of(folder, fields))
        )
        filled = {name: fields[name].strip() for name in names if fields.get(name, "").strip()}
        rows = [{"document": document.record.number, **filled, **unit} for unit in units]
        found = enter_duties(folder, f"{kind}s", rows, hand, register)
        return leads_to(f"/steering/documents/{document.id}#d-{found.id}")

    def refused(error: QuestionError) -> Response[Any]:
        return document_page(request, id, told(error, asked(request)), kind, fields)

    return await handled(work, refused)


@post("/steering/withdraw", include_in_schema=False)
async def withdraw_something(request: AnyRequest) -> Response[Any]:
    """Withdraws a document, target or task by its id, or brings it back."""
    fields, _ = await form_of(request)
    id, back = fields.get("id", ""), fields.get("back") == "1"

    def work() -> Response[Any]:
        folder, view = folder_of(request), asked(request)
        hand, register = hand_of(request), now.register(folder)
        item: Any
        if back:
            item = ask_known(view, find_withdrawn, register, id)
        elif id in register.documents:
            item = register.documents[id]
        else:
            item = ask_known(view, find_duty, register, id)
        withdraw(folder, item, hand, back=back)
        gone = "" if back else f"?gone={item.id}"
        if isinstance(item, Document):
            return leads_to(f"/steering/documents/{item.id}" if back else f"/steering/documents{gone}")
        document = now.register(folder).document_of(item)
        return leads_to("/steering/documents" + ("" if document is None else f"/{document.id}") + gone)

    return await handled(work, lambda error: documents_page(request, told(error, asked(request))))


@post("/steering/remind", include_in_schema=False)
async def remind_units(request: AnyRequest) -> Response[Any]:
    """Reminds the units that have not reported: of one task, else of all that are due or lately past."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        folder = folder_of(request)
        hand, register = hand_of(request), now.register(folder)
        id = fields.get("id", "")
        duties = [ask_known(asked(request), find_duty, register, id)] if id else to_remind(folder)
        rows = remind(folder, duties, hand)
        people = sum(row["told"] for row in rows)
        return leads_to(f"/steering/reports?reminded={len(rows)}&told={people}")

    return await handled(work, lambda error: documents_page(request, told(error, asked(request))))


router = Router(
    "/", route_handlers=[*handlers, add_document, add_target, add_task, withdraw_something, remind_units]
)
"""Pages and forms together: an address that is both has one router."""
