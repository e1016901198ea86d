"""Gathers both sides of a reconciliation: the published figures, the rows, and all that may alter them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.engine.columns import Columns
from chiso.folder.answers import QuestionError
from chiso.folder.registers import Registry, read_registry
from chiso.insight.reconcile import hands as hand
from chiso.insight.reconcile.causes import (
    BY_DAY,
    DESK,
    PLACEHOLDER,
    QUARANTINED,
    RECORDS,
    TODAY,
    Option,
    document_rule,
)
from chiso.insight.reconcile.cells import DOCUMENTS, Cells
from chiso.insight.reconcile.choose import Case, Choice, possible
from chiso.insight.reconcile.listed import Compared, compare
from chiso.insight.reconcile.numbers import Numbers, common, distinct, placed, without
from chiso.insight.reconcile.pieces import Pieces, read_pieces
from chiso.insight.reconcile.scene import Scene, near_of
from chiso.insight.reconcile.told import Told, told
from chiso.instants import tree_instant
from chiso.law.loader import load
from chiso.law.model import LEVELS

if TYPE_CHECKING:
    from chiso.engine.ground import Ground
    from chiso.folder import DataFolder
    from chiso.instants import Period
    from chiso.intake.portal_list import PortalList
    from chiso.law.model import LawVersion
    from chiso.registry.units import Unit

TIMELINESS: Final = "2.1"
"""The indicator whose dossiers a list of the portal is held against: it counts all of the period."""


@dataclass
class Question:
    """What is to be reconciled."""

    folder: DataFolder
    unit: Unit
    period: Period
    at: int
    law: LawVersion
    told: Told
    listed: PortalList | None = None

    @property
    def level(self) -> str:
        return self.unit.kind if self.unit.kind in LEVELS else "province"


@dataclass
class Gathered:
    """A case with what is needed to tell of it."""

    question: Question
    case: Case
    choices: list[Choice]
    pieces: Pieces
    compared: Compared | None
    codes: dict[int, str] = field(default_factory=dict)
    """codes of numbers above the ledger's"""
    journal: int = 0
    known: int = 0
    """the instant up to which everything is known"""


def published_or_refused(folder: DataFolder, unit: Unit, period: Period, at: int, law: LawVersion) -> Told:
    """The published figures; a question about none is answered with what to do."""
    found = told(folder, unit, period, at, law)
    if found is None:
        raise QuestionError(
            f"Chưa có kết quả công bố của {unit.name} cho kỳ {period.label}. "
            "Nạp câu trả lời của Cổng bằng lệnh chiso load.",
            f"no published result of {unit.code} for {period.label}; "
            "load the portal's answers with chiso load",
        )
    return found


def gather(question: Question, instants: dict[str, int] | None = None) -> Gathered:
    """Everything that both sides are made of.

    ``instants`` (group → instant) sets some groups to another instant than that of their capture.
    """
    folder, unit, period, law = question.folder, question.unit, question.period, question.law
    document = load(DOCUMENTS[law.law]).at(period.first_day) if law.law in DOCUMENTS else None
    cells = Cells(law, document)
    at_of = {group: question.told.instant(group) for group in law.groups} | (instants or {})
    captures = sorted(set(at_of.values()))
    earlier = hand.earlier_rows(folder, captures[0])
    with folder.lock:
        registry, terms = folder.registry, list(folder.terms)
        plain = registry.ground(law, terms)
        moved = [at for at in captures if _another_tree(registry, period.judged_at(at), folder.now())]
        restated = registry.restated(folder.now()).ground(law, terms) if moved else plain
        near_unit = np.zeros(plain.unit_count, bool)
        for at in captures:
            near_unit |= near_of(plain, unit.index, period, at)
            if at in moved:
                near_unit |= near_of(restated, unit.index, period, at)
        near = hand.near_rows(folder, near_unit)
        top, journal, known = folder.standing.roster.top, folder.journal, folder.now()
    pieces = read_pieces(folder, terms, top, law.life_rules)
    plain.catch_up()
    restated.catch_up()
    if pieces.rows.size:
        plain.derive(pieces.rows)
        close = near_unit[pieces.rows["unit_index"]] | near_unit[pieces.rows["desk_index"]]
        pieces.rows = pieces.rows.take(close)
    hands = hand.Hands(near, pieces=pieces.rows)
    case = Case(law, question.level, cells, [], question.told)
    found = Gathered(question, case, [], pieces, None, dict(pieces.codes))
    found.journal, found.known = journal, known
    _touch(found, hands, captures, earlier, near_unit, plain)
    for at in captures:
        own = tuple(
            name
            for group, one in law.groups.items()
            for name in one.indicators
            if at_of[group] == at and name in cells.sides
        )
        grounds: dict[Option | None, Ground] = {None: plain}
        then = read_registry(folder.ledger, folder.settings.home, registry.calendar, (), at, registry)
        if then.records != registry.records or then.catalogue is not registry.catalogue:
            grounds[RECORDS] = then.ground(law, plain.terms)
        if at in moved:
            grounds[TODAY] = restated
        found.case.scenes.append(Scene(at, period, unit.index, own, cells, hands, grounds))
    if question.listed is not None:
        found.compared = _compare(found, question.listed, top)
    found.choices = _choices(found)
    return found


def _touch(
    found: Gathered,
    hands: hand.Hands,
    captures: list[int],
    earlier: Any,
    near_unit: np.ndarray,
    ground: Ground,
) -> None:
    """Which dossiers which hands may alter, at every capture."""
    question, near = found.question, hands.near
    twins, hands.twin = hand.twins(question.folder, near)
    edge = [hand.near_edges(near, question.period, question.period.judged_at(at)) for at in captures]
    hands.submitted = hand.submitted_at(question.folder, distinct(*edge))
    hands.submitted |= found.pieces.submitted
    for at in captures:
        judged = question.period.judged_at(at)
        inside = near_of(ground, question.unit.index, question.period, at)
        touched: dict[Option, Numbers] = dict(twins)
        hands.then[at], known = hand.known_then(earlier, at, judged, near, near_unit, ground)
        touched |= known
        touched[QUARANTINED] = distinct(hands.pieces["dossier"])
        every = Columns.joined([near, hands.then[at], hands.pieces])
        touched[DESK] = hand.at_desks(every, inside)
        touched |= hand.edges(Columns.joined([near, hands.pieces]), hands.submitted, question.period, judged)
        hands.touched[at] = {option: numbers for option, numbers in touched.items() if len(numbers)}


def _another_tree(registry: Registry, judged: int, now: int) -> bool:
    """Whether units have changed since the judging instant."""
    return registry.units.era(tree_instant(judged)) != registry.units.era(tree_instant(now))


def _compare(found: Gathered, listed: PortalList, top: int) -> Compared:
    """Holds the portal's list against the dossiers counted, and gives its rows to all captures."""
    case, question = found.case, found.question
    scene = next(one for one in case.scenes if TIMELINESS in one.indicators)
    numbers = question.folder.ledger.ids(list(listed.dossiers))
    own = {code: number for number, code in found.codes.items()}
    free = max([top, *found.codes], default=top) + 1
    told = {}
    for code, dossier in listed.dossiers.items():
        number = numbers.get(code, own.get(code, -1))
        if number < 0:
            number, free = free, free + 1
            found.codes[number] = code
        told[number] = dossier
    n, d = scene.sides(TIMELINESS, frozenset())
    assert n is not None
    assert d is not None
    answers = scene.base(None)
    hands = scene.hands
    strangers = without(placed(told), distinct(hands.near["dossier"]))
    elsewhere = question.folder.standing.roster.rows_of(strangers[strangers <= top])
    compared = compare(
        told,
        hands.near,
        answers[d.cell],
        answers[n.cell],
        hands.touched.setdefault(scene.at, {}),
        Columns.joined([hands.pieces, elsewhere]),
        question.unit.index,
        scene.judged,
    )
    hands.listed = compared.rows
    for at, touched in hands.touched.items():
        for option in list(touched):
            confirmed = hands.touched[scene.at].get(option)
            if at != scene.at and confirmed is not None:
                touched[option] = common(touched[option], confirmed)
        touched.update(compared.touched)
    return compared


def _choices(found: Gathered) -> list[Choice]:
    """The causes that change anything, those together of which only one can be."""
    case = found.case
    options: set[Option] = {BY_DAY}
    for touched in found.case.scenes[0].hands.touched.values():
        options |= touched.keys()
    for scene in case.scenes:
        options |= {key for key in scene.grounds if key is not None}
    document = case.cells.document
    if document is not None:
        options |= {document_rule(name) for name in case.cells.sides if _differs(case, name)}
    n, d = case.told.pairs.get(PLACEHOLDER.part, (-1, -2))
    if n == d:
        options.add(PLACEHOLDER)
    choices: list[list[Option]] = []
    for option in possible(case, options):
        together = next((one for one in choices if _exclude(one[0], option)), None)
        if together is None:
            choices.append([option])
        else:
            together.append(option)
    return [tuple(one) for one in choices]


def _differs(case: Case, name: str) -> bool:
    document = case.cells.document
    other = None if document is None else document.indicators.get(name)
    return other is not None and counted_by(other) != counted_by(case.law.indicators[name])


def counted_by(one: Any) -> tuple[Any, ...]:
    """What decides the points of an indicator."""
    return one.n, one.d, one.scope, one.cap, one.times, one.maximum, one.no_data, one.constant


def _exclude(one: Option, other: Option) -> bool:
    """Whether two causes cannot hold together: two ways to do one thing, two grounds, two denominators."""
    if one in (RECORDS, TODAY) or other in (RECORDS, TODAY):
        return one in (RECORDS, TODAY) and other in (RECORDS, TODAY)
    if {one, other} == {PLACEHOLDER, document_rule(PLACEHOLDER.part)}:
        return True
    return one.cause == other.cause and one.cause in ("duplicate", "period_edge")
