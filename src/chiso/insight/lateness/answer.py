"""What ``chiso lateness UNIT --json`` prints: classes, points and scores of a unit and of those below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from chiso.engine.board import UNKNOWN, Board
from chiso.folder.answers import Asked, QuestionError, provenance, score_of_hundredths
from chiso.folder.drill import subtree_mask
from chiso.insight.asking import computed
from chiso.insight.lateness.classes import CLASSES, LATE_DATA, UNDECIDABLE, WRONG_DATA
from chiso.insight.lateness.findings import Findings, findings
from chiso.insight.lateness.judging import ON_TIME
from chiso.insight.lateness.petitions import ON_TIME as PETITIONS_ON_TIME
from chiso.insight.lateness.petitions import SATISFIED as PETITIONS_SATISFIED
from chiso.insight.lateness.scores import Boards
from chiso.insight.tenths import shares, tenths, written
from chiso.instants import iso
from chiso.law.scoring import decimals, exact_points

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder
    from chiso.intake.records import Mistake
    from chiso.registry.units import Unit

Bools = NDArray[np.bool_]
Figure = tuple[int, int]

SATISFIED: Final = "5.4"
SHARED: Final = (ON_TIME, SATISFIED)
"""The indicators that an overdue dossier costs points in."""


def asked_of(folder: DataFolder, unit: str, question: QuestionFields) -> tuple[Asked, Unit]:
    """The question with all that it leaves open decided, and the unit."""
    wanted, _, one = computed(folder, unit, question)
    if ON_TIME not in wanted.law.indicators:
        raise QuestionError(
            "Bộ quy tắc này không có chỉ số 2.1, không phân loại được hồ sơ quá hạn.",
            "this law has no indicator 2.1: there is nothing overdue to class",
        )
    return wanted, one


def figure(board: Board, unit: int, indicator: str) -> Figure | None:
    """n and d of an indicator; ``None`` where the unit has none."""
    place = list(board.law.indicators).index(indicator)
    n, d = int(board.n[unit, place]), int(board.d[unit, place])
    return None if UNKNOWN in (n, d) else (n, d)


def earned(board: Board, indicator: str, of: Figure | None) -> Fraction:
    """Exact points of an indicator."""
    n, d = of if of is not None else (None, None)
    return exact_points(board.law.indicators[indicator], n, d)


class Shares:
    """The exact points that a unit loses where overdue dossiers cost any, shared alike among those missed."""

    def __init__(self, board: Board, unit: int) -> None:
        self.lost: dict[str, Fraction] = {}
        self.missed: dict[str, int] = {}
        for indicator in SHARED:
            of = figure(board, unit, indicator) if indicator in board.law.indicators else None
            if of is not None:
                self.lost[indicator] = board.law.indicators[indicator].maximum - earned(board, indicator, of)
                self.missed[indicator] = of[1] - of[0]

    def of(self, count: int) -> dict[str, Fraction]:
        """What so many overdue dossiers lose."""
        return {
            indicator: lost * count / self.missed[indicator] if self.missed[indicator] else Fraction(0)
            for indicator, lost in self.lost.items()
        }

    def told(self, count: int) -> dict[str, str]:
        return {indicator: decimals(points) for indicator, points in self.of(count).items()}

    def split(self, counts: Sequence[int]) -> list[dict[str, str]]:
        """What several parts of the missed lose, printed so that with the rest they sum to it all."""
        found: list[dict[str, str]] = [{} for _ in counts]
        for indicator, lost in self.lost.items():
            missed, total = self.missed[indicator], tenths(lost)
            parts = np.array([*counts, max(0, missed - sum(counts))], np.int64)
            points = shares(total, lost, parts).tolist() if missed else [0] * len(parts)
            for one, value in zip(found, points, strict=False):
                one[indicator] = written(value)
        return found


def lateness(folder: DataFolder, unit: str, **question: Unpack[QuestionFields]) -> dict[str, Any]:
    """Late work or late data: a unit's overdue dossiers by class, and what late and wrong data cost it.

    ``question``: ``period``, ``at``, ``as_of``, ``law``, as everywhere.  docs/commands.md has the form.
    """
    wanted, one = asked_of(folder, unit, question)
    found = findings(folder, wanted)
    inside = subtree_mask(found.ground, one.index, found.judged_at)
    verdict, here = found.verdict, inside[found.verdict.unit]
    own = Shares(found.boards.as_is, one.index)
    counts = np.bincount(verdict.classes[here], minlength=len(CLASSES)).tolist()
    classes: dict[str, dict[str, Any]] = {
        name: {"count": count, "points": points}
        for name, count, points in zip(CLASSES, counts, own.split(counts), strict=True)
    }
    classes["late_data"] |= _counted(here, gone=verdict.gone, mended=verdict.mended)
    untold = here & verdict.untold
    classes["undecidable"] |= _counted(here & verdict.of(UNDECIDABLE), open=~verdict.untold, untold=untold)
    of = figure(found.boards.as_is, one.index, ON_TIME)
    return {
        **provenance(folder, wanted, one, "computed"),
        "known_now": iso(found.known_now),
        "overdue": int(here.sum()),
        "of": of[1] if of is not None else 0,
        "classes": classes,
        "lost": {
            indicator: {"missed": own.missed[indicator], "points": decimals(lost)}
            for indicator, lost in own.lost.items()
        },
        "scores": {
            name: {key: told[key] for key in ("total", "exact")}
            for name, told in ((name, board.score(one.index).as_json()) for name, board in _all(found.boards))
        },
        "mistakes": _by_mistake(found, here, own),
        "senders": _by_sender(folder, found, here, own),
        "units": _by_unit(folder, found, inside, one.index),
        "elsewhere": _elsewhere(found, inside, one.index),
        "shown": _shown(found, inside),
    }


def _counted(here: Bools, **kinds: Bools) -> dict[str, int]:
    return {name: int((here & chosen).sum()) for name, chosen in kinds.items()}


def _all(boards: Boards) -> Iterable[tuple[str, Board]]:
    return ((one.name, getattr(boards, one.name)) for one in fields(boards))


def name_of(mistakes: tuple[Mistake, ...]) -> list[str]:
    return [str(one.name) for one in mistakes]


def _by_mistake(found: Findings, here: Bools, own: Shares) -> list[dict[str, Any]]:
    counts: dict[tuple[Mistake, ...], int] = {}
    verdict = found.verdict
    for number in verdict.numbers[here & verdict.of(WRONG_DATA)].tolist():
        mistakes = verdict.undone[number].mistakes
        counts[mistakes] = counts.get(mistakes, 0) + 1
    return [
        {
            "mistakes": name_of(mistakes),
            "numbers": [one.bit_length() for one in mistakes],
            "count": count,
            "points": own.told(count),
        }
        for mistakes, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _table(keys: NDArray[np.integer[Any]], classes: NDArray[np.int8]) -> list[tuple[int, list[int]]]:
    """(key, count of each class), the most late and wrong data first, then the most overdue."""
    named, place = np.unique(keys, return_inverse=True)
    counts = np.zeros((len(named), len(CLASSES)), np.int64)
    np.add.at(counts, (place, classes), 1)
    rows = list(zip(named.tolist(), counts.tolist(), strict=True))
    return sorted(rows, key=lambda row: (-row[1][LATE_DATA] - row[1][WRONG_DATA], -sum(row[1]), row[0]))


def _by_sender(folder: DataFolder, found: Findings, here: Bools, own: Shares) -> list[dict[str, Any]]:
    verdict = found.verdict
    return [
        {
            "sender": folder.terms[sender],
            "overdue": sum(counts),
            **dict(zip(CLASSES, counts, strict=True)),
            "points": own.told(counts[LATE_DATA] + counts[WRONG_DATA]),
        }
        for sender, counts in _table(verdict.rows["sender"][here], verdict.classes[here])
    ]


def _by_unit(folder: DataFolder, found: Findings, inside: Bools, above: int) -> list[dict[str, Any]]:
    """The units below that have overdue dossiers, each with its own below it."""
    verdict, ground, judged = found.verdict, found.ground, found.judged_at
    own = np.zeros((len(CLASSES), ground.unit_count), np.int64)
    np.add.at(own, (verdict.classes, verdict.unit), 1)
    counts = ground.units.tree(judged - 1).rollup(own)
    rows = []
    chosen = np.flatnonzero(inside & (counts.sum(axis=0) > 0))
    for index in chosen.tolist():
        if index == above:
            continue
        told = counts[:, index].tolist()
        rows.append(
            {
                "unit": ground.units.all[index].code,
                "name": ground.units.name(index, judged - 1),
                "overdue": sum(told),
                **dict(zip(CLASSES, told, strict=True)),
                "scores": {
                    name: score_of_hundredths(board.table.totals[index]) for name, board in _all(found.boards)
                },
            }
        )
    rows.sort(key=lambda row: (-row["late_data"] - row["wrong_data"], -row["overdue"], row["unit"]))
    return rows


def _elsewhere(found: Findings, inside: Bools, unit: int) -> list[dict[str, Any]]:
    """What late and wrong data cost in other indicators."""
    as_is, rows = found.boards.as_is, []
    for cost in found.costs:
        count = int(inside[cost.unit].sum())
        of = figure(as_is, unit, cost.indicator)
        if count and of is not None:
            more = of[0] + count, max(of[1], of[0] + count) if cost.indicator == "1.4" else of[1]
            points = earned(as_is, cost.indicator, more) - earned(as_is, cost.indicator, of)
            rows.append(
                {
                    "indicator": cost.indicator,
                    "class": cost.kind,
                    "why": cost.why,
                    "count": count,
                    "points": decimals(points),
                }
            )
    late = int(inside[found.petitions.unit].sum())
    for indicator in (PETITIONS_ON_TIME, PETITIONS_SATISFIED) if late else ():
        boards = found.boards
        before, after = (figure(board, unit, indicator) for board in (as_is, boards.everywhere))
        points = earned(as_is, indicator, after) - earned(as_is, indicator, before)
        rows.append(
            {
                "indicator": indicator,
                "class": "late_data",
                "why": "told_later",
                "count": late,
                "points": decimals(points),
            }
        )
    return rows


def _shown(found: Findings, inside: Bools) -> dict[str, Any]:
    """How many dossiers on time were shown as overdue, and for how long (seconds)."""
    seconds = found.shown.seconds[inside[found.shown.unit]]
    if not len(seconds):
        return {"count": 0, "median": 0, "longest": 0}
    middle = int(np.sort(seconds)[(len(seconds) - 1) // 2])
    return {"count": len(seconds), "median": middle, "longest": int(seconds.max())}
