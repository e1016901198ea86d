"""Overdue dossiers by unit and procedure, and what falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chiso.folder.answers import QuestionFields, view_of
from chiso.folder.drill import behind
from chiso.insight.todo.answer import todo
from chiso.instants import DAY, day_of, midnight, parse_instant
from chiso.steering.letters.asked import Scene
from chiso.steering.letters.facts import Due, Origin, Overdue, OverdueRow, Work, WorkRow
from chiso.text import collation_key

if TYPE_CHECKING:
    from chiso.engine.ground import Ground

LISTED = 50
"""things to do that a letter lists"""
ON_TIME = "2.1"
"""the indicator that counts dossiers handled on time"""


def overdue(scene: Scene, origin: Origin) -> Overdue:
    """Overdue dossiers of a unit and all below it, by the unit that handles them and the procedure."""
    view = view_of(scene.folder, scene.question)
    found = behind(view, scene.unit.index, ON_TIME)
    late = found.d & ~found.n
    at = scene.question.judged_at - 1
    units = view.ground.units.today_map(at)[found.rows["unit_index"][late]]
    rows = _rows(view.ground, units, found.rows["procedure"][late], found.open[late], at)
    return Overdue(tuple(rows), int(late.sum()), int((late & found.open).sum()), origin)


def _rows(
    ground: Ground, units: np.ndarray, procedures: np.ndarray, still: np.ndarray, at: int
) -> list[OverdueRow]:
    keys = np.stack([units, procedures], axis=1) if len(units) else np.empty((0, 2), np.int64)
    pairs, inverse = np.unique(keys, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    counts = np.bincount(inverse, minlength=len(pairs))
    opened = np.bincount(inverse[still], minlength=len(pairs))
    rows = []
    for (unit, term), count, open_ in zip(pairs.tolist(), counts.tolist(), opened.tolist(), strict=True):
        one = ground.units.all[unit]
        code = ground.terms[term]
        place = ground.catalogue.place(code)
        name = ground.catalogue.records[place].name if place >= 0 else ""
        rows.append(OverdueRow(one.code, ground.units.name(unit, at), code, name, count, open_))
    rows.sort(key=lambda row: (collation_key(row.name), row.unit, -row.overdue, row.procedure))
    return rows


def due(scene: Scene, days: int, origin: Origin) -> Due:
    """What is overdue and open, and what falls due up to the end of a day ahead."""
    view = view_of(scene.folder, scene.question)
    found = behind(view, scene.unit.index, ON_TIME)
    now = scene.question.judged_at
    until = midnight(day_of(now)) + (days + 1) * DAY
    open_ = found.d & found.open
    late = open_ & ~found.n
    soon = open_ & found.n & (found.due >= now) & (found.due < until)
    units = np.full(int(late.sum()), scene.unit.index)
    rows = _rows(view.ground, units, found.rows["procedure"][late], found.open[late], now - 1)
    rows.sort(key=lambda row: (-row.open, row.procedure))
    return Due(until, int(soon.sum()), int(late.sum()), tuple(rows), origin)


def work(scene: Scene, origin: Origin) -> Work:
    """The unit's work up to the end of the next working day, what gives most points first."""
    question: QuestionFields = {**scene.common(), "source": None}
    told = todo(scene.folder, scene.unit.code, limit=LISTED, **question)
    rows = tuple(
        WorkRow(
            row["what"],
            row.get("dossier") or row.get("petition") or row.get("procedure") or "",
            row.get("procedure_name") or row.get("procedure") or "",
            parse_instant(row["by"]) if row["by"] else None,
            row["points"],
        )
        for row in told["rows"]
    )
    return Work(rows, told["count"], parse_instant(told["until"]), origin)
