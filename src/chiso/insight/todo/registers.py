"""Work beside the dossiers: on petitions near their limits, and on procedures and decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from chiso.engine import procedures as registers
from chiso.folder.drill import subtree_mask
from chiso.insight.gains import Steps
from chiso.instants import DAY, NEVER, day_of, midnight, tree_instant
from chiso.intake.records import Decision
from chiso.registry.procedures import iso_day

if TYPE_CHECKING:
    from datetime import date

    from chiso.engine.columns import Array
    from chiso.engine.each import Bools
    from chiso.engine.ground import Ground
    from chiso.folder.state import View
    from chiso.insight.gains import Worth
    from chiso.insight.outlook.course import Course
    from chiso.insight.scene import Scene
    from chiso.intake.records import Procedure


@dataclass
class Other:
    """One item of work that is no dossier's."""

    what: str
    key: str
    """``petition`` or ``procedure``"""
    code: str
    by: int
    """the last instant in time; ``NEVER`` where there is none but the end of the period"""
    worth: Fraction
    unit: int
    indicators: tuple[str, ...]
    more: dict[str, Any] = field(default_factory=dict)


# -- petitions ---------------------------------------------------------------------------------------


@dataclass
class Waiting:
    """Open petitions of a unit that are in time, by what is to be done next."""

    stage: str
    """``resolve``, or ``publish`` of those that are resolved"""
    index: Array
    """places in the book"""
    by: Array


def waiting_petitions(view: View, unit: int, until: int) -> list[Waiting]:
    """Petitions of a unit that pass a limit by an instant if nobody acts."""
    ground, book, at = view.ground, view.ground.book, view.board.judged_at
    era = int(np.searchsorted(ground.units.eras, at - 1, side="right"))
    inside = subtree_mask(ground, unit, at)[ground.units_then(book.units_of(ground.units), era)]
    inside &= book.in_period(view.period.start, at) & ~book.overdue(at)
    asked = (book.requested <= at) & (book.supplied > at)
    found = []
    for stage, chosen, by in (
        ("resolve", (book.handled > at) & ~asked, book.due("open", at)),
        ("publish", (book.resolved <= at) & (book.published > at), book.due("publish", at)),
    ):
        some = np.flatnonzero(inside & chosen & (by <= until) & (by < view.period.end))
        found.append(Waiting(stage, some, by[some]))
    return found


def petitions(scene: Scene, worth: Worth, course: Course, until: int) -> Iterator[Other]:
    """Petitions that pass a limit by an instant: what the total keeps once that has passed."""
    view, ground = scene.view, scene.ground
    book = ground.book
    units = ground.units.today_map(tree_instant(scene.judged_at))[book.units_of(ground.units)]
    for told in waiting_petitions(view, scene.unit, until):
        if not len(told.index):
            continue
        content = ~book.dissatisfied[told.index]
        places = np.array([course.place(int(by) + 1) for by in told.by.tolist()])
        one = np.ones(len(content), np.int64)
        more = {"petitions_on_time": one, "petitions_satisfied": one * content}
        start = course.own.take(places), course.above.take(places)
        worths = worth.of(Steps.none(view, len(content)), more, start)
        for place, by, gain, fine in zip(
            told.index.tolist(), told.by.tolist(), worths, content.tolist(), strict=True
        ):
            petition = book.petitions[place]
            indicators = _reading(ground, "petitions_on_time", *(["petitions_satisfied"] if fine else []))
            told_more = {"stage": told.stage}
            if petition.dossier:
                told_more["about_dossier"] = petition.dossier
            yield Other(
                "petition", "petition", petition.code, by, gain, int(units[place]), indicators, told_more
            )


def _reading(ground: Ground, *names: str) -> tuple[str, ...]:
    """The indicators with points whose numerator is one of some registers."""
    return tuple(
        indicator
        for indicator, (n, _) in ground.plan.readings.items()
        if n is not None and n.register in names and not ground.law.indicators[indicator].information
    )


# -- procedures --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProcedureWork:
    """Something to be done with one procedure of the home province, and how it moves the registers."""

    what: str
    code: str
    by: int
    owner: int
    """the unit that publishes it, else the province"""
    steps: dict[str, int]
    """register of the province → by how much it is more then"""
    services: bool = False
    """whether it becomes one more online service wherever it applies"""
    more: tuple[tuple[str, str], ...] = ()


def procedure_work(view: View) -> list[ProcedureWork]:
    """All that can be done with the province's own procedures and decisions now."""
    at = view.board.judged_at
    return [*_announce(view, at), *_publish(view, at), *_complete(view, at), *_offer_online(view, at)]


def procedure_work_until(view: View, now: int) -> list[ProcedureWork]:
    """The same as it stands on the day on which a view is judged, each once and for all.

    What is announced is made public as well, and all decisions on a procedure together.
    """
    return [
        *_announce(view, now, shown=True),
        *_publish(view, now, together=True),
        *_complete(view, now),
        *_offer_online(view, now),
    ]


def procedures(scene: Scene, worth: Worth) -> tuple[list[Other], dict[str, Fraction]]:
    """Work on procedures that is a unit's own or of one below it: what its total gains by each, and by all
    of a kind at once."""
    ground, home = scene.ground, scene.ground.units.home.index
    home = int(ground.units.today(home, tree_instant(scene.judged_at)))
    if worth.province != home:
        return [], {}
    inside = subtree_mask(ground, scene.unit, scene.judged_at)
    works = [one for one in procedure_work(scene.view) if inside[one.owner]]
    if not works:
        return [], {}
    steps = Steps.none(scene.view, len(works))
    told = {name: np.zeros(len(works), np.int64) for one in works for name in one.steps}
    services = np.zeros(len(works), np.int64)
    for place, one in enumerate(works):
        for name, more in one.steps.items():
            told[name][place] = more
        if one.services:
            services[place] = becomes_service(scene, one.code, steps.distinct[:, place])
    own = {"online_services": services, **(told if scene.unit == home else {})}
    found: list[Other] = []
    giving: dict[str, list[int]] = {}
    for place, (one, gain) in enumerate(
        zip(works, worth.of(steps, own, province_registers=told), strict=True)
    ):
        if gain > 0 or one.what in ("announce", "publish"):
            indicators = _reading(ground, *one.steps) if gain > 0 else ()
            found.append(
                Other(one.what, "procedure", one.code, one.by, gain, one.owner, indicators, dict(one.more))
            )
        if gain > 0:
            giving.setdefault(one.what, []).append(place)
    kinds = np.array([[place in some for place in range(len(works))] for some in giving.values()], np.int64)
    if not len(kinds):
        return found, {}
    at_once = worth.of(
        Steps(steps.cells @ kinds.T, steps.distinct @ kinds.T),
        {name: kinds @ more for name, more in own.items()},
        province_registers={name: kinds @ more for name, more in told.items()},
    )
    return found, dict(zip(giving, at_once, strict=True))


def becomes_service(scene: Scene, code: str, distinct: np.ndarray) -> int:
    """Whether it is one more online service of the unit; used already where online dossiers came."""
    ground = scene.ground
    place = ground.catalogue.place(code)
    if not ground.catalogue.applies(tree_instant(scene.judged_at))[scene.unit, place]:
        return 0
    term = ground.terms.index(code) if code in ground.terms else -1
    for counter, asked in enumerate(ground.plan.procedures):
        if asked.among == "online_services" and term >= 0:
            distinct[counter] = scene.references[counter, term] > 0
    return 1


def owner_of(ground: Ground, record: Procedure | None, at: int) -> int:
    """Whose a procedure is: the unit of ours that publishes it, else the one that has it, else the province.

    ``at``: the judging instant.
    """
    units, then = ground.units, tree_instant(at)
    home = int(units.today(units.home.index, then))
    named = () if record is None else (record.publisher, *(record.units if len(record.units) == 1 else ()))
    for code in named:
        found = None if not code or units.foreign(code) else units.find(code, at)
        owner = home if found is None else int(units.today(found.index, then))
        if owner != home and int(ground.province_of[owner]) == home:
            return owner
    return home


def _own(view: View, at: int) -> Bools:
    """Per place: the province's own procedures that are public and in force at an instant."""
    catalogue = view.ground.catalogue
    return np.asarray(catalogue.own & (catalogue.state == 0) & catalogue.in_force(at))


def unannounced(view: View, at: int) -> Iterator[tuple[Procedure, date, date]]:
    """Own procedures that no decision has announced: each with the day its legal basis takes effect, and the
    last day on which a decision is in time, which may have passed."""
    ground = view.ground
    decided = {one.code for one in ground.records.decisions}
    for place in np.flatnonzero(ground.catalogue.own & ground.catalogue.in_force(at)).tolist():
        record = ground.catalogue.records[place]
        effect = iso_day(record.effective_on)
        if effect is None or record.announced_on or record.decision or record.code in decided:
            continue
        yield record, effect, registers.announce_by(effect, ground.units, ground.calendar, ground.law)


def _announce(view: View, at: int, *, shown: bool = False) -> Iterator[ProcedureWork]:
    """Own procedures whose legal basis takes effect in time to announce them, and no decision has.

    ``shown``: they are made public on the same day.
    """
    ground, today = view.ground, day_of(at)
    for record, effect, last in unannounced(view, at):
        if today <= last:
            told = Decision(record.code, "…", today.isoformat(), effect.isoformat())
            if shown:
                told = msgspec.structs.replace(told, published_on=today.isoformat())
            steps = _steps(view, [*ground.records.decisions, told])
            by = midnight(last) + DAY - 1
            yield ProcedureWork("announce", record.code, by, owner_of(ground, record, at), steps)


def _publish(view: View, at: int, *, together: bool = False) -> Iterator[ProcedureWork]:
    """Decided procedures that are not public yet; those past their time can gain nothing any more.

    ``together``: all decisions on a procedure at once, else each alone.
    """
    ground = view.ground
    decisions = list(ground.records.decisions)
    open_ones: dict[tuple[str, int], list[int]] = {}
    for place, one in enumerate(decisions):
        decided = iso_day(one.date)
        if decided is None or midnight(decided) > at or iso_day(one.published_on) is not None:
            continue
        record = ground.catalogue.get(one.code)
        shown = iso_day(record.published_on) if record is not None else None
        if shown is None or shown < decided:
            open_ones.setdefault((one.code, -1 if together else place), []).append(place)
    for places in open_ones.values():
        done = decisions.copy()
        for place in places:
            done[place] = msgspec.structs.replace(decisions[place], published_on=day_of(at).isoformat())
        one = decisions[places[0]]
        steps = _steps(view, done)
        days = [iso_day(decisions[place].date) for place in places]
        by = min(registers.publish_by(day, ground.units, ground.calendar, ground.law) for day in days if day)
        more = tuple(("decision", decisions[place].decision) for place in places)
        owner = owner_of(ground, ground.catalogue.get(one.code), at)
        yield ProcedureWork("publish", one.code, midnight(by) + DAY - 1, owner, steps, more=more)


def _steps(view: View, decisions: list[Decision]) -> dict[str, int]:
    """By how much the registers of decisions are more with other decisions."""
    ground, at = view.ground, view.board.judged_at
    common = ground.units, ground.calendar, ground.law, view.period, at
    home = int(ground.units.today(ground.units.home.index, tree_instant(at)))
    now = view.board.sources.registers
    announced = registers.announced_in(decisions, *common)
    published = registers.published_in(decisions, ground.catalogue, *common)
    found = {}
    for d, n, verdicts in (
        ("announced", "announced_on_time", announced),
        ("published_due", "published_on_time", published),
    ):
        found[d] = len(verdicts) - int(now[d][home])
        found[n] = sum(verdict.on_time for verdict in verdicts.values()) - int(now[n][home])
    return {name: steps for name, steps in found.items() if steps}


def _complete(view: View, at: int) -> Iterator[ProcedureWork]:
    ground = view.ground
    for place in np.flatnonzero(_own(view, at) & ~ground.catalogue.complete).tolist():
        record = ground.catalogue.records[place]
        owner = owner_of(ground, record, at)
        yield ProcedureWork("complete", record.code, NEVER, owner, {"public_own_complete": 1})


def _offer_online(view: View, at: int) -> Iterator[ProcedureWork]:
    ground = view.ground
    for place in np.flatnonzero(_own(view, at) & (ground.catalogue.online == 0)).tolist():
        record = ground.catalogue.records[place]
        owner = owner_of(ground, record, at)
        yield ProcedureWork("offer_online", record.code, NEVER, owner, {"own_online": 1}, services=True)


def next_working_day(view: View, unit: str) -> int:
    """The end of the next working day: so far ahead the day's work looks."""
    calendar = view.ground.calendar
    after: date = calendar.add_working_days(day_of(view.board.judged_at), 1, unit)
    return midnight(after) + DAY
