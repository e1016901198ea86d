"""What a letter asks of units for groups of criteria that are low, where no task says it better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from importlib.resources import files

import yaml

from chiso.steering.letters.facts import Order, Standing
from chiso.steering.letters.phrases import points


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Group → league → what is asked for."""
    found: dict[str, dict[str, str]] = yaml.safe_load(
        (files(__package__) / "measures.yaml").read_text(encoding="utf-8")
    )
    return found


def orders(
    standing: Standing, kinds: Iterable[str], units: Iterable[str], least: Fraction, mark: str = ","
) -> list[Order]:
    """For each kind of unit a sentence for every group under a share of its maximum, the most lost first."""
    low = [one for one in standing.groups if Fraction(one.ratio) < least]
    low.sort(key=lambda one: Fraction(one.points) - Fraction(one.most))
    addressed = tuple(units)
    return [
        Order(
            kind,
            f"{one.name} (đạt {points(one.points, mark)}/{one.most} điểm): {sentences()[one.group][kind]}",
            "",
            addressed,
        )
        for kind in kinds
        for one in low
        if kind in sentences().get(one.group, {})
    ]
