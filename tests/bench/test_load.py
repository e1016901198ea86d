"""The load generator: what it counts is what the server took in, and failures are seen."""

from __future__ import annotations

import pytest

from chiso.bench.load import Plan, Seen, _tell, measure
from chiso.bench.report import Report


@pytest.mark.slow
def test_a_small_load_goes_through_whole() -> None:
    report = Report()
    plan = Plan(readers=20, every=1.0, streams=4, rate=50, seconds=4, processes=1, stock=300)
    measure(report, plan)
    assert report.differences == []
    lines = {line.name: line for line in report.parts["Load"]}
    rate = lines["messages accepted"].value
    assert rate is not None
    assert 0 < rate <= 50
    assert "200 accepted, 200 new in the ledger" in lines["messages accepted"].note
    assert lines["score events heard"].note == "4 of 4 open at the end"
    pages = lines["pages to 20 readers"].value
    assert pages is not None
    assert pages > 5


def test_what_is_lost_is_told() -> None:
    report = Report()
    _tell(report, Plan(streams=2, seconds=1), Seen(open=1), Seen(accepted=10), 5)
    assert report.differences == [
        "10 messages were accepted and 5 are counted",
        "1 streams ended before their time",
    ]
