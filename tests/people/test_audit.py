"""The record cannot be changed without being seen to be."""

from __future__ import annotations

import threading

import pytest

from chiso.people.house import People


def test_entries_are_kept_in_order_and_the_chain_is_whole(people: People) -> None:
    assert people.audit.broken() is None
    for number in range(1, 6):
        assert people.audit.note(100 + number, "an", "dossier_seen", f"H01.1-{number}", part="d") == number
    assert [one.number for one in people.audit.entries()] == [1, 2, 3, 4, 5]
    assert [one.number for one in people.audit.entries(newest_first=True, limit=2)] == [5, 4]
    last = people.audit.entries(after=4)[0]
    assert (last.at, last.who, last.what, last.about) == (105, "an", "dossier_seen", "H01.1-5")
    assert last.detail == {"part": "d"}
    assert people.audit.broken() is None


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ("UPDATE audit SET about = 'other' WHERE number = 3", 3),
        ("UPDATE audit SET at = 1 WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("UPDATE audit SET number = 9 WHERE number = 4", 4),
        ("UPDATE audit SET detail = '{}' WHERE number = 1", 1),
    ],
)
def test_what_was_touched_is_found(people: People, change: str, first: int) -> None:
    for number in range(1, 5):
        people.audit.note(number, "an", "sign_in", "", number=number)
    with people.audit._database.write() as connection:
        connection.exec_driver_sql(change)
    assert people.audit.broken() == first


def test_many_that_write_at_once_make_one_chain(people: People) -> None:
    def note(who: str) -> None:
        for _ in range(5):
            people.audit.note(1, who, "sign_in")

    threads = [threading.Thread(target=note, args=(f"p{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.number for one in people.audit.entries()] == list(range(1, 21))
    assert people.audit.broken() is None
