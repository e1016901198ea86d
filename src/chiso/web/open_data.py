"""The open data: scores of all units, their indicators, their course.  CSV (RFC 4180) and JSON.

Figures of units alone: nothing of persons, no dossiers, no procedures of single units.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from chiso.folder import DataFolder, QuestionError
from chiso.folder.league import place_of
from chiso.insight.exports.cells import Cell, csv_text
from chiso.instants import iso
from chiso.text import collation_key
from chiso.web import sight
from chiso.web.view import View

FORMS: Final = ("csv", "json")
GROUPS: Final = (
    "transparency", "processing", "online_services", "online_payment", "satisfaction", "digitisation"
)  # fmt: skip
SETS: Final[dict[str, tuple[str, ...]]] = {
    "scores": ("period", "at", "unit", "name", "kind", "parent", "rank", "of", "total", "band", *GROUPS,
               "source", "captured_at"),
    "indicators": ("period", "at", "unit", "name", "indicator", "n", "d", "points", "max", "no_data",
                   "inherited"),
    "history": ("unit", "at", "total", *GROUPS),
}  # fmt: skip
"""Sets and their columns."""


def licence_of(folder: DataFolder) -> tuple[str, str]:
    """The licence in words, and its address; both empty where the operator has chosen none."""
    words = folder.settings.public_licence.split()
    address = next((one for one in words if one.startswith("https://")), "")
    return " ".join(one for one in words if one != address), address


def made(folder: DataFolder, view: View, name: str, form: str, code: str) -> tuple[bytes, str]:
    """A set as bytes, with its media type.  ``code`` is the unit of ``history``."""
    columns = SETS[name]
    rows = {"scores": _scores, "indicators": _indicators, "history": _history}[name](folder, view, code)
    if form == "csv":
        text = csv_text(columns, ([row.get(column) for column in columns] for row in rows))
        return text.encode(), "text/csv"
    licence, address = licence_of(folder)
    law = sight.law_asked(folder, view)
    body = {
        "title": f"Chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766/QĐ-TTg): {name}",
        "publisher": folder.registry.units.home.name,
        "licence": licence or None,
        "licence_address": address or None,
        "period": view.asked_period.label,
        "at": iso(view.judged_at),
        "as_of": iso(view.now if view.as_of is None else view.as_of),
        "law": law.law,
        "law_version": law.version,
        "columns": columns,
        "rows": [{column: _told(row.get(column)) for column in columns} for row in rows],
    }
    return msgspec.json.encode(body), "application/json"


def _told(value: Cell) -> Cell:
    return str(value) if isinstance(value, Decimal) else value


def _units(folder: DataFolder, view: View) -> list[dict[str, Any]]:
    """The units of all leagues, by league and in Vietnamese order."""
    order = list(sight.LEAGUES)
    known = [one for one in folder.units(view.judged_at) if one["kind"] in sight.LEAGUES]
    return sorted(known, key=lambda one: (order.index(one["kind"]), collation_key(one["name"])))


def _scores(folder: DataFolder, view: View, code: str) -> list[dict[str, Cell]]:
    del code
    found: list[dict[str, Cell]] = []
    known = {one["code"]: one for one in _units(folder, view)}
    for kind, among in sight.LEAGUES.items():
        under = None if among == "provinces" else folder.settings.home
        raw = sight.league_json(folder, view, among, under)
        for row in (raw or {}).get("rows", []):
            place = place_of(raw, row["unit"])
            points = {group: Decimal(text) for group, text in row["groups"].items()}
            found.append(
                {
                    **points,
                    "period": view.asked_period.label,
                    "at": (raw or {})["at"],
                    "unit": row["unit"],
                    "name": row["name"],
                    "kind": kind,
                    "parent": (known.get(row["unit"]) or {}).get("parent"),
                    "rank": None if place is None else place["rank"],
                    "of": (raw or {})["of"],
                    "total": Decimal(row["total"]),
                    "band": row["band"],
                    "source": row["source"],
                    "captured_at": row.get("captured_at"),
                }
            )
    return found


def _indicators(folder: DataFolder, view: View, code: str) -> list[dict[str, Cell]]:
    del code
    found: list[dict[str, Cell]] = []
    for unit in _units(folder, view):
        try:
            raw = folder.score(unit["code"], **view.question())
        except QuestionError:
            continue  # nothing is known of it
        for identity, told in raw["indicators"].items():
            found.append(
                {
                    "period": raw["period"],
                    "at": raw["at"],
                    "unit": unit["code"],
                    "name": unit["name"],
                    "indicator": identity,
                    "n": told.get("n"),
                    "d": told.get("d"),
                    "points": Decimal(told["points"]),
                    "max": Decimal(str(told["max"])) if "max" in told else None,
                    "no_data": bool(told.get("no_data")),
                    "inherited": bool(told.get("inherited")),
                }
            )
    return found


def _history(folder: DataFolder, view: View, code: str) -> list[dict[str, Cell]]:
    raw = sight.ask(folder.score, code, **view.question())
    told = sight.history(folder, view, raw) or {"rows": []}
    return [
        {
            **{group: Decimal(points) for group, points in (row.get("groups") or {}).items()},
            "unit": code,
            "at": row["at"],
            "total": Decimal(row["total"]),
        }
        for row in told["rows"]
        if row.get("dossiers", 1)
    ]
