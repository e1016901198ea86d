"""The pages of late work and late data: why the dossiers of a unit are overdue, and the lists behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np
from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Response
from markupsafe import Markup

from chiso.insight import lateness as insight
from chiso.insight.lateness.classes import CLASSES
from chiso.insight.lateness.lists import FILES, KINDS, PETITIONS, SHOWN
from chiso.insight.tenths import WHOLE, shares
from chiso.instants import DAY, day_of, midnight, parse_instant, parse_period
from chiso.web import formatting, marks, sight
from chiso.web.lists import PAGE, mistake_words, page_number
from chiso.web.messages import say
from chiso.web.outlook import end_of
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import NotHereError, ask
from chiso.web.view import AskedWrongError, View, per_page

DATA: Final = ("late_data", "wrong_data")
FEW: Final = 12
"""Units and senders shown at first."""
RECENT: Final = (("yesterday", 1), ("last_week", 7))
"""What the page showed lately, with days before now."""
GAINS: Final = ("in_time", "right", "in_time_and_right", "everywhere")


def percents(counts: Sequence[int]) -> list[int]:
    """Whole percents of counts that sum to a hundred; nothing of nothing."""
    if not sum(counts):
        return [0] * len(counts)
    found: list[int] = shares(100, Fraction(100, WHOLE), np.array(counts, np.int64)).tolist()
    return found


def said(body: Mapping[str, Any], view: View) -> list[str]:
    """The sentences that the page begins with."""
    lang, overdue = view.lang, body["overdue"]
    if not overdue:
        return [say(lang, "lateness.none")]
    counts = {name: one["count"] for name, one in body["classes"].items()}
    data = counts["late_data"] + counts["wrong_data"]
    told = percents([data, counts["late_work"], counts["undecidable"]])
    words = dict(zip(("data", "work", "rest"), (f"{one}%" for one in told), strict=True))
    key = "lateness.said" if counts["undecidable"] else "lateness.said.sure"
    found = [say(lang, key, overdue=view.number(overdue), **words)]
    if data:
        before, after = (Fraction(body["scores"][name]["total"]) for name in ("as_is", "in_time_and_right"))
        key = "lateness.said.score" if after != before else "lateness.said.same"
        found.append(say(lang, key, total=view.points(after), gain=view.signed(after - before)))
    return found


def _split(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The four classes with their points, those of all indicators together."""
    return [
        {
            "kind": name,
            "count": one["count"],
            "points": sum((Fraction(points) for points in one["points"].values()), Fraction(0)),
            **{key: one.get(key, 0) for key in ("gone", "mended", "untold")},
        }
        for name, one in body["classes"].items()
    ]


def _bar(row: Mapping[str, Any], whole: int) -> Markup:
    return marks.split([(name, row[name]) for name in CLASSES], whole)


def _scores(scores: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    before = Fraction(scores["as_is"]["total"])
    return [
        {
            "name": name,
            "total": Fraction(scores[name]["total"]),
            "gain": Fraction(scores[name]["total"]) - before,
        }
        for name in GAINS
    ]


def _then(view: View) -> list[tuple[str, int]]:
    """Instants at which the page may be asked what it showed: (words, instant)."""
    end, lang = view.asked_period.end, view.lang
    if end <= view.now:
        told = [("end", end), ("week_after", end + 7 * DAY), ("month_after", end + 30 * DAY)]
        return [(say(lang, f"lateness.then.{key}"), at) for key, at in told if at < view.now]
    month = midnight(day_of(view.now).replace(day=1))
    last = say(lang, "lateness.then.month", month=f"{day_of(month - 1):%m/%Y}")
    recent = [(say(lang, f"pick.{key}"), view.now - days * DAY) for key, days in RECENT]
    return [one for one in (*recent, (last, month)) if one[1] > view.asked_period.start]


def _elsewhere(body: Mapping[str, Any], names: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    rows = []
    for row in body["elsewhere"]:
        law = names.get(row["indicator"])
        rows.append(
            {
                **row,
                "name": "" if law is None else law.names[lang],
                "words": say(lang, f"lateness.why.{row['why']}"),
                "points": Fraction(row["points"]),
            }
        )
    return sorted(rows, key=lambda row: (-row["points"], row["indicator"]))


@get("/units/{code:str}/lateness", sync_to_thread=True, include_in_schema=False)
def lateness(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Late work or late data: why the dossiers of a unit are overdue."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    body = ask(insight.lateness, folder, code, **sight.of_dossiers(view))
    names = sight.sender_names(folder, view.lang)
    law = folder.law_of(parse_period(body["period"]), body["law"])
    everything = bool(request.query_params.get("all"))
    text = page(
        "lateness.html",
        view,
        section="units",
        tab="lateness",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        body=body,
        said=said(body, view),
        split=_split(body),
        scores=_scores(body["scores"]),
        as_is=Fraction(body["scores"]["as_is"]["total"]),
        units=body["units"],
        senders=[
            {**row, "name": names(row["sender"]), "key": row["sender"] or FILES} for row in body["senders"]
        ],
        mistakes=[
            {**row, "words": _mistakes(row["mistakes"], view.lang), "key": "+".join(row["mistakes"]).lower()}
            for row in body["mistakes"]
        ],
        elsewhere=_elsewhere(body, law.indicators, view.lang),
        shown_at_first=10_000 if everything else FEW,
        split_bar=_bar,
        exact=Fraction,
        then=_then(view),
        at_once=view.as_of is None or view.as_of >= view.now,
        listed=lambda **fields: view.link(f"/units/{code}/lateness/dossiers", **fields),
        raw=body,
        json=view.api(f"/units/{code}/lateness"),
        **shared(request, view),
    )
    return html(request, text)


def _mistakes(names: Sequence[str], lang: str) -> str:
    return "; ".join(mistake_words(one, lang) for one in names)


def _asked_list(request: Request[Any, Any, Any]) -> dict[str, str | None]:
    """What a list is asked for."""
    query = request.query_params
    kind = query.get("class") or None
    if kind is not None and kind not in KINDS:
        raise AskedWrongError("class", kind, "error.asked")
    return {
        "kind": kind,
        "indicator": query.get("indicator") or "2.1",
        "mistake": query.get("mistake") or None,
        "sender": query.get("sender") or None,
    }


def _explained(row: Mapping[str, Any], lang: str) -> str:
    """Why a dossier is in its class, in words."""
    if row.get("undone"):
        return _mistakes(row["undone"]["mistakes"], lang)
    return say(lang, f"lateness.why.{row['why']}") if row.get("why") else ""


@get("/units/{code:str}/lateness/dossiers", sync_to_thread=True, include_in_schema=False)
def dossiers(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """The dossiers of a class: what happened when, and when we were told."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    wanted, number = _asked_list(request), page_number(request)
    law = sight.law_asked(folder, view)
    indicator = law.indicators.get(str(wanted["indicator"]))
    if indicator is None:
        raise NotHereError(str(wanted["indicator"]))
    found = ask(
        insight.dossiers, folder, code, **wanted,
        limit=per_page(request.query_params, PAGE), offset=(number - 1) * PAGE,
        **sight.of_dossiers(view),
    )  # fmt: skip
    names = sight.sender_names(folder, view.lang)
    here = {"class": wanted["kind"], **{key: wanted[key] for key in ("indicator", "mistake", "sender")}}
    if here["indicator"] == "2.1":
        here["indicator"] = None

    def listed(**fields: object) -> str:
        told: dict[str, object] = {**here, "page": number if number > 1 else None, **fields}
        return view.link(view.path, "", **told)

    kind = wanted["kind"]
    rows = [
        {**row, "words": _explained(row, view.lang), "sender_name": names(row.get("sender", ""))}
        for row in found["rows"]
    ]
    text = page(
        "lateness_list.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        trail=[
            *sight.trail(folder, view, unit),
            (unit["name"], view.link(f"/units/{code}")),
            (say(view.lang, "lateness.title"), view.link(f"/units/{code}/lateness")),
        ],
        kind=kind,
        kinds=(*CLASSES, SHOWN) if indicator.id == "2.1" else DATA,
        is_shown=kind == SHOWN,
        petitions=indicator.id in PETITIONS,
        indicator=None if indicator.id == "2.1" else indicator,
        mistake=wanted["mistake"],
        mistake_words=_mistakes(str(wanted["mistake"] or "").upper().split("+"), view.lang),
        sender=wanted["sender"],
        sender_name=names("" if wanted["sender"] == FILES else str(wanted["sender"])),
        found=found,
        rows=rows,
        page=number,
        size=PAGE,
        span=lambda seconds: formatting.span(seconds, view.lang),
        end_of=lambda at: end_of(parse_instant(at), view.lang),
        listed=listed,
        more=listed,
        raw=found,
        json=view.api(
            f"/units/{code}/lateness/dossiers", **here, limit=PAGE, offset=(number - 1) * PAGE or None
        ),
        **shared(request, view),
    )
    return html(request, text)


router = Router("/", route_handlers=[lateness, dossiers])
