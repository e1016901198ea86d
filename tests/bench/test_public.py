"""The public page's benchmark asks a real server, kept and not kept."""

from __future__ import annotations

import pytest

from chiso.bench import public
from chiso.bench.report import Report


@pytest.mark.slow
def test_both_ways_are_asked_and_held_against_each_other() -> None:
    report = Report()
    public.measure(report, 300, 24, 8)
    lines = report.parts[public.TITLE]
    assert [line.name for line in lines] == ["kept as bytes", "made for every reader", "kept against made"]
    assert all(line.value for line in lines)
    assert not report.differences
