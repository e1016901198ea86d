"""A reconciliation as JSON, as commands and addresses give it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from chiso.insight.reconcile.causes import ORDER, UNEXPLAINED, Option
from chiso.insight.reconcile.detail import codes_of
from chiso.insight.reconcile.numbers import NONE, Numbers, distinct
from chiso.instants import iso

if TYPE_CHECKING:
    from chiso.insight.reconcile.solve import Reconciliation
    from chiso.insight.reconcile.split import Effect

NAMED: Final = 1_000
"""Dossiers named by code for each cause, where no other number is asked for."""


def as_json(found: Reconciliation, named: int = NAMED) -> dict[str, Any]:
    """The answer; ``named``: how many dossiers of each cause are named by their codes."""
    question, case = found.gathered.question, found.case
    units = question.folder.registry.units
    codes = _Codes(found, named)
    captured = {name: iso(scene.at) for scene in case.scenes for name in _groups(found, scene.indicators)}
    body: dict[str, Any] = {
        "unit": question.unit.code,
        "name": units.name(question.unit.index, question.period.judged_at(question.at) - 1),
        "kind": question.unit.kind,
        "period": question.period.label,
        "at": iso(question.told.newest),
        "as_of": iso(found.gathered.known),
        "captured": {name: captured[name] for name in case.law.groups if name in captured},
        "law": found.case.law.law,
        "law_version": found.case.law.version,
        "units_version": units.version,
        "calendar_version": question.folder.registry.calendar.version,
        "journal": found.gathered.journal,
        "published": _published(found),
        "computed": found.computed.as_json(),
        "difference": {
            "points": _signed(found.difference),
            "explained": _signed(found.difference - found.rest_points),
            "unexplained": _signed(found.rest_points),
        },
        "rows": [
            *(_row(found, name, codes) for name in _names(found)),
            *(_group_row(found, name) for name in case.law.groups if name in case.points_only),
        ],
        "groups": [_group(found, name) for name in case.law.groups if name in question.told.groups],
        "causes": [_cause(found, effect, codes) for effect in found.effects] + _without_dossiers(found),
        "possible": [_cause(found, effect, codes) for effect in found.possible],
        "unread": found.gathered.pieces.unread,
    }
    if question.listed is not None:
        body["list"] = _list(found)
    return body


class _Codes:
    """Codes of the dossiers that are named, looked up once."""

    def __init__(self, found: Reconciliation, named: int) -> None:
        self.named = named
        wanted = [effect.numbers[:named] for effect in (*found.effects, *found.possible)]
        wanted += [numbers[:named] for effect in found.effects for numbers in effect.of.values()]
        self._codes = codes_of(found.gathered, distinct(*wanted))

    def of(self, numbers: Numbers) -> dict[str, Any]:
        """``count``, ``dossiers``, and ``more`` where not all are named."""
        named = [self._codes[number] for number in numbers[: self.named].tolist()]
        found: dict[str, Any] = {"count": len(numbers), "dossiers": sorted(named)}
        if len(numbers) > len(named):
            found["more"] = len(numbers) - len(named)
        return found


def _groups(found: Reconciliation, indicators: tuple[str, ...]) -> list[str]:
    return [
        name
        for name, group in found.case.law.groups.items()
        if any(one in indicators for one in group.indicators)
    ]


def _names(found: Reconciliation) -> list[str]:
    """The indicators with a published number, in the law's order."""
    told = found.gathered.question.told
    known = {name for group in told.groups.values() for name in (*group.pairs, *group.shown)}
    return [name for name, one in found.case.law.indicators.items() if name in known and not one.information]


def _published(found: Reconciliation) -> dict[str, Any]:
    told, law = found.gathered.question.told, found.case.law
    groups = {
        name: {
            "points": None if group.points is None else f"{group.points:.2f}",
            "max": int(law.groups[name].maximum),
            "captured_at": iso(group.captured_at),
        }
        for name, group in told.groups.items()
    }
    indicators: dict[str, dict[str, Any]] = {}
    for name in _names(found):
        group = told.groups[law.indicators[name].group]
        line: dict[str, Any] = {}
        if name in group.pairs:
            line["n"], line["d"] = group.pairs[name]
        line["points"] = f"{_points(found, name):.2f}"
        indicators[name] = line | {"max": int(law.indicators[name].maximum)}
    return {"total": f"{found.published_total:.2f}", "groups": groups, "indicators": indicators}


def _points(found: Reconciliation, name: str) -> Decimal:
    """An indicator's published points; else those of its published numbers."""
    group = found.gathered.question.told.groups[found.case.law.indicators[name].group]
    return group.shown.get(name, found.by_own.indicators[name].points)


def _row(found: Reconciliation, name: str, codes: _Codes) -> dict[str, Any]:
    told, case = found.gathered.question.told, found.case
    group = case.law.indicators[name].group
    pair = told.groups[group].pairs.get(name)
    own = found.computed.indicators[name]
    published = _points(found, name)
    computed = None if own.n is None or own.d is None else [own.n, own.d]
    rest = found.rest.get(name, (0, 0))
    why: list[dict[str, Any]] = []
    for effect in found.effects:
        change, numbers = effect.change.get(name), effect.of.get(name)
        if change is None and (numbers is None or case.law.indicators[name].unit != "dossiers"):
            continue
        n, d = change or (0, 0)
        listed = NONE if numbers is None else numbers
        why.append({**_named(effect.option), "n": n, "d": d, **codes.of(listed)})
    if name in found.inherited:
        n, d = found.inherited[name]
        why.append({"cause": "inherited", "n": n, "d": d, "count": 0, "dossiers": []})
    why += [_flaw(flaw) for flaw in found.flaws if flaw.indicator == name]
    if rest != (0, 0):
        why.append({"cause": UNEXPLAINED, "n": rest[0], "d": rest[1], "count": 0, "dossiers": []})
    return {
        "indicator": name,
        "group": group,
        "published": None if pair is None else list(pair),
        "computed": computed,
        "points": {"published": f"{published:.2f}", "computed": f"{own.points:.2f}"},
        "difference": _signed(published - own.points),
        "why": why,
        "unexplained": list(rest),
    }


def _group_row(found: Reconciliation, name: str) -> dict[str, Any]:
    """The row of a group that is known by points only."""
    published, own = found.case.points_only[name], found.computed.groups[name].points
    explained = found.explained_by.groups[name].points
    why: list[dict[str, Any]] = []
    if published != explained:
        points = _signed(published - explained)
        why.append({"cause": UNEXPLAINED, "points": points, "count": 0, "dossiers": []})
    return {
        "indicator": name,
        "group": name,
        "published": None,
        "computed": None,
        "points": {"published": f"{published:.2f}", "computed": f"{own:.2f}"},
        "difference": _signed(published - own),
        "why": why,
        "unexplained": None,
    }


def _group(found: Reconciliation, name: str) -> dict[str, Any]:
    told = found.gathered.question.told.groups[name]
    own = found.computed.groups[name].points
    points = found.by_own.groups[name].points if told.points is None else told.points
    why = [_flaw(flaw) for flaw in found.flaws if flaw.group == name and not flaw.indicator]
    why += [_other_date(one) for one in found.other_dates if one.group == name]
    return {
        "group": name,
        "captured_at": iso(told.captured_at),
        "published": f"{points:.2f}",
        "computed": f"{own:.2f}",
        "explained_to": f"{found.explained_by.groups[name].points:.2f}",
        "difference": _signed(points - own),
        "why": why,
    }


def _named(option: Option) -> dict[str, Any]:
    return {"cause": option.cause, **({"part": option.part} if option.part else {})}


def _cause(found: Reconciliation, effect: Effect, codes: _Codes) -> dict[str, Any]:
    points = found.points.get(effect.option)
    return {
        **_named(effect.option),
        "points": None if points is None else _signed(points),
        "changes": {name: list(change) for name, change in effect.change.items()},
        **codes.of(effect.numbers),
    }


def _without_dossiers(found: Reconciliation) -> list[dict[str, Any]]:
    """Causes that the published figures themselves show."""
    told: list[dict[str, Any]] = []
    if found.inherited:
        told.append(
            {
                "cause": "inherited",
                "points": _signed(found.inherited_points),
                "changes": {name: list(change) for name, change in found.inherited.items()},
                "count": 0,
                "dossiers": [],
            }
        )
    told += [_other_date(one) for one in found.other_dates]
    told += [_flaw(flaw) for flaw in found.flaws]
    told += [
        {"cause": "placeholder", "indicator": name, "count": 0, "dossiers": []}
        for name in placeholders(found)
    ]
    return told


def placeholders(found: Reconciliation) -> list[str]:
    """Indicators whose published figure is none of the unit's: 1.4 where d is n, and constants."""
    if any(effect.option.cause == "placeholder" for effect in found.effects):
        held = []
    else:
        n, d = found.gathered.question.told.pairs.get("1.4", (0, -1))
        held = ["1.4"] if n == d and n else []
    known = {name for group in found.gathered.question.told.groups.values() for name in group.shown}
    constants = [
        name for name, one in found.case.law.indicators.items() if one.constant is not None and name in known
    ]
    return held + constants


def _flaw(flaw: Any) -> dict[str, Any]:
    points = flaw.points
    return {
        "cause": "contradiction",
        "part": flaw.kind,
        **({"indicator": flaw.indicator} if flaw.indicator else {}),
        **({"group": flaw.group} if flaw.group else {}),
        "published": flaw.published,
        "by_own": flaw.by_own,
        "points": None if points is None else _signed(points),
        "count": 0,
        "dossiers": [],
    }


def _other_date(one: Any) -> dict[str, Any]:
    return {
        "cause": "captured_on_another_date",
        "group": one.group,
        "captured_at": iso(one.captured_at),
        "data_at": iso(one.data_at),
        "points": _signed(one.points),
        "count": 0,
        "dossiers": [],
    }


def _list(found: Reconciliation) -> dict[str, Any]:
    listed = found.gathered.question.listed
    compared = found.gathered.compared
    assert listed is not None
    assert compared is not None
    counts = {option.cause: len(numbers) for option, numbers in compared.touched.items()}
    return {
        "rows": listed.rows,
        "dossiers": len(listed.dossiers),
        "columns": list(listed.columns),
        "again": listed.again,
        "unread": len(listed.unread),
        **{cause: counts.get(cause, 0) for cause in ORDER[-3:]},
    }


def _signed(points: Decimal) -> str:
    return f"{points:.2f}"
