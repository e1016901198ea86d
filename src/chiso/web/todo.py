"""The page of today's work, made to stay open all day: a list by points, filters, one item in detail."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
from litestar import Request, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.folder import DataFolder
from chiso.insight.todo.answer import MOST, holds, todo, work_of
from chiso.insight.todo.groups import GROUPS, NOBODY
from chiso.insight.todo.items import WHAT
from chiso.insight.todo.work import Work
from chiso.instants import DAY, day_of, iso, midnight, parse_instant, utc_now
from chiso.people.rights import Right
from chiso.web import formatting, sight
from chiso.web.forms import form_token
from chiso.web.house import House
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.rights import only_officers_own, person_of
from chiso.web.sight import NotHereError, ask
from chiso.web.signin import local_path
from chiso.web.view import AskedWrongError, View, hour, whole

AnyRequest = Request[Any, Any, Any]

SINGLE: Final = ("due", "result", "digitise")
"""Kinds of which an item is one dossier of very many."""
PAGE: Final = 100
"""Items on one page."""
BEFORE: Final = ("today", "next", "week")
"""Choices of until when, besides everything."""
MARKED: Final = ("open", "assigned", "done")
AHEAD: Final = 8 * DAY
"""So far ahead lies the farthest item that the page shows: what may be marked."""
PROCEDURES: Final = 40
"""Procedures offered in the filter, those with the most items."""


@dataclass(frozen=True)
class Chosen:
    """What the reader has chosen to see."""

    what: tuple[str, ...] = ()
    procedure: str = ""
    before: str = ""
    marked: str = "open"
    page: int = 1
    item: str = ""
    """the item shown in detail: kind and code"""
    group: str = ""
    """put together by procedure or by officer"""
    officer: str = ""

    @classmethod
    def of(cls, request: AnyRequest) -> Chosen:
        query = request.query_params
        what = tuple(one for one in query.getall("what", []) if one)
        before, marked = query.get("before", ""), query.get("marked", "open")
        group = query.get("group", "")
        for field, value, known in (
            ("before", before, ("", *BEFORE)),
            ("marked", marked, MARKED),
            ("group", group, ("", *GROUPS)),
        ):
            if value not in known:
                raise AskedWrongError(field, value, "error.asked")
        if unknown := [one for one in what if one not in WHAT]:
            raise AskedWrongError("what", unknown[0], "error.asked")
        number = whole(query, "page", 1, 1, 1_000_000)
        return cls(
            what,
            query.get("procedure", "").strip()[:60],
            before,
            marked,
            number,
            query.get("item", ""),
            group,
            " ".join(query.get("officer", "").split())[:50],
        )

    @property
    def of_officers(self) -> tuple[str, str]:
        """What of it would tell officers' names; empty texts where nothing does."""
        return self.officer, self.group if self.group == "officer" else ""

    def link(self, view: View, path: str, **changes: Any) -> str:
        """An address with these choices, and with changes to them."""
        fresh: dict[str, Any] = {"page": 1, "item": "", **changes}
        new = replace(self, **fresh)
        fields: list[tuple[str, str]] = list(view.carried().items())
        fields += [("what", one) for one in new.what]
        told = (
            ("procedure", new.procedure),
            ("before", new.before),
            ("officer", new.officer),
            ("group", new.group),
        )
        fields += [(name, value) for name, value in told if value]
        if new.marked != "open":
            fields.append(("marked", new.marked))
        if new.page > 1:
            fields.append(("page", str(new.page)))
        if new.item:
            fields.append(("item", new.item))
        return path + (f"?{urlencode(fields)}" if fields else "")


def _before(view: View, chosen: Chosen, next_day: int) -> int | None:
    """The instant up to which something must be done to be shown."""
    today = midnight(day_of(view.looked_at))
    return {"": None, "today": today + DAY, "next": next_day, "week": today + AHEAD}[chosen.before]


def _listed(
    folder: DataFolder,
    view: View,
    code: str,
    chosen: Chosen,
    limit: int,
    offset: int = 0,
    *,
    named: bool,
) -> tuple[dict[str, Any], Work, int | None]:
    """The list as chosen, all the work behind it, and the instant up to which it goes."""
    question = sight.of_dossiers(view)
    _, _, found = ask(work_of, folder, code, None, question)
    before = _before(view, chosen, found.until)
    body: dict[str, Any] = ask(
        todo,
        folder,
        code,
        what=chosen.what,
        procedure=chosen.procedure or None,
        before=before,
        until=None if before is None else max(before, found.until),
        marked=chosen.marked,
        officer=chosen.officer or None,
        group=chosen.group or None,
        named=named,
        limit=limit,
        offset=offset,
        **question,
    )
    return body, found, before


def item_key(row: dict[str, Any]) -> str:
    """What tells an item from all others of a unit: its kind and its code."""
    return f"{row['what']}:{row.get('dossier') or row.get('petition') or row['procedure']}"


@get("/todo", sync_to_thread=True, include_in_schema=False)
def home_todo(request: AnyRequest) -> Response[Any]:
    """Today's work of the home province; who may not see all of it is led to what is theirs."""
    folder, view, person = folder_of(request), asked(request), person_of(request)
    home = folder.settings.home
    if person is None or person.may(Right.DOSSIERS, home, folder.registry.units, folder.now()):
        return _page(request, home)
    own = person.units_of(Right.DOSSIERS)
    return Redirect(view.link(f"/units/{own[0]}/todo" if own else "/"), status_code=303)


@get("/units/{code:str}/todo", sync_to_thread=True, include_in_schema=False)
def todo_page(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Today's work of a unit."""
    return _page(request, code)


def _page(request: AnyRequest, code: str) -> Response[Any]:
    if moved := redirected(request):
        return moved
    folder, view, chosen = folder_of(request), asked(request), Chosen.of(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    path = f"/units/{code}/todo"
    named = only_officers_own(request, folder, code, *chosen.of_officers)
    body, found, before = _listed(folder, view, code, chosen, PAGE, (chosen.page - 1) * PAGE, named=named)
    law = sight.law_asked(folder, view)
    rows = [_row(row, view, code) for row in body.get("rows", ())]
    picked = next((row for row in rows if row["key"] == chosen.item), None)
    if picked is None and chosen.item:
        picked = _looked_up(folder, view, code, chosen, named=named)
    person = person_of(request)
    may_mark = person is None or person.may(Right.WORK, code, folder.registry.units, folder.now())
    text = page(
        "todo.html",
        view,
        section="todo" if code == folder.settings.home else "units",
        tab="todo",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        body=body,
        rows=rows,
        groups=[_group(row, view, code, chosen) for row in body.get("groups", ())],
        named=named,
        picked=picked,
        chosen=chosen,
        kinds=[(kind, body["kinds"].get(kind, 0)) for kind in WHAT],
        befores=BEFORE,
        markeds=MARKED,
        procedures=_procedures(found),
        places=_places(rows),
        today=_today(found, view),
        single=len({row["unit"] for row in rows}) <= 1,
        size=PAGE,
        indicator_name=lambda key: law.indicators[key].names[view.lang],
        pick=lambda **changes: chosen.link(view, path, **changes),
        more=lambda **fields: chosen.link(view, path, **fields),
        export=chosen.link(view, f"{path}.csv", group=""),
        may_mark=may_mark,
        token=form_token(request),
        here=chosen.link(view, path, page=chosen.page, item=chosen.item),
        raw=body,
        stream=sight.stream_of(view, code),
        json=_api(view, code, chosen, before),
        **shared(request, view),
    )
    return html(request, text)


def _places(rows: list[dict[str, Any]]) -> int:
    """Decimals that tell the points of a list apart: fewer in a small unit, where each thing gives much."""
    much = any(Fraction(row["points"]) >= Fraction(1, 100) for row in rows if row["what"] in SINGLE)
    return 4 if much else 6


def _today(found: Work, view: View) -> int:
    """Items that must still be done today."""
    end = midnight(day_of(view.looked_at)) + DAY
    return int(np.count_nonzero((found.by >= view.looked_at) & (found.by < end)))


def _group(row: dict[str, Any], view: View, code: str, chosen: Chosen) -> dict[str, Any]:
    """Work of one procedure or officer, what the page says of it, and where it is listed."""
    if "officer" in row:
        link = chosen.link(view, f"/units/{row['unit']}/todo", group="", officer=row["officer"] or NOBODY)
        name = row["officer"] or say(view.lang, "todo.officer.none")
        small, where = "", row["unit_name"] if row["unit"] != code else ""
    else:
        small, where = row["procedure"] or "", ""
        name = row["procedure_name"] or small or say(view.lang, "todo.group.nothing")
        link = chosen.link(view, f"/units/{code}/todo", group="", procedure=small) if small else ""
    shown = hour(parse_instant(row["first_by"]), view)
    return {**row, "name": name, "small": small, "where": where, "link": link, "hour": shown}


def _looked_up(
    folder: DataFolder, view: View, code: str, chosen: Chosen, *, named: bool
) -> dict[str, Any] | None:
    """An item that is asked for by name and stands on another page, or is ticked off."""
    what, _, subject = chosen.item.partition(":")
    if what not in WHAT or not subject:
        return None
    everything = Chosen(what=(what,))
    for marked in ("open", "done"):
        body, *_ = _listed(folder, view, code, replace(everything, marked=marked), MOST, named=named)
        for row in body["rows"]:
            if item_key(row) == chosen.item:
                return _row(row, view, code)
    return None


def _row(row: dict[str, Any], view: View, code: str) -> dict[str, Any]:
    """A row with what the page says of it."""
    subject = row.get("dossier") or row.get("petition") or row["procedure"]
    by = parse_instant(row["by"])
    return {
        "assigned": "",
        "done_at": None,
        "procedure_name": "",
        "received_at": None,
        "officer": None,
        **row,
        "key": item_key(row),
        "subject": subject,
        "hour": hour(by, view),
        "late": by < view.looked_at,
        "soon": view.looked_at <= by < midnight(day_of(view.looked_at)) + DAY,
        "whole_period": by >= view.asked_period.end,
        "link": _link(row, view, code),
        "of": row.get("for_procedure") or row.get("procedure") or "",
    }


def _link(row: dict[str, Any], view: View, code: str) -> str:
    """Where the thing itself is shown."""
    if "dossier" in row or "with_dossier" in row:
        return view.link(f"/dossiers/{row.get('dossier') or row['with_dossier']}")
    indicator = row["indicators"][0] if row["indicators"] else {"petition": "5.2"}.get(row["what"], "1.2")
    return view.link(f"/units/{code}/indicators/{indicator}")


def _procedures(found: Work) -> list[tuple[str, str, int]]:
    """(code, name, items) of the procedures with the most items."""
    ground = found.view.ground
    terms = found.procedure[found.procedure > 0]
    counts = np.bincount(terms, minlength=1) if len(terms) else np.zeros(1, np.int64)
    most = np.argsort(-counts, kind="stable")[:PROCEDURES]
    rows = []
    for term in most[counts[most] > 0].tolist():
        code = ground.terms[term]
        record = ground.catalogue.get(code)
        rows.append((code, record.name if record is not None else code, int(counts[term])))
    return rows


@get("/units/{code:str}/todo.csv", sync_to_thread=True, include_in_schema=False)
def todo_csv(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """The list as chosen, for a spreadsheet."""
    folder, view, chosen = folder_of(request), asked(request), Chosen.of(request)
    code = sight.unit_of(folder, view, code)["code"]
    named = only_officers_own(request, folder, code, *chosen.of_officers)
    body, *_ = _listed(folder, view, code, replace(chosen, group=""), MOST, named=named)
    text = as_csv(body["rows"], view.lang)
    name = f"viec-{code}-{day_of(view.looked_at):%Y%m%d}.csv"
    return Response(
        text.encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


COLUMNS: Final = ("what", "code", "procedure", "name", "unit", "unit_name", "desk", "officer", "by",
                  "points", "indicators", "assigned", "done")  # fmt: skip


def as_csv(rows: list[dict[str, Any]], lang: str) -> str:
    """Rows as a table; a cell that a spreadsheet would reckon with is written as text."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";" if lang == "vi" else ",")
    table.writerow([say(lang, f"todo.csv.{name}") for name in COLUMNS])
    for row in rows:
        cells = [
            say(lang, f"todo.what.{row['what']}"),
            row.get("dossier") or row.get("petition") or row["procedure"],
            row.get("for_procedure") or row.get("procedure") or "",
            row.get("procedure_name", ""),
            row["unit"],
            row.get("unit_name", ""),
            row.get("desk_name", ""),
            row.get("officer") or "",
            formatting.instant(row["by"]),
            formatting.number(row["points"], 10, lang),
            " ".join(row["indicators"]),
            row.get("assigned", ""),
            formatting.instant(row["done_at"]) if row.get("done_at") else "",
        ]
        table.writerow([f"'{cell}" if cell[:1] in "=+-@\t\r" else cell for cell in cells])
    return out.getvalue()


@post("/units/{code:str}/todo/marks", include_in_schema=False, status_code=303)
async def mark(request: AnyRequest, code: FromPath[str]) -> Redirect:
    """Notes something of an item of the unit: whose it is, or that it is ticked off."""
    form = await request.form()
    what, subject = str(form.get("kind", "")), str(form.get("subject", "")).strip()
    told = {name: None if (value := form.get(name)) is None else str(value) for name in ("assigned", "done")}
    await asyncio.to_thread(_note, request, code, what, subject, told)
    return Redirect(local_path(str(form.get("back", f"/units/{code}/todo"))), status_code=303)


def _note(request: AnyRequest, code: str, what: str, subject: str, told: dict[str, str | None]) -> None:
    folder, view = folder_of(request), asked(request)
    code = sight.unit_of(folder, view, code)["code"]
    _, _, found = ask(work_of, folder, code, view.looked_at + AHEAD, {})
    if what not in WHAT or not holds(folder, found, what, subject):
        raise NotHereError(subject[:60])
    done = None if told["done"] is None else told["done"] == "1"
    folder.ledger.marks.set(subject, what, view.looked_at, assigned=told["assigned"], done=done)
    house: House = request.app.state.house
    person = person_of(request)
    detail = {name: value for name, value in told.items() if value is not None}
    house.people.audit.note(
        utc_now(),
        "-" if person is None else person.login,
        "work_marked",
        subject,
        unit=code,
        kind=what,
        **detail,
    )


def _api(view: View, code: str, chosen: Chosen, before: int | None) -> str:
    """The address of the same list as JSON."""
    fields: list[tuple[str, str]] = [*view.carried().items(), *(("what", one) for one in chosen.what)]
    fields += [
        (name, value)
        for name, value in (
            ("procedure", chosen.procedure),
            ("before", iso(before) or ""),
            ("marked", chosen.marked),
            ("officer", chosen.officer),
            ("group", chosen.group),
            ("limit", str(PAGE)),
            ("offset", str((chosen.page - 1) * PAGE)),
        )
        if value
    ]
    return f"/api/v1/units/{code}/todo?{urlencode(fields)}"


router = Router("/", route_handlers=[home_todo, todo_page, todo_csv, mark])
