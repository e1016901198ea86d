"""From a number down to what it is made of: the procedures and dossiers behind n, d and what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from chiso.engine.columns import Array, Columns
from chiso.engine.count import Pairs, Window, pairs_of
from chiso.folder.answers import Asked, QuestionError, asked, must_have_dossiers, provenance, unit_named
from chiso.instants import NEVER, iso
from chiso.law.compiled import CompiledCount, compiled
from chiso.law.evaluator import Evaluator

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.engine.ground import Ground
    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder, View
    from chiso.law.model import Indicator, LawVersion

Bools = NDArray[np.bool_]

PARTS: Final = ("n", "d", "missed", "open")
PAGE: Final = 50
MOST: Final = 10_000


@dataclass
class Behind:
    """The dossiers that an indicator looks at, for one unit: those in its denominator, and what they are."""

    rows: Columns
    """spans judged, one a dossier"""
    n: Bools
    d: Bools
    due: Array
    on_time: Bools
    open: Bools
    """not ended at the judging instant"""

    def part(self, part: str) -> Bools:
        if part == "n":
            return self.n
        if part == "open":
            return self.d & self.open
        if part == "d":
            return self.d
        return self.d & ~self.n


def indicator_named(view: View, name: str) -> Indicator:
    found = view.board.law.indicators.get(name)
    if found is None:
        raise QuestionError(
            f"Không có chỉ số thành phần {name!r}.", f"the law has no indicator {name!r}", unknown=True
        )
    return found


def subtree_mask(ground: Ground, unit: int, at: int) -> np.ndarray:
    """True for the unit and all below it in the tree of an instant."""
    inside = np.zeros(ground.unit_count, bool)
    for level in ground.ancestor_levels(at):
        inside |= level == unit
    return inside


def entered(law: LawVersion, indicator: str, evaluator: Evaluator, received: Bools) -> tuple[Bools, Bools]:
    """Which dossiers enter n and d of an indicator; ``received``: those received in the period.

    Where d counts no dossiers it is all that the indicator looks at.
    """
    scope, counts = law.indicators[indicator].scope, compiled(law).indicators[indicator]
    n = _mask(counts.n, evaluator, received, scope)
    counted = counts.d is not None and counts.d.count.kind in ("dossiers", "sum")
    return n, _mask(counts.d, evaluator, received, scope) if counted else n | received


def _mask(found: CompiledCount | None, evaluator: Evaluator, received: np.ndarray, scope: str) -> np.ndarray:
    """Dossiers that a count of the law takes in; everything in scope where it counts no dossiers itself."""
    mask = np.ones(len(received), bool)
    if found is not None and found.where is not None:
        mask = evaluator.true(found.where)
    return mask & received if scope == "received" else mask


def behind(view: View, unit: int, indicator: str, dossiers: np.ndarray | None = None) -> Behind:
    """The dossiers in scope of an indicator for a unit with its subtree, judged as the view is."""
    indicator_named(view, indicator)
    ground = view.ground
    window = Window.of((view.period,), view.at)
    judged = int(window.judged_at[0])
    inside = subtree_mask(ground, unit, judged)
    law = compiled(view.board.law)
    parts: list[Columns] = []
    masks: list[tuple[np.ndarray, ...]] = []
    sources = [view.roster.rows_of(dossiers)] if dossiers is not None else view.roster.parts()
    for rows in sources:
        row, period = pairs_of(rows, window)
        pairs = Pairs(rows, window, row, period, ground)
        chosen = inside[pairs.unit()]
        if not chosen.any():
            continue
        row, period = row[chosen], period[chosen]
        pairs = Pairs(rows, window, row, period, ground)
        evaluator = Evaluator(pairs, len(pairs))
        received = pairs["received_at"] >= pairs["period_start"]
        n, d = entered(view.board.law, indicator, evaluator, received)
        on_time = evaluator.true(law.definitions["on_time"])
        due = np.minimum(pairs["due_at"], NEVER)
        due = np.where(due < NEVER, due, pairs["limit_due_at"])
        masks.append((n, d, due, on_time, rows["ended_at"][row] > judged))
        parts.append(rows.take(row))
    if not parts:
        nothing = np.empty(0, bool)
        return Behind(Columns.empty(), nothing, nothing, np.empty(0, np.int64), nothing, nothing)
    n, d, due, on_time, still_open = (np.concatenate(each) for each in zip(*masks, strict=True))
    return Behind(Columns.joined(parts), n, d, due, on_time, still_open)


def _procedure(ground: Ground, term: int) -> tuple[str, str]:
    code = ground.terms[term]
    place = ground.catalogue.place(code)
    return code, ground.catalogue.records[place].name if place >= 0 else ""


def procedures(
    folder: DataFolder, unit_code: str, indicator: str, **question: Unpack[QuestionFields]
) -> dict[str, Any]:
    """An indicator of a unit, procedure by procedure, the most missed first."""
    wanted, view, unit = _ask(folder, unit_code, question)
    one = indicator_named(view, indicator)
    ground = view.ground
    rows: list[dict[str, Any]] = []
    if one.n is not None and one.n.kind == "procedures_with":
        rows = _register_rows(view, unit, indicator, one.n.among)
    elif one.n is not None and one.n.kind in ("dossiers", "sum"):
        found = behind(view, unit, indicator)
        terms, inverse = np.unique(found.rows["procedure"], return_inverse=True)
        n = np.bincount(inverse[found.n], minlength=len(terms))
        d = np.bincount(inverse[found.d], minlength=len(terms))
        for term, has, of in zip(terms.tolist(), n.tolist(), d.tolist(), strict=True):
            if of:
                code, name = _procedure(ground, term)
                rows.append({"code": code, "name": name, "n": has, "d": of, "missed": of - has})
    rows.sort(key=lambda row: (-row["missed"], -row["d"], row["code"]))
    head = provenance(folder, wanted, folder.registry.units.all[unit], "computed")
    return {**head, "indicator": indicator, "rows": rows}


def desks(
    folder: DataFolder, unit_code: str, indicator: str, **question: Unpack[QuestionFields]
) -> dict[str, Any]:
    """An indicator of a unit by the desk that received the dossiers, beside the unit that handles them."""
    wanted, view, unit = _ask(folder, unit_code, question)
    one = indicator_named(view, indicator)
    rows: list[dict[str, Any]] = []
    if one.n is not None and one.n.kind in ("dossiers", "sum"):
        found = behind(view, unit, indicator)
        places, inverse = np.unique(found.rows["desk_index"], return_inverse=True)
        n = np.bincount(inverse[found.n], minlength=len(places))
        d = np.bincount(inverse[found.d], minlength=len(places))
        for place, has, of in zip(places.tolist(), n.tolist(), d.tolist(), strict=True):
            if of:
                desk = view.ground.units.all[place]
                rows.append({"desk": desk.code, "name": desk.name, "n": has, "d": of, "missed": of - has})
    rows.sort(key=lambda row: (-row["missed"], -row["d"], row["desk"]))
    head = provenance(folder, wanted, folder.registry.units.all[unit], "computed")
    return {**head, "indicator": indicator, "rows": rows}


def _register_rows(view: View, unit: int, indicator: str, register: str) -> list[dict[str, Any]]:
    """Procedures of a register for a unit, each with whether it has a dossier as asked."""
    ground = view.ground
    found = behind(view, unit, indicator)
    having = set(np.unique(found.rows["procedure"][found.n]).tolist())
    codes = {ground.terms[term] for term in having}
    table = ground.membership(register)
    rows = []
    for place in np.flatnonzero(table[unit]).tolist() if table.shape[1] else []:
        procedure = ground.catalogue.records[place]
        has = int(procedure.code in codes)
        rows.append({"code": procedure.code, "name": procedure.name, "n": has, "d": 1, "missed": 1 - has})
    return rows


def dossiers(
    folder: DataFolder,
    unit_code: str,
    indicator: str = "2.1",
    part: str = "d",
    procedure: str | None = None,
    limit: int = PAGE,
    offset: int = 0,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The dossiers behind a number.  Missed ones by due time, others newest first."""
    wanted, view, unit = _ask(folder, unit_code, question)
    if part not in PARTS:
        raise QuestionError(
            f"Phần “{part}” không có; chọn n, d, missed hoặc open.",
            f"no part {part!r}; choose n, d, missed or open",
        )
    one = indicator_named(view, indicator)
    head = provenance(folder, wanted, folder.registry.units.all[unit], "computed")
    body: dict[str, Any] = {**head, "indicator": indicator, "part": part, "total": 0, "rows": []}
    if one.n is None or (one.n.kind == "register" and one.id != "1.4"):
        return body
    found = behind(view, unit, indicator)
    chosen = found.part(part)
    if procedure:
        term = view.ground.terms.index(procedure) if procedure in view.ground.terms else -1
        chosen = chosen & (found.rows["procedure"] == term)
    index = np.flatnonzero(chosen)
    by = found.due[index] if part in ("missed", "open") else -found.rows["received_at"][index]
    index = index[np.lexsort((found.rows["dossier"][index], by))]
    page = index[max(0, offset) : max(0, offset) + min(limit, MOST)]
    body["total"] = len(index)
    body["rows"] = _dossier_rows(folder, view, found, page)
    return body


def _dossier_rows(folder: DataFolder, view: View, found: Behind, page: np.ndarray) -> list[dict[str, Any]]:
    ground = view.ground
    numbers = found.rows["dossier"][page]
    codes = folder.ledger.codes(numbers.tolist())
    rows = []
    for place, number in zip(page.tolist(), numbers.tolist(), strict=True):
        code, name = _procedure(ground, int(found.rows["procedure"][place]))
        unit = ground.units.all[int(found.rows["unit_index"][place])]
        desk = ground.units.all[int(found.rows["desk_index"][place])]
        ended = int(found.rows["ended_at"][place])
        due = int(found.due[place])
        rows.append(
            {
                "code": codes.get(number, ""),
                "procedure": code,
                "procedure_name": name,
                "unit": unit.code,
                "unit_name": unit.name,
                "desk": desk.code,
                "desk_name": desk.name,
                "received_at": iso(int(found.rows["received_at"][place])),
                "due_at": iso(due),
                "ended_at": iso(ended) if ended <= view.board.judged_at else None,
                "state": "ended" if ended <= view.board.judged_at else "open",
                "on_time": bool(found.on_time[place]),
                "known_at": iso(int(found.rows["known_at"][place])),
            }
        )
    return rows


def _ask(folder: DataFolder, unit_code: str, question: QuestionFields) -> tuple[Asked, View, int]:
    computed: QuestionFields = {**question, "source": "computed"}
    wanted = asked(folder, **computed)
    unit = unit_named(folder, unit_code, wanted.judged_at)
    must_have_dossiers(wanted)
    return wanted, folder.view(wanted.period, wanted.at, wanted.as_of, wanted.law), unit.index
