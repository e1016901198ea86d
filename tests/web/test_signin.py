"""Signing in through the pages: forms, cookies, limits, where one is led."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from chiso.web.signin import local_path

PASSWORD = "lúa vàng đồng xa"
NEW = "sông hậu chảy về biển"


@pytest.fixture
def client(own: DataFolder) -> Iterator[TestClient[Litestar]]:
    people = People(own.ledger)
    people.accounts.add("an", "Nguyễn Văn An", [Grant(Role.LEADER, "H01")], utc_now(), PASSWORD)
    with TestClient(create_app(own)) as opened:
        yield opened


def token_on(text: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', text)
    assert found
    return found[1]


def sign_in(client: TestClient[Litestar], password: str = PASSWORD, **more: str) -> object:
    form = {"login": "an", "password": password, "_csrf_token": token_on(client.get("/login").text), **more}
    return client.post("/login", data=form, follow_redirects=False)


def test_one_signs_in_and_is_led_where_one_wanted_to_go(client: TestClient[Litestar]) -> None:
    first = client.get("/units/H01.113?period=2026-09", follow_redirects=False)
    assert first.headers["location"] == "/login?next=%2Funits%2FH01.113%3Fperiod%3D2026-09"
    page = client.get(first.headers["location"])
    assert 'name="next" value="/units/H01.113?period=2026-09"' in page.text
    answer = sign_in(client, next="/units/H01.113?period=2026-09")
    assert answer.headers["location"] == "/units/H01.113?period=2026-09"  # type: ignore[attr-defined]
    cookie = answer.headers["set-cookie"]  # type: ignore[attr-defined]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    there = client.get("/units/H01.113?period=2026-09")
    assert there.status_code == 200
    assert "Nguyễn Văn An" in there.text
    assert client.get("/login", follow_redirects=False).headers["location"] == "/"


@pytest.mark.parametrize(
    "text",
    ["//evil.example.com", "/\\evil", "https://evil.example.com", "javascript:x", "/a\\b", "/a\nb", ""],
)
def test_nobody_is_led_elsewhere(text: str) -> None:
    assert local_path(text) == "/"


def test_a_wrong_password_tells_nothing(client: TestClient[Litestar], own: DataFolder) -> None:
    wrong = sign_in(client, "nothing at all")
    other = sign_in(client, "nothing at all", login="nobody")
    words = "Tên đăng nhập hoặc mật khẩu không đúng."
    for answer in (wrong, other):
        assert answer.status_code == 401  # type: ignore[attr-defined]
        assert words in answer.text  # type: ignore[attr-defined]
        assert COOKIE not in answer.cookies  # type: ignore[attr-defined]
    noted = [one for one in People(own.ledger).audit.entries() if one.who != "!"]
    assert [one.what for one in noted] == ["sign_in_failed", "sign_in_failed"]
    assert {one.who for one in noted} == {"-"}


def test_guessing_is_slowed_down(client: TestClient[Litestar]) -> None:
    for _ in range(10):
        sign_in(client, "wrong", login="nobody")
    assert "hãy thử lại sau một phút" in sign_in(client).text  # type: ignore[attr-defined]


def test_a_form_sent_from_elsewhere_is_refused(client: TestClient[Litestar]) -> None:
    client.get("/login")
    sent = client.post("/login", data={"login": "an", "password": PASSWORD}, follow_redirects=False)
    assert sent.status_code == 403
    sign_in(client)
    assert client.post("/logout", follow_redirects=False).status_code == 403
    assert client.get("/account").status_code == 200


def test_signing_out_ends_the_session_itself(client: TestClient[Litestar]) -> None:
    sign_in(client)
    token = client.cookies[COOKIE]
    form = {"_csrf_token": token_on(client.get("/account").text)}
    assert client.post("/logout", data=form, follow_redirects=False).headers["location"] == "/login"
    client.cookies.set(COOKIE, token)
    assert client.get("/account", follow_redirects=False).status_code == 303


def test_a_changed_password_ends_all_other_sessions(client: TestClient[Litestar], own: DataFolder) -> None:
    people = People(own.ledger)
    elsewhere = people.sessions.open(people.accounts.by_login("an"), utc_now())
    sign_in(client)
    token = token_on(client.get("/account").text)
    form = {"_csrf_token": token, "old": PASSWORD, "new": NEW, "again": NEW}
    for change, words in (
        ({"old": "wrong"}, "không đúng"),
        ({"again": "x"}, "không giống nhau"),
        ({"new": "ngắn", "again": "ngắn"}, "ít nhất 12 ký tự"),
    ):
        refused = client.post("/account/password", data=form | change)
        assert refused.status_code == 400
        assert words in refused.text
    done = client.post("/account/password", data=form)
    assert "Đã đổi mật khẩu" in done.text
    assert people.sessions.find(elsewhere, utc_now()) is None
    assert client.get("/account").status_code == 200
    noted = [one.what for one in people.audit.entries() if one.who != "!"]
    assert noted == ["sign_in", "sign_in_failed", "password_changed"]


def test_a_made_password_leads_to_the_account_first(client: TestClient[Litestar], own: DataFolder) -> None:
    _, made = People(own.ledger).accounts.add("ba", "", [Grant(Role.STAFF, "H01.113")], utc_now())
    answer = sign_in(client, made, login="ba", next="/rank")
    assert answer.headers["location"] == "/account"  # type: ignore[attr-defined]
    assert "hãy đổi ngay" in client.get("/account").text
    elsewhere = client.get("/rank", follow_redirects=False)
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (303, "/account")
    told = client.get("/api/v1/rank")
    assert (told.status_code, "password" in told.text) == (403, True)
    form = {"_csrf_token": token_on(client.get("/account").text), "old": made, "new": NEW, "again": NEW}
    client.post("/account/password", data=form)
    assert client.get("/rank").status_code == 200
