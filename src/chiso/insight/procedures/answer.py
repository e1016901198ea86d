"""What ``procedures`` answers: the form of docs/commands.md."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.folder.answers import QuestionError, provenance
from chiso.folder.drill import subtree_mask
from chiso.insight.gains import Worth
from chiso.insight.keeping import kept, state_of
from chiso.insight.procedures.dated import PUBLISHED, days_left, too_late
from chiso.insight.procedures.lists import compared
from chiso.insight.procedures.used import Use, uses
from chiso.insight.scene import scene
from chiso.insight.todo.answer import rows_of, work_of
from chiso.insight.todo.items import WHAT as TODO
from chiso.insight.todo.registers import owner_of
from chiso.instants import NEVER, day_of, tree_instant
from chiso.intake.records import LocalProcedure
from chiso.law.scoring import decimals, exact_points, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder, View
    from chiso.insight.procedures.lists import Finding
    from chiso.insight.todo.work import Work
    from chiso.registry.units import Unit

WORK: Final = ("announce", "publish", "complete", "offer_online", "fee")
"""Kinds that are work of ``todo`` as well: the rows are the same, by one reckoning."""
WHAT: Final = (
    *WORK, "unannounced", "announced_late", "published_late", "missing", "outdated", "localise", "unknown",
    "offline", "fee_here", "pay_online",
)  # fmt: skip
"""All kinds, in the order in which they are told."""
LIMITS: Final = ("announce_before_effect", "publish_after_decision")
PAGE: Final = 200
MOST: Final = 10_000


@dataclass(frozen=True)
class Found:
    """Everything that is found for a unit: rows in order, and what procedures have lost."""

    rows: list[dict[str, Any]]
    lost: dict[str, dict[str, Any]]
    local: int


def found_of(folder: DataFolder, unit_code: str, question: QuestionFields) -> tuple[Any, Unit, Found]:
    """What is found for a unit, kept while nothing changes."""
    wanted, unit, work = work_of(folder, unit_code, None, question)
    view = work.view
    key = (
        "procedures", unit.index, wanted.period.label, wanted.law.version, wanted.as_of,
        *state_of(folder, view),
    )  # fmt: skip
    return wanted, unit, kept(folder, key, lambda: _find(folder, unit, work, wanted.as_of))


def procedures(
    folder: DataFolder,
    unit_code: str | None = None,
    *,
    what: Iterable[str] = (),
    department: str | None = None,
    limit: int = PAGE,
    offset: int = 0,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """Procedures as work: what to announce, publish, complete, offer, and what is missing or outdated.

    Args:
        folder: the data folder.
        unit_code: the unit whose procedures and points are meant; the province where none is named.
        what: kinds (:data:`WHAT`); all where none is named.
        department: only those that this unit, or one below it, is responsible for.
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
    wanted, unit, found = found_of(folder, unit_code or folder.settings.home, question)
    here = [row for row in found.rows if department in (None, "", row["department"])]
    chosen = [row for row in here if not asked or row["what"] in asked]
    kinds = Counter(row["what"] for row in here)
    page = chosen[max(0, offset) : max(0, offset) + min(max(0, limit), MOST)]
    return {
        **provenance(folder, wanted, unit, "computed"),
        "lists": {
            "catalogue": len(folder.ground.catalogue),
            "local": found.local,
            "decisions": len(folder.ground.records.decisions),
        },
        "limits": {name: _limit(wanted.law.settings.get(name), folder) for name in LIMITS},
        "lost": {
            "points": f"{sum((Decimal(one['points']) for one in found.lost.values()), Decimal(0)):.2f}",
            "indicators": found.lost,
        },
        "kinds": {name: kinds[name] for name in WHAT if kinds[name]},
        "departments": _departments(found.rows),
        "count": len(chosen),
        "rows": page,
    }


def _limit(told: Any, folder: DataFolder) -> int | None:
    """Working days of the law for the kind of the home unit."""
    kind = "ministry" if folder.registry.units.home.kind == "ministry" else "province"
    found = told.get(kind) if hasattr(told, "get") else None
    return found if isinstance(found, int) else None


def _find(folder: DataFolder, unit: Unit, work: Work, as_of: int | None) -> Found:
    view = work.view
    at = view.board.judged_at
    told = (one for _, one in folder.ledger.records("local_procedure", as_of))
    local = [one for one in told if isinstance(one, LocalProcedure)]
    lost = _lost(view, unit)
    inside = subtree_mask(view.ground, unit.index, at)
    findings = [*too_late(view), *compared(view.ground, local, at)]
    seen = scene(view, unit.index)
    rows = [
        *_work(folder, work, lost),
        *(_found(view, one, lost) for one in findings if inside[one.owner]),
        *(_used(view, one) for one in uses(seen, Worth(view, unit.index))),
    ]
    order = {name: place for place, name in enumerate(WHAT)}
    rows.sort(
        key=lambda row: (
            -Fraction(row["points"]),
            NEVER if row.get("days_left") is None else row["days_left"],
            order[row["what"]],
            -Fraction(row.get("lost", "0")),
            -row.get("count", 0),
            row["procedure"],
        )
    )
    for one in lost.values():
        del one["each"]
    return Found(rows, lost, len(local))


def _work(folder: DataFolder, work: Work, lost: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of ``todo`` that are about procedures, without the dossier by way of which one is done."""
    wanted = [TODO.index(kind) for kind in WORK]
    items = np.flatnonzero(np.isin(work.what, wanted)).tolist()
    view, rows = work.view, rows_of(folder, work, items, {})
    found = []
    for item, row in zip(items, rows, strict=True):
        one = {name: value for name, value in row.items() if name in _KEPT}
        if row["what"] in ("announce", "publish"):
            one["days_left"] = days_left(view, day_of(int(work.by[item])))
            if one["days_left"] < 0 and PUBLISHED in lost:
                one["lost"] = decimals(lost[PUBLISHED]["each"])
        owner = owner_of(view.ground, view.ground.catalogue.get(row["procedure"]), view.board.judged_at)
        found.append(one | _owned(view, owner, "department"))
    return found


_KEPT: Final = frozenset((
    "what", "procedure", "procedure_name", "by", "points", "indicators", "unit", "unit_name", "decision",
))  # fmt: skip


def _owned(view: View, unit: int, name: str) -> dict[str, Any]:
    units = view.ground.units
    return {
        name: units.all[unit].code,
        f"{name}_name": units.name(unit, tree_instant(view.board.judged_at)),
    }


def _head(view: View, what: str, why: str, code: str, owner: int) -> dict[str, Any]:
    record = view.ground.catalogue.get(code)
    return {
        "what": what,
        "why": why,
        "procedure": code,
        "procedure_name": record.name if record is not None else "",
        "points": decimals(Fraction(0)),
        **_owned(view, owner, "unit"),
        **_owned(view, owner, "department"),
    }


def _found(view: View, one: Finding, lost: dict[str, dict[str, Any]]) -> dict[str, Any]:
    row = _head(view, one.what, one.why, one.code, one.owner) | dict(one.more)
    if "name" in row:
        row["procedure_name"] = row.pop("name")
    shares = [lost[name]["each"] for name in row.get("indicators", ()) if name in lost]
    if shares:
        row["lost"] = decimals(sum(shares, Fraction(0)))
    return row


def _used(view: View, one: Use) -> dict[str, Any]:
    record = view.ground.catalogue.get(one.code)
    owner = owner_of(view.ground, record, view.board.judged_at)
    row = _head(view, one.what, one.why, one.code, owner)
    return row | {"count": one.count, "points": decimals(one.worth), "indicators": list(one.indicators)}


def _lost(view: View, unit: Unit) -> dict[str, dict[str, Any]]:
    """What indicators that count procedures have lost: with ``each``, the exact share of one that missed."""
    figures, board = view.board.figures(unit.index), view.board
    found: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(board.law.indicators.values()):
        if one.unit != "procedures" or one.information:
            continue
        figure = figures.get(one.id)
        earned = Decimal(int(board.table.indicators[unit.index, place])) / 100
        points = Decimal(int(one.maximum * 100)) / 100 - earned
        told: dict[str, Any] = {"points": f"{points:.2f}", "max": plain(one.maximum), "each": Fraction(0)}
        if figure is not None:
            told["n"], told["d"] = n, d = figure
            if n < d:
                told["each"] = (one.maximum - exact_points(one, n, d)) / (d - n)
        found[one.id] = told
    return found


def _departments(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who is responsible for how much, the most first."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(
            row["department"],
            {"unit": row["department"], "name": row["department_name"], "count": 0, "kinds": Counter(),
             "soonest": None},
        )  # fmt: skip
        one["count"] += 1
        one["kinds"][row["what"]] += 1
        left = row.get("days_left")
        if left is not None and left >= 0 and (one["soonest"] is None or left < one["soonest"]):
            one["soonest"] = left
    for one in found.values():
        one["kinds"] = {name: one["kinds"][name] for name in WHAT if one["kinds"][name]}
    return sorted(found.values(), key=lambda one: (-one["count"], one["unit"]))
