"""A reconciliation serves again while nothing has come in."""

from __future__ import annotations

import pytest

from chiso.insight.reconcile import remembered as module
from chiso.insight.reconcile.remembered import remembered
from chiso.instants import parse_instant
from tests.insight.reconcile.conftest import CAPTURE, HOUR, OTHER, UNIT, Small, everywhere


def test_it_is_made_once_until_something_comes_in(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARE", 0)
    small.publish(small.computed())
    first = remembered(small.folder, UNIT, "2026")
    assert remembered(small.folder, UNIT, "2026") is first
    small.tell(small.one(50, parse_instant("2026-09-20")), known_at=CAPTURE + HOUR)
    small.publish(small.differ(**everywhere(-1, -1)))
    second = remembered(small.folder, UNIT, "2026")
    assert second is not first
    assert [effect.option.cause for effect in second.effects] == ["known_later"]
    small.publish(small.computed(unit=OTHER), unit=OTHER)
    assert remembered(small.folder, OTHER, "2026").gathered.question.unit.code == OTHER
