"""The life of senders' keys, and what a sender is held to."""

from __future__ import annotations

import pytest

from chiso.ledger.database import LedgerError
from chiso.ledger.senders import KINDS, NOTED_EVERY, OF_UNITS, Sender
from chiso.ledger.store import Ledger

T0 = 1_790_000_000
DAY = 86_400


def states(ledger: Ledger, now: int) -> list[str]:
    return [one.state(now) for one in ledger.senders.keys("mc")]


def test_a_key_ends_on_its_day(ledger: Ledger) -> None:
    given = ledger.senders.add("mc", "H01", T0, expires_at=T0 + DAY)
    assert ledger.senders.by_key(given.key, T0 + DAY - 1) is not None
    assert ledger.senders.by_key(given.key, T0 + DAY) is None
    assert ledger.senders.why_not(given.key, T0 + DAY) == "expired"
    assert ledger.senders.why_not(given.key, T0) == ""
    assert ledger.senders.why_not("x", T0) == "unknown"


def test_old_and_new_overlap_and_then_the_old_one_ends(ledger: Ledger) -> None:
    first = ledger.senders.add("mc", "H01", T0).key
    made, second = ledger.senders.rotate("mc", T0 + 10, overlap=DAY, expires_at=T0 + 30 * DAY)
    assert (made.id, made.expires_at) == (2, T0 + 30 * DAY)
    for key in (first, second):
        assert ledger.senders.by_key(key, T0 + DAY) is not None
    assert ledger.senders.by_key(first, T0 + 10 + DAY) is None
    assert ledger.senders.by_key(second, T0 + 10 + DAY) is not None
    _, third = ledger.senders.rotate("mc", T0 + 20)
    assert states(ledger, T0 + 20) == ["expired", "expired", "live"]
    assert ledger.senders.by_key(third, T0 + 20) is not None


def test_an_overlap_never_lengthens_a_life(ledger: Ledger) -> None:
    ledger.senders.add("mc", "H01", T0, expires_at=T0 + 100)
    ledger.senders.rotate("mc", T0, overlap=DAY)
    assert ledger.senders.keys("mc")[0].expires_at == T0 + 100


def test_a_revoked_key_is_dead_for_good(ledger: Ledger) -> None:
    key = ledger.senders.add("mc", "H01", T0).key
    assert ledger.senders.revoke("mc", 1, T0 + 1).revoked_at == T0 + 1
    assert ledger.senders.revoke("mc", 1, T0 + 9).revoked_at == T0 + 1
    assert ledger.senders.by_key(key, T0 + 1) is None
    assert ledger.senders.why_not(key, T0 + 1) == "revoked"
    ledger.senders.rotate("mc", T0 + 2, overlap=DAY)
    assert states(ledger, T0 + 3) == ["revoked", "live"]
    ledger.senders.add("other", "H01", T0)
    with pytest.raises(LedgerError, match="no key"):
        ledger.senders.revoke("other", 1, T0)


def test_the_last_use_is_noted_once_a_minute(ledger: Ledger) -> None:
    key = ledger.senders.add("mc", "H01", T0).key
    for at, noted in ((T0, T0), (T0 + NOTED_EVERY - 1, T0), (T0 + NOTED_EVERY, T0 + NOTED_EVERY)):
        ledger.senders.by_key(key, at)
        assert ledger.senders.keys("mc")[0].last_used_at == noted


def test_nothing_of_a_key_is_kept(ledger: Ledger) -> None:
    key = ledger.senders.add("mc", "H01", T0).key
    made, other = ledger.senders.rotate("mc", T0)
    for secret in (key, other):
        assert secret not in repr(ledger.senders.keys("mc")) + repr(made) + repr(ledger.senders.list())


def test_a_new_password_ends_sessions_and_the_old_one(ledger: Ledger) -> None:
    given = ledger.senders.add("mc", "H01", T0)
    token = ledger.senders.open_session("mc", T0)
    made = ledger.senders.new_password("mc")
    assert ledger.senders.by_session(token, T0) is None
    assert ledger.senders.by_password(given.user, given.password) is None
    assert ledger.senders.by_password(given.user, made) is not None


def test_a_sender_is_held_to_kinds_and_units(ledger: Ledger) -> None:
    ledger.senders.add("mc", "H01.113", T0, kinds=("dossiers",), units=("H01.113", "H01.113"))
    found = ledger.senders.find("mc")
    assert (found.kinds, found.units) == (("dossiers",), ("H01.113",))
    ledger.senders.set_scope("mc", kinds=(), units=())
    assert ledger.senders.find("mc") == Sender("mc", "H01.113", found.user, T0, None, True)
    for wrong in (("published",), ("dossiers", "x")):
        with pytest.raises(LedgerError, match="can be sent"):
            ledger.senders.set_scope("mc", kinds=wrong)
    with pytest.raises(LedgerError, match="no sender"):
        ledger.senders.set_scope("nobody", kinds=())


def test_who_is_held_to_units_sends_what_belongs_to_units() -> None:
    free = Sender("x", "H01", "x", T0, None, True)
    assert all(free.may_send(kind) for kind in KINDS)
    held = Sender("x", "H01", "x", T0, None, True, (), ("H01.113",))
    assert {kind for kind in KINDS if held.may_send(kind)} == set(OF_UNITS)
    few = Sender("x", "H01", "x", T0, None, True, ("ratings",), ("H01.113",))
    assert {kind for kind in KINDS if few.may_send(kind)} == {"ratings"}


def test_a_ledger_of_before_keeps_its_keys(ledger: Ledger) -> None:
    """The newest tables are those that the migrations made (on SQLite and PostgreSQL)."""
    import sqlalchemy as sa

    with ledger.database.read() as connection:
        columns = {one["name"] for one in sa.inspect(connection).get_columns("sender")}
    assert "key_hash" not in columns
    assert {"kinds", "units"} <= columns


def test_senders_whose_last_key_ends_soon(ledger: Ledger) -> None:
    week, month = 7 * 86_400, 30 * 86_400
    for name, expires in (("soon", T0 + week), ("later", T0 + month), ("never", None), ("over", T0 + 10)):
        ledger.senders.add(name, "H01", T0, expires_at=expires)
    ledger.senders.add("off", "H01", T0, expires_at=T0 + week)
    ledger.senders.set_active("off", False)
    ledger.senders.add("renewed", "H01", T0, expires_at=T0 + week)
    ledger.senders.rotate("renewed", T0, overlap=week)
    ledger.senders.add("taken", "H01", T0, expires_at=T0 + week)
    ledger.senders.revoke("taken", ledger.senders.keys("taken")[0].id, T0)
    assert ledger.senders.ending(T0 + 10, 2 * week) == [("soon", T0 + week)]
    assert ledger.senders.ending(T0 + 10, month) == [("soon", T0 + week), ("later", T0 + month)]
    assert ledger.senders.ending(T0 + week, 2 * week) == []
