"""Bars of a waterfall stand on one scale, from one total to the next."""

from __future__ import annotations

import re
from fractions import Fraction

from chiso.web import waterfall

LOW, HIGH = Fraction(50), Fraction(60)


def bar(text: str) -> tuple[float, float]:
    found = re.search(r'class="piece" x="([\d.]+)%" width="([\d.]+)%"', text)
    assert found
    return float(found[1]), float(found[2])


def test_a_step_goes_from_one_total_to_the_next() -> None:
    up = str(waterfall.step(Fraction(52), Fraction(55), LOW, HIGH))
    assert bar(up) == (20, 30)
    assert 'class="float up"' in up
    down = str(waterfall.step(Fraction(55), Fraction(52), LOW, HIGH, "late_data"))
    assert bar(down) == (20, 30)
    assert 'class="float down late_data"' in down


def test_a_hair_can_still_be_seen_and_a_total_is_a_mark() -> None:
    assert bar(str(waterfall.step(Fraction(55), Fraction(55), LOW, HIGH)))[1] == waterfall.LEAST
    assert 'class="mark" x="70.000%"' in str(waterfall.level(Fraction(57), LOW, HIGH))
    assert "style=" not in str(waterfall.level(Fraction(57), LOW, HIGH))
