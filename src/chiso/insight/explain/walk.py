"""From one state to another in fixed steps, each changing one thing: what was known, units, law, the work.

1. *late data*: the first period, judged as before, with dated facts as known at the second end;
2. *units*: the same at the units of the second end's tree;
3. *law*: the same by the second end's law;
4. *the work itself*: from there to the second end: other instants, new and moved dossiers, the catalogue.

A step that changes nothing is not taken.  The steps' changes sum to the whole, whatever each is.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chiso.engine.cells import count_cells
from chiso.folder.answers import counted
from chiso.insight.explain.late import before, registry_told_later, tell_later
from chiso.insight.explain.split import Kind
from chiso.insight.explain.states import State, state_of
from chiso.instants import tree_instant

if TYPE_CHECKING:
    from chiso.engine.columns import Columns
    from chiso.engine.ground import Ground
    from chiso.folder.answers import Asked, Settled
    from chiso.folder.registers import Registry
    from chiso.folder.state import DataFolder, View


@dataclass(frozen=True)
class Step:
    """One step: the two states that it leads from and to, and the kind of its terms."""

    kind: Kind | None
    """``None``: the work itself, told apart by rate, mix, new and gone"""
    before: State
    after: State


@dataclass(frozen=True)
class _End:
    """One end, counted."""

    question: Asked
    view: View
    registry: Registry
    state: State


def _counted(folder: DataFolder, asked: Settled) -> _End:
    """An end of a change.  What moves is looked at under one hold of the lock."""
    question = asked.question
    with nullcontext() if question.as_of is not None else folder.lock:
        view, cells = counted(folder, question)
        registry = folder.registry_of(question.as_of, question.law)
        return _End(question, view, registry, state_of(cells, view.board, asked.unit.index))


def walk(folder: DataFolder, first: Settled, last: Settled) -> list[Step]:
    """The steps from one counted state to another; at least one."""
    start, end = _counted(folder, first), _counted(folder, last)
    judged = start.view.board.judged_at
    unit = last.unit.index
    later = start.question.as_of != end.question.as_of
    old_tree, new_tree = (tree_instant(one.view.board.judged_at) for one in (start, end))
    units = start.registry.units
    moved_units = units.era(old_tree) != units.era(new_tree)
    other_law = start.state.law.version != end.state.law.version
    steps: list[Step] = []
    now = start.state
    if not (later or moved_units or other_law):
        return [Step(None, now, end.state)]

    registry = start.registry
    with folder.lock if end.question.as_of is None else nullcontext():
        rows = before((end if later else start).view.roster, judged)
    if later:
        registry = registry_told_later(registry, end.registry)
        ground = registry.ground(start.state.law, folder.terms)
        _derive(rows, ground, whole=end.registry.catalogue is not registry.catalogue)
        tell_later(rows, start.view.roster, ground)
        told = _state(rows, ground, start, first.unit.index)
        steps.append(Step("late_data", now, told))
        now = told
    if moved_units:
        registry = registry.restated(new_tree)
        told = _state(rows, registry.ground(start.state.law, folder.terms), start, unit)
        steps.append(Step("units", now, told))
        now = told
    if other_law:
        ground = registry.ground(end.state.law, folder.terms)
        _derive(rows, ground, whole=_limits_end_otherwise(start.state, end.state))
        told = _state(rows, ground, start, unit)
        steps.append(Step("law", now, told))
        now = told
    return [*steps, Step(None, now, end.state)]


def _state(rows: Iterable[Columns], ground: Ground, start: _End, unit: int) -> State:
    cells = count_cells(rows, ground, start.view.period, start.view.board.judged_at)
    return state_of(cells, cells.board(), unit)


def _derive(rows: Iterable[Columns], ground: Ground, *, whole: bool) -> None:
    """Reads due times by limit anew where the catalogue, or how the law ends a limit, is another."""
    if whole:
        for part in rows:
            ground.derive(part)


def _limits_end_otherwise(one: State, other: State) -> bool:
    return one.law.options.get("limit_end") != other.law.options.get("limit_end")
