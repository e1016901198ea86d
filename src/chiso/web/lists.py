"""The pages that list: units, dossiers, one dossier, what arrives; and how it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Response

from chiso.instants import DAY
from chiso.law.loader import law_ids, load
from chiso.law.model import LawError
from chiso.text import collation_key, fold
from chiso.web import formatting, sight, watching
from chiso.web.messages import catalogue, say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page, sources
from chiso.web.sight import LEAGUES, NotHereError, NothingYetError, ask
from chiso.web.view import AskedWrongError, View, per_page, whole

PAGE: Final = 50
"""Rows on one page of a list."""
KINDS: Final = ("province", "department", "district", "commune", "elsewhere")
PARTS: Final = ("n", "d", "missed", "open")


def page_number(request: Request[Any, Any, Any]) -> int:
    return whole(request.query_params, "page", 1, 1, 1_000_000)


@get("/units", sync_to_thread=True, include_in_schema=False)
def units(request: Request[Any, Any, Any]) -> Response[Any]:
    """All units, found by name without accents or by code."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    wanted = request.query_params.get("q", "").strip()[:200]
    parts = fold(wanted).split()
    home = folder.settings.home
    found: dict[str, list[dict[str, Any]]] = {}
    for one in folder.units(view.judged_at):
        folded = f"{fold(one['name'])} {one['code'].lower()}"
        if one["kind"] == "nation" or not all(part in folded for part in parts):
            continue
        ours = one["code"].split(".")[0] == home or one.get("parent") == home
        kind = one["kind"] if ours and one["kind"] in KINDS else "elsewhere"
        found.setdefault(kind, []).append({**one, "folded": folded})
    shown = [
        (kind, sorted(found[kind], key=lambda one: collation_key(one["name"])))
        for kind in KINDS
        if kind in found
    ]
    count = sum(len(rows) for _, rows in shown)
    text = page(
        "units.html",
        view,
        section="units",
        kinds=shown,
        count=count,
        q=wanted,
        leagues=LEAGUES,
        json=view.api("/units"),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}/dossiers", sync_to_thread=True, include_in_schema=False)
def dossiers(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """The dossiers behind a number."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    query = request.query_params
    indicator, part, procedure = (
        query.get("indicator", "2.1"),
        query.get("part", "missed"),
        query.get("procedure") or None,
    )
    if part not in PARTS:
        raise AskedWrongError("part", part, "error.asked")
    sheet, law = sight.unit_sheet(folder, view, code)
    row = next((one for one in sheet.indicators if one.id == indicator), None)
    if row is None:
        if indicator not in law.indicators:
            raise NotHereError(indicator)
        raise NothingYetError(
            f"Của {unit['name']} chỉ biết điểm từng nhóm đã công bố, không có hồ sơ để xem.",
            f"of {unit['name']} only published group points are known; there are no dossiers to look at",
        )
    number, size = page_number(request), per_page(query, PAGE)
    found = ask(
        folder.dossiers,
        code,
        indicator,
        part=part,
        procedure=procedure,
        limit=size,
        offset=(number - 1) * size,
        **sight.of_dossiers(view),
    )
    here = {
        "indicator": indicator,
        "part": part,
        "procedure": procedure,
        "page": number if number > 1 else None,
    }
    text = page(
        "dossiers.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        row=row,
        part=part,
        procedure=procedure,
        found=found,
        page=number,
        size=size,
        trail=[
            *sight.trail(folder, view, unit),
            (unit["name"], view.link(f"/units/{code}")),
            (f"{row.id} {row.name}", view.link(f"/units/{code}/indicators/{row.id}")),
        ],
        sources=sources(law, view.lang),
        more=lambda **fields: view.link(view.path, **{**here, **fields}),
        json=view.api(f"/units/{code}/dossiers", **here),
        **shared(request, view),
    )
    return html(request, text)


END_STATES: Final = (3, 7, 8, 9, 10)


def _ended(told: Mapping[str, Any]) -> int | None:
    """When a dossier ended, as its newest message and steps tell; the counts decide by the full rule."""
    stated = [formatting.as_instant(told.get(name)) for name in ("finished_at", "returned_at", "refused_at")]
    steps = [
        formatting.as_instant(step["at"]) for step in told.get("steps", ()) if step["state"] in END_STATES
    ]
    known = [at for at in (*steps[-1:], *stated) if at is not None]
    return known[0] if (known and told.get("state") in END_STATES) or steps else None


def _life(told: Mapping[str, Any], view: View, ended: int | None, on_time: bool) -> list[dict[str, Any]]:
    """A dossier's dated facts and steps in order; those still ahead are marked."""
    lang = view.lang
    facts: list[dict[str, Any]] = []

    def add(value: object, key: str, words: str, small: str = "") -> None:
        at = formatting.as_instant(value if isinstance(value, int | str) else None)
        if at is not None:
            facts.append({"at": at, "words": words, "key": key, "small": small})

    for key, name in (
        ("received", "received_at"),
        ("due", "due_at"),
        ("returned", "returned_at"),
        ("dissatisfied", "dissatisfied_at"),
        ("stored", "stored_at"),
    ):
        add(told.get(name), key, say(lang, f"dossier.life.{key}"))
    for one in told.get("supplements", ()):
        add(one["requested_at"], "requested", say(lang, "dossier.life.requested"))
        add(one["completed_at"], "completed", say(lang, "dossier.life.completed"))
    for step in told.get("steps", ()):
        add(step["at"], "step", _state(lang, step["state"]))
    add(ended, "ended", say(lang, "dossier.life.ended"))
    for fact in facts:
        late = fact["key"] == "ended" and not on_time
        late = late or (fact["key"] == "due" and ended is None and fact["at"] < view.now)
        fact["kind"] = "ahead" if fact["at"] > view.now else "late" if late else "done"
    facts.sort(key=lambda fact: fact["at"])
    return facts


def _state(lang: str, state: object) -> str:
    key = f"state.{state}"
    return say(lang, key if key in catalogue(lang) else "state.0")


@get("/dossiers/{code:str}", sync_to_thread=True, include_in_schema=False)
def dossier(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """One dossier: its life, its versions as known, the counts it enters."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    told = ask(folder.dossier, code)
    law = sight.law_asked(folder, view)
    lang = view.lang
    counts: dict[str, dict[str, bool]] = told.get("counts", {})
    ended = _ended(told)
    on_time = bool(counts.get("2.1", {}).get("n"))
    details = []
    if told.get("channel"):
        details.append((say(lang, "dossier.channel"), say(lang, f"dossier.channel.{told['channel']}")))
    if told.get("mistakes"):
        words = "; ".join(mistake_words(one, lang) for one in told["mistakes"])
        details.append((say(lang, "dossier.mistakes"), words))
    units_now = {one["code"]: one for one in folder.units()}
    unit, desk = units_now.get(told.get("unit", "")), units_now.get(told.get("desk", ""))
    way = [(say(lang, "nav.units"), view.link("/units"))]
    if unit is not None:
        way = [*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{unit['code']}"))]
    shown = {
        "procedure": "",
        "procedure_name": "",
        "unit": "",
        "unit_name": "",
        "unassigned": True,
        "state": 0,
        "received_at": None,
        "due_at": None,
        **told,
        "desk_name": desk["name"] if desk else "",
        "ended_at": ended,
        "on_time": on_time,
    }
    text = page(
        "dossier.html",
        view,
        section="units",
        dossier=shown,
        counts=[
            (key, told_of["n"]) for key, told_of in counts.items() if told_of["d"] and key in law.indicators
        ],
        details=details,
        life=_life(told, view, ended, on_time),
        trail=way,
        state_name=lambda state: _state(lang, state),
        yes_no=lambda flag: say(lang, "answer.yes" if flag else "answer.no"),
        indicator_name=lambda key: law.indicators[key].names[lang],
        json=f"/api/v1/dossiers/{code}",
        **shared(request, view),
    )
    return html(request, text)


def mistake_words(mistake: str, lang: str) -> str:
    """A sender's mistake in words; its own name where the catalogue has none."""
    key = f"mistake.{mistake.lower()}"
    return say(lang, key) if key in catalogue(lang) else mistake


@get("/data", sync_to_thread=True, include_in_schema=False)
def data(request: Request[Any, Any, Any]) -> Response[Any]:
    """What arrives, from whom, how late, what is refused."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    common = shared(request, view)
    told = folder.arrivals()
    number = page_number(request)
    size = per_page(request.query_params, 25)
    refused = folder.quarantine(limit=size, offset=(number - 1) * size)
    sender_name = sight.sender_names(folder, view.lang)
    senders = []
    for one in told["senders"]:
        newest = formatting.as_instant(one["newest"])
        days = 0 if newest is None or not one["sender"] else (view.now - newest) // DAY
        senders.append({**one, "name": sender_name(one["sender"]), "quiet": days * DAY if days > 1 else None})
    sums = {
        key: sum(one[key] for one in senders)
        for key in ("read", "new", "changed", "same", "flagged", "refused")
    }
    mistakes: dict[str, dict[str, Any]] = {}
    for one in told["mistakes"]:
        words = mistake_words("SILENT_DAYS" if one.get("days") else str(one["mistake"]), view.lang)
        line = mistakes.setdefault(words, {"words": words, "count": 0, "senders": []})
        line["count"] += one["count"]
        line["senders"].append((sender_name(one["sender"]), one["count"]))
    rows = [
        {
            "words": one["message_en" if view.lang == "en" else "message"],
            "sender": sender_name(one["sender"]),
            "code": one["code"],
            "place": one["place"],
            "field": one["field"],
            "value": one["value"],
            "at": one["received_at"],
        }
        for one in refused["rows"]
    ]
    text = page(
        "data.html",
        view,
        section="data",
        home=folder.settings.home,
        senders=senders,
        sums=sums,
        mistakes=sorted(mistakes.values(), key=lambda line: -int(line["count"])),
        quarantine={"total": refused["total"], "rows": rows},
        watch=watching.section(folder, view.lang),
        page=number,
        size=size,
        more=lambda **fields: view.link("/data", anchor="quarantine", **fields),
        json=view.api("/arrivals"),
        **common,
    )
    return html(request, text)


@get("/help", sync_to_thread=True, include_in_schema=False)
def help_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """How it is computed: every indicator with its rule, its maximum and where that is written."""
    if moved := redirected(request):
        return moved
    view = asked(request)
    first = view.asked_period.first_day
    law = sight.law_asked(folder_of(request), view)
    laws = []
    for identity in law_ids():
        try:
            laws.append({"id": identity, "names": load(identity).at(first).names})
        except (LawError, LookupError):
            continue
    text = page(
        "help.html",
        view,
        section="help",
        law=law,
        laws=laws,
        sources=sources(law, view.lang),
        json="",
        **shared(request, view),
    )
    return html(request, text)


router = Router("/", route_handlers=[units, dossiers, dossier, data, help_page])
