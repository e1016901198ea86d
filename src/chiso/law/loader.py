"""From the YAML of a law to what holds on a day.

A law is a folder: ``index.yaml`` with groups, bands, definitions and rules, and one file per indicator.  A
law that ``extends`` another says only what differs: a key of an indicator, of a rule or of a setting replaces
the other law's key.  Expressions are only carried here; :mod:`chiso.law.expression` parses and checks them,
so that scoring plain figures needs no parser.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from chiso.law.document import Node, parse_yaml, start_day, starts
from chiso.law.model import LawError, LawVersion, Text
from chiso.law.resolve import INDICATOR_DATED, resolve

FIRST_SEEN = ("qd766", "qd766-document", "qd766-2022")
"""The order in which laws are listed; others follow by name."""

_INDEX_KEYS = (
    "id", "extends", "names", "note", "default", "sources", "groups", "bands", "rounding", "ties", "periods",
    "settings", "registers", "definitions", "rules",
)  # fmt: skip
_INDICATOR_KEYS = ("id", "group", "names", "unit", *INDICATOR_DATED, "portal", "plain")


@dataclass(frozen=True, slots=True)
class Source:
    """A law as read, before a day is chosen: its index, its indicators, and where each stands."""

    index: Mapping[str, Any]
    place: str
    indicators: Mapping[str, Node]


@dataclass(frozen=True, eq=False)
class Law:
    """A law through time.  :meth:`at` gives what holds on a day."""

    id: str
    names: Text
    note: Text
    source: Source = field(repr=False)
    chosen: Mapping[str, str] = field(default_factory=dict)
    """options chosen against the law's own"""
    _resolved: dict[date, LawVersion] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def changes(self) -> tuple[date, ...]:
        """The days on which some value of this law begins."""
        return tuple(sorted(set(_changes(self.source))))

    def at(self, day: date) -> LawVersion:
        """The law as it stands on a day.

        On a day before its first value a law is applied as it began, so that a measure can be tried on
        earlier dossiers (``qd766`` on those of 2025).

        Raises:
            LawError: the data of the law do not hold.
        """
        began = [change for change in self.changes if change <= day]
        since = max([self._first, *began[-1:]])
        if since not in self._resolved:
            self._resolved[since] = resolve(self.id, (self.names, self.note), self.source, since, self.chosen)
        return self._resolved[since]

    @property
    def _first(self) -> date:
        """The first day on which all groups of the law have a maximum."""
        groups = Node(self.source.index, self.source.place).child("groups")
        return max(min(starts(groups.child(name), "maximum")) for name in groups.data)

    def with_options(self, options: Mapping[str, str]) -> Law:
        """The same law with some rules settled otherwise; its versions have fingerprints of their own.

        Raises:
            LawError: no such rule, or no such option of it.
        """
        rules = self.source.index.get("rules", {})
        for rule, option in options.items():
            if rule not in rules:
                known = ", ".join(sorted(rules))
                raise LawError(self.id, f"rules.{rule}", f"no such rule; there are {known}")
            if option not in rules[rule]["options"]:
                allowed = ", ".join(rules[rule]["options"])
                raise LawError(self.id, f"rules.{rule}", f"has no option {option!r}; there are {allowed}")
        return Law(self.id, self.names, self.note, self.source, {**self.chosen, **options})


def _changes(source: Source) -> list[date]:
    index = Node(source.index, source.place)
    found: list[date] = []
    for key in ("bands", "rounding", "ties", "periods"):
        found += starts(index, key)
    groups = index.child("groups")
    for name in groups.data:
        group = groups.child(name)
        found += starts(group, "maximum") + starts(group, "computed_from")
        found += starts(group, "rounding") if "rounding" in group.data else []
    for section in ("settings", "rules"):
        if section in index.data:
            node = index.child(section)
            for name in node.data:
                found += starts(node, name) if section == "settings" else starts(node.child(name), "value")
    for indicator in source.indicators.values():
        for key in INDICATOR_DATED:
            if key in indicator.data:
                found += starts(indicator, key)
    return found


def _read(folder: Traversable, place: str) -> Any:
    try:
        text = folder.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LawError(place, "", f"cannot be read: {error}") from error
    return parse_yaml(text, place)


def _merged(own: Mapping[str, Any], base: Mapping[str, Any], depth: int) -> dict[str, Any]:
    found = dict(base)
    for key, value in own.items():
        inside = found.get(key)
        if depth and isinstance(inside, Mapping) and isinstance(value, Mapping):
            found[key] = _merged(value, inside, depth - 1)
        else:
            found[key] = value
    return found


def _source(law_id: str, find: Callable[[str], Traversable], seen: tuple[str, ...] = ()) -> Source:
    if law_id in seen:
        raise LawError(law_id, "extends", f"goes in a circle: {' → '.join((*seen, law_id))}")
    folder = find(law_id)
    place = f"{law_id}/index.yaml"
    own = Node(_read(folder / "index.yaml", place), place)
    own.only(*_INDEX_KEYS)
    if own.text("id") != law_id:
        raise own.error("id", f"is {own.data['id']!r} in the folder {law_id}")
    base = None
    if "extends" in own.data:
        base = _source(own.text("extends"), find, (*seen, law_id))
        index = _merged(own.data, base.index, depth=3)
    else:
        index = dict(own.data)
    indicators: dict[str, Node] = dict(base.indicators) if base else {}
    part = folder / "indicators"
    if part.is_dir():
        for entry in sorted(part.iterdir(), key=lambda one: one.name):
            if not entry.name.endswith(".yaml"):
                continue
            name = entry.name.removesuffix(".yaml")
            here = f"{law_id}/indicators/{entry.name}"
            node = Node(_read(entry, here), here)
            node.only(*_INDICATOR_KEYS)
            if name in indicators:
                node = Node(_merged(node.data, indicators[name].data, depth=0), here)
            if node.text("id") != name:
                raise node.error("id", f"is {node.data['id']!r} in the file {entry.name}")
            indicators[name] = node
    return Source(index, place, dict(sorted(indicators.items())))


def _shelf() -> Traversable:
    return files("chiso.law") / "data"


def _finder(shelf: Traversable | None) -> Callable[[str], Traversable]:
    def find(law_id: str) -> Traversable:
        for place in (shelf, _shelf()):
            if place is not None and law_id.replace("-", "").isalnum():
                folder = place / law_id
                if (folder / "index.yaml").is_file():
                    return folder
        raise LawError(law_id, "", f"no such law; there are {', '.join(law_ids(shelf))}")

    return find


def law_ids(shelf: Traversable | None = None) -> tuple[str, ...]:
    """The ids of all laws of the package, and of a shelf of one's own."""
    found = {
        entry.name
        for place in (shelf, _shelf())
        if place is not None
        for entry in place.iterdir()
        if (entry / "index.yaml").is_file()
    }
    first = [law_id for law_id in FIRST_SEEN if law_id in found]
    return (*first, *sorted(found - set(first)))


def load(law_id: str, shelf: Traversable | None = None) -> Law:
    """Reads a law; a shelf (a folder of law folders, such as a ``Path``) goes before the package's own laws.

    Raises:
        LawError: no such law, or its files do not hold; names file, key and reason.
    """
    if shelf is None:
        return _packaged(law_id)
    return _law(law_id, shelf)


@functools.cache
def _packaged(law_id: str) -> Law:
    return _law(law_id, None)


def _law(law_id: str, shelf: Traversable | None) -> Law:
    source = _source(law_id, _finder(shelf))
    index = Node(source.index, source.place)
    return Law(law_id, index.words("names"), index.words("note"), source)


@functools.cache
def _defaults() -> tuple[tuple[date, date, str], ...]:
    found = []
    for law_id in law_ids():
        place = f"{law_id}/index.yaml"
        index = Node(_read(_shelf() / law_id / "index.yaml", place), place)
        entries = index.data.get("default", [])
        for position, raw in enumerate(entries):
            entry = Node(raw, place, f"default[{position}]")
            entry.only("from", "to")
            until = start_day(entry, "to") if "to" in entry.data else date.max
            found.append((start_day(entry), until, law_id))
    return tuple(found)


def default_law(day: date) -> str:
    """The id of the law that a day is scored by, unless one is asked for.

    Raises:
        LawError: no law is the default on that day.
    """
    for first, last, law_id in _defaults():
        if first <= day <= last:
            return law_id
    begins = min(first for first, _, _ in _defaults())
    raise LawError("default", "", f"no law holds on {day}; the first begins on {begins}")
