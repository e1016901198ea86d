"""Alerts fire once, recover once, and never flap, whatever is seen."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.intake.records import AlertRule
from chiso.steering.alerts.machine import Bounds, Event, Standing, amount, step

MINUTE = 60
BELOW = Bounds.of(AlertRule("a", "a", "total", "below", "80", "82", hold=30, recover=60))
ABOVE = Bounds.of(AlertRule("a", "a", "due", "above", "50", "30"))


def run(bounds: Bounds, seen: list[tuple[int, float | None]]) -> list[tuple[int, str, Event | None]]:
    """(minute, state, event) after each (minute, value)."""
    standing, found = Standing(), []
    for minute, value in seen:
        told = None if value is None else Fraction(str(value))
        standing, event = step(bounds, standing, told, minute * MINUTE)
        found.append((minute, standing.state, event))
    return found


def test_it_must_hold_before_it_alerts_and_before_it_is_over() -> None:
    seen = [(0, 85), (10, 79), (39, 79), (40, 79), (50, 70), (60, 82), (119, 83), (120, 84), (130, 84)]
    assert run(BELOW, [(minute, float(value)) for minute, value in seen]) == [
        (0, "normal", None),
        (10, "pending", None),
        (39, "pending", None),
        (40, "alerting", "alert"),
        (50, "alerting", None),
        (60, "recovering", None),
        (119, "recovering", None),
        (120, "normal", "over"),
        (130, "normal", None),
    ]


def test_a_short_dip_says_nothing_and_a_short_relief_ends_nothing() -> None:
    assert run(BELOW, [(0, 79), (20, 80), (25, 79), (54, 79)])[-1] == (54, "pending", None)
    told = run(BELOW, [(0, 79), (30, 79), (40, 82), (90, 81.9), (91, 82), (150, 82), (151, 82)])
    assert [event for *_, event in told if event] == ["alert", "over"]
    assert told[3][1] == "alerting"  # between the marks what is open stays open
    assert told[-1] == (151, "normal", "over")


def test_between_the_marks_nothing_begins() -> None:
    assert [state for _, state, _ in run(BELOW, [(0, 81), (60, 80.5), (120, 80)])] == ["normal"] * 3


def test_without_hold_and_recover_it_follows_at_once() -> None:
    assert run(ABOVE, [(0, 51), (1, 40), (2, 30)]) == [
        (0, "alerting", "alert"),
        (1, "alerting", None),
        (2, "normal", "over"),
    ]


def test_no_data_neither_ends_an_alert_nor_begins_one() -> None:
    told = run(
        BELOW, [(0, 79), (30, 79), (40, None), (500, None), (510, 79), (520, None), (530, 90), (590, 90)]
    )
    assert [(state, event) for _, state, event in told] == [
        ("pending", None),
        ("alerting", "alert"),
        ("no_data", None),
        ("no_data", None),
        ("alerting", None),
        ("no_data", None),
        ("recovering", None),
        ("normal", "over"),
    ]
    assert [state for _, state, _ in run(BELOW, [(0, None), (10, 79), (20, None), (50, 79)])] == [
        "no_data", "pending", "no_data", "pending",
    ]  # fmt: skip


def test_shares_are_compared_as_shares() -> None:
    bounds = Bounds.of(AlertRule("a", "a", "2.1", "below", "95%"))
    assert bounds.wrong(Fraction(949, 1000))
    assert bounds.right(Fraction(95, 100))
    assert amount("62.5%") == Fraction(5, 8)
    with pytest.raises(ValueError, match="threshold"):
        amount("cao")


@st.composite
def rules(draw: st.DrawFn) -> Bounds:
    below = draw(st.booleans())
    threshold = Fraction(draw(st.integers(0, 20)))
    gap = draw(st.integers(0, 6))
    return Bounds(
        below,
        threshold,
        threshold + gap if below else threshold - gap,
        draw(st.integers(0, 5)) * MINUTE,
        draw(st.integers(0, 5)) * MINUTE,
    )


@given(rules(), st.lists(st.tuples(st.integers(1, 4), st.none() | st.integers(-5, 25)), max_size=60))
def test_whatever_is_seen(bounds: Bounds, seen: list[tuple[int, int | None]]) -> None:
    """Alert and over take turns; each only after its time without anything to the contrary."""
    standing, at = Standing(), 0
    events: list[tuple[int, Event]] = []
    values: list[tuple[int, int | None]] = []
    for minutes, value in seen:
        at += minutes * MINUTE
        before = standing
        standing, event = step(bounds, before, None if value is None else Fraction(value), at)
        values.append((at, value))
        assert step(bounds, standing, None if value is None else Fraction(value), at)[0] in (
            standing, Standing(standing.state, standing.since, standing.open_since),
        ) or bounds.hold == 0 or bounds.recover == 0  # fmt: skip
        if event is not None:
            events.append((at, event))
        assert (standing.open_since is not None) == (len(events) % 2 == 1)
        assert standing.since <= at
    assert [event for _, event in events] == ["alert", "over"][: len(events)] * (
        len(events) // 2 or 1
    ) or all(event == ("alert", "over")[place % 2] for place, (_, event) in enumerate(events))
    for at, event in events:
        span = bounds.hold if event == "alert" else bounds.recover
        within = [value for when, value in values if at - span <= when <= at]
        assert None not in within
        check = bounds.wrong if event == "alert" else bounds.right
        assert all(check(Fraction(value)) for value in within if value is not None)
