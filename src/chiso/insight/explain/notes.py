"""What the terms of a change hide: a whole that moves against its parts, a unit missing at one end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.insight.tenths import WHOLE
from chiso.instants import tree_instant
from chiso.text import number

if TYPE_CHECKING:
    from chiso.insight.explain.split import Term
    from chiso.insight.explain.states import State
    from chiso.insight.parts import Parts

SHOWN: Final = WHOLE // 200
"""Half a hundredth: less does not show."""
_PARTS: Final = {
    "unit": ("đơn vị", "units"),
    "procedure": ("thủ tục", "procedures"),
    "keys": ("cặp đơn vị – thủ tục", "pairs of a unit and a procedure"),
}
_WAYS: Final = {True: ("tăng", "rose"), False: ("giảm", "fell")}


@dataclass(frozen=True)
class Note:
    """Something to be said beside the terms, in both languages."""

    kind: str
    """``reversal``, ``against``, ``units_against``, ``missing_before``, ``empty_before``, and ``_after``"""
    vi: str
    en: str
    indicator: str = ""


def notes_of(before: State, after: State, middle: State, terms: Sequence[Term]) -> list[Note]:
    """What is to be said of a change from ``before`` to ``after``, whose own work begins at ``middle``."""
    sums: dict[tuple[str, str], int] = {}
    for term in terms:
        key = (term.indicator, term.kind)
        sums[key] = sums.get(key, 0) + term.tenths
    found = [*_ends(before, after), *_units(middle, after)]
    for indicator in after.law.indicators:
        note = _reversal(middle, after, indicator) or _against(after, indicator, sums)
        if note is not None:
            found.append(note)
    return found


def _ends(before: State, after: State) -> Iterator[Note]:
    for state, end, vi, en in ((before, "before", "đầu", "first"), (after, "after", "cuối", "second")):
        if state.board is None:
            continue
        units, then = state.board.ground.units, tree_instant(state.board.judged_at)
        if not units.tree(then).in_force[state.unit]:
            name = units.name(units.today(state.unit, then), then)
            yield Note(
                f"missing_{end}",
                f"Ở thời điểm {vi} không có đơn vị này; hồ sơ mang mã của nó tính tại {name}.",
                f"At the {en} instant this unit did not exist; dossiers with its code count at {name}.",
            )
        elif not state.board.dossiers[state.unit]:
            yield Note(
                f"empty_{end}",
                f"Ở thời điểm {vi} chưa có hồ sơ nào trong kỳ.",
                f"At the {en} instant there was no dossier in the period.",
            )


def _units(before: State, after: State) -> Iterator[Note]:
    """Every unit below moves one way, and the unit itself the other."""
    if before.board is None or after.board is None:
        return
    tree = after.board.ground.units.tree(tree_instant(after.board.judged_at))
    below = tree.children(after.unit)
    some = below[(before.board.dossiers[below] > 0) & (after.board.dossiers[below] > 0)]
    totals = before.board.table.totals, after.board.table.totals
    rose = _reversed(totals[1][some] - totals[0][some], int(totals[1][after.unit] - totals[0][before.unit]))
    if rose is not None:
        (parts_vi, parts_en), (whole_vi, whole_en) = _WAYS[rose], _WAYS[not rose]
        yield Note(
            "units_against",
            f"Tổng điểm của cả {len(some)} đơn vị trực thuộc đều {parts_vi} hoặc giữ nguyên, nhưng tổng điểm "
            f"chung {whole_vi}: tỷ trọng giữa các đơn vị đã thay đổi.",
            f"The totals of all {len(some)} units below {parts_en} or stayed, and the whole {whole_en}: "
            "their weights have changed.",
        )


def _reversal(before: State, after: State, indicator: str) -> Note | None:
    """All units, all procedures, or all pairs of both move one way, and the indicator the other."""
    one, other = before.parts.get(indicator), after.parts.get(indicator)
    if one is None or other is None or not len(one) or not len(other):
        return None
    name = after.law.indicators[indicator].names
    whole = int(other.n.sum()) * int(one.d.sum()) - int(one.n.sum()) * int(other.d.sum())
    for by, (vi, en) in _PARTS.items():
        moved = _moved(one, other, by)
        rose = _reversed(moved, whole)
        if rose is not None:
            (parts_vi, parts_en), (whole_vi, whole_en) = _WAYS[rose], _WAYS[not rose]
            count = len(moved)
            return Note(
                "reversal",
                f"{indicator} {name.vi}: tỷ lệ của cả {number(count)} {vi} có ở hai thời điểm đều {parts_vi} "
                f"hoặc giữ nguyên, nhưng tỷ lệ chung {whole_vi}: tỷ trọng giữa các phần đã thay đổi.",
                f"{indicator} {name.en}: the ratios of all {count:,} {en} that are there at both ends "
                f"{parts_en} or stayed, and the whole {whole_en}: the weights of the parts have changed.",
                indicator,
            )
    return None


def _against(after: State, indicator: str, sums: Mapping[tuple[str, str], int]) -> Note | None:
    """Within its parts an indicator moves one way, and their weights take it the other."""
    name = after.law.indicators[indicator].names
    within = sums.get((indicator, "rate"), 0)
    rest = sum(sums.get((indicator, kind), 0) for kind in ("mix", "new", "gone"))
    whole = within + rest
    if within * whole >= 0 or min(abs(within), abs(whole)) < SHOWN:
        return None
    (parts_vi, parts_en), (whole_vi, whole_en) = _WAYS[within > 0], _WAYS[whole > 0]
    return Note(
        "against",
        f"{indicator} {name.vi}: trong từng phần {parts_vi} {_points(within, 'vi')} điểm, nhưng tỷ trọng "
        f"giữa các phần thay đổi làm {whole_vi} {_points(rest, 'vi')} điểm: chung lại {whole_vi}.",
        f"{indicator} {name.en}: within its parts it {parts_en} by {_points(within, 'en')} points, and by "
        f"their changed weights it {whole_en} by {_points(rest, 'en')}: in all it {whole_en}.",
        indicator,
    )


def _moved(one: Parts, other: Parts, by: str) -> np.ndarray:
    """By how much (in sign alone) the ratio of each part moved that has data on both sides."""
    sums = []
    for parts in (one, other):
        labels = getattr(parts, by)
        found, place = np.unique(
            labels.astype(np.str_) if labels.dtype == object else labels, return_inverse=True
        )
        n, d = (np.bincount(place, column, len(found)).astype(np.int64) for column in (parts.n, parts.d))
        some = d > 0
        sums.append((found[some], n[some], d[some]))
    (left, n, d), (right, then_n, then_d) = sums
    _, mine, theirs = np.intersect1d(left.astype(right.dtype), right, return_indices=True)
    moved: np.ndarray = np.sign(then_n[theirs] * d[mine] - n[mine] * then_d[theirs])
    return moved


def _reversed(moved: np.ndarray, whole: int) -> bool | None:
    """True where all parts rose or stayed and the whole fell, False the other way round, else ``None``."""
    if len(moved) < 2 or not moved.any():
        return None
    if (moved >= 0).all() and whole < 0:
        return True
    return False if (moved <= 0).all() and whole > 0 else None


def _points(value: int, lang: str) -> str:
    return number(Fraction(abs(value), WHOLE), 2, lang)
