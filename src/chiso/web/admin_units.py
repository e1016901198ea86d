"""Units in administration: what there is, and how one change is proposed, shown and made."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar import Router, get, post
from litestar.response import Redirect, Response

from chiso.administration import units
from chiso.folder import QuestionError
from chiso.instants import NEVER, day_of
from chiso.registry.codes import unit_code
from chiso.text import collation_key, fold
from chiso.web.admin import effect_lines, hand_of, live_units, shown
from chiso.web.directing import AnyRequest, Given, form_of
from chiso.web.pages import folder_of, redirected

FIELDS: Final = ("code", "codes", "into", "name", "parent", "day", "parts", "kind", "keeps", "gso_code")
WHATS: Final = ("merge", "split", "rename", "move", "open", "close", "reopen")
LONGEST: Final = 2_000


def _given(query: Any) -> Given:
    return Given({name: str(query[name])[:LONGEST] for name in FIELDS if query.get(name)})


@get("/admin/units", sync_to_thread=True, include_in_schema=False)
def units_page(request: AnyRequest) -> Response[Any]:
    """Home's units, those that ended or are to come among them, and the changes that can be made."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    folder = folder_of(request)
    known, now = folder.registry.units, folder.now()
    words = fold(request.query_params.get("q", "").strip()[:100]).split()
    home = folder.settings.home
    rows: list[dict[str, Any]] = []
    for unit in known.all:
        if unit.index == known.home.index or not unit.code.startswith(f"{home}."):
            continue
        if words and not all(word in fold(f"{unit.code} {unit.name}") for word in words):
            continue
        above = known.all[unit.parent] if unit.parent >= 0 else None
        ended = unit.valid_to <= now
        if ended and not words:
            continue
        rows.append(
            {
                "code": unit.code, "name": unit.name, "kind": unit.kind,
                "parent": "" if above is None or above.index == known.home.index else above.name,
                "since": day_of(unit.valid_from).isoformat() if unit.valid_from > 0 else None,
                "until": day_of(unit.valid_to - 1).isoformat() if unit.valid_to != NEVER else None,
                "ended": ended, "coming": unit.valid_from > now,
                "heirs": [known.all[one].name for one in unit.successors],
            }
        )  # fmt: skip
    rows.sort(key=lambda row: (row["ended"], row["kind"], collation_key(row["name"])))
    return shown(
        request,
        "admin_units.html",
        "units",
        rows=rows,
        q=request.query_params.get("q", "").strip()[:100],
        whats=WHATS,
        done=request.query_params.get("done", "")[:300],
    )


@get("/admin/units/change", sync_to_thread=True, include_in_schema=False)
def change_page(request: AnyRequest) -> Response[Any]:
    """The form of one change; once it is filled in, what it does before it is made."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    what = request.query_params.get("what", "merge")
    given = _given(request.query_params)
    if "show" not in request.query_params:
        return _form(request, what, given)
    folder = folder_of(request)
    try:
        change = units.propose(folder, what, given)
        effect = effect_lines(units.preview(folder, change), folder.settings.home)
    except QuestionError as error:
        return _form(request, what, given, error)
    return _form(request, what, given, change=change, effect=effect)


def _form(
    request: AnyRequest, what: str, given: Given, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    what = what if what in WHATS else WHATS[0]
    if not given["code"] and (code := unit_code(request.query_params.get("of", "")[:60])):
        given["code"] = code
        given["codes"] = given["codes"] or code
    return shown(
        request,
        "admin_change.html",
        "units",
        error=error,
        what=what,
        whats=WHATS,
        given=given,
        fields=FIELDS,
        unit_choices=live_units(request),
        kinds=units.KINDS,
        **{"change": None, "effect": None, **values},
    )


@post("/admin/units/change", include_in_schema=False)
async def make_change(request: AnyRequest) -> Response[Any]:
    """Makes a change for good."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        what = fields.get("what", "")
        try:
            units.apply(folder, units.propose(folder, what, fields), hand)
        except QuestionError as error:
            return _form(request, what, _given(fields), error)
        return Redirect("/admin/units?done=1", status_code=303)

    return await asyncio.to_thread(work)


router = Router("/", route_handlers=[units_page, change_page, make_change])
