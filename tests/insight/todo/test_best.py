"""What to begin the day with: all kinds that give anything, and what all of a kind gives at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chiso.folder import DataFolder
from chiso.insight.todo.answer import todo
from chiso.insight.todo.best import best_of
from chiso.instants import NEVER, iso
from chiso.law.scoring import decimals
from tests.insight.work import do


def exact(folder: DataFolder, unit: str) -> Decimal:
    return Decimal(folder.score(unit)["exact"])


@pytest.mark.parametrize("unit", ["H01", "H01.113", "H01.06"])
def test_kinds_are_those_of_the_list(work_at_hand: DataFolder, unit: str) -> None:
    rows = todo(work_at_hand, unit, limit=10_000)["rows"]
    told = best_of(work_at_hand, unit)
    assert [one.most for one in told] == sorted((one.most for one in told), reverse=True)
    for one in told:
        own = [row for row in rows if row["what"] == one.what]
        assert decimals(one.most) == max(row["points"] for row in own)
        giving = [row for row in own if Decimal(row["points"]) > 0]
        assert len(giving) <= one.count <= len(own)
        ahead = [row["by"] for row in own if row["by"] > iso(work_at_hand.now())]
        assert one.by == NEVER or iso(one.by) == min(ahead)
        assert 0 < one.most <= one.together
    gives = {row["what"] for row in rows if Decimal(row["points"]) > 0}
    assert {one.what for one in told} == gives


@pytest.mark.parametrize(
    ("unit", "what"),
    [
        ("H01.113", "result"),
        ("H01.113", "digitise"),
        ("H01.113", "pay"),
        ("H01.113", "fee"),
        ("H01.06", "offer_online"),
        ("H01", "offer_online"),
        ("H01", "complete"),
        ("H01", "publish"),
    ],
)
def test_all_of_a_kind_done_gives_what_was_told(busy: DataFolder, unit: str, what: str) -> None:
    (told,) = (one for one in best_of(busy, unit) if one.what == what)
    rows = [row for row in todo(busy, unit, what=[what], limit=10_000)["rows"] if Decimal(row["points"]) > 0]
    assert len(rows) == told.count
    before = exact(busy, unit)
    for row in rows:
        do(busy, row)
    gained = exact(busy, unit) - before  # of two numbers that are rounded at the tenth decimal
    assert abs(Decimal(decimals(told.together)) - gained) <= Decimal("1e-10")
