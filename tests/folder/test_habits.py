from __future__ import annotations

import numpy as np
import pytest

from chiso.folder.habits import at_night, closed_at_push, never_vneid
from chiso.folder.sent import UNTIMELY, Sent
from chiso.instants import NEVER, parse_instant
from chiso.intake.records import Has

NIGHT = parse_instant("2026-05-05T00:10+07:00")


@pytest.mark.parametrize(
    ("clock", "night"),
    [("20:00", True), ("19:59", False), ("23:59", True), ("00:00", True), ("05:59", True), ("06:00", False)],
)
def test_night(clock: str, night: bool) -> None:
    assert at_night(np.array([parse_instant(f"2026-05-05T{clock}+07:00")]))[0] == night


def test_who_never_says_that_vneid_was_used() -> None:
    senders = np.repeat([1, 2, 3], [50, 49, 50])
    has = np.full(149, int(Has.SYNCED), np.uint32)
    has[-1] |= int(Has.VNEID)
    found = never_vneid(senders, has)
    assert set(senders[found].tolist()) == {1}
    has[0] = 0  # by a table: tells nothing of it
    assert not never_vneid(senders, has).any()


def test_only_ends_told_soon_after_their_stamp_are_stamped() -> None:
    count = 100
    sent = Sent()
    sent.end_at = np.full(count, NIGHT)
    sent.end_known = np.full(count, NIGHT + 900)
    numbers, senders = np.arange(count), np.zeros(count, np.int64)
    assert [part.sum() for part in closed_at_push(sent, senders, numbers)] == [100, 100]
    sent.end_known[:5] = NIGHT + 901
    assert [part.sum() for part in closed_at_push(sent, senders, numbers)] == [95, 100]
    sent.end_known[5] = NIGHT - 1
    assert [part.sum() for part in closed_at_push(sent, senders, numbers)] == [0, 100]
    sent.end_known[:6] = UNTIMELY
    assert [part.sum() for part in closed_at_push(sent, senders, numbers)] == [94, 94]
    sent.end_at[:50] = NEVER
    assert [part.sum() for part in closed_at_push(sent, senders, numbers)] == [50, 50]
    sent.end_at[50] = NEVER
    assert [part.sum() for part in closed_at_push(sent, senders, numbers)] == [0, 49]
    assert [part.sum() for part in closed_at_push(sent, senders, numbers + count)] == [0, 0]
