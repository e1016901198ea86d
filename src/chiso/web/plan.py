"""The page of the plan: a target and a day, whether it can be reached, who does what, and what if."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Response

from chiso.folder import DataFolder, QuestionError
from chiso.insight.asking import last_instant
from chiso.insight.plan.answer import Plan, plan, plan_of, what_if
from chiso.insight.plan.asked import MOST_HOURS
from chiso.insight.plan.steps import SPREADS
from chiso.insight.plan.whatif import WHOLE
from chiso.insight.todo.items import WHAT
from chiso.instants import NEVER, BadInstantError, day_of, parse_instant, tree_instant
from chiso.law.goals import number
from chiso.web import formatting, sight, waterfall
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import ask
from chiso.web.view import AskedWrongError, View, hour, whole

LISTED: Final = 30
"""Rows of the table of who does what; all steps are in the JSON."""
UNITS: Final = 15
"""Units shown before the rest is folded away."""
TARGET: Final = 60
"""Letters of a target."""


@dataclass(frozen=True)
class Wanted:
    """What the reader has put in."""

    target: str
    by: int
    inflow: bool
    spread: str
    hours: dict[str, Fraction]
    shares: dict[str, int]

    @classmethod
    def of(cls, request: Request[Any, Any, Any], view: View, folder: DataFolder) -> Wanted:
        query = request.query_params
        end = view.asked_period.end
        text = query.get("by", "").strip()
        try:
            by = min(end, last_instant(text.replace(" ", "+"))) if text else end
        except BadInstantError:
            raise AskedWrongError("by", text, "error.instant") from None
        spread = query.get("spread", SPREADS[0])
        if spread not in SPREADS:
            raise AskedWrongError("spread", spread, "error.asked")
        hours: dict[str, Fraction] = {}
        for kind in WHAT if query.get("in") == "hours" else ():
            told = query.get(f"h_{kind}", "").strip()
            read = number(told) if told else (Fraction(1), False)
            if read is None or read[1] or read[0] > MOST_HOURS:
                raise AskedWrongError(f"h_{kind}", told, "error.asked")
            hours[kind] = read[0]
        shares = {kind: whole(query, f"s_{kind}", 0, 0, WHOLE) for kind in WHAT}
        target = query.get("target", "").strip()[:TARGET] or str(folder.settings.target)
        return cls(target, by, bool(query.get("inflow")), spread, hours, shares)

    def fields(self) -> list[tuple[str, str]]:
        """The fields of the plan, as an address carries them."""
        found = [("target", self.target), ("by", f"{day_of(self.by - 1):%Y-%m-%d}")]
        found += [("inflow", "1")] if self.inflow else []
        found += [("spread", self.spread)] if self.spread != SPREADS[0] else []
        if self.hours:
            found.append(("in", "hours"))
            found += [(f"h_{kind}", plain(value)) for kind, value in self.hours.items() if value != 1]
        return found


def plain(value: Fraction) -> str:
    """Hours as a field holds them."""
    return f"{float(value):g}"


@dataclass(frozen=True)
class Kind:
    """All that is done in one way, as a row of the way from start to end."""

    words: str
    count: int
    points: Fraction
    hours: Fraction
    start: Fraction
    link: str

    @property
    def stop(self) -> Fraction:
        return self.start + self.points


def _words(acts: tuple[str, ...] | list[str], lang: str) -> str:
    told = [say(lang, f"plan.act.{kind}") for kind in acts]
    return " + ".join([told[0], *(one[:1].lower() + one[1:] for one in told[1:])])


def _kinds(view: View, code: str, found: Plan, wanted: Wanted) -> list[Kind]:
    """What is done, way by way, most points first."""
    told: dict[tuple[str, ...], list[Any]] = {}
    for step in found.steps:
        row = told.setdefault(step.acts, [0, Fraction(0)])
        row[0] += step.count
        row[1] += step.worth
    rows = []
    at = found.exact - sum((points for _, points in told.values()), Fraction(0))
    for acts, (count, points) in sorted(told.items(), key=lambda one: -one[1][1]):
        hours = sum((wanted.hours.get(kind, Fraction(0)) for kind in acts), Fraction(0)) * count
        link = _work_link(view, code, acts)
        rows.append(Kind(_words(acts, view.lang), count, points, hours, at, link))
        at += points
    return rows


@dataclass
class Row:
    """What one unit does in one way; of a plan of one unit alone, by procedure."""

    words: str
    unit: str
    name: str
    procedure: str
    link: str
    count: int = 0
    procedures: int = 0
    points: Fraction = Fraction(0)
    hours: Fraction = Fraction(0)
    first: int = NEVER


def _rows(view: View, found: Plan, wanted: Wanted) -> dict[str, Any]:
    """Who does what, most points first, and how many rows there are in all."""
    ground = found.ready.then.ground
    alone = len({step.unit for step in found.steps}) <= 1
    then = tree_instant(found.ready.now.board.judged_at)
    told: dict[tuple[object, ...], Row] = {}
    for step in found.steps:
        procedure = step.procedure if alone else ""
        key = (step.acts, step.unit, procedure)
        row = told.get(key)
        if row is None:
            unit, record = ground.units.all[step.unit].code, ground.catalogue.get(procedure)
            name = record.name if record is not None else procedure
            link = _work_link(view, unit, step.acts, procedure)
            words = _words(step.acts, view.lang)
            row = told[key] = Row(words, unit, ground.units.name(step.unit, then), name, link)
        row.count += step.count
        row.procedures += 1
        row.points += step.worth
        row.hours += step.count * sum(
            (wanted.hours.get(kind, Fraction(0)) for kind in step.acts), Fraction(0)
        )
        row.first = min(row.first, step.by)
    rows = sorted(told.values(), key=lambda row: -row.points)
    return {"rows": rows[:LISTED], "row_count": len(rows), "alone": alone}


def _work_link(view: View, code: str, acts: tuple[str, ...] | list[str], procedure: str = "") -> str:
    """Today's work of these kinds: the dossiers themselves."""
    fields = [*view.carried().items(), *(("what", kind) for kind in acts)]
    if procedure:
        fields.append(("procedure", procedure))
    return f"/units/{code}/todo?{urlencode(fields)}"


@get("/units/{code:str}/plan", sync_to_thread=True, include_in_schema=False)
def plan_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """The least work that brings a unit to a target by a day."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    wanted = Wanted.of(request, view, folder)
    over = view.asked_period.end <= view.looked_at or wanted.by <= view.looked_at
    context: dict[str, Any] = {"body": None, "refused": "", "outcome": None, "raw": None}
    if not over:
        context |= _answered(folder, view, code, wanted)
    law = sight.law_asked(folder, view)
    fields = wanted.fields()
    text = page(
        "plan.html",
        view,
        section="units",
        tab="plan",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        wanted=wanted,
        over=over,
        last=formatting.day(wanted.by - 1),
        bands=[(band.names[view.lang], band.floor) for band in law.bands if band.floor],
        kinds=WHAT,
        spreads=SPREADS,
        fields=fields,
        by_words=lambda by: "" if by >= NEVER else hour(by, view),
        aim=lambda target: _address(view, [("target", target), *fields[1:]]),
        json=_api(view, code, wanted),
        **context,
        **shared(request, view),
    )
    return html(request, text)


def _address(view: View, fields: list[tuple[str, str]]) -> str:
    return f"{view.path}?{urlencode([*view.carried().items(), *fields])}"


def _api(view: View, code: str, wanted: Wanted) -> str:
    hours = ",".join(f"{kind}={plain(value)}" for kind, value in wanted.hours.items())
    told = dict(wanted.fields())
    named = {"target": told["target"], "by": told["by"], "inflow": "true" if wanted.inflow else None,
             "hours": hours or None, "spread": told.get("spread")}  # fmt: skip
    return view.api(f"/units/{code}/plan", **named)


def _answered(folder: DataFolder, view: View, code: str, wanted: Wanted) -> dict[str, Any]:
    """What the page says where something can still be done."""
    question = sight.of_dossiers(view)
    shares = {kind: share for kind, share in wanted.shares.items() if share}
    outcome = ask(what_if, folder, code, wanted.by, shares, inflow=wanted.inflow, **question)
    nothing = (
        ask(what_if, folder, code, wanted.by, {}, inflow=wanted.inflow, **question) if shares else outcome
    )
    told: dict[str, Any] = {
        "outcome": outcome,
        "gained": Fraction(outcome["total"]) - Fraction(nothing["total"]),
        "outcome_band": _band(folder, view, outcome["total"]),
        "sliders": [
            (kind, outcome["kinds"][kind]["offered"], outcome["kinds"][kind]["done"], wanted.shares[kind])
            for kind in WHAT
            if kind in outcome["kinds"]
        ],
        "raw": outcome,
    }
    options: dict[str, Any] = {
        "inflow": wanted.inflow, "hours": wanted.hours or None, "spread": wanted.spread
    }  # fmt: skip
    try:
        body = plan(folder, code, wanted.target, wanted.by, limit=0, **options, **question)
    except QuestionError as error:
        if error.unknown:
            raise
        return told | {"refused": error.message_vi if view.lang == "vi" else error.message_en}
    *_, found = plan_of(folder, code, wanted.target, wanted.by, **options, question=question)
    kinds = _kinds(view, code, found, wanted)
    ends = [found.exact, *(Fraction(body[name]) for name in ("start", "total", "target", "now"))]
    low, high = min(ends), max(ends)
    room = max((high - low) / 20, Fraction(1, 100))
    low, high = max(Fraction(0), low - room), min(Fraction(100), high + room)
    return told | {
        "body": body,
        "raw": body,
        "ended": formatting.day(parse_instant(body["unit_ends"]) - 1) if "unit_ends" in body else "",
        "ways": kinds,
        "floating": lambda row: waterfall.step(row.start, row.stop, low, high),
        "level": lambda total: waterfall.level(Fraction(total), low, high),
        "missing": Fraction(body["target"]) - Fraction(body["total"]),
        "fall": Fraction(body["start"]) - Fraction(body["now"]),
        "band": _band(folder, view, body["total"]),
        "gap": _gap(body, view),
        "shown_units": UNITS,
        **_rows(view, found, wanted),
    }  # fmt: skip


def _band(folder: DataFolder, view: View, total: str) -> tuple[str, int]:
    """The band of a total, and its place from the lowest up."""
    law = sight.law_asked(folder, view)
    band = law.band(Decimal(total))
    return band.names[view.lang], list(reversed(law.bands)).index(band)


def _gap(body: dict[str, Any], view: View) -> str:
    """How sure it is that there is no better plan, in words."""
    if not body["gap"]:
        return say(view.lang, "plan.least")
    share = max(Fraction(body["gap"]) * 100, Fraction(1, 100))
    return say(view.lang, "plan.near", share=formatting.number(share, 2, view.lang))


router = Router("/", route_handlers=[plan_page])
