"""How an alert comes and goes, as a function of what is seen: it fires once, recovers once, and never flaps.

A rule is *wrong* beyond its threshold, *right* from its clear mark on, and in between neither: what is open
stays open there, what is not does not begin.  It must be wrong for the rule's hold time before it alerts, and
right for its recover time before it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from chiso.intake.records import AlertRule
from chiso.law.goals import number

State = Literal["normal", "pending", "alerting", "recovering", "no_data"]
Event = Literal["alert", "over"]
STATES: Final[tuple[State, ...]] = ("alerting", "recovering", "pending", "no_data", "normal")
"""The most pressing first."""


@dataclass(frozen=True)
class Standing:
    """How a rule stands with a subject."""

    state: State = "normal"
    since: int = 0
    open_since: int | None = None
    """when the alert that is open began; ``None``: none is"""


@dataclass(frozen=True)
class Bounds:
    """What a rule holds against a value."""

    below: bool
    threshold: Fraction
    clear: Fraction
    hold: int
    """seconds"""
    recover: int

    @classmethod
    def of(cls, rule: AlertRule) -> Bounds:
        threshold = amount(rule.threshold)
        clear = amount(rule.clear) if rule.clear else threshold
        return cls(rule.side == "below", threshold, clear, rule.hold * 60, rule.recover * 60)

    def wrong(self, value: Fraction) -> bool:
        return value < self.threshold if self.below else value > self.threshold

    def right(self, value: Fraction) -> bool:
        return not self.wrong(value) and (value >= self.clear if self.below else value <= self.clear)


def amount(text: str) -> Fraction:
    """A threshold as a number: 95% is 19/20."""
    found = number(text)
    if found is None:
        raise ValueError(f"not a threshold: {text!r}")
    return found[0]


def step(bounds: Bounds, before: Standing, value: Fraction | None, at: int) -> tuple[Standing, Event | None]:
    """How a rule stands after a value was seen at an instant, and what there is to tell."""
    if value is None:
        if before.state == "no_data":
            return before, None
        return Standing("no_data", at, before.open_since), None
    if before.open_since is not None:
        return _open(bounds, before, value, at)
    if not bounds.wrong(value):
        return (before if before.state == "normal" else Standing("normal", at)), None
    since = before.since if before.state == "pending" else at
    if at - since >= bounds.hold:
        return Standing("alerting", at, at), "alert"
    return Standing("pending", since), None


def _open(bounds: Bounds, before: Standing, value: Fraction, at: int) -> tuple[Standing, Event | None]:
    if not bounds.right(value):
        same = before.state == "alerting"
        return (before if same else Standing("alerting", at, before.open_since)), None
    since = before.since if before.state == "recovering" else at
    if at - since >= bounds.recover:
        return Standing("normal", at), "over"
    return Standing("recovering", since, before.open_since), None
