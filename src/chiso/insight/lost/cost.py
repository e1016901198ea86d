"""What one dossier costs: the exact points that a unit and each unit above it miss for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from chiso.folder.answers import settled, view_of
from chiso.folder.drill import indicator_named
from chiso.law.model import LEVELS
from chiso.law.scoring import score

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.engine.board import Board
    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder
    from chiso.registry.units import Unit


@dataclass(frozen=True)
class Cost:
    """What one more in the numerators would give a unit, before any rounding."""

    unit: Unit
    points: Fraction


def cost_of(
    folder: DataFolder, unit_code: str, indicators: str | Sequence[str], **question: Unpack[QuestionFields]
) -> list[Cost]:
    """What one dossier (procedure, petition) that missed an indicator costs its unit and each one above it.

    One dossier may miss several indicators: an overdue one misses 2.1 and 5.4.  Beyond a cap it costs none.
    ``question``: ``period``, ``at``, ``as_of``, ``law``.  :class:`QuestionError` where nothing is computed.
    """
    computed: QuestionFields = {**question, "source": "computed"}
    found = settled(folder, unit_code, **computed)
    view = view_of(folder, found.question)
    names = [indicators] if isinstance(indicators, str) else list(indicators)
    for name in names:
        indicator_named(view, name)
    units = folder.registry.units
    costs = []
    for index in view.ground.units.tree(view.board.judged_at - 1).ancestors(found.unit.index):
        if units.all[index].kind == "nation":
            break
        costs.append(Cost(units.all[index], gain(view.board, index, dict.fromkeys(names, 1))))
    return costs


def gain(board: Board, unit: int, more: dict[str, int]) -> Fraction:
    """What a unit's exact total gains when so many more of its missed ones are in each numerator.

    Of indicators that have no data nothing can be gained.
    """
    kind = board.ground.units.all[unit].kind
    level = kind if kind in LEVELS else "province"
    figures = board.figures(unit)
    before = score(board.law, level, figures).exact
    for name, count in more.items():
        told = figures.get(name)
        if told is not None and told[1]:
            figures[name] = (told[0] + count, told[1])
    return score(board.law, level, figures).exact - before
