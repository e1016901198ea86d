"""The layout rules of an official letter, as data: ``nd30.yaml``.  Letters are made and checked by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True)
class Element:
    """A part of a letter: how it looks.  Sizes in points."""

    id: str
    box: str
    ref: str
    names: Mapping[str, str]
    text: str
    upper: bool
    sizes: tuple[int, int]
    use: int
    """the size that is made"""
    bold: bool
    italic: bool
    align: str
    line: tuple[Fraction, Fraction] | None
    """length of the line under it, as a share of the text's: at least, at most"""
    before: int
    """points of space before it"""


@dataclass(frozen=True)
class Statement:
    """A rule in words, with its place in the decree."""

    id: str
    ref: str
    vi: str
    en: str


@dataclass(frozen=True)
class Margin:
    least: int
    most: int
    use: int


@dataclass(frozen=True)
class Layout:
    """The whole table."""

    source: str
    font: str
    size_mm: tuple[int, int]
    margins: Mapping[str, Margin]
    """side → millimetres"""
    number_sizes: tuple[int, int]
    number_use: int
    indents_cm: tuple[float, ...]
    indent_cm: float
    between_pt: int
    lines: tuple[float, float]
    lines_use: float
    elements: Mapping[str, Element]
    statements: Mapping[str, Statement]

    def __getitem__(self, name: str) -> Element:
        return self.elements[name]


def _share(value: float) -> Fraction:
    return Fraction(value).limit_denominator(6)


def _element(told: dict[str, Any]) -> Element:
    line = told.get("line")
    return Element(
        told["id"],
        told["box"],
        told["ref"],
        told["name"],
        told.get("text", ""),
        told.get("case") == "upper",
        (told["size"][0], told["size"][1]),
        told["use"],
        told["bold"],
        told.get("italic", False),
        told.get("align", "left"),
        None if line is None else (_share(line[0]), _share(line[1])),
        told.get("before_pt", 0),
    )


@cache
def layout() -> Layout:
    """The rules, read once."""
    told = yaml.safe_load((files(__package__) / "nd30.yaml").read_text(encoding="utf-8"))
    page, body, number = told["page"], told["body"], told["page_number"]
    elements = [_element(one) for one in told["elements"]]
    return Layout(
        told["source"],
        told["font"]["name"],
        (page["size_mm"][0], page["size_mm"][1]),
        {
            side: Margin(one["range"][0], one["range"][1], one["use"])
            for side, one in page["margins_mm"].items()
        },
        (number["size"][0], number["size"][1]),
        number["use"],
        tuple(body["indents_cm"]),
        body["use_cm"],
        body["between_pt"],
        (body["lines"][0], body["lines"][1]),
        body["use_lines"],
        {one.id: one for one in elements},
        {key: Statement(key, one["ref"], one["vi"], one["en"]) for key, one in told["texts"].items()},
    )
