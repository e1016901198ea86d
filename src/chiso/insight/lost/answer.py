"""Where points are lost, as ``chiso lost --json`` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from chiso.folder.answers import QuestionFields, Settled, counted, provenance, settled
from chiso.insight.lost import why
from chiso.insight.lost.share import Loss, Lost, of, of_published, rows_of
from chiso.insight.tenths import written
from chiso.law.scoring import plain

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder


def lost_of(folder: DataFolder, question: Settled) -> Lost:
    """What the unit of a question lost, as arrays."""
    unit = question.unit.index
    if question.published is not None:
        return of_published(question.question.law, unit, question.published)
    view, cells = counted(folder, question.question)
    return of(cells, view.board, unit)


def answer(
    folder: DataFolder,
    unit_code: str,
    **fields: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The points that a unit lost, row by row (contract: "What the insight commands print").

    The rows of an indicator and its ``rounding`` sum to its ``points``; the indicators and the groups'
    ``rounding`` sum to ``lost``.  :class:`QuestionError` as for ``score``.
    """
    question = settled(folder, unit_code, **fields)
    told = lost_of(folder, question)
    units = folder.registry.units.all
    return {
        **provenance(folder, question.question, question.unit, question.source),
        "total": f"{told.total:.2f}",
        "lost": f"{told.lost:.2f}",
        "indicators": {name: _indicator(loss) for name, loss in told.losses.items()},
        "groups": {
            name: {
                **({"points": f"{told.groups[name]:.2f}"} if name in told.groups else {}),
                "rounding": f"{rounding:.2f}",
            }
            for name, rounding in told.roundings.items()
        },
        "rows": _rows(told, [unit.code for unit in units]),
    }


def _indicator(loss: Loss) -> dict[str, Any]:
    words = why.WORDS[loss.why]
    body: dict[str, Any] = {
        "group": loss.group,
        "points": f"{loss.points:.2f}",
        "max": plain(loss.maximum),
        "rounding": written(loss.rounding),
        "why": loss.why,
        "why_vi": words.vi,
        "why_en": words.en,
    }
    if loss.n is not None and loss.d is not None:
        body.update(n=loss.n, d=loss.d)
    return body


def _rows(told: Lost, codes: list[str]) -> list[dict[str, Any]]:
    """All rows, the dearest first."""
    found = rows_of(told.losses.values()).dearest()
    names, reasons = [loss.id for loss in found.losses], [loss.why for loss in found.losses]
    texts = {value: written(value) for value in np.unique(found.points).tolist()}
    rows = [
        {
            "indicator": names[one],
            "unit": codes[at],
            "procedure": code,
            "missed": count,
            "points": texts[value],
            "why": reasons[one],
        }
        for one, at, code, count, value in zip(
            found.which.tolist(),
            found.unit.tolist(),
            found.procedure.tolist(),
            found.missed.tolist(),
            found.points.tolist(),
            strict=True,
        )
    ]
    for place in np.flatnonzero(found.rest).tolist():
        rows[place]["why"] = found.losses[int(found.which[place])].rest
    return rows
