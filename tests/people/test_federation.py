"""Who of the provider is which account."""

from __future__ import annotations

from typing import Any

import pytest

from chiso.people.house import People
from chiso.people.oidc import SsoError
from chiso.people.refusing import AccountError
from chiso.people.rights import Grant, Role

NOW = 1_790_000_000
ISSUER = "https://sso.example.vn"
GOOD = "lúa vàng đồng xa"
MAIL = "an@angiang.gov.vn"
STAFF = Grant(Role.STAFF, "H01.113")


def claims(sub: str = "u-1", **more: Any) -> dict[str, Any]:
    return {"sub": sub, "email": MAIL, "email_verified": True, **more}


def test_nobody_comes_in_who_was_not_prepared(people: People) -> None:
    people.accounts.add("an", "", (), NOW, GOOD)
    with pytest.raises(SsoError, match="no account is prepared"):
        people.federation.admit(claims(preferred_username="an"), ISSUER, NOW)
    assert people.federation.identities(ISSUER) == []


def test_a_subject_is_an_account_for_good(people: People) -> None:
    people.accounts.add("an", "", (STAFF,), NOW, GOOD)
    people.federation.link("an", ISSUER, "sub", "u-1")
    found = people.federation.admit(claims(email="x@y.vn"), ISSUER, NOW)
    assert (found.login, found.grants) == ("an", (STAFF,))
    assert people.accounts.by_login("an").last_seen_at == NOW
    with pytest.raises(SsoError):
        people.federation.admit(claims(), "https://other.example.vn", NOW)


def test_an_address_counts_when_verified_and_for_the_first_who_comes(people: People) -> None:
    people.accounts.add("an", "", (STAFF,), NOW, GOOD)
    people.federation.link("an", ISSUER, "email", "An@AnGiang.gov.vn ")
    for wrong in ({"email_verified": False}, {"email_verified": "true"}, {"email": ""}, {"email": None}):
        with pytest.raises(SsoError):
            people.federation.admit(claims(**wrong), ISSUER, NOW)
    assert people.federation.admit(claims(), ISSUER, NOW).login == "an"
    assert people.federation.admit(claims(email="new@angiang.gov.vn"), ISSUER, NOW).login == "an"
    with pytest.raises(SsoError, match="another subject"):
        people.federation.admit(claims("u-2"), ISSUER, NOW)


def test_a_word_belongs_to_one_account(people: People) -> None:
    for login in ("an", "ba"):
        people.accounts.add(login, "", (), NOW, GOOD)
    people.federation.link("an", ISSUER, "email", MAIL)
    people.federation.link("an", ISSUER, "email", MAIL)
    with pytest.raises(AccountError, match="another account"):
        people.federation.link("ba", ISSUER, "email", MAIL)
    for claim, value in (("email", " "), ("phone", "1"), ("sub", "x" * 256)):
        with pytest.raises(AccountError):
            people.federation.link("an", ISSUER, claim, value)


@pytest.mark.parametrize(
    ("path", "held"),
    [
        ("groups", {"groups": ["a", "mot-cua"]}),
        ("groups", {"groups": "mot-cua"}),
        ("realm_access.roles", {"realm_access": {"roles": ["mot-cua"]}}),
        ("https://x.vn/groups", {"https://x.vn/groups": ["mot-cua"]}),
    ],
)
def test_rules_make_accounts_and_give_roles_anew_each_time(
    people: People, path: str, held: dict[str, Any]
) -> None:
    rule = people.federation.add_rule(path, "mot-cua", STAFF)
    assert people.federation.add_rule(path, "mot-cua", STAFF) == rule
    other = people.federation.add_rule("dept", "7", Grant(Role.LEADER, "H01.06"))
    made = people.federation.admit(claims(name="Trần An", preferred_username="An.T", **held), ISSUER, NOW)
    assert (made.login, made.name, made.grants, made.by_rule) == ("an.t", "Trần An", (STAFF,), True)
    again = people.federation.admit(claims(dept=7, **held), ISSUER, NOW)
    assert again.login == "an.t"
    assert set(again.grants) == {STAFF, Grant(Role.LEADER, "H01.06")}
    token = people.sessions.open(again, NOW, ISSUER)
    people.federation.remove_rule(rule.id)
    people.federation.remove_rule(other.id)
    with pytest.raises(SsoError, match="no rule fits any longer"):
        people.federation.admit(claims(dept=7, **held), ISSUER, NOW)
    assert people.accounts.by_login("an.t").grants == ()
    assert people.federation.unlink("an.t", ISSUER) == 1
    assert people.sessions.find(token, NOW) is None
    with pytest.raises(AccountError):
        people.federation.remove_rule(99)


@pytest.mark.parametrize("held", [None, 5, True, {"mot-cua": 1}, [["mot-cua"]], "MOT-CUA", "mot-cua-2"])
def test_what_is_not_quite_the_value_is_not_the_value(people: People, held: Any) -> None:
    people.federation.add_rule("groups", "mot-cua", STAFF)
    with pytest.raises(SsoError):
        people.federation.admit(claims(groups=held), ISSUER, NOW)


def test_a_rule_takes_over_nobodys_account(people: People) -> None:
    people.accounts.add("admin", "", (Grant(Role.ADMINISTRATOR, "H01"),), NOW, GOOD)
    people.federation.add_rule("groups", "mot-cua", STAFF)
    made = people.federation.admit(claims(preferred_username="admin", groups=["mot-cua"]), ISSUER, NOW)
    assert made.login.startswith("admin-")
    assert made.grants == (STAFF,)
    assert people.accounts.verify("admin", GOOD, "", NOW).account is not None


def test_what_is_switched_off_comes_in_no_more(people: People) -> None:
    people.accounts.add("an", "", (STAFF,), NOW, GOOD)
    people.federation.link("an", ISSUER, "sub", "u-1")
    people.accounts.change("an", active=False)
    with pytest.raises(SsoError, match="switched off"):
        people.federation.admit(claims(), ISSUER, NOW)


def test_an_attempt_is_used_up_once(people: People) -> None:
    assert people.federation.spend("s", NOW, 600)
    assert not people.federation.spend("s", NOW + 1, 600)
    assert people.federation.spend("t", NOW + 1, 600)
