"""From a data folder to a letter's facts: every figure looked up once, and frozen with where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from chiso.folder import DataFolder
from chiso.steering.letters import figures, letterhead, measures, volumes
from chiso.steering.letters.appendices import NAMES
from chiso.steering.letters.asked import Scene, wrong
from chiso.steering.letters.facts import Document, Facts, Order
from chiso.steering.letters.records import Told
from chiso.steering.letters.request import DUE_DAYS, KINDS, Request


@dataclass
class Gathered:
    """Facts, and what whoever makes the letter should know."""

    facts: Facts
    older_than: int | None
    """instant of the newest data, where the figures are older than that"""
    warnings: list[tuple[str, str]]
    """(vi, en)"""


def gathered(folder: DataFolder, request: Request, template: str = "") -> Gathered:
    """Looks up what a letter says.

    ``template``: SHA-256 of the office's own template.  Raises :class:`QuestionError` where something asked
    for is not there or makes no letter.
    """
    _check(request)
    scene = Scene.of(folder, request)
    body = folder.score(scene.unit.code, **scene.common())
    law = folder.law_of(scene.question.period, body["law"])
    standing = figures.standing(scene, body, law)
    addressees = letterhead.addressees(scene)
    kinds = letterhead.kinds_of(scene, addressees)
    head = letterhead.letterhead(scene)
    wish = letterhead.wish(scene, law, head)
    told = Told(scene)
    addressed = [code for one in addressees for code in one.units]
    orders = told.orders(addressed, wish.deadline)
    documents = _documents(told, request, orders)
    if wish.deadline and not wish.about and documents:
        wish = replace(wish, about=documents[0].number)
    least = Fraction(wish.target, 100)
    if request.kind == "unit":
        orders = [*measures.orders(standing, kinds, addressed, least, request.decimal_mark), *orders]
    else:
        without = [kind for kind in kinds if not any(one.kind == kind for one in orders)]
        orders += measures.orders(standing, without, addressed, least, request.decimal_mark)
    computed = standing.origin.source == "computed"
    records = scene.origin(body, "records")

    def wants(*names: str) -> bool:
        return request.appendices is None or bool(set(names) & set(request.appendices))

    urge = request.kind == "urge"
    facts = Facts(
        request.kind,
        head,
        tuple(addressees),
        standing,
        figures.movement(scene, standing),
        wish,
        tuple(documents),
        tuple(orders),
        tuple(figures.leagues(scene, kinds, law)) if urge and wants("units", "under") else (),
        volumes.overdue(scene, scene.origin(body, "computed")) if computed and wants("overdue") else None,
        tuple(told.coverage(name, request.lists_by, records) for name in request.lists),
        told.tasks(addressed, records) if wants("tasks") else None,
        volumes.due(scene, DUE_DAYS, scene.origin(body, "computed")) if computed and not urge else None,
        volumes.work(scene, scene.origin(body, "computed"))
        if computed and not urge and wants("work")
        else None,
        decimal_mark=request.decimal_mark,
        template=template,
    )
    facts = replace(facts, appendices=_appendices(scene, facts))
    letterhead.warn_of_days(scene)
    facts = replace(facts, notes=tuple(vi for vi, _ in scene.warnings))
    return Gathered(facts, figures.older_than(scene, standing.origin), scene.warnings)


def _check(request: Request) -> None:
    if request.kind not in KINDS:
        raise wrong(
            f"Không có loại công văn “{request.kind}”; có: {', '.join(KINDS)}.",
            f"no kind of letter {request.kind!r}; there are {', '.join(KINDS)}",
        )
    if request.decimal_mark not in (",", "."):
        raise wrong("Dấu thập phân là dấu phẩy hoặc dấu chấm.", "the decimal mark is a comma or a point")
    for name in request.appendices or ():
        if name not in NAMES:
            raise wrong(
                f"Không có phụ lục “{name}”; có: {', '.join(NAMES)}.",
                f"no appendix {name!r}; there are {', '.join(NAMES)}",
            )
    if request.number is not None and request.number < 1:
        raise wrong("Số của công văn là số nguyên từ 1.", "the number of a letter is a whole number from 1")


def _documents(told: Told, request: Request, orders: list[Order]) -> list[Document]:
    asked = [*request.documents, *([request.about] if request.about else [])]
    return told.documents(asked, [one.document for one in orders])


def _appendices(scene: Scene, facts: Facts) -> tuple[str, ...]:
    """The appendices that there is something to show for; one that was asked for and is empty is said."""
    asked = scene.request.appendices
    full = {
        "units": bool(facts.leagues),
        "under": any(Decimal(row.total) < facts.wish.target for one in facts.leagues for row in one.rows),
        "overdue": facts.overdue is not None and bool(facts.overdue.rows),
        "work": facts.work is not None and bool(facts.work.rows),
        "coverage": any(one.rows for one in facts.coverage),
        "tasks": facts.tasks is not None and bool(facts.tasks.rows),
    }
    for name in asked or ():
        if not full[name]:
            scene.warn(
                f"Phụ lục “{name}” không có số liệu nên không đưa vào công văn.",
                f"the appendix {name!r} has nothing to show and was left out",
            )
    return tuple(name for name in NAMES if full[name] and (asked is None or name in asked))
