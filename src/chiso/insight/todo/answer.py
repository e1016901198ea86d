"""What ``todo`` answers: the form of docs/commands.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.folder.answers import QuestionError, provenance
from chiso.insight.asking import computed
from chiso.insight.briefs import briefs
from chiso.insight.keeping import kept, state_of
from chiso.insight.todo.groups import GROUPS, groups_of, handlers
from chiso.insight.todo.items import WHAT
from chiso.insight.todo.registers import Other, next_working_day
from chiso.insight.todo.work import Work, work
from chiso.instants import iso, tree_instant
from chiso.law.scoring import decimals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction
    from typing import Unpack

    from chiso.engine.each import Bools
    from chiso.folder.answers import Asked, QuestionFields
    from chiso.folder.state import DataFolder, View
    from chiso.ledger.marks import Mark
    from chiso.registry.units import Unit

PAGE: Final = 200
MOST: Final = 10_000
MARKED: Final = ("open", "done", "assigned")


def work_of(
    folder: DataFolder, unit_code: str, until: int | None, question: QuestionFields
) -> tuple[Asked, Unit, Work]:
    """The work of a unit, kept while nothing changes."""
    wanted, view, unit = computed(folder, unit_code, question)
    horizon = next_working_day(view, unit.code) if until is None else until
    horizon = max(view.board.judged_at, wanted.period.judged_at(horizon))
    key = (
        "work", unit.index, wanted.period.label, horizon, wanted.law.version, wanted.as_of,
        *state_of(folder, view),
    )  # fmt: skip
    return wanted, unit, kept(folder, key, lambda: work(folder, view, unit.index, horizon))


def todo(
    folder: DataFolder,
    unit_code: str,
    *,
    until: int | None = None,
    what: Iterable[str] = (),
    procedure: str | None = None,
    before: int | None = None,
    marked: str | None = None,
    officer: str | None = None,
    group: str | None = None,
    named: bool = False,
    limit: int = PAGE,
    offset: int = 0,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """Today's work of a unit, most points first.

    Args:
        folder: the data folder.
        unit_code: the unit.
        until: dossiers that fall overdue by then; else by the end of the next working day.
        what: kinds of work; all where none is named.
        procedure: only that of one procedure.
        before: only what must be done by then.
        marked: only what is ``done`` (ticked off), ``open`` (not), or ``assigned`` to somebody.
        officer: only dossiers whose newest step names this officer (``none``: nobody).
        group: put together by ``procedure`` or by ``officer``; ``limit`` and ``offset`` are then of groups,
            and no rows are given.
        named: whether rows tell the officers of their dossiers.
        limit: rows given, at most :data:`MOST`.
        offset: rows passed over.
        question: the common options.
    """
    asked = tuple(what)
    if unknown := sorted(set(asked) - set(WHAT)):
        raise QuestionError(
            f"Không có loại việc “{unknown[0]}”; có: {', '.join(WHAT)}.",
            f"no kind of work {unknown[0]!r}; there are {', '.join(WHAT)}",
            wrong=True,
        )
    if marked not in (None, "", *MARKED):
        raise QuestionError(
            f"Không có “{marked}”; chọn {', '.join(MARKED)}.",
            f"no {marked!r}; choose {', '.join(MARKED)}",
            wrong=True,
        )
    if group not in (None, "", *GROUPS):
        raise QuestionError(
            f"Không gộp việc theo “{group}” được; chọn {', '.join(GROUPS)}.",
            f"work is not put together by {group!r}; choose {', '.join(GROUPS)}",
            wrong=True,
        )
    wanted, unit, found = work_of(folder, unit_code, before if until is None else until, question)
    marks = marks_of(folder, found)
    here = found.chosen((), procedure, before) & _marked(found, marks, marked)
    if officer:
        here &= handlers(folder, found).chosen(officer)
    counts = np.bincount(found.what[here], minlength=len(WHAT)).tolist()
    chosen = here & found.chosen(asked)
    body = {
        **provenance(folder, wanted, unit, "computed"),
        "until": iso(found.until),
        "kinds": {kind: count for kind, count in zip(WHAT, counts, strict=True) if count},
        "count": int(np.count_nonzero(chosen)),
    }
    shown = slice(max(0, offset), max(0, offset) + min(max(0, limit), MOST))
    if group:
        groups = groups_of(folder, found, chosen, group)
        return body | {"group": group, "groups_count": len(groups), "groups": groups[shown]}
    order = found.order[chosen[found.order]]
    return body | {"rows": rows_of(folder, found, order[shown].tolist(), marks, named=named)}


def marks_of(folder: DataFolder, found: Work) -> dict[int, Mark]:
    """Items of which something is noted, and what."""
    told = folder.ledger.marks.all()
    if not told:
        return {}
    numbers = folder.ledger.ids(sorted({subject for subject, _ in told}))
    codes = {number: code for code, number in numbers.items()}
    items = np.flatnonzero(np.isin(found.dossier, list(codes)) | (found.what == WHAT.index("fee")))
    marks: dict[int, Mark] = {}
    for item in [*items.tolist(), *range(int(found.starts[-1]), len(found))]:
        place = found.place(item)
        if isinstance(place, Other):
            key = place.code, place.what
        elif place[0].what == "fee":  # it is the procedure's
            key = found.view.ground.terms[int(found.procedure[item])], "fee"
        else:
            key = codes[int(found.dossier[item])], place[0].what
        if key in told:
            marks[item] = told[key]
    return marks


def holds(folder: DataFolder, found: Work, what: str, subject: str) -> bool:
    """Whether an item of a kind with this code is among the work."""
    if any(one.what == what and one.code == subject for one in found.others):
        return True
    here = found.what == WHAT.index(what)
    if what == "fee":  # it is the procedure's
        terms = found.view.ground.terms
        return subject in terms and bool((here & (found.procedure == terms.index(subject))).any())
    number = folder.ledger.ids([subject]).get(subject)
    return number is not None and bool((here & (found.dossier == number)).any())


def _marked(found: Work, marks: dict[int, Mark], wanted: str | None) -> Bools:
    """Which items are as ticked off or assigned as wanted."""
    if not wanted:
        return np.ones(len(found), np.bool_)
    chosen = np.full(len(found), wanted == "open")
    for item, mark in marks.items():
        chosen[item] = (
            bool(mark.assigned) if wanted == "assigned" else (mark.done_at is not None) is (wanted == "done")
        )
    return chosen


def rows_of(
    folder: DataFolder, found: Work, page: list[int], marks: Mapping[int, Mark], *, named: bool = False
) -> list[dict[str, Any]]:
    """Items as rows, with what is noted of them; ``named``: and with the officers of dossiers."""
    numbers = found.dossier[page]
    told = briefs(folder, found.view, numbers[numbers > 0], named=named)
    rows = []
    for item, number in zip(page, numbers.tolist(), strict=True):
        place = found.place(item)
        if isinstance(place, Other):
            rows.append(_other(found.view, place))
        else:
            items, index = place
            way = int(items.way[index])
            rows.append(
                _dossier(found, items.what, int(items.by[index]), items.worths[way], items.indicators[way])
                | told[number]
            )
    for item, row in zip(page, rows, strict=True):
        if (mark := marks.get(item)) is not None:
            row |= {"assigned": mark.assigned, "done_at": iso(mark.done_at)}
        if row["what"] == "fee":  # it is the procedure's, done by way of one dossier
            row["procedure"], row["with_dossier"] = row.pop("for_procedure"), row.pop("dossier")
            row.pop("officer", None)
    return rows


def _dossier(found: Work, what: str, by: int, worth: Fraction, indicators: tuple[str, ...]) -> dict[str, Any]:
    return {
        "what": what,
        "by": _by(found.view, by),
        "points": decimals(worth),
        "indicators": list(indicators),
    }


def _by(view: View, by: int) -> str | None:
    """By when: the last instant in time, else the end of the period."""
    return iso(min(by, view.period.end))


def _other(view: View, one: Other) -> dict[str, Any]:
    units = view.ground.units
    row: dict[str, Any] = {
        one.key: one.code,
        "what": one.what,
        "by": _by(view, one.by),
        "points": decimals(one.worth),
        "indicators": list(one.indicators),
        "unit": units.all[one.unit].code,
        "unit_name": units.name(one.unit, tree_instant(view.board.judged_at)),
        **one.more,
    }
    if one.key == "procedure":
        record = view.ground.catalogue.get(one.code)
        row["procedure_name"] = record.name if record is not None else ""
    return row
