"""The picture of what lies ahead: drawn from the answer's own points, thinned, with room around them."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import DAY, iso
from chiso.web.ahead_chart import MOST, _bounds, _local, _thinned, pictures
from chiso.web.view import View
from tests.web.world import NOW

totals = st.lists(st.integers(5000, 5040).map(lambda value: f"{value / 100:.2f}"), min_size=1, max_size=2000)


@given(totals)
def test_thinned_steps_are_those_at_which_the_total_changes(told: list[str]) -> None:
    steps = [{"at": iso(NOW + place), "total": total} for place, total in enumerate(told)]
    kept = _thinned(steps)
    assert len(kept) <= MOST + 1
    assert kept[0] is steps[0]
    changes = [step for before, step in pairwise(steps) if before["total"] != step["total"]]
    assert all(step is steps[0] or step in changes for step in kept)
    assert kept[-1]["total"] == steps[-1]["total"]
    if len(changes) < MOST:
        assert kept == [steps[0], *changes]


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=9))
def test_bounds_leave_air_and_stay_within_the_scale(values: list[Decimal]) -> None:
    low, high = _bounds(values)
    assert 0 <= low <= float(min(values))
    assert float(max(values)) <= high <= 100
    assert high - low >= 0.25


def answer(falls: int, forecast: bool) -> dict[str, Any]:
    steps = [
        {"at": iso(NOW + place * DAY), "total": f"{59.18 - place / 100:.2f}"} for place in range(falls + 1)
    ]
    rows = [{"at": iso(NOW + day * DAY), "low": "59.00", "total": "59.25", "high": "59.40"} for day in (1, 2)]
    return {"steps": steps, "until": iso(NOW + 20 * DAY), "forecast": {"rows": rows} if forecast else None}


def test_nothing_to_draw() -> None:
    assert pictures(answer(0, forecast=False), View("/", NOW)) is None


def test_the_ends_are_named_in_the_readers_language() -> None:
    for lang, numbers in (("vi", ("59,15", "59,25")), ("en", ("59.15", "59.25"))):
        drawn = pictures(answer(3, forecast=True), View("/", NOW, lang=lang))
        assert drawn is not None
        for picture in drawn:
            assert str(picture).startswith("<svg")
            assert all(number in picture for number in numbers)
            assert "<script" not in picture
    alone = pictures(answer(3, forecast=False), View("/", NOW))
    assert alone is not None
    assert "59,25" not in alone[0]


def test_instants_are_drawn_on_the_clock_of_the_product() -> None:
    assert _local("2026-10-10T06:00:00+07:00") == "2026-10-10T06:00:00"
    assert _local("2026-10-09T23:00:00+00:00") == "2026-10-10T06:00:00"
