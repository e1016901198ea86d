"""Signing in: passwords, waiting after wrong ones, codes that are good once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from chiso.instants import utc_now
from chiso.people.accounts import LOCK_AFTER, LOCK_SECONDS
from chiso.people.factor import STEP, address_of, new_secret
from chiso.people.house import People
from chiso.people.refusing import AccountError
from chiso.people.rights import Grant, Role

NOW = 1_790_000_000
GOOD = "lúa vàng đồng xa"
GRANTS = (Grant(Role.STAFF, "H01.113"), Grant(Role.LEADER, "H01.06"))


def test_an_account_signs_in_with_its_password_alone(people: People) -> None:
    assert not people.accounts.exist()
    made, password = people.accounts.add(" An.Nguyen ", "Nguyễn Văn An", GRANTS, NOW, GOOD)
    assert (made.login, password, made.must_change) == ("an.nguyen", GOOD, False)
    assert set(made.grants) == set(GRANTS)
    assert people.accounts.exist()
    assert people.accounts.verify("AN.nguyen", GOOD, "", NOW).account == people.accounts.by_login("an.nguyen")
    assert people.accounts.by_login("an.nguyen").last_seen_at == NOW
    for login, word in (("an.nguyen", "lúa vàng đồng xb"), ("nobody", GOOD), ("an.nguyen", "")):
        assert people.accounts.verify(login, word, "", NOW).account is None


def test_a_password_made_here_must_be_changed(people: People) -> None:
    made, password = people.accounts.add("b", "", (), NOW)
    assert made.must_change
    assert made.name == "b"
    people.accounts.set_password("b", GOOD)
    assert people.accounts.verify("b", password, "", NOW).account is None
    found = people.accounts.verify("b", GOOD, "", NOW).account
    assert found is not None
    assert not found.must_change


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "xx-bbbbbb-login-1", "x1y2z" * 40])
def test_easy_passwords_are_refused(people: People, password: str) -> None:
    with pytest.raises(AccountError):
        people.accounts.add("login", "", (), NOW, password)
    assert people.accounts.list() == []


def test_logins_are_one_word_and_unique(people: People) -> None:
    people.accounts.add("c", "", (), NOW, GOOD)
    for login in ("C", "", "a b", "x" * 101):
        with pytest.raises(AccountError):
            people.accounts.add(login, "", (), NOW, GOOD)
    with pytest.raises(AccountError, match="no account"):
        people.accounts.by_login("d")


def test_wrong_passwords_close_an_account_for_a_while(people: People) -> None:
    people.accounts.add("c", "", (), NOW, GOOD)
    for _ in range(LOCK_AFTER):
        assert people.accounts.verify("c", "wrong password", "", NOW).waits == 0
    assert people.accounts.verify("c", GOOD, "", NOW + 1).waits == LOCK_SECONDS - 1
    assert people.accounts.verify("c", GOOD, "", NOW + LOCK_SECONDS).account is not None


def test_a_second_factor_is_asked_for_and_each_code_is_good_once(people: People) -> None:
    people.accounts.add("c", "", (), NOW, GOOD)
    secret = new_secret()
    device = pyotp.TOTP(secret)
    with pytest.raises(AccountError, match="wrong"):
        people.accounts.set_second_factor("c", secret, "000000", NOW)
    people.accounts.set_second_factor("c", secret, device.at(NOW), NOW)
    assert people.accounts.by_login("c").two_factor
    assert people.accounts.verify("c", GOOD, "", NOW).needs_code
    found = people.accounts.verify("c", GOOD, "123", NOW)
    assert (found.account, found.needs_code) == (None, True)
    code = device.at(NOW + STEP)
    assert people.accounts.verify("c", GOOD, code, NOW + STEP).account is not None
    assert people.accounts.verify("c", GOOD, code, NOW + STEP).account is None
    assert people.accounts.verify("c", GOOD, device.at(NOW + 2 * STEP), NOW + 2 * STEP).account is not None
    assert address_of(secret, "c").startswith("otpauth://totp/chiso:c?")
    people.accounts.drop_second_factor("c", sessions=False)
    assert people.accounts.verify("c", GOOD, "", NOW + 3 * STEP).account is not None


def test_what_is_switched_off_signs_in_no_more(people: People) -> None:
    made, _ = people.accounts.add("c", "", GRANTS, NOW, GOOD)
    token = people.sessions.open(made, NOW)
    people.accounts.change("c", active=False)
    assert people.accounts.verify("c", GOOD, "", NOW).account is None
    assert people.sessions.find(token, NOW) is None
    changed = people.accounts.change("c", active=True, name="Cán bộ", grants=(Grant(Role.AUDITOR, "H01"),))
    assert (changed.name, changed.grants) == ("Cán bộ", (Grant(Role.AUDITOR, "H01"),))
    assert people.sessions.find(token, NOW) is None


def test_of_many_who_send_one_code_at_once_one_comes_in(people: People) -> None:
    people.accounts.add("c", "", (), NOW, GOOD)
    secret = new_secret()
    people.accounts.set_second_factor("c", secret, pyotp.TOTP(secret).at(NOW), NOW)
    code, later = pyotp.TOTP(secret).at(NOW + STEP), NOW + STEP
    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(lambda _: people.accounts.verify("c", GOOD, code, later), range(4)))
    assert sum(one.account is not None for one in came) == 1


def test_wrong_passwords_sent_at_once_all_count(people: People) -> None:
    people.accounts.add("c", "", (), NOW, GOOD)
    with ThreadPoolExecutor(LOCK_AFTER) as pool:
        list(pool.map(lambda _: people.accounts.verify("c", "wrong", "", NOW), range(LOCK_AFTER)))
    assert people.accounts.verify("c", GOOD, "", NOW).waits == LOCK_SECONDS


def test_a_second_factor_is_asked_of_roles(people: People) -> None:
    made, _ = people.accounts.add("c", "", GRANTS, NOW, GOOD)
    assert made.lacks_factor({Role.LEADER})
    assert not made.lacks_factor({Role.ADMINISTRATOR})
    assert not made.lacks_factor(())


def test_a_password_that_was_made_holds_for_some_days(people: People) -> None:
    _, made = people.accounts.add("c", "", (), NOW)
    week = 7 * 86_400
    assert people.accounts.verify("c", made, "", NOW + week - 1, week).account is not None
    late = people.accounts.verify("c", made, "", NOW + week, week)
    assert (late.account, late.expired) == (None, True)
    assert not people.accounts.verify("c", "wrong", "", NOW + week, week).expired
    assert people.accounts.verify("c", made, "", NOW + 100 * week).account is not None
    people.accounts.set_password("c", GOOD)
    assert people.accounts.verify("c", GOOD, "", utc_now() + 100 * week, week).account is not None
    people.accounts.set_password("c", GOOD, must_change=True)
    assert people.accounts.verify("c", GOOD, "", utc_now() + week, week).expired
