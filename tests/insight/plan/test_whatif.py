"""Shares of the same dossiers nest."""

from __future__ import annotations

import numpy as np

from chiso.insight.plan.stocks import DIGITISE, FINISH, RESULT, SYNC, Stocked
from chiso.insight.plan.whatif import _layers


def stocked(possible: int, *, overdue: bool = False) -> Stocked:
    return Stocked(np.arange(10), overdue, -1, possible, [])


def test_the_larger_share_holds_the_smaller() -> None:
    told = _layers(stocked(RESULT | DIGITISE), {"result": 50, "digitise": 30})
    assert told == [(3, RESULT | DIGITISE), (2, RESULT)]
    assert _layers(stocked(RESULT | DIGITISE), {}) == []
    assert _layers(stocked(RESULT), {"result": 100, "due": 100}) == [(10, RESULT)]


def test_no_result_before_it_is_finished_and_no_sync_beside_a_message() -> None:
    assert _layers(stocked(FINISH | RESULT), {"result": 100, "due": 40}) == [(4, FINISH | RESULT)]
    assert _layers(stocked(FINISH, overdue=True), {"due": 100}) == []
    assert _layers(stocked(FINISH, overdue=True), {"overdue": 25}) == [(2, FINISH)]
    assert _layers(stocked(DIGITISE | SYNC), {"digitise": 20, "sync": 100}) == [(2, DIGITISE), (8, SYNC)]
