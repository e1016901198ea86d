"""Items of work on dossiers: which dossier, what is to be done, by when, and what doing it gives.

What is done is a dossier with a few of its columns changed, counted by the law's own predicates: so an item
is worth what the same change gives when a message really brings it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.engine.columns import Columns, Structured
from chiso.folder.sent import memory
from chiso.insight.gains import Steps, Worth
from chiso.insight.outlook.moves import Membership, judged
from chiso.insight.scene import OPEN_ENDS, Scene
from chiso.instants import NEVER
from chiso.intake.records import Has

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.engine.each import Bools
    from chiso.folder.state import DataFolder
    from chiso.insight.outlook.course import Course

WHAT: Final = ("due", "overdue", "result", "digitise", "pay", "sync", "petition",
               "announce", "publish", "complete", "offer_online", "fee")  # fmt: skip
"""Kinds of work, in the order in which they are offered."""

DONE_BY_MESSAGE: Final = int(Has.SYNCED)
"""What is sent again as DongBoHoSoMC is synchronised as well."""
DIGITISED: Final = int(Has.COMPONENT_FILE | Has.COMPONENT_DIGITISED | Has.DIGITISED_FLAG)
PAID: Final = (1, 2)


@dataclass
class Items:
    """Items of one kind on dossiers, one a dossier.  ``worths[way[i]]`` is what item i gives."""

    what: str
    dossier: Array
    procedure: Array
    """as terms"""
    by: Array
    """the last instant in time; ``NEVER`` where there is none but the end of the period"""
    way: Array
    worths: list[Fraction]
    indicators: list[tuple[str, ...]] = field(default_factory=list)
    """per way: the indicators that it improves"""
    together: Fraction = Fraction(0)
    """what all of them give if all are done; of those that are weighed each in its own hour, their sum"""

    def __len__(self) -> int:
        return len(self.dossier)

    def only(self, chosen: Bools) -> Items:
        """Some of the items."""
        return Items(
            self.what, self.dossier[chosen], self.procedure[chosen], self.by[chosen], self.way[chosen],
            self.worths, self.indicators, self.together,
        )  # fmt: skip


def improved(worth: Worth, steps: Steps) -> list[tuple[str, ...]]:
    """The indicators with points of which each way of changing counts raises the numerator."""
    found = []
    for column in range(len(steps)):
        raised = []
        for name, (n, _) in worth.ground.plan.readings.items():
            if n is None or worth.ground.law.indicators[name].information:
                continue
            table = {"cell": steps.cells, "procedures": steps.distinct}.get(n.kind)
            if table is not None and table[n.index, column] > 0:
                raised.append(name)
        found.append(tuple(raised))
    return found


def _items(
    what: str, scene: Scene, worth: Worth, some: Array, steps: Steps, by: Array | None = None
) -> Items:
    """Items of which all are weighed now."""
    ways, way = steps.ways()
    rows = scene.rows
    worths = worth.of(ways)
    gives = np.array([one > 0 for one in worths], np.bool_)[way] if len(some) else np.zeros(0, np.bool_)
    return Items(
        what,
        rows["dossier"][some].astype(np.int64),
        rows["procedure"][some].astype(np.int64),
        np.full(len(some), NEVER) if by is None else by,
        way,
        worths,
        improved(worth, ways),
        _together(scene, worth, some[gives], steps.take(np.flatnonzero(gives))),
    )


def _together(scene: Scene, worth: Worth, some: Array, steps: Steps) -> Fraction:
    """What a set of acts gives at once: a procedure that several of them make count, counts once."""
    if not len(some):
        return Fraction(0)
    procedures = scene.rows["procedure"][some]
    distinct = [
        len(np.unique(procedures[turned > 0])) - len(np.unique(procedures[turned < 0]))
        for turned in steps.distinct
    ]
    cells = steps.cells.sum(axis=1, dtype=np.int64)
    return worth.of(Steps(cells[:, None], np.array(distinct, np.int64)[:, None]))[0]


def _worthwhile(items: Items) -> Items:
    """Those that give anything."""
    gives = np.array([worth > 0 for worth in items.worths], np.bool_)
    return items.only(gives[items.way]) if len(items) else items


def _sent_again(scene: Scene, some: Array, bits: int) -> Steps:
    """What dossiers count more once their messages are sent again with more to show."""
    has = scene.rows["has"][some] | np.uint32(bits | DONE_BY_MESSAGE)
    return Steps(*scene.steps(some, scene.mended(some, has=has)))


def finished(scene: Scene) -> Bools:
    """Dossiers that ended as finished or returned, not as refused, withdrawn or stopped."""
    return np.asarray(~scene.open & np.isin(scene.rows["end_state"], (9, 10)))


def papers_at_hand(scene: Scene) -> Bools:
    """Dossiers whose papers can still be sent: open ones, finished and returned ones."""
    return np.asarray(scene.open | np.isin(scene.rows["end_state"], OPEN_ENDS))


def _lacking(scene: Scene, bits: int) -> Bools:
    """Dossiers that do not show all of some bits."""
    return np.asarray((scene.rows["has"] & np.uint32(bits)) != bits)


def without_result(scene: Scene) -> Bools:
    """Finished dossiers without an electronic result."""
    return finished(scene) & _lacking(scene, int(Has.RESULT_FILE))


def without_components(scene: Scene) -> Bools:
    """Dossiers with no component that is digitised and marked so."""
    return papers_at_hand(scene) & _lacking(scene, DIGITISED)


def result(scene: Scene, worth: Worth) -> Items:
    """Finished dossiers without an electronic result: it is sent."""
    some = np.flatnonzero(without_result(scene))
    steps = _sent_again(scene, some, int(Has.RESULT_FILE))
    return _worthwhile(_items("result", scene, worth, some, steps))


def digitise(scene: Scene, worth: Worth) -> Items:
    """Dossiers without digitised components: one is sent, with its file and its mark."""
    some = np.flatnonzero(without_components(scene))
    return _worthwhile(_items("digitise", scene, worth, some, _sent_again(scene, some, DIGITISED)))


def paid_unflagged(folder: DataFolder, scene: Scene) -> Bools:
    """Dossiers that a payment record says were paid online, and whose message does not say so."""
    sent = memory(folder)
    with sent.lock:
        sent.read_payments(folder)
        numbers = scene.rows["dossier"]
        known = numbers < len(sent.paid_at)
        paid = np.zeros(len(numbers), np.bool_)
        paid[known] = sent.paid_at[numbers[known]] <= scene.view.as_of
    return np.asarray(paid & ~np.isin(scene.rows["payment"], PAID))


def pay(folder: DataFolder, scene: Scene, worth: Worth) -> Items:
    """Dossiers paid online whose message does not say so: it is sent with the flag."""
    some = np.flatnonzero(paid_unflagged(folder, scene))
    has = scene.rows["has"][some] | np.uint32(DONE_BY_MESSAGE)
    steps = Steps(*scene.steps(some, scene.mended(some, payment=PAID[0], has=has)))
    return _worthwhile(_items("pay", scene, worth, some, steps))


def unsynchronised(scene: Scene) -> Bools:
    """Ended dossiers that came by a table alone."""
    return ~scene.open & _lacking(scene, DONE_BY_MESSAGE)


def sync(scene: Scene, worth: Worth) -> Items:
    """Ended dossiers that came by a table alone: their messages are sent."""
    some = np.flatnonzero(unsynchronised(scene))
    return _items("sync", scene, worth, some, _sent_again(scene, some, 0))


def unheard(scene: Scene, worth: Worth, rows: Structured) -> Items:
    """Dossiers of which only steps are known: their messages are sent, saying what the steps say.

    ``rows``: the rows that such messages make (:mod:`chiso.insight.todo.unheard`).
    """
    columns = Columns.of_rows(rows)
    scene.ground.derive(columns)
    at = np.full(columns.size, scene.judged_at)
    membership = Membership(scene.ground, scene.unit, scene.judged_at, scene.judged_at)
    counted = judged(columns, at, scene.view, membership)
    here = np.flatnonzero(counted.cells[scene.ground.plan.in_period_cell])
    asked = counted.asked[:, here].astype(np.int64)
    procedure = columns["procedure"][here].astype(np.int64)
    steps = Steps(counted.cells[:, here].astype(np.int64), scene.turned(procedure, asked))
    ways, way = steps.ways()
    return Items(
        "sync", columns["dossier"][here].astype(np.int64), procedure, np.full(len(here), NEVER), way,
        worth.of(ways), improved(worth, ways),
    )  # fmt: skip


def fee(scene: Scene, worth: Worth) -> Items:
    """Fee procedures of which no dossier carries its fee: that of the newest one is sent, one a procedure."""
    rows = scene.rows
    bits = int(Has.FEE_LISTED | Has.FEE_NONZERO)
    owing = scene.ground.procedure_columns["fee_procedure"][rows["procedure"]]
    some = np.flatnonzero(owing & _lacking(scene, int(Has.FEE_LISTED)) & papers_at_hand(scene))
    order = some[np.lexsort((-rows["received_at"][some], rows["procedure"][some]))]
    first = np.r_[True, rows["procedure"][order][1:] != rows["procedure"][order][:-1]][: len(order)]
    some = order[first]
    return _worthwhile(_items("fee", scene, worth, some, _sent_again(scene, some, bits)))


def overdue(scene: Scene, worth: Worth) -> Items:
    """Open dossiers past their due time: they are finished, late in this period but not in the next."""
    rows = scene.rows
    some = np.flatnonzero(scene.open & ~scene.on_time & (rows["ended_at"] >= NEVER))
    steps = Steps(*scene.steps(some, scene.mended(some, ended_at=scene.judged_at)))
    due = np.where(rows["due_at"] < NEVER, rows["due_at"], rows["limit_due_at"])
    return _items("overdue", scene, worth, some, steps, due[some])


def due(scene: Scene, worth: Worth, course: Course, until: int) -> Items:
    """Open dossiers that fall overdue by an instant if nobody acts: they are finished in time.

    What it gives is what the total keeps once the due time has passed.
    """
    view, ground = scene.view, scene.ground
    places = np.repeat(np.arange(len(course.falling)), [len(one) for one in course.falling])
    numbers = np.concatenate([*course.falling, np.empty(0, np.int64)]).astype(np.int64)
    soon = course.instants[places] - 1 <= until
    places, numbers = places[soon], numbers[soon]
    numbers, first = np.unique(numbers, return_index=True)
    places = places[first]
    rows = view.roster.rows_of(numbers)
    place_of = np.searchsorted(numbers, rows["dossier"])
    instants = course.instants[places[place_of]]
    in_force = (
        (rows["judged_from"] <= instants) & (rows["judged_to"] > instants) & (rows["ended_at"] >= NEVER)
    )
    kept = np.flatnonzero(in_force)
    rows, places, instants = rows.take(kept), places[place_of[kept]], instants[kept]
    membership = Membership(ground, scene.unit, scene.judged_at, int(course.instants[-1]))
    before = judged(rows, instants, view, membership)
    done = rows.take(np.arange(rows.size))
    done.arrays["ended_at"] = np.full(rows.size, scene.judged_at)
    after = judged(done, instants, view, membership)
    steps = Steps(
        after.cells.astype(np.int64) - before.cells, np.zeros((len(after.asked), rows.size), np.int64)
    )
    ways, way = steps.ways()
    pairs, back = np.unique(np.stack([places, way]), axis=1, return_inverse=True)
    start = course.own.take(pairs[0]), course.above.take(pairs[0])
    worths = worth.of(ways.take(pairs[1]), start=start)
    told = improved(worth, ways)
    return _worthwhile(
        Items(
            "due", rows["dossier"].astype(np.int64), rows["procedure"].astype(np.int64), instants - 1,
            back.reshape(-1), worths, [told[one] for one in pairs[1].tolist()],
            sum((worths[one] for one in back.reshape(-1).tolist()), Fraction(0)),
        )
    )  # fmt: skip
