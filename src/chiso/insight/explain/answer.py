"""Why a score changed, as ``chiso explain --json`` prints it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from chiso.folder.answers import Settled, provenance
from chiso.insight.explain.ends import ends
from chiso.insight.explain.notes import Note, notes_of
from chiso.insight.explain.split import KINDS, Kind, Term, split
from chiso.insight.explain.states import TOTAL, State, published_state, under
from chiso.insight.explain.walk import Step, walk
from chiso.insight.tenths import WHOLE, tenths, written
from chiso.law.scoring import decimals

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

HUNDREDTH = WHOLE // 100


@dataclass(frozen=True)
class Change:
    """A change with everything that it is made of."""

    first: Settled
    last: Settled
    before: State
    after: State
    terms: list[Term]
    """the largest first, the rounding last"""
    notes: list[Note]

    @property
    def points(self) -> Decimal:
        return self.after.total - self.before.total


def explained(
    folder: DataFolder,
    unit: str,
    first: str,
    last: str,
    law: str | None = None,
    to_law: str | None = None,
    source: str | None = None,
) -> Change:
    """Splits the change of a unit's total between two ends (:func:`chiso.insight.explain.ends.end`).

    ``law``: of both ends, else the portal's of their time; ``to_law`` of the second one.
    :class:`QuestionError` where they do not compare.
    """
    both = ends(folder, unit, first, last, law, to_law, source)
    if both[0].published is not None and both[1].published is not None:
        steps = _published(both[0], both[1])
    else:
        steps = walk(folder, *both)
    terms = [term for step in steps for term in terms_of(step)]
    before, after = steps[0].before, steps[-1].after
    change = int((after.total - before.total) * 100) * HUNDREDTH
    rest = change - sum(term.tenths for term in terms)
    terms.sort(
        key=lambda one: (-abs(one.tenths), KINDS.index(one.kind), one.indicator, one.unit, one.procedure)
    )
    if rest:
        terms.append(Term("rounding", "", after.unit, "", rest))
    return Change(both[0], both[1], before, after, terms, notes_of(before, after, steps[-1].before, terms))


def _published(first: Settled, last: Settled) -> list[Step]:
    """Published figures know no dossiers: the law and what was published are all that can move."""
    assert first.published is not None
    assert last.published is not None
    before = published_state(first.question.law, first.unit.index, first.published)
    after = published_state(last.question.law, last.unit.index, last.published)
    if before.law.version == after.law.version or before.law.groups_only:
        return [Step(None, before, after)]
    middle = under(before, after.law, first.unit.kind)
    return [Step("law", before, middle), Step(None, middle, after)]


def terms_of(step: Step) -> list[Term]:
    """The terms of one step, which sum to the change of its exact points."""
    before, after = step.before, step.after
    found: list[Term] = []
    groups = dict.fromkeys([*before.law.groups, *after.law.groups])
    some_unknown = False
    for group in groups:
        if not (before.holds(group) and after.holds(group)):
            some_unknown = True
        elif before.given(group) or after.given(group):
            points = [one.scored.groups[group].points for one in (before, after)]
            change = int((points[1] - points[0]) * 100) * HUNDREDTH
            if change:
                found.append(Term("rate", group, after.unit, "", change))
        else:
            members = dict.fromkeys(
                [*before.law.groups[group].indicators, *after.law.groups[group].indicators]
            )
            for indicator in members:
                found += _indicator(step, indicator)
    if some_unknown:
        known = sum(term.tenths for term in found)
        rest = int((after.total - before.total) * 100) * HUNDREDTH - known
        if rest:
            found.append(Term("rate", TOTAL, after.unit, "", rest))
    return found


def _indicator(step: Step, indicator: str) -> list[Term]:
    before, after = step.before.side(indicator), step.after.side(indicator)
    if before is None and after is None:
        return []
    kind: Kind | None = step.kind
    if kind in ("units", "law") or before is None or after is None:
        points = [Fraction(0) if side is None else side.points for side in (before, after)]
        change = tenths(points[1] - points[0])
        return [Term(kind or "law", indicator, step.after.unit, "", change)] if change else []
    return split(step.after.law.indicators[indicator], step.after.unit, before, after, kind)


def answer(
    folder: DataFolder,
    unit: str,
    first: str,
    last: str,
    law: str | None = None,
    to_law: str | None = None,
    source: str | None = None,
) -> dict[str, Any]:
    """Why a unit's total changed (contract: "What the insight commands print").

    The terms sum to ``change`` exactly.  Arguments and errors as of :func:`explained`.
    """
    change = explained(folder, unit, first, last, law, to_law, source)
    codes = [one.code for one in folder.registry.units.all]
    return {
        "unit": change.last.unit.code,
        "name": folder.registry.units.name(change.last.unit.index),
        "source": change.last.source,
        "journal": folder.journal,
        "from": _end(folder, first, change.first, change.before),
        "to": _end(folder, last, change.last, change.after),
        "change": f"{change.points:.2f}",
        "terms": [
            {
                "kind": term.kind,
                "indicator": term.indicator,
                "unit": codes[term.unit],
                "procedure": term.procedure,
                "points": written(term.tenths),
            }
            for term in change.terms
        ],
        "notes": [
            {"kind": note.kind, "indicator": note.indicator, "vi": note.vi, "en": note.en}
            for note in change.notes
        ],
    }


def _end(folder: DataFolder, text: str, asked: Settled, state: State) -> dict[str, Any]:
    return {
        "asked": text,
        **provenance(folder, asked.question, asked.unit, asked.source),
        "total": f"{state.total:.2f}",
        "exact": decimals(state.scored.exact),
        "band": state.law.band(state.total).names.vi,
    }
