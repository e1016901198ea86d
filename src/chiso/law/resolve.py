"""A law on a day: dated values chosen, rules settled, everything checked and fingerprinted."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from chiso.law.document import Dated, Node, dated, exact
from chiso.law.life import LifeRules
from chiso.law.model import (
    SCOPES,
    Band,
    Count,
    Group,
    Indicator,
    LawError,
    LawVersion,
    Option,
    Plain,
    Portal,
    Reference,
    Rounding,
    Rule,
    Text,
)

if TYPE_CHECKING:
    from chiso.law.loader import Source

INDICATOR_DATED = (
    "maximum", "cap", "scope", "n", "d", "no_data", "below_province", "constant", "times",
)  # fmt: skip
_OPTIONAL = ("constant", "times")
_KINDS = ("dossiers", "procedures_with", "register", "sum")
_PERIODS = ("month", "quarter", "half", "year", "range")


class _Resolver:
    def __init__(self, source: Source, day: date, chosen: Mapping[str, str]) -> None:
        self.index = Node(source.index, source.place)
        self.source, self.day, self.chosen = source, day, chosen
        sources = self.index.child("sources")
        self.sources = {name: sources.words(name) for name in sources.data}

    def dated(self, node: Node, key: str) -> Dated:
        found = dated(node, key, self.day, self.sources)
        if found is None:
            raise node.error(key, f"has no value on {self.day}")
        return found

    def section(self, name: str) -> Iterator[tuple[str, Node]]:
        if name in self.index.data:
            node = self.index.child(name)
            for key in node.data:
                yield str(key), node.child(key)

    def rules(self) -> dict[str, Rule]:
        found = {}
        for name, node in self.section("rules"):
            node.only("names", "value", "options")
            options = {}
            for key in node.child("options").data:
                one = node.child("options").child(key)
                one.only("names", "definitions", "life", "indicators")
                options[key] = Option(
                    key,
                    one.words("names"),
                    MappingProxyType(dict(one.data.get("definitions", {}))),
                    MappingProxyType(dict(one.data.get("life", {}))),
                    MappingProxyType(dict(one.data.get("indicators", {}))),
                )
            value = self.dated(node, "value")
            chosen = self.chosen.get(name, value.value)
            if chosen not in options:
                raise node.error("value", f"is {chosen!r}, must be one of {', '.join(options)}")
            found[name] = Rule(name, node.words("names"), MappingProxyType(options), chosen, value.reference)
        return found

    def definitions(self, rules: Mapping[str, Rule]) -> dict[str, str]:
        node = self.index.child("definitions") if "definitions" in self.index.data else None
        found = {name: node.text(name) for name in node.data} if node else {}
        by: dict[str, str] = {}
        for rule in rules.values():
            for option in rule.options.values():
                for name, text in option.definitions.items():
                    key = f"rules.{rule.id}.options.{option.id}.definitions.{name}"
                    if name not in found or not isinstance(text, str):
                        raise self.index.error(key, "replaces a definition that there is not, or by no text")
                    if option.id != rule.chosen:
                        continue
                    if name in by:
                        raise self.index.error(key, f"is also replaced by the rule {by[name]}")
                    found[name], by[name] = text, rule.id
        return found

    def life(self, rules: Mapping[str, Rule]) -> LifeRules:
        switches: dict[str, bool] = {}
        known = {one.name for one in dataclasses.fields(LifeRules)}
        for rule in rules.values():
            for option in rule.options.values():
                for name, on in option.life.items():
                    if name not in known or not isinstance(on, bool):
                        key = f"rules.{rule.id}.options.{option.id}.life.{name}"
                        reason = f"must be true or false of one of {', '.join(sorted(known))}"
                        raise self.index.error(key, reason)
                    if option.id == rule.chosen:
                        switches[name] = on
        return LifeRules(**switches)

    def replaced(self, rules: Mapping[str, Rule]) -> None:
        """Checks what options replace of indicators."""
        for rule in rules.values():
            for option in rule.options.values():
                for name, part in option.indicators.items():
                    key = f"rules.{rule.id}.options.{option.id}.indicators.{name}"
                    if name not in self.source.indicators:
                        raise self.index.error(key, "is no indicator of this law")
                    Node(part, self.index.place, key).only(*INDICATOR_DATED)

    def count(self, node: Node, key: str, raw: object, registers: Mapping[str, Text]) -> Count:
        part = Node(raw, node.place, node.at(key))
        kinds = [kind for kind in _KINDS if kind in part.data]
        if len(kinds) != 1:
            raise part.error("", f"must have exactly one of {', '.join(_KINDS)}")
        if kinds == ["dossiers"]:
            part.only("dossiers")
            return Count("dossiers", where=part.text("dossiers"))
        if kinds == ["sum"]:
            part.only("sum", "where")
            return Count("sum", amount=part.text("sum"), where=part.text("where"))
        name = "among" if kinds == ["procedures_with"] else "register"
        register = part.one_of(name, tuple(registers))
        if kinds == ["procedures_with"]:
            part.only("procedures_with", "among")
            return Count("procedures_with", where=part.text("procedures_with"), among=register)
        part.only("register", "at_least_n", "otherwise")
        otherwise = part.one_of("otherwise", ("n", "last_year")) if "otherwise" in part.data else ""
        at_least = part.data.get("at_least_n", False)
        if not isinstance(at_least, bool) or (key == "n" and (at_least or otherwise)):
            raise part.error("at_least_n", "must be true or false, and is for denominators alone")
        return Count("register", register=register, at_least_n=at_least, otherwise=otherwise)

    def indicator(
        self, node: Node, rules: Mapping[str, Rule], registers: Mapping[str, Text], groups: tuple[str, ...]
    ) -> Indicator | None:
        maximum = dated(node, "maximum", self.day, self.sources)
        if maximum is None:
            return None  # it has not begun, or has ended
        values: dict[str, Any] = {"maximum": maximum.value}
        references: dict[str, Reference] = {"maximum": maximum.reference}
        for key in INDICATOR_DATED[1:]:
            if key in _OPTIONAL:
                found = dated(node, key, self.day, self.sources) if key in node.data else None
            else:
                found = self.dated(node, key)
            values[key] = None if found is None else found.value
            if found is not None:
                references[key] = found.reference
        name = node.text("id")
        for rule in rules.values():
            for key, value in rule.options[rule.chosen].indicators.get(name, {}).items():
                values[key], references[key] = value, rule.reference
        scope, below = values["scope"], values["below_province"]
        if scope not in SCOPES:
            raise node.error("scope", f"is {scope!r}, must be one of {', '.join(SCOPES)}")
        cap = exact(values["cap"], node, "cap")
        if not 0 < cap <= 1:
            raise node.error("cap", f"is {values['cap']!r}, must be above 0% and at most 100%")
        points = {key: exact(values[key], node, key) for key in ("maximum", "no_data")}
        constant = None if values["constant"] is None else exact(values["constant"], node, "constant")
        for key, value in (*points.items(), ("constant", constant or Fraction(0))):
            if value < 0 or value > points["maximum"]:
                raise node.error(key, f"is {value}, must lie between 0 and the maximum")
            if value * 100 % 1:
                raise node.error(key, f"is {value}, must have two decimals at most")
        plain, portal = node.child("plain"), node.child("portal")
        plain.only("n", "d", "points")
        portal.only("metric", "numerator", "denominator")
        return Indicator(
            id=name,
            group=node.one_of("group", groups),
            names=node.words("names"),
            maximum=points["maximum"],
            cap=cap,
            scope=scope,
            n=self.count(node, "n", values["n"], registers),
            d=self.count(node, "d", values["d"], registers),
            no_data=points["no_data"],
            constant=constant,
            below_province=_below(below, node),
            times=str(values["times"] or ""),
            rounding=self.rounding_of(node.one_of("group", groups)),
            unit=node.one_of("unit", ("dossiers", "procedures", "petitions", "seconds", "communes")),
            plain=Plain(plain.words("n"), plain.words("d"), plain.words("points")),
            portal=Portal(
                str(portal.data.get("metric", "")),
                tuple(portal.data.get("numerator", ())),
                tuple(portal.data.get("denominator", ())),
            ),
            references=MappingProxyType(references),
            file=node.place,
        )

    def groups(self, indicators: Mapping[str, Indicator]) -> dict[str, Group]:
        found = {}
        for name, node in self.section("groups"):
            node.only("code", "names", "maximum", "computed_from", "rounding")
            maximum, computed = self.dated(node, "maximum"), self.dated(node, "computed_from")
            members = tuple(one.id for one in indicators.values() if one.group == name)
            group = Group(
                name,
                node.text("code"),
                node.words("names"),
                exact(maximum.value, node, "maximum"),
                _computed(computed.value, node),
                self.rounding_of(name),
                members,
                MappingProxyType(self.group_references(node)),
            )
            whole = sum((indicators[one].maximum for one in members), Fraction(0))
            if members and whole != group.maximum:
                raise node.error("maximum", f"is {group.maximum}, but its indicators sum to {whole}")
            found[name] = group
        return found

    def group_references(self, node: Node) -> dict[str, Reference]:
        keys = ("maximum", "computed_from", *(("rounding",) if "rounding" in node.data else ()))
        return {key: self.dated(node, key).reference for key in keys}

    def bands(self) -> tuple[Band, ...]:
        value = self.dated(self.index, "bands")
        bands = []
        if not isinstance(value.value, list):
            raise self.index.error("bands", "must be a list of bands")
        for position, raw in enumerate(value.value):
            node = Node(raw, self.index.place, f"bands[{position}]")
            node.only("id", "names", "floor")
            floor = Decimal(str(node.get("floor")))
            bands.append(Band(node.text("id"), node.words("names"), floor, value.reference))
        bands.sort(key=lambda band: -band.floor)
        if not bands or bands[-1].floor != 0:
            raise self.index.error("bands", "the lowest band must begin at 0")
        return tuple(bands)

    def rounding(self, node: Node | None = None) -> Rounding:
        holder = node or self.index
        value = Node(self.dated(holder, "rounding").value, holder.place, holder.at("rounding"))
        value.only("places", "ties")
        if value.get("places") != 2:
            raise value.error("places", "must be 2: points are published with two decimals")
        return Rounding(2, "even" if value.one_of("ties", ("even", "up")) == "even" else "up")

    def rounding_of(self, group: str) -> Rounding:
        node = self.index.child("groups").child(group)
        return self.rounding(node if "rounding" in node.data else None)

    def periods(self) -> tuple[str, ...]:
        value = self.dated(self.index, "periods").value
        if not isinstance(value, list) or any(one not in _PERIODS for one in value):
            raise self.index.error("periods", f"must be a list of {', '.join(_PERIODS)}")
        return tuple(value)

    def ties(self) -> str:
        value = self.dated(self.index, "ties").value
        if value not in ("1224", "1223", "1334"):
            raise self.index.error("ties", f"is {value!r}, must be 1224, 1223 or 1334")
        return str(value)


def _below(value: object, node: Node) -> Literal["own", "inherited", "none"]:
    for known in ("own", "inherited", "none"):
        if value == known:
            return known
    raise node.error("below_province", f"is {value!r}, must be own, inherited or none")


def _computed(value: object, node: Node) -> Literal["points", "ratios"]:
    if value == "points":
        return "points"
    if value == "ratios":
        return "ratios"
    raise node.error("computed_from", f"is {value!r}, must be points or ratios")


def resolve(
    law_id: str, words: tuple[Text, Text], source: Source, day: date, chosen: Mapping[str, str]
) -> LawVersion:
    """Everything of a law as it stands on a day, with the given options.

    Args:
        law_id: the law.
        words: its name, and the note on it.
        source: the law as read.
        day: the day.
        chosen: rule to option, against the law's own.

    Raises:
        LawError: a value is missing or wrong; names file, key and reason.
    """
    at = _Resolver(source, day, chosen)
    rules = at.rules()
    at.replaced(rules)
    registers = {name: Text(str(n.get("vi")), str(n.get("en"))) for name, n in at.section("registers")}
    names_of_groups = tuple(name for name, _ in at.section("groups"))
    indicators: dict[str, Indicator] = {}
    for node in source.indicators.values():
        one = at.indicator(node, rules, registers, names_of_groups)
        if one is not None:
            indicators[one.id] = one
    for one in indicators.values():
        if one.times and (one.times not in indicators or indicators[one.times].times):
            raise LawError(one.file, "times", f"{one.times!r} is no indicator that stands by itself")
        if (
            one.times
            and at.index.child("groups").child(one.group).data["computed_from"][-1]["value"] == "ratios"
        ):
            raise LawError(one.file, "times", "is not possible in a group computed from ratios")
    settings = at.index.data.get("settings", {})
    section = Node(settings, at.index.place, "settings")
    found = LawVersion(
        law=law_id,
        names=words[0],
        day=day,
        groups=MappingProxyType(at.groups(indicators)),
        indicators=MappingProxyType(indicators),
        bands=at.bands(),
        definitions=MappingProxyType(at.definitions(rules)),
        registers=MappingProxyType(registers),
        settings=MappingProxyType({name: at.dated(section, name).value for name in settings}),
        rules=MappingProxyType(rules),
        life_rules=at.life(rules),
        rounding=at.rounding(),
        periods=at.periods(),
        ties=at.ties(),
        sources=MappingProxyType(at.sources),
        note=words[1],
        files=(at.index.place, *(node.place for node in source.indicators.values())),
    )
    return dataclasses.replace(found, version=fingerprint(found))


def values(version: LawVersion) -> dict[str, Any]:
    """Every value that decides a figure, by key, as plain data: no words, no references."""
    found: dict[str, Any] = {}
    for group in version.groups.values():
        found[f"groups.{group.id}.maximum"] = str(group.maximum)
        found[f"groups.{group.id}.computed_from"] = group.computed_from
        found[f"groups.{group.id}.ties"] = group.rounding.ties
    for one in version.indicators.values():
        for key in ("group", "maximum", "cap", "scope", "no_data", "below_province", "constant", "times"):
            value = getattr(one, key)
            found[f"indicators.{one.id}.{key}"] = None if value is None else str(value)
        for key, count in (("n", one.n), ("d", one.d)):
            parts = dataclasses.asdict(count) if count is not None else {}
            found[f"indicators.{one.id}.{key}"] = {name: part for name, part in parts.items() if part}
    for band in version.bands:
        found[f"bands.{band.id}.floor"] = str(band.floor)
    for name, text in version.definitions.items():
        found[f"definitions.{name}"] = text
    for name, value in version.settings.items():
        found[f"settings.{name}"] = value
    for name, option in version.options.items():
        found[f"rules.{name}"] = option
    for field in dataclasses.fields(version.life_rules):
        found[f"life.{field.name}"] = getattr(version.life_rules, field.name)
    found["rounding"] = dataclasses.asdict(version.rounding)
    found["ties"] = version.ties
    found["periods"] = list(version.periods)
    return found


def fingerprint(version: LawVersion) -> str:
    """Twelve hexadecimal digits of SHA-256 over all resolved values."""
    text = json.dumps(values(version), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
