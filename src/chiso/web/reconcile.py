"""The page that holds a unit's published figures against the computed ones, and the dossiers of a cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath
from litestar.response import Response

from chiso.folder import DataFolder, QuestionError
from chiso.insight.reconcile.answer import placeholders
from chiso.insight.reconcile.causes import CAUSES, CHANGED, DIFFERENT_THERE, Option, form_words
from chiso.insight.reconcile.detail import effect_of, page_of
from chiso.insight.reconcile.remembered import remembered
from chiso.insight.reconcile.words import flaw_words, other_date_words
from chiso.instants import day_of, iso
from chiso.web import formatting, sight
from chiso.web.marks import swing
from chiso.web.messages import catalogue, say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import NotHereError, ask
from chiso.web.view import View, per_page, whole

if TYPE_CHECKING:
    from chiso.insight.reconcile.solve import Reconciliation
    from chiso.insight.reconcile.split import Effect

PAGE: Final = 50
"""Dossiers on one page."""
ZERO: Final = Decimal(0)


@dataclass
class Why:
    """One cause as the page shows it."""

    short: str
    name: str
    """with the form of the cause"""
    words: str
    link: str = ""
    count: int | None = None
    points: Decimal | None = None
    n: int = 0
    d: int = 0
    rest: bool = False
    """what remains unexplained"""


@dataclass
class Line:
    """One indicator, or a group that is known by points only."""

    id: str
    name: str
    link: str
    published: tuple[int, int] | None
    computed: tuple[int, int] | None
    told: Decimal
    own: Decimal
    why: list[Why] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        return self.published != self.computed or self.told != self.own or bool(self.why)


class Shown:
    """What the page shows of a reconciliation."""

    def __init__(self, found: Reconciliation, view: View) -> None:
        self.found, self.view, self.lang = found, view, view.lang
        self.code = found.gathered.question.unit.code
        self.told = found.gathered.question.told
        self.law = found.case.law
        self.explained = found.difference - found.rest_points
        self.lines = self._lines()
        self.causes = self._causes()
        self.most = max((abs(one.points or ZERO) for one in self.causes), default=ZERO)

    def _of_cause(self, option: Option, indicator: str = "") -> str:
        path = f"/units/{self.code}/reconcile/{option.cause}"
        return self.view.link(path, part=option.part or None, indicator=indicator or None)

    def _why(self, effect: Effect, points: Decimal | None = None) -> Why:
        form = form_words(effect.option, self.lang)
        cause = CAUSES[effect.option.cause]
        short = cause.names[self.lang]
        if effect.option.cause == "document_rule":
            short = f"{short}: {form}"
        name = f"{cause.names[self.lang]}: {form}" if form else short
        count = len(effect.numbers)
        link = self._of_cause(effect.option) if count else ""
        return Why(short, name, cause.words[self.lang], link, count or None, points)

    def _named(self, cause: str, points: Decimal | None = None, words: str = "") -> Why:
        told = CAUSES[cause]
        name = told.names[self.lang]
        return Why(name, name, words or told.words[self.lang], points=points)

    def _causes(self) -> list[Why]:
        """From the computed total to the published one, the worth of each step in points."""
        found = self.found
        steps = [self._why(effect, found.points[effect.option]) for effect in found.effects]
        if found.inherited:
            steps.append(self._named("inherited", found.inherited_points))
        if found.flaw_points:
            words = " ".join(flaw_words(found, flaw, self.lang) for flaw in found.flaws if flaw.points)
            steps.append(self._named("contradiction", found.flaw_points, words))
        if found.rest_points or found.rest:
            rest = self._named("unexplained", found.rest_points)
            rest.rest = True
            steps.append(rest)
        return steps

    def _lines(self) -> list[Line]:
        lines = []
        known = {name for group in self.told.groups.values() for name in (*group.pairs, *group.shown)}
        for name, one in self.law.indicators.items():
            if name in known and not one.information:
                lines.append(self._line(name))
        for name, points in self.found.case.points_only.items():
            group = self.law.groups[name]
            own = self.found.computed.groups[name].points
            link = self.view.link(f"/units/{self.code}", anchor=name)
            line = Line(name, group.names[self.lang], link, None, None, points, own)
            rest = points - self.found.explained_by.groups[name].points
            if rest:
                line.why.append(self._rest(rest))
            lines.append(line)
        return lines

    def _rest(self, points: Decimal | None = None, n: int = 0, d: int = 0) -> Why:
        found = self._named("unexplained", points)
        found.n, found.d, found.rest = n, d, True
        return found

    def _line(self, name: str) -> Line:
        found = self.found
        group = self.told.groups[self.law.indicators[name].group]
        own = found.computed.indicators[name]
        computed = None if own.n is None or own.d is None else (own.n, own.d)
        told = group.shown.get(name, found.by_own.indicators[name].points)
        link = self.view.link(f"/units/{self.code}/indicators/{name}")
        line = Line(
            name, self.law.indicators[name].names[self.lang], link, group.pairs.get(name), computed, told,
            own.points,
        )  # fmt: skip
        for effect in found.effects:
            change, numbers = effect.change.get(name), effect.of.get(name)
            if change is None:
                continue
            why = self._why(effect)
            why.n, why.d = change
            why.count = None if numbers is None else len(numbers)
            why.link = self._of_cause(effect.option, name)
            line.why.append(why)
        if name in found.inherited:
            why = self._named("inherited")
            why.n, why.d = found.inherited[name]
            line.why.append(why)
        for flaw in found.flaws:
            if flaw.indicator == name:
                line.why.append(self._named("contradiction", flaw.points, flaw_words(found, flaw, self.lang)))
        if name in found.rest:
            n, d = found.rest[name]
            line.why.append(self._rest(None, n, d))
        return line

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Groups side by side."""
        rows = []
        for name, group in self.told.groups.items():
            own = self.found.computed.groups[name].points
            points = self.found.by_own.groups[name].points if group.points is None else group.points
            rows.append(
                {
                    "id": name,
                    "name": self.law.groups[name].names[self.lang],
                    "captured_at": group.captured_at,
                    "other_day": day_of(group.captured_at) != day_of(self.told.newest_group),
                    "published": points,
                    "computed": own,
                    "difference": points - own,
                }
            )
        return rows

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What the published figures show by themselves: (name, words)."""
        found = self.found
        told = [
            (CAUSES["captured_on_another_date"].names[self.lang], other_date_words(found, one, self.lang))
            for one in found.other_dates
        ]
        told += [
            (CAUSES["contradiction"].names[self.lang], flaw_words(found, one, self.lang))
            for one in found.flaws
        ]
        held = placeholders(found)
        for name in held:
            told.append(
                (CAUSES["placeholder"].names[self.lang], say(self.lang, f"reconcile.placeholder.{name}"))
                if f"reconcile.placeholder.{name}" in catalogue(self.lang)
                else (CAUSES["placeholder"].names[self.lang], self.law.indicators[name].names[self.lang])
            )
        return told

    @property
    def possible(self) -> list[Why]:
        return [self._why(effect) for effect in self.found.possible]

    @property
    def raw(self) -> dict[str, Any]:
        """What the foot of the page says."""
        return {
            "law": self.law.law,
            "law_version": self.law.version,
            "journal": self.found.gathered.journal,
            "at": iso(self.told.newest),
            "as_of": iso(self.found.gathered.known),
        }


def _made(folder: DataFolder, view: View, code: str) -> Reconciliation:
    period = view.asked_period.label
    found: Reconciliation = ask(remembered, folder, code, period, view.at, view.law or None)
    return found


@get("/units/{code:str}/reconcile", sync_to_thread=True, include_in_schema=False)
def reconcile(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Published against computed."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    shown: Shown | None = None
    why = ""
    try:
        found = remembered(folder, code, view.asked_period.label, view.at, view.law or None)
        shown = Shown(found, view)
    except QuestionError as error:
        why = error.message_en if view.lang == "en" else error.message_vi
    text = page(
        "reconcile.html",
        view,
        section="units",
        tab="reconcile",
        code=code,
        name=unit["name"],
        trail=[*sight.trail(folder, view, unit), (unit["name"], view.link(f"/units/{code}"))],
        shown=shown,
        why=why,
        swing=swing,
        raw=None if shown is None else shown.raw,
        workbook=view.api(f"/units/{code}/reconcile.xlsx"),
        json=view.api(f"/units/{code}/reconcile"),
        **shared(request, view),
    )
    return html(request, text)


@get("/units/{code:str}/reconcile/{cause:str}", sync_to_thread=True, include_in_schema=False)
def dossiers(request: Request[Any, Any, Any], code: FromPath[str], cause: FromPath[str]) -> Response[Any]:
    """The dossiers of one cause with the facts that differ."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    unit = sight.unit_of(folder, view, code)
    code = unit["code"]
    part, indicator = request.query_params.get("part", ""), request.query_params.get("indicator", "")
    number = whole(request.query_params, "page", 1, 1, 1_000_000)
    found = _made(folder, view, code)
    effect = ask(effect_of, found, cause, part)
    if indicator and indicator not in found.case.law.indicators:
        raise NotHereError(indicator)
    body = page_of(found, effect, per_page(request.query_params, PAGE), (number - 1) * PAGE, indicator)
    here = f"/units/{code}/reconcile"
    told = CAUSES[effect.option.cause]
    known = folder.ledger.ids([row["code"] for row in body["rows"]])
    text = page(
        "reconcile_dossiers.html",
        view,
        section="units",
        code=code,
        name=unit["name"],
        trail=[
            *sight.trail(folder, view, unit),
            (unit["name"], view.link(f"/units/{code}")),
            (say(view.lang, "reconcile.title"), view.link(here)),
        ],
        cause=told.names[view.lang],
        words=told.words[view.lang],
        form=form_words(effect.option, view.lang),
        body=body,
        both=effect.option in (CHANGED, DIFFERENT_THERE),
        known=known,
        fact_name=lambda fact: _fact_name(fact["name"], view.lang),
        here=lambda told: _fact(
            told.get("here_en") if view.lang == "en" and "here_en" in told else told["here"]
        ),
        fact=_fact,
        page=number,
        size=PAGE,
        indicator=f"{indicator} {found.case.law.indicators[indicator].names[view.lang]}" if indicator else "",
        more=lambda **fields: view.link(
            f"{here}/{cause}", **{"part": part or None, "indicator": indicator or None, **fields}
        ),
        json=view.api(
            f"{here}/dossiers", cause=cause, part=effect.option.part or None, indicator=indicator or None
        ),
        workbook=view.api(f"/units/{code}/reconcile.xlsx"),
        **shared(request, view),
    )
    return html(request, text)


def _fact_name(name: str, lang: str) -> str:
    """A field as people know it; its own name where the catalogue has none."""
    key = f"reconcile.fact.{name}"
    return say(lang, key) if key in catalogue(lang) else name


def _fact(value: str | None) -> str:
    """A value of a fact: instants as 06:00 10/10/2026."""
    if value is None:
        return formatting.DASH
    if len(value) == 25 and value[10] == "T":
        return formatting.instant(value)
    return value


router = Router("/", route_handlers=[reconcile, dossiers])
