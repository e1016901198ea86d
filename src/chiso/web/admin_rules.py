"""What counting rests on, in administration: working days, procedures, versions of the law."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, Final

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.administration import calendar, laws, procedures
from chiso.administration.refusing import wrong
from chiso.folder import QuestionError
from chiso.folder.registers import own_days
from chiso.instants import day_of
from chiso.law.model import LawError
from chiso.web.admin import effect_lines, hand_of, live_units, shown
from chiso.web.directing import AnyRequest, Given, form_of
from chiso.web.lists import page_number
from chiso.web.pages import asked, folder_of, redirected
from chiso.web.view import whole

PAGE: Final = 50
DAY_FIELDS: Final = ("day", "working", "name", "source", "unit")

# -- days ---------------------------------------------------------------------------------------------------


@get("/admin/days", sync_to_thread=True, include_in_schema=False)
def days_page(request: AnyRequest) -> Response[Any]:
    """The days off and make-up days of a year; a proposed one with its effect."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    query = request.query_params
    given = Given({name: str(query[name])[:300] for name in DAY_FIELDS if query.get(name)})
    if "show" not in query:
        return _days(request, given)
    folder = folder_of(request)
    try:
        rule = calendar.rule_of(
            folder, given["day"], given["working"] == "1", given["name"], given["source"], given["unit"]
        )
        found = calendar.proposed(folder, calendar.with_rule(folder, rule))
    except QuestionError as error:
        return _days(request, given, error)
    return _days(request, given, rule=rule, effect=effect_lines(found, folder.settings.home))


def _days(
    request: AnyRequest, given: Given, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    folder = folder_of(request)
    this_year = day_of(folder.now()).year
    year = whole(request.query_params, "year", this_year, this_year - 4, this_year + 3)
    own = {(one.day, one.unit) for one in own_days(folder.path)}
    units = folder.registry.units
    rows = [
        {
            "day": one.day.isoformat(), "working": one.working, "name": one.name, "source": one.source,
            "unit": one.unit,
            "unit_name": unit.name if one.unit and (unit := units.find(one.unit)) else "",
            "own": (one.day, one.unit) in own,
        }
        for one in sorted(folder.calendar.rules(), key=lambda one: (one.day, one.unit))
        if one.day.year == year
    ]  # fmt: skip
    first, last = folder.calendar.covered
    return shown(
        request,
        "admin_days.html",
        "days",
        error=error,
        given=given,
        rows=rows,
        year=year,
        years=range(this_year - 1, this_year + 2),
        covered=first <= year <= last,
        unit_choices=live_units(request),
        **{"rule": None, "effect": None, **values},
    )


@post("/admin/days", include_in_schema=False)
async def change_day(request: AnyRequest) -> Response[Any]:
    """Sets a day of the folder's own, or takes it back."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        try:
            if fields.get("remove") == "1":
                try:
                    day = date.fromisoformat(fields.get("day", ""))
                except ValueError:
                    raise wrong("Ngày không đọc được.", "the day cannot be read") from None
                calendar.unset_day(folder, day, fields.get("unit", ""), hand)
            else:
                rule = calendar.rule_of(
                    folder, fields.get("day", ""), fields.get("working") == "1", fields.get("name", ""),
                    fields.get("source", ""), fields.get("unit", ""),
                )  # fmt: skip
                calendar.set_day(folder, rule, hand)
                day = rule.day
        except QuestionError as error:
            return _days(request, Given(fields), error)
        return Redirect(f"/admin/days?year={day.year}", status_code=303)

    return await asyncio.to_thread(work)


# -- procedures ---------------------------------------------------------------------------------------------


@get("/admin/procedures", sync_to_thread=True, include_in_schema=False)
def procedures_page(request: AnyRequest) -> Response[Any]:
    """The catalogue, found by code or name without accents."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    words = request.query_params.get("q", "").strip()[:200]
    number = page_number(request)
    view = asked(request)
    total, rows = procedures.found(folder_of(request), words, PAGE, (number - 1) * PAGE)
    return shown(
        request,
        "admin_procedures.html",
        "procedures",
        q=words,
        total=total,
        rows=rows,
        page=number,
        size=PAGE,
        more=lambda **fields: view.link("/admin/procedures", q=words or None, **fields),
    )


@get("/admin/procedures/{code:str}", sync_to_thread=True, include_in_schema=False)
def procedure_page(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """One procedure, ``new`` for one to be added; once changed, what it does before it is taken in."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    folder, query = folder_of(request), request.query_params
    if "show" not in query:
        if code != "new":
            procedures.of_code(folder, code)
        return _procedure(request, code, None)
    given = Given({name: str(query[name])[:2_000] for name in query})
    if code != "new":
        given["code"] = code
    try:
        record, _ = procedures.proposed(folder, given)
        changed = procedures.changes(folder.registry.catalogue.get(record.code), record)
        found = effect_lines(procedures.preview(folder, record), folder.settings.home)
    except QuestionError as error:
        return _procedure(request, code, given, error)
    return _procedure(request, code, given, changed=changed, effect=found)


def _procedure(
    request: AnyRequest, code: str, given: Given | None, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    held = folder_of(request).registry.catalogue.get(code)
    if given is None:
        given = Given()
        if held is not None:
            texts = [name for name in procedures.TEXTS if name != "units"]
            given.update({name: str(getattr(held, name) or "") for name in texts})
            given["units"] = " ".join(held.units)
            given["limit_days"] = "" if held.limit_days is None else str(held.limit_days)
            given.update({name: getattr(held, name) for name in procedures.CHOICES})
            given.update({name: "1" for name in procedures.SWITCHES if getattr(held, name)})
            given.update({f"level.{one}": "1" for one in procedures.LEVELS if one in held.level.split()})
        else:
            given |= {"complete": "1", "level.commune": "1"}
    return shown(
        request,
        "admin_procedure.html",
        "procedures",
        error=error,
        code=code,
        held=held,
        given=given,
        levels=procedures.LEVELS,
        options=procedures.CHOICES,
        switches=procedures.SWITCHES,
        **{"changed": None, "effect": None, **values},
    )


@post("/admin/procedures/{code:str}", include_in_schema=False)
async def change_procedure(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Takes a procedure in as changed."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        given = Given(fields)
        if code != "new":
            given["code"] = code
        try:
            _, row = procedures.proposed(folder, given)
            procedures.apply(folder, row, hand)
        except QuestionError as error:
            return _procedure(request, code, given, error)
        return Redirect(f"/admin/procedures/{row['code']}", status_code=303)

    return await asyncio.to_thread(work)


# -- laws ---------------------------------------------------------------------------------------------------


@get("/admin/laws", sync_to_thread=True, include_in_schema=False)
def laws_page(request: AnyRequest) -> Response[Any]:
    """The laws that the program knows; two of them side by side, in words and in points."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    folder, query = folder_of(request), request.query_params
    view = asked(request)
    known = laws.laws()
    # a law is applied to days before its first one as it began: those are no version of their own
    versions = [list({found.version: found for found in map(law.at, law.changes)}.values()) for law in known]
    a, b = query.get("a", "qd766")[:50], query.get("b", "qd766-document")[:50]
    day = view.asked_period.first_day
    values: dict[str, Any] = {"words": [], "rows": [], "no_points": False}
    error: QuestionError | None = None
    try:
        one, other = laws.variant(a, day), laws.variant(b, day)
        values["words"] = laws.words(one, other)
        if one.groups_only or other.groups_only:
            values["no_points"] = True
        elif a != b:
            found = laws.points(folder, folder.settings.home, view.asked_period, one, other)
            values["rows"] = [found[0], *sorted(found[1:], key=lambda row: -abs(float(row["change"])))]
    except LawError as unfit:
        error = QuestionError("Không so sánh được hai bộ luật này ở kỳ đang xem.", str(unfit), wrong=True)
    return shown(
        request,
        "admin_laws.html",
        "laws",
        error=error,
        a=a,
        b=b,
        versions=versions,
        **values,
    )


router = Router(
    "/",
    route_handlers=[
        days_page,
        change_day,
        procedures_page,
        procedure_page,
        change_procedure,
        laws_page,
    ],
)
