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


def test_who_only_asks_for_a_session_does_not_keep_it_open(people: People) -> None:
    made, _ = people.accounts.add("c", "", (), NOW, GOOD)
    token = people.sessions.open(made, NOW)
    assert people.sessions.find(token, NOW + IDLE_SECONDS - 1, used=False) is not None
    assert people.sessions.find(token, NOW + IDLE_SECONDS, used=False) is None


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


def test_people_see_their_open_sessions_and_end_them(people: People) -> None:
    an, _ = people.accounts.add("an", "", (), NOW, GOOD)
    ba, _ = people.accounts.add("ba", "", (), NOW, GOOD)
    own = people.sessions.open(an, NOW, browser="Firefox, Windows")
    phone = people.sessions.open(an, NOW + 5, "https://sso.example.vn", "Chrome, Android")
    people.sessions.open(an, NOW - ABSOLUTE_SECONDS)
    others = people.sessions.open(ba, NOW)
    found = people.sessions.of(an.id, own, NOW + 10)
    assert [(one.browser, one.own, one.opened_at) for one in found] == [
        ("Firefox, Windows", True, NOW), ("Chrome, Android", False, NOW + 5),
    ]  # fmt: skip
    (theirs,) = people.sessions.of(ba.id, others, NOW + 10)
    for key in (found[0].key, theirs.key, "", "0" * 32):
        assert people.sessions.end(an.id, own, key) == 0
    assert people.sessions.end(an.id, own, found[1].key) == 1
    assert people.sessions.find(phone, NOW + 10) is None
    people.sessions.open(an, NOW + 6)
    people.sessions.open(an, NOW + 7)
    assert people.sessions.end(an.id, own) == 2
    assert [one.own for one in people.sessions.of(an.id, own, NOW + 10)] == [True]
    assert people.sessions.find(others, NOW + 10) is not None
