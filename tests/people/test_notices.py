"""What changed about how somebody signs in is told, in the same transaction, and mailed until it went."""

from __future__ import annotations

import pyotp
import pytest
import sqlalchemy as sa

from chiso.instants import utc_now
from chiso.ledger.schema import account
from chiso.people.accounts import LOCK_AFTER, LOCK_SECONDS
from chiso.people.factor import new_secret
from chiso.people.house import People
from chiso.people.notices import FIRST_AGAIN, MAILED_WITHIN, TRIES, WORDS
from chiso.people.refusing import AccountError
from chiso.people.rights import Grant, Role

GOOD = "lúa vàng đồng xa"
NOW = 1_790_000_000
ISSUER = "https://sso.example.vn"


def words(people: People, login: str = "an") -> list[str]:
    return [one.what for one in people.notices.of(people.accounts.by_login(login).id)][::-1]


def test_each_change_is_told_to_its_person_alone(people: People) -> None:
    people.accounts.add("an", "", [Grant(Role.STAFF, "H01.113")], NOW, GOOD, "an@example.vn")
    people.accounts.add("ba", "", (), NOW, GOOD)
    secret = new_secret()
    people.accounts.set_password("an", GOOD + " mới")
    people.accounts.set_password("an", GOOD, must_change=True)
    people.accounts.set_second_factor("an", secret, pyotp.TOTP(secret).at(NOW), NOW)
    people.accounts.drop_second_factor("an", sessions=False)
    people.accounts.drop_second_factor("an", sessions=True)
    people.federation.link("an", ISSUER, "email", "an@example.vn")
    people.federation.link("an", ISSUER, "email", "an@example.vn")
    people.federation.admit({"sub": "1", "email": "an@example.vn", "email_verified": True}, ISSUER, NOW)
    people.federation.admit({"sub": "1"}, ISSUER, NOW)
    people.federation.unlink("an", ISSUER)
    people.accounts.set_mail("an", "")
    assert words(people) == [
        "password_changed", "password_made", "factor_on", "factor_off", "factor_reset", "sso_added",
        "sso_added", "sso_removed", "mail_changed",
    ]  # fmt: skip
    assert words(people, "ba") == []
    assert {one.address for one in people.notices.due(utc_now())} == {"an@example.vn"}


def test_a_code_used_again_is_told(people: People) -> None:
    people.accounts.add("an", "", (), NOW, GOOD)
    secret = new_secret()
    spent = pyotp.TOTP(secret).at(NOW)
    people.accounts.set_second_factor("an", secret, spent, NOW)
    assert people.accounts.verify("an", "wrong", spent, NOW).account is None
    assert words(people) == ["factor_on"]
    assert people.accounts.verify("an", GOOD, spent, NOW).account is None
    assert words(people) == ["factor_on", "code_reused"]


def test_a_closed_account_is_told_once_in_half_a_day(people: People) -> None:
    people.accounts.add("an", "", (), NOW, GOOD)
    for closed in range(2):
        with people.accounts._database.write() as connection:
            connection.execute(sa.update(account).values(failures=LOCK_AFTER - 1))
        people.accounts.verify("an", "wrong", "", NOW + closed * LOCK_SECONDS)
        assert words(people) == ["closed"]


def test_the_address_before_is_told_that_it_was_changed(people: People) -> None:
    people.accounts.add("an", "", (), NOW, GOOD, "cu@example.vn")
    people.accounts.set_mail("an", "moi@example.vn")
    people.accounts.set_password("an", GOOD + " mới")
    assert [(one.what, one.address) for one in people.notices.due(utc_now())] == [
        ("mail_changed", "cu@example.vn"),
        ("password_changed", "moi@example.vn"),
    ]
    for wrong in ("an", "an@", "a b@example.vn", "an@example.vn\nBcc: x@y.vn", "x" * 200 + "@example.vn"):
        with pytest.raises(AccountError):
            people.accounts.set_mail("an", wrong)
    assert people.accounts.by_login("an").mail == "moi@example.vn"


def test_a_mail_that_went_is_forgotten(people: People) -> None:
    people.accounts.add("an", "", (), NOW, GOOD, "an@example.vn")
    people.accounts.set_password("an", GOOD + " mới")
    (one,) = people.notices.due(utc_now())
    people.notices.settle(one, utc_now(), sent=True)
    assert people.notices.due(utc_now() + 86_400) == []
    assert words(people) == ["password_changed"]


def test_a_mail_that_does_not_go_is_tried_again_and_given_up(people: People) -> None:
    people.accounts.add("an", "", (), NOW, GOOD, "an@example.vn")
    people.accounts.set_password("an", GOOD + " mới")
    now = utc_now()
    for _ in range(TRIES):
        (one,) = people.notices.due(now)
        people.notices.settle(one, now, sent=False)
        wait = FIRST_AGAIN * 2**one.tries
        assert people.notices.due(now + wait - 1) == []
        now += wait
    assert people.notices.due(now + 86_400) == []
    assert words(people) == ["password_changed"]


def test_what_is_long_past_is_mailed_to_nobody_and_stays_on_the_page(people: People) -> None:
    people.accounts.add("an", "", (), NOW, GOOD, "an@example.vn")
    people.accounts.set_password("an", GOOD + " mới")
    (made,) = people.notices.of(people.accounts.by_login("an").id)
    assert people.notices.due(made.at + MAILED_WITHIN - 1) != []
    assert people.notices.due(made.at + MAILED_WITHIN) == []
    assert words(people) == ["password_changed"]


def test_all_words_are_there_in_both_languages() -> None:
    assert all(len(both) == 2 and all(one.endswith(".") for one in both) for both in WORDS.values())
