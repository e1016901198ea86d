"""Points from numerators and denominators alone: a figures file, and its score.

A figures file is YAML or JSON::

    law: qd766            # left out: the law of the day
    at: 2026-10-10        # a date or an instant
    level: province       # department, district, commune
    figures: {"1.1": [0, 55], "1.3": [54, 54]}
    given: {online_services: 6.97}   # groups (or indicators) known by points only

An indicator that is not named has no data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from chiso.instants import BadInstantError, day_of, instant_of, iso, midnight, parse_instant
from chiso.law.document import parse_yaml
from chiso.law.loader import default_law, load
from chiso.law.model import LEVELS, LawError, LawVersion
from chiso.law.scoring import Figure, Scored, score

LARGEST: Final = 10**14
"""No count of a nation reaches this; a larger one is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a figures file says."""

    law: str
    at: int
    """instant"""
    level: str
    figures: Mapping[str, Figure]
    given: Mapping[str, Decimal]

    @property
    def version(self) -> LawVersion:
        """The law on the day of ``at``."""
        return load(self.law).at(day_of(self.at))

    def score(self) -> Scored:
        return score(self.version, self.level, self.figures, self.given)

    def as_json(self) -> dict[str, Any]:
        """What ``score --figures --json`` prints."""
        version = self.version
        head = {"level": self.level, "at": iso(self.at), "law": self.law, "law_version": version.version}
        return {**head, **self.score().as_json()}


def read_figures(path: Path) -> Figures:
    """Reads a figures file.

    Raises:
        LawError: it cannot be read or does not hold; names the file, the key and the reason.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LawError(str(path), "", f"cannot be read: {error}") from error
    return parse_figures(text, str(path))


def parse_figures(text: str, place: str = "figures") -> Figures:
    """Reads the text of a figures file; see :func:`read_figures`."""
    found = figures_of(_data(text, place), place)
    try:
        found.score()  # what cannot be scored is refused here, with the file's name
    except LawError as error:
        raise LawError(place, f"{error.place}.{error.key}", error.reason) from error
    return found


def figures_of(data: object, place: str = "figures") -> Figures:
    """Figures from plain data, as a figures file holds them."""
    if not isinstance(data, Mapping):
        raise LawError(place, "", "must be a mapping with law, at, level and figures")
    for key in data:
        if key not in ("law", "at", "level", "figures", "given"):
            raise LawError(place, str(key), "unknown key; known are law, at, level, figures, given")
    at = _instant(data.get("at"), place)
    level = data.get("level", "province")
    if level not in LEVELS:
        raise LawError(place, "level", f"is {level!r}, must be one of {', '.join(LEVELS)}")
    law = data.get("law") or default_law(day_of(at))
    if not isinstance(law, str):
        raise LawError(place, "law", f"is {law!r}, must be the id of a law")
    figures = {name: _figure(value, place, name) for name, value in _named(data, "figures", place)}
    given = {name: _points(value, place, name) for name, value in _named(data, "given", place)}
    version = load(law).at(day_of(at))
    for name in figures:
        if name not in version.indicators:
            known = ", ".join(version.indicators) or "none, only groups can be given"
            raise LawError(place, f"figures.{name}", f"{law} has no such indicator; there are {known}")
    for name in given:
        if name not in version.groups and name not in version.indicators:
            known = ", ".join(version.groups)
            raise LawError(place, f"given.{name}", f"{law} has no such group; there are {known}")
    return Figures(law, at, level, figures, given)


def _data(text: str, place: str) -> object:
    """JSON is almost YAML, but may be indented by tabs: read it as itself where it is."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, parse_float=str, object_pairs_hook=_once)
        except json.JSONDecodeError:
            pass  # a YAML mapping may begin so too
        except KeyError as error:
            raise LawError(place, str(error.args[0]), "stands twice") from error
    return parse_yaml(text, place)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise KeyError(key)
        found[key] = value
    return found


def _named(data: Mapping[Any, Any], key: str, place: str) -> list[tuple[str, Any]]:
    part = data.get(key)
    if part is None:
        return []
    if not isinstance(part, Mapping):
        raise LawError(place, key, "must be a mapping")
    return [(str(name), value) for name, value in part.items()]


def _instant(value: object, place: str) -> int:
    if isinstance(value, datetime):
        return instant_of(value)
    if isinstance(value, date):
        return midnight(value)
    if isinstance(value, str):
        try:
            return parse_instant(value)
        except BadInstantError as error:
            raise LawError(place, "at", str(error)) from error
    raise LawError(place, "at", "is missing: write a date or an instant, 2026-10-10")


def _figure(value: object, place: str, name: str) -> Figure:
    key = f"figures.{name}"
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise LawError(place, key, "must be [numerator, denominator]")
    n, d = value
    if n is None and d is None:
        return None
    for part in (n, d):
        if isinstance(part, bool) or not isinstance(part, int):
            raise LawError(place, key, f"has {part!r}, must be two whole numbers")
        if part < 0 or part > LARGEST:
            raise LawError(place, key, f"has {part}, must lie between 0 and {LARGEST}")
    if n and not d:
        raise LawError(place, key, f"is {n}/0: without a denominator there can be no numerator")
    return n, d


def _points(value: object, place: str, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, str, float)):
        raise LawError(place, f"given.{name}", f"is {value!r}, must be points")
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise LawError(place, f"given.{name}", f"is {value!r}, must be points") from error
    if not found.is_finite():
        raise LawError(place, f"given.{name}", f"is {value!r}, must be points")
    return found
