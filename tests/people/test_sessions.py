"""Sessions end after a time without use, after a working day in any case, and with the password."""

from __future__ import annotations

from chiso.people.house import People
from chiso.people.sessions import ABSOLUTE_SECONDS, IDLE_SECONDS

NOW = 1_790_000_000
GOOD = "lúa vàng đồng xa"


def test_a_session_lives_while_it_is_used_and_a_working_day_at_most(people: People) -> None:
    made, _ = people.accounts.add("c", "", (), NOW, GOOD)
    token = people.sessions.open(made, NOW)
    at = NOW
    while at + IDLE_SECONDS - 1 < NOW + ABSOLUTE_SECONDS:
        at += IDLE_SECONDS - 1
        found = people.sessions.find(token, at)
        assert found is not None
        assert found.account.login == "c"
    assert people.sessions.find(token, NOW + ABSOLUTE_SECONDS) is None


def test_a_session_without_use_ends(people: People) -> None:
    made, _ = people.accounts.add("c", "", (), NOW, GOOD)
    token = people.sessions.open(made, NOW)
    assert people.sessions.find(token, NOW + IDLE_SECONDS - 1) is not None
    assert people.sessions.find(token, NOW + 2 * IDLE_SECONDS - 1) is None


def test_closed_changed_and_invented_sessions_are_none(people: People) -> None:
    made, _ = people.accounts.add("c", "", (), NOW, GOOD)
    first, second = people.sessions.open(made, NOW), people.sessions.open(made, NOW)
    assert first != second
    people.sessions.close(first)
    assert people.sessions.find(first, NOW) is None
    assert people.sessions.find(second, NOW) is not None
    people.accounts.set_password("c", GOOD + " mới")
    assert people.sessions.find(second, NOW) is None
    assert people.sessions.find("", NOW) is None
