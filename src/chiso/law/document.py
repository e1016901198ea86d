"""Reading law YAML: strict, with dated values, and errors that say where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import yaml

from chiso.law.model import MARKS, LawError, Mark, Reference, Text

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Reader(_Base):  # type: ignore[misc]
    """YAML without surprises: a key stands once, and numbers with a point stay exact texts."""


def _mapping(reader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = reader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
        found[key] = reader.construct_object(value_node, deep=True)
    return found


def _float_as_text(reader: Any, node: yaml.ScalarNode) -> str:
    return str(reader.construct_scalar(node))


_Reader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Reader.add_constructor("tag:yaml.org,2002:float", _float_as_text)


def parse_yaml(text: str, place: str) -> Any:
    """Parses YAML (or JSON, its subset); numbers with a point come back as texts.

    Raises:
        LawError: not YAML; says the line.
    """
    try:
        return yaml.load(text, _Reader)  # noqa: S506 - derived from the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark is not None else ""
        raise LawError(place, line, str(getattr(error, "problem", None) or error)) from error
    except ValueError as error:  # an impossible date, for one
        raise LawError(place, "", str(error)) from error


@dataclass(frozen=True, slots=True)
class Dated:
    """A value and where it comes from."""

    value: Any
    reference: Reference


class Node:
    """A mapping of a law file with its place, for errors that name file, key and reason."""

    __slots__ = ("data", "key", "place")

    def __init__(self, data: object, place: str, key: str = "") -> None:
        if not isinstance(data, Mapping):
            raise LawError(place, key, f"is {_kind(data)}, must be a mapping")
        self.data, self.place, self.key = data, place, key

    def at(self, key: str) -> str:
        return f"{self.key}.{key}" if self.key else key

    def error(self, key: str, reason: str) -> LawError:
        return LawError(self.place, self.at(key) if key else self.key, reason)

    def only(self, *known: str) -> None:
        """Refuses keys that mean nothing: a misspelt key must not be passed over."""
        for key in self.data:
            if key not in known:
                raise self.error(str(key), f"unknown key; known are {', '.join(known)}")

    def get(self, key: str) -> Any:
        if key not in self.data:
            raise self.error(key, "is missing")
        return self.data[key]

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"is {_kind(value)}, must be a text")
        return value

    def child(self, key: str) -> Node:
        return Node(self.get(key), self.place, self.at(key))

    def words(self, key: str) -> Text:
        node = self.child(key)
        node.only("vi", "en")
        return Text(node.text("vi"), node.text("en"))

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.error(key, f"is {value!r}, must be one of {', '.join(allowed)}")
        return value


def dated(node: Node, key: str, day: date, sources: Mapping[str, Text]) -> Dated | None:
    """The value of a dated key on a day; ``None`` where it has ended or has not begun.

    Raises:
        LawError: the key is missing, or an entry is not ``{from, value, mark, ref}``.
    """
    entries = node.get(key)
    if not isinstance(entries, list) or not entries:
        raise node.error(key, "must be a list of {from, value, mark, ref}")
    best: Dated | None = None
    seen: date | None = None
    for index, raw in enumerate(entries):
        entry = Node(raw, node.place, f"{node.at(key)}[{index}]")
        entry.only("from", "value", "mark", "ref")
        since = start_day(entry)
        if seen is not None and since <= seen:
            raise entry.error("from", "entries must stand in the order of their dates, each date once")
        seen = since
        mark = entry.one_of("mark", tuple(MARKS))
        source, _, place = entry.text("ref").partition(" ")
        if source not in sources:
            raise entry.error("ref", f"begins with {source!r}, which is no source of this law")
        if since <= day:
            best = Dated(entry.get("value"), Reference(_as_mark(mark), source, place, since))
    return best if best is not None and best.value is not None else None


def starts(node: Node, key: str) -> list[date]:
    """The days on which a dated key changes."""
    entries = node.get(key)
    if not isinstance(entries, list):
        return []
    return [start_day(Node(raw, node.place, f"{node.at(key)}[{i}]")) for i, raw in enumerate(entries)]


def start_day(node: Node, key: str = "from") -> date:
    value = node.get(key)
    if type(value) is not date:
        raise node.error(key, f"is {value!r}, must be a day (2026-01-01)")
    return value


def _as_mark(mark: str) -> Mark:
    for known in ("L", "V", "I", "M"):
        if mark == known:
            return known
    raise ValueError(mark)


def exact(value: object, node: Node, key: str) -> Fraction:
    """An exact number: ``6``, ``0.5`` or ``80%``."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise node.error(key, f"is {value!r}, must be a number")
    text = str(value)
    try:
        if text.endswith("%"):
            return Fraction(Decimal(text[:-1])) / 100
        return Fraction(Decimal(text))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise node.error(key, f"is {value!r}, must be a number") from error


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)
