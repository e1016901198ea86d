"""The whole reconciliation: both sides, the causes that are the reason, and what each is worth in points."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from chiso.folder.answers import QuestionError, asked, unit_named
from chiso.insight.reconcile.case import Gathered, Question, gather, published_or_refused
from chiso.insight.reconcile.causes import PLACEHOLDER, Option, document_rule
from chiso.insight.reconcile.choose import choose, with_document
from chiso.insight.reconcile.flaws import Flaw, flaws, not_inherited, rules_of_points
from chiso.insight.reconcile.numbers import NONE, Numbers, distinct
from chiso.insight.reconcile.scene import Scene
from chiso.insight.reconcile.split import Effect, Places, split
from chiso.insight.reconcile.told import told, whole
from chiso.instants import day_of

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.insight.reconcile.choose import Case
    from chiso.insight.reconcile.scene import Pair, State
    from chiso.intake.portal_list import PortalList
    from chiso.law.model import LawVersion
    from chiso.law.scoring import Scored

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class OtherDate:
    """A group whose figures are of another date than those of the newest one."""

    group: str
    captured_at: int
    data_at: int
    """the instant that its figures fit: an earlier one where it was captured again without being refreshed"""
    points: Decimal
    """what the group would have more at the newest capture, as computed"""


@dataclass
class Reconciliation:
    """A published result held against the computed one."""

    gathered: Gathered
    state: State
    """the causes that are the reason"""
    effects: list[Effect]
    """theirs, in order"""
    points: dict[Option, Decimal]
    """what each is worth of the total"""
    possible: list[Effect]
    """causes that would change something, and are not needed"""
    computed: Scored
    by_own: Scored
    """what the law makes of the published numerators and denominators"""
    explained_by: Scored
    """what is computed once all causes are believed"""
    inherited: dict[str, Pair]
    """indicator → what of its difference lies with the province"""
    inherited_points: Decimal
    rest: dict[str, Pair]
    """indicator → what remains of its difference"""
    rest_points: Decimal
    flaws: list[Flaw]
    flaw_points: Decimal
    other_dates: list[OtherDate]
    published_total: Decimal
    computed_total: Decimal
    """over the same groups"""
    law: LawVersion
    """with the rules that are believed"""
    listed: Numbers = field(default_factory=lambda: NONE)
    """dossiers that are under a cause which is the reason"""

    @property
    def case(self) -> Case:
        return self.gathered.case

    @property
    def difference(self) -> Decimal:
        return self.published_total - self.computed_total


def reconcile(
    folder: DataFolder,
    unit_code: str,
    period: str | None = None,
    at: int | None = None,
    law: str | None = None,
    listed: PortalList | None = None,
) -> Reconciliation:
    """Holds a unit's published figures, the newest captured at ``at`` (else now), against the computed ones.

    Computed is judged at each group's own instant of capture, as known now.  Raises QuestionError where
    nothing was published, or nothing can be computed.
    """
    asked_for = asked(folder, period=period, at=at, law=law)
    unit = unit_named(folder, unit_code, asked_for.judged_at)
    if asked_for.law.groups_only:
        raise QuestionError(
            f"Kỳ {asked_for.period.label} thuộc cách tính của Cổng giai đoạn 2022–2025, chỉ biết điểm từng "
            "nhóm: không đối chiếu được với số tính từ hồ sơ.",
            f"{asked_for.period.label} falls under {asked_for.law.law}, of which only group points are "
            "known: there is nothing computed to hold against them",
            empty=True,
        )
    home = folder.registry.units.home.index
    if int(folder.ground.province_of[unit.index]) != home:
        raise QuestionError(
            f"{unit.name} không thuộc tỉnh có hồ sơ ở đây: không có gì để đối chiếu.",
            f"no dossiers of {unit.code} are held here: there is nothing to hold its figures against",
        )
    figures = published_or_refused(folder, unit, asked_for.period, asked_for.at, asked_for.law)
    question = Question(folder, unit, asked_for.period, asked_for.at, asked_for.law, figures, listed)
    return _refreshed(question, _solved(gather(question)))


def _refreshed(question: Question, first: Reconciliation) -> Reconciliation:
    """The same with groups that were captured again without being refreshed at the instant that they fit."""
    earlier = {
        name: group.same_since
        for name, group in question.told.groups.items()
        if group.same_since < group.captured_at and _rest_of(first, name)
    }
    if not earlier:
        return first
    again = _solved(gather(question, earlier))
    fit = {name: at for name, at in earlier.items() if 2 * _rest_of(again, name) <= _rest_of(first, name)}
    if not fit:
        return first
    found = again if fit == earlier else _solved(gather(question, fit))
    found.other_dates += [
        OtherDate(name, question.told.groups[name].captured_at, at, ZERO)
        for name, at in fit.items()
        if name not in {one.group for one in found.other_dates}
    ]
    return found


def _rest_of(found: Reconciliation, group: str) -> int:
    names = found.case.law.groups[group].indicators
    return sum(abs(n) + abs(d) for name, (n, d) in found.rest.items() if name in names)


def _solved(gathered: Gathered) -> Reconciliation:
    case = gathered.case
    state = choose(case, gathered.choices)
    places = Places(case)
    effects = split(case, state, places)
    figures = case.pairs(frozenset())
    computed = case.scored(frozenset(), figures)
    groups = _groups_compared(case)
    points: dict[Option, Decimal] = {}
    before = scored = computed
    believed: State = frozenset()
    for effect in effects:
        believed |= {effect.option}
        figures = {**figures, **effect.after}
        scored = case.scored(believed, figures)
        points[effect.option] = _sum(scored, groups) - _sum(before, groups)
        before = scored
    province = _of_province(gathered)
    inherited: dict[str, Pair] = {}
    rest: dict[str, Pair] = {}
    wrong = not_inherited(case, province)
    for name, (n, d) in case.compared.items():
        here = figures.get(name, (0, 0))
        left = n - here[0], d - here[1]
        copied = case.level != "province" and case.law.indicators[name].below_province == "inherited"
        if left == (0, 0):
            continue
        if copied and name not in {flaw.indicator for flaw in wrong}:
            inherited[name] = left
            figures[name] = n, d
        else:
            rest[name] = left
    scored = case.scored(state, figures)
    inherited_points = _sum(scored, groups) - _sum(before, groups)
    believed_rules = [name for name in case.law.indicators if document_rule(name) in state]
    more = rules_of_points(case, believed_rules)
    own_before = case.told.by_own(case.law_of(state), case.level)
    law = with_document(case.cells, sorted([*believed_rules, *more]))
    own = case.told.by_own(law, case.level)
    total = _published_total(case)
    first = _own_sum(case, own_before, scored)
    last = _own_sum(case, own, scored)
    published = _published_sum(case, own, scored) if total is None else total
    for name in more:
        option = document_rule(name)
        effects.append(Effect(option, NONE))
        points[option] = ZERO
    if more:
        points[document_rule(more[0])] = last - first
    listed = distinct(*(effect.numbers for effect in effects))
    chosen = state | {document_rule(name) for name in more}
    return Reconciliation(
        gathered,
        chosen,
        sorted(effects, key=lambda one: one.option.order),
        points,
        _possible(gathered, chosen, places, listed),
        computed,
        own,
        scored,
        inherited,
        inherited_points,
        rest,
        first - _sum(scored, groups),
        [*flaws(case, law, own, total), *wrong],
        published - last,
        _other_dates(gathered, computed),
        published,
        _sum(computed, groups),
        law,
        listed,
    )


def _groups_compared(case: Case) -> list[str]:
    """The groups that the total is held over: all where it was published, else those that were."""
    if _published_total(case) is not None:
        return list(case.law.groups)
    return [name for name in case.law.groups if name in case.told.groups]


def _published_total(case: Case) -> Decimal | None:
    """The published total, unless all groups are known and newer."""
    if case.told.total is None:
        return None
    known = all(name in case.told.groups for name in case.law.groups)
    newest = max((group.captured_at for group in case.told.groups.values()), default=0)
    return None if known and newest > case.told.total_at else case.told.total


def _known(case: Case) -> set[str]:
    """Groups of which the points were published, or all numerators that make them."""
    return {
        name
        for name, group in case.told.groups.items()
        if group.points is not None or whole(case.law, name, case.level, group.pairs.keys())
    }


def _published_sum(case: Case, own: Scored, otherwise: Scored) -> Decimal:
    """The points of the groups compared, as they were published."""
    found = ZERO
    known = _known(case)
    for name in _groups_compared(case):
        points = case.told.groups[name].points if name in case.told.groups else None
        if points is None:
            points = (own if name in known else otherwise).groups[name].points
        found += points
    return found


def _sum(scored: Scored, groups: list[str]) -> Decimal:
    return sum((scored.groups[name].points for name in groups), ZERO)


def _own_sum(case: Case, own: Scored, otherwise: Scored) -> Decimal:
    """The points of the groups compared by the published numerators; of unpublished ones as computed."""
    known = _known(case)
    return sum(
        ((own if name in known else otherwise).groups[name].points for name in _groups_compared(case)), ZERO
    )


def _of_province(gathered: Gathered) -> dict[str, Pair]:
    """What was published of the unit's province, where the unit is below it."""
    question = gathered.question
    units = question.folder.registry.units
    above = units.all[int(question.folder.ground.province_of[question.unit.index])]
    if above.index == question.unit.index:
        return {}
    found = told(question.folder, above, question.period, question.at, question.law)
    return {} if found is None else found.pairs


def _possible(gathered: Gathered, state: State, places: Places, listed: Numbers) -> list[Effect]:
    """What the other causes would change, their dossiers without those that are listed already."""
    found = []
    for choice in gathered.choices:
        for option in choice:
            if option not in state:
                found += split(gathered.case, frozenset({option}), places, listed)
    kept = [one for one in found if one.change or len(one.numbers) or one.option == PLACEHOLDER]
    return sorted(kept, key=lambda one: one.option.order)


def _other_dates(gathered: Gathered, computed: Scored) -> list[OtherDate]:
    """Groups captured on another day than the newest one, and what that costs or gives."""
    case, question = gathered.case, gathered.question
    captured = {name: group.captured_at for name, group in question.told.groups.items()}
    newest = question.told.newest_group
    pairs = case.pairs(frozenset())
    found = []
    for name, at in captured.items():
        if day_of(at) == day_of(newest):
            continue
        own = tuple(one for one in case.law.groups[name].indicators if one in case.cells.sides)
        hands = case.scenes[0].hands
        scene = Scene(
            newest, question.period, question.unit.index, own, case.cells, hands, case.scenes[-1].grounds
        )
        later = case.scored(frozenset(), {**pairs, **scene.pairs(frozenset())})
        found.append(OtherDate(name, at, at, later.groups[name].points - computed.groups[name].points))
    return found
